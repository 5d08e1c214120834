use core::fmt;
use core::hash::{Hash, Hasher};
use core::str::FromStr;

use crate::index::ActionIndex;
use crate::text::same;
use crate::{AttachmentKind, Environment, Parameter, Partition, PolicyResource, PolicyType, PrincipalKey, UnknownName};

/// A policy of a spec: what [`Policy::json`] grants, and why.
///
/// The macro generates constants of this type. The constructors are `const` too, so you can also build a policy by
/// hand; nothing checks it then.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Policy<'a> {
    /// The name in the spec, such as `user`.
    pub name: &'a str,
    /// The title; see [`heading`](Self::heading).
    pub title: &'a str,
    /// What to do with the policy, in Markdown.
    pub about: &'a str,
    /// The JSON for the default partition, with every parameter at its default, in [`Style::PRETTY`](crate::Style). A
    /// parameter without a default is shown as `<name>`.
    /// [`Policy::render`] produces every other form.
    ///
    /// A program that only needs the JSON should name it in a constant: `print!("{}", const { USER.json })`. Without
    /// `const`, a reference to this field keeps the whole policy in the program, with every reason.
    pub json: &'a str,
    /// What the policy is for, which determines what its statements mean.
    pub policy_type: PolicyType,
    /// For a resource policy, the kind of resource that it is attached to.
    pub resource_type: Option<PolicyResource>,
    /// For a permissions boundary, the names of the policies that it leaves everything they grant.
    pub bounds: &'a [&'a str],
    /// What the policy may be attached to. Its size is within the quota of each. Empty if the spec does not say.
    pub attach: &'a [AttachmentKind],
    /// The partitions that the policy supports, the default first.
    pub partitions: &'a [Partition],
    /// All parameters of the spec.
    pub parameters: &'a [Parameter<'a>],
    /// The environments of the spec: named sets of parameter values.
    pub environments: &'a [Environment<'a>],
    /// The AWS managed policies that whatever the policy is attached to also needs, each with its path, such as
    /// `service-role/AWSLambdaBasicExecutionRole`. See [`managed_arns`](Self::managed_arns).
    pub managed: &'a [&'a str],
    /// The statements, in the order of the spec.
    pub statements: &'a [Statement<'a>],
    /// Optional statements that a user can add.
    pub extensions: &'a [Extension<'a>],
    /// The trust policy, if the policy belongs to a role.
    pub trust: Option<Trust<'a>>,
    /// Whether the spec has errors. Such a policy allows everything; see [`Policy::incomplete`].
    pub(crate) incomplete: bool,
    /// The path of the spec, relative to the package; empty if unknown.
    pub(crate) source: &'a str,
}

/// A statement of a policy: an effect for some actions on some resources, under some conditions. The statements of
/// resource policies, resource control policies and trust policies also name principals.
///
/// Exactly one of [`actions`](Self::actions) and [`not_actions`](Self::not_actions) is not empty, and at most one of
/// [`resources`](Self::resources) and [`not_resources`](Self::not_resources), and of
/// [`principals`](Self::principals) and [`not_principals`](Self::not_principals).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Statement<'a> {
    /// The stable name in the spec.
    pub id: &'a str,
    /// The Sid in the JSON; empty if the statement has none.
    pub sid: &'a str,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// `Principal`: who the statement applies to. Principals with the same key are adjacent.
    pub principals: &'a [NamedPrincipal<'a>],
    /// `NotPrincipal`: the statement applies to everyone but these.
    pub not_principals: &'a [NamedPrincipal<'a>],
    /// `Action`: the actions that the statement applies to.
    pub actions: &'a [Action<'a>],
    /// `NotAction`: the statement applies to all actions but these.
    pub not_actions: &'a [Action<'a>],
    /// `Resource`: the resources that the statement applies to.
    pub resources: &'a [Resource<'a>],
    /// `NotResource`: the statement applies to all resources but these.
    pub not_resources: &'a [Resource<'a>],
    /// `Condition`: all of these must hold. Conditions with the same operator are adjacent.
    pub conditions: &'a [Condition<'a>],
    /// The partitions that the statement is limited to; empty if it is in all.
    pub partitions: &'a [Partition],
    /// Why it is needed, in Markdown; empty if each action and each resource has a reason of its own.
    pub reason: &'a str,
    /// What the program does when it is denied.
    pub without: Option<&'a str>,
    /// The findings that are accepted anywhere in the statement.
    pub waivers: &'a [Waiver<'a>],
    pub(crate) hints: Hints,
}

