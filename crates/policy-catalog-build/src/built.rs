//! The result of building the data files.

use std::fmt;

/// Both data files, and facts about them.
#[derive(Debug)]
#[non_exhaustive]
pub struct Built {
    /// The bytes of `catalog.bin`.
    pub catalog: Vec<u8>,
    /// The bytes of `descriptions.bin`.
    pub descriptions: Vec<u8>,
    /// The name of the package with the newest data.
    pub package: &'static str,
    /// The version of that package.
    pub version: String,
    /// The date on which it was collected, as `YYYY-MM-DD`.
    pub date: String,
    /// The source and the date of the dependent actions, if there are any.
    pub dependent_actions: Option<(String, String)>,
    /// The numbers of services, actions, resource types and condition keys.
    pub counts: [usize; 4],
    /// Facts of the package that could not be taken over, in sentences.
    pub notes: Vec<String>,
}

impl fmt::Display for Built {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [services, actions, resource_types, condition_keys] = self.counts;
        write!(
            f,
            "{} {} of {}: {services} services, {actions} actions, {resource_types} resource types, \
             {condition_keys} condition keys; {} bytes, and {} bytes of descriptions",
            self.package,
            self.version,
            self.date,
            self.catalog.len(),
            self.descriptions.len(),
        )?;
        self.notes.iter().try_for_each(|note| write!(f, "\nnote: {note}"))
    }
}
