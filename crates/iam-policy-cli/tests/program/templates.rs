//! Templates and plans, whatever the command.

use expect_test::expect;

use crate::support::Folder;

const TEMPLATE: &str = "Parameters:
  Stage: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Bucket:
    Type: AWS::S3::Bucket
  Worker:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: {Effect: Allow, Principal: {Service: lambda}, Action: sts:AssumeRole}
      Policies:
        - PolicyName: read
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action: s3:GetObjcet
                Resource: !Sub '${Bucket.Arn}/*'
              - Effect: Allow
                Action: sqs:SendMessage
                Resource: !If [IsProd, !GetAtt Bucket.Arn, !Ref Queue]
";

#[test]
fn findings_name_the_resource() {
    let folder = Folder::with(&[("template.yaml", TEMPLATE)]);
    folder.check(&["check", "template.yaml"], expect![[r#"
        error[INVALID_SERVICE_PRINCIPAL_FORMAT]: the service principal does not match the expected format; use the format service.amazonaws.com, or use one of the following suffixes: .amazon.com, .amazonaws.com.cn with all lowercase letters
          --> template.yaml:13:57
           |
        13 |         Statement: {Effect: Allow, Principal: {Service: lambda}, Action: sts:AssumeRole}
           |                                                         ^^^^^^
           = note: in `Resources.Worker.Properties.AssumeRolePolicyDocument`

        error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist (as of 2026-10-27)
          --> template.yaml:20:25
           |
        20 |                 Action: s3:GetObjcet
           |                         ^^^^^^^^^^^^
           = note: in `Resources.Worker.Properties.Policies[0]`
           = help: did you mean `s3:GetObject`?

        warning[ACTION_MATCHES_NO_RESOURCE]: `sqs:SendMessage` does not apply to any of the statement's resources according to AWS's reference (as of 2026-10-27), which may lack their form
          --> template.yaml:23:25
           |
        23 |                 Action: sqs:SendMessage
           |                         ^^^^^^^^^^^^^^^
           = note: in `Resources.Worker.Properties.Policies[0]`
           = note: where `IsProd` holds
           = help: it applies to `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}`

        ---
        1 file checked: 2 errors, 1 warning in 1 file
        exit code 1
    "#]]);
    folder.check(&["check", "--format", "json", "template.yaml#Worker"], expect![[r#"
        [
        {"file":"template.yaml","findings":[{"findingType":"ERROR","issueCode":"INVALID_SERVICE_PRINCIPAL_FORMAT","findingDetails":"the service principal does not match the expected format; use the format service.amazonaws.com, or use one of the following suffixes: .amazon.com, .amazonaws.com.cn with all lowercase letters; in `Resources.Worker.Properties.AssumeRolePolicyDocument`","locations":[{"path":[{"value":"Resources"},{"value":"Worker"},{"value":"Properties"},{"value":"AssumeRolePolicyDocument"},{"value":"Statement"},{"value":"Principal"},{"value":"Service"}],"span":{"start":{"line":13,"column":56,"offset":301},"end":{"line":13,"column":62,"offset":307}}}]},{"findingType":"ERROR","issueCode":"INVALID_ACTION","findingDetails":"the action `s3:GetObjcet` does not exist (as of 2026-10-27); in `Resources.Worker.Properties.Policies[0]`; did you mean `s3:GetObject`?","locations":[{"path":[{"value":"Resources"},{"value":"Worker"},{"value":"Properties"},{"value":"Policies"},{"index":0},{"value":"PolicyDocument"},{"value":"Statement"},{"index":0},{"value":"Action"}],"span":{"start":{"line":20,"column":24,"offset":514},"end":{"line":20,"column":36,"offset":526}}}]},{"findingType":"WARNING","issueCode":"ACTION_MATCHES_NO_RESOURCE","findingDetails":"`sqs:SendMessage` does not apply to any of the statement's resources according to AWS's reference (as of 2026-10-27), which may lack their form; in `Resources.Worker.Properties.Policies[0]`; where `IsProd` holds; it applies to `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}`","locations":[{"path":[{"value":"Resources"},{"value":"Worker"},{"value":"Properties"},{"value":"Policies"},{"index":0},{"value":"PolicyDocument"},{"value":"Statement"},{"index":1},{"value":"Action"}],"span":{"start":{"line":23,"column":24,"offset":630},"end":{"line":23,"column":39,"offset":645}}}]}]}
        ]
        ---
        exit code 1
    "#]]);
    folder.check(&["check", "template.yaml#Resources.Worker.Properties.Policies[1]"], expect![[r#"
        ---
        error: there is no policy `Resources.Worker.Properties.Policies[1]` in `template.yaml`
          = help: did you mean `Resources.Worker.Properties.Policies[0]`?
          = help: the policies are `Resources.Worker.Properties.AssumeRolePolicyDocument` and `Resources.Worker.Properties.Policies[0]`
        nothing checked; 1 could not be read
        exit code 2
    "#]]);
}

#[test]
fn parts_of_templates() {
    Folder::with(&[
        (
            "cut.json",
            r#"{
  "Version": "2012-10-17",
  "Statement": [
    { "Effect": "Allow", "Action": "s3:GetObjcet", "Resource": { "Fn::Sub": "arn:aws:s3:::b-${AWS::AccountId}/*" } },
    { "Effect": "Allow", "Action": "sns:Publish", "Resource": { "Ref": "Topic" } }
  ]
}"#,
        ),
        (
            "tree.json",
            r#"{"props": {"policyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:Send", "Resource": {"Fn::GetAtt": ["Q", "Arn"]}}}}}"#,
        ),
    ])
    .check(&["check", "cut.json", "tree.json"], expect![[r#"
        error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist (as of 2026-10-27)
         --> cut.json:4:36
          |
        4 |     { "Effect": "Allow", "Action": "s3:GetObjcet", "Resource": { "Fn::Sub": "arn:aws:s3:::b-${AWS::AccountId}/*" } },
          |                                    ^^^^^^^^^^^^^^
          = help: did you mean `s3:GetObject`?

        note[TEMPLATE_ERROR]: `Fn::Sub` is a function of CloudFormation, so a part of this policy is unknown
         --> cut.json:4:66
          |
        4 |     { "Effect": "Allow", "Action": "s3:GetObjcet", "Resource": { "Fn::Sub": "arn:aws:s3:::b-${AWS::AccountId}/*" } },
          |                                                                  ^^^^^^^^^

        error[INVALID_ACTION]: the action `sqs:Send` does not exist (as of 2026-10-27)
         --> tree.json:1:99
          |
        1 | …licyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:Send", "Resource": {"Fn::GetAtt": ["Q", "Arn"]}}}}}
          |                                                                                      ^^^^^^^^^^
          = note: in `props.policyDocument`

        ---
        2 files checked: 2 errors, 1 suggestion in 2 files
        exit code 1
    "#]]);
}

#[test]
fn folders_have_templates() {
    let folder = Folder::with(&[
        ("a/template.yaml", TEMPLATE),
        ("a/deployment.yml", "kind: Deployment\nspec: {replicas: 2}\n"),
        ("a/no-policies.yaml", "Resources: {Q: {Type: 'AWS::SQS::Queue'}}\n"),
        ("a/broken.template", "Resources:\n  Q: [\n"),
        (
            "a/policy.yml",
            "Version: '2012-10-17'\nStatement: {Effect: Allow, Action: 'sqs:Send', Resource: '*'}\n",
        ),
    ]);
    let ran = folder.run(&["check", "a"]);
    let first = |line: &&str| line.starts_with("warning") || line.starts_with("error");
    let lines: Vec<_> = ran.stdout.lines().filter(first).collect();
    expect![[r#"
        error[YAML_SYNTAX_ERROR]: invalid YAML: while parsing a node, did not find expected node content
        error[INVALID_ACTION]: the action `sqs:Send` does not exist (as of 2026-10-27)
        error[INVALID_SERVICE_PRINCIPAL_FORMAT]: the service principal does not match the expected format; use the format service.amazonaws.com, or use one of the following suffixes: .amazon.com, .amazonaws.com.cn with all lowercase letters
        error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist (as of 2026-10-27)
        warning[ACTION_MATCHES_NO_RESOURCE]: `sqs:SendMessage` does not apply to any of the statement's resources according to AWS's reference (as of 2026-10-27), which may lack their form"#]].assert_eq(&lines.join("\n"));
    expect![[r#"
        3 files checked: 4 errors, 1 warning in 3 files; 2 files without policies were skipped; 1 could not be read
    "#]]
    .assert_eq(&ran.stderr);
}

const OLD: &str = "Parameters:
  Extra: {Type: String}
Resources:
  Bucket: {Type: 'AWS::S3::Bucket'}
  Reader:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Action: s3:GetObject
            Resource: !Sub '${Bucket.Arn}/logs/*'
          - Effect: Allow
            Action: sqs:SendMessage
            Resource: !Sub 'arn:${AWS::Partition}:sqs:*:${AWS::AccountId}:jobs'
";

#[test]
fn every_command_reads_templates() {
    let new = OLD
        .replace("logs/*", "*")
        .replace("sqs:SendMessage", "sqs:ReceiveMessage");
    let renamed = OLD.replace("Bucket:", "Store:").replace("Bucket.Arn", "Store.Arn");
    let folder = Folder::with(&[("old.yaml", OLD), ("new.yaml", &new), ("renamed.yaml", &renamed)]);
    folder.check(
        &["explain", "old.yaml#Reader"],
        expect![[r#"
        # Resources.Reader.Properties.PolicyDocument

        ## Statement 1: Allow

        - Actions: 1 Read
        - Resources: `arn:${AWS::Partition}:s3:::${Bucket}/logs/*`

        | Action | Access level | Resource types | Description |
        |---|---|---|---|
        | `s3:GetObject` | Read | `object` | Grants permission to retrieve objects from Amazon S3. |

        ## Statement 2: Allow

        - Actions: 1 Write
        - Resources: `arn:${AWS::Partition}:sqs:*:${AWS::AccountId}:jobs`

        | Action | Access level | Resource types | Description |
        |---|---|---|---|
        | `sqs:SendMessage` | Write | `queue` | Grants permission to deliver a message to the specified queue. |
        ---
        exit code 0
    "#]],
    );
    folder.check(
        &["diff", "old.yaml", "old.yaml"],
        expect![[r#"
        # Policy `Resources.Reader.Properties.PolicyDocument`

        **Nothing changes**: both allow the same requests.
        ---
        exit code 0
    "#]],
    );
    folder.check(&["diff", "old.yaml", "new.yaml"], expect![[r#"
        # Policy `Resources.Reader.Properties.PolicyDocument`

        **Widened and narrowed**: some requests are newly allowed, and some are no longer allowed.

        ## Newly allowed

        ### `s3`: Read

        - `s3:GetObject`
          - allowed by statement 1 (new.yaml:11)
          - for example `s3:GetObject` on `arn:aws:s3:::a/a`, with `${AWS::Partition}` = `aws` and `${Bucket}` = `a`

        ### `sqs`: Read

        - `sqs:ReceiveMessage`
          - allowed by statement 2 (new.yaml:14)
          - for example `sqs:ReceiveMessage` on `arn:aws:sqs:us-east-1:123456789012:jobs`, with `${AWS::Partition}` = `aws` and `${AWS::AccountId}` = `123456789012`

        ## Newly denied

        ### `sqs`: Write

        - `sqs:SendMessage`
          - was allowed by statement 2 (old.yaml:14)
          - for example `sqs:SendMessage` on `arn:aws:sqs:us-east-1:123456789012:jobs`, with `${AWS::Partition}` = `aws` and `${AWS::AccountId}` = `123456789012`
        ---
        exit code 1
    "#]]);
    // Nothing is known about two buckets of different names.
    folder.check(&["diff", "old.yaml", "renamed.yaml"], expect![[r#"
        # Policy `Resources.Reader.Properties.PolicyDocument`

        **Widened and narrowed**: some requests are newly allowed, and some are no longer allowed.

        ## Newly allowed

        ### `s3`: Read

        - `s3:GetObject`
          - allowed by statement 1 (renamed.yaml:11)
          - for example `s3:GetObject` on `arn:aws:s3:::a/logs/`, with `${AWS::Partition}` = `aws` and `${Bucket}` = `bob` and `${Store}` = `a`

        ## Newly denied

        ### `s3`: Read

        - `s3:GetObject`
          - was allowed by statement 1 (old.yaml:11)
          - for example `s3:GetObject` on `arn:aws:s3:::a/logs/`, with `${AWS::Partition}` = `aws` and `${Bucket}` = `a` and `${Store}` = `carol`
        ---
        exit code 1
    "#]]);
    folder.check(&["covers", "--required", "old.yaml", "--granted", "new.yaml"], expect![[r#"
        **Not covered**: some required permissions are not granted.

        ## Missing permissions

        ### `sqs`: Write

        - `sqs:SendMessage`
          - needed by statement 2 (old.yaml:14)
          - for example `sqs:SendMessage` on `arn:aws:sqs:us-east-1:123456789012:jobs`, with `${AWS::Partition}` = `aws` and `${AWS::AccountId}` = `123456789012`
        ---
        exit code 1
    "#]]);
    folder.check(
        &["import", "old.yaml#Reader"],
        expect![[r#"
            [parameters]
            bucket = { about = "`Bucket` in the template." }
            aws-account-id = { kind = "account", about = "`AWS::AccountId` in the template." }

            [policy.Reader]
            about = "From `Resources.Reader.Properties.PolicyDocument`."

            [[policy.Reader.statement]]
            id        = "s3-read"
            reason    = ""
            actions   = ["s3:GetObject"]
            resources = ["arn:{partition}:s3:::{bucket}/logs/*"]

            [[policy.Reader.statement]]
            id        = "sqs-write"
            reason    = ""
            actions   = ["sqs:SendMessage"]
            resources = ["arn:{partition}:sqs:*:{aws-account-id}:jobs"]
            ---
            note: the statement has no Sid; in the spec it is `S3Read`
              --> old.yaml:11:13
               |
            11 |           - Effect: Allow
               |             ^^^^^^^^^^^^^

            note: the statement has no Sid; in the spec it is `SqsWrite`
              --> old.yaml:14:13
               |
            14 |           - Effect: Allow
               |             ^^^^^^^^^^^^^

            exit code 0
        "#]],
    );
}

#[test]
fn decisions_depend_on_what_is_unknown() {
    let folder = Folder::with(&[("old.yaml", OLD)]);
    let simulate = |action: &str, resource: &str, more: &[&str]| {
        let ann = "arn:aws:iam::123456789012:user/ann";
        let own = ["simulate", "--identity", "old.yaml#Reader", "--principal", ann];
        let own = [&own[..], &["--action", action, "--resource", resource], more].concat();
        folder.run(&own).to_string()
    };
    expect![[r#"
        unknown: whether `s3:GetObject` is allowed on `arn:aws:s3:::b/logs/1` depends on `Bucket`

        statement 1 of identity policy 1 may match
          --> old.yaml:11:13
           |
        13 |             Resource: !Sub '${Bucket.Arn}/logs/*'
           |                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^ `arn:aws:s3:::${Bucket}/logs/*`
        ---
        exit code 0
    "#]]
    .assert_eq(&simulate("s3:GetObject", "arn:aws:s3:::b/logs/1", &[]));
    expect![[r#"
        {"decision":"unknown","dependsOn":["Bucket"],"matched":[{"policy":"identityPolicies[0]","statement":0,"sid":null,"effect":"Allow","file":"old.yaml","line":11}],"near":[],"missing":[],"notes":[],"because":"whether `s3:GetObject` is allowed on `arn:aws:s3:::b/logs/1` depends on `Bucket`"}
        ---
        exit code 0
    "#]].assert_eq(&simulate("s3:GetObject", "arn:aws:s3:::b/logs/1", &["--format", "json"]));
    // No bucket has such objects.
    expect![[r#"
        implicitDeny: no identity policy allows `s3:GetObject` on `arn:aws:s3:::b/other/1`
        closest match: statement 1 of identity policy 1
          --> old.yaml:11:13
           |
        13 |             Resource: !Sub '${Bucket.Arn}/logs/*'
           |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ does not cover `arn:aws:s3:::b/other/1`
           = help: add `arn:aws:s3:::b/other/1`, or a pattern that covers it, to `Resource`
        ---
        exit code 0
    "#]]
    .assert_eq(&simulate("s3:GetObject", "arn:aws:s3:::b/other/1", &[]));
    // The account of the stack is that of the principal.
    expect![[r#"
        allowed: statement 2 of identity policy 1 allows it
          --> old.yaml:14:13
           |
        14 |           - Effect: Allow
           |             ^^^^^^^^^^^^^ allows
        15 |             Action: sqs:SendMessage
           |                     ^^^^^^^^^^^^^^^ covers `sqs:SendMessage`
        16 |             Resource: !Sub 'arn:${AWS::Partition}:sqs:*:${AWS::AccountId}:jobs'
           |                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ covers `arn:aws:sqs:eu-west-1:123456789012:jobs`
        ---
        exit code 0
    "#]].assert_eq(&simulate("sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:jobs", &[]));
    expect![[r#"
        implicitDeny: no identity policy allows `sqs:SendMessage` on `arn:aws:sqs:eu-west-1:210987654321:jobs`
        closest match: statement 2 of identity policy 1
          --> old.yaml:14:13
           |
        16 |             Resource: !Sub 'arn:${AWS::Partition}:sqs:*:${AWS::AccountId}:jobs'
           |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ does not cover `arn:aws:sqs:eu-west-1:210987654321:jobs`
           = help: add `arn:aws:sqs:eu-west-1:210987654321:jobs`, or a pattern that covers it, to `Resource`
        ---
        exit code 0
    "#]].assert_eq(&simulate("sqs:SendMessage", "arn:aws:sqs:eu-west-1:210987654321:jobs", &[]));
}

#[test]
fn a_form_is_selected_by_its_conditions() {
    let folder = Folder::with(&[("template.yaml", TEMPLATE)]);
    let ann = "arn:aws:iam::123456789012:user/ann";
    let own = ["simulate", "--principal", ann, "--action", "s3:GetObject", "--identity"];
    let policy = "template.yaml#Resources.Worker.Properties.Policies[0]";
    let form = format!("{policy} where IsProd holds");
    folder.check(
        &[&own[..], &[&form]].concat(),
        expect![[r#"
        implicitDeny: no identity policy allows `s3:GetObject` on `*`
          = help: allow `s3:GetObject` on `*` in an identity policy
        ---
        exit code 0
    "#]],
    );
}

const FORMS: &str = "Parameters:
  Stage: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Worker:
    Type: AWS::IAM::RolePolicy
    Properties:
      RoleName: worker
      PolicyName: work
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Action: sqs:SendMessage
            Resource: arn:aws:sqs:*:*:jobs
          - !If
            - IsProd
            - {Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::prod/*'}
            - {Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::test/*'}
  Limits:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          Effect: Allow
          Action: !If [IsProd, 's3:*', 's3:List*']
          Resource: '*'
";

/// The answer to a request by the forms of a policy.
fn by_forms(action: &str, resource: &str, more: &[&str]) -> String {
    let folder = Folder::with(&[("template.yaml", FORMS)]);
    let own = ["simulate", "--principal", "arn:aws:iam::123456789012:role/worker"];
    let request = [
        "--action",
        action,
        "--resource",
        resource,
        "--identity",
        "template.yaml#Worker",
    ];
    folder.run(&[&own[..], &request, more].concat()).to_string()
}

#[test]
fn every_form_is_decided() {
    expect![[r#"
        unknown: the decision depends on `IsProd`

        where `IsProd` holds:
        allowed: statement 2 of identity policy 1 allows it
          --> template.yaml:19:15
           |
        19 |             - {Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::prod/*'}
           |                ^^^^^^^^^^^^^ allows
           |                                       ^^^^^^^^^^^^ covers `s3:GetObject`
           |                                                               ^^^^^^^^^^^^^^^^^^^^^ covers `arn:aws:s3:::prod/a`

        where `IsProd` does not hold:
        implicitDeny: no identity policy allows `s3:GetObject` on `arn:aws:s3:::prod/a`
        closest match: statement 2 of identity policy 1
          --> template.yaml:20:15
           |
        20 |             - {Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::test/*'}
           |                                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ does not cover `arn:aws:s3:::prod/a`
           = help: add `arn:aws:s3:::prod/a`, or a pattern that covers it, to `Resource`
        ---
        exit code 0
    "#]].assert_eq(&by_forms("s3:GetObject", "arn:aws:s3:::prod/a", &[]));
    expect![[r#"
        {"decision":"unknown","dependsOn":["IsProd"],"forms":[{"conditions":{"IsProd":true},"answer":{"decision":"allowed","matched":[{"policy":"identityPolicies[0]","statement":1,"sid":null,"effect":"Allow","file":"template.yaml","line":19}],"near":[],"missing":[],"notes":[],"because":"statement 2 of identity policy 1 allows it"}},{"conditions":{"IsProd":false},"answer":{"decision":"implicitDeny","matched":[],"near":[{"policy":"identityPolicies[0]","statement":1,"sid":null,"effect":"Allow","file":"template.yaml","line":20,"failures":["it applies only to the resource `arn:aws:s3:::test/*`"]}],"missing":[],"notes":[],"because":"no identity policy allows `s3:GetObject` on `arn:aws:s3:::prod/a`; the closest match is statement 2 of identity policy 1, but it applies only to the resource `arn:aws:s3:::test/*`"}}]}
        ---
        exit code 0
    "#]].assert_eq(&by_forms("s3:GetObject", "arn:aws:s3:::prod/a", &["--format", "json"]));
    // The same whatever holds, for the same reason.
    expect![[r#"
        allowed: statement 1 of identity policy 1 allows it
          --> template.yaml:14:13
           |
        14 |           - Effect: Allow
           |             ^^^^^^^^^^^^^ allows
        15 |             Action: sqs:SendMessage
           |                     ^^^^^^^^^^^^^^^ covers `sqs:SendMessage`
        16 |             Resource: arn:aws:sqs:*:*:jobs
           |                       ^^^^^^^^^^^^^^^^^^^^ covers `arn:aws:sqs:eu-west-1:123456789012:jobs`
        ---
        exit code 0
    "#]]
    .assert_eq(&by_forms(
        "sqs:SendMessage",
        "arn:aws:sqs:eu-west-1:123456789012:jobs",
        &[],
    ));
    // The same for different reasons.
    expect![[r#"
        implicitDeny, whatever the conditions are

        where `IsProd` holds:
        implicitDeny: no identity policy allows `s3:GetObject` on `arn:aws:s3:::other/a`
        closest match: statement 2 of identity policy 1
          --> template.yaml:19:15
           |
        19 |             - {Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::prod/*'}
           |                                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ does not cover `arn:aws:s3:::other/a`
           = help: add `arn:aws:s3:::other/a`, or a pattern that covers it, to `Resource`

        where `IsProd` does not hold:
        implicitDeny: no identity policy allows `s3:GetObject` on `arn:aws:s3:::other/a`
        closest match: statement 2 of identity policy 1
          --> template.yaml:20:15
           |
        20 |             - {Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::test/*'}
           |                                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ does not cover `arn:aws:s3:::other/a`
           = help: add `arn:aws:s3:::other/a`, or a pattern that covers it, to `Resource`
        ---
        exit code 0
    "#]].assert_eq(&by_forms("s3:GetObject", "arn:aws:s3:::other/a", &[]));
    // Conditions hold for all policies of the template.
    let boundary = ["--boundary", "template.yaml#Limits", "--format", "json"];
    let said = by_forms("s3:GetObject", "arn:aws:s3:::test/a", &boundary);
    assert!(said.starts_with("{\"decision\":\"implicitDeny\",\"forms\":["), "{said}");
    assert_eq!(said.matches("\"answer\":").count(), 2, "{said}");
}

#[test]
fn scripts_expect_decisions() {
    let expect = |resource: &str, expected: &str| {
        let said = by_forms("s3:GetObject", resource, &["--format", "json", "--expect", expected]);
        let (_, messages) = said.split_once("---\n").unwrap();
        messages.to_owned()
    };
    let all = [
        expect("arn:aws:s3:::prod/a", "allowed"),
        expect("arn:aws:s3:::prod/a", "denied"),
        expect("arn:aws:s3:::other/a", "allowed"),
        expect("arn:aws:s3:::other/a", "denied"),
    ];
    expect![[r#"
        error: expected `allowed`, but the decision is `unknown`
          = help: it depends on `IsProd`
        exit code 1
        error: expected `denied`, but the decision is `unknown`
          = help: it depends on `IsProd`
        exit code 1
        error: expected `allowed`, but the decision is `implicitDeny`
        exit code 1
        exit code 0
    "#]]
    .assert_eq(&all.concat());
    let folder = Folder::with(&[("old.yaml", OLD)]);
    let own = [
        "simulate",
        "--principal",
        "arn:aws:iam::123456789012:user/ann",
        "--identity",
        "old.yaml#Reader",
    ];
    let request = [
        "--action",
        "s3:GetObject",
        "--resource",
        "arn:aws:s3:::b/logs/1",
        "--expect",
        "denied",
    ];
    let ran = folder.run(&[&own[..], &request].concat());
    expect![[r#"
        error: expected `denied`, but the decision is `unknown`
          = help: it depends on `Bucket`
        1"#]]
    .assert_eq(&format!("{}{}", ran.stderr, ran.code));
}

#[test]
fn placeholders_are_unknown_parts() {
    let policy = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:*:<ACCOUNT_ID>:jobs"},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::{{bucket}}/*", "arn:aws:s3:::home/${aws:username}/*"]},
        {"Effect": "Allow", "Action": "sns:Publish", "Resource": "arn:aws:sns:*:${AWS::AccountId}:${TOPIC}"}
    ]}"#;
    let folder = Folder::with(&[("user.json", policy), ("same.json", policy)]);
    let ask = |action: &str, resource: &str| {
        let own = [
            "simulate",
            "--principal",
            "arn:aws:iam::123456789012:user/ann",
            "--identity",
            "user.json",
        ];
        let request = ["--action", action, "--resource", resource, "--format", "json"];
        let ran = folder.run(&[&own[..], &request].concat());
        let answer: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        format!("{} {}\n", answer["decision"], answer["dependsOn"])
    };
    let answers = [
        ask("sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:jobs"),
        ask("sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:other"),
        ask("s3:GetObject", "arn:aws:s3:::reports/1"),
        ask("s3:GetObject", "arn:aws:s3:::home/ann/1"),
        ask("sns:Publish", "arn:aws:sns:eu-west-1:123456789012:news"),
        ask("sns:Publish", "arn:aws:sns:eu-west-1:210987654321:news"),
    ];
    expect![[r#"
        "unknown" ["ACCOUNT_ID"]
        "implicitDeny" null
        "unknown" ["bucket"]
        "allowed" null
        "unknown" ["TOPIC"]
        "implicitDeny" null
    "#]]
    .assert_eq(&answers.concat());
    // The warning stays.
    let ran = folder.run(&["check", "user.json"]);
    assert_eq!(
        ran.stdout.matches("UNFILLED_PLACEHOLDER").count() + ran.stdout.matches("INVALID_").count(),
        4,
        "{ran}"
    );
    // One unknown constant, the same on both sides.
    assert_eq!(folder.run(&["diff", "user.json", "same.json"]).code, 0);
    folder.write("same.json", policy.replace("<ACCOUNT_ID>", "<OTHER>"));
    folder.check(&["diff", "user.json", "same.json"], expect![[r#"
        **Widened and narrowed**: some requests are newly allowed, and some are no longer allowed.

        ## Newly allowed

        ### `sqs`: Write

        - `sqs:SendMessage`
          - allowed by statement 1 (same.json:2)
          - for example `sqs:SendMessage` on `arn:aws:sqs:us-east-1:a:jobs`, with `${ACCOUNT_ID}` = `ann` and `aws:username` = `ann` and `${OTHER}` = `a`

        ## Newly denied

        ### `sqs`: Write

        - `sqs:SendMessage`
          - was allowed by statement 1 (user.json:2)
          - for example `sqs:SendMessage` on `arn:aws:sqs:us-east-1:a:jobs`, with `${ACCOUNT_ID}` = `a` and `aws:username` = `ann` and `${OTHER}` = `bob`

        Note: assuming that these have no wildcards: `${ACCOUNT_ID}`, `${bucket}`, `${TOPIC}`, `${OTHER}`.
        ---
        exit code 1
    "#]]);
}

#[test]
fn lines_of_templates_may_be_indented_too_little() {
    let template = "Resources:
  Topic:
    Type: AWS::SNS::TopicPolicy
    Properties:
      PolicyDocument: !Sub '{
  \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": \"*\",
  \"Action\": \"sns:Publsh\", \"Resource\": \"${Topic}\"}]
}'
";
    let folder = Folder::with(&[("template.yaml", template), ("broken.yaml", "Resources: [\n")]);
    folder.check(&["check", "template.yaml"], expect![[r#"
        warning[MISSING_VERSION]: we recommend that you specify the Version element to help you with debugging permission issues
         --> template.yaml:5:29
          |
        5 |       PolicyDocument: !Sub '{
          |                             ^
          = note: in `Resources.Topic.Properties.PolicyDocument`

        error[INVALID_ACTION]: the action `sns:Publsh` does not exist (as of 2026-10-27)
         --> template.yaml:7:13
          |
        7 |   "Action": "sns:Publsh", "Resource": "${Topic}"}]
          |             ^^^^^^^^^^^^
          = note: in `Resources.Topic.Properties.PolicyDocument`
          = help: did you mean `sns:Publish`?

        ---
        1 file checked: 1 error, 1 warning in 1 file
        exit code 1
    "#]]);
    folder.check(
        &["explain", "broken.yaml"],
        expect![[r#"
        ---
        error[YAML_SYNTAX_ERROR]: invalid YAML: while parsing a node, did not find expected node content
         --> broken.yaml:2:1
          |
        2 |
          | ^

        note: `iam-policy check broken.yaml` shows all problems
        exit code 2
    "#]],
    );
}

#[test]
fn what_a_plan_leaves_open_is_noted() {
    let plan = r#"{"format_version": "1.2", "planned_values": {"root_module": {"resources": [
  {"address": "aws_iam_policy.p", "mode": "managed", "type": "aws_iam_policy", "values": {"name": "p"}}
]}}, "resource_changes": [
  {"address": "aws_iam_policy.p", "mode": "managed", "type": "aws_iam_policy", "change": {"after_unknown": {"arn": true, "policy": true}}},
  {"address": "aws_iam_role.r", "mode": "managed", "type": "aws_iam_role", "change": {"after_unknown": {"inline_policy": [{"policy": true}], "assume_role_policy": true}}},
  {"address": "aws_organizations_policy.o", "mode": "managed", "type": "aws_organizations_policy", "change": {"after_unknown": {"content": true}}},
  {"address": "aws_s3_bucket.b", "mode": "managed", "type": "aws_s3_bucket", "change": {"after_unknown": {"policy": false, "arn": true}}},
  {"address": "data.aws_iam_policy_document.d", "mode": "data", "type": "aws_iam_policy_document", "change": {"after_unknown": {"json": true}}}
]}"#;
    let folder = Folder::with(&[("plan.json", plan)]);
    folder.check(&["check", "plan.json"], expect![[r#"
        note[TEMPLATE_ERROR]: `policy` of `aws_iam_policy.p` is only known when the plan is applied, so it is not checked
         --> plan.json:4:132
          |
        4 |   {"address": "aws_iam_policy.p", "mode": "managed", "type": "aws_iam_policy", "change": {"after_unknown": {"arn": true, "policy": true}}},
          |                                                                                                                                    ^^^^

        note[TEMPLATE_ERROR]: `inline_policy.policy` of `aws_iam_role.r` is only known when the plan is applied, so it is not checked
         --> plan.json:5:134
          |
        5 | … "mode": "managed", "type": "aws_iam_role", "change": {"after_unknown": {"inline_policy": [{"policy": true}], "assume_role_policy": true}}},
          |                                                                                                        ^^^^

        note[TEMPLATE_ERROR]: `assume_role_policy` of `aws_iam_role.r` is only known when the plan is applied, so it is not checked
         --> plan.json:5:164
          |
        5 | … "mode": "managed", "type": "aws_iam_role", "change": {"after_unknown": {"inline_policy": [{"policy": true}], "assume_role_policy": true}}},
          |                                                                                                                                      ^^^^

        note[TEMPLATE_ERROR]: `content` of `aws_organizations_policy.o` is only known when the plan is applied, so it is not checked
         --> plan.json:6:140
          |
        6 | …ress": "aws_organizations_policy.o", "mode": "managed", "type": "aws_organizations_policy", "change": {"after_unknown": {"content": true}}},
          |                                                                                                                                      ^^^^

        ---
        1 file checked: 4 suggestions in 1 file
        exit code 0
    "#]]);
}

#[test]
fn plans_and_states_of_terraform() {
    let policy = r#"{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObjcet\", \"Resource\": \"*\"}]}"#;
    let plan = format!(
        r#"{{
  "format_version": "1.2",
  "planned_values": {{"root_module": {{
    "resources": [
      {{"address": "aws_iam_policy.p", "mode": "managed", "type": "aws_iam_policy", "values": {{"name": "p", "policy": "{policy}"}}}},
      {{"address": "aws_iam_policy.unknown", "mode": "managed", "type": "aws_iam_policy", "values": {{"name": "q"}}}}
    ],
    "child_modules": [{{"address": "module.a", "resources": [
      {{"address": "module.a.aws_iam_role.r[\"x\"]", "mode": "managed", "type": "aws_iam_role", "values": {{"assume_role_policy": "{policy}", "inline_policy": [{{"name": "i", "policy": "{policy}"}}]}}}}
    ]}}]
  }}}}
}}"#
    );
    let state = format!(
        r#"{{"version": 4, "terraform_version": "1.9.0", "resources": [
  {{"mode": "managed", "type": "aws_iam_policy", "name": "p", "instances": [{{"index_key": 0, "attributes": {{"policy": "{policy}"}}}}]}}
]}}"#
    );
    let folder = Folder::with(&[("plan.json", &plan), ("terraform.tfstate", &state)]);
    folder.check(&["check", "plan.json", "terraform.tfstate"], expect![[r#"
        error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist (as of 2026-10-27)
         --> plan.json:5:201
          |
        5 | …", "policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObjcet\", \"Resource\": \"*\"}]}"}},
          |                                                                                                  ^^^^^^^^^^^^^^^
          = note: in `aws_iam_policy.p`
          = help: did you mean `s3:GetObject`?

        error[MISSING_PRINCIPAL]: add a Principal element to the policy statement
         --> plan.json:9:176
          |
        9 | …ole_policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObjcet\", \"Resource\": \"*\"}]}", "…
          |                                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          = note: in `module.a.aws_iam_role.r["x"].assume_role_policy`

        error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist (as of 2026-10-27)
         --> plan.json:9:212
          |
        9 | …0-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObjcet\", \"Resource\": \"*\"}]}", "inline_policy": [{"name": "i", "poli…
          |                                                              ^^^^^^^^^^^^^^^
          = note: in `module.a.aws_iam_role.r["x"].assume_role_policy`
          = help: did you mean `s3:GetObject`?

        error[UNSUPPORTED_ACTION_IN_POLICY]: the action `s3:GetObjcet` is not supported in the trust policy of a role
         --> plan.json:9:212
          |
        9 | …0-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObjcet\", \"Resource\": \"*\"}]}", "inline_policy": [{"name": "i", "poli…
          |                                                              ^^^^^^^^^^^^^^^
          = note: in `module.a.aws_iam_role.r["x"].assume_role_policy`

        error[ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE]: role trust policies apply to the role that they are attached to; you cannot specify a resource; remove the Resource or NotResource element
         --> plan.json:9:230
          |
        9 | …t\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObjcet\", \"Resource\": \"*\"}]}", "inline_policy": [{"name": "i", "policy": "{\"Version\"…
          |                                                              ^^^^^^^^^^^
          = note: in `module.a.aws_iam_role.r["x"].assume_role_policy`

        error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist (as of 2026-10-27)
         --> plan.json:9:380
          |
        9 | …, "policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObjcet\", \"Resource\": \"*\"}]}"}]}}
          |                                                                                                 ^^^^^^^^^^^^^^^
          = note: in `module.a.aws_iam_role.r["x"].inline_policy.policy`
          = help: did you mean `s3:GetObject`?

        error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist (as of 2026-10-27)
         --> terraform.tfstate:2:201
          |
        2 | … {"policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObjcet\", \"Resource\": \"*\"}]}"}}]}
          |                                                                                                 ^^^^^^^^^^^^^^^
          = note: in `aws_iam_policy.p[0]`
          = help: did you mean `s3:GetObject`?

        ---
        2 files checked: 7 errors in 2 files
        exit code 1
    "#]]);
    folder.check(
        &[
            "diff",
            "plan.json#aws_iam_policy.p",
            "terraform.tfstate#aws_iam_policy.p[0]",
        ],
        expect![[r#"
        # Policy `aws_iam_policy.p[0]`

        **Nothing changes**: both allow the same requests.
        ---
        exit code 0
    "#]],
    );
}

#[test]
fn services_of_the_serverless_framework() {
    let folder = Folder::with(&[(
        "serverless.yml",
        "service: jobs
custom:
  table: orders-${opt:stage, 'dev'}
provider:
  name: aws
  iam:
    role:
      statements:
        - Effect: Allow
          Action: [dynamodb:GetItm]
          Resource: arn:aws:dynamodb:${aws:region}:${aws:accountId}:table/${self:custom.table}
functions:
  send:
    handler: send.handler
    iamRoleStatements:
      - {Effect: Allow, Action: 'sqs:Send', Resource: !GetAtt Queue.Arn}
resources:
  Resources:
    Queue: {Type: 'AWS::SQS::Queue'}
    Topics:
      Type: AWS::SNS::TopicPolicy
      Properties:
        PolicyDocument:
          Version: '2012-10-17'
          Statement: {Effect: Allow, Principal: {Service: events.amazonaws.com}, Action: 'sns:Publsh', Resource: '${self:custom.topic}', Condition: {StringEquals: {'aws:SourceAccount': !Ref AWS::AccountId}}}
",
    )]);
    folder.check(&["check", "serverless.yml"], expect![[r#"
        error[INVALID_ACTION]: the action `dynamodb:GetItm` does not exist (as of 2026-10-27)
          --> serverless.yml:10:20
           |
        10 |           Action: [dynamodb:GetItm]
           |                    ^^^^^^^^^^^^^^^
           = note: in `provider.iam.role.statements`
           = help: did you mean `dynamodb:GetItem`?

        error[INVALID_ACTION]: the action `sqs:Send` does not exist (as of 2026-10-27)
          --> serverless.yml:16:33
           |
        16 |       - {Effect: Allow, Action: 'sqs:Send', Resource: !GetAtt Queue.Arn}
           |                                 ^^^^^^^^^^
           = note: in `functions.send.iamRoleStatements`

        error[INVALID_ACTION]: the action `sns:Publsh` does not exist (as of 2026-10-27)
          --> serverless.yml:25:90
           |
        25 | … Allow, Principal: {Service: events.amazonaws.com}, Action: 'sns:Publsh', Resource: '${self:custom.topic}', Condition: {StringEquals: {'aws:…
           |                                                              ^^^^^^^^^^^^
           = note: in `resources.Resources.Topics.Properties.PolicyDocument`
           = help: did you mean `sns:Publish`?

        ---
        1 file checked: 3 errors in 1 file
        exit code 1
    "#]]);
    folder.check(
        &["explain", "serverless.yml#provider"],
        expect![[r#"
            # provider.iam.role.statements

            ## Statement 1: Allow

            - Actions: 0
            - Resources: `arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/orders-dev`

            | Action | Access level | Resource types | Description |
            |---|---|---|---|
            | `dynamodb:GetItm` | unknown | | No such action was known on 2026-10-27. |
            ---
            exit code 0
        "#]],
    );
}

#[test]
fn output_of_the_cdk() {
    let template = r#"{"Resources": {"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:Send", "Resource": "*"}}}}}}"#;
    let folder = Folder::with(&[
        (
            "cdk.out/manifest.json",
            r#"{"version": "36.0.0", "artifacts": {
  "App": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "App.template.json"}},
  "Stage": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Stage"}},
  "Outside": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "../secret.json"}}
}}"#,
        ),
        ("cdk.out/App.template.json", template),
        ("cdk.out/AppNested.nested.template.json", template),
        ("cdk.out/asset.1/policy.json", template),
        (
            "cdk.out/assembly-Stage/manifest.json",
            r#"{"version": "36.0.0", "artifacts": {"S": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "S.template.json"}}}}"#,
        ),
        ("cdk.out/assembly-Stage/S.template.json", template),
        ("secret.json", template),
    ]);
    for argument in ["cdk.out", "cdk.out/manifest.json"] {
        let ran = folder.run(&["check", argument]);
        let found = ran.stdout.lines().filter_map(|line| line.split_once("--> "));
        let files: Vec<_> = found.map(|(_, file)| file).collect();
        expect![[r#"
            cdk.out/App.template.json:1:159
            cdk.out/AppNested.nested.template.json:1:159
            cdk.out/assembly-Stage/S.template.json:1:159"#]]
        .assert_eq(&files.join("\n"));
    }
}
