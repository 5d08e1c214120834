//! What is true of every request that AWS receives.

use expect_test::{Expect, expect};
use iam_policy_compare::{Comparison, compare};
use serde_json::{Value, json};

fn compared(old: &Value, new: &Value) -> Comparison {
    let read = |statements: &Value| {
        let policy = json!({"Version": "2012-10-17", "Statement": statements});
        iam_policy_document::json::read(policy.to_string().as_bytes()).document
    };
    compare(&read(old), &read(new))
}

/// Shows the verdict, and the first witness in each direction.
fn check(old: &Value, new: &Value, expected: Expect) {
    let comparison = compared(old, new);
    let mut lines = vec![comparison.verdict.as_str().to_owned()];
    for (sign, witness) in [
        ("+", comparison.newly_allowed.first()),
        ("-", comparison.newly_denied.first()),
    ] {
        let Some(witness) = witness else { continue };
        let by = witness
            .principal
            .as_ref()
            .map_or(String::new(), |name| format!(" by {name}"));
        lines.push(format!("{sign} {} on {}{by}", witness.action, witness.resource));
        for (key, values) in &witness.context {
            lines.push(format!("  {key} {values:?}"));
        }
    }
    expected.assert_eq(&lines.join("\n"));
}

fn equivalent(old: &Value, new: &Value) {
    let comparison = compared(old, new);
    assert_eq!(
        comparison.verdict.as_str(),
        "equivalent",
        "{comparison:#?}\n{old}\n{new}"
    );
}

fn allow(condition: Value) -> Value {
    json!({"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*", "Condition": condition})
}

fn deny(condition: Value) -> Value {
    json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition})
}

fn everything() -> Value {
    json!({"Effect": "Allow", "Action": "*", "Resource": "*"})
}

/// The statement in a resource policy.
fn to(principal: Value, mut statement: Value) -> Value {
    if let Some(members) = statement.as_object_mut() {
        members.insert("Principal".to_owned(), principal);
    }
    statement
}

const ROLE: &str = "arn:aws:iam::111122223333:role/team/app";
const ANN: &str = "arn:aws:iam::111122223333:user/ann";

