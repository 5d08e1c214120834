use std::cell::OnceCell;
use std::fmt::Write;

use crate::{Diagnostic, Policy, Spec, Statement, Waiver, with_policies};
use iam_policy_check::{Code, Finding, Location, Options, PolicyType, check};
use iam_policy_core::AttachmentKind;
use iam_policy_core::suggest::nearest;
use iam_policy_document::{Document, Numbers, Path, Span, Step, sort_by_place};

use crate::compile::document::{document, expanded, trust_document, value};

/// What the checks say about the policies of a spec, in the order of the file.
///
/// Each policy is checked in each of its partitions, alone and with each of its extensions, and its trust policy as
/// well; what is found more than once is said once. Places and paths are those of the spec. Findings that a waiver
/// accepts are left out; a waiver that accepts nothing is a finding itself.
///
/// - `spec`: what could be read of it
/// - `mistakes`: what [`read`](iam_policy_spec::read) has said. Nothing is said of the same text, nor what depends on a
///   statement that has a mistake as a whole, so that one mistake is one message.
///
/// # Examples
///
/// ```
/// use iam_policy_spec::compile::findings;
/// use iam_policy_spec::{Source, read};
///
/// let source = Source::new("policies.toml", r#"
/// [policy.user]
/// [[policy.user.statement]]
/// id        = "fetch"
/// reason    = "Downloads reports."
/// actions   = ["s3:GetObjcet"]
/// resources = ["arn:aws:s3:::reports/*"]
/// "#);
/// let (spec, mistakes) = read(&source);
/// let found = findings(&spec, &mistakes);
/// assert_eq!(found[0].code.name(), "INVALID_ACTION");
/// assert_eq!(found[0].location.path.to_string(), "policy.user.statement[0].actions[0]");
/// ```
#[must_use]
pub fn findings(spec: &Spec, mistakes: &[Diagnostic]) -> Vec<Finding> {
    let mut waivers = Waivers::new(spec);
    let all = all_findings(spec);
    let mut seen = Numbers::new();
    let mut kept = Vec::with_capacity(all.len());
    for (number, finding) in all.iter().enumerate() {
        let is_new = seen.insert(identity(finding), number).is_none();
        kept.push(!finding.code.rule().is_checked_by_specs() && is_new && !waivers.accept(finding));
    }
    let mut findings = Vec::new();
    for (finding, kept) in all.into_iter().zip(kept) {
        if kept {
            findings.push(finding);
        }
    }
    waivers.unused(&mut findings);
    let torn = Mistaken::new(spec, mistakes);
    findings.retain(|finding| !torn.explains(finding));
    waivers.unknown(&mut findings);
    sort_by_place(&mut findings, start);
    findings
}

/// What two findings have in common if they say the same of the same places.
fn identity(finding: &Finding) -> String {
    let mut identity = finding.code.name().to_owned();
    for location in finding.locations() {
        // Written for people, the way to a key and the way to its value are the same.
        // A `String` takes everything.
        let _ = write!(identity, " {:?}", location.path);
    }
    identity
}

/// Where a spec has mistakes of its own.
struct Mistaken {
    /// The places of the mistakes, in the order of the file.
    places: Vec<Span>,
    /// The statements that have one, likewise.
    statements: Vec<Span>,
}

impl Mistaken {
    fn new(spec: &Spec, mistakes: &[Diagnostic]) -> Self {
        let mut places = Vec::new();
        for mistake in mistakes {
            places.push(Span::new(mistake.span.start, mistake.span.end));
        }
        sort_by_place(&mut places, |place| place.start);
        // Each as far as any before it, since one mistake may be inside of another.
        let mut reached = 0;
        for place in &mut places {
            reached = reached.max(place.end);
            place.end = reached;
        }
        let mut statements = Vec::new();
        for policy in &spec.policies {
            for statement in policy.all_statements() {
                let extent = statement.extent();
                let first = places.partition_point(|place| place.start < extent.start);
                if places.get(first).is_some_and(|place| place.start < extent.end) {
                    statements.push(Span::new(extent.start, extent.end));
                }
            }
        }
        sort_by_place(&mut statements, |statement| statement.start);
        Self { places, statements }
    }

    /// Whether a finding is only what a mistake leads to.
    fn explains(&self, finding: &Finding) -> bool {
        finding.locations().any(|location| {
            location.span.is_some_and(|span| {
                overlaps(&self.places, span)
                    || (finding.code.rule().compares_parts() && overlaps(&self.statements, span))
            })
        })
    }
}

