use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use crate::{PolicyError, PolicySet, PolicyType};
use iam_policy_document::{Document, Lines};
use serde_json::value::RawValue;

/// Caches compiled policies by their source text, since lines repeat them.
///
/// The first texts are kept immediately; after that, a text is kept when it appears for the second time, so input that
/// never repeats costs no more than reading it. The cache has two halves of bounded size: entries not used while the
/// other half fills up are dropped. Memory does not depend on the number of lines.
pub(crate) struct Cache {
    /// The last hit, which is often the next one as well.
    last: Option<Arc<Kept>>,
    young: HashMap<u64, Arc<Kept>>,
    old: HashMap<u64, Arc<Kept>>,
    /// The total size of the texts in `young`, in bytes.
    size: usize,
    hasher: RandomState,
    /// Hashes of texts seen once, in a table indexed by hash.
    seen: Box<[u64]>,
}

/// Compiled policies and their source text.
pub(crate) struct Kept {
    source: Box<str>,
    pub(crate) compiled: Compiled,
}

/// The bytes of text that each half holds. The compiled form takes about five times as much.
const HALF: usize = 1 << 20;

/// The bytes of text that are kept on first sight.
const AT_ONCE: usize = HALF / 4;

/// How many texts seen once are remembered.
const SEEN: usize = 1 << 12;

/// The policies under one key of a line: a set for each level, or the error.
pub(crate) type Compiled = Result<Box<[PolicySet]>, String>;

impl Default for Cache {
    fn default() -> Self {
        Self {
            last: None,
            young: HashMap::new(),
            old: HashMap::new(),
            size: 0,
            hasher: RandomState::new(),
            seen: vec![0; SEEN].into(),
        }
    }
}

impl Cache {
    /// The policies of `source`, compiled by `compile` unless cached.
    pub(crate) fn get(&mut self, source: &str, compile: impl FnOnce() -> Compiled) -> Arc<Kept> {
        let is_it = |kept: &&Arc<Kept>| *kept.source == *source;
        if let Some(kept) = self.last.as_ref().filter(is_it) {
            return Arc::clone(kept);
        }
        let hash = self.hasher.hash_one(source);
        let kept = match self.young.get(&hash).filter(is_it) {
            Some(kept) => Arc::clone(kept),
            None => match self.old.remove(&hash).filter(|kept| is_it(&kept)) {
                Some(kept) => self.keep(hash, kept),
                None if !self.has_room(source) && self.is_new(hash) => {
                    return Arc::new(Kept {
                        source: Box::default(),
                        compiled: compile(),
                    });
                }
                None => self.keep(
                    hash,
                    Arc::new(Kept {
                        source: source.into(),
                        compiled: compile(),
                    }),
                ),
            },
        };
        self.last = Some(Arc::clone(&kept));
        kept
    }

    /// Whether `source` is among the first texts.
    fn has_room(&self, source: &str) -> bool {
        self.old.is_empty() && self.size + source.len() <= AT_ONCE
    }

    /// Whether a text with this hash has not been seen recently; records it.
    fn is_new(&mut self, hash: u64) -> bool {
        let place = usize::try_from(hash % SEEN as u64).unwrap_or_default();
        let before = self.seen.get_mut(place).map(|seen| std::mem::replace(seen, hash));
        before != Some(hash)
    }

