//! The catalogue's file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use policy_catalog::format::{self, fold_cmp, row, section};
use policy_catalog::{AccessLevel, GlobalScope, KeyType};

use crate::error::Error;
use crate::pool::{Lists, Pool, Rows, file, put};
use crate::source::{self, Action, Association, Needs, Package, Service};

/// A condition key: the same name can stand for different types in different services.
type Key = (String, String);

/// What the descriptions need to know of the catalogue's order.
pub(crate) struct Order {
    /// For each action, its service and its place there.
    pub(crate) actions: Vec<(usize, usize)>,
    pub(crate) keys: Vec<Key>,
}

pub(crate) struct Encoded {
    pub(crate) catalog: Vec<u8>,
    pub(crate) order: Order,
    pub(crate) dependents: Option<(String, String)>,
    pub(crate) notes: Vec<String>,
}

/// The tables of names that rows refer to by number.
struct Names {
    /// By lower case `service:action`.
    actions: BTreeMap<String, usize>,
    keys: BTreeMap<Key, usize>,
}

/// `needs` is the folder of the package that says which actions need which others.
pub(crate) fn encode(package: &Package, needs: Option<&Path>) -> Result<Encoded, Error> {
    let mut notes = Vec::new();
    let mut dependents = Dependents::new(needs)?;
    let order = order(package)?;
    let names = Names {
        actions: order
            .actions
            .iter()
            .enumerate()
            .filter_map(|(number, &(service, action))| {
                let service = package.services.get(service)?;
                let name = &service.actions.get(action)?.name;
                Some((format!("{}:{name}", service.prefix).to_lowercase(), number))
            })
            .collect(),
        keys: order
            .keys
            .iter()
            .enumerate()
            .map(|(number, key)| (key.clone(), number))
            .collect(),
    };
    let globals = global_scopes(package)?;
    let formats = arn_formats(package);
    let pool = Pool::new(strings(package, &order, &formats, dependents.source.as_ref()));

    let mut lists = Lists::new();
    let (mut kinds, mut shapes) = (Rows::default(), Rows::default());
    let mut sections: [Vec<u8>; section::COUNT] = Default::default();
    let [
        out_strings,
        out_meta,
        out_services,
        out_actions,
        out_order,
        out_types,
        out_keys,
        out_templates,
        out_lists,
        out_kinds,
        out_shapes,
        out_categories,
        out_index,
    ] = &mut sections;

    let mut sorted = order.actions.iter();
    let (mut first_action, mut first_type) = (0, 0);
    for service in &package.services {
        let place = format!("service `{}`", service.prefix);
        let lookup = Lookup {
            place: &place,
            service,
            names: &names,
        };
        dependents.enter(service)?;

        // Actions by name, and where in that order each of the data's order is.
        let mut rank = vec![0; service.actions.len()];
        for (at, &(_, index)) in sorted.by_ref().take(service.actions.len()).enumerate() {
            let Some(action) = service.actions.get(index) else {
                continue;
            };
            if let Some(rank) = rank.get_mut(index) {
                *rank = at;
            }
            pool.put_name(out_actions, &action.name)?;
            put(out_actions, level(&action.access_level, &place)? as usize, 1)?;
            let found = dependents.of(service, action, &names, &mut notes);
            let types = lookup.associations(&action.resource_types, &found.of_types, &mut kinds, &mut lists)?;
            put(out_actions, types, 3)?;
            let mut shape = Vec::new();
            put(&mut shape, lists.add(&lookup.keys(&action.condition_keys)?)?, 3)?;
            put(&mut shape, lists.add(&numbers(&found.of_action, 3)?)?, 3)?;
            let mut scenarios = Vec::new();
            for scenario in &action.scenarios {
                let mut element = Vec::new();
                pool.put_text(&mut element, &scenario.name)?;
                let types = lookup.associations(&scenario.resource_types, &[], &mut kinds, &mut lists)?;
                put(&mut element, types, 3)?;
                scenarios.push(element);
            }
            put(&mut shape, lists.add(&scenarios)?, 3)?;
            put(out_actions, shapes.add(shape), 2)?;
        }
        for rank in rank {
            put(out_order, rank, 2)?;
        }

        for found in &service.resource_types {
            pool.put_name(out_types, &found.key)?;
            let format = formats.get(&found.arn).map_or("", String::as_str);
            pool.put_text(out_types, format)?;
            put(out_types, lists.add(&lookup.keys(&found.condition_keys)?)?, 3)?;
        }

        pool.put_name(out_services, &service.prefix)?;
        pool.put_text(out_services, &service.name)?;
        put(out_services, first_action, 3)?;
        put(out_services, service.actions.len(), 2)?;
        put(out_services, first_type, 3)?;
        put(out_services, service.resource_types.len(), 2)?;
        let keys: Vec<String> = service.condition_keys.iter().map(|key| key.key.clone()).collect();
        put(out_services, lists.add(&lookup.keys(&keys)?)?, 3)?;
        let category = match &service.category {
            None => 0,
            Some(category) => {
                1 + package
                    .categories
                    .iter()
                    .position(|(key, _)| key == category)
                    .ok_or_else(|| Error::new(&place, format!("category `{category}` is unknown")))?
            }
        };
        put(out_services, category, 1)?;
        let flags = if service.rcp { row::service::RCP } else { 0 };
        put(out_services, flags, 1)?;
        first_action += service.actions.len();
        first_type += service.resource_types.len();
    }

    for key in &order.keys {
        let (name, kind) = key;
        pool.put_name(out_keys, name)?;
        let (kind, multivalued) = key_type(kind, name)?;
        put(out_keys, kind as usize, 1)?;
        let mut flags = if multivalued {
            row::condition_key::MULTIVALUED
        } else {
            0
        };
        if format::placeholder(name).is_some() {
            flags |= row::condition_key::TEMPLATE;
        }
        let scope = globals.get(key).map_or(0, |scope| *scope as usize + 1);
        put(out_keys, flags | scope << row::condition_key::SCOPE_SHIFT, 1)?;
    }
    for (key, literal) in templates(&order.keys) {
        put(out_templates, key, 2)?;
        put(out_templates, literal, 1)?;
    }
    for (key, name) in &package.categories {
        pool.put_name(out_categories, key)?;
        pool.put_text(out_categories, name)?;
    }

    *out_index = index(package, &order)?;

    let source = dependents.source;
    let (older_version, older_date) = source.as_ref().map_or(("", ""), |(v, d)| (v, d));
    for text in [&package.version, &package.date, older_version, older_date] {
        pool.put_text(out_meta, text)?;
    }
    let global_keys = package
        .globals
        .iter()
        .map(|global| {
            let key = (global_name(&global.key), global.kind.clone());
            names.keys.get(&key).copied().unwrap_or_default()
        })
        .collect::<Vec<_>>();
    put(out_meta, lists.add(&numbers(&global_keys, 2)?)?, 3)?;

    *out_strings = pool.text().as_bytes().to_vec();
    *out_lists = lists.into_bytes();
    *out_kinds = kinds.into_bytes();
    *out_shapes = shapes.into_bytes();
    let catalog = file(format::MAGIC, &sections.each_ref().map(Vec::as_slice))?;
    Ok(Encoded {
        catalog,
        order,
        dependents: source,
        notes,
    })
}

