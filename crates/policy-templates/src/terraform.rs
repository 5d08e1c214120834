//! Policies in plans and states of Terraform, as `terraform show -json` prints them, and in state files.
//!
//! Source: Terraform documentation, "JSON Output Format", "State"; Terraform Registry, AWS provider, the argument
//! reference of each resource. As of November 2026.

use std::collections::HashSet;

use iam_policy_core::{AttachmentKind, PolicyResource, PolicyType};
use iam_policy_document::{Diagnostic, Kind as Json, Location, Member, Severity, Value};

use crate::embedded::{self, Embedded};
use crate::{Format, ManagedPolicy, Policy, Template, Variant, problem};

/// How deeply modules and attributes are searched.
const MAX_DEPTH: usize = 64;

/// Finds the policies of the resources that a plan or a state has. Those of a plan are the planned ones, as far as they
/// are known.
///
/// - `source`: the file
/// - `root`: its outermost value
pub(crate) fn read(source: &[u8], root: Value<'_>) -> Option<Template> {
    let mut search = Search {
        source,
        policies: Vec::new(),
        managed: Vec::new(),
        names: HashSet::new(),
        problems: Vec::new(),
    };
    let member = |key: &str| root.get(key).map(|member| member.value);
    let of_state = |value: Value<'_>| value.get("root_module").is_some();
    let values = member("planned_values").or(member("values"));
    if member("format_version").is_some()
        && let Some(values) = values.filter(|values| of_state(*values))
    {
        if let Some(module) = values.get("root_module") {
            search.module(module.value, 0);
        }
        if let Some(changes) = member("resource_changes") {
            changes.items().for_each(|change| search.unknown_attributes(change));
        }
    } else if member("terraform_version").is_some()
        && let Some(resources) = member("resources").filter(|resources| resources.is_array())
    {
        resources.items().for_each(|resource| search.in_state(resource));
    } else {
        return None;
    }
    Some(Template {
        format: Format::Terraform,
        policies: search.policies,
        managed: search.managed,
        problems: search.problems,
    })
}

/// The attribute of a policy of an organization, whose type another one says.
const ORGANIZATION: (&str, &str) = ("aws_organizations_policy", "content");

/// What an attribute is.
#[derive(Clone, Copy)]
struct Attribute {
    policy_type: PolicyType,
    resource_type: Option<PolicyResource>,
    attach: Option<AttachmentKind>,
}

/// What an attribute is, if it is known to be a policy.
fn attribute_of(resource_type: &str, attribute: &str) -> Option<Attribute> {
    let place = ATTRIBUTES.partition_point(|(of, ..)| *of < resource_type);
    let own = ATTRIBUTES
        .get(place..)?
        .iter()
        .take_while(|(of, ..)| *of == resource_type);
    let mut own = own.filter(|(_, name, _)| *name == attribute);
    own.next().map(|&(_, _, attribute)| attribute)
}

const IDENTITY: Attribute = Attribute {
    policy_type: PolicyType::Identity,
    resource_type: None,
    attach: None,
};

const RESOURCE: Attribute = Attribute {
    policy_type: PolicyType::Resource,
    ..IDENTITY
};

const TRUST: Attribute = Attribute {
    policy_type: PolicyType::Trust,
    ..IDENTITY
};

const SESSION: Attribute = Attribute {
    policy_type: PolicyType::Session,
    ..IDENTITY
};

const fn attached(attach: AttachmentKind) -> Attribute {
    Attribute {
        attach: Some(attach),
        ..IDENTITY
    }
}

const fn of(resource: PolicyResource) -> Attribute {
    Attribute {
        resource_type: Some(resource),
        ..RESOURCE
    }
}

