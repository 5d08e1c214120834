# Written by `cargo xtask regenerate` from `../policies.toml`. Do not edit: change that file instead.
#
# Permissions of the report tool

terraform {
  required_version = ">= 1.2"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 4.0"
    }
  }
}

variable "environment" {
  description = "The environment whose values the other variables have unless they are set: dev, prod."
  type        = string
  default     = null

  validation {
    condition     = var.environment == null || try(contains(["dev", "prod"], var.environment), false)
    error_message = "The environments are dev, prod."
  }
}

variable "account" {
  description = "The account of the environment."
  type        = string
  default     = null

  validation {
    condition     = var.account == null || try(can(regex("\\A[0-9]{12}\\z", var.account)) && length(var.account) <= 12, false)
    error_message = "The value of `account` must be an account ID, and can have 12 characters."
  }
}

variable "region" {
  description = "The Region of the function, the queue and the key."
  type        = string
  default     = null

  validation {
    condition     = var.region == null || try(can(regex("\\A[a-z]+(-[a-z]+)+-[1-9][0-9]?\\z", var.region)) && length(var.region) <= 16, false)
    error_message = "The value of `region` must be the code of a Region, and can have 16 characters."
  }
}

variable "bucket" {
  description = "The bucket's name before the account."
  type        = string
  default     = null

  validation {
    condition     = var.bucket == null || try(can(regex("\\A[!-#%-)+-.0-9;->@-z|~-\\x84\\x86-\\x9f\\xa1-\\xff]+\\z", var.bucket)) && length(var.bucket) <= 40, false)
    error_message = "The value of `bucket` must not be empty, and must not contain white space or any of *, ?, :, $, {, }, /, and can have 40 characters."
  }
}

variable "branch" {
  description = "The branch or tag that is deployed."
  type        = string
  default     = null

  validation {
    condition     = var.branch == null || try(can(regex("\\A[!-#%-)+-9;->@-z|~-\\x84\\x86-\\x9f\\xa1-\\xff]+\\z", var.branch)) && length(var.branch) <= 40, false)
    error_message = "The value of `branch` must not be empty, and must not contain white space or any of *, ?, :, $, {, }, and can have 40 characters."
  }
}

variable "user_policy_name" {
  description = "The name of the managed policy for the policy `user`; generated if null."
  type        = string
  default     = null
}

variable "function_role_name" {
  description = "The name of the role for the policy `function`; generated if null."
  type        = string
  default     = null
}

variable "limit_policy_name" {
  description = "The name of the managed policy for the policy `limit`; generated if null."
  type        = string
  default     = null
}

variable "deploy_role_name" {
  description = "The name of the role for the policy `deploy`; generated if null."
  type        = string
  default     = null
}

data "aws_partition" "current" {}

locals {
  partition = data.aws_partition.current.partition

  account = (
    var.account != null ? var.account :
    var.environment == "prod" ? "111122223333" :
    "444455556666"
  )

  region = (
    var.region != null ? var.region :
    "eu-west-1"
  )

  bucket = (
    var.bucket != null ? var.bucket :
    var.environment == "dev" ? "reports-dev" :
    var.environment == "prod" ? "reports-prod" :
    "reports-dev"
  )

  branch = (
    var.branch != null ? var.branch :
    var.environment == "prod" ? "tags/release" :
    "heads/main"
  )
}

