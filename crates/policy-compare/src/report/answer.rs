use crate::{Comparison, Options, Verdict};
use iam_policy_core::Partition;
use iam_policy_document::Document;

use crate::report::{Side, Subject};

/// A pair of policies to compare. A missing one allows nothing.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Pair<'a> {
    /// The document of a spec that the comparison concerns, if it should be shown.
    pub subject: Option<Subject>,
    /// The old policy.
    pub old: Option<&'a Side>,
    /// The new policy.
    pub new: Option<&'a Side>,
    /// What only one side has, if anything.
    pub only: Option<Only>,
}

/// What only one of the two sides has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Only {
    /// The policy.
    Policy,
    /// The policy in this partition.
    Partition,
    /// The trust policy of a policy that exists on both sides.
    Trust,
    /// The extensions. The other side is the policy without them.
    Extensions,
    /// The environment. The other side has the parameters' defaults.
    Environment,
    /// The readable version: the old policy may have existed, but could not be read.
    Readable,
}

impl<'a> Pair<'a> {
    /// Pairs two policies. The subject is set if both come from specs, or if there is only one.
    ///
    /// - `old`, `new`: the policies
    #[must_use]
    pub fn new(old: Option<&'a Side>, new: Option<&'a Side>) -> Self {
        let subject = |side: Option<&'a Side>| side.and_then(|side| side.subject.clone());
        Self {
            subject: match (old, new) {
                (Some(_), Some(_)) => subject(old).and(subject(new)),
                (old, new) => subject(new.or(old)),
            },
            old,
            new,
            only: (old.is_none() || new.is_none()).then_some(Only::Policy),
        }
    }

    /// Whether the new side lacks what this pair compares.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        let Some(new) = self.new else { return true };
        let Some(subject) = &new.subject else { return false };
        match self.only {
            Some(Only::Extensions) => subject.extensions.is_empty(),
            Some(Only::Environment) => subject.environment.is_none(),
            _ => false,
        }
    }
}

/// The result of a comparison, with the policies compared.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Answer<'a> {
    /// The policies compared.
    pub pair: Pair<'a>,
    /// How they differ.
    pub comparison: Comparison,
}

impl<'a> Answer<'a> {
    /// Compares two policies.
    ///
    /// - `options`: the options of the comparison
    /// - `pair`: the policies
    #[must_use]
    pub fn new(options: &Options, pair: Pair<'a>) -> Self {
        let documents =
            |side: Option<&'a Side>| -> Vec<&'a Document> { side.iter().map(|side| &side.document).collect() };
        let comparison = options.compare(documents(pair.old), documents(pair.new));
        Self { pair, comparison }
    }
}

/// Identifies a document of a spec, regardless of which partition comes first in its policy.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key<'a> {
    policy: &'a str,
    extensions: &'a [String],
    trust: bool,
    partition: Option<Partition>,
    environment: Option<&'a str>,
}

impl<'a> Key<'a> {
    /// - `renamed`: a policy's name, and the name to use in its place
    fn new(side: &'a Side, renamed: Option<(&str, &'a str)>) -> Option<Self> {
        let subject = side.subject.as_ref()?;
        Some(Self {
            policy: match renamed {
                Some((from, to)) if from == subject.policy => to,
                _ => &subject.policy,
            },
            extensions: &subject.extensions,
            trust: subject.trust,
            partition: side.partition,
            environment: subject.environment.as_deref(),
        })
    }
}

/// Documents generated from one spec.
struct Sides<'a> {
    all: &'a [Side],
    renamed: Option<(&'a str, &'a str)>,
}

impl<'a> Sides<'a> {
    fn keys(&self) -> impl Iterator<Item = (Key<'a>, &'a Side)> {
        let renamed = self.renamed;
        let all = self.all.iter();
        all.filter_map(move |side| Some((Key::new(side, renamed)?, side)))
    }

