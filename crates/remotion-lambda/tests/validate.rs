//! `policies validate`, run as a shell would, against a server that answers like AWS.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what a test needs and does not get fails it, in its helpers too"
)]
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

use std::fs;
use std::process::Command;
use std::time::Duration;

use expect_test::{Expect, expect};
use iam_policy_server::{Fault, Operation, Server, Settings};
use remotion_lambda_policies::USER;
use serde_json::{Value, json};
use testing_support::markdown::sessions;
use testing_support::{Account, Entity, Folder, Ran, allow, deny, isolated, policy, run};

const PROGRAM: &str = env!("CARGO_BIN_EXE_remotion-lambda");
const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const BOUNDARY: &str = "arn:aws:iam::123456789012:policy/boundary";

/// The principal to ask about.
#[derive(Clone, Copy)]
struct Who {
    /// The ARN of the user, group or role.
    arn: &'static str,
    /// The ARN of the caller.
    caller: &'static str,
    /// The value of `--principal`.
    principal: Option<&'static str>,
}

/// A caller who asks about others.
const ADMIN: &str = "arn:aws:iam::123456789012:user/admin";

const USER_ANN: Who = Who::itself("arn:aws:iam::123456789012:user/ann");
const USER_BOB: Who = Who::itself("arn:aws:iam::123456789012:user/team/web/bob");
const ROLE_DEPLOY: Who = Who::session(
    "arn:aws:iam::123456789012:role/deploy",
    "arn:aws:sts::123456789012:assumed-role/deploy/ann",
);
const ROLE_BUILD: Who = Who::session(
    "arn:aws:iam::123456789012:role/ci/linux/build",
    "arn:aws:sts::123456789012:assumed-role/build/42",
);
const ROLE_OF_IDENTITY_CENTER: Who = Who::session(
    "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Dev_0123456789abcdef",
    "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Dev_0123456789abcdef/ann@example.com",
);
const OTHER_USER: Who = Who::principal("arn:aws:iam::123456789012:user/team/ann");
const OTHER_GROUP: Who = Who::principal("arn:aws:iam::123456789012:group/developers");
const OTHER_ROLE: Who = Who::principal("arn:aws:iam::123456789012:role/ci/build");

impl Who {
    const fn itself(arn: &'static str) -> Self {
        Self::session(arn, arn)
    }

    const fn session(arn: &'static str, caller: &'static str) -> Self {
        Self {
            arn,
            caller,
            principal: None,
        }
    }

    const fn principal(arn: &'static str) -> Self {
        Self {
            arn,
            caller: ADMIN,
            principal: Some(arn),
        }
    }
}

/// The state of the permissions.
#[derive(Clone, Copy, PartialEq)]
enum State {
    Allowed,
    NotAllowed,
    Denied,
    DeniedByOrganization,
    DeniedByBoundary,
    MayNotAsk,
}

/// The account for `who` in this state. Callers may look themselves up and ask, unless the state forbids it.
fn account(who: Who, state: State) -> Account {
    let mut document: Value = serde_json::from_str(USER.json).unwrap();
    let statements = document["Statement"].as_array_mut().unwrap();
    let may_not_ask = state == State::MayNotAsk && who.principal.is_none();
    if may_not_ask {
        statements.retain(|statement| statement["Sid"] != "PermissionValidation");
    }
    match state {
        State::NotAllowed => {
            let storage = statements
                .iter_mut()
                .find(|statement| statement["Sid"] == "Storage")
                .unwrap();
            storage["Action"]
                .as_array_mut()
                .unwrap()
                .retain(|action| action != "s3:PutObjectAcl");
        }
        State::Denied => statements.push(json!({ "Effect": "Deny", "Action": "s3:PutObjectAcl", "Resource": "*" })),
        _ => {}
    }
    statements.push(json!({ "Effect": "Allow", "Action": "iam:GetRole", "Resource": "*" }));

    let mut entity = Entity::new(who.arn).inline("remotion", &document);
    let mut account = Account::new();
    if state == State::DeniedByBoundary {
        entity = entity.boundary(BOUNDARY);
        let all_but_one = json!({ "Effect": "Allow", "NotAction": "s3:PutObjectAcl", "Resource": "*" });
        account = account.managed_policy(BOUNDARY, &policy(&[all_but_one]));
    }
    let asks = if state == State::MayNotAsk {
        "iam:GetUser"
    } else {
        "iam:SimulatePrincipalPolicy"
    };
    let mut organization = vec![allow(&["*"])];
    if state == State::DeniedByOrganization {
        organization.push(deny(&["s3:PutObjectAcl"]));
    }
    account
        .entity(entity)
        .entity(Entity::new(ADMIN).inline("asks", &allow(&[asks, "iam:GetRole"])))
        .service_control(&organization)
        .access_key(KEY, who.caller)
}

