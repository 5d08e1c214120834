//! The policies of Terraform modules.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::naive_bytecount,
    reason = "Clippy only recognizes functions marked as tests as test code"
)]

use std::collections::BTreeMap;
use std::fmt::Write;

use expect_test::{Expect, expect};
use iam_policy_document::Diagnostic;
use iam_policy_templates::hcl::{self, Module, Reader};

/// Files in memory.
struct Memory(BTreeMap<&'static str, &'static str>);

impl Reader for Memory {
    fn read(&self, path: &str) -> Result<(String, Vec<u8>), String> {
        let name = path.strip_prefix("./").unwrap_or(path);
        match self.0.get(name) {
            Some(text) => Ok((name.to_owned(), text.as_bytes().to_vec())),
            None => Err("does not exist".to_owned()),
        }
    }
}

fn read(files: &[(&'static str, &'static str)]) -> Module {
    let is_module = |name: &str| hcl::is_file(name) || hcl::is_values(name);
    let own = files.iter().filter(|(name, _)| is_module(name));
    let own = own.map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
    let others = files.iter().filter(|(name, _)| !is_module(name)).copied();
    hcl::read(own, &Memory(others.collect()))
}

/// The text at a place, and where it is.
fn quoted(module: &Module, problem: &Diagnostic) -> String {
    let Some(span) = problem.location.span else {
        return "nowhere".to_owned();
    };
    let (file, at) = module.locate(span.start).unwrap();
    let file = &module.files()[file];
    let line = 1 + file.text[..at].iter().filter(|byte| **byte == b'\n').count();
    let text = file.text.get(at..at + span.end - span.start).unwrap_or_default();
    format!("{}:{line} <{}>", file.name, String::from_utf8_lossy(text))
}

fn shown(module: &Module) -> String {
    let mut out = String::new();
    for policy in &module.template.policies {
        write!(out, "{} ({}", policy.name, policy.policy_type).unwrap();
        if let Some(resource) = policy.resource_type {
            write!(out, ", {resource}").unwrap();
        }
        if let Some(attach) = policy.attach {
            write!(out, ", {attach}").unwrap();
        }
        writeln!(out, ")").unwrap();
        if policy.is_partial {
            writeln!(out, "  and other conditions").unwrap();
        }
        for variant in &policy.variants {
            let wording = variant.wording();
            if !wording.is_empty() {
                writeln!(out, "  where {wording}").unwrap();
            }
            writeln!(out, "  {:?}", variant.document).unwrap();
        }
        for problem in &policy.problems {
            writeln!(out, "  {}: {}", quoted(module, problem), problem.message).unwrap();
        }
    }
    for managed in &module.template.managed {
        writeln!(out, "attaches {}", iam_policy_core::variable::shown(&managed.arn)).unwrap();
    }
    for problem in &module.template.problems {
        writeln!(
            out,
            "{}: {} {}",
            quoted(module, problem),
            problem.severity,
            problem.message
        )
        .unwrap();
    }
    out
}

fn check(source: &'static str, expected: Expect) {
    check_files(&[("main.tf", source)], expected);
}

fn check_files(files: &[(&'static str, &'static str)], expected: Expect) {
    expected.assert_eq(&shown(&read(files)));
}

