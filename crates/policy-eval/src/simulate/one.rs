use std::fmt::{self, Display, Write};
use std::io;

use crate::{
    Context, Decision, Explanation, Failure, Layer, Policies, PolicyError, PolicySet, PolicyType, Principal, Reading,
    Reason, Request, RequestError, Response, StatementRef,
};
use iam_policy_catalog::{Catalog, Fit};
use iam_policy_core::variable::{has_unknown, shown, unknowns};
use iam_policy_core::{ArnPattern, Effect, wildcard};
use iam_policy_document::{
    Diagnostic, Document, Element, Excerpt, Lines, Member, Role, Severity, SourceFile, Span, Statement, Step,
    StyledText, Value, Visible, did_you_mean,
};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::simulate::lines::{Policy, Shown};

/// A policy, with the text it was read from.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// The name of the text in messages, usually its path.
    pub name: &'a str,
    /// The text.
    pub source: &'a str,
    /// The policy, with positions in the text.
    pub document: &'a Document,
}

/// A request and the policies that apply to it.
///
/// # Examples
///
/// ```
/// use iam_policy_eval::simulate::Ask;
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
    /// The caller: see [`Principal::parse`](crate::Principal::parse).
    pub principal: &'a str,
    /// The action, such as `s3:GetObject`.
    pub action: &'a str,
    /// The resource: an ARN, or `*`.
    pub resource: &'a str,
    /// The account of the resource, if its ARN does not contain it.
    pub resource_account: Option<&'a str>,
    /// The context keys of the request and their values.
    pub context: &'a [(&'a str, Vec<&'a str>)],
    /// The policies of the identity.
    pub identity: &'a [File<'a>],
    /// The permissions boundary.
    pub boundary: &'a [File<'a>],
    /// The session policies.
    pub session: &'a [File<'a>],
    /// The policy of the resource.
    pub resource_policy: Option<File<'a>>,
    /// The service control policies, by level.
    pub service_control: &'a [Vec<File<'a>>],
    /// The resource control policies, by level.
    pub resource_control: &'a [Vec<File<'a>>],
}

/// Why one request could not be decided.
#[derive(Debug)]
#[non_exhaustive]
pub enum OneError {
    /// The request is invalid: everything that is wrong with it.
    Request(Vec<RequestError>),
    /// Some policies are invalid: a rendered diagnostic for each.
    Policies(StyledText),
    /// Writing failed.
    Io(io::Error),
}

impl Display for OneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(errors) => {
                let messages: Vec<_> = errors.iter().map(ToString::to_string).collect();
                f.write_str(&messages.join("\n"))
            }
            Self::Policies(messages) => messages.fmt(f),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OneError {}

impl From<io::Error> for OneError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Decides one request and explains the decision: the statements that decide or come closest, quoted and underlined,
/// and what to change.
///
/// - `ask`: the request and the policies
/// - `out`: the explanation is appended to it
///
/// # Errors
///
/// If the request or a policy is invalid. Nothing is written then.
///
/// # Examples
///
/// ```
/// use iam_policy_document::StyledText;
/// use iam_policy_eval::simulate::{Ask, File, simulate_one};
///
/// let source = r#"{
///   "Statement": {
///     "Effect": "Allow",
///     "Action": "s3:GetObject",
///     "Resource": "arn:aws:s3:::logs/*"
///   }
/// }"#;
/// let document = iam_policy_document::json::read(source.as_bytes()).document;
/// let ask = Ask {
///     principal: "arn:aws:iam::123456789012:user/ann",
///     action: "s3:GetObject",
///     resource: "arn:aws:s3:::reports/1",
///     identity: &[File { name: "user.json", source, document: &document }],
///     ..Ask::default()
/// };
/// let mut out = StyledText::new();
/// simulate_one(&ask, &mut out)?;
/// assert_eq!(
///     out.as_str(),
///     "implicitDeny: no identity policy allows `s3:GetObject` on `arn:aws:s3:::reports/1`
/// closest match: statement 1 of identity policy 1
///  --> user.json:2:16
///   |
/// 5 |     \"Resource\": \"arn:aws:s3:::logs/*\"
///   |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ does not cover `arn:aws:s3:::reports/1`
///   = help: add `arn:aws:s3:::reports/1`, or a pattern that covers it, to `Resource`
/// ",
/// );
/// # Ok::<(), iam_policy_eval::simulate::OneError>(())
/// ```
pub fn simulate_one(ask: &Ask<'_>, out: &mut StyledText) -> Result<Decided, OneError> {
    answer(ask, |answer| {
        show(answer, out);
        Ok(())
    })
}