    /// The document of this side to compare with one of the other side, and what this side lacks.
    fn counterpart(&self, key: Key<'_>) -> (Option<&'a Side>, Option<Only>) {
        let find = |wanted: Key<'_>| self.keys().find(|(own, _)| *own == wanted).map(|(_, side)| side);
        if let Some(side) = find(key) {
            return (Some(side), None);
        }
        let of_policy = || self.keys().filter(|(own, _)| own.policy == key.policy);
        let own = Key { extensions: &[], ..key };
        if let Some(side) = find(own) {
            return (Some(side), Some(Only::Extensions));
        }
        let with_defaults = |key| Key {
            environment: None,
            ..key
        };
        match find(with_defaults(key)).or_else(|| find(with_defaults(own))) {
            Some(side) => (Some(side), Some(Only::Environment)),
            None if of_policy().next().is_none() => (None, Some(Only::Policy)),
            None if of_policy().any(|(own, _)| own.partition == key.partition) && key.trust => {
                (None, Some(Only::Trust))
            }
            None => (None, Some(Only::Partition)),
        }
    }
}

/// Pairs the policies of two specs: those with the same name, form and partition, followed by those that were removed.
/// A policy with an extension that only one side has is compared with the policy without it, and a policy in an environment
/// that only one side has with the policy that has the parameters' defaults.
///
/// - `old`, `new`: the policies
/// - `renamed`: the old name of a policy, and its new name
///
/// # Examples
///
/// ```
/// use iam_policy_compare::report::{Only, Side, Subject, paired};
/// use iam_policy_core::{Options, Policy};
///
/// let side = |name: &'static str| {
///     let text = r#"{"Statement": []}"#;
///     let side = Side::new("policies.toml", text, iam_policy_document::json::read(text.as_bytes()).document);
///     side.of(Subject::new(name), &Policy::new(name, "{}"), Options::DEFAULT)
/// };
/// let (old, new) = ([side("user"), side("role")], [side("user"), side("bot")]);
/// let pairs = paired(&old, &new, None);
/// let there: Vec<_> = pairs.iter().map(|pair| (pair.old.is_some(), pair.new.is_some(), pair.only)).collect();
/// let policy = Some(Only::Policy);
/// assert_eq!(there, [(true, true, None), (false, true, policy), (true, false, policy)]);
/// assert_eq!(paired(&old, &new, Some(("role", "bot"))).len(), 2);
/// ```
#[must_use]
pub fn paired<'a>(old: &'a [Side], new: &'a [Side], renamed: Option<(&'a str, &'a str)>) -> Vec<Pair<'a>> {
    let old = Sides { all: old, renamed };
    let new = Sides {
        all: new,
        renamed: None,
    };
    // The partition is only shown if it is not the first one of the policy.
    let is_first = |key: Key<'_>| {
        let mut all = new.keys().chain(old.keys());
        let first = all.find(|(other, _)| other.policy == key.policy);
        first.is_some_and(|(first, _)| first.partition == key.partition)
    };
    let pair = |key: Key<'a>, side: &'a Side, (other, only), is_new: bool| Pair {
        subject: side.subject.clone().map(|subject| Subject {
            partition: key.partition.filter(|_| !is_first(key)),
            ..subject
        }),
        old: if is_new { other } else { Some(side) },
        new: if is_new { Some(side) } else { other },
        only,
    };
    let of_new = new
        .keys()
        .map(|(key, side)| pair(key, side, old.counterpart(key), true));
    let gone = old.keys().filter_map(|(key, side)| {
        let counterpart = new.counterpart(key);
        counterpart.1?;
        Some(pair(key, side, counterpart, false))
    });
    of_new.chain(gone).collect()
}

/// The heading for a verdict.
pub(crate) fn heading(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Equivalent => "Nothing changes",
        Verdict::Narrowed => "Narrowed",
        Verdict::Widened => "Widened",
        Verdict::Incomparable => "Widened and narrowed",
        Verdict::Unknown => "Unknown",
    }
}
