use std::fmt;

use crate::condition::Condition;
use crate::data::NeedData;
use crate::service::Service;
use crate::source::Source;

/// An action that an operation needs.
#[derive(Clone, Copy)]
pub struct Need {
    pub(crate) service: Service,
    pub(crate) row: &'static NeedData,
}

impl Need {
    /// The action: `s3:PutObject`.
    #[must_use]
    pub fn action(self) -> &'static str {
        &self.row.action
    }

    /// When the action is needed; `None` if always, or if it is not known when.
    #[must_use]
    pub const fn condition(self) -> Option<Condition> {
        self.row.condition
    }

    /// Whether AWS checks the action on something that the operation uses or starts, such as `iam:PassRole` on a role. If
    /// it has no [condition](Self::condition), whether a call needs it can depend on more than its input.
    #[must_use]
    pub const fn is_dependent(self) -> bool {
        self.row.dependent
    }

    /// Where this is written.
    #[must_use]
    pub const fn source(self) -> Source {
        self.row.source
    }

    /// The resources on which the action is needed, as templates of ARNs. All of them are needed.
    ///
    /// A template contains `{partition}`, `{region}`, `{account}`, and members of the input as botocore spells them:
    /// `arn:{partition}:s3:::{Bucket}/{Key}`. A dot separates the names of nested members: `{Item.TableName}`.
    ///
    /// - If the value of the last member is itself an ARN, that ARN replaces the template.
    /// - If it is a list, there is a resource for each element.
    /// - `{QueueUrl:name}` is what comes after the last slash of the member's value, `{Name:path}` the value without a slash
    ///   at its start, and `{RequestItems:keys}` has the keys of a map instead of its values.
    /// - `*` inside a template is a part that the input does not determine.
    /// - `*` alone means that the action has no resources.
    ///
    /// If there are no templates, the resources are not known. [`template_parts`](crate::template_parts) splits a template.
    ///
    /// ```
    /// let put = iam_policy_operations::service("S3").unwrap().operation("PutObject").unwrap();
    /// let need = put.needs().next().unwrap();
    /// assert_eq!(need.resources().collect::<Vec<_>>(), ["arn:{partition}:s3:::{Bucket}/{Key}"]);
    /// ```
    #[must_use]
    pub fn resources(self) -> impl ExactSizeIterator<Item = &'static str> {
        self.row.resources.iter().map(|template| &**template)
    }

    /// The service of the operation.
    #[must_use]
    pub const fn service(self) -> Service {
        self.service
    }
}

impl fmt::Debug for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Need")
            .field("action", &self.action())
            .field("condition", &self.condition())
            .field("is_dependent", &self.is_dependent())
            .field("source", &self.source())
            .field("resources", &self.row.resources)
            .finish_non_exhaustive()
    }
}

/// The action, and when it is needed.
impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.action())?;
        match self.condition() {
            Some(condition) => write!(f, " {condition}"),
            None => Ok(()),
        }
    }
}