/// Like [`simulate_one`], as JSON: an object with `decision`, `matched` and `because` as in
/// [`simulate_lines`](crate::simulate::simulate_lines), and `near`, the statements that come close and what failed in
/// them, `missing`, the condition keys that may matter but are not in the request, and `notes` about suspicious input.
/// Statements also have their `file` and `line`.
///
/// # Errors
///
/// If the request or a policy is invalid, or writing fails. Nothing is written in the first two cases.
///
/// # Examples
///
/// ```
/// use iam_policy_eval::simulate::{Ask, simulate_one_json};
///
/// let ask = Ask {
///     principal: "arn:aws:iam::123456789012:user/ann",
///     action: "s3:GetObject",
///     resource: "arn:aws:s3:::b/k",
///     ..Ask::default()
/// };
/// let mut out = Vec::new();
/// simulate_one_json(&ask, &mut out)?;
/// assert_eq!(
///     String::from_utf8_lossy(&out),
///     r#"{"decision":"implicitDeny","matched":[],"near":[],"missing":[],"notes":[],"because":"no identity policy allows `s3:GetObject` on `arn:aws:s3:::b/k`"}
/// "#,
/// );
/// # Ok::<(), iam_policy_eval::simulate::OneError>(())
/// ```
pub fn simulate_one_json(ask: &Ask<'_>, out: &mut dyn io::Write) -> Result<Decided, OneError> {
    answer(ask, |answer| {
        serde_json::to_writer(&mut *out, answer)?;
        out.write_all(b"\n")
    })
}

/// What was decided about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decided {
    /// The response. If the decision is [unknown](Self::is_unknown), it is the most permissive one that is possible.
    pub response: Response,
    /// The names of the unknown parts of policies that the decision depends on; empty if it is known.
    pub depends_on: Vec<String>,
}

impl Decided {
    /// Whether the policies may allow the request or not, depending on parts of them that are unknown.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        !self.depends_on.is_empty()
    }
}

/// The name of a decision that depends on unknown parts of policies.
const UNKNOWN: &str = "unknown";

/// Everything to report about a request.
struct Answer<'a> {
    ask: &'a Ask<'a>,
    request: &'a Request<'a>,
    explanation: &'a Explanation<'a>,
    sources: &'a Sources<'a>,
    /// The names of the unknown parts that the decision depends on.
    depends_on: Vec<String>,
}

fn answer(ask: &Ask<'_>, say: impl FnOnce(&Answer<'_>) -> io::Result<()>) -> Result<Decided, OneError> {
    let mut context = Context::new();
    let mut wrong = Vec::new();
    for (key, values) in ask.context {
        wrong.extend(context.set(key, values.iter().copied()).err());
    }
    let request = match request(ask) {
        Ok(request) if wrong.is_empty() => request.with_context(&context),
        request => {
            wrong.splice(0..0, request.err().into_iter().flatten());
            return Err(OneError::Request(wrong));
        }
    };
    let sources = Sources::of(ask);
    if !sources.have_unknowns() {
        let sets = sources.compile(Reading::Given).map_err(OneError::Policies)?;
        let policies = sets.policies();
        let explanation = policies.explain(&request);
        say(&Answer {
            ask,
            request: &request,
            explanation: &explanation,
            sources: &sources,
            depends_on: Vec::new(),
        })?;
        return Ok(Decided {
            response: explanation.response,
            depends_on: Vec::new(),
        });
    }
    let most = sources.compile(Reading::MostPermissive).map_err(OneError::Policies)?;
    let least = sources.compile(Reading::LeastPermissive).map_err(OneError::Policies)?;
    let (most, least) = (most.policies(), least.policies());
    let (most, least) = (most.explain(&request), least.explain(&request));
    let is_allowed = |explanation: &Explanation<'_>| explanation.response.decision == Decision::Allowed;
    let depends_on = if is_allowed(&most) == is_allowed(&least) {
        Vec::new()
    } else {
        sources.names_of_difference(&most, &least)
    };
    // What allows whatever the values are, or does not even with the best ones.
    let explanation = if is_allowed(&least) { &least } else { &most };
    say(&Answer {
        ask,
        request: &request,
        explanation,
        sources: &sources,
        depends_on: depends_on.clone(),
    })?;
    Ok(Decided {
        response: explanation.response,
        depends_on,
    })
}

