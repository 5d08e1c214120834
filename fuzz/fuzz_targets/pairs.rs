//! `cargo +nightly fuzz run pairs`
#![no_main]

libfuzzer_sys::fuzz_target!(|source: &[u8]| testing_fuzz::pairs(source));