/// By resource type, in the order of the names.
const ATTRIBUTES: &[(&str, &str, Attribute)] = &[
    ("aws_api_gateway_rest_api", "policy", of(PolicyResource::RestApi)),
    ("aws_api_gateway_rest_api_policy", "policy", of(PolicyResource::RestApi)),
    ("aws_backup_vault_policy", "policy", of(PolicyResource::BackupVault)),
    (
        "aws_cloudwatch_event_bus_policy",
        "policy",
        of(PolicyResource::EventBus),
    ),
    ("aws_cloudwatch_log_destination_policy", "access_policy", RESOURCE),
    ("aws_cloudwatch_log_resource_policy", "policy_document", RESOURCE),
    (
        "aws_codeartifact_domain_permissions_policy",
        "policy_document",
        RESOURCE,
    ),
    (
        "aws_codeartifact_repository_permissions_policy",
        "policy_document",
        RESOURCE,
    ),
    ("aws_codebuild_resource_policy", "policy", RESOURCE),
    (
        "aws_dynamodb_resource_policy",
        "policy",
        of(PolicyResource::DynamodbTable),
    ),
    ("aws_ecr_registry_policy", "policy", of(PolicyResource::EcrRegistry)),
    ("aws_ecr_repository_policy", "policy", of(PolicyResource::EcrRepository)),
    (
        "aws_ecrpublic_repository_policy",
        "policy",
        of(PolicyResource::EcrPublicRepository),
    ),
    ("aws_efs_file_system_policy", "policy", of(PolicyResource::FileSystem)),
    (
        "aws_elasticsearch_domain",
        "access_policies",
        of(PolicyResource::OpensearchDomain),
    ),
    (
        "aws_elasticsearch_domain_policy",
        "access_policies",
        of(PolicyResource::OpensearchDomain),
    ),
    ("aws_glue_resource_policy", "policy", of(PolicyResource::GlueCatalog)),
    ("aws_iam_group_policy", "policy", attached(AttachmentKind::InlineGroup)),
    ("aws_iam_policy", "policy", attached(AttachmentKind::Managed)),
    ("aws_iam_role", "assume_role_policy", TRUST),
    (
        "aws_iam_role",
        "inline_policy.policy",
        attached(AttachmentKind::InlineRole),
    ),
    ("aws_iam_role_policy", "policy", attached(AttachmentKind::InlineRole)),
    ("aws_iam_user_policy", "policy", attached(AttachmentKind::InlineUser)),
    ("aws_iot_policy", "policy", IDENTITY),
    ("aws_kinesis_resource_policy", "policy", RESOURCE),
    ("aws_kms_external_key", "policy", of(PolicyResource::KmsKey)),
    ("aws_kms_key", "policy", of(PolicyResource::KmsKey)),
    ("aws_kms_key_policy", "policy", of(PolicyResource::KmsKey)),
    ("aws_kms_replica_key", "policy", of(PolicyResource::KmsKey)),
    ("aws_media_store_container_policy", "policy", RESOURCE),
    ("aws_msk_cluster_policy", "policy", RESOURCE),
    (
        "aws_opensearch_domain",
        "access_policies",
        of(PolicyResource::OpensearchDomain),
    ),
    (
        "aws_opensearch_domain_policy",
        "access_policies",
        of(PolicyResource::OpensearchDomain),
    ),
    ("aws_organizations_resource_policy", "content", RESOURCE),
    (
        "aws_redshift_resource_policy",
        "policy",
        of(PolicyResource::RedshiftNamespace),
    ),
    ("aws_s3_bucket", "policy", of(PolicyResource::S3Bucket)),
    ("aws_s3_bucket_policy", "policy", of(PolicyResource::S3Bucket)),
    (
        "aws_s3control_access_point_policy",
        "policy",
        of(PolicyResource::S3AccessPoint),
    ),
    ("aws_secretsmanager_secret", "policy", of(PolicyResource::Secret)),
    ("aws_secretsmanager_secret_policy", "policy", of(PolicyResource::Secret)),
    ("aws_sns_topic", "policy", of(PolicyResource::SnsTopic)),
    ("aws_sns_topic_policy", "policy", of(PolicyResource::SnsTopic)),
    ("aws_sqs_queue", "policy", of(PolicyResource::SqsQueue)),
    ("aws_sqs_queue_policy", "policy", of(PolicyResource::SqsQueue)),
    ("aws_ssoadmin_permission_set_inline_policy", "inline_policy", IDENTITY),
    ("aws_transfer_user", "policy", SESSION),
    ("aws_vpc_endpoint", "policy", of(PolicyResource::VpcEndpoint)),
    ("aws_vpc_endpoint_policy", "policy", of(PolicyResource::VpcEndpoint)),
    ("aws_vpclattice_auth_policy", "policy", RESOURCE),
    ("aws_vpclattice_resource_policy", "policy", RESOURCE),
];

