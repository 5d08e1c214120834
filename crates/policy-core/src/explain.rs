use core::fmt::{self, Display, Write};

use crate::Partition;
use crate::model::{Action, Condition, Effect, Extension, Policy, Resource, Statement, Waiver};

/// Why a policy needs its permissions: one row per reason. Its [`Display`] is a Markdown table.
///
/// # Examples
///
/// ```
/// use iam_policy_core::{Action, Policy, Resource, Statement};
///
/// const POLICY: Policy = Policy::new("p", "{}").with_statements(&[Statement::new("list", "List")
///     .with_reason("Finds the bucket.")
///     .with_actions(&[Action::new("s3:ListAllMyBuckets")])
///     .with_resources(&[Resource::literal("*")])]);
///
/// assert_eq!(
///     POLICY.explanation().to_string(),
///     "| Sid | Permission | Scope | Reason |\n\
///      |---|---|---|---|\n\
///      | `List` | `s3:ListAllMyBuckets` | `*` | Finds the bucket. |\n",
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Explanation<'a> {
    statements: &'a [Statement<'a>],
}

impl<'a> Policy<'a> {
    /// The explanation of the policy's own statements.
    #[must_use]
    pub const fn explanation(&self) -> Explanation<'a> {
        Explanation {
            statements: self.statements,
        }
    }
}

impl<'a> Extension<'a> {
    /// The explanation of the extension's statements.
    #[must_use]
    pub const fn explanation(&self) -> Explanation<'a> {
        Explanation {
            statements: self.statements,
        }
    }
}

impl<'a> Explanation<'a> {
    /// The rows: for each statement, first its own reason, then those of its actions, then those of its resources.
    /// Every action and resource appears in at least one row.
    pub fn rows(&self) -> impl Iterator<Item = Row<'a>> + use<'a> {
        self.statements
            .iter()
            .flat_map(|statement| (0..parts(statement)).filter_map(|number| Row::beginning_at(statement, number)))
    }
}

/// The number of parts of a statement: itself, its actions and its resources.
fn parts(statement: &Statement<'_>) -> usize {
    1 + statement.action_element().1.len() + statement.resource_element().1.len()
}

/// What an action or a resource states about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Note<'a> {
    reason: Option<&'a str>,
    without: Option<&'a str>,
}

trait Entry<'a> {
    fn note(&self) -> Option<Note<'a>>;
}

impl<'a> Entry<'a> for Action<'a> {
    fn note(&self) -> Option<Note<'a>> {
        let note = Note {
            reason: self.reason,
            without: self.without,
        };
        (note.reason.is_some() || note.without.is_some()).then_some(note)
    }
}

impl<'a> Entry<'a> for Resource<'a> {
    fn note(&self) -> Option<Note<'a>> {
        let note = Note {
            reason: self.reason,
            without: self.without,
        };
        (note.reason.is_some() || note.without.is_some()).then_some(note)
    }
}

/// What the entry with this `number` states, unless an earlier one states the same.
fn first_note<'a, E: Entry<'a>>(entries: &[E], number: usize) -> Option<Note<'a>> {
    let (before, from) = entries.split_at_checked(number)?;
    let note = from.first()?.note()?;
    let is_first = before.iter().all(|earlier| earlier.note() != Some(note));
    is_first.then_some(note)
}

