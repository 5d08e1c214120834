//! `cargo +nightly fuzz run answers`
#![no_main]

libfuzzer_sys::fuzz_target!(|source: &[u8]| testing_fuzz::answers(source));
