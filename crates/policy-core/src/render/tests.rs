use expect_test::{Expect, expect};
use std::string::{String, ToString};
use std::vec::Vec;

use super::*;
use crate::Evaluation;
use crate::ParameterValue::{List, Text};
use crate::PrincipalKey;
use crate::model::{Action, Effect, NamedPrincipal, Resource};

const fn template<'a>(source: &'a str, text: &'a str) -> Template<'a> {
    Template::new(source, text)
}

const POLICY: Policy<'_> = Policy::new("user", "")
    .with_partitions(&[Partition::Standard, Partition::China])
    .with_parameters(&[
        Parameter::new("bucket", "uploads"),
        Parameter::new("role", "uploader").with_allow_slash(true),
    ])
    .with_statements(&[
        Statement::new("upload", "Upload")
            .with_actions(&[Action::new("s3:GetObject"), Action::new("s3:PutObject")])
            .with_resources(&[
                Resource::new(template("arn:{partition}:s3:::{bucket}/*", "arn:aws:s3:::uploads/*")),
                Resource::literal("arn:aws-cn:s3:::china/*").with_partitions(&[Partition::China]),
            ]),
        Statement::new("pass", "Pass")
            .with_partitions(&[Partition::Standard])
            .with_actions(&[Action::new("iam:PassRole")])
            .with_resources(&[Resource::new(template(
                "arn:{partition}:iam::*:role/{role}",
                "arn:aws:iam::*:role/uploader",
            ))]),
    ])
    .with_extensions(&[
        Extension::new("tidy").with_statements(&[Statement::new("tidy", "Tidy")
            .with_actions(&[Action::new("s3:DeleteObject")])
            .with_resources(&[Resource::new(template(
                "arn:{partition}:s3:::{bucket}/*",
                "arn:aws:s3:::uploads/*",
            ))])]),
        Extension::new("list").with_statements(&[Statement::new("list", "List")
            .with_actions(&[Action::new("s3:ListBucket")])
            .with_resources(&[Resource::new(template(
                "arn:{partition}:s3:::{bucket}",
                "arn:aws:s3:::uploads",
            ))])]),
    ]);

const MINIFIED: Options<'_> = Options::DEFAULT.style(Style::MINIFIED);

/// The rendered policy, or all errors.
fn rendered(policy: &Policy<'_>, options: Options<'_>) -> String {
    match policy.render(options) {
        Ok(json) => json.to_string(),
        Err(first) => {
            let problems: Vec<_> = policy.problems(options).collect();
            assert_eq!(problems.first(), Some(&first));
            let said: Vec<_> = problems
                .iter()
                .map(|problem| problem.display(&options).to_string())
                .collect();
            said.join("\n")
        }
    }
}

fn check(options: Options<'_>, expected: Expect) {
    expected.assert_eq(&rendered(&POLICY, options));
}

fn check_statement(statement: Statement<'_>, options: Options<'_>, expected: Expect) {
    expected.assert_eq(&rendered(
        &Policy::new("p", "")
            .with_parameters(&[Parameter::new("team", "red")])
            .with_statements(&[statement]),
        options,
    ));
}

/// What `?` reports: the options are gone, so they are shown by their index.
#[test]
fn errors_outlive_the_options() {
    fn rendered(bucket: &str, extension: &str) -> Result<String, RenderError<'static>> {
        let parameters = [
            ("bucket", Text("audit")),
            ("bucket", Text("audit")),
            ("role", Text(bucket)),
        ];
        let (extensions, parameters) = match extension {
            "" => (&[][..], &parameters[2..]),
            "twice" => (&[][..], &parameters[..2]),
            _ => (&[extension][..], &[][..]),
        };
        let options = MINIFIED.parameters(parameters).extensions(extensions);
        Ok(POLICY.render(options)?.to_string())
    }
    let said = |bucket: &str, extension| rendered(&String::from(bucket), extension).unwrap_err().to_string();
    assert!(rendered(&String::from("audit"), "").is_ok());
    assert_eq!(
        said("*", ""),
        "`parameters[0]` of the options cannot be the value of `role`: \
         it contains `*`, which would widen the resources that use it"
    );
    assert_eq!(
        said("", "twice"),
        "`parameters[1]` of the options sets a parameter a second time"
    );
    assert_eq!(
        said("", "tidi"),
        "`extensions[0]` of the options is not an extension of the policy"
    );
    let unknown = POLICY
        .render(MINIFIED.parameters(&[("buckt", Text("audit"))]))
        .unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "`parameters[0]` of the options is not a parameter of the policy"
    );
    assert_eq!(unknown.display(&MINIFIED).to_string(), unknown.to_string());
}