#[test]
fn keys_that_every_request_has() {
    for (key, operator, value) in [
        ("aws:SecureTransport", "Bool", "false"),
        ("aws:ViaAWSService", "Bool", "true"),
        ("aws:CurrentTime", "DateLessThan", "2027-01-01T00:00:00Z"),
        ("aws:EpochTime", "NumericGreaterThan", "1767225600"),
        ("aws:RequestedRegion", "StringEquals", "eu-west-1"),
        ("aws:UserAgent", "StringLike", "*curl*"),
        ("aws:PrincipalArn", "ArnLike", "arn:aws:iam::*:role/app"),
        ("aws:PrincipalAccount", "StringEquals", "111122223333"),
        ("aws:PrincipalType", "StringEquals", "User"),
        ("aws:PrincipalIsAWSService", "Bool", "false"),
        ("aws:userid", "StringLike", "AROAEXAMPLE:*"),
    ] {
        let with = |operator: &str, value: &str| json!([everything(), deny(json!({operator: {key: value}}))]);
        equivalent(&with(operator, value), &with(&format!("{operator}IfExists"), value));
        equivalent(&with("Null", "true"), &json!([everything()]));
        equivalent(
            &json!([allow(json!({"Null": {key: "false"}}))]),
            &json!([allow(json!({}))]),
        );
    }
    // One that only some have.
    check(
        &json!([everything(), deny(json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))]),
        &json!([
            everything(),
            deny(json!({"IpAddressIfExists": {"aws:SourceIp": "10.0.0.0/8"}}))
        ]),
        expect![[r#"
            narrowed
            - a2c:GetContainerizationJobDetails on *
              aws:SourceIp []"#]],
    );
}

#[test]
fn the_arn_of_the_principal_that_the_policy_names() {
    for named in [ROLE, ANN] {
        let with = |condition: Value| json!([to(json!({"AWS": named}), allow(condition))]);
        let whole = with(json!({}));
        equivalent(&whole, &with(json!({"ArnEquals": {"aws:PrincipalArn": named}})));
        equivalent(
            &whole,
            &with(json!({"StringEquals": {"aws:PrincipalAccount": "111122223333"}})),
        );
        equivalent(&json!([]), &with(json!({"ArnNotEquals": {"aws:PrincipalArn": named}})));
        equivalent(
            &json!([]),
            &with(json!({"StringEquals": {"aws:PrincipalAccount": "444455556666"}})),
        );
    }
    let ann = |condition: Value| json!([to(json!({"AWS": ANN}), allow(condition))]);
    equivalent(&ann(json!({})), &ann(json!({"StringEquals": {"aws:username": "ann"}})));
    equivalent(
        &ann(json!({})),
        &ann(json!({"StringLike": {"aws:PrincipalType": "U*"}})),
    );
    let role = |condition: Value| json!([to(json!({"AWS": ROLE}), allow(condition))]);
    equivalent(&role(json!({})), &role(json!({"Null": {"aws:username": "true"}})));
    equivalent(
        &role(json!({})),
        &role(json!({"StringEquals": {"aws:PrincipalType": "AssumedRole"}})),
    );
}

#[test]
fn everyone_has_an_arn_except_services_and_strangers() {
    let with = |condition: Value| json!([to(json!("*"), allow(condition))]);
    check(
        &json!([]),
        &with(json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/deploy-*"}})),
        expect![[r#"
            widened
            + sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:a by arn:aws:sts::111122223333:assumed-role/deploy-/session
              aws:PrincipalArn ["arn:aws:iam::111122223333:role/deploy-"]"#]],
    );
    check(
        &with(json!({"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}})),
        &with(
            json!({"StringNotEqualsIfExists": {"aws:PrincipalAccount": "111122223333"}, "Null": {"aws:PrincipalArn": "false"}}),
        ),
        expect![[r#"
            narrowed
            - sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:a by service.amazonaws.com
              aws:PrincipalAccount []
              aws:PrincipalArn []"#]],
    );
    check(
        &with(json!({})),
        &with(json!({"Bool": {"aws:PrincipalIsAWSService": "false"}})),
        expect![[r#"
            narrowed
            - sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:a by service.amazonaws.com
              aws:PrincipalIsAWSService ["true"]"#]],
    );
}

#[test]
fn keys_of_the_principal_agree() {
    let user = |name: &str| json!({"StringEquals": {"aws:username": name}});
    equivalent(
        &json!([allow(user("ann"))]),
        &json!([allow(
            json!({"ArnLike": {"aws:PrincipalArn": ["arn:*:iam::*:user/ann", "arn:*:iam::*:user/*/ann"]}})
        )]),
    );
    equivalent(
        &json!([]),
        &json!([allow(
            json!({"StringEquals": {"aws:username": "ann", "aws:PrincipalType": "AssumedRole"}})
        )]),
    );
    equivalent(
        &json!([]),
        &json!([allow(json!({
            "StringEquals": {"aws:PrincipalAccount": "111122223333"},
            "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::444455556666:*"},
        }))]),
    );
    equivalent(
        &json!([allow(
            json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/x"}})
        )]),
        &json!([allow(json!({
            "StringEquals": {"aws:PrincipalAccount": "111122223333", "aws:PrincipalType": "AssumedRole"},
            "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/x"},
        }))]),
    );
    check(
        &json!([]),
        &json!([allow(json!({
            "StringLike": {"aws:username": "a*", "aws:PrincipalAccount": "1*"},
            "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/team/*"},
        }))]),
        expect![[r#"
            widened
            + sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:a
              aws:username ["a"]
              aws:PrincipalAccount ["111111111111"]
              aws:PrincipalArn ["arn:aws:iam::111111111111:user/team/a"]"#]],
    );
    // Through a variable.
    let own = |condition: Value| json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::home/${aws:username}/*", "Condition": condition}]);
    check(
        &json!([]),
        &own(json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/bob"}})),
        expect![[r#"
            widened
            + s3:GetObject on arn:aws:s3:::home/bob/
              aws:username ["bob"]
              aws:PrincipalArn ["arn:aws:iam::111111111111:user/bob"]"#]],
    );
    equivalent(
        &json!([]),
        &own(json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}})),
    );
    let ann = |resource: &str| {
        let resource = format!("arn:aws:s3:::home/{resource}/*");
        json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource, "Condition": user("ann")}])
    };
    equivalent(&ann("${aws:username}"), &ann("ann"));
    let of_account = |resource: &str| {
        let resource = format!("arn:aws:s3:::home/{resource}/*");
        let condition = json!({"StringEquals": {"aws:PrincipalAccount": "111122223333"}});
        json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource, "Condition": condition}])
    };
    equivalent(&of_account("${aws:PrincipalAccount}"), &of_account("111122223333"));
}

#[test]
fn one_moment_and_one_account() {
    let at = |condition: Value| json!([allow(condition)]);
    equivalent(
        &at(json!({"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}})),
        &at(json!({"NumericLessThan": {"aws:EpochTime": "1767225600"}})),
    );
    equivalent(
        &json!([]),
        &at(json!({
            "DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"},
            "DateGreaterThan": {"aws:EpochTime": "1767225600"},
        })),
    );
    check(
        &json!([]),
        &at(json!({
            "DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"},
            "DateGreaterThan": {"aws:EpochTime": "1767225000"},
        })),
        expect![[r#"
            widened
            + sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:a
              aws:CurrentTime ["2025-12-31T23:50:01Z"]
              aws:EpochTime ["1767225001"]"#]],
    );
    let queue = |condition: Value| json!([{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:*:111122223333:q", "Condition": condition}]);
    equivalent(
        &json!([]),
        &queue(json!({"StringEquals": {"aws:ResourceAccount": "444455556666"}})),
    );
    equivalent(
        &queue(json!({"StringEqualsIfExists": {"aws:ResourceAccount": "111122223333"}})),
        &queue(json!({})),
    );
}

#[test]
fn a_tag_has_two_names() {
    let tagged = |action: &str, key: &str| json!([{"Effect": "Allow", "Action": action, "Resource": "*", "Condition": {"StringEquals": {key: "red"}}}]);
    for (action, own) in [
        ("ec2:StopInstances", "ec2:ResourceTag/Team"),
        ("iam:DeleteUser", "iam:ResourceTag/Team"),
        ("ssm:SendCommand", "ssm:resourceTag/Team"),
    ] {
        equivalent(&tagged(action, own), &tagged(action, "aws:ResourceTag/Team"));
    }
    // Only in requests to that service.
    check(
        &tagged("sqs:SendMessage", "ec2:ResourceTag/Team"),
        &tagged("sqs:SendMessage", "aws:ResourceTag/Team"),
        expect![[r#"
            incomparable
            + sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:a
              ec2:ResourceTag/Team []
              aws:ResourceTag/Team ["red"]
            - sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:a
              ec2:ResourceTag/Team ["red"]
              aws:ResourceTag/Team []"#]],
    );
    check(
        &tagged("ec2:StopInstances", "ec2:ResourceTag/Team"),
        &tagged("ec2:StopInstances", "aws:ResourceTag/Name"),
        expect![[r#"
            incomparable
            + ec2:StopInstances on arn:aws:ec2:us-east-1:123456789012:instance/a
              ec2:ResourceTag/Team []
              aws:ResourceTag/Name ["red"]
            - ec2:StopInstances on arn:aws:ec2:us-east-1:123456789012:instance/a
              ec2:ResourceTag/Team ["red"]
              aws:ResourceTag/Name []"#]],
    );
}

#[test]
fn an_empty_value() {
    let list = |condition: Value| json!([{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b", "Condition": condition}]);
    check(
        &json!([]),
        &list(json!({"StringEquals": {"s3:prefix": [""], "s3:delimiter": ["/"]}})),
        expect![[r#"
            widened
            + s3:ListBucket on arn:aws:s3:::b
              s3:prefix [""]
              s3:delimiter ["/"]"#]],
    );
    check(
        &list(json!({"StringLike": {"s3:prefix": "?*"}})),
        &list(json!({"StringLike": {"s3:prefix": "*"}})),
        expect![[r#"
            widened
            + s3:ListBucket on arn:aws:s3:::b
              s3:prefix [""]"#]],
    );
    // Under a set operator it is no value.
    equivalent(
        &json!([]),
        &list(json!({"ForAnyValue:StringEquals": {"s3:prefix": ""}})),
    );
    equivalent(
        &list(json!({"ForAllValues:StringLike": {"s3:prefix": "?*"}})),
        &list(json!({"ForAllValues:StringLike": {"s3:prefix": "*"}})),
    );
    // What AWS never leaves empty.
    equivalent(&json!([]), &list(json!({"StringEquals": {"aws:username": ""}})));
    equivalent(&json!([]), &list(json!({"StringEquals": {"aws:SourceVpce": ""}})));
}

#[test]
fn placeholders_are_no_keys() {
    let on = |effect: &str, resource: &str| json!({"Effect": effect, "Action": "s3:GetObject", "Resource": resource});
    equivalent(&json!([]), &json!([on("Allow", "arn:aws:s3:::${BUCKET_NAME}/*")]));
    equivalent(
        &json!([on("Allow", "*")]),
        &json!([on("Allow", "*"), on("Deny", "arn:aws:s3:::${AWS::StackName}/*")]),
    );
    equivalent(
        &json!([on("Allow", "arn:aws:s3:::${BUCKET_NAME, 'b'}/*")]),
        &json!([on("Allow", "arn:aws:s3:::b/*")]),
    );
    equivalent(
        &json!([allow(json!({"StringNotEquals": {"aws:PrincipalTag/team": "${TEAM}"}}))]),
        &json!([allow(json!({}))]),
    );
}

#[test]
fn networks_and_authentication() {
    let from = |condition: Value| json!([allow(condition)]);
    equivalent(
        &json!([]),
        &from(json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "StringEquals": {"aws:SourceVpce": "vpce-1"}})),
    );
    equivalent(
        &json!([]),
        &from(
            json!({"Null": {"aws:SourceIp": "true", "aws:SourceVpce": "true"}, "Bool": {"aws:ViaAWSService": "false"}}),
        ),
    );
    equivalent(
        &json!([]),
        &from(
            json!({"NumericLessThan": {"aws:MultiFactorAuthAge": "300"}, "Bool": {"aws:MultiFactorAuthPresent": "false"}}),
        ),
    );
    check(
        &from(json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
        &from(json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}})),
        expect![[r#"
            widened
            + sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:a
              aws:MultiFactorAuthPresent []"#]],
    );
    // Anonymous requests have none of these.
    let anonymous = json!({"Null": {"aws:PrincipalArn": "true"}, "Bool": {"aws:MultiFactorAuthPresent": "true"}});
    equivalent(
        &json!([]),
        &json!([to(json!({"AWS": "111122223333"}), allow(anonymous))]),
    );
}
