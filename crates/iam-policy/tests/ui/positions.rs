mod twice {
    iam_policy::policies!("require_allowed.toml");
    iam_policy::policies!("require_allowed.toml");
}

fn main() {
    let _ = iam_policy::policies!("require_allowed.toml");
}