/// The request without its context, or all its errors.
fn request<'a>(ask: &Ask<'a>) -> Result<Request<'a>, Vec<RequestError>> {
    let account = |request: Request<'a>| match ask.resource_account {
        Some(account) => request.with_resource_account(account),
        None => Ok(request),
    };
    let request = Request::new(ask.principal, ask.action, ask.resource).and_then(account);
    request.map_err(|_| {
        // Each part is tried in a request whose other parts are valid.
        let of = |action, resource| Request::by(Principal::Anonymous, action, resource);
        let principal = Principal::parse(ask.principal).map_err(|error| RequestError::principal(ask.principal, error));
        let parts = [
            principal.err(),
            of(ask.action, "*").err(),
            of("sts:GetCallerIdentity", ask.resource).err(),
            of("sts:GetCallerIdentity", "*").and_then(account).err(),
        ];
        parts.into_iter().flatten().collect()
    })
}

impl Serialize for Answer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let placed = |place| Placed {
            place,
            found: self.sources.find(place),
            failures: None,
        };
        let matched: Vec<_> = self.explanation.matched.iter().map(placed).collect();
        let near: Vec<_> = self
            .explanation
            .near
            .iter()
            .map(|near| Placed {
                failures: Some(near.failures.iter().map(ToString::to_string).collect()),
                ..placed(&near.statement)
            })
            .collect();
        let mut answer = serializer.serialize_struct("Answer", 7)?;
        answer.serialize_field("decision", self.decision())?;
        if !self.depends_on.is_empty() {
            answer.serialize_field("dependsOn", &self.depends_on)?;
        }
        answer.serialize_field("matched", &matched)?;
        answer.serialize_field("near", &near)?;
        answer.serialize_field("missing", &self.explanation.missing)?;
        answer.serialize_field("notes", &notes(self))?;
        match self.unknown() {
            Some(sentence) => answer.serialize_field("because", &Shown(sentence))?,
            None => answer.serialize_field("because", &Shown(shown(&self.explanation.to_string()).to_string()))?,
        }
        answer.end()
    }
}

impl Answer<'_> {
    fn decision(&self) -> &'static str {
        if self.depends_on.is_empty() {
            self.explanation.response.decision.name()
        } else {
            UNKNOWN
        }
    }

    /// Why the decision is unknown, if it is.
    fn unknown(&self) -> Option<String> {
        let (last, others) = self.depends_on.split_last()?;
        let mut names = String::new();
        for (number, name) in others.iter().enumerate() {
            let separator = if number == 0 { "" } else { ", " };
            let _ = write!(names, "{separator}`{name}`");
        }
        let and = if others.is_empty() { "" } else { " and " };
        Some(format!(
            "whether `{}` is allowed on `{}` depends on {names}{and}`{last}`",
            self.ask.action, self.ask.resource
        ))
    }
}

/// A statement and its location.
struct Placed<'a> {
    place: &'a StatementRef<'a>,
    found: Option<(File<'a>, Statement<'a>)>,
    failures: Option<Vec<String>>,
}