/// Whether one of `spans` has a byte of `span`. They are sorted, and none ends before the one in front of it.
fn overlaps(spans: &[Span], span: Span) -> bool {
    let behind = spans.partition_point(|other| other.start < span.end);
    spans
        .get(..behind)
        .and_then(<[Span]>::last)
        .is_some_and(|last| span.start < last.end)
}

/// A finding in the form of a spec's own mistakes.
///
/// # Examples
///
/// ```
/// use iam_policy_spec::compile::{diagnostic, findings};
/// use iam_policy_spec::{Source, read};
///
/// let source = Source::new("policies.toml", r#"
/// [policy.user]
/// [[policy.user.statement]]
/// id        = "fetch"
/// reason    = "Downloads reports."
/// actions   = ["s3:GetObjcet"]
/// resources = ["arn:aws:s3:::reports/*"]
/// "#);
/// let (spec, mistakes) = read(&source);
/// let found = findings(&spec, &mistakes);
/// assert_eq!(diagnostic(&found[0]).help[0], "did you mean `s3:GetObject`?");
/// ```
#[must_use]
pub fn diagnostic(finding: &Finding) -> Diagnostic {
    let span = span(finding);
    let mut diagnostic = Diagnostic::new(span.start..span.end, finding.to_string());
    for location in finding.locations().skip(1) {
        let note = format!("it is about `{}` as well", location.path);
        diagnostic.notes.push(note);
    }
    let help = finding.help();
    diagnostic.help.extend(match finding.code {
        Code::UnusedWaiver => help.or_else(|| Some("remove it".to_owned())),
        _ => help,
    });
    if finding.code.rule().reports_unknown_names() {
        let waiver = format!("waive = [{{ check = \"{}\", why = \"…\" }}]", finding.code);
        diagnostic
            .help
            .push(format!("if AWS has it since, accept it with `{waiver}`"));
    }
    diagnostic
}

/// Where in the spec it is.
fn span(finding: &Finding) -> Span {
    let mut spans = finding.locations().filter_map(|location| location.span);
    spans.next().unwrap_or(Span::new(0, 0))
}

fn start(finding: &Finding) -> usize {
    span(finding).start
}

fn all_findings(spec: &Spec) -> Vec<Finding> {
    with_policies(spec, |lowered| {
        let mut findings = Vec::new();
        let mut add = |document: &Document, policy_type, written: &dyn Fn(&str) -> Option<String>| {
            let options = Options::DEFAULT.policy_type(policy_type);
            for mut finding in check(document, &options) {
                finding.name_resources(written);
                findings.push(finding);
            }
        };
        for (policy, lowered) in spec.policies.iter().zip(lowered) {
            for &partition in lowered.partitions {
                let options = iam_policy_core::Options::DEFAULT.partition(partition);
                let resources = OnceCell::new();
                let written = |text: &str| {
                    let resources = resources.get_or_init(|| Resources::new(policy, lowered, options));
                    resources.written(text)
                };
                add(&document(policy, lowered, options), policy_type(policy), &written);
                for extension in &policy.extensions {
                    let extensions = &[extension.name.value.as_str()];
                    let options = options.extensions(extensions);
                    add(&document(policy, lowered, options), policy_type(policy), &written);
                }
                if let Some(trust) = trust_document(policy, lowered, options) {
                    add(&trust, PolicyType::Trust, &written);
                }
            }
        }
        findings
    })
}

/// The resources of a policy in the spec, by what they are in its document.
struct Resources<'s> {
    sources: Vec<&'s str>,
    numbers: Numbers,
}

impl<'s> Resources<'s> {
    fn new(policy: &'s Policy, lowered: &iam_policy_core::Policy<'_>, options: iam_policy_core::Options<'_>) -> Self {
        let mut resources = Self {
            sources: Vec::new(),
            numbers: Numbers::new(),
        };
        for statement in policy.all_statements() {
            for resource in statement.resource_key().1 {
                let text = expanded(&resource.arn, lowered, options);
                if resources.numbers.get(&text).is_none() {
                    resources.numbers.insert(text, resources.sources.len());
                    resources.sources.push(&resource.arn.source.value);
                }
            }
        }
        resources
    }

    /// How the spec says a resource that the document has.
    fn written(&self, text: &str) -> Option<String> {
        let source = self.sources.get(self.numbers.get(text)?)?;
        Some((*source).to_owned())
    }
}

