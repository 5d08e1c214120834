//! The documentation of the language: its reference and its JSON Schema, both generated from the table of keys.

use std::fmt::{self, Write};

use iam_policy_core::Style;
use iam_policy_core::json::Writer;
use iam_policy_spec::keys::{Key, SECTIONS, Section, Value};

/// Returns the reference of the language as Markdown: every section and every key, with type, meaning and an example.
#[must_use]
pub fn reference() -> String {
    let mut out = String::from("<!-- Written by `cargo xtask regenerate` from the table of keys. -->\n");
    for section in SECTIONS {
        // Writing to a `String` cannot fail.
        let _ = section_reference(&mut out, section);
    }
    out.push_str(RULES);
    out
}

const RULES: &str = "
# Rules

- The order in the file is the order in everything generated from it.
- Placeholders, `{name}`, are allowed in resources, condition values and prose, but not in actions, Sids, ids or keys. `{{` \
and `}}` are literal braces. IAM's own variables, such as `${aws:username}`, are left alone.
- Every action and every resource needs a reason: its own, or the statement's.
- Ids and Sids are unique within a policy and its extensions, because they can end up in one document.
- A statement needs resources in each of the policy's partitions, or only in those that it is limited to.
- A policy fits the quota of every kind in its `attach`, in each of its partitions, with the parameters' defaults: alone, \
with each extension, and with all extensions that share a kind. For combinations with an extension, the extension's own \
`attach` replaces the policy's. White space outside strings does not count.
- Text in a policy only contains characters that IAM accepts: tab, line feed, carriage return, and U+0020 to U+00FF. Prose \
may contain any characters.
- Prose is Markdown: emphasis, code, and links to web pages and mail addresses. `about` and `text` may have several \
paragraphs, lists, quotes, tables and fenced code blocks; all other prose is one paragraph. Headings, images and HTML are \
shown as plain text.

None of these can be waived. A waiver accepts a *finding*: something that AWS accepts, but that a reviewer might not.
";

fn section_reference(out: &mut String, section: &Section) -> fmt::Result {
    let title = match section.header {
        "" => capitalized(section.noun),
        header => format!("`{header}`"),
    };
    writeln!(out, "\n# {title}\n\n{}\n", section.about)?;
    out.push_str("| Key | Value | Meaning |\n|---|---|---|\n");
    for key in section.keys {
        let needed = if key.required { ", required" } else { "" };
        writeln!(
            out,
            "| `{}` | {}{needed} | {} |",
            key.name,
            value(key.value),
            key.about.replace('|', "\\|")
        )?;
    }
    out.push_str("\n```toml\n");
    for key in section.keys {
        writeln!(out, "{}", key.example)?;
    }
    out.push_str("```\n");
    Ok(())
}

fn capitalized(noun: &str) -> String {
    let noun = noun.split_once(' ').map_or(noun, |(_, noun)| noun);
    let mut characters = noun.chars();
    characters
        .next()
        .map(|first| first.to_ascii_uppercase())
        .into_iter()
        .chain(characters)
        .collect()
}

fn value(value: Value) -> String {
    match value {
        Value::Text => "string".to_owned(),
        Value::Prose => "string with placeholders".to_owned(),
        Value::Flag => "`true` or `false`".to_owned(),
        Value::Choice(choices) => quoted(&choices.names()).join(" or "),
        Value::Several(choices) => format!("list of {}", quoted(&choices.names()).join(", ")),
        Value::Texts => "list of strings".to_owned(),
        Value::Entries(section, "") => format!("list of tables, each {}", section.noun),
        Value::Entries(section, _) => format!("list of strings or tables, each {}", section.noun),
        Value::Table(section) => format!("table: {}", section.noun),
        Value::Tables(section) => format!("array of tables, each {}", section.noun),
        Value::Map(section) => format!("table of names, each {}", section.noun),
        Value::Conditions => "table of operators, each a table of condition keys".to_owned(),
        _ => String::new(),
    }
}

fn quoted(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("`{name}`")).collect()
}

/// Returns the JSON Schema of the language (draft 7). Editors use it to complete and check specs.
#[must_use]
pub fn schema() -> String {
    let mut out = String::new();
    // Writing to a `String` cannot fail.
    let _ = write_schema(&mut Writer::new(&mut out, Style::PRETTY));
    out
}

