pub(crate) mod inner;

iam_policy::policies!("policies.toml");
