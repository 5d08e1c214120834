//! The XML of each operation.

use expect_test::{Expect, ExpectFile, expect, expect_file};
use iam_policy_server::{Batches, Server, Settings, Shape};

use crate::support::{ANN, BUILD, ROOT, STS, call, iam, principals, server, texts};

/// What a server answers.
fn check(server: &Server, key: &str, parameters: &[(&str, &str)], expected: Expect) {
    let answer = call(server, key, parameters);
    expected.assert_eq(&format!("{}\n{}", answer.status, answer.body));
}

/// What a server answers with HTTP 200, for what is long.
fn check_file(server: &Server, key: &str, parameters: &[(&str, &str)], expected: ExpectFile) {
    let answer = call(server, key, parameters);
    assert_eq!(answer.status, 200);
    expected.assert_eq(&answer.body);
}

#[test]
fn get_caller_identity() {
    let server = server();
    let parameters = [("Action", "GetCallerIdentity"), ("Version", STS)];
    check(
        &server,
        ANN,
        &parameters,
        expect![[r#"
        200
        <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <GetCallerIdentityResult>
            <Arn>arn:aws:iam::123456789012:user/ann</Arn>
            <UserId>AIDACKCEVSQ6C2EXAMPLE</UserId>
            <Account>123456789012</Account>
          </GetCallerIdentityResult>
          <ResponseMetadata>
            <RequestId>00000000-0000-4000-8000-000000000001</RequestId>
          </ResponseMetadata>
        </GetCallerIdentityResponse>
    "#]],
    );
    check(
        &server,
        BUILD,
        &parameters,
        expect![[r#"
        200
        <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <GetCallerIdentityResult>
            <Arn>arn:aws:sts::123456789012:assumed-role/build/42</Arn>
            <UserId>AROACKCEVSQ6C2EXAMPLE:42</UserId>
            <Account>123456789012</Account>
          </GetCallerIdentityResult>
          <ResponseMetadata>
            <RequestId>00000000-0000-4000-8000-000000000002</RequestId>
          </ResponseMetadata>
        </GetCallerIdentityResponse>
    "#]],
    );
    check(
        &server,
        ROOT,
        &parameters,
        expect![[r#"
        200
        <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <GetCallerIdentityResult>
            <Arn>arn:aws:iam::123456789012:root</Arn>
            <UserId>123456789012</UserId>
            <Account>123456789012</Account>
          </GetCallerIdentityResult>
          <ResponseMetadata>
            <RequestId>00000000-0000-4000-8000-000000000003</RequestId>
          </ResponseMetadata>
        </GetCallerIdentityResponse>
    "#]],
    );
    check(
        &server,
        "ASIAFEDERATEDEXAMPLE",
        &parameters,
        expect![[r#"
        200
        <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <GetCallerIdentityResult>
            <Arn>arn:aws:sts::123456789012:federated-user/eve</Arn>
            <UserId>123456789012:eve</UserId>
            <Account>123456789012</Account>
          </GetCallerIdentityResult>
          <ResponseMetadata>
            <RequestId>00000000-0000-4000-8000-000000000004</RequestId>
          </ResponseMetadata>
        </GetCallerIdentityResponse>
    "#]],
    );
}

#[test]
fn answers_have_content_types() {
    let answer = call(&server(), ANN, &[("Action", "GetCallerIdentity"), ("Version", STS)]);
    assert!(
        answer.head.contains("\r\ncontent-type: text/xml\r\n"),
        "{}",
        answer.head
    );
    let id = "x-amzn-requestid: 00000000-0000-4000-8000-000000000001\r\n";
    assert!(answer.head.contains(id), "{}", answer.head);
}

#[test]
fn get_role() {
    check(
        &server(),
        BUILD,
        &iam("GetRole", &[("RoleName", "build")]),
        expect![[r#"
            200
            <GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
              <GetRoleResult>
                <Role>
                  <Path>/ci/</Path>
                  <RoleName>build</RoleName>
                  <RoleId>AROACKCEVSQ6C2EXAMPLE</RoleId>
                  <Arn>arn:aws:iam::123456789012:role/ci/build</Arn>
                  <CreateDate>2026-01-15T09:00:00Z</CreateDate>
                  <AssumeRolePolicyDocument>%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22codebuild.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D</AssumeRolePolicyDocument>
                  <MaxSessionDuration>3600</MaxSessionDuration>
                  <PermissionsBoundary>
                    <PermissionsBoundaryType>Policy</PermissionsBoundaryType>
                    <PermissionsBoundaryArn>arn:aws:iam::123456789012:policy/limit</PermissionsBoundaryArn>
                  </PermissionsBoundary>
                  <RoleLastUsed/>
                </Role>
              </GetRoleResult>
              <ResponseMetadata>
                <RequestId>00000000-0000-4000-8000-000000000001</RequestId>
              </ResponseMetadata>
            </GetRoleResponse>
        "#]],
    );
}

#[test]
fn get_user() {
    // Without a name, it is who asks.
    check(
        &server(),
        ANN,
        &iam("GetUser", &[]),
        expect![[r#"
        200
        <GetUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
          <GetUserResult>
            <User>
              <Path>/</Path>
              <UserName>ann</UserName>
              <UserId>AIDACKCEVSQ6C2EXAMPLE</UserId>
              <Arn>arn:aws:iam::123456789012:user/ann</Arn>
              <CreateDate>2026-01-15T09:30:00Z</CreateDate>
              <PermissionsBoundary>
                <PermissionsBoundaryType>Policy</PermissionsBoundaryType>
                <PermissionsBoundaryArn>arn:aws:iam::123456789012:policy/limit</PermissionsBoundaryArn>
              </PermissionsBoundary>
            </User>
          </GetUserResult>
          <ResponseMetadata>
            <RequestId>00000000-0000-4000-8000-000000000001</RequestId>
          </ResponseMetadata>
        </GetUserResponse>
    "#]],
    );
    let server = server();
    let by_name = call(&server, ROOT, &iam("GetUser", &[("UserName", "bob")]));
    assert_eq!(texts(&by_name.body, "UserName"), ["bob"]);
    assert_eq!(texts(&by_name.body, "Key"), ["team"]);
}

#[test]
fn the_root_user_is_a_user_without_a_name() {
    let answer = call(&server(), ROOT, &iam("GetUser", &[]));
    assert_eq!(answer.status, 200);
    assert_eq!(texts(&answer.body, "Arn"), ["arn:aws:iam::123456789012:root"]);
    assert_eq!(texts(&answer.body, "UserId"), ["123456789012"]);
    assert_eq!(texts(&answer.body, "UserName"), [""; 0]);
}

const ANN_ARN: &str = "arn:aws:iam::123456789012:user/ann";

#[test]
fn simulate_principal_policy() {
    let parameters = iam(
        "SimulatePrincipalPolicy",
        &[
            ("PolicySourceArn", ANN_ARN),
            ("ActionNames.member.1", "s3:GetObject"),
            ("ActionNames.member.2", "s3:DeleteObject"),
            ("ResourceArns.member.1", "arn:aws:s3:::reports/1.pdf"),
            ("ResourceArns.member.2", "arn:aws:s3:::reports/drafts/1.pdf"),
            ("ResourceArns.member.3", "arn:aws:s3:::home/ann/1.pdf"),
        ],
    );
    check_file(&server(), ANN, &parameters, expect_file!["golden/per-action.xml"]);
    let before = Server::start(Settings::new(principals()).shape(Shape::PerResource)).unwrap();
    check_file(&before, ANN, &parameters, expect_file!["golden/per-resource.xml"]);
}

#[test]
fn without_resources() {
    check_file(
        &server(),
        ANN,
        &iam(
            "SimulatePrincipalPolicy",
            &[
                ("PolicySourceArn", ANN_ARN),
                ("ActionNames.member.1", "s3:ListAllMyBuckets"),
                ("ActionNames.member.2", "ec2:RunInstances"),
                ("ActionNames.member.3", "sqs:DeleteQueue"),
            ],
        ),
        expect_file!["golden/without-resources.xml"],
    );
}

#[test]
fn across_accounts() {
    // IAM API Reference, `SimulatePrincipalPolicy`, example 3: the resource policy allows, the identity's own policies
    // and its boundary do not.
    let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/ann"},"Action":["s3:List*","s3:Put*"],"Resource":["arn:aws:s3:::mary/*"]}}"#;
    let boundary = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*"}}"#;
    check_file(
        &server(),
        ANN,
        &iam(
            "SimulatePrincipalPolicy",
            &[
                ("PolicySourceArn", ANN_ARN),
                ("ActionNames.member.1", "s3:PutObject"),
                ("ResourceArns.member.1", "arn:aws:s3:::mary/Test"),
                ("ResourceOwner", "arn:aws:iam::444455556666:root"),
                ("ResourcePolicy", document),
                ("PermissionsBoundaryPolicyInputList.member.1", boundary),
            ],
        ),
        expect_file!["golden/across-accounts.xml"],
    );
}

#[test]
fn one_of_two_resources_is_in_another_account() {
    let answer = call(
        &server(),
        ANN,
        &iam(
            "SimulatePrincipalPolicy",
            &[
                ("PolicySourceArn", ANN_ARN),
                ("ActionNames.member.1", "sqs:SendMessage"),
                ("ResourceArns.member.1", "arn:aws:sqs:eu-west-1:123456789012:jobs"),
                ("ResourceArns.member.2", "arn:aws:sqs:eu-west-1:210987654321:jobs"),
            ],
        ),
    );
    assert_eq!(texts(&answer.body, "EvalDecision"), ["implicitDeny"]);
    assert_eq!(texts(&answer.body, "EvalResourceDecision"), ["allowed", "implicitDeny"]);
    // Those of the action and of the one resource that they are about.
    let said = ["allowed", "implicitDeny", "allowed"].repeat(2);
    assert_eq!(texts(&answer.body, "value"), said);
    // What the own account allows is told of each resource, but did not make the decision about both.
    assert_eq!(texts(&answer.body, "SourcePolicyId"), ["read-reports"; 2]);
}

#[test]
fn simulate_custom_policy() {
    // AWS CLI Command Reference, `simulate-custom-policy`, example 1.
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}"#;
    let parameters = |time: &'static str| {
        let mut parameters = iam(
            "SimulateCustomPolicy",
            &[
                ("PolicyInputList.member.1", policy),
                ("ActionNames.member.1", "dynamodb:CreateBackup"),
            ],
        );
        if !time.is_empty() {
            parameters.extend([
                ("ContextEntries.member.1.ContextKeyName", "aws:CurrentTime"),
                ("ContextEntries.member.1.ContextKeyType", "date"),
                ("ContextEntries.member.1.ContextKeyValues.member.1", time),
            ]);
        }
        parameters
    };
    let server = server();
    check_file(
        &server,
        ROOT,
        &parameters("2019-04-25T11:00:00Z"),
        expect_file!["golden/custom-allowed.xml"],
    );
    check_file(
        &server,
        ROOT,
        &parameters("2014-04-25T11:00:00Z"),
        expect_file!["golden/custom-denied.xml"],
    );
    // The key is missing, and said to be.
    check_file(
        &server,
        ROOT,
        &parameters(""),
        expect_file!["golden/custom-missing.xml"],
    );
}

#[test]
fn resource_grants_bypass_the_boundary() {
    // IAM API Reference, `SimulateCustomPolicy`, example 2.
    let iam_only = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*"}}"#;
    let resource = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/mateo"},"Action":["s3:List*","s3:Put*"],"Resource":"arn:aws:s3:::production/*"}}"#;
    let answer = call(
        &server(),
        ROOT,
        &iam(
            "SimulateCustomPolicy",
            &[
                ("ActionNames.member.1", "s3:PutObject"),
                ("CallerArn", "arn:aws:iam::123456789012:user/mateo"),
                ("ResourceArns.member.1", "arn:aws:s3:::production/Test"),
                ("ResourceOwner", "arn:aws:iam::123456789012:root"),
                ("PolicyInputList.member.1", iam_only),
                ("PermissionsBoundaryPolicyInputList.member.1", iam_only),
                ("ResourcePolicy", resource),
            ],
        ),
    );
    assert_eq!(texts(&answer.body, "EvalDecision"), ["allowed"]);
    assert_eq!(texts(&answer.body, "SourcePolicyId"), ["ResourcePolicy"; 2]);
    assert_eq!(texts(&answer.body, "SourcePolicyType"), ["Resource Policy"; 2]);
    assert_eq!(texts(&answer.body, "AllowedByPermissionsBoundary"), ["false"; 2]);
    assert!(answer.body.contains("<EvalDecisionDetails/>"), "{}", answer.body);
}

/// The decisions of a simulation, and the marker of the next page.
fn decisions(server: &Server, key: &str, parameters: &[(&str, &str)]) -> (Vec<String>, Option<String>) {
    let answer = call(server, key, parameters);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let actions = texts(&answer.body, "EvalActionName");
    let names = texts(&answer.body, "EvalResourceName");
    let outcomes = texts(&answer.body, "EvalDecision");
    // Those of the results themselves, not those of their resources.
    let names = names.iter().step_by(names.len() / actions.len());
    let results = actions.iter().zip(names).zip(outcomes);
    let decisions = results
        .map(|((action, name), outcome)| format!("{action} {name} {outcome}"))
        .collect();
    assert_eq!(
        texts(&answer.body, "IsTruncated") == ["true"],
        answer.body.contains("<Marker>")
    );
    let marker = texts(&answer.body, "Marker").first().map(|&marker| marker.to_owned());
    (decisions, marker)
}

/// All pages.
fn pages(server: &Server, parameters: &[(&str, &str)]) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut marker = None;
    loop {
        let mut parameters = parameters.to_vec();
        parameters.extend(marker.as_deref().map(|marker| ("Marker", marker)));
        let (page, next) = decisions(server, ANN, &parameters);
        pages.push(page);
        if next.is_none() {
            return pages;
        }
        marker = next;
    }
}

#[test]
fn results_come_in_pages() {
    let parameters = iam(
        "SimulatePrincipalPolicy",
        &[
            ("PolicySourceArn", ANN_ARN),
            ("ActionNames.member.1", "s3:GetObject"),
            ("ActionNames.member.2", "s3:PutObject"),
            ("ActionNames.member.3", "s3:ListBucket"),
            ("ResourceArns.member.1", "arn:aws:s3:::reports/1"),
            ("ResourceArns.member.2", "arn:aws:s3:::other/1"),
        ],
    );
    let mut by_two = parameters.clone();
    by_two.push(("MaxItems", "2"));
    let object = "arn:${Partition}:s3:::${BucketName}/${ObjectName}";
    let bucket = "arn:${Partition}:s3:::${BucketName}";
    let all = [
        format!("s3:GetObject {object} implicitDeny"),
        format!("s3:PutObject {object} implicitDeny"),
        format!("s3:ListBucket {bucket} implicitDeny"),
    ];
    let now = server();
    assert_eq!(pages(&now, &parameters), [all.to_vec()]);
    assert_eq!(pages(&now, &by_two), [all[..2].to_vec(), all[2..].to_vec()]);

    // The server may give less than is asked for, and then every pair of an action and a resource is a result.
    let settings = Settings::new(principals()).shape(Shape::PerResource).page_size(4);
    let before = Server::start(settings).unwrap();
    let pages = pages(&before, &parameters);
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [4, 2]);
    assert_eq!(
        pages.concat()[..3],
        [
            "s3:GetObject arn:aws:s3:::reports/1 allowed",
            "s3:GetObject arn:aws:s3:::other/1 implicitDeny",
            "s3:PutObject arn:aws:s3:::reports/1 implicitDeny",
        ]
    );
}

#[test]
fn wildcards_in_actions_are_literal() {
    let server = server();
    let ask = |policy: &str| {
        let parameters = [
            ("ActionNames.member.1", "s3:Get*"),
            ("PolicyInputList.member.1", policy),
        ];
        let answer = call(&server, ROOT, &iam("SimulateCustomPolicy", &parameters));
        texts(&answer.body, "EvalDecision").concat()
    };
    let allowing = |action: &str| format!(r#"{{"Statement":{{"Effect":"Allow","Action":"{action}","Resource":"*"}}}}"#);
    assert_eq!(ask(&allowing("s3:*")), "allowed");
    assert_eq!(ask(&allowing("s3:Get*")), "allowed");
    assert_eq!(ask(&allowing("s3:GetObject*")), "implicitDeny");
    assert_eq!(ask(&allowing("s3:GetObject")), "implicitDeny");
}

#[test]
fn mixed_batches() {
    let mixed = [
        ("PolicySourceArn", ANN_ARN),
        ("ActionNames.member.1", "iam:PassRole"),
        ("ActionNames.member.2", "sts:AssumeRole"),
        ("ActionNames.member.3", "s3:PutBucketReplication"),
    ];
    let parameters = iam("SimulatePrincipalPolicy", &mixed);
    check(
        &server(),
        ANN,
        &parameters,
        expect![[r#"
        400
        <ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
          <Error>
            <Type>Sender</Type>
            <Code>InvalidInput</Code>
            <Message>Invalid Input Actions: [iam:PassRole] and [sts:AssumeRole] and [s3:PutBucketReplication] require different authorization information. Please refer to the documentation for more details: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html</Message>
          </Error>
          <RequestId>00000000-0000-4000-8000-000000000001</RequestId>
        </ErrorResponse>
    "#]],
    );
    let accepting = Server::start(Settings::new(principals()).batches(Batches::Accept)).unwrap();
    let (decisions, _) = decisions(&accepting, ANN, &parameters);
    assert_eq!(decisions.len(), 3);
}

#[test]
fn groups_and_other_callers() {
    let server = server();
    let simulate = |source: &str, caller: &str| {
        let mut parameters = iam(
            "SimulatePrincipalPolicy",
            &[
                ("ActionNames.member.1", "s3:GetObject"),
                ("ResourceArns.member.1", "arn:aws:s3:::home/bob/1"),
            ],
        );
        parameters.push(("PolicySourceArn", source));
        if !caller.is_empty() {
            parameters.push(("CallerArn", caller));
        }
        let answer = call(&server, ANN, &parameters);
        let missing: Vec<_> = texts(&answer.body, "member")
            .into_iter()
            .filter(|text| text.starts_with("aws:"))
            .collect();
        format!("{} {}", texts(&answer.body, "EvalDecision").concat(), missing.join(" "))
    };
    assert_eq!(simulate(ANN_ARN, ""), "implicitDeny ");
    // As if Bob had Ann's policies.
    assert_eq!(simulate(ANN_ARN, "arn:aws:iam::123456789012:user/bob"), "allowed ");
    // A role has no name that a variable could stand for.
    let build = "arn:aws:iam::123456789012:role/ci/build";
    assert_eq!(simulate(ANN_ARN, build), "implicitDeny aws:username aws:username");
    // Nor has a group.
    let readers = "arn:aws:iam::123456789012:group/readers";
    assert_eq!(simulate(ANN_ARN, readers), "implicitDeny aws:username aws:username");
    assert_eq!(simulate(readers, ""), "implicitDeny ");
}
