use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::fmt::Write;

use crate::lower::with_examples;
use crate::wording::list;
use crate::{Policy, Spec, Statement, Waiver};
use iam_policy_check::{Code, Options, PolicyType, check};
use iam_policy_core::suggest::nearest;
use iam_policy_core::template::{Piece, pieces};
use iam_policy_document::{Diagnostic, Document, Numbers, Path, Span, Step, sort_by_place};

use crate::malformed;

use crate::compile::document::{document, expanded, trust_document, value};

/// Checks the policies of a spec, and returns the findings sorted by location.
///
/// Each policy is checked in each of its partitions, alone and with each of its extensions, with the parameters' defaults
/// and in each environment, and so is its trust policy. The same finding is only reported once; a note names the
/// environments if it does not exist with the defaults. Locations and paths are those of the spec. Findings that a waiver accepts
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
    let mut seen = Numbers::new();
    let mut kept: Vec<Found<'_>> = Vec::new();
    for found in all_findings(spec) {
        let identity = identity(&found.finding);
        if let Some(number) = seen.get(&identity) {
            let earlier = kept.get_mut(number).map(|earlier| &mut earlier.environments);
            if let Some(earlier) = earlier
                && !found.environments.iter().all(|name| earlier.contains(name))
            {
                earlier.extend(found.environments);
            }
            continue;
        }
        seen.insert(identity, kept.len());
        kept.push(found);
    }
    let mut findings = Vec::new();
    for Found { finding, environments } in kept {
        let code = Code::of(&finding);
        let is_checked = code.is_some_and(|code| code.rule().is_checked_by_specs());
        if is_checked || waivers.accept(&finding) || code.is_some_and(is_of_specs) {
            continue;
        }
        let mut finding = in_environments(finding, &environments);
        add_help(&mut finding, code);
        findings.push(finding);
    }
    waivers.unused(&mut findings);
    let torn = Mistaken::new(spec, mistakes);
    findings.retain(|finding| !torn.explains(finding));
    waivers.unknown(&mut findings);
    sort_by_place(&mut findings, Diagnostic::start);
    findings
}

/// Whether a spec reports the same unless a waiver accepts it, at a better place.
const fn is_of_specs(code: Code) -> bool {
    matches!(
        code,
        Code::EmptyArrayCondition
            | Code::EmptyArrayConditionForAllValues
            | Code::EmptyArrayConditionForAnyValue
            | Code::EmptyArrayConditionIfExists
            | Code::MissingPrincipal
            | Code::ScpSyntaxErrorPrincipal
            | Code::UnsupportedPrincipal
    )
}

/// A finding about a form of a policy.
struct Found<'s> {
    finding: Diagnostic,
    /// The environments in which it exists; `None` stands for the parameters' defaults.
    environments: Vec<Option<&'s str>>,
}

/// Names the environments in which a finding exists, unless it exists with the defaults.
fn in_environments(finding: Diagnostic, environments: &[Option<&str>]) -> Diagnostic {
    let names: Option<Vec<&str>> = environments.iter().copied().collect();
    match names.as_deref() {
        Some([only]) => finding.note(format!("only with the values of the environment `{only}`")),
        Some(several) => finding.note(format!("only with the values of the environments {}", list(several))),
        None => finding,
    }
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

fn all_findings(spec: &Spec) -> Vec<Found<'_>> {
    let names: Vec<&str> = spec.environments.iter().map(|one| one.name.value.as_str()).collect();
    with_examples(spec, |lowered| {
        let mut findings = Vec::new();
        let mut add = |document: &Document, options: &Options<'_>, form: &Form<'_>| {
            for mut finding in check(document, options) {
                finding.quote_as_written(&|text| form.written(text));
                let environment = form.environment.and_then(|number| names.get(number).copied());
                findings.push(Found {
                    finding,
                    environments: vec![environment],
                });
            }
        };
        let trust_options = Options::DEFAULT.policy_type(PolicyType::Trust);
        for (policy, lowered) in spec.policies.iter().zip(lowered) {
            let mut checked = Options::DEFAULT.policy_type(lowered.policy_type);
            if let Some(resource) = lowered.resource_type {
                checked = checked.resource_type(resource);
            }
            for form in &forms(policy, lowered) {
                let options = form.options;
                add(&document(policy, lowered, options), &checked, form);
                for extension in &policy.extensions {
                    let extensions = &[extension.name.value.as_str()];
                    let options = options.extensions(extensions);
                    add(&document(policy, lowered, options), &checked, form);
                }
                if let Some(trust) = trust_document(policy, lowered, options) {
                    add(&trust, &trust_options, form);
                }
            }
        }
        findings
    })
}