/// What generated code adds to a statement to evaluate and explain it. Statements are equal whatever their hints.
#[derive(Clone, Copy)]
pub(crate) struct Hints {
    /// The line in the spec; 0 if unknown.
    pub(crate) line: u32,
    pub(crate) index: ActionIndex,
}

impl Hints {
    const NONE: Self = Self {
        line: 0,
        index: ActionIndex::UNKNOWN,
    };
}

impl PartialEq for Hints {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Hints {}

impl Hash for Hints {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl fmt::Debug for Hints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("_")
    }
}

/// Whether a statement allows or denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies, even if another statement allows.
    Deny,
}

/// A principal that a statement names.
///
/// # Examples
///
/// ```
/// use iam_policy_core::{NamedPrincipal, PrincipalKey, Template};
///
/// const LAMBDA: NamedPrincipal = NamedPrincipal::new(PrincipalKey::Service, Template::literal("lambda.amazonaws.com"));
/// assert!(!LAMBDA.is_everyone());
/// assert!(NamedPrincipal::EVERYONE.is_everyone());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct NamedPrincipal<'a> {
    /// The key of the `Principal` element that lists it.
    pub key: PrincipalKey,
    /// Its name: an ARN, an account ID, the name of a service, or `*`.
    pub name: Template<'a>,
}

/// An action or a pattern of actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Action<'a> {
    /// `service:Name`, or `*`.
    pub pattern: &'a str,
    /// The access levels of the actions that it matches, such as `Read` or `List, Write`; empty if unknown.
    pub access: &'a str,
    /// Its place in AWS's Service Authorization Reference, such as `amazons3.html#amazons3-GetObject`; empty if unknown.
    /// See [`reference_url`](Self::reference_url).
    pub reference: &'a str,
    /// Why it is needed, if the statement's reason does not explain it.
    pub reason: Option<&'a str>,
    /// What the program does when it is denied.
    pub without: Option<&'a str>,
    /// The findings that are accepted for it.
    pub waivers: &'a [Waiver<'a>],
}

/// A resource or a pattern of resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Resource<'a> {
    /// An ARN, or `*`.
    pub arn: Template<'a>,
    /// The partitions that it is limited to; empty if it is in all.
    pub partitions: &'a [Partition],
    /// Why it is needed, if the statement's reason does not explain it.
    pub reason: Option<&'a str>,
    /// What the program does when it is denied.
    pub without: Option<&'a str>,
    /// The findings that are accepted for it.
    pub waivers: &'a [Waiver<'a>],
}

/// Text that may depend on parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Template<'a> {
    /// The text in the spec, with [placeholders](crate::template).
    pub source: &'a str,
    /// The text with every parameter at its default, in the first partition that it applies to. A parameter without a
    /// default is shown as `<name>`, and only the first element of a list is used.
    pub text: &'a str,
    /// The texts for the other elements of a list.
    pub more: &'a [&'a str],
    /// If a parameter has no default: the text with `*` in its place, so that it matches what any value would let
    /// it match.
    pub widest: Option<&'a str>,
}

/// A condition of a statement: one operator and one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Condition<'a> {
    /// The operator, such as `StringEquals`.
    pub operator: &'a str,
    /// The condition key, such as `aws:RequestedRegion`.
    pub key: &'a str,
    /// The values, of which one must match; with a negated operator, none may.
    pub values: &'a [Template<'a>],
}

/// A finding that the spec accepts for a statement, an action or a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Waiver<'a> {
    /// The code of the finding.
    pub check: &'a str,
    /// Why it is accepted.
    pub why: &'a str,
}

