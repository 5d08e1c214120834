//! The driver of all cases.

use std::fmt::Write;

use expect_test::Expect;

use crate::{Options, check};

/// The findings on a document, one a line: the code, the paths, and the text that is underlined; below it the help. Findings of the codes that start
/// with one of `ignored` are left out.
pub(crate) fn findings(source: &str, options: &Options<'_>) -> String {
    let reading = policy_json::read(source.as_bytes());
    assert_eq!(reading.problems, [], "{source}");
    let mut answer = String::new();
    for finding in check(&reading.document, options) {
        let places: Vec<_> = finding
            .locations
            .iter()
            .map(|place| {
                let text = place.span.and_then(|span| span.of(source)).unwrap_or("?");
                let short: String = text.chars().take(60).collect();
                format!("{} <{short}>", place.path)
            })
            .collect();
        writeln!(answer, "{} {}", finding.code, places.join(" ")).unwrap();
        if let Some(help) = finding.help() {
            writeln!(answer, "  {help}").unwrap();
        }
    }
    answer
}

pub(crate) fn check_findings(source: &str, options: &Options<'_>, expected: Expect) {
    expected.assert_eq(&findings(source, options));
}
