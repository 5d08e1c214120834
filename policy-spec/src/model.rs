use std::ops::Range;

use iam_policy_core::{AttachmentKind, Effect, ParameterKind, Partition, PolicyResource, PolicyType, PrincipalKey};

use crate::Format;

/// A spec as its author wrote it, with the location of everything that messages may refer to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Spec {
    /// The formats of the generated files; empty for the default.
    pub outputs: Vec<Format>,
    /// The page around the policies.
    pub page: Page,
    /// The parameters, in order.
    pub parameters: Vec<Parameter>,
    /// The environments, in order.
    pub environments: Vec<Environment>,
    /// The policies, in order.
    pub policies: Vec<Policy>,
    /// The statements that policies share, in order. The policies that include them have copies.
    pub shared: Vec<Shared>,
    /// Whether the spec has no errors. Otherwise, the fields contain the parts that could be read.
    pub complete: bool,
}

/// A value and its span in the spec.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its span in bytes.
    pub span: Range<usize>,
}

/// A string with placeholders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    /// The text as written.
    pub source: Spanned<String>,
    /// The text with every parameter at its default, in the first partition that it applies to. A parameter without a
    /// default is shown as `<name>`, and only the first element of a list is used, except in prose.
    pub text: String,
    /// The texts for the other elements of a list.
    pub more: Vec<String>,
    /// If a parameter has no default: the text with `*` in its place.
    pub widest: Option<String>,
    /// If a parameter has no default: the text with an example of its value.
    pub(crate) example: Option<String>,
}

impl Template {
    /// The text with every parameter at its default; one for each element of a list.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.text.as_str()).chain(self.more.iter().map(String::as_str))
    }

    /// The text to check: the text with every parameter at its default, or at an example of its value.
    pub(crate) fn checked(&self) -> &str {
        self.example.as_ref().unwrap_or(&self.text)
    }
}

/// `[page]`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// The heading.
    pub title: Option<Template>,
    /// The introduction.
    pub about: Option<Template>,
    /// The closing sections: headings and texts.
    pub sections: Vec<(Template, Template)>,
}

/// An entry of `[parameters]`
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameter {
    /// The name in placeholders.
    pub name: Spanned<String>,
    /// What values it may have.
    pub kind: ParameterKind,
    /// The value used unless another one is given.
    pub default: Option<Setting>,
    /// What it is for.
    pub about: Option<Template>,
    /// Whether values may contain `/`.
    pub allow_slash: bool,
    /// Whether the value may be `*`.
    pub any: bool,
    /// The maximum number of characters of a value, or of each element of a list.
    pub max_length: Option<usize>,
    /// The maximum number of elements of a list.
    pub max_items: Option<usize>,
    /// Whether the default could not be read, which has been reported.
    pub(crate) is_broken: bool,
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Setting {
    /// A single text.
    Text(Spanned<String>),
    /// The elements of a list, and the location of the whole.
    List(Spanned<Vec<Spanned<String>>>),
}

/// `[environment.NAME]`
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Environment {
    /// The name.
    pub name: Spanned<String>,
    /// Names of parameters and their values, in order.
    pub values: Vec<(Spanned<String>, Setting)>,
    /// Names of parameters whose values could not be read, which has been reported.
    pub(crate) unread: Vec<String>,
}

impl Setting {
    /// Its location.
    #[must_use]
    pub fn span(&self) -> &Range<usize> {
        match self {
            Self::Text(text) => &text.span,
            Self::List(list) => &list.span,
        }
    }

    /// The texts: one, or the elements of a list.
    #[must_use]
    pub fn texts(&self) -> &[Spanned<String>] {
        match self {
            Self::Text(text) => std::slice::from_ref(text),
            Self::List(list) => &list.value,
        }
    }
}

/// `[policy.NAME]`
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// The name.
    pub name: Spanned<String>,
    /// A heading.
    pub title: Option<Template>,
    /// What to do with it.
    pub about: Option<Template>,
    /// Its type, if it is given; see [`policy_type`](Self::policy_type).
    pub given_type: Option<Spanned<PolicyType>>,
    /// For a resource policy: the kind of resource, or `None` inside for one without rules of its own.
    pub resource_type: Option<Spanned<Option<PolicyResource>>>,
    /// For a permissions boundary: the policies that it bounds.
    pub bounds: Vec<Spanned<String>>,
    /// The name of the role or policy that a deployment creates.
    pub deploy_as: Option<Template>,
    /// How it may be attached: the given kinds, or the only one of its type.
    pub attach: Vec<Spanned<AttachmentKind>>,
    /// Its partitions; empty if they could not be read.
    pub partitions: Vec<Partition>,
    /// The AWS managed policies that are needed too, each with its path.
    pub managed: Vec<Spanned<String>>,
    /// The names of the shared statements that it includes.
    pub include: Vec<Spanned<String>>,
    /// The statements, in order: its own, then those that it includes.
    pub statements: Vec<Statement>,
    /// The extensions, in order.
    pub extensions: Vec<Extension>,
    /// Who may assume the role.
    pub trust: Option<Trust>,
    /// The keys that are present, but whose values could not be read.
    pub(crate) unread: Vec<&'static str>,
}