/// Actions by service and name, keys by name; names are checked to be told apart by look-ups.
fn order(package: &Package) -> Result<Order, Error> {
    let mut actions = Vec::new();
    let mut before: Option<&str> = None;
    for (number, service) in package.services.iter().enumerate() {
        let place = format!("service `{}`", service.prefix);
        if before.is_some_and(|before| fold_cmp(before.as_bytes(), service.prefix.as_bytes()).is_ge()) {
            return Err(Error::new(place, "services are not in alphabetical order"));
        }
        before = Some(&service.prefix);
        let mut indices: Vec<usize> = (0..service.actions.len()).collect();
        let name = |index: &usize| service.actions.get(*index).map_or("", |action| &action.name);
        indices.sort_by(|a, b| fold_cmp(name(a).as_bytes(), name(b).as_bytes()));
        for pair in indices.windows(2) {
            if let [a, b] = pair
                && fold_cmp(name(a).as_bytes(), name(b).as_bytes()).is_eq()
            {
                let message = format!("actions `{}` and `{}` are the same", name(a), name(b));
                return Err(Error::new(place, message));
            }
        }
        for index in &indices {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
            if name(index).is_empty() || !name(index).bytes().all(plain) {
                let message = format!("`{}` is no name of an action", name(index));
                return Err(Error::new(place, message));
            }
        }
        actions.extend(indices.into_iter().map(|index| (number, index)));
    }

    // Of rows with one name, first what the service it is named after says, or the list of global keys.
    let mut rank: BTreeMap<Key, bool> = BTreeMap::new();
    for global in &package.globals {
        rank.insert((global_name(&global.key), global.kind.clone()), true);
    }
    for service in &package.services {
        for key in &service.condition_keys {
            let own = key
                .key
                .split_once(':')
                .is_some_and(|(prefix, _)| prefix.eq_ignore_ascii_case(&service.prefix));
            *rank.entry((key.key.clone(), key.kind.clone())).or_default() |= own;
        }
    }
    let mut keys: Vec<(Key, bool)> = rank.into_iter().collect();
    keys.sort_by(|(a, first), (b, other)| {
        fold_cmp(a.0.as_bytes(), b.0.as_bytes())
            .then(other.cmp(first))
            .then_with(|| a.cmp(b))
    });
    let keys = keys.into_iter().map(|(key, _)| key).collect();
    Ok(Order { actions, keys })
}

/// The list of global keys writes `aws:RequestTag/tag-key` where services write `aws:RequestTag/${TagKey}`.
pub(crate) fn global_name(name: &str) -> String {
    match name.strip_suffix("/tag-key") {
        Some(start) => format!("{start}/${{TagKey}}"),
        None => name.to_owned(),
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
                    let message = format!("`{}` is no known category", global.scope);
                    Error::new(&global.key, message)
                })?;
            Ok(((global_name(&global.key), global.kind.clone()), scope))
        })
        .collect()
}

