//! Prints the policy that a program needs, and why. `cargo run --example reports`
#![expect(clippy::print_stdout, reason = "this is what the program is for")]

iam_policy::policies!("../example/policies.toml");

fn main() {
    iam_policy::require_allowed!(USER, "s3:GetObject" on "arn:aws:s3:::reports-2026/q1.pdf");

    print!("{}", USER.json);
    print!("{}", USER.explanation());
}
