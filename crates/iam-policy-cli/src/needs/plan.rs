//! The statements about a stack.

use std::collections::{BTreeMap, BTreeSet};

use iam_policy_catalog::Catalog;
use iam_policy_check::Code;
use iam_policy_core::variable::{Piece, Unknown, only_unknown, pieces, unknowns};
use iam_policy_core::{Parameter, ParameterKind, ParameterValue};
use iam_policy_document::{Diagnostic, Severity};
use iam_policy_operations::{HandlerNeed, resource_type, resource_type_packages};
use iam_policy_spec::wording::list;
use iam_policy_spec::{Draft, DraftParameter, DraftStatement, draft_template, parameter_name};
use iam_policy_templates::stack::{Resource, Stack};

use super::scope::resources;
use crate::import::{parameter, waivers};

/// The name of the policy.
const POLICY: &str = "deploy";

/// Why a finding about the policy is accepted.
fn why(finding: &Diagnostic) -> Option<&'static str> {
    if Code::InvalidSpec.is_of(finding) {
        return None;
    }
    Some(if Code::ActionSupportsResources.is_of(finding) {
        "AWS does not publish which of its kinds of resources CloudFormation uses it on."
    } else {
        "Deploying the resources of the template needs it."
    })
}

/// How many characters of statements a policy gets. IAM accepts 6,144 with the values of parameters.
const MAX_CHARACTERS: usize = 5_000;

/// How many resources a reason names.
const MAX_NAMED: usize = 6;

/// Resources that CloudFormation ignores.
///
/// Source: AWS CDK Developer Guide, "Configure AWS CDK usage data reporting".
const IGNORED: &[&str] = &["AWS::CDK::Metadata"];

/// What resources of a type use an action on.
#[derive(Debug, Default)]
struct Use {
    resources: BTreeSet<String>,
    ids: BTreeSet<String>,
}

/// What a statement is about.
#[derive(Debug, Default)]
struct About {
    actions: BTreeSet<String>,
    /// The IDs of resources by their types.
    resources: BTreeMap<String, BTreeSet<String>>,
    /// The reasons, if they are not that CloudFormation deploys the resources.
    reasons: BTreeSet<String>,
}

/// The statements.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// By service, or by an action with its own reason, and by resources.
    statements: BTreeMap<(String, BTreeSet<String>), About>,
    /// What is not covered.
    pub(super) open: Vec<Diagnostic>,
}

impl Plan {
    pub(super) fn new(stack: &Stack) -> Self {
        let mut plan = Self::default();
        let mut own: BTreeMap<(&str, &str), Use> = BTreeMap::new();
        for resource in &stack.resources {
            if IGNORED.contains(&resource.resource_type.as_str()) {
                continue;
            }
            if let Some(token) = &resource.service_token {
                plan.custom(resource, token);
                continue;
            }
            let Some(found) = resource_type(&resource.resource_type) else {
                plan.not_covered(resource);
                continue;
            };
            for need in found.needs().filter(|need| applies(*need, resource)) {
                let own = own.entry((&resource.resource_type, need.action())).or_default();
                own.resources.extend(resources(need.action(), resource));
                own.ids.insert(resource.id.clone());
            }
            plan.roles(resource);
        }
        // All resources of a type need the same actions, each on itself.
        for ((kind, action), Use { resources, ids }) in own {
            let is_all = resources.contains("*");
            let resources = if is_all {
                BTreeSet::from(["*".to_owned()])
            } else {
                resources
            };
            let about = plan.about(action, resources);
            about.resources.entry(kind.to_owned()).or_default().extend(ids);
            about.actions.insert(action.to_owned());
        }
        for about in plan.statements.values_mut() {
            let all = about.actions.clone();
            let covers = |pattern: &String, action: &String| {
                pattern != action
                    && pattern.contains('*')
                    && iam_policy_core::wildcard::matches_ignoring_case(pattern, action)
            };
            about
                .actions
                .retain(|action| !all.iter().any(|pattern| covers(pattern, action)));
        }
        plan.lookups(stack);
        plan.transforms(stack);
        plan
    }

    fn about(&mut self, action: &str, resources: BTreeSet<String>) -> &mut About {
        let prefix = action.split(':').next().unwrap_or_default();
        self.statements.entry((prefix.to_owned(), resources)).or_default()
    }

