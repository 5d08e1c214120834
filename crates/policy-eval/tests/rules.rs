//! The rules of the IAM User Guide, one by one.

#![expect(
    clippy::unwrap_used,
    clippy::unnecessary_wraps,
    reason = "Clippy only recognizes functions marked as tests as test code"
)]

use iam_policy_document::Document;
use iam_policy_eval::{Context, Policies, PolicySet, PolicyType, Reason, Request, Response};
use serde_json::{Value, json};

const ANN: &str = "arn:aws:iam::111111111111:user/ann";
const SESSION: &str = "arn:aws:sts::111111111111:assumed-role/deploy/ci";
const BOB: &str = "arn:aws:iam::222222222222:user/bob";
const OBJECT: &str = "arn:aws:s3:::b/k";
const FEDERATED: &str = "arn:aws:sts::111111111111:federated-user/f";
const QUEUE: &str = "arn:aws:sqs:eu-west-1:111111111111:q";
const KEY: &str = "arn:aws:kms:eu-west-1:111111111111:key/k";
const ROLE: &str = "arn:aws:iam::111111111111:role/deploy";

/// Policies and a request, which tests modify.
struct Check {
    identity: Value,
    boundary: Option<Value>,
    session: Option<Value>,
    resource: Option<Value>,
    service_control: Vec<Vec<Value>>,
    resource_control: Vec<Vec<Value>>,
    principal: &'static str,
    action: &'static str,
    on: &'static str,
    account: Option<&'static str>,
    context: Value,
}

impl Default for Check {
    fn default() -> Self {
        Self {
            identity: json!([]),
            boundary: None,
            session: None,
            resource: None,
            service_control: Vec::new(),
            resource_control: Vec::new(),
            principal: ANN,
            action: "s3:GetObject",
            on: OBJECT,
            account: None,
            context: json!({}),
        }
    }
}

fn allow() -> Value {
    json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}])
}

fn deny() -> Value {
    json!([{"Effect": "Deny", "Action": "*", "Resource": "*"}])
}

/// A resource policy with one statement.
fn to(effect: &str, element: &str, principal: Value) -> Option<Value> {
    Some(json!([{"Effect": effect, element: principal, "Action": "*", "Resource": "*"}]))
}

fn document(statements: &Value) -> Document {
    let source = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    iam_policy_document::json::read(source.as_bytes()).document
}

fn compile<'v>(kind: PolicyType, policies: impl IntoIterator<Item = &'v Value>) -> PolicySet {
    let documents: Vec<_> = policies.into_iter().map(document).collect();
    PolicySet::compile(kind, &documents).unwrap()
}

impl Check {
    fn decide(&self) -> Response {
        let optional = |kind, policy: &Option<Value>| policy.as_ref().map(|policy| compile(kind, [policy]));
        let levels = |kind, levels: &[Vec<Value>]| levels.iter().map(|level| compile(kind, level)).collect::<Vec<_>>();
        let identity = compile(PolicyType::Identity, [&self.identity]);
        let boundary = optional(PolicyType::PermissionsBoundary, &self.boundary);
        let session = optional(PolicyType::Session, &self.session);
        let resource = optional(PolicyType::Resource, &self.resource);
        let service_control = levels(PolicyType::ServiceControl, &self.service_control);
        let resource_control = levels(PolicyType::ResourceControl, &self.resource_control);
        let mut policies = Policies::new(&identity)
            .with_service_control(&service_control)
            .with_resource_control(&resource_control);
        if let Some(boundary) = &boundary {
            policies = policies.with_permissions_boundary(boundary);
        }
        if let Some(session) = &session {
            policies = policies.with_session(session);
        }
        if let Some(resource) = &resource {
            policies = policies.with_resource(resource);
        }
        let mut context = Context::new();
        for (key, value) in self.context.as_object().unwrap() {
            match value {
                Value::Array(values) => context.set(key, values.iter().map(|value| value.as_str().unwrap())),
                single => context.set(key, [single.as_str().unwrap()]),
            }
            .unwrap();
        }
        let mut request = Request::new(self.principal, self.action, self.on)
            .unwrap()
            .with_context(&context);
        if let Some(account) = self.account {
            request = request.with_resource_account(account).unwrap();
        }
        policies.decide(&request)
    }