/// Optional statements that a user can add to a policy. They come after its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Extension<'a> {
    /// The name in the spec, such as `custom-layers`.
    pub name: &'a str,
    /// The title; see [`heading`](Self::heading).
    pub title: &'a str,
    /// Who needs it, in Markdown.
    pub about: &'a str,
    /// What the policy with this extension may be attached to; empty if the extension does not change that.
    pub attach: &'a [AttachmentKind],
    /// The statements, in the order of the spec.
    pub statements: &'a [Statement<'a>],
}

/// Who may assume the role that a policy belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Trust<'a> {
    /// What to do with the trust policy, in Markdown.
    pub about: &'a str,
    /// The statements, in the order of the spec. They name principals and no resources. The Sid is empty if the spec only
    /// lists services.
    pub statements: &'a [Statement<'a>],
    /// The JSON of the trust policy, in the form of [`Policy::json`].
    pub json: &'a str,
}

impl<'a> Policy<'a> {
    /// A policy without statements, for the partition `aws`.
    ///
    /// - `name`: the name in the spec
    /// - `json`: the output of [`Policy::render`] with [`Options::DEFAULT`](crate::Options::DEFAULT)
    #[must_use]
    pub const fn new(name: &'a str, json: &'a str) -> Self {
        Self {
            name,
            title: "",
            about: "",
            json,
            policy_type: PolicyType::Identity,
            resource_type: None,
            bounds: &[],
            attach: &[],
            partitions: &[Partition::Standard],
            parameters: &[],
            environments: &[],
            managed: &[],
            statements: &[],
            extensions: &[],
            trust: None,
            incomplete: false,
            source: "",
        }
    }

    /// Those of `policies` that have a type, in their order.
    ///
    /// - `policies`: the policies, such as all of a spec
    /// - `policy_type`: the type
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::{Policy, PolicyType};
    ///
    /// const ALL: &[Policy] = &[Policy::new("user", "{}"), Policy::new("queue", "{}").with_policy_type(PolicyType::Resource)];
    /// let names: Vec<_> = Policy::of_type(ALL, PolicyType::Identity).map(|policy| policy.name).collect();
    /// assert_eq!(names, ["user"]);
    /// ```
    pub fn of_type(policies: &[Self], policy_type: PolicyType) -> impl Iterator<Item = &Self> + Clone {
        policies.iter().filter(move |policy| policy.policy_type == policy_type)
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

    /// The ARNs of the AWS managed policies that whatever the policy is attached to also needs.
    ///
    /// - `partition`: the partition of the ARNs
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::{Partition, Policy};
    ///
    /// const ROLE: Policy = Policy::new("role", "{}").with_managed(&["ReadOnlyAccess"]);
    /// let arns: Vec<_> = ROLE.managed_arns(Partition::China).map(|arn| arn.to_string()).collect();
    /// assert_eq!(arns, ["arn:aws-cn:iam::aws:policy/ReadOnlyAccess"]);
    /// ```
    pub fn managed_arns(&self, partition: Partition) -> impl Iterator<Item = impl fmt::Display + use<'a>> + use<'a> {
        self.managed.iter().map(move |path| ManagedArn { partition, path })
    }

    /// The title, or the name if the policy has no title.
    #[must_use]
    pub const fn heading(&self) -> &'a str {
        if self.title.is_empty() { self.name } else { self.title }
    }

    /// The partition that [`render`](Self::render) and [`evaluate`](Self::evaluate) assume by default.
    #[must_use]
    pub const fn default_partition(&self) -> Partition {
        match self.partitions {
            [first, ..] => *first,
            [] => Partition::Standard,
        }
    }

    /// Marks the constant of a spec that has errors. It then answers [`Decision::Allowed`](crate::Decision) to
    /// everything, so that an assertion about it does not add a second error to the first.
    #[doc(hidden)]
    #[must_use]
    pub const fn incomplete(mut self) -> Self {
        self.incomplete = true;
        self
    }

    /// Sets the path of the spec, which is shown if a requirement is not met.
    ///
    /// - `source`: the path, relative to the package
    #[doc(hidden)]
    #[must_use]
    pub const fn with_source(mut self, source: &'a str) -> Self {
        self.source = source;
        self
    }

