//! The keys of the language, in one table.
//!
//! It defines which keys each table may contain, and their types. The reader follows it. Suggestions in messages, the
//! reference and the JSON Schema are derived from it.

use iam_policy_check::Code;
use iam_policy_core::{AttachmentKind, ParameterKind, Partition, PolicyResource, PolicyType};

use crate::wording::list;
use iam_policy_core::suggest::nearest;

use crate::Format;

/// A kind of table.
#[derive(Debug)]
#[non_exhaustive]
pub struct Section {
    /// The name of its definition in the JSON Schema.
    pub name: &'static str,
    /// Its name in messages, with an article.
    pub noun: &'static str,
    /// Its header as written in a spec; empty if it has none.
    pub header: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// What it may contain.
    pub keys: &'static [Key],
}

/// A key of a section.
#[derive(Debug)]
#[non_exhaustive]
pub struct Key {
    /// The key itself.
    pub name: &'static str,
    /// What its value is.
    pub value: Value,
    /// The syntax of its strings, or of the names in its table. For a list whose elements may be tables, see the key of
    /// those tables that a string is short for.
    pub form: Form,
    /// Whether the section is invalid without it, or without its [`alternative`](Self::alternative).
    pub required: bool,
    /// The key that takes its place. The two cannot be used together.
    pub alternative: Option<&'static str>,
    /// What it means.
    pub about: &'static str,
    /// If it is required: the keys that make it, and its alternative, optional.
    pub optional_with: &'static [&'static str],
    /// An example line.
    pub example: &'static str,
}

/// The type of a key's value.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Value {
    /// A string without placeholders.
    Text,
    /// A string in which `{name}` is a parameter. Prose is Markdown.
    Prose,
    /// `true` or `false`.
    Flag,
    /// One of some strings.
    Choice(Choices),
    /// A list of these strings.
    Several(Choices),
    /// A list of strings.
    Texts,
    /// A list of strings in which `{name}` is a parameter.
    Templates,
    /// A list whose elements are strings or tables; a string is short for a table with only this key.
    Entries(&'static Section, &'static str),
    /// A table.
    Table(&'static Section),
    /// An array of tables.
    Tables(&'static Section),
    /// A table whose keys are names chosen by the spec's author.
    Map(&'static Section),
    /// A condition block: operators, their condition keys, and a value or a list of values for each key.
    Conditions,
    /// The value of a parameter: a string, or a list of strings.
    Setting,
    /// A table of named tables, each with values of parameters.
    Settings(&'static Section),
    /// A positive whole number.
    Count,
}

/// The syntax of a string. The schema has a regular expression for each, so that editors report a violation without
/// knowing the rest of the spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// Anything but white space alone.
    Any,
    /// A single line.
    Line,
    /// A name: [`is_name`](iam_policy_core::text::is_name).
    Name,
    /// The name of a policy: a name other than `all`.
    PolicyName,
    /// The name of a parameter: a name other than `partition`.
    ParameterName,
    /// A Sid: [`is_sid`](iam_policy_core::text::is_sid).
    Sid,
    /// An action: [`is_action`](iam_policy_core::text::is_action).
    Action,
    /// `*`, or a template of an ARN with six segments: [`Arn::parse`](iam_policy_core::Arn::parse).
    Arn,
    /// The code of a finding: [`Code`].
    Code,
    /// A service principal, or its first segment.
    Service,
}

/// A set of strings to choose from.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Choices {
    /// `Allow`, `Deny`.
    Effect,
    /// The kinds of attachment.
    Attach,
    /// The partitions of AWS.
    Partition,
    /// The codes of findings that a configuration may select or ignore.
    Code,
    /// The policy types that have rules of their own.
    CheckedType,
    /// The resources that policies are attached to.
    PolicyResource,
    /// The kinds of parameters.
    ParameterKind,
    /// The types of policy.
    PolicyType,
    /// The kinds of resource that have policies, and [`OTHER_RESOURCE`].
    Resource,
    /// The formats of generated files.
    Output,
}

/// The policy types that have rules of their own. All others are checked like identity policies.
const CHECKED_TYPES: [PolicyType; 5] = [
    PolicyType::Identity,
    PolicyType::Resource,
    PolicyType::Trust,
    PolicyType::ServiceControl,
    PolicyType::ResourceControl,
];

/// The types of policy that a spec can contain. Trust policies belong to another policy.
pub(crate) const POLICY_TYPES: [PolicyType; 5] = [
    PolicyType::Identity,
    PolicyType::PermissionsBoundary,
    PolicyType::Resource,
    PolicyType::ResourceControl,
    PolicyType::ServiceControl,
];

/// The kind of a resource for whose policies no rules are known.
pub const OTHER_RESOURCE: &str = "other";

impl Choices {
    /// Returns the strings.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        let mut names = Vec::new();
        match self {
            Self::Effect => names.extend(["Allow", "Deny"]),
            Self::Attach => {
                for kind in AttachmentKind::ALL {
                    names.push(kind.name());
                }
            }
            Self::Partition => {
                for partition in Partition::ALL {
                    names.push(partition.name());
                }
            }
            Self::Code => {
                for code in Code::ALL.iter().filter(|code| code.rule().is_optional()) {
                    names.push(code.name());
                }
            }
            Self::CheckedType => {
                for policy_type in CHECKED_TYPES {
                    names.push(policy_type.name());
                }
            }
            Self::PolicyResource => {
                for resource in PolicyResource::ALL {
                    names.push(resource.name());
                }
            }
            Self::ParameterKind => {
                for kind in ParameterKind::ALL {
                    names.push(kind.name());
                }
            }
            Self::PolicyType => names.extend(POLICY_TYPES.map(PolicyType::name)),
            Self::Resource => {
                for resource in PolicyResource::ALL {
                    names.push(resource.name());
                }
                names.push(OTHER_RESOURCE);
            }
            Self::Output => {
                for format in Format::ALL {
                    names.push(format.name());
                }
            }
        }
        names
    }

    /// What to write in place of a word that is none of them.
    pub(crate) fn advice(self, word: &str) -> Option<&'static str> {
        let advice: &[(&[&str], &str)] = match self {
            Self::Attach => ATTACH_ADVICE,
            Self::PolicyType => TYPE_ADVICE,
            _ => return None,
        };
        advised(advice, word)
    }

    /// Returns what messages call one of them, with an article.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Effect => "an effect",
            Self::Attach => "an attachment kind",
            Self::Partition => "an AWS partition",
            Self::Output => "an output format",
            Self::Code => "a code that can be selected or ignored",
            Self::CheckedType => "a type of policies",
            Self::PolicyResource => "a resource that policies are attached to",
            Self::ParameterKind => "a kind of parameter",
            Self::PolicyType => "a type of policy",
            Self::Resource => "a kind of resource that has policies",
        }
    }

    /// Returns how a message lists the strings, or says where they are listed.
    pub(crate) fn listed(self) -> String {
        match self {
            Self::Code => "`iam-policy rule` lists all codes".to_owned(),
            _ => format!("valid values are {}", list(self.names())),
        }
    }
}

