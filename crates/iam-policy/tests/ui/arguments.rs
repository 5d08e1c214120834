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

mod requirements {
    iam_policy::policies!("require_allowed.toml");
    iam_policy::require_allowed!(USER, s3::PutObject);
    iam_policy::require_allowed!(USER, "s3:PutObject" with "arn:aws:s3:::uploads/cat.jpg");
    iam_policy::require_allowed!(USER);
    iam_policy::require_allowed!(USER, "s3:Put*" on "arn:aws:s3:::uploads/cat.jpg");
    iam_policy::require_allowed!(USER, "s3:PutObject" on "arn:aws:s3:::uploads/*");
    iam_policy::require_allowed!(USER, "s3:PutObject" on "arn:aws:s3:::uploads/${aws:username}/cat.jpg");
    iam_policy::require_allowed!(USER, "s3:PutObject" on "uploads/cat.jpg");
}

fn main() {}
