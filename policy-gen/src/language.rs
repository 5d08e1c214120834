//! The documentation of the language and of the configuration: the reference and the JSON Schema of each, generated from
//! its table of keys.

mod patterns;
mod schema;

use std::fmt::{self, Write};

use iam_policy_spec::configuration;
use iam_policy_spec::keys::{Choices, SECTIONS, Section, Value};

pub use self::schema::{configuration_schema, schema};

/// Returns the reference of the language as Markdown: every section and every key, with type, meaning and an example.
#[must_use]
pub fn reference() -> String {
    reference_of(SECTIONS) + include_str!("language/trust.md") + RULES
}

/// Returns the reference of `iam-policy.toml` as Markdown: every section and every key, with type, meaning and an
/// example.
#[must_use]
pub fn configuration_reference() -> String {
    reference_of(configuration::keys::SECTIONS) + SETTINGS
}

fn reference_of(sections: &[&Section]) -> String {
    let mut out = String::from("<!-- Written by `cargo xtask regenerate` from the table of keys. -->\n");
    for section in sections {
        // Writing to a `String` cannot fail.
        let _ = section_reference(&mut out, section);
    }
    out
}

const SETTINGS: &str = "
# Which configuration applies

- The `iam-policy.toml` in a file's folder applies to the file; if there is none, the one in the nearest folder above. \
Configurations are not combined. The search ends at the root of a repository, the folder with `.git`, so that a check \
depends on nothing outside it.
- Symbolic links to folders are followed to find a file's folder. For a symbolic link to a file, it is the folder with the \
link.
- For the standard input, it is the folder of the file that `--stdin-name` names, or else the current folder.
- The command line takes precedence: for the codes that it names, the type and attachment of policies, and the baseline.
- A configuration with a mistake makes the exit code 2. What can be read of it applies.
- `iam-policy.toml` is never checked as a spec. `iam-policy check iam-policy.toml` checks it as a configuration.
";

const RULES: &str = "
# Rules

- The order in the file is the order in everything generated from it.
- Placeholders, `{name}`, are allowed in resources, condition values and prose, but not in actions, Sids, ids or keys. `{{` \
and `}}` are literal braces. IAM's own variables, such as `${aws:username}`, are left alone.
- Every action and every resource needs a reason: its own, or the statement's.
- Ids are unique within a policy, its extensions and its trust policy. Sids are unique within a policy and its extensions, \
because they can end up in one document, and within a trust policy.
- A statement needs resources in each of the policy's partitions, or only in those that it is limited to.
- A policy fits the quota of every kind in its `attach`, in each of its partitions, with the parameters' defaults and in each \
environment: alone, with each extension, and with all extensions that share a kind. For combinations with an extension, the extension's own \
`attach` replaces the policy's. White space outside strings does not count.
- Text in a policy only contains characters that IAM accepts: tab, line feed, carriage return, and U+0020 to U+00FF. Prose \
may contain any characters.
- Prose is Markdown: emphasis, code, and links to web pages and mail addresses. `about` and `text` may have several \
paragraphs, lists, quotes, tables and fenced code blocks; all other prose is one paragraph. Headings, images and HTML are \
shown as plain text.

None of these can be waived. A waiver accepts a *finding*: something that AWS accepts, but that a reviewer might not. AWS \
also stores some malformed actions and ARNs; a waiver on the element itself accepts `INVALID_ACTION` for an action, and \
`INVALID_ARN_PREFIX` or `MISSING_ARN_FIELD` for a resource.
";

fn section_reference(out: &mut String, section: &Section) -> fmt::Result {
    let title = match section.header {
        "" => capitalized(section.noun),
        header => format!("`{header}`"),
    };
    writeln!(out, "\n# {title}\n\n{}\n", section.about)?;
    if section.keys.is_empty() {
        return Ok(());
    }
    out.push_str("| Key | Value | Meaning |\n|---|---|---|\n");
    for key in section.keys {
        let needed = match key.alternative {
            Some(other) if key.required => format!(", this or `{other}`"),
            Some(other) => format!(", not with `{other}`"),
            None if key.required => match key.optional_with {
                [] => ", required".to_owned(),
                others => format!(", required unless there is {}", quoted(others).join(" or ")),
            },
            None => String::new(),
        };
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
        Value::Choice(choices) => choice(choices, " or "),
        Value::Several(choices) => format!("list of {}", choice(choices, ", ")),
        Value::Texts => "list of strings".to_owned(),
        Value::Templates => "list of strings with placeholders".to_owned(),
        Value::Entries(section, "") => format!("list of tables, each {}", section.noun),
        Value::Entries(section, _) => format!("list of strings or tables, each {}", section.noun),
        Value::Table(section) => format!("table: {}", section.noun),
        Value::Tables(section) => format!("array of tables, each {}", section.noun),
        Value::Map(section) | Value::Settings(section) => format!("table of names, each {}", section.noun),
        Value::Setting => "string or list of strings".to_owned(),
        Value::Count => "positive whole number".to_owned(),
        Value::Conditions => "table of operators, each a table of condition keys".to_owned(),
        _ => String::new(),
    }
}

/// The names that can be chosen from.
fn choice(choices: Choices, separator: &str) -> String {
    match choices {
        Choices::Code => "codes, as `iam-policy rule` lists them".to_owned(),
        _ => quoted(&choices.names()).join(separator),
    }
}

fn quoted(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("`{name}`")).collect()
}
