use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::sync::Arc;

use crate::{Context, Explanation, Policies, PolicySet, PolicyType, Request, StatementRef};
use serde::ser::{Serialize, SerializeSeq, SerializeStruct, Serializer};
use serde_json::value::RawValue;

use crate::simulate::cache::{self, Cache, Compiled, Kept};
use crate::simulate::line::{self, Line};

/// The totals of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The lines answered, not counting blank ones.
    pub answers: usize,
    /// The lines answered with an error.
    pub errors: usize,
}

/// Answers the request on each line of `requests` with a line in `out`, in the same order.
///
/// Policies that lines share are read once. Memory does not grow with the number of lines.
///
/// - `requests`: one JSON object per line, in the format described in the module documentation; blank lines are
///   skipped. Need not be buffered
/// - `out`: receives one JSON object per line. Need not be buffered either; it is flushed before waiting for more input
///
/// # Errors
///
/// If reading or writing fails. Errors in a line are part of its answer and do not affect other lines.
///
/// # Examples
///
/// ```
/// let requests = br#"{"id": 1, "request": {"principal": "123456789012", "action": "s3:ListAllMyBuckets", "resource": "*"}, "identityPolicies": []}
/// {"id": 2, "request": {"principal": "123456789012", "action": "ListAllMyBuckets", "resource": "*"}, "identityPolicies": []}
/// "#;
/// let mut out = Vec::new();
/// let summary = iam_policy_eval::simulate::simulate_lines(&requests[..], &mut out)?;
/// assert_eq!((summary.answers, summary.errors), (2, 1));
/// assert_eq!(
///     String::from_utf8_lossy(&out),
///     r#"{"id":1,"decision":"allowed","matched":[],"because":"the root user may do everything in its account"}
/// {"id":2,"line":2,"error":"invalid action `ListAllMyBuckets`: expected `service:Name` without wildcards"}
/// "#,
/// );
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn simulate_lines(requests: impl Read, out: &mut dyn Write) -> io::Result<Summary> {
    let mut caches = Caches::default();
    answer_lines(requests, out, |source, answer| caches.answer(source, answer))
}

/// Answers each line with a line, in the same order and in constant memory: [`simulate_lines`] for answers of any kind.
///
/// - `lines`: one JSON object per line; blank lines are skipped
/// - `answer`: writes the answer to a line, without a line feed, or returns the error
///
/// # Errors
///
/// If reading or writing fails.
///
/// # Examples
///
/// ```
/// use iam_policy_eval::simulate::answer_lines;
///
/// let mut out = Vec::new();
/// let lines = b"{\"id\": 1}\n\n{\"id\": 2}\n";
/// answer_lines(&lines[..], &mut out, |line, answer| {
///     if line.contains(&b'2') {
///         return Err("two is too many".to_owned());
///     }
///     answer.extend(b"{}");
///     Ok(())
/// })?;
/// assert_eq!(out, b"{}\n{\"id\":2,\"line\":3,\"error\":\"two is too many\"}\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn answer_lines(
    lines: impl Read,
    out: &mut dyn Write,
    mut answer: impl FnMut(&[u8], &mut Vec<u8>) -> Result<(), String>,
) -> io::Result<Summary> {
    let mut lines = BufReader::with_capacity(BUFFER, lines);
    let mut summary = Summary::default();
    let mut source = Vec::new();
    let mut answers = Vec::new();
    let mut number = 0;
    loop {
        source.clear();
        if lines.read_until(b'\n', &mut source)? == 0 {
            break;
        }
        number += 1;
        if source.trim_ascii().is_empty() {
            continue;
        }
        summary.answers += 1;
        let start = answers.len();
        if let Err(error) = answer(&source, &mut answers) {
            summary.errors += 1;
            answers.truncate(start);
            refuse(&source, number, &error, &mut answers)?;
        }
        answers.push(b'\n');
        // Interactive callers get an answer before the next line is read.
        if answers.len() >= BUFFER || !lines.buffer().contains(&b'\n') {
            out.write_all(&answers)?;
            out.flush()?;
            answers.clear();
        }
    }
    out.write_all(&answers)?;
    out.flush()?;
    Ok(summary)
}

/// The size of the input and output buffers.
const BUFFER: usize = 64 << 10;