    /// The decision, and the type of policy that determined it.
    fn answer(&self) -> String {
        let Response { decision, reason, .. } = self.decide();
        match reason {
            Reason::AllowedBy(layer) | Reason::DeniedBy(layer) | Reason::NotAllowedBy(layer) => {
                format!("{decision}: {}", layer.policy_type.label())
            }
            reason => format!("{decision}: {reason:?}"),
        }
    }
}

macro_rules! check {
    ($expected:literal, $($field:ident: $value:expr),* $(,)?) => {
        assert_eq!(Check { $($field: $value,)* ..Check::default() }.answer(), $expected)
    };
}

#[test]
fn default_deny_and_explicit_deny() {
    check!("implicitDeny: identity policy",);
    check!("allowed: identity policy", identity: allow());
    let both = json!([allow()[0], deny()[0]]);
    check!("explicitDeny: identity policy", identity: both);
    check!("explicitDeny: permissions boundary", identity: allow(), boundary: Some(deny()));
    check!("explicitDeny: session policy", identity: allow(), session: Some(deny()));
    check!("explicitDeny: resource policy", identity: allow(), resource: to("Deny", "Principal", json!("*")));
    check!("explicitDeny: service control policy", identity: allow(), service_control: vec![vec![allow(), deny()]]);
    check!("explicitDeny: resource control policy", identity: allow(), resource_control: vec![vec![deny()]]);
}

#[test]
fn boundaries_and_session_policies_never_grant() {
    let none = || Some(json!([]));
    check!("implicitDeny: permissions boundary", identity: allow(), boundary: none());
    check!("implicitDeny: session policy", identity: allow(), session: none());
    check!("implicitDeny: identity policy", boundary: Some(allow()), session: Some(allow()));
    check!("allowed: identity policy", identity: allow(), boundary: Some(allow()), session: Some(allow()));
}

#[test]
fn every_level_of_an_organization_must_allow() {
    let levels = |levels: &[&[Value]]| levels.iter().map(|level| level.to_vec()).collect::<Vec<_>>();
    check!("allowed: identity policy", identity: allow(), service_control: levels(&[&[allow()], &[json!([]), allow()]]));
    check!("implicitDeny: service control policy", identity: allow(), service_control: levels(&[&[allow()], &[]]));
    check!("implicitDeny: service control policy", identity: allow(), service_control: levels(&[&[json!([])], &[allow()]]));
    check!("implicitDeny: service control policy", principal: "111111111111", service_control: levels(&[&[]]));
    check!("implicitDeny: service control policy", service_control: levels(&[&[]]), resource: to("Allow", "Principal", json!("*")));
    // Services are not members of an organization.
    check!(
        "allowed: resource policy",
        principal: "lambda.amazonaws.com",
        service_control: levels(&[&[]]),
        resource: to("Allow", "Principal", json!("*")),
    );
}

#[test]
fn resource_control_policies_only_deny_for_supported_services() {
    check!("allowed: identity policy", identity: allow(), resource_control: vec![vec![], vec![json!([])]]);
    check!("implicitDeny: identity policy", resource_control: vec![vec![allow()]]);
    let denied = || vec![vec![deny()]];
    check!("explicitDeny: resource control policy", identity: allow(), resource_control: denied(), principal: "111111111111");
    check!(
        "explicitDeny: resource control policy",
        principal: "lambda.amazonaws.com",
        resource: to("Allow", "Principal", json!("*")),
        resource_control: denied(),
    );
    check!("allowed: identity policy", identity: allow(), resource_control: denied(), action: "iam:GetRole", on: ROLE);
    check!("explicitDeny: resource control policy", identity: allow(), resource_control: denied(), action: "new:Thing", on: OBJECT);
}

