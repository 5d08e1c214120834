//! Combines the sources.

use std::collections::{BTreeMap, BTreeSet};

use iam_policy_catalog::{Action, Catalog};
use iam_policy_operations::SourceKind;

use crate::botocore::{Kind, Member, Model, Operation};
use crate::dataset::{Dataset, Row};
use crate::error::Error;
use crate::links::Links;
use crate::model::{Condition, Mapping, Need, Service, Source};
use crate::overrides::{self, Overrides};
use crate::report::Report;
use crate::resources::{Call, fold, templates};

/// Where iam-dataset is published.
const DATASET: &str = "https://github.com/iann0036/iam-dataset";
/// Where botocore's models are published.
const MODELS: &str = "https://github.com/boto/botocore/tree/develop/botocore/data/";

pub(crate) struct Deriver<'a> {
    pub(crate) catalog: Catalog,
    pub(crate) links: &'a Links,
    pub(crate) dataset: &'a Dataset,
    pub(crate) overrides: &'a Overrides,
    pub(crate) report: &'a mut Report,
}

impl Deriver<'_> {
    pub(crate) fn services(&mut self, models: &[Model]) -> Result<Vec<Service>, Error> {
        let clients: BTreeSet<&str> = models.iter().map(|model| model.client.as_str()).collect();
        let overrides = self.overrides;
        let named = overrides
            .prefixes
            .keys()
            .chain(overrides.crates.keys())
            .chain(overrides.services.keys());
        for name in named {
            if !clients.contains(name.as_str()) {
                return Err(Error::new(
                    overrides::FILE,
                    format!("`{name}` is not a client of botocore"),
                ));
            }
        }
        models.iter().map(|model| self.service(model)).collect()
    }

    fn service(&mut self, model: &Model) -> Result<Service, Error> {
        let prefixes = self.prefixes(model);
        let known = prefixes.iter().find_map(|prefix| self.catalog.service(prefix));
        let reviewed = self.overrides.services.get(&model.client);
        if let Some(reviewed) = reviewed {
            let named = reviewed
                .operations
                .keys()
                .chain(reviewed.pages.keys())
                .chain(reviewed.unmapped.keys());
            for name in named {
                if !model.operations.contains_key(name) {
                    let message = format!("`{}` has no operation `{name}`", model.client);
                    return Err(Error::new(overrides::FILE, message));
                }
            }
        }
        let mut service = Service {
            client: model.client.clone(),
            name: model.metadata.service_id.clone(),
            crate_name: self.crate_name(model),
            prefix: known.map(|known| known.prefix().to_owned()).unwrap_or_default(),
            page: known.map(reference).unwrap_or_default(),
            operations: Vec::new(),
        };
        for (name, operation) in &model.operations {
            let mapping = self.operation(model, &prefixes, name, operation)?;
            service.operations.push((name.clone(), mapping));
        }
        service.operations.sort_by_key(|(name, _)| name.to_ascii_lowercase());
        Ok(service)
    }

    /// The prefixes under which the service's actions may be.
    fn prefixes(&self, model: &Model) -> Vec<String> {
        if let Some(prefixes) = self.overrides.prefixes.get(&model.client) {
            return prefixes.clone();
        }
        let mut prefixes: Vec<String> = model.metadata.signing_name.iter().cloned().collect();
        if !prefixes.contains(&model.metadata.endpoint_prefix) {
            prefixes.push(model.metadata.endpoint_prefix.clone());
        }
        prefixes
    }

    fn crate_name(&self, model: &Model) -> String {
        let exception = self.overrides.crates.get(&model.client).cloned();
        exception.unwrap_or_else(|| {
            let name: String = model.metadata.service_id.to_lowercase();
            format!("aws-sdk-{}", name.replace([' ', '-'], ""))
        })
    }

    fn operation(
        &mut self,
        model: &Model,
        prefixes: &[String],
        name: &str,
        operation: &Operation,
    ) -> Result<Mapping, Error> {
        let members = model.members(operation);
        let rows = self.dataset.rows([&model.client, &model.metadata.service_id], name);
        let call = Call {
            operation: name,
            members: &members,
            rows,
        };
        let derived = self.derive(model, prefixes, name, operation, call);
        let Some(service) = self.overrides.services.get(&model.client) else {
            return Ok(derived);
        };
        let place = format!("{}.{name}", model.client);
        let page = || {
            let page = service.page_of(name);
            page.ok_or_else(|| Error::new(overrides::FILE, format!("`{place}` has no page")))
        };
        if let Some(reason) = service.unmapped.get(name) {
            self.report.unmapped(&place, reason);
            return Ok(Mapping::Unmapped);
        }
        let rows = service.operations.get(name).map(Vec::as_slice);
        let (replacing, adding) = match rows {
            Some(rows) if rows.is_empty() || rows.iter().any(|row| !row.dependent) => (Some(rows), &[][..]),
            rows => (None, rows.unwrap_or_default()),
        };
        let mut reviewed = if let Some(rows) = replacing {
            let source = Source::new(SourceKind::Reviewed, page()?);
            if rows.is_empty() {
                Mapping::Nothing(source)
            } else {
                let needs = rows
                    .iter()
                    .map(|row| self.reviewed(&place, service, row, &source, call));
                Mapping::Needs(needs.collect::<Result<_, _>>()?)
            }
        } else if let (Some(template), false) = (&service.http, operation.is_unsigned()) {
            let (method, path) = operation.request();
            let path = model.path(operation, path);
            let path = service
                .base
                .as_ref()
                .and_then(|base| path.strip_prefix(base.as_str()))
                .unwrap_or(&path);
            Mapping::Needs(vec![Need {
                action: self.known(
                    &place,
                    &format!("{}:{method}", prefixes.first().map_or("", String::as_str)),
                )?,
                dependent: false,
                condition: None,
                source: Source::new(SourceKind::Reviewed, page()?),
                resources: vec![template.replace("{path}", path)],
            }])
        } else if let Some(page) = &service.nothing {
            Mapping::Nothing(Source::new(SourceKind::Reviewed, page))
        } else {
            derived.clone()
        };
        let also = service
            .also
            .iter()
            .filter(|(member, _)| call.members.iter().any(|found| found.path == **member));
        if let Mapping::Needs(needs) = &mut reviewed {
            needs.retain(|need| !need.dependent || !adding.iter().any(|row| row.action == need.action));
        }
        let adding = adding.iter().map(|row| (row, false));
        for (row, unless_known) in adding.chain(also.map(|(_, row)| (row, true))) {
            let source = Source::new(SourceKind::Reviewed, page()?);
            let need = self.reviewed(&place, service, row, &source, call)?;
            match &mut reviewed {
                Mapping::Needs(needs) => {
                    if !unless_known || !needs.iter().any(|found| found.action == need.action) {
                        needs.push(need);
                    }
                }
                Mapping::Unmapped => {}
                Mapping::Nothing(_) => {
                    let message = format!("{place}: a row is added to an operation that needs no permission");
                    return Err(Error::new(overrides::FILE, message));
                }
            }
        }
        self.report.reviewed(&place, &derived, &reviewed);
        Ok(reviewed)
    }

    /// The name of an action as AWS spells it.
    fn known(&self, place: &str, action: &str) -> Result<String, Error> {
        let known = self.catalog.action(action).map(|action| action.to_string());
        let known = known.or_else(|| {
            let unlisted = self.catalog.unlisted_action(action)?;
            Some(format!("{}:{}", unlisted.service, unlisted.name))
        });
        known.ok_or_else(|| Error::new(overrides::FILE, format!("{place}: there is no action `{action}`")))
    }

    fn reviewed(
        &self,
        place: &str,
        service: &overrides::Service,
        row: &overrides::Row,
        source: &Source,
        call: Call<'_>,
    ) -> Result<Need, Error> {
        let action = self.known(place, &row.action)?;
        let has = |member: &str| call.members.iter().any(|found| found.path == member);
        let unknown =
            |member: &str| Error::new(overrides::FILE, format!("{place}: the input has no member `{member}`"));
        if let Some(member) = row
            .condition
            .as_ref()
            .and_then(Condition::member)
            .filter(|member| !has(member))
        {
            return Err(unknown(member));
        }
        let mut resources = Vec::new();
        for name in &row.on {
            let template = match service.resources.get(name) {
                Some(template) => template.clone(),
                None if name == "*" || name == "?" => name.clone(),
                None => format!("{{{name}}}"),
            };
            for member in variables(&template) {
                if !has(member) {
                    return Err(unknown(member));
                }
            }
            resources.push(template);
        }
        // `?`: the resources are not known.
        resources.retain(|template| template != "?");
        if row.on.is_empty()
            && let Some(action) = self.catalog.action(&action)
        {
            resources = templates(action, call);
        }
        Ok(Need {
            action,
            dependent: row.dependent,
            condition: row.condition.clone(),
            source: source.clone(),
            resources,
        })
    }

    /// What the sources other than the reviewed list say.
    fn derive(
        &mut self,
        model: &Model,
        prefixes: &[String],
        name: &str,
        operation: &Operation,
        call: Call<'_>,
    ) -> Mapping {
        let place = format!("{}.{name}", model.client);
        if operation.is_unsigned() || model.metadata.is_bearer_only() {
            return Mapping::Nothing(Source::new(SourceKind::Unsigned, format!("{MODELS}{}", model.client)));
        }
        let same = prefixes
            .iter()
            .find_map(|prefix| self.catalog.action(&format!("{prefix}:{name}")));
        let linked = self.linked(prefixes, name);
        let listed = self.listed(call.rows);
        let main = match same {
            Some(action) => {
                self.report.same(&place, action, &linked, &listed);
                let page = reference(action.service());
                vec![(action, Source::new(SourceKind::SameName, page))]
            }
            None => self.exception(&place, &linked, &listed),
        };
        let mut needs: Vec<Need> = Vec::new();
        for (action, source) in &main {
            needs.push(Need {
                action: action.to_string(),
                dependent: false,
                condition: None,
                source: source.clone(),
                resources: templates(*action, call),
            });
        }
        for (action, _) in main {
            self.dependents(&place, action, call, &mut needs);
        }
        if needs.is_empty() {
            Mapping::Unmapped
        } else {
            Mapping::Needs(needs)
        }
    }

    /// The actions that the reference links to the operation, with the page.
    fn linked(&self, prefixes: &[String], name: &str) -> BTreeMap<String, (Action, String)> {
        let mut found = BTreeMap::new();
        for prefix in prefixes {
            let links = self.links.get(prefix).and_then(|links| links.get(&name.to_lowercase()));
            for (action, page) in links.into_iter().flatten() {
                if let Some(action) = self.catalog.action(action) {
                    found.insert(action.to_string(), (action, page.clone()));
                }
            }
        }
        found
    }

    /// The actions in iam-dataset that still exist.
    fn listed(&self, rows: &[Row]) -> BTreeMap<String, Action> {
        let rows = rows.iter().filter(|row| !row.action.ends_with(":PassRole"));
        let actions = rows.filter_map(|row| self.catalog.action(&row.action));
        actions.map(|action| (action.to_string(), action)).collect()
    }

    /// The actions of an operation that has none of its name.
    fn exception(
        &mut self,
        place: &str,
        linked: &BTreeMap<String, (Action, String)>,
        listed: &BTreeMap<String, Action>,
    ) -> Vec<(Action, Source)> {
        let by_link = |(action, page): &(Action, String)| (*action, Source::new(SourceKind::Linked, page));
        let both: Vec<_> = linked.iter().filter(|(name, _)| listed.contains_key(*name)).collect();
        match (linked.len(), listed.len(), both.as_slice()) {
            (0, 0, _) => Vec::new(),
            (0, _, _) => {
                let actions = listed
                    .values()
                    .map(|&action| (action, Source::new(SourceKind::Dataset, DATASET)));
                actions.collect()
            }
            (_, _, [(_, only)]) => {
                if linked.len() > 1 || listed.len() > 1 {
                    self.report
                        .exception(place, linked, listed, "the action that both name");
                }
                vec![by_link(only)]
            }
            (1, 0, _) => linked.values().map(by_link).collect(),
            (1, _, _) => {
                self.report.exception(place, linked, listed, "the link, which is newer");
                linked.values().map(by_link).collect()
            }
            _ => {
                self.report
                    .exception(place, linked, listed, "unmapped: none is certain");
                Vec::new()
            }
        }
    }

    /// The actions that AWS checks on what the operation uses.
    fn dependents(&mut self, place: &str, action: Action, call: Call<'_>, needs: &mut Vec<Need>) {
        let page = reference(action.service());
        let mut dependents: Vec<Action> = action.dependent_actions().collect();
        for found in action.resource_types() {
            dependents.extend(found.dependent_actions());
        }
        let mut seen = BTreeSet::new();
        let pass_role = |action: &str| action == "iam:PassRole";
        for dependent in dependents {
            let name = dependent.to_string();
            if !seen.insert(name.clone()) || needs.iter().any(|need| need.action == name) {
                continue;
            }
            let source = Source::new(SourceKind::Dependent, page.clone());
            if pass_role(&name) {
                needs.extend(roles(call, &source));
            } else {
                needs.push(used(dependent, call, source));
            }
        }
        let row = call.rows.iter().find(|row| pass_role(&row.action));
        if let (Some(row), false) = (row, seen.contains("iam:PassRole")) {
            let source = Source::new(SourceKind::Dataset, DATASET);
            let found = roles(call, &source);
            let certain = found.iter().any(|need| !need.resources.is_empty());
            self.report.pass_role(place, row.arn_member(), certain);
            if certain {
                needs.extend(found);
            }
        }
    }
}

