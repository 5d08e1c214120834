//! Documents as statements over shared terms.

use iam_policy_core::PrincipalKey;
use iam_policy_core::principal::account;
use iam_policy_document::{Document, Element, Statement as Written, Value};

use crate::condition;
use crate::glob::Pattern;
use crate::language::Language;
use crate::terms::{Body, List, Terms, Who};
use crate::verdict::Place;

/// A statement over shared terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Statement {
    pub(crate) denies: bool,
    /// The number of a list in [`Terms::actions`].
    pub(crate) action: usize,
    /// The number of a body in [`Terms::bodies`].
    pub(crate) body: usize,
    /// The index of the document, and the index of the statement in it.
    pub(crate) document: usize,
    pub(crate) index: usize,
}

impl Statement {
    pub(crate) fn place(&self) -> Place {
        Place {
            document: self.document,
            statement: self.index,
        }
    }
}

/// The statements of a policy, which may consist of several documents.
#[derive(Clone, Debug, Default)]
pub(crate) struct Policy {
    pub(crate) statements: Vec<Statement>,
}

impl Policy {
    /// # Errors
    ///
    /// Describes the first part that is not valid policy language.
    pub(crate) fn read<'a>(
        terms: &mut Terms,
        documents: impl IntoIterator<Item = &'a Document>,
    ) -> Result<Self, String> {
        let mut policy = Self::default();
        for (number, document) in documents.into_iter().enumerate() {
            let language = match document.version().and_then(|version| version.value.as_str()) {
                Some(iam_policy_core::VERSION) => Language::Variables,
                _ => Language::Old,
            };
            for (index, written) in document.statements().enumerate() {
                let (denies, action, body) = statement(terms, written, language)
                    .map_err(|problem| format!("{}: {problem}", name(written, index)))?;
                policy.statements.push(Statement {
                    denies,
                    action,
                    body,
                    document: number,
                    index,
                });
            }
        }
        Ok(policy)
    }
}

fn name(written: Written<'_>, index: usize) -> String {
    match written.element(Element::Sid).and_then(|sid| sid.value.as_str()) {
        Some(sid) if !sid.is_empty() => format!("statement `{sid}`"),
        _ => format!("statement {}", index + 1),
    }
}

fn statement(terms: &mut Terms, written: Written<'_>, language: Language) -> Result<(bool, usize, usize), String> {
    let denies = match written
        .element(Element::Effect)
        .and_then(|effect| effect.value.as_str())
    {
        Some("Allow") => false,
        Some("Deny") => true,
        Some(other) => return Err(format!("the effect `{other}` is neither `Allow` nor `Deny`")),
        None => return Err("`Effect` is missing".to_owned()),
    };
    let Some((negated, actions)) = either(written, Element::Action, Element::NotAction)? else {
        return Err("`Action` or `NotAction` is missing".to_owned());
    };
    let mut items = Vec::new();
    for text in texts(actions)? {
        let lower = text.to_ascii_lowercase();
        terms.spelled.entry(lower.clone()).or_insert_with(|| text.to_owned());
        items.push(lower);
    }
    items.sort_unstable();
    items.dedup();
    let action = terms.actions.number(List { negated, items });
    let resource = match either(written, Element::Resource, Element::NotResource)? {
        None => None,
        Some((negated, value)) => {
            let mut items: Vec<usize> = texts(value)?
                .into_iter()
                .filter_map(|text| language.resource(terms, text, written.names_principal()))
                .collect();
            items.sort_unstable();
            items.dedup();
            let everything = items
                .iter()
                .any(|item| terms.patterns.get(*item).is_some_and(Pattern::is_everything));
            (negated || !everything).then_some(List { negated, items })
        }
    };
    let who = match either(written, Element::Principal, Element::NotPrincipal)? {
        None => None,
        Some((negated, value)) => {
            terms.names_principals = true;
            let items = principals(value)?;
            let everyone = !negated && items.contains(&Who::Everyone);
            (!everyone).then(|| terms.whos.number(List { negated, items }))
        }
    };
    let mut conditions = Vec::new();
    for condition in written.conditions() {
        conditions.extend(condition::read(terms, condition, language)?);
    }
    if let Some(block) = written.element(Element::Condition)
        && !block.value.is_object()
    {
        return Err("`Condition` is not an object".to_owned());
    }
    conditions.sort_unstable();
    conditions.dedup();
    let body = terms.bodies.number(Body {
        who,
        resource,
        conditions,
    });
    Ok((denies, action, body))
}

/// An element or its negation, and whether it is the negation.
fn either(written: Written<'_>, plain: Element, negated: Element) -> Result<Option<(bool, Value<'_>)>, String> {
    match (written.element(plain), written.element(negated)) {
        (Some(_), Some(_)) => Err(format!(
            "`{}` and `{}` are mutually exclusive",
            plain.name(),
            negated.name()
        )),
        (Some(member), None) => Ok(Some((false, member.value))),
        (None, Some(member)) => Ok(Some((true, member.value))),
        (None, None) => Ok(None),
    }
}

fn texts(value: Value<'_>) -> Result<Vec<&str>, String> {
    value
        .one_or_many()
        .map(|item| {
            item.as_str()
                .ok_or_else(|| format!("a value of `{}` is not a string", value.key().unwrap_or_default()))
        })
        .collect()
}

/// Source: IAM User Guide, "AWS JSON policy elements: Principal".
fn principals(value: Value<'_>) -> Result<Vec<Who>, String> {
    let mut list = Vec::new();
    if let Some(text) = value.as_str() {
        if text != "*" {
            return Err(format!("invalid principal `{text}`: the only string allowed is `*`"));
        }
        list.push(Who::Everyone);
    } else if value.is_object() {
        for member in value.members() {
            for text in texts(member.value)? {
                let Some(key) = PrincipalKey::from_name(member.key) else {
                    let other = member.key;
                    return Err(format!("unknown principal type `{other}`"));
                };
                list.push(match key {
                    PrincipalKey::Aws if text == "*" => Who::Everyone,
                    PrincipalKey::Aws => match account(text) {
                        Some(account) => Who::Account(account.to_owned()),
                        None => Who::Arn(text.to_owned()),
                    },
                    PrincipalKey::Service => Who::Service(text.to_owned()),
                    PrincipalKey::Federated => Who::Federated(text.to_owned()),
                    PrincipalKey::CanonicalUser => Who::Canonical(text.to_owned()),
                });
            }
        }
    } else {
        return Err("a principal must be `*` or an object".to_owned());
    }
    list.sort_unstable();
    list.dedup();
    Ok(list)
}
