use std::fmt;

use policy_core::Effect;
use policy_document::{Document, Element, Member, Path, Span, Statement as Source, Value};

use crate::arn::ArnPattern;
use crate::condition::{Condition, Operator};
use crate::index::Index;
use crate::principal::{Named, Naming};
use crate::request::Request;
use crate::statement::{Actions, Principals, Resources, Statement};

/// What a policy is attached to, and so what it means.
///
/// Source: IAM User Guide, "Policies and permissions in AWS Identity and Access Management", "Policy types".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyKind {
    /// A policy of a user, a group or a role.
    Identity,
    /// The permissions boundary of a user or a role.
    PermissionsBoundary,
    /// A policy given when a session was begun.
    Session,
    /// A service control policy of an organization.
    ServiceControl,
    /// A resource control policy of an organization.
    ResourceControl,
    /// A policy of a resource, such as a bucket policy, a key policy or the trust policy of a role.
    Resource,
}

impl PolicyKind {
    /// The name for people.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(policy_eval::PolicyKind::Session.name(), "session policy");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity policy",
            Self::PermissionsBoundary => "permissions boundary",
            Self::Session => "session policy",
            Self::ServiceControl => "service control policy",
            Self::ResourceControl => "resource control policy",
            Self::Resource => "resource policy",
        }
    }

    /// The kind of a policy of which nothing is known but what is in it: of a resource if it names principals, else of an identity.
    ///
    /// # Examples
    ///
    /// ```
    /// use policy_eval::PolicyKind;
    ///
    /// let document = policy_json::read(br#"{"Statement": []}"#).document;
    /// assert_eq!(PolicyKind::of(&document), PolicyKind::Identity);
    /// ```
    #[must_use]
    pub fn of(document: &Document) -> Self {
        let elements = [Element::Principal, Element::NotPrincipal];
        let mut statements = document.statements();
        if statements.any(|statement| elements.iter().any(|element| statement.element(*element).is_some())) {
            Self::Resource
        } else {
            Self::Identity
        }
    }

    /// Whether its statements say whom they are about.
    const fn names_principals(self) -> bool {
        matches!(self, Self::Resource | Self::ResourceControl)
    }
}

impl fmt::Display for PolicyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Policies of one kind that count as one: an action is allowed if any of them allows it. They are compiled once and
/// decide as often as needed.
///
/// # Examples
///
/// ```
/// use policy_eval::{PolicyKind, PolicySet};
///
/// let reading = policy_json::read(br#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Conditon": {}}}"#);
/// let error = PolicySet::compile(PolicyKind::Identity, [&reading.document]).unwrap_err();
/// assert_eq!(error.to_string(), "`Statement.Conditon`: a statement has no such element");
/// ```
#[derive(Clone, Debug)]
pub struct PolicySet {
    kind: PolicyKind,
    statements: Box<[Statement]>,
    allow: Side,
    deny: Side,
}

/// The statements of one effect.
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
    /// Only what makes a decision impossible is an error here. That a policy could not be attached where it should be,
    /// or that something in it makes no sense, is for checks to say.
    ///
    /// # Errors
    ///
    /// When a document is none that AWS would store: a statement without an effect, both `Action` and `NotAction`, an
    /// operator that does not exist, an element that is misspelt, and the like. The first such thing is told.
    pub fn compile<'d>(
        kind: PolicyKind,
        documents: impl IntoIterator<Item = &'d Document>,
    ) -> Result<Self, PolicyError> {
        let mut statements = Vec::new();
        for (policy, document) in documents.into_iter().enumerate() {
            let compiler = Compiler {
                kind,
                policy,
                variables: false,
            };
            compiler.document(document, &mut statements)?;
        }
        Ok(Self {
            kind,
            allow: Side::new(&statements, Effect::Allow),
            deny: Side::new(&statements, Effect::Deny),
            statements: statements.into(),
        })
    }

    /// What kind of policies these are.
    #[must_use]
    pub const fn kind(&self) -> PolicyKind {
        self.kind
    }

    pub(crate) fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// The closest naming of the request's principal by a statement of this effect that is about the request.
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
                let is_about = |statement: &Statement| statement.covers_action(request);
                if self.statements.get(number).is_some_and(is_about) && accept(number) {
                    break;
                }
            }
        }
        closest
    }
}

