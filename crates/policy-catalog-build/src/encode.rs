//! The catalogue's data file.

use std::collections::{BTreeMap, BTreeSet};

use iam_policy_catalog::format::{self, fold_cmp, row, section};
use iam_policy_catalog::{AccessLevel, GlobalScope, KeyType};

use crate::dependents::{Dependents, From};
use crate::error::Error;
use crate::order::{Key, Order, global_name};
use crate::pool::{Lists, Pool, Rows, file, put};
use crate::source::{Action, Association, Package, Service};

pub(crate) struct Encoded {
    pub(crate) catalog: Vec<u8>,
    pub(crate) order: Order,
    pub(crate) dependents: Option<(String, String)>,
    pub(crate) notes: Vec<String>,
}

/// - `needs`: what lists dependent actions
pub(crate) fn encode(package: &Package, needs: Option<From<'_>>) -> Result<Encoded, Error> {
    let order = Order::new(package)?;
    let formats = arn_formats(package);
    let mut dependents = Dependents::new(needs)?;
    let pool = Pool::new(&strings(package, &order, &formats, dependents.source.as_ref()));
    let mut encoder = Encoder {
        package,
        order: &order,
        formats: &formats,
        pool: &pool,
        sections: Sections::default(),
        lists: Lists::new(),
        kinds: Rows::default(),
        shapes: Rows::default(),
        notes: Vec::new(),
    };
    let mut actions = order.actions.as_slice();
    let (mut first_action, mut first_type) = (0, 0);
    for service in &package.services {
        dependents.enter(service)?;
        let (own, rest) = actions.split_at_checked(service.actions.len()).unwrap_or_default();
        encoder.service(service, first_action, first_type)?;
        encoder.actions(service, own, &dependents)?;
        encoder.resource_types(service)?;
        actions = rest;
        first_action += service.actions.len();
        first_type += service.resource_types.len();
    }
    encoder.condition_keys()?;
    encoder.categories()?;
    encoder.meta(dependents.source.as_ref())?;
    let (catalog, notes) = encoder.finish()?;
    Ok(Encoded {
        catalog,
        order,
        dependents: dependents.source,
        notes,
    })
}

/// The tables written so far.
struct Encoder<'a> {
    package: &'a Package,
    order: &'a Order,
    formats: &'a BTreeMap<String, String>,
    pool: &'a Pool,
    sections: Sections,
    lists: Lists,
    kinds: Rows,
    shapes: Rows,
    notes: Vec<String>,
}

#[derive(Default)]
struct Sections {
    meta: Vec<u8>,
    services: Vec<u8>,
    actions: Vec<u8>,
    order: Vec<u8>,
    resource_types: Vec<u8>,
    condition_keys: Vec<u8>,
    templates: Vec<u8>,
    categories: Vec<u8>,
}

