//! The documentation of the rules is correct: each bad example has the finding and the good one does not.

use iam_policy_check::{Code, Example, Rule, Topic, check};
use iam_policy_document::Severity;
use iam_policy_document::json::read;

/// The findings on an example: the code and the severity of each.
fn findings(example: &Example) -> Vec<(Code, Severity)> {
    let policy = example.policy();
    let reading = read(policy.as_bytes());
    let found = if reading.problems.is_empty() {
        check(&reading.document, &example.options())
    } else {
        reading.problems
    };
    found
        .iter()
        .filter_map(|finding| Some((Code::of(finding)?, finding.severity)))
        .collect()
}

/// The rules whose examples are policies. The tests of `iam-policy-spec` check those that are specs, and the tests of
/// `iam-policy-cli` those that are files.
fn rules() -> impl Iterator<Item = &'static Rule> {
    Rule::all().filter(|rule| {
        let example = rule.documentation().bad;
        !example.is_spec() && example.file_name().is_none()
    })
}

#[test]
fn bad_examples_have_the_finding() {
    for rule in rules() {
        let found = findings(&rule.documentation().bad);
        let own = found.iter().find(|(code, _)| *code == rule.code());
        let Some((_, severity)) = own else {
            panic!("the bad example of {} has {found:?} instead", rule.code());
        };
        assert!(rule.severities().contains(severity), "{}", rule.code());
    }
}

#[test]
fn good_examples_have_no_errors() {
    for rule in rules() {
        for (code, severity) in findings(&rule.documentation().good) {
            assert_ne!(code, rule.code(), "the good example has the finding");
            assert!(!severity.is_serious(), "the good example of {} has {code}", rule.code());
        }
    }
}

#[test]
fn examples_are_small_and_differ() {
    for rule in Rule::all() {
        let documentation = rule.documentation();
        assert_ne!(
            documentation.bad.policy(),
            documentation.good.policy(),
            "{}",
            rule.code()
        );
        for example in [documentation.bad, documentation.good] {
            for line in example.text().lines() {
                assert!(line.chars().count() <= 120, "{}: {line}", rule.code());
            }
        }
    }
}

#[test]
fn texts_are_sentences() {
    for rule in Rule::all() {
        let documentation = rule.documentation();
        let texts = [documentation.summary, documentation.why, documentation.fix];
        for text in texts.into_iter().chain(documentation.limits) {
            assert!(text.ends_with('.') && !text.ends_with(".."), "{}: {text}", rule.code());
            assert!(!text.contains("  "), "{}: {text}", rule.code());
        }
        // A summary is a single sentence.
        assert!(
            !documentation.summary.contains(". "),
            "{}: {}",
            rule.code(),
            documentation.summary
        );
        assert!(documentation.source.url.starts_with("https://"), "{}", rule.code());
    }
}

#[test]
fn padded_examples_have_the_stated_size() {
    let documentation = Code::PolicySizeExceedsAttachQuota.rule().documentation();
    for (example, characters) in [(&documentation.bad, 2049), (&documentation.good, 2048)] {
        let policy = example.policy();
        assert_eq!(read(policy.as_bytes()).document.size(), characters);
    }
}

#[test]
fn every_topic_has_a_page_in_the_documentation() {
    let reference = include_str!("../src/reference.rs");
    for topic in Topic::all() {
        let page = format!(
            "#[doc = include_str!(\"../docs/rules/{0}.md\")]\npub mod {0} {{}}\n",
            topic.name()
        );
        assert!(reference.contains(&page), "{page}");
    }
}
