use crate::error::Error;
use crate::id::hash;
use crate::operation::Operation;
use crate::query::{Query, Validation};
use crate::settings::Settings;

/// The input of a simulation.
#[derive(Debug)]
pub(crate) struct Input<'q> {
    /// The principal whose policies are simulated; `None` if only the given policies are.
    pub(crate) source: Option<&'q str>,
    pub(crate) actions: Vec<&'q str>,
    /// Empty means `*`.
    pub(crate) resources: Vec<&'q str>,
    pub(crate) policies: Vec<&'q str>,
    pub(crate) boundary: Option<&'q str>,
    pub(crate) resource_policy: Option<&'q str>,
    pub(crate) resource_owner: Option<&'q str>,
    pub(crate) caller: Option<&'q str>,
    pub(crate) context: Vec<(&'q str, Vec<&'q str>)>,
    pub(crate) max_items: usize,
    pub(crate) marker: Option<&'q str>,
    /// A hash of all parameters except for the page.
    pub(crate) digest: u64,
}

/// The types of context keys.
///
/// Source: IAM API Reference, `ContextEntry`, `ContextKeyType`.
const CONTEXT_TYPES: [&str; 12] = [
    "string",
    "stringList",
    "numeric",
    "numericList",
    "boolean",
    "booleanList",
    "ip",
    "ipList",
    "binary",
    "binaryList",
    "date",
    "dateList",
];

/// The maximum number of characters of a given policy.
///
/// Source: IAM API Reference, `SimulateCustomPolicy`, `PolicyInputList`.
const MAX_POLICY: usize = 131_072;

/// The maximum number of context entries. AWS documents no limit.
const MAX_CONTEXT: usize = 1000;

/// Source: IAM API Reference, `SimulateCustomPolicy`, `MaxItems`.
const MAX_ITEMS: usize = 1000;

impl<'q> Input<'q> {
    /// Parses the parameters of an operation.
    ///
    /// Sources: IAM API Reference, `SimulateCustomPolicy` and `SimulatePrincipalPolicy`, "Request Parameters".
    pub(crate) fn read(operation: Operation, query: &'q Query) -> Result<Self, Error> {
        let mut validation = Validation::default();
        let source = (operation == Operation::SimulatePrincipalPolicy).then(|| {
            let source = validation.required("policySourceArn", query.get("PolicySourceArn"));
            if !source.is_empty() {
                validation.length("policySourceArn", source, 20, 2048);
            }
            source
        });
        let actions = query.list("ActionNames");
        if actions.is_empty() {
            validation.null("actionNames");
        }
        if actions
            .iter()
            .any(|action| !(3..=128).contains(&action.chars().count()))
        {
            let constraint = "Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 3]";
            validation.wrong("actionNames", &format!("[{}]", actions.join(", ")), constraint);
        }
        let resources = query.list("ResourceArns");
        for resource in &resources {
            validation.length("resourceArns", resource, 1, 2048);
        }
        let policies = query.list("PolicyInputList");
        if source.is_none() && policies.is_empty() {
            validation.null("policyInputList");
        }
        let boundaries = query.list("PermissionsBoundaryPolicyInputList");
        let resource_policy = query.get("ResourcePolicy");
        for (name, policies) in [
            ("policyInputList", &policies[..]),
            ("permissionsBoundaryPolicyInputList", &boundaries[..]),
            ("resourcePolicy", resource_policy.as_slice()),
        ] {
            for policy in policies {
                check_policy(&mut validation, name, policy);
            }
        }
        let entries = query.structures("ContextEntries");
        if entries.len() > MAX_CONTEXT {
            return Err(Error::invalid_input(format!(
                "This server takes at most {MAX_CONTEXT} context entries: there are {}",
                entries.len()
            )));
        }
        let context = context(&mut validation, query, &entries);
        let max_items = max_items(&mut validation, query.get("MaxItems"));
        validation.finish()?;
        if boundaries.len() > 1 {
            return Err(Error::invalid_input(
                "Only one permissions boundary policy can be simulated.",
            ));
        }
        if query.iter().any(|(name, _)| name.starts_with("PolicyExclusionList")) {
            return Err(Error::invalid_input(
                "This server does not simulate without policies: PolicyExclusionList",
            ));
        }
        Ok(Self {
            source,
            actions,
            resources,
            policies,
            boundary: boundaries.first().copied(),
            resource_policy,
            resource_owner: query.get("ResourceOwner"),
            caller: query.get("CallerArn"),
            context,
            max_items: max_items.unwrap_or(Settings::PAGE_SIZE),
            marker: query.get("Marker"),
            digest: digest(query),
        })
    }
}

fn check_policy(validation: &mut Validation, name: &str, policy: &str) {
    validation.length(name, policy, 1, MAX_POLICY);
    let is_right = |character: char| matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{FF}');
    if !policy.chars().all(is_right) {
        let constraint = "Member must satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+";
        validation.wrong(name, policy, constraint);
    }
}

fn context<'q>(validation: &mut Validation, query: &'q Query, entries: &[String]) -> Vec<(&'q str, Vec<&'q str>)> {
    let mut context: Vec<(&str, Vec<&str>)> = Vec::new();
    for entry in entries {
        let member = |name: &str| query.get(&format!("{entry}.{name}"));
        let key = validation.required("contextEntries.contextKeyName", member("ContextKeyName"));
        if !key.is_empty() {
            validation.length("contextEntries.contextKeyName", key, 5, 256);
        }
        if let Some(kind) = member("ContextKeyType")
            && !CONTEXT_TYPES.contains(&kind)
        {
            let constraint = format!("Member must satisfy enum value set: [{}]", CONTEXT_TYPES.join(", "));
            validation.wrong("contextEntries.contextKeyType", kind, &constraint);
        }
        context.push((key, query.list(&format!("{entry}.ContextKeyValues"))));
    }
    context
}

fn max_items(validation: &mut Validation, value: Option<&str>) -> Option<usize> {
    let value = value?;
    match value.parse() {
        Ok(number) if (1..=MAX_ITEMS).contains(&number) => return Some(number),
        Ok(0) => validation.wrong("maxItems", value, "Member must have value greater than or equal to 1"),
        Ok(_) => validation.wrong(
            "maxItems",
            value,
            &format!("Member must have value less than or equal to {MAX_ITEMS}"),
        ),
        Err(_) => validation.wrong("maxItems", value, "Member must be a number"),
    }
    None
}

fn digest(query: &Query) -> u64 {
    let others = query.iter().filter(|(name, _)| !matches!(*name, "Marker" | "MaxItems"));
    let bytes = others.flat_map(|(name, value)| name.bytes().chain([0]).chain(value.bytes()).chain([0]));
    hash(bytes)
}
