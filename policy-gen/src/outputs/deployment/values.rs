//! The values of parameters, and the rule for them as a regular expression without anchors.

use iam_policy_core::{Environment, Parameter, ParameterKind, ParameterValue};

/// What a value, or each element of a list, must match, and that in words.
pub(in super::super) struct Rule {
    pub(in super::super) pattern: String,
    pub(in super::super) words: String,
}

impl Rule {
    pub(in super::super) fn new(parameter: &Parameter<'_>) -> Self {
        let any = if parameter.any { "must be * or " } else { "must be " };
        let words = match parameter.kind {
            ParameterKind::Account => format!("{any}an account ID"),
            ParameterKind::Region => format!("{any}the code of a Region"),
            ParameterKind::Partition => "must be a partition".to_owned(),
            ParameterKind::Arn => "must be an ARN without wildcards".to_owned(),
            _ => {
                let slash = if parameter.allow_slash { "" } else { ", /" };
                let comma = if parameter.kind == ParameterKind::List {
                    ", ,"
                } else {
                    ""
                };
                format!(
                    "must not be empty, and must not contain white space or any of *, ?, :, $, {{, }}{slash}{comma}"
                )
            }
        };
        let words = match parameter.longest() {
            Some(length) => format!("{words}, and can have {length} characters"),
            None => words,
        };
        Self {
            pattern: parameter.pattern().to_string(),
            words,
        }
    }

    /// The rule for a part of a value between slashes.
    pub(in super::super) fn of_segment(parameter: &Parameter<'_>) -> Self {
        Self::new(&parameter.with_allow_slash(false))
    }
}

/// The value in an environment, or the default.
pub(in super::super) fn value_in<'a>(
    parameter: &Parameter<'a>,
    environment: Option<&Environment<'a>>,
) -> Option<ParameterValue<'a>> {
    environment
        .and_then(|environment| environment.value(parameter.name))
        .or(parameter.default)
}

/// The texts of a value: one, or the elements of a list.
pub(in super::super) fn texts(value: ParameterValue<'_>) -> Vec<&str> {
    match value {
        ParameterValue::Text(text) => vec![text],
        ParameterValue::List(list) => list.to_vec(),
        _ => Vec::new(),
    }
}
