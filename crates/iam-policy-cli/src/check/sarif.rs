//! Findings in SARIF 2.1.0, which code scanning reads.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".

use std::fmt::Write;

use iam_policy_check::Code;
use iam_policy_core::text::is_invisible;
use iam_policy_document::{Diagnostic, Lines, Location, Severity};
use serde_json::{Value, json};

use super::format::{Format, Part, Tally};
use super::inspect::Inspected;
use super::json::to_json;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// One run. Results are written as they come; the rules that they name follow them.
#[derive(Default)]
pub(super) struct Sarif {
    any: bool,
    rules: Vec<(&'static str, Severity)>,
    notifications: Vec<Value>,
}

impl Format for Sarif {
    fn begin(&mut self) -> Part {
        Part::Json(format!(
            "{{\"$schema\":{},\"version\":\"2.1.0\",\"runs\":[{{\"results\":[",
            to_json(&SCHEMA)
        ))
    }

    fn file(&mut self, inspected: &Inspected) -> Part {
        let lines = Lines::new(&inspected.text);
        let mut text = String::new();
        for diagnostic in inspected.diagnostics() {
            text.push_str(if self.any { ",\n" } else { "\n" });
            self.any = true;
            text.push_str(&to_json(&self.result(inspected, diagnostic, &lines)));
        }
        Part::Json(text)
    }

    fn unreadable(&mut self, problem: &Diagnostic) -> Part {
        self.notifications
            .push(json!({"level": "error", "message": {"text": message(&problem.details())}}));
        Part::Json(String::new())
    }

    fn end(&mut self, tally: &Tally) -> Part {
        let driver = json!({
            "name": "iam-policy",
            "version": env!("CARGO_PKG_VERSION"),
            "rules": self.rules.iter().map(|(code, kind)| rule(code, *kind)).collect::<Vec<_>>(),
        });
        let mut invocation = json!({"executionSuccessful": tally.unreadable == 0});
        if !self.notifications.is_empty()
            && let Some(fields) = invocation.as_object_mut()
        {
            let notifications = std::mem::take(&mut self.notifications);
            fields.insert("toolExecutionNotifications".to_owned(), notifications.into());
        }
        Part::Json(format!(
            "{}],\n\"tool\":{},\n\"invocations\":[{}],\n\"columnKind\":\"unicodeCodePoints\"}}]}}\n",
            if self.any { "\n" } else { "" },
            to_json(&json!({"driver": driver})),
            to_json(&invocation),
        ))
    }
}

impl Sarif {
    fn result(&mut self, inspected: &Inspected, diagnostic: &Diagnostic, lines: &Lines<'_>) -> Value {
        let code = diagnostic.code.unwrap_or_default();
        let known = self.rules.iter().position(|(known, _)| *known == code);
        let index = known.unwrap_or_else(|| {
            self.rules.push((code, diagnostic.severity));
            self.rules.len() - 1
        });
        let mut locations = diagnostic
            .locations()
            .map(|place| location(&inspected.name, place, lines));
        let mut result = json!({
            "ruleId": code,
            "ruleIndex": index,
            "level": level(diagnostic.severity),
            "message": {"text": message(&diagnostic.details())},
            "locations": locations.next().into_iter().collect::<Vec<_>>(),
        });
        let related: Vec<_> = locations.collect();
        if !related.is_empty()
            && let Some(fields) = result.as_object_mut()
        {
            fields.insert("relatedLocations".to_owned(), related.into());
        }
        result
    }
}

/// Literal text as a message: no braces that are placeholders, no brackets that are links, and no invisible characters.
///
/// Source: SARIF 2.1.0, sections 3.11.5 "Messages with placeholders" and 3.11.6 "Messages with embedded links".
fn message(text: &str) -> String {
    let has_link = text.contains("](");
    let mut message = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '{' => message.push_str("{{"),
            '}' => message.push_str("}}"),
            '[' | ']' | '\\' if has_link => message.extend(['\\', character]),
            _ if is_invisible(character) && character != '\n' => {
                let escape = character.escape_default().to_string();
                message.push_str(&escape.replace('{', "{{").replace('}', "}}"));
            }
            _ => message.push(character),
        }
    }
    message
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error | Severity::SecurityWarning => "error",
        Severity::Warning => "warning",
        Severity::Suggestion | Severity::Note => "note",
    }
}

