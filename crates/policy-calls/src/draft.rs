//! Statements for calls.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use iam_policy_catalog::{ArnPart, Catalog};
use iam_policy_core::Parameter;
use iam_policy_core::text::is_invisible;
use iam_policy_spec::{Draft, DraftParameter, DraftStatement, Policy};

use crate::calls::{Call, Calls, Form, Permission, Resource, ResourcePart};
use crate::recorded::generalized;

impl Calls {
    /// Writes a spec for the calls that are not in tests. It only lacks the reasons.
    ///
    /// Each statement is about one resource. Values that are not known are parameters, named after the expressions in the
    /// code. Behind each action, a comment lists its calls, with the condition if the code only needs it in some cases;
    /// permissions that depend on more than the code are listed at the end.
    ///
    /// - `policy`: the name of the policy
    #[must_use]
    pub fn draft(&self, policy: &str) -> String {
        let mut plan = Plan::default();
        let mut optional: BTreeMap<String, BTreeSet<Place>> = BTreeMap::new();
        let is_meant = |call: &&Call| !call.is_test && call.origin.is_none() && call.form != Form::Mock;
        for call in self.calls.iter().filter(is_meant) {
            for permission in call.permissions.iter().flatten() {
                if permission.is_expected {
                    plan.add(permission, call);
                    continue;
                }
                let condition = match permission.condition {
                    Some(condition) => format!("{} {condition}", permission.action),
                    None => format!("{} on what the request passes on", permission.action),
                };
                optional.entry(condition).or_default().insert(Place::of(call));
            }
        }
        plan.know(&self.values);
        let (statements, parameters) = plan.statements(BTreeSet::new(), true);
        let mut notes = Vec::new();
        for (text, places) in optional {
            notes.push(format!("left out: {text} ({})", places_text(&places)));
        }
        for call in self.unmapped().filter(is_meant) {
            notes.push(format!(
                "not known: what {}.{} needs ({})",
                call.service,
                call.operation,
                Place::of(call)
            ));
        }
        for open in self.unresolved.iter().filter(|open| !open.is_test) {
            notes.push(format!(
                "not known: whether `{}` is a call ({}:{})",
                open.method, open.file, open.line
            ));
        }
        let draft = Draft {
            policy,
            parameters,
            statements,
            notes: notes.iter().map(|note| visible(note)).collect(),
            ..Draft::default()
        };
        draft.to_string()
    }
}

/// Permissions by service and resource.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// The actions with their calls, by service and template.
    statements: BTreeMap<(String, String), BTreeMap<&'static str, BTreeSet<Place>>>,
    parameters: BTreeMap<String, String>,
    /// The values of parameters that recordings show.
    values: BTreeMap<String, BTreeSet<String>>,
}

impl Plan {
    pub(crate) fn of(call: &Call, permissions: &[Permission]) -> Self {
        let mut plan = Self::default();
        for permission in permissions {
            plan.add(permission, call);
        }
        plan
    }

