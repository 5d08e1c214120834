use iam_policy_core::wildcard::{is_pattern, matches_ignoring_case};
use iam_policy_core::{PolicyResource, PolicyType, ResourceElement};

use crate::document::{Document, Member, Value};

/// The elements of a statement.
///
/// Source: IAM User Guide, "IAM JSON policy elements reference". Their names are case-sensitive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Element {
    /// `Sid`
    Sid,
    /// `Effect`
    Effect,
    /// `Principal`
    Principal,
    /// `NotPrincipal`
    NotPrincipal,
    /// `Action`
    Action,
    /// `NotAction`
    NotAction,
    /// `Resource`
    Resource,
    /// `NotResource`
    NotResource,
    /// `Condition`
    Condition,
}

impl Element {
    /// Every element, in the usual order.
    pub const ALL: &'static [Self] = &[
        Self::Sid,
        Self::Effect,
        Self::Principal,
        Self::NotPrincipal,
        Self::Action,
        Self::NotAction,
        Self::Resource,
        Self::NotResource,
        Self::Condition,
    ];

    /// The name, as in policies.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sid => "Sid",
            Self::Effect => "Effect",
            Self::Principal => "Principal",
            Self::NotPrincipal => "NotPrincipal",
            Self::Action => "Action",
            Self::NotAction => "NotAction",
            Self::Resource => "Resource",
            Self::NotResource => "NotResource",
            Self::Condition => "Condition",
        }
    }

    /// The element with this name; `None` if statements have no such element.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_document::Element;
    ///
    /// assert_eq!(Element::from_name("NotAction"), Some(Element::NotAction));
    /// assert_eq!(Element::from_name("notaction"), None);
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|element| element.name() == name)
    }
}

impl Document {
    /// The type that the document's content suggests. Service control policies look like identity policies, and resource
    /// control policies like resource policies, so neither is ever suggested.
    ///
    /// - [`PolicyType::Trust`] if statements name principals, none names resources, and an action assumes roles:
    ///   `sts:AssumeRole` or similar, or another action of STS
    /// - [`PolicyType::Resource`] if statements name principals, and no fewer than do not
    /// - [`PolicyType::Identity`] otherwise
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::PolicyType;
    /// use iam_policy_document::Builder;
    ///
    /// let mut builder = Builder::new();
    /// builder.begin_object(None);
    /// builder.key("Statement", None);
    /// builder.begin_object(None);
    /// builder.key("Principal", None);
    /// builder.string("*", None);
    /// builder.key("Action", None);
    /// builder.string("sts:AssumeRole", None);
    /// assert_eq!(builder.finish().inferred_type(), PolicyType::Trust);
    /// ```
    #[must_use]
    pub fn inferred_type(&self) -> PolicyType {
        let (mut with, mut without) = (0_usize, 0_usize);
        let (mut names_resources, mut assumes_roles) = (false, false);
        for statement in self.statements() {
            if statement.names_principal() {
                with += 1;
            } else {
                without += 1;
            }
            names_resources |= statement.names_resource();
            assumes_roles |= statement.texts(Element::Action).any(|action| {
                let is_of_sts = action.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sts:"));
                is_of_sts || (action != "*" && matches_ignoring_case(action, "sts:AssumeRole"))
            });
        }
        if with == 0 || with < without {
            PolicyType::Identity
        } else if assumes_roles && !names_resources {
            PolicyType::Trust
        } else {
            PolicyType::Resource
        }
    }

