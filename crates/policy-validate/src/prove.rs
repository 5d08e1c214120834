use iam_policy_compare::{Answer, Options, Witness};
use iam_policy_core::{Effect, GlobalKey, Partition};
use iam_policy_document::{Document, Element, Statement as Written, Value};

use crate::force::{forced, mentions, of_principal};
use crate::piece::{self, Only};
use crate::report::{BOUNDARY, Check, Denial, Report, SERVICE_CONTROL, Status};
use crate::required::{Required, Statement, each};
use crate::sample::Skipped;
use crate::shape::own_part;
use crate::{Cause, ContextEntry, Decision, Matched, Subject};

/// The policies of a principal, by type.
///
/// # Examples
///
/// ```
/// use iam_policy_validate::{Granted, NamedPolicy, Required, Status};
///
/// let read = |json: &str| iam_policy_document::json::read(json.as_bytes()).document;
/// let required = Required::from_document(read(
///     r#"{"Statement": {"Effect": "Allow", "Action": "s3:*Object", "Resource": "arn:aws:s3:::reports/*"}}"#,
/// ))?;
/// let policy = read(r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::reports/2026/*"}}"#);
/// let granted = Granted {
///     identity: vec![NamedPolicy::new("reports.json", &policy)],
///     ..Granted::default()
/// };
///
/// let report = granted.prove(&required, None, &[]);
/// assert_eq!(report.checks[0].status, Status::Denied);
/// assert_eq!(report.checks[0].denials[0].resource, "arn:aws:s3:::reports/a");
/// # Ok::<(), iam_policy_eval::PolicyError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Granted<'d> {
    /// Policies of the principal itself and of its groups.
    pub identity: Vec<NamedPolicy<'d>>,
    /// The permissions boundary.
    pub boundary: Option<NamedPolicy<'d>>,
    /// The service control policies: one list per level of the organization.
    pub service_control: Vec<Vec<NamedPolicy<'d>>>,
}

/// A policy and its name.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NamedPolicy<'d> {
    /// Its name in messages.
    pub name: String,
    /// The policy.
    pub document: &'d Document,
}

impl<'d> NamedPolicy<'d> {
    /// Names a policy.
    ///
    /// - `name`: its name in messages
    #[must_use]
    pub fn new(name: impl Into<String>, document: &'d Document) -> Self {
        Self {
            name: name.into(),
            document,
        }
    }
}

/// Policies that must allow a request, whatever others say.
struct Layer<'g, 'd> {
    kind: Kind,
    policies: &'g [NamedPolicy<'d>],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Identity,
    Boundary,
    Organization,
}

impl Granted<'_> {
    /// Proves for each action on each resource that everything the policy matches is granted, or finds requests that
    /// are not.
    ///
    /// The principal's policies must grant everything, and the boundary, if any, and each level of the organization
    /// must allow it. If the proof fails for the whole resource, its part in the subject's own account and Region
    /// counts, as in [`Plan::judge`](crate::Plan::judge), and so do the requests that the subject makes in that Region:
    /// their `aws:RequestedRegion` is the Region, except for global services.
    ///
    /// - `subject`: the principal, if known; fixes the keys derived from it, such as `aws:username`
    /// - `context`: other fixed context keys; all remaining keys may have any value, or none
    #[must_use]
    pub fn prove(&self, required: &Required, subject: Option<&Subject>, context: &[ContextEntry]) -> Report {
        let documents = self
            .layers()
            .flat_map(|layer| layer.policies)
            .map(|policy| policy.document);
        let mentioned = mentions(documents.chain([&required.document]));
        let settled = subject.map(of_principal).unwrap_or_default().into_iter();
        let settled: Vec<ContextEntry> = settled
            .chain(context.iter().cloned())
            .filter(|entry| mentioned(&entry.key))
            .collect();
        let is_region = |entry: &ContextEntry| GlobalKey::from_name(&entry.key) == Some(GlobalKey::RequestedRegion);
        let is_given = context.iter().any(is_region);
        // In other partitions, nothing is known about global services.
        let region = subject.filter(|subject| subject.partition == Partition::Standard.name() && !is_given);
        let region = region.and_then(|subject| subject.region.as_deref());
        let prover = Prover {
            granted: self,
            required,
            subject,
            only: forced(&settled),
            region: region.filter(|_| mentioned(GlobalKey::RequestedRegion.name())),
        };
        let mut report = Report::default();
        for (number, statement) in required.granting() {
            prover.statement(number, statement, &mut report);
        }
        report
    }

    fn layers(&self) -> impl Iterator<Item = Layer<'_, '_>> {
        let one = |kind, policies| Layer { kind, policies };
        let boundary = self.boundary.as_ref().map(std::slice::from_ref);
        [one(Kind::Identity, self.identity.as_slice())]
            .into_iter()
            .chain(boundary.map(|policies| one(Kind::Boundary, policies)))
            .chain(
                self.service_control
                    .iter()
                    .map(move |level| one(Kind::Organization, level)),
            )
    }
}

struct Prover<'a> {
    granted: &'a Granted<'a>,
    required: &'a Required,
    subject: Option<&'a Subject>,
    only: Vec<Only<'a>>,
    /// The Region in which the subject works, if it matters.
    region: Option<&'a str>,
}

