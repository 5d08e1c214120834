//! The checks, by what they look at. Each module has one function for each thing that can be wrong, and `check`, which
//! calls them.

pub(crate) mod actions;
pub(crate) mod arns;
pub(crate) mod grants;
pub(crate) mod keys;
pub(crate) mod networks;
pub(crate) mod operators;
pub(crate) mod organizations;
pub(crate) mod permissive;
pub(crate) mod principals;
pub(crate) mod redundant;
pub(crate) mod sizes;
pub(crate) mod structure;
pub(crate) mod tags;
pub(crate) mod trust;
pub(crate) mod values;
pub(crate) mod variables;
pub(crate) mod wildcards;