impl Section {
    /// Returns the key with this `name`.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// Returns the pairs of keys that exclude each other.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static Key, &'static Key)> {
        let mut pairs: Vec<(&Key, &Key)> = Vec::new();
        for key in self.keys {
            let other = key.alternative.and_then(|name| self.key(name));
            if let Some(other) = other.filter(|other| pairs.iter().all(|(first, _)| first.name != other.name)) {
                pairs.push((key, other));
            }
        }
        pairs
    }

    /// Returns the keys whose elements may have a reason of their own, if the section has one: each element needs its own
    /// reason or that of the section.
    #[must_use]
    pub fn explained(&self) -> Vec<&'static Key> {
        let mut explained = Vec::new();
        for key in self.keys {
            if let Value::Entries(section, _) = key.value
                && self.key(REASON).is_some_and(|reason| !reason.required)
                && section.key(REASON).is_some()
            {
                explained.push(key);
            }
        }
        explained
    }

    /// What to write in place of a key that people try for something that is written differently.
    pub(crate) fn advice(&self, word: &str) -> Option<&'static str> {
        let mut all = KEY_ADVICE.iter().filter(|(section, _)| *section == self.name);
        all.find_map(|(_, advice)| advised(advice, word))
    }

    /// The key that the author of `name` probably meant.
    ///
    /// - `is_present`: whether the same table already has a key, which therefore cannot be the one meant
    pub(crate) fn meant(&self, name: &str, is_present: &dyn Fn(&str) -> bool) -> Option<&'static Key> {
        let mut words = WORDS.iter().filter(|(word, _)| word.eq_ignore_ascii_case(name));
        words
            .find_map(|(_, key)| self.key(key).filter(|key| !is_present(key.name)))
            .or_else(|| self.key(nearest(name, self.keys.iter().map(|key| key.name))?))
    }
}

fn advised(advice: &[(&[&'static str], &'static str)], word: &str) -> Option<&'static str> {
    let word = word.replace('_', "-");
    let mut advice = advice.iter();
    let is_it = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(&word));
    advice.find(|(names, _)| is_it(names)).map(|(_, advice)| *advice)
}

const BOUNDARY: &str = "write the boundary as a policy with `type = \"boundary\"` and the policies that it bounds, such as \
                        `bounds = [\"role\"]`";

const TRUST_WANTED: &str = "write `[policy.NAME.trust]` with `services = […]`, or `[[policy.NAME.trust.statement]]` for other \
                            principals";

const RESOURCE_WANTED: &str =
    "write `type = \"resource\"` and the kind of resource, such as `resource-type = \"s3:bucket\"`";

type Advice = &'static [(&'static [&'static str], &'static str)];

