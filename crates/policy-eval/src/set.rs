use std::borrow::Cow;
use std::fmt;

use iam_policy_core::variable::{Piece, has_unknown, pieces};
use iam_policy_core::{Effect, Operator, PolicyType, PrincipalKey, VariableScope};
use iam_policy_document::{Diagnostic, Document, Element, Location, Member, Path, Span, Statement as Source, Value};

use crate::arn::ArnMatcher;
use crate::condition::Condition;
use crate::index::Index;
use crate::pattern::Unknowns;
use crate::principal::{Named, Naming};
use crate::request::Request;
use crate::statement::{Actions, Principals, Resources, Statement};

/// Policies of one type that are evaluated together: an action is allowed if any of them allows it. They are compiled
/// once and decide any number of requests.
///
/// # Examples
///
/// ```
/// use iam_policy_eval::{PolicyType, PolicySet};
///
/// let reading = iam_policy_document::json::read(br#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Conditon": {}}}"#);
/// let error = PolicySet::compile(PolicyType::Identity, [&reading.document]).unwrap_err();
/// assert_eq!(error.to_string(), "`Statement.Conditon`: unknown statement element");
/// ```
#[derive(Clone, Debug)]
pub struct PolicySet {
    policy_type: PolicyType,
    statements: Box<[Statement]>,
    allow: Side,
    deny: Side,
}

/// The statements with one effect.
#[derive(Clone, Debug, Default)]
struct Side {
    actions: Index,
    /// Those with `NotAction`.
    not_actions: Box<[usize]>,
}

impl Side {
    fn new(statements: &[Statement], effect: Effect) -> Self {
        let own = || {
            let numbered = statements.iter().enumerate();
            numbered.filter(move |(_, statement)| statement.effect == effect)
        };
        Self {
            actions: Index::new(own().filter(|(_, statement)| !statement.actions.negated).flat_map(
                |(number, statement)| {
                    let patterns = statement.actions.patterns.iter();
                    patterns.map(move |pattern| (pattern, number))
                },
            )),
            not_actions: own()
                .filter(|(_, statement)| statement.actions.negated)
                .map(|(number, _)| number)
                .collect(),
        }
    }
}