/// A reason and the permissions that it explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Row<'a> {
    statement: &'a Statement<'a>,
    about: About<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum About<'a> {
    Statement,
    Actions(Note<'a>),
    Resources(Note<'a>),
}

impl<'a> Row<'a> {
    /// The statement that the row belongs to.
    #[must_use]
    pub fn statement(&self) -> &'a Statement<'a> {
        self.statement
    }

    /// The reason, in Markdown.
    #[must_use]
    pub fn reason(&self) -> &'a str {
        match self.about {
            About::Statement => self.statement.reason,
            About::Actions(note) | About::Resources(note) => note.reason.unwrap_or(self.statement.reason),
        }
    }

    /// What the program does if this is denied, if the spec says so.
    #[must_use]
    pub fn without(&self) -> Option<&'a str> {
        match self.about {
            About::Statement => self.statement.without,
            About::Actions(note) | About::Resources(note) => note.without.or(self.statement.without),
        }
    }

    /// The actions that the reason applies to.
    pub fn actions(&self) -> impl Iterator<Item = &'a Action<'a>> + use<'a> {
        let own = match self.about {
            About::Actions(note) => Some(note),
            _ => None,
        };
        select(self.statement.action_element().1, own)
    }

    /// The resources that the reason applies to.
    pub fn resources(&self) -> impl Iterator<Item = &'a Resource<'a>> + use<'a> {
        let own = match self.about {
            About::Resources(note) => Some(note),
            _ => None,
        };
        select(self.statement.resource_element().1, own)
    }

    /// The accepted findings, each in one row only, with the action or resource they are limited to.
    pub fn waivers(&self) -> impl Iterator<Item = (Option<&'a str>, &'a Waiver<'a>)> + use<'a> {
        let row = *self;
        (0..parts(row.statement)).flat_map(move |number| {
            let (part, waivers) = row.waivers_at(number);
            waivers.iter().map(move |waiver| (part, waiver))
        })
    }

    /// The row for a part of the statement, if that part is the first with its reason.
    fn beginning_at(statement: &'a Statement<'a>, number: usize) -> Option<Self> {
        let (actions, resources) = (statement.action_element().1, statement.resource_element().1);
        let about = match number.checked_sub(1) {
            None if statement.reason.is_empty() => return None,
            None => About::Statement,
            Some(action) if action < actions.len() => About::Actions(first_note(actions, action)?),
            Some(resource) => About::Resources(first_note(resources, resource - actions.len())?),
        };
        Some(Self { statement, about })
    }

    /// The waivers of a part of the statement that belong in this row, and the name of that part.
    fn waivers_at(&self, number: usize) -> (Option<&'a str>, &'a [Waiver<'a>]) {
        let (actions, resources) = (self.statement.action_element().1, self.statement.resource_element().1);
        let Some(number) = number.checked_sub(1) else {
            return match self.about {
                About::Statement => (None, self.statement.waivers),
                _ => (None, &[]),
            };
        };
        let (part, waivers, is_here) = if let Some(action) = actions.get(number) {
            let is_here = match self.about {
                About::Statement => action.note().is_none(),
                About::Actions(own) => action.note() == Some(own),
                About::Resources(_) => false,
            };
            (action.pattern, action.waivers, is_here)
        } else if let Some(resource) = resources.get(number - actions.len()) {
            let is_here = match self.about {
                About::Statement => resource.note().is_none(),
                About::Resources(own) => resource.note() == Some(own),
                About::Actions(_) => false,
            };
            (resource.arn.text, resource.waivers, is_here)
        } else {
            return (None, &[]);
        };
        (Some(part), if is_here { waivers } else { &[] })
    }
}

/// The `entries` that state `own` about themselves. `None` selects those that state nothing, or all if each states
/// something.
fn select<'a, E: Entry<'a>>(entries: &'a [E], own: Option<Note<'a>>) -> impl Iterator<Item = &'a E> {
    let all = own.is_none() && entries.iter().all(|entry| entry.note().is_some());
    entries.iter().filter(move |entry| all || entry.note() == own)
}

impl Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("| Sid | Permission | Scope | Reason |\n|---|---|---|---|\n")?;
        for row in self.rows() {
            f.write_str("| ")?;
            code(f, row.statement.sid)?;
            f.write_str(" | ")?;
            permission(f, &row)?;
            f.write_str(" | ")?;
            scope(f, &row)?;
            f.write_str(" | ")?;
            explanation(f, &row)?;
            f.write_str(" |\n")?;
        }
        Ok(())
    }
}

