use std::fmt::{self, Display};
use std::io::{self, Write};

use policy_catalog::Catalog;
use policy_core::{Effect, wildcard};
use policy_document::{Document, Element, Lines, Member, Span, Statement, Value};
use policy_eval::{
    Context, Decision, Explanation, Failure, Layer, Policies, PolicyError, PolicyKind, PolicySet, Reason, Request,
    RequestError, StatementRef,
};

use crate::excerpt::Excerpt;

/// A policy, and the name under which messages speak of it.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Usually the path.
    pub name: &'a str,
    /// The JSON.
    pub source: &'a str,
}

/// A request and the policies that have a say in it.
///
/// # Examples
///
/// ```
/// use policy_simulate::Ask;
///
/// let ask = Ask {
///     principal: "arn:aws:iam::123456789012:user/ann",
///     action: "s3:GetObject",
///     resource: "arn:aws:s3:::b/k",
///     ..Ask::default()
/// };
/// assert!(ask.identity.is_empty());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Ask<'a> {
    /// Who asks: see [`policy_eval::Principal::parse`].
    pub principal: &'a str,
    /// Such as `s3:GetObject`.
    pub action: &'a str,
    /// An ARN, or `*`.
    pub resource: &'a str,
    /// The account of the resource, where its ARN does not have it.
    pub resource_account: Option<&'a str>,
    /// The condition keys of the request and their values.
    pub context: &'a [(&'a str, Vec<&'a str>)],
    /// The policies of the identity.
    pub identity: &'a [File<'a>],
    /// The permissions boundary.
    pub boundary: &'a [File<'a>],
    /// The session policies.
    pub session: &'a [File<'a>],
    /// The policy of the resource.
    pub resource_policy: Option<File<'a>>,
    /// The service control policies of each level.
    pub service_control: &'a [Vec<File<'a>>],
    /// The resource control policies of each level.
    pub resource_control: &'a [Vec<File<'a>>],
}

/// Why one request could not be decided.
#[derive(Debug)]
#[non_exhaustive]
pub enum OneError {
    /// The request is none.
    Request(RequestError),
    /// Policies that are none: a message for each problem, with its place.
    Policies(Vec<String>),
    /// Writing failed.
    Io(io::Error),
}

impl Display for OneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(error) => error.fmt(f),
            Self::Policies(messages) => f.write_str(&messages.join("\n")),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OneError {}

impl From<RequestError> for OneError {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

impl From<io::Error> for OneError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Decides one request, and shows people why: the statements that decide or come closest, quoted and underlined, and
/// what to change.
///
/// # Errors
///
/// When the request or a policy is none, or writing fails. Nothing is written in the first two cases.
///
/// # Examples
///
/// ```
/// use policy_simulate::{Ask, File, simulate_one};
///
/// let source = r#"{
///   "Statement": {
///     "Effect": "Allow",
///     "Action": "s3:GetObject",
///     "Resource": "arn:aws:s3:::logs/*"
///   }
/// }"#;
/// let ask = Ask {
///     principal: "arn:aws:iam::123456789012:user/ann",
///     action: "s3:GetObject",
///     resource: "arn:aws:s3:::reports/1",
///     identity: &[File { name: "user.json", source }],
///     ..Ask::default()
/// };
/// let mut out = Vec::new();
/// simulate_one(&ask, &mut out)?;
/// assert_eq!(
///     String::from_utf8_lossy(&out),
///     "implicitDeny: no identity policy allows `s3:GetObject` on `arn:aws:s3:::reports/1`
/// closest is statement 0 of identity policy 0
///  --> user.json:2:16
///   |
/// 5 |     \"Resource\": \"arn:aws:s3:::logs/*\"
///   |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ does not cover `arn:aws:s3:::reports/1`
///   = help: add `arn:aws:s3:::reports/1`, or a pattern that covers it, to `Resource`
/// ",
/// );
/// # Ok::<(), policy_simulate::OneError>(())
/// ```
pub fn simulate_one(ask: &Ask<'_>, out: &mut dyn Write) -> Result<Decision, OneError> {
    let mut context = Context::new();
    for (key, values) in ask.context {
        context.set(key, values.iter().copied())?;
    }
    let mut request = Request::new(ask.principal, ask.action, ask.resource)?.with_context(&context);
    if let Some(account) = ask.resource_account {
        request = request.with_resource_account(account)?;
    }

    let mut messages = Vec::new();
    let sources = Sources::read(ask, &mut messages);
    // A document that does not read is not also told to lack what could not be read.
    let sets = if messages.is_empty() {
        sources.compile(&mut messages)
    } else {
        None
    };
    let Some(sets) = sets.filter(|_| messages.is_empty()) else {
        return Err(OneError::Policies(messages));
    };
    let policies = sets.policies();
    let explanation = policies.explain(&request);
    show(ask, &request, &explanation, &sources, out)?;
    Ok(explanation.decision)
}

/// The documents of every layer.
struct Sources<'a> {
    layers: Vec<(Layer, Vec<Read<'a>>)>,
}

struct Read<'a> {
    file: File<'a>,
    document: Document,
}