fn settings(account: &Account) -> Settings {
    let reading = iam_policy_account::read(account.to_string().as_bytes());
    assert_eq!(reading.problems, []);
    Settings::new(reading.principals)
}

/// Asks `server`, without any file or variable of the person who runs the test.
fn program(server: &Server, args: &[&str]) -> Command {
    let mut command = isolated(PROGRAM, env!("CARGO_TARGET_TMPDIR"));
    command
        .args(["policies", "validate", "--endpoint-url", server.url()])
        .args(args);
    command
}

fn run_with_key(server: &Server, args: &[&str]) -> Ran {
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    run(program(server, args)
        .env("AWS_ACCESS_KEY_ID", KEY)
        .env("AWS_SECRET_ACCESS_KEY", secret)
        .env("AWS_REGION", "eu-central-1"))
}

/// The output for `who` in this state; the program must exit with `code`.
fn told(who: Who, state: State, code: i32) -> String {
    let server = Server::start(settings(&account(who, state))).unwrap();
    let principal: Vec<&str> = who.principal.iter().flat_map(|arn| ["--principal", arn]).collect();
    let ran = run_with_key(&server, &principal);
    assert_eq!(ran.code, code, "{}{}", ran.stdout, ran.stderr);
    assert!(server.calls().len() < 9, "{:?}", server.calls());
    if code == 2 { ran.stderr } else { ran.stdout }
}

/// The output must be the same for everyone, except for the identity.
fn check(who: Who, state: State, code: i32) {
    let told = told(who, state, code);
    let says: &[&str] = match state {
        State::Allowed => &["✓ Storage"],
        State::NotAllowed => &[
            "✗ Storage",
            "no policy of the principal allows it",
            "add to the principal's policies",
            "AWS requires it for uploads",
        ],
        State::Denied => &[
            "✗ Storage",
            "denies it",
            "what an addition cannot fix",
            "has to be changed or detached",
        ],
        State::DeniedByOrganization => &[
            "✗ Storage",
            "a service control policy of the organization denies it",
            "manages the organization",
        ],
        State::DeniedByBoundary => &[
            "✗ Storage",
            "the permissions boundary does not allow it",
            "what an addition cannot fix",
        ],
        State::MayNotAsk => &[
            "is not allowed to perform `iam:SimulatePrincipalPolicy`",
            "help: allow the caller to perform `iam:SimulatePrincipalPolicy`",
        ],
    };
    for text in says {
        assert!(told.contains(text), "`{text}` is not in\n{told}");
    }
    if code < 2 {
        let asker = if who.caller == who.arn {
            String::new()
        } else {
            format!(", asked by {}", who.caller)
        };
        assert!(told.contains(&format!("for {}{asker}\n", who.arn)), "{told}");
        let denied = usize::from(state != State::Allowed);
        assert_eq!(told.matches('✗').count(), denied, "{told}");
        assert_eq!(
            told.matches("s3:PutObjectAcl on arn:aws:s3:::remotionlambda-*").count(),
            denied,
            "{told}"
        );
    }
}

/// One test per state of each kind of identity, named as in the README.
macro_rules! everybody {
    ($($name:ident: $who:ident, $label:literal, [$($test:ident: $state:ident => $code:literal,)*];)*) => {
        $(mod $name {
            $(
                #[test]
                fn $test() {
                    super::check(super::$who, super::State::$state, $code);
                }
            )*
        })*

        const EVERYBODY: &[(&str, &[(State, i32)])] = &[$(($label, &[$((State::$state, $code)),*])),*];
    };
}

