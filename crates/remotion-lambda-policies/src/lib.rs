#![doc = include_str!("../README.md")]
#![no_std]

iam_policy::policies!("../policies.toml");
