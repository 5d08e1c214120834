//! Policies with unknown parts, as policies that can be compared.
//!
//! An unknown part of a resource or of a text in a condition becomes a key that every request has with the same value.
//! Principals are compared as they are, so what is unknown about them becomes a constant that no policy has.

use std::collections::{BTreeMap, HashSet};

use iam_policy_core::operator::Comparison;
use iam_policy_core::variable::{Piece, Unknown, UnknownKind, has_unknown, only_unknown, pieces, shown};
use iam_policy_core::{Arn, Operator};
use iam_policy_document::{Builder, Document, Element, Kind, Member, Value};

/// Documents without unknown principals, and what is assumed about them.
pub(crate) struct Prepared {
    pub(crate) old: Vec<Document>,
    pub(crate) new: Vec<Document>,
    /// Sentences.
    pub(crate) assumptions: Vec<String>,
}

/// Prepares both sides, in which the same name is the same text.
///
/// # Errors
///
/// Describes an unknown part about which nothing can be proved.
pub(crate) fn prepared(old: &[&Document], new: &[&Document]) -> Result<Prepared, String> {
    let mut constants = Constants::new(old.iter().chain(new).copied());
    let mut side = |documents: &[&Document]| -> Result<Vec<Document>, String> {
        documents.iter().map(|document| constants.replace(document)).collect()
    };
    let (old, new) = (side(old)?, side(new)?);
    Ok(Prepared {
        old,
        new,
        assumptions: constants.assumptions()?,
    })
}

/// The constants that stand for unknown parts of principals.
struct Constants {
    accounts: BTreeMap<String, String>,
    /// All that could be an account in what policies contain.
    digits: HashSet<String>,
    next_account: u64,
    texts: BTreeMap<String, String>,
    /// All that policies contain.
    used: String,
    /// The names of the unknown parts that may have wildcards.
    open: Vec<String>,
    /// All names, by their lower case.
    names: BTreeMap<String, String>,
    /// Two names that differ only in case.
    alike: Option<(String, String)>,
}

