//! The path of a spec is relative to the file that calls the macro, wherever that file is.

mod reports {
    iam_policy::policies!("../example/policies.toml",);
}

#[path = "nested/elsewhere/module.rs"]
mod elsewhere;

mod nested;

/// The constants of two specs in one crate are independent.
#[test]
fn each_module_has_its_own_constants() {
    assert_eq!(reports::USER.title, "Readers of reports");
    assert_eq!(nested::USER.title, "Beside the module");
    assert_eq!(nested::inner::USER.title, "In the folder above");
    assert_eq!(elsewhere::USER.title, "In the folder above");
    assert_eq!(elsewhere::inline::USER.title, "Beside the module");
}

#[test]
fn specs_work_inside_functions() {
    iam_policy::policies!("nested/policies.toml");

    assert!(USER.allows("s3:GetObject", "arn:aws:s3:::b"));
    assert_eq!(ALL, nested::ALL);
}

macro_rules! named {
    ($file:literal) => {
        mod by_a_macro {
            iam_policy::policies!($file);
        }
    };
}

named!("nested/policies.toml");

#[test]
fn macros_may_pass_the_path() {
    assert_eq!(by_a_macro::USER, nested::USER);
}