/// What there is to know about a code.
///
/// - `severity`: the severity of its first result
fn rule(code: &str, severity: Severity) -> Value {
    let mut rule = json!({"id": code, "defaultConfiguration": {"level": level(severity)}});
    let Some(fields) = rule.as_object_mut() else {
        return rule;
    };
    if let Some(rule) = Code::from_name(code).map(Code::rule) {
        let documentation = rule.documentation();
        let summary = documentation.summary;
        fields.insert("shortDescription".to_owned(), json!({"text": rule.title()}));
        let description = format!("{summary} {}", documentation.why);
        fields.insert("fullDescription".to_owned(), json!({"text": description}));
        let help = json!({"text": rule.text(), "markdown": rule.markdown()});
        fields.insert("help".to_owned(), help);
        fields.insert("helpUri".to_owned(), json!(rule.url()));
    }
    if severity == Severity::SecurityWarning {
        // Code scanning takes a rule as one about security for its tag, and as one of high severity from 7.0 on.
        let properties = json!({"tags": ["security"], "security-severity": "7.0"});
        fields.insert("properties".to_owned(), properties);
    }
    rule
}

fn location(name: &str, place: &Location, lines: &Lines<'_>) -> Value {
    let mut physical = json!({"artifactLocation": {"uri": uri(name)}});
    if let Some(span) = place.span
        && let Some(fields) = physical.as_object_mut()
    {
        let (start, end) = (lines.position(span.start), lines.position(span.end));
        let region = json!({
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
        });
        fields.insert("region".to_owned(), region);
    }
    let mut location = json!({"physicalLocation": physical});
    if !place.path.0.is_empty()
        && let Some(fields) = location.as_object_mut()
    {
        let logical = json!([{"fullyQualifiedName": place.path.to_string()}]);
        fields.insert("logicalLocations".to_owned(), logical);
    }
    location
}

/// A path as a URI: relative if it is relative.
fn uri(path: &str) -> String {
    let path = if cfg!(windows) {
        path.replace('\\', "/")
    } else {
        path.to_owned()
    };
    let is_drive = cfg!(windows) && path.as_bytes().get(1) == Some(&b':');
    let mut uri = String::new();
    if path.starts_with('/') || is_drive {
        uri.push_str(if is_drive { "file:///" } else { "file://" });
    }
    for byte in path.strip_prefix("./").unwrap_or(&path).bytes() {
        let plain = byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_' | b'~');
        if plain || is_drive && byte == b':' {
            uri.push(char::from(byte));
        } else {
            // A `String` takes everything.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_literal() {
        for (text, expected) in [
            ("`arn:{partition}` and {0}", "`arn:{{partition}}` and {{0}}"),
            (r#"`["*"]` is \ fine"#, r#"`["*"]` is \ fine"#),
            (r"[x](1) and \[y](https://a)", r"\[x\](1) and \\\[y\](https://a)"),
            ("\u{202e}a\u{1b}", r"\u{{202e}}a\u{{1b}}"),
        ] {
            assert_eq!(message(text), expected, "{text}");
        }
    }

    #[test]
    fn paths_become_uris() {
        for (path, expected) in [
            ("a/b c.json", "a/b%20c.json"),
            ("./a.json", "a.json"),
            ("../a.json", "../a.json"),
            ("/tmp/\u{e4}.json", "file:///tmp/%C3%A4.json"),
            ("<stdin>", "%3Cstdin%3E"),
            ("a:b.json", "a%3Ab.json"),
        ] {
            assert_eq!(uri(path), expected, "{path}");
        }
    }
}