#[test]
fn service_linked_roles_are_exempt_from_organization_policies() {
    for principal in [
        "arn:aws:sts::111111111111:assumed-role/AWSServiceRoleForX/x",
        "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
    ] {
        check!(
            "allowed: identity policy",
            principal: principal,
            identity: allow(),
            service_control: vec![vec![deny()]],
            resource_control: vec![vec![deny()]],
        );
    }
}

#[test]
fn the_named_principal_decides_what_limits_a_grant() {
    let none = || Some(json!([]));
    let grant = |named: &str| to("Allow", "Principal", json!({"AWS": named}));
    // The principal itself: sufficient, without limits.
    for (principal, named) in [
        (ANN, ANN),
        (SESSION, SESSION),
        (ANN, "*"),
        (SESSION, "*"),
        (FEDERATED, FEDERATED),
    ] {
        check!(
            "allowed: resource policy",
            principal: principal, resource: grant(named), boundary: none(), session: none(), on: QUEUE, action: "sqs:SendMessage",
        );
    }
    // Its role: sufficient, within limits, whatever the role's path.
    for named in [ROLE, "arn:aws:iam::111111111111:role/team/deploy"] {
        check!("allowed: resource policy", principal: SESSION, resource: grant(named), on: QUEUE);
        check!("implicitDeny: session policy", principal: SESSION, resource: grant(named), session: none(), on: QUEUE);
        check!("implicitDeny: permissions boundary", principal: SESSION, resource: grant(named), boundary: none(), on: QUEUE);
    }
    // Its account: only together with an identity policy.
    for named in ["111111111111", "arn:aws:iam::111111111111:root"] {
        check!("implicitDeny: identity policy", resource: grant(named), on: QUEUE);
        check!("allowed: identity policy", resource: grant(named), identity: allow(), on: QUEUE);
        check!("implicitDeny: permissions boundary", resource: grant(named), identity: allow(), boundary: none(), on: QUEUE);
    }
    check!("implicitDeny: identity policy", resource: grant("arn:aws:iam::111111111111:user/eve"), on: QUEUE);
}

#[test]
fn a_federated_user_needs_a_session_policy() {
    let grant = |named: &str| to("Allow", "Principal", json!({"AWS": named}));
    check!("implicitDeny: session policy", principal: FEDERATED, identity: allow());
    check!("allowed: identity policy", principal: FEDERATED, identity: allow(), session: Some(allow()));
    check!("implicitDeny: identity policy", principal: FEDERATED, session: Some(allow()));
    // A grant to the session itself is sufficient; one to its account is not.
    check!("allowed: resource policy", principal: FEDERATED, resource: grant(FEDERATED), on: QUEUE);
    check!("implicitDeny: session policy", principal: FEDERATED, identity: allow(), resource: grant("111111111111"), on: QUEUE);
    check!("implicitDeny: session policy", principal: FEDERATED, identity: allow(), resource: grant(FEDERATED), account: Some("222222222222"));
    // Sessions of roles have the permissions of their role.
    check!("allowed: identity policy", principal: SESSION, identity: allow());
}

/// Whether a condition holds in a request with this context.
fn holds(principal: &'static str, action: &'static str, condition: Value, context: Value) -> bool {
    let statement = json!([{
        "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": condition
    }]);
    let check = Check {
        resource: Some(statement),
        principal,
        action,
        on: "*",
        context,
        ..Check::default()
    };
    check.answer().starts_with("explicitDeny")
}

