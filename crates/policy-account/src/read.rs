mod own;
mod references;

use iam_policy_core::Arn;
use iam_policy_document::{Diagnostic, Document, Kind, Value, did_you_mean};
use iam_policy_eval::PolicyType;

use crate::find::last;
use crate::members::{items, optional, present, required, span};
use crate::model::{Entity, EntityKind, ManagedPolicy, Principals};
use crate::policy::{self, Named, Policy, described};
use crate::problem::problem;
use references::{References, Target, Unread};

/// The contents of an account file, and all errors in it.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The principals, as far as they could be read; complete if there are no errors.
    pub principals: Principals,
    /// The errors, in file order.
    pub problems: Vec<Diagnostic>,
}

/// The lists in AWS's output, with the kind of their items.
const LISTS: [(&str, EntityKind); 3] = [
    ("UserDetailList", EntityKind::User),
    ("GroupDetailList", EntityKind::Group),
    ("RoleDetailList", EntityKind::Role),
];
const POLICIES: &str = "Policies";
const ACCESS_KEYS: &str = "AccessKeys";
pub(crate) const SERVICE_CONTROL: &str = "ServiceControlPolicies";
pub(crate) const RESOURCE_CONTROL: &str = "ResourceControlPolicies";
const RESOURCE_POLICIES: &str = "ResourcePolicies";

/// The keys of a page: AWS's and our own.
const KEYS: [&str; 11] = [
    "UserDetailList",
    "GroupDetailList",
    "RoleDetailList",
    POLICIES,
    "IsTruncated",
    "Marker",
    "ResponseMetadata",
    ACCESS_KEYS,
    SERVICE_CONTROL,
    RESOURCE_CONTROL,
    RESOURCE_POLICIES,
];

/// Reads an account file: output of `aws iam get-account-authorization-details`, or an array of several such pages,
/// with a few additional keys. The README of this crate describes the format.
///
/// - `source`: the file, which may contain anything
///
/// # Examples
///
/// ```
/// let reading = iam_policy_account::read(
///     br#"{"UserDetailList": [{
///         "UserName": "ann",
///         "Arn": "arn:aws:iam::123456789012:user/ann",
///         "AttachedManagedPolicies": [{"PolicyName": "ReadOnlyAccess", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]
///     }]}"#,
/// );
/// assert_eq!(
///     reading.problems[0].message,
///     "the user `ann` has the managed policy `arn:aws:iam::aws:policy/ReadOnlyAccess`, which is not in the file",
/// );
/// ```
#[must_use]
pub fn read(source: &[u8]) -> Reading {
    let json = iam_policy_document::json::read(source);
    let mut reader = Reader {
        source,
        principals: Principals::default(),
        problems: Vec::new(),
        references: References::default(),
    };
    reader.document(&json.document);
    let mut problems = reader.problems;
    if !json.problems.is_empty() {
        // Syntax errors suppress errors about what they tear apart.
        problems = json.problems;
    }
    problems.sort_by_key(Diagnostic::start);
    Reading {
        principals: reader.principals,
        problems,
    }
}

struct Reader<'s> {
    source: &'s [u8],
    principals: Principals,
    problems: Vec<Diagnostic>,
    references: References,
}