impl Serialize for Placed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut statement = serializer.serialize_struct("Statement", 7)?;
        statement.serialize_field("policy", &Shown(Policy(self.place)))?;
        statement.serialize_field("statement", &self.place.statement)?;
        statement.serialize_field("sid", &self.place.sid)?;
        statement.serialize_field("effect", self.place.effect.name())?;
        if let Some((file, written)) = self.found {
            statement.serialize_field("file", file.name)?;
            let line = |span: Span| Lines::new(file.source.as_bytes()).position(span.start).line;
            statement.serialize_field("line", &written.0.span().map(line))?;
        }
        if let Some(failures) = &self.failures {
            statement.serialize_field("failures", failures)?;
        }
        statement.end()
    }
}

/// The documents of every layer.
struct Sources<'a> {
    layers: Vec<(Layer, Vec<File<'a>>)>,
}

impl<'a> Sources<'a> {
    fn of(ask: &Ask<'a>) -> Self {
        let mut layers = Vec::new();
        let mut add =
            |policy_type, level, files: &[File<'a>]| layers.push((Layer { policy_type, level }, files.to_vec()));
        add(PolicyType::Identity, 0, ask.identity);
        if !ask.boundary.is_empty() {
            add(PolicyType::PermissionsBoundary, 0, ask.boundary);
        }
        if !ask.session.is_empty() {
            add(PolicyType::Session, 0, ask.session);
        }
        if let Some(file) = ask.resource_policy {
            add(PolicyType::Resource, 0, &[file]);
        }
        for (level, files) in ask.service_control.iter().enumerate() {
            add(PolicyType::ServiceControl, level, files);
        }
        for (level, files) in ask.resource_control.iter().enumerate() {
            add(PolicyType::ResourceControl, level, files);
        }
        Self { layers }
    }

    /// Whether parts of the policies are unknown.
    fn have_unknowns(&self) -> bool {
        let mut files = self.layers.iter().flat_map(|(_, files)| files);
        files.any(|file| file.document.has_unknowns())
    }

    /// The names of the unknown parts of the statements that match a request in one case only.
    fn names_of_difference(&self, one: &Explanation<'_>, other: &Explanation<'_>) -> Vec<String> {
        let key = |place: &StatementRef<'_>| (place.layer, place.policy, place.statement);
        let differs = |place: &&StatementRef<'_>| {
            let is_same = |other: &StatementRef<'_>| key(other) == key(place);
            one.matched.iter().any(is_same) != other.matched.iter().any(is_same)
        };
        let mut names: Vec<String> = Vec::new();
        for place in one.matched.iter().chain(&other.matched).filter(differs) {
            let Some((_, statement)) = self.find(place) else {
                continue;
            };
            collect_names(statement.0, &mut names);
        }
        if names.is_empty() {
            for (_, files) in &self.layers {
                for file in files {
                    collect_names(file.document.root(), &mut names);
                }
            }
        }
        names
    }

    /// The policies of each layer, or what is wrong with them.
    fn compile(&self, reading: Reading) -> Result<Sets, StyledText> {
        let (mut identity, mut others, mut messages) = (None, Vec::new(), StyledText::new());
        for (layer, files) in &self.layers {
            let documents = files.iter().map(|file| file.document);
            match PolicySet::compile_as(layer.policy_type, documents, reading) {
                Ok(set) if layer.policy_type == PolicyType::Identity => identity = Some(set),
                Ok(set) => others.push(set),
                // Compilation reports the first invalid document only; there may be more.
                Err(_) => {
                    for file in files {
                        if let Err(error) = PolicySet::compile_as(layer.policy_type, [file.document], reading) {
                            messages.append(&located(*file, &error));
                        }
                    }
                }
            }
        }
        match identity {
            Some(identity) if messages.is_empty() => Ok(Sets { identity, others }),
            _ => Err(messages),
        }
    }

    fn find(&self, place: &StatementRef<'_>) -> Option<(File<'a>, Statement<'a>)> {
        let (_, files) = self.layers.iter().find(|(layer, _)| *layer == place.layer)?;
        let file = *files.get(place.policy)?;
        Some((file, file.document.statements().nth(place.statement)?))
    }
}

/// Adds the names of the unknown parts of a value, each once.
fn collect_names(value: Value<'_>, names: &mut Vec<String>) {
    let mut add = |text: &str| {
        for unknown in unknowns(text) {
            if !names.iter().any(|known| known == unknown.name) {
                names.push(unknown.name.to_owned());
            }
        }
    };
    if let Some(text) = value.as_str() {
        add(text);
    }
    for member in value.members() {
        add(member.key);
    }
    for item in value.items().chain(value.members().map(|member| member.value)) {
        collect_names(item, names);
    }
}