/// `[[policy.NAME.statement]]` and `[[policy.NAME.trust.statement]]`
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statement {
    /// The stable name.
    pub id: Spanned<String>,
    /// The Sid, given or derived from the id.
    pub sid: Spanned<String>,
    /// Allow or Deny.
    pub effect: Effect,
    /// `services`, `accounts` and so on. Principals with the same key of JSON are adjacent.
    pub principals: Vec<Principal>,
    /// `not-principals`
    pub not_principals: Vec<Principal>,
    /// `actions`; in a trust policy, they may be those that its principals need.
    pub actions: Vec<Action>,
    /// `not-actions`
    pub not_actions: Vec<Action>,
    /// `resources`
    pub resources: Vec<Resource>,
    /// `not-resources`
    pub not_resources: Vec<Resource>,
    /// `condition`: one entry per key, in order.
    pub conditions: Vec<Condition>,
    /// The partitions it is limited to; empty for all.
    pub partitions: Vec<Spanned<Partition>>,
    /// The reason.
    pub reason: Option<Template>,
    /// What the program does if it is denied.
    pub without: Option<Template>,
    /// The accepted findings.
    pub waivers: Vec<Waiver>,
    /// Its header.
    pub span: Range<usize>,
    /// Where it comes from, if the policy includes it.
    pub shared: Option<Included>,
}

/// The origin of a statement that a policy includes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Included {
    /// The name of the shared statements that it belongs to.
    pub name: String,
    /// Its index there.
    pub index: usize,
    /// The element of `include` that adds it to the policy.
    pub span: Range<usize>,
}

/// `[shared.NAME]`
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shared {
    /// The name.
    pub name: Spanned<String>,
    /// The names of other shared statements that it includes.
    pub include: Vec<Spanned<String>>,
    /// Its own statements, in order.
    pub statements: Vec<Statement>,
}

/// An element of `services`, `accounts`, `roles`, `users`, `oidc`, `saml`, `principals` or `not-principals`
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Principal {
    /// The list that it is in.
    pub list: PrincipalList,
    /// Its index in that list.
    pub index: usize,
    /// The key of the `Principal` element in JSON.
    pub key: PrincipalKey,
    /// The principal; the domain of a service is complete.
    pub name: Template,
}

/// A key of the language that lists principals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PrincipalList {
    /// `services`: service principals.
    Services,
    /// `accounts`: account IDs.
    Accounts,
    /// `roles`: ARNs of roles and of their sessions.
    Roles,
    /// `users`: ARNs of users.
    Users,
    /// `oidc`: OIDC identity providers.
    Oidc,
    /// `saml`: SAML identity providers.
    Saml,
    /// `principals`: anything else.
    Others,
    /// `not-principals`: any principals.
    Not,
}

impl PrincipalList {
    /// Every list.
    pub const ALL: [Self; 8] = [
        Self::Services,
        Self::Accounts,
        Self::Roles,
        Self::Users,
        Self::Oidc,
        Self::Saml,
        Self::Others,
        Self::Not,
    ];

