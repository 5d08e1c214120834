iam_policy::policies!("../above.toml");

pub(crate) mod inline {
    iam_policy::policies!("../policies.toml");
}