/// The data puts two formats of a type into one text.
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
    older: Option<&'a (String, String)>,
) -> BTreeSet<&'a str> {
    let mut strings = BTreeSet::from(["", package.version.as_str(), package.date.as_str()]);
    strings.extend(
        older
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

/// Keys with a placeholder and the length of what is before it, by that text, then by the length of what is after it.
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
            // Of rows with one name, the first is to be found first, and they are tried from the end.
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
    // Of keys with one name only the first is to be found, but all have a number.
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

fn level(text: &str, place: &str) -> Result<AccessLevel, Error> {
    let words: Vec<&str> = text.split(", ").collect();
    // "Tagging, Write": what it does besides writing is what tells it apart.
    [AccessLevel::PermissionsManagement, AccessLevel::Tagging]
        .into_iter()
        .find(|level| words.contains(&level.as_str()))
        .or_else(|| AccessLevel::ALL.into_iter().find(|level| level.as_str() == text))
        .ok_or_else(|| Error::new(place, format!("`{text}` is no known access level")))
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
            let message = format!("`{text}` is no known type");
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

/// Names of one service to numbers.
struct Lookup<'a> {
    place: &'a str,
    service: &'a Service,
    names: &'a Names,
}

impl Lookup<'_> {
    /// List elements of condition keys.
    fn keys(&self, keys: &[String]) -> Result<Vec<Vec<u8>>, Error> {
        let found = keys
            .iter()
            .map(|name| {
                self.service
                    .condition_keys
                    .iter()
                    .find(|key| key.key == *name)
                    .and_then(|key| self.names.keys.get(&(key.key.clone(), key.kind.clone())))
                    .copied()
                    .ok_or_else(|| {
                        let message = format!("condition key `{name}` is not among the service's");
                        Error::new(self.place, message)
                    })
            })
            .collect::<Result<Vec<_>, _>>()?;
        numbers(&found, 2)
    }

    /// A list of associations.
    fn associations(
        &self,
        associations: &[Association],
        dependents: &[Vec<usize>],
        kinds: &mut Rows,
        lists: &mut Lists,
    ) -> Result<usize, Error> {
        let mut elements = Vec::new();
        for (index, association) in associations.iter().enumerate() {
            let number = self
                .service
                .resource_types
                .iter()
                .position(|found| found.key == association.name)
                .ok_or_else(|| {
                    let message = format!("resource type `{}` is unknown", association.name);
                    Error::new(self.place, message)
                })?;
            let mut kind = vec![u8::from(association.required)];
            put(&mut kind, lists.add(&self.keys(&association.condition_keys)?)?, 3)?;
            let needed = dependents.get(index).map_or(&[][..], Vec::as_slice);
            put(&mut kind, lists.add(&numbers(needed, 3)?)?, 3)?;
            let mut element = Vec::new();
            put(&mut element, number, 2)?;
            put(&mut element, kinds.add(kind), 2)?;
            elements.push(element);
        }
        lists.add(&elements)
    }
}

/// What actions need besides themselves, from one package or another.
struct Dependents<'a> {
    folder: Option<&'a Path>,
    source: Option<(String, String)>,
    /// Of the service at hand, by the action's name in lower case.
    needs: BTreeMap<String, Needs>,
}

#[derive(Default)]
struct Found {
    of_action: Vec<usize>,
    /// In the order of the action's resource types.
    of_types: Vec<Vec<usize>>,
}

impl<'a> Dependents<'a> {
    fn new(folder: Option<&'a Path>) -> Result<Self, Error> {
        Ok(Self {
            folder,
            source: folder.map(source::version).transpose()?,
            needs: BTreeMap::new(),
        })
    }

    fn enter(&mut self, service: &Service) -> Result<(), Error> {
        if let Some(folder) = self.folder {
            self.needs = source::needs(folder, &service.prefix)?
                .into_iter()
                .map(|needs| (needs.name.to_lowercase(), needs))
                .collect();
        }
        Ok(())
    }

    fn of(&self, service: &Service, action: &Action, names: &Names, notes: &mut Vec<String>) -> Found {
        let Some(needs) = self.needs.get(&action.name.to_lowercase()) else {
            return Found::default();
        };
        let whose = format!("{}:{}", service.prefix, action.name);
        let resolve = |needed: &[String], notes: &mut Vec<String>| {
            let mut found = Vec::new();
            for name in needed {
                match names.actions.get(&name.to_lowercase()) {
                    Some(number) => found.push(*number),
                    None => notes.push(format!("`{name}`, which `{whose}` needs, does not exist")),
                }
            }
            found
        };
        let mut of_types = vec![None; action.resource_types.len()];
        for needs in &needs.resource_types {
            let found = resolve(&needs.dependent_actions, notes);
            // A type can be there twice, so it takes the first place that is free.
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