#[test]
fn defaults_render_as_in_the_spec() {
    check(
        Options::DEFAULT,
        expect![[r#"
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Sid": "Upload",
                  "Effect": "Allow",
                  "Action": [
                    "s3:GetObject",
                    "s3:PutObject"
                  ],
                  "Resource": [
                    "arn:aws:s3:::uploads/*"
                  ]
                },
                {
                  "Sid": "Pass",
                  "Effect": "Allow",
                  "Action": [
                    "iam:PassRole"
                  ],
                  "Resource": [
                    "arn:aws:iam::*:role/uploader"
                  ]
                }
              ]
            }
    "#]],
    );
}

#[test]
fn another_partition() {
    check(
        MINIFIED.partition(Partition::China),
        expect![[
            r#"{"Version":"2012-10-17","Statement":[{"Sid":"Upload","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":["arn:aws-cn:s3:::uploads/*","arn:aws-cn:s3:::china/*"]}]}"#
        ]],
    );
}

#[test]
fn other_parameter_values() {
    check(
        MINIFIED.parameters(&[("role", Text("teams/red/uploader")), ("bucket", Text("red-uploads"))]),
        expect![[
            r#"{"Version":"2012-10-17","Statement":[{"Sid":"Upload","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":["arn:aws:s3:::red-uploads/*"]},{"Sid":"Pass","Effect":"Allow","Action":["iam:PassRole"],"Resource":["arn:aws:iam::*:role/teams/red/uploader"]}]}"#
        ]],
    );
}

#[test]
fn extensions_are_ordered_and_unique() {
    check(
        MINIFIED.extensions(&["list", "tidy", "list"]),
        expect![[
            r#"{"Version":"2012-10-17","Statement":[{"Sid":"Upload","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":["arn:aws:s3:::uploads/*"]},{"Sid":"Pass","Effect":"Allow","Action":["iam:PassRole"],"Resource":["arn:aws:iam::*:role/uploader"]},{"Sid":"Tidy","Effect":"Allow","Action":["s3:DeleteObject"],"Resource":["arn:aws:s3:::uploads/*"]},{"Sid":"List","Effect":"Allow","Action":["s3:ListBucket"],"Resource":["arn:aws:s3:::uploads"]}]}"#
        ]],
    );
}

#[test]
fn lists_of_one_as_scalars() {
    check(
        Options::DEFAULT.style(Style::PRETTY.scalars(true)),
        expect![[r#"
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Sid": "Upload",
                  "Effect": "Allow",
                  "Action": [
                    "s3:GetObject",
                    "s3:PutObject"
                  ],
                  "Resource": "arn:aws:s3:::uploads/*"
                },
                {
                  "Sid": "Pass",
                  "Effect": "Allow",
                  "Action": "iam:PassRole",
                  "Resource": "arn:aws:iam::*:role/uploader"
                }
              ]
            }
        "#]],
    );
}

