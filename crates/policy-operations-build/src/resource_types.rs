//! What CloudFormation needs for each type of resource, from the schemas in cfn-lint.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use iam_policy_catalog::Catalog;
use iam_policy_catalog_build::{Error, Requirement};
use iam_policy_operations::Handler;
use iam_policy_operations::format::{RESOURCE_TYPES_MAGIC, mark};
use serde::Deserialize;

use crate::encode::{container, packages_text};
use crate::model::{Mapping, Service};
use crate::text;

/// Where the schemas are in the package. Each file is named after its contents.
const FOLDER: &str = "cfnlint/data/schemas/resources";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Schema {
    type_name: String,
    #[serde(default)]
    handlers: BTreeMap<String, Permissions>,
    tagging: Option<Permissions>,
}

#[derive(Debug, Default, Deserialize)]
struct Permissions {
    #[serde(default)]
    permissions: Vec<String>,
}

/// Actions with the handlers that need them.
type Actions = BTreeMap<String, BTreeSet<Handler>>;

/// The actions of each resource type, with the letters of the handlers that need them.
#[derive(Debug, Default)]
pub(crate) struct ResourceTypes {
    types: BTreeMap<String, Actions>,
    /// Names of operations instead of actions, and the actions that these need.
    operations: BTreeMap<String, Vec<String>>,
    /// What is not an action of the catalogue, and the types that name it.
    unknown: BTreeMap<String, BTreeSet<String>>,
    /// Types without handlers.
    without: BTreeSet<String>,
}

impl ResourceTypes {
    /// - `services`: what the operations of the SDK need, for the names of operations that schemas have instead of actions
    pub(crate) fn read(packages: &Path, catalog: Catalog, services: &[Service]) -> Result<Self, Error> {
        let folder = packages.join(FOLDER);
        let operations = operations(services);
        let mut found = Self::default();
        for entry in fs::read_dir(&folder).map_err(Error::io(&folder))? {
            let path = entry.map_err(Error::io(&folder))?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let schema = serde_json::from_str(&text(&path)?).map_err(|error| Error::file(&path, error))?;
                found.add(schema, catalog, &operations);
            }
        }
        Ok(found)
    }

    /// Adds the handlers of a type. Where several files have it, in different versions, all of them count.
    fn add(&mut self, schema: Schema, catalog: Catalog, operations: &BTreeMap<String, Vec<String>>) {
        let Schema {
            type_name,
            handlers,
            tagging,
        } = schema;
        if handlers.is_empty() {
            self.without.insert(type_name);
            return;
        }
        let handler = |name: &str| match name {
            "create" => Some(Handler::Create),
            "read" => Some(Handler::Read),
            "update" => Some(Handler::Update),
            "delete" => Some(Handler::Delete),
            _ => None,
        };
        let named = handlers
            .into_iter()
            .filter_map(|(name, permissions)| Some((handler(&name)?, permissions)));
        let own = self.types.entry(type_name.clone()).or_default();
        for (handler, permissions) in named.chain(tagging.map(|tagging| (Handler::Tag, tagging))) {
            for name in permissions.permissions {
                if let Some(action) = known(catalog, name.trim()) {
                    own.entry(action).or_default().insert(handler);
                } else if let Some(actions) = operations.get(&name.to_ascii_lowercase()) {
                    for action in actions {
                        own.entry(action.clone()).or_default().insert(handler);
                    }
                    self.operations.insert(name, actions.clone());
                } else if !name.is_empty() {
                    self.unknown.entry(name).or_default().insert(type_name.clone());
                }
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.types.len()
    }

    pub(crate) fn encode(&self, packages: &[Requirement]) -> Result<Vec<u8>, Error> {
        let mut services: BTreeMap<&str, Vec<(&str, &Actions)>> = BTreeMap::new();
        for (name, actions) in &self.types {
            let (service, last) = name
                .rsplit_once("::")
                .ok_or_else(|| Error::new(FOLDER, format!("`{name}` is not the name of a resource type")))?;
            services.entry(service).or_default().push((last, actions));
        }
        let mut head = packages_text(packages);
        let mut texts = Vec::new();
        for (service, types) in services {
            let _ = writeln!(head, "{service}");
            texts.push(block(&types));
        }
        texts.insert(0, head);
        container(RESOURCE_TYPES_MAGIC, &texts)
    }

    /// The part of the report about resource types.
    pub(crate) fn report(&self) -> String {
        let mut out = String::from("\n## Resource types of CloudFormation\n\n");
        let _ = writeln!(
            out,
            "{} types have handlers. {} have none:\n",
            self.types.len(),
            self.without.len()
        );
        let names: Vec<_> = self.without.iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(out, "{}", names.join(", "));
        out.push_str("\nNames of operations that handlers need are replaced by the actions of the operations:\n\n");
        out.push_str("| operation | actions |\n|---|---|\n");
        for (operation, actions) in &self.operations {
            let actions: Vec<_> = actions.iter().map(|name| format!("`{name}`")).collect();
            let _ = writeln!(out, "| `{operation}` | {} |", actions.join(", "));
        }
        out.push_str(
            "\nWhat handlers need but is neither an action of the catalogue nor an operation is left out:\n\n",
        );
        out.push_str("| action | resource types |\n|---|---|\n");
        for (action, types) in &self.unknown {
            let types: Vec<_> = types.iter().map(|name| format!("`{name}`")).collect();
            let _ = writeln!(out, "| `{action}` | {} |", types.join(", "));
        }
        out
    }
}

/// The actions that operations always need, by the prefix of the service and the operation, in lowercase.
fn operations(services: &[Service]) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for service in services {
        for (name, mapping) in &service.operations {
            let Mapping::Needs(needs) = mapping else { continue };
            let own = needs.iter().filter(|need| !need.dependent && need.condition.is_none());
            let actions: Vec<String> = own.map(|need| need.action.clone()).collect();
            if !actions.is_empty() {
                let key = format!("{}:{name}", service.prefix).to_ascii_lowercase();
                found.entry(key).or_insert(actions);
            }
        }
    }
    found
}

/// The action as the catalogue spells it, or the pattern if it matches some.
fn known(catalog: Catalog, name: &str) -> Option<String> {
    if name.contains(['*', '?']) {
        return catalog.expand(name).next().map(|_| name.to_owned());
    }
    catalog.action(name).map(|action| action.to_string())
}

fn block(types: &[(&str, &Actions)]) -> String {
    let mut prefixes: BTreeMap<&str, usize> = BTreeMap::new();
    let actions = types.iter().flat_map(|(_, actions)| actions.keys());
    for (prefix, _) in actions.filter_map(|action| action.split_once(':')) {
        *prefixes.entry(prefix).or_default() += 1;
    }
    // The first of the most frequent ones.
    let prefix = prefixes.iter().rev().max_by_key(|(_, count)| **count);
    let prefix = prefix.map_or("", |(prefix, _)| prefix);
    let mut out = format!("{prefix}\n");
    for (name, actions) in types {
        out.push_str(name);
        for (action, handlers) in *actions {
            let short = action.strip_prefix(prefix).and_then(|rest| rest.strip_prefix(':'));
            let letters: String = handlers.iter().map(|handler| handler.letter()).collect();
            let _ = write!(out, "\t{}{}{letters}", short.unwrap_or(action), mark::HANDLERS);
        }
        out.push('\n');
    }
    out
}