impl Encoder<'_> {
    fn service(&mut self, service: &Service, first_action: usize, first_type: usize) -> Result<(), Error> {
        let keys: Vec<&str> = service.condition_keys.iter().map(|key| key.key.as_str()).collect();
        let keys = self.keys(service, &keys)?;
        let category = match &service.category {
            None => 0,
            Some(category) => {
                let mut categories = self.package.categories.iter();
                let position = categories.position(|(key, _)| key == category);
                1 + position.ok_or_else(|| service.error(format!("unknown category `{category}`")))?
            }
        };
        let flags = if service.rcp { row::service::RCP } else { 0 };
        let out = &mut self.sections.services;
        self.pool.put_name(out, &service.prefix)?;
        self.pool.put_text(out, &service.name)?;
        put(out, first_action, 3)?;
        put(out, service.actions.len(), 2)?;
        put(out, first_type, 3)?;
        put(out, service.resource_types.len(), 2)?;
        put(out, keys, 3)?;
        put(out, category, 1)?;
        put(out, flags, 1)
    }

    /// Actions sorted by name, and for each position in the data's order the position in this one.
    fn actions(
        &mut self,
        service: &Service,
        sorted: &[(usize, usize)],
        dependents: &Dependents<'_>,
    ) -> Result<(), Error> {
        let mut ranks = vec![0; service.actions.len()];
        for (at, &(_, index)) in sorted.iter().enumerate() {
            if let (Some(action), Some(rank)) = (service.actions.get(index), ranks.get_mut(index)) {
                self.action(service, action, dependents)?;
                *rank = at;
            }
        }
        for rank in ranks {
            put(&mut self.sections.order, rank, 2)?;
        }
        Ok(())
    }

    fn action(&mut self, service: &Service, action: &Action, dependents: &Dependents<'_>) -> Result<(), Error> {
        let found = dependents.of(service, action, self.order, &mut self.notes);
        let types = self.associations(service, &action.resource_types, &found.of_types)?;
        let mut scenarios = Vec::new();
        for scenario in &action.scenarios {
            let mut element = Vec::new();
            self.pool.put_text(&mut element, &scenario.name)?;
            let types = self.associations(service, &scenario.resource_types, &[])?;
            put(&mut element, types, 3)?;
            scenarios.push(element);
        }
        let mut shape = Vec::new();
        put(&mut shape, self.keys(service, &action.condition_keys)?, 3)?;
        put(&mut shape, self.lists.add(&numbers(&found.of_action, 3)?)?, 3)?;
        put(&mut shape, self.lists.add(&scenarios)?, 3)?;
        let shape = self.shapes.add(shape);
        let level = level(&action.access_level)
            .ok_or_else(|| service.error(format!("unknown access level `{}`", action.access_level)))?;

        let out = &mut self.sections.actions;
        self.pool.put_name(out, &action.name)?;
        put(out, level as usize, 1)?;
        put(out, types, 3)?;
        put(out, shape, 2)
    }

    fn resource_types(&mut self, service: &Service) -> Result<(), Error> {
        for found in &service.resource_types {
            let keys = self.keys(service, &found.condition_keys)?;
            let out = &mut self.sections.resource_types;
            self.pool.put_name(out, &found.key)?;
            self.pool
                .put_text(out, self.formats.get(&found.arn).map_or("", String::as_str))?;
            put(out, keys, 3)?;
        }
        Ok(())
    }

    fn condition_keys(&mut self) -> Result<(), Error> {
        let globals = global_scopes(self.package)?;
        let out = &mut self.sections.condition_keys;
        for key in &self.order.keys {
            let (name, kind) = key;
            let (kind, multivalued) = key_type(kind, name)?;
            let mut flags = 0;
            if multivalued {
                flags |= row::condition_key::MULTIVALUED;
            }
            if format::placeholder(name).is_some() {
                flags |= row::condition_key::TEMPLATE;
            }
            let scope = globals.get(key).map_or(0, |scope| *scope as usize + 1);
            self.pool.put_name(out, name)?;
            put(out, kind as usize, 1)?;
            put(out, flags | scope << row::condition_key::SCOPE_SHIFT, 1)?;
        }
        for (key, literal) in templates(&self.order.keys) {
            put(&mut self.sections.templates, key, 2)?;
            put(&mut self.sections.templates, literal, 1)?;
        }
        Ok(())
    }

    fn categories(&mut self) -> Result<(), Error> {
        for (key, name) in &self.package.categories {
            self.pool.put_name(&mut self.sections.categories, key)?;
            self.pool.put_text(&mut self.sections.categories, name)?;
        }
        Ok(())
    }

    fn meta(&mut self, dependents: Option<&(String, String)>) -> Result<(), Error> {
        let (version, date) = dependents.map_or(("", ""), |(version, date)| (version, date));
        for text in [&self.package.version, &self.package.date, version, date] {
            self.pool.put_text(&mut self.sections.meta, text)?;
        }
        let globals = self.package.globals.iter();
        let globals: Vec<usize> = globals
            .filter_map(|global| self.order.key(global_name(&global.key), global.kind.clone()))
            .collect();
        let globals = self.lists.add(&numbers(&globals, 2)?)?;
        put(&mut self.sections.meta, globals, 3)
    }

    fn finish(self) -> Result<(Vec<u8>, Vec<String>), Error> {
        let index = index(self.package, self.order)?;
        let (lists, kinds, shapes) = (
            self.lists.into_bytes(),
            self.kinds.into_bytes(),
            self.shapes.into_bytes(),
        );
        let mut sections: [&[u8]; section::COUNT] = [&[]; _];
        for (number, bytes) in [
            (section::STRINGS, self.pool.text().as_bytes()),
            (section::META, &self.sections.meta),
            (section::SERVICES, &self.sections.services),
            (section::ACTIONS, &self.sections.actions),
            (section::ORDER, &self.sections.order),
            (section::RESOURCE_TYPES, &self.sections.resource_types),
            (section::CONDITION_KEYS, &self.sections.condition_keys),
            (section::TEMPLATES, &self.sections.templates),
            (section::LISTS, &lists),
            (section::KINDS, &kinds),
            (section::SHAPES, &shapes),
            (section::CATEGORIES, &self.sections.categories),
            (section::INDEX, &index),
        ] {
            if let Some(section) = sections.get_mut(number) {
                *section = bytes;
            }
        }
        Ok((file(format::MAGIC, &sections)?, self.notes))
    }

    /// The offset of a list of the service's condition keys.
    fn keys(&mut self, service: &Service, names: &[impl AsRef<str>]) -> Result<usize, Error> {
        let mut found = Vec::new();
        for name in names.iter().map(AsRef::as_ref) {
            let mut keys = service.condition_keys.iter();
            let number = keys
                .find(|key| key.key == name)
                .and_then(|key| self.order.key(key.key.clone(), key.kind.clone()))
                .ok_or_else(|| service.error(format!("condition key `{name}` is not in the service's list")))?;
            found.push(number);
        }
        self.lists.add(&numbers(&found, 2)?)
    }

    /// The offset of a list of associations with the service's resource types.
    fn associations(
        &mut self,
        service: &Service,
        associations: &[Association],
        dependents: &[Vec<usize>],
    ) -> Result<usize, Error> {
        let mut elements = Vec::new();
        for (index, association) in associations.iter().enumerate() {
            let mut types = service.resource_types.iter();
            let number = types
                .position(|found| found.key == association.name)
                .ok_or_else(|| service.error(format!("unknown resource type `{}`", association.name)))?;
            let needed = dependents.get(index).map_or(&[][..], Vec::as_slice);
            let mut kind = vec![u8::from(association.required)];
            put(&mut kind, self.keys(service, &association.condition_keys)?, 3)?;
            put(&mut kind, self.lists.add(&numbers(needed, 3)?)?, 3)?;
            let mut element = Vec::new();
            put(&mut element, number, 2)?;
            put(&mut element, self.kinds.add(kind), 2)?;
            elements.push(element);
        }
        self.lists.add(&elements)
    }
}