everybody! {
    user: USER_ANN, "a user who calls", [
        allowed: Allowed => 0,
        not_allowed: NotAllowed => 1,
        denied: Denied => 1,
        denied_by_the_organization: DeniedByOrganization => 1,
        denied_by_the_boundary: DeniedByBoundary => 1,
        may_not_ask: MayNotAsk => 2,
    ];
    user_with_a_path: USER_BOB, "a user who calls, with a path", [
        allowed: Allowed => 0,
        not_allowed: NotAllowed => 1,
        denied: Denied => 1,
        denied_by_the_organization: DeniedByOrganization => 1,
        denied_by_the_boundary: DeniedByBoundary => 1,
        may_not_ask: MayNotAsk => 2,
    ];
    role: ROLE_DEPLOY, "the role of a session that calls", [
        allowed: Allowed => 0,
        not_allowed: NotAllowed => 1,
        denied: Denied => 1,
        denied_by_the_organization: DeniedByOrganization => 1,
        denied_by_the_boundary: DeniedByBoundary => 1,
        may_not_ask: MayNotAsk => 2,
    ];
    role_with_a_path: ROLE_BUILD, "the role of a session that calls, with a path", [
        allowed: Allowed => 0,
        not_allowed: NotAllowed => 1,
        denied: Denied => 1,
        denied_by_the_organization: DeniedByOrganization => 1,
        denied_by_the_boundary: DeniedByBoundary => 1,
        may_not_ask: MayNotAsk => 2,
    ];
    role_of_identity_center: ROLE_OF_IDENTITY_CENTER, "the role of a session of IAM Identity Center", [
        allowed: Allowed => 0,
        not_allowed: NotAllowed => 1,
        denied: Denied => 1,
        denied_by_the_organization: DeniedByOrganization => 1,
        denied_by_the_boundary: DeniedByBoundary => 1,
        may_not_ask: MayNotAsk => 2,
    ];
    other_user: OTHER_USER, "another user, by `--principal`", [
        allowed: Allowed => 0,
        not_allowed: NotAllowed => 1,
        denied: Denied => 1,
        denied_by_the_organization: DeniedByOrganization => 1,
        denied_by_the_boundary: DeniedByBoundary => 1,
        may_not_ask: MayNotAsk => 2,
    ];
    other_group: OTHER_GROUP, "a group, by `--principal`", [
        allowed: Allowed => 0,
        not_allowed: NotAllowed => 1,
        denied: Denied => 1,
        denied_by_the_organization: DeniedByOrganization => 1,
        may_not_ask: MayNotAsk => 2,
    ];
    other_role: OTHER_ROLE, "another role, by `--principal`", [
        allowed: Allowed => 0,
        not_allowed: NotAllowed => 1,
        denied: Denied => 1,
        denied_by_the_organization: DeniedByOrganization => 1,
        denied_by_the_boundary: DeniedByBoundary => 1,
        may_not_ask: MayNotAsk => 2,
    ];
}

/// All states, named as in the documentation.
const STATES: [(State, &str); 6] = [
    (State::Allowed, "all is allowed"),
    (State::NotAllowed, "no policy allows it"),
    (State::Denied, "a policy denies it"),
    (State::DeniedByOrganization, "the organization denies it"),
    (State::DeniedByBoundary, "the boundary does not allow it"),
    (State::MayNotAsk, "the caller may not ask"),
];

#[test]
fn the_documentation_lists_the_exit_codes() {
    let names = STATES.map(|(_, name)| name).join(" | ");
    let head = format!(
        "| who is asked about | {names} |\n|---|{}\n",
        "---|".repeat(STATES.len())
    );
    let rows = EVERYBODY.iter().map(|(label, codes)| {
        let cell = |(state, _)| match codes.iter().find(|(of, _)| *of == state) {
            Some((_, code)) => format!(" {code}"),
            None => String::new(),
        };
        format!("| {label} |{} |\n", STATES.map(cell).join(" |"))
    });
    let table: String = [head].into_iter().chain(rows).collect();
    assert!(
        include_str!("../../../docs/validate.md").contains(&table),
        "this is not in `docs/validate.md`:\n{table}"
    );
}

/// The messages for `caller` about a principal that does not exist, or that AWS does not simulate.
fn refused(caller: &str, args: &[&str], state: State) -> String {
    let account = account(USER_ANN, state).access_key(KEY, caller);
    let server = Server::start(settings(&account)).unwrap();
    let ran = run_with_key(&server, args);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
    ran.stderr
}

fn refuses(caller: &str, args: &[&str], expected: Expect) {
    expected.assert_eq(&refused(caller, args, State::Allowed));
}

