//! The resources that an action applies to.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use iam_policy_catalog::{Action, ArnFormat, ArnPart, Catalog};
use iam_policy_core::{Segment, Segments};

use crate::glob::{Pattern, Reach, Token};

/// The resources that an action applies to: everything that matches one of the patterns.
#[derive(Clone, Debug)]
pub(crate) struct Resources {
    /// All of them.
    pub(crate) all: Vec<Pattern>,
    /// The ARN formats they come from; empty if they do not come from formats.
    formats: Option<Formats>,
}

const PARTITION: &str = "aws";
const REGION: &str = "us-east-1";
const ACCOUNT: &str = "123456789012";

/// Which placeholders take values that exist, from the most to the least readable.
const LEVELS: [&[&str]; 4] = [
    &["Partition", "Region", "Account"],
    &["Partition", "Region"],
    &["Partition", "Account"],
    &["Partition"],
];

impl Resources {
    /// The ARN formats of the action's resource types, with anything in their variable parts. An action that always
    /// requires a resource applies to no other; one that does not may also apply to `*`, and one without resource types
    /// applies to `*` only.
    ///
    /// Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS services".
    pub(crate) fn of(formats: Formats) -> Self {
        if formats.is_empty() {
            // The catalog lists a resource without describing it.
            return Self::any();
        }
        let all = formats.iter().map(|format| of_format(*format, &[])).collect();
        Self {
            all,
            formats: Some(formats),
        }
    }

    /// Everything that matches one of the patterns, without preference.
    pub(crate) fn matching(all: Vec<Pattern>) -> Self {
        Self { all, formats: None }
    }

    /// Any ARN, and `*`.
    pub(crate) fn any() -> Self {
        // A Region and an account may be omitted.
        let segment = [Token::Star(Reach::Segment), Token::Char(':')];
        let named = [
            Token::One(Reach::Segment),
            Token::Star(Reach::Segment),
            Token::Char(':'),
        ];
        let tokens = "arn:"
            .chars()
            .map(Token::Char)
            .chain(named)
            .chain(named)
            .chain(segment)
            .chain(segment)
            .chain([Token::One(Reach::Everything), Token::Star(Reach::Everything)]);
        Self {
            all: vec![Pattern::new(tokens, false), Pattern::literal("*")],
            formats: Some(Formats::new()),
        }
    }

    /// The readable ones: first those with an existing partition, Region and account, then those with two of them, or
    /// one.
    pub(crate) fn pleasant(&self) -> Vec<Vec<Pattern>> {
        let part = |name| [ArnPart::Literal(":"), ArnPart::Placeholder(name)];
        let Some(formats) = &self.formats else {
            return Vec::new();
        };
        let of_level = |known: &&[&str]| -> Vec<Pattern> {
            if formats.is_empty() {
                let names = ["Partition", "Service", "Region", "Account", "Resource"];
                let parts = [ArnPart::Literal("arn")]
                    .into_iter()
                    .chain(names.into_iter().flat_map(part));
                return vec![pattern(parts, known, |_| false), Pattern::literal("*")];
            }
            formats.iter().map(|format| of_format(*format, known)).collect()
        };
        LEVELS.iter().map(of_level).collect()
    }

    /// Whether one of these patterns may match one of the resources.
    pub(crate) fn may_match(&self, patterns: &[&Pattern]) -> bool {
        patterns
            .iter()
            .any(|pattern| self.all.iter().any(|own| !own.clashes(pattern)))
    }
}

/// What distinguishes the resources of actions: their ARN formats, sorted, with `None` for `*`.
pub(crate) type Formats = Vec<Option<ArnFormat>>;

pub(crate) fn formats(action: Action) -> Formats {
    let mut list: Formats = action
        .resource_types()
        .flat_map(|found| found.resource_type().arn_formats())
        .map(Some)
        .collect();
    if !action
        .resource_types()
        .any(iam_policy_catalog::ActionResource::is_required)
    {
        list.push(None);
    }
    list.sort_unstable();
    list.dedup();
    list
}

/// Computed once for the whole catalog, since some statements apply to all of it.
struct Known {
    groups: Vec<(Formats, Resources)>,
    /// The group of each action.
    group: Vec<usize>,
}

fn known() -> &'static Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut numbers: HashMap<Formats, usize> = HashMap::new();
        let mut groups = Vec::new();
        let mut group = vec![0; Catalog::get().actions().len()];
        for action in Catalog::get().actions() {
            let number = *numbers.entry(formats(action)).or_insert_with_key(|formats| {
                groups.push((formats.clone(), Resources::of(formats.clone())));
                groups.len() - 1
            });
            if let Some(of_action) = group.get_mut(action.index()) {
                *of_action = number;
            }
        }
        Known { groups, group }
    })
}

