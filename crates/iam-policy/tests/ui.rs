//! What the compiler says when a spec, or the use of its constants, is wrong.

#[test]
fn errors_of_the_compiler() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