    /// The actions and the resource of each statement.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (Vec<&'static str>, &str)> {
        self.statements
            .iter()
            .map(|((_, template), actions)| (actions.keys().copied().collect(), template.as_str()))
    }

    /// The statements in TOML, and the parameters that the spec lacks.
    ///
    /// - `declared`: the names of the parameters that it has
    pub(crate) fn additions(self, policy: &Policy, declared: &BTreeSet<&str>) -> (String, String) {
        let taken = policy
            .all_statements()
            .iter()
            .map(|statement| statement.id.value.clone())
            .collect();
        let (statements, parameters) = self.statements(taken, true);
        let parameters = parameters
            .iter()
            .filter(|parameter| !declared.contains(parameter.name.as_str()));
        let parameters: Vec<_> = parameters.map(ToString::to_string).collect();
        let draft = Draft {
            policy: &policy.name.value,
            statements,
            ..Draft::default()
        };
        (draft.statements_text(), parameters.join("\n"))
    }

    pub(crate) fn add(&mut self, permission: &Permission, call: &Call) {
        let service = permission.action.split(':').next().unwrap_or_default();
        let mut templates = Vec::new();
        let mut resources = permission.resources.clone();
        if call.form == Form::Recorded {
            let (general, values) = generalized(call, permission);
            resources = general;
            for (member, value) in values {
                let name = parameter_name(&member, &member);
                self.values.entry(name).or_default().insert(value);
            }
        }
        for resource in &resources {
            let (template, parameters) = template_of(permission.action, resource);
            templates.push(template);
            for (name, about) in parameters {
                self.parameters.entry(name).or_insert(about);
            }
        }
        if templates.is_empty() {
            templates.push("*".to_owned());
        }
        for template in templates {
            let statement = self.statements.entry((service.to_owned(), template)).or_default();
            let place = Place {
                condition: permission.condition.map(|condition| condition.to_string()),
                ..Place::of(call)
            };
            statement.entry(permission.action).or_default().insert(place);
        }
    }

    /// Takes the values of arguments from recordings.
    fn know(&mut self, values: &BTreeMap<(String, String), BTreeSet<String>>) {
        for ((member, name), values) in values {
            let own = self.values.entry(parameter_name(member, name)).or_default();
            own.extend(values.iter().cloned());
        }
    }

    /// The statements and their parameters.
    ///
    /// - `taken`: ids that cannot be used
    /// - `comments`: whether to name the calls
    fn statements(
        self,
        mut taken: BTreeSet<String>,
        comments: bool,
    ) -> (Vec<DraftStatement<'static>>, Vec<DraftParameter>) {
        let mut statements = Vec::new();
        for ((service, template), actions) in self.statements {
            let id = id(&service, &template, &taken);
            taken.insert(id.clone());
            statements.push(DraftStatement {
                id,
                actions: Some(actions.keys().copied().collect()),
                templates: vec![template],
                comments: if comments {
                    actions.values().map(|places| visible(&places_text(places))).collect()
                } else {
                    Vec::new()
                },
                ..DraftStatement::default()
            });
        }
        let mut values = self.values;
        let parameters = self.parameters.into_iter().map(|(name, about)| {
            let recorded = values.remove(&name).unwrap_or_default();
            let is_safe = |value: &&String| Parameter::new(&name, "").check_text(value).is_ok();
            let default = recorded
                .first()
                .filter(|_| recorded.len() == 1)
                .filter(is_safe)
                .cloned();
            DraftParameter {
                name,
                about,
                default,
                ..DraftParameter::default()
            }
        });
        (statements, parameters.collect())
    }
}

/// Where a call is, and when it needs a permission.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    file: String,
    line: usize,
    condition: Option<String>,
}

