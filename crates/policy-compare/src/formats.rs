//! The resources that an action applies to.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use iam_policy_catalog::{Action, ArnFormat, ArnPart, Catalog, Extent};

use crate::glob::{Pattern, Reach, Token};
use crate::work::Work;

/// The resources that an action applies to: everything that matches one of the patterns.
#[derive(Clone, Debug)]
pub(crate) struct Resources {
    /// All of them.
    pub(crate) all: Vec<Pattern>,
    origin: Origin,
}

/// Where the patterns come from.
#[derive(Clone, Debug)]
enum Origin {
    Formats(Formats),
    /// Any ARN, and `*`.
    Any,
    /// Any ARN that names this service.
    Service(&'static str),
    Elsewhere,
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
    /// The ARN formats that AWS documents for the action, with anything in their variable parts. An action that always
    /// requires a resource applies to no other; one that does not may also apply to `*`.
    ///
    /// Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS services", and the
    /// catalog's overlay.
    pub(crate) fn of(formats: Formats) -> Self {
        if formats.is_empty() {
            // The catalog lists a resource without describing it.
            return Self::any();
        }
        let all = formats.iter().map(|format| of_format(*format, &[])).collect();
        Self {
            all,
            origin: Origin::Formats(formats),
        }
    }

    /// Everything that matches one of the patterns, without preference.
    pub(crate) fn matching(all: Vec<Pattern>) -> Self {
        Self {
            all,
            origin: Origin::Elsewhere,
        }
    }

    /// Any ARN, and `*`.
    pub(crate) fn any() -> Self {
        let named = [Token::One(Reach::Segment), Token::Star(Reach::Segment)];
        Self {
            all: vec![arn(named), Pattern::literal("*")],
            origin: Origin::Any,
        }
    }

    /// Any ARN that names a service.
    ///
    /// - `service`: the service, as ARNs write it
    pub(crate) fn of_service(service: &'static str) -> Self {
        Self {
            all: vec![arn(service.chars().map(Token::Char))],
            origin: Origin::Service(service),
        }
    }

    /// The readable ones: first those with an existing partition, Region and account, then those with two of them, or
    /// one.
    pub(crate) fn pleasant(&self) -> Vec<Vec<Pattern>> {
        let of_level = |known: &&[&str]| -> Vec<Pattern> {
            let arn = |service| {
                let parts = [
                    (ArnPart::Literal("arn:"), Extent::Everything),
                    (ArnPart::Placeholder("Partition"), Extent::Segment),
                    (ArnPart::Literal(":"), Extent::Everything),
                    (service, Extent::Segment),
                    (ArnPart::Literal(":"), Extent::Everything),
                    (ArnPart::Placeholder("Region"), Extent::Segment),
                    (ArnPart::Literal(":"), Extent::Everything),
                    (ArnPart::Placeholder("Account"), Extent::Segment),
                    (ArnPart::Literal(":"), Extent::Everything),
                    (ArnPart::Placeholder("Resource"), Extent::Everything),
                ];
                pattern(parts.into_iter(), known)
            };
            match &self.origin {
                // An action that applies to resources is rarely about `*`, even if it requires none.
                Origin::Formats(formats) if formats.iter().any(Option::is_some) => formats
                    .iter()
                    .filter(|format| format.is_some())
                    .map(|format| of_format(*format, known))
                    .collect(),
                Origin::Formats(formats) => formats.iter().map(|format| of_format(*format, known)).collect(),
                Origin::Any => vec![arn(ArnPart::Placeholder("Service")), Pattern::literal("*")],
                Origin::Service(service) => vec![arn(ArnPart::Literal(service))],
                Origin::Elsewhere => Vec::new(),
            }
        };
        match self.origin {
            Origin::Elsewhere => Vec::new(),
            _ => LEVELS.iter().map(of_level).collect(),
        }
    }

    /// The ARN formats, if that is what the patterns come from.
    pub(crate) fn formats(&self) -> impl Iterator<Item = ArnFormat> + '_ {
        let formats = match &self.origin {
            Origin::Formats(formats) => formats.as_slice(),
            _ => &[],
        };
        formats.iter().copied().flatten()
    }

    /// Whether one of these patterns may match one of the resources.
    pub(crate) fn may_match(&self, patterns: &[&Pattern], work: &Work) -> bool {
        patterns
            .iter()
            .any(|pattern| self.all.iter().any(|own| !own.clashes(pattern, work)))
    }
}

/// The ARNs with this service. A Region and an account may be omitted.
fn arn(service: impl IntoIterator<Item = Token>) -> Pattern {
    let some = [Token::One(Reach::Segment), Token::Star(Reach::Segment)];
    let tokens = "arn:"
        .chars()
        .map(Token::Char)
        .chain(some)
        .chain([Token::Char(':')])
        .chain(service)
        .chain([
            Token::Char(':'),
            Token::Star(Reach::Segment),
            Token::Char(':'),
            Token::Star(Reach::Segment),
            Token::Char(':'),
            Token::One(Reach::Everything),
            Token::Star(Reach::Everything),
        ]);
    Pattern::new(tokens, false)
}

/// What distinguishes the resources of actions: their ARN formats, sorted, with `None` for `*`.
pub(crate) type Formats = Vec<Option<ArnFormat>>;

pub(crate) fn formats(action: Action) -> Formats {
    let mut list: Formats = action.arn_formats().map(Some).collect();
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

/// The ARNs of a format, with these placeholders replaced by values that exist.
fn of_format(format: Option<ArnFormat>, known: &[&str]) -> Pattern {
    format.map_or_else(
        || Pattern::literal("*"),
        |format| pattern(format.parts_with_extents(), known),
    )
}

/// The ARNs of a format, even if parts of them are missing. A type of resource that an action does not list is none of
/// its types in any Region, or without one.
pub(crate) fn loosely(format: ArnFormat) -> Pattern {
    let tokens = format.parts_with_extents().flat_map(|(part, extent)| match part {
        ArnPart::Literal(text) => text.chars().map(Token::Char).collect(),
        ArnPart::Placeholder(_) => vec![Token::Star(reach(extent))],
    });
    Pattern::new(tokens, false)
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

fn reach(extent: Extent) -> Reach {
    match extent {
        Extent::Name => Reach::Name,
        Extent::Segment => Reach::Segment,
        Extent::Everything => Reach::Everything,
    }
}

/// The tokens of a format in which the placeholders in `known` have their values. Every other placeholder stands for at
/// least one character.
fn pattern(parts: impl Iterator<Item = (ArnPart, Extent)>, known: &[&str]) -> Pattern {
    let mut tokens = Vec::new();
    for (part, extent) in parts {
        let text = match part {
            ArnPart::Literal(text) => Some(text),
            ArnPart::Placeholder(name) => value(name).filter(|_| known.contains(&name)),
        };
        match text {
            Some(text) => tokens.extend(text.chars().map(Token::Char)),
            None => tokens.extend([Token::One(reach(extent)), Token::Star(reach(extent))]),
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
