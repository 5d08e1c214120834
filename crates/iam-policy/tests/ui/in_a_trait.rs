pub trait Permissions {
    iam_policy::policies!("require_allowed.toml");
}

fn main() {}
