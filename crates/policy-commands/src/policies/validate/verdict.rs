//! The result for one policy, in terms shared by both output formats.

use iam_policy_core::text::Grouped;
use iam_policy_core::wildcard::is_pattern;
use iam_policy_core::{Arn, AttachmentKind, Effect, Partition};
use iam_policy_document::Diagnostic;
use iam_policy_spec::wording::list;
use iam_policy_validate::{
    Addition, Blame, Check, Decision, Denial, Matched, Report, Required, Skipped, Status, Subject,
};

/// A policy and its result.
pub(super) struct Verdict {
    pub(super) named: Named,
    pub(super) required: Required,
    pub(super) report: Report,
    pub(super) addition: Option<Addition>,
    /// What to know when attaching the addition.
    pub(super) notes: Vec<String>,
}

/// Identifies the policy.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// The name of the policy or of the file.
    pub(super) name: String,
    pub(super) title: Option<String>,
    pub(super) partition: Option<Partition>,
}

/// Actions on a resource that are denied or unknown for the same cause.
#[derive(Debug)]
pub(super) struct Finding<'v> {
    pub(super) pattern: &'v str,
    /// What keeps them from being allowed, without duplicates.
    pub(super) causes: Vec<String>,
    /// A denied request, if it says more than the resource.
    pub(super) example: Option<String>,
    /// Context keys whose values are needed for an answer.
    pub(super) missing_context: Vec<&'v str>,
    pub(super) needs: Vec<Need<'v>>,
}

/// Actions that are needed for the same reason.
#[derive(Debug)]
pub(super) struct Need<'v> {
    pub(super) actions: Vec<&'v str>,
    pub(super) reason: Option<&'v str>,
    pub(super) without: Option<&'v str>,
}

/// What no addition can fix, and who can.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Remedy<'v> {
    pub(super) what: String,
    pub(super) actions: Vec<&'v str>,
}

impl Verdict {
    /// - `room`: the number of characters of inline policies the principal already has, if known
    pub(super) fn new(
        named: Named,
        required: Required,
        report: Report,
        subject: Option<&Subject>,
        room: Option<usize>,
    ) -> Self {
        let addition = Addition::new(&required, &report);
        let notes = addition
            .as_ref()
            .map(|addition| notes(&required, addition, subject, room))
            .unwrap_or_default();
        Self {
            named,
            required,
            report,
            addition,
            notes,
        }
    }

    /// Whether anything was asked or proved; otherwise nothing is needed.
    pub(super) fn says_something(&self) -> bool {
        let checks = &self.report.checks;
        checks.is_empty() || checks.iter().any(|check| !matches!(check.status, Status::Skipped(_)))
    }

    /// Why nothing was asked.
    pub(super) fn why_nothing(&self) -> Diagnostic {
        let name = format!("`{}`", self.named.name);
        let elsewhere = self
            .report
            .checks
            .iter()
            .any(|check| check.status == Status::Skipped(Skipped::Otherwise));
        if elsewhere {
            Diagnostic::error(format!(
                "{name} grants nothing to this principal in this context, so there is nothing to ask"
            ))
            .help("give other values with `--context KEY=VALUE`")
        } else {
            Diagnostic::error(format!("{name} grants nothing, so there is nothing to ask"))
                .help("`iam-policy check` finds errors in policies")
        }
    }

    /// The indices of the statements that allow.
    pub(super) fn statements(&self) -> impl Iterator<Item = usize> {
        let statements = self.required.statements().iter().enumerate();
        let granting = statements.filter(|(_, statement)| statement.effect == Effect::Allow);
        granting.map(|(number, _)| number)
    }

    pub(super) fn sid(&self, statement: usize) -> String {
        let known = self.required.statements().get(statement);
        known.map_or_else(String::new, |known| known.name(statement))
    }

    pub(super) fn checks(&self, statement: usize) -> impl Iterator<Item = &Check> {
        self.report
            .checks
            .iter()
            .filter(move |check| check.statement == statement)
    }

    /// Why it is needed.
    pub(super) fn reason(&self, check: &Check) -> Option<&str> {
        let statement = self.required.statements().get(check.statement)?;
        statement.reason_for(check.written.as_deref().unwrap_or_default(), &check.pattern)
    }

    /// What the program does if it is denied.
    pub(super) fn without(&self, check: &Check) -> Option<&str> {
        let statement = self.required.statements().get(check.statement)?;
        statement.without(check.written.as_deref().unwrap_or_default(), &check.pattern)
    }

