use iam_policy_catalog::{Catalog, Fit, ResourceTag};
use iam_policy_core::{Arn, GlobalKey, IamArn, Principal, Segments, text, wildcard};

use crate::context::Context;
use crate::error::RequestError;
use crate::key::Key;

/// A request: who wants to do what to which resource, in which context.
///
/// Everything is borrowed and precomputed as far as possible, so one request can be decided many times.
///
/// # Examples
///
/// ```
/// use iam_policy_eval::{Context, Request};
///
/// let context = Context::new().with("aws:SourceIp", "203.0.113.7")?;
/// let request = Request::new(
///     "arn:aws:iam::123456789012:user/ann",
///     "s3:GetObject",
///     "arn:aws:s3:::reports/2026.pdf",
/// )?
/// .with_resource_account("210987654321")?
/// .with_context(&context);
/// assert!(request.is_cross_account());
/// # Ok::<(), iam_policy_eval::RequestError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Request<'a> {
    principal: Principal<'a>,
    action: &'a str,
    resource: &'a str,
    /// The resource, for matching.
    target: Segments<'a>,
    resource_account: Option<&'a str>,
    context: Option<&'a Context<'a>>,
    /// The ARN of a session's role, whose path is unknown, or of a root user: neither is necessarily part of the input.
    principal_arn: Option<Box<str>>,
    /// The `aws:userid` of a federated user.
    user_id: Option<Box<str>>,
}

impl<'a> Request<'a> {
    /// A request without context except what follows from the principal and the resource.
    ///
    /// - `principal`: as [`Principal::parse`] reads it
    /// - `action`: such as `s3:GetObject`; case-insensitive
    /// - `resource`: the ARN of one resource, taken literally; `*` for an action without a resource
    ///
    /// Policies are matched against the resource given, whatever the catalog says about the action: services authorize
    /// some actions on an ARN although AWS's reference lists no resource types for them, as their own denials show. See
    /// [`is_usually_on_everything`](Self::is_usually_on_everything).
    ///
    /// # Errors
    ///
    /// If one of the three is malformed.
    pub fn new(principal: &'a str, action: &'a str, resource: &'a str) -> Result<Self, RequestError> {
        let parsed = Principal::parse(principal).map_err(|error| RequestError::principal(principal, error))?;
        Self::by(parsed, action, resource)
    }

    /// Like [`new`](Self::new), for a principal that is already parsed.
    ///
    /// # Errors
    ///
    /// If the action or the resource is malformed.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_eval::{Principal, Request};
    ///
    /// let request = Request::by(Principal::Anonymous, "s3:GetObject", "arn:aws:s3:::site/index.html").unwrap();
    /// assert_eq!(request.principal(), Principal::Anonymous);
    /// ```
    pub fn by(principal: Principal<'a>, action: &'a str, resource: &'a str) -> Result<Self, RequestError> {
        if !text::is_action(action) || wildcard::is_pattern(action) {
            return Err(RequestError::Action(action.to_owned()));
        }
        let mut resource_account = None;
        if resource != "*" {
            let arn = Arn::parse(resource).map_err(|error| RequestError::Resource(resource.to_owned(), error))?;
            // Resources owned by AWS itself, such as managed policies, have `aws` there.
            if !arn.account.is_empty() && arn.account.bytes().all(|byte| byte.is_ascii_digit()) {
                resource_account = Some(arn.account);
            }
        }
        let principal_arn = match principal {
            Principal::Session {
                partition,
                account,
                role,
                ..
            } if !has_path(role) => {
                let role = IamArn::Role { path: "/", name: role };
                Some(role.in_account(partition, account).to_string().into_boxed_str())
            }
            Principal::Root { .. } => Some(principal.to_string().into_boxed_str()),
            _ => None,
        };
        let user_id = match principal {
            Principal::FederatedUser { account, name, .. } => Some(format!("{account}:{name}").into_boxed_str()),
            _ => None,
        };
        Ok(Self {
            principal,
            action,
            resource,
            target: Segments::new(resource),
            resource_account,
            context: None,
            principal_arn,
            user_id,
        })
    }

    /// Sets the account of the resource, whatever its ARN says.
    ///
    /// By default it is the account in the resource's ARN and, if that has none, as for S3, the principal's account.
    ///
    /// # Errors
    ///
    /// If it does not consist of twelve digits.
    pub fn with_resource_account(mut self, account: &'a str) -> Result<Self, RequestError> {
        if !text::is_account(account) {
            return Err(RequestError::Account(account.to_owned()));
        }
        self.resource_account = Some(account);
        Ok(self)
    }

