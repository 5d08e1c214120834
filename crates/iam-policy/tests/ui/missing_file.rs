iam_policy::policies!("../specs/nowhere.toml");

fn main() {}