impl<'a> Sources<'a> {
    fn read(ask: &Ask<'a>, messages: &mut Vec<String>) -> Self {
        let mut layers = Vec::new();
        let mut add = |kind, level, files: &[File<'a>]| {
            let read = files.iter().map(|file| {
                let reading = policy_json::read(file.source.as_bytes());
                let lines = Lines::new(file.source.as_bytes());
                messages.extend(reading.problems.iter().map(|problem| {
                    let position = lines.position(problem.span.start);
                    format!("{}:{position}: {problem}", file.name)
                }));
                Read {
                    file: *file,
                    document: reading.document,
                }
            });
            layers.push((Layer { kind, level }, read.collect()));
        };
        add(PolicyKind::Identity, 0, ask.identity);
        if !ask.boundary.is_empty() {
            add(PolicyKind::PermissionsBoundary, 0, ask.boundary);
        }
        if !ask.session.is_empty() {
            add(PolicyKind::Session, 0, ask.session);
        }
        if let Some(file) = ask.resource_policy {
            add(PolicyKind::Resource, 0, &[file]);
        }
        for (level, files) in ask.service_control.iter().enumerate() {
            add(PolicyKind::ServiceControl, level, files);
        }
        for (level, files) in ask.resource_control.iter().enumerate() {
            add(PolicyKind::ResourceControl, level, files);
        }
        Self { layers }
    }

    /// `None` if a policy is none.
    fn compile(&self, messages: &mut Vec<String>) -> Option<Sets> {
        let mut sets = Vec::new();
        for (layer, read) in &self.layers {
            let documents = read.iter().map(|read| &read.document);
            match PolicySet::compile(layer.kind, documents) {
                Ok(set) => sets.push(set),
                Err(error) => messages.push(located(read, &error)),
            }
        }
        let at = sets.iter().position(|set| set.kind() == PolicyKind::Identity)?;
        Some(Sets {
            identity: sets.remove(at),
            others: sets,
        })
    }

    fn find(&self, place: &StatementRef<'_>) -> Option<(File<'a>, Statement<'_>)> {
        let (_, read) = self.layers.iter().find(|(layer, _)| *layer == place.layer)?;
        let read = read.get(place.policy)?;
        Some((read.file, read.document.statements().nth(place.statement)?))
    }
}

fn located(read: &[Read<'_>], error: &PolicyError) -> String {
    let Some(read) = read.get(error.policy) else {
        return error.to_string();
    };
    let start = error.span.map_or(0, |span| span.start);
    let position = Lines::new(read.file.source.as_bytes()).position(start);
    format!("{}:{position}: {}", read.file.name, error.kind)
}

/// The compiled policies: those of the identity, and the others, levels in their order.
struct Sets {
    identity: PolicySet,
    others: Vec<PolicySet>,
}

impl Sets {
    fn of(&self, kind: PolicyKind) -> &[PolicySet] {
        let start = self
            .others
            .iter()
            .position(|set| set.kind() == kind)
            .unwrap_or_default();
        let rest = self.others.get(start..).unwrap_or_default();
        let length = rest.iter().take_while(|set| set.kind() == kind).count();
        rest.get(..length).unwrap_or_default()
    }

    fn policies(&self) -> Policies<'_> {
        let mut policies = Policies::new(&self.identity)
            .with_service_control(self.of(PolicyKind::ServiceControl))
            .with_resource_control(self.of(PolicyKind::ResourceControl));
        if let [boundary] = self.of(PolicyKind::PermissionsBoundary) {
            policies = policies.with_permissions_boundary(boundary);
        }
        if let [session] = self.of(PolicyKind::Session) {
            policies = policies.with_session(session);
        }
        if let [resource] = self.of(PolicyKind::Resource) {
            policies = policies.with_resource(resource);
        }
        policies
    }
}

