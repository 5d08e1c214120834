//! The names that the files of a workspace declare.

use std::collections::{BTreeMap, HashMap};

use super::{Names, Scope, SdkPath, Type};
use crate::files::{File, Files};
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
            for item in &facts.impls {
                let methods = names.methods.entry(item.type_name.clone()).or_default();
                let inside = facts
                    .functions
                    .iter()
                    .filter(|function| item.body.contains(&function.parameters));
                methods.extend(inside.map(|function| function.name.clone()));
            }
            for trait_name in &facts.types {
                names.methods.entry(trait_name.clone()).or_default();
            }
            names.trait_methods(file);
        }
        names.exports(workspace, files);
        names.types_of_declarations(workspace, files);
        names
    }

    /// The methods that traits declare.
    fn trait_methods(&mut self, file: &File) {
        let source = &file.source;
        for function in &file.facts.functions {
            let Some(block) = source.parent(function.parameters) else {
                continue;
            };
            // `trait Name: Bounds {`
            let mut at = block;
            while at > 0 && !source.is(at, ";") && !source.is(at, "}") && block - at < 64 {
                at -= 1;
                if source.is_ident(at, "trait") {
                    let name = source.text(at + 1).to_owned();
                    self.methods.entry(name).or_default().insert(function.name.clone());
                    break;
                }
            }
        }
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
        let mut results = HashMap::<String, Type>::new();
        for file in &files.all {
            let scope = Scope {
                names: self,
                workspace,
                file,
            };
            for function in &file.facts.functions {
                let found = scope.dereferenced(scope.type_in(function.result.clone()));
                if !found.is_unknown() {
                    results.entry(function.name.clone()).or_default().add(found);
                }
            }
        }
        self.results = results;
    }

    /// The value of a constant.
    pub(crate) fn constant(&self, name: &str) -> Option<&str> {
        self.constants.get(name)?.as_deref()
    }

    /// Whether a type of the workspace has a method of its own.
    pub(crate) fn has_method(&self, type_name: &str, method: &str) -> bool {
        self.methods
            .get(type_name)
            .is_some_and(|methods| methods.contains(method))
    }
}
