# Written by `cargo xtask regenerate` from `../policies.toml`. Do not edit: change that file instead.
#
# Remotion Lambda: permissions

terraform {
  required_version = ">= 1.2"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 4.0"
    }
  }
}

variable "bucket_prefix" {
  description = "The start of the names of all Remotion buckets. It is fixed in Remotion's code: only a fork can use another."
  type        = string
  default     = "remotionlambda-"
  nullable    = false

  validation {
    condition     = can(regex("\\A[!-#%-)+-.0-9;->@-z|~-\\x84\\x86-\\x9f\\xa1-\\xff]+\\z", var.bucket_prefix))
    error_message = "The value of `bucket_prefix` must not be empty, and must not contain white space or any of *, ?, :, $, {, }, /."
  }
}

variable "function_prefix" {
  description = "The start of the names of all Remotion functions. It is fixed in Remotion's code: only a fork can use another."
  type        = string
  default     = "remotion-render-"
  nullable    = false

  validation {
    condition     = can(regex("\\A[!-#%-)+-.0-9;->@-z|~-\\x84\\x86-\\x9f\\xa1-\\xff]+\\z", var.function_prefix))
    error_message = "The value of `function_prefix` must not be empty, and must not contain white space or any of *, ?, :, $, {, }, /."
  }
}

variable "role_name" {
  description = "The role of the functions, with its path if it has one."
  type        = string
  default     = "remotion-lambda-role"
  nullable    = false

  validation {
    condition     = can(regex("\\A[!-#%-)+-9;->@-z|~-\\x84\\x86-\\x9f\\xa1-\\xff]+\\z", var.role_name))
    error_message = "The value of `role_name` must not be empty, and must not contain white space or any of *, ?, :, $, {, }."
  }
}

variable "output_bucket" {
  description = "A bucket of your own for renders. Only the output-bucket extensions use it."
  type        = string
  default     = "my-remotion-output"
  nullable    = false

  validation {
    condition     = can(regex("\\A[!-#%-)+-.0-9;->@-z|~-\\x84\\x86-\\x9f\\xa1-\\xff]+\\z", var.output_bucket))
    error_message = "The value of `output_bucket` must not be empty, and must not contain white space or any of *, ?, :, $, {, }, /."
  }
}

variable "user_extensions" {
  description = "Optional statements of the policy `user`: custom-layers (Custom layers), output-bucket (Own output bucket)."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(setsubtract(var.user_extensions, ["custom-layers", "output-bucket"])) == 0
    error_message = "The extensions of the policy `user` are custom-layers, output-bucket."
  }
}

variable "user_policy_name" {
  description = "The name of the managed policy for the policy `user`; generated if null."
  type        = string
  default     = null
}

variable "role_extensions" {
  description = "Optional statements of the policy `role`: output-bucket (Own output bucket)."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(setsubtract(var.role_extensions, ["output-bucket"])) == 0
    error_message = "The extensions of the policy `role` are output-bucket."
  }
}

data "aws_partition" "current" {}

locals {
  partition = data.aws_partition.current.partition
}

