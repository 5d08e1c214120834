//! The blocks of a module by their names.

use std::collections::HashMap;
use std::rc::Rc;

use super::syntax::{Attribute, Block, Body};

/// The blocks of all files of a module.
#[derive(Debug, Default)]
pub(super) struct Module {
    pub(super) blocks: Vec<Block>,
    variables: HashMap<Rc<str>, usize>,
    /// The values that files give to variables.
    values: HashMap<Rc<str>, Attribute>,
    /// The block and the attribute in it.
    locals: HashMap<Rc<str>, (usize, usize)>,
    data: Types,
    resources: Types,
}

/// Blocks by type and name.
type Types = HashMap<Rc<str>, HashMap<Rc<str>, usize>>;

impl Module {
    /// Adds the blocks of a file. The first one with a name counts.
    pub(super) fn add(&mut self, body: Body) {
        for block in body.blocks {
            let number = self.blocks.len();
            let label = |at: usize| block.labels.get(at).cloned().unwrap_or_default();
            match &*block.kind {
                "variable" => {
                    self.variables.entry(label(0)).or_insert(number);
                }
                "locals" => {
                    for (at, attribute) in block.body.attributes.iter().enumerate() {
                        self.locals.entry(attribute.name.clone()).or_insert((number, at));
                    }
                }
                "data" | "ephemeral" => {
                    self.data.entry(label(0)).or_default().entry(label(1)).or_insert(number);
                }
                "resource" => {
                    let of_type = self.resources.entry(label(0)).or_default();
                    of_type.entry(label(1)).or_insert(number);
                }
                _ => {}
            }
            self.blocks.push(block);
        }
    }

    /// Adds the values of variables. The last one for a variable counts.
    pub(super) fn add_values(&mut self, body: Body) {
        for attribute in body.attributes {
            self.values.insert(attribute.name.clone(), attribute);
        }
    }

    /// The value that a file gives to a variable.
    pub(super) fn given(&self, variable: &str) -> Option<&Attribute> {
        self.values.get(variable)
    }

    pub(super) fn block(&self, number: usize) -> Option<&Block> {
        self.blocks.get(number)
    }

    pub(super) fn variable(&self, name: &str) -> Option<&Block> {
        self.blocks.get(*self.variables.get(name)?)
    }

    pub(super) fn local(&self, name: &str) -> Option<&Attribute> {
        let (block, attribute) = self.locals.get(name)?;
        self.blocks.get(*block)?.body.attributes.get(*attribute)
    }

    pub(super) fn data(&self, of: &str, name: &str) -> Option<usize> {
        self.data.get(of)?.get(name).copied()
    }

    pub(super) fn resource(&self, of: &str, name: &str) -> Option<usize> {
        self.resources.get(of)?.get(name).copied()
    }

    pub(super) fn has_resources(&self, of: &str) -> bool {
        self.resources.contains_key(of)
    }
}

/// The address of a resource or a data source.
pub(super) fn address(block: &Block) -> String {
    let prefix = if &*block.kind == "data" { "data." } else { "" };
    format!("{prefix}{}.{}", block.label(0), block.label(1))
}