fn show(
    ask: &Ask<'_>,
    request: &Request<'_>,
    explanation: &Explanation<'_>,
    sources: &Sources<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let outcome = explanation.decision.outcome;
    let sentence = explanation.to_string();
    let summary = sentence.split("; closest is ").next().unwrap_or_default();
    writeln!(out, "{outcome}: {summary}")?;
    let mut deciding = explanation.deciding().peekable();
    if deciding.peek().is_some() {
        for place in deciding {
            let verb = if place.effect == Effect::Deny {
                "denies"
            } else {
                "allows"
            };
            let said = format!("{place} {verb} it");
            if said != summary {
                writeln!(out, "\n{said}")?;
            }
            if let Some((file, statement)) = sources.find(place) {
                write!(out, "{}", matched(ask, file, statement, place.effect))?;
            }
        }
    } else if let Some(near) = explanation.closest() {
        writeln!(out, "closest is {}", near.statement)?;
        if let Some((file, statement)) = sources.find(&near.statement) {
            write!(out, "{}", missed(ask, request, file, statement, &near.failures))?;
        }
    } else if let Some(help) = help_without_statement(ask, explanation.decision) {
        writeln!(out, "\nhelp: {help}")?;
    }
    if !explanation.missing.is_empty() {
        let keys: Vec<_> = explanation.missing.iter().map(|key| format!("`{key}`")).collect();
        writeln!(
            out,
            "\nnote: the answer may depend on what the request does not say: {}",
            keys.join(", ")
        )?;
    }
    for (key, _) in ask.context {
        if Catalog::get().condition_key(key).is_none() {
            let meant = Catalog::get().suggest_condition_key(key);
            let meant = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
            writeln!(out, "note: AWS knows no condition key `{key}`{meant}")?;
        }
    }
    Ok(())
}

fn help_without_statement(ask: &Ask<'_>, decision: Decision) -> Option<String> {
    let Reason::NotAllowedBy(layer) = decision.reason else {
        return None;
    };
    let Ask {
        action,
        resource,
        principal,
        ..
    } = ask;
    Some(match layer.kind {
        PolicyKind::Resource => {
            format!("let the policy of `{resource}` allow `{action}` to `{principal}`")
        }
        PolicyKind::Identity => format!("let an identity policy allow `{action}` on `{resource}`"),
        kind => format!("let a {kind} allow `{action}` on `{resource}`"),
    })
}

/// Where a key and its value stand.
fn span(member: Member<'_>) -> Option<Span> {
    Some(Span::new(member.key_span()?.start, member.value.span()?.end))
}