/// Words that people try for concepts that are written differently, by section.
const KEY_ADVICE: &[(&str, Advice)] = &[
    (
        "policy",
        &[
            (
                &["boundary", "permissions-boundary", "permission-boundary", "bounded-by"],
                BOUNDARY,
            ),
            (
                &[
                    "trust-policy",
                    "assume-role",
                    "assume-role-policy",
                    "assume-role-policy-document",
                    "assumed-by",
                    "trusted-by",
                    "trusts",
                ],
                TRUST_WANTED,
            ),
            (
                &["scp", "service-control", "service-control-policy"],
                "write `type = \"service-control\"`",
            ),
            (
                &["rcp", "resource-control", "resource-control-policy"],
                "write `type = \"resource-control\"`",
            ),
            (
                &[
                    "resource-policy",
                    "bucket-policy",
                    "key-policy",
                    "queue-policy",
                    "topic-policy",
                ],
                RESOURCE_WANTED,
            ),
            (
                &[
                    "principal",
                    "principals",
                    "services",
                    "accounts",
                    "roles",
                    "users",
                    "oidc",
                    "saml",
                ],
                "principals belong to a statement: of `[[policy.NAME.trust.statement]]` for who may assume a role, or of a policy \
                 with `type = \"resource\"`",
            ),
            (&["policy-type", "kind"], "write `type = \"…\"`"),
            (&["resource-kind", "attached-to"], "write `resource-type = \"…\"`"),
        ],
    ),
    (
        "trust",
        &[
            (
                &["principal", "service", "service-principal", "service-principals"],
                "write `services = [\"lambda\"]`, or `[[policy.NAME.trust.statement]]` for other principals",
            ),
            (
                &[
                    "oidc-provider",
                    "identity-provider",
                    "federated",
                    "web-identity",
                    "github",
                    "saml-provider",
                ],
                "write `[[policy.NAME.trust.statement]]` with `oidc = […]` or `saml = […]`",
            ),
            (
                &["account", "aws"],
                "write `[[policy.NAME.trust.statement]]` with `accounts = […]`, `roles = […]` or `users = […]`",
            ),
            (
                &["external-id", "externalid"],
                "write `condition.StringEquals.\"sts:ExternalId\" = \"…\"` in a `[[policy.NAME.trust.statement]]`",
            ),
        ],
    ),
    ("trust-statement", PRINCIPAL_ADVICE),
    (
        "trust-statement",
        &[
            (
                &["resources", "resource", "not-resources"],
                "remove it: a trust policy applies to the role that it belongs to",
            ),
            (
                &["not-principals", "not-principal", "notprincipal"],
                "name who may assume the role, or deny with a condition on `aws:PrincipalArn`: IAM does not accept exceptions here",
            ),
        ],
    ),
    ("statement", PRINCIPAL_ADVICE),
];

/// Words that people try for principals and for what limits them.
const PRINCIPAL_ADVICE: Advice = &[
    (
        &["principal"],
        "list the principals by kind: `services`, `accounts`, `roles`, `users`, `oidc`, `saml`, or `principals` for anything else",
    ),
    (
        &["service", "service-principal", "service-principals"],
        "write `services = [\"lambda\"]`",
    ),
    (
        &["account", "account-id", "account-ids"],
        "write `accounts = [\"111122223333\"]`",
    ),
    (&["aws"], "write `accounts = […]`, `roles = […]` or `users = […]`"),
    (
        &[
            "federated",
            "identity-provider",
            "oidc-provider",
            "oidc-providers",
            "open-id-connect",
            "web-identity",
            "github",
        ],
        "write `oidc = [\"arn:{partition}:iam::ACCOUNT:oidc-provider/HOST\"]`",
    ),
    (
        &["saml-provider", "saml-providers"],
        "write `saml = [\"arn:{partition}:iam::ACCOUNT:saml-provider/NAME\"]`",
    ),
    (
        &["role"],
        "write `roles = [\"arn:{partition}:iam::ACCOUNT:role/NAME\"]`",
    ),
    (
        &["user"],
        "write `users = [\"arn:{partition}:iam::ACCOUNT:user/NAME\"]`",
    ),
    (
        &["canonical-user", "everyone", "anyone", "anonymous"],
        "write it in `principals = […]`; `*` stands for everyone",
    ),
    (
        &["external-id", "externalid"],
        "write `condition.StringEquals.\"sts:ExternalId\" = \"…\"`",
    ),
    (
        &["audience", "aud", "audiences"],
        "write `condition.StringEquals.\"HOST:aud\" = \"…\"`, with the provider's host",
    ),
    (
        &["subject", "sub", "repository", "repo"],
        "write `condition.StringEquals.\"HOST:sub\" = \"…\"`, with the provider's host",
    ),
    (
        &["source-account"],
        "write `condition.StringEquals.\"aws:SourceAccount\" = \"…\"`",
    ),
    (&["source-arn"], "write `condition.ArnLike.\"aws:SourceArn\" = \"…\"`"),
];

const ATTACH_ADVICE: Advice = &[
    (&["boundary", "permissions-boundary", "permission-boundary"], BOUNDARY),
    (
        &["trust", "trust-policy", "assume-role"],
        "a trust policy belongs to the policy of its role: write `[policy.NAME.trust]`",
    ),
    (
        &["resource", "resource-policy", "bucket", "queue", "topic", "key"],
        RESOURCE_WANTED,
    ),
    (&["scp", "organization"], "write `service-control`"),
    (&["rcp"], "write `resource-control`"),
    (
        &["inline"],
        "say what it is embedded in: `inline-user`, `inline-group` or `inline-role`",
    ),
    (
        &["user", "group", "role"],
        "write `inline-user`, `inline-group`, `inline-role` or `managed`",
    ),
];

