use iam_policy::require_allowed;

iam_policy::policies!("require_allowed.toml");

const CAT: &str = "arn:aws:s3:::uploads/cat.jpg";

require_allowed!(USER, "s3:PutObject" on CAT);
require_allowed!(USER, "s3:ListAllMyBuckets", given "aws:RequestedRegion" = "eu-west-1");
require_allowed!([USER, LAYERS], "lambda:GetLayerVersion" on "arn:aws:lambda:eu-west-1:1:layer:a:1", within BOUNDARY);
require_allowed!(LAYERS, "lambda:BrandNewAction" on "arn:aws:lambda:eu-west-1:1:layer:a:1");

// Not allowed: another action, another resource, another value, another service.
require_allowed!(USER, "s3:GetObject" on CAT);
require_allowed!([USER, LAYERS], "s3:PutObject" on "arn:aws:s3:::other/cat.jpg");
require_allowed!(USER, "s3:ListAllMyBuckets", given "aws:RequestedRegion" = "us-east-1");
require_allowed!(USER, "ec2:RunInstances" on "arn:aws:ec2:eu-west-1:1:instance/i-1");
// Allowed under conditions, and denied.
require_allowed!(USER, "s3:ListAllMyBuckets");
require_allowed!(USER, "s3:PutObject" on "arn:aws:s3:::uploads/archive/cat.jpg");
require_allowed!(USER, "s3:PutObject" on "arn:aws:s3:::uploads/home/ann/cat.jpg");
require_allowed!(USER, "s3:PutObject" on CAT, within BOUNDARY);

// Mistakes in the call itself, whether or not it would be allowed.
require_allowed!(LAYERS, "lambda:GetLayerVersoin" on "arn:aws:lambda:eu-west-1:1:layer:a:1");
require_allowed!(USER, "s3:ListAllMyBuckets", given "aws:RequestdRegion" = "eu-west-1");

const ALL_CATS: &str = "arn:aws:s3:::uploads/cat.???";
require_allowed!(USER, "s3:PutObject" on ALL_CATS);

fn main() {}