/// The page about a service in AWS's reference.
fn reference(service: iam_policy_catalog::Service) -> String {
    const PAGES: &str = "https://docs.aws.amazon.com/service-authorization/latest/reference/";
    match service.reference_page() {
        Some(page) => format!("{PAGES}list_{page}.html"),
        None => format!("{PAGES}reference_policies_actions-resources-contextkeys.html"),
    }
}

/// An action on what the operation uses.
fn used(action: Action, call: Call<'_>, source: Source) -> Need {
    let name = action.name();
    let is_tagging = matches!(
        name,
        "TagResource" | "TagResources" | "CreateTags" | "AddTags" | "AddTagsToResource"
    );
    let member = |names: &[&str]| {
        let mut members = call.members.iter().filter(|member| !member.path.contains('.'));
        members.find(|member| names.contains(&fold(&member.path).as_str()))
    };
    let tags = is_tagging.then(|| {
        member(&[
            "tags",
            "tagspecifications",
            "tagspecification",
            "tagslist",
            "resourcetags",
        ])
    });
    let key = action.service().prefix() == "kms";
    let keys = [
        "kmskeyid",
        "kmskeyarn",
        "kmskey",
        "kmskeyidentifier",
        "encryptionkeyarn",
        "kmskeyidentifierarn",
    ];
    let key = key.then(|| member(&keys));
    let decides = tags.or(key).flatten();
    let condition = if action.to_string() == "iam:CreateServiceLinkedRole" {
        Some(Condition::Outside("the service-linked role does not exist".to_owned()))
    } else {
        decides
            .filter(|member| !member.required)
            .map(|member| Condition::Set(member.path.clone()))
    };
    let resources = match (key, decides) {
        (Some(_), Some(member)) => vec![format!("{{{}}}", member.path)],
        _ if action.is_wildcard_only() => vec!["*".to_owned()],
        _ => Vec::new(),
    };
    Need {
        action: action.to_string(),
        dependent: true,
        condition,
        source,
        resources,
    }
}