impl Reader<'_> {
    fn document(&mut self, document: &Document) {
        let root = document.root();
        let pages: Vec<Value<'_>> = match root.kind() {
            Kind::Object | Kind::Array => root.one_or_many().collect(),
            other => {
                self.expected("an object, or an array of objects", other, root);
                return;
            }
        };
        for page in &pages {
            if page.is_object() {
                self.page(*page);
            } else {
                self.expected("an object", page.kind(), *page);
            }
        }
        if let Some(truncated) = pages.last().and_then(|page| page.get("IsTruncated"))
            && truncated.value.kind() == Kind::Bool(true)
        {
            self.problems.push(
                problem("the last page is truncated", span(truncated.value))
                    .help("put all pages into one array, or let the AWS CLI combine them"),
            );
        }
        let references = std::mem::take(&mut self.references);
        self.problems.extend(references.resolve(&self.principals));
    }

    fn expected(&mut self, expected: &str, found: Kind<'_>, value: Value<'_>) {
        let message = format!("expected {expected}, found {}", described(found));
        self.problems.push(problem(message, span(value)));
    }

    fn page(&mut self, page: Value<'_>) {
        for member in page.members() {
            if !KEYS.contains(&member.key) {
                let place = member.key_span().unwrap_or_else(|| span(member.value));
                let same = KEYS.iter().find(|key| key.eq_ignore_ascii_case(member.key));
                let help = match same {
                    Some(key) => did_you_mean(key),
                    None => format!("the keys are {}", KEYS.map(|key| format!("`{key}`")).join(", ")),
                };
                let message = format!("unknown key `{}` in an account file", member.key);
                self.problems.push(problem(message, place).help(help));
            }
        }
        for (key, kind) in LISTS {
            for value in items(page, key, &mut self.problems) {
                self.entity(kind, value);
            }
        }
        for value in items(page, POLICIES, &mut self.problems) {
            self.managed(value);
        }
        self.access_keys(page);
        self.levels(page, SERVICE_CONTROL, PolicyType::ServiceControl);
        self.levels(page, RESOURCE_CONTROL, PolicyType::ResourceControl);
        self.resource_policies(page);
    }

    fn policy(&mut self, value: Value<'_>, policy_type: PolicyType) -> Option<Policy> {
        policy::read(self.source, value, policy_type, &mut self.problems)
    }

    /// The name and the ARN of an entity, if both are valid.
    fn name_and_arn<'a>(&mut self, kind: EntityKind, value: Value<'a>) -> Option<(&'a str, &'a str)> {
        let what = kind.name();
        let key = match kind {
            EntityKind::User => "UserName",
            EntityKind::Group => "GroupName",
            EntityKind::Role => "RoleName",
        };
        let (text, place) = required(value, "Arn", what, &mut self.problems)?;
        let (name, name_span) = required(value, key, what, &mut self.problems)?;
        let prefix = format!("{what}/");
        let arn = Arn::parse(text)
            .ok()
            .filter(|arn| arn.service == "iam" && arn.account.len() == 12 && arn.resource.starts_with(&prefix));
        let Some(arn) = arn else {
            let message = format!("`{text}` is not the ARN of a {what}");
            let help = format!("such as `arn:aws:iam::123456789012:{what}/{name}`");
            self.problems.push(problem(message, place).help(help));
            return None;
        };
        if last(arn.resource) != name {
            let message = format!(
                "the {what} is named `{name}`, but its ARN ends with `{}`",
                last(arn.resource)
            );
            self.problems.push(problem(message, name_span));
            return None;
        }
        if self.principals.named(kind, arn.account, name).is_some() {
            let message = format!("duplicate {what} `{name}`");
            self.problems.push(problem(message, place));
            return None;
        }
        Some((name, text))
    }

    fn entity(&mut self, kind: EntityKind, value: Value<'_>) {
        let (policies, id) = match kind {
            EntityKind::User => ("UserPolicyList", "UserId"),
            EntityKind::Group => ("GroupPolicyList", "GroupId"),
            EntityKind::Role => ("RolePolicyList", "RoleId"),
        };
        let Some((name, arn)) = self.name_and_arn(kind, value) else {
            self.references.unread(Unread::Entity(kind));
            return;
        };
        let whose = format!("the {} `{name}`", kind.name());
        let mut entity = Entity {
            kind,
            arn: arn.to_owned(),
            name: name.to_owned(),
            path: path(arn, kind, name),
            id: self.text(value, id),
            created: self.text(value, "CreateDate"),
            inline: Vec::new(),
            attached: Vec::new(),
            groups: Vec::new(),
            boundary: None,
            trust: None,
            tags: Vec::new(),
        };
        self.inline(value, policies, &mut entity);
        self.attached(value, &whose, &mut entity);
        match kind {
            EntityKind::User => self.groups(value, &whose, &mut entity),
            EntityKind::Role => {
                if let Some(trust) = present(value, "AssumeRolePolicyDocument") {
                    entity.trust = self.policy(trust, PolicyType::Resource);
                }
            }
            EntityKind::Group => {}
        }
        if let Some(boundary) = present(value, "PermissionsBoundary") {
            self.boundary(boundary, &whose, &mut entity);
        }
        self.tags(value, &mut entity);
        self.principals.add(entity);
    }

    fn inline(&mut self, value: Value<'_>, key: &str, entity: &mut Entity) {
        for value in items(value, key, &mut self.problems) {
            let name = required(value, "PolicyName", "policy", &mut self.problems);
            let Some(document) = self.member(value, "PolicyDocument", "policy") else {
                continue;
            };
            let policy = self.policy(document, PolicyType::Identity);
            if let (Some((name, _)), Some(policy)) = (name, policy) {
                entity.inline.push(Named {
                    name: name.to_owned(),
                    policy,
                });
            }
        }
    }

    fn attached(&mut self, value: Value<'_>, whose: &str, entity: &mut Entity) {
        for value in items(value, "AttachedManagedPolicies", &mut self.problems) {
            if let Some((arn, place)) = required(value, "PolicyArn", "managed policy", &mut self.problems) {
                entity.attached.push(arn.to_owned());
                self.references
                    .add(place, whose, Target::managed(arn, "managed policy"));
            }
        }
    }

    fn boundary(&mut self, boundary: Value<'_>, whose: &str, entity: &mut Entity) {
        let what = "permissions boundary";
        if let Some((arn, place)) = required(boundary, "PermissionsBoundaryArn", what, &mut self.problems) {
            entity.boundary = Some(arn.to_owned());
            self.references.add(place, whose, Target::managed(arn, what));
        }
    }

    fn groups(&mut self, value: Value<'_>, whose: &str, entity: &mut Entity) {
        for value in items(value, "GroupList", &mut self.problems) {
            let Some(group) = value.as_str() else {
                self.expected("the name of a group", value.kind(), value);
                continue;
            };
            entity.groups.push(group.to_owned());
            let target = Target::Group {
                account: entity.account().to_owned(),
                name: group.to_owned(),
            };
            self.references.add(span(value), whose, target);
        }
    }

    fn tags(&mut self, value: Value<'_>, entity: &mut Entity) {
        for value in items(value, "Tags", &mut self.problems) {
            let key = required(value, "Key", "tag", &mut self.problems);
            let text = required(value, "Value", "tag", &mut self.problems);
            if let (Some((key, _)), Some((text, _))) = (key, text) {
                entity.tags.push((key.to_owned(), text.to_owned()));
            }
        }
    }

    fn text(&mut self, object: Value<'_>, key: &str) -> Option<String> {
        optional(object, key, &mut self.problems).map(|(text, _)| text.to_owned())
    }

    /// A required member.
    fn member<'a>(&mut self, object: Value<'a>, key: &str, what: &str) -> Option<Value<'a>> {
        let member = object.get(key);
        // A value that is not an object has been reported already.
        if member.is_none() && object.is_object() {
            let message = format!("this {what} has no `{key}`");
            self.problems.push(problem(message, span(object)));
        }
        member.map(|member| member.value)
    }

    fn managed(&mut self, value: Value<'_>) {
        let Some((arn, place)) = required(value, "Arn", "managed policy", &mut self.problems) else {
            self.references.unread(Unread::Managed(None));
            return;
        };
        let is_policy = |arn: &Arn<'_>| arn.service == "iam" && arn.resource.starts_with("policy/");
        let Some(name) = Arn::parse(arn).ok().filter(is_policy).map(|arn| last(arn.resource)) else {
            let message = format!("`{arn}` is not the ARN of a managed policy");
            self.problems.push(problem(message, place));
            self.references.unread(Unread::Managed(None));
            return;
        };
        if self.principals.managed_policy(arn).is_some() {
            let message = format!("duplicate managed policy `{arn}`");
            self.problems.push(problem(message, place));
            return;
        }
        match self.default_version(value, arn) {
            Some(policy) => self.principals.add_managed(ManagedPolicy {
                arn: arn.to_owned(),
                name: name.to_owned(),
                policy,
            }),
            None => self.references.unread(Unread::Managed(Some(arn.to_owned()))),
        }
    }

    fn default_version(&mut self, value: Value<'_>, arn: &str) -> Option<Policy> {
        let default = optional(value, "DefaultVersionId", &mut self.problems).map(|(id, _)| id);
        let mut versions = items(value, "PolicyVersionList", &mut self.problems);
        let is_default = |version: &Value<'_>| {
            let member = |key| version.get(key).map(|member| member.value.kind());
            member("IsDefaultVersion") == Some(Kind::Bool(true))
                || default.is_some_and(|id| member("VersionId") == Some(Kind::String(id)))
        };
        let Some(version) = versions.find(is_default) else {
            let message = format!("the managed policy `{arn}` has no default version");
            let help = "the default version has `IsDefaultVersion` set to true in `PolicyVersionList`";
            self.problems.push(problem(message, span(value)).help(help));
            return None;
        };
        let document = self.member(version, "Document", "version")?;
        self.policy(document, PolicyType::Identity)
    }
}

/// The path of an entity, which is between the kind and the name in its ARN.
fn path(arn: &str, kind: EntityKind, name: &str) -> String {
    let resource = Arn::parse(arn).map_or("", |arn| arn.resource);
    let path = resource
        .strip_prefix(kind.name())
        .and_then(|rest| rest.strip_suffix(name));
    path.unwrap_or("/").to_owned()
}