impl PolicySet {
    /// Compiles policies.
    ///
    /// Only what makes decisions impossible is an error. Whether a policy can be attached as intended, or contains
    /// nonsense, is left to checks.
    ///
    /// # Errors
    ///
    /// If AWS would not store a document: a statement without an effect, both `Action` and `NotAction`, an unknown
    /// operator, a misspelled element, and so on. Reports the first error; [`errors`](Self::errors) returns all.
    pub fn compile<'d>(
        policy_type: PolicyType,
        documents: impl IntoIterator<Item = &'d Document>,
    ) -> Result<Self, PolicyError> {
        Self::compile_as(policy_type, documents, Reading::Given)
    }

    /// Compiles policies with [unknown](iam_policy_core::variable::Unknown) parts, so that each statement applies to as
    /// much or as little as their values could make it.
    ///
    /// # Errors
    ///
    /// As [`compile`](Self::compile).
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::variable::Unknown;
    /// use iam_policy_document::Builder;
    /// use iam_policy_eval::{Decision, Policies, PolicySet, PolicyType, Reading, Request};
    ///
    /// let mut builder = Builder::new();
    /// builder.with_unknowns();
    /// builder.begin_object(None);
    /// builder.key("Statement", None);
    /// builder.begin_object(None);
    /// for (key, text) in [("Effect", "Allow"), ("Action", "s3:GetObject")] {
    ///     builder.key(key, None);
    ///     builder.string(text, None);
    /// }
    /// builder.key("Resource", None);
    /// builder.string(&format!("arn:aws:s3:::{}/*", Unknown::word("Bucket")), None);
    /// let document = builder.finish();
    ///
    /// let request = Request::new("arn:aws:iam::123456789012:user/ann", "s3:GetObject", "arn:aws:s3:::b/k")?;
    /// let decide = |reading| {
    ///     let set = PolicySet::compile_as(PolicyType::Identity, [&document], reading)?;
    ///     Ok::<_, iam_policy_eval::PolicyError>(Policies::new(&set).decide(&request).decision)
    /// };
    /// assert_eq!(decide(Reading::MostPermissive)?, Decision::Allowed);
    /// assert_eq!(decide(Reading::LeastPermissive)?, Decision::ImplicitDeny);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn compile_as<'d>(
        policy_type: PolicyType,
        documents: impl IntoIterator<Item = &'d Document>,
        reading: Reading,
    ) -> Result<Self, PolicyError> {
        let mut statements = Vec::new();
        for (policy, document) in documents.into_iter().enumerate() {
            let mut compiler = Compiler::new(policy_type, policy);
            compiler.reading = reading;
            statements.extend(compiler.document(document));
            if let Some(first) = compiler.errors.into_iter().next() {
                return Err(first);
            }
        }
        Ok(Self {
            policy_type,
            allow: Side::new(&statements, Effect::Allow),
            deny: Side::new(&statements, Effect::Deny),
            statements: statements.into(),
        })
    }

    /// All errors in a document; [`compile`](Self::compile) reports the first.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_eval::{PolicyType, PolicySet};
    ///
    /// let reading = iam_policy_document::json::read(br#"{"Statement": {"Effect": "allow", "Action": ["s3:*", 5]}}"#);
    /// let errors = PolicySet::errors(PolicyType::Identity, &reading.document);
    /// let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    /// assert_eq!(
    ///     errors,
    ///     [
    ///         "`Statement.Effect`: `allow` is neither `Allow` nor `Deny`",
    ///         "`Statement.Action[1]`: expected a string, found number",
    ///         "`Statement`: `Resource` or `NotResource` is missing",
    ///     ]
    /// );
    /// ```
    #[must_use]
    pub fn errors(policy_type: PolicyType, document: &Document) -> Vec<PolicyError> {
        let mut compiler = Compiler::new(policy_type, 0);
        compiler.document(document);
        compiler.errors
    }

    /// The type of these policies.
    #[must_use]
    pub const fn policy_type(&self) -> PolicyType {
        self.policy_type
    }

    pub(crate) fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// How closely the statements with this effect that match the request name its principal.
    pub(crate) fn naming(&self, effect: Effect, request: &Request<'_>, bounded: bool) -> Naming {
        let side = match effect {
            Effect::Allow => &self.allow,
            Effect::Deny => &self.deny,
        };
        if side.actions.is_empty() && side.not_actions.is_empty() {
            return Naming::Not;
        }
        let mut closest = Naming::Not;
        let mut accept = |number: usize| {
            if let Some(statement) = self.statements.get(number) {
                closest = closest.max(statement.applies(request, bounded));
            }
            closest == Naming::Itself
        };
        if !side.actions.any(request.action(), &mut accept) {
            for &number in &side.not_actions {
                let covers = |statement: &Statement| statement.covers_action(request);
                if self.statements.get(number).is_some_and(covers) && accept(number) {
                    break;
                }
            }
        }
        closest
    }
}

/// How the unknown parts of policies are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// As the values of the [keys](iam_policy_document::unknown_key) that stand for them in a request. A text without
    /// these values matches nothing.
    #[default]
    Given,
    /// So that the policies allow as much as any values can make them allow.
    MostPermissive,
    /// So that the policies allow as little as any values can make them allow.
    LeastPermissive,
}

/// Why AWS would not store a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    /// The index of the document.
    pub policy: usize,
    /// The location in the document.
    pub path: Path,
    /// The location in the source, if the document knows it.
    pub span: Option<Span>,
    /// The error.
    pub kind: PolicyErrorKind,
}

