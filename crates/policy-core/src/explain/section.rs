//! The explanation as Markdown.

use core::fmt::{self, Display};

use super::{Entry, Explanation, Row, Section};
use crate::markdown::{ActionCode, Blocks, Code, Inline};
use crate::model::{Action, Condition, NamedPrincipal, Policy, Resource, Statement, Template};
use crate::{Partition, PolicyType};

/// A section of Markdown for each statement: the effect, the scope and the conditions, and a table of the actions with
/// their access levels and reasons.
///
/// # Examples
///
/// ```
/// use iam_policy_core::{Action, Policy, Resource, Statement};
///
/// const USER: Policy = Policy::new("user", "{}").with_statements(&[Statement::new("list", "List")
///     .with_reason("Finds the bucket.")
///     .with_actions(&[Action::new("s3:ListAllMyBuckets").with_access("List")])
///     .with_resources(&[Resource::literal("*")])]);
///
/// assert_eq!(
///     USER.explanation().sections().level(3).anchors("user").to_string(),
///     "<a id=\"user-list\"></a>\n\n### `List`\n\n\
///      **Allow** on all resources, `*`\n\n\
///      | Permission | Access | Reason |\n\
///      |---|---|---|\n\
///      | `s3:ListAllMyBuckets` | List | Finds the bucket. |\n",
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sections<'a> {
    statements: &'a [Statement<'a>],
    level: usize,
    policy: Option<&'a str>,
}

/// The findings that a spec accepts, as a Markdown list for each statement that has any. Empty if there are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AcceptedFindings<'a> {
    statements: &'a [Statement<'a>],
    policy: Option<&'a str>,
}

/// Everything about a policy but its JSON, as Markdown: title, introduction, the sections of its statements, those of
/// its extensions, its trust policy, and its accepted findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Documentation<'a> {
    policy: &'a Policy<'a>,
    level: usize,
    has_anchors: bool,
}

impl<'a> Explanation<'a> {
    /// The sections of the statements.
    #[must_use]
    pub const fn sections(&self) -> Sections<'a> {
        Sections {
            statements: self.statements,
            level: 2,
            policy: None,
        }
    }

    /// The accepted findings of the statements.
    #[must_use]
    pub const fn accepted_findings(&self) -> AcceptedFindings<'a> {
        AcceptedFindings {
            statements: self.statements,
            policy: None,
        }
    }
}

impl<'a> Sections<'a> {
    /// Sets the level of the sections' headings; 2 by default.
    #[must_use]
    pub const fn level(mut self, level: usize) -> Self {
        self.level = level;
        self
    }

    /// Gives each section an anchor, such as `user-storage`, and links it with its [`AcceptedFindings`].
    ///
    /// - `policy`: the name of the policy
    #[must_use]
    pub const fn anchors(mut self, policy: &'a str) -> Self {
        self.policy = Some(policy);
        self
    }
}

impl<'a> AcceptedFindings<'a> {
    /// Gives each statement an anchor, such as `user-storage.accepted`, and links it with its [section](Sections).
    ///
    /// - `policy`: the name of the policy
    #[must_use]
    pub const fn anchors(mut self, policy: &'a str) -> Self {
        self.policy = Some(policy);
        self
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.statements.iter().all(|statement| count(statement) == 0)
    }
}

impl<'a> Policy<'a> {
    /// Everything about the policy but its JSON, as Markdown.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::Policy;
    ///
    /// const USER: Policy = Policy::new("user", "{}").with_title("User permissions").with_about("Attach it.");
    /// assert_eq!(USER.documentation().to_string(), "# User permissions\n\nAttach it.\n");
    /// ```
    #[must_use]
    pub const fn documentation(&'a self) -> Documentation<'a> {
        Documentation {
            policy: self,
            level: 1,
            has_anchors: false,
        }
    }
}

impl Documentation<'_> {
    /// Leaves the heading out, so that the title is the first paragraph, and adds anchors. This is how the constants are
    /// documented.
    #[must_use]
    pub const fn in_rustdoc(mut self) -> Self {
        (self.level, self.has_anchors) = (0, true);
        self
    }
}