const TYPE_ADVICE: Advice = &[
    (
        &["permissions-boundary", "permission-boundary"],
        "write `type = \"boundary\"`",
    ),
    (&["scp", "service-control-policy"], "write `type = \"service-control\"`"),
    (
        &["rcp", "resource-control-policy"],
        "write `type = \"resource-control\"`",
    ),
    (
        &["resource-policy", "bucket-policy", "key-policy", "resource-based"],
        RESOURCE_WANTED,
    ),
    (
        &["trust", "trust-policy", "assume-role"],
        "a trust policy belongs to the policy of its role: write `[policy.NAME.trust]`",
    ),
    (
        &["session", "session-policy"],
        "write a session policy as an identity policy: leave out `type`",
    ),
    (
        &["managed", "inline", "user", "role", "identity-policy"],
        "write `type = \"identity\"`, or leave it out; `attach` says how the policy is attached",
    ),
];

/// Words that people use in place of a key. Which key is meant depends on the keys of the section.
const WORDS: &[(&str, &str)] = &[
    ("because", "reason"),
    ("because", "why"),
    ("code", "check"),
    ("common", "shared"),
    ("description", "about"),
    ("description", "reason"),
    ("description", "text"),
    ("description", "why"),
    ("env", "environment"),
    ("environments", "environment"),
    ("max-len", "max-length"),
    ("maxlength", "max-length"),
    ("max-count", "max-items"),
    ("maxitems", "max-items"),
    ("managed-policies", "managed"),
    ("managed-policy-arns", "managed"),
    ("name", "action"),
    ("name", "arn"),
    ("name", "id"),
    ("name", "title"),
    ("formats", "outputs"),
    ("policies", "policy"),
    ("policy-name", "deploy-as"),
    ("reason", "why"),
    ("resource", "arn"),
    ("role-name", "deploy-as"),
    ("stage", "environment"),
    ("stages", "environment"),
    ("type", "kind"),
    ("value", "default"),
    ("variables", "parameters"),
    ("why", "reason"),
];

const REASON: &str = "reason";

impl Value {
    /// The header of its tables as written in a spec, if any.
    pub(crate) fn header(self) -> Option<&'static str> {
        match self {
            Self::Table(section) | Self::Tables(section) | Self::Map(section) | Self::Settings(section) => {
                Some(section.header)
            }
            _ => None,
        }
    }
}

/// Every section, outer before inner.
pub static SECTIONS: &[&Section] = &[
    &SPEC,
    &PAGE,
    &PAGE_SECTION,
    &PARAMETER,
    &ENVIRONMENT,
    &SHARED,
    &POLICY,
    &STATEMENT,
    &ACTION,
    &RESOURCE,
    &WAIVER,
    &TRUST,
    &TRUST_STATEMENT,
    &EXTENSION,
];

pub(crate) const fn key(name: &'static str, value: Value, about: &'static str, example: &'static str) -> Key {
    Key {
        name,
        value,
        form: Form::Any,
        required: false,
        alternative: None,
        optional_with: &[],
        about,
        example,
    }
}

impl Key {
    const fn form(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    /// Excludes `alternative`.
    const fn not_with(mut self, alternative: &'static str) -> Self {
        self.alternative = Some(alternative);
        self
    }

    /// Makes this key optional if the section has any of `keys`.
    const fn optional_with(mut self, keys: &'static [&'static str]) -> Self {
        self.optional_with = keys;
        self
    }

    /// Makes the section require either this key or `alternative`.
    const fn or(mut self, alternative: &'static str) -> Self {
        self.alternative = Some(alternative);
        self.required = true;
        self
    }
}

pub(crate) const fn required(mut key: Key) -> Key {
    key.required = true;
    key
}

/// The file as a whole.
pub static SPEC: Section = Section {
    name: "spec",
    noun: "a spec",
    header: "",
    about: "The file as a whole. The order in the file is the order of everything generated from it.",
    keys: &[
        key(
            "outputs",
            Value::Several(Choices::Output),
            "The formats of the generated files; `json` and `markdown` if omitted. `terraform` is a module, \
             `cloudformation` a template, and `cdk-typescript` and `cdk-python` are constructs of the AWS CDK, all of which \
             create the policies and roles.",
            "outputs = [\"json\", \"markdown\", \"terraform\"]",
        ),
        key(
            "page",
            Value::Table(&PAGE),
            "The text of the page before and after the policies.",
            "[page]",
        ),
        key(
            "parameters",
            Value::Map(&PARAMETER),
            "Values that users of the policies may choose, by name. A placeholder `{name}` in a resource, in a condition's \
             value or in prose is replaced with the value. `{{` and `}}` are literal braces, and IAM's own \
             `${aws:username}` is left alone. `{partition}` is always defined.",
            "[parameters]",
        ).form(Form::ParameterName),
        key(
            "environment",
            Value::Settings(&ENVIRONMENT),
            "Environments in which the policies are used, by name: values of parameters, such as the ID of an account.",
            "[environment.prod]",
        ).form(Form::Name),
        key(
            "shared",
            Value::Map(&SHARED),
            "Statements for several policies, by name.",
            "[[shared.logs.statement]]",
        ).form(Form::Name),
        required(key(
            "policy",
            Value::Map(&POLICY),
            "The policies, by name. `all` is reserved.",
            "[policy.user]",
        )).form(Form::PolicyName),
    ],
};

