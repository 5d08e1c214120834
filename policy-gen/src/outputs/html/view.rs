//! The data of the template. Fields called `…_html` are HTML; everything else is text that the template escapes.

use std::collections::BTreeSet;

use askama::Template;
use iam_policy_catalog::AccessLevel;
use iam_policy_core::text::Grouped;
use iam_policy_core::{
    Action, Condition, Explanation, Extension, Options, Parameter, Partition, Policy, Resource, Section, Statement,
    Trust,
};

use super::super::anchors::Anchors;
use super::super::json;
use super::super::output::Input;
use super::super::summary::{Matrix, Sizes, capitalized, percent};
use super::forms::{Form, forms};
use super::model::{Templates, model};
use super::prose::{blocks, inline, plain};
use super::{SCRIPT, STYLE, policy};

/// The page.
#[derive(Template)]
#[template(path = "permissions.html")]
pub(super) struct View<'a> {
    note: String,
    title: String,
    title_html: String,
    about_html: String,
    policies: Vec<PolicyView<'a>>,
    partitions: Vec<Partition>,
    services: BTreeSet<&'a str>,
    levels: Vec<&'a str>,
    parameters: Vec<ParameterView<'a>>,
    environments: Vec<&'a str>,
    sections: Vec<SectionView>,
    has_findings: bool,
    has_extensions: bool,
    forms: Vec<Form<'a>>,
    model: String,
    csp: String,
    style: &'static str,
    script: &'static str,
}

struct PolicyView<'a> {
    name: &'a str,
    anchor: String,
    title: String,
    title_html: String,
    about_html: String,
    type_note_html: String,
    managed_html: String,
    matrix: MatrixView,
    sizes: SizesView,
    json: &'a str,
    others: Vec<(Partition, String)>,
    statements: Vec<StatementView<'a>>,
    extensions: Vec<ExtensionView<'a>>,
    trust: Option<TrustView<'a>>,
}

struct MatrixView {
    levels: Vec<&'static str>,
    rows: Vec<CountsView>,
    has_denials: bool,
}

/// The numbers of a service's actions, in the order of the levels; empty instead of 0.
struct CountsView {
    service: String,
    counts: Vec<String>,
}

struct SizesView {
    has_quotas: bool,
    partitions: Vec<Partition>,
    rows: Vec<SizeView>,
}

/// The sizes of a document against one quota, in the order of the partitions.
struct SizeView {
    kind: String,
    quota: String,
    sizes: Vec<String>,
}

struct ExtensionView<'a> {
    name: &'a str,
    anchor: String,
    title: String,
    title_html: String,
    about_html: String,
    sizes: SizesView,
    json: String,
    statements: Vec<StatementView<'a>>,
}

struct TrustView<'a> {
    anchor: String,
    about_html: String,
    sizes: SizesView,
    json: &'a str,
    statements: Vec<StatementView<'a>>,
}

/// A statement's section.
#[derive(Template)]
#[template(path = "statement.html")]
struct StatementView<'a> {
    policy: &'a str,
    anchor: String,
    sid: &'a str,
    /// The level of the heading.
    level: u8,
    heading_html: String,
    effect: &'static str,
    excludes_actions: bool,
    excludes_principals: bool,
    excludes_resources: bool,
    partitions: &'a [Partition],
    principals: Vec<(usize, String)>,
    resources: Vec<ResourceView<'a>>,
    conditions: Vec<ConditionView<'a>>,
    reason_html: String,
    without_html: String,
    rows: Vec<RowView<'a>>,
    findings: Vec<FindingView<'a>>,
}

struct ResourceView<'a> {
    text: String,
    template: usize,
    partitions: &'a [Partition],
    reason_html: String,
    without_html: String,
}

struct ConditionView<'a> {
    operator: &'a str,
    key: &'a str,
    values: Vec<(usize, String)>,
}

struct RowView<'a> {
    actions: Vec<ActionView<'a>>,
    reason_html: String,
    without_html: String,
}

struct ActionView<'a> {
    pattern: &'a str,
    service: &'a str,
    access: &'a str,
    url: String,
}

struct FindingView<'a> {
    check: &'a str,
    part: Option<&'a str>,
    why_html: String,
}

struct ParameterView<'a> {
    name: &'a str,
    default: String,
    about_html: String,
}

struct SectionView {
    anchor: String,
    title: String,
    title_html: String,
    text_html: String,
}

