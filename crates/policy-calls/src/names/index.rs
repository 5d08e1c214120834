//! The names that the files of a workspace declare.

use std::collections::{BTreeMap, HashMap};

use super::{Names, Scope, SdkPath, Type};
use crate::files::Files;
use crate::source::string_value;
use crate::workspace::Workspace;

impl Names {
    pub(crate) fn new(workspace: &Workspace, files: &Files) -> Self {
        let mut names = Self::default();
        for file in &files.all {
            let facts = &file.facts;
            names.types.extend(facts.types.iter().cloned());
            names.method_macros.extend(facts.method_macros.iter().cloned());
            for (name, literal) in &facts.constants {
                let value = string_value(literal);
                // A name with several values has none.
                names
                    .constants
                    .entry(name.clone())
                    .and_modify(|known| {
                        if *known != value {
                            *known = None;
                        }
                    })
                    .or_insert(value);
            }
            for name in &facts.types {
                names.methods.entry(name.clone()).or_default();
            }
            for function in &facts.functions {
                if let Some(owner) = &function.owner {
                    let methods = names.methods.entry(owner.clone()).or_default();
                    methods.insert(function.name.clone());
                    if function.is_getter {
                        names.declared.insert(function.name.clone());
                    }
                }
            }
        }
        names.exports(workspace, files);
        names.types_of_declarations(workspace, files);
        names
    }

    /// Follows re-exports of re-exports.
    fn exports(&mut self, workspace: &Workspace, files: &Files) {
        for _ in 0..3 {
            let (mut exports, mut private) = (HashMap::new(), HashMap::new());
            for file in &files.all {
                let scope = Scope {
                    names: self,
                    workspace,
                    file,
                };
                for import in &file.facts.imports {
                    if let Some(path) = scope.import(import) {
                        let table: &mut HashMap<String, Vec<SdkPath>> =
                            if import.is_public { &mut exports } else { &mut private };
                        let known = table.entry(import.name.clone()).or_default();
                        if !known.contains(&path) {
                            known.push(path);
                        }
                    }
                }
            }
            let is_done = exports == self.exports;
            self.exports = exports;
            self.private = private;
            if is_done {
                break;
            }
        }
    }

    fn types_of_declarations(&mut self, workspace: &Workspace, files: &Files) {
        // Anything can be of a type that only dereferences to a client, so those are found first.
        let mut targets = HashMap::<String, Type>::new();
        for file in &files.all {
            let scope = Scope {
                names: self,
                workspace,
                file,
            };
            for item in &file.facts.impls {
                if let Some(target) = &item.target {
                    targets
                        .entry(item.type_name.clone())
                        .or_default()
                        .add(scope.type_in(target.clone()));
                }
            }
        }
        self.targets = targets;
        let mut statics = HashMap::<String, Type>::new();
        let mut fields = HashMap::<String, BTreeMap<String, Type>>::new();
        for file in &files.all {
            let scope = Scope {
                names: self,
                workspace,
                file,
            };
            for (owner, field, range) in &file.facts.fields {
                let found = scope.type_in(range.clone());
                fields
                    .entry(field.clone())
                    .or_default()
                    .entry(owner.clone())
                    .or_default()
                    .add(found);
            }
            for (name, range) in &file.facts.statics {
                statics
                    .entry(name.clone())
                    .or_default()
                    .add(scope.type_in(range.clone()));
            }
        }
        self.fields = fields;
        self.statics = statics;
        let mut functions = HashMap::<String, Type>::new();
        let mut methods = HashMap::<String, BTreeMap<String, Type>>::new();
        for file in &files.all {
            let scope = Scope {
                names: self,
                workspace,
                file,
            };
            for function in file
                .facts
                .functions
                .iter()
                .filter(|function| !function.result.is_empty())
            {
                let found = scope.dereferenced(scope.type_in(function.result.clone()));
                let name = function.name.clone();
                let known = match &function.owner {
                    None => functions.entry(name).or_insert_with(|| found.clone()),
                    Some(owner) => {
                        let owners = methods.entry(name).or_default();
                        owners.entry(owner.clone()).or_insert_with(|| found.clone())
                    }
                };
                known.or(found);
            }
        }
        self.functions = functions;
        self.method_results = methods;
    }

    /// The value of a constant.
    pub(crate) fn constant(&self, name: &str) -> Option<&str> {
        self.constants.get(name)?.as_deref()
    }

    /// The result of a function of a type.
    pub(super) fn result_of(&self, type_name: &str, function: &str) -> Option<Type> {
        let result = self.method_results.get(function)?.get(type_name)?;
        (!result.is_unknown()).then(|| result.clone())
    }

    /// Whether any type or trait of the workspace has a method of this name without arguments.
    pub(crate) fn is_declared(&self, method: &str) -> bool {
        self.declared.contains(method)
    }

    /// Whether a type of the workspace has a method of its own.
    pub(crate) fn has_method(&self, type_name: &str, method: &str) -> bool {
        self.methods
            .get(type_name)
            .is_some_and(|methods| methods.contains(method))
    }
}