fn global_scopes(package: &Package) -> Result<BTreeMap<Key, GlobalScope>, Error> {
    package
        .globals
        .iter()
        .map(|global| {
            let scope = GlobalScope::ALL
                .into_iter()
                .find(|scope| scope.as_str() == global.scope)
                .ok_or_else(|| {
                    let message = format!("unknown category `{}`", global.scope);
                    Error::new(&global.key, message)
                })?;
            Ok(((global_name(&global.key), global.kind.clone()), scope))
        })
        .collect()
}

/// Splits a text with two formats, as the package writes the formats of some types.
fn arn_formats(package: &Package) -> BTreeMap<String, String> {
    package
        .services
        .iter()
        .flat_map(|service| &service.resource_types)
        .map(|found| (found.arn.clone(), found.arn.replace(", arn:", "\narn:")))
        .collect()
}

fn strings<'a>(
    package: &'a Package,
    order: &'a Order,
    formats: &'a BTreeMap<String, String>,
    dependents: Option<&'a (String, String)>,
) -> BTreeSet<&'a str> {
    let mut strings = BTreeSet::from(["", package.version.as_str(), package.date.as_str()]);
    strings.extend(
        dependents
            .iter()
            .flat_map(|(version, date)| [version.as_str(), date.as_str()]),
    );
    strings.extend(formats.values().map(String::as_str));
    strings.extend(order.keys.iter().map(|(name, _)| name.as_str()));
    for (key, name) in &package.categories {
        strings.extend([key.as_str(), name.as_str()]);
    }
    for service in &package.services {
        strings.extend([service.prefix.as_str(), service.name.as_str()]);
        strings.extend(service.resource_types.iter().map(|found| found.key.as_str()));
        for action in &service.actions {
            strings.insert(&action.name);
            strings.extend(action.scenarios.iter().map(|scenario| scenario.name.as_str()));
        }
    }
    strings
}

