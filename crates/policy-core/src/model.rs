use core::fmt;

use crate::AttachmentKind;

/// One policy of a spec: what [`Policy::json`] grants, and why.
///
/// The macro writes constants of this type. The `with_` functions are `const` too, so a policy can also be put together
/// by hand; nothing then checks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy<'a> {
    /// The name in the spec, such as `user`.
    pub name: &'a str,
    /// A heading.
    pub title: &'a str,
    /// What to do with the policy, in Markdown.
    pub about: &'a str,
    /// The JSON for the first partition with every parameter at its default: two spaces of indentation, arrays
    /// throughout, a line feed at the end. [`Policy::render`] makes every other form.
    pub json: &'a str,
    /// Where the policy may be attached; where that is said, it fits.
    pub attach: &'a [AttachmentKind],
    /// The partitions it is made for, the default one first.
    pub partitions: &'a [&'a str],
    /// Every parameter of the spec.
    pub parameters: &'a [Parameter<'a>],
    /// The statements in their order.
    pub statements: &'a [Statement<'a>],
    /// Optional statements on top.
    pub extensions: &'a [Extension<'a>],
    /// For the policy of a role: who may assume it.
    pub trust: Option<Trust<'a>>,
    #[doc(hidden)]
    pub incomplete: bool,
}

/// A statement of a policy: an effect on some actions on some resources, under some conditions.
///
/// Just one of [`actions`](Self::actions) and [`not_actions`](Self::not_actions) has elements, and just one of
/// [`resources`](Self::resources) and [`not_resources`](Self::not_resources).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statement<'a> {
    /// The stable name in the spec.
    pub id: &'a str,
    /// The Sid in the JSON.
    pub sid: &'a str,
    /// Whether it grants or forbids.
    pub effect: Effect,
    /// `Action`: it is about these.
    pub actions: &'a [Action<'a>],
    /// `NotAction`: it is about all but these.
    pub not_actions: &'a [Action<'a>],
    /// `Resource`: it is about these.
    pub resources: &'a [Resource<'a>],
    /// `NotResource`: it is about all but these.
    pub not_resources: &'a [Resource<'a>],
    /// `Condition`: all of them must hold. Those of one operator are neighbours.
    pub conditions: &'a [Condition<'a>],
    /// The partitions to which the statement is limited; empty if it is in all.
    pub partitions: &'a [&'a str],
    /// Why it is there, in Markdown; empty where each action and each resource has a reason of its own.
    pub reason: &'a str,
    /// What the program does when it is denied.
    pub without: Option<&'a str>,
    /// The findings that are accepted anywhere in it.
    pub waivers: &'a [Waiver<'a>],
}

/// Whether a statement grants or forbids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It grants.
    Allow,
    /// It forbids, whatever else grants.
    Deny,
}

/// An action, or a pattern of actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Action<'a> {
    /// `service:Name`, or `*`.
    pub pattern: &'a str,
    /// The access levels of what it matches, such as `Read` or `List, Write`; empty if that is not known.
    pub access: &'a str,
    /// Why it is needed, where the statement's reason does not say it.
    pub reason: Option<&'a str>,
    /// What the program does when it is denied.
    pub without: Option<&'a str>,
    /// The findings that are accepted here.
    pub waivers: &'a [Waiver<'a>],
}

/// A resource, or a pattern of resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resource<'a> {
    /// An ARN, or `*`.
    pub arn: Template<'a>,
    /// The partitions to which it is limited; empty if it is in all.
    pub partitions: &'a [&'a str],
    /// Why it is needed, where the statement's reason does not say it.
    pub reason: Option<&'a str>,
    /// What the program does when it is denied.
    pub without: Option<&'a str>,
    /// The findings that are accepted here.
    pub waivers: &'a [Waiver<'a>],
}

/// Text that depends on parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Template<'a> {
    /// As the spec has it, with [placeholders](crate::template).
    pub source: &'a str,
    /// With every parameter at its default, in the first partition that has it.
    pub text: &'a str,
}

/// One key of a statement's condition block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition<'a> {
    /// Such as `StringEquals`.
    pub operator: &'a str,
    /// Such as `aws:RequestedRegion`.
    pub key: &'a str,
    /// The alternatives.
    pub values: &'a [Template<'a>],
}

/// A finding that the spec accepts, at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Waiver<'a> {
    /// The code of the finding.
    pub check: &'a str,
    /// Why it is accepted.
    pub why: &'a str,
}

/// Optional statements that are merged into a policy's document, after its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Extension<'a> {
    /// The name in the spec, such as `custom-layers`.
    pub name: &'a str,
    /// A heading.
    pub title: &'a str,
    /// Who needs it, in Markdown.
    pub about: &'a str,
    /// Where the policy may be attached once it has this extension; empty if that does not change.
    pub attach: &'a [AttachmentKind],
    /// The statements in their order.
    pub statements: &'a [Statement<'a>],
}