impl<'a> Policy<'a> {
    /// What kind of policy this is, in Markdown. `None` for an identity policy.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::{Policy, PolicyType};
    ///
    /// const LIMIT: Policy = Policy::new("limit", "{}")
    ///     .with_policy_type(PolicyType::PermissionsBoundary)
    ///     .with_bounds(&["role"]);
    /// assert_eq!(
    ///     LIMIT.type_note().unwrap().to_string(),
    ///     "This is a permissions boundary. It grants nothing itself, and leaves `role` everything it grants.",
    /// );
    /// assert!(Policy::new("role", "{}").type_note().is_none());
    /// ```
    #[must_use]
    pub fn type_note(&self) -> Option<impl Display + use<'a>> {
        (self.policy_type != PolicyType::Identity).then_some(TypeNote(*self))
    }
}

struct TypeNote<'a>(Policy<'a>);

impl Display for TypeNote<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Policy {
            policy_type,
            resource_type,
            bounds,
            ..
        } = self.0;
        match (policy_type, resource_type) {
            (PolicyType::Resource, Some(resource)) => {
                return write!(f, "This is the resource policy of {}.", resource.label());
            }
            (PolicyType::Resource, None) => return f.write_str("This is a resource policy."),
            _ => write!(f, "This is a {}. It grants nothing itself", policy_type.label())?,
        }
        for (index, name) in bounds.iter().enumerate() {
            f.write_str(match index {
                0 => ", and leaves ",
                _ if index + 1 == bounds.len() => " and ",
                _ => ", ",
            })?;
            write!(f, "{}", Code(name))?;
        }
        f.write_str(match bounds.len() {
            0 => ".",
            1 => " everything it grants.",
            _ => " everything they grant.",
        })
    }
}

impl Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sections().fmt(f)?;
        let findings = self.accepted_findings();
        if findings.is_empty() {
            return Ok(());
        }
        write!(f, "\n## {ACCEPTED}\n\n{findings}")
    }
}

/// The heading of the accepted findings.
const ACCEPTED: &str = "Accepted findings";

impl Display for Documentation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            policy,
            level,
            has_anchors,
        } = *self;
        let name = has_anchors.then_some(policy.name);
        if level > 0 {
            heading(f, level)?;
            writeln!(f, "{}", Inline(policy.heading()))?;
        } else if !policy.title.is_empty() {
            writeln!(f, "{}", Inline(policy.title))?;
        }
        introduction(f, policy.about)?;
        if let Some(note) = policy.type_note() {
            writeln!(f, "\n{note}")?;
        }
        let sections = |f: &mut fmt::Formatter<'_>, explanation: Explanation<'_>, level| {
            let mut sections = explanation.sections().level(level);
            sections.policy = name;
            if sections.statements.is_empty() {
                return Ok(());
            }
            write!(f, "\n{sections}")
        };
        sections(f, policy.explanation(), level + 1)?;
        for extension in policy.extensions {
            f.write_str("\n")?;
            heading(f, level + 1)?;
            write!(f, "Extension {}", Code(extension.name))?;
            if !extension.title.is_empty() {
                write!(f, ": {}", Inline(extension.title))?;
            }
            f.write_str("\n")?;
            introduction(f, extension.about)?;
            sections(f, extension.explanation(), level + 2)?;
        }
        if let Some(trust) = &policy.trust {
            f.write_str("\n")?;
            heading(f, level + 1)?;
            f.write_str("Trust policy\n")?;
            introduction(f, trust.about)?;
            sections(f, trust.explanation(), level + 2)?;
        }
        let mut explanations = policy
            .explanations()
            .filter(|explanation| !explanation.accepted_findings().is_empty())
            .peekable();
        if explanations.peek().is_some() {
            f.write_str("\n")?;
            heading(f, level + 1)?;
            writeln!(f, "{ACCEPTED}")?;
        }
        for explanation in explanations {
            let mut findings = explanation.accepted_findings();
            findings.policy = name;
            write!(f, "\n{findings}")?;
        }
        Ok(())
    }
}