#[test]
fn keys_follow_from_the_principal() {
    let is = |principal, key: &str, value: &str| {
        holds(
            principal,
            "s3:GetObject",
            json!({"StringEquals": {key: value}}),
            json!({}),
        )
    };
    let is_absent = |principal, key: &str| holds(principal, "s3:GetObject", json!({"Null": {key: "true"}}), json!({}));
    assert!(is(ANN, "aws:username", "ann") && is(ANN, "aws:PrincipalType", "User"));
    assert!(is(SESSION, "aws:PrincipalArn", ROLE) && is_absent(SESSION, "aws:username"));
    assert!(is(FEDERATED, "aws:userid", "111111111111:f") && is(FEDERATED, "aws:PrincipalArn", FEDERATED));
    assert!(is("*", "aws:PrincipalAccount", "anonymous") && is("*", "aws:userid", "anonymous"));
    for key in ["aws:PrincipalArn", "aws:PrincipalIsAWSService", "aws:username"] {
        assert!(is_absent("*", key), "{key}");
    }
    assert!(is("111111111111", "aws:PrincipalArn", "arn:aws:iam::111111111111:root"));
    assert!(is(
        "lambda.amazonaws.com",
        "aws:PrincipalServiceName",
        "lambda.amazonaws.com"
    ));
}

#[test]
fn current_time_and_epoch_time_are_one_moment() {
    let at = |condition: Value, context: Value| holds(ANN, "s3:GetObject", condition, context);
    let now = || json!({"aws:CurrentTime": "2026-01-01T00:00:00Z"});
    assert!(at(json!({"DateEquals": {"aws:EpochTime": "1767225600"}}), now()));
    assert!(at(json!({"NumericEquals": {"aws:EpochTime": "1767225600"}}), now()));
    assert!(at(json!({"Null": {"aws:EpochTime": "false"}}), now()));
    assert!(!at(
        json!({"NumericGreaterThan": {"aws:EpochTime": "1767225600"}}),
        now()
    ));
    let epoch = || json!({"aws:EpochTime": "1767225600"});
    assert!(at(
        json!({"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:01Z"}}),
        epoch()
    ));
    assert!(at(
        json!({"NumericLessThan": {"aws:CurrentTime": "1767225601"}}),
        epoch()
    ));
    // What the context says comes first.
    let both = json!({"aws:CurrentTime": "2026-01-01T00:00:00Z", "aws:EpochTime": "0"});
    assert!(at(json!({"DateEquals": {"aws:EpochTime": "1970-01-01"}}), both));
}

#[test]
fn a_tag_of_a_resource_has_two_names() {
    let red = |action, key: &str, given: &str| {
        holds(
            ANN,
            action,
            json!({"StringEquals": {key: "red"}}),
            json!({given: "red"}),
        )
    };
    for (action, own) in [
        ("ec2:StartInstances", "ec2:ResourceTag/team"),
        ("iam:DeleteUser", "iam:ResourceTag/team"),
        ("ssm:SendCommand", "ssm:resourceTag/Team"),
    ] {
        assert!(red(action, own, "aws:ResourceTag/team"), "{action}");
        assert!(red(action, "aws:ResourceTag/team", own), "{action}");
        assert!(!red(action, own, "aws:ResourceTag/other"), "{action}");
        assert!(!red("s3:GetObject", own, "aws:ResourceTag/team"), "{action}");
    }
    assert!(!red(
        "ec2:StartInstances",
        "ec2:ResourceTag/team",
        "aws:RequestTag/team"
    ));
    assert!(!red(
        "ec2:StartInstances",
        "ec2:ResourceTag/team",
        "ssm:resourceTag/team"
    ));
}

#[test]
fn placeholders_have_no_value() {
    let on = |effect: &str, resource: &str| json!({"Effect": effect, "Action": "*", "Resource": resource});
    let object = "arn:aws:s3:::${BUCKET}/*";
    check!("implicitDeny: identity policy", identity: json!([on("Allow", object)]));
    check!("allowed: identity policy", identity: json!([on("Allow", "*"), on("Deny", object)]));
}

