//! What rendering and deciding cost at run time. `cargo bench -p iam-policy-core`

use std::fmt::{self, Write};

use divan::{AllocProfiler, Bencher, black_box};
use iam_policy_core::ParameterValue::Text;
use iam_policy_core::{
    Action, AttachmentKind, Condition, Options, Parameter, Partition, Policy, Resource, Statement, Style, Template,
    wildcard,
};

/// Shows that nothing is allocated.
#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// Text in an array.
struct Buffer {
    bytes: [u8; 8192],
    length: usize,
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

const ACTIONS: &[Action<'_>] = &[
    Action::new("s3:GetObject"),
    Action::new("s3:DeleteObject"),
    Action::new("s3:PutObjectAcl"),
    Action::new("s3:PutObject"),
    Action::new("s3:CreateBucket"),
    Action::new("s3:ListBucket"),
    Action::new("s3:GetBucketLocation"),
    Action::new("lambda:Invoke*"),
];

const RESOURCES: &[Resource<'_>] = &[Resource::new(Template::new(
    "arn:{partition}:s3:::{bucket-prefix}*",
    "arn:aws:s3:::remotionlambda-*",
))];

const CONDITIONS: &[Condition<'_>] = &[Condition::new(
    "StringEquals",
    "aws:RequestedRegion",
    &[Template::literal("eu-west-1")],
)];

const fn statement(id: &'static str) -> Statement<'static> {
    Statement::new(id, id)
        .with_actions(ACTIONS)
        .with_resources(RESOURCES)
        .with_conditions(CONDITIONS)
}

/// Eight statements, as many as a real policy has, of which only the last is about a request without conditions.
const USER: Policy<'_> = Policy::new("user", "")
    .with_attach(&[AttachmentKind::Managed])
    .with_partitions(&[Partition::Standard, Partition::China])
    .with_parameters(&[Parameter::new("bucket-prefix", "remotionlambda-")])
    .with_statements(&[
        statement("a"),
        statement("b"),
        statement("c"),
        statement("d"),
        statement("e"),
        statement("f"),
        statement("g"),
        statement("h").with_conditions(&[]),
    ]);

/// Checks, measures and writes.
#[divan::bench(consts = [false, true])]
fn render<const MINIFIED: bool>(bencher: Bencher<'_, '_>) {
    let options = Options::DEFAULT
        .partition(Partition::China)
        .parameters(&[("bucket-prefix", Text("videos-"))])
        .style(if MINIFIED { Style::MINIFIED } else { Style::PRETTY });
    bencher
        .with_inputs(|| Buffer {
            bytes: [0; 8192],
            length: 0,
        })
        .bench_refs(|out| {
            let rendered = USER.render(black_box(options)).map_err(|_| fmt::Error)?;
            write!(out, "{rendered}")
        });
}

#[divan::bench]
fn measure() -> Option<usize> {
    USER.measure(black_box(Options::DEFAULT))
}

/// The last action of the last statement.
#[divan::bench]
fn allows() -> bool {
    USER.allows(
        black_box("lambda:InvokeFunction"),
        black_box("arn:aws:s3:::remotionlambda-x/renders/out.mp4"),
    )
}

/// Nothing is about it, so everything is looked at.
#[divan::bench]
fn allows_not() -> bool {
    USER.allows(
        black_box("s3:PutBucketPolicy"),
        black_box("arn:aws:s3:::remotionlambda-x"),
    )
}

/// A wildcard that has to try again and again.
#[divan::bench]
fn a_bad_wildcard(bencher: Bencher<'_, '_>) {
    let text = "a".repeat(200);
    bencher.bench(|| wildcard::matches(black_box("*a*a*a*a*a*b"), black_box(&text)));
}
