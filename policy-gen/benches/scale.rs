//! Time and memory for large specs: `cargo bench -p iam-policy-gen`
//!
//! Each statement has ten AWS actions, a template as its resource, and a condition. Ten times the statements should
//! take ten times as long.

use std::fmt::Write;

use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher, black_box};
use iam_policy_catalog::Catalog;
use iam_policy_gen::{Origin, artifacts};
use iam_policy_spec::compile::{Names, compile, constants};
use iam_policy_spec::{Source, Spec, read};

/// Measures the peak memory.
#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

const SIZES: [usize; 2] = [1_000, 10_000];

fn source(statements: usize) -> Source {
    let mut text = String::from(
        "[parameters]\nprefix = { default = \"reports-\", about = \"The prefix.\" }\n\n\
         [policy.user]\ntitle = \"User\"\npartitions = [\"aws\", \"aws-cn\"]\n",
    );
    let mut actions = Catalog::get()
        .actions()
        .map(|action| action.to_string())
        .collect::<Vec<_>>()
        .into_iter()
        .cycle();
    let mut action = || actions.next().unwrap_or_default();
    for i in 0..statements {
        // Writing to a `String` cannot fail.
        let _ = write!(
            text,
            "\n[[policy.user.statement]]\nid = \"statement-{i}\"\nreason = \"Does `{i}` with {{prefix}}.\"\nactions = [\n"
        );
        for _ in 0..9 {
            let _ = writeln!(text, "  \"{}\",", action());
        }
        let _ = write!(
            text,
            "  {{ action = \"{}\", reason = \"Writes.\", without = \"Nothing is written.\" }},\n]\n\
             resources = [\"arn:{{partition}}:s3:::{{prefix}}{i}/*\"]\n\
             condition.StringEquals.\"aws:RequestedRegion\" = \"eu-west-1\"\n",
            action(),
        );
    }
    Source::new("policies.toml", text)
}

fn spec(source: &Source) -> Spec {
    let (spec, diagnostics) = read(source);
    assert_eq!(diagnostics, []);
    spec
}

const ORIGIN: Origin<'_> = Origin {
    command: "cargo bench",
    spec: "policies.toml",
};

/// Reads a spec and generates every artifact.
#[divan::bench(args = SIZES)]
fn everything(bencher: Bencher<'_, '_>, statements: usize) {
    let source = source(statements);
    bencher
        .counter(ItemsCount::new(statements))
        .bench(|| artifacts(&spec(black_box(&source)), ORIGIN));
}

/// Like [`everything`], with all checks.
#[divan::bench(args = SIZES)]
fn everything_with_checks(bencher: Bencher<'_, '_>, statements: usize) {
    let source = source(statements);
    bencher.counter(ItemsCount::new(statements)).bench(|| {
        let compiled = compile(black_box(&source));
        artifacts(&compiled.spec, ORIGIN)
    });
}

#[divan::bench(args = SIZES)]
fn reading(bencher: Bencher<'_, '_>, statements: usize) {
    let source = source(statements);
    bencher
        .counter(ItemsCount::new(statements))
        .bench(|| spec(black_box(&source)));
}

#[divan::bench(args = SIZES)]
fn writing_artifacts(bencher: Bencher<'_, '_>, statements: usize) {
    let spec = spec(&source(statements));
    bencher
        .counter(ItemsCount::new(statements))
        .bench(|| artifacts(black_box(&spec), ORIGIN));
}

#[divan::bench(args = SIZES)]
fn expanding_constants(bencher: Bencher<'_, '_>, statements: usize) {
    let source = source(statements);
    let spec = spec(&source);
    let names = Names {
        facade: "::iam_policy",
        path: "policies.toml",
    };
    bencher
        .counter(ItemsCount::new(statements))
        .bench(|| constants(black_box(&spec), &source, names));
}

/// A spec with an error in every statement.
#[divan::bench(args = SIZES)]
fn reading_mistakes(bencher: Bencher<'_, '_>, statements: usize) {
    let source = Source::new(
        "policies.toml",
        source(statements).text().replace("actions =", "action ="),
    );
    bencher.counter(ItemsCount::new(statements)).bench(|| {
        let (_, diagnostics) = read(black_box(&source));
        diagnostics
            .iter()
            .map(|diagnostic| source.show(diagnostic).to_string().len())
            .sum::<usize>()
    });
}