    /// The kind of resource that the document is attached to, if it is a resource policy whose content leaves no doubt:
    /// all its actions belong to one service, and its resources suit only one kind of the service's resources. `*` as
    /// an action suits every service; statements with `NotAction` do not count.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::PolicyResource;
    /// use iam_policy_document::Builder;
    ///
    /// let policy = |resource: Option<&str>| {
    ///     let mut builder = Builder::new();
    ///     builder.begin_object(None);
    ///     builder.key("Statement", None);
    ///     builder.begin_object(None);
    ///     builder.key("Principal", None);
    ///     builder.string("*", None);
    ///     builder.key("Action", None);
    ///     builder.string("ecr:BatchGetImage", None);
    ///     if let Some(resource) = resource {
    ///         builder.key("Resource", None);
    ///         builder.string(resource, None);
    ///     }
    ///     builder.finish()
    /// };
    /// assert_eq!(policy(None).inferred_resource(), Some(PolicyResource::EcrRepository));
    /// assert_eq!(policy(Some("*")).inferred_resource(), Some(PolicyResource::EcrRegistry));
    /// ```
    #[must_use]
    pub fn inferred_resource(&self) -> Option<PolicyResource> {
        let mut service: Option<&str> = None;
        for action in self.statements().flat_map(|statement| statement.texts(Element::Action)) {
            let prefix = action.split(':').next().unwrap_or_default();
            if action == "*" {
                continue;
            }
            if is_pattern(prefix) || service.is_some_and(|service| !service.eq_ignore_ascii_case(prefix)) {
                return None;
            }
            service = Some(prefix);
        }
        let service = service?;
        let of_service = |kind: &PolicyResource| kind.service().is_some_and(|own| own.eq_ignore_ascii_case(service));
        let mut kinds: Vec<_> = PolicyResource::ALL.iter().copied().filter(of_service).collect();
        // What is left decides, unless nothing is.
        let mut retain = |suits: &dyn Fn(PolicyResource) -> bool| {
            if kinds.iter().any(|kind| suits(*kind)) {
                kinds.retain(|kind| suits(*kind));
            }
        };
        if self.statements().any(|statement| !statement.names_resource()) {
            retain(&|kind| kind.resource_element() != ResourceElement::Required);
        }
        let resources = || {
            self.statements()
                .flat_map(|statement| statement.texts(Element::Resource))
        };
        retain(&|kind| resources().all(|resource| kind.accepts(resource)));
        match kinds.as_slice() {
            [kind] => Some(*kind),
            _ => None,
        }
    }

    /// The `Version`.
    #[must_use]
    pub fn version(&self) -> Option<Member<'_>> {
        self.root().get("Version")
    }

    /// The `Id`.
    #[must_use]
    pub fn id(&self) -> Option<Member<'_>> {
        self.root().get("Id")
    }

    /// The value of `Statement`: a single value or an array.
    pub fn statements(&self) -> impl Iterator<Item = Statement<'_>> {
        self.root()
            .get("Statement")
            .into_iter()
            .flat_map(|member| member.value.one_or_many())
            .map(Statement)
    }
}

/// A value in place of a statement. If it is not an object, it has no elements.
///
/// # Examples
///
/// ```
/// use iam_policy_document::{Builder, Element};
///
/// let mut builder = Builder::new();
/// builder.begin_object(None);
/// builder.key("Statement", None);
/// builder.begin_object(None);
/// builder.key("Effect", None);
/// builder.string("Allow", None);
/// builder.key("effect", None);
/// builder.string("Allow", None);
/// let document = builder.finish();
///
/// let statement = document.statements().next().unwrap();
/// assert_eq!(statement.element(Element::Effect).unwrap().value.as_str(), Some("Allow"));
/// assert_eq!(statement.unknown().next().unwrap().key, "effect");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement<'a>(pub Value<'a>);

impl<'a> Statement<'a> {
    /// An element: its key and its value, whatever its type.
    #[must_use]
    pub fn element(self, element: Element) -> Option<Member<'a>> {
        self.0.get(element.name())
    }

    /// The members that are not elements of a statement.
    pub fn unknown(self) -> impl Iterator<Item = Member<'a>> {
        self.0
            .members()
            .filter(|member| Element::from_name(member.key).is_none())
    }

    /// Whether the statement has `Principal` or `NotPrincipal`.
    #[must_use]
    pub fn names_principal(self) -> bool {
        self.element(Element::Principal).is_some() || self.element(Element::NotPrincipal).is_some()
    }

    /// Whether the statement has `Resource` or `NotResource`.
    #[must_use]
    pub fn names_resource(self) -> bool {
        self.element(Element::Resource).is_some() || self.element(Element::NotResource).is_some()
    }

    /// The strings of an element that has one value or an array of them.
    fn texts(self, element: Element) -> impl Iterator<Item = &'a str> {
        let values = self
            .element(element)
            .into_iter()
            .flat_map(|member| member.value.one_or_many());
        values.filter_map(Value::as_str)
    }

    /// The conditions, block by block and key by key; none if a block is not an object.
    pub fn conditions(self) -> impl Iterator<Item = Condition<'a>> {
        self.element(Element::Condition)
            .into_iter()
            .flat_map(|condition| condition.value.members())
            .flat_map(|operator| operator.value.members().map(move |key| Condition { operator, key }))
    }
}