# User
data "aws_iam_policy_document" "user" {
  # Lists the reports of a month.
  # Without it: Users must know the name of a report.
  statement {
    sid       = "FindReports"
    effect    = "Allow"
    actions   = ["s3:ListBucket"]
    resources = ["arn:${local.partition}:s3:::${local.bucket}-${local.account}"]
  }

  # Downloads reports, and uploads the data that they are made from.
  statement {
    sid    = "UseReports"
    effect = "Allow"
    actions = [
      "s3:GetObject",
      "s3:PutObject",
    ]
    resources = ["arn:${local.partition}:s3:::${local.bucket}-${local.account}/*"]
  }

  # S3 encrypts objects with the bucket's key. The key can only be used through S3.
  statement {
    sid    = "DecryptReports"
    effect = "Allow"
    actions = [
      "kms:Decrypt",
      "kms:GenerateDataKey",
    ]
    resources = ["arn:${local.partition}:kms:${local.region}:${local.account}:key/*"]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${local.region}.amazonaws.com"]
    }
  }

  lifecycle {
    precondition {
      condition     = contains(["aws"], local.partition)
      error_message = "The policy `user` is for the partition aws."
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

# Function
data "aws_iam_policy_document" "function" {
  # Lambda polls the queue for new data on behalf of the function.
  statement {
    sid    = "TakeOrders"
    effect = "Allow"
    actions = [
      "sqs:ReceiveMessage",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
    ]
    resources = ["arn:${local.partition}:sqs:${local.region}:${local.account}:reports"]
  }

  # Reads the data and writes the report next to it.
  statement {
    sid    = "WriteReports"
    effect = "Allow"
    actions = [
      "s3:GetObject",
      "s3:PutObject",
    ]
    resources = ["arn:${local.partition}:s3:::${local.bucket}-${local.account}/*"]
  }

  # S3 encrypts objects with the bucket's key. The key can only be used through S3.
  statement {
    sid    = "EncryptReports"
    effect = "Allow"
    actions = [
      "kms:Decrypt",
      "kms:GenerateDataKey",
    ]
    resources = ["arn:${local.partition}:kms:${local.region}:${local.account}:key/*"]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${local.region}.amazonaws.com"]
    }
  }

  # Writes the function's logs.
  # Without it: Failures leave no trace.
  statement {
    sid    = "WriteLogs"
    effect = "Allow"
    actions = [
      "logs:CreateLogStream",
      "logs:PutLogEvents",
    ]
    resources = ["arn:${local.partition}:logs:${local.region}:${local.account}:log-group:/aws/lambda/reports:*"]
  }

  lifecycle {
    precondition {
      condition     = contains(["aws"], local.partition)
      error_message = "The policy `function` is for the partition aws."
    }
  }
}

# Who may assume the role for `function`
data "aws_iam_policy_document" "function_trust" {
  # Lambda assumes the role to run the function, and only functions of this account.
  statement {
    sid     = "RunFunction"
    effect  = "Allow"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_iam_role" "function" {
  name                 = var.function_role_name
  description          = "Function"
  assume_role_policy   = data.aws_iam_policy_document.function_trust.json
  permissions_boundary = aws_iam_policy.limit.arn
}

resource "aws_iam_role_policy_attachment" "function_managed" {
  for_each = toset(["arn:${local.partition}:iam::aws:policy/AWSXRayDaemonWriteAccess"])

  role       = aws_iam_role.function.name
  policy_arn = each.value
}

resource "aws_iam_role_policy" "function" {
  name   = "function"
  role   = aws_iam_role.function.id
  policy = data.aws_iam_policy_document.function.json
}

output "function_arn" {
  description = "The ARN of the role for the policy `function`."
  value       = aws_iam_role.function.arn
}

output "function_name" {
  description = "The name of the role for the policy `function`."
  value       = aws_iam_role.function.name
}

output "function_json" {
  description = "The policy `function` as JSON."
  value       = data.aws_iam_policy_document.function.json
}

# Limit
data "aws_iam_policy_document" "limit" {
  # The function only uses these services.
  statement {
    sid    = "OwnServices"
    effect = "Allow"
    actions = [
      "s3:GetObject",
      "s3:PutObject",
      "sqs:*",
      "logs:*",
      "kms:Decrypt",
      "kms:GenerateDataKey",
      "xray:Put*",
      "xray:GetSampling*",
    ]
    resources = ["*"]
  }

  lifecycle {
    precondition {
      condition     = contains(["aws"], local.partition)
      error_message = "The policy `limit` is for the partition aws."
    }
  }
}

resource "aws_iam_policy" "limit" {
  name   = var.limit_policy_name
  policy = data.aws_iam_policy_document.limit.json
}

output "limit_arn" {
  description = "The ARN of the managed policy `limit`."
  value       = aws_iam_policy.limit.arn
}

output "limit_json" {
  description = "The policy `limit` as JSON."
  value       = data.aws_iam_policy_document.limit.json
}

# Deployment
data "aws_iam_policy_document" "deploy" {
  # Uploads the new code and waits until it is active.
  statement {
    sid    = "UpdateFunction"
    effect = "Allow"
    actions = [
      "lambda:UpdateFunctionCode",
      "lambda:GetFunction",
      "lambda:GetFunctionConfiguration",
    ]
    resources = ["arn:${local.partition}:lambda:${local.region}:${local.account}:function:reports"]
  }

  lifecycle {
    precondition {
      condition     = contains(["aws"], local.partition)
      error_message = "The policy `deploy` is for the partition aws."
    }
  }
}

# Who may assume the role for `deploy`
data "aws_iam_policy_document" "deploy_trust" {
  # The workflow of this repository deploys releases, without long-lived keys.
  statement {
    sid     = "DeployFromGithub"
    effect  = "Allow"
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = ["arn:${local.partition}:iam::${local.account}:oidc-provider/token.actions.githubusercontent.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:octo-org/reports:ref:refs/${local.branch}"]
    }
  }
}

resource "aws_iam_role" "deploy" {
  name               = var.deploy_role_name
  description        = "Deployment"
  assume_role_policy = data.aws_iam_policy_document.deploy_trust.json
}

resource "aws_iam_role_policy" "deploy" {
  name   = "deploy"
  role   = aws_iam_role.deploy.id
  policy = data.aws_iam_policy_document.deploy.json
}

output "deploy_arn" {
  description = "The ARN of the role for the policy `deploy`."
  value       = aws_iam_role.deploy.arn
}

output "deploy_name" {
  description = "The name of the role for the policy `deploy`."
  value       = aws_iam_role.deploy.name
}

output "deploy_json" {
  description = "The policy `deploy` as JSON."
  value       = data.aws_iam_policy_document.deploy.json
}

# Queue
data "aws_iam_policy_document" "queue" {
  # S3 announces new data, from the bucket of this account only.
  statement {
    sid       = "AnnounceData"
    effect    = "Allow"
    actions   = ["sqs:SendMessage"]
    resources = ["arn:${local.partition}:sqs:${local.region}:${local.account}:reports"]

    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:s3:::${local.bucket}-${local.account}"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }

  lifecycle {
    precondition {
      condition     = contains(["aws"], local.partition)
      error_message = "The policy `queue` is for the partition aws."
    }
  }
}

output "queue_json" {
  description = "The policy `queue` as JSON."
  value       = data.aws_iam_policy_document.queue.json
}
