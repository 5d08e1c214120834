use std::fmt::{self, Display};
use std::ops::Range;

use crate::{Condition, Policy, Statement};
use iam_policy_core::visit::{Part, Visitor};
use iam_policy_core::{Options, Rendered};
use iam_policy_document::{Builder, Document, Path, Span, Step};

/// Returns a policy of a spec as the document that AWS receives.
///
/// Every element has its span in the TOML text, and its path in terms of the spec's own keys.
///
/// - `policy`: the policy in the spec
/// - `lowered`: the same policy from [`with_policies`](crate::with_policies)
/// - `options`: the partition and the extensions
///
/// # Examples
///
/// ```
/// use iam_policy_core::Options;
/// use iam_policy_spec::compile::document;
/// use iam_policy_spec::{Source, read, with_policies};
///
/// let source = Source::new("policies.toml", r#"
/// [policy.user]
/// [[policy.user.statement]]
/// id        = "list"
/// reason    = "Finds the bucket."
/// actions   = ["s3:ListAllMyBuckets"]
/// resources = ["*"]
/// "#);
/// let (spec, _) = read(&source);
/// let document = with_policies(&spec, |lowered| document(&spec.policies[0], &lowered[0], Options::DEFAULT));
///
/// let statement = document.statements().next().unwrap();
/// let action = statement.0.get("Action").unwrap().value.one_or_many().next().unwrap();
/// assert_eq!(action.span().and_then(|span| span.of(source.text())), Some("\"s3:ListAllMyBuckets\""));
/// assert_eq!(action.path().to_string(), "policy.user.statement[0].actions[0]");
/// ```
#[must_use]
pub fn document(policy: &Policy, lowered: &iam_policy_core::Policy<'_>, options: Options<'_>) -> Document {
    let place = vec![value("policy"), value(&policy.name.value)];
    Located::new(policy, place, &policy.name.span).build(&lowered.render_unchecked(options))
}

/// Returns the trust policy of a policy as a document, like [`document()`]; `None` if it has none.
///
/// - `policy`: the policy in the spec
/// - `lowered`: the same policy from [`with_policies`](crate::with_policies)
/// - `options`: the partition
#[must_use]
pub fn trust_document(
    policy: &Policy,
    lowered: &iam_policy_core::Policy<'_>,
    options: Options<'_>,
) -> Option<Document> {
    let trust = policy.trust.as_ref()?;
    let place = vec![value("policy"), value(&policy.name.value), value("trust")];
    Some(Located::new(policy, place, &trust.span).build(&lowered.render_trust_unchecked(options)?))
}

pub(crate) fn value(name: &str) -> Step {
    Step::value(name)
}

fn span(range: &Range<usize>) -> Span {
    Span::new(range.start, range.end)
}

/// The text of a template in a partition, with the parameters' defaults.
pub(crate) fn expanded(
    template: &crate::Template,
    lowered: &iam_policy_core::Policy<'_>,
    options: Options<'_>,
) -> String {
    let template = iam_policy_core::Template::new(&template.source.value, &template.text);
    lowered.expand(template, options).to_string()
}

/// Builds a document in which every element has its location in the spec.
struct Located<'s> {
    builder: Builder,
    policy: &'s Policy,
    /// The path to the current statement, or to the whole policy.
    place: Vec<Step>,
    statement: Option<&'s Statement>,
    condition: Option<&'s Condition>,
    /// The location of the next key.
    key: Option<Span>,
    /// The location of the next value.
    value: Option<Span>,
}

impl<'s> Located<'s> {
    /// - `place`: the path to the policy or trust policy
    /// - `header`: its location
    fn new(policy: &'s Policy, place: Vec<Step>, header: &Range<usize>) -> Self {
        let mut located = Self {
            builder: Builder::new(),
            policy,
            place,
            statement: None,
            condition: None,
            key: None,
            value: Some(span(header)),
        };
        located.path(&[]);
        located
    }

    fn build(mut self, rendered: &Rendered<'_>) -> Document {
        // A builder accepts everything.
        let _ = rendered.visit(&mut self);
        self.builder.finish()
    }

    /// Sets the path of the next value, relative to the current statement.
    fn path(&mut self, steps: &[Step]) {
        self.builder.path(Path([self.place.as_slice(), steps].concat()));
    }

    /// Sets the path and the location of the next value, which belongs to this key in the spec.
    fn element(&mut self, key: &str, location: Option<Span>) {
        self.path(&[value(key)]);
        self.value = location;
    }