/// An error in a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyErrorKind {
    /// A value of the wrong type.
    Type {
        /// The expected type.
        expected: &'static str,
        /// The actual type.
        found: &'static str,
    },
    /// An unknown version of the policy language.
    Version(String),
    /// An unknown effect.
    Effect(String),
    /// A missing element, or two of which one is required.
    Missing(&'static str),
    /// Two mutually exclusive elements.
    Both(&'static str, &'static str),
    /// An unknown element.
    Unknown(&'static str),
    /// `Principal` or `NotPrincipal` in a policy that applies to whatever it is attached to.
    Misplaced(PolicyType),
    /// A string that is not a principal.
    Principal(String),
    /// An unknown condition operator.
    Operator(String),
}

impl fmt::Display for PolicyErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type { expected, found } => write!(f, "expected {expected}, found {found}"),
            Self::Version(text) => write!(f, "unknown policy language version `{text}`"),
            Self::Effect(text) => write!(f, "`{text}` is neither `Allow` nor `Deny`"),
            Self::Missing(element) => write!(f, "{element} is missing"),
            Self::Both(one, other) => write!(f, "`{one}` and `{other}` are mutually exclusive"),
            Self::Unknown(parent) => write!(f, "unknown {parent} element"),
            Self::Misplaced(policy_type) => write!(f, "a policy of type `{policy_type}` cannot name principals"),
            Self::Principal(text) => write!(
                f,
                "invalid principal `{text}`: the only string allowed is `*`; write `{{\"AWS\": \"…\"}}`"
            ),
            Self::Operator(name) => write!(f, "unknown condition operator `{name}`"),
        }
    }
}

impl From<&PolicyError> for Diagnostic {
    fn from(error: &PolicyError) -> Self {
        let mut diagnostic = Self::error(error.kind.to_string());
        diagnostic.location = Location {
            path: error.path.clone(),
            span: error.span,
        };
        diagnostic
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.0.is_empty() {
            return self.kind.fmt(f);
        }
        write!(f, "`{}`: {}", self.path, self.kind)
    }
}

impl std::error::Error for PolicyError {}

/// The elements of a statement, the first with each name.
struct Elements<'d> {
    whole: Value<'d>,
    /// Whether there is an unknown element, which may be a misspelled one.
    has_unknown: bool,
    members: [Option<Member<'d>>; Element::ALL.len()],
}

impl<'d> Elements<'d> {
    fn get(&self, element: Element) -> Option<Member<'d>> {
        self.members.get(element as usize).copied().flatten()
    }
}

/// A pattern with wildcards for its unknown parts.
fn with_wildcards(pattern: &str) -> String {
    let mut parts = pieces(pattern);
    let mut text = String::with_capacity(pattern.len());
    loop {
        let start = parts.position();
        match parts.next() {
            None => return text,
            Some(Piece::Unknown(_)) => text.push('*'),
            Some(_) => text.push_str(pattern.get(start..parts.position()).unwrap_or_default()),
        }
    }
}

/// Compiles the statements of one document.
struct Compiler {
    policy_type: PolicyType,
    policy: usize,
    variables: bool,
    reading: Reading,
    /// Whether unknown parts of the current statement make it apply to as much as possible.
    is_wide: bool,
    /// All errors. The result is only valid if there are none.
    errors: Vec<PolicyError>,
}

impl Compiler {
    const fn new(policy_type: PolicyType, policy: usize) -> Self {
        Self {
            policy_type,
            policy,
            variables: false,
            reading: Reading::Given,
            is_wide: false,
            errors: Vec::new(),
        }
    }

    fn error(&mut self, at: Value<'_>, kind: PolicyErrorKind) {
        self.errors.push(PolicyError {
            policy: self.policy,
            path: at.path(),
            span: at.span(),
            kind,
        });
    }

    /// Reports an error in the name of a member.
    fn misnamed(&mut self, member: Member<'_>, kind: PolicyErrorKind) {
        self.errors.push(PolicyError {
            policy: self.policy,
            path: member.key_path(),
            span: member.key_span().or_else(|| member.value.span()),
            kind,
        });
    }

    /// Reports a missing element, unless it may just be misspelled.
    fn missing(&mut self, elements: &Elements<'_>, what: &'static str) {
        if !elements.has_unknown {
            self.error(elements.whole, PolicyErrorKind::Missing(what));
        }
    }