/// Keys with a placeholder and the length of the literal before it, sorted by that literal, then by the length of the
/// rest.
fn templates(keys: &[Key]) -> Vec<(usize, usize)> {
    let mut found: Vec<(&str, usize, usize)> = keys
        .iter()
        .enumerate()
        .filter_map(|(number, (name, _))| {
            let (open, close) = format::placeholder(name)?;
            Some((name.get(..open)?, name.len() - close, number))
        })
        .collect();
    found.sort_by(|a, b| {
        fold_cmp(a.0.as_bytes(), b.0.as_bytes())
            .then(a.1.cmp(&b.1))
            // Look-ups try rows from the end, and must find the first row with a name first.
            .then(b.2.cmp(&a.2))
    });
    found
        .into_iter()
        .map(|(literal, _, number)| (number, literal.len()))
        .collect()
}

/// The hash table of all names.
fn index(package: &Package, order: &Order) -> Result<Vec<u8>, Error> {
    let services = package.services.iter().map(|service| {
        let name = service.prefix.as_str();
        (format::seed::SERVICE, name)
    });
    // Look-ups find only the first of several keys with the same name, but each has a number.
    let keys = order
        .keys
        .iter()
        .map(|(name, _)| (format::seed::CONDITION_KEY, name.as_str()));
    let actions = order.actions.iter().map(|&(service, action)| {
        let actions = package.services.get(service).map(|service| &service.actions);
        let name = actions.and_then(|actions| actions.get(action));
        (format::seed::action(service), name.map_or("", |action| &action.name))
    });
    let names: Vec<(u64, &str)> = services.chain(keys).chain(actions).collect();

    let mut slots = vec![0; (names.len() * 4 / 3).next_power_of_two()];
    let mut seen = BTreeSet::new();
    for (number, (seed, name)) in names.iter().enumerate() {
        if !seen.insert((*seed, name.to_ascii_lowercase())) {
            continue;
        }
        let at = format::slot(*seed, name.as_bytes(), slots.len());
        let (before, after) = slots.split_at_mut_checked(at).unwrap_or_default();
        if let Some(free) = after.iter_mut().chain(before).find(|slot| **slot == 0) {
            *free = number + 1;
        }
    }
    let mut out = Vec::new();
    for slot in slots {
        put(&mut out, slot, 3)?;
    }
    Ok(out)
}

/// The first of several levels, as in "Tagging, Write".
fn level(text: &str) -> Option<AccessLevel> {
    let words: Vec<&str> = text.split(", ").collect();
    let mut special = [AccessLevel::PermissionsManagement, AccessLevel::Tagging].into_iter();
    let mut plain = AccessLevel::ALL.into_iter();
    special
        .find(|level| words.contains(&level.as_str()))
        .or_else(|| plain.find(|level| level.as_str() == text))
}

fn key_type(text: &str, name: &str) -> Result<(KeyType, bool), Error> {
    let (single, multivalued) = match text.strip_prefix("ArrayOf") {
        Some(single) => (single, true),
        None => (text, false),
    };
    KeyType::ALL
        .into_iter()
        .find(|found| found.as_str() == single)
        .map(|found| (found, multivalued))
        .ok_or_else(|| {
            let message = format!("unknown type `{text}`");
            Error::new(format!("condition key `{name}`"), message)
        })
}

fn numbers(numbers: &[usize], digits: usize) -> Result<Vec<Vec<u8>>, Error> {
    numbers
        .iter()
        .map(|number| {
            let mut element = Vec::new();
            put(&mut element, *number, digits)?;
            Ok(element)
        })
        .collect()
}
