//! Terraform modules, whatever the command.

use expect_test::expect;

use crate::support::Folder;

const MAIN: &str = r#"
resource "aws_s3_bucket" "reports" {}

resource "aws_iam_policy" "worker" {
  policy = data.aws_iam_policy_document.worker.json
}

resource "aws_iam_role_policy" "worker" {
  role   = "worker"
  policy = data.aws_iam_policy_document.worker.json
}

resource "aws_sqs_queue_policy" "jobs" {
  policy = templatefile("${path.module}/policies/jobs.json.tpl", { action = "sqs:SendMesage" })
}

resource "aws_iam_role" "worker" {
  assume_role_policy = file("policies/trust.json")
}
"#;

const DOCUMENTS: &str = r#"
data "aws_iam_policy_document" "worker" {
  statement {
    actions   = local.actions
    resources = ["${aws_s3_bucket.reports.arn}/*"]
  }

  dynamic "statement" {
    for_each = var.queue != null ? [var.queue] : []
    content {
      actions   = ["sqs:SendMesage"]
      resources = [statement.value]
    }
  }

  # iam-policy: ignore ACTION_SUPPORTS_RESOURCES: every table
  statement {
    actions   = ["dynamodb:GetItem"]
    resources = ["*"]
  }
}
"#;

const VARIABLES: &str = r#"
variable "queue" {
  type    = string
  default = null
}

locals {
  actions = ["s3:GetObjcet"]
}
"#;

const JOBS: &str = r#"{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "${action}", "Resource": "*"}
}
"#;

const TRUST: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda"}, "Action": "sts:AssumeRole"}}
"#;

fn module() -> Folder {
    let folder = Folder::with(&[
        ("infra/main.tf", MAIN),
        ("infra/documents.tf", DOCUMENTS),
        ("infra/variables.tf", VARIABLES),
    ]);
    std::fs::create_dir(folder.path("infra/policies")).unwrap();
    std::fs::write(folder.path("infra/policies/jobs.json.tpl"), JOBS).unwrap();
    std::fs::write(folder.path("infra/policies/trust.json"), TRUST).unwrap();
    folder
}