    fn expected(&mut self, expected: &'static str, at: Value<'_>) {
        let found = at.kind().name();
        self.error(at, PolicyErrorKind::Type { expected, found });
    }

    fn text<'d>(&mut self, value: Value<'d>) -> Option<&'d str> {
        let text = value.as_str();
        if text.is_none() {
            self.expected("a string", value);
        }
        text
    }

    fn texts<'d, T, C: FromIterator<T>>(&mut self, member: Member<'d>, read: impl Fn(&'d str) -> T) -> C {
        let values = member.value.one_or_many();
        values.filter_map(|value| self.text(value).map(&read)).collect()
    }

    /// Source for the versions: IAM User Guide, "IAM JSON policy elements: Version"; documents without one use the 2008
    /// version.
    fn document(&mut self, document: &Document) -> Vec<Statement> {
        let root = document.root();
        if !root.is_object() {
            self.expected("a policy document", root);
            return Vec::new();
        }
        for member in root.members() {
            if !matches!(member.key, "Version" | "Id" | "Statement") {
                self.misnamed(member, PolicyErrorKind::Unknown("policy"));
            }
        }
        let has_mistake = !self.errors.is_empty();
        if let Some(version) = document.version().map(|version| version.value) {
            match self.text(version) {
                Some("2012-10-17") => self.variables = true,
                Some("2008-10-17") | None => {}
                Some(unknown) if has_unknown(unknown) => self.variables = true,
                Some(other) => self.error(version, PolicyErrorKind::Version(other.to_owned())),
            }
        }
        if root.get("Statement").is_none() && !has_mistake {
            self.error(root, PolicyErrorKind::Missing("`Statement`"));
        }
        let statements = document.statements().enumerate();
        statements
            .filter_map(|(index, source)| self.statement(index, source))
            .collect()
    }

    fn statement(&mut self, index: usize, Source(value): Source<'_>) -> Option<Statement> {
        if self.reading != Reading::Given && value.as_str().is_some_and(has_unknown) {
            return Some(self.anything(index));
        }
        if !value.is_object() {
            self.expected("a statement", value);
            return None;
        }
        let mut elements = Elements {
            whole: value,
            has_unknown: false,
            members: [None; Element::ALL.len()],
        };
        for member in value.members() {
            let Some(element) = Element::from_name(member.key) else {
                elements.has_unknown = true;
                self.misnamed(member, PolicyErrorKind::Unknown("statement"));
                continue;
            };
            if let Some(place) = elements.members.get_mut(element as usize) {
                *place = place.or(Some(member));
            }
        }
        let effect = self.effect(&elements);
        self.is_wide = (effect == Some(Effect::Allow)) == (self.reading == Reading::MostPermissive);
        let sid = elements.get(Element::Sid).and_then(|sid| self.text(sid.value));
        let actions = self.actions(&elements);
        let resources = self.resources(&elements);
        let principals = self.principals(&elements);
        let conditions = self.conditions(&elements);
        Some(Statement {
            policy: self.policy,
            index,
            sid: sid.map(Into::into),
            effect: effect?,
            actions: actions?,
            resources: resources?,
            principals: principals?,
            conditions,
        })
    }

    fn effect(&mut self, elements: &Elements<'_>) -> Option<Effect> {
        let Some(effect) = elements.get(Element::Effect) else {
            self.missing(elements, "`Effect`");
            return None;
        };
        match self.text(effect.value)? {
            "Allow" => Some(Effect::Allow),
            "Deny" => Some(Effect::Deny),
            other if has_unknown(other) && self.reading != Reading::Given => Some(self.unknown_effect()),
            other => {
                self.error(effect.value, PolicyErrorKind::Effect(other.to_owned()));
                None
            }
        }
    }

    /// The effect that makes a statement allow as much, or as little, as possible.
    fn unknown_effect(&self) -> Effect {
        if self.reading == Reading::MostPermissive {
            Effect::Allow
        } else {
            Effect::Deny
        }
    }

    /// A statement about which nothing is known.
    fn anything(&self, index: usize) -> Statement {
        Statement {
            policy: self.policy,
            index,
            sid: None,
            effect: self.unknown_effect(),
            actions: Actions {
                negated: true,
                patterns: [].into_iter().collect(),
            },
            resources: Resources::Except(Box::default()),
            principals: if self.policy_type.has_principals() {
                Principals::Only(Box::new([Named::Everybody]))
            } else {
                Principals::Attached
            },
            conditions: Box::default(),
        }
    }

    /// How unknown parts of an element match.
    ///
    /// - `negated`: what the element matches is excluded
    fn unknowns(&self, negated: bool) -> Unknowns {
        if self.reading != Reading::Given && self.is_wide != negated {
            Unknowns::Anything
        } else {
            Unknowns::Given
        }
    }

    /// One of two elements, and whether it is the second, if either is present.
    fn either<'d>(&mut self, elements: &Elements<'d>, one: Element, other: Element) -> Option<(Member<'d>, bool)> {
        let (first, second) = (elements.get(one), elements.get(other));
        if let (Some(_), Some(second)) = (first, second) {
            self.error(second.value, PolicyErrorKind::Both(one.name(), other.name()));
        }
        first
            .map(|member| (member, false))
            .or(second.map(|member| (member, true)))
    }

    fn actions(&mut self, elements: &Elements<'_>) -> Option<Actions> {
        let Some((member, negated)) = self.either(elements, Element::Action, Element::NotAction) else {
            self.missing(elements, "`Action` or `NotAction`");
            return None;
        };
        let mut patterns: Vec<Cow<'_, str>> = self.texts(member, Cow::Borrowed);
        let matches_anything = self.unknowns(negated) == Unknowns::Anything;
        patterns.retain(|pattern| matches_anything || !has_unknown(pattern));
        for pattern in &mut patterns {
            if has_unknown(pattern) {
                *pattern = Cow::Owned(with_wildcards(pattern));
            }
        }
        let patterns = patterns.iter().map(|pattern| &**pattern).collect();
        Some(Actions { negated, patterns })
    }

    fn resources(&mut self, elements: &Elements<'_>) -> Option<Resources> {
        let scope = if self.variables {
            VariableScope::Resource
        } else {
            VariableScope::Nowhere
        };
        match self.either(elements, Element::Resource, Element::NotResource) {
            Some((member, negated)) => {
                let matcher = if self.policy_type.is_resource_based() {
                    ArnMatcher::in_resource_policy
                } else {
                    ArnMatcher::new
                };
                let unknowns = self.unknowns(negated);
                let patterns = self.texts(member, |text| matcher(text, scope, unknowns));
                Some(if negated {
                    Resources::Except(patterns)
                } else {
                    Resources::Only(patterns)
                })
            }
            None if self.policy_type.is_resource_based() => Some(Resources::Attached),
            None => {
                self.missing(elements, "`Resource` or `NotResource`");
                None
            }
        }
    }

    fn principals(&mut self, elements: &Elements<'_>) -> Option<Principals> {
        match self.either(elements, Element::Principal, Element::NotPrincipal) {
            Some((member, _)) if !self.policy_type.has_principals() => {
                self.error(member.value, PolicyErrorKind::Misplaced(self.policy_type));
                None
            }
            Some((member, negated)) => {
                let named = self.named(member.value, self.unknowns(negated))?;
                Some(if negated {
                    Principals::Except(named)
                } else {
                    Principals::Only(named)
                })
            }
            None if self.policy_type.is_resource_based() => {
                self.missing(elements, "`Principal` or `NotPrincipal`");
                None
            }
            None => Some(Principals::Attached),
        }
    }

    fn named(&mut self, value: Value<'_>, unknowns: Unknowns) -> Option<Box<[Named]>> {
        if let Some(text) = value.as_str() {
            if has_unknown(text) && self.reading != Reading::Given {
                return Some(match unknowns {
                    Unknowns::Anything => Box::new([Named::Everybody]),
                    Unknowns::Given => Box::default(),
                });
            }
            if text == "*" {
                return Some(Box::new([Named::Everybody]));
            }
            self.error(value, PolicyErrorKind::Principal(text.to_owned()));
            return None;
        }
        if !value.is_object() {
            self.expected("`*` or an object", value);
            return None;
        }
        let mut named = Vec::new();
        for member in value.members() {
            for value in member.value.one_or_many() {
                let Some(text) = self.text(value) else { continue };
                let Some(key) = PrincipalKey::from_name(member.key) else {
                    self.misnamed(member, PolicyErrorKind::Unknown("principal"));
                    // All its values are under the same name.
                    break;
                };
                if !has_unknown(text) || self.reading == Reading::Given {
                    named.push(Named::compile(key, text));
                } else if unknowns == Unknowns::Anything {
                    let text = text.into();
                    named.push(Named::Open { key, text });
                }
            }
        }
        Some(named.into())
    }

    fn conditions(&mut self, elements: &Elements<'_>) -> Box<[Condition]> {
        let Some(block) = elements.get(Element::Condition) else {
            return Box::default();
        };
        if !block.value.is_object() {
            self.expected("an object", block.value);
        }
        let mut conditions = Vec::new();
        for member in block.value.members() {
            let operator = Operator::from_name(member.key).filter(|operator| !operator.is_null_if_exists());
            if operator.is_none() {
                self.misnamed(member, PolicyErrorKind::Operator(member.key.to_owned()));
            }
            if !member.value.is_object() {
                self.expected("an object", member.value);
            }
            for key in member.value.members() {
                let is_scalar = |value: &Value<'_>| value.as_text().is_some();
                for wrong in key.value.one_or_many().filter(|value| !is_scalar(value)) {
                    self.expected("a string", wrong);
                }
                if let Some(operator) = operator {
                    let values = key.value.one_or_many().filter_map(Value::as_text);
                    let unknowns = self.unknowns(operator.is_negated());
                    // A key that is not known may hold or not.
                    if !has_unknown(key.key) || self.reading == Reading::Given {
                        let condition = Condition::new(operator, member.key, key.key, values, self.variables, unknowns);
                        conditions.push(condition);
                    } else if !self.is_wide {
                        conditions.extend(Condition::never(member.key, key.key));
                    }
                }
            }
        }
        conditions.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: PolicyType, source: &str) -> String {
        let reading = iam_policy_document::json::read(source.as_bytes());
        assert!(reading.problems.is_empty(), "{source}");
        PolicySet::compile(kind, [&reading.document])
            .err()
            .map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn documents_aws_would_not_store() {
        for (statement, expected) in [
            (r#""x""#, "`Statement`: expected a statement, found string"),
            (
                r#"{"Action": "*", "Resource": "*"}"#,
                "`Statement`: `Effect` is missing",
            ),
            (
                r#"{"Effect": "allow", "Action": "*", "Resource": "*"}"#,
                "`Statement.Effect`: `allow` is neither `Allow` nor `Deny`",
            ),
            (
                r#"{"Effect": "Allow", "Resource": "*"}"#,
                "`Statement`: `Action` or `NotAction` is missing",
            ),
            (
                r#"{"Effect": "Allow", "Action": "*", "NotAction": [], "Resource": "*"}"#,
                "`Statement.NotAction`: `Action` and `NotAction` are mutually exclusive",
            ),
            (
                r#"{"Effect": "Allow", "Action": ["*", 5], "Resource": "*"}"#,
                "`Statement.Action[1]`: expected a string, found number",
            ),
            (
                r#"{"Effect": "Allow", "Action": "*"}"#,
                "`Statement`: `Resource` or `NotResource` is missing",
            ),
            (
                r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}"#,
                "`Statement.Principal`: a policy of type `identity` cannot name principals",
            ),
            (
                r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"NullIfExists": {"a:b": "true"}}}"#,
                "`Statement.Condition.NullIfExists`: unknown condition operator `NullIfExists`",
            ),
            (
                r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"a:b": [true, null]}}}"#,
                "`Statement.Condition.Bool.\"a:b\"[1]`: expected a string, found null",
            ),
            (
                r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": "a:b"}}"#,
                "`Statement.Condition.Bool`: expected an object, found string",
            ),
            (
                r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": []}"#,
                "`Statement.Condition`: expected an object, found array",
            ),
        ] {
            assert_eq!(
                message(PolicyType::Identity, &format!("{{\"Statement\": {statement}}}")),
                expected
            );
        }
        assert_eq!(
            message(PolicyType::Identity, "[]"),
            "expected a policy document, found array"
        );
        assert_eq!(message(PolicyType::Identity, "{}"), "`Statement` is missing");
        assert_eq!(
            message(PolicyType::Identity, r#"{"Version": "2012-10-18", "Statement": []}"#),
            "`Version`: unknown policy language version `2012-10-18`"
        );
    }

    #[test]
    fn resource_policies_need_principals() {
        for (principal, expected) in [
            (r#""Principal": "*""#, ""),
            (r#""NotPrincipal": {"AWS": ["123456789012"]}"#, ""),
            (r#""Sid": "x""#, "`Statement`: `Principal` or `NotPrincipal` is missing"),
            (
                r#""Principal": "123456789012""#,
                "`Statement.Principal`: invalid principal `123456789012`: the only string allowed is `*`; write `{\"AWS\": \"…\"}`",
            ),
            (
                r#""Principal": {"User": "*"}"#,
                "`Statement.Principal.User`: unknown principal element",
            ),
            (
                r#""Principal": ["*"]"#,
                "`Statement.Principal`: expected `*` or an object, found array",
            ),
        ] {
            let source = format!(r#"{{"Statement": {{"Effect": "Allow", "Action": "*", {principal}}}}}"#);
            assert_eq!(message(PolicyType::Resource, &source), expected);
        }
    }

    #[test]
    fn all_errors_are_reported() {
        let source = r#"{
            "Versoin": "2012-10-17",
            "Version": 2012,
            "Statement": [
                {"Efect": "Allow", "Sid": 1, "Action": ["a:B", 1, 2], "NotAction": "a:C", "Resource": null, "Principal": "*"},
                {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Like": 1, "Bool": {"a:b": [[], {}]}}},
                5,
                {"Effect": "Deny"}
            ]
        }"#;
        let reading = iam_policy_document::json::read(source.as_bytes());
        let errors = PolicySet::errors(PolicyType::Identity, &reading.document);
        let messages: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(
            messages,
            [
                "`Versoin`: unknown policy element",
                "`Version`: expected a string, found number",
                "`Statement[0].Efect`: unknown statement element",
                "`Statement[0].Sid`: expected a string, found number",
                "`Statement[0].NotAction`: `Action` and `NotAction` are mutually exclusive",
                "`Statement[0].Action[1]`: expected a string, found number",
                "`Statement[0].Action[2]`: expected a string, found number",
                "`Statement[0].Resource`: expected a string, found null",
                "`Statement[0].Principal`: a policy of type `identity` cannot name principals",
                "`Statement[1].Condition.Like`: unknown condition operator `Like`",
                "`Statement[1].Condition.Like`: expected an object, found number",
                "`Statement[1].Condition.Bool.\"a:b\"[0]`: expected a string, found array",
                "`Statement[1].Condition.Bool.\"a:b\"[1]`: expected a string, found object",
                "`Statement[2]`: expected a statement, found number",
                "`Statement[3]`: `Action` or `NotAction` is missing",
                "`Statement[3]`: `Resource` or `NotResource` is missing",
            ]
        );
        let first = PolicySet::compile(PolicyType::Identity, [&reading.document]).unwrap_err();
        assert_eq!(Some(&first), errors.first());
    }

    #[test]
    fn single_values_equal_arrays() {
        let source =
            r#"{"Id": "x", "Statement": [{"Sid": "", "Effect": "Deny", "NotAction": [], "NotResource": ["*"]}]}"#;
        assert_eq!(message(PolicyType::ServiceControl, source), "");
    }
}
