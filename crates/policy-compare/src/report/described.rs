//! Statements with their locations and reasons, for reports.

use crate::{Place, Witness};
use iam_policy_core::{ArnPattern, wildcard};
use iam_policy_document::{Element, Lines, Span};
use serde::Serialize;

use crate::report::Side;
use crate::report::side::Why;

/// A statement that matches a request.
#[derive(Serialize)]
pub(crate) struct Described<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<usize>,
    /// The index of the statement in its policy.
    pub(crate) statement: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sid: Option<&'a str>,
    pub(crate) effect: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) without: Option<&'a str>,
    /// The actions and resources that match the request, where the spec gives a reason for them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) actions: Vec<Part<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) resources: Vec<Part<'a>>,
}

/// An action or a resource of a statement.
#[derive(Serialize)]
pub(crate) struct Part<'a> {
    pub(crate) pattern: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) without: Option<&'a str>,
}

impl<'a> Part<'a> {
    fn new((pattern, why): &'a (String, Why)) -> Self {
        Self {
            pattern,
            reason: why.reason.as_deref(),
            without: why.without.as_deref(),
        }
    }
}

/// The names of all actions a witness stands for; empty if its action is an example of those AWS may add.
pub(crate) fn actions(witness: &Witness) -> Vec<String> {
    let known = witness.actions.iter().map(ToString::to_string);
    known.chain(witness.unknown_actions.iter().cloned()).collect()
}

/// The statements of a side at these places.
///
/// - `witness`: the request they match
pub(crate) fn described<'a>(side: Option<&'a Side>, places: &[Place], witness: &Witness) -> Vec<Described<'a>> {
    let Some(side) = side else { return Vec::new() };
    let actions = actions(witness);
    let described = places.iter().filter_map(|place| {
        let statement = side.document.statements().nth(place.statement)?;
        let text = |element| statement.element(element).and_then(|member| member.value.as_str());
        let span = statement.0.span().filter(|_| !side.name.is_empty());
        let line = |span: Span| Lines::new(side.text.as_bytes()).position(span.start).line;
        let sid = text(Element::Sid);
        let reasons = sid.and_then(|sid| side.reasons(sid));
        let of_action = |(pattern, _): &&(String, Why)| {
            let matches = |action: &str| wildcard::matches_ignoring_case(pattern, action);
            matches(&witness.action) || actions.iter().any(|action| matches(action))
        };
        let of_resource = |(pattern, _): &&(String, Why)| ArnPattern::new(pattern).matches(&witness.resource);
        Some(Described {
            file: &side.name,
            line: span.map(line),
            statement: place.statement,
            sid,
            effect: text(Element::Effect).unwrap_or_default(),
            reason: reasons.and_then(|reasons| reasons.statement.reason.as_deref()),
            without: reasons.and_then(|reasons| reasons.statement.without.as_deref()),
            actions: reasons.map_or_else(Vec::new, |reasons| {
                reasons.actions.iter().filter(of_action).map(Part::new).collect()
            }),
            resources: reasons.map_or_else(Vec::new, |reasons| {
                reasons.resources.iter().filter(of_resource).map(Part::new).collect()
            }),
        })
    });
    described.collect()
}
