//! The crates of the AWS SDK that a workspace depends on, and their methods.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use iam_policy_operations::{Operation, Service, service_of_crate};
use iam_policy_spec::pascal_case;

/// A crate of the SDK.
#[derive(Clone, Debug)]
pub(crate) struct Sdk {
    /// The name of the package: `aws-sdk-s3`.
    pub(crate) package: String,
    /// The service; `None` if the operations of this crate are not known.
    pub(crate) service: Option<Service>,
    /// The methods of the client, with the names of their operations.
    pub(crate) methods: BTreeMap<String, String>,
    /// The waiters' methods, with the methods of the operations that they call.
    pub(crate) waiters: BTreeMap<String, String>,
}

/// The prefix of the SDK's packages.
const PREFIX: &str = "aws-sdk-";

/// Whether a package is a crate of the SDK.
pub(crate) fn is_sdk(package: &str) -> bool {
    package.starts_with(PREFIX)
}

impl Sdk {
    /// What is known about a crate without its source.
    pub(crate) fn new(package: &str) -> Self {
        let service = service_of_crate(package);
        let operations = service.into_iter().flat_map(Service::operations);
        Self {
            package: package.to_owned(),
            service,
            methods: operations
                .map(|operation| (operation.method().to_owned(), operation.name().to_owned()))
                .collect(),
            waiters: BTreeMap::new(),
        }
    }

    /// Adds the methods in the source of a crate, which has the operations and waiters of its own version.
    ///
    /// - `folder`: the folder with the package's `Cargo.toml`
    pub(crate) fn read(&mut self, folder: &Path) {
        for file in names(&folder.join("src/client")) {
            let Some(method) = file.strip_suffix(".rs") else {
                continue;
            };
            let path = folder.join("src/client").join(&file);
            // `customize.rs` and `waiters.rs` are not operations.
            if !self.methods.contains_key(method)
                && let Ok(text) = fs::read_to_string(path)
                && text.contains(&format!("pub fn {method}(&self)"))
            {
                self.methods.insert(method.to_owned(), operation_name(&text, method));
            }
        }
        let waiters = folder.join("src/waiters");
        for file in names(&waiters) {
            let Some(name) = file.strip_suffix(".rs") else { continue };
            let Ok(text) = fs::read_to_string(waiters.join(&file)) else {
                continue;
            };
            let Some((_, after)) = text.split_once("crate::operation::") else {
                continue;
            };
            let method: String = after
                .chars()
                .take_while(|&one| one.is_alphanumeric() || one == '_')
                .collect();
            self.waiters.insert(format!("wait_until_{name}"), method);
        }
    }

    /// The name of the crate in paths.
    pub(crate) fn crate_name(&self) -> String {
        self.package.replace('-', "_")
    }

    /// The name of the operation behind a method of the client or a waiter.
    pub(crate) fn operation_name(&self, method: &str) -> Option<&str> {
        let method = self.waiters.get(method).map_or(method, String::as_str);
        self.methods.get(method).map(String::as_str)
    }

    /// What is known about an operation.
    pub(crate) fn operation(&self, name: &str) -> Option<Operation> {
        self.service?.operation(name)
    }

    /// The method of the operation whose input has this type: `get_object` for `GetObjectInputBuilder`.
    pub(crate) fn method_of_input(&self, type_name: &str) -> Option<&str> {
        let name = type_name
            .strip_suffix("InputBuilder")
            .or_else(|| type_name.strip_suffix("Input"))?;
        let mut methods = self.methods.iter();
        methods.find_map(|(method, operation)| operation.eq_ignore_ascii_case(name).then_some(method.as_str()))
    }

    /// The name of the service, or that of the package if the service is not known.
    pub(crate) fn service_name(&self) -> &str {
        match self.service {
            Some(service) => service.name(),
            None => self.package.strip_prefix(PREFIX).unwrap_or(&self.package),
        }
    }
}

/// The name of the operation in the documentation of its method, ``[`GetUser`]``.
fn operation_name(text: &str, method: &str) -> String {
    let named = text
        .split_once("fluent builder for the [`")
        .and_then(|(_, after)| after.split_once('`'));
    named.map_or_else(|| pascal_case(method), |(name, _)| name.to_owned())
}

/// The names of the files in a folder, sorted; none if there is no such folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort_unstable();
    names
}
