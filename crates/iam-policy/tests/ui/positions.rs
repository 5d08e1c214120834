mod twice {
    iam_policy::policies!("../../example/policies.toml");
    iam_policy::policies!("../../example/policies.toml");
}

fn main() {
    let _ = iam_policy::policies!("../../example/policies.toml");
}