/// Why a document is no policy that AWS would store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    /// Which of the documents it is, from 0.
    pub policy: usize,
    /// Where in the document.
    pub path: Path,
    /// Where in the source, if the document knows.
    pub span: Option<Span>,
    /// What is wrong there.
    pub kind: PolicyErrorKind,
}

/// What is wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyErrorKind {
    /// Another type of value than has to stand here.
    Type {
        /// What has to.
        expected: &'static str,
        /// What does.
        found: &'static str,
    },
    /// A version of the language that there is not.
    Version(String),
    /// An effect that there is not.
    Effect(String),
    /// An element is missing; either of two would do where two are named.
    Missing(&'static str),
    /// Two elements of which there may be one.
    Both(&'static str, &'static str),
    /// An element that does not exist.
    Unknown(&'static str),
    /// `Principal` or `NotPrincipal` in a policy whose principal is what it is attached to.
    Misplaced(PolicyKind),
    /// A text that names nobody.
    Principal(String),
    /// A condition operator that does not exist.
    Operator(String),
}

impl fmt::Display for PolicyErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type { expected, found } => write!(f, "expected {expected}, found {found}"),
            Self::Version(text) => write!(f, "there is no version `{text}` of the policy language"),
            Self::Effect(text) => write!(f, "`{text}` is neither `Allow` nor `Deny`"),
            Self::Missing(element) => write!(f, "{element} is missing"),
            Self::Both(one, other) => write!(f, "`{one}` and `{other}` exclude each other"),
            Self::Unknown(whose) => write!(f, "{whose} has no such element"),
            Self::Misplaced(kind) => write!(f, "principals have no place in a policy of this kind ({kind})"),
            Self::Principal(text) => write!(f, "`{text}` names nobody; a single text can only be `*`"),
            Self::Operator(name) => write!(f, "there is no condition operator `{name}`"),
        }
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

/// The elements of a statement, the first of each name.
struct Elements<'d> {
    whole: Value<'d>,
    members: [Option<Member<'d>>; Element::ALL.len()],
}

impl<'d> Elements<'d> {
    fn get(&self, element: Element) -> Option<Member<'d>> {
        self.members.get(element as usize).copied().flatten()
    }
}

/// Turns the statements of one document into those that decide.
struct Compiler {
    kind: PolicyKind,
    policy: usize,
    variables: bool,
}

impl Compiler {
    fn error(&self, at: Value<'_>, kind: PolicyErrorKind) -> PolicyError {
        PolicyError {
            policy: self.policy,
            path: at.path(),
            span: at.span(),
            kind,
        }
    }

    fn unknown(&self, member: Member<'_>, whose: &'static str) -> PolicyError {
        PolicyError {
            policy: self.policy,
            path: member.key_path(),
            span: member.key_span().or_else(|| member.value.span()),
            kind: PolicyErrorKind::Unknown(whose),
        }
    }

    fn expected(&self, expected: &'static str, at: Value<'_>) -> PolicyError {
        let found = at.kind().name();
        self.error(at, PolicyErrorKind::Type { expected, found })
    }