    /// The problems of a statement, grouped.
    pub(super) fn findings(&self, statement: usize) -> Vec<Finding<'_>> {
        let mut findings: Vec<Finding<'_>> = Vec::new();
        for check in self.checks(statement).filter(|check| !check.is_fine()) {
            let (causes, example) = (causes(check), example(check));
            let same = |known: &Finding<'_>| {
                (known.pattern, &known.causes, &known.example) == (check.pattern.as_str(), &causes, &example)
            };
            let at = findings.iter().position(same).unwrap_or(findings.len());
            if at == findings.len() {
                findings.push(Finding {
                    pattern: &check.pattern,
                    causes,
                    example,
                    missing_context: Vec::new(),
                    needs: Vec::new(),
                });
            }
            let Some(finding) = findings.get_mut(at) else { continue };
            for key in check.denials.iter().flat_map(|denial| &denial.cause.missing_context) {
                add(&mut finding.missing_context, key.as_str());
            }
            let (reason, without) = (self.reason(check), self.without(check));
            let is_alike = |need: &Need<'_>| (need.reason, need.without) == (reason, without);
            let at = finding.needs.iter().position(is_alike).unwrap_or(finding.needs.len());
            if at == finding.needs.len() {
                finding.needs.push(Need {
                    actions: Vec::new(),
                    reason,
                    without,
                });
            }
            if let Some(need) = finding.needs.get_mut(at) {
                add(&mut need.actions, self.shown_action(check));
            }
        }
        findings
    }

    /// The action as written in the policy if everything it matches has the same status, otherwise the action it stands
    /// for here.
    fn shown_action<'v>(&'v self, check: &'v Check) -> &'v str {
        let is_alike = |other: &&Check| {
            let is_granted = !matches!(other.status, Status::Skipped(_));
            is_granted && other.written == check.written && other.pattern == check.pattern
        };
        let mut others = self.checks(check.statement).filter(is_alike);
        match &check.written {
            Some(written) if others.all(|other| causes(other) == causes(check) && !other.is_fine()) => written,
            _ => &check.action,
        }
    }

    /// What others must change.
    pub(super) fn remedies(&self) -> Vec<Remedy<'_>> {
        let mut all: Vec<Remedy<'_>> = Vec::new();
        for check in self.report.checks.iter().filter(|check| check.status == Status::Denied) {
            for what in check.denials.iter().flat_map(remedies) {
                let at = all.iter().position(|known| known.what == what).unwrap_or(all.len());
                if at == all.len() {
                    all.push(Remedy {
                        what,
                        actions: Vec::new(),
                    });
                }
                if let Some(known) = all.get_mut(at) {
                    add(&mut known.actions, self.shown_action(check));
                }
            }
        }
        all
    }
}

fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

/// Everything that keeps a request from being allowed.
pub(super) fn because(denial: &Denial) -> Vec<String> {
    let blames = denial.blames();
    // With several policies it is unknown which one denies, unless their statements are reported.
    let denies = denial.decision == Decision::ExplicitDeny && blames.len() == 1;
    let cause = |blame: &Blame<'_>| match blame {
        Blame::Policy(matched) if matched.is_empty() => "a policy denies it, but AWS does not say which".to_owned(),
        Blame::Policy(matched) => format!("{} it", verb(matched)),
        Blame::Boundary(matched) if denies || !matched.is_empty() => denied_by("the permissions boundary", matched),
        Blame::Boundary(_) => "the permissions boundary does not allow it".to_owned(),
        Blame::Organization(matched) if denies || !matched.is_empty() => {
            denied_by("a service control policy of the organization", matched)
        }
        Blame::Organization(_) => "the service control policies of the organization do not allow it".to_owned(),
        _ => "no policy of the principal allows it".to_owned(),
    };
    blames.iter().map(cause).collect()
}

/// What someone's statements do, if known.
fn denied_by(whose: &str, matched: &[&Matched]) -> String {
    match matched {
        [] => format!("{whose} denies it"),
        matched => format!("{whose} denies it: {}", named(matched)),
    }
}

/// Who must change what, if an addition is not enough.
fn remedies(denial: &Denial) -> Vec<String> {
    let remedy = |blame: &Blame<'_>| {
        Some(match blame {
            Blame::NoPolicy => return None,
            Blame::Policy(matched) if matched.is_empty() => {
                "find the policy that denies, and change or detach it".to_owned()
            }
            Blame::Policy(matched) => {
                let verb = if matched.len() == 1 { "has" } else { "have" };
                format!(
                    "{} {verb} to be changed or detached, since a deny overrides every allow",
                    named(matched)
                )
            }
            Blame::Boundary(_) => "the permissions boundary must allow it too; ask whoever manages it".to_owned(),
            _ => "the service control policies must allow it too; ask whoever manages the organization".to_owned(),
        })
    };
    denial.blames().iter().filter_map(remedy).collect()
}