/// Actions that may apply to the same resources.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) actions: Vec<Action>,
    pub(crate) resources: Cow<'static, Resources>,
}

/// The actions by the resources they apply to.
pub(crate) fn groups(actions: &[Action]) -> Vec<Group> {
    /// From this many actions on, it is cheaper to compute all groups.
    const MANY: usize = 500;
    if actions.len() < MANY {
        let mut groups: BTreeMap<Formats, Vec<Action>> = BTreeMap::new();
        for action in actions {
            groups.entry(formats(*action)).or_default().push(*action);
        }
        return groups
            .into_iter()
            .map(|(formats, actions)| Group {
                actions,
                resources: Cow::Owned(Resources::of(formats)),
            })
            .collect();
    }
    let known = known();
    let mut groups: Vec<Vec<Action>> = vec![Vec::new(); known.groups.len()];
    for action in actions {
        if let Some(group) = known.group.get(action.index()).and_then(|group| groups.get_mut(*group)) {
            group.push(*action);
        }
    }
    groups
        .into_iter()
        .zip(&known.groups)
        .filter(|(actions, _)| !actions.is_empty())
        .map(|(actions, (_, resources))| Group {
            actions,
            resources: Cow::Borrowed(resources),
        })
        .collect()
}

/// The placeholders for names without a slash, by service.
///
/// Sources: Amazon S3 User Guide, "General purpose bucket naming rules" and "Directory bucket naming rules"; Amazon
/// DynamoDB Developer Guide, "Supported data types and naming rules in Amazon DynamoDB".
const NAMES: [(&str, &str); 3] = [
    ("s3", "BucketName"),
    ("s3express", "BucketName"),
    ("dynamodb", "TableName"),
];

fn of_format(format: Option<ArnFormat>, known: &[&str]) -> Pattern {
    let Some(format) = format else {
        return Pattern::literal("*");
    };
    let service = Segments::new(format.as_str()).get(Segment::Service);
    let is_name = |placeholder: &str| {
        let mut names = NAMES.iter();
        names.any(|(of, name)| Some(*of) == service && *name == placeholder)
    };
    pattern(format.parts(), known, is_name)
}

/// The tokens for a variable part.
fn value(placeholder: &str) -> Option<&'static str> {
    Some(match placeholder {
        "Partition" => PARTITION,
        "Region" => REGION,
        "Account" => ACCOUNT,
        _ => return None,
    })
}

/// The tokens of a format in which the placeholders in `known` have their values. Every other placeholder stands for at
/// least one character, and for a colon only after the fifth.
///
/// - `is_name`: whether a placeholder excludes both colons and slashes
fn pattern(parts: impl Iterator<Item = ArnPart>, known: &[&str], is_name: impl Fn(&str) -> bool) -> Pattern {
    let mut tokens = Vec::new();
    let mut literals = String::new();
    for part in parts {
        match part {
            ArnPart::Literal(text) => {
                literals.push_str(text);
                tokens.extend(text.chars().map(Token::Char));
            }
            ArnPart::Placeholder(name) => {
                if let Some(value) = value(name).filter(|_| known.contains(&name)) {
                    tokens.extend(value.chars().map(Token::Char));
                } else {
                    let reach = if is_name(name) {
                        Reach::Name
                    } else if Segments::new(&literals).get(Segment::Resource).is_some() {
                        Reach::Everything
                    } else {
                        Reach::Segment
                    };
                    tokens.extend([Token::One(reach), Token::Star(reach)]);
                }
            }
        }
    }
    Pattern::new(tokens, false)
}

#[cfg(test)]
mod tests {
    use iam_policy_catalog::Service;

    use super::*;

    /// Matching backtracks only to the last run, which a run of slashes before a name would not allow.
    #[test]
    fn names_exclude_slashes() {
        let mut names = 0;
        for resource_type in Catalog::get().services().flat_map(Service::resource_types) {
            for format in resource_type.arn_formats() {
                let pattern = of_format(Some(format), &[]);
                let mut reaches = pattern.tokens().iter().filter_map(|token| match token {
                    Token::Star(reach) => Some(*reach),
                    _ => None,
                });
                names += reaches.clone().filter(|reach| *reach == Reach::Name).count();
                let before = reaches.position(|reach| reach == Reach::Everything);
                let text = format.as_str();
                assert!(before.is_none() || !reaches.any(|reach| reach == Reach::Name), "{text}");
            }
        }
        assert!(names >= 10, "{names}");
    }
}