/// A value that the user of a policy may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Parameter<'a> {
    /// The name in placeholders.
    pub name: &'a str,
    /// The value that holds unless another is given.
    pub default: &'a str,
    /// What it is.
    pub about: &'a str,
    /// Whether values may contain `/`.
    pub allow_slash: bool,
}

/// Who may assume the role that a policy belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trust<'a> {
    /// The service principals, such as `lambda.amazonaws.com`.
    pub services: &'a [&'a str],
    /// What to do with the trust policy, in Markdown.
    pub about: &'a str,
    /// The conditions, as in a [`Statement`].
    pub conditions: &'a [Condition<'a>],
    /// The trust policy for the first partition with every parameter at its default.
    pub json: &'a str,
}

impl<'a> Policy<'a> {
    /// A policy without statements, for the partition `aws`.
    ///
    /// - `name`: the name in the spec
    /// - `json`: what [`Policy::render`] makes of it by default
    #[must_use]
    pub const fn new(name: &'a str, json: &'a str) -> Self {
        Self {
            name,
            title: "",
            about: "",
            json,
            attach: &[],
            partitions: &["aws"],
            parameters: &[],
            statements: &[],
            extensions: &[],
            trust: None,
            incomplete: false,
        }
    }

    /// The statement with this `id`, among the policy's own and those of its extensions.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::{Policy, Statement};
    ///
    /// const USER: Policy = Policy::new("user", "{}").with_statements(&[Statement::new("storage", "Storage")]);
    /// const STORAGE: &Statement = USER.statement("storage").unwrap();
    /// assert_eq!(STORAGE.sid, "Storage");
    /// ```
    #[must_use]
    pub const fn statement(&self, id: &str) -> Option<&'a Statement<'a>> {
        if let Some(found) = find(self.statements, id) {
            return Some(found);
        }
        let mut rest = self.extensions;
        while let [extension, tail @ ..] = rest {
            if let Some(found) = find(extension.statements, id) {
                return Some(found);
            }
            rest = tail;
        }
        None
    }

    /// The extension with this `name`.
    #[must_use]
    pub const fn extension(&self, name: &str) -> Option<&'a Extension<'a>> {
        let mut rest = self.extensions;
        while let [extension, tail @ ..] = rest {
            if same(extension.name, name) {
                return Some(extension);
            }
            rest = tail;
        }
        None
    }

    /// The title, or else the name.
    #[must_use]
    pub const fn heading(&self) -> &'a str {
        if self.title.is_empty() { self.name } else { self.title }
    }

    /// The partition that holds unless another is asked for.
    #[must_use]
    pub const fn default_partition(&self) -> &'a str {
        match self.partitions {
            [first, ..] => first,
            [] => "aws",
        }
    }
}

const fn find<'a>(statements: &'a [Statement<'a>], id: &str) -> Option<&'a Statement<'a>> {
    let mut rest = statements;
    while let [statement, tail @ ..] = rest {
        if same(statement.id, id) {
            return Some(statement);
        }
        rest = tail;
    }
    None
}

/// `a == b`, which a `const fn` cannot say of two strings.
pub(crate) const fn same(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    while let ([x, a_rest @ ..], [y, b_rest @ ..]) = (a, b) {
        if *x != *y {
            return false;
        }
        (a, b) = (a_rest, b_rest);
    }
    a.is_empty() && b.is_empty()
}

/// Whether something limited to `partitions` is in `partition`.
pub(crate) const fn is_in(partitions: &[&str], partition: &str) -> bool {
    if partitions.is_empty() {
        return true;
    }
    let mut rest = partitions;
    while let [first, tail @ ..] = rest {
        if same(first, partition) {
            return true;
        }
        rest = tail;
    }
    false
}

impl<'a> Statement<'a> {
    /// A statement that allows nothing yet.
    #[must_use]
    pub const fn new(id: &'a str, sid: &'a str) -> Self {
        Self {
            id,
            sid,
            effect: Effect::Allow,
            actions: &[],
            not_actions: &[],
            resources: &[],
            not_resources: &[],
            conditions: &[],
            partitions: &[],
            reason: "",
            without: None,
            waivers: &[],
        }
    }

    /// Whether the statement is there in `partition`.
    #[must_use]
    pub const fn is_in(&self, partition: &str) -> bool {
        is_in(self.partitions, partition)
    }

