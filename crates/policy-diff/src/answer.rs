use policy_compare::{Comparison, Options, Verdict};
use policy_document::Document;

use crate::{Side, Subject};

/// The old policy and the new one. One that is not there allows nothing.
pub type Pair<'a> = (Option<&'a Side>, Option<&'a Side>);

/// What a comparison came to, and what was compared. A side that is not there allows nothing.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Answer<'a> {
    /// Which of a spec's documents it is about, if that is to be told.
    pub subject: Option<&'a Subject>,
    /// The old policy.
    pub old: Option<&'a Side>,
    /// The new policy.
    pub new: Option<&'a Side>,
    /// How the one stands to the other.
    pub comparison: Comparison,
}

impl<'a> Answer<'a> {
    /// Compares two policies. It is about a spec's document if both are from specs, or if there is only one.
    ///
    /// - `options`: how
    /// - `pair`: the policies
    #[must_use]
    pub fn new(options: &Options, (old, new): Pair<'a>) -> Self {
        let documents =
            |side: Option<&'a Side>| -> Vec<&'a Document> { side.iter().map(|side| &side.document).collect() };
        let subject = |side: Option<&'a Side>| side.and_then(|side| side.subject.as_ref());
        Self {
            subject: match (old, new) {
                (Some(_), Some(_)) => subject(old).and(subject(new)),
                (old, new) => subject(new.or(old)),
            },
            old,
            new,
            comparison: options.compare(documents(old), documents(new)),
        }
    }
}

/// Which policy of a spec is to be compared with which of another: those of the same name in the same form, and then those that
/// are gone.
///
/// - `old`, `new`: the policies
/// - `renamed`: a name of the old ones and the name of a new one that is meant by it
///
/// # Examples
///
/// ```
/// use policy_diff::{Side, Subject, paired};
/// use policy_core::{Options, Policy};
///
/// let side = |name: &'static str| {
///     let text = r#"{"Statement": []}"#;
///     let side = Side::new("policies.toml", text, policy_json::read(text.as_bytes()).document);
///     side.of(Subject::new(name), &Policy::new(name, "{}"), Options::DEFAULT)
/// };
/// let (old, new) = ([side("user"), side("role")], [side("user"), side("bot")]);
/// let pairs = paired(&old, &new, None);
/// let there: Vec<_> = pairs.iter().map(|(old, new)| (old.is_some(), new.is_some())).collect();
/// assert_eq!(there, [(true, true), (false, true), (true, false)]);
/// assert_eq!(paired(&old, &new, Some(("role", "bot"))).len(), 2);
/// ```
#[must_use]
pub fn paired<'a>(old: &'a [Side], new: &'a [Side], renamed: Option<(&str, &str)>) -> Vec<Pair<'a>> {
    let key = |side: &Side| -> Option<Subject> {
        let mut subject = side.subject.clone()?;
        if let Some((_, to)) = renamed.filter(|(from, _)| *from == subject.policy) {
            to.clone_into(&mut subject.policy);
        }
        Some(subject)
    };
    let of_new = new.iter().map(|new| {
        let old = old.iter().find(|old| key(old) == new.subject);
        (old, Some(new))
    });
    let gone = old.iter().filter(|old| !new.iter().any(|new| new.subject == key(old)));
    of_new.chain(gone.map(|old| (Some(old), None))).collect()
}

/// How a verdict is told.
pub(crate) fn told(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Equivalent => "Nothing changes",
        Verdict::Narrowed => "Narrowed",
        Verdict::Widened => "Widened",
        Verdict::Incomparable => "Widened and narrowed",
        Verdict::Unknown => "Unknown",
    }
}