    /// Sets the path and the location of the next value, which is an element of the list with this key in the spec.
    fn item(&mut self, key: &str, index: usize, location: &Range<usize>) {
        self.path(&[value(key), Step::Index(index)]);
        self.value = Some(span(location));
    }

    fn enter_trust(&mut self, index: usize) {
        let policy = self.policy;
        self.place = vec![value("policy"), value(&policy.name.value), value("trust")];
        let Some(trust) = &policy.trust else { return };
        if !trust.is_short {
            self.place.extend([value("statement"), Step::Index(index)]);
        }
        self.statement = trust.statements.get(index);
    }

    fn enter(&mut self, extension: Option<usize>, index: usize) {
        let policy = self.policy;
        self.place = vec![value("policy"), value(&policy.name.value)];
        let mut statements = &policy.statements;
        if let Some(extension) = extension.and_then(|number| policy.extensions.get(number)) {
            self.place.extend([value("extension"), value(&extension.name.value)]);
            statements = &extension.statements;
        }
        self.place.extend([value("statement"), Step::Index(index)]);
        self.statement = statements.get(index);
    }

    /// The location of the current statement.
    fn header(&self) -> Option<Span> {
        self.statement.map(|statement| span(&statement.span))
    }

    /// The conditions of the current statement.
    fn conditions(&self) -> &'s [Condition] {
        self.statement.map_or(&[], |statement| &statement.conditions)
    }

    fn statement_part(&mut self, part: Part, statement: &'s Statement) {
        match part {
            Part::Statement { .. } | Part::TrustStatement(_) => {
                self.path(&[]);
                self.value = self.header();
            }
            Part::Sid => self.element("sid", Some(span(&statement.sid.span))),
            Part::Effect => self.element("effect", Some(span(&statement.id.span))),
            Part::Principals => {
                let first = statement.named_principals().0.first();
                self.key = first.map(|principal| span(&principal.name.source.span));
                self.element(first.map_or("principals", |principal| principal.list.key()), self.key);
            }
            Part::PrincipalKey(index) => {
                if let Some(principal) = statement.named_principals().0.get(index) {
                    self.key = Some(span(&principal.name.source.span));
                    self.element(principal.list.key(), self.key);
                }
            }
            Part::Principal(index) => {
                if let Some(principal) = statement.named_principals().0.get(index) {
                    self.item(principal.list.key(), principal.index, &principal.name.source.span);
                }
            }
            Part::Actions => {
                self.key = self.header();
                self.element(statement.action_key().0, None);
            }
            Part::Action(index) => {
                let (key, actions) = statement.action_key();
                if let Some(action) = actions.get(index) {
                    self.item(key, index, &action.pattern.span);
                }
            }
            Part::Resources => {
                self.key = self.header();
                self.element(statement.resource_key().0, None);
            }
            Part::Resource(index) => {
                let (key, resources) = statement.resource_key();
                if let Some(resource) = resources.get(index) {
                    self.item(key, index, &resource.arn.source.span);
                }
            }
            _ => self.condition_part(part),
        }
    }

    fn condition_part(&mut self, part: Part) {
        match part {
            Part::Conditions => self.element("condition", None),
            Part::Operator(index) => {
                let condition = self.conditions().get(index);
                self.key = condition.map(|condition| span(&condition.operator.span));
            }
            Part::Condition(index) => {
                self.condition = self.conditions().get(index);
                self.key = self.condition.map(|condition| span(&condition.key.span));
            }
            Part::Value(index) => {
                let value = self.condition.and_then(|condition| condition.values.get(index));
                self.value = value.map(|value| span(&value.source.span));
            }
            _ => {}
        }
    }
}

impl Visitor for Located<'_> {
    fn part(&mut self, part: Part) {
        match part {
            Part::Statement { extension, index } => self.enter(extension, index),
            Part::TrustStatement(index) => self.enter_trust(index),
            _ => {}
        }
        if let Some(statement) = self.statement {
            self.statement_part(part, statement);
        }
    }

    fn begin_object(&mut self) -> fmt::Result {
        self.builder.begin_object(self.value.take());
        Ok(())
    }

    fn end_object(&mut self) -> fmt::Result {
        self.builder.end();
        Ok(())
    }

    fn begin_array(&mut self) -> fmt::Result {
        self.builder.begin_array(self.value.take());
        Ok(())
    }

    fn end_array(&mut self) -> fmt::Result {
        self.builder.end();
        Ok(())
    }

    fn key(&mut self, key: &str) -> fmt::Result {
        self.builder.key(key, self.key.take());
        Ok(())
    }

    fn string(&mut self, text: &dyn Display) -> fmt::Result {
        self.builder.display(text, self.value.take());
        Ok(())
    }
}
