iam_policy::policies!("three_mistakes.toml");

// Three mistakes are three errors: assertions about the constants add none.
const _: () = assert!(USER.allows("s3:PutObject", "arn:aws:s3:::uploads/cat.jpg"));
const _: &str = USER.statement("upload").unwrap().sid;
iam_policy::require_allowed!(USER, "s3:PutObject" on "arn:aws:s3:::uploads/cat.jpg");

fn main() {
    println!("{} of {}", USER.json, ALL.len());
}
