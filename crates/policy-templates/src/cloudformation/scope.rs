//! What the names of a template mean.

use std::collections::HashMap;

use iam_policy_document::Value;

/// The sections of a template that its functions refer to.
#[derive(Debug, Default)]
pub(crate) struct Scope<'t> {
    parameters: HashMap<&'t str, Value<'t>>,
    /// With their types.
    resources: HashMap<&'t str, (&'t str, Value<'t>)>,
    mappings: Option<Value<'t>>,
    conditions: Option<Value<'t>>,
}

impl<'t> Scope<'t> {
    /// - `root`: the template
    /// - `resources`: its resources
    pub(crate) fn new(root: Value<'t>, resources: Option<Value<'t>>) -> Self {
        let section = |name: &str| root.get(name).map(|member| member.value);
        let mut scope = Self {
            mappings: section("Mappings"),
            conditions: section("Conditions"),
            ..Self::default()
        };
        for member in section("Parameters").into_iter().flat_map(Value::members) {
            scope.parameters.entry(member.key).or_insert(member.value);
        }
        for member in resources.into_iter().flat_map(Value::members) {
            if let Some(resource_type) = member.value.get("Type").and_then(|member| member.value.as_str()) {
                scope
                    .resources
                    .entry(member.key)
                    .or_insert((resource_type, member.value));
            }
        }
        scope
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<Value<'t>> {
        self.parameters.get(name).copied()
    }

    pub(crate) fn resource(&self, id: &str) -> Option<(&'t str, Value<'t>)> {
        self.resources.get(id).copied()
    }

    /// The resources with their IDs and types, sorted by ID.
    pub(crate) fn resources(&self) -> impl Iterator<Item = (&'t str, (&'t str, Value<'t>))> {
        let mut all: Vec<_> = self.resources.iter().map(|(id, found)| (*id, *found)).collect();
        all.sort_unstable_by_key(|(id, _)| *id);
        all.into_iter()
    }

    pub(crate) fn mapping(&self, name: &str) -> Option<Value<'t>> {
        Some(self.mappings?.get(name)?.value)
    }

    pub(crate) fn condition(&self, name: &str) -> Option<Value<'t>> {
        Some(self.conditions?.get(name)?.value)
    }
}
