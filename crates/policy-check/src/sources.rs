//! The pages that document AWS's requirements.

use crate::documentation::Source;

macro_rules! sources {
    ($($book:literal at $base:literal { $($name:ident = $title:literal at $path:literal;)+ })+) => {
        $($(pub(crate) const $name: Source = Source {
            title: concat!($book, ", ", $title),
            url: concat!($base, $path),
        };)+)+
    };
}

sources! {
    "IAM User Guide" at "https://docs.aws.amazon.com/IAM/latest/UserGuide/" {
        ACCESS_TAGS = "Controlling access to AWS resources using tags" at "access_tags.html";
        ACTION = "IAM JSON policy elements: Action" at "reference_policies_elements_action.html";
        ARNS = "Identify AWS resources with Amazon Resource Names (ARNs)" at "reference-arns.html";
        CONDITION = "IAM JSON policy elements: Condition" at "reference_policies_elements_condition.html";
        CONFUSED_DEPUTY = "The confused deputy problem" at "confused-deputy.html";
        EFFECT = "IAM JSON policy elements: Effect" at "reference_policies_elements_effect.html";
        GLOBAL_KEYS = "AWS global condition context keys" at "reference_policies_condition-keys.html";
        GRAMMAR = "Grammar of the IAM JSON policy language" at "reference_policies_grammar.html";
        IAM_QUOTAS = "IAM and AWS STS quotas" at "reference_iam-quotas.html";
        IDENTIFIERS = "IAM identifiers" at "reference_identifiers.html";
        MULTIVALUED =
            "Single-valued vs. multivalued context keys"
                at "reference_policies_condition-single-vs-multi-valued-context-keys.html";
        NOT_PRINCIPAL =
            "AWS JSON policy elements: NotPrincipal" at "reference_policies_elements_notprincipal.html";
        OIDC = "Create a role for OpenID Connect federation" at "id_roles_create_for-idp_oidc.html";
        OPERATORS =
            "IAM JSON policy elements: Condition operators" at "reference_policies_elements_condition_operators.html";
        PASS_ROLE =
            "Grant a user permissions to pass a role to an AWS service" at "id_roles_use_passrole.html";
        POLICY_CHECKS = "IAM policy validation check reference" at "access-analyzer-reference-policy-checks.html";
        PRINCIPAL = "AWS JSON policy elements: Principal" at "reference_policies_elements_principal.html";
        RESOURCE = "IAM JSON policy elements: Resource" at "reference_policies_elements_resource.html";
        ROLES = "IAM roles" at "id_roles.html";
        SERVICE_LINKED_ROLES = "Create a service-linked role" at "id_roles_create-service-linked-role.html";
        SESSION_TAGS = "Pass session tags in AWS STS" at "id_session-tags.html";
        SID = "IAM JSON policy elements: Sid" at "reference_policies_elements_sid.html";
        STS_KEYS = "IAM and AWS STS condition context keys" at "reference_policies_iam-condition-keys.html";
        STATEMENT = "IAM JSON policy elements: Statement" at "reference_policies_elements_statement.html";
        VARIABLES = "IAM policy elements: Variables and tags" at "reference_policies_variables.html";
        VERSION = "IAM JSON policy elements: Version" at "reference_policies_elements_version.html";
    }
    "AWS CloudFormation Template Reference" at "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/" {
        INTRINSIC_FUNCTIONS = "Intrinsic function reference" at "intrinsic-function-reference.html";
    }
    "Amazon DynamoDB Developer Guide" at "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/" {
        DYNAMODB_CONDITIONS =
            "Using IAM policy conditions for fine-grained access control" at "specifying-conditions.html";
    }
    "pathfinding.cloud" at "https://pathfinding.cloud/" {
        PATHFINDING = "AWS IAM privilege escalation paths" at "paths/";
    }
    "RFC 8259" at "https://www.rfc-editor.org/" {
        JSON = "The JavaScript Object Notation (JSON) Data Interchange Format" at "rfc/rfc8259";
    }
    "AWS KMS Developer Guide" at "https://docs.aws.amazon.com/kms/latest/developerguide/" {
        KMS_KEY_ARN = "Find the key ID and key ARN" at "find-cmk-id-arn.html";
    }
    "AWS Organizations User Guide" at "https://docs.aws.amazon.com/organizations/latest/userguide/" {
        ORGANIZATIONS_QUOTAS = "Quotas and service limits" at "orgs_reference_limits.html";
        RCPS = "Resource control policies" at "orgs_manage_policies_rcps.html";
        RCP_EXAMPLES = "Resource control policy examples" at "orgs_manage_policies_rcps_examples.html";
        RCP_SYNTAX = "RCP syntax" at "orgs_manage_policies_rcps_syntax.html";
        SCP_SYNTAX = "SCP syntax" at "orgs_manage_policies_scps_syntax.html";
    }
    "IAM API Reference" at "https://docs.aws.amazon.com/IAM/latest/APIReference/" {
        PUT_USER_POLICY = "PutUserPolicy" at "API_PutUserPolicy.html";
    }
    "AWS General Reference" at "https://docs.aws.amazon.com/general/latest/gr/" {
        REGIONS = "AWS service endpoints" at "rande.html";
    }
    "IAM Roles Anywhere User Guide" at "https://docs.aws.amazon.com/rolesanywhere/latest/userguide/" {
        ROLES_ANYWHERE = "Trust model" at "trust-model.html";
    }
    "Amazon S3 User Guide" at "https://docs.aws.amazon.com/AmazonS3/latest/userguide/" {
        S3_BUCKET_NAMES = "General purpose bucket naming rules" at "bucketnamingrules.html";
        S3_KEYS = "Bucket policy examples using condition keys" at "amazon-s3-policy-keys.html";
    }
    "Service Authorization Reference" at "https://docs.aws.amazon.com/service-authorization/latest/reference/" {
        SERVICE_AUTHORIZATION =
            "Actions, resources, and condition keys for AWS services"
                at "reference_policies_actions-resources-contextkeys.html";
    }
    "Configuration of iam-policy" at "https://docs.rs/" {
        CONFIGURATION = "Reference" at "crate/iam-policy-spec/latest/source/configuration.md";
    }
    "The program iam-policy" at "https://docs.rs/" {
        IGNORES = "Ignore a finding" at "crate/iam-policy-cli/latest/source/README.md";
        BASELINE = "Baselines" at "crate/iam-policy-cli/latest/source/README.md";
    }
    "Reference of the spec" at "https://docs.rs/" {
        SPEC = "A waiver" at "crate/iam-policy-spec/latest/source/reference.md";
    }
    "Terraform documentation" at "https://developer.hashicorp.com/terraform/language/" {
        HCL = "Configuration Syntax" at "syntax/configuration";
    }
    "YAML" at "https://yaml.org/" {
        YAML = "YAML Ain't Markup Language, version 1.2" at "spec/1.2.2/";
    }
    "AWS SAM Developer Guide" at "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/" {
        SAM_POLICY_TEMPLATES = "AWS SAM policy templates" at "serverless-policy-templates.html";
    }
    "TOML" at "https://toml.io/" {
        TOML = "v1.0.0" at "en/v1.0.0";
    }
}