/// The values of an element one by one, those of `Action` and `NotAction` alike.
fn values(statement: Statement<'_>, elements: [Element; 2]) -> impl Iterator<Item = Value<'_>> {
    elements
        .into_iter()
        .filter_map(move |element| statement.element(element))
        .flat_map(|member| member.value.one_or_many())
}

fn excerpt<'a>(file: File<'a>, statement: Statement<'_>) -> Excerpt<'a> {
    Excerpt {
        name: file.name,
        text: file.source,
        start: statement.0.span().map_or(0, |span| span.start),
        marks: Vec::new(),
        help: Vec::new(),
    }
}

/// A statement that decides: its effect, and the patterns that cover the request.
fn matched<'a>(ask: &Ask<'_>, file: File<'a>, statement: Statement<'_>, effect: Effect) -> Excerpt<'a> {
    let mut excerpt = excerpt(file, statement);
    let mut mark = |span: Option<Span>, label: String| {
        if let Some(span) = span {
            excerpt.marks.push((span, label));
        }
    };
    let verb = if effect == Effect::Deny { "denies" } else { "allows" };
    mark(statement.element(Element::Effect).and_then(span), verb.to_owned());
    let covers = |pattern: &Value<'_>| {
        let pattern = pattern.as_str();
        pattern.is_some_and(|pattern| wildcard::matches_ignoring_case(pattern, ask.action))
    };
    let action = values(statement, [Element::Action, Element::Action]).find(covers);
    mark(action.and_then(Value::span), format!("covers `{}`", ask.action));
    let covers = |pattern: &Value<'_>| {
        let pattern = pattern.as_str();
        pattern.is_some_and(|pattern| wildcard::matches_arn(pattern, ask.resource))
    };
    let resource = values(statement, [Element::Resource, Element::Resource]).find(covers);
    mark(resource.and_then(Value::span), format!("covers `{}`", ask.resource));
    for element in [Element::NotAction, Element::NotResource] {
        mark(
            statement.element(element).and_then(span),
            "does not except it".to_owned(),
        );
    }
    if effect == Effect::Deny {
        let help = "no other statement can allow what one denies: narrow this one, or its conditions";
        excerpt.help.push(help.to_owned());
    }
    excerpt
}

/// A statement that comes close: what keeps it from being about the request, and how to change that.
fn missed<'a>(
    ask: &Ask<'_>,
    request: &Request<'_>,
    file: File<'a>,
    statement: Statement<'_>,
    failures: &[Failure<'_>],
) -> Excerpt<'a> {
    let Ask {
        principal,
        action,
        resource,
        ..
    } = ask;
    let target = if request.is_about_no_resource() { "*" } else { resource };
    let mut excerpt = excerpt(file, statement);
    for failure in failures {
        let element = |one, other| statement.element(one).or_else(|| statement.element(other));
        let (at, label, help) = match failure {
            Failure::Action { negated: false, .. } => (
                element(Element::Action, Element::Action).and_then(span),
                format!("does not cover `{action}`"),
                format!("add `{action}` to `Action`"),
            ),
            Failure::Action { .. } => (
                element(Element::NotAction, Element::NotAction).and_then(span),
                format!("excepts `{action}`"),
                format!("allow `{action}` in a statement of its own"),
            ),
            Failure::Resource { negated, missing, .. } => {
                let (label, help) = match missing[..] {
                    [key, ..] => (
                        format!("needs `{key}`, which is not in the request"),
                        format!("give the request its `{key}`"),
                    ),
                    [] if *negated => (
                        format!("excepts `{target}`"),
                        format!("allow `{action}` on `{target}` in a statement of its own"),
                    ),
                    [] if target == "*" => (
                        format!("does not cover `*`, which `{action}` is about"),
                        format!("allow `{action}` in a statement whose `Resource` is `*`"),
                    ),
                    [] => (
                        format!("does not cover `{target}`"),
                        format!("add `{target}`, or a pattern that covers it, to `Resource`"),
                    ),
                };
                (
                    element(Element::Resource, Element::NotResource).and_then(span),
                    label,
                    help,
                )
            }
            Failure::Principal => (
                element(Element::Principal, Element::NotPrincipal).and_then(span),
                format!("does not name `{principal}`"),
                format!("add `{principal}` to `Principal`"),
            ),
            Failure::Condition {
                operator, key, found, ..
            } => {
                let is_it = |condition: &policy_document::Condition<'_>| {
                    condition.operator.key == *operator && condition.key.key == *key
                };
                let at = statement
                    .conditions()
                    .find(is_it)
                    .and_then(|condition| span(condition.key));
                let found: Vec<_> = found.iter().map(|value| format!("`{value}`")).collect();
                if found.is_empty() {
                    (
                        at,
                        format!("`{key}` is not in the request"),
                        format!("give the request its `{key}`, if it has one"),
                    )
                } else {
                    (
                        at,
                        format!("`{key}` is {}", found.join(" and ")),
                        format!("make the request with another `{key}`, or change the condition"),
                    )
                }
            }
            _ => continue,
        };
        if let Some(span) = at {
            excerpt.marks.push((span, label));
        }
        excerpt.help.push(help);
    }
    excerpt
}
