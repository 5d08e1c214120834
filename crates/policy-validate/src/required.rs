use std::fmt;

use iam_policy_core::{Effect, Options, Policy, Style};
use iam_policy_document::{Document, Element, Statement as Written, Value};
use iam_policy_eval::{PolicyError, PolicySet, PolicyType};

/// The policy whose permissions a principal must have: a document, with the reasons for its contents.
///
/// # Examples
///
/// ```
/// use iam_policy_validate::Required;
///
/// let document = iam_policy_document::json::read(
///     br#"{"Statement": {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}}"#,
/// );
/// let required = Required::from_document(document.document)?;
/// assert_eq!(required.statements()[0].sid.as_deref(), Some("Read"));
/// # Ok::<(), iam_policy_eval::PolicyError>(())
/// ```
#[derive(Debug)]
pub struct Required {
    pub(crate) document: Document,
    pub(crate) compiled: PolicySet,
    statements: Vec<Statement>,
}

/// A statement of a required policy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statement {
    /// Its Sid.
    pub sid: Option<String>,
    /// Its id in the spec.
    pub id: Option<String>,
    /// Allow or Deny.
    pub effect: Effect,
    /// Its actions, or the ones it excludes.
    pub actions: Vec<Entry>,
    /// Whether it matches all actions except these.
    pub not_action: bool,
    /// Its resources, or the ones it excludes.
    pub resources: Vec<Entry>,
    /// Whether it matches all resources except these.
    pub not_resource: bool,
    /// The reason, in Markdown.
    pub reason: Option<String>,
    /// What the program does if it is denied.
    pub without: Option<String>,
}

/// An action or a resource of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// As written in the document.
    pub text: String,
    /// Its own reason, if it has one.
    pub reason: Option<String>,
    /// What the program does if it is denied.
    pub without: Option<String>,
}

/// The elements of a statement that are asked about one by one. A list of exclusions is asked about as a whole, which
/// is `None`.
pub(crate) fn each(all_but: bool, entries: &[Entry]) -> Vec<Option<&str>> {
    if all_but {
        return vec![None];
    }
    entries.iter().map(|entry| Some(entry.text.as_str())).collect()
}

impl Statement {
    /// The Sid, or the position of the statement in the document.
    #[must_use]
    pub fn name(&self, index: usize) -> String {
        match &self.sid {
            Some(sid) => sid.clone(),
            None => format!("statement {}", index + 1),
        }
    }

    /// Why an action is needed on a resource: the most specific reason, which is the action's own, otherwise the
    /// resource's, otherwise the statement's.
    ///
    /// - `action`, `resource`: as written in the document
    #[must_use]
    pub fn reason_for(&self, action: &str, resource: &str) -> Option<&str> {
        self.most_specific(
            action,
            resource,
            |entry| entry.reason.as_deref(),
            self.reason.as_deref(),
        )
    }

    /// What the program does if an action is denied on a resource, chosen the same way.
    #[must_use]
    pub fn without(&self, action: &str, resource: &str) -> Option<&str> {
        self.most_specific(
            action,
            resource,
            |entry| entry.without.as_deref(),
            self.without.as_deref(),
        )
    }

    fn most_specific<'s>(
        &'s self,
        action: &str,
        resource: &str,
        of: impl Fn(&'s Entry) -> Option<&'s str>,
        whole: Option<&'s str>,
    ) -> Option<&'s str> {
        let find = |entries: &'s [Entry], text: &str| entries.iter().find(|entry| entry.text == text).and_then(&of);
        find(&self.actions, action)
            .or_else(|| find(&self.resources, resource))
            .or(whole)
    }
}

impl Required {
    /// Reads the required permissions from a document, which has no reasons.
    ///
    /// - `document`: an identity policy
    ///
    /// # Errors
    ///
    /// If AWS would not store the document.
    pub fn from_document(document: Document) -> Result<Self, PolicyError> {
        let compiled = PolicySet::compile(PolicyType::Identity, [&document])?;
        let statements = document.statements().map(read).collect();
        Ok(Self {
            document,
            compiled,
            statements,
        })
    }

