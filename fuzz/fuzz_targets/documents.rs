//! `cargo +nightly fuzz run documents`
#![no_main]

libfuzzer_sys::fuzz_target!(|source: &[u8]| testing_fuzz::documents(source));
