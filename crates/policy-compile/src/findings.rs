use std::collections::{BTreeMap, BTreeSet};

use policy_check::{Code, Finding, Location, Options, PolicyType, check};
use policy_core::Attach;
use policy_document::{Document, Path, Span, Step};
use policy_spec::wording::nearest;
use policy_spec::{Diagnostic, Policy, Source, Spec, Statement, Waiver, with_policies};

use crate::document::{document, trust_document, value};

/// What the checks say about the policies of a spec, in the order of the file.
///
/// Each policy is checked in each of its partitions, alone and with each of its extensions, and its trust policy as well; what
/// is found more than once is said once. Places and paths are those of the spec. Findings that a waiver accepts are left out;
/// a waiver that accepts nothing is a finding itself.
///
/// - `source`: the text of the spec
/// - `spec`: what could be read of it
/// - `mistakes`: what [`read`](policy_spec::read) has said. In a table that has a mistake nothing else is said, so that one
///   mistake is one message.
///
/// # Examples
///
/// ```
/// use policy_compile::findings;
/// use policy_spec::{Source, read};
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
/// let found = findings(&source, &spec, &mistakes);
/// assert_eq!(found[0].code.name(), "INVALID_ACTION");
/// assert_eq!(found[0].locations[0].path.to_string(), "policy.user.statement[0].actions[0]");
/// ```
#[must_use]
pub fn findings(source: &Source, spec: &Spec, mistakes: &[Diagnostic]) -> Vec<Finding> {
    let mut waivers = Waivers::new(spec);
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for finding in all_findings(spec) {
        let places: Vec<_> = finding.locations.iter().map(|location| location.path.clone()).collect();
        if !is_the_specs_own(finding.code) && seen.insert((finding.code, places)) && !waivers.accept(&finding) {
            findings.push(finding);
        }
    }
    findings.extend(waivers.unused());
    let torn: Vec<_> = mistakes
        .iter()
        .map(|mistake| source.section(mistake.span.start))
        .collect();
    findings.retain(|finding| !torn.iter().any(|section| section.contains(&start(finding))));
    findings.sort_by_key(start);
    findings
}

/// A finding in the form of a spec's own mistakes.
///
/// # Examples
///
/// ```
/// use policy_compile::{diagnostic, findings};
/// use policy_spec::{Source, read};
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
/// let found = findings(&source, &spec, &mistakes);
/// assert_eq!(diagnostic(&found[0]).help[0], "did you mean `s3:GetObject`?");
/// ```
#[must_use]
pub fn diagnostic(finding: &Finding) -> Diagnostic {
    let span = finding
        .locations
        .iter()
        .find_map(|location| location.span)
        .unwrap_or(Span::new(0, 0));
    let mut diagnostic = Diagnostic::new(span.start..span.end, finding.to_string());
    let others = finding
        .locations
        .iter()
        .skip(1)
        .map(|location| format!("it is about `{}` as well", location.path));
    diagnostic.notes.extend(others);
    let help = finding.help();
    diagnostic.help.extend(match finding.code {
        Code::UnusedWaiver => help.or_else(|| Some("remove it".to_owned())),
        _ => help,
    });
    if depends_on_data(finding.code) {
        let waiver = format!("waive = [{{ check = \"{}\", why = \"…\" }}]", finding.code);
        diagnostic
            .help
            .push(format!("if AWS has it since, accept it with `{waiver}`"));
    }
    diagnostic
}

/// Whether AWS may know more than the catalogue.
fn depends_on_data(code: Code) -> bool {
    matches!(
        code,
        Code::InvalidAction
            | Code::InvalidServiceInAction
            | Code::InvalidService
            | Code::InvalidServiceConditionKey
            | Code::InvalidGlobalConditionKey
    )
}

/// Whether the spec's reader has rules of its own about this, which know more: sizes depend on what the policy is attached to.
fn is_the_specs_own(code: Code) -> bool {
    matches!(
        code,
        Code::PolicySizeExceedsIdentityPolicyQuota
            | Code::PolicySizeExceedsRoleTrustPolicyQuota
            | Code::PolicySizeExceedsScpQuota
            | Code::PolicySizeExceedsAttachQuota
    )
}

/// Where in the spec it is.
fn start(finding: &Finding) -> usize {
    finding
        .locations
        .iter()
        .find_map(|location| location.span)
        .map_or(0, |span| span.start)
}

fn all_findings(spec: &Spec) -> Vec<Finding> {
    with_policies(spec, |lowered| {
        let mut findings = Vec::new();
        let mut add = |document: &Document, policy_type| {
            findings.extend(check(
                document,
                &Options {
                    policy_type,
                    ..Options::default()
                },
            ));
        };
        for (policy, lowered) in spec.policies.iter().zip(lowered) {
            for &partition in lowered.partitions {
                let options = policy_core::Options {
                    partition: Some(partition),
                    ..policy_core::Options::DEFAULT
                };
                add(&document(policy, lowered, options), policy_type(policy));
                for extension in &policy.extensions {
                    let extensions = &[extension.name.value.as_str()];
                    let options = policy_core::Options { extensions, ..options };
                    add(&document(policy, lowered, options), policy_type(policy));
                }
                if let Some(trust) = trust_document(policy, lowered, options) {
                    add(&trust, PolicyType::Trust);
                }
            }
        }
        findings
    })
}

fn policy_type(policy: &Policy) -> PolicyType {
    let mut kinds = policy.attach.iter().map(|kind| kind.value);
    match kinds.next() {
        Some(Attach::ServiceControl) if kinds.all(|kind| kind == Attach::ServiceControl) => PolicyType::ServiceControl,
        _ => PolicyType::Identity,
    }
}

/// The waivers of a spec by what they accept, and where.
struct Waivers<'s> {
    waivers: BTreeMap<(&'s str, Path), (&'s Waiver, bool)>,
}

impl<'s> Waivers<'s> {
    fn new(spec: &'s Spec) -> Self {
        let mut waivers = Self {
            waivers: BTreeMap::new(),
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
            // Of two for the same finding at the same place the second accepts nothing.
            let key = (waiver.check.value.as_str(), Path(place.to_vec()));
            self.waivers.entry(key).or_insert((waiver, false));
        }
    }

    /// Whether a waiver accepts this: one at a place of the finding, or around it.
    fn accept(&mut self, finding: &Finding) -> bool {
        let mut accepted = false;
        for location in &finding.locations {
            for length in 0..=location.path.0.len() {
                let around = Path(location.path.0.iter().take(length).cloned().collect());
                if let Some((_, used)) = self.waivers.get_mut(&(finding.code.name(), around)) {
                    (*used, accepted) = (true, true);
                }
            }
        }
        accepted
    }

    fn unused(self) -> impl Iterator<Item = Finding> {
        self.waivers
            .into_iter()
            .filter(|(_, (_, used))| !used)
            .map(|((check, path), (waiver, _))| {
                let span = Some(Span::new(waiver.check.span.start, waiver.check.span.end));
                let path = Path([path.0.as_slice(), &[value("waive")]].concat());
                let known = Code::from_name(check).is_some();
                let meant = nearest(check, Code::ALL.iter().map(|code| code.name())).filter(|_| !known);
                Finding::unused_waiver(check, meant, Location { path, span })
            })
    }
}