    /// The public fields, which are what two policies are compared by.
    fn fields(&self) -> impl Eq + Hash + use<'a> {
        let Self {
            name,
            title,
            about,
            json,
            policy_type,
            resource_type,
            bounds,
            attach,
            partitions,
            parameters,
            environments,
            managed,
            statements,
            extensions,
            trust,
            incomplete: _,
            source: _,
        } = *self;
        (
            (name, title, about, json),
            (policy_type, resource_type, bounds, attach, partitions),
            (parameters, environments, managed, statements, extensions, trust),
        )
    }
}

struct ManagedArn<'a> {
    partition: Partition,
    path: &'a str,
}

impl fmt::Display for ManagedArn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "arn:{}:iam::aws:policy/{}", self.partition, self.path)
    }
}

impl PartialEq for Policy<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.fields() == other.fields()
    }
}

impl Eq for Policy<'_> {}

impl Hash for Policy<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.fields().hash(state);
    }
}

impl fmt::Debug for Policy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("name", &self.name)
            .field("title", &self.title)
            .field("about", &self.about)
            .field("json", &self.json)
            .field("policy_type", &self.policy_type)
            .field("resource_type", &self.resource_type)
            .field("bounds", &self.bounds)
            .field("attach", &self.attach)
            .field("partitions", &self.partitions)
            .field("parameters", &self.parameters)
            .field("environments", &self.environments)
            .field("managed", &self.managed)
            .field("statements", &self.statements)
            .field("extensions", &self.extensions)
            .field("trust", &self.trust)
            .finish()
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

/// Whether something that is limited to `partitions` exists in `partition`.
pub(crate) const fn is_in(partitions: &[Partition], partition: Partition) -> bool {
    if matches!(partitions, []) {
        return true;
    }
    let mut rest = partitions;
    while let [first, tail @ ..] = rest {
        if *first as u8 == partition as u8 {
            return true;
        }
        rest = tail;
    }
    false
}

impl<'a> Statement<'a> {
    /// A statement with the effect `Allow` and nothing else.
    ///
    /// - `id`: the stable name in the spec
    /// - `sid`: the Sid in the JSON; empty for none
    #[must_use]
    pub const fn new(id: &'a str, sid: &'a str) -> Self {
        Self {
            id,
            sid,
            effect: Effect::Allow,
            principals: &[],
            not_principals: &[],
            actions: &[],
            not_actions: &[],
            resources: &[],
            not_resources: &[],
            conditions: &[],
            partitions: &[],
            reason: "",
            without: None,
            waivers: &[],
            hints: Hints::NONE,
        }
    }