    /// Sets the context.
    #[must_use]
    pub const fn with_context(mut self, context: &'a Context<'a>) -> Self {
        self.context = Some(context);
        self
    }

    /// The principal.
    #[must_use]
    pub const fn principal(&self) -> Principal<'a> {
        self.principal
    }

    /// The action, as given.
    #[must_use]
    pub const fn action(&self) -> &'a str {
        self.action
    }

    /// The resource, as given.
    #[must_use]
    pub const fn resource(&self) -> &'a str {
        self.resource
    }

    /// Whether the request names a resource although AWS's reference lists no resource types for the action, and AWS
    /// documents no such ARN for it elsewhere either. AWS usually authorizes the action on `*` then.
    ///
    /// Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS services"; for the
    /// documented ARNs, [`iam_policy_catalog::overlay`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_eval::Request;
    ///
    /// let is_usually_on_everything = |action, resource| {
    ///     Request::new("123456789012", action, resource).unwrap().is_usually_on_everything()
    /// };
    /// assert!(is_usually_on_everything("sns:ListTopics", "arn:aws:sns:eu-west-1:123456789012:alerts"));
    /// assert!(!is_usually_on_everything("dynamodb:ListTables", "arn:aws:dynamodb:eu-west-1:123456789012:table/*"));
    /// assert!(!is_usually_on_everything("sns:ListTopics", "*"));
    /// ```
    #[must_use]
    pub fn is_usually_on_everything(&self) -> bool {
        let is_undocumented = || {
            let action = Catalog::get().action(self.action);
            action.is_some_and(|action| action.is_wildcard_only() && action.fit(self.resource) != Fit::Documented)
        };
        self.resource != "*" && is_undocumented()
    }

    /// Whether the resource is in a different account from the principal.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_eval::Request;
    ///
    /// let queue = "arn:aws:sqs:eu-west-1:210987654321:jobs";
    /// assert!(Request::new("123456789012", "sqs:SendMessage", queue)?.is_cross_account());
    /// assert!(!Request::new("210987654321", "sqs:SendMessage", queue)?.is_cross_account());
    /// # Ok::<(), iam_policy_eval::RequestError>(())
    /// ```
    #[must_use]
    pub fn is_cross_account(&self) -> bool {
        match (self.principal.account(), self.resource_account) {
            (Some(principal), Some(resource)) => principal != resource,
            _ => false,
        }
    }

    pub(crate) const fn target(&self) -> &Segments<'a> {
        &self.target
    }

    /// Whether the action belongs to this service.
    pub(crate) fn is_for(&self, service: &str) -> bool {
        self.service().eq_ignore_ascii_case(service)
    }

    /// The service prefix of the action.
    pub(crate) fn service(&self) -> &'a str {
        self.action.split(':').next().unwrap_or_default()
    }

    /// The values of a condition key: those of the context, otherwise the derived ones. `None` if it is absent; a key
    /// without values is absent as well.
    pub(crate) fn values(&self, key: &Key) -> Option<Values<'_>> {
        if let Some(context) = self.context {
            let values = context.get(key.name());
            let values = values.or_else(|| if key.has_twin() { self.twin(context, key) } else { None });
            if let Some(values) = values {
                return (!values.is_empty()).then_some(Values::Many(values));
            }
        }
        self.filled(key.global()?).map(Values::One)
    }

    /// The values of another key that always has the same ones.
    fn twin<'c>(&self, context: &'c Context<'a>, key: &Key) -> Option<&'c [&'a str]> {
        if let Some(twin) = key.moment_twin() {
            return context.get(twin.name());
        }
        let service = Catalog::get().service(self.service())?;
        let tag = ResourceTag::of(key.name())?;
        let is_same = |name: &&str| ResourceTag::of(name).is_some_and(|other| tag.is_same(other, service));
        context.get(context.keys().find(is_same)?)
    }

    /// The keys that follow from the principal and the resource.
    fn filled(&self, key: GlobalKey) -> Option<&str> {
        if let Some(value) = key.value(&self.principal) {
            return Some(value);
        }
        match key {
            GlobalKey::PrincipalArn => self.principal_arn.as_deref(),
            GlobalKey::UserId => self.user_id.as_deref(),
            GlobalKey::ResourceAccount => self.resource_account.or(self.principal.account()),
            _ => None,
        }
    }
}