    /// Adds an action with its own reason.
    fn add(&mut self, action: &str, resource: &str, reason: String) {
        let key = (action.to_owned(), BTreeSet::from([resource.to_owned()]));
        let about = self.statements.entry(key).or_default();
        about.actions.insert(action.to_owned());
        about.reasons.insert(reason);
    }

    fn open(&mut self, message: String, resource: &Resource) {
        let mut problem = Diagnostic::new(Severity::Warning, message);
        problem.location = resource.location.clone();
        if !self.open.contains(&problem) {
            self.open.push(problem);
        }
    }

    fn not_covered(&mut self, resource: &Resource) {
        let message = format!(
            "not covered: AWS publishes no permissions for `{}`, the type of `{}`",
            resource.resource_type, resource.id
        );
        self.open(message, resource);
    }

    /// The roles that a resource passes.
    ///
    /// Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
    fn roles(&mut self, resource: &Resource) {
        let needs_pass_role = resource_type(&resource.resource_type).is_some_and(|found| {
            found
                .needs()
                .any(|need| need.action() == PASS_ROLE || passes_role(need.action()))
        });
        if !needs_pass_role {
            return;
        }
        for role in &resource.roles {
            let key = (PASS_ROLE.to_owned(), BTreeSet::from([role.clone()]));
            let about = self.statements.entry(key).or_default();
            about.actions.insert(PASS_ROLE.to_owned());
            let ids = about.resources.entry(resource.resource_type.clone()).or_default();
            ids.insert(resource.id.clone());
        }
        if resource.passes_unknown_role {
            let message = format!(
                "not covered: the template does not determine a role that `{}` passes to a service",
                resource.id
            );
            self.open(message, resource);
        }
    }

    /// What invokes a custom resource.
    ///
    /// Source: AWS CloudFormation User Guide, "Create custom provisioning logic with custom resources".
    fn custom(&mut self, resource: &Resource, token: &str) {
        let reason = format!(
            "CloudFormation calls what provides the custom resource `{}`.",
            resource.id
        );
        let service =
            iam_policy_core::Segments::of_arn(token).and_then(|arn| arn.get(iam_policy_core::Segment::Service));
        match service {
            Some("lambda") => self.add("lambda:InvokeFunction", token, reason),
            Some("sns") => self.add("sns:Publish", token, reason),
            _ => {
                let message = format!(
                    "not covered: the template does not determine what provides the custom resource `{}`",
                    resource.id
                );
                self.open(message, resource);
            }
        }
    }

    /// What reads the values that CloudFormation looks up.
    fn lookups(&mut self, stack: &Stack) {
        let mut places: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
        for lookup in &stack.lookups {
            let place = places.entry((lookup.action, &lookup.arn)).or_default();
            place.insert(&lookup.place);
        }
        for ((action, arn), places) in places {
            let names = list(places);
            let reason = format!("CloudFormation looks up the value for {names}.");
            self.add(action, arn, reason);
        }
    }

    /// Source: AWS `CodeDeploy` User Guide, "Create a service role for AWS CloudFormation", whose policy has the ARN of the
    /// transform; AWS CloudFormation User Guide, "Perform custom processing on templates with macros".
    fn transforms(&mut self, stack: &Stack) {
        for name in &stack.transforms {
            let partition = Unknown::word("AWS::Partition");
            let arn = match name.strip_prefix("AWS::") {
                Some(name) => format!("arn:{partition}:cloudformation:*:aws:transform/{name}"),
                None => format!(
                    "arn:{partition}:cloudformation:{}:{}:transform/{name}",
                    Unknown::word("AWS::Region"),
                    Unknown::word("AWS::AccountId")
                ),
            };
            let reason = format!("CloudFormation transforms the template with `{name}`.");
            self.add("cloudformation:CreateChangeSet", &arn, reason);
        }
    }

