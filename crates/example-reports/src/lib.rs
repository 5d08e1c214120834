#![doc = include_str!("../README.md")]

iam_policy::policies!("../policies.toml");
