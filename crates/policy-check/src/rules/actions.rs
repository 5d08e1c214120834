//! Whether the actions of a statement exist.

mod docs;

use iam_policy_core::variable::{Piece, has_unknown, pieces};
use iam_policy_core::wildcard::is_pattern;
use iam_policy_document::Value;

use crate::Code;
use crate::context::{Action, Context};
use crate::finding::{Hint, Report};

pub(super) use docs::TOPIC;

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    for &(value, text) in context.statements.iter().flat_map(|parts| &parts.unknown_actions) {
        in_part(context, value, text, report);
    }
    for action in context.statements.iter().flat_map(|parts| &parts.actions) {
        if action.is_everything() {
            continue;
        }
        if action.service.is_some() {
            unknown_action(context, action, report);
        } else if is_pattern(action.prefix) {
            wildcard_in_service(action.value, report);
        } else {
            unknown_service(context, action, report);
        }
    }
}

/// `INVALID_SERVICE_IN_ACTION`, `INVALID_ACTION`: an action whose known parts no action has.
fn in_part(context: &Context<'_>, value: Value<'_>, text: &str, report: &mut Report) {
    let Some((prefix, _)) = text
        .split_once(':')
        .filter(|(prefix, _)| !has_unknown(prefix) && !is_pattern(prefix))
    else {
        return;
    };
    let date = context.catalog.date();
    let Some(service) = context.catalog.service(prefix) else {
        let details = format!("the service `{prefix}` specified in the action does not exist (as of {date})");
        report.value(Code::InvalidServiceInAction, details, value).hint = Hint::Service(prefix.to_owned());
        return;
    };
    let mut pattern = String::new();
    for piece in pieces(text.get(prefix.len() + 1..).unwrap_or_default()) {
        match piece {
            Piece::Text(text) | Piece::Unclosed(text) => pattern.push_str(text),
            Piece::Character(character) => pattern.push(character),
            Piece::Variable(_) | Piece::Unknown(_) => pattern.push('*'),
        }
    }
    if service.matching(&pattern).next().is_none() {
        let details = format!("no action of the service `{prefix}` can be `{text}` (as of {date})");
        report.value(Code::InvalidAction, details, value);
    }
}

/// `WILDCARD_IN_SERVICE_NAME`: the service in an action or an ARN has a wildcard, which also covers services that AWS
/// introduces later.
///
/// Source: IAM Access Analyzer policy check reference.
pub(crate) fn wildcard_in_service(value: Value<'_>, report: &mut Report) {
    report.value(
        Code::WildcardInServiceName,
        "avoid using wildcards (*, ?) in the service name because it might grant unintended access to other AWS services \
         with similar names",
        value,
    );
}

/// `INVALID_SERVICE_IN_ACTION`: no service has this prefix.
///
/// Source: Service Authorization Reference. The service may be newer than the catalog, so the message gives the
/// catalog's date.
fn unknown_service(context: &Context<'_>, action: &Action<'_>, report: &mut Report) {
    let details = format!(
        "the service `{}` specified in the action does not exist (as of {})",
        action.prefix,
        context.catalog.date()
    );
    report.value(Code::InvalidServiceInAction, details, action.value).hint = Hint::Action(action.text.to_owned());
}

/// `INVALID_ACTION`: the service has no such action, or none that the pattern matches. AWS accepts a few that the
/// reference lacks.
///
/// Source: Service Authorization Reference. The action may be newer than the catalog, so the message gives the
/// catalog's date.
fn unknown_action(context: &Context<'_>, action: &Action<'_>, report: &mut Report) {
    if action.first.is_some() || context.catalog.unlisted_action(action.text).is_some() {
        return;
    }
    let details = format!(
        "the action `{}` does not exist (as of {})",
        action.text,
        context.catalog.date()
    );
    report.value(Code::InvalidAction, details, action.value).hint = Hint::Action(action.text.to_owned());
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Code::*;
    use crate::PolicyType;
    use crate::tests::statements;
    const CODES: &[Code] = &[InvalidAction, InvalidServiceInAction, WildcardInServiceName];

    fn check(actions: &str, expected: Expect) {
        let statement = format!(r#"{{"Effect": "Allow", "Action": {actions}, "Resource": "*"}}"#);
        statements(PolicyType::Identity, CODES, &statement, expected);
    }

    #[test]
    fn names() {
        check(
            r#"["s3:GetObject", "S3:GETOBJECT", "s3:Get*", "s3:*", "*", "s3:Put?bject"]"#,
            expect![[""]],
        );
        check(
            r#"["s3:PutBuketPolicy", "s3:Nonsense*", "s3", "s3:"]"#,
            expect![[r#"
            INVALID_ACTION <"s3:PutBuketPolicy">
              did you mean `s3:PutBucketPolicy`?
            INVALID_ACTION <"s3:Nonsense*">
            INVALID_ACTION <"s3">
            INVALID_ACTION <"s3:">
        "#]],
        );
        check(
            r#"["lamda:InvokeFunction", "nonsense:*", "s4:GetObject"]"#,
            expect![[r#"
                INVALID_SERVICE_IN_ACTION <"lamda:InvokeFunction">
                  did you mean `lambda:InvokeFunction`?
                INVALID_SERVICE_IN_ACTION <"nonsense:*">
                INVALID_SERVICE_IN_ACTION <"s4:GetObject">
                  did you mean `s3:GetObject`?
            "#]],
        );
    }

    #[test]
    fn actions_that_the_reference_lacks() {
        check(r#"["SNS:Receive", "sns:receive"]"#, expect![[""]]);
    }

    #[test]
    fn the_same_name_in_another_case_is_no_suggestion() {
        check(
            r#"["SNS:Receiv", "S3:Nonsense", "SNS:Nonsense", "LAMDA:InvokeFunction"]"#,
            expect![[r#"
                INVALID_ACTION <"SNS:Receiv">
                INVALID_ACTION <"S3:Nonsense">
                INVALID_ACTION <"SNS:Nonsense">
                INVALID_SERVICE_IN_ACTION <"LAMDA:InvokeFunction">
                  did you mean `lambda:InvokeFunction`?
            "#]],
        );
    }

    #[test]
    fn wildcards_before_the_colon() {
        check(
            r#"["s*:GetObject", "*:*", "?3:Get*"]"#,
            expect![[r#"
            WILDCARD_IN_SERVICE_NAME <"s*:GetObject">
            WILDCARD_IN_SERVICE_NAME <"*:*">
            WILDCARD_IN_SERVICE_NAME <"?3:Get*">
        "#]],
        );
    }
}