#[test]
fn conditions_with_several_operators() {
    let values = [
        template("{team}-*", "red-*"),
        template("${aws:username}", "${aws:username}"),
    ];
    let one = [template("true", "true")];
    let condition = |operator, key, values| Condition::new(operator, key, values);
    check_statement(
        Statement::new("a", "A")
            .with_effect(Effect::Deny)
            .with_not_actions(&[Action::new("iam:*")])
            .with_not_resources(&[Resource::literal("*")])
            .with_conditions(&[
                condition("StringLike", "aws:PrincipalTag/team", &values),
                condition("StringLike", "aws:username", &values),
                condition("Bool", "aws:SecureTransport", &one),
            ]),
        Options::DEFAULT
            .parameters(&[("team", Text("blue"))])
            .style(Style::PRETTY.scalars(true)),
        expect![[r#"
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Sid": "A",
                  "Effect": "Deny",
                  "NotAction": "iam:*",
                  "NotResource": "*",
                  "Condition": {
                    "StringLike": {
                      "aws:PrincipalTag/team": [
                        "blue-*",
                        "${aws:username}"
                      ],
                      "aws:username": [
                        "blue-*",
                        "${aws:username}"
                      ]
                    },
                    "Bool": {
                      "aws:SecureTransport": "true"
                    }
                  }
                }
              ]
            }
        "#]],
    );
}

#[test]
fn braces_and_policy_variables() {
    check_statement(
        Statement::new("a", "A")
            .with_actions(&[Action::new("s3:GetObject")])
            .with_resources(&[Resource::new(template(
                "arn:{partition}:s3:::{{{team}}}/${aws:username}/${*}",
                "",
            ))]),
        MINIFIED,
        expect![[
            r#"{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::{red}/${aws:username}/${*}"]}]}"#
        ]],
    );
}

