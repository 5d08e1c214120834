//! What paths, names and expressions mean, as far as tokens show: whether they are clients of the SDK.

mod expressions;
mod index;
mod paths;
mod types;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::files::File;
use crate::workspace::Workspace;

pub(crate) use paths::path_start;

/// Something in a crate of the SDK.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SdkPath {
    /// The number of the crate.
    pub(crate) sdk: usize,
    /// The path inside it.
    pub(crate) rest: Vec<String>,
}

impl SdkPath {
    /// Whether this is the client.
    pub(crate) fn is_client(&self) -> bool {
        self.client_item().is_some_and(<[String]>::is_empty)
    }

    /// What comes after the client in the path.
    pub(crate) fn client_item(&self) -> Option<&[String]> {
        match self.rest.as_slice() {
            [client, rest @ ..] if client == "Client" => Some(rest),
            [module, client, rest @ ..] if module == "client" && (client == "Client" || client == "Waiters") => {
                Some(rest)
            }
            _ => None,
        }
    }
}

/// What a value is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Type {
    /// The SDK crates whose clients it may be.
    pub(crate) clients: BTreeSet<usize>,
    /// The types of the workspace that it may be.
    pub(crate) locals: BTreeSet<String>,
    /// Whether it may be a type from elsewhere.
    pub(crate) is_foreign: bool,
    /// Whether several definitions are possible, which differ or are not all known.
    pub(crate) is_ambiguous: bool,
}

impl Type {
    pub(crate) fn is_unknown(&self) -> bool {
        self.clients.is_empty() && self.locals.is_empty() && !self.is_foreign
    }

    fn add(&mut self, other: Self) {
        self.clients.extend(other.clients);
        self.locals.extend(other.locals);
        self.is_foreign |= other.is_foreign;
        self.is_ambiguous |= other.is_ambiguous;
    }

    /// Adds what it is by another definition of the same name.
    fn or(&mut self, other: Self) {
        if *self != other {
            self.add(other);
            self.is_ambiguous = true;
        }
    }
}

/// What a path means.
enum Meaning {
    Sdk(SdkPath),
    /// One of several things in the SDK, since modules of the workspace use one name for each of them.
    Several(Vec<SdkPath>),
    /// The last name of something in the workspace.
    Local(String),
    /// Something in another crate.
    Foreign,
    Unknown,
}

/// The names of the whole workspace.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// What imports and aliases that others can see stand for.
    exports: HashMap<String, Vec<SdkPath>>,
    /// The same for those that only inner modules can see.
    private: HashMap<String, Vec<SdkPath>>,
    types: BTreeSet<String>,
    /// What types dereference to.
    targets: HashMap<String, Type>,
    /// The results of functions outside of types, by name.
    functions: HashMap<String, Type>,
    /// The results of the functions and methods of types and traits, by their name and that of the type.
    method_results: HashMap<String, BTreeMap<String, Type>>,
    /// The types of fields, by the name of the field and that of its type.
    fields: HashMap<String, BTreeMap<String, Type>>,
    statics: HashMap<String, Type>,
    /// The names of the methods that types of the workspace have.
    methods: HashMap<String, BTreeSet<String>>,
    /// The names of all methods of types and traits that take no arguments.
    declared: HashSet<String>,
    constants: HashMap<String, Option<String>>,
    /// Macros that call a method that their caller names.
    pub(crate) method_macros: BTreeSet<String>,
}

/// Names in one file.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) names: &'a Names,
    pub(crate) workspace: &'a Workspace,
    pub(crate) file: &'a File,
}

/// How deep definitions are followed.
const DEPTH: usize = 6;