fn introduction(f: &mut fmt::Formatter<'_>, about: &str) -> fmt::Result {
    if about.trim().is_empty() {
        return Ok(());
    }
    writeln!(f, "\n{}", Blocks(about))
}

fn heading(f: &mut fmt::Formatter<'_>, level: usize) -> fmt::Result {
    for _ in 0..level {
        f.write_str("#")?;
    }
    f.write_str(" ")
}

impl Display for Sections<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, statement) in self.statements.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            // Only the statement of a trust policy that lists services has no Sid.
            if !statement.sid.is_empty() {
                if let Some(policy) = self.policy {
                    writeln!(f, "{}\n", Anchor(statement.anchor(policy), ""))?;
                }
                heading(f, self.level)?;
                writeln!(f, "{}\n", statement.heading())?;
            }
            section(f, statement)?;
            if let (Some(policy), 1..) = (self.policy, count(statement)) {
                let count = count(statement);
                let findings = if count == 1 { "finding" } else { "findings" };
                let target = statement.anchor(policy);
                writeln!(f, "\n[{count} accepted {findings}](#{target}{ACCEPTED_ANCHOR})")?;
            }
        }
        Ok(())
    }
}

/// The end of the anchor of a statement's accepted findings. No name contains a dot.
const ACCEPTED_ANCHOR: &str = ".accepted";

impl Display for AcceptedFindings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut is_first = true;
        for statement in self.statements.iter().filter(|statement| count(statement) > 0) {
            if !is_first {
                f.write_str("\n")?;
            }
            is_first = false;
            match self.policy {
                Some(policy) => {
                    let anchor = statement.anchor(policy);
                    let target = Anchor(anchor, ACCEPTED_ANCHOR);
                    writeln!(f, "{target}\n\n[{}](#{anchor}):\n", Code(statement.sid))?;
                }
                None => writeln!(f, "{}:\n", Code(statement.sid))?,
            }
            for (part, waiver) in (Section { statement }).accepted_findings() {
                write!(f, "- {}", Code(waiver.check))?;
                if let Some(part) = part {
                    write!(f, " on {}", Code(part))?;
                }
                writeln!(f, ": {}", Inline(waiver.why))?;
            }
        }
        Ok(())
    }
}

fn count(statement: &Statement<'_>) -> usize {
    Section { statement }.accepted_findings().count()
}

/// The target of links within a page.
struct Anchor<T>(T, &'static str);

impl<T: Display> Display for Anchor<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<a id=\"{}{}\"></a>", self.0, self.1)
    }
}

/// The name of a section: the statement's Sid, and its id if the Sid says something else.
#[derive(Clone, Copy)]
struct Heading<'a>(&'a Statement<'a>);

impl Statement<'_> {
    /// The anchor of the statement's section on pages, such as `user-storage`. No two anchors of a page are equal.
    ///
    /// - `policy`: the name of the policy
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::Statement;
    ///
    /// assert_eq!(Statement::new("storage", "Storage").anchor("user").to_string(), "user-storage");
    /// ```
    #[must_use]
    pub fn anchor<'n>(&'n self, policy: &'n str) -> impl Display + Copy {
        AnchorName { policy, id: self.id }
    }

    /// The heading of the statement's section on pages, in Markdown: its Sid, and its id in words if that says more.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::Statement;
    ///
    /// assert_eq!(Statement::new("fetch-logs", "FetchLogs").heading().to_string(), "`FetchLogs`");
    /// assert_eq!(Statement::new("fetch-logs", "0").heading().to_string(), "`0`: fetch logs");
    /// ```
    #[must_use]
    pub fn heading(&self) -> impl Display + Copy {
        Heading(self)
    }
}