fn verb(matched: &[&Matched]) -> String {
    match matched {
        [_] => format!("{} denies", named(matched)),
        _ => format!("{} deny", named(matched)),
    }
}

/// The policies, and the locations in them.
fn named(matched: &[&Matched]) -> String {
    let mut names: Vec<String> = Vec::new();
    for one in matched {
        let name = if one.policy.contains('`') {
            one.policy.clone()
        } else {
            format!("`{}`", one.policy)
        };
        add(
            &mut names,
            match one.start {
                Some((line, column)) => format!("{name} at {line}:{column}"),
                None => name,
            },
        );
    }
    names.join(" and ")
}

/// What keeps a check from passing, without duplicates.
fn causes(check: &Check) -> Vec<String> {
    match &check.status {
        Status::Unknown(why) => vec![format!("unknown: {why}")],
        Status::Denied => {
            let mut all = Vec::new();
            for cause in check.denials.iter().flat_map(because) {
                add(&mut all, cause);
            }
            all
        }
        _ => Vec::new(),
    }
}

/// The denied request, if it does not cover the whole resource.
fn example(check: &Check) -> Option<String> {
    // A resource with wildcards was asked about as the whole the action applies to.
    let is_whole = |denial: &&Denial| {
        (denial.resource == check.pattern || is_pattern(&denial.resource)) && denial.context.is_empty()
    };
    let denial = check.denials.iter().find(is_whole).or(check.denials.first())?;
    if is_whole(&denial) && denial.action == check.action {
        return None;
    }
    let action = if denial.action == check.action {
        String::new()
    } else {
        format!("{} ", denial.action)
    };
    let context = denial.context.iter().map(|entry| match entry.values.as_slice() {
        [] => format!(", without `{}`", entry.key),
        values => format!(", where `{}` is {}", entry.key, list(values.iter().map(String::as_str))),
    });
    Some(format!("{action}on {}{}", denial.resource, context.collect::<String>()))
}

/// Why nothing was asked.
pub(super) const fn skipped(skipped: Skipped) -> &'static str {
    match skipped {
        Skipped::GrantsNothing => "the policy itself does not grant it",
        _ => "the policy grants it only to other principals or in another context",
    }
}

/// What to know when attaching the addition.
fn notes(required: &Required, addition: &Addition, subject: Option<&Subject>, room: Option<usize>) -> Vec<String> {
    let size = addition.size();
    let mut notes = Vec::new();
    let resource = subject
        .and_then(|subject| Arn::parse(&subject.arn).ok())
        .map(|arn| arn.resource);
    let kinds = [
        ("user/", "user", AttachmentKind::InlineUser),
        ("group/", "group", AttachmentKind::InlineGroup),
        ("role/", "role", AttachmentKind::InlineRole),
    ];
    let own = kinds
        .into_iter()
        .find(|(prefix, _, _)| resource.is_some_and(|resource| resource.starts_with(prefix)));
    notes.push(format!("it has {} characters", Grouped(size)));
    if let Some((_, kind, attach)) = own {
        let (used, quota) = (room.unwrap_or_default(), attach.quota());
        let (sum, most) = (Grouped(used + size), Grouped(quota));
        notes.push(match room {
            _ if size > quota => format!("it is too large for an inline policy of the {kind}, with a limit of {most}"),
            Some(_) if used + size > quota => format!(
                "with the {kind}'s inline policies the total is {sum}, and the limit is {most}: attach it as a managed policy"
            ),
            Some(_) => format!("with the {kind}'s inline policies the total is {sum} of {most}"),
            None => format!("the limit for all inline policies of the {kind} is {most}"),
        });
    }
    if size > AttachmentKind::Managed.quota() {
        notes.push(format!(
            "the limit for a managed policy is {}: split the statements among several",
            Grouped(AttachmentKind::Managed.quota())
        ));
    }
    let denying = required.statements().iter().enumerate();
    let denying: Vec<String> = denying
        .filter(|(_, statement)| statement.effect == Effect::Deny)
        .map(|(number, statement)| statement.name(number))
        .collect();
    if !denying.is_empty() {
        let denying = list(denying.iter().map(String::as_str));
        notes.push(format!("denies in the policy are not included: {denying}"));
    }
    notes
}