    fn keep(&mut self, hash: u64, kept: Arc<Kept>) -> Arc<Kept> {
        self.size += kept.source.len();
        if self.size > HALF {
            self.size = kept.source.len();
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(hash, Arc::clone(&kept));
        kept
    }
}

/// Compiles `[document, …]` into one set.
///
/// - `key`: the key that holds the policies, for messages
pub(crate) fn list(policy_type: PolicyType, key: &str, source: &RawValue) -> Compiled {
    let documents: Vec<&RawValue> = items(key, "an array of policies", source)?;
    Ok(Box::new([set(policy_type, &documents, |number| {
        format!("{key}[{number}]")
    })?]))
}

/// Compiles `[[document, …], …]` into one set per level.
pub(crate) fn levels(policy_type: PolicyType, key: &str, source: &RawValue) -> Compiled {
    let levels: Vec<&RawValue> = items(key, "an array of levels", source)?;
    let level = |(number, level): (usize, &&RawValue)| {
        let key = format!("{key}[{number}]");
        let documents: Vec<&RawValue> = items(&key, "an array of policies", level)?;
        set(policy_type, &documents, |number| format!("{key}[{number}]"))
    };
    levels.iter().enumerate().map(level).collect()
}

/// Compiles one document into a set.
pub(crate) fn single(policy_type: PolicyType, key: &str, source: &RawValue) -> Compiled {
    Ok(Box::new([set(policy_type, &[source], |_| key.to_owned())?]))
}

fn items<'s>(key: &str, expected: &str, source: &'s RawValue) -> Result<Vec<&'s RawValue>, String> {
    serde_json::from_str(source.get()).map_err(|_| format!("`{key}`: expected {expected}"))
}

fn set(policy_type: PolicyType, sources: &[&RawValue], name: impl Fn(usize) -> String) -> Result<PolicySet, String> {
    let documents: Vec<Document> = sources
        .iter()
        .enumerate()
        .map(|(number, source)| document(|| name(number), source.get()))
        .collect::<Result<_, _>>()?;
    PolicySet::compile(policy_type, &documents).map_err(|error| wrong(&name(error.policy), &error))
}

fn document(name: impl FnOnce() -> String, source: &str) -> Result<Document, String> {
    let reading = iam_policy_document::json::read(source.as_bytes());
    match reading.problems.first() {
        None => Ok(reading.document),
        Some(problem) => {
            let position = Lines::new(source.as_bytes()).position(problem.start());
            Err(format!("`{}`, {position}: {}", name(), problem.message))
        }
    }
}

fn wrong(name: &str, error: &PolicyError) -> String {
    if error.path.0.is_empty() {
        format!("`{name}`: {}", error.kind)
    } else {
        format!("`{name}.{}`: {}", error.path, error.kind)
    }
}

/// Reads a policy from the value of a key in a line.
///
/// - `name`: the key, for messages
///
/// # Errors
///
/// If it is invalid: what is wrong, and where.
///
/// # Examples
///
/// ```
/// use iam_policy_eval::simulate::read_policy;
///
/// assert!(read_policy("old", r#"{"Statement": []}"#).is_ok());
/// assert_eq!(
///     read_policy("old", r#"{"Statement": {"Effect": "Alow"}}"#).err().as_deref(),
///     Some("`old.Statement.Effect`: `Alow` is neither `Allow` nor `Deny`"),
/// );
/// ```
pub fn read_policy(name: &str, source: &str) -> Result<Document, String> {
    let document = document(|| name.to_owned(), source)?;
    match PolicySet::compile(document.inferred_type(), [&document]) {
        Ok(_) => Ok(document),
        Err(error) => Err(wrong(name, &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recently_used_entries_stay() {
        let mut cache = Cache::default();
        let filler = "x".repeat(AT_ONCE / 2);
        let mut compiled = Vec::new();
        for number in 0..40 {
            let once = format!("once{number}{filler}");
            let twice = format!("twice{number}{filler}");
            for source in ["kept", &once, &twice, &twice, &twice] {
                let _ = cache.get(source, || {
                    compiled.push(source[..4].to_owned());
                    Ok(Box::default())
                });
            }
            let kept = cache.young.values().chain(cache.old.values());
            let held: usize = kept.map(|kept| kept.source.len()).sum();
            assert!(held <= 2 * HALF, "{held}");
        }
        let count = |name| compiled.iter().filter(|source| *source == name).count();
        assert_eq!((count("kept"), count("once")), (1, 40));
        // Compiled again each time until it is cached.
        assert_eq!(count("twic"), 80);
    }
}