#[test]
fn across_accounts_both_sides_must_allow() {
    let other = Some("222222222222");
    let grant = |named: &str| to("Allow", "Principal", json!({"AWS": named}));
    check!("implicitDeny: resource policy", identity: allow(), account: other);
    check!("implicitDeny: identity policy", resource: grant(ANN), account: other);
    for named in [ANN, "111111111111", "*"] {
        check!("allowed: identity policy", resource: grant(named), identity: allow(), account: other);
        check!("implicitDeny: session policy", resource: grant(named), identity: allow(), session: Some(json!([])), account: other);
    }
    check!("implicitDeny: resource policy", resource: grant(BOB), identity: allow(), account: other);
    // The account of the resource is in its ARN, otherwise it is the principal's.
    check!("implicitDeny: resource policy", principal: BOB, identity: allow(), on: QUEUE, action: "sqs:SendMessage");
    check!("allowed: identity policy", principal: BOB, identity: allow());
    check!("implicitDeny: resource policy", principal: "222222222222", on: QUEUE);
    check!("allowed: AllowedToRoot", principal: "222222222222", on: QUEUE, resource: grant("222222222222"));
}

#[test]
fn principals_without_an_account_need_only_the_resource_policy() {
    for (principal, key, named) in [
        ("lambda.amazonaws.com", "Service", "lambda.amazonaws.com"),
        (
            "cognito-identity.amazonaws.com",
            "Federated",
            "cognito-identity.amazonaws.com",
        ),
        (
            "arn:aws:iam::111111111111:saml-provider/p",
            "Federated",
            "arn:aws:iam::111111111111:saml-provider/p",
        ),
        ("lambda.amazonaws.com", "AWS", "*"),
        ("*", "AWS", "*"),
    ] {
        check!("allowed: resource policy", principal: principal, resource: to("Allow", "Principal", json!({key: named})));
        check!("implicitDeny: resource policy", principal: principal, identity: allow());
    }
    let everybody = || to("Allow", "Principal", json!("*"));
    check!("allowed: resource policy", principal: "*", resource: everybody(), boundary: Some(deny()), session: Some(deny()));
    check!("implicitDeny: resource policy", principal: "*", resource: to("Allow", "Principal", json!({"AWS": "111111111111"})));
}

#[test]
fn root_users_may_do_everything_in_their_account() {
    check!("allowed: AllowedToRoot", principal: "111111111111", on: QUEUE);
    check!("explicitDeny: resource policy", principal: "111111111111", on: QUEUE, resource: to("Deny", "Principal", json!("*")));
    check!("implicitDeny: resource policy", principal: "111111111111", on: KEY, action: "kms:Decrypt");
}

