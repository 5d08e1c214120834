//! The table of keys, the reader and the examples agree.

use iam_policy_spec::keys::{SECTIONS, Section, Value};
use iam_policy_spec::{Source, read};

const EXAMPLE: &str = include_str!("../example.toml");

#[test]
fn the_example_is_valid() {
    let source = Source::new("example.toml", EXAMPLE);
    let (_, diagnostics) = read(&source);
    let shown: Vec<_> = diagnostics
        .iter()
        .map(|diagnostic| source.show(diagnostic).to_string())
        .collect();
    assert_eq!(shown, [""; 0]);
}

#[test]
fn the_example_has_every_key() {
    for section in SECTIONS {
        for key in section.keys {
            let has = |mark: &str| EXAMPLE.contains(&format!("{}{mark}", key.name));
            assert!(has(" ") || has(".") || has("]"), "`{}` of {}", key.name, section.noun);
        }
    }
}

/// A spec in which `lines` are the contents of the section.
fn around(section: &Section, lines: &str) -> String {
    let statement = "id = \"a\"\nreason = \"r\"\nactions = [\"s3:GetObject\"]\nresources = [\"*\"]";
    let policy = format!("[policy.p]\n[[policy.p.statement]]\n{statement}");
    match section.name {
        "spec" => lines.to_owned(),
        "page" => format!("[page]\n{lines}\n{policy}"),
        "page-section" => format!("[[page.section]]\n{lines}\n{policy}"),
        "parameter" => format!("[parameters]\nx = {{ {lines} }}\n{policy}"),
        "environment" => format!("[environment.e]\n{lines}\n{policy}"),
        "policy" if lines.is_empty() => "[policy.p]".to_owned(),
        "policy" => format!("[policy.p]\n{lines}\n[[policy.p.statement]]\n{statement}"),
        "statement" if lines.is_empty() => "[policy.p]\n[[policy.p.statement]]".to_owned(),
        "statement" => {
            format!("[policy.p]\ntype = \"resource\"\nresource-type = \"other\"\n[[policy.p.statement]]\n{lines}")
        }
        "action" => format!("{policy}\n[[policy.p.statement]]\nid = \"b\"\nactions = [{{ {lines} }}]"),
        "resource" => format!("{policy}\n[[policy.p.statement]]\nid = \"b\"\nresources = [{{ {lines} }}]"),
        "waiver" => format!("{policy}\nwaive = [{{ {lines} }}]"),
        "trust" => format!("{policy}\n[policy.p.trust]\n{lines}"),
        "trust-statement" => format!("{policy}\n[[policy.p.trust.statement]]\n{lines}"),
        "extension" => format!("{policy}\n[policy.p.extension.e]\n{lines}"),
        other => unreachable!("unknown section {other}"),
    }
}

fn messages(spec: &str) -> Vec<String> {
    read(&Source::new("s", spec))
        .1
        .into_iter()
        .map(|diagnostic| diagnostic.message.into_owned())
        .collect()
}

#[test]
fn the_reader_knows_every_key_and_its_type() {
    for section in SECTIONS {
        for key in section.keys {
            let said = messages(&around(section, &format!("{} = 1979-05-27", key.name)));
            let expected = format!("`{}` must be ", key.name);
            assert!(
                said.iter().any(|message| message.starts_with(&expected)),
                "{} {}: {said:?}",
                section.name,
                key.name
            );
            assert!(
                !said.iter().any(|message| message.contains("unknown key")),
                "{} {}: {said:?}",
                section.name,
                key.name
            );
        }
    }
}

#[test]
fn every_required_key_is_required() {
    for section in SECTIONS.iter().filter(|section| section.name != "spec") {
        for key in section.keys.iter().filter(|key| key.required) {
            let said = messages(&around(section, ""));
            let pairs = section.pairs();
            let pair = pairs
                .iter()
                .find(|(one, other)| [one.name, other.name].contains(&key.name));
            let expected = match pair {
                Some((one, other)) if section.name == "trust" => {
                    format!("missing key `{}` or `{}` in {}", one.name, other.name, section.noun)
                }
                Some((one, _)) => format!("this statement has no {}", one.name),
                None => format!("missing key `{}` in {}", key.name, section.noun),
            };
            assert!(said.contains(&expected), "{expected}: {said:?}");
        }
    }
}

#[test]
fn every_section_is_reachable() {
    let reached: Vec<&str> = SECTIONS
        .iter()
        .flat_map(|section| section.keys)
        .filter_map(|key| match key.value {
            Value::Entries(section, _)
            | Value::Table(section)
            | Value::Tables(section)
            | Value::Map(section)
            | Value::Settings(section) => Some(section.name),
            _ => None,
        })
        .collect();
    for section in SECTIONS.iter().skip(1) {
        assert!(reached.contains(&section.name), "{}", section.name);
    }
}
