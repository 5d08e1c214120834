use iam_policy_core::PolicyType;

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
    /// The type that the document's content suggests: [`PolicyType::Resource`] if a statement names principals, otherwise
    /// [`PolicyType::Identity`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::PolicyType;
    /// use iam_policy_document::Builder;
    ///
    /// let mut builder = Builder::new();
    /// builder.begin_object(None);
    /// builder.end();
    /// assert_eq!(builder.finish().inferred_type(), PolicyType::Identity);
    /// ```
    #[must_use]
    pub fn inferred_type(&self) -> PolicyType {
        if self.statements().any(Statement::names_principal) {
            PolicyType::Resource
        } else {
            PolicyType::Identity
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
}
