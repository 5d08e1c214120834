//! The order of the rows of each table.

use std::collections::BTreeMap;

use iam_policy_catalog::format::fold_cmp;

use crate::error::Error;
use crate::source::Package;

/// A condition key. The same name can have different types in different services.
pub(crate) type Key = (String, String);

/// The order of rows, and the row numbers of names.
pub(crate) struct Order {
    /// For each action, the index of its service and its index within the service.
    pub(crate) actions: Vec<(usize, usize)>,
    pub(crate) keys: Vec<Key>,
    /// Row numbers by lower-case `service:action`.
    action_numbers: BTreeMap<String, usize>,
    key_numbers: BTreeMap<Key, usize>,
}

impl Order {
    pub(crate) fn new(package: &Package) -> Result<Self, Error> {
        let actions = sorted_actions(package)?;
        let keys = sorted_keys(package);
        let full_name = |&(service, action): &(usize, usize)| {
            let service = package.services.get(service)?;
            let action = service.actions.get(action)?;
            Some(format!("{}:{}", service.prefix, action.name).to_lowercase())
        };
        Ok(Self {
            action_numbers: actions.iter().filter_map(full_name).zip(0..).collect(),
            key_numbers: keys.iter().cloned().zip(0..).collect(),
            actions,
            keys,
        })
    }

    /// The row number of an action, by its full name, ignoring case.
    pub(crate) fn action(&self, name: &str) -> Option<usize> {
        self.action_numbers.get(&name.to_lowercase()).copied()
    }

    pub(crate) fn key(&self, name: String, kind: String) -> Option<usize> {
        self.key_numbers.get(&(name, kind)).copied()
    }
}

/// Actions sorted by service and name. Names that look-ups could not distinguish are an error.
fn sorted_actions(package: &Package) -> Result<Vec<(usize, usize)>, Error> {
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
                let message = format!("`{}` is not the name of an action", name(index));
                return Err(Error::new(place, message));
            }
        }
        actions.extend(indices.into_iter().map(|index| (number, index)));
    }
    Ok(actions)
}

/// Keys sorted by name.
fn sorted_keys(package: &Package) -> Vec<Key> {
    // Of rows with the same name, the first is the one of the service in the key's prefix, or of the list of global
    // keys.
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
    keys.into_iter().map(|(key, _)| key).collect()
}

/// The list of global keys writes `aws:RequestTag/tag-key` where services write `aws:RequestTag/${TagKey}`.
pub(crate) fn global_name(name: &str) -> String {
    match name.strip_suffix("/tag-key") {
        Some(start) => format!("{start}/${{TagKey}}"),
        None => name.to_owned(),
    }
}