impl<'a> View<'a> {
    pub(super) fn new(input: &Input<'a>) -> Self {
        let Input {
            spec, policies, origin, ..
        } = *input;
        let mut templates = Templates::default();
        let anchors = Anchors::new(spec);
        let views: Vec<_> = policies
            .iter()
            .map(|policy| PolicyView::new(policy, &mut templates))
            .collect();
        let parameters = policies.first().map_or(&[][..], |policy| policy.parameters);
        let sections = spec.page.sections.iter().zip(anchors.sections);
        let title = spec.page.title.as_ref().map_or("Permissions", |title| &title.text);
        let mut partitions: Vec<Partition> = Vec::new();
        for partition in policies.iter().flat_map(|policy| policy.partitions) {
            if !partitions.contains(partition) {
                partitions.push(*partition);
            }
        }
        let actions = || {
            let statements = views.iter().flat_map(PolicyView::all_statements);
            statements
                .flat_map(|statement| &statement.rows)
                .flat_map(|row| &row.actions)
        };
        let services = actions()
            .map(|action| action.service)
            .filter(|service| !service.is_empty())
            .collect();
        let present: BTreeSet<_> = actions().flat_map(ActionView::levels).collect();
        let levels = AccessLevel::ALL.into_iter().map(AccessLevel::as_str);
        let levels = levels.filter(|level| present.contains(level)).collect();
        let forms = forms(input);
        let model = model(policies, parameters, &forms, &mut templates);
        Self {
            note: origin.note().replace("--", "- -"),
            title: plain(title),
            title_html: inline(title),
            about_html: blocks(spec.page.about.as_ref().map_or("", |about| &about.text)),
            partitions,
            services,
            levels,
            parameters: parameters.iter().map(ParameterView::new).collect(),
            environments: policies
                .first()
                .map_or(&[][..], |policy| policy.environments)
                .iter()
                .map(|environment| environment.name)
                .collect(),
            sections: sections
                .map(|((title, text), anchor)| SectionView {
                    anchor,
                    title: plain(&title.text),
                    title_html: inline(&title.text),
                    text_html: blocks(&text.text),
                })
                .collect(),
            has_findings: views.iter().any(PolicyView::has_findings),
            has_extensions: views.iter().any(|policy| !policy.extensions.is_empty()),
            policies: views,
            forms,
            model,
            csp: policy(),
            style: STYLE,
            script: SCRIPT,
        }
    }
}

impl<'a> PolicyView<'a> {
    fn new(policy: &Policy<'a>, templates: &mut Templates<'a>) -> Self {
        let others = policy.partitions.iter().skip(1);
        Self {
            name: policy.name,
            anchor: Anchors::policy(policy),
            title: plain(policy.heading()),
            title_html: inline(policy.heading()),
            about_html: blocks(policy.about),
            type_note_html: inline(&policy.type_note().map_or(String::new(), |note| note.to_string())),
            managed_html: inline(&policy.managed_list().to_string()),
            matrix: MatrixView::new(&Matrix::new(policy.statements)),
            sizes: SizesView::new(&Sizes::of_policy(policy, &[])),
            json: policy.json,
            others: others.map(|&one| (one, json::POLICY.name(policy, one))).collect(),
            statements: statements(policy, policy.explanation(), 3, templates),
            extensions: policy
                .extensions
                .iter()
                .map(|extension| ExtensionView::new(policy, extension, templates))
                .collect(),
            trust: policy.trust.map(|trust| TrustView::new(policy, trust, templates)),
        }
    }

    /// The name of the JSON file that this page saves.
    fn file(&self) -> String {
        format!("{}.json", self.name)
    }

    fn has_findings(&self) -> bool {
        self.all_statements().any(|statement| !statement.findings.is_empty())
    }

    /// The statements of the policy, of its extensions and of its trust policy.
    fn all_statements(&self) -> impl Iterator<Item = &StatementView<'a>> {
        self.statements
            .iter()
            .chain(self.extensions.iter().flat_map(|extension| &extension.statements))
            .chain(self.trust.iter().flat_map(|trust| &trust.statements))
    }
}

fn statements<'a>(
    policy: &Policy<'a>,
    explanation: Explanation<'a>,
    level: u8,
    templates: &mut Templates<'a>,
) -> Vec<StatementView<'a>> {
    let sections = explanation.by_statement();
    sections
        .map(|section| StatementView::new(policy.name, section, level, templates))
        .collect()
}

impl MatrixView {
    fn new(matrix: &Matrix) -> Self {
        let number = |&count: &usize| match count {
            0 => String::new(),
            _ => Grouped(count).to_string(),
        };
        Self {
            levels: matrix.levels.iter().map(|level| level.as_str()).collect(),
            rows: matrix
                .rows
                .iter()
                .map(|row| CountsView {
                    service: row.service.clone(),
                    counts: row.counts.iter().map(number).collect(),
                })
                .collect(),
            has_denials: matrix.has_denials,
        }
    }
}

impl SizesView {
    fn new(sizes: &Sizes) -> Self {
        let Sizes { partitions, quotas } = sizes;
        let against = |&(kind, quota): &(&str, usize)| SizeView {
            kind: capitalized(kind),
            quota: Grouped(quota).to_string(),
            sizes: partitions
                .iter()
                .map(|&(_, size)| format!("{} ({}%)", Grouped(size), percent(size, quota)))
                .collect(),
        };
        let without = SizeView {
            kind: "Policy".to_owned(),
            quota: String::new(),
            sizes: partitions.iter().map(|&(_, size)| Grouped(size).to_string()).collect(),
        };
        let has_quotas = !quotas.is_empty();
        Self {
            has_quotas,
            partitions: partitions.iter().map(|&(partition, _)| partition).collect(),
            rows: if has_quotas {
                quotas.iter().map(against).collect()
            } else {
                vec![without]
            },
        }
    }
}