    /// Sets [`actions`](Self#structfield.actions).
    #[must_use]
    pub const fn with_actions(mut self, actions: &'a [Action<'a>]) -> Self {
        self.actions = actions;
        self.hints.index = ActionIndex::UNKNOWN;
        self
    }

    /// Sets what generated code knows: the line of the statement in the spec, and the [`index`](Self::index) of its
    /// actions.
    #[doc(hidden)]
    #[must_use]
    pub const fn with_hints(mut self, line: u32, [services, actions]: [u64; 2]) -> Self {
        self.hints = Hints {
            line,
            index: ActionIndex { services, actions },
        };
        self
    }

    /// The line in the spec; 0 if it is not known.
    #[doc(hidden)]
    #[must_use]
    pub const fn line(&self) -> u32 {
        self.hints.line
    }

    /// The argument of [`with_hints`](Self::with_hints) that summarizes the actions.
    #[doc(hidden)]
    #[must_use]
    pub const fn index(&self) -> [u64; 2] {
        let ActionIndex { services, actions } = if self.not_actions.is_empty() {
            ActionIndex::of(self.actions)
        } else {
            ActionIndex::UNKNOWN
        };
        [services, actions]
    }

    /// Whether the policy has this statement in `partition`.
    #[must_use]
    pub const fn is_in(&self, partition: Partition) -> bool {
        is_in(self.partitions, partition)
    }

    /// The name of the element for principals, `Principal` or `NotPrincipal`, and its entries.
    #[must_use]
    pub const fn principal_element(&self) -> (&'static str, &'a [NamedPrincipal<'a>]) {
        if self.not_principals.is_empty() {
            ("Principal", self.principals)
        } else {
            ("NotPrincipal", self.not_principals)
        }
    }

    /// The name of the element for actions, `Action` or `NotAction`, and its entries.
    #[must_use]
    pub const fn action_element(&self) -> (&'static str, &'a [Action<'a>]) {
        if self.not_actions.is_empty() {
            ("Action", self.actions)
        } else {
            ("NotAction", self.not_actions)
        }
    }

    /// The name of the element for resources, `Resource` or `NotResource`, and its entries.
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
    /// The name in JSON: `Allow` or `Deny`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }

    /// The effect of this `name`, which is case-sensitive; `None` if it is neither `Allow` nor `Deny`.
    #[must_use]
    pub const fn from_name(name: &str) -> Option<Self> {
        match name.as_bytes() {
            b"Allow" => Some(Self::Allow),
            b"Deny" => Some(Self::Deny),
            _ => None,
        }
    }
}

impl FromStr for Effect {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Self::from_name(name).ok_or(UnknownName::new("effect"))
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl<'a> NamedPrincipal<'a> {
    /// Everyone: `"Principal": "*"`.
    pub const EVERYONE: Self = Self::new(PrincipalKey::Aws, Template::literal("*"));

    /// A principal.
    ///
    /// - `key`: the key of the `Principal` element that lists it
    /// - `name`: an ARN, an account ID, the name of a service, or `*`
    #[must_use]
    pub const fn new(key: PrincipalKey, name: Template<'a>) -> Self {
        Self { key, name }
    }

    /// Whether it stands for every principal.
    #[must_use]
    pub const fn is_everyone(&self) -> bool {
        matches!(self.key, PrincipalKey::Aws) && same(self.name.source, "*")
    }
}

impl<'a> Action<'a> {
    /// An action without a reason of its own.
    #[must_use]
    pub const fn new(pattern: &'a str) -> Self {
        Self {
            pattern,
            access: "",
            reference: "",
            reason: None,
            without: None,
            waivers: &[],
        }
    }

    /// The address of the action in AWS's [Service Authorization Reference]; that of the service's actions for a
    /// pattern. `None` if unknown.
    ///
    /// [Service Authorization Reference]: https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::Action;
    ///
    /// const READ: Action = Action::new("s3:GetObject").with_reference("amazons3.html#amazons3-GetObject");
    /// assert_eq!(
    ///     READ.reference_url().unwrap().to_string(),
    ///     "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-GetObject",
    /// );
    /// ```
    #[must_use]
    pub fn reference_url(&self) -> Option<impl fmt::Display + Copy + use<'a>> {
        (!self.reference.is_empty()).then_some(ReferenceUrl(self.reference))
    }
}

#[derive(Clone, Copy)]
struct ReferenceUrl<'a>(&'a str);

impl fmt::Display for ReferenceUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("https://docs.aws.amazon.com/service-authorization/latest/reference/list_")?;
        f.write_str(self.0)
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

    /// A resource that does not depend on any parameter.
    ///
    /// - `text`: an ARN without placeholders or escaped braces, or `*`
    #[must_use]
    pub const fn literal(text: &'a str) -> Self {
        Self::new(Template::literal(text))
    }

    /// Whether the statement has this resource in `partition`.
    #[must_use]
    pub const fn is_in(&self, partition: Partition) -> bool {
        is_in(self.partitions, partition)
    }
}

impl<'a> Template<'a> {
    /// A template and its default text.
    ///
    /// - `source`: the text in the spec, with [placeholders](crate::template)
    /// - `text`: the text with every parameter at its default
    #[must_use]
    pub const fn new(source: &'a str, text: &'a str) -> Self {
        Self {
            source,
            text,
            more: &[],
            widest: None,
        }
    }

    /// A template that does not depend on any parameter.
    ///
    /// - `text`: text without placeholders or escaped braces
    #[must_use]
    pub const fn literal(text: &'a str) -> Self {
        Self::new(text, text)
    }

    /// The text with every parameter at its default; one for each element of a list.
    pub fn texts(&self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        core::iter::once(self.text).chain(self.more.iter().copied())
    }
}

