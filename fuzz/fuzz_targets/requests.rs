//! `cargo +nightly fuzz run requests`
#![no_main]

libfuzzer_sys::fuzz_target!(|source: &[u8]| testing_fuzz::requests(source));
