use std::collections::HashMap;
use std::sync::Arc;

use iam_policy_core::{Options, Partition, Policy, Statement};
use iam_policy_document::{Diagnostic, Document, Lines, SourceFile, StyledText};
use iam_policy_eval::PolicySet;

use crate::report::Subject;

/// A policy that is compared, and what there is to say about it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Side {
    /// What readers call the text that it is from, such as a file's name.
    pub name: Arc<str>,
    /// The text, in which the document's elements have their places.
    pub text: Arc<str>,
    /// The policy.
    pub document: Document,
    /// Which of a spec's documents it is, if it is from a spec.
    pub subject: Option<Subject>,
    /// Its partition, if it is from a spec.
    pub partition: Option<Partition>,
    reasons: Arc<HashMap<String, Reasons>>,
}

/// Why something is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Why {
    pub(crate) reason: Option<String>,
    /// What the program does when it is denied.
    pub(crate) without: Option<String>,
}

impl Why {
    fn new(reason: &str, without: Option<&str>) -> Self {
        Self {
            reason: on_one_line(reason),
            without: without.and_then(on_one_line),
        }
    }

    fn is_known(&self) -> bool {
        *self != Self::default()
    }
}

/// Why a statement and its parts are there.
#[derive(Clone, Debug)]
pub(crate) struct Reasons {
    pub(crate) statement: Why,
    /// By the pattern, where there is something to say.
    pub(crate) actions: Vec<(String, Why)>,
    /// Likewise.
    pub(crate) resources: Vec<(String, Why)>,
}

impl Side {
    /// A policy of which no more is known than what it says.
    ///
    /// - `name`: what readers call the text; empty, if there is none that they could look at
    /// - `text`: what it was read from
    /// - `document`: the policy, with its places in the text
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>, document: Document) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            document,
            subject: None,
            partition: None,
            reasons: Arc::default(),
        }
    }

    /// The same as one of the documents of a policy from a spec, which says why each statement is there.
    ///
    /// - `subject`: which one
    /// - `policy`: the policy
    /// - `options`: with which the document was made
    #[must_use]
    pub fn of(mut self, subject: Subject, policy: &Policy<'_>, options: Options<'_>) -> Self {
        let extensions = policy.extensions.iter().flat_map(|extension| extension.statements);
        let statements = policy.statements.iter().chain(extensions);
        let reasons = statements.map(|statement| (statement.sid.to_owned(), Reasons::new(policy, statement, options)));
        self.reasons = Arc::new(reasons.collect());
        self.partition = options.partition.or(policy.partitions.first().copied());
        self.subject = Some(subject);
        self
    }

    pub(crate) fn reasons(&self, sid: &str) -> Option<&Reasons> {
        self.reasons.get(sid)
    }

    /// Why AWS would not accept the policy; `None` if it would.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_compare::report::Side;
    ///
    /// let text = r#"{"Statement": {"Effect": "Maybe"}}"#;
    /// let side = Side::new("user.json", text, iam_policy_document::json::read(text.as_bytes()).document);
    /// let mistake = side.mistake().unwrap();
    /// assert!(mistake.as_str().starts_with("error: `Maybe` is neither `Allow` nor `Deny`\n --> user.json:1:26\n"));
    /// ```
    #[must_use]
    pub fn mistake(&self) -> Option<StyledText> {
        let error = PolicySet::compile(self.document.inferred_type(), [&self.document]).err()?;
        let lines = Lines::new(self.text.as_bytes());
        Some(SourceFile::new(&self.name, &lines).show_all([&Diagnostic::from(&error)]))
    }
}

impl Reasons {
    fn new(policy: &Policy<'_>, statement: &Statement<'_>, options: Options<'_>) -> Self {
        let (_, actions) = statement.action_element();
        let actions = actions.iter().map(|action| {
            let why = Why::new(action.reason.unwrap_or_default(), action.without);
            (action.pattern.to_owned(), why)
        });
        let (_, resources) = statement.resource_element();
        let resources = resources.iter().map(|resource| {
            let why = Why::new(resource.reason.unwrap_or_default(), resource.without);
            (policy.expand(resource.arn, options).to_string(), why)
        });
        Self {
            statement: Why::new(statement.reason, statement.without),
            actions: actions.filter(|(_, why)| why.is_known()).collect(),
            resources: resources.filter(|(_, why)| why.is_known()).collect(),
        }
    }
}

fn on_one_line(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}