fn located(file: File<'_>, error: &PolicyError) -> StyledText {
    let lines = Lines::new(file.source.as_bytes());
    SourceFile::new(file.name, &lines).show_all([&error.into()])
}

/// The compiled policies: those of the identity, and the others, by level.
struct Sets {
    identity: PolicySet,
    others: Vec<PolicySet>,
}

impl Sets {
    fn of(&self, policy_type: PolicyType) -> &[PolicySet] {
        let start = self
            .others
            .iter()
            .position(|set| set.policy_type() == policy_type)
            .unwrap_or_default();
        let rest = self.others.get(start..).unwrap_or_default();
        let length = rest.iter().take_while(|set| set.policy_type() == policy_type).count();
        rest.get(..length).unwrap_or_default()
    }

    fn policies(&self) -> Policies<'_> {
        let mut policies = Policies::new(&self.identity)
            .with_service_control(self.of(PolicyType::ServiceControl))
            .with_resource_control(self.of(PolicyType::ResourceControl));
        if let [boundary] = self.of(PolicyType::PermissionsBoundary) {
            policies = policies.with_permissions_boundary(boundary);
        }
        if let [session] = self.of(PolicyType::Session) {
            policies = policies.with_session(session);
        }
        if let [resource] = self.of(PolicyType::Resource) {
            policies = policies.with_resource(resource);
        }
        policies
    }
}

fn show(answer: &Answer<'_>, out: &mut StyledText) {
    let Answer {
        ask,
        explanation,
        sources,
        ..
    } = answer;
    let decision = explanation.response.decision;
    let sentence = shown(&explanation.to_string()).to_string();
    let summary = sentence.split("; the closest match is ").next().unwrap_or_default();
    if let Some(unknown) = answer.unknown() {
        out.push(Role::Denied, UNKNOWN);
        out.push(Role::Message, &format!(": {}", Visible(&unknown)));
        for place in &explanation.matched {
            out.plain(&format!("\n\n{}", Visible(&format!("{place} may match"))));
            if let Some((file, statement)) = sources.find(place) {
                Quote::new(file, statement).marked(statement).render(out);
            }
        }
        out.plain("\n");
        return;
    }
    let role = if decision == Decision::Allowed {
        Role::Allowed
    } else {
        Role::Denied
    };
    out.push(role, decision.name());
    out.push(Role::Message, &format!(": {}", Visible(summary)));
    let mut deciding = explanation.deciding().peekable();
    if deciding.peek().is_some() {
        for place in deciding {
            let verb = if place.effect == Effect::Deny {
                "denies"
            } else {
                "allows"
            };
            let sentence = format!("{place} {verb} it");
            if sentence != summary {
                out.plain(&format!("\n\n{}", Visible(&sentence)));
            }
            if let Some((file, statement)) = sources.find(place) {
                matched(ask, file, statement, place.effect).render(out);
            }
        }
    } else if let Some(near) = explanation.closest() {
        out.plain(&format!("\nclosest match: {}", Visible(&near.statement.to_string())));
        if let Some((file, statement)) = sources.find(&near.statement) {
            missed(ask, file, statement, &near.failures).render(out);
        }
    } else if let Some(help) = help_without_statement(ask, explanation.response.reason) {
        Excerpt::nowhere().help(help).render(out);
    }
    out.plain("\n");
    let mut notes = notes(answer);
    if !explanation.missing.is_empty() {
        let keys: Vec<_> = explanation.missing.iter().map(|key| format!("`{key}`")).collect();
        let note = format!(
            "the decision may depend on context keys that are not in the request: {}",
            keys.join(", ")
        );
        notes.insert(0, note);
        out.plain("\n");
    }
    for note in notes {
        out.append(&Diagnostic::new(Severity::Note, note).render());
        out.plain("\n");
    }
}

