//! Requests on ARNs that AWS does not document for their action.
//!
//! AWS's reference is incomplete, so it does not bound a proof. An ARN of a type that AWS documents for other actions is
//! out of range: a difference found only there becomes a note. Any other ARN that names a service of the action is in
//! range, and so is every ARN of the service of an action without resource types.

use std::collections::{BTreeMap, BTreeSet};

use iam_policy_catalog::{Action, ArnFormat, Catalog, DocumentedArn, ResourceType, Service};

use crate::ask::Ask;
use crate::formats::{Group, Resources, loosely};
use crate::glob::{Pattern, Reach, Token};
use crate::pair::{Findings, Pair, Question};
use crate::query::Model;
use crate::theory::{Assumption, Domains, Subject};

/// How many types of resources are excluded one by one before all others are excluded together.
const TYPES: usize = 12;

/// A service that ARNs name, and the actions to which it is related.
type Related<'g> = BTreeMap<&'static str, Vec<(&'g Group, Vec<Action>)>>;

/// The services that the ARNs of an action can name: its own, and those of its documented formats. An action without
/// resource types may be about any ARN of its service; where no such ARN names the service itself, as for the data APIs
/// of databases, these name another.
fn services(action: Action, formats: &[ArnFormat]) -> BTreeSet<&'static str> {
    let own = action.service().prefix();
    let mut services: BTreeSet<&'static str> = formats.iter().filter_map(|format| format.service()).collect();
    services.insert(own);
    if action.is_wildcard_only() {
        let of_types = || services_of(action.service());
        if !of_types().any(|named| named == own) {
            services.extend(of_types());
        }
    }
    services
}

fn services_of(service: Service) -> impl Iterator<Item = &'static str> {
    let formats = service.resource_types().flat_map(ResourceType::arn_formats);
    formats.filter_map(ArnFormat::service)
}

fn related(groups: &[Group]) -> Related<'_> {
    let mut related = Related::new();
    for group in groups {
        let formats: Vec<ArnFormat> = group.resources.formats().collect();
        // Actions of one service are adjacent, and the same for all that matters here.
        let mut before: Option<(Service, bool, BTreeSet<&'static str>)> = None;
        for action in group.actions.iter().filter(|action| !action.is_without_resource()) {
            let kind = (action.service(), action.is_wildcard_only());
            let services = match before.take() {
                Some((service, wildcard_only, services)) if (service, wildcard_only) == kind => services,
                _ => services(*action, &formats),
            };
            for service in &services {
                let of_service = related.entry(service).or_default();
                match of_service.last_mut() {
                    Some((latest, actions)) if std::ptr::eq(*latest, group) => actions.push(*action),
                    _ => of_service.push((group, vec![*action])),
                }
            }
            before = Some((kind.0, kind.1, services));
        }
    }
    related
}

/// The difference between two policies for the actions of a group, on an ARN of a service.
struct Difference<'d> {
    group: &'d Group,
    actions: &'d [Action],
    service: &'static str,
    model: Model,
    assumption: Option<Assumption>,
}