#[test]
fn a_trust_policy() {
    const ASSUME: &[Statement<'_>] = &[Statement::new("", "")
        .with_principals(&[NamedPrincipal::new(
            PrincipalKey::Service,
            Template::literal("lambda.amazonaws.com"),
        )])
        .with_actions(&[Action::new("sts:AssumeRole")])
        .with_conditions(&[Condition::new(
            "ArnLike",
            "aws:SourceArn",
            &[template("arn:{partition}:lambda:*:*:function:{bucket}*", "")],
        )])];
    let role = POLICY.with_trust(Some(Trust::new(ASSUME, "")));
    let options = MINIFIED
        .partition(Partition::China)
        .parameters(&[("bucket", Text("render-"))]);
    let json = role.render_trust(options).unwrap();
    expect![[r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com"]},"Action":["sts:AssumeRole"],"Condition":{"ArnLike":{"aws:SourceArn":["arn:aws-cn:lambda:*:*:function:render-*"]}}}]}"#]].assert_eq(&json.to_string());
    assert_eq!(json.size(), json.to_string().len());
    // The policy itself does not change.
    assert_eq!(rendered(&role, options), rendered(&POLICY, options));
}

#[test]
fn principals() {
    let lambda = NamedPrincipal::new(PrincipalKey::Service, Template::literal("lambda.amazonaws.com"));
    let role = NamedPrincipal::new(PrincipalKey::Aws, template("arn:{partition}:iam::1:role/{bucket}", ""));
    let root = NamedPrincipal::new(PrincipalKey::Aws, Template::literal("123456789012"));
    let receive = [Action::new("sqs:ReceiveMessage")];
    let json = |statement: Statement<'_>| {
        let statements = [statement.with_actions(&receive)];
        let policy = POLICY
            .with_policy_type(PolicyType::Resource)
            .with_statements(&statements);
        let json = policy
            .render_unchecked(MINIFIED.partition(Partition::China))
            .to_string();
        json.strip_prefix("{\"Version\":\"2012-10-17\",\"Statement\":[")
            .unwrap()
            .to_string()
    };
    let base = Statement::new("a", "A");
    // Principals with the same key share a list, in their order. There is no resource unless one is named.
    expect![[r#"{"Sid":"A","Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com"],"AWS":["arn:aws-cn:iam::1:role/uploads","123456789012"]},"Action":["sqs:ReceiveMessage"]}]}"#]].assert_eq(&json(base.with_principals(&[lambda, role, root])));
    expect![[r#"{"Sid":"A","Effect":"Allow","Principal":"*","Action":["sqs:ReceiveMessage"]}]}"#]]
        .assert_eq(&json(base.with_principals(&[NamedPrincipal::EVERYONE])));
    expect![[
        r#"{"Sid":"A","Effect":"Allow","NotPrincipal":{"AWS":["123456789012"]},"Action":["sqs:ReceiveMessage"]}]}"#
    ]]
    .assert_eq(&json(base.with_not_principals(&[root])));
    let principals = [role];
    let statements = [base.with_principals(&principals)];
    let policy = POLICY.with_statements(&statements);
    assert!(policy.render_unchecked(MINIFIED).uses("bucket"));
}

#[test]
fn unavailable_partitions() {
    check(
        Options::DEFAULT.partition(Partition::GovCloud),
        expect!["this policy does not support the partition `aws-us-gov`, only `aws` and `aws-cn`"],
    );
}

#[test]
fn values_that_would_widen_a_policy() {
    let widen = "which would widen the resources that use it";
    let meaning = "which has a special meaning in a policy";
    for (value, error) in [
        ("", std::format!("it is empty, {widen}")),
        ("*", std::format!("it contains `*`, {widen}")),
        ("a?", std::format!("it contains `?`, {widen}")),
        ("a:b", std::format!("it contains `:`, {meaning}")),
        ("${aws:username}", std::format!("it contains `$`, {meaning}")),
        ("{", std::format!("it contains `{{`, {meaning}")),
        ("}", std::format!("it contains `}}`, {meaning}")),
        ("a b", "it contains white space".to_string()),
        ("a\u{a0}b", "it contains white space".to_string()),
        (
            "a/b",
            "it contains `/`, which this parameter does not allow".to_string(),
        ),
        (
            "a\u{65e5}",
            "it contains U+65E5, but IAM accepts only U+0020 to U+00FF".to_string(),
        ),
        (
            "a\0",
            "it contains U+0000, but IAM accepts only U+0020 to U+00FF".to_string(),
        ),
    ] {
        let parameters = [("bucket", Text(value))];
        let options = Options::DEFAULT.parameters(&parameters);
        let said = std::format!("`{value}` cannot be the value of `bucket`: {error}");
        assert_eq!(rendered(&POLICY, options), said);
    }
}

#[test]
fn every_mistake_is_reported() {
    check(
        Options::DEFAULT
            .partition(Partition::Iso)
            .parameters(&[
                ("bucket", Text("a")),
                ("bucket", Text("*")),
                ("colour", Text("red")),
                ("colour", Text("blue")),
                ("role", Text("a b")),
            ])
            .extensions(&["tidy", "more"]),
        expect![[r#"
            this policy does not support the partition `aws-iso`, only `aws` and `aws-cn`
            the parameter `bucket` is set twice
            there is no parameter `colour`
            `a b` cannot be the value of `role`: it contains white space
            there is no extension `more`"#]],
    );
}

#[test]
fn partition_is_not_a_parameter() {
    check(
        Options::DEFAULT.parameters(&[("partition", Text("aws-cn"))]),
        expect!["there is no parameter `partition`"],
    );
}

/// A statement that takes `size` characters in a policy with just this statement.
fn with_size(size: usize, check: impl FnOnce(Statement<'_>)) {
    let frame = POLICY_FRAME.len();
    let text = std::format!("arn:aws:s3:::{}", "x".repeat(size - frame - "arn:aws:s3:::".len()));
    let resources = [Resource::literal(&text)];
    check(
        Statement::new("a", "A")
            .with_actions(&[Action::new("s3:GetObject")])
            .with_resources(&resources),
    );
}

const POLICY_FRAME: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["s3:GetObject"],"Resource":[""]}]}"#;

#[test]
fn a_policy_may_fill_its_quota() {
    for kind in AttachmentKind::ALL {
        let attach = [*kind];
        for (size, fits) in [(kind.quota(), true), (kind.quota() + 1, false)] {
            with_size(size, |statement| {
                let statements = [statement];
                let policy = Policy::new("p", "").with_attach(&attach).with_statements(&statements);
                assert_eq!(policy.render(Options::DEFAULT).is_ok(), fits, "{kind} {size}");
                // White space does not count, and the layout does not change what counts.
                assert_eq!(policy.measure(Options::DEFAULT), Some(size));
                assert_eq!(policy.measure(MINIFIED), Some(size));
                // Without its brackets, a list with one value is two characters shorter.
                let scalars = Options::DEFAULT.style(Style::PRETTY.scalars(true));
                assert_eq!(policy.measure(scalars), Some(size - 4));
                assert!(policy.render(scalars).is_ok());
            });
        }
    }
}

#[test]
fn too_long() {
    with_size(10_300, |statement| {
        let statements = [statement];
        let policy = Policy::new("p", "").with_statements(&statements);
        let said = |attach: &[AttachmentKind]| rendered(&policy.with_attach(attach), Options::DEFAULT);
        expect![[r#"
            the policy has 10,300 characters, 8,252 more than the quota of 2,048 for `inline-user`
            the policy has 10,300 characters, 60 more than the quota of 10,240 for `service-control`"#]]
        .assert_eq(&said(&[AttachmentKind::InlineUser, AttachmentKind::ServiceControl]));
        assert_eq!(said(&[]), policy.render(Options::DEFAULT).unwrap().to_string());
    });
}

#[test]
fn only_the_chosen_kinds_quota_applies() {
    with_size(5200, |statement| {
        let statements = [statement];
        let policy = Policy::new("p", "").with_statements(&statements);
        let both = policy.with_attach(&[AttachmentKind::InlineUser, AttachmentKind::Managed]);
        let said = |policy: Policy<'_>, attach| {
            let options = Options::DEFAULT.attach(attach);
            rendered(&policy, options)
        };
        let json = policy.render(Options::DEFAULT).unwrap().to_string();
        assert_eq!(said(both, AttachmentKind::Managed), json);
        assert_eq!(said(policy, AttachmentKind::Managed), json);
        expect!["the policy has 5,200 characters, 3,152 more than the quota of 2,048 for `inline-user`"]
            .assert_eq(&said(both, AttachmentKind::InlineUser));
        expect!["the policy has 5,200 characters, 80 more than the quota of 5,120 for `inline-group`"]
            .assert_eq(&said(policy, AttachmentKind::InlineGroup));
        expect!["this form of the policy cannot be attached as `inline-group`"]
            .assert_eq(&said(both, AttachmentKind::InlineGroup));
    });
}

#[test]
fn oversized_or_missing_trust_policies() {
    let service = "x".repeat(2000);
    let services = [NamedPrincipal::new(PrincipalKey::Service, Template::literal(&service))];
    let assume = [Action::new("sts:AssumeRole")];
    let statements = [Statement::new("", "").with_principals(&services).with_actions(&assume)];
    let role = POLICY.with_trust(Some(Trust::new(&statements, "")));
    let said = |policy: Policy<'_>| policy.render_trust(Options::DEFAULT).unwrap_err().to_string();
    expect!["the trust policy has 2,114 characters, 66 more than its quota of 2,048"].assert_eq(&said(role));
    expect!["this policy has no trust policy"].assert_eq(&said(POLICY));
    assert!(role.render(Options::DEFAULT).is_ok());
}

#[test]
fn statement_sizes() {
    let options = Options::DEFAULT.partition(Partition::China).extensions(&["list"]);
    let sizes: Vec<_> = POLICY
        .statement_sizes(options)
        .map(|(statement, size)| (statement.id, size))
        .collect();
    assert_eq!(sizes, [("upload", 141), ("list", 97)]);
    // The rest is the frame, and a comma between two statements.
    let sum: usize = sizes.iter().map(|(_, size)| size).sum();
    let frame = r#"{"Version":"2012-10-17","Statement":[,]}"#.len();
    assert_eq!(POLICY.measure(options), Some(sum + frame));
    let unknown = Options::DEFAULT.extensions(&["more"]);
    assert_eq!(POLICY.measure(unknown), None);
}

/// The attachment kinds of a policy with extensions; `None` if unrestricted.
fn attachments(
    own: &[AttachmentKind],
    a: &[AttachmentKind],
    b: &[AttachmentKind],
    with: &[&str],
) -> Option<Vec<AttachmentKind>> {
    let extensions = [Extension::new("a").with_attach(a), Extension::new("b").with_attach(b)];
    let policy = Policy::new("p", "").with_attach(own).with_extensions(&extensions);
    policy.attachments(with).map(Iterator::collect)
}

#[test]
fn extensions_share_attachment_kinds() {
    use AttachmentKind::{InlineRole, InlineUser, Managed};

    let own = &[InlineUser, Managed];
    assert_eq!(attachments(own, &[], &[], &[]), Some([InlineUser, Managed].to_vec()));
    assert_eq!(
        attachments(own, &[], &[], &["a", "b"]),
        Some([InlineUser, Managed].to_vec())
    );
    // An extension's kinds replace the policy's.
    assert_eq!(
        attachments(own, &[InlineRole], &[], &["a"]),
        Some([InlineRole].to_vec())
    );
    assert_eq!(attachments(own, &[Managed], &[], &["a", "b"]), Some([Managed].to_vec()));
    assert_eq!(
        attachments(own, &[Managed, InlineRole], &[InlineRole], &["a", "b"]),
        Some([InlineRole].to_vec())
    );
    assert_eq!(
        attachments(own, &[Managed], &[InlineRole], &["a", "b"]),
        Some([].to_vec())
    );
    // Without kinds there is no restriction.
    assert_eq!(attachments(&[], &[], &[], &["a"]), None);
    assert_eq!(attachments(&[], &[Managed], &[], &["a", "b"]), Some([Managed].to_vec()));
    assert_eq!(attachments(&[], &[Managed], &[], &[]), None);
}

#[test]
fn extensions_without_a_common_attachment_kind() {
    let extensions = [
        Extension::new("a").with_attach(&[AttachmentKind::Managed]),
        Extension::new("b").with_attach(&[AttachmentKind::InlineRole]),
    ];
    let options = Options::DEFAULT.extensions(&["a", "b"]);
    expect!["these extensions cannot be combined: no kind of attachment allows all of them"]
        .assert_eq(&rendered(&POLICY.with_extensions(&extensions), options));
}

const KINDS: Policy<'_> = Policy::new("p", "")
    .with_attach(&[AttachmentKind::InlineUser])
    .with_parameters(&[
        Parameter::required("account").with_kind(ParameterKind::Account),
        Parameter::required("buckets")
            .with_kind(ParameterKind::List)
            .with_max_length(Some(4))
            .with_max_items(Some(3)),
        Parameter::required("unused"),
    ])
    .with_environments(&[Environment::new(
        "prod",
        &[("account", Text("111122223333")), ("buckets", List(&["a", "b"]))],
    )])
    .with_statements(&[Statement::new("s", "S")
        .with_actions(&[Action::new("s3:GetObject")])
        .with_resources(&[Resource::new(Template::new("arn:aws:s3:::{buckets}/{buckets}", ""))])
        .with_conditions(&[Condition::new(
            "StringEquals",
            "aws:ResourceAccount",
            &[Template::new("{account}", "")],
        )])]);

#[test]
fn a_parameter_without_a_default_needs_a_value() {
    let said = |options| rendered(&KINDS, options);
    let problems: Vec<_> = KINDS.problems(MINIFIED).map(|problem| problem.to_string()).collect();
    assert_eq!(
        problems,
        [
            "the parameter `account` has no default and needs a value",
            "the parameter `buckets` has no default and needs a value",
        ]
    );
    assert_eq!(said(MINIFIED), problems.join("\n"));
    let names = |options| {
        KINDS
            .render_unchecked(options)
            .placeholders()
            .map(|parameter| parameter.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(names(MINIFIED), ["account", "buckets"]);
    assert_eq!(
        names(MINIFIED.parameters(&[("account", Text("123456789012"))])),
        ["buckets"]
    );
    let generated = said(MINIFIED.placeholders(true));
    assert!(
        generated.contains(r#""Resource":["arn:aws:s3:::<buckets>/<buckets>"]"#),
        "{generated}"
    );
    assert!(
        generated.contains(r#""aws:ResourceAccount":["<account>"]"#),
        "{generated}"
    );
}

#[test]
fn lists_repeat_what_contains_them() {
    let prod = MINIFIED.environment(KINDS.environment("prod").unwrap());
    let json = rendered(&KINDS, prod);
    assert!(
        json.contains(r#""Resource":["arn:aws:s3:::a/a","arn:aws:s3:::b/b"]"#),
        "{json}"
    );
    assert!(json.contains(r#"["111122223333"]"#), "{json}");
    // A parameter of its own comes before that of the environment. A text is a list with commas.
    for value in [List(&["c"]), Text("c")] {
        let json = rendered(
            &KINDS,
            prod.parameters(&[("buckets", value)])
                .style(Style::MINIFIED.scalars(true)),
        );
        assert!(json.contains(r#""Resource":"arn:aws:s3:::c/c""#), "{json}");
    }
}

#[test]
fn values_of_an_environment_are_checked() {
    let said = |values| rendered(&KINDS, MINIFIED.environment(Environment::new("test", values)));
    assert_eq!(
        said(&[("acount", Text("111122223333"))]),
        "there is no parameter `acount`, which the environment `test` sets\n\
         the parameter `account` has no default and needs a value\n\
         the parameter `buckets` has no default and needs a value"
    );
    let options = MINIFIED.environment(Environment::new("test", &[("buckets", List(&["a", "*"]))]));
    assert_eq!(
        KINDS.render(options).unwrap_err().display(&options).to_string(),
        "`a,*` cannot be the value of `buckets` in the environment `test`: it contains `*`, which would widen the resources \
         that use it"
    );
}

#[test]
fn missing_values_count_as_the_longest() {
    let size = |options: Options<'_>| KINDS.render_unchecked(options).size();
    let longest = size(MINIFIED.parameters(&[
        ("account", Text("123456789012")),
        ("buckets", List(&["aaaa", "bbbb", "cccc"])),
    ]));
    assert_eq!(size(MINIFIED.placeholders(true)), longest);
    assert_eq!(KINDS.measure(MINIFIED), None);
    assert_eq!(KINDS.measure(MINIFIED.placeholders(true)), Some(longest));
}

#[test]
fn without_a_value_nothing_is_certain() {
    const POLICY: Policy<'_> = Policy::new("p", "").with_statements(&[
        Statement::new("a", "A")
            .with_actions(&[Action::new("s3:GetObject")])
            .with_resources(&[Resource::new(
                Template::new("arn:aws:s3:::{b}/*", "arn:aws:s3:::<b>/*").with_widest(Some("arn:aws:s3:::*/*")),
            )]),
        Statement::new("b", "B")
            .with_actions(&[Action::new("s3:PutObject")])
            .with_resources(&[Resource::new(
                Template::new("arn:aws:s3:::{l}/*", "arn:aws:s3:::x/*").with_more(&["arn:aws:s3:::y/*"]),
            )]),
    ]);
    for (action, resource, expected) in [
        ("s3:GetObject", "arn:aws:s3:::any/key", Evaluation::AllowedIf),
        ("s3:GetObject", "arn:aws:s3:::any", Evaluation::NotAllowed),
        ("s3:PutObject", "arn:aws:s3:::x/key", Evaluation::Allowed),
        ("s3:PutObject", "arn:aws:s3:::y/key", Evaluation::Allowed),
        ("s3:PutObject", "arn:aws:s3:::z/key", Evaluation::NotAllowed),
    ] {
        assert_eq!(POLICY.evaluate(action, resource), expected, "{action} {resource}");
    }
}
