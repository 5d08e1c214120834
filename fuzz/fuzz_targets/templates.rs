//! `cargo +nightly fuzz run templates`
#![no_main]

libfuzzer_sys::fuzz_target!(|source: &[u8]| testing_fuzz::templates(source));