#[derive(Clone, Copy)]
struct AnchorName<'a> {
    policy: &'a str,
    id: &'a str,
}

impl Display for AnchorName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // In a broken spec, names may contain anything.
        let name = |f: &mut fmt::Formatter<'_>, text: &str| {
            text.chars().try_for_each(|character| {
                let is_plain = character.is_ascii_alphanumeric() || character == '_';
                write!(f, "{}", if is_plain { character } else { '-' })
            })
        };
        name(f, self.policy)?;
        // Otherwise the statement `b-c` of `a` would have the anchor of the statement `c` of `a-b`.
        f.write_str(if self.policy.contains('-') { ":" } else { "-" })?;
        name(f, self.id)
    }
}

impl Display for Heading<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Statement { id, sid, .. } = self.0;
        let words = || id.split(['-', '_']).filter(|word| !word.is_empty());
        let letters = words().flat_map(str::chars);
        let is_same = letters.clone().count() == sid.chars().count()
            && letters
                .zip(sid.chars())
                .all(|(one, other)| one.eq_ignore_ascii_case(&other));
        write!(f, "{}", Code(sid))?;
        if is_same {
            return Ok(());
        }
        for (index, word) in words().enumerate() {
            f.write_str(if index == 0 { ": " } else { " " })?;
            write!(f, "{}", Inline(word))?;
        }
        Ok(())
    }
}

/// Everything below the heading.
fn section(f: &mut fmt::Formatter<'_>, statement: &Statement<'_>) -> fmt::Result {
    write!(f, "**{}**", statement.effect)?;
    if !statement.not_actions.is_empty() {
        f.write_str(" all actions except those below")?;
    }
    only(f, statement.partitions)?;
    principals(f, statement)?;
    scope(f, statement)?;
    conditions(f, statement.conditions)?;
    let content = Section { statement };
    if let Some((reason, without)) = content.introduction() {
        writeln!(f, "\n{}", Inline(reason))?;
        if let Some(without) = without {
            writeln!(f, "\n{WITHOUT}{}", Inline(without))?;
        }
    }
    f.write_str(TABLE)?;
    for (row, without) in content.rows() {
        permissions(f, &row)?;
        write!(f, "{}", Inline(row.reason()))?;
        if let Some(without) = without {
            write!(f, "{BREAK}{WITHOUT}{}", Inline(without))?;
        }
        f.write_str(" |\n")?;
    }
    Ok(())
}

const TABLE: &str = "\n| Permission | Access | Reason |\n|---|---|---|\n";
const BREAK: &str = "<br>";
const WITHOUT: &str = "*Without it:* ";

/// The first two cells of a row, and the start of the third.
fn permissions(f: &mut fmt::Formatter<'_>, row: &Row<'_>) -> fmt::Result {
    f.write_str("| ")?;
    let mut first = None;
    let mut is_uniform = true;
    for (index, action) in row.actions().enumerate() {
        f.write_str(if index == 0 { "" } else { BREAK })?;
        permission(f, action)?;
        is_uniform &= *first.get_or_insert(action.access) == action.access;
    }
    f.write_str(" | ")?;
    if let (true, Some(access)) = (is_uniform, first) {
        write!(f, "{}", Inline(access))?;
    } else {
        for (index, action) in row.actions().enumerate() {
            f.write_str(if index == 0 { "" } else { BREAK })?;
            access_line(f, action.access)?;
        }
    }
    f.write_str(" | ")
}

fn permission(f: &mut fmt::Formatter<'_>, action: &Action<'_>) -> fmt::Result {
    match action.reference_url() {
        Some(url) => write!(f, "[{}]({url})", ActionCode(action.pattern)),
        None => write!(f, "{}", ActionCode(action.pattern)),
    }
}