    /// The name of the element that says which actions are meant, and its elements.
    #[must_use]
    pub const fn action_element(&self) -> (&'static str, &'a [Action<'a>]) {
        if self.not_actions.is_empty() {
            ("Action", self.actions)
        } else {
            ("NotAction", self.not_actions)
        }
    }

    /// The name of the element that says which resources are meant, and its elements.
    #[must_use]
    pub const fn resource_element(&self) -> (&'static str, &'a [Resource<'a>]) {
        if self.not_resources.is_empty() {
            ("Resource", self.resources)
        } else {
            ("NotResource", self.not_resources)
        }
    }
}

impl Effect {
    /// As it stands in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl<'a> Action<'a> {
    /// An action without a reason of its own.
    #[must_use]
    pub const fn new(pattern: &'a str) -> Self {
        Self {
            pattern,
            access: "",
            reason: None,
            without: None,
            waivers: &[],
        }
    }
}

impl<'a> Resource<'a> {
    /// A resource without a reason of its own.
    #[must_use]
    pub const fn new(arn: Template<'a>) -> Self {
        Self {
            arn,
            partitions: &[],
            reason: None,
            without: None,
            waivers: &[],
        }
    }

    /// A resource that depends on no parameter: `text` has no braces.
    #[must_use]
    pub const fn literal(text: &'a str) -> Self {
        Self::new(Template { source: text, text })
    }

    /// Whether the resource is there in `partition`.
    #[must_use]
    pub const fn is_in(&self, partition: &str) -> bool {
        is_in(self.partitions, partition)
    }
}

impl<'a> Extension<'a> {
    /// An extension without statements.
    #[must_use]
    pub const fn new(name: &'a str) -> Self {
        Self {
            name,
            title: "",
            about: "",
            attach: &[],
            statements: &[],
        }
    }

    /// The title, or else the name.
    #[must_use]
    pub const fn heading(&self) -> &'a str {
        if self.title.is_empty() { self.name } else { self.title }
    }
}

impl<'a> Parameter<'a> {
    /// A parameter whose values have no `/`.
    #[must_use]
    pub const fn new(name: &'a str, default: &'a str) -> Self {
        Self {
            name,
            default,
            about: "",
            allow_slash: false,
        }
    }
}

impl<'a> Trust<'a> {
    /// A trust policy for these service principals.
    ///
    /// - `services`: full names, such as `lambda.amazonaws.com`
    /// - `json`: the document
    #[must_use]
    pub const fn new(services: &'a [&'a str], json: &'a str) -> Self {
        Self {
            services,
            about: "",
            conditions: &[],
            json,
        }
    }
}

/// The `with_` functions: each returns the value with one field replaced.
macro_rules! with {
    ($type:ident { $($function:ident: $field:ident: $value:ty,)* }) => {
        impl<'a> $type<'a> {
            $(
                #[doc = concat!("The same with another [`", stringify!($field), "`](Self::", stringify!($field), ").")]
                #[must_use]
                pub const fn $function(mut self, $field: $value) -> Self {
                    self.$field = $field;
                    self
                }
            )*
        }
    };
}

with!(Policy {
    with_title: title: &'a str,
    with_about: about: &'a str,
    with_attach: attach: &'a [AttachmentKind],
    with_partitions: partitions: &'a [&'a str],
    with_parameters: parameters: &'a [Parameter<'a>],
    with_statements: statements: &'a [Statement<'a>],
    with_extensions: extensions: &'a [Extension<'a>],
    with_trust: trust: Option<Trust<'a>>,
});

with!(Statement {
    with_effect: effect: Effect,
    with_actions: actions: &'a [Action<'a>],
    with_not_actions: not_actions: &'a [Action<'a>],
    with_resources: resources: &'a [Resource<'a>],
    with_not_resources: not_resources: &'a [Resource<'a>],
    with_conditions: conditions: &'a [Condition<'a>],
    with_partitions: partitions: &'a [&'a str],
    with_reason: reason: &'a str,
    with_without: without: Option<&'a str>,
    with_waivers: waivers: &'a [Waiver<'a>],
});

with!(Action {
    with_access: access: &'a str,
    with_reason: reason: Option<&'a str>,
    with_without: without: Option<&'a str>,
    with_waivers: waivers: &'a [Waiver<'a>],
});

with!(Resource {
    with_partitions: partitions: &'a [&'a str],
    with_reason: reason: Option<&'a str>,
    with_without: without: Option<&'a str>,
    with_waivers: waivers: &'a [Waiver<'a>],
});

with!(Extension {
    with_title: title: &'a str,
    with_about: about: &'a str,
    with_attach: attach: &'a [AttachmentKind],
    with_statements: statements: &'a [Statement<'a>],
});

with!(Parameter {
    with_about: about: &'a str,
    with_allow_slash: allow_slash: bool,
});

with!(Trust {
    with_about: about: &'a str,
    with_conditions: conditions: &'a [Condition<'a>],
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_found_by_their_ids() {
        const BASE: &[Statement<'_>] = &[Statement::new("a", "A"), Statement::new("ab", "Ab")];
        const MORE: &[Statement<'_>] = &[Statement::new("c", "C")];
        const EXTENSIONS: &[Extension<'_>] = &[Extension::new("more").with_statements(MORE)];
        const POLICY: Policy<'_> = Policy::new("p", "").with_statements(BASE).with_extensions(EXTENSIONS);
        assert_eq!(POLICY.statement("ab").map(|statement| statement.sid), Some("Ab"));
        assert_eq!(POLICY.statement("c").map(|statement| statement.sid), Some("C"));
        assert_eq!(POLICY.statement("b"), None);
        assert_eq!(
            POLICY.extension("more").map(|extension| extension.statements),
            Some(MORE)
        );
        assert_eq!(POLICY.extension("mor"), None);
    }
}