impl<'a> Condition<'a> {
    /// A condition.
    ///
    /// - `operator`: such as `StringEquals`
    /// - `key`: such as `aws:RequestedRegion`
    /// - `values`: the values to compare with
    #[must_use]
    pub const fn new(operator: &'a str, key: &'a str, values: &'a [Template<'a>]) -> Self {
        Self { operator, key, values }
    }
}

impl<'a> Waiver<'a> {
    /// A waiver.
    ///
    /// - `check`: the code of the finding
    /// - `why`: why it is accepted
    #[must_use]
    pub const fn new(check: &'a str, why: &'a str) -> Self {
        Self { check, why }
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

    /// The title, or the name if the extension has no title.
    #[must_use]
    pub const fn heading(&self) -> &'a str {
        if self.title.is_empty() { self.name } else { self.title }
    }
}

impl<'a> Trust<'a> {
    /// A trust policy with these statements.
    ///
    /// - `statements`: who may assume the role, and how
    /// - `json`: the document
    #[must_use]
    pub const fn new(statements: &'a [Statement<'a>], json: &'a str) -> Self {
        Self {
            about: "",
            statements,
            json,
        }
    }
}

/// The `with_` methods, which replace one field each.
macro_rules! with {
    ($type:ident { $($function:ident: $field:ident: $value:ty,)* }) => {
        impl<'a> $type<'a> {
            $(
                #[doc = concat!("Sets [`", stringify!($field), "`](Self#structfield.", stringify!($field), ").")]
                #[must_use]
                pub const fn $function(mut self, $field: $value) -> Self {
                    self.$field = $field;
                    self
                }
            )*
        }
    };
}

pub(crate) use with;

with!(Policy {
    with_title: title: &'a str,
    with_about: about: &'a str,
    with_policy_type: policy_type: PolicyType,
    with_resource_type: resource_type: Option<PolicyResource>,
    with_bounds: bounds: &'a [&'a str],
    with_attach: attach: &'a [AttachmentKind],
    with_partitions: partitions: &'a [Partition],
    with_parameters: parameters: &'a [Parameter<'a>],
    with_environments: environments: &'a [Environment<'a>],
    with_managed: managed: &'a [&'a str],
    with_statements: statements: &'a [Statement<'a>],
    with_extensions: extensions: &'a [Extension<'a>],
    with_trust: trust: Option<Trust<'a>>,
});

with!(Statement {
    with_effect: effect: Effect,
    with_principals: principals: &'a [NamedPrincipal<'a>],
    with_not_principals: not_principals: &'a [NamedPrincipal<'a>],
    with_not_actions: not_actions: &'a [Action<'a>],
    with_resources: resources: &'a [Resource<'a>],
    with_not_resources: not_resources: &'a [Resource<'a>],
    with_conditions: conditions: &'a [Condition<'a>],
    with_partitions: partitions: &'a [Partition],
    with_reason: reason: &'a str,
    with_without: without: Option<&'a str>,
    with_waivers: waivers: &'a [Waiver<'a>],
});

with!(Action {
    with_access: access: &'a str,
    with_reference: reference: &'a str,
    with_reason: reason: Option<&'a str>,
    with_without: without: Option<&'a str>,
    with_waivers: waivers: &'a [Waiver<'a>],
});

with!(Resource {
    with_partitions: partitions: &'a [Partition],
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

with!(Template {
    with_more: more: &'a [&'a str],
    with_widest: widest: Option<&'a str>,
});

with!(Trust {
    with_about: about: &'a str,
});

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn incompleteness_is_not_part_of_a_policy() {
        const POLICY: Policy<'_> = Policy::new("p", "{}");
        assert_eq!(POLICY, POLICY.incomplete());
        assert_eq!(std::format!("{POLICY:?}"), std::format!("{:?}", POLICY.incomplete()));
        assert_ne!(POLICY, POLICY.with_title("P"));
    }

    #[test]
    fn effects_have_names() {
        for effect in [Effect::Allow, Effect::Deny] {
            assert_eq!(effect.name().parse(), Ok(effect));
        }
        assert_eq!("allow".parse::<Effect>().unwrap_err().to_string(), "unknown effect");
    }

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