/// `[page]`
pub static PAGE: Section = Section {
    name: "page",
    noun: "the page",
    header: "[page]",
    about: "The page that explains the policies: a title, an introduction, each policy with its JSON and its table, and \
            closing sections, in this order.",
    keys: &[
        key("title", Value::Prose, "The page's heading.", "title = \"Permissions\"").form(Form::Line),
        key(
            "about",
            Value::Prose,
            "The introduction.",
            "about = \"What the command line needs, and why.\"",
        ),
        key(
            "section",
            Value::Tables(&PAGE_SECTION),
            "A closing section.",
            "[[page.section]]",
        ),
    ],
};

/// `[[page.section]]`
pub static PAGE_SECTION: Section = Section {
    name: "page-section",
    noun: "a section of the page",
    header: "[[page.section]]",
    about: "A closing section of the page.",
    keys: &[
        required(key("title", Value::Prose, "Its heading.", "title = \"Validation\"")).form(Form::Line),
        required(key(
            "text",
            Value::Prose,
            "Its text.",
            "text = \"Ask the policy simulator.\"",
        )),
    ],
};

/// An entry of `[parameters]`
pub static PARAMETER: Section = Section {
    name: "parameter",
    noun: "a parameter",
    header: "[parameters]",
    about: "Values cannot widen a policy: each kind of parameter has its own rule for them. Unused parameters and undeclared \
            placeholders are errors.",
    keys: &[
        key(
            "kind",
            Value::Choice(Choices::ParameterKind),
            "What values the parameter may have. `text` (the default): not empty, and without `*`, `?`, `:`, `$`, `{`, `}`, white \
             space, and `/` unless it is allowed. `account`: twelve digits. `region`: the code of a Region. `partition`: an AWS \
             partition. `arn`: the ARN of one resource. `list`: one or more texts without commas; a resource or value that \
             contains the parameter is repeated for each of them.",
            "account = { kind = \"account\" }",
        ),
        key(
            "default",
            Value::Setting,
            "The value used unless another one is given. Without a default, the generated files show `<name>`, and every \
             program that renders the policy must be given a value.",
            "bucket-prefix = { default = \"reports-\" }",
        ),
        key(
            "about",
            Value::Prose,
            "What the parameter is for.",
            "bucket-prefix = { default = \"reports-\", about = \"The prefix of all bucket names.\" }",
        ),
        key(
            "allow-slash",
            Value::Flag,
            "Whether texts may contain `/`, as a role's path does.",
            "role-name = { default = \"team/worker\", allow-slash = true }",
        ),
        key(
            "any",
            Value::Flag,
            "Whether the value may be `*`, for an account or a Region. Such a parameter can only be the whole account or \
             Region of an ARN.",
            "region = { kind = \"region\", default = \"*\", any = true }",
        ),
        key(
            "max-length",
            Value::Count,
            "The maximum number of characters of a value, or of each element of a list. Needed for a text or list without a \
             default, if the policy has an `attach`. An ARN has at most 256 characters unless this says otherwise.",
            "stage = { max-length = 8 }",
        ),
        key(
            "max-items",
            Value::Count,
            "The maximum number of elements of a list. Needed like `max-length`.",
            "buckets = { kind = \"list\", max-length = 63, max-items = 4 }",
        ),
    ],
};

/// `[environment.NAME]`
pub static ENVIRONMENT: Section = Section {
    name: "environment",
    noun: "an environment",
    header: "[environment.NAME]",
    about: "Values of parameters, by name, such as `account = \"111122223333\"`. An environment sets every parameter without a default; all others keep their \
            defaults unless it sets them too. The files of each environment are in a folder with its name, and its name becomes \
            the name of a constant: `prod` becomes `environment::PROD`.",
    keys: &[],
};

/// `[shared.NAME]`
pub static SHARED: Section = Section {
    name: "shared",
    noun: "shared statements",
    header: "[shared.NAME]",
    about: "Statements that policies and extensions add to their own with `include = [\"NAME\"]`. A finding about them is \
            reported once.",
    keys: &[
        key(
            "include",
            Value::Texts,
            "The names of other shared statements to add.",
            "include = [\"metrics\"]",
        )
        .form(Form::Name),
        required(key(
            "statement",
            Value::Tables(&STATEMENT),
            "The statements, in order.",
            "[[shared.logs.statement]]",
        ))
        .optional_with(&["include"]),
    ],
};