#[test]
fn kms_keys_and_roles_must_allow_their_use() {
    let account = || to("Allow", "Principal", json!({"AWS": "111111111111"}));
    for (action, on) in [("kms:Decrypt", KEY), ("sts:AssumeRole", ROLE)] {
        check!("implicitDeny: resource policy", identity: allow(), action: action, on: on);
        check!("implicitDeny: resource policy", identity: allow(), action: action, on: on, resource: to("Allow", "Principal", json!({"AWS": BOB})));
        check!("allowed: identity policy", identity: allow(), action: action, on: on, resource: account());
        check!("implicitDeny: identity policy", action: action, on: on, resource: account());
        check!("allowed: resource policy", action: action, on: on, resource: to("Allow", "Principal", json!({"AWS": ANN})));
    }
    // Other services' resources and actions need no such policy.
    check!("allowed: identity policy", identity: allow(), action: "kms:ListKeys", on: "*");
    check!("allowed: identity policy", identity: allow(), action: "iam:PassRole", on: ROLE);
    // Trust policies have no resources.
    let trust = Some(
        json!([{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]),
    );
    check!("allowed: resource policy", principal: "lambda.amazonaws.com", action: "sts:AssumeRole", on: ROLE, resource: trust);
}

#[test]
fn get_caller_identity_cannot_be_denied() {
    let action = "STS:getcalleridentity";
    check!("allowed: CannotBeDenied", identity: deny(), action: action, on: "*", service_control: vec![vec![]]);
    check!("implicitDeny: resource policy", principal: "*", action: action, on: "*");
}

/// What services refuse although policies allow it is not part of policy evaluation.
#[test]
fn protected_resources_are_allowed_by_policies_alone() {
    for (action, on) in [
        ("iam:DeletePolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        (
            "iam:DeleteRole",
            "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_1",
        ),
        ("kms:DeleteAlias", "arn:aws:kms:eu-west-1:111111111111:alias/aws/s3"),
    ] {
        check!("allowed: identity policy", identity: allow(), action: action, on: on);
    }
}

#[test]
fn not_principal_must_list_every_level() {
    let but = |named: &[&str]| to("Deny", "NotPrincipal", json!({"AWS": named}));
    let (account, role, everybody) = ("111111111111", ROLE, "*");
    for (principal, named, denied) in [
        (ANN, &[ANN, account][..], false),
        (ANN, &[ANN][..], true),
        (ANN, &[account][..], true),
        (SESSION, &[SESSION, role, account][..], false),
        (SESSION, &[role, account][..], true),
        (SESSION, &[SESSION, account][..], true),
        (SESSION, &[SESSION, role][..], true),
        (ROLE, &[role, account][..], false),
        ("111111111111", &["arn:aws:iam::111111111111:root"][..], false),
        ("111111111111", &[ANN][..], true),
        (BOB, &[ANN, account][..], true),
        (BOB, &[everybody][..], false),
        ("*", &[everybody][..], false),
        ("*", &[account][..], true),
    ] {
        let check = Check {
            principal,
            identity: allow(),
            resource: but(named),
            on: OBJECT,
            ..Check::default()
        };
        assert_eq!(
            check.answer().starts_with("explicitDeny"),
            denied,
            "{principal} {named:?}"
        );
    }
    // With a permissions boundary, it denies the listed principals too.
    check!("explicitDeny: resource policy", identity: allow(), boundary: Some(allow()), resource: but(&[ANN, account]));
    // With `Allow` it is no longer supported.
    check!("implicitDeny: identity policy", resource: to("Allow", "NotPrincipal", json!({"AWS": BOB})));
    check!("explicitDeny: resource policy", principal: "sns.amazonaws.com", resource: to("Deny", "NotPrincipal", json!({"Service": "sqs.amazonaws.com"})));
    check!("implicitDeny: resource policy", principal: "sqs.amazonaws.com", resource: to("Deny", "NotPrincipal", json!({"Service": "sqs.amazonaws.com"})));
}

#[test]
fn denies_match_principals_in_every_form() {
    for named in [SESSION, ROLE, "111111111111", "*"] {
        check!("explicitDeny: resource policy", principal: SESSION, identity: allow(), resource: to("Deny", "Principal", json!({"AWS": named})));
    }
    check!("allowed: identity policy", principal: SESSION, identity: allow(), resource: to("Deny", "Principal", json!({"AWS": ANN})));
}

#[test]
fn the_resource_is_the_one_in_the_request() {
    let on =
        |element: &str, pattern: &str| json!([{"Effect": "Allow", "Action": ["s3:*", "logs:*"], element: pattern}]);
    // AWS's reference lists no resource types for this action, but AWS authorizes it on an ARN.
    let (action, resource) = (
        "logs:DescribeLogGroups",
        "arn:aws:logs:us-east-1:111111111111:log-group::log-stream:",
    );
    check!("allowed: identity policy", identity: on("Resource", "*"), action: action, on: resource);
    check!("allowed: identity policy", identity: on("Resource", "arn:aws:logs:*:*:log-group:*"), action: action, on: resource);
    check!("implicitDeny: identity policy", identity: on("Resource", "arn:aws:logs:*:*:log-group:a*"), action: action, on: resource);
    check!("implicitDeny: identity policy", identity: on("NotResource", "arn:aws:logs:*:*:log-group:*"), action: action, on: resource);
    // Only a request without a resource is about `*`.
    let action = "s3:ListAllMyBuckets";
    check!("allowed: identity policy", identity: on("Resource", "*"), action: action, on: "*");
    check!("implicitDeny: identity policy", identity: on("Resource", "arn:aws:s3:::*"), action: action, on: "*");
    check!("allowed: identity policy", identity: on("NotResource", "arn:aws:s3:::*"), action: action, on: "*");
    check!("allowed: identity policy", identity: on("Resource", "arn:aws:s3:::*"), action: action, on: "arn:aws:s3:::b");
    // The same for an action missing from the catalog.
    let unknown = json!([{"Effect": "Allow", "Action": "new:*", "Resource": "arn:aws:new:::x"}]);
    check!("allowed: identity policy", identity: unknown, action: "new:Thing", on: "arn:aws:new:::x");
}

#[test]
fn policies_of_apis_can_shorten_arns() {
    let on = |resource: &str| {
        Some(json!([{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": resource}]))
    };
    let (action, call) = (
        "execute-api:Invoke",
        "arn:aws:execute-api:eu-west-1:111111111111:a1b2c3/prod/GET/pets/prod",
    );
    for resource in [
        "execute-api:/*",
        "execute-api:/prod/*",
        "execute-api:/*/GET/pets/*",
        "execute-api:/prod/GET/pets/prod",
        "arn:aws:execute-api:*:*:a1b2c3/prod/*",
    ] {
        check!("allowed: resource policy", resource: on(resource), action: action, on: call);
    }
    for resource in [
        "execute-api:/prod",
        "execute-api:/dev/*",
        "execute-api:/GET/*",
        "execute-api:/pets/prod",
        "execute-api:prod/*",
        "execute-api:*",
    ] {
        check!("implicitDeny: identity policy", resource: on(resource), action: action, on: call);
    }
    check!("implicitDeny: identity policy", resource: on("execute-api:/*"), action: "s3:GetObject", on: "arn:aws:s3:::b/k");
    // Only resource policies.
    let identity = json!([{"Effect": "Allow", "Action": "*", "Resource": "execute-api:/*"}]);
    check!("implicitDeny: identity policy", identity: identity, action: action, on: call);
}

#[test]
fn actions_ignore_case_and_resources_do_not() {
    let identity = || json!([{"Effect": "Allow", "Action": "S3:getobject", "Resource": "arn:aws:s3:::b/k"}]);
    check!("allowed: identity policy", identity: identity());
    check!("implicitDeny: identity policy", identity: identity(), on: "arn:aws:s3:::b/K");
    let not = || json!([{"Effect": "Allow", "NotAction": ["iam:*", "s3:PUT*"], "Resource": "*"}]);
    check!("allowed: identity policy", identity: not());
    check!("implicitDeny: identity policy", identity: not(), action: "s3:putobject");
}

#[test]
fn variables_need_version_2012() {
    let statement = r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/${aws:username}"}"#;
    for (version, on, allowed) in [
        (r#""Version": "2012-10-17","#, "arn:aws:s3:::b/ann", true),
        (r#""Version": "2012-10-17","#, "arn:aws:s3:::b/${aws:username}", false),
        (r#""Version": "2008-10-17","#, "arn:aws:s3:::b/ann", false),
        ("", "arn:aws:s3:::b/ann", false),
        ("", "arn:aws:s3:::b/${aws:username}", true),
    ] {
        let source = format!("{{{version} \"Statement\": {statement}}}");
        let reading = iam_policy_document::json::read(source.as_bytes());
        let set = PolicySet::compile(PolicyType::Identity, [&reading.document]).unwrap();
        let request = Request::new(ANN, "s3:GetObject", on).unwrap();
        let is_allowed = Policies::new(&set).decide(&request).decision.name() == "allowed";
        assert_eq!(is_allowed, allowed, "{source} {on}");
    }
}

#[test]
fn variables_without_a_value_match_nothing() {
    let on = |effect: &str, element: &str| {
        json!([
            {"Effect": effect, "Action": "*", element: "arn:aws:s3:::b/${aws:PrincipalTag/none}*"},
            {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/k"}
        ])
    };
    check!("allowed: identity policy", identity: on("Deny", "Resource"));
    check!("explicitDeny: identity policy", identity: on("Deny", "NotResource"));
    let when = |operator: &str| {
        json!([{
            "Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": {operator: {"aws:username": "${aws:PrincipalTag/none}"}}
        }])
    };
    check!("implicitDeny: identity policy", identity: when("StringEquals"));
    check!("implicitDeny: identity policy", identity: when("StringLikeIfExists"));
    check!("allowed: identity policy", identity: when("StringNotEquals"));
    check!("allowed: identity policy", identity: when("ForAllValues:StringNotLike"));
    check!("allowed: identity policy", identity: when("ArnNotLike"));
}

#[test]
fn variables_only_work_under_string_and_arn_operators() {
    let when = |operator: &str, key: &str, value: &str| json!([{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {operator: {key: value}}}]);
    let context = || json!({"custom:a": "true", "custom:b": "true"});
    check!("implicitDeny: identity policy", identity: when("Bool", "custom:a", "${custom:b}"), context: context());
    check!("allowed: identity policy", identity: when("StringEquals", "custom:a", "${custom:b}"), context: context());
    // In a resource, they follow the fifth colon.
    let identity = json!([{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:sqs:*:${aws:PrincipalAccount}:*"}]);
    check!("implicitDeny: identity policy", identity: identity, on: QUEUE, action: "sqs:SendMessage");
    let arn = when(
        "ArnLike",
        "aws:PrincipalArn",
        "arn:aws:iam::${aws:PrincipalAccount}:user/*",
    );
    check!("allowed: identity policy", identity: arn);
}

#[test]
fn an_absent_key() {
    for (operator, holds) in [
        ("StringEquals", false),
        ("StringNotEquals", true),
        ("StringLikeIfExists", true),
        ("ArnNotLike", true),
        ("NotIpAddress", true),
        ("NumericLessThan", false),
        ("ForAllValues:StringEquals", true),
        ("ForAllValues:StringNotEquals", true),
        ("ForAnyValue:StringEquals", false),
        ("ForAnyValue:StringNotEquals", false),
        ("ForAnyValue:StringEqualsIfExists", true),
    ] {
        for context in [json!({}), json!({"custom:k": []})] {
            let identity =
                json!([{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {operator: {"custom:k": "x"}}}]);
            let check = Check {
                identity,
                context,
                ..Check::default()
            };
            assert_eq!(check.answer().starts_with("explicitDeny"), holds, "{operator}");
        }
    }
    for (value, context, holds) in [
        ("true", json!({}), true),
        ("true", json!({"custom:k": "x"}), false),
        ("false", json!({"custom:k": "x"}), true),
        ("FALSE", json!({}), false),
    ] {
        let identity =
            json!([{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Null": {"custom:k": value}}}]);
        let check = Check {
            identity,
            context,
            ..Check::default()
        };
        assert_eq!(check.answer().starts_with("explicitDeny"), holds, "{value}");
    }
}

#[test]
fn arn_operator_wildcards_stay_in_their_segment() {
    let when = |operator: &str, pattern: &str| json!([{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {operator: {"aws:SourceArn": pattern}}}]);
    let context = || json!({"aws:SourceArn": "arn:aws:lambda:eu-west-1:111111111111:function:f:PROD"});
    for (pattern, matched) in [
        ("arn:aws:lambda:*:111111111111:function:f:PROD", true),
        ("arn:aws:lambda:*:*:function:*", true),
        ("arn:aws:lambda:*:function:f:PROD", false),
        ("arn:aws:*:function:f:PROD", false),
        ("arn:aws:lambda:*", true),
        ("*", true),
        ("arn:aws:lambda:eu-west-1:111111111111:function:f", false),
    ] {
        for operator in ["ArnLike", "ArnEquals"] {
            let check = Check {
                identity: when(operator, pattern),
                context: context(),
                ..Check::default()
            };
            assert_eq!(check.answer().starts_with("allowed"), matched, "{operator} {pattern}");
        }
    }
}

#[test]
fn compiled_policies_are_shared_between_threads() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<PolicySet>();
    is_shared::<Policies<'_>>();
    is_shared::<Request<'_>>();
}
