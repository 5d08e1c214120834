use iam_policy::require_allowed;

iam_policy::policies!("require_allowed.toml");

require_allowed!(USER, "s3:PutObject" on "arn:aws:s3:::uploads/cat.jpg");

require_allowed!(USER, "s3:GetObject" on "arn:aws:s3:::uploads/cat.jpg");
require_allowed!(USER, "s3:ListAllMyBuckets");
require_allowed!(USER, "s3:PutObject" on "arn:aws:s3:::uploads/archive/cat.jpg");
require_allowed!(USER, "s3:PutObject" on "arn:aws:s3:::uploads/home/ann/cat.jpg");
// A pattern is always an error, whether or not it would be allowed.
require_allowed!(USER, "s3:PutObject" on "arn:aws:s3:::uploads/*");
require_allowed!(USER, "s3:GetObject" on "arn:aws:s3:::uploads/cat.???");
require_allowed!(USER, "s3:Put*" on "arn:aws:s3:::uploads/cat.jpg");

fn main() {}
