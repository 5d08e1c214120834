//! The values of parameters, and the rule for them as a regular expression. Its syntax means the same in Terraform (RE2)
//! and in CloudFormation (Java). The anchors are left to the writer.

use std::fmt::Write;

use iam_policy_core::{Environment, Parameter, ParameterKind, ParameterValue, Partition};

/// What a value, or each element of a list, must match, and that in words.
pub(in super::super) struct Rule {
    pub(in super::super) pattern: String,
    pub(in super::super) words: String,
}

impl Rule {
    /// - `excluded`: a character that values cannot contain here
    pub(in super::super) fn new(parameter: &Parameter<'_>, excluded: Option<char>) -> Self {
        let any = if parameter.any {
            ("\\*|", "must be * or ")
        } else {
            ("", "must be ")
        };
        let (pattern, words) = match parameter.kind {
            ParameterKind::Account => (format!("({}[0-9]{{12}})", any.0), format!("{}an account ID", any.1)),
            ParameterKind::Region => (
                format!("({}[a-z]+(-[a-z]+)+-[1-9][0-9]?)", any.0),
                format!("{}the code of a Region", any.1),
            ),
            ParameterKind::Partition => (format!("({})", partitions()), "must be a partition".to_owned()),
            ParameterKind::Arn => {
                let class = class(&Parameter::required("").with_allow_slash(true), None);
                let pattern = format!("arn:({}):{class}+:{class}*:{class}*:({class}|:)+", partitions());
                (pattern, "must be an ARN without wildcards".to_owned())
            }
            _ => {
                let text = Parameter::required("").with_allow_slash(parameter.allow_slash);
                let comma = (parameter.kind == ParameterKind::List).then_some(',');
                let class = class(&text, excluded.or(comma));
                let slash = if class_accepts(&text, '/', excluded) { "" } else { ", /" };
                let comma = comma.map_or("", |_| ", ,");
                let words = format!(
                    "must not be empty, and must not contain white space or any of *, ?, :, $, {{, }}{slash}{comma}"
                );
                (format!("{class}+"), words)
            }
        };
        let words = match parameter.longest() {
            Some(length) => format!("{words}, and can have {length} characters"),
            None => words,
        };
        Self { pattern, words }
    }
}

fn partitions() -> String {
    let names: Vec<_> = Partition::ALL.iter().map(|partition| partition.name()).collect();
    names.join("|")
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

fn class_accepts(parameter: &Parameter<'_>, character: char, excluded: Option<char>) -> bool {
    let mut buffer = [0; 4];
    Some(character) != excluded && parameter.check_text(character.encode_utf8(&mut buffer)).is_ok()
}

/// The characters of a parameter's values as a class.
///
/// The rule has one definition, [`Parameter::check_text`]; the class is derived from its answers. It judges each character
/// alone, and accepts none above U+00FF.
fn class(parameter: &Parameter<'_>, excluded: Option<char>) -> String {
    let mut class = String::from("[");
    let mut characters = ('\0'..='\u{FF}').peekable();
    while let Some(first) = characters.next() {
        if !class_accepts(parameter, first, excluded) {
            continue;
        }
        let mut last = first;
        while let Some(next) = characters.next_if(|&next| class_accepts(parameter, next, excluded)) {
            last = next;
        }
        push(&mut class, first);
        if last != first {
            class.push('-');
            push(&mut class, last);
        }
    }
    class.push(']');
    class
}

/// Writes a character of a class.
fn push(class: &mut String, character: char) {
    match character {
        '\\' | ']' | '[' | '^' | '-' | '&' => class.extend(['\\', character]),
        ' '..='~' => class.push(character),
        // Writing to a `String` cannot fail.
        _ => {
            let _ = write!(class, "\\x{:02x}", u32::from(character));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_those_of_the_check() {
        let parameter = Parameter::new("p", "x");
        let accepted = r"[!-#%-)+-.0-9;->@-z|~-\x84\x86-\x9f\xa1-\xff]+";
        assert_eq!(Rule::new(&parameter, None).pattern, accepted);
        let with_slash = parameter.with_allow_slash(true);
        assert_ne!(Rule::new(&with_slash, None).pattern, accepted);
        assert_eq!(Rule::new(&with_slash, Some('/')).pattern, accepted);
    }
}