fn policy_type(policy: &Policy) -> PolicyType {
    let mut kinds = policy.attach.iter().map(|kind| kind.value);
    match kinds.next() {
        Some(AttachmentKind::ServiceControl) if kinds.all(|kind| kind == AttachmentKind::ServiceControl) => {
            PolicyType::ServiceControl
        }
        _ => PolicyType::Identity,
    }
}

/// The waivers of a spec.
struct Waivers<'s> {
    waivers: Vec<Accepted<'s>>,
    /// Their numbers by the codes that they accept, alone and with the places where they do. Of two that are for the
    /// same the first accepts whatever the other could.
    numbers: Numbers,
}

/// A waiver, where it stands, and whether it accepts anything.
struct Accepted<'s> {
    waiver: &'s Waiver,
    place: Path,
    /// The code that was probably meant, if there is none of the waiver's.
    meant: Option<&'static str>,
    is_known: bool,
    is_used: bool,
}

impl<'s> Waivers<'s> {
    fn new(spec: &'s Spec) -> Self {
        let mut waivers = Self {
            waivers: Vec::new(),
            numbers: Numbers::new(),
        };
        for policy in &spec.policies {
            let place = vec![value("policy"), value(&policy.name.value)];
            waivers.statements(&policy.statements, &place);
            for extension in &policy.extensions {
                let place = [place.as_slice(), &[value("extension"), value(&extension.name.value)]].concat();
                waivers.statements(&extension.statements, &place);
            }
        }
        waivers
    }

    fn statements(&mut self, statements: &'s [Statement], place: &[Step]) {
        for (index, statement) in statements.iter().enumerate() {
            let place = [place, &[value("statement"), Step::Index(index)]].concat();
            self.add(&statement.waivers, &place);
            let (key, actions) = statement.action_key();
            for (index, action) in actions.iter().enumerate() {
                self.add(
                    &action.waivers,
                    &[place.as_slice(), &[value(key), Step::Index(index)]].concat(),
                );
            }
            let (key, resources) = statement.resource_key();
            for (index, resource) in resources.iter().enumerate() {
                self.add(
                    &resource.waivers,
                    &[place.as_slice(), &[value(key), Step::Index(index)]].concat(),
                );
            }
        }
    }

    fn add(&mut self, waivers: &'s [Waiver], place: &[Step]) {
        for waiver in waivers {
            let check = waiver.check.value.as_str();
            let is_known = Code::from_name(check).is_some();
            let meant = nearest(check, Code::ALL.iter().map(|code| code.name())).filter(|_| !is_known);
            // A misspelt one accepts what it was meant for, so that it is one mistake.
            let code = meant.unwrap_or(check);
            let place = Path(place.to_vec());
            for key in [code.to_owned(), at(code, &place)] {
                if self.numbers.get(&key).is_none() {
                    self.numbers.insert(key, self.waivers.len());
                }
            }
            self.waivers.push(Accepted {
                waiver,
                place,
                meant,
                is_known,
                is_used: false,
            });
        }
    }

    /// Whether a waiver accepts this. For each place of the finding that is the innermost around it.
    fn accept(&mut self, finding: &Finding) -> bool {
        let code = finding.code.name();
        if self.numbers.get(code).is_none() {
            return false;
        }
        let mut is_accepted = false;
        for location in finding.locations() {
            let mut around = location.path.clone();
            loop {
                let number = self.numbers.get(&at(code, &around));
                if let Some(waiver) = number.and_then(|number| self.waivers.get_mut(number)) {
                    (waiver.is_used, is_accepted) = (true, true);
                    break;
                }
                if around.0.pop().is_none() {
                    break;
                }
            }
        }
        is_accepted
    }

    /// Adds a finding for each that accepts nothing.
    fn unused(&self, findings: &mut Vec<Finding>) {
        for accepted in &self.waivers {
            if accepted.is_known && !accepted.is_used {
                findings.push(accepted.finding());
            }
        }
    }

    /// Adds a finding for each that names no check, whatever it accepts.
    fn unknown(&self, findings: &mut Vec<Finding>) {
        for accepted in &self.waivers {
            if !accepted.is_known {
                findings.push(accepted.finding());
            }
        }
    }
}

/// A code at a place.
fn at(code: &str, place: &Path) -> String {
    format!("{code} {place}")
}

impl Accepted<'_> {
    fn finding(&self) -> Finding {
        let check = &self.waiver.check;
        let span = Some(Span::new(check.span.start, check.span.end));
        let mut path = self.place.clone();
        path.0.push(value("waive"));
        Finding::unused_waiver(&check.value, self.meant, Location { path, span })
    }
}
