//! The contents of the npm package, or of the Python package of the same project, in its own terms and order.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::Error;

/// The whole package.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) version: String,
    pub(crate) date: String,
    pub(crate) services: Vec<Service>,
    pub(crate) categories: Vec<(String, String)>,
    pub(crate) globals: Vec<Global>,
}

impl Package {
    pub(crate) fn has_dependent_actions(&self) -> bool {
        let mut actions = self.services.iter().flat_map(|service| &service.actions);
        actions.any(|action| {
            let mut types = action.resource_types.iter();
            !action.dependent_actions.is_empty() || types.any(|found| !found.dependent_actions.is_empty())
        })
    }
}

#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) prefix: String,
    pub(crate) name: String,
    pub(crate) category: Option<String>,
    pub(crate) rcp: bool,
    pub(crate) actions: Vec<Action>,
    pub(crate) resource_types: Vec<ResourceType>,
    pub(crate) condition_keys: Vec<ConditionKey>,
}

impl Service {
    /// An error about the service.
    pub(crate) fn error(&self, message: impl fmt::Display) -> Error {
        Error::new(format!("service `{}`", self.prefix), message)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Action {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) access_level: String,
    pub(crate) resource_types: Vec<Association>,
    pub(crate) condition_keys: Vec<String>,
    pub(crate) dependent_actions: Vec<String>,
    #[serde(default)]
    pub(crate) scenarios: Vec<Scenario>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Association {
    pub(crate) name: String,
    pub(crate) required: bool,
    #[serde(default)]
    pub(crate) condition_keys: Vec<String>,
    #[serde(default)]
    pub(crate) dependent_actions: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Scenario {
    pub(crate) name: String,
    pub(crate) resource_types: Vec<Association>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ResourceType {
    pub(crate) key: String,
    pub(crate) arn: String,
    #[serde(default)]
    pub(crate) condition_keys: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ConditionKey {
    pub(crate) key: String,
    pub(crate) description: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
}

/// A key in the list of global keys.
#[derive(Debug, PartialEq)]
pub(crate) struct Global {
    pub(crate) key: String,
    pub(crate) scope: String,
    pub(crate) kind: String,
}

/// The members of `package.json` or `metadata.json` that are used.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    version: String,
    updated_at: String,
}

/// Reads the folder of an unpacked package.
///
/// - `npm`: the folder of the npm package, which alone has the list of global keys
pub(crate) fn read(folder: &Path, npm: &Path) -> Result<Package, Error> {
    let (version, date) = version(folder)?;
    let root = folder.join("data");
    let prefixes: Vec<String> = json(&root.join("services.json"))?;
    let names: BTreeMap<String, String> = json(&root.join("serviceNames.json"))?;
    let with_rcp: BTreeSet<String> = json(&root.join("rcpSupportedServices.json"))?;
    let category_of: BTreeMap<String, String> = json(&root.join("serviceCategories.json"))?;
    let category_names: BTreeMap<String, String> = json(&root.join("categoryNames.json"))?;

    let mut services = Vec::new();
    for prefix in prefixes {
        let file = |kind: &str| root.join(kind).join(format!("{prefix}.json"));
        let mut service = Service {
            name: names
                .get(&prefix)
                .ok_or_else(|| Error::new(format!("service `{prefix}`"), "no entry in serviceNames.json"))?
                .clone(),
            category: category_of.get(&prefix).cloned(),
            rcp: with_rcp.contains(&prefix),
            actions: values(&file("actions"))?,
            resource_types: values(&file("resourceTypes"))?,
            condition_keys: values(&file("conditionKeys"))?,
            prefix,
        };
        complete(&mut service);
        services.push(service);
    }
    let package = Package {
        version,
        date,
        services,
        categories: category_names.into_iter().collect(),
        globals: globals(npm)?,
    };
    check_patterns(&root, &package)?;
    Ok(package)
}

/// The version and the date, as `YYYY-MM-DD`.
pub(crate) fn version(folder: &Path) -> Result<(String, String), Error> {
    let npm = folder.join("package.json");
    // The Python package has the same members in a file of its own.
    let path = if npm.is_file() {
        npm
    } else {
        folder.join("data/metadata.json")
    };
    let manifest: Manifest = json(&path)?;
    let date = manifest
        .updated_at
        .split_once('T')
        .map(|(date, _)| date.to_owned())
        .ok_or_else(|| Error::file(&path, "`updatedAt` is not a time"))?;
    Ok((manifest.version, date))
}

/// The dependent actions of an action, read separately because they may come from another package.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Needs {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) dependent_actions: Vec<String>,
    /// The dependent actions by resource type. Only these two members are read.
    #[serde(default)]
    pub(crate) resource_types: Vec<Needs>,
}

/// The dependent actions of a service's actions; empty if the package does not have the service.
pub(crate) fn needs(folder: &Path, service: &str) -> Result<Vec<Needs>, Error> {
    let path = folder.join("data/actions").join(format!("{service}.json"));
    if path.is_file() { values(&path) } else { Ok(Vec::new()) }
}

fn text(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(Error::io(path))
}

pub(crate) fn json<T: DeserializeOwned>(path: &Path) -> Result<T, Error> {
    serde_json::from_str(&text(path)?).map_err(|error| Error::file(path, error))
}

/// The values of an object, in the order of the file.
fn values<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, Error> {
    let map: Map<String, Value> = json(path)?;
    map.into_iter()
        .map(|(key, value)| {
            serde_json::from_value(value).map_err(|error| Error::file(path, format!("`{key}`: {error}")))
        })
        .collect()
}

/// The package's list of global keys, which is an array of objects with string literals in a JavaScript file.
fn globals(folder: &Path) -> Result<Vec<Global>, Error> {
    let path: PathBuf = folder.join("dist/esm/globalConditionKeys.js");
    parse_globals(&text(&path)?).ok_or_else(|| Error::file(&path, "the list of global keys has an unexpected form"))
}

/// Corrections of types of global keys that are wrong in the package.
///
/// Source: IAM User Guide, "AWS global condition context keys", `aws:SourceVpcArn`.
const CORRECTED: &[(&str, &str)] = &[("aws:SourceVpcArn", "ARN")];

pub(crate) fn parse_globals(program: &str) -> Option<Vec<Global>> {
    let (_, list) = program.split_once("globalConditionKeys = [")?;
    let (list, _) = list.split_once("];")?;
    list.split('{')
        .skip(1)
        .map(|object| {
            let (object, _) = object.split_once('}')?;
            let value = |name: &str| {
                let (_, rest) = object.split_once(&format!("{name}: '"))?;
                Some(rest.split_once('\'')?.0.to_owned())
            };
            let (key, kind) = (value("key")?, value("type")?);
            let corrected = CORRECTED.iter().find(|(name, _)| *name == key);
            Some(Global {
                kind: corrected.map_or(kind, |&(_, kind)| kind.to_owned()),
                scope: value("category")?,
                key,
            })
        })
        .collect()
}

/// Keys that actions of a service have and that the service's own list lacks, with the type of their siblings.
const LEFT_OUT: &[(&str, &str, &str)] = &[("kms", "kms:RecipientAttestation:PCR8:ServiceName", "String")];

/// Adds the keys that a service's list lacks.
fn complete(service: &mut Service) {
    for &(prefix, key, kind) in LEFT_OUT {
        let used = service
            .actions
            .iter()
            .any(|action| action.condition_keys.iter().any(|found| found == key));
        let listed = service.condition_keys.iter().any(|found| found.key == key);
        if service.prefix == prefix && used && !listed {
            service.condition_keys.push(ConditionKey {
                key: key.to_owned(),
                description: String::new(),
                kind: kind.to_owned(),
            });
        }
    }
}

/// Checks that every key for which the package has a pattern has a placeholder that the catalogue recognizes. The
/// catalogue does not use the patterns: it finds placeholders in names.
fn check_patterns(data: &Path, package: &Package) -> Result<(), Error> {
    let path = data.join("conditionPatterns.json");
    let patterns: BTreeMap<String, BTreeMap<String, String>> = json(&path)?;
    let names: BTreeSet<&str> = package
        .services
        .iter()
        .flat_map(|service| &service.condition_keys)
        .map(|key| key.key.as_str())
        .collect();
    for key in patterns.values().flat_map(BTreeMap::values) {
        if names.contains(key.as_str()) && iam_policy_catalog::format::placeholder(key).is_none() {
            return Err(Error::file(
                &path,
                format!("`{key}` has no placeholder in a known spelling"),
            ));
        }
    }
    Ok(())
}
