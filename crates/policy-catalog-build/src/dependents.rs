//! Dependent actions: the actions that other actions need.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::Error;
use crate::order::Order;
use crate::source::{self, Action, Needs, Service};

/// The dependent actions, from this package or an older one.
pub(crate) struct Dependents<'a> {
    folder: Option<&'a Path>,
    /// The version and the date of that package.
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
    pub(crate) fn new(folder: Option<&'a Path>) -> Result<Self, Error> {
        Ok(Self {
            folder,
            source: folder.map(source::version).transpose()?,
            needs: BTreeMap::new(),
        })
    }

    pub(crate) fn enter(&mut self, service: &Service) -> Result<(), Error> {
        if let Some(folder) = self.folder {
            self.needs = source::needs(folder, &service.prefix)?
                .into_iter()
                .map(|needs| (needs.name.to_lowercase(), needs))
                .collect();
        }
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