/// `iam:PassRole`, once for each member that contains a role.
fn roles(call: Call<'_>, source: &Source) -> Vec<Need> {
    let need = |condition, resources| Need {
        action: "iam:PassRole".to_owned(),
        dependent: true,
        condition,
        source: source.clone(),
        resources,
    };
    let found: Vec<&Member> = call.members.iter().filter(|member| is_role(member)).collect();
    // Members deep inside an input are alternatives of each other more often than not.
    let outer: Vec<&Member> = found
        .iter()
        .copied()
        .filter(|member| !member.path.contains('.'))
        .collect();
    let found = if outer.is_empty() { found } else { outer };
    if found.is_empty() || found.len() > 4 {
        return vec![need(None, Vec::new())];
    }
    let needs = found.into_iter().map(|member| {
        let condition = (!member.required).then(|| Condition::Set(member.path.clone()));
        need(condition, vec![format!("{{{}}}", member.path)])
    });
    needs.collect()
}

fn is_role(member: &Member) -> bool {
    let (_, name) = member.path.rsplit_once('.').unwrap_or(("", &member.path));
    let name = fold(name);
    member.kind != Kind::Other
        && (name.ends_with("rolearn")
            || name.ends_with("rolearns")
            || matches!(name.as_str(), "role" | "iamrole" | "servicerole" | "executionrole"))
}

/// The members in a template.
pub(crate) fn variables(template: &str) -> impl Iterator<Item = &str> {
    template
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name.split_once(':').map_or(name, |(name, _)| name))
        .filter(|name| !matches!(*name, "partition" | "region" | "account"))
}