/// A key of a condition block.
///
/// # Examples
///
/// ```
/// use iam_policy_document::Builder;
///
/// let mut builder = Builder::new();
/// builder.begin_object(None);
/// builder.key("Statement", None);
/// builder.begin_object(None);
/// builder.key("Condition", None);
/// builder.begin_object(None);
/// builder.key("StringLike", None);
/// builder.begin_object(None);
/// builder.key("s3:prefix", None);
/// builder.string("public/*", None);
/// let document = builder.finish();
///
/// let condition = document.statements().next().unwrap().conditions().next().unwrap();
/// assert_eq!((condition.operator.key, condition.key.key), ("StringLike", "s3:prefix"));
/// assert_eq!(condition.values().count(), 1);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Condition<'a> {
    /// The operator, such as `StringLike`, with its whole block.
    pub operator: Member<'a>,
    /// The key, such as `aws:SourceIp`, with its values.
    pub key: Member<'a>,
}

impl<'a> Condition<'a> {
    /// The values of the key: a single value or an array.
    pub fn values(self) -> impl Iterator<Item = Value<'a>> + Clone {
        self.key.value.one_or_many()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Builder;

    #[test]
    fn invalid_parts_are_kept() {
        let mut builder = Builder::new();
        builder.begin_object(None);
        builder.key("Statement", None);
        builder.begin_array(None);
        builder.number("5", None);
        builder.begin_object(None);
        builder.key("Action", None);
        builder.number("5", None);
        builder.key("action", None);
        builder.null(None);
        builder.key("Condition", None);
        builder.begin_object(None);
        builder.key("Bool", None);
        builder.string("no object", None);
        builder.key("StringLike", None);
        builder.begin_object(None);
        builder.key("aws:userid", None);
        builder.begin_array(None);
        builder.string("a", None);
        builder.string("b", None);
        let document = builder.finish();

        let [number, statement] = document.statements().collect::<Vec<_>>()[..] else {
            panic!("{document:?}");
        };
        assert!(number.element(Element::Action).is_none());
        assert_eq!(statement.element(Element::Action).unwrap().value.as_text(), Some("5"));
        assert_eq!(
            statement.unknown().map(|member| member.key).collect::<Vec<_>>(),
            ["action"]
        );
        let conditions: Vec<_> = statement
            .conditions()
            .map(|condition| {
                let values: Vec<_> = condition.values().filter_map(Value::as_str).collect();
                format!("{} {} {}", condition.operator.key, condition.key.key, values.join(","))
            })
            .collect();
        assert_eq!(conditions, ["StringLike aws:userid a,b"]);
    }

    /// A document with these statements: the principal, the action and the resource of each.
    fn policy(statements: &[[Option<&str>; 3]]) -> Document {
        let mut builder = Builder::new();
        builder.begin_object(None);
        builder.key("Statement", None);
        builder.begin_array(None);
        for statement in statements {
            builder.begin_object(None);
            for (key, value) in ["Principal", "Action", "Resource"].iter().zip(statement) {
                if let Some(value) = value {
                    builder.key(key, None);
                    builder.string(value, None);
                }
            }
            builder.end();
        }
        builder.finish()
    }