const BREAK: &str = "<br>";

fn permission(f: &mut fmt::Formatter<'_>, row: &Row<'_>) -> fmt::Result {
    if row.statement.effect == Effect::Deny {
        f.write_str("**denied:**")?;
        f.write_str(BREAK)?;
    }
    if !row.statement.not_actions.is_empty() {
        f.write_str("all actions except")?;
        f.write_str(BREAK)?;
    }
    for (i, action) in row.actions().enumerate() {
        f.write_str(if i == 0 { "" } else { BREAK })?;
        code(f, action.pattern)?;
        if !action.access.is_empty() {
            write!(Cell::new(f), " {}", action.access)?;
        }
    }
    Ok(())
}

fn scope(f: &mut fmt::Formatter<'_>, row: &Row<'_>) -> fmt::Result {
    if !row.statement.not_resources.is_empty() {
        f.write_str("all resources except")?;
        f.write_str(BREAK)?;
    }
    for (i, resource) in row.resources().enumerate() {
        f.write_str(if i == 0 { "" } else { BREAK })?;
        code(f, resource.arn.text)?;
        only(f, resource.partitions)?;
    }
    if !row.statement.partitions.is_empty() {
        f.write_str(BREAK)?;
        f.write_str("the whole statement")?;
        only(f, row.statement.partitions)?;
    }
    for condition in row.statement.conditions {
        f.write_str(BREAK)?;
        write_condition(f, condition)?;
    }
    Ok(())
}

/// ` (only in …)`, for elements limited to some partitions.
fn only(f: &mut fmt::Formatter<'_>, partitions: &[Partition]) -> fmt::Result {
    if partitions.is_empty() {
        return Ok(());
    }
    f.write_str(" (only in ")?;
    for (i, partition) in partitions.iter().enumerate() {
        f.write_str(if i == 0 { "" } else { " and " })?;
        code(f, partition.name())?;
    }
    f.write_str(")")
}

fn write_condition(f: &mut fmt::Formatter<'_>, condition: &Condition<'_>) -> fmt::Result {
    f.write_str("if ")?;
    code(f, condition.key)?;
    f.write_str(" ")?;
    code(f, condition.operator)?;
    f.write_str(" ")?;
    for (i, value) in condition.values.iter().enumerate() {
        f.write_str(if i == 0 { "" } else { " or " })?;
        code(f, value.text)?;
    }
    Ok(())
}

fn explanation(f: &mut fmt::Formatter<'_>, row: &Row<'_>) -> fmt::Result {
    write!(Cell::new(f), "{}", row.reason())?;
    if let Some(without) = row.without() {
        f.write_str(BREAK)?;
        f.write_str("*Without it:* ")?;
        write!(Cell::new(f), "{without}")?;
    }
    for (place, waiver) in row.waivers() {
        f.write_str(BREAK)?;
        f.write_str("*Accepted finding* ")?;
        code(f, waiver.check)?;
        if let Some(place) = place {
            f.write_str(" on ")?;
            code(f, place)?;
        }
        f.write_str(": ")?;
        write!(Cell::new(f), "{}", waiver.why)?;
    }
    Ok(())
}