struct Search<'s> {
    source: &'s [u8],
    policies: Vec<Policy>,
    managed: Vec<ManagedPolicy>,
    names: HashSet<String>,
    problems: Vec<Diagnostic>,
}

/// A resource.
#[derive(Clone, Copy)]
struct Resource<'r> {
    address: &'r str,
    kind: &'r str,
    values: Value<'r>,
}

fn text<'v>(value: Value<'v>, key: &str) -> Option<&'v str> {
    value.get(key)?.value.as_str()
}

impl Search<'_> {
    /// The resources of a module and of those in it.
    fn module(&mut self, module: Value<'_>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        for resource in module
            .get("resources")
            .into_iter()
            .flat_map(|member| member.value.items())
        {
            if text(resource, "mode") != Some("data")
                && let (Some(address), Some(resource_type)) = (text(resource, "address"), text(resource, "type"))
                && let Some(values) = resource.get("values")
            {
                self.resource(Resource {
                    address,
                    kind: resource_type,
                    values: values.value,
                });
            }
        }
        for child in module
            .get("child_modules")
            .into_iter()
            .flat_map(|member| member.value.items())
        {
            self.module(child, depth + 1);
        }
    }

    /// Notes which policies of a resource are only known when the plan is applied.
    fn unknown_attributes(&mut self, change: Value<'_>) {
        let (Some(address), Some(kind)) = (text(change, "address"), text(change, "type")) else {
            return;
        };
        let unknown = change
            .get("change")
            .and_then(|member| member.value.get("after_unknown"));
        if let Some(unknown) = unknown.filter(|_| text(change, "mode") != Some("data")) {
            self.unknown_in(address, kind, "", unknown.value, 0);
        }
    }

    /// - `attribute`: the path to the value, without indices
    fn unknown_in(&mut self, address: &str, kind: &str, attribute: &str, value: Value<'_>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        let is_policy = || attribute_of(kind, attribute).is_some() || (kind, attribute) == ORGANIZATION;
        if value.kind() == Json::Bool(true) && is_policy() {
            let message =
                format!("`{attribute}` of `{address}` is only known when the plan is applied, so it is not checked");
            let mut note = problem(message, value);
            note.severity = Severity::Note;
            self.problems.push(note);
        }
        for item in value.items() {
            self.unknown_in(address, kind, attribute, item, depth + 1);
        }
        for member in value.members() {
            let separator = if attribute.is_empty() { "" } else { "." };
            let inner = [attribute, separator, member.key].concat();
            self.unknown_in(address, kind, &inner, member.value, depth + 1);
        }
    }

    /// A resource of a state file, whose instances have addresses of their own.
    fn in_state(&mut self, resource: Value<'_>) {
        let (Some(resource_type), Some(name)) = (text(resource, "type"), text(resource, "name")) else {
            return;
        };
        if text(resource, "mode") == Some("data") {
            return;
        }
        let module = text(resource, "module").map_or(String::new(), |module| format!("{module}."));
        for instance in resource
            .get("instances")
            .into_iter()
            .flat_map(|member| member.value.items())
        {
            let index = match instance.get("index_key").map(|member| member.value.kind()) {
                Some(Json::String(key)) => format!("[{key:?}]"),
                Some(Json::Number(number)) => format!("[{number}]"),
                _ => String::new(),
            };
            if let Some(values) = instance.get("attributes") {
                self.resource(Resource {
                    address: &format!("{module}{resource_type}.{name}{index}"),
                    kind: resource_type,
                    values: values.value,
                });
            }
        }
    }

    fn resource(&mut self, resource: Resource<'_>) {
        match resource.kind {
            kind if kind == ORGANIZATION.0 => self.organization(resource),
            "aws_iam_role_policy_attachment"
            | "aws_iam_user_policy_attachment"
            | "aws_iam_group_policy_attachment"
            | "aws_iam_policy_attachment" => {
                if let Some(arn) = resource.values.get("policy_arn") {
                    self.managed(arn);
                }
            }
            _ => {
                for member in resource.values.members() {
                    self.attribute(resource, member.key, member.value, 0);
                }
            }
        }
    }

    fn managed(&mut self, member: Member<'_>) {
        for value in member.value.one_or_many() {
            if let Some(arn) = value.as_str() {
                self.managed.push(ManagedPolicy {
                    arn: arn.to_owned(),
                    location: Location {
                        path: value.path(),
                        span: value.span(),
                    },
                });
            }
        }
    }

    /// - `attribute`: the path to the value, without indices
    fn attribute(&mut self, resource: Resource<'_>, attribute: &str, value: Value<'_>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        match value.kind() {
            Json::String(_) => {
                let kind = attribute_of(resource.kind, attribute);
                if kind.is_some() || embedded::is_policy(value) {
                    self.add(resource, attribute, value, kind);
                }
            }
            Json::Array if attribute == "managed_policy_arns" => {
                if let Some(member) = resource.values.get(attribute) {
                    self.managed(member);
                }
            }
            Json::Array => {
                for item in value.items() {
                    self.attribute(resource, attribute, item, depth + 1);
                }
            }
            Json::Object => {
                for member in value.members() {
                    let inner = format!("{attribute}.{}", member.key);
                    self.attribute(resource, &inner, member.value, depth + 1);
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }

    /// Source: Terraform Registry, AWS provider, "`aws_organizations_policy`".
    fn organization(&mut self, resource: Resource<'_>) {
        let (policy_type, attach) = match text(resource.values, "type") {
            Some("SERVICE_CONTROL_POLICY") | None => (PolicyType::ServiceControl, Some(AttachmentKind::ServiceControl)),
            Some("RESOURCE_CONTROL_POLICY") => (PolicyType::ResourceControl, None),
            Some(_) => return,
        };
        if let Some(content) = resource.values.get(ORGANIZATION.1) {
            let kind = Attribute {
                policy_type,
                resource_type: None,
                attach,
            };
            self.add(resource, ORGANIZATION.1, content.value, Some(kind));
        }
    }

    fn add(&mut self, resource: Resource<'_>, attribute: &str, value: Value<'_>, kind: Option<Attribute>) {
        // An attribute of a resource without a policy is empty.
        let Some(Embedded { node, problems, .. }) = embedded::json(self.source, value) else {
            return;
        };
        let document = node.document(value.path());
        let kind = kind.unwrap_or_else(|| Attribute {
            policy_type: document.inferred_type(),
            ..IDENTITY
        });
        let mut name = match attribute {
            "policy" => resource.address.to_owned(),
            _ => format!("{}.{attribute}", resource.address),
        };
        let (own, mut number) = (name.clone(), 0);
        while !self.names.insert(name.clone()) {
            number += 1;
            name = format!("{own}[{number}]");
        }
        self.policies.push(Policy {
            name,
            policy_type: kind.policy_type,
            resource_type: kind.resource_type,
            attach: kind.attach,
            variants: vec![Variant {
                conditions: Vec::new(),
                document,
            }],
            is_partial: false,
            problems,
            is_published: false,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_attributes_are_sorted() {
        assert!(ATTRIBUTES.is_sorted_by_key(|(resource, attribute, _)| (resource, attribute)));
        assert!(attribute_of("aws_iam_role", "assume_role_policy").is_some());
        assert!(attribute_of("aws_iam_role", "policy").is_none());
    }
}