impl Prover<'_> {
    fn statement(&self, number: usize, statement: &Statement, report: &mut Report) {
        let Report { checks, notes } = report;
        let start = checks.len();
        let resources = each(statement.not_resource, &statement.resources);
        for action in each(statement.not_action, &statement.actions) {
            for resource in &resources {
                checks.push(Check {
                    statement: number,
                    written: action.map(str::to_owned),
                    action: action.unwrap_or("*").to_owned(),
                    is_sample: false,
                    pattern: resource.unwrap_or("*").to_owned(),
                    status: Status::Allowed,
                    denials: Vec::new(),
                });
            }
        }
        // Usually everything is granted, or little is missing.
        let whole = piece::document(self.required, number, None, None, &self.only);
        let is_whole = self.granted.layers().all(|layer| layer.covers(&whole, notes).is_yes());
        for check in checks.iter_mut().skip(start) {
            let resource = (!statement.not_resource).then_some(check.pattern.clone());
            let (status, denials) = self.check(number, check.written.as_deref(), resource.as_deref(), is_whole, notes);
            (check.status, check.denials) = (status, denials);
        }
    }

    fn check(
        &self,
        number: usize,
        action: Option<&str>,
        resource: Option<&str>,
        is_granted: bool,
        notes: &mut Vec<String>,
    ) -> (Status, Vec<Denial>) {
        let document = |resource: Option<&str>, only: &[Only<'_>]| {
            let actions = action.map(|action| vec![action]);
            let resources = resource.map(|resource| vec![resource]);
            piece::document(self.required, number, actions.as_deref(), resources.as_deref(), only)
        };
        let grants_nothing = |document: &Document| Options::default().covers([document], []).is_yes();
        let whole = document(resource, &self.only);
        if grants_nothing(&whole) {
            let anywhere = document(resource, &[]);
            let skipped = if grants_nothing(&anywhere) {
                Skipped::GrantsNothing
            } else {
                Skipped::Otherwise
            };
            return (Status::Skipped(skipped), Vec::new());
        }
        if is_granted {
            return (Status::Allowed, Vec::new());
        }
        let (status, denials) = self.ask(&whole, notes);
        if status != Status::Denied {
            return (status, denials);
        }
        let own = resource
            .zip(self.subject)
            .map(|(pattern, subject)| own_part(pattern, subject));
        if own.as_deref() == resource && self.region.is_none() {
            return (status, denials);
        }
        let only: Vec<Only<'_>> = self.only.iter().cloned().chain(self.region.map(Only::Region)).collect();
        let here = document(own.as_deref(), &only);
        if grants_nothing(&here) {
            return (status, denials);
        }
        match self.ask(&here, notes) {
            (Status::Allowed, _) => (Status::AllowedHere, denials),
            denied => denied,
        }
    }

    fn ask(&self, document: &Document, notes: &mut Vec<String>) -> (Status, Vec<Denial>) {
        let mut denials = Vec::new();
        let mut unclear = None;
        for layer in self.granted.layers() {
            match layer.covers(document, notes) {
                Answer::Yes => {}
                Answer::No(witnesses) => denials.extend(witnesses.iter().map(|witness| layer.denial(witness))),
                Answer::Unknown(why) => unclear = Some(why),
            }
        }
        let status = match unclear {
            _ if !denials.is_empty() => Status::Denied,
            Some(why) => Status::Unknown(why),
            None => Status::Allowed,
        };
        (status, denials)
    }
}

impl Layer<'_, '_> {
    /// - `notes`: receives the notes about the answer
    fn covers(&self, required: &Document, notes: &mut Vec<String>) -> Answer {
        /// One witness proves it; a few more show the pattern.
        const WITNESSES: usize = 3;
        let mut options = Options::default();
        options.witnesses = WITNESSES;
        let granted = self.policies.iter().map(|policy| policy.document);
        let (answer, new) = options.coverage([required], granted);
        for note in new {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        answer
    }

    fn denial(&self, witness: &Witness) -> Denial {
        // Another layer may allow the request, but this one does not.
        let decision = witness.old_decision.max(Decision::ImplicitDeny);
        let places = witness.old_statements.iter();
        let matched = places.filter_map(|place| {
            let policy = self.policies.get(place.document)?;
            let statement = policy.document.statements().nth(place.statement)?;
            denies(statement).then(|| Matched {
                policy: format!("{}, {}", policy.name, named(statement, place.statement)),
                kind: self.kind.name().to_owned(),
                start: None,
                end: None,
            })
        });
        let context = witness.context.iter().filter_map(|(key, values)| {
            let entry = ContextEntry::new(key, values);
            entry.ok()
        });
        Denial {
            action: witness.action.clone(),
            resource: witness.resource.clone(),
            context: context.collect(),
            decision,
            cause: Cause {
                organizations: (self.kind == Kind::Organization).then_some(false),
                boundary: (self.kind == Kind::Boundary).then_some(false),
                matched: matched.collect(),
                missing_context: Vec::new(),
            },
        }
    }
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity policy",
            Self::Boundary => BOUNDARY,
            Self::Organization => SERVICE_CONTROL,
        }
    }
}

fn denies(statement: Written<'_>) -> bool {
    let effect = statement.element(Element::Effect);
    effect.is_some_and(|effect| effect.value.as_str() == Some(Effect::Deny.name()))
}

fn named(statement: Written<'_>, index: usize) -> String {
    let sid = statement.element(Element::Sid).map(|member| member.value);
    match sid.and_then(Value::as_str).filter(|sid| !sid.is_empty()) {
        Some(sid) => format!("statement `{sid}`"),
        None => format!("statement {}", index + 1),
    }
}
