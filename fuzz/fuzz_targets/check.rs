//! Any bytes are read and checked, and whatever is said about them has a place.
//!
//! `cargo +nightly fuzz run check`
#![no_main]

use libfuzzer_sys::fuzz_target;
use iam_policy_check::{Options, PolicyType, check};
use iam_policy_core::{AttachmentKind, Style};
use iam_policy_document::{Lines, SourceFile, Span};

fuzz_target!(|source: &[u8]| {
    let reading = iam_policy_document::json::read(source);
    let lines = Lines::new(source);
    let placed = |span: Span| {
        assert!(span.start <= span.end && span.end <= source.len());
        assert!(lines.position(span.start) <= lines.position(span.end));
    };
    for problem in &reading.problems {
        problem.locations().filter_map(|place| place.span).for_each(placed);
        let _ = SourceFile::new("fuzz", &lines).show(problem);
    }
    for &policy_type in PolicyType::ALL {
        let options = Options::DEFAULT.policy_type(policy_type).attach(AttachmentKind::ALL);
        for finding in check(&reading.document, &options) {
            finding.locations().filter_map(|place| place.span).for_each(placed);
            let _ = finding.details();
        }
    }
    // What is written is read as the same document.
    let mut written = String::new();
    if reading.document.write(&mut written, Style::MINIFIED).is_ok() && reading.problems.is_empty() {
        let again = iam_policy_document::json::read(written.as_bytes());
        assert_eq!(again.problems, []);
        let mut twice = String::new();
        let _ = again.document.write(&mut twice, Style::MINIFIED);
        assert_eq!(written, twice);
        assert_eq!(written.chars().count(), reading.document.size());
    }
});
