use std::collections::HashMap;
use std::sync::Arc;

use policy_document::{Document, Lines};
use policy_eval::{PolicyKind, PolicySet};
use serde_json::value::RawValue;

/// Compiled policies by the text that they were compiled from, since lines repeat them. Two halves of bounded size: what has not been asked for while the other half
/// filled is forgotten, so any number of lines takes the same memory.
#[derive(Default)]
pub(crate) struct Cache {
    young: HashMap<Box<str>, Arc<Compiled>>,
    old: HashMap<Box<str>, Arc<Compiled>>,
    /// The bytes of the keys in `young`.
    size: usize,
    /// What was asked for last.
    last: Option<(Box<str>, Arc<Compiled>)>,
}

/// How many bytes of policies each half holds.
const HALF: usize = 4 << 20;

/// What became of the policies of a line under one key: a set for each level, or what is wrong.
pub(crate) type Compiled = Result<Box<[PolicySet]>, String>;

impl Cache {
    /// The policies of `source`, compiled by `compile` unless they are known.
    pub(crate) fn get(&mut self, source: &str, compile: impl FnOnce() -> Compiled) -> Arc<Compiled> {
        if let Some((known, compiled)) = &self.last
            && **known == *source
        {
            return Arc::clone(compiled);
        }
        let compiled = match self.young.get(source) {
            Some(compiled) => Arc::clone(compiled),
            None => {
                let compiled = self.old.remove(source).unwrap_or_else(|| Arc::new(compile()));
                self.size += source.len();
                if self.size > HALF {
                    self.size = source.len();
                    self.old = std::mem::take(&mut self.young);
                }
                self.young.insert(source.into(), Arc::clone(&compiled));
                compiled
            }
        };
        self.last = Some((source.into(), Arc::clone(&compiled)));
        compiled
    }
}

/// `[document, …]` as one set.
///
/// - `key`: the key under which the policies stand, for messages
pub(crate) fn list(kind: PolicyKind, key: &str, source: &RawValue) -> Compiled {
    let documents: Vec<&RawValue> = items(key, "an array of policies", source)?;
    Ok(Box::new([set(kind, &documents, |number| format!("{key}[{number}]"))?]))
}

/// `[[document, …], …]` as a set for each level.
pub(crate) fn levels(kind: PolicyKind, key: &str, source: &RawValue) -> Compiled {
    let levels: Vec<&RawValue> = items(key, "an array of levels", source)?;
    let level = |(number, level): (usize, &&RawValue)| {
        let key = format!("{key}[{number}]");
        let documents: Vec<&RawValue> = items(&key, "an array of policies", level)?;
        set(kind, &documents, |number| format!("{key}[{number}]"))
    };
    levels.iter().enumerate().map(level).collect()
}

/// One document as a set.
pub(crate) fn single(kind: PolicyKind, key: &str, source: &RawValue) -> Compiled {
    Ok(Box::new([set(kind, &[source], |_| key.to_owned())?]))
}

fn items<'s>(key: &str, expected: &str, source: &'s RawValue) -> Result<Vec<&'s RawValue>, String> {
    serde_json::from_str(source.get()).map_err(|_| format!("`{key}`: expected {expected}"))
}

fn set(kind: PolicyKind, sources: &[&RawValue], name: impl Fn(usize) -> String) -> Result<PolicySet, String> {
    let documents: Vec<Document> = sources
        .iter()
        .enumerate()
        .map(|(number, source)| {
            let source = source.get().as_bytes();
            let reading = policy_json::read(source);
            match reading.problems.first() {
                None => Ok(reading.document),
                Some(problem) => {
                    let position = Lines::new(source).position(problem.span.start);
                    Err(format!("`{}`, {position}: {problem}", name(number)))
                }
            }
        })
        .collect::<Result<_, _>>()?;
    PolicySet::compile(kind, &documents).map_err(|error| {
        let name = name(error.policy);
        if error.path.0.is_empty() {
            format!("`{name}`: {}", error.kind)
        } else {
            format!("`{name}.{}`: {}", error.path, error.kind)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let mut cache = Cache::default();
        let filler = "x".repeat(HALF / 4);
        let mut compiled = 0;
        for number in 0..40 {
            for source in ["kept".to_owned(), format!("{number}{filler}")] {
                let _ = cache.get(&source, || {
                    compiled += 1;
                    Ok(Box::default())
                });
            }
            let held: usize = cache.young.keys().chain(cache.old.keys()).map(|key| key.len()).sum();
            assert!(held < 3 * HALF, "{held}");
        }
        assert_eq!(compiled, 41);
    }
}
