use std::collections::HashMap;
use std::sync::Arc;

use iam_policy_core::{Options, ParameterValue, Partition, Policy, PolicyType, Statement};
use iam_policy_document::{Diagnostic, Document, Lines, SourceFile, StyledText};
use iam_policy_eval::PolicySet;

use crate::report::Subject;

/// A policy to compare, with its source and the reasons for its statements.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Side {
    /// The name of the source in reports, such as the name of a file.
    pub name: Arc<str>,
    /// The source text that the document's locations refer to.
    pub text: Arc<str>,
    /// The policy.
    pub document: Document,
    /// Which document of a spec it is, if it comes from one.
    pub subject: Option<Subject>,
    /// The partition, if it comes from a spec.
    pub partition: Option<Partition>,
    /// What the policy is for, if it comes from a spec.
    pub policy_type: Option<PolicyType>,
    /// The values of its environment.
    values: Vec<(String, Vec<String>)>,
    reasons: Arc<HashMap<String, Reasons>>,
}

/// The reason for a statement or a part of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Why {
    pub(crate) reason: Option<String>,
    /// What the program does if the permission is denied.
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

/// The reasons for a statement and its parts.
#[derive(Clone, Debug)]
pub(crate) struct Reasons {
    pub(crate) statement: Why,
    /// Actions with a reason, by pattern.
    pub(crate) actions: Vec<(String, Why)>,
    /// Resources with a reason, by pattern.
    pub(crate) resources: Vec<(String, Why)>,
}

impl Side {
    /// A policy without a spec.
    ///
    /// - `name`: the name of the source in reports; empty if there is no source to refer to
    /// - `text`: the source text
    /// - `document`: the policy, with locations in the text
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>, document: Document) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            document,
            subject: None,
            partition: None,
            policy_type: None,
            values: Vec::new(),
            reasons: Arc::default(),
        }
    }

    /// Marks this policy as a document of a spec, which gives the reasons for its statements.
    ///
    /// - `subject`: which document it is
    /// - `policy`: the policy in the spec
    /// - `options`: the options that the document was rendered with
    #[must_use]
    pub fn of(mut self, subject: Subject, policy: &Policy<'_>, options: Options<'_>) -> Self {
        let extensions = policy.extensions.iter().flat_map(|extension| extension.statements);
        let statements = policy.statements.iter().chain(extensions);
        let reasons = statements.map(|statement| (statement.sid.to_owned(), Reasons::new(policy, statement, options)));
        self.reasons = Arc::new(reasons.collect());
        self.partition = options.partition.or(policy.partitions.first().copied());
        let values = options.environment.iter().flat_map(|environment| environment.values);
        let owned = |value: &ParameterValue<'_>| value.elements().map(ToOwned::to_owned).collect();
        self.values = values.map(|(name, value)| ((*name).to_owned(), owned(value))).collect();
        self.policy_type = Some(if subject.trust {
            PolicyType::Trust
        } else {
            policy.policy_type
        });
        self.subject = Some(subject);
        self
    }

    /// Names this policy among those of its source, by which it is paired with another one.
    #[must_use]
    pub fn named(mut self, subject: Subject) -> Self {
        self.subject = Some(subject);
        self
    }

    /// Whether both have the same values of their environments.
    pub(crate) fn has_values_of(&self, other: &Self) -> bool {
        self.values == other.values
    }

    pub(crate) fn reasons(&self, sid: &str) -> Option<&Reasons> {
        self.reasons.get(sid)
    }

    /// Describes why AWS would not store the policy; `None` if it would.
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