/// A form of a policy that is checked.
struct Form<'l> {
    policy: &'l Policy,
    lowered: &'l iam_policy_core::Policy<'l>,
    /// The number of its environment, unless the parameters have their defaults.
    environment: Option<usize>,
    options: iam_policy_core::Options<'l>,
    resources: OnceCell<Resources<'l>>,
}

impl Form<'_> {
    /// The resource with this text, as written in the spec.
    fn written(&self, text: &str) -> Option<String> {
        let resources = || Resources::new(self.policy, self.lowered, self.options);
        self.resources.get_or_init(resources).written(text)
    }
}

/// The forms of a policy: in each partition, with the defaults and in each environment that gives another value to a
/// parameter that the policy uses.
fn forms<'l>(policy: &'l Policy, lowered: &'l iam_policy_core::Policy<'l>) -> Vec<Form<'l>> {
    let mut used: Vec<&iam_policy_core::Parameter<'_>> = Vec::new();
    if !lowered.environments.is_empty() {
        let placeholders = placeholders(policy);
        let all = lowered.parameters.iter();
        used.extend(all.filter(|parameter| placeholders.contains(parameter.name)));
    }
    let mut forms = Vec::new();
    let mut add = |options, environment| {
        forms.push(Form {
            policy,
            lowered,
            environment,
            options,
            resources: OnceCell::new(),
        });
    };
    for &partition in lowered.partitions {
        let options = iam_policy_core::Options::DEFAULT.partition(partition);
        add(options, None);
        for (number, environment) in lowered.environments.iter().enumerate() {
            let value_of = |parameter: &iam_policy_core::Parameter<'_>| environment.value(parameter.name);
            let is_other = |parameter: &iam_policy_core::Parameter<'_>| {
                value_of(parameter).is_some_and(|value| Some(value) != parameter.default)
            };
            // An invalid value has been reported.
            let is_valid = |parameter: &iam_policy_core::Parameter<'_>| {
                value_of(parameter).is_none_or(|value| parameter.check(value).is_ok())
            };
            if used.iter().any(|parameter| is_other(parameter)) && used.iter().all(|parameter| is_valid(parameter)) {
                add(options.environment(*environment), Some(number));
            }
        }
    }
    forms
}

/// The names of all placeholders on which the documents of a policy depend.
fn placeholders(policy: &Policy) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for statement in policy.all_statements() {
        let principals = statement.named_principals().0.iter().map(|principal| &principal.name);
        let resources = statement.resource_key().1.iter().map(|resource| &resource.arn);
        let values = statement.conditions.iter().flat_map(|condition| &condition.values);
        for template in principals.chain(resources).chain(values) {
            for piece in pieces(&template.source.value).flatten() {
                if let Piece::Parameter(name) = piece {
                    names.insert(name);
                }
            }
        }
    }
    names
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
        for shared in &spec.shared {
            let place = [value("shared"), value(&shared.name.value)];
            waivers.statements(&shared.statements, &place);
        }
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
        // Those that are included come last, and have been added.
        let own = statements.iter().take_while(|statement| statement.shared.is_none());
        for (index, statement) in own.enumerate() {
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
