//! Resource policies, which the service of the resource sets.

use iam_policy_core::{Arn, Policy, PolicyResource, Style};
use iam_policy_document::Diagnostic;

use super::script::{Script, Value};
use super::{Given, RESOURCE, refused_options};
use crate::policies::choice::Choice;

/// How a policy is set for a kind of resource. It replaces the policy that the resource has.
struct Setter {
    command: &'static str,
    /// The option that names the resource, unless there is only one in an account and a Region.
    named_by: Option<Name>,
    /// Options that are always the same.
    fixed: &'static [(&'static str, &'static str)],
    /// The option for the policy, and how the policy is written there.
    document: (&'static str, Form),
}

/// The option that names a resource, and what names it.
#[derive(Clone, Copy)]
struct Name {
    option: &'static str,
    noun: &'static str,
    accepts: Accepts,
}

/// What can name a resource.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Accepts {
    Name,
    Arn,
    NameOrArn,
    Url,
}

/// How a policy is written as the value of an option.
#[derive(Clone, Copy)]
enum Form {
    /// As it is.
    Json,
    /// As an attribute of the resource.
    Attribute(&'static str),
    /// As a change of the resource.
    Patch(&'static str),
}

const fn setter(
    command: &'static str,
    option: &'static str,
    noun: &'static str,
    accepts: Accepts,
    document: &'static str,
) -> Setter {
    Setter {
        command,
        named_by: Some(Name { option, noun, accepts }),
        fixed: &[],
        document: (document, Form::Json),
    }
}

impl Setter {
    const fn with(mut self, fixed: &'static [(&'static str, &'static str)]) -> Self {
        self.fixed = fixed;
        self
    }

    const fn in_form(mut self, form: Form) -> Self {
        self.document.1 = form;
        self
    }

    /// For what there is one of in an account and a Region.
    const fn only(mut self) -> Self {
        self.named_by = None;
        self
    }
}

/// How the policy of a resource is set. `None` if no command sets a whole policy.
///
/// Source: AWS CLI Command Reference, the pages of the commands.
fn setter_of(resource: PolicyResource) -> Option<Setter> {
    use Accepts::{Arn, Name, NameOrArn, Url};
    use PolicyResource as Kind;
    Some(match resource {
        Kind::RestApi => {
            let form = Form::Patch("/policy");
            setter(
                "aws apigateway update-rest-api",
                "rest-api-id",
                "ID",
                Name,
                "patch-operations",
            )
            .in_form(form)
        }
        Kind::BackupVault => setter(
            "aws backup put-backup-vault-access-policy",
            "backup-vault-name",
            "name",
            Name,
            "policy",
        ),
        Kind::DynamodbTable => setter("aws dynamodb put-resource-policy", "resource-arn", "ARN", Arn, "policy"),
        Kind::VpcEndpoint => setter(
            "aws ec2 modify-vpc-endpoint",
            "vpc-endpoint-id",
            "ID",
            Name,
            "policy-document",
        ),
        Kind::EcrPublicRepository => setter(
            "aws ecr-public set-repository-policy",
            "repository-name",
            "name",
            Name,
            "policy-text",
        ),
        Kind::EcrRegistry => setter("aws ecr put-registry-policy", "", "", Name, "policy-text").only(),
        Kind::EcrRepository => setter(
            "aws ecr set-repository-policy",
            "repository-name",
            "name",
            Name,
            "policy-text",
        ),
        Kind::FileSystem => setter(
            "aws efs put-file-system-policy",
            "file-system-id",
            "ID",
            NameOrArn,
            "policy",
        ),
        Kind::OpensearchDomain => setter(
            "aws opensearch update-domain-config",
            "domain-name",
            "name",
            Name,
            "access-policies",
        ),
        Kind::EventBus => setter("aws events put-permission", "event-bus-name", "name", Name, "policy"),
        Kind::GlueCatalog => setter("aws glue put-resource-policy", "", "", Name, "policy-in-json").only(),
        Kind::KinesisStream => setter("aws kinesis put-resource-policy", "resource-arn", "ARN", Arn, "policy"),
        Kind::KmsKey => {
            setter("aws kms put-key-policy", "key-id", "ID", NameOrArn, "policy").with(&[("policy-name", "default")])
        }
        Kind::RedshiftNamespace => setter("aws redshift put-resource-policy", "resource-arn", "ARN", Arn, "policy"),
        Kind::S3Bucket => setter("aws s3api put-bucket-policy", "bucket", "name", Name, "policy"),
        Kind::Secret => setter(
            "aws secretsmanager put-resource-policy",
            "secret-id",
            "name",
            NameOrArn,
            "resource-policy",
        ),
        Kind::SnsTopic => setter(
            "aws sns set-topic-attributes",
            "topic-arn",
            "ARN",
            Arn,
            "attribute-value",
        )
        .with(&[("attribute-name", "Policy")]),
        Kind::SqsQueue => setter("aws sqs set-queue-attributes", "queue-url", "URL", Url, "attributes")
            .in_form(Form::Attribute("Policy")),
        Kind::S3AccessPoint => setter("aws s3control put-access-point-policy", "name", "name", Name, "policy"),
        _ => return None,
    })
}

/// The command that sets a policy statement by statement, for resources whose whole policy no command sets.
fn by_statement(resource: PolicyResource) -> Option<&'static str> {
    match resource {
        PolicyResource::LambdaFunction => Some("aws lambda add-permission"),
        PolicyResource::LambdaLayerVersion => Some("aws lambda add-layer-version-permission"),
        _ => None,
    }
}

/// The command that sets the policy of a resource.
pub(super) fn script(policy: &Policy<'_>, choice: &Choice<'_>, given: &Given<'_>) -> Result<String, Vec<Diagnostic>> {
    let name = policy.name;
    let Some(resource) = policy.resource_type else {
        let problem = Diagnostic::error(format!(
            "the kind of resource that the policy `{name}` is for is unknown"
        ));
        let help = format!("print it with `policies {name}`, and set it with the command of the resource's service");
        return Err(vec![problem.help(help)]);
    };
    let label = resource.label();
    let Some(setter) = setter_of(resource) else {
        let problem = Diagnostic::error(format!("no command of the AWS CLI sets the whole policy of {label}"));
        let help = match by_statement(resource) {
            Some(command) => format!("print it with `policies {name}`, and add each statement with `{command}`"),
            None => format!("print it with `policies {name}`, and set it with the command of the resource's service"),
        };
        return Err(vec![problem.help(help)]);
    };
    let mut problems = refused_options(policy, given, if setter.named_by.is_some() { &[RESOURCE] } else { &[] });
    let id = given.text(RESOURCE);
    match (setter.named_by, id) {
        (Some(by), Some(id)) => problems.extend(id_problem(id, by, label)),
        (Some(by), None) => {
            let problem = Diagnostic::error(format!("the policy `{name}` is for {label}, and none is named"));
            let value = by.noun.to_ascii_uppercase();
            problems.push(problem.help(format!("give its {} with `--{RESOURCE} {value}`", by.noun)));
        }
        (None, _) => {}
    }
    let json = match choice.render(policy, Style::MINIFIED.scalars(true)) {
        Ok(json) => json.to_string(),
        Err(more) => {
            problems.extend(more);
            return Err(problems);
        }
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    let value = match setter.document.1 {
        Form::Json => json,
        Form::Attribute(attribute) => serde_json::json!({ attribute: json }).to_string(),
        Form::Patch(path) => serde_json::json!([{ "op": "replace", "path": path, "value": json }]).to_string(),
    };
    let mut script = Script::default();
    let mut options: Vec<(&str, Value<'_>)> = Vec::new();
    if resource == PolicyResource::S3AccessPoint {
        script.set(ACCOUNT, "$(aws sts get-caller-identity --query Account --output text)");
        options.push(("account-id", Value::Variable(ACCOUNT)));
    }
    if let (Some(by), Some(id)) = (setter.named_by, id) {
        options.push((by.option, Value::Text(id)));
    }
    let fixed = setter.fixed.iter();
    options.extend(fixed.map(|(option, value)| (*option, Value::Text(value))));
    options.push((setter.document.0, Value::Text(&value)));
    script.call(setter.command, &options);
    Ok(script.finish())
}

/// The shell variable for the ID of the account.
const ACCOUNT: &str = "account";

/// Why this does not name a resource.
fn id_problem(id: &str, by: Name, label: &str) -> Option<Diagnostic> {
    let wrong = || {
        let problem = Diagnostic::error(format!("`{id}` is not the {} of {label}", by.noun));
        problem.help(format!("`{}` of the AWS CLI needs the {}", by.option, by.noun))
    };
    match by.accepts {
        Accepts::Arn if Arn::parse(id).is_err() => Some(wrong()),
        Accepts::Name if id.starts_with("arn:") || id.is_empty() => Some(wrong()),
        Accepts::Url if !id.starts_with("https://") && !id.starts_with("http://") => Some(wrong()),
        _ => None,
    }
}