/// A code span whose fence is longer than any run of backticks inside.
fn code(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let (mut longest, mut run) = (0, 0);
    for byte in text.bytes() {
        run = if byte == b'`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    fence(f, longest)?;
    write!(Cell::new(f), "{pad}{text}{pad}")?;
    fence(f, longest)
}

/// One more backtick than `inside`.
fn fence(f: &mut fmt::Formatter<'_>, inside: usize) -> fmt::Result {
    for _ in 0..=inside {
        f.write_char('`')?;
    }
    Ok(())
}

/// Keeps text inside one cell of a table: escapes `|`, and turns a line feed into a break.
struct Cell<'f, 'b> {
    f: &'f mut fmt::Formatter<'b>,
}

impl<'f, 'b> Cell<'f, 'b> {
    fn new(f: &'f mut fmt::Formatter<'b>) -> Self {
        Self { f }
    }
}

impl Write for Cell<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'|' | b'\n' | b'\r')) {
            let (plain, special) = rest.split_at(at);
            self.f.write_str(plain)?;
            let mut characters = special.chars();
            self.f.write_str(match characters.next() {
                Some('|') => "\\|",
                Some('\n') => BREAK,
                _ => "",
            })?;
            rest = characters.as_str();
        }
        self.f.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use std::string::ToString;

    use super::*;
    use crate::model::Template;

    fn check(statements: &[Statement<'_>], expected: Expect) {
        expected.assert_eq(&Explanation { statements }.to_string());
    }

    const STAR: &[Resource<'_>] = &[Resource::literal("*")];

    #[test]
    fn one_row_per_reason() {
        let acl = Action::new("s3:PutObjectAcl")
            .with_reason(Some("Makes it public."))
            .with_without(Some("it stays private"));
        let china = Resource::literal("arn:aws-cn:s3:::b")
            .with_partitions(&[Partition::China])
            .with_reason(Some("In China."));
        check(
            &[Statement::new("a", "A")
                .with_reason("Stores a|b\nand c.")
                .with_actions(&[Action::new("s3:GetObject"), acl, Action::new("s3:PutObject")])
                .with_resources(&[Resource::literal("arn:aws:s3:::b"), china])],
            expect![[r"
                | Sid | Permission | Scope | Reason |
                |---|---|---|---|
                | `A` | `s3:GetObject`<br>`s3:PutObject` | `arn:aws:s3:::b` | Stores a\|b<br>and c. |
                | `A` | `s3:PutObjectAcl` | `arn:aws:s3:::b` | Makes it public.<br>*Without it:* it stays private |
                | `A` | `s3:GetObject`<br>`s3:PutObject` | `arn:aws-cn:s3:::b` (only in `aws-cn`) | In China. |
            "]],
        );
    }

    #[test]
    fn actions_with_own_reasons_have_own_rows() {
        check(
            &[Statement::new("a", "A")
                .with_actions(&[
                    Action::new("s3:GetObject").with_reason(Some("Reads.")),
                    Action::new("s3:PutObject").with_reason(Some("Writes.")),
                    Action::new("s3:HeadObject").with_reason(Some("Reads.")),
                ])
                .with_resources(STAR)],
            expect![[r"
                | Sid | Permission | Scope | Reason |
                |---|---|---|---|
                | `A` | `s3:GetObject`<br>`s3:HeadObject` | `*` | Reads. |
                | `A` | `s3:PutObject` | `*` | Writes. |
            "]],
        );
    }

    #[test]
    fn limits_of_a_statement_are_shown() {
        const VALUES: &[Template<'_>] = &[Template::literal("eu-west-1"), Template::literal("`")];
        const WAIVERS: &[Waiver<'_>] = &[Waiver::new("CODE", "we know")];
        check(
            &[Statement::new("a", "A")
                .with_effect(Effect::Deny)
                .with_reason("Elsewhere.")
                .with_partitions(&[Partition::Standard, Partition::China])
                .with_not_actions(&[Action::new("iam:*").with_waivers(WAIVERS)])
                .with_not_resources(STAR)
                .with_waivers(WAIVERS)
                .with_conditions(&[Condition::new("StringNotEquals", "aws:RequestedRegion", VALUES)])],
            expect![[r"
                | Sid | Permission | Scope | Reason |
                |---|---|---|---|
                | `A` | **denied:**<br>all actions except<br>`iam:*` | all resources except<br>`*`<br>the whole statement (only in `aws` and `aws-cn`)<br>if `aws:RequestedRegion` `StringNotEquals` `eu-west-1` or `` ` `` | Elsewhere.<br>*Accepted finding* `CODE`: we know<br>*Accepted finding* `CODE` on `iam:*`: we know |
            "]],
        );
    }
}
