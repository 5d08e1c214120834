//! No text in a spec changes the page around it, whatever Markdown or HTML it contains.

#![expect(
    clippy::unwrap_used,
    reason = "helpers are test code, of which Clippy sees only what is in functions marked as tests"
)]

use std::collections::BTreeSet;
use std::fmt::Write;

use iam_policy_core::markdown::{Blocks, Code, Inline};
use iam_policy_gen::{Format, Origin, artifacts, artifacts_in};
use iam_policy_spec::compile::compile;
use iam_policy_spec::{Source, with_policies};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

fn events(text: &str) -> Vec<Event<'_>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    Parser::new_ext(text, options).collect()
}

/// No HTML but the tags that the writer uses, no images, no headings, and no links to anything but pages and mail.
fn is_tame(events: &[Event<'_>]) -> bool {
    events.iter().all(|event| match event {
        Event::InlineHtml(tag) => matches!(&**tag, "<code>" | "</code>" | "<br>"),
        Event::Html(_) | Event::Start(Tag::Image { .. } | Tag::Heading { .. } | Tag::FootnoteDefinition(_)) => false,
        Event::Start(Tag::Link { dest_url, .. }) => {
            let scheme = dest_url
                .split(['/', '?', '#'])
                .next()
                .and_then(|head| head.split_once(':'));
            scheme.is_none_or(|(scheme, _)| ["http", "https", "mailto"].contains(&scheme.to_ascii_lowercase().as_str()))
        }
        _ => true,
    })
}

const TEXT: &str = r"([ab \n`|<>\[\]()!#*_~\\=:&-]|<b>|<!--|```|~~~|\n\n|\n- |\n> |\n1\. |    |\t|https://a\.b|javascript:a|&#58;|\]\(|!\[|\u{202e}|\u{1b}){0,24}";

/// One table with one row of two cells, and the text that follows it.
fn check_cell(cell: &str) -> Result<(), TestCaseError> {
    let text = format!("| a | b |\n|---|---|\n| {cell} | x |\n\nend");
    let events = events(&text);
    let count = |tag: TagEnd| events.iter().filter(|event| **event == Event::End(tag)).count();
    prop_assert_eq!(
        (count(TagEnd::Table), count(TagEnd::TableRow), count(TagEnd::TableCell)),
        (1, 1, 4),
        "{}",
        text
    );
    prop_assert_eq!(count(TagEnd::Paragraph), 1, "{}", text);
    let x = Event::Text("x".into());
    prop_assert!(events.contains(&x) && is_tame(&events), "{text}\n{events:?}");
    Ok(())
}

proptest! {
    #[test]
    fn prose_stays_in_a_cell(text in TEXT) {
        check_cell(&Inline(&text).to_string())?;
    }

    #[test]
    fn code_stays_in_a_cell_and_is_literal(text in TEXT) {
        check_cell(&Code(&text).to_string())?;
    }

    #[test]
    fn prose_is_one_paragraph(text in TEXT) {
        let text = format!("start\n\nx{}\n\nend", Inline(&text));
        let alone = format!("start\n\n{}\n\nend", Inline(text.trim()));
        for text in [&text, &alone] {
            let events = events(text);
            let others = events.iter().any(|event| matches!(
                event,
                Event::Start(Tag::List(_) | Tag::BlockQuote(_) | Tag::CodeBlock(_) | Tag::Table(_)) | Event::Rule
            ));
            prop_assert!(is_tame(&events) && !others, "{text}\n{events:?}");
        }
    }

    #[test]
    fn prose_of_several_paragraphs_ends_before_a_heading(text in TEXT) {
        let text = format!("start\n\n{}\n\n# end", Blocks(&text));
        let events = events(&text);
        let (before, heading) = events.split_at(events.len() - 3);
        prop_assert!(matches!(heading, [Event::Start(Tag::Heading { .. }), ..]), "{text}\n{events:?}");
        let starts = before.iter().filter(|event| matches!(event, Event::Start(_))).count();
        let ends = before.iter().filter(|event| matches!(event, Event::End(_))).count();
        prop_assert_eq!(starts, ends, "{}", text);
        prop_assert!(is_tame(before), "{text}\n{events:?}");
    }
}

const HOSTILE: &str = "<script>alert(1)</script>\n# h\n| a | b |\n![i](http://x) ``` `|` [l](javascript:a)\n\n</details>\n\n<!-- \u{202e}\u{1b}[31m";

/// Every text of a spec is hostile.
fn spec() -> String {
    let text = HOSTILE
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
        .replace('\u{202e}', "\\u202e")
        .replace('\u{1b}', "\\u001b");
    format!(
        r#"
        [page]
        title = "{text}"
        about = "{text}"
        [[page.section]]
        title = "{text}"
        text = "{text}"
        [parameters]
        p = {{ default = "<b>|`", about = "{text}" }}
        [policy.user]
        title = "{text}"
        about = "{text}"
        [[policy.user.statement]]
        id = "a"
        reason = "{text}"
        without = "{text}"
        actions = ["s3:GetObject", {{ action = "s3:PutObject", reason = "{text}", without = "{text}" }}]
        resources = ["arn:aws:s3:::{{p}}<i>|``/*", {{ arn = "arn:aws:s3:::b/*", reason = "{text}", without = "{text}" }}]
        condition.StringEquals."aws:PrincipalTag/<b>|`" = ["<b>|```", "{{p}}"]
        waive = [{{ check = "NONE", why = "{text}" }}]
        [policy.user.trust]
        services = ["lambda"]
        about = "{text}"
        [policy.user.extension.more]
        title = "{text}"
        about = "{text}"
        [[policy.user.extension.more.statement]]
        id = "b"
        reason = "{text}"
        actions = ["s3:ListAllMyBuckets"]
        resources = ["*"]
        "#
    )
}

/// The HTML, the headings and the tables of a text, without what names an anchor.
fn shape(text: &str) -> Vec<String> {
    assert!(!text.contains(['\u{1b}', '\u{202e}']));
    let tags = events(text).into_iter().filter_map(|event| match event {
        Event::Html(html) => Some(html.to_string()),
        Event::InlineHtml(html) if html.starts_with("<a id=\"page.section.") => Some("section".to_owned()),
        Event::InlineHtml(html) if !matches!(&*html, "<code>" | "</code>") => Some(html.to_string()),
        Event::Start(Tag::Heading { level, .. }) => Some(level.to_string()),
        Event::Start(Tag::Table(_)) => Some("table".to_owned()),
        Event::End(TagEnd::TableRow) => Some("row".to_owned()),
        Event::Start(Tag::Image { .. }) => Some("image".to_owned()),
        _ => None,
    });
    tags.collect()
}

fn check_shape(text: impl Fn(&str) -> String) {
    let plain = spec().replace(&spec_text(), "plain");
    assert_ne!(plain, spec());
    assert_eq!(shape(&text(&spec())), shape(&text(&plain)));
}

#[test]
fn a_hostile_spec_has_the_same_page_as_a_plain_one() {
    check_shape(|spec| {
        let compiled = compile(&Source::new("policies.toml", spec));
        let origin = Origin {
            command: "make --> <b>",
            spec: "policies.toml",
        };
        let mut files = artifacts(&compiled.spec, origin).into_iter();
        files.find(|file| file.name == "PERMISSIONS.md").unwrap().contents
    });
}

#[test]
fn a_hostile_spec_has_the_same_documentation_as_a_plain_one() {
    check_shape(|spec| {
        let compiled = compile(&Source::new("policies.toml", spec));
        with_policies(&compiled.spec, |policies| {
            policies[0].documentation().in_rustdoc().to_string()
        })
    });
}

/// Names that would give equal anchors if they were only joined by hyphens.
#[test]
fn anchors_are_unique() {
    let policies = [
        ("a", "b-c"),
        ("a", "b"),
        ("a-b", "c"),
        ("a-b-c", "d"),
        ("page", "parameters"),
        ("trust", "trust"),
        ("model", "x"),
        ("policy", "content"),
    ];
    let mut spec = String::from("[parameters]\ntrust = { default = \"x\" }\n");
    for (number, (policy, id)) in policies.iter().enumerate() {
        let is_first = policies.iter().position(|(other, _)| other == policy) == Some(number);
        if is_first {
            let _ = write!(
                spec,
                "[policy.{policy}]\n[policy.{policy}.trust]\nservices = [\"lambda\"]\n"
            );
        }
        let _ = write!(
            spec,
            "[[policy.{policy}.statement]]\nid = \"{id}\"\nreason = \"r\"\nactions = [\"s3:ListAllMyBuckets\"]\nresources = [\"*\"]\n"
        );
    }
    spec += "[[page.section]]\ntitle = \"Parameters\"\ntext = \"t\"\n[[page.section]]\ntitle = \"parameters!\"\ntext = \"t\"\n";
    let (spec, _) = iam_policy_spec::read(&Source::new("policies.toml", &*spec));
    let origin = Origin {
        command: "make",
        spec: "policies.toml",
    };
    for file in artifacts_in(&spec, origin, &[Format::Markdown, Format::Html]) {
        let (page, _) = file.contents.split_once("<script").unwrap_or((&file.contents, ""));
        let ids: Vec<_> = page
            .split(" id=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        let unique: BTreeSet<_> = ids.iter().collect();
        assert!(ids.len() > policies.len());
        assert_eq!(unique.len(), ids.len(), "{ids:?}");
    }
}

/// The tags of the HTML page outside its style sheet, model and script, without those of inline Markdown.
fn tags(html: &str) -> Vec<&str> {
    let (_, body) = html.split_once("<body>").unwrap();
    let (body, _) = body.split_once("<script").unwrap();
    let tags = body.split('<').skip(1);
    let names = tags.map(|tag| {
        tag.split(|one: char| !one.is_ascii_alphanumeric() && one != '/')
            .next()
            .unwrap()
    });
    names
        .filter(|name| !["code", "/code", "a", "/a", "p", "/p"].contains(name))
        .collect()
}

#[test]
fn a_hostile_spec_has_the_same_tags_as_a_plain_one() {
    let html = |spec: &str| {
        let compiled = compile(&Source::new("policies.toml", spec));
        let origin = Origin {
            command: "make --><b>",
            spec: "policies.toml",
        };
        let mut files = artifacts_in(&compiled.spec, origin, &[Format::Html]).into_iter();
        files.next().unwrap().contents
    };
    let (hostile, plain) = (html(&spec()), html(&spec().replace(&spec_text(), "plain")));
    assert_eq!(tags(&hostile), tags(&plain));
    // The elements of the model and of the script, and no others.
    assert_eq!(hostile.matches("<script").count(), 2);
    assert!(!hostile.contains(['\u{1b}', '\u{202e}']));
}

fn spec_text() -> String {
    let spec = spec();
    let (_, rest) = spec.split_once("title = \"").unwrap();
    rest.split_once("\"\n").unwrap().0.to_owned()
}
