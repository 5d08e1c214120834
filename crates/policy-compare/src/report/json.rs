//! Comparisons as JSON.

use std::collections::BTreeMap;

use crate::{Comparison, Witness};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::report::described::{actions, described};
use crate::report::{Answer, Side};

/// A JSON array with one object per answer.
#[must_use]
pub fn array(answers: &[Answer<'_>]) -> String {
    let mut text = String::from("[\n");
    for (number, answer) in answers.iter().enumerate() {
        text.push_str(if number == 0 { "" } else { ",\n" });
        text.push_str(&object(answer));
    }
    text.push_str(if answers.is_empty() { "]\n" } else { "\n]\n" });
    text
}

/// The JSON object for an answer, without a newline.
#[must_use]
pub fn object(answer: &Answer<'_>) -> String {
    // Writing to a `String` cannot fail.
    serde_json::to_string(answer).unwrap_or_default()
}

impl Serialize for Answer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(subject) = &self.pair.subject {
            map.serialize_entry("policy", &subject.policy)?;
            if !subject.extensions.is_empty() {
                map.serialize_entry("extensions", &subject.extensions)?;
            }
            if subject.trust {
                map.serialize_entry("trust", &true)?;
            }
            if let Some(partition) = &subject.partition {
                map.serialize_entry("partition", partition.name())?;
            }
            if let Some(environment) = &subject.environment {
                map.serialize_entry("environment", environment)?;
            }
        }
        members(&mut map, &self.comparison, Some((self.pair.old, self.pair.new)))?;
        map.end()
    }
}

/// Writes the members that every comparison has, even if nothing but the documents is known.
///
/// - `map`: the object being written
///
/// # Errors
///
/// Those of `map`.
pub fn verdict<M: SerializeMap>(map: &mut M, comparison: &Comparison) -> Result<(), M::Error> {
    members(map, comparison, None)
}

fn members<M: SerializeMap>(map: &mut M, comparison: &Comparison, sides: Option<Sides<'_>>) -> Result<(), M::Error> {
    map.serialize_entry("verdict", comparison.verdict.as_str())?;
    map.serialize_entry("newlyAllowed", &List(&comparison.newly_allowed, sides))?;
    map.serialize_entry("newlyDenied", &List(&comparison.newly_denied, sides))?;
    map.serialize_entry("because", &comparison.because)?;
    if !comparison.notes.is_empty() {
        map.serialize_entry("notes", &comparison.notes)?;
    }
    Ok(())
}

/// The old and the new policy.
type Sides<'a> = (Option<&'a Side>, Option<&'a Side>);

/// Witnesses as an array, with the policies if their statements are described.
pub(crate) struct List<'a>(pub(crate) &'a [Witness], pub(crate) Option<Sides<'a>>);

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|witness| Shown(witness, self.1)))
    }
}

struct Shown<'a>(&'a Witness, Option<Sides<'a>>);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(witness, sides) = self;
        let mut map = serializer.serialize_map(None)?;
        if let Some(principal) = &witness.principal {
            map.serialize_entry("principal", principal)?;
        }
        map.serialize_entry("action", &witness.action)?;
        map.serialize_entry("resource", &witness.resource)?;
        // An empty list of values means that the key must be absent.
        let context: BTreeMap<&str, Values<'_>> = witness
            .context
            .iter()
            .filter(|(_, values)| !values.is_empty())
            .map(|(key, values)| (key.as_str(), Values(values)))
            .collect();
        map.serialize_entry("context", &context)?;
        map.serialize_entry("oldDecision", witness.old_decision.name())?;
        map.serialize_entry("newDecision", witness.new_decision.name())?;
        if let Some(note) = witness.beyond_the_reference() {
            map.serialize_entry("note", note)?;
        }
        if let Some((old, new)) = sides {
            let actions = actions(witness);
            map.serialize_entry("actions", &actions)?;
            map.serialize_entry("oldStatements", &described(*old, &witness.old_statements, witness))?;
            map.serialize_entry("newStatements", &described(*new, &witness.new_statements, witness))?;
        }
        map.end()
    }
}

/// A single value as a string, several as an array.
struct Values<'a>(&'a [String]);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            [only] => serializer.serialize_str(only),
            values => serializer.collect_seq(values),
        }
    }
}
