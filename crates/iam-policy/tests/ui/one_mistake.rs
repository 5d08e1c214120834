iam_policy::policies!("one_mistake.toml");

// Both policies exist, with everything that could be read.
const _: () = assert!(USER.allows("s3:DeleteObject", "arn:aws:s3:::uploads/cat.jpg"));
const _: () = assert!(ROLE.allows("s3:GetObject", "arn:aws:s3:::uploads/cat.jpg"));
const _: () = assert!(USER.statements.len() == 2 && ROLE.statements.len() == 1);
const _: () = assert!(ALL.len() == 2);
const _: () = assert!(!USER.json.is_empty());

fn main() {}