# User permissions
data "aws_iam_policy_document" "user" {
  # `npx remotion lambda quotas` shows and raises the limit on concurrent functions. Nothing else needs these
  # permissions. They could be limited to `arn:aws:servicequotas:*:*:lambda/*` where IAM supports it.
  statement {
    sid    = "HandleQuotas"
    effect = "Allow"
    actions = [
      # Reads the current limit.
      # Without it: `quotas` fails.
      "servicequotas:GetServiceQuota",
      # Reads AWS's default limit.
      # Without it: `quotas` fails.
      "servicequotas:GetAWSDefaultServiceQuota",
      # `quotas increase` asks AWS for a higher limit. In an account without the service-linked role of
      # Service Quotas, it also needs `iam:CreateServiceLinkedRole`, which is not granted.
      # Without it: `quotas increase` fails. If only the service-linked role is missing, it blames a
      # "sub-account" and exits successfully.
      "servicequotas:RequestServiceQuotaIncrease",
      # Shows whether a higher limit has been requested.
      # Without it: `quotas` fails.
      "servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota",
    ]
    resources = ["*"]
  }

  # `npx remotion lambda policies validate` and `simulatePermissions()` ask IAM's policy simulator what the
  # caller may do. Nothing is executed, but the caller can ask about every user, group and role of the
  # account; to prevent that, put the caller's own ARN in place of `*`.
  # Without it: Validation fails. Nothing else needs it.
  statement {
    sid       = "PermissionValidation"
    effect    = "Allow"
    actions   = ["iam:SimulatePrincipalPolicy"]
    resources = ["*"]
  }

  # Whoever creates a function must be allowed to pass it its role. Invoking functions does not need this,
  # whatever the Sid says. Functions with another role need that role here.
  # Without it: Functions cannot be deployed.
  statement {
    sid       = "LambdaInvokation"
    effect    = "Allow"
    actions   = ["iam:PassRole"]
    resources = ["arn:${local.partition}:iam::*:role/${var.role_name}"]
  }

  # Sites, large input props and renders are in one bucket per region. Buckets whose names do not start with
  # `remotionlambda-` are out of reach. One ARN covers buckets and objects only because its final `*` also
  # matches `/`: if you put an exact bucket name here, add a second ARN that ends in `/*`.
  statement {
    sid    = "Storage"
    effect = "Allow"
    actions = [
      # Downloads renders, and signs links to them.
      # Without it: `downloadMedia()` fails, and signed links are denied.
      "s3:GetObject",
      # Deletes sites and renders.
      # Without it: `sites rm` and `deleteRender()` fail.
      "s3:DeleteObject",
      # AWS requires it for uploads with an ACL: sites, unless their privacy is `no-acl`, and large input
      # props, which are always `private`.
      # Without it: Sites can only be deployed with `no-acl`, and renders with large input props fail.
      "s3:PutObjectAcl",
      # Uploads sites, and input props that are too large to be sent to the function.
      # Without it: Sites cannot be deployed, and renders with large input props fail.
      "s3:PutObject",
      # Creates the bucket of a region when it is first used.
      # Without it: Sites can only be deployed in regions that already have a bucket.
      "s3:CreateBucket",
      # Lists sites and their files, to show, update and delete them.
      # Without it: Sites cannot be deployed, listed or deleted.
      "s3:ListBucket",
      # Every deployment of a site checks the bucket's region.
      # Without it: Sites cannot be deployed.
      "s3:GetBucketLocation",
      # Gives a new bucket the ACL `public-read`, with which everyone can list its objects. Later releases set
      # `private` if they may put a bucket policy.
      # Without it: Creating a bucket fails at its last step. The next call uses the bucket as it is.
      "s3:PutBucketAcl",
      # Not used by any code of Remotion. Leave it out, unless you delete buckets by hand with these
      # credentials.
      "s3:DeleteBucket",
      # Removes the ownership controls of a new bucket, which disable ACLs.
      # Without it: Creating a bucket fails half-way. The next call uses the unfinished bucket, and uploads
      # fail with `AccessControlListNotSupported`.
      "s3:PutBucketOwnershipControls",
      # Removes the block on public access of a new bucket.
      # Without it: Creating a bucket fails half-way. The unfinished bucket stays closed to the public.
      "s3:PutBucketPublicAccessBlock",
      # Sets or deletes the rules that delete renders after 1, 3, 7 or 30 days, if `enableFolderExpiry` is
      # given. It replaces all lifecycle rules of the bucket.
      # Without it: Calls with `enableFolderExpiry` fail.
      "s3:PutLifecycleConfiguration",
    ]
    resources = ["arn:${local.partition}:s3:::${var.bucket_prefix}*"]
  }

  # Finds the Remotion bucket of a region by its name. IAM cannot narrow this action, so the caller can read
  # the names of all buckets of the account.
  # Without it: Remotion cannot find its bucket, and sites cannot be deployed.
  statement {
    sid       = "BucketListing"
    effect    = "Allow"
    actions   = ["s3:ListAllMyBuckets"]
    resources = ["*"]
  }

  # Finds the deployed functions and reads their configuration.
  statement {
    sid    = "FunctionListing"
    effect = "Allow"
    actions = [
      # Finds the functions whose names start with `remotion-render-`. IAM cannot narrow this action, so the
      # caller can read the configuration of every function, with its environment variables.
      # Without it: Functions can be neither found nor deployed.
      "lambda:ListFunctions",
      # Waits until a new function is ready, and reads the memory and timeout of a deployed one. It could be
      # narrowed to `remotion-render-*`, which would protect the code of all other functions.
      # Without it: Deployment fails after it has created the function. Deploying again accepts the function,
      # unfinished.
      "lambda:GetFunction",
    ]
    resources = ["*"]
  }

  # Creates, configures, invokes and deletes the functions whose names start with `remotion-render-`.
  statement {
    sid    = "FunctionManagement"
    effect = "Allow"
    actions = [
      # Not used by any code of Remotion; AWS has deprecated it. Leave it out.
      "lambda:InvokeAsync",
      # Starts renders, reads their progress, and asks functions for their version.
      # Without it: Nothing can be rendered, and the version of every function is `null`.
      "lambda:InvokeFunction",
      # Deploys a function.
      # Without it: Functions cannot be deployed.
      "lambda:CreateFunction",
      # Deletes a function.
      # Without it: `functions rm` fails.
      "lambda:DeleteFunction",
      # Turns off Lambda's own retries, because Remotion retries by itself.
      # Without it: Deployment fails after it has created the function. Deploying again accepts the function,
      # unfinished.
      "lambda:PutFunctionEventInvokeConfig",
      # Pins the runtime, so that no update by AWS can break the function.
      # Without it: Deployment prints a warning, and AWS may update the runtime.
      "lambda:PutRuntimeManagementConfig",
      # Tags a function with Remotion's version and the function's memory, disk and timeout.
      # Without it: The function has no tags.
      "lambda:TagResource",
    ]
    resources = ["arn:${local.partition}:lambda:*:*:function:${var.function_prefix}*"]
  }

  # Deployment creates the log group of a function and limits how long logs are kept.
  statement {
    sid    = "LogsRetention"
    effect = "Allow"
    actions = [
      # Creates the log group, because the role of the function may not.
      # Without it: Deployment fails, except with `--disable-cloudwatch`.
      "logs:CreateLogGroup",
      # Deletes logs after 14 days, or after `--retention-period`.
      # Without it: Deployment fails, except with `--disable-cloudwatch`. A log group that it created keeps
      # its logs forever.
      "logs:PutRetentionPolicy",
    ]
    resources = ["arn:${local.partition}:logs:*:*:log-group:/aws/lambda/${var.function_prefix}*"]
  }

  # Lambda creates a function with a layer only if the caller may read that layer.
  statement {
    sid     = "FetchBinaries"
    effect  = "Allow"
    actions = ["lambda:GetLayerVersion"]
    resources = concat(
      local.partition == "aws" ? [
        # Remotion's own layers, with Chromium, fonts and emoji. There are none in AWS China.
        # Without it: Functions cannot be deployed.
        "arn:${local.partition}:lambda:*:678892195805:layer:remotion-binaries-*",
        # AWS's layer for Lambda Insights, which `--enable-lambda-insights` adds. Some regions have it in
        # other accounts: see *Not included*.
        # Without it: Deploying with `--enable-lambda-insights` fails.
        "arn:${local.partition}:lambda:*:580247275435:layer:LambdaInsightsExtension*",
      ] : [],
      local.partition == "aws-cn" ? [
        # The same layer in both regions of AWS China.
        # Without it: Deploying with `--enable-lambda-insights` fails.
        "arn:${local.partition}:lambda:*:488211338238:layer:LambdaInsightsExtension*",
      ] : [],
    )
  }

  # Deploying again with other layers changes the existing function.
  dynamic "statement" {
    for_each = contains(var.user_extensions, "custom-layers") ? [true] : []

    content {
      sid    = "UpdateFunction"
      effect = "Allow"
      actions = [
        # Reads the function's layers, and whether its update is complete.
        # Without it: Deploying again with custom layers fails.
        "lambda:GetFunctionConfiguration",
        # Gives the function its new layers.
        # Without it: The layers of a function cannot be changed after it is created.
        "lambda:UpdateFunctionConfiguration",
      ]
      resources = ["arn:${local.partition}:lambda:*:*:function:${var.function_prefix}*"]
    }
  }

  # Lambda uses a layer only if the caller may read it. The ARN matches every layer: put your account ID and
  # the names of your layers here if you know them.
  # Without it: Functions with custom layers cannot be deployed.
  dynamic "statement" {
    for_each = contains(var.user_extensions, "custom-layers") ? [true] : []

    content {
      sid       = "GetOwnLayerVersion"
      effect    = "Allow"
      actions   = ["lambda:GetLayerVersion"]
      resources = ["arn:${local.partition}:lambda:*:*:layer:*"]
    }
  }

  # With it, S3 answers that a render does not exist instead of denying access. `presignUrl()` can check for
  # that.
  # Without it: `presignUrl()` cannot tell a missing render from a denied one.
  dynamic "statement" {
    for_each = contains(var.user_extensions, "output-bucket") ? [true] : []

    content {
      sid       = "FindOutput"
      effect    = "Allow"
      actions   = ["s3:ListBucket"]
      resources = ["arn:${local.partition}:s3:::${var.output_bucket}"]
    }
  }

  # Downloads and deletes renders in the bucket `my-remotion-output`.
  dynamic "statement" {
    for_each = contains(var.user_extensions, "output-bucket") ? [true] : []

    content {
      sid    = "FetchOutput"
      effect = "Allow"
      actions = [
        # `downloadMedia()` reads the render, and `presignUrl()` signs a link to it.
        # Without it: Downloads and signed links are denied.
        "s3:GetObject",
        # `deleteRender()` deletes the render.
        # Without it: `deleteRender()` fails before it has deleted anything.
        "s3:DeleteObject",
      ]
      resources = ["arn:${local.partition}:s3:::${var.output_bucket}/*"]
    }
  }

  lifecycle {
    precondition {
      condition     = contains(["aws", "aws-cn"], local.partition)
      error_message = "The policy `user` is for the partition aws or aws-cn."
    }
  }
}

