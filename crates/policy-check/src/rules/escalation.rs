//! Whether a policy, or all policies of a principal together, let the principal gain permissions.

mod docs;
mod granted;
mod paths;
#[cfg(test)]
mod tests;

use iam_policy_document::wording::list;
use iam_policy_document::{Diagnostic, Document};

use crate::Code;
use crate::context::Context;
use crate::finding::{At, Report};
use crate::options::Options;

use granted::{Found, Granted, Side, find, have_all};
use paths::{ESCALATIONS, Escalation};

pub(crate) use docs::TOPIC;

/// `PRIVILEGE_ESCALATION`, for the policy alone.
///
/// Other policies than those of an identity only limit what a principal can do, or apply to their own resource.
pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    if context.grants {
        let granted = Granted::of(context);
        let side = Side {
            context,
            granted: &granted,
        };
        alone(side, report);
    }
}

fn alone(side: Side<'_, '_>, report: &mut Report) {
    if side.granted.is_empty() {
        return;
    }
    if let Some(found) = side.everything() {
        let details = "the policy grants full administrator access: it allows every action on every resource";
        add(details.to_owned(), &[], &found, report);
        return;
    }
    let found = ESCALATIONS.iter().filter_map(|path| Some((path, find(path, &[side])?)));
    report_groups(&found.collect::<Vec<_>>(), report);
}

/// What a policy of a principal allows and denies, for [`escalations`].
///
/// # Examples
///
/// See [`escalations`].
pub struct Grants<'d> {
    context: Context<'d>,
    granted: Granted<'d>,
}

impl<'d> Grants<'d> {
    /// Finds what matters in a policy.
    ///
    /// - `document`: an identity policy, a permissions boundary or a service control policy; findings have the locations that it records
    #[must_use]
    pub fn new(document: &'d Document) -> Self {
        let context = Context::new(document, Options::DEFAULT);
        let granted = Granted::of(&context);
        Self { context, granted }
    }

    const fn side(&self) -> Side<'_, 'd> {
        Side {
            context: &self.context,
            granted: &self.granted,
        }
    }
}

impl std::fmt::Debug for Grants<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.context.document.fmt(f)
    }
}

/// Finds the escalations that only several policies of a principal together allow, with the code
/// [`PrivilegeEscalation`](Code::PrivilegeEscalation). [`check`](crate::check) reports those that a single policy
/// allows.
///
/// - `policies`: all identity policies of the principal: its own, those attached to it, and those of its groups
/// - `limits`: what else must allow the actions: the permissions boundary, and the service control policies of each level
///   of the organization, each a set of policies of which one must allow and none may deny
///
/// # Examples
///
/// ```
/// use iam_policy_check::{Grants, escalations};
///
/// let document = |action: &str| {
///     let source = format!(r#"{{"Statement": {{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}}}"#);
///     iam_policy_document::json::read(source.as_bytes()).document
/// };
/// let (roles, functions) = (document("iam:PassRole"), document("lambda:*Function"));
/// let (roles, functions) = (Grants::new(&roles), Grants::new(&functions));
/// let found = escalations(&[&roles, &functions], &[]);
/// assert!(found[0].message.starts_with("privilege escalation `new-function`: "));
/// assert_eq!(escalations(&[&functions], &[]), []);
///
/// // A level of the organization that allows no roles to be passed.
/// assert_eq!(escalations(&[&roles, &functions], &[vec![&functions]]), []);
/// ```
#[must_use]
pub fn escalations<'c>(policies: &[&'c Grants<'_>], limits: &[Vec<&'c Grants<'_>>]) -> Vec<Diagnostic> {
    fn sides_of<'c, 'd>(policies: &[&'c Grants<'d>]) -> Vec<Side<'c, 'd>> {
        policies.iter().map(|policy| policy.side()).collect()
    }
    let sides = sides_of(policies);
    let limits: Vec<_> = limits.iter().map(|limit| sides_of(limit)).collect();
    let mut report = Report::default();
    if sides.iter().all(|side| side.everything().is_none()) {
        let is_within = |path: &Escalation| limits.iter().all(|limit| have_all(limit, path.powers));
        let is_alone = |path: &Escalation| sides.iter().any(|&side| find(path, &[side]).is_some());
        let found = ESCALATIONS.iter().filter_map(|path| {
            let found = find(path, &sides)?;
            (!is_alone(path) && is_within(path)).then_some((path, found))
        });
        report_groups(&found.collect::<Vec<_>>(), &mut report);
    }
    report.finish()
}

/// Reports escalations with the same actions of the policy as one finding.
fn report_groups(all: &[(&'static Escalation, Found<'_>)], report: &mut Report) {
    let mut is_reported = [false; ESCALATIONS.len()];
    for (number, (_, found)) in all.iter().enumerate() {
        if is_reported.get(number) == Some(&true) {
            continue;
        }
        let mut group = Vec::new();
        for ((path, other), is_reported) in all.iter().zip(&mut is_reported) {
            if other.is_like(found) {
                *is_reported = true;
                group.push(*path);
            }
        }
        let details = match group.as_slice() {
            [path] => format!("privilege escalation `{}`: {}", path.name, path.sentence()),
            paths => format!(
                "{} privilege escalations: {}",
                paths.len(),
                list(paths.iter().map(|path| path.name))
            ),
        };
        add(details, &group, found, report);
    }
}

fn add(details: String, paths: &[&Escalation], found: &Found<'_>, report: &mut Report) {
    let finding = report.add(
        Code::PrivilegeEscalation,
        details,
        found.at.iter().copied().map(At::Value),
    );
    match paths {
        [path] => finding.note(format!("described at {}", path.url())),
        paths => {
            for path in paths {
                finding.note(format!("`{}`: {} ({})", path.name, path.sentence(), path.url()));
            }
        }
    }
    if found.has_conditions {
        finding.note("only while the conditions of the statements are met".to_owned());
    }
    if found.may_be_denied {
        finding.note("unless a `Deny` with conditions applies".to_owned());
    }
}

impl Escalation {
    /// What the principal can do with which actions.
    fn sentence(&self) -> String {
        let verb = if self.powers.len() == 1 { "lets" } else { "let" };
        let actions = list(self.powers.iter().map(|power| power.name()));
        format!("{actions} {verb} the principal {}", self.gives)
    }
}

/// A table of all escalations, as Markdown.
#[cfg(feature = "documentation")]
pub(crate) fn table() -> String {
    let mut table =
        String::from("\n## Escalations\n\n| Name | Actions | Lets the principal | On |\n|---|---|---|---|\n");
    for path in ESCALATIONS {
        let actions = list(path.powers.iter().map(|power| power.name()));
        let row = [
            "| [`",
            path.name,
            "`](",
            &path.url(),
            ") | ",
            &actions,
            " | ",
            path.gives,
            " | ",
            &path.target.words(),
            " |\n",
        ];
        table.push_str(&row.concat());
    }
    table
}