impl Constants {
    fn new<'d>(documents: impl Iterator<Item = &'d Document>) -> Self {
        let mut used = String::new();
        for value in documents.flat_map(Document::values) {
            used.push_str(value.as_text().unwrap_or_default());
            used.push('\n');
        }
        let is_account = |digits: &&[u8]| digits.iter().all(u8::is_ascii_digit);
        let digits = used.as_bytes().windows(12).filter(is_account);
        let digits = digits
            .map(|digits| String::from_utf8_lossy(digits).into_owned())
            .collect();
        Self {
            digits,
            next_account: 999_999_999_999,
            accounts: BTreeMap::new(),
            texts: BTreeMap::new(),
            used,
            open: Vec::new(),
            names: BTreeMap::new(),
            alike: None,
        }
    }

    fn assumptions(self) -> Result<Vec<String>, String> {
        if let Some((one, other)) = self.alike {
            return Err(format!("the names `{one}` and `{other}` differ only in case"));
        }
        let quoted = |names: &mut dyn Iterator<Item = &String>| -> String {
            let names: Vec<String> = names.map(|name| format!("`${{{name}}}`")).collect();
            names.join(", ")
        };
        let mut assumptions = Vec::new();
        if !self.open.is_empty() {
            let names = quoted(&mut self.open.iter());
            assumptions.push(format!("assuming that these have no wildcards: {names}"));
        }
        if !self.accounts.is_empty() || !self.texts.is_empty() {
            let names = quoted(&mut self.accounts.keys().chain(self.texts.keys()));
            assumptions.push(format!(
                "assuming that no policy names the same principals in another way: {names}"
            ));
        }
        Ok(assumptions)
    }

    fn replace(&mut self, document: &Document) -> Result<Document, String> {
        let mut builder = Builder::new();
        if document.has_unknowns() {
            builder.with_unknowns();
        }
        self.value(document.root(), None, &mut builder)?;
        Ok(builder.finish())
    }

    /// - `element`: the element of a statement that the value is in
    fn value(&mut self, value: Value<'_>, element: Option<Element>, builder: &mut Builder) -> Result<(), String> {
        match value.kind() {
            Kind::Null => builder.null(None),
            Kind::Bool(so) => builder.bool(so, None),
            Kind::Number(text) => builder.number(text, None),
            Kind::String(text) => {
                let text = self.text(text, value, element)?;
                builder.string(&text, None);
            }
            Kind::Array => {
                builder.begin_array(None);
                for item in value.items() {
                    self.value(item, element, builder)?;
                }
                builder.end();
            }
            Kind::Object => {
                builder.begin_object(None);
                for member in value.members() {
                    known(member)?;
                    builder.key(member.key, None);
                    self.value(member.value, element.or_else(|| element_of(member)), builder)?;
                }
                builder.end();
            }
        }
        Ok(())
    }

    fn text(&mut self, text: &str, value: Value<'_>, element: Option<Element>) -> Result<String, String> {
        if !has_unknown(text) || !value_has_unknowns(value) {
            return Ok(text.to_owned());
        }
        let unknown = || Err(format!("`{}` is unknown", shown(text)));
        match element {
            Some(Element::Principal | Element::NotPrincipal) => Ok(self.principal(text)),
            Some(Element::Resource | Element::NotResource) => Ok(self.open(text)),
            Some(Element::Condition) if is_text(value) => Ok(self.open(text)),
            Some(Element::Sid) => Ok(shown(text).to_string()),
            _ => unknown(),
        }
    }

    /// A text whose unknown parts are keys.
    fn open(&mut self, text: &str) -> String {
        for piece in pieces(text) {
            let Piece::Unknown(Unknown { name, is_word, .. }) = piece else {
                continue;
            };
            if !is_word && !self.open.iter().any(|known| known == name) {
                self.open.push(name.to_owned());
            }
            let known = self.names.entry(name.to_lowercase()).or_insert_with(|| name.to_owned());
            if known != name {
                self.alike = Some((known.clone(), name.to_owned()));
            }
        }
        text.to_owned()
    }

    fn principal(&mut self, text: &str) -> String {
        if let Some(unknown) = only_unknown(text) {
            return if unknown.kind() == Some(UnknownKind::Account) || unknown.name.ends_with("AccountId") {
                self.account(unknown.name)
            } else {
                let account = self.account(unknown.name);
                format!("arn:aws:iam::{account}:role/unknown")
            };
        }
        let Some(arn) = Arn::of_pattern(text) else {
            return self.constant(text);
        };
        let partition = if has_unknown(arn.partition) {
            "aws"
        } else {
            arn.partition
        };
        let account = match only_unknown(arn.account) {
            Some(unknown) => self.account(unknown.name),
            None => self.constant(arn.account),
        };
        let resource = self.constant(arn.resource);
        format!("arn:{partition}:{}:{}:{account}:{resource}", arn.service, arn.region)
    }

    /// An account that no policy has.
    fn account(&mut self, name: &str) -> String {
        if let Some(known) = self.accounts.get(name) {
            return known.clone();
        }
        let mut account = format!("{:012}", self.next_account);
        while self.digits.contains(&account) {
            self.next_account -= 1;
            account = format!("{:012}", self.next_account);
        }
        self.next_account -= 1;
        self.accounts.insert(name.to_owned(), account.clone());
        account
    }

    /// A text with a constant that no policy has for each unknown part.
    fn constant(&mut self, text: &str) -> String {
        if !has_unknown(text) {
            return text.to_owned();
        }
        let mut result = String::new();
        let mut parts = pieces(text);
        loop {
            let start = parts.position();
            match parts.next() {
                None => return result,
                Some(Piece::Unknown(unknown)) => {
                    let number = self.texts.len();
                    let mut constant = format!("unknown{number}");
                    if self.used.contains(&constant) {
                        let longest = self.used.split(|c| c != 'x').map(str::len).max();
                        constant.push_str(&"x".repeat(longest.unwrap_or(0) + 1));
                    }
                    let known = self.texts.entry(unknown.name.to_owned()).or_insert(constant);
                    result.push_str(known);
                }
                Some(_) => result.push_str(text.get(start..parts.position()).unwrap_or_default()),
            }
        }
    }
}

fn value_has_unknowns(value: Value<'_>) -> bool {
    value.as_str().is_some_and(has_unknown)
}

fn element_of(member: Member<'_>) -> Option<Element> {
    Element::from_name(member.key)
}

/// # Errors
///
/// If the name of a member is unknown.
fn known(member: Member<'_>) -> Result<(), String> {
    if has_unknown(member.key) {
        return Err(format!("`{}` is unknown", shown(member.key)));
    }
    Ok(())
}

/// Whether a value of a condition is compared as a text.
fn is_text(value: Value<'_>) -> bool {
    let mut around = std::iter::successors(value.parent(), |value| value.parent());
    let operator = around.find_map(|value| Operator::from_name(value.key()?));
    operator.is_some_and(|operator| matches!(operator.comparison(), Comparison::String(_) | Comparison::Arn))
}