/// Valid input that is probably not what was meant.
fn notes(answer: &Answer<'_>) -> Vec<String> {
    let (ask, catalog) = (answer.ask, Catalog::get());
    let suggestion = |meant: Option<String>| meant.map_or(String::new(), |meant| format!("; {}", did_you_mean(&meant)));
    let mut notes = Vec::new();
    let action = ask.action;
    if catalog.action(action).is_none() {
        let meant = suggestion(catalog.suggest_action(action).map(|action| action.to_string()));
        notes.push(format!("AWS has no action `{action}`{meant}"));
    }
    if ask.resource != "*" && wildcard::is_pattern(ask.resource) {
        notes.push(format!(
            "`{}` is treated as a single resource, without wildcards",
            ask.resource
        ));
    }
    // The sentence about a request that nothing allows already says so.
    let is_said = matches!(answer.explanation.response.reason, Reason::NotAllowedBy(_));
    if answer.request.is_usually_on_everything() {
        if !is_said {
            notes.push(format!("AWS usually authorizes `{action}` on `*`"));
        }
    } else if let Some(Fit::OtherType(other)) = catalog.action(action).map(|action| action.fit(ask.resource)) {
        notes.push(format!(
            "`{}` is of the type `{}`, which AWS's reference does not list for `{action}` (as of {})",
            ask.resource,
            other.name,
            catalog.date()
        ));
    }
    for (key, _) in ask.context {
        if catalog.condition_key(key).is_none() {
            let meant = suggestion(catalog.suggest_condition_key(key).map(|key| key.to_string()));
            notes.push(format!("AWS has no condition key `{key}`{meant}"));
        }
    }
    notes
}

fn help_without_statement(ask: &Ask<'_>, reason: Reason) -> Option<String> {
    let Reason::NotAllowedBy(layer) = reason else {
        return None;
    };
    let Ask {
        action,
        resource,
        principal,
        ..
    } = ask;
    Some(match layer.policy_type {
        PolicyType::Resource => {
            format!("allow `{principal}` to perform `{action}` in the policy of `{resource}`")
        }
        PolicyType::Identity => format!("allow `{action}` on `{resource}` in an identity policy"),
        policy_type => format!("allow `{action}` on `{resource}` in a {}", policy_type.label()),
    })
}

/// The span of an element, including its key if that comes first. Documents built from a spec have neither keys nor
/// brackets.
fn span(member: Member<'_>) -> Option<Span> {
    match (member.key_span(), member.value.span()) {
        (Some(key), Some(value)) => Some(Span::new(key.start, value.end)),
        (None, Some(value)) => Some(value),
        (_, None) => {
            let mut spans = member.value.one_or_many().filter_map(Value::span);
            let first = spans.next()?;
            Some(Span::new(first.start, spans.last().unwrap_or(first).end))
        }
    }
}

/// The name of an element in its source.
fn called(member: Option<Member<'_>>, usually: &str) -> String {
    let path = member.map(|member| member.value.path());
    let name = path.and_then(|path| match path.0.last() {
        Some(Step::Value(name)) => Some(name.to_string()),
        _ => None,
    });
    name.unwrap_or_else(|| usually.to_owned())
}

/// The values of an element, one by one.
fn values(statement: Statement<'_>, elements: [Element; 2]) -> impl Iterator<Item = Value<'_>> {
    elements
        .into_iter()
        .filter_map(move |element| statement.element(element))
        .flat_map(|member| member.value.one_or_many())
}

/// A statement as written, with annotations on its parts.
struct Quote<'a> {
    file: File<'a>,
    start: usize,
    marks: Vec<(Span, String)>,
    help: Vec<String>,
}

impl<'a> Quote<'a> {
    fn new(file: File<'a>, statement: Statement<'_>) -> Self {
        Self {
            file,
            start: statement.0.span().map_or(0, |span| span.start),
            marks: Vec::new(),
            help: Vec::new(),
        }
    }
}

