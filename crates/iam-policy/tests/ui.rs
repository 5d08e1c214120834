//! Compiler errors for invalid specs and misused constants.

#[test]
fn compiler_errors() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