#[test]
fn unsimulatable_principals_are_unknown() {
    for (state, _) in STATES {
        refused("arn:aws:iam::123456789012:root", &[], state);
        refused("arn:aws:sts::123456789012:federated-user/ann", &[], state);
        refused(ADMIN, &["--principal", "arn:aws:iam::123456789012:user/gone"], state);
    }
}

#[test]
fn no_such_user() {
    refuses(
        ADMIN,
        &["--principal", "arn:aws:iam::123456789012:user/gone"],
        expect![[r#"
            error: `arn:aws:iam::123456789012:user/gone` does not exist
              = help: check the account ID, the path and the name in the ARN
        "#]],
    );
    refuses(
        ADMIN,
        &["--principal", "arn:aws:iam::123456789012:user/other-path/ann"],
        expect![[r#"
            error: `arn:aws:iam::123456789012:user/other-path/ann` does not exist
              = help: check the account ID, the path and the name in the ARN
        "#]],
    );
}

#[test]
fn no_such_group() {
    refuses(
        ADMIN,
        &["--principal", "arn:aws:iam::123456789012:group/gone"],
        expect![[r#"
            error: `arn:aws:iam::123456789012:group/gone` does not exist
              = help: check the account ID, the path and the name in the ARN
        "#]],
    );
}

#[test]
fn no_such_role() {
    refuses(
        ADMIN,
        &["--principal", "arn:aws:iam::123456789012:role/gone"],
        expect![[r#"
            error: `arn:aws:iam::123456789012:role/gone` does not exist
              = help: check the account ID, the path and the name in the ARN
        "#]],
    );
    refuses(
        ADMIN,
        &["--principal", "arn:aws:sts::123456789012:assumed-role/gone/ann"],
        expect![[r#"
            error: `arn:aws:sts::123456789012:assumed-role/gone/ann` does not exist
              = help: check the account ID, the path and the name in the ARN
        "#]],
    );
}

#[test]
fn federated_user() {
    refuses(
        "arn:aws:sts::123456789012:federated-user/ann",
        &[],
        expect![[r#"
            error: `arn:aws:sts::123456789012:federated-user/ann` is a federated user
              = help: AWS only simulates users, groups and roles: pass the user whose credentials created this session with `--principal ARN`
        "#]],
    );
}

#[test]
fn root_user() {
    refuses(
        "arn:aws:iam::123456789012:root",
        &[],
        expect![[r#"
            error: the credentials belong to the account's root user
              = help: AWS does not simulate the root user, which can do everything in its account that the organization does not deny
              = help: check another user, group or role, such as `--principal arn:aws:iam::123456789012:user/ann`
        "#]],
    );
}

#[test]
fn the_root_user_may_ask_about_others() {
    let who = Who {
        caller: "arn:aws:iam::123456789012:root",
        ..OTHER_ROLE
    };
    check(who, State::Allowed, 0);
    check(who, State::Denied, 1);
}

#[test]
fn denials_come_with_reason_and_addition() {
    expect![[r#"
        user (User permissions) in the partition `aws`
        for arn:aws:iam::123456789012:user/ann

        ✓ HandleQuotas
        ✓ PermissionValidation
        ✓ LambdaInvokation
        ✗ Storage
            s3:PutObjectAcl on arn:aws:s3:::remotionlambda-*
              no policy of the principal allows it
              why: AWS requires it for uploads with an ACL: sites, unless their privacy is `no-acl`, and large input props, which are always `private`.
              without it: Sites can only be deployed with `no-acl`, and renders with large input props fail.
        ✓ BucketListing
        ✓ FunctionListing
        ✓ FunctionManagement
        ✓ LogsRetention
        ✓ FetchBinaries

        allowed: 8 of 9 statements

        add to the principal's policies (it has 147 characters; the limit for all inline policies of the user is 2,048):

        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "Storage",
              "Effect": "Allow",
              "Action": [
                "s3:PutObjectAcl"
              ],
              "Resource": [
                "arn:aws:s3:::remotionlambda-*"
              ]
            }
          ]
        }
    "#]]
    .assert_eq(&told(USER_ANN, State::NotAllowed, 1));
}

#[test]
fn role_permissions_can_be_validated() {
    let server = Server::start(settings(&account(ROLE_DEPLOY, State::Allowed))).unwrap();
    let ran = run_with_key(&server, &["role"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(
        ran.stdout.contains("for arn:aws:iam::123456789012:role/deploy"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("logs:CreateLogStream"), "{}", ran.stdout);
}

/// Runs without credentials other than those that `change` provides.
fn without_key(change: impl FnOnce(&mut Command)) -> Ran {
    let server = Server::start(settings(&account(USER_ANN, State::Allowed))).unwrap();
    let mut command = program(&server, &[]);
    change(&mut command);
    let ran = run(&mut command);
    assert!(ran.code != 2 || server.calls().is_empty(), "{:?}", server.calls());
    ran
}

#[test]
fn without_credentials() {
    let ran = without_key(|_| ());
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    expect![[r#"
        error: no AWS credentials found
          = help: select a profile with `--profile` or `AWS_PROFILE`, or set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`
          = help: if you use IAM Identity Center, run `aws sso login` first
    "#]].assert_eq(&ran.stderr);
}

/// A configuration with two profiles: one has a key, and one an expired session of IAM Identity Center.
fn configured() -> Folder {
    let config = format!(
        "[profile work]\nregion = eu-west-1\naws_access_key_id = {KEY}\naws_secret_access_key = none\n\n\
         [profile center]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Dev\nregion = eu-west-1\n\n\
         [sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.example/start\n",
    );
    let token = json!({ "accessToken": "secret", "expiresAt": "2020-01-01T00:00:00Z", "region": "eu-west-1" });
    Folder::with(&[
        (".aws/config", &config),
        // Named after the SHA-1 of the session's name.
        (
            ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json",
            &token.to_string(),
        ),
    ])
}

#[test]
fn profiles_take_precedence_over_environment_keys() {
    let home = configured();
    let ran = without_key(|command| {
        command
            .env("HOME", home.root())
            .args(["--profile", "work", "--format", "json"]);
        command
            .env("AWS_ACCESS_KEY_ID", "AKIAOFNOBODY")
            .env("AWS_SECRET_ACCESS_KEY", "none");
    });
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

#[test]
fn an_expired_session() {
    let home = configured();
    let ran = without_key(|command| {
        command.env("HOME", home.root()).env("AWS_PROFILE", "center");
    });
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(!ran.stderr.contains("secret"), "{}", ran.stderr);
    expect![[r#"
        error: the AWS credentials have expired
          = help: sign in again, for example with `aws sso login`
    "#]]
    .assert_eq(&ran.stderr);
}

#[test]
fn a_nonexistent_profile() {
    let home = configured();
    let ran = without_key(|command| {
        command.env("HOME", home.root()).args(["--profile", "wrok"]);
    });
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    expect![[r#"
        error: the profile `wrok`, selected by `--profile`, does not exist
          = help: did you mean `work`?
          = help: known profiles: `center`, `work`
          = help: a profile starts with `[profile NAME]` in ~/.aws/config and with `[NAME]` in ~/.aws/credentials
    "#]]
    .assert_eq(&ran.stderr.replace(&home.root().display().to_string(), "~"));
}

#[test]
fn implausible_settings() {
    let home = configured();
    let check = |variables: &[(&str, &str)], expected: Expect| {
        let ran = without_key(|command| {
            command.env("HOME", home.root()).envs(variables.iter().copied());
        });
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        expected.assert_eq(&ran.stderr.replace(&home.root().display().to_string(), "~"));
    };
    check(
        &[("AWS_ACCESS_KEY_ID", KEY)],
        expect![[r#"
            error: `AWS_ACCESS_KEY_ID` is set, but `AWS_SECRET_ACCESS_KEY` is not
              = help: set both or neither
        "#]],
    );
    let key = [("AWS_ACCESS_KEY_ID", KEY), ("AWS_SECRET_ACCESS_KEY", "none")];
    check(
        &[key[0], key[1], ("AWS_SESSION_TOKEN", "one\ntwo")],
        expect![[r#"
            error: cannot load the AWS credentials: the session token contains a line break
              = help: run `aws configure list` to see what is set and where it comes from
              = help: if you use IAM Identity Center, run `aws sso login` first
        "#]],
    );
    check(
        &[key[0], key[1], ("AWS_REGION", "eu_west")],
        expect![[r#"
            error: `eu_west`, from `AWS_REGION`, is not the name of a region
              = help: the name of a region is, for example, `eu-central-1`
        "#]],
    );
    let config = home.root().join(".aws/config");
    let with = |more: &str| fs::write(&config, format!("[default]\n{more}\n")).unwrap();
    with("login_session = arn:aws:iam::123456789012:user/ann");
    check(
        &[],
        expect![[r#"
            error: sessions of `aws login` are not supported
              = help: export the credentials to the environment: `eval "$(aws configure export-credentials --profile default --format env)"`
              = help: or add a profile with `credential_process = aws configure export-credentials --profile default`
        "#]],
    );
    with("role_arn = arn:aws:iam::123456789012:role/r\nsource_profile = nobody");
    check(
        &[],
        expect![[r#"
            error: the profile `nobody`, which is the `source_profile` of `default`, does not exist
        "#]],
    );
    with("credential_process = exit 7");
    check(
        &[],
        expect![[r#"
            error: cannot load the AWS credentials: an error occurred while loading credentials: Error retrieving credentials: external process exited with code exit status: 7
              = help: run `aws configure list` to see what is set and where it comes from
              = help: if you use IAM Identity Center, run `aws sso login` first
        "#]],
    );
    with("aws_access_key_id = AKIA\u{1}OSFODNN7EXAMPLE\naws_secret_access_key = none");
    check(
        &[],
        expect![[r#"
            error: `aws_access_key_id` of the profile `default` contains a character that keys cannot contain
              = help: copy the value again, completely and on one line
        "#]],
    );
    with(
        r#"credential_process = printf '%s' '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","SessionToken":"hid\nden"}'"#,
    );
    check(
        &[],
        expect![[r#"
            error: cannot load the AWS credentials: the session token contains a line break
              = help: run `aws configure list` to see what is set and where it comes from
              = help: if you use IAM Identity Center, run `aws sso login` first
        "#]],
    );
    with("sso_start_url = https://corp.example\nsso_region = eu-west-1\nsso_account_id = 1\nsso_role_name = Dev");
    check(
        &[],
        expect![[r#"
            error: cannot load the AWS credentials: failed to read `~/.aws/sso/cache/bf76a79a0d2919005ac43fa78017635692db6d30.json`: No such file or directory (os error 2)
              = help: run `aws configure list` to see what is set and where it comes from
              = help: if you use IAM Identity Center, run `aws sso login` first
        "#]],
    );
    with("sso_start_url");
    check(
        &[],
        expect![[r#"
            error: error parsing ~/.aws/config on line 2: Expected an '=' sign defining a property
              = help: a profile starts with `[profile NAME]`, or `[NAME]` in `credentials`, followed by lines `key = value`
        "#]],
    );
}

#[test]
fn a_closed_port() {
    let ran = |variables: &[(&str, &str)]| {
        let mut command = isolated(PROGRAM, env!("CARGO_TARGET_TMPDIR"));
        command.args(["policies", "validate"]);
        command.envs([("AWS_ACCESS_KEY_ID", KEY), ("AWS_SECRET_ACCESS_KEY", "none")]);
        let ran = run(command.envs(variables.iter().copied()));
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        ran.stderr
    };
    // The port of a service that is no longer in use.
    let url = "http://127.0.0.1:1";
    let told = ran(&[("AWS_ENDPOINT_URL", url)]);
    assert!(told.starts_with(&format!("error: cannot reach `{url}`: ")), "{told}");
    assert!(told.contains(" (the endpoint is from `AWS_ENDPOINT_URL`)\n"), "{told}");
    let told = ran(&[("AWS_REGION", "eu-west-1"), ("HTTPS_PROXY", url)]);
    assert!(told.starts_with("error: cannot reach `STS in eu-west-1`: "), "{told}");
    assert!(told.contains(" (the proxy is from `HTTPS_PROXY`)\n"), "{told}");
}

#[test]
fn a_key_unknown_to_aws() {
    let server = Server::start(settings(&account(USER_ANN, State::Allowed))).unwrap();
    let ran = run(program(&server, &[])
        .env("AWS_ACCESS_KEY_ID", "AKIAOFNOBODY")
        .env("AWS_SECRET_ACCESS_KEY", "none"));
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    expect![[r#"
        error: AWS rejected the credentials: The security token included in the request is invalid. (the access key is from `AWS_ACCESS_KEY_ID`)
          = help: check that the access key is active and belongs to this partition, that its secret is complete, and that the system clock is correct
    "#]].assert_eq(&ran.stderr);
}

#[test]
fn a_failing_server() {
    let account = account(USER_ANN, State::Allowed);
    let server =
        Server::start(settings(&account).fault(Operation::SimulatePrincipalPolicy, Fault::Fail, usize::MAX)).unwrap();
    let ran = run_with_key(&server, &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    expect![[r#"
        error: AWS responded with 500 `InternalFailure`: The request processing has failed because of an unknown error, exception or failure.
          = help: this is an error in AWS: try again later
    "#]].assert_eq(&ran.stderr);
}

#[test]
fn makes_four_calls_three_concurrently() {
    let account = account(USER_ANN, State::Allowed);
    // Long enough to read all three before answering the first.
    let server = Server::start(settings(&account).delay(Duration::from_secs(1))).unwrap();
    let ran = run_with_key(&server, &[]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let at_once: Vec<_> = server.calls().iter().map(|call| call.at_once).collect();
    assert_eq!(at_once, [1, 1, 2, 3]);
}

/// Runs the program on a terminal, and returns what it writes there.
#[cfg(unix)]
fn at_a_terminal(mut command: Command) -> (Option<i32>, String) {
    use std::ffi::OsStr;
    use std::io::Read;
    use std::os::unix::ffi::OsStrExt;

    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&controller).unwrap();
    unlockpt(&controller).unwrap();
    let path = ptsname(&controller, Vec::new()).unwrap();
    let terminal = fs::File::options()
        .read(true)
        .write(true)
        .open(OsStr::from_bytes(path.to_bytes()))
        .unwrap();
    let mut child = command
        .stdout(terminal.try_clone().unwrap())
        .stderr(terminal)
        .spawn()
        .unwrap();
    // With it, this process closes its last handle of the terminal.
    drop(command);
    let mut sent = Vec::new();
    // Some systems report an error once the other end is closed.
    let _ = fs::File::from(controller).read_to_end(&mut sent);
    (child.wait().unwrap().code(), String::from_utf8(sent).unwrap())
}

#[cfg(unix)]
#[test]
fn shows_progress_on_a_terminal() {
    let server = Server::start(settings(&account(USER_ANN, State::Allowed))).unwrap();
    let command = |args: &[&str]| {
        let mut command = program(&server, args);
        command
            .env("AWS_ACCESS_KEY_ID", KEY)
            .env("AWS_SECRET_ACCESS_KEY", "none")
            .env("AWS_REGION", "eu-central-1");
        command
    };
    let (code, sent) = at_a_terminal(command(&[]));
    assert_eq!(code, Some(0), "{sent}");
    let (progress, result) = sent.rsplit_once("\r\u{1b}[K").unwrap();
    let steps: Vec<&str> = progress.split("\r\u{1b}[K").skip(1).collect();
    let all = steps.len();
    for (number, step) in steps.iter().enumerate() {
        assert_eq!(*step, format!("asking AWS: {} of {all} answered", number + 1));
    }
    assert!(all > 1, "{progress}");
    // A terminal has carriage returns before line feeds. Elsewhere the output is the same, without progress.
    let ran = run(&mut command(&[]));
    assert_eq!((result.replace("\r\n", "\n"), ""), (ran.stdout, ran.stderr.as_str()));
}

#[cfg(unix)]
#[test]
fn minified_output_ends_its_line_on_a_terminal() {
    let mut command = Command::new(PROGRAM);
    command.args(["policies", "user", "--minify"]);
    let printed = run(&mut command).stdout;
    assert_eq!(at_a_terminal(command), (Some(0), printed + "\r\n"));
}

#[test]
fn shown_sessions_are_real() {
    let server = Server::start(settings(&account(USER_ANN, State::NotAllowed))).unwrap();
    for (text, count) in [
        (include_str!("../README.md"), 4),
        (include_str!("../../../README.md"), 1),
        (include_str!("../../../docs/validate.md"), 1),
    ] {
        let sessions = sessions(text, "remotion-lambda");
        assert_eq!(sessions.len(), count);
        for session in sessions {
            let mut command = isolated(PROGRAM, env!("CARGO_TARGET_TMPDIR"));
            command
                .args(session.command.split(' ').skip(1))
                .env("AWS_ENDPOINT_URL", server.url())
                .env("AWS_ACCESS_KEY_ID", KEY)
                .env("AWS_SECRET_ACCESS_KEY", "none");
            let ran = run(&mut command);
            assert_eq!(ran.stderr, "", "{}", session.command);
            session.assert_printed(&ran.stdout);
        }
    }
}
