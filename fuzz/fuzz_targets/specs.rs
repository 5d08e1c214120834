//! `cargo +nightly fuzz run specs`
#![no_main]

libfuzzer_sys::fuzz_target!(|source: &[u8]| testing_fuzz::specs(source));
