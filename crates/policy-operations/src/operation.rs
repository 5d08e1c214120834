use std::fmt;

use crate::data::OperationData;
use crate::need::Need;
use crate::service::Service;

/// An operation of a service.
///
/// ```
/// let invoke = iam_policy_operations::service("Lambda").unwrap().operation("invoke").unwrap();
/// assert_eq!(invoke.name(), "Invoke");
/// assert_eq!(invoke.to_string(), "Lambda.Invoke");
/// let actions: Vec<_> = invoke.needs().map(|need| need.action()).collect();
/// assert_eq!(actions, ["lambda:InvokeFunction"]);
/// ```
#[derive(Clone, Copy)]
pub struct Operation {
    pub(crate) service: Service,
    pub(crate) row: &'static OperationData,
}

impl Operation {
    /// The service.
    #[must_use]
    pub const fn service(self) -> Service {
        self.service
    }

    /// The name: `PutObject`.
    #[must_use]
    pub fn name(self) -> &'static str {
        &self.row.name
    }

    /// The name of the method of the Rust SDK's client: `put_object`.
    #[must_use]
    pub fn method(self) -> &'static str {
        &self.row.method
    }

    /// Whether it is known what the operation needs.
    #[must_use]
    pub const fn is_mapped(self) -> bool {
        self.row.needs.is_some()
    }

    /// The actions that the operation needs. There are none if it is not mapped, or if it is mapped and needs no
    /// permission.
    #[must_use]
    pub fn needs(self) -> impl ExactSizeIterator<Item = Need> {
        let needs = self.row.needs.as_deref().unwrap_or_default();
        let service = self.service;
        needs.iter().map(move |row| Need { service, row })
    }

    /// Why the operation needs no permission; `None` if it needs one or is not mapped.
    ///
    /// ```
    /// let caller = iam_policy_operations::service("STS").unwrap().operation("GetCallerIdentity").unwrap();
    /// assert_eq!(caller.needs().len(), 0);
    /// assert!(caller.needs_nothing().is_some());
    /// ```
    #[must_use]
    pub const fn needs_nothing(self) -> Option<crate::Source> {
        self.row.nothing
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Operation").field(&self.to_string()).finish()
    }
}

/// The names of the service and the operation, with a dot between them.
impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.service, self.name())
    }
}

impl PartialEq for Operation {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.row, other.row)
    }
}

impl Eq for Operation {}

impl std::hash::Hash for Operation {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.service.hash(state);
        self.row.name.hash(state);
    }
}
