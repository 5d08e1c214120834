//! What look-ups cost. `cargo bench -p iam-policy-catalog`; unoptimized, as in a procedural macro,
//! `cargo test -p iam-policy-catalog --bench lookup -- --bench`.

use divan::{Bencher, black_box, counter::ItemsCount};
use iam_policy_catalog::Catalog;

fn main() {
    divan::main();
}

/// Every hundredth name of the catalogue, in another case.
fn names() -> Vec<String> {
    Catalog::get()
        .actions()
        .step_by(100)
        .map(|action| action.to_string().to_lowercase())
        .collect()
}

/// An action of the biggest service, which has the longest search.
#[divan::bench]
fn action() -> bool {
    Catalog::get().action(black_box("ec2:DescribeInstances")).is_some()
}

/// Actions of all services, so that little of the data is in the processor's cache.
#[divan::bench]
fn actions_of_all_services(bencher: Bencher<'_, '_>) {
    let names = names();
    bencher.counter(ItemsCount::new(names.len())).bench(|| {
        names
            .iter()
            .filter(|name| Catalog::get().action(black_box(name)).is_some())
            .count()
    });
}

#[divan::bench]
fn unknown_action() -> bool {
    Catalog::get().action(black_box("s3:PutBuketPolicy")).is_some()
}

#[divan::bench]
fn condition_key() -> bool {
    Catalog::get().condition_key(black_box("aws:RequestTag/team")).is_some()
}

#[divan::bench(args = ["s3:Get*", "ec2:Describe*", "ec2:*Tags", "s3:*", "*"])]
fn expand(pattern: &str) -> usize {
    Catalog::get().expand(black_box(pattern)).count()
}

#[divan::bench(args = ["s3:PutBuketPolicy", "ec2:DescribeInstancse", "lamda:InvokeFunction", "s3:Nonsense"])]
fn suggest_action(name: &str) -> bool {
    Catalog::get().suggest_action(black_box(name)).is_some()
}

#[divan::bench]
fn suggest_condition_key() -> bool {
    Catalog::get()
        .suggest_condition_key(black_box("aws:RequstTag/team"))
        .is_some()
}
