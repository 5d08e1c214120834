iam_policy::policies!("above.toml");