resource "aws_iam_policy" "user" {
  name   = var.user_policy_name
  policy = data.aws_iam_policy_document.user.json
}

output "user_arn" {
  description = "The ARN of the managed policy `user`."
  value       = aws_iam_policy.user.arn
}

output "user_json" {
  description = "The policy `user` as JSON."
  value       = data.aws_iam_policy_document.user.json
}

# Role permissions
data "aws_iam_policy_document" "role" {
  # Finds the bucket whose name starts with `remotionlambda-` if the caller names none. IAM cannot narrow this
  # action, so the functions can read the names of all buckets of the account.
  # Without it: Renders fail, unless the caller names the bucket.
  statement {
    sid       = "0"
    effect    = "Allow"
    actions   = ["s3:ListAllMyBuckets"]
    resources = ["*"]
  }

  # Functions keep input props, progress and finished renders in the bucket. Buckets whose names do not start
  # with `remotionlambda-` are out of reach. One ARN covers buckets and objects only because its final `*`
  # also matches `/`: if you put an exact bucket name here, add a second ARN that ends in `/*`.
  statement {
    sid    = "1"
    effect = "Allow"
    actions = [
      # For renders in a region without a bucket. It never succeeds, because the role may not configure the
      # bucket, and leaves an unusable one behind. Leave it out, and create the bucket first, with `npx
      # remotion lambda sites create` or `getOrCreateBucket()`.
      "s3:CreateBucket",
      # Lists what a render has left behind, to delete it, and in AWS China the chunks of a render. With it,
      # S3 also answers that an object does not exist instead of denying access.
      # Without it: From 4.0.527 on, leftovers are kept and a warning is logged.
      "s3:ListBucket",
      # Part of creating a bucket that the role never reaches. Leave it out.
      "s3:PutBucketAcl",
      # Reads large input props and the progress of a render.
      # Without it: Renders fail.
      "s3:GetObject",
      # Deletes large input props after a render, and in AWS China its chunks.
      "s3:DeleteObject",
      # AWS requires it for uploads with an ACL. Renders and artifacts have the ACL that the caller chose;
      # progress and input props are always `private`.
      # Without it: Renders fail, even with the privacy `no-acl`.
      "s3:PutObjectAcl",
      # Writes the progress and the finished render.
      # Without it: Renders fail.
      "s3:PutObject",
      # Looks up the region of a bucket whose name does not contain it.
      # Without it: Renders into buckets with such names fail.
      "s3:GetBucketLocation",
    ]
    resources = ["arn:${local.partition}:s3:::${var.bucket_prefix}*"]
  }

  # A render is many invocations: the first function plans the render and invokes others for its chunks. It
  # could be narrowed to your account ID and regions.
  # Without it: Videos cannot be rendered.
  statement {
    sid       = "2"
    effect    = "Allow"
    actions   = ["lambda:InvokeFunction"]
    resources = ["arn:${local.partition}:lambda:*:*:function:${var.function_prefix}*"]
  }

  # Functions with Lambda Insights share the log group `/aws/lambda-insights`, and create it if it does not
  # exist. Leave it out if you do not use Insights.
  # Without it: Insights records nothing until someone else has created the log group.
  statement {
    sid       = "3"
    effect    = "Allow"
    actions   = ["logs:CreateLogGroup"]
    resources = ["arn:${local.partition}:logs:*:*:log-group:/aws/lambda-insights"]
  }

  # Each instance of a function creates a log stream and writes to it.
  # Without it: Renders work, but leave no logs.
  statement {
    sid    = "4"
    effect = "Allow"
    actions = [
      "logs:CreateLogStream",
      "logs:PutLogEvents",
    ]
    resources = [
      # The functions' own logs, in the log groups that deployment has created.
      "arn:${local.partition}:logs:*:*:log-group:/aws/lambda/${var.function_prefix}*",
      # What Lambda Insights measures: memory, CPU, disk and network. Leave it out if you do not use Insights.
      "arn:${local.partition}:logs:*:*:log-group:/aws/lambda-insights:*",
    ]
  }

  # With it, S3 answers that a render does not exist yet instead of denying access. Videos check that, unless
  # `overwrite` is set; releases up to 4.0.484 check Remotion's own bucket instead.
  # Without it: Renders may fail. From 4.0.523 at the latest, they succeed anyway.
  dynamic "statement" {
    for_each = contains(var.role_extensions, "output-bucket") ? [true] : []

    content {
      sid       = "FindOutput"
      effect    = "Allow"
      actions   = ["s3:ListBucket"]
      resources = ["arn:${local.partition}:s3:::${var.output_bucket}"]
    }
  }

  # Writes renders to the bucket `my-remotion-output`.
  dynamic "statement" {
    for_each = contains(var.role_extensions, "output-bucket") ? [true] : []

    content {
      sid    = "WriteOutput"
      effect = "Allow"
      actions = [
        # Writes the render.
        # Without it: Renders fail.
        "s3:PutObject",
        # AWS requires it for renders whose privacy is `public` or `private`.
        # Without it: Renders fail, except with `no-acl`.
        "s3:PutObjectAcl",
        # Checks whether the render already exists, unless `overwrite` is set.
        # Without it: Renders may fail. From 4.0.523 at the latest, they succeed anyway.
        "s3:GetObject",
        # Discards the parts of a large render whose upload failed. By default, AWS lets the uploader do that
        # without this permission.
        # Without it: If a bucket policy denies it, that error hides the real one.
        "s3:AbortMultipartUpload",
      ]
      resources = ["arn:${local.partition}:s3:::${var.output_bucket}/*"]
    }
  }

  lifecycle {
    precondition {
      condition     = contains(["aws", "aws-cn"], local.partition)
      error_message = "The policy `role` is for the partition aws or aws-cn."
    }
  }
}

# Who may assume the role for `role`
data "aws_iam_policy_document" "role_trust" {
  # Lets `lambda.amazonaws.com` assume the role.
  statement {
    effect  = "Allow"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "role" {
  name               = basename(var.role_name)
  path               = dirname(var.role_name) == "." ? "/" : "/${dirname(var.role_name)}/"
  description        = "Role permissions"
  assume_role_policy = data.aws_iam_policy_document.role_trust.json
}

resource "aws_iam_policy" "role" {
  name   = basename(var.role_name)
  path   = dirname(var.role_name) == "." ? "/" : "/${dirname(var.role_name)}/"
  policy = data.aws_iam_policy_document.role.json
}

resource "aws_iam_role_policy_attachment" "role" {
  role       = aws_iam_role.role.name
  policy_arn = aws_iam_policy.role.arn
}

output "role_arn" {
  description = "The ARN of the role for the policy `role`."
  value       = aws_iam_role.role.arn
}

output "role_name" {
  description = "The name of the role for the policy `role`."
  value       = aws_iam_role.role.name
}

output "role_json" {
  description = "The policy `role` as JSON."
  value       = data.aws_iam_policy_document.role.json
}