/// Whether a role with this name has a path, which session ARNs omit: the roles that AWS itself creates.
///
/// Source: IAM User Guide, "IAM identifiers", "Create a service-linked role"; IAM Identity Center User Guide,
/// "Permission sets".
fn has_path(role: &str) -> bool {
    role.starts_with("AWSReservedSSO_") || role.starts_with("AWSServiceRoleFor")
}

/// The values of a condition key, at least one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Values<'r> {
    One(&'r str),
    Many(&'r [&'r str]),
}

impl<'r> Values<'r> {
    pub(crate) fn iter(self) -> impl Iterator<Item = &'r str> + Clone {
        let (one, many): (_, &'r [&'r str]) = match self {
            Self::One(value) => (Some(value), &[]),
            Self::Many(values) => (None, values),
        };
        one.into_iter().chain(many.iter().copied())
    }

    /// The value, if there is only one.
    pub(crate) fn single(self) -> Option<&'r str> {
        match self {
            Self::One(value) | Self::Many(&[value]) => Some(value),
            Self::Many(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_requests() {
        let message = |principal, action, resource| {
            Request::new(principal, action, resource)
                .err()
                .map_or_else(String::new, |error| error.to_string())
        };
        let ann = "arn:aws:iam::123456789012:user/ann";
        for action in ["GetObject", "s3:", ":GetObject", "s3:Get*", "*", ""] {
            assert_eq!(
                message(ann, action, "*"),
                format!("invalid action `{action}`: expected `service:Name` without wildcards")
            );
        }
        assert_eq!(
            message(ann, "s3:GetObject", "bucket"),
            "the resource `bucket` is neither `*` nor an ARN: an ARN starts with `arn:`"
        );
        assert_eq!(
            message(ann, "s3:GetObject", "arn:aws:s3:b"),
            "the resource `arn:aws:s3:b` is neither `*` nor an ARN: an ARN has six segments, this one has 4"
        );
        assert_eq!(message(ann, "s3:GetObject", "arn:aws:s3:::a*"), "");
        let request = Request::new(ann, "s3:GetObject", "*").unwrap();
        assert_eq!(
            request.with_resource_account("123").unwrap_err().to_string(),
            "invalid account `123`: expected twelve digits"
        );
    }

    #[test]
    fn derived_context_keys() {
        let context = Context::new().with("aws:PrincipalType", "given").unwrap();
        let filled = |principal: &str, key: &str| {
            let request = Request::new(principal, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:q").unwrap();
            let value = request.values(&Key::new(key)).and_then(Values::single).unwrap_or("-");
            value.to_owned()
        };
        let ann = "arn:aws:iam::123456789012:user/team/ann";
        let session = "arn:aws:sts::123456789012:assumed-role/r/s";
        for (principal, key, value) in [
            (ann, "aws:PrincipalArn", ann),
            (ann, "AWS:USERNAME", "ann"),
            (ann, "aws:PrincipalAccount", "123456789012"),
            (ann, "aws:PrincipalType", "User"),
            (ann, "aws:PrincipalIsAWSService", "false"),
            (ann, "aws:userid", "-"),
            (ann, "aws:ResourceAccount", "111122223333"),
            (session, "aws:PrincipalArn", "arn:aws:iam::123456789012:role/r"),
            (session, "aws:PrincipalType", "AssumedRole"),
            (session, "aws:username", "-"),
            (
                "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_x/s",
                "aws:PrincipalArn",
                "-",
            ),
            ("123456789012", "aws:PrincipalArn", "arn:aws:iam::123456789012:root"),
            ("123456789012", "aws:userid", "123456789012"),
            ("s3.amazonaws.com", "aws:PrincipalServiceName", "s3.amazonaws.com"),
            ("s3.amazonaws.com", "aws:PrincipalIsAWSService", "true"),
            ("s3.amazonaws.com", "aws:PrincipalArn", "-"),
            ("*", "aws:PrincipalType", "Anonymous"),
        ] {
            assert_eq!(filled(principal, key), value, "{principal} {key}");
        }
        let request = Request::new(ann, "sqs:ListQueues", "*").unwrap().with_context(&context);
        let value = |key: &str| {
            request
                .values(&Key::new(key))
                .and_then(Values::single)
                .map(str::to_owned)
        };
        assert_eq!(value("aws:principaltype").as_deref(), Some("given"));
        assert_eq!(value("aws:ResourceAccount").as_deref(), Some("123456789012"));
    }
}