    /// Returns the key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Services => "services",
            Self::Accounts => "accounts",
            Self::Roles => "roles",
            Self::Users => "users",
            Self::Oidc => "oidc",
            Self::Saml => "saml",
            Self::Others => "principals",
            Self::Not => "not-principals",
        }
    }
}

/// An element of `actions` or `not-actions`
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Action {
    /// `service:Name`
    pub pattern: Spanned<String>,
    /// The access levels of the actions it matches, such as `Read` or `List, Write`. Empty after reading; filled in by
    /// the compiler, which knows the catalog.
    pub access: String,
    /// Its place in AWS's Service Authorization Reference, such as `amazons3.html#amazons3-GetObject`, filled in like
    /// [`access`](Self::access).
    pub reference: String,
    /// Its own reason.
    pub reason: Option<Template>,
    /// What the program does if it is denied.
    pub without: Option<Template>,
    /// The accepted findings.
    pub waivers: Vec<Waiver>,
}

/// An element of `resources` or `not-resources`
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resource {
    /// The ARN.
    pub arn: Template,
    /// The partitions it is limited to; empty for all.
    pub partitions: Vec<Spanned<Partition>>,
    /// Its own reason.
    pub reason: Option<Template>,
    /// What the program does if it is denied.
    pub without: Option<Template>,
    /// The accepted findings.
    pub waivers: Vec<Waiver>,
}

/// A key of a condition block.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Condition {
    /// The operator.
    pub operator: Spanned<String>,
    /// The condition key.
    pub key: Spanned<String>,
    /// The alternatives.
    pub values: Vec<Template>,
}

/// An element of `waive`
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Waiver {
    /// The code of the finding.
    pub check: Spanned<String>,
    /// Why it is accepted.
    pub why: Template,
}

/// `[policy.NAME.trust]`
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trust {
    /// What to do with the trust policy.
    pub about: Option<Template>,
    /// The statements, in order.
    pub statements: Vec<Statement>,
    /// Whether it only lists services. Its statement then has neither an id nor a Sid, and its reason is generated.
    pub is_short: bool,
    /// Its header.
    pub span: Range<usize>,
}

/// `[policy.NAME.extension.NAME]`
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Extension {
    /// The name.
    pub name: Spanned<String>,
    /// A heading.
    pub title: Option<Template>,
    /// Who needs it.
    pub about: Option<Template>,
    /// How the policy may be attached with this extension; empty if unchanged.
    pub attach: Vec<Spanned<AttachmentKind>>,
    /// The names of the shared statements that it includes.
    pub include: Vec<Spanned<String>>,
    /// The statements, in order: its own, then those that it includes.
    pub statements: Vec<Statement>,
}

impl Policy {
    /// Returns the policy's own statements, then those of its extensions and of its trust policy.
    #[must_use]
    pub fn all_statements(&self) -> Vec<&Statement> {
        let mut statements = self.own_statements();
        if let Some(trust) = &self.trust {
            statements.extend(&trust.statements);
        }
        statements
    }

    /// Returns the policy's own statements, then those of its extensions: what can be in one document.
    pub(crate) fn own_statements(&self) -> Vec<&Statement> {
        let mut statements = Vec::new();
        statements.extend(&self.statements);
        for extension in &self.extensions {
            statements.extend(&extension.statements);
        }
        statements
    }

    /// Returns the type of the policy: the given one, or else the one that its `attach` implies.
    #[must_use]
    pub fn policy_type(&self) -> PolicyType {
        if let Some(given) = &self.given_type {
            return given.value;
        }
        implied_type(&self.attach)
    }
}