    /// The permissions that a policy of a spec requires, with its reasons.
    ///
    /// - `options`: its partition, parameters and extensions; the style does not matter
    ///
    /// # Errors
    ///
    /// If the policy cannot be rendered with these options.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_validate::Required;
    /// use remotion_lambda_policies::USER;
    ///
    /// let required = Required::from_policy(&USER, iam_policy_core::Options::DEFAULT)?;
    /// let statement = &required.statements()[0];
    /// assert_eq!(statement.id.as_deref(), Some("handle-quotas"));
    /// # Ok::<(), iam_policy_validate::RequiredError>(())
    /// ```
    pub fn from_policy<'p>(policy: &Policy<'p>, options: Options<'p>) -> Result<Self, RequiredError> {
        let options = options.style(Style::MINIFIED.scalars(true));
        let document = Document::from(
            policy
                .render(options)
                .map_err(|error| RequiredError(error.display(&options).to_string()))?,
        );
        let mut required = Self::from_document(document).map_err(|error| RequiredError(error.to_string()))?;
        let partition = options.partition.unwrap_or(policy.default_partition());
        let specified = policy.statement_sizes(options).map(|(statement, _)| statement);
        for (statement, spec) in required.statements.iter_mut().zip(specified) {
            let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            statement.id = text(spec.id);
            statement.reason = text(spec.reason);
            statement.without = spec.without.map(str::to_owned);
            let actions = spec
                .action_element()
                .1
                .iter()
                .map(|action| (action.reason, action.without));
            annotate(&mut statement.actions, actions);
            let there = spec
                .resource_element()
                .1
                .iter()
                .filter(|resource| resource.is_in(partition));
            annotate(
                &mut statement.resources,
                there.map(|resource| (resource.reason, resource.without)),
            );
        }
        Ok(required)
    }

    /// The document.
    #[must_use]
    pub const fn document(&self) -> &Document {
        &self.document
    }

    /// Its statements, in order.
    #[must_use]
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// The statements that allow, each with its index.
    pub(crate) fn granting(&self) -> impl Iterator<Item = (usize, &Statement)> {
        let all = self.statements.iter().enumerate();
        all.filter(|(_, statement)| statement.effect == Effect::Allow)
    }

    /// The statement with this index, as written in the document.
    pub(crate) fn written(&self, index: usize) -> Option<Written<'_>> {
        self.document.statements().nth(index)
    }
}

/// The policy of a spec cannot be rendered with the given options.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RequiredError(String);

impl fmt::Display for RequiredError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RequiredError {}

fn read(written: Written<'_>) -> Statement {
    let text = |element| {
        let value = written.element(element)?.value;
        value.as_str().map(str::to_owned)
    };
    let list = |element| -> Vec<Entry> {
        let values = written.element(element).into_iter();
        values
            .flat_map(|member| member.value.one_or_many())
            .filter_map(Value::as_str)
            .map(|text| Entry {
                text: text.to_owned(),
                reason: None,
                without: None,
            })
            .collect()
    };
    let not_action = written.element(Element::NotAction).is_some();
    let not_resource = written.element(Element::NotResource).is_some();
    Statement {
        sid: text(Element::Sid),
        id: None,
        effect: match text(Element::Effect).as_deref() {
            Some("Deny") => Effect::Deny,
            _ => Effect::Allow,
        },
        actions: list(if not_action {
            Element::NotAction
        } else {
            Element::Action
        }),
        not_action,
        resources: list(if not_resource {
            Element::NotResource
        } else {
            Element::Resource
        }),
        not_resource,
        reason: None,
        without: None,
    }
}

fn annotate<'a>(entries: &mut [Entry], notes: impl Iterator<Item = (Option<&'a str>, Option<&'a str>)>) {
    for (entry, (reason, without)) in entries.iter_mut().zip(notes) {
        entry.reason = reason.map(str::to_owned);
        entry.without = without.map(str::to_owned);
    }
}
