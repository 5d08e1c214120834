use std::cell::OnceCell;
use std::fmt::Write;

use crate::lower::with_examples;
use crate::{Policy, Spec, Statement, Waiver};
use iam_policy_check::{Code, Options, PolicyType, check};
use iam_policy_core::suggest::nearest;
use iam_policy_document::{Diagnostic, Document, Numbers, Path, Span, Step, sort_by_place};

use crate::malformed;

use crate::compile::document::{document, expanded, trust_document, value};

/// Checks the policies of a spec, and returns the findings sorted by location.
///
/// Each policy is checked in each of its partitions, alone and with each of its extensions, and so is its trust policy.
/// The same finding is only reported once. Locations and paths are those of the spec. Findings that a waiver accepts
/// are left out; a waiver that accepts nothing is itself a finding.
///
/// - `spec`: the spec, or the parts of it that could be read
/// - `mistakes`: the errors from [`read`](crate::read). Findings about the same text are left out, and so are findings
///   that compare the parts of a statement with an error, so that each mistake is reported once.
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
/// assert_eq!(found[0].code, Some("INVALID_ACTION"));
/// assert_eq!(found[0].location.path.to_string(), "policy.user.statement[0].actions[0]");
/// ```
#[must_use]
pub fn findings(spec: &Spec, mistakes: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut waivers = Waivers::new(spec);
    let all = all_findings(spec);
    let mut seen = Numbers::new();
    let mut kept = Vec::with_capacity(all.len());
    for (number, finding) in all.iter().enumerate() {
        let is_new = seen.insert(identity(finding), number).is_none();
        let code = Code::of(finding);
        kept.push((
            code,
            !code.is_some_and(|code| code.rule().is_checked_by_specs()) && is_new && !waivers.accept(finding),
        ));
    }
    let mut findings = Vec::new();
    for (mut finding, (code, is_kept)) in all.into_iter().zip(kept) {
        if is_kept {
            add_help(&mut finding, code);
            findings.push(finding);
        }
    }
    waivers.unused(&mut findings);
    let torn = Mistaken::new(spec, mistakes);
    findings.retain(|finding| !torn.explains(finding));
    waivers.unknown(&mut findings);
    sort_by_place(&mut findings, Diagnostic::start);
    findings
}

/// A text that is equal for findings with the same code and the same locations.
fn identity(finding: &Diagnostic) -> String {
    let mut identity = finding.code.unwrap_or_default().to_owned();
    for location in finding.locations() {
        // `Display` prints the path of a key like that of its value, `Debug` does not. Writing to a string cannot fail.
        let _ = write!(identity, " {:?}", location.path);
    }
    identity
}

/// The locations of the errors in a spec.
struct Mistaken {
    /// The spans of the errors, in file order.
    places: Vec<Span>,
    /// The spans of the statements that contain an error, in file order.
    statements: Vec<Span>,
}

impl Mistaken {
    fn new(spec: &Spec, mistakes: &[Diagnostic]) -> Self {
        let mut places = Vec::new();
        for mistake in mistakes {
            places.extend(mistake.location.span);
        }
        sort_by_place(&mut places, |place| place.start);
        // One mistake may be inside another, so each span is extended to the end of the longest one so far.
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

    /// Whether a finding is only the consequence of a mistake.
    fn explains(&self, finding: &Diagnostic) -> bool {
        let compares_parts = Code::of(finding).is_some_and(|code| code.rule().compares_parts());
        finding.locations().any(|location| {
            location.span.is_some_and(|span| {
                overlaps(&self.places, span) || (compares_parts && overlaps(&self.statements, span))
            })
        })
    }
}

/// Whether any of `spans` overlaps `span`. Both their starts and their ends must be sorted.
fn overlaps(spans: &[Span], span: Span) -> bool {
    let after = spans.partition_point(|other| other.start < span.end);
    spans
        .get(..after)
        .and_then(<[Span]>::last)
        .is_some_and(|last| span.start < last.end)
}

/// Adds the help that only applies to specs.
fn add_help(finding: &mut Diagnostic, code: Option<Code>) {
    if let Some(code) = code.filter(|code| code.rule().reports_unknown_names()) {
        let waiver = format!("waive = [{{ check = \"{code}\", why = \"…\" }}]");
        let help = format!("if AWS added it recently, accept it with `{waiver}`");
        finding.help.push(help.into());
    }
}

fn all_findings(spec: &Spec) -> Vec<Diagnostic> {
    with_examples(spec, |lowered| {
        let mut findings = Vec::new();
        let mut add = |document: &Document, options: &Options<'_>, written: &dyn Fn(&str) -> Option<String>| {
            for mut finding in check(document, options) {
                finding.quote_as_written(written);
                findings.push(finding);
            }
        };
        let trust_options = Options::DEFAULT.policy_type(PolicyType::Trust);
        for (policy, lowered) in spec.policies.iter().zip(lowered) {
            let mut checked = Options::DEFAULT.policy_type(lowered.policy_type);
            if let Some(resource) = lowered.resource_type {
                checked = checked.resource_type(resource);
            }
            for &partition in lowered.partitions {
                let options = iam_policy_core::Options::DEFAULT.partition(partition);
                let resources = OnceCell::new();
                let written = |text: &str| {
                    let resources = resources.get_or_init(|| Resources::new(policy, lowered, options));
                    resources.written(text)
                };
                add(&document(policy, lowered, options), &checked, &written);
                for extension in &policy.extensions {
                    let extensions = &[extension.name.value.as_str()];
                    let options = options.extensions(extensions);
                    add(&document(policy, lowered, options), &checked, &written);
                }
                if let Some(trust) = trust_document(policy, lowered, options) {
                    add(&trust, &trust_options, &written);
                }
            }
        }
        findings
    })
}