    /// The spec: one policy, or several if one would be too large.
    ///
    /// # Errors
    ///
    /// The types of the resources, if none of them is covered.
    pub(super) fn spec(self, stack: &Stack) -> Result<String, BTreeSet<String>> {
        if self.statements.is_empty() {
            return Err(stack
                .resources
                .iter()
                .map(|found| found.resource_type.clone())
                .collect());
        }
        let mut parameters: BTreeMap<String, DraftParameter> = BTreeMap::new();
        let (mut statements, mut ids) = (Vec::new(), BTreeSet::new());
        let texts: Vec<_> = self
            .statements
            .iter()
            .map(|((prefix, resources), about)| {
                let words: BTreeSet<String> = resources.iter().map(|text| worded(text)).collect();
                for text in resources {
                    note_parameters(text, stack, &mut parameters);
                }
                (prefix, words, about)
            })
            .collect();
        for (prefix, resources, about) in &texts {
            let id = id(prefix, resources, about, &ids);
            ids.insert(id.clone());
            statements.push(DraftStatement {
                id,
                reason: about.reason(),
                actions: Some(about.actions.iter().map(String::as_str).collect()),
                templates: resources.iter().map(|text| draft_template(text)).collect(),
                ..DraftStatement::default()
            });
        }
        let mut drafts = drafts(statements, parameters.into_values().collect());
        if let Some(last) = drafts.last_mut() {
            last.notes = self
                .open
                .iter()
                .chain(&stack.problems)
                .map(|problem| problem.message.to_string())
                .collect();
            let packages = resource_type_packages().iter();
            let package =
                packages.map(|package| format!("{} {} of {}", package.name(), package.version(), package.date()));
            last.notes.push(format!(
                "The permissions of resource types are those in {}.",
                package.collect::<Vec<_>>().join(", ")
            ));
        }
        waivers::add(&mut drafts, why);
        let texts: Vec<_> = drafts.iter().map(ToString::to_string).collect();
        Ok(texts.join("\n"))
    }
}

const PASS_ROLE: &str = "iam:PassRole";

/// Whether AWS says that an action may pass a role.
fn passes_role(action: &str) -> bool {
    let action = Catalog::get().action(action);
    action.is_some_and(|action| action.dependent_actions().any(|needed| needed.to_string() == PASS_ROLE))
}

/// Whether a resource needs what its type may need. Roles are passed by those that have some, and policies attached to
/// the kinds of identities that they name.
fn applies(need: HandlerNeed, resource: &Resource) -> bool {
    let action = need.action();
    if action == PASS_ROLE {
        return false;
    }
    if matches!(
        resource.resource_type.as_str(),
        "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy"
    ) {
        let kinds = [("User", "Users"), ("Role", "Roles"), ("Group", "Groups")];
        let mut named = kinds.iter().filter(|(word, _)| action.contains(word));
        return named.all(|(_, property)| resource.properties.iter().any(|own| own == property));
    }
    true
}

impl About {
    fn reason(&self) -> String {
        if !self.reasons.is_empty() {
            return self.reasons.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
        }
        let resources = self.named();
        if self.actions.len() == 1 && self.actions.contains(PASS_ROLE) {
            format!("CloudFormation passes the role to {resources}.")
        } else {
            format!("CloudFormation creates, updates and deletes {resources}.")
        }
    }

    /// The resources, with their types.
    fn named(&self) -> String {
        let kinds: Vec<String> = self
            .resources
            .iter()
            .map(|(kind, ids)| {
                let names = ids.iter().take(MAX_NAMED).map(String::as_str);
                let more = ids.len().saturating_sub(MAX_NAMED);
                let names = if more == 0 {
                    list(names)
                } else {
                    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
                    format!("{} and {more} more", names.join(", "))
                };
                format!("{names} ({kind})")
            })
            .collect();
        match kinds.as_slice() {
            [] => String::new(),
            [only] => only.clone(),
            [before @ .., last] => format!("{} and {last}", before.join(", ")),
        }
    }
}

/// A text in which every unknown part is a word, so that it becomes a parameter.
fn worded(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut parts = pieces(text);
    loop {
        let start = parts.position();
        match parts.next() {
            None => return result,
            Some(Piece::Unknown(unknown)) => result.push_str(&Unknown::word(unknown.name).to_string()),
            Some(_) => result.push_str(text.get(start..parts.position()).unwrap_or_default()),
        }
    }
}