impl Place {
    fn of(call: &Call) -> Self {
        Self {
            file: call.file.clone(),
            line: call.line,
            condition: None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        match &self.condition {
            Some(condition) => write!(f, " {condition}"),
            None => Ok(()),
        }
    }
}

/// How many calls of an action a comment names.
const NAMED: usize = 8;

fn places_text(places: &BTreeSet<Place>) -> String {
    let named: Vec<_> = places.iter().take(NAMED).map(ToString::to_string).collect();
    let mut text = named.join(", ");
    if let Some(more) = places.len().checked_sub(NAMED).filter(|&more| more > 0) {
        text = format!("{text} and {more} more");
    }
    text
}

/// Text for a comment, which cannot contain control characters.
fn visible(text: &str) -> String {
    text.chars().filter(|&one| !is_invisible(one)).collect()
}

/// An id for the statement about a resource.
fn id(service: &str, template: &str, taken: &BTreeSet<String>) -> String {
    let resource = template.splitn(6, ':').nth(5).unwrap_or_default();
    let words: Vec<String> = resource
        .split(|one: char| !one.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let mut id = service.replace(|one: char| !one.is_ascii_alphanumeric(), "-");
    let mut last = "";
    for word in &words {
        // `table-table-name` says no more than `table-name`.
        if word.as_str() != service && word != last {
            id.push('-');
            id.push_str(word);
        }
        last = word;
    }
    if template.ends_with("/*") {
        id.push_str("-all");
    }
    if !taken.contains(&id) {
        return id;
    }
    let numbered = (2..=taken.len() + 2).map(|number| format!("{id}-{number}"));
    let free = numbered.into_iter().find(|id| !taken.contains(id));
    free.unwrap_or(id)
}

/// A resource as a template, and its parameters with what they are for.
fn template_of(action: &str, resource: &Resource) -> (String, Vec<(String, String)>) {
    // Only an ARN says which resource is meant; its format is that of the action's resources.
    if let [ResourcePart::Argument { member, name }] = resource.parts.as_slice() {
        return of_format(action, member, name);
    }
    template(resource)
}

/// A resource as a template.
pub(crate) fn template(resource: &Resource) -> (String, Vec<(String, String)>) {
    let mut text = String::new();
    let mut parameters = Vec::new();
    for part in &resource.parts {
        match part {
            ResourcePart::Text(literal) => text.push_str(&escaped(literal)),
            ResourcePart::Partition => text.push_str("{partition}"),
            ResourcePart::Region | ResourcePart::Account | ResourcePart::Any => star(&mut text),
            // The keys of objects are known when the program runs, not when its policy is attached.
            ResourcePart::Argument { member, .. } if is_key(member) && text.contains(":s3:::") => star(&mut text),
            ResourcePart::Argument { member, name } => {
                let name = parameter_name(member, name);
                text.extend(["{", &name, "}"]);
                parameters.push((name, about(member)));
            }
        }
    }
    (text, parameters)
}

/// Whether a member is the key of an object: `key`, or `delete_objects_key` for those in a list.
fn is_key(member: &str) -> bool {
    member == "key" || member.ends_with("_key")
}

/// Adds a wildcard, unless there is one.
fn star(text: &mut String) {
    if !text.ends_with('*') {
        text.push('*');
    }
}

fn about(member: &str) -> String {
    format!("The `{member}` of requests.")
}

/// A template in the format of an action's resources, in which the last name is a parameter.
fn of_format(action: &str, member: &str, name: &str) -> (String, Vec<(String, String)>) {
    let types: Vec<_> = Catalog::get()
        .action(action)
        .map(|action| action.resource_types().collect())
        .unwrap_or_default();
    let formats = |is_meant: &dyn Fn(&str) -> bool| {
        let meant = types.iter().filter(|kind| is_meant(kind.resource_type().name()));
        meant
            .flat_map(|kind| kind.resource_type().arn_formats().collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    // Of several types, `backup_arn` is about a backup.
    let all = formats(&|_| true);
    let named = formats(&|name| member.starts_with(&name.replace('-', "_")));
    let (([format], _) | (_, [format])) = (all.as_slice(), named.as_slice()) else {
        return ("*".to_owned(), Vec::new());
    };
    let parts: Vec<_> = format.parts().collect();
    let last = parts.iter().rposition(|part| matches!(part, ArnPart::Placeholder(_)));
    let name = parameter_name(member, name);
    let mut text = String::new();
    for (number, part) in parts.iter().enumerate() {
        match part {
            ArnPart::Literal(literal) => text.push_str(&escaped(literal)),
            ArnPart::Placeholder("Partition") => text.push_str("{partition}"),
            ArnPart::Placeholder(_) if Some(number) == last => text.extend(["{", &name, "}"]),
            ArnPart::Placeholder(_) => star(&mut text),
        }
    }
    (text, vec![(name, about(member))])
}

/// Literal text in a template.
fn escaped(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

/// The name of a parameter.
fn parameter_name(member: &str, name: &str) -> String {
    let plain = |text: &str| {
        let text = text.trim_end_matches("_arn").trim_end_matches("_url");
        let words: Vec<&str> = text
            .split(|one: char| !one.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        words.join("-").to_ascii_lowercase()
    };
    let name = plain(name);
    // `Uuid::new_v4()`
    let is_made = name == "new" || name.starts_with("new-");
    let says_something = !is_made
        && name.len() > 2
        && name.starts_with(|one: char| one.is_ascii_lowercase())
        && !VAGUE.contains(&name.as_str());
    if says_something { name } else { plain(member) }
}

/// Names of variables that say nothing about their values.
const VAGUE: [&str; 16] = [
    "name",
    "value",
    "string",
    "text",
    "arg",
    "args",
    "param",
    "input",
    "result",
    "item",
    "key",
    "arn",
    "url",
    "format",
    "collect",
    "partition",
];
