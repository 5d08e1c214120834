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
    module().check(&["check", "infra"], expect![[r#""#]]);
}

#[test]
fn a_file_is_read_with_its_module() {
    let folder = module();
    folder.check(&["check", "infra/variables.tf"], expect![[r#""#]]);
    folder.check(&["check", "infra/main.tf#aws_iam_role.worker"], expect![[r#""#]]);
    folder.check(&["check", "infra/main.tf#worker"], expect![[r#""#]]);
}

#[test]
fn every_command_reads_modules() {
    let folder = module();
    folder.check(&["explain", "infra/main.tf#aws_iam_policy.worker"], expect![[r#""#]]);
    folder.check(&["diff", "infra", "infra"], expect![[r#""#]]);
    folder.check(&["import", "infra/main.tf#aws_sqs_queue_policy.jobs"], expect![[r#""#]]);
    folder.check(
        &[
            "simulate",
            "--action",
            "dynamodb:GetItem",
            "--identity",
            "infra/main.tf#aws_iam_policy.worker where var.queue == null does not hold",
        ],
        expect![[r#""#]],
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
    folder.check(&["check", "infra"], expect![[r#""#]]);
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
    folder.check(&["check", "."], expect![[r#""#]]);
    folder.check(&["explain", "."], expect![[r#""#]]);
}
