//! Rendering, deciding and explaining at run time allocate nothing.

use std::fmt::{self, Write};
use std::hint::black_box;

use iam_policy_core::ParameterValue::Text;
use iam_policy_core::{
    Action, AttachmentKind, Condition, Evaluation, Extension, NamedPrincipal, Options, Parameter, Partition, Policy,
    PrincipalKey, Resource, Statement, Style, Template, Trust,
};
use testing_support::allocations::{Counting, allocations};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Text in an array.
struct Buffer {
    bytes: [u8; 8192],
    length: usize,
}

impl Buffer {
    fn new() -> Self {
        Self {
            bytes: [0; 8192],
            length: 0,
        }
    }
}

impl Write for Buffer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        let room = self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

/// A trust policy for Lambda.
const ASSUME: &[Statement<'_>] = &[Statement::new("", "")
    .with_principals(&[NamedPrincipal::new(
        PrincipalKey::Service,
        Template::literal("lambda.amazonaws.com"),
    )])
    .with_actions(&[Action::new("sts:AssumeRole")])];

const fn template<'a>(source: &'a str, text: &'a str) -> Template<'a> {
    Template::new(source, text)
}

/// What Remotion Lambda's user policy is made of, each kind of thing at least once.
const USER: Policy<'_> = Policy::new("user", "")
    .with_title("User permissions")
    .with_attach(&[AttachmentKind::InlineUser, AttachmentKind::Managed])
    .with_partitions(&[Partition::Standard, Partition::China])
    .with_parameters(&[
        Parameter::new("bucket-prefix", "remotionlambda-"),
        Parameter::new("function-prefix", "remotion-render-"),
        Parameter::new("role-name", "remotion-lambda-role").with_allow_slash(true),
    ])
    .with_statements(&[
        Statement::new("handle-quotas", "HandleQuotas")
            .with_reason("Shows how many functions\nmay run | at the same time.")
            .with_actions(&[
                Action::new("servicequotas:GetServiceQuota"),
                Action::new("servicequotas:GetAWSDefaultServiceQuota"),
                Action::new("servicequotas:RequestServiceQuotaIncrease")
                    .with_reason(Some("Asks for more."))
                    .with_without(Some("the limit stays")),
            ])
            .with_resources(&[Resource::literal("*")]),
        Statement::new("lambda-invocation", "LambdaInvokation")
            .with_reason("Hands the role to Lambda.")
            .with_actions(&[Action::new("iam:PassRole")])
            .with_resources(&[Resource::new(template(
                "arn:{partition}:iam::*:role/{role-name}",
                "arn:aws:iam::*:role/remotion-lambda-role",
            ))])
            .with_conditions(&[Condition::new(
                "StringEquals",
                "iam:PassedToService",
                &[template("lambda.amazonaws.com", "lambda.amazonaws.com")],
            )]),
        Statement::new("storage", "Storage")
            .with_reason("Creates the bucket.")
            .with_actions(&[
                Action::new("s3:GetObject"),
                Action::new("s3:PutObject"),
                Action::new("s3:CreateBucket"),
            ])
            .with_resources(&[Resource::new(template(
                "arn:{partition}:s3:::{bucket-prefix}*",
                "arn:aws:s3:::remotionlambda-*",
            ))]),
        Statement::new("fetch-binaries", "FetchBinaries")
            .with_reason("Reads layers.")
            .with_actions(&[Action::new("lambda:GetLayerVersion")])
            .with_resources(&[
                Resource::literal("arn:aws:lambda:*:678892195805:layer:remotion-binaries-*")
                    .with_partitions(&[Partition::Standard]),
                Resource::literal("arn:aws-cn:lambda:*:488211338238:layer:LambdaInsightsExtension*")
                    .with_partitions(&[Partition::China]),
            ]),
    ])
    .with_extensions(&[Extension::new("custom-layers")
        .with_attach(&[AttachmentKind::Managed])
        .with_statements(&[Statement::new("own-layer", "OwnLayer")
            .with_reason("Reads own layers.")
            .with_actions(&[Action::new("lambda:GetLayerVersion")])
            .with_resources(&[Resource::new(template(
                "arn:{partition}:lambda:*:*:layer:*",
                "arn:aws:lambda:*:*:layer:*",
            ))])])])
    .with_trust(Some(Trust::new(ASSUME, "")));

#[test]
fn the_allocator_counts() {
    assert_eq!(allocations(|| drop(black_box(Box::new(1)))), 1);
    assert_ne!(allocations(|| drop(black_box(USER.explanation().to_string()))), 0);
}

#[test]
fn rendering_allocates_nothing() {
    let mut out = Buffer::new();
    let options = Options::DEFAULT
        .partition(Partition::China)
        .parameters(&[
            ("bucket-prefix", Text("videos-")),
            ("role-name", Text("teams/video/renderer")),
        ])
        .extensions(&["custom-layers"]);
    let made = allocations(|| {
        for style in [Style::PRETTY, Style::MINIFIED] {
            out.length = 0;
            let rendered = USER.render(options.style(style)).unwrap();
            write!(out, "{rendered}").unwrap();
            black_box(rendered.size());
        }
        let trust = USER.render_trust(Options::DEFAULT).unwrap();
        write!(out, "{trust}").unwrap();
    });
    assert_eq!(made, 0);
    let text = str::from_utf8(&out.bytes[..out.length]).unwrap();
    assert!(
        text.contains("arn:aws-cn:s3:::videos-*") && text.contains("sts:AssumeRole"),
        "{text}"
    );
}

#[test]
fn errors_allocate_nothing() {
    let mut out = Buffer::new();
    let options = Options::DEFAULT
        .partition(Partition::Iso)
        .parameters(&[("bucket-prefix", Text("*")), ("bucket", Text("x"))])
        .extensions(&["more"]);
    let made = allocations(|| {
        for problem in USER.problems(black_box(options)) {
            writeln!(out, "{problem}").unwrap();
        }
    });
    assert_eq!(made, 0);
    assert_eq!(str::from_utf8(&out.bytes[..out.length]).unwrap().lines().count(), 4);
}

#[test]
fn deciding_and_explaining_allocate_nothing() {
    let mut out = Buffer::new();
    let made = allocations(|| {
        let decision = USER.evaluate("s3:GetObject", black_box("arn:aws:s3:::remotionlambda-x/out.mp4"));
        assert_eq!(decision, Evaluation::Allowed);
        write!(out, "{}", USER.explanation()).unwrap();
    });
    assert_eq!(made, 0);
}
