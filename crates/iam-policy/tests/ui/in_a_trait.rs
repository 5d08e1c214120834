pub trait Permissions {
    iam_policy::policies!("../../example/policies.toml");
}

fn main() {}