#[test]
fn policy_documents() {
    check(
        r#"
variable "bucket" { default = "reports" }
variable "prefix" {}
locals {
  actions = ["s3:GetObject", "s3:PutObject"]
  account = data.aws_caller_identity.current.account_id
}
data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_iam_policy_document" "worker" {
  policy_id = "id"
  statement {
    sid       = "Objects"
    actions   = local.actions
    resources = ["arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix}/*"]
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [local.account]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:username"
      values   = ["&{aws:username}", "$${aws:username}"]
    }
  }
  statement {
    effect        = "Deny"
    not_actions   = ["s3:*"]
    not_resources = []
    resources     = null
    principals {
      type        = "AWS"
      identifiers = ["a"]
    }
    principals {
      type        = "Service"
      identifiers = ["b"]
    }
    principals {
      type        = "AWS"
      identifiers = ["c"]
    }
    not_principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}
resource "aws_iam_policy" "worker" {
  policy = data.aws_iam_policy_document.worker.json
}
"#,
        expect![[r#"
            aws_iam_policy.worker (identity, managed)
              {"Version":"2012-10-17","Id":"id","Statement":[{"Sid":"Objects","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":["arn:${AWS::Partition}:s3:::reports/${var.prefix}/*"],"Condition":{"StringEquals":{"aws:PrincipalAccount":["${AWS::AccountId}"],"aws:username":["${aws:username}","${aws:username}"]}}},{"Effect":"Deny","NotAction":["s3:*"],"Principal":{"AWS":["a","c"],"Service":["b"]},"NotPrincipal":"*"}]}
        "#]],
    );
}

#[test]
fn texts() {
    check(
        r#"
resource "aws_s3_bucket" "logs" { bucket = "logs" }
resource "aws_iam_role_policy" "a" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = ["s3:GetObject"]
      Resource = "${aws_s3_bucket.logs.arn}/*"
    }]
  })
}
resource "aws_sqs_queue_policy" "b" {
  policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": {
        "Effect": "Allow",
        "Principal": {"AWS": "${var.who}"},
        "Action": ${jsonencode(["sqs:SendMessage"])},
        "Resource": ${jsonencode(var.queues)}
      }
    }
  EOT
}
resource "aws_sns_topic" "c" {
  policy = "{\"Version\": \"2012-10-17\", \"Statement\": []}"
}
resource "aws_iam_role" "e" {
  inline_policy {
    name   = "x"
    policy = var.inline
  }
}
"#,
        expect![[r#"
            aws_iam_role_policy.a (identity, inline-role)
              {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":"arn:${AWS::Partition}:s3:::logs/*"}]}
            aws_sqs_queue_policy.b (resource, sqs:queue)
              {"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"${var.who}"},"Action":["sqs:SendMessage"],"Resource":"${var.queues}"}}
            aws_sns_topic.c (resource, sns:topic)
              {"Version":"2012-10-17","Statement":[]}
            aws_iam_role.e.inline_policy.policy (identity, inline-role)
              {"Version":"2012-10-17","Statement":{"Effect":"${var.inline}","Action":"${var.inline}","Resource":"${var.inline}"}}
        "#]],
    );
}

#[test]
fn files() {
    check_files(
        &[
            (
                "main.tf",
                r#"
resource "aws_kms_key" "a" { policy = file("${path.module}/key.json") }
resource "aws_iam_role" "b" {
  assume_role_policy = templatefile("trust.json", { service = "lambda", accounts = ["1", "2"] })
}
resource "aws_ecr_repository_policy" "c" { policy = file("missing.json") }
resource "aws_iam_policy" "d" { policy = file("broken.json") }
"#,
            ),
            (
                "key.json",
                r#"{"Statement": {"Sid": "A", "Principal": "${not a template}"}}"#,
            ),
            (
                "trust.json",
                r#"{
  "Statement": [
    %{ for account in accounts ~}
    {"Effect": "Allow", "Principal": {"AWS": "${account}", "Service": "${service}.amazonaws.com"}, "Action": "sts:AssumeRole"},
    %{ endfor ~}
    {"Effect": "Deny", "Principal": "*", "Action": "$${literal}${unknown}"}
  ]
}"#,
            ),
            ("broken.json", "{\"Statement\": [}"),
        ],
        expect![[r#"
            aws_kms_key.a (resource, kms:key)
              {"Statement":{"Sid":"A","Principal":"${not a template}"}}
            aws_iam_role.b.assume_role_policy (trust)
              {"Statement":[{"Effect":"Allow","Principal":{"AWS":"1","Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"},{"Effect":"Allow","Principal":{"AWS":"2","Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"},{"Effect":"Deny","Principal":"*","Action":"${literal}${unknown}"}]}
            aws_ecr_repository_policy.c (resource, ecr:repository)
              {"Version":"2012-10-17","Statement":{"Effect":"${file(\"missing.json\")}","Principal":"${file(\"missing.json\")}","Action":"${file(\"missing.json\")}","Resource":"${file(\"missing.json\")}"}}
            aws_iam_policy.d (identity, managed)
              {"Statement":[]}
              broken.json:1 <}>: expected a value or `]`, found `}`
              broken.json:1 <}>: expected a comma or `]`, found `}`
            main.tf:6 <"missing.json">: warning `missing.json` does not exist
        "#]],
    );
}

#[test]
fn conditions_make_variants() {
    check(
        r#"
variable "create" { default = true }
variable "key" { default = null }
variable "env" { default = "dev" }
data "aws_iam_policy_document" "a" {
  count = var.create ? 1 : 0
  statement {
    actions   = ["s3:GetObject"]
    resources = var.env == "prod" ? ["arn:aws:s3:::prod/*"] : ["arn:aws:s3:::${var.env}/*"]
  }
  dynamic "statement" {
    for_each = var.key != null ? [1] : []
    content {
      actions   = ["kms:Decrypt"]
      resources = [var.key]
    }
  }
}
resource "aws_iam_policy" "a" {
  count  = var.create ? 1 : 0
  policy = data.aws_iam_policy_document.a[0].json
}
resource "aws_iam_policy" "b" {
  policy = element(concat(data.aws_iam_policy_document.a.*.json, [""]), 0)
}
resource "aws_iam_policy" "never" {
  count  = 0
  policy = try(data.aws_iam_policy_document.a[0].json, "")
}
"#,
        expect![[r#"
            aws_iam_policy.a[0] (identity, managed)
              where `var.key == null` and `var.env == "prod"` hold
              {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::prod/*"]}]}
              where `var.key == null` holds and `var.env == "prod"` does not
              {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::${var.env}/*"]}]}
              where `var.env == "prod"` holds and `var.key == null` does not
              {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::prod/*"]},{"Effect":"Allow","Action":["kms:Decrypt"],"Resource":["${var.key}"]}]}
              where `var.key == null` and `var.env == "prod"` do not hold
              {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::${var.env}/*"]},{"Effect":"Allow","Action":["kms:Decrypt"],"Resource":["${var.key}"]}]}
            aws_iam_policy.b (identity, managed)
              where `var.key == null` and `var.env == "prod"` hold
              {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::prod/*"]}]}
              where `var.key == null` holds and `var.env == "prod"` does not
              {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::${var.env}/*"]}]}
              where `var.env == "prod"` holds and `var.key == null` does not
              {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::prod/*"]},{"Effect":"Allow","Action":["kms:Decrypt"],"Resource":["${var.key}"]}]}
              where `var.key == null` and `var.env == "prod"` do not hold
              {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::${var.env}/*"]},{"Effect":"Allow","Action":["kms:Decrypt"],"Resource":["${var.key}"]}]}
            aws_iam_policy.never[0] (identity, managed)
              where `var.key == null` and `var.env == "prod"` hold
              {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::prod/*"]}]}
              where `var.key == null` holds and `var.env == "prod"` does not
              {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::${var.env}/*"]}]}
              where `var.env == "prod"` holds and `var.key == null` does not
              {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::prod/*"]},{"Effect":"Allow","Action":["kms:Decrypt"],"Resource":["${var.key}"]}]}
              where `var.key == null` and `var.env == "prod"` do not hold
              {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::${var.env}/*"]},{"Effect":"Allow","Action":["kms:Decrypt"],"Resource":["${var.key}"]}]}
        "#]],
    );
}

#[test]
fn loops() {
    check(
        r#"
variable "statements" { default = {} }
variable "buckets" { type = list(string) }
locals {
  services = { reader = ["s3:GetObject"], writer = ["s3:PutObject", "s3:GetObject"] }
}
data "aws_iam_policy_document" "a" {
  dynamic "statement" {
    for_each = var.statements
    content {
      sid       = statement.key
      effect    = lookup(statement.value, "effect", null)
      actions   = statement.value.actions
      resources = try(statement.value.resources, ["*"])
      dynamic "condition" {
        for_each = { for name, values in { "aws:SourceAccount" = ["1"] } : name => values }
        iterator = each_condition
        content {
          test     = "StringEquals"
          variable = each_condition.key
          values   = each_condition.value
        }
      }
    }
  }
}
resource "aws_iam_policy" "a" { policy = data.aws_iam_policy_document.a.json }
resource "aws_iam_policy" "b" {
  for_each = local.services
  policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = each.value, Resource = [for bucket in var.buckets : "arn:aws:s3:::${bucket}/*"], Sid = title(each.key) }]
  })
}
data "aws_iam_policy_document" "c" {
  for_each = toset(["x", "y"])
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [format("arn:aws:sqs:*:*:%s-%s", each.key, upper(each.value))]
  }
}
resource "aws_iam_user_policy" "c" {
  for_each = toset(["x", "y"])
  policy   = data.aws_iam_policy_document.c[each.key].json
}
"#,
        expect![[r#"
            aws_iam_policy.a (identity, managed)
              {"Version":"2012-10-17","Statement":[{"Sid":"${keys(var.statements)[each]}","Effect":"${lookup(var.statements[each], \"effect\", null)}","Action":"${var.statements[each].actions}","Resource":"${var.statements[each].resources}","Condition":{"StringEquals":{"aws:SourceAccount":["1"]}}}]}
            aws_iam_policy.b["reader"] (identity, managed)
              {"Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::${var.buckets[each]}/*"],"Sid":"Reader"}]}
            aws_iam_policy.b["writer"] (identity, managed)
              {"Statement":[{"Effect":"Allow","Action":["s3:PutObject","s3:GetObject"],"Resource":["arn:aws:s3:::${var.buckets[each]}/*"],"Sid":"Writer"}]}
            aws_iam_user_policy.c["x"] (identity, inline-user)
              {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sqs:SendMessage"],"Resource":["arn:aws:sqs:*:*:x-X"]}]}
            aws_iam_user_policy.c["y"] (identity, inline-user)
              {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sqs:SendMessage"],"Resource":["arn:aws:sqs:*:*:y-Y"]}]}
        "#]],
    );
}

#[test]
fn documents_of_documents() {
    check(
        r#"
data "aws_iam_policy_document" "base" {
  statement {
    sid       = "A"
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
  statement {
    actions   = ["s3:ListBucket"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "override" {
  statement {
    sid       = "A"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "all" {
  source_policy_documents   = [data.aws_iam_policy_document.base.json, jsonencode({ Statement = { Sid = "C", Effect = "Allow", Action = "a:B", Resource = "*" } })]
  override_policy_documents = concat([data.aws_iam_policy_document.override.json], var.more)
  statement {
    sid       = "B"
    actions   = ["s3:PutObject"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "legacy" {
  source_json   = data.aws_iam_policy_document.base.json
  override_json = var.override
}
resource "aws_iam_policy" "all" { policy = data.aws_iam_policy_document.all.json }
output "legacy" { value = data.aws_iam_policy_document.legacy.json }
"#,
        expect![[r#"
            data.aws_iam_policy_document.legacy (identity)
              {"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["s3:GetObject"],"Resource":["*"]},{"Effect":"Allow","Action":["s3:ListBucket"],"Resource":["*"]},{"Effect":"${var.override}","Action":"${var.override}","Resource":"${var.override}"}]}
            aws_iam_policy.all (identity, managed)
              {"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Deny","Action":["s3:*"],"Resource":["*"]},{"Effect":"Allow","Action":["s3:ListBucket"],"Resource":["*"]},{"Sid":"C","Effect":"Allow","Action":"a:B","Resource":"*"},{"Sid":"B","Effect":"Allow","Action":["s3:PutObject"],"Resource":["*"]},{"Effect":"${var.more}","Action":"${var.more}","Resource":"${var.more}"}]}
        "#]],
    );
}

#[test]
fn resources_and_their_names() {
    check(
        r#"
resource "aws_iam_role" "r" {
  name = "worker"
  path = "/service/"
  managed_policy_arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess", aws_iam_policy.p.arn]
}
resource "aws_iam_policy" "p" { name_prefix = "x" }
resource "aws_dynamodb_table" "t" { name = var.table }
resource "aws_sns_topic" "n" {}
resource "aws_secretsmanager_secret" "s" { name = "db/password" }
resource "aws_cloudwatch_log_group" "g" { name = "/aws/lambda/x" }
resource "aws_s3_bucket" "other" { provider = aws.replica }
resource "aws_iam_role_policy_attachment" "x" { policy_arn = "arn:${data.aws_partition.p.partition}:iam::aws:policy/AdministratorAccess" }
data "aws_partition" "p" {}
data "aws_region" "here" {}
data "aws_region" "there" { provider = aws.there }
resource "aws_iam_user_policy" "u" {
  policy = jsonencode({
    Statement = {
      Effect = "Allow"
      Action = "*"
      Resource = [
        aws_iam_role.r.arn, aws_dynamodb_table.t.arn, "${aws_dynamodb_table.t.arn}/index/*", aws_sns_topic.n.arn, aws_sns_topic.n.id,
        aws_secretsmanager_secret.s.arn, "${aws_cloudwatch_log_group.g.arn}:*", aws_s3_bucket.other.arn, aws_sqs_queue.gone.arn,
        "arn:aws:sqs:${data.aws_region.here.name}:*:*", "arn:aws:sqs:${data.aws_region.there.name}:*:*",
        module.queue.arn, cidrsubnet("10.0.0.0/8", 8, 2), md5(local.none),
      ]
    }
  })
}
"#,
        expect![[r#"
            aws_iam_user_policy.u (identity, inline-user)
              {"Statement":{"Effect":"Allow","Action":"*","Resource":["arn:${AWS::Partition}:iam::${AWS::AccountId}:role/service/worker","arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${var.table}","arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${var.table}/index/*","arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${aws_sns_topic.n.name}","arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${aws_sns_topic.n.name}","arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:db/password-${aws_secretsmanager_secret.s.suffix}","arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/x:*","arn:${AWS::Partition}:s3:::${aws_s3_bucket.other.bucket}","${aws_sqs_queue.gone.arn}","arn:aws:sqs:${AWS::Region}:*:*","arn:aws:sqs:${aws.there.Region}:*:*","${module.queue.arn}","${cidrsubnet(\"10.0.0.0/8\", 8, 2)}","${md5(local.none)}"]}}
            attaches arn:aws:iam::aws:policy/ReadOnlyAccess
            attaches arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/${aws_iam_policy.p.name}
            attaches arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess
        "#]],
    );
}

#[test]
fn policies_elsewhere() {
    check(
        r#"
locals {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "a:B", Resource = "*" }] })
  used   = jsonencode({ Statement = [{ Effect = "Allow", Action = "c:D", Resource = "*" }] })
  other  = jsonencode({ name = "x" })
}
module "m" {
  source = "./m"
  policy = <<EOT
{"Statement": [{"Effect": "Allow", "Action": "e:F", "Resource": "*"}]}
EOT
}
resource "aws_iam_policy" "p" { policy = local.used }
resource "aws_cloudwatch_dashboard" "d" { dashboard_body = jsonencode({ widgets = [] }) }
resource "custom_policy" "q" {
  nested {
    rules = jsonencode({ Statement = { Effect = "Allow", Principal = "*", Action = "g:H", Resource = "*" } })
  }
}
resource "aws_organizations_policy" "scp" {
  content = jsonencode({ Statement = [{ Effect = "Deny", Action = "*", Resource = "*" }] })
}
resource "aws_organizations_policy" "tags" {
  type    = "TAG_POLICY"
  content = jsonencode({ tags = {} })
}
"#,
        expect![[r#"
            local.policy (identity)
              {"Statement":[{"Effect":"Allow","Action":"a:B","Resource":"*"}]}
            module.m.policy (identity)
              {"Statement":[{"Effect":"Allow","Action":"e:F","Resource":"*"}]}
            aws_iam_policy.p (identity, managed)
              {"Statement":[{"Effect":"Allow","Action":"c:D","Resource":"*"}]}
            custom_policy.q.nested.rules (resource)
              {"Statement":{"Effect":"Allow","Principal":"*","Action":"g:H","Resource":"*"}}
            aws_organizations_policy.scp.content (service-control, service-control)
              {"Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}
        "#]],
    );
}

#[test]
fn json_syntax() {
    check_files(
        &[(
            "main.tf.json",
            r#"{
  "//": "a comment",
  "variable": {"bucket": {"default": "logs"}},
  "locals": {"actions": ["s3:GetObject"]},
  "data": {"aws_iam_policy_document": {"a": {
    "statement": [
      {"sid": "A", "actions": "${local.actions}", "resources": ["arn:aws:s3:::${var.bucket}/*"],
       "condition": {"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]}}
    ],
    "dynamic": {"statement": {"for_each": ["x"], "content": {"actions": ["a:${statement.value}"], "resources": ["*"]}}}
  }}},
  "resource": {"aws_iam_policy": {"a": {"policy": "${data.aws_iam_policy_document.a.json}"}},
    "aws_sqs_queue_policy": {"b": [{"policy": "{\"Statement\": {\"Effect\": \"Alow\", \"Principal\": \"*\"}}"}]}}
}"#,
        )],
        expect![[r#"
            aws_iam_policy.a (identity, managed)
              {"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::logs/*"],"Condition":{"Bool":{"aws:SecureTransport":["true"]}}},{"Effect":"Allow","Action":["a:x"],"Resource":["*"]}]}
            aws_sqs_queue_policy.b (resource, sqs:queue)
              {"Statement":{"Effect":"Alow","Principal":"*"}}
        "#]],
    );
}

#[test]
fn broken_files() {
    check_files(
        &[
            (
                "a.tf",
                r#"
resource "aws_iam_policy" "first" {
  policy = jsonencode({ Statement = [] }
}

resource "aws_iam_policy" "second" {
  policy = jsonencode({ Statement = [{ Effect = "Deny", Action = "*", Resource = "*" }] })
}
"#,
            ),
            ("b.tf", "locals { x = local.x y = 1 }\n"),
            ("c.tf.json", "{\"locals\": }"),
            (
                "d.tf",
                r#"
locals { loop = local.loop2 }
locals { loop2 = [local.loop] }
resource "aws_iam_policy" "third" {
  policy = jsonencode({ Statement = local.loop })
}
"#,
            ),
        ],
        expect![[r#"
            aws_iam_policy.second (identity, managed)
              {"Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}
            aws_iam_policy.third (identity, managed)
              {"Statement":[{"Effect":"${a reference to itself}","Action":"${a reference to itself}","Resource":"${a reference to itself}"}]}
            a.tf:4 <}>: error invalid HCL: expected `)` or expression
            b.tf:1 <y>: error invalid HCL: invalid block body; expected `}`, newline or identifier
            c.tf.json:1 <}>: error expected a value, found `}`
        "#]],
    );
}

#[test]
fn values_of_variables() {
    check_files(
        &[
            (
                "main.tf",
                r#"
variable "env" { default = "dev" }
variable "extra" { default = false }
data "aws_iam_policy_document" "a" {
  statement {
    actions   = ["s3:GetObject"]
    resources = var.env == "prod" ? ["arn:aws:s3:::prod/*"] : ["arn:aws:s3:::${var.env}/*"]
  }
  dynamic "statement" {
    for_each = var.extra ? [1] : []
    content {
      actions   = ["a:B"]
      resources = ["*"]
    }
  }
}
"#,
            ),
            ("terraform.tfvars", "env = \"prod\"\n"),
        ],
        expect![[r#"
            data.aws_iam_policy_document.a (identity)
              where `var.extra` holds
              {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::prod/*"]},{"Effect":"Allow","Action":["a:B"],"Resource":["*"]}]}
              where `var.extra` does not hold
              {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::prod/*"]}]}
        "#]],
    );
}

#[test]
fn places_are_those_of_the_files() {
    let module = read(&[
        (
            "a.tf",
            r#"
locals {
  actions = ["s3:GetObjcet"]
}
resource "aws_iam_policy" "a" {
  policy = <<-EOT
    {
      "Statement": {"Effect": "Allow", "Action": ${jsonencode(local.actions)}, "Resource": "arn:aws:s3:::x$${y}\"/*"}
    }
  EOT
}
"#,
        ),
        (
            "b.tf",
            "resource \"aws_iam_policy\" \"b\" { policy = jsonencode({ Statement = { Action = local.actions, Resource = \"a\\tb\" } }) }\n",
        ),
        (
            "c.tf",
            "resource \"aws_iam_policy\" \"c\" { policy = \"{\\\"Statement\\\": {\\\"Action\\\": \\\"a:B\\\"}}\" }\n",
        ),
    ]);
    let mut found = String::new();
    for policy in &module.template.policies {
        for value in policy.document().values() {
            let mut problem = Diagnostic::error("");
            problem.location.span = value.span();
            if value.as_str().is_some() {
                writeln!(found, "{} {}", value.path(), quoted(&module, &problem)).unwrap();
            }
        }
    }
    expect![[r#"
        aws_iam_policy.a.Statement.Effect a.tf:8 <"Allow">
        aws_iam_policy.a.Statement.Action[0] a.tf:3 <"s3:GetObjcet">
        aws_iam_policy.a.Statement.Resource a.tf:8 <"arn:aws:s3:::x$${y}\"/*">
        aws_iam_policy.b.Statement.Action[0] a.tf:3 <"s3:GetObjcet">
        aws_iam_policy.b.Statement.Resource b.tf:1 <"a\tb">
        aws_iam_policy.c.Statement.Action c.tf:1 <\"a:B\>
    "#]]
    .assert_eq(&found);
}

/// Reads what costs much if nothing bounds it.
fn bounded(source: String) -> usize {
    let module = hcl::read([("main.tf".to_owned(), source.into_bytes())], &hcl::NoFiles);
    let sizes = module.template.policies.iter().flat_map(|policy| &policy.variants);
    sizes.map(|variant| variant.document.values().count()).sum()
}

#[test]
fn values_that_multiply_are_bounded() {
    let mut source = "locals {\n  v0 = [\"a:B\"]\n  t0 = \"xxxxxxxx\"\n".to_owned();
    for number in 1..40 {
        let of = number - 1;
        writeln!(
            source,
            "  v{number} = [local.v{of}, local.v{of}, local.v{of}, local.v{of}]"
        )
        .unwrap();
        writeln!(
            source,
            "  t{number} = \"${{local.t{of}}}${{local.t{of}}}${{local.t{of}}}\""
        )
        .unwrap();
    }
    source += "}\nresource \"aws_iam_policy\" \"p\" {\n  policy = jsonencode({ Statement = { Action = local.v39, Resource = flatten(local.v39), Sid = local.t39 } })\n}\n";
    assert!(bounded(source) <= 200_001);
}

#[test]
fn conditions_that_multiply_are_bounded() {
    let mut source = "resource \"aws_iam_policy\" \"p\" {\n  policy = jsonencode({ Statement = [\n".to_owned();
    for number in 0..200 {
        writeln!(source, "var.x{number} ? {{ Action = \"a\" }} : {{ Action = \"b\" }},").unwrap();
    }
    source += "] })\n}\n";
    let module = hcl::read([("main.tf".to_owned(), source.into_bytes())], &hcl::NoFiles);
    let policy = &module.template.policies[0];
    assert!(policy.is_partial);
    assert!(policy.variants.len() <= 48, "{}", policy.variants.len());
}

#[test]
fn deep_values_are_bounded() {
    for (open, close) in [
        ("[", "]"),
        ("(", ")"),
        ("{ a = ", "}"),
        ("\"${", "}\""),
        ("!", ""),
        ("f(", ")"),
        ("x ? y : ", ""),
    ] {
        let source = format!(
            "resource \"aws_iam_policy\" \"p\" {{\n  policy = {}1{}\n}}\n",
            open.repeat(5_000),
            close.repeat(5_000)
        );
        bounded(source);
    }
    let mut source = "locals {\n".to_owned();
    for number in 0..5_000 {
        writeln!(source, "  v{number} = [local.v{}]", number + 1).unwrap();
    }
    source += "}\nresource \"aws_iam_policy\" \"p\" {\n  policy = jsonencode({ Statement = local.v0 })\n}\n";
    bounded(source);
    bounded(format!("locals {{\n  a = x{}\n}}\n", ".y".repeat(50_000)));
    bounded("a {\n".repeat(5_000) + &"}\n".repeat(5_000));
}

const PIECES: &[&str] = &[
    "resource \"aws_iam_policy\" \"a\" {\n",
    "data \"aws_iam_policy_document\" \"a\" {\n",
    "locals {\n",
    "variable \"a\" {\n",
    "dynamic \"statement\" {\n",
    "statement {\n",
    "condition {\n",
    "content {\n",
    "  policy = ",
    "  actions = ",
    "  for_each = ",
    "  count = ",
    "  default = ",
    "  a = ",
    "data.aws_iam_policy_document.a.json",
    "data.aws_iam_policy_document.a[0].json",
    "aws_iam_policy.a.*.arn",
    "jsonencode({ Statement = [",
    "local.a",
    "var.a",
    "each.value",
    "count.index",
    "statement.value",
    "[for k, v in ",
    " : v if ",
    "{ for k, v in ",
    " : k => v... }",
    "\"${",
    "}\"",
    "%{ if ",
    "%{ endif }",
    "<<-EOT\n",
    "\nEOT\n",
    "{\"Statement\": [",
    "\"é\"",
    " ? ",
    " : ",
    " == ",
    " && ",
    "!",
    "-",
    "concat(",
    "merge(",
    "format(\"%s-%d\", ",
    "element(",
    "split(\"/\", ",
    "replace(",
    "substr(",
    "slice(",
    "range(",
    "try(",
    "null",
    "true",
    "1e9",
    "-1",
    "\"\"",
    "[]",
    "{}",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "}\n",
    ",",
    "\n",
    "...",
    "[*]",
    ".b",
];

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_input_panics(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..40), is_json in proptest::bool::ANY) {
        let source = pieces.concat();
        let name = if is_json { "main.tf.json" } else { "main.tf" };
        let module = hcl::read([(name.to_owned(), source.clone().into_bytes())], &hcl::NoFiles);
        for problem in &module.template.problems {
            let span = problem.location.span.unwrap();
            proptest::prop_assert!(span.start <= span.end && span.end <= source.len());
        }
        let _ = shown(&module);
        let _ = module.template_of(&|_| true);
    }

    #[test]
    fn no_expression_panics(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..12)) {
        let source = format!("locals {{\n  a = [\"x\", {{ b = var.a }}]\n}}\nresource \"aws_iam_policy\" \"a\" {{\n  policy = jsonencode({{ Statement = {} }})\n}}\n", pieces.concat());
        let _ = shown(&hcl::read([("main.tf".to_owned(), source.into_bytes())], &hcl::NoFiles));
    }
}
