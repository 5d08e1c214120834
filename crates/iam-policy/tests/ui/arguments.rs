const PATH: &str = "one_mistake.toml";

mod constant {
    iam_policy::policies!(super::PATH);
}

mod computed {
    iam_policy::policies!(concat!("one_mistake", ".toml"));
}

mod nothing {
    iam_policy::policies!();
}

mod too_much {
    iam_policy::policies!("one_mistake.toml", USER);
}

mod bytes {
    iam_policy::policies!(b"one_mistake.toml");
}

fn main() {}