/// The access levels of one of several actions, on one line as the action is.
fn access_line(f: &mut fmt::Formatter<'_>, levels: &str) -> fmt::Result {
    for (index, level) in levels.split(", ").enumerate() {
        f.write_str(if index == 0 { "" } else { ",&nbsp;" })?;
        for (index, word) in level.split(' ').enumerate() {
            f.write_str(if index == 0 { "" } else { "&nbsp;" })?;
            write!(f, "{}", Inline(word))?;
        }
    }
    Ok(())
}

/// The principals, on the line of the effect.
fn principals(f: &mut fmt::Formatter<'_>, statement: &Statement<'_>) -> fmt::Result {
    let (_, principals) = statement.principal_element();
    if principals.is_empty() {
        return Ok(());
    }
    f.write_str(" for ")?;
    if !statement.not_principals.is_empty() {
        f.write_str("everyone except ")?;
    } else if principals.iter().all(NamedPrincipal::is_everyone) {
        f.write_str("everyone, ")?;
    }
    for (index, principal) in principals.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { ", " })?;
        write!(f, "{}", Code(principal.name.text))?;
    }
    Ok(())
}

/// The resources, on the line of the effect if there is one, or else in a list.
fn scope(f: &mut fmt::Formatter<'_>, statement: &Statement<'_>) -> fmt::Result {
    let (_, resources) = statement.resource_element();
    let but = if statement.not_resources.is_empty() {
        ""
    } else {
        "all resources except "
    };
    let is_bare = |one: &Resource<'_>| one.partitions.is_empty() && one.note().is_none();
    match resources {
        [] => f.write_str("\n"),
        [all] if but.is_empty() && all.arn.text == "*" && is_bare(all) => f.write_str(" on all resources, `*`\n"),
        [one] if is_bare(one) && one.arn.more.is_empty() => writeln!(f, " on {but}{}", Code(one.arn.text)),
        _ => {
            writeln!(
                f,
                " on {}\n",
                if but.is_empty() {
                    "these resources:"
                } else {
                    "all resources except:"
                }
            )?;
            resources.iter().try_for_each(|resource| {
                f.write_str("- ")?;
                codes(f, resource.arn.texts(), ", ")?;
                only(f, resource.partitions)?;
                if let Some(reason) = resource.reason {
                    write!(f, ": {}", Inline(reason))?;
                }
                if let Some(without) = resource.without {
                    write!(f, " {WITHOUT}{}", Inline(without))?;
                }
                f.write_str("\n")
            })
        }
    }
}

/// ` (only in …)`, for elements limited to some partitions.
fn only(f: &mut fmt::Formatter<'_>, partitions: &[Partition]) -> fmt::Result {
    if partitions.is_empty() {
        return Ok(());
    }
    f.write_str(" (only in ")?;
    for (i, partition) in partitions.iter().enumerate() {
        f.write_str(if i == 0 { "" } else { " and " })?;
        write!(f, "{}", Code(partition.name()))?;
    }
    f.write_str(")")
}

fn conditions(f: &mut fmt::Formatter<'_>, conditions: &[Condition<'_>]) -> fmt::Result {
    match conditions {
        [] => Ok(()),
        [one] => {
            f.write_str("\nOnly if ")?;
            condition(f, one)
        }
        _ => {
            f.write_str("\nOnly if all of these hold:\n\n")?;
            conditions.iter().try_for_each(|one| {
                f.write_str("- ")?;
                condition(f, one)
            })
        }
    }
}

fn condition(f: &mut fmt::Formatter<'_>, condition: &Condition<'_>) -> fmt::Result {
    write!(f, "{} {} ", Code(condition.key), Code(condition.operator))?;
    codes(f, condition.values.iter().flat_map(Template::texts), " or ")?;
    f.write_str("\n")
}

fn codes<'t>(f: &mut fmt::Formatter<'_>, texts: impl Iterator<Item = &'t str>, separator: &str) -> fmt::Result {
    for (index, text) in texts.enumerate() {
        f.write_str(if index == 0 { "" } else { separator })?;
        write!(f, "{}", Code(text))?;
    }
    Ok(())
}