#[test]
fn findings_are_in_the_files_of_the_module() {
    module().check(&["check", "infra"], expect![[r#"
        error[INVALID_ACTION]: the action `sqs:SendMesage` does not exist (as of 2026-10-27)
          --> infra/documents.tf:11:20
           |
        11 |       actions   = ["sqs:SendMesage"]
           |                    ^^^^^^^^^^^^^^^^
           = note: in `aws_iam_policy.worker` and `aws_iam_role_policy.worker`
           = note: where `var.queue == null` does not hold
           = help: did you mean `sqs:SendMessage`?

        error[INVALID_SERVICE_PRINCIPAL_FORMAT]: the service principal does not match the expected format; use the format service.amazonaws.com, or use one of the following suffixes: .amazon.com, .amazonaws.com.cn with all lowercase letters
         --> infra/policies/trust.json:1:85
          |
        1 | {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda"}, "Action": "sts:AssumeRole"}}
          |                                                                                     ^^^^^^^^
          = note: in `aws_iam_role.worker.assume_role_policy`

        error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist (as of 2026-10-27)
         --> infra/variables.tf:8:14
          |
        8 |   actions = ["s3:GetObjcet"]
          |              ^^^^^^^^^^^^^^
          = note: in `aws_iam_policy.worker` and `aws_iam_role_policy.worker`
          = help: did you mean `s3:GetObject`?

        error[INVALID_ACTION]: the action `sqs:SendMesage` does not exist (as of 2026-10-27)
         --> infra/policies/jobs.json.tpl:3:84
          |
        3 |   "Statement": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "${action}", "Resource": "*"}
          |                                                                                    ^^^^^^^^^^^
          = note: in `aws_sqs_queue_policy.jobs`
          = help: did you mean `sqs:SendMessage`?

        ---
        5 files checked: 4 errors in 4 files; 2 findings are ignored by comments
        exit code 1
    "#]]);
}

#[test]
fn a_file_is_read_with_its_module() {
    let folder = module();
    folder.check(
        &["check", "infra/variables.tf"],
        expect![[r#"
        error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist (as of 2026-10-27)
         --> infra/variables.tf:8:14
          |
        8 |   actions = ["s3:GetObjcet"]
          |              ^^^^^^^^^^^^^^
          = note: in `aws_iam_policy.worker` and `aws_iam_role_policy.worker`
          = help: did you mean `s3:GetObject`?

        ---
        1 file checked: 1 error in 1 file
        exit code 1
    "#]],
    );
    folder.check(&["check", "infra/main.tf#aws_iam_role.worker"], expect![[r#"
        error[INVALID_SERVICE_PRINCIPAL_FORMAT]: the service principal does not match the expected format; use the format service.amazonaws.com, or use one of the following suffixes: .amazon.com, .amazonaws.com.cn with all lowercase letters
         --> infra/policies/trust.json:1:85
          |
        1 | {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda"}, "Action": "sts:AssumeRole"}}
          |                                                                                     ^^^^^^^^
          = note: in `aws_iam_role.worker.assume_role_policy`

        ---
        2 files checked: 1 error in 1 file
        exit code 1
    "#]]);
    folder.check(&["check", "infra/main.tf#worker"], expect![[r#"
        ---
        error: there is no policy `worker` in `infra/main.tf`
          = help: the policies are `aws_iam_policy.worker`, `aws_iam_role_policy.worker`, `aws_sqs_queue_policy.jobs` and `aws_iam_role.worker.assume_role_policy`
        nothing checked; 1 could not be read
        exit code 2
    "#]]);
}

#[test]
fn every_command_reads_modules() {
    let folder = module();
    folder.check(&["explain", "infra/main.tf#aws_iam_policy.worker"], expect![[r#"
        # aws_iam_policy.worker where var.queue == null holds

        ## Statement 1: Allow

        - Actions: 0
        - Resources: `arn:${AWS::Partition}:s3:::${aws_s3_bucket.reports.bucket}/*`

        | Action | Access level | Resource types | Description |
        |---|---|---|---|
        | `s3:GetObjcet` | unknown | | No such action was known on 2026-10-27. |

        ## Statement 2: Allow

        - Actions: 1 Read
        - Resources: `*`

        | Action | Access level | Resource types | Description |
        |---|---|---|---|
        | `dynamodb:GetItem` | Read | `table` | Grants permission to the GetItem operation that returns a set of attributes for the item with the given primary key. |

        # aws_iam_policy.worker where var.queue == null does not hold

        ## Statement 1: Allow

        - Actions: 0
        - Resources: `arn:${AWS::Partition}:s3:::${aws_s3_bucket.reports.bucket}/*`

        | Action | Access level | Resource types | Description |
        |---|---|---|---|
        | `s3:GetObjcet` | unknown | | No such action was known on 2026-10-27. |

        ## Statement 2: Allow

        - Actions: 0
        - Resources: `${var.queue}`

        | Action | Access level | Resource types | Description |
        |---|---|---|---|
        | `sqs:SendMesage` | unknown | | No such action was known on 2026-10-27. |

        ## Statement 3: Allow

        - Actions: 1 Read
        - Resources: `*`

        | Action | Access level | Resource types | Description |
        |---|---|---|---|
        | `dynamodb:GetItem` | Read | `table` | Grants permission to the GetItem operation that returns a set of attributes for the item with the given primary key. |
        ---
        exit code 0
    "#]]);
    folder.check(
        &["diff", "infra", "infra"],
        expect![[r#"
        # Policy `aws_iam_policy.worker where var.queue == null does not hold`

        **Nothing changes**: both allow the same requests.

        Note: assuming that these have no wildcards: `${var.queue}`.

        # Policy `aws_iam_role_policy.worker where var.queue == null does not hold`

        **Nothing changes**: both allow the same requests.

        Note: assuming that these have no wildcards: `${var.queue}`.
        ---
        exit code 0
    "#]],
    );
    folder.check(
        &["import", "infra/main.tf#aws_sqs_queue_policy.jobs"],
        expect![[r#"
        [policy.jobs]
        about = "From `aws_sqs_queue_policy.jobs`."
        type = "resource"
        resource-type = "sqs:queue"

        [[policy.jobs.statement]]
        id        = "sqs"
        reason    = ""
        accounts  = ["123456789012"]
        actions   = [{ action = "sqs:SendMesage", waive = [{ check = "INVALID_ACTION", why = "" }] }]
        resources = ["*"]
        ---
        note: the statement has no Sid; in the spec it is `Sqs`
         --> infra/main.tf

        exit code 0
    "#]],
    );
}

#[test]
fn nothing_outside_of_the_folder_is_read() {
    let folder = Folder::with(&[
        (
            "infra/main.tf",
            "resource \"aws_iam_policy\" \"a\" { policy = file(\"../secret.json\") }\nresource \"aws_iam_policy\" \"b\" { policy = file(\"link.json\") }\n",
        ),
        ("secret.json", "{\"Statement\": {\"Action\": \"secret:Action\"}}"),
    ]);
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path("secret.json"), folder.path("infra/link.json")).unwrap();
    folder.check(
        &["check", "infra"],
        expect![[r#"
        warning[TEMPLATE_ERROR]: `../secret.json` is outside of the folder that is checked, so it is not read
         --> infra/main.tf:1:47
          |
        1 | resource "aws_iam_policy" "a" { policy = file("../secret.json") }
          |                                               ^^^^^^^^^^^^^^^^
          = help: the parts of policies that it determines are unknown

        warning[TEMPLATE_ERROR]: `link.json` is outside of the folder that is checked, so it is not read
         --> infra/main.tf:2:47
          |
        2 | resource "aws_iam_policy" "b" { policy = file("link.json") }
          |                                               ^^^^^^^^^^^
          = help: the parts of policies that it determines are unknown

        ---
        warning: skipped `infra/link.json`, which is a link to a file outside the folder
          = help: name the link itself to follow it
        1 file checked: 2 warnings in 1 file
        exit code 0
    "#]],
    );
}

#[test]
fn broken_files_do_not_hide_others() {
    let folder = Folder::with(&[
        (
            "a.tf",
            "resource \"aws_iam_policy\" \"a\" {\n  policy = jsonencode({ Statement = [ })\n}\n",
        ),
        (
            "b.tf",
            "resource \"aws_iam_policy\" \"b\" {\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Alow\", Action = \"*\", Resource = \"*\" }] })\n}\n",
        ),
    ]);
    folder.check(&["check", "."], expect![[r#"
        error[HCL_SYNTAX_ERROR]: invalid HCL: invalid expression; expected `"`, `[`, `{`, `-`, `!`, `(`, `_`, `<`, letter or digit
         --> a.tf:2:39
          |
        2 |   policy = jsonencode({ Statement = [ })
          |                                       ^

        error[INVALID_EFFECT]: the effect `Alow` is not valid; use Allow or Deny
         --> b.tf:2:73
          |
        2 |   policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Alow", Action = "*", Resource = "*" }] })
          |                                                                         ^^^^^^
          = note: in `aws_iam_policy.b`
          = help: did you mean `Allow`?

        ---
        2 files checked: 2 errors in 2 files; 1 could not be read
        exit code 2
    "#]]);
    folder.check(&["explain", "."], expect![[r#"
        ---
        error[HCL_SYNTAX_ERROR]: invalid HCL: invalid expression; expected `"`, `[`, `{`, `-`, `!`, `(`, `_`, `<`, letter or digit
         --> a.tf:2:39
          |
        2 |   policy = jsonencode({ Statement = [ })
          |                                       ^

        exit code 2
    "#]]);
}