/// `[policy.NAME]`
pub static POLICY: Section = Section {
    name: "policy",
    noun: "a policy",
    header: "[policy.NAME]",
    about: "The table is required and must come before the policy's statements. Its name becomes the name of a constant: \
            `build-user` becomes `BUILD_USER`.",
    keys: &[
        key("title", Value::Prose, "A heading.", "title = \"User permissions\"").form(Form::Line),
        key(
            "about",
            Value::Prose,
            "What to do with the policy.",
            "about = \"Attach it to the user that runs the tool.\"",
        ),
        key(
            "type",
            Value::Choice(Choices::PolicyType),
            "What the policy is for; `identity` if omitted.",
            "type = \"boundary\"",
        ),
        key(
            "resource-type",
            Value::Choice(Choices::Resource),
            "For a resource policy: the kind of resource that it is attached to, whose rules apply. `other` is a kind without \
             rules of its own.",
            "resource-type = \"sqs:queue\"",
        ),
        key(
            "bounds",
            Value::Texts,
            "For a boundary: the policies that it leaves everything they grant, in each of their partitions and with all of their \
             extensions.",
            "bounds = [\"role\"]",
        ),
        key(
            "deploy-as",
            Value::Prose,
            "The name of what the Terraform module and the CloudFormation template create: a role or a policy. Without this \
             key, the name is generated.",
            "deploy-as = \"{bucket-prefix}reader\"",
        ),
        key(
            "attach",
            Value::Several(Choices::Attach),
            "How the policy may be attached. It must fit the quota of each of these kinds, in each of its partitions, with the \
             parameters' defaults and in each environment. Without this key, the size of an identity policy is not checked. \
             Resource policies do not have it, and for all other types there is only one way.",
            "attach = [\"inline-user\", \"managed\"]",
        ),
        key(
            "partitions",
            Value::Several(Choices::Partition),
            "The partitions it is generated for, the default one first; `aws` if omitted.",
            "partitions = [\"aws\", \"aws-cn\"]",
        ),
        key(
            "managed",
            Value::Texts,
            "AWS managed policies that whatever the policy is attached to also needs: their names, or their ARNs. They count \
             against the quota of ten managed policies.",
            "managed = [\"AWSLambdaBasicExecutionRole\"]",
        ),
        key(
            "include",
            Value::Texts,
            "The names of shared statements, which come after the policy's own.",
            "include = [\"logs\"]",
        )
        .form(Form::Name),
        required(key(
            "statement",
            Value::Tables(&STATEMENT),
            "The statements, in order. A policy with a `trust` may have none, if the role's permissions are elsewhere.",
            "[[policy.user.statement]]",
        ))
        .optional_with(&["include", "trust"]),
        key(
            "extension",
            Value::Map(&EXTENSION),
            "Optional statements, by name.",
            "[policy.user.extension.archive]",
        )
        .form(Form::Name),
        key(
            "trust",
            Value::Table(&TRUST),
            "For a role's policy: who may assume the role.",
            "[policy.role.trust]",
        ),
    ],
};

/// `[[policy.NAME.statement]]`
pub static STATEMENT: Section = Section {
    name: "statement",
    noun: "a statement",
    header: "[[policy.NAME.statement]]",
    about: "A statement has either `actions` or `not-actions`, and either `resources` or `not-resources`. Each action and \
            resource needs a reason: its own, or the statement's. Statements of resource policies and of resource control \
            policies, and only these, also have principals: any of `services`, `accounts`, `roles`, `users`, `oidc`, `saml` and \
            `principals`, or else `not-principals`. Some services let statements of a resource policy omit the resource.",
    keys: &[
        required(key(
            "id",
            Value::Text,
            "A stable name, unique within the policy and its extensions.",
            "id = \"fetch-reports\"",
        ))
        .form(Form::Name),
        key(
            "sid",
            Value::Text,
            "The Sid: letters and digits only. Defaults to the id in PascalCase: `FetchReports`.",
            "sid = \"Fetch\"",
        )
        .form(Form::Sid),
        key(
            "effect",
            Value::Choice(Choices::Effect),
            "`Allow` (the default) or `Deny`.",
            "effect = \"Deny\"",
        ),
        SERVICES,
        ACCOUNTS,
        ROLES,
        USERS,
        OIDC,
        SAML,
        PRINCIPALS,
        key(
            "not-principals",
            Value::Templates,
            "All principals except these, of whatever kind.",
            "not-principals = [\"arn:{partition}:iam::111122223333:role/admin\"]",
        ),
        key(
            "reason",
            Value::Prose,
            "Why the program needs this.",
            "reason = \"Downloads finished reports.\"",
        ),
        key(
            "without",
            Value::Prose,
            "What the program does if this is denied.",
            "without = \"Downloads fail.\"",
        ),
        key(
            "actions",
            Value::Entries(&ACTION, "action"),
            "The actions: `service:Name`. The name may contain the wildcards `*` and `?`.",
            "actions = [\"s3:GetObject\", { action = \"s3:DeleteObject\", reason = \"Removes old reports.\" }]",
        )
        .or("not-actions"),
        key(
            "not-actions",
            Value::Entries(&ACTION, "action"),
            "All actions except these.",
            "not-actions = [\"iam:*\"]",
        )
        .or("actions"),
        key(
            "resources",
            Value::Entries(&RESOURCE, "arn"),
            "The resources: ARNs with six segments, or `*`.",
            "resources = [\"arn:{partition}:s3:::{bucket-prefix}*\"]",
        )
        .or("not-resources")
        .optional_with(PRINCIPAL_KEYS),
        key(
            "not-resources",
            Value::Entries(&RESOURCE, "arn"),
            "All resources except these.",
            "not-resources = [\"arn:{partition}:s3:::{bucket-prefix}secret/*\"]",
        )
        .or("resources")
        .optional_with(PRINCIPAL_KEYS),
        key(
            "condition",
            Value::Conditions,
            "Conditions that must also hold: operators, their condition keys, and one or more values for each.",
            "condition.StringEquals.\"aws:RequestedRegion\" = [\"eu-west-1\", \"us-east-1\"]",
        ),
        key(
            "partitions",
            Value::Several(Choices::Partition),
            "The partitions that the statement is limited to.",
            "partitions = [\"aws\"]",
        ),
        key(
            "waive",
            Value::Entries(&WAIVER, ""),
            "Findings that are accepted anywhere in the statement.",
            "waive = [{ check = \"PASS_ROLE_WITH_STAR_IN_RESOURCE\", why = \"customers name the role\" }]",
        ),
    ],
};

