//! What a comparison came to, for programs.

use std::collections::BTreeMap;

use policy_compare::{Comparison, Place, Witness};
use policy_document::{Element, Lines, Span};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::policies::{Named, Subject};

/// A comparison, and what was compared.
pub(super) struct Answer<'a> {
    pub(super) subject: Subject,
    pub(super) old: Option<&'a Named>,
    pub(super) new: Option<&'a Named>,
    pub(super) comparison: Comparison,
}

/// An array with an object for each.
pub(super) fn json(answers: &[Answer<'_>]) -> String {
    let mut text = String::from("[\n");
    for (number, answer) in answers.iter().enumerate() {
        text.push_str(if number == 0 { "" } else { ",\n" });
        // A `String` takes everything.
        text.push_str(&serde_json::to_string(answer).unwrap_or_default());
    }
    text.push_str(if answers.is_empty() { "]\n" } else { "\n]\n" });
    text
}

/// An object that says whether everything is granted that is needed.
///
/// - `required`: the policy that is needed
pub(super) fn coverage(answer: &policy_compare::Answer, required: Option<&Named>) -> String {
    let (verdict, lacking, because): (_, &[Witness], _) = match answer {
        policy_compare::Answer::Yes => ("covered", &[], "everything that is needed is granted"),
        policy_compare::Answer::No(lacking) => ("lacking", lacking, "something that is needed is not granted"),
        policy_compare::Answer::Unknown(because) => ("unknown", &[], because.as_str()),
    };
    let coverage = Coverage {
        verdict,
        lacking: List(lacking, Some((None, required))),
        because,
    };
    // A `String` takes everything.
    serde_json::to_string(&coverage).unwrap_or_default() + "\n"
}

#[derive(Serialize)]
struct Coverage<'a> {
    verdict: &'a str,
    lacking: List<'a>,
    because: &'a str,
}

impl Serialize for Answer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let subject = &self.subject;
        if let Some(policy) = &subject.policy {
            map.serialize_entry("policy", policy)?;
        }
        if !subject.extensions.is_empty() {
            map.serialize_entry("extensions", &subject.extensions)?;
        }
        if subject.trust {
            map.serialize_entry("trust", &true)?;
        }
        if let Some(partition) = subject.partition {
            map.serialize_entry("partition", partition)?;
        }
        let sides = Some((self.old, self.new));
        verdict(&mut map, &self.comparison, sides)?;
        map.end()
    }
}

type Sides<'a> = Option<(Option<&'a Named>, Option<&'a Named>)>;

/// Writes the members that every comparison has.
///
/// - `sides`: where the policies come from, if more is to be said about their statements
pub(super) fn verdict<M: SerializeMap>(map: &mut M, comparison: &Comparison, sides: Sides<'_>) -> Result<(), M::Error> {
    map.serialize_entry("verdict", comparison.verdict.as_str())?;
    map.serialize_entry("newlyAllowed", &List(&comparison.newly_allowed, sides))?;
    map.serialize_entry("newlyDenied", &List(&comparison.newly_denied, sides))?;
    map.serialize_entry("because", &comparison.because)
}

struct List<'a>(&'a [Witness], Sides<'a>);

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|witness| Shown(witness, self.1)))
    }
}

struct Shown<'a>(&'a Witness, Sides<'a>);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(witness, sides) = self;
        let mut map = serializer.serialize_map(None)?;
        if let Some(principal) = &witness.principal {
            map.serialize_entry("principal", principal)?;
        }
        map.serialize_entry("action", &witness.action)?;
        map.serialize_entry("resource", &witness.resource)?;
        // A key without values is one that must not be there.
        let context: BTreeMap<&str, Values<'_>> = witness
            .context
            .iter()
            .filter(|(_, values)| !values.is_empty())
            .map(|(key, values)| (key.as_str(), Values(values)))
            .collect();
        map.serialize_entry("context", &context)?;
        map.serialize_entry("oldDecision", witness.old_decision.name())?;
        map.serialize_entry("newDecision", witness.new_decision.name())?;
        if let Some((old, new)) = sides {
            let actions: Vec<String> = witness.actions.iter().map(ToString::to_string).collect();
            map.serialize_entry("actions", &actions)?;
            map.serialize_entry("oldStatements", &described(*old, &witness.old_statements))?;
            map.serialize_entry("newStatements", &described(*new, &witness.new_statements))?;
        }
        map.end()
    }
}

/// One value as a string, several as an array.
struct Values<'a>(&'a [String]);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            [only] => serializer.serialize_str(only),
            values => serializer.collect_seq(values),
        }
    }
}

/// A statement, for who wants to read it.
#[derive(Serialize)]
pub(super) struct Described<'a> {
    pub(super) file: &'a str,
    pub(super) line: Option<usize>,
    /// The number in its policy, from 0.
    pub(super) statement: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sid: Option<&'a str>,
    pub(super) effect: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<&'a str>,
}

pub(super) fn described<'a>(named: Option<&'a Named>, places: &[Place]) -> Vec<Described<'a>> {
    let Some(named) = named else { return Vec::new() };
    let described = places.iter().filter_map(|place| {
        let statement = named.document.statements().nth(place.statement)?;
        let text = |element| statement.element(element).and_then(|member| member.value.as_str());
        let line = |span: Span| Lines::new(named.text.as_bytes()).position(span.start).line;
        let sid = text(Element::Sid);
        Some(Described {
            file: &named.file,
            line: statement.0.span().map(line),
            statement: place.statement,
            sid,
            effect: text(Element::Effect).unwrap_or_default(),
            reason: sid.and_then(|sid| named.reasons.get(sid)?.statement.as_deref()),
        })
    });
    described.collect()
}