/// Writes the answer to an invalid line.
fn refuse(source: &[u8], number: usize, error: &str, out: &mut Vec<u8>) -> io::Result<()> {
    let id = serde_json::from_slice::<line::Id<'_>>(source).ok().and_then(|id| id.0);
    let id = id.map_or("null", RawValue::get);
    write!(out, r#"{{"id":{id},"line":{number},"error":"#)?;
    serde_json::to_writer(&mut *out, error)?;
    out.push(b'}');
    Ok(())
}

/// The policies under each key, cached from earlier lines.
#[derive(Default)]
struct Caches {
    identity: Cache,
    boundary: Cache,
    session: Cache,
    service_control: Cache,
    resource_control: Cache,
    resource: Cache,
}

type Compile = fn(PolicyType, &str, &RawValue) -> Compiled;

fn look_up(
    cache: &mut Cache,
    policy_type: PolicyType,
    source: Option<&RawValue>,
    compile: Compile,
) -> Result<Option<Arc<Kept>>, String> {
    let Some(source) = source else { return Ok(None) };
    let kept = cache.get(source.get(), || compile(policy_type, key(policy_type), source));
    match &kept.compiled {
        Ok(_) => Ok(Some(kept)),
        Err(error) => Err(error.clone()),
    }
}

fn sets(kept: Option<&Arc<Kept>>) -> &[PolicySet] {
    match kept.map(|kept| &kept.compiled) {
        Some(Ok(sets)) => sets,
        _ => &[],
    }
}

impl Caches {
    /// Writes the answer to a line, or returns its error.
    fn answer(&mut self, source: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
        let source = std::str::from_utf8(source).map_err(|_| "the line is not valid UTF-8".to_owned())?;
        let line: Line<'_> = serde_json::from_str(source).map_err(|error| line::message(&error))?;
        let missing = |key: &str| format!("`{key}` is missing");
        let id = line.id.ok_or_else(|| missing("id"))?;
        let asked = line.request.ok_or_else(|| missing("request"))?;
        let principal = part("principal", asked.principal.as_deref())?;
        let action = part("action", asked.action.as_deref())?;
        let resource = part("resource", asked.resource.as_deref())?;
        if line.identity.is_none() {
            return Err(missing("identityPolicies"));
        }
        let mut context = Context::new();
        for (key, values) in &asked.context {
            context.set(key, values.iter()).map_err(|error| error.to_string())?;
        }
        let mut request = Request::new(principal, action, resource)
            .map_err(|error| error.to_string())?
            .with_context(&context);
        if let Some(account) = &asked.resource_account {
            request = request
                .with_resource_account(account)
                .map_err(|error| error.to_string())?;
        }

        let none = |source: &&RawValue| !is_empty_list(source);
        let identity = look_up(&mut self.identity, PolicyType::Identity, line.identity, cache::list)?;
        let boundary = line.boundary.filter(none);
        let boundary = look_up(
            &mut self.boundary,
            PolicyType::PermissionsBoundary,
            boundary,
            cache::list,
        )?;
        let session = line.session.filter(none);
        let session = look_up(&mut self.session, PolicyType::Session, session, cache::list)?;
        let service_control = look_up(
            &mut self.service_control,
            PolicyType::ServiceControl,
            line.service_control,
            cache::levels,
        )?;
        let resource_control = look_up(
            &mut self.resource_control,
            PolicyType::ResourceControl,
            line.resource_control,
            cache::levels,
        )?;
        let resource = look_up(&mut self.resource, PolicyType::Resource, line.resource, cache::single)?;

        let [identity] = sets(identity.as_ref()) else {
            return Err(missing("identityPolicies"));
        };
        let mut policies = Policies::new(identity)
            .with_service_control(sets(service_control.as_ref()))
            .with_resource_control(sets(resource_control.as_ref()));
        if let [boundary] = sets(boundary.as_ref()) {
            policies = policies.with_permissions_boundary(boundary);
        }
        if let [session] = sets(session.as_ref()) {
            policies = policies.with_session(session);
        }
        if let [resource] = sets(resource.as_ref()) {
            policies = policies.with_resource(resource);
        }
        let answer = Answer {
            id,
            explanation: &policies.explain(&request),
        };
        serde_json::to_writer(out, &answer).map_err(|error| error.to_string())
    }
}

/// A required part of the request.
fn part<'l>(key: &str, text: Option<&'l str>) -> Result<&'l str, String> {
    text.ok_or_else(|| format!("`{key}` is missing from `request`"))
}

/// Whether it is `[]`, with any white space.
fn is_empty_list(source: &RawValue) -> bool {
    let inside = source.get().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inside.is_some_and(|inside| inside.trim_ascii().is_empty())
}

/// The key of a line that holds policies of this type.
const fn key(policy_type: PolicyType) -> &'static str {
    match policy_type {
        PolicyType::Identity => "identityPolicies",
        PolicyType::PermissionsBoundary => "permissionBoundaries",
        PolicyType::Session => "sessionPolicies",
        PolicyType::ServiceControl => "serviceControlPolicies",
        PolicyType::ResourceControl => "resourceControlPolicies",
        _ => "resourcePolicy",
    }
}

struct Answer<'a> {
    id: &'a RawValue,
    explanation: &'a Explanation<'a>,
}

impl Serialize for Answer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut answer = serializer.serialize_struct("Answer", 4)?;
        answer.serialize_field("id", self.id)?;
        answer.serialize_field("decision", self.explanation.response.decision.name())?;
        answer.serialize_field("matched", &Matched(&self.explanation.matched))?;
        answer.serialize_field("because", &Shown(self.explanation))?;
        answer.end()
    }
}

/// Writes a string without building it first.
pub(crate) struct Shown<T>(pub(crate) T);

impl<T: fmt::Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

struct Matched<'a>(&'a [StatementRef<'a>]);

impl Serialize for Matched<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for statement in self.0 {
            list.serialize_element(&MatchedStatement(statement))?;
        }
        list.end()
    }
}

struct MatchedStatement<'a>(&'a StatementRef<'a>);

impl Serialize for MatchedStatement<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut statement = serializer.serialize_struct("Statement", 4)?;
        statement.serialize_field("policy", &Shown(Policy(self.0)))?;
        statement.serialize_field("statement", &self.0.statement)?;
        statement.serialize_field("sid", &self.0.sid)?;
        statement.serialize_field("effect", self.0.effect.name())?;
        statement.end()
    }
}

/// The path of a policy in its line, such as `serviceControlPolicies[0][1]`.
pub(crate) struct Policy<'a>(pub(crate) &'a StatementRef<'a>);

impl fmt::Display for Policy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let StatementRef { layer, policy, .. } = self.0;
        f.write_str(key(layer.policy_type))?;
        match layer.policy_type {
            PolicyType::Resource | PolicyType::Trust => Ok(()),
            PolicyType::ServiceControl | PolicyType::ResourceControl => write!(f, "[{}][{policy}]", layer.level),
            _ => write!(f, "[{policy}]"),
        }
    }
}