/// An element of `actions` or `not-actions`
pub static ACTION: Section = Section {
    name: "action",
    noun: "an action",
    header: "",
    about: "An element of `actions` or `not-actions`. A string is short for `{ action = \"…\" }`.",
    keys: &[
        required(key(
            "action",
            Value::Text,
            "The action.",
            "{ action = \"s3:PutObjectAcl\" }",
        ))
        .form(Form::Action),
        key(
            "reason",
            Value::Prose,
            "Why the program needs this one. It gets its own row in the table.",
            "{ action = \"s3:PutObjectAcl\", reason = \"Makes a report public.\" }",
        ),
        key(
            "without",
            Value::Prose,
            "What the program does if this is denied.",
            "{ action = \"s3:PutObjectAcl\", without = \"Reports stay private.\" }",
        ),
        key(
            "waive",
            Value::Entries(&WAIVER, ""),
            "Findings that are accepted here.",
            "{ action = \"s3:NewAction\", waive = [{ check = \"INVALID_ACTION\", why = \"announced last week\" }] }",
        ),
    ],
};

/// An element of `resources` or `not-resources`
pub static RESOURCE: Section = Section {
    name: "resource",
    noun: "a resource",
    header: "",
    about: "An element of `resources` or `not-resources`. A string is short for `{ arn = \"…\" }`.",
    keys: &[
        required(key(
            "arn",
            Value::Prose,
            "The ARN, or `*`.",
            "{ arn = \"arn:{partition}:s3:::{bucket-prefix}*\" }",
        ))
        .form(Form::Arn),
        key(
            "partitions",
            Value::Several(Choices::Partition),
            "The partitions it is limited to. A statement must have resources in each of its partitions.",
            "{ arn = \"arn:{partition}:lambda:*:488211338238:layer:x*\", partitions = [\"aws-cn\"] }",
        ),
        key(
            "reason",
            Value::Prose,
            "Why the program needs this one. It gets its own row in the table.",
            "{ arn = \"*\", reason = \"The action does not support resources.\" }",
        ),
        key(
            "without",
            Value::Prose,
            "What the program does if this is denied.",
            "{ arn = \"*\", without = \"The list stays empty.\" }",
        ),
        key(
            "waive",
            Value::Entries(&WAIVER, ""),
            "Findings that are accepted here.",
            "{ arn = \"*\", waive = [{ check = \"ACTION_SUPPORTS_RESOURCES\", why = \"names are not known in advance\" }] }",
        ),
    ],
};

/// An element of `waive`
pub static WAIVER: Section = Section {
    name: "waiver",
    noun: "a waiver",
    header: "",
    about: "An accepted finding. Errors in the spec itself cannot be waived.",
    keys: &[
        required(key(
            "check",
            Value::Text,
            "The code of the finding.",
            "{ check = \"INVALID_ACTION\", why = \"…\" }",
        ))
        .form(Form::Code),
        required(key(
            "why",
            Value::Prose,
            "Why it is accepted; the table shows it.",
            "{ check = \"INVALID_ACTION\", why = \"announced last week\" }",
        )),
    ],
};

/// `[policy.NAME.trust]`
pub static TRUST: Section = Section {
    name: "trust",
    noun: "a trust policy",
    header: "[policy.NAME.trust]",
    about: "Who may assume the role that the policy belongs to. It becomes a separate document. It either has statements or, \
            for services alone, `services` and `condition`.",
    keys: &[
        key(
            "services",
            Value::Templates,
            "The services that may assume it; `lambda` is short for `lambda.amazonaws.com`.",
            "services = [\"lambda\"]",
        )
        .form(Form::Service)
        .or("statement"),
        key(
            "about",
            Value::Prose,
            "What to do with the trust policy.",
            "about = \"Lambda runs the functions as this role.\"",
        ),
        key(
            "condition",
            Value::Conditions,
            "Conditions that must also hold.",
            "condition.StringEquals.\"aws:SourceAccount\" = \"123456789012\"",
        ),
        key(
            "statement",
            Value::Tables(&TRUST_STATEMENT),
            "The statements, in order.",
            "[[policy.role.trust.statement]]",
        )
        .or("services"),
    ],
};