    #[test]
    fn types_follow_from_principals_and_actions() {
        let all = Some("*");
        for (statements, expected) in [
            (&[][..], PolicyType::Identity),
            (&[[None, Some("s3:GetObject"), all]], PolicyType::Identity),
            (&[[all, Some("s3:GetObject"), all]], PolicyType::Resource),
            (&[[all, Some("sts:AssumeRoleWithWebIdentity"), None]], PolicyType::Trust),
            (&[[all, Some("STS:assumerole"), None]], PolicyType::Trust),
            (&[[all, Some("sts:*"), None]], PolicyType::Trust),
            // Misspelled.
            (&[[all, Some("sts:AssumRole"), None]], PolicyType::Trust),
            // The policy of a VPC endpoint, or of an organization's resources.
            (&[[all, Some("sts:AssumeRole"), all]], PolicyType::Resource),
            (&[[None, Some("sts:AssumeRole"), all]], PolicyType::Identity),
            (&[[all, Some("ecr:BatchGetImage"), None]], PolicyType::Resource),
            (&[[all, all, None]], PolicyType::Resource),
            // One principal too few, and one too many.
            (
                &[[all, Some("s3:GetObject"), all], [None, Some("s3:PutObject"), all]],
                PolicyType::Resource,
            ),
            (
                &[
                    [all, Some("s3:GetObject"), all],
                    [None, Some("s3:PutObject"), all],
                    [None, Some("s3:ListBucket"), all],
                ],
                PolicyType::Identity,
            ),
        ] {
            assert_eq!(policy(statements).inferred_type(), expected, "{statements:?}");
        }
    }

    #[test]
    fn resources_follow_from_actions_and_arns() {
        use PolicyResource::{
            EcrRegistry, EcrRepository, FileSystem, KmsKey, LambdaFunction, RestApi, S3AccessPoint, S3Bucket, SnsTopic,
        };
        let inferred = |statements: &[(&str, Option<&str>)]| {
            let statements: Vec<_> = statements
                .iter()
                .map(|&(action, resource)| [Some("*"), Some(action), resource])
                .collect();
            policy(&statements).inferred_resource()
        };
        for (statements, expected) in [
            (&[("s3:GetObject", Some("arn:aws:s3:::site/*"))][..], Some(S3Bucket)),
            (
                &[
                    ("S3:GetObject", Some("arn:aws:s3:::site/*")),
                    ("*", Some("arn:aws:s3:::site")),
                ],
                Some(S3Bucket),
            ),
            (
                &[(
                    "s3:GetObject",
                    Some("arn:aws:s3:eu-west-1:123456789012:accesspoint/a/object/*"),
                )],
                Some(S3AccessPoint),
            ),
            (&[("s3:GetObject", Some("*"))], None),
            (&[("kms:Decrypt", Some("*"))], Some(KmsKey)),
            (&[("kms:Decrypt", Some("*")), ("s3:GetObject", Some("*"))], None),
            (&[("execute-api:Invoke", Some("execute-api:/*"))], Some(RestApi)),
            (&[("ecr:BatchGetImage", None)], Some(EcrRepository)),
            (
                &[("ecr:ReplicateImage", Some("arn:aws:ecr:*:*:repository/*"))],
                Some(EcrRegistry),
            ),
            (
                &[("ecr:BatchGetImage", None), ("ecr:PutImage", Some("*"))],
                Some(EcrRepository),
            ),
            (&[("elasticfilesystem:ClientWrite", None)], Some(FileSystem)),
            (
                &[("lambda:InvokeFunction", Some("arn:aws:lambda:*:*:function:a"))],
                Some(LambdaFunction),
            ),
            (&[("lambda:*", Some("*"))], None),
            // A mistake in the resource does not change what the policy is attached to.
            (
                &[("sns:Publish", Some("arn:aws:sqs:eu-west-1:123456789012:a"))],
                Some(SnsTopic),
            ),
            (&[("ec2:DescribeInstances", Some("*"))], None),
            (&[("s*:Publish", Some("*"))], None),
            (&[("*", Some("*"))], None),
            (&[], None),
        ] {
            assert_eq!(inferred(statements), expected, "{statements:?}");
        }
    }
}
