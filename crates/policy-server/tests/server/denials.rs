//! What is refused, and in which words.

use expect_test::{Expect, expect};

use crate::support::{ANN, BUILD, ROOT, STS, call, error, iam, raw, server};

fn check(key: &str, parameters: &[(&str, &str)], expected: Expect) {
    expected.assert_eq(&error(&call(&server(), key, parameters)));
}

const BOB: &str = "AKIABOBEXAMPLE";
const ANN_ARN: &str = "arn:aws:iam::123456789012:user/ann";

fn simulation<'p>(source: &'p str, more: &[(&'p str, &'p str)]) -> Vec<(&'p str, &'p str)> {
    let mut parameters = iam("SimulatePrincipalPolicy", &[("PolicySourceArn", source)]);
    parameters.push(("ActionNames.member.1", "s3:GetObject"));
    parameters.extend(more);
    parameters
}

#[test]
fn every_call_is_authorized() {
    check(
        BOB,
        &simulation(ANN_ARN, &[]),
        expect![[r#"
        403 AccessDenied
        User: arn:aws:iam::123456789012:user/bob is not authorized to perform: iam:SimulatePrincipalPolicy on resource: arn:aws:iam::123456789012:user/ann because no identity-based policy allows the iam:SimulatePrincipalPolicy action"#]],
    );
    check(
        BOB,
        &iam("GetUser", &[]),
        expect![[r#"
        403 AccessDenied
        User: arn:aws:iam::123456789012:user/bob is not authorized to perform: iam:GetUser on resource: user bob because no identity-based policy allows the iam:GetUser action"#]],
    );
    check(
        ANN,
        &iam("GetRole", &[("RoleName", "build")]),
        expect![[r#"
        403 AccessDenied
        User: arn:aws:iam::123456789012:user/ann is not authorized to perform: iam:GetRole on resource: role build because no identity-based policy allows the iam:GetRole action"#]],
    );
    check(
        ANN,
        &iam("GetRole", &[("RoleName", "hidden")]),
        expect![[r#"
        403 AccessDenied
        User: arn:aws:iam::123456789012:user/ann is not authorized to perform: iam:GetRole on resource: role hidden with an explicit deny in an identity-based policy"#]],
    );
    check(
        "ASIAFEDERATEDEXAMPLE",
        &iam("GetRole", &[("RoleName", "build")]),
        expect![[r#"
            403 AccessDenied
            User: arn:aws:sts::123456789012:federated-user/eve is not authorized to perform: iam:GetRole on resource: role build because no identity-based policy allows the iam:GetRole action"#]],
    );
    let custom = [
        ("ActionNames.member.1", "s3:GetObject"),
        ("PolicyInputList.member.1", "{}"),
    ];
    check(
        BUILD,
        &iam("SimulateCustomPolicy", &custom),
        expect![[r#"
        403 AccessDenied
        User: arn:aws:sts::123456789012:assumed-role/build/42 is not authorized to perform: iam:SimulateCustomPolicy on resource: * because no identity-based policy allows the iam:SimulateCustomPolicy action"#]],
    );
}

#[test]
fn conditions_see_the_call() {
    // Bob's policy asks for a tag, an address, a region and a time.
    let role = |name| call(&server(), BOB, &iam("GetRole", &[("RoleName", name)])).status;
    assert_eq!((role("build"), role("hidden")), (200, 403));
}

#[test]
fn get_caller_identity_is_never_denied() {
    let parameters = [("Action", "GetCallerIdentity"), ("Version", STS)];
    for key in [BOB, "ASIAFEDERATEDEXAMPLE", ROOT] {
        assert_eq!(call(&server(), key, &parameters).status, 200);
    }
    check(
        "AKIANOBODY",
        &parameters,
        expect![[r#"
        403 InvalidClientTokenId
        The security token included in the request is invalid."#]],
    );
    check(
        "",
        &parameters,
        expect![[r#"
        403 MissingAuthenticationToken
        Request is missing Authentication Token"#]],
    );
}

#[test]
fn missing_entities() {
    check(
        BUILD,
        &iam("GetRole", &[("RoleName", "nobody")]),
        expect![[r#"
        404 NoSuchEntity
        The role with name nobody cannot be found."#]],
    );
    check(
        ROOT,
        &iam("GetUser", &[("UserName", "nobody")]),
        expect![[r#"
        404 NoSuchEntity
        The user with name nobody cannot be found."#]],
    );
    check(
        ROOT,
        &simulation("arn:aws:iam::123456789012:user/nobody", &[]),
        expect![[r#"
            404 NoSuchEntity
            The user with name nobody cannot be found."#]],
    );
    // AWS knows the role with its path alone.
    check(
        ROOT,
        &simulation("arn:aws:iam::123456789012:role/build", &[]),
        expect![[r#"
            404 NoSuchEntity
            The role with name build cannot be found."#]],
    );
    check(
        ROOT,
        &iam("ListRoles", &[]),
        expect![[r#"
        400 InvalidAction
        Could not find operation ListRoles for version 2010-05-08"#]],
    );
    check(
        ROOT,
        &[("Action", "GetRole"), ("Version", STS)],
        expect![[r#"
        400 InvalidAction
        Could not find operation GetRole for version 2011-06-15"#]],
    );
    check(
        ROOT,
        &[],
        expect![[r#"
        400 InvalidAction
        Could not find operation  for version "#]],
    );
}

#[test]
fn unsimulatable_principals() {
    for (source, expected) in [
        (
            "arn:aws:sts::123456789012:assumed-role/build/42",
            expect![[r#"
            400 InvalidInput
            Invalid Entity Arn: arn:aws:sts::123456789012:assumed-role/build/42 does not clearly define entity type and name."#]],
        ),
        (
            "arn:aws:iam::123456789012:root",
            expect![[r#"
            400 InvalidInput
            Invalid Entity Arn: arn:aws:iam::123456789012:root does not clearly define entity type and name."#]],
        ),
        (
            "arn:aws:iam::210987654321:user/ann",
            expect![[r#"
            400 InvalidInput
            Invalid Policy Source Arn: caller's account 123456789012 does not have access to policies in account 210987654321"#]],
        ),
        (
            "123456789012:user/ann",
            expect![[r#"
            400 InvalidInput
            Invalid Entity Arn: 123456789012:user/ann does not clearly define entity type and name."#]],
        ),
    ] {
        check(ROOT, &simulation(source, &[]), expected);
    }
}

#[test]
fn invalid_parameters() {
    check(
        ROOT,
        &iam("SimulatePrincipalPolicy", &[]),
        expect![[r#"
        400 ValidationError
        2 validation errors detected: Value null at 'policySourceArn' failed to satisfy constraint: Member must not be null; Value null at 'actionNames' failed to satisfy constraint: Member must not be null"#]],
    );
    check(
        ROOT,
        &iam("SimulateCustomPolicy", &[("ActionNames.member.1", "s3")]),
        expect![[r#"
            400 ValidationError
            2 validation errors detected: Value '[s3]' at 'actionNames' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 3]; Value null at 'policyInputList' failed to satisfy constraint: Member must not be null"#]],
    );
    check(
        ROOT,
        &iam("GetRole", &[]),
        expect![[r#"
        400 ValidationError
        1 validation error detected: Value null at 'roleName' failed to satisfy constraint: Member must not be null"#]],
    );
    check(
        ROOT,
        &iam("GetRole", &[("RoleName", "a/b")]),
        expect![[r#"
        400 ValidationError
        1 validation error detected: Value 'a/b' at 'roleName' failed to satisfy constraint: The specified value is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"#]],
    );
    check(
        BUILD,
        &iam("GetUser", &[]),
        expect![[r#"
            400 ValidationError
            Must specify userName when calling with non-User credentials"#]],
    );
}

#[test]
fn invalid_simulation_parameters() {
    for (more, expected) in [
        (
            ("MaxItems", "0"),
            expect![[r#"
            400 ValidationError
            1 validation error detected: Value '0' at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1"#]],
        ),
        (
            ("MaxItems", "1001"),
            expect![[r#"
            400 ValidationError
            1 validation error detected: Value '1001' at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000"#]],
        ),
        (
            ("Marker", "x"),
            expect![[r#"
            400 ValidationError
            Invalid Marker: x"#]],
        ),
        (
            ("Marker", "0000000100000000000000000"),
            expect![[r#"
            400 ValidationError
            Invalid Marker: 0000000100000000000000000"#]],
        ),
        (
            ("ActionNames.member.2", "GetObject"),
            expect![[r#"
            400 InvalidInput
            Invalid Input Action: GetObject is not of the form service:Name"#]],
        ),
        (
            ("ResourceArns.member.1", "bucket"),
            expect![[r#"
            400 InvalidInput
            Invalid Input: the resource `bucket` is neither `*` nor an ARN: an ARN starts with `arn:`"#]],
        ),
        (
            ("ResourceOwner", "123"),
            expect![[r#"
            400 InvalidInput
            Invalid Resource Owner: 123 is not the ARN of an account, such as arn:aws:iam::123456789012:root"#]],
        ),
        (
            ("CallerArn", "arn:aws:sts::123456789012:assumed-role/build/42"),
            expect![[r#"
                400 InvalidInput
                Invalid Entity Arn: arn:aws:sts::123456789012:assumed-role/build/42 does not clearly define entity type and name."#]],
        ),
    ] {
        check(ROOT, &simulation(ANN_ARN, &[more]), expected);
    }
}

#[test]
fn invalid_policies() {
    for (more, expected) in [
        (
            ("PolicyInputList.member.1", r#"{"Statement": [}"#),
            expect![[r#"
                400 InvalidInput
                Invalid PolicyInputList.1: 1:16: expected a value or `]`, found `}`"#]],
        ),
        (
            ("PolicyInputList.member.1", r#"{"Statement": {"Effect": "Alow"}}"#),
            expect![[r#"
                400 InvalidInput
                Invalid PolicyInputList.1: `Statement.Effect`: `Alow` is neither `Allow` nor `Deny`"#]],
        ),
        (
            ("PermissionsBoundaryPolicyInputList.member.1", "[]"),
            expect![[r#"
            400 InvalidInput
            Invalid PermissionsBoundaryPolicyInputList: expected a policy document, found array"#]],
        ),
        (
            (
                "ResourcePolicy",
                r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
            ),
            expect![[r#"
                400 InvalidInput
                Invalid ResourcePolicy: `Statement`: `Principal` or `NotPrincipal` is missing"#]],
        ),
        (
            ("PolicyInputList.member.1", "{\"Id\": \"\u{20AC}\"}"),
            expect![[r#"
            400 ValidationError
            1 validation error detected: Value '{&quot;Id&quot;: &quot;€&quot;}' at 'policyInputList' failed to satisfy constraint: Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+"#]],
        ),
        (
            ("PolicyExclusionList.member.1", "x"),
            expect![[r#"
            400 InvalidInput
            This server does not simulate without policies: PolicyExclusionList"#]],
        ),
    ] {
        check(ROOT, &simulation(ANN_ARN, &[more]), expected);
    }
}

#[test]
fn invalid_context_entries() {
    let entry = |name, kind, value| {
        simulation(
            ANN_ARN,
            &[
                ("ContextEntries.member.1.ContextKeyName", name),
                ("ContextEntries.member.1.ContextKeyType", kind),
                ("ContextEntries.member.1.ContextKeyValues.member.1", value),
            ],
        )
    };
    check(
        ROOT,
        &entry("aws:SourceIp", "ip", "home"),
        expect![[r#"
        400 InvalidInput
        Invalid Context Entry: invalid value `home` for `aws:SourceIp`: expected an IP address"#]],
    );
    check(
        ROOT,
        &entry("aws:SourceIp", "address", "127.0.0.1"),
        expect![[r#"
        400 ValidationError
        1 validation error detected: Value 'address' at 'contextEntries.contextKeyType' failed to satisfy constraint: Member must satisfy enum value set: [string, stringList, numeric, numericList, boolean, booleanList, ip, ipList, binary, binaryList, date, dateList]"#]],
    );
    check(
        ROOT,
        &entry("", "ip", "127.0.0.1"),
        expect![[r#"
        400 ValidationError
        1 validation error detected: Value null at 'contextEntries.contextKeyName' failed to satisfy constraint: Member must not be null"#]],
    );
}

#[test]
fn a_resource_policy_needs_a_user() {
    let policy = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}"#;
    let build = "arn:aws:iam::123456789012:role/ci/build";
    check(
        ROOT,
        &simulation(build, &[("ResourcePolicy", policy)]),
        expect![[r#"
        400 InvalidInput
        Invalid caller - Caller must be an IAM user in this context."#]],
    );
    let as_bob = [
        ("ResourcePolicy", policy),
        ("CallerArn", "arn:aws:iam::123456789012:user/bob"),
    ];
    assert_eq!(call(&server(), ROOT, &simulation(build, &as_bob)).status, 200);
}

#[test]
fn only_calls_are_answered() {
    let answer = raw(
        &server(),
        "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    );
    expect![[r#"
        400 MalformedQueryString
        This server only supports POST"#]]
    .assert_eq(&error(&answer));
    let long = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n",
        1u64 << 40
    );
    expect![[r#"
        413 RequestEntityTooLarge
        Request size is larger than what this server reads"#]]
    .assert_eq(&error(&raw(&server(), &long)));
    // More than is read, in chunks whose sum nobody says beforehand.
    let chunk = format!("100000\r\n{}\r\n", "a".repeat(1 << 20));
    let chunks = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        chunk.repeat(17)
    );
    expect![[r#"
        413 RequestEntityTooLarge
        Request size is larger than what this server reads"#]]
    .assert_eq(&error(&raw(&server(), &chunks)));
}

#[test]
fn oversized_requests() {
    let entries: Vec<_> = (0..20_000)
        .map(|number| format!("ContextEntries.member.{number}.ContextKeyName"))
        .collect();
    let entries: Vec<_> = entries.iter().map(|name| (name.as_str(), "aws:Key")).collect();
    check(
        ROOT,
        &simulation(ANN_ARN, &entries),
        expect![[r#"
        400 InvalidInput
        This server takes at most 1000 context entries: there are 20000"#]],
    );
    let actions = (2..=100).map(|number| (format!("ActionNames.member.{number}"), "s3:GetObject"));
    let resources = (0..1001).map(|number| (format!("ResourceArns.member.{number}"), "arn:aws:s3:::reports/1"));
    let pairs: Vec<_> = actions.chain(resources).collect();
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    check(
        ROOT,
        &simulation(ANN_ARN, &pairs),
        expect![[r#"
        400 InvalidInput
        This server simulates at most 100000 pairs of an action and a resource on a page: there are 100100"#]],
    );
}