/// The resources of a policy as written in the spec, by their text in its document.
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

    /// How the spec writes a resource of the document.
    fn written(&self, text: &str) -> Option<String> {
        let source = self.sources.get(self.numbers.get(text)?)?;
        Some((*source).to_owned())
    }
}

/// The waivers of a spec.
struct Waivers<'s> {
    waivers: Vec<Accepted<'s>>,
    /// Their indices, both by code and by code and path. If two waivers of an element accept the same code, the first
    /// is the one that counts.
    numbers: Numbers,
}

/// A waiver, its location, and whether it accepts anything.
struct Accepted<'s> {
    waiver: &'s Waiver,
    place: Path,
    /// The code that was probably meant, if the waiver's does not exist.
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
            if let Some(trust) = &policy.trust {
                let place = [place.as_slice(), &[value("trust")]].concat();
                waivers.statements(&trust.statements, &place);
            }
        }
        waivers
    }

    fn statements(&mut self, statements: &'s [Statement], place: &[Step]) {
        for (index, statement) in statements.iter().enumerate() {
            let place = [place, &[value("statement"), Step::Index(index)]].concat();
            self.add(&statement.waivers, &place, None);
            let (key, actions) = statement.action_key();
            for (index, action) in actions.iter().enumerate() {
                self.add(
                    &action.waivers,
                    &[place.as_slice(), &[value(key), Step::Index(index)]].concat(),
                    malformed::of_action(&action.pattern.value),
                );
            }
            let (key, resources) = statement.resource_key();
            for (index, resource) in resources.iter().enumerate() {
                self.add(
                    &resource.waivers,
                    &[place.as_slice(), &[value(key), Step::Index(index)]].concat(),
                    malformed::of_arn(&resource.arn.text),
                );
            }
        }
    }

    /// - `malformed`: the finding that accepts the syntax of the element, if it is malformed
    fn add(&mut self, waivers: &'s [Waiver], place: &[Step], malformed: Option<Code>) {
        for waiver in waivers {
            let check = waiver.check.value.as_str();
            let is_known = Code::from_name(check).is_some();
            let meant = nearest(check, Code::ALL.iter().map(|code| code.name())).filter(|_| !is_known);
            // A misspelled code still accepts its finding, so that only the misspelling is reported.
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
                // Only a search of the program's code can judge some waivers.
                is_used: malformed.is_some_and(|malformed| malformed.name() == code)
                    || Code::from_name(code).is_some_and(|code| code.rule().needs_calls()),
            });
        }
    }

    /// Whether waivers accept `finding`. For each location of the finding, the innermost waiver around it counts. One
    /// accepted location is enough, unless the finding lists actions that are reported together: each needs a waiver.
    fn accept(&mut self, finding: &Diagnostic) -> bool {
        let code = finding.code.unwrap_or_default();
        if self.numbers.get(code).is_none() {
            return false;
        }
        let mut accepted = 0_usize;
        for location in finding.locations() {
            let mut around = location.path.clone();
            loop {
                let number = self.numbers.get(&at(code, &around));
                if let Some(waiver) = number.and_then(|number| self.waivers.get_mut(number)) {
                    waiver.is_used = true;
                    accepted += 1;
                    break;
                }
                if around.0.pop().is_none() {
                    break;
                }
            }
        }
        if Code::of(finding).is_some_and(|code| code.rule().is_about_each_location()) {
            accepted == finding.locations().count()
        } else {
            accepted > 0
        }
    }

    /// Adds a finding for each waiver that accepts nothing.
    fn unused(&self, findings: &mut Vec<Diagnostic>) {
        for accepted in &self.waivers {
            if accepted.is_known && !accepted.is_used {
                findings.push(accepted.finding());
            }
        }
    }

    /// Adds a finding for each waiver whose code does not exist, even if it accepts something.
    fn unknown(&self, findings: &mut Vec<Diagnostic>) {
        for accepted in &self.waivers {
            if !accepted.is_known {
                findings.push(accepted.finding());
            }
        }
    }
}

/// The key of a waiver by its code and the path of its element.
fn at(code: &str, place: &Path) -> String {
    format!("{code} {place}")
}

impl Accepted<'_> {
    fn finding(&self) -> Diagnostic {
        let check = &self.waiver.check;
        let name = &check.value;
        let message = if self.is_known {
            format!("unused waiver: `{name}` reports nothing here")
        } else {
            format!("there is no check `{name}`")
        };
        let code = Code::UnusedWaiver;
        let mut finding = Diagnostic::new(code.severity(), message)
            .with_code(code.name())
            .at(check.span.clone());
        finding.location.path = self.place.clone();
        finding.location.path.0.push(value("waive"));
        match self.meant {
            Some(_) => finding.did_you_mean(self.meant),
            None => finding.help("remove it"),
        }
    }
}
