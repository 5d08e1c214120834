//! Findings, and what identifies them wherever they move to.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

use iam_policy_document::{Diagnostic, Document, Element, Path, Step};
use iam_policy_spec::{Policy, Spec};
use sha2::{Digest, Sha256};

use super::checks::Checks;

/// A finding about a file.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) diagnostic: Diagnostic,
    /// What the policy belongs to, if the file has several.
    pub(super) resource: Option<Arc<str>>,
    /// The Sid of the statement.
    pub(super) sid: Option<Arc<str>>,
}

impl From<Diagnostic> for Finding {
    fn from(diagnostic: Diagnostic) -> Self {
        Self {
            diagnostic,
            resource: None,
            sid: None,
        }
    }
}

/// The Sids of a document, by the paths of the statements. Empty unless findings have to be identified.
pub(super) struct Sids(HashMap<Path, Arc<str>>);

impl Sids {
    pub(super) fn of(document: &Document, checks: &Checks<'_>) -> Self {
        if !checks.identify {
            return Self(HashMap::new());
        }
        let sids = document.statements().filter_map(|statement| {
            let sid = statement.element(Element::Sid)?.value.as_str()?;
            Some((statement.0.path(), sid.into()))
        });
        Self(sids.collect())
    }

    pub(super) fn finding(&self, diagnostic: Diagnostic, resource: Option<Arc<str>>) -> Finding {
        let mut around = diagnostic.location.path.clone();
        let sid = loop {
            if self.0.is_empty() {
                break None;
            }
            if let Some(sid) = self.0.get(&around) {
                break Some(Arc::clone(sid));
            }
            if around.0.pop().is_none() {
                break None;
            }
        };
        Finding {
            diagnostic,
            resource,
            sid,
        }
    }
}

impl Finding {
    /// A finding whose path is one in a spec.
    pub(super) fn in_spec(diagnostic: Diagnostic, spec: &Spec, checks: &Checks<'_>) -> Self {
        let mut finding = Self::from(diagnostic);
        if checks.identify
            && let [Step::Value(table), Step::Value(name), rest @ ..] = finding.diagnostic.location.path.0.as_slice()
            && table == "policy"
            && let Some(policy) = spec.policies.iter().find(|policy| policy.name.value == *name)
        {
            let (resource, sid) = in_policy(policy, rest);
            finding.resource = Some(resource.into());
            finding.sid = sid.map(Arc::from);
        }
        finding
    }
}

/// What a path in a policy leads to: the policy, with its extension or as a trust policy, and the Sid.
fn in_policy<'p>(policy: &'p Policy, path: &[Step]) -> (String, Option<&'p str>) {
    let name = &policy.name.value;
    let (resource, statements, rest) = match path {
        [Step::Value(table), Step::Value(extension), rest @ ..] if table == "extension" => {
            let mut extensions = policy.extensions.iter();
            let found = extensions.find(|found| found.name.value == *extension);
            let statements = found.map_or(&[][..], |found| &found.statements);
            (format!("{name}+{extension}"), statements, rest)
        }
        [Step::Value(table), rest @ ..] if table == "trust" => (format!("{name}.trust"), &[][..], rest),
        _ => (name.clone(), policy.statements.as_slice(), path),
    };
    let sid = match rest {
        [Step::Value(table), Step::Index(number), ..] if table == "statement" => {
            statements.get(*number).map(|statement| statement.sid.value.as_str())
        }
        _ => None,
    };
    (resource, sid)
}

/// What identifies a finding, independent of its line. Several findings of a file may have the same identity.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Identity {
    /// The path of the file, with `/`.
    pub(super) file: Arc<str>,
    pub(super) code: String,
    pub(super) resource: String,
    pub(super) sid: String,
    /// The text at its locations; see [`offending`].
    pub(super) text: String,
}

impl Identity {
    pub(super) fn new(file: &Arc<str>, finding: &Finding, source: &[u8]) -> Self {
        let text = |of: &Option<Arc<str>>| of.as_deref().unwrap_or_default().to_owned();
        Self {
            file: Arc::clone(file),
            code: finding.diagnostic.code.unwrap_or_default().to_owned(),
            resource: text(&finding.resource),
            sid: text(&finding.sid),
            text: offending(&finding.diagnostic, source),
        }
    }

    /// A hash of the identity, for formats that require one.
    ///
    /// - `number`: distinguishes findings with the same identity
    pub(super) fn fingerprint(&self, number: usize) -> String {
        let mut hash = Sha256::new();
        for part in [&*self.file, &self.code, &self.resource, &self.sid, &self.text] {
            // No part contains this byte, so different identities are different texts.
            hash.update(part.replace('\0', " "));
            hash.update([0]);
        }
        hash.update(number.to_string());
        hex(&hash.finalize(), 16)
    }
}

/// The longest text that a baseline quotes, in characters.
const QUOTED: usize = 200;

/// The text that a finding is about: that of its locations, each on one line, separated by commas. A whole statement or
/// policy is not text, since such findings are about what it lacks.
fn offending(diagnostic: &Diagnostic, source: &[u8]) -> String {
    let mut text = String::new();
    for location in diagnostic.locations() {
        let Some(bytes) = location.span.and_then(|span| source.get(span.start..span.end)) else {
            continue;
        };
        let written = String::from_utf8_lossy(bytes);
        let spans_lines = written.trim_end().contains('\n') && !written.starts_with(['[', '"', '\'']);
        if written.starts_with('{') || spans_lines {
            continue;
        }
        if !text.is_empty() {
            text.push_str(", ");
        }
        let quoted = |quote| written.strip_prefix(quote)?.strip_suffix(quote);
        let mut words = quoted('"').unwrap_or(&written).split_whitespace();
        text.push_str(words.next().unwrap_or_default());
        for word in words {
            text.push(' ');
            text.push_str(word);
        }
    }
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => {
            let hash = hex(&Sha256::digest(&text), 4);
            text.truncate(end);
            text + "… " + &hash
        }
        None => text,
    }
}

/// The first `length` bytes of a hash.
fn hex(hash: &[u8], length: usize) -> String {
    let mut text = String::new();
    for byte in hash.iter().take(length) {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