impl Statement {
    /// Returns the span from the statement's header to the end of its last element.
    #[must_use]
    pub fn extent(&self) -> Range<usize> {
        let mut ends = vec![self.id.span.end, self.sid.span.end];
        let mut reaches = |span: &Range<usize>| ends.push(span.end);
        for principal in self.principals.iter().chain(&self.not_principals) {
            reaches(&principal.name.source.span);
        }
        for action in self.actions.iter().chain(&self.not_actions) {
            reaches(&action.pattern.span);
            explanation(
                [action.reason.as_ref(), action.without.as_ref()],
                &action.waivers,
                &mut reaches,
            );
        }
        for resource in self.resources.iter().chain(&self.not_resources) {
            reaches(&resource.arn.source.span);
            for partition in &resource.partitions {
                reaches(&partition.span);
            }
            explanation(
                [resource.reason.as_ref(), resource.without.as_ref()],
                &resource.waivers,
                &mut reaches,
            );
        }
        for condition in &self.conditions {
            reaches(&condition.key.span);
            for value in &condition.values {
                reaches(&value.source.span);
            }
        }
        for partition in &self.partitions {
            reaches(&partition.span);
        }
        explanation(
            [self.reason.as_ref(), self.without.as_ref()],
            &self.waivers,
            &mut reaches,
        );
        self.span.start..ends.into_iter().max().unwrap_or(self.span.end)
    }

    /// Returns the principals, and whether they are those that the statement does *not* apply to.
    #[must_use]
    pub fn named_principals(&self) -> (&[Principal], bool) {
        if self.not_principals.is_empty() {
            (&self.principals, false)
        } else {
            (&self.not_principals, true)
        }
    }

    /// Returns the key that lists the actions, `actions` or `not-actions`, and its elements.
    #[must_use]
    pub fn action_key(&self) -> (&'static str, &[Action]) {
        if self.not_actions.is_empty() {
            ("actions", &self.actions)
        } else {
            ("not-actions", &self.not_actions)
        }
    }

    /// Returns the key that lists the resources, `resources` or `not-resources`, and its elements.
    #[must_use]
    pub fn resource_key(&self) -> (&'static str, &[Resource]) {
        if self.not_resources.is_empty() {
            ("resources", &self.resources)
        } else {
            ("not-resources", &self.not_resources)
        }
    }
}

/// The type of a policy that does not state it: a policy that is only attached to organizations is one of theirs.
pub(crate) fn implied_type(attach: &[Spanned<AttachmentKind>]) -> PolicyType {
    let all = |kind| !attach.is_empty() && attach.iter().all(|attached| attached.value == kind);
    if all(AttachmentKind::ServiceControl) {
        PolicyType::ServiceControl
    } else if all(AttachmentKind::ResourceControl) {
        PolicyType::ResourceControl
    } else {
        PolicyType::Identity
    }
}

/// Calls `place` with the location of each text.
fn explanation(prose: [Option<&Template>; 2], waivers: &[Waiver], place: &mut dyn FnMut(&Range<usize>)) {
    for template in prose.into_iter().flatten() {
        place(&template.source.span);
    }
    for waiver in waivers {
        place(&waiver.why.source.span);
    }
}

/// Whether an element with these `limits` applies to `partition`.
pub(crate) fn is_in(limits: &[Spanned<Partition>], partition: Partition) -> bool {
    limits.is_empty() || limits.iter().any(|limit| limit.value == partition)
}

/// Returns the name of the Rust constant for a policy or statement.
///
/// - `name`: the name of the policy, or the id of the statement
///
/// # Examples
///
/// ```
/// assert_eq!(iam_policy_spec::constant_name("build-user"), "BUILD_USER");
/// ```
#[must_use]
pub fn constant_name(name: &str) -> String {
    name.replace('-', "_").to_ascii_uppercase()
}

/// Returns the words of a name in PascalCase, as in the Sid for an id.
///
/// - `name`: words that are separated by `-` or `_`
///
/// # Examples
///
/// ```
/// assert_eq!(iam_policy_spec::pascal_case("fetch-reports"), "FetchReports");
/// assert_eq!(iam_policy_spec::pascal_case("lambda-role_2x"), "LambdaRole2x");
/// ```
#[must_use]
pub fn pascal_case(name: &str) -> String {
    let mut pascal = String::with_capacity(name.len());
    for word in name.split(['-', '_']) {
        let mut characters = word.chars();
        pascal.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        pascal.push_str(characters.as_str());
    }
    pascal
}