impl Pair<'_> {
    /// Looks for a difference of a class on ARNs that AWS does not document for its actions. Nothing is reported if the
    /// class differs on documented ARNs as well.
    ///
    /// - `groups`: the known actions of the class
    pub(crate) fn beyond_the_reference(&mut self, question: &Question<'_>, groups: &[Group], findings: &mut Findings) {
        for (service, list) in related(groups) {
            let resources = Resources::of_service(service);
            if self.terms().work.is_spent() {
                break;
            }
            if !self.may_differ(question, &resources) {
                continue;
            }
            match self.ask_about(question, &resources, &[]) {
                Ask::No => {}
                Ask::Unclear(why) => findings.leave_unclear(why),
                Ask::Yes(model, assumption) => {
                    for (group, actions) in &list {
                        let difference = Difference {
                            group,
                            actions,
                            service,
                            model: model.clone(),
                            assumption: assumption.clone(),
                        };
                        if self.is_in_range(question, &resources, difference, findings) {
                            break;
                        }
                    }
                }
            }
        }
    }

    /// Whether the statements that decide may match one of the resources.
    fn may_differ(&self, question: &Question<'_>, resources: &Resources) -> bool {
        let Question { one, other, .. } = question;
        self.terms().work.spend(one.allows.len() * (other.allows.len() / 8 + 1));
        let also_allowed = one
            .allows
            .iter()
            .all(|matter| other.allows.iter().any(|other| other.body == matter.body));
        let sides = [Some(&one.allows), also_allowed.then_some(&other.denies)];
        sides.into_iter().flatten().all(|matters| {
            self.patterns(matters)
                .is_none_or(|patterns| resources.may_match(&patterns, &self.terms().work))
        })
    }

    fn ask_about(&mut self, question: &Question<'_>, resources: &Resources, excluded: &[Pattern]) -> Ask {
        let all = [Pattern::new([Token::Star(Reach::Everything)], false)];
        let domains = Domains {
            action: &all,
            resource: &resources.all,
            not_action: &[],
            not_resource: excluded,
            setting: question.class.setting(),
        };
        self.ask(&question.one, &question.other, domains, Some(resources))
    }

    /// Reports a difference: as a witness if it is in range, otherwise as a note. Returns whether it is in range.
    fn is_in_range(
        &mut self,
        question: &Question<'_>,
        resources: &Resources,
        difference: Difference<'_>,
        findings: &mut Findings,
    ) -> bool {
        let Difference {
            group,
            actions,
            service,
            mut model,
            mut assumption,
        } = difference;
        let Some(first) = actions.first() else { return false };
        if first.is_wildcard_only() {
            self.report(question, actions, &model, assumption.as_ref(), findings);
            return true;
        }
        let of_service = |format: &ArnFormat| format.service() == Some(service);
        let own: Vec<ArnFormat> = group.resources.formats().filter(of_service).collect();
        if !own.is_empty() {
            // The action's own types, with parts missing.
            let variants = Resources::matching(own.iter().copied().map(loosely).collect());
            match self.ask_about(question, &variants, &[]) {
                Ask::No => {}
                Ask::Unclear(why) => findings.leave_unclear(why),
                Ask::Yes(model, assumption) => {
                    self.report(question, actions, &model, assumption.as_ref(), findings);
                    return true;
                }
            }
        }
        let documented = Catalog::get().documented_arns(service);
        let mut others: Vec<(DocumentedArn, Pattern)> = documented
            .filter(|documented| !own.contains(&documented.format))
            .map(|documented| (documented, loosely(documented.format)))
            .collect();
        let mut excluded: Vec<Pattern> = Vec::new();
        let mut noted = None;
        loop {
            let word = model.get(&Subject::Resource).and_then(|words| words.first());
            let word = word.cloned().unwrap_or_default();
            let (matching, rest): (Vec<_>, Vec<_>) = others
                .into_iter()
                .partition(|(_, loose)| loose.matches(&word, &self.terms().work));
            let Some((documented, _)) = matching.first() else {
                self.report(question, actions, &model, assumption.as_ref(), findings);
                return true;
            };
            noted.get_or_insert((*documented, word));
            others = rest;
            excluded.extend(matching.into_iter().map(|(_, loose)| loose));
            if excluded.len() > TYPES {
                excluded.extend(others.drain(..).map(|(_, loose)| loose));
            }
            match self.ask_about(question, resources, &excluded) {
                Ask::No => break,
                Ask::Unclear(why) => {
                    findings.leave_unclear(why);
                    break;
                }
                Ask::Yes(next, assuming) => (model, assumption) = (next, assuming),
            }
        }
        if let Some((documented, mut word)) = noted {
            // An ARN without missing parts is easier to recognize.
            let whole = Resources::of(vec![Some(documented.format)]);
            if let Ask::Yes(model, _) = self.ask_about(question, &whole, &[])
                && let Some(found) = model.get(&Subject::Resource).and_then(|words| words.first())
            {
                word.clone_from(found);
            }
            findings.notes.push(note(*first, documented, &word));
        }
        false
    }

    fn report(
        &mut self,
        question: &Question<'_>,
        actions: &[Action],
        model: &Model,
        assumption: Option<&Assumption>,
        findings: &mut Findings,
    ) {
        let Some(first) = actions.first() else { return };
        let setting = question.class.setting();
        let name = first.to_string();
        let witness = self.witness(setting, &name, actions, model, assumption, question.direction);
        findings.add(witness, &name);
    }
}

fn note(action: Action, documented: DocumentedArn, arn: &str) -> String {
    format!(
        "the policies also differ for `{action}` on `{arn}`, an ARN of the type `{}`, which AWS's reference does not list \
         for this action (as of {})",
        documented.name,
        Catalog::get().date()
    )
}
