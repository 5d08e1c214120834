//! Templates of ARNs, from the formats in the catalogue and the members of an operation's input.

use iam_policy_catalog::{Action, ArnFormat, ArnPart, ResourceType};

use crate::botocore::{Kind, Member};
use crate::dataset::Row;

/// What is known about a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) operation: &'a str,
    pub(crate) members: &'a [Member],
    /// The rows of iam-dataset about the operation.
    pub(crate) rows: &'a [Row],
}

/// A template, and how many of its placeholders the input determines.
struct Filled {
    template: String,
    found: usize,
    missing: usize,
}

/// The resources on which a call needs an action. If there are none, they are not known.
pub(crate) fn templates(action: Action, call: Call<'_>) -> Vec<String> {
    let mut types: Vec<(ResourceType, bool)> = Vec::new();
    for found in action.resource_types() {
        match types.iter_mut().find(|(known, _)| *known == found.resource_type()) {
            Some((_, required)) => *required |= found.is_required(),
            None => types.push((found.resource_type(), found.is_required())),
        }
    }
    if types.is_empty() {
        return vec!["*".to_owned()];
    }
    let required: Vec<ResourceType> = types
        .iter()
        .filter(|(_, required)| *required)
        .map(|(found, _)| *found)
        .collect();
    let mut out = Vec::new();
    if required.is_empty() {
        // One of the types, or none: only an input that can mean nothing else says which.
        let mut sure = types.iter().filter_map(|&(found, _)| {
            let best = best(found, call, types.len() == 1)?;
            (best.found > 0 && best.missing == 0).then_some(best.template)
        });
        match (sure.next(), sure.next()) {
            (Some(only), None) => out.push(only),
            (Some(one), Some(other)) if one == other && one.starts_with('{') => out.push(one),
            (Some(_), Some(_)) => {}
            (None, _) => out.extend(generic(call)),
        }
    } else {
        for &found in &required {
            out.extend(best(found, call, required.len() == 1).map(|best| best.template));
        }
    }
    out.dedup();
    out
}

/// The template for a type of resource that determines the most.
///
/// - `only`: whether the action is on no other type of resource
fn best(found: ResourceType, call: Call<'_>, only: bool) -> Option<Filled> {
    if let Some(member) = arn_member(found, call, only) {
        return Some(Filled {
            template: format!("{{{member}}}"),
            found: 1,
            missing: 0,
        });
    }
    let mut filled = found.arn_formats().map(|format| fill(format, found, call, only));
    let first = filled.next()?;
    Some(filled.fold(first, |best, next| {
        let better = (next.found, best.missing) > (best.found, next.missing);
        if better { next } else { best }
    }))
}

/// A member that contains the ARN of any resource.
fn generic(call: Call<'_>) -> Option<String> {
    let names = ["resourcearn", "resourcearns", "resourcearnlist", "arn"];
    let mut members = top_level(call.members);
    let member = members.find(|member| names.contains(&fold(&member.path).as_str()))?;
    Some(format!("{{{}}}", member.path))
}

fn top_level(members: &[Member]) -> impl Iterator<Item = &Member> {
    members
        .iter()
        .filter(|member| member.kind != Kind::Other && !member.path.contains('.'))
}

/// A member that contains the whole ARN of a resource of this type.
fn arn_member(found: ResourceType, call: Call<'_>, only: bool) -> Option<&str> {
    let kind = fold(found.name());
    let is_arn = |name: &str| name.ends_with("arn") || name.ends_with("arns");
    let members = || top_level(call.members).filter(|member| is_arn(&fold(&member.path)));
    let exact = members().find(|member| {
        let name = fold(&member.path);
        let name = name.trim_end_matches('s').trim_end_matches("arn");
        name == kind || (name.len() > 3 && kind.ends_with(name))
    });
    let generic = || {
        let mut members = members();
        members.find(|member| matches!(fold(&member.path).as_str(), "resourcearn" | "arn"))
    };
    let from_rows = || {
        let mut rows = call.rows.iter();
        let member = rows.find_map(|row| row.arn_member().filter(|_| !row.action.ends_with(":PassRole")))?;
        members().find(|found| found.path == member)
    };
    let found = exact.or_else(|| if only { generic().or_else(from_rows) } else { generic() })?;
    Some(found.path.as_str())
}

fn fill(format: ArnFormat, found: ResourceType, call: Call<'_>, only: bool) -> Filled {
    let mut filled = Filled {
        template: String::new(),
        found: 0,
        missing: 0,
    };
    let last = format.parts().filter_map(placeholder).last();
    for part in format.parts() {
        match part {
            ArnPart::Literal(text) => filled.template.push_str(text),
            ArnPart::Placeholder(name) => match name {
                "Partition" => filled.template.push_str("{partition}"),
                "Region" => filled.template.push_str("{region}"),
                "Account" | "AccountId" => filled.template.push_str("{account}"),
                _ => {
                    if let Some(member) = member(name, found, call, only && last == Some(name)) {
                        filled.found += 1;
                        filled.template.push('{');
                        filled.template.push_str(member);
                        filled.template.push('}');
                    } else {
                        filled.missing += 1;
                        filled.template.push('*');
                    }
                }
            },
        }
    }
    filled
}

fn placeholder(part: ArnPart) -> Option<&'static str> {
    match part {
        ArnPart::Placeholder(name) => Some(name),
        ArnPart::Literal(_) => None,
    }
}

/// The member that contains the value of a placeholder.
///
/// - `last`: whether the placeholder is the last one of the only type of resource
fn member<'a>(name: &str, found: ResourceType, call: Call<'a>, last: bool) -> Option<&'a str> {
    let (wanted, kind) = (fold(name), fold(found.name()));
    let find = |fits: &dyn Fn(&str) -> bool| {
        let mut members = top_level(call.members).filter(|member| !fold(&member.path).ends_with("arn"));
        members
            .find(|member| fits(&fold(&member.path)))
            .map(|member| member.path.as_str())
    };
    let is_general = matches!(
        wanted.as_str(),
        "id" | "name" | "resourceid" | "resourcename" | "identifier"
    ) || stem(&wanted) == kind;
    let generic = |name: &str| matches!(name, "id" | "name" | "identifier" | "ids" | "names");
    find(&|name| name == wanted)
        .or_else(|| find(&|name| name.strip_suffix('s') == Some(&wanted)))
        .or_else(|| find(&|name| stem(name) == stem(&wanted)))
        .or_else(|| is_general.then(|| find(&|name| stem(name) == kind)).flatten())
        .or_else(|| {
            let about = fold(call.operation);
            let about = last && is_general && (about.ends_with(&kind) || about.ends_with(&format!("{kind}s")));
            about.then(|| find(&generic)).flatten()
        })
        .or_else(|| {
            let member = call.rows.iter().find_map(|row| row.member(name))?;
            let mut members = top_level(call.members);
            members
                .find(|found| found.path == member)
                .map(|found| found.path.as_str())
        })
}

/// The letters and digits of a name, in lower case.
pub(crate) fn fold(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// A folded name without an ending that says how it identifies.
fn stem(name: &str) -> &str {
    let endings = ["identifiers", "identifier", "names", "name", "ids", "id"];
    let mut stems = endings.iter().filter_map(|ending| name.strip_suffix(ending));
    stems.find(|stem| !stem.is_empty()).unwrap_or(name)
}
