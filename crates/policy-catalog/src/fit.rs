//! Which documented type an ARN has.

use std::sync::OnceLock;

use iam_policy_core::{Segment, Segments};

use crate::action::Action;
use crate::arn_format::ArnFormat;
use crate::catalog::Catalog;
use crate::overlay;
use crate::resource_type::ResourceType;
use crate::service::Service;

/// How an ARN relates to what AWS documents for an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// The action is documented for such ARNs.
    Documented,
    /// Such ARNs are documented, but not for this action.
    OtherType(DocumentedArn),
    /// No documented type of the service that the ARN names has such ARNs.
    Undocumented,
}

/// A kind of resource that AWS documents, and one format of its ARNs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct DocumentedArn {
    /// The name of the kind.
    pub name: &'static str,
    /// The format.
    pub format: ArnFormat,
}

impl Action {
    /// Whether AWS documents the action for an ARN, or the ARN for other actions, or neither.
    ///
    /// - `arn`: the literal ARN of a resource
    ///
    /// ```
    /// use iam_policy_catalog::{Catalog, Fit};
    ///
    /// let invoke = Catalog::get().action("lambda:InvokeFunction").unwrap();
    /// assert_eq!(invoke.fit("arn:aws:lambda:eu-west-1:123456789012:function:render"), Fit::Documented);
    /// let Fit::OtherType(other) = invoke.fit("arn:aws:lambda:eu-west-1:123456789012:event-source-mapping:a") else { panic!() };
    /// assert_eq!(other.name, "eventSourceMapping");
    /// assert_eq!(invoke.fit("arn:aws:lambda:eu-west-1:123456789012:brand-new:a"), Fit::Undocumented);
    /// ```
    #[must_use]
    pub fn fit(self, arn: &str) -> Fit {
        if self.arn_formats().any(|format| format.matches(arn)) {
            return Fit::Documented;
        }
        let service = Segments::new(arn).get(Segment::Service).unwrap_or_default();
        Catalog::get()
            .documented_arns(service)
            .find(|documented| documented.format.matches(arn))
            .map_or(Fit::Undocumented, Fit::OtherType)
    }
}

impl Catalog {
    /// All documented kinds of ARNs that name a service: those of its own resource types, those of other services'
    /// types, and the [overlay's](overlay::ArnForm). A format may occur several times.
    ///
    /// - `service`: the service, as ARNs write it
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// let names: Vec<_> = catalog.documented_arns("execute-api").map(|documented| documented.name).collect();
    /// assert_eq!(names, ["execute-api-domain", "execute-api-general", "WebSocket route"]);
    /// // AWS Service Catalog has other ARNs than its prefix suggests.
    /// assert!(catalog.documented_arns("catalog").any(|documented| documented.name == "Portfolio"));
    /// ```
    pub fn documented_arns(self, service: &str) -> impl Iterator<Item = DocumentedArn> + Clone {
        let own = self.service(service).into_iter().flat_map(Service::resource_types);
        let elsewhere = elsewhere()
            .iter()
            .filter(move |kind| kind.arn_formats().any(|format| format.service() == Some(service)));
        let of_types = own.chain(elsewhere.copied()).flat_map(|kind| {
            kind.arn_formats().map(move |format| DocumentedArn {
                name: kind.name(),
                format,
            })
        });
        let of_overlay = overlay::arn_forms().iter().flat_map(|form| {
            form.formats.iter().map(|format| DocumentedArn {
                name: form.name,
                format: *format,
            })
        });
        of_types
            .chain(of_overlay)
            .filter(move |documented| documented.format.service() == Some(service))
    }
}

/// The resource types whose ARNs name another service than the one that lists them.
fn elsewhere() -> &'static [ResourceType] {
    static ELSEWHERE: OnceLock<Vec<ResourceType>> = OnceLock::new();
    ELSEWHERE.get_or_init(|| {
        let kinds = Catalog::get().services().flat_map(Service::resource_types);
        kinds
            .filter(|kind| {
                let own = Some(kind.service().prefix());
                kind.arn_formats().any(|format| format.service() != own)
            })
            .collect()
    })
}
