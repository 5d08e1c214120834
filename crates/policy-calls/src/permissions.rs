//! The permissions that a call needs.

use iam_policy_operations::{Condition, Operation, TemplatePart, ValuePart, snake_case, template_parts};

use crate::calls::{Argument, Part, Permission, Resource, ResourcePart};

/// The permissions of a call; `None` if those of its operation are not known.
///
/// - `arguments`: what is set
/// - `is_complete`: whether nothing else is set
pub(crate) fn permissions(operation: Operation, arguments: &[Argument], is_complete: bool) -> Option<Vec<Permission>> {
    if !operation.is_mapped() {
        return None;
    }
    let input = Input { arguments, is_complete };
    let mut permissions = Vec::new();
    for need in operation.needs() {
        let holds = match need.condition() {
            Some(condition) => input.fulfils(condition),
            None if need.is_dependent() => None,
            None => Some(true),
        };
        if holds == Some(false) {
            continue;
        }
        let is_expected = match (holds, need.condition()) {
            (Some(holds), _) => holds,
            (None, Some(condition)) => input.may_fulfil(condition),
            (None, None) => false,
        };
        let resources: Vec<Resource> = need.resources().map(|template| input.resource(template)).collect();
        // One of several reasons for the same permission is enough.
        let known = permissions
            .iter_mut()
            .find(|known: &&mut Permission| known.action == need.action() && known.resources == resources);
        if let Some(known) = known {
            known.is_expected |= is_expected;
            if holds == Some(true) {
                (known.is_certain, known.condition) = (true, None);
            }
            continue;
        }
        permissions.push(Permission {
            action: need.action(),
            source: need.source(),
            condition: need.condition().filter(|_| holds.is_none()),
            is_certain: holds == Some(true),
            is_expected,
            is_granted: None,
            is_dependent: need.is_dependent(),
            resources,
        });
    }
    Some(permissions)
}

/// What is known about the input of a call.
struct Input<'a> {
    arguments: &'a [Argument],
    is_complete: bool,
}

impl Input<'_> {
    fn argument(&self, member: &str) -> Option<&Argument> {
        let (first, _) = member.split_once('.').unwrap_or((member, ""));
        let name = snake_case(first);
        self.arguments
            .iter()
            .find(|argument| argument.member.trim_start_matches("r#") == name)
    }

    /// Whether the call fulfils a condition; `None` if that is not known.
    fn fulfils(&self, condition: Condition) -> Option<bool> {
        let member = condition.member()?;
        let argument = self.argument(member);
        let is_nested = member.contains('.');
        let is_set = match argument {
            Some(_) if is_nested => None,
            Some(argument) if argument.may_be_none => None,
            Some(_) => Some(true),
            None if self.is_complete => Some(false),
            None => None,
        };
        match condition {
            Condition::Equals { value, .. } if is_set == Some(true) => {
                argument.and_then(|argument| equals(argument, value))
            }
            Condition::Differs { value, .. } if is_set == Some(true) => argument
                .and_then(|argument| equals(argument, value))
                .map(|equals| !equals),
            Condition::Set { .. } | Condition::Equals { .. } => is_set,
            Condition::Unset { .. } | Condition::Differs { .. } => is_set.map(|is_set| !is_set),
            _ => None,
        }
    }

    /// Whether a condition of which it is not known whether the call fulfils it is one that the code provides for: it sets
    /// the member in some cases, or not setting it is what most calls do.
    fn may_fulfil(&self, condition: Condition) -> bool {
        let Some(member) = condition.member().filter(|member| !member.contains('.')) else {
            return false;
        };
        match condition {
            Condition::Unset { .. } | Condition::Differs { .. } => true,
            Condition::Set { .. } => self.argument(member).is_some(),
            _ => false,
        }
    }

    /// A resource, with what is known about its parts.
    fn resource(&self, template: &str) -> Resource {
        let mut parts = Vec::new();
        for part in template_parts(template) {
            match part {
                TemplatePart::Text(text) => push_text(text, &mut parts),
                TemplatePart::Partition => parts.push(ResourcePart::Partition),
                TemplatePart::Region => parts.push(ResourcePart::Region),
                TemplatePart::Account => parts.push(ResourcePart::Account),
                TemplatePart::Member { path, part } => {
                    if let Some(whole) = self.member(path, part, &mut parts) {
                        return whole;
                    }
                }
                _ => parts.push(ResourcePart::Any),
            }
        }
        Resource { parts }
    }

    /// Adds the value of a member, or returns it if it is an ARN of its own.
    ///
    /// - `part`: which part of the value, if not all of it
    fn member(&self, member: &str, part: ValuePart, parts: &mut Vec<ResourcePart>) -> Option<Resource> {
        let argument = self.argument(member).filter(|_| !member.contains('.'));
        let open = |name: &str| ResourcePart::Argument {
            member: snake_case(member),
            name: name.to_owned(),
        };
        let Some(Argument { name, value, .. }) = argument else {
            // What is not set is not part of the request.
            parts.push(
                if self.is_complete && !member.contains('.') && self.argument(member).is_none() {
                    ResourcePart::Any
                } else {
                    open(&snake_case(member))
                },
            );
            return None;
        };
        let Some(value) = value else {
            parts.push(open(name));
            return None;
        };
        let mut value: Vec<ResourcePart> = value
            .iter()
            .map(|part| match part {
                Part::Text(text) => ResourcePart::Text(text.clone()),
                Part::Hole(name) => open(name),
            })
            .collect();
        if let Some(ResourcePart::Text(first)) = value.first()
            && first.starts_with("arn:")
        {
            return Some(Resource { parts: value });
        }
        if part == ValuePart::Path
            && let Some(ResourcePart::Text(text)) = value.first_mut()
        {
            *text = part.of(text).to_owned();
        }
        if part == ValuePart::Name {
            // What comes after the last slash.
            let last = value
                .iter()
                .rposition(|part| matches!(part, ResourcePart::Text(text) if text.contains('/')));
            if let Some(last) = last {
                value.drain(..last);
                if let Some(ResourcePart::Text(text)) = value.first_mut() {
                    *text = part.of(text).to_owned();
                }
            }
        }
        for part in value {
            match part {
                ResourcePart::Text(literal) => push_text(&literal, parts),
                other => parts.push(other),
            }
        }
        None
    }
}

fn push_text(literal: &str, parts: &mut Vec<ResourcePart>) {
    if literal.is_empty() {
        return;
    }
    match parts.last_mut() {
        Some(ResourcePart::Text(last)) => last.push_str(literal),
        _ => parts.push(ResourcePart::Text(literal.to_owned())),
    }
}

/// Whether an argument is a value; `None` if that is not known.
fn equals(argument: &Argument, value: &str) -> Option<bool> {
    if let Some(parts) = &argument.value {
        return match parts.as_slice() {
            [Part::Text(text)] => Some(text == value),
            _ => None,
        };
    }
    if matches!(argument.text.as_str(), "true" | "false") {
        return Some(argument.text == value);
    }
    // `ObjectCannedAcl::PublicRead`
    let (path, variant) = argument.text.rsplit_once("::")?;
    let is_plain = |text: &str| {
        text.chars()
            .all(|one| one.is_alphanumeric() || matches!(one, '_' | ':'))
    };
    if !is_plain(path) || !is_plain(variant) {
        return None;
    }
    let plain = |text: &str| {
        text.chars()
            .filter(|one| one.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect::<String>()
    };
    Some(plain(variant) == plain(value))
}