/// Adds the parameters that stand for the unknown parts of a text.
fn note_parameters(text: &str, stack: &Stack, parameters: &mut BTreeMap<String, DraftParameter>) {
    for unknown in unknowns(text).filter(|unknown| unknown.name != "AWS::Partition") {
        let name = parameter_name(unknown.name);
        let is_arn = only_unknown(text).is_some();
        let mut own = parameter(unknown.name);
        if is_arn {
            own.kind = ParameterKind::Arn;
        } else if let Some(default) = stack
            .parameters
            .iter()
            .find(|found| found.name == unknown.name)
            .and_then(|found| found.default.clone())
            .filter(|text| Parameter::required("p").check(ParameterValue::Text(text)).is_ok())
        {
            own.default = Some(default);
        }
        match unknown.name {
            "AWS::StackName" => {
                "The name of the stack, or what CloudFormation keeps of it in long names.".clone_into(&mut own.about);
            }
            "AWS::StackName in lowercase" => "The name of the stack in lowercase.".clone_into(&mut own.about),
            "AWS::Region" => "The Region of the stack.".clone_into(&mut own.about),
            "AWS::AccountId" => "The account of the stack.".clone_into(&mut own.about),
            name => own.about = format!("The parameter `{name}` of the template."),
        }
        let known = parameters.entry(name).or_insert_with(|| own.clone());
        if is_arn {
            *known = own;
        }
    }
}

/// The id of a statement: of the first type of resource, or of the service if it is about all resources.
fn id(prefix: &str, resources: &BTreeSet<String>, about: &About, taken: &BTreeSet<String>) -> String {
    let first = about
        .resources
        .keys()
        .next()
        .and_then(|kind| kind.strip_prefix("AWS::"));
    let own = if about.actions.len() == 1 && about.actions.contains(PASS_ROLE) {
        "pass-role".to_owned()
    } else if resources.contains("*") {
        format!("{prefix}-all-resources")
    } else if let Some(kind) = first.filter(|_| about.reasons.is_empty()) {
        let kind = parameter_name(kind);
        if kind.starts_with(prefix) {
            kind
        } else {
            format!("{prefix}-for-{kind}")
        }
    } else {
        match about.actions.iter().next().and_then(|action| action.split_once(':')) {
            Some((prefix, action)) => format!("{prefix}-{}", parameter_name(action)),
            None => prefix.to_owned(),
        }
    };
    let mut numbered = (2..).map(|number| format!("{own}-{number}"));
    if !taken.contains(&own) {
        return own;
    }
    numbered.find(|id| !taken.contains(id)).unwrap_or(own)
}

/// The policies with these statements, each small enough to be attached.
fn drafts<'d>(statements: Vec<DraftStatement<'d>>, parameters: Vec<DraftParameter>) -> Vec<Draft<'d>> {
    let mut groups: Vec<(usize, Vec<DraftStatement<'d>>)> = Vec::new();
    for statement in statements {
        let texts = statement.actions.iter().flatten().map(|text| text.len() + 3);
        let size = texts
            .chain(statement.templates.iter().map(|text| text.len() + 12))
            .sum::<usize>()
            + 80;
        match groups.last_mut().filter(|(taken, _)| taken + size <= MAX_CHARACTERS) {
            Some((taken, group)) => {
                *taken += size;
                group.push(statement);
            }
            None => groups.push((size, vec![statement])),
        }
    }
    let mut drafts: Vec<Draft<'d>> = Vec::new();
    for (number, (_, statements)) in groups.into_iter().enumerate() {
        drafts.push(Draft {
            policy: NAMES.get(number).copied().unwrap_or("deploy-more"),
            about: Some("For the role that CloudFormation assumes to deploy the stack.".to_owned()),
            statements,
            ..Draft::default()
        });
    }
    if let Some(first) = drafts.first_mut() {
        first.parameters = parameters;
        first.trust = vec![DraftStatement {
            id: "cloudformation".to_owned(),
            reason: "CloudFormation assumes the role to deploy the stack.".to_owned(),
            principals: vec![("services", vec!["cloudformation.amazonaws.com"])],
            ..DraftStatement::default()
        }];
    }
    drafts
}

/// The names of the policies.
const NAMES: [&str; 20] = [
    POLICY,
    "deploy-2",
    "deploy-3",
    "deploy-4",
    "deploy-5",
    "deploy-6",
    "deploy-7",
    "deploy-8",
    "deploy-9",
    "deploy-10",
    "deploy-11",
    "deploy-12",
    "deploy-13",
    "deploy-14",
    "deploy-15",
    "deploy-16",
    "deploy-17",
    "deploy-18",
    "deploy-19",
    "deploy-20",
];