/// `[[policy.NAME.trust.statement]]`
pub static TRUST_STATEMENT: Section = Section {
    name: "trust-statement",
    noun: "a statement of a trust policy",
    header: "[[policy.NAME.trust.statement]]",
    about: "A statement of a trust policy names who may assume the role, in one or more of `services`, `accounts`, `roles`, \
            `users`, `oidc`, `saml` and `principals`, and why. It has no resource: it applies to its role.",
    keys: &[
        required(key(
            "id",
            Value::Text,
            "A stable name, unique within the policy, its extensions and its trust policy.",
            "id = \"deploy-from-github\"",
        ))
        .form(Form::Name),
        key(
            "sid",
            Value::Text,
            "The Sid: letters and digits only. Defaults to the id in PascalCase: `DeployFromGithub`.",
            "sid = \"GitHub\"",
        )
        .form(Form::Sid),
        key(
            "effect",
            Value::Choice(Choices::Effect),
            "`Allow` (the default) or `Deny`.",
            "effect = \"Deny\"",
        ),
        key(
            "reason",
            Value::Prose,
            "Why these principals need the role.",
            "reason = \"Releases are deployed from GitHub Actions.\"",
        ),
        key(
            "without",
            Value::Prose,
            "What happens if this is denied.",
            "without = \"Releases must be deployed by hand.\"",
        ),
        SERVICES,
        ACCOUNTS,
        ROLES,
        USERS,
        OIDC,
        SAML,
        PRINCIPALS,
        key(
            "actions",
            Value::Entries(&ACTION, "action"),
            "The actions. If omitted, they are those that the principals need: `sts:AssumeRole`, \
             `sts:AssumeRoleWithWebIdentity` for `oidc`, `sts:AssumeRoleWithSAML` for `saml`; for `pods.eks.amazonaws.com` also \
             `sts:TagSession`; for `rolesanywhere.amazonaws.com` also `sts:TagSession` and `sts:SetSourceIdentity`.",
            "actions = [\"sts:AssumeRole\", \"sts:TagSession\"]",
        )
        .not_with("not-actions"),
        key(
            "not-actions",
            Value::Entries(&ACTION, "action"),
            "All actions except these.",
            "not-actions = [\"sts:TagSession\"]",
        )
        .not_with("actions"),
        key(
            "condition",
            Value::Conditions,
            "Conditions that must also hold, such as those on the claims of an identity provider's token.",
            "condition.StringEquals.\"token.actions.githubusercontent.com:aud\" = \"sts.amazonaws.com\"",
        ),
        key(
            "partitions",
            Value::Several(Choices::Partition),
            "The partitions that the statement is limited to.",
            "partitions = [\"aws\"]",
        ),
        key(
            "waive",
            Value::Entries(&WAIVER, ""),
            "Findings that are accepted anywhere in the statement.",
            "waive = [{ check = \"SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED\", why = \"every branch is deployed\" }]",
        ),
    ],
};

/// The keys that list principals.
const PRINCIPAL_KEYS: &[&str] = &[
    "services",
    "accounts",
    "roles",
    "users",
    "oidc",
    "saml",
    "principals",
    "not-principals",
];

const SERVICES: Key = key(
    "services",
    Value::Templates,
    "Service principals; `lambda` is short for `lambda.amazonaws.com`.",
    "services = [\"lambda\"]",
)
.form(Form::Service);

const ACCOUNTS: Key = key(
    "accounts",
    Value::Templates,
    "Accounts, by their IDs. Each account decides which of its principals may use this.",
    "accounts = [\"111122223333\"]",
);

const ROLES: Key = key(
    "roles",
    Value::Templates,
    "Roles or their sessions, by their ARNs.",
    "roles = [\"arn:{partition}:iam::111122223333:role/deploy\"]",
);

const USERS: Key = key(
    "users",
    Value::Templates,
    "Users, by their ARNs.",
    "users = [\"arn:{partition}:iam::111122223333:user/ann\"]",
);

const OIDC: Key = key(
    "oidc",
    Value::Templates,
    "OIDC identity providers, by their ARNs; or one of the domains that IAM knows, such as \
     `cognito-identity.amazonaws.com`.",
    "oidc = [\"arn:{partition}:iam::111122223333:oidc-provider/token.actions.githubusercontent.com\"]",
);

const SAML: Key = key(
    "saml",
    Value::Templates,
    "SAML identity providers, by their ARNs.",
    "saml = [\"arn:{partition}:iam::111122223333:saml-provider/okta\"]",
);

const PRINCIPALS: Key = key(
    "principals",
    Value::Templates,
    "Any other principals: `*` for everyone, federated users, canonical user IDs.",
    "principals = [\"*\"]",
);

/// `[policy.NAME.extension.NAME]`
pub static EXTENSION: Section = Section {
    name: "extension",
    noun: "an extension",
    header: "[policy.NAME.extension.NAME]",
    about: "Optional statements, appended to the policy's own in the same document. The policy must fit its quotas with \
            each extension, and with all extensions that share an attachment kind.",
    keys: &[
        key("title", Value::Prose, "A heading.", "title = \"Archive\"").form(Form::Line),
        key(
            "about",
            Value::Prose,
            "Who needs the extension.",
            "about = \"For reports that are archived.\"",
        ),
        key(
            "attach",
            Value::Several(Choices::Attach),
            "How the policy may be attached with this extension. Defaults to the policy's own `attach`.",
            "attach = [\"managed\"]",
        ),
        key(
            "include",
            Value::Texts,
            "The names of shared statements, which come after the extension's own.",
            "include = [\"logs\"]",
        )
        .form(Form::Name),
        required(key(
            "statement",
            Value::Tables(&STATEMENT),
            "The statements, in order.",
            "[[policy.user.extension.archive.statement]]",
        ))
        .optional_with(&["include"]),
    ],
};