    fn text<'d>(&self, value: Value<'d>) -> Result<&'d str, PolicyError> {
        value.as_str().ok_or_else(|| self.expected("a string", value))
    }

    fn texts<'d, T, C: FromIterator<T>>(
        &self,
        member: Member<'d>,
        read: impl Fn(&'d str) -> T,
    ) -> Result<C, PolicyError> {
        member
            .value
            .one_or_many()
            .map(|value| self.text(value).map(&read))
            .collect()
    }

    /// Source for the versions: IAM User Guide, "IAM JSON policy elements: Version"; a document without one is of 2008.
    fn document(mut self, document: &Document, statements: &mut Vec<Statement>) -> Result<(), PolicyError> {
        let root = document.root();
        if !root.is_object() {
            return Err(self.expected("a policy document", root));
        }
        let is_known = |member: &Member<'_>| matches!(member.key, "Version" | "Id" | "Statement");
        if let Some(member) = root.members().find(|member| !is_known(member)) {
            return Err(self.unknown(member, "a policy"));
        }
        self.variables = match document.version() {
            None => false,
            Some(version) => match self.text(version.value)? {
                "2012-10-17" => true,
                "2008-10-17" => false,
                other => return Err(self.error(version.value, PolicyErrorKind::Version(other.to_owned()))),
            },
        };
        if root.get("Statement").is_none() {
            return Err(self.error(root, PolicyErrorKind::Missing("`Statement`")));
        }
        for (index, source) in document.statements().enumerate() {
            statements.push(self.statement(index, source)?);
        }
        Ok(())
    }

    fn statement(&self, index: usize, source: Source<'_>) -> Result<Statement, PolicyError> {
        let Source(value) = source;
        if !value.is_object() {
            return Err(self.expected("a statement", value));
        }
        let mut elements = Elements {
            whole: value,
            members: [None; Element::ALL.len()],
        };
        for member in value.members() {
            let Some(element) = Element::from_name(member.key) else {
                return Err(self.unknown(member, "a statement"));
            };
            if let Some(place) = elements.members.get_mut(element as usize) {
                *place = place.or(Some(member));
            }
        }
        let effect = elements
            .get(Element::Effect)
            .ok_or_else(|| self.error(value, PolicyErrorKind::Missing("`Effect`")))?;
        let effect = match self.text(effect.value)? {
            "Allow" => Effect::Allow,
            "Deny" => Effect::Deny,
            other => return Err(self.error(effect.value, PolicyErrorKind::Effect(other.to_owned()))),
        };
        let sid = elements.get(Element::Sid);
        Ok(Statement {
            policy: self.policy,
            index,
            sid: sid.map(|sid| self.text(sid.value).map(Into::into)).transpose()?,
            effect,
            actions: self.actions(&elements)?,
            resources: self.resources(&elements)?,
            principals: self.principals(&elements)?,
            conditions: self.conditions(&elements)?,
        })
    }

    /// One of two elements, with whether it is the second, if either is there.
    fn either<'d>(
        &self,
        elements: &Elements<'d>,
        one: Element,
        other: Element,
    ) -> Result<Option<(Member<'d>, bool)>, PolicyError> {
        match (elements.get(one), elements.get(other)) {
            (Some(_), Some(second)) => Err(self.error(second.value, PolicyErrorKind::Both(one.name(), other.name()))),
            (Some(member), None) => Ok(Some((member, false))),
            (None, Some(member)) => Ok(Some((member, true))),
            (None, None) => Ok(None),
        }
    }

    fn actions(&self, elements: &Elements<'_>) -> Result<Actions, PolicyError> {
        let Some((member, negated)) = self.either(elements, Element::Action, Element::NotAction)? else {
            return Err(self.error(elements.whole, PolicyErrorKind::Missing("`Action` or `NotAction`")));
        };
        let patterns = self.texts(member, |text| text)?;
        Ok(Actions { negated, patterns })
    }

    fn resources(&self, elements: &Elements<'_>) -> Result<Resources, PolicyError> {
        match self.either(elements, Element::Resource, Element::NotResource)? {
            Some((member, negated)) => {
                let patterns = self.texts(member, |text| ArnPattern::resource(text, self.variables))?;
                Ok(if negated {
                    Resources::Except(patterns)
                } else {
                    Resources::Only(patterns)
                })
            }
            None if self.kind == PolicyKind::Resource => Ok(Resources::Attached),
            None => Err(self.error(elements.whole, PolicyErrorKind::Missing("`Resource` or `NotResource`"))),
        }
    }

    fn principals(&self, elements: &Elements<'_>) -> Result<Principals, PolicyError> {
        match self.either(elements, Element::Principal, Element::NotPrincipal)? {
            Some((member, _)) if !self.kind.names_principals() => {
                Err(self.error(member.value, PolicyErrorKind::Misplaced(self.kind)))
            }
            Some((member, negated)) => {
                let named = self.named(member.value)?;
                Ok(if negated {
                    Principals::Except(named)
                } else {
                    Principals::Only(named)
                })
            }
            None if self.kind == PolicyKind::Resource => Err(self.error(
                elements.whole,
                PolicyErrorKind::Missing("`Principal` or `NotPrincipal`"),
            )),
            None => Ok(Principals::Attached),
        }
    }

    fn named(&self, value: Value<'_>) -> Result<Box<[Named]>, PolicyError> {
        if let Some(text) = value.as_str() {
            return if text == "*" {
                Ok(Box::new([Named::Everybody]))
            } else {
                Err(self.error(value, PolicyErrorKind::Principal(text.to_owned())))
            };
        }
        if !value.is_object() {
            return Err(self.expected("`*` or an object", value));
        }
        let mut named = Vec::new();
        for member in value.members() {
            for value in member.value.one_or_many() {
                let text = self.text(value)?;
                named.push(Named::compile(member.key, text).ok_or_else(|| self.unknown(member, "a principal"))?);
            }
        }
        Ok(named.into())
    }

    fn conditions(&self, elements: &Elements<'_>) -> Result<Box<[Condition]>, PolicyError> {
        let Some(block) = elements.get(Element::Condition) else {
            return Ok(Box::default());
        };
        if !block.value.is_object() {
            return Err(self.expected("an object", block.value));
        }
        let mut conditions = Vec::new();
        for member in block.value.members() {
            let operator = Operator::parse(member.key).ok_or_else(|| PolicyError {
                policy: self.policy,
                path: member.key_path(),
                span: member.key_span(),
                kind: PolicyErrorKind::Operator(member.key.to_owned()),
            })?;
            if !member.value.is_object() {
                return Err(self.expected("an object", member.value));
            }
            for key in member.value.members() {
                let is_scalar = |value: Value<'_>| value.as_text().is_some();
                if let Some(wrong) = key.value.one_or_many().find(|value| !is_scalar(*value)) {
                    return Err(self.expected("a string", wrong));
                }
                let values = key.value.one_or_many().filter_map(Value::as_text);
                conditions.push(Condition::new(operator.clone(), key.key, values, self.variables));
            }
        }
        Ok(conditions.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: PolicyKind, source: &str) -> String {
        let reading = policy_json::read(source.as_bytes());
        assert!(reading.problems.is_empty(), "{source}");
        PolicySet::compile(kind, [&reading.document])
            .err()
            .map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn what_aws_would_not_store() {
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
                "`Statement.NotAction`: `Action` and `NotAction` exclude each other",
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
                "`Statement.Principal`: principals have no place in a policy of this kind (identity policy)",
            ),
            (
                r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"NullIfExists": {"a:b": "true"}}}"#,
                "`Statement.Condition.NullIfExists`: there is no condition operator `NullIfExists`",
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
                message(PolicyKind::Identity, &format!("{{\"Statement\": {statement}}}")),
                expected
            );
        }
        assert_eq!(
            message(PolicyKind::Identity, "[]"),
            "expected a policy document, found array"
        );
        assert_eq!(message(PolicyKind::Identity, "{}"), "`Statement` is missing");
        assert_eq!(
            message(PolicyKind::Identity, r#"{"Version": "2012-10-18", "Statement": []}"#),
            "`Version`: there is no version `2012-10-18` of the policy language"
        );
    }

    #[test]
    fn what_a_resource_policy_needs() {
        for (principal, expected) in [
            (r#""Principal": "*""#, ""),
            (r#""NotPrincipal": {"AWS": ["123456789012"]}"#, ""),
            (r#""Sid": "x""#, "`Statement`: `Principal` or `NotPrincipal` is missing"),
            (
                r#""Principal": "123456789012""#,
                "`Statement.Principal`: `123456789012` names nobody; a single text can only be `*`",
            ),
            (
                r#""Principal": {"User": "*"}"#,
                "`Statement.Principal.User`: a principal has no such element",
            ),
            (
                r#""Principal": ["*"]"#,
                "`Statement.Principal`: expected `*` or an object, found array",
            ),
        ] {
            let source = format!(r#"{{"Statement": {{"Effect": "Allow", "Action": "*", {principal}}}}}"#);
            assert_eq!(message(PolicyKind::Resource, &source), expected);
        }
    }

    #[test]
    fn single_values_and_arrays_are_alike() {
        let source =
            r#"{"Id": "x", "Statement": [{"Sid": "", "Effect": "Deny", "NotAction": [], "NotResource": ["*"]}]}"#;
        assert_eq!(message(PolicyKind::ServiceControl, source), "");
    }
}