impl<'a> ExtensionView<'a> {
    fn new(policy: &Policy<'a>, extension: &Extension<'a>, templates: &mut Templates<'a>) -> Self {
        let added = policy.with_statements(extension.statements);
        Self {
            name: extension.name,
            anchor: Anchors::extension(policy, extension),
            title: plain(extension.heading()),
            title_html: inline(extension.heading()),
            about_html: blocks(extension.about),
            sizes: SizesView::new(&Sizes::of_policy(policy, &[extension.name])),
            json: added.render_unchecked(Options::GENERATED).to_string(),
            statements: statements(policy, extension.explanation(), 4, templates),
        }
    }
}

impl<'a> TrustView<'a> {
    fn new(policy: &Policy<'a>, trust: Trust<'a>, templates: &mut Templates<'a>) -> Self {
        Self {
            anchor: Anchors::trust(policy),
            about_html: blocks(trust.about),
            sizes: SizesView::new(&Sizes::of_trust(policy)),
            json: trust.json,
            statements: statements(policy, trust.explanation(), 4, templates),
        }
    }
}

impl<'a> StatementView<'a> {
    fn new(policy: &'a str, section: Section<'a>, level: u8, templates: &mut Templates<'a>) -> Self {
        let statement: &Statement<'a> = section.statement();
        let (reason, without) = section.introduction().unwrap_or_default();
        let resources = statement.resource_element().1.iter();
        Self {
            policy,
            anchor: statement.anchor(policy).to_string(),
            sid: statement.sid,
            level,
            heading_html: inline(&statement.heading().to_string()),
            effect: statement.effect.name(),
            excludes_actions: !statement.not_actions.is_empty(),
            excludes_principals: !statement.not_principals.is_empty(),
            excludes_resources: !statement.not_resources.is_empty(),
            partitions: statement.partitions,
            principals: statement
                .principal_element()
                .1
                .iter()
                .map(|principal| (templates.number(principal.name), joined(&principal.name)))
                .collect(),
            resources: resources
                .map(|resource| ResourceView::new(resource, templates))
                .collect(),
            conditions: conditions(statement.conditions, templates),
            reason_html: inline(reason),
            without_html: inline(without.unwrap_or_default()),
            rows: section
                .rows()
                .map(|(row, without)| RowView {
                    actions: row.actions().map(ActionView::new).collect(),
                    reason_html: inline(row.reason()),
                    without_html: inline(without.unwrap_or_default()),
                })
                .collect(),
            findings: section
                .accepted_findings()
                .map(|(part, waiver)| FindingView {
                    check: waiver.check,
                    part,
                    why_html: inline(waiver.why),
                })
                .collect(),
        }
    }

    fn is_for_everyone(&self) -> bool {
        !self.excludes_principals && self.principals.iter().all(|(_, name)| *name == "*")
    }

    /// The only resource, if there is nothing more to say about it.
    fn only_resource(&self) -> Option<&ResourceView<'a>> {
        match self.resources.as_slice() {
            [one] if one.partitions.is_empty() && one.reason_html.is_empty() && one.without_html.is_empty() => {
                Some(one)
            }
            _ => None,
        }
    }
}

impl<'a> ResourceView<'a> {
    fn new(resource: &Resource<'a>, templates: &mut Templates<'a>) -> Self {
        Self {
            text: joined(&resource.arn),
            template: templates.number(resource.arn),
            partitions: resource.partitions,
            reason_html: inline(resource.reason.unwrap_or_default()),
            without_html: inline(resource.without.unwrap_or_default()),
        }
    }
}

fn conditions<'a>(conditions: &[Condition<'a>], templates: &mut Templates<'a>) -> Vec<ConditionView<'a>> {
    let mut views = Vec::new();
    for condition in conditions {
        let values = condition.values.iter();
        views.push(ConditionView {
            operator: condition.operator,
            key: condition.key,
            values: values.map(|&value| (templates.number(value), joined(&value))).collect(),
        });
    }
    views
}

impl<'a> ActionView<'a> {
    fn new(action: &Action<'a>) -> Self {
        Self {
            pattern: action.pattern,
            service: action.pattern.split_once(':').map_or("", |(service, _)| service),
            access: action.access,
            url: action.reference_url().map_or(String::new(), |url| url.to_string()),
        }
    }

    fn levels(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.access.split(", ").filter(|level| !level.is_empty())
    }
}

/// The texts of a template: one for each element of a list.
fn joined(template: &iam_policy_core::Template<'_>) -> String {
    let texts: Vec<_> = template.texts().collect();
    texts.join(", ")
}

impl<'a> ParameterView<'a> {
    fn new(parameter: &Parameter<'a>) -> Self {
        Self {
            name: parameter.name,
            default: parameter
                .default
                .map_or_else(String::new, |default| default.to_string()),
            about_html: inline(parameter.about),
        }
    }
}