impl Quote<'_> {
    /// Marks the texts with unknown parts.
    fn marked(mut self, statement: Statement<'_>) -> Self {
        let mut open = vec![statement.0];
        while let Some(value) = open.pop() {
            open.extend(value.items());
            open.extend(value.members().map(|member| member.value));
            if let (Some(text), Some(span)) = (value.as_str().filter(|text| has_unknown(text)), value.span()) {
                self.marks.push((span, format!("`{}`", shown(text))));
            }
        }
        self.marks.sort_by_key(|(span, _)| *span);
        self.marks.dedup_by_key(|(span, _)| *span);
        self
    }

    fn render(self, out: &mut StyledText) {
        let lines = Lines::new(self.file.source.as_bytes());
        let mut excerpt = Excerpt::new(SourceFile::new(self.file.name, &lines)).at(self.start);
        for (span, label) in self.marks {
            excerpt = excerpt.primary(span, label);
        }
        for help in self.help {
            excerpt = excerpt.help(help);
        }
        excerpt.render(out);
    }
}

/// A deciding statement: its effect, and the patterns that match the request.
fn matched<'a>(ask: &Ask<'_>, file: File<'a>, statement: Statement<'_>, effect: Effect) -> Quote<'a> {
    let mut quote = Quote::new(file, statement);
    let mut mark = |span: Option<Span>, label: String| {
        if let Some(span) = span {
            quote.marks.push((span, label));
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
        pattern.is_some_and(|pattern| ArnPattern::new(pattern).matches(ask.resource))
    };
    let resource = values(statement, [Element::Resource, Element::Resource]).find(covers);
    mark(resource.and_then(Value::span), format!("covers `{}`", ask.resource));
    for element in [Element::NotAction, Element::NotResource] {
        mark(
            statement.element(element).and_then(span),
            "does not exclude it".to_owned(),
        );
    }
    if effect == Effect::Deny {
        let help = "an explicit deny overrides every allow: narrow this statement or its conditions";
        quote.help.push(help.to_owned());
    }
    quote
}

/// A near miss: what keeps it from matching the request, and how to change that.
fn missed<'a>(ask: &Ask<'_>, file: File<'a>, statement: Statement<'_>, failures: &[Failure<'_>]) -> Quote<'a> {
    let Ask {
        principal,
        action,
        resource,
        ..
    } = ask;
    let mut quote = Quote::new(file, statement);
    for failure in failures {
        let element = |one, other| statement.element(one).or_else(|| statement.element(other));
        let (at, label, help) = match failure {
            Failure::Action { negated: false, .. } => (
                element(Element::Action, Element::Action).and_then(span),
                format!("does not cover `{action}`"),
                format!(
                    "add `{action}` to `{}`",
                    called(element(Element::Action, Element::Action), "Action")
                ),
            ),
            Failure::Action { .. } => (
                element(Element::NotAction, Element::NotAction).and_then(span),
                format!("excludes `{action}`"),
                format!("allow `{action}` in a separate statement"),
            ),
            Failure::Resource { negated, missing, .. } => {
                let resources = element(Element::Resource, Element::NotResource);
                let (label, help) = match missing[..] {
                    [key, ..] => (
                        format!("needs `{key}`, which is not in the request"),
                        format!("add `{key}` to the request context"),
                    ),
                    [] if *negated => (
                        format!("excludes `{resource}`"),
                        format!("allow `{action}` on `{resource}` in a separate statement"),
                    ),
                    [] if *resource == "*" => (
                        format!("does not cover `*`, which `{action}` requires"),
                        format!(
                            "allow `{action}` in a statement whose `{}` is `*`",
                            called(resources, "Resource")
                        ),
                    ),
                    [] => (
                        format!("does not cover `{resource}`"),
                        format!(
                            "add `{resource}`, or a pattern that covers it, to `{}`",
                            called(resources, "Resource")
                        ),
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
                let is_it = |condition: &iam_policy_document::Condition<'_>| {
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
                        format!("add `{key}` to the request context if real requests have it"),
                    )
                } else {
                    (
                        at,
                        format!("`{key}` is {}", found.join(" and ")),
                        format!("use a different `{key}` in the request, or change the condition"),
                    )
                }
            }
        };
        if let Some(span) = at {
            quote.marks.push((span, label));
        }
        quote.help.push(help);
    }
    quote
}