const SCHEMA_ID: &str = concat!(iam_policy_core::docs_url!(), "/spec.schema.json");

fn write_schema(json: &mut Writer<'_>) -> fmt::Result {
    json.begin_object()?;
    text(json, "$schema", "http://json-schema.org/draft-07/schema#")?;
    text(json, "$id", SCHEMA_ID)?;
    text(json, "title", "A spec of IAM permissions")?;
    // In this draft, all keys beside a `$ref` are ignored.
    json.key("allOf")?;
    json.begin_array()?;
    json.begin_object()?;
    text(json, "$ref", "#/definitions/spec")?;
    json.end_object()?;
    json.end_array()?;
    json.key("definitions")?;
    json.begin_object()?;
    for section in SECTIONS {
        json.key(section.name)?;
        section_schema(json, section)?;
    }
    json.end_object()?;
    json.end_object()
}

fn section_schema(json: &mut Writer<'_>, section: &Section) -> fmt::Result {
    json.begin_object()?;
    text(json, "description", section.about)?;
    text(json, "type", "object")?;
    json.key("additionalProperties")?;
    json.literal(false)?;
    json.key("properties")?;
    json.begin_object()?;
    for key in section.keys {
        json.key(key.name)?;
        key_schema(json, key)?;
    }
    json.end_object()?;
    let required: Vec<_> = section
        .keys
        .iter()
        .filter(|key| key.required)
        .map(|key| key.name)
        .collect();
    if !required.is_empty() {
        json.key("required")?;
        json.list(required)?;
    }
    json.end_object()
}

fn key_schema(json: &mut Writer<'_>, key: &Key) -> fmt::Result {
    json.begin_object()?;
    text(json, "description", &format!("{} Example: {}", key.about, key.example))?;
    match key.value {
        Value::Flag => text(json, "type", "boolean")?,
        Value::Choice(choices) => {
            json.key("enum")?;
            json.list(choices.names())?;
        }
        Value::Several(choices) => {
            array(json, |json| {
                json.begin_object()?;
                json.key("enum")?;
                json.list(choices.names())?;
                json.end_object()
            })?;
            json.key("uniqueItems")?;
            json.literal(true)?;
        }
        Value::Texts => array(json, string)?,
        Value::Entries(section, "") | Value::Tables(section) => array(json, |json| reference_to(json, section))?,
        Value::Entries(section, _) => array(json, |json| {
            json.begin_object()?;
            json.key("anyOf")?;
            json.begin_array()?;
            string(json)?;
            reference_to(json, section)?;
            json.end_array()?;
            json.end_object()
        })?,
        Value::Table(section) => {
            json.key("allOf")?;
            json.begin_array()?;
            reference_to(json, section)?;
            json.end_array()?;
        }
        Value::Map(section) => {
            text(json, "type", "object")?;
            json.key("additionalProperties")?;
            reference_to(json, section)?;
        }
        Value::Conditions => {
            text(json, "type", "object")?;
            json.key("additionalProperties")?;
            json.begin_object()?;
            text(json, "type", "object")?;
            json.end_object()?;
        }
        _ => {
            text(json, "type", "string")?;
            json.key("minLength")?;
            json.literal(1)?;
        }
    }
    json.end_object()
}

fn text(json: &mut Writer<'_>, key: &str, value: &str) -> fmt::Result {
    json.key(key)?;
    json.string(value)
}

fn string(json: &mut Writer<'_>) -> fmt::Result {
    json.begin_object()?;
    text(json, "type", "string")?;
    json.key("minLength")?;
    json.literal(1)?;
    json.end_object()
}

fn array(json: &mut Writer<'_>, items: impl FnOnce(&mut Writer<'_>) -> fmt::Result) -> fmt::Result {
    text(json, "type", "array")?;
    json.key("minItems")?;
    json.literal(1)?;
    json.key("items")?;
    items(json)
}

fn reference_to(json: &mut Writer<'_>, section: &Section) -> fmt::Result {
    json.begin_object()?;
    text(json, "$ref", &format!("#/definitions/{}", section.name))?;
    json.end_object()
}
