//! What the compiler says when a spec, or the use of its constants, is wrong.

#[test]
fn compiler_errors() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
