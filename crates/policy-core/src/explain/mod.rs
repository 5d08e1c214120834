//! Why a policy needs its permissions: the rows of its tables, and the sections that everything readable consists of.

mod section;

use crate::model::{Action, Extension, Policy, Resource, Statement, Trust, Waiver};

pub use self::section::{AcceptedFindings, Documentation, Sections};

/// Why a policy needs its permissions: a section for each statement, with one row per reason. Its
/// [`Display`](core::fmt::Display) is Markdown: the [sections](Self::sections), and the
/// [accepted findings](Self::accepted_findings).
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
///     "## `List`\n\n\
///      **Allow** on all resources, `*`\n\n\
///      | Permission | Access | Reason |\n\
///      |---|---|---|\n\
///      | `s3:ListAllMyBuckets` |  | Finds the bucket. |\n",
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

    /// The explanations of the policy's own statements, of each of its extensions, and of its trust policy.
    pub fn explanations(&self) -> impl Iterator<Item = Explanation<'a>> + Clone + use<'a> {
        core::iter::once(self.explanation())
            .chain(self.extensions.iter().map(Extension::explanation))
            .chain(self.trust.map(|trust| trust.explanation()))
    }
}

impl<'a> Trust<'a> {
    /// The explanation of the trust policy's statements.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::{Action, NamedPrincipal, PrincipalKey, Statement, Template, Trust};
    ///
    /// const TRUST: Trust = Trust::new(
    ///     &[Statement::new("functions", "Functions")
    ///         .with_principals(&[NamedPrincipal::new(
    ///             PrincipalKey::Service,
    ///             Template::literal("lambda.amazonaws.com"),
    ///         )])
    ///         .with_actions(&[Action::new("sts:AssumeRole")])
    ///         .with_reason("Runs the functions.")],
    ///     "{}",
    /// );
    /// let markdown = TRUST.explanation().to_string();
    /// assert!(markdown.starts_with("## `Functions`\n\n**Allow** for `lambda.amazonaws.com`\n"));
    /// ```
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
        self.statements.iter().flat_map(rows)
    }

    /// The content of each statement's section.
    pub fn by_statement(&self) -> impl Iterator<Item = Section<'a>> + use<'a> {
        self.statements.iter().map(|statement| Section { statement })
    }
}

/// The content of a statement's section: what introduces the table, and its rows.
///
/// # Examples
///
/// ```
/// use iam_policy_core::{Action, Policy, Resource, Statement};
///
/// const POLICY: Policy = Policy::new("p", "{}").with_statements(&[Statement::new("objects", "Objects")
///     .with_reason("Keeps reports.")
///     .with_actions(&[
///         Action::new("s3:GetObject").with_reason(Some("Reads them.")),
///         Action::new("s3:PutObject").with_reason(Some("Writes them.")),
///     ])
///     .with_resources(&[Resource::literal("*")])]);
///
/// let section = POLICY.explanation().by_statement().next().unwrap();
/// assert_eq!(section.introduction(), Some(("Keeps reports.", None)));
/// let reasons: Vec<_> = section.rows().map(|(row, _)| row.reason()).collect();
/// assert_eq!(reasons, ["Reads them.", "Writes them."]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Section<'a> {
    statement: &'a Statement<'a>,
}

impl<'a> Section<'a> {
    /// The statement.
    #[must_use]
    pub const fn statement(&self) -> &'a Statement<'a> {
        self.statement
    }

    /// Why the statement is needed, and what the program does when it is denied, if each action has a reason of its own.
    /// Otherwise this is in a row.
    #[must_use]
    pub fn introduction(&self) -> Option<(&'a str, Option<&'a str>)> {
        let Statement { reason, without, .. } = *self.statement;
        (self.introduces() && !reason.is_empty()).then_some((reason, without))
    }

    /// The rows about actions, with what the program does when these are denied.
    pub fn rows(&self) -> impl Iterator<Item = (Row<'a>, Option<&'a str>)> + use<'a> {
        let introduces = self.introduces();
        rows(self.statement).filter_map(move |row| match row.about {
            About::Resources(_) => None,
            About::Statement if introduces => None,
            // The introduction says what happens without the whole statement.
            About::Actions(note) if introduces => Some((row, note.without)),
            _ => Some((row, row.without())),
        })
    }

    /// The accepted findings, with the action or resource they are limited to.
    pub fn accepted_findings(&self) -> impl Iterator<Item = (Option<&'a str>, &'a Waiver<'a>)> + use<'a> {
        let statement = self.statement;
        let own = statement.waivers.iter().map(|waiver| (None, waiver));
        let actions = statement.action_element().1.iter();
        let actions = actions.flat_map(|action| action.waivers.iter().map(|waiver| (Some(action.pattern), waiver)));
        let resources = statement.resource_element().1.iter();
        let resources = resources.flat_map(|one| one.waivers.iter().map(|waiver| (Some(one.arn.text), waiver)));
        own.chain(actions).chain(resources)
    }

    fn introduces(self) -> bool {
        let actions = self.statement.action_element().1;
        !actions.is_empty() && actions.iter().all(|action| action.note().is_some())
    }
}

/// The rows of one statement, in order.
fn rows<'a>(statement: &'a Statement<'a>) -> impl Iterator<Item = Row<'a>> {
    (0..parts(statement)).filter_map(move |number| Row::beginning_at(statement, number))
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

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use std::string::ToString;

    use super::*;
    use crate::model::{Condition, Effect, NamedPrincipal, Template, Trust};
    use crate::{Partition, PrincipalKey};

    fn check(statements: &[Statement<'_>], expected: Expect) {
        expected.assert_eq(&Explanation { statements }.to_string());
    }

    const STAR: &[Resource<'_>] = &[Resource::literal("*")];
    const WAIVERS: &[Waiver<'_>] = &[Waiver::new("CODE", "we know\nand accept a|b")];

    #[test]
    fn one_row_per_reason() {
        let acl = Action::new("s3:PutObjectAcl")
            .with_access("Permissions management")
            .with_reason(Some("Makes it public."))
            .with_without(Some("it stays private"));
        let china = Resource::literal("arn:aws-cn:s3:::b")
            .with_partitions(&[Partition::China])
            .with_reason(Some("In China."));
        let get = Action::new("s3:GetObject")
            .with_access("Read")
            .with_reference("amazons3.html#amazons3-GetObject");
        check(
            &[Statement::new("a", "A")
                .with_reason("Stores a|b\nand c.")
                .with_actions(&[get, acl, Action::new("s3:PutObject").with_access("Write")])
                .with_resources(&[Resource::literal("arn:aws:s3:::b"), china])],
            expect![[r#"
                ## `A`

                **Allow** on these resources:

                - `arn:aws:s3:::b`
                - `arn:aws-cn:s3:::b` (only in `aws-cn`): In China.

                | Permission | Access | Reason |
                |---|---|---|
                | [`s3:GetObject`](https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-GetObject)<br>`s3:PutObject` | Read<br>Write | Stores a\|b and c. |
                | `s3:PutObjectAcl` | Permissions management | Makes it public.<br>*Without it:* it stays private |
            "#]],
        );
    }

    #[test]
    fn reasons_of_a_statement_introduce_those_of_its_actions() {
        check(
            &[Statement::new("read-all", "0")
                .with_reason("Looks after objects.")
                .with_without(Some("Nothing works."))
                .with_actions(&[
                    Action::new("s3:GetObject").with_reason(Some("Reads.")),
                    Action::new("s3:PutObject")
                        .with_reason(Some("Writes."))
                        .with_without(Some("Uploads fail.")),
                    Action::new("s3:HeadObject").with_reason(Some("Reads.")),
                ])
                .with_resources(STAR)],
            expect![[r#"
                ## `0`: read all

                **Allow** on all resources, `*`

                Looks after objects.

                *Without it:* Nothing works.

                | Permission | Access | Reason |
                |---|---|---|
                | `s3:GetObject`<br>`s3:HeadObject` |  | Reads. |
                | `s3:PutObject` |  | Writes.<br>*Without it:* Uploads fail. |
            "#]],
        );
    }

    #[test]
    fn limits_of_a_statement_are_shown() {
        const VALUES: &[Template<'_>] = &[Template::literal("eu-west-1"), Template::literal("`")];
        const REGION: Condition<'_> = Condition::new("StringNotEquals", "aws:RequestedRegion", VALUES);
        check(
            &[
                Statement::new("a", "A")
                    .with_effect(Effect::Deny)
                    .with_reason("Elsewhere.")
                    .with_without(Some("It runs anywhere."))
                    .with_partitions(&[Partition::Standard, Partition::China])
                    .with_not_actions(&[Action::new("iam:*").with_waivers(WAIVERS)])
                    .with_not_resources(STAR)
                    .with_waivers(WAIVERS)
                    .with_conditions(&[REGION]),
                Statement::new("b", "B")
                    .with_reason("Here.")
                    .with_actions(&[Action::new("s3:*")])
                    .with_not_resources(&[Resource::literal("arn:aws:s3:::a"), Resource::literal("arn:aws:s3:::b")])
                    .with_conditions(&[REGION, REGION]),
            ],
            expect![[r#"
                ## `A`

                **Deny** all actions except those below (only in `aws` and `aws-cn`) on all resources except `*`

                Only if `aws:RequestedRegion` `StringNotEquals` `eu-west-1` or `` ` ``

                | Permission | Access | Reason |
                |---|---|---|
                | `iam:*` |  | Elsewhere.<br>*Without it:* It runs anywhere. |

                ## `B`

                **Allow** on all resources except:

                - `arn:aws:s3:::a`
                - `arn:aws:s3:::b`

                Only if all of these hold:

                - `aws:RequestedRegion` `StringNotEquals` `eu-west-1` or `` ` ``
                - `aws:RequestedRegion` `StringNotEquals` `eu-west-1` or `` ` ``

                | Permission | Access | Reason |
                |---|---|---|
                | `s3:*` |  | Here. |

                ## Accepted findings

                `A`:

                - `CODE`: we know and accept a\|b
                - `CODE` on `iam:*`: we know and accept a\|b
            "#]],
        );
    }

    #[test]
    fn the_documentation_of_a_policy() {
        const LIST: &[Statement<'_>] = &[Statement::new("list", "List")
            .with_reason("Lists.")
            .with_actions(&[Action::new("s3:ListBucket").with_access("List")])
            .with_resources(STAR)
            .with_waivers(WAIVERS)];
        const SECURE: &[Condition<'_>] = &[Condition::new(
            "Bool",
            "aws:SecureTransport",
            &[Template::literal("true")],
        )];
        const SERVICES: &[NamedPrincipal<'_>] = &[
            NamedPrincipal::new(PrincipalKey::Service, Template::literal("lambda.amazonaws.com")),
            NamedPrincipal::new(PrincipalKey::Service, Template::literal("ec2.amazonaws.com")),
        ];
        const TRUSTED: Statement<'_> = Statement::new("", "")
            .with_principals(SERVICES)
            .with_actions(&[Action::new("sts:AssumeRole").with_access("Write")])
            .with_conditions(SECURE)
            .with_reason("Lets them assume the role.");
        const ASSUME: &[Statement<'_>] = &[
            TRUSTED,
            Statement {
                id: "team",
                sid: "Team",
                ..TRUSTED
            }
            .with_waivers(WAIVERS),
        ];
        const MORE: &[Extension<'_>] = &[Extension::new("more")
            .with_title("More")
            .with_about("Rarely.")
            .with_statements(LIST)];
        let policy = Policy::new("role", "{}")
            .with_title("# Role\n<b>")
            .with_about("Attach it.\n\n# Not a heading")
            .with_statements(LIST)
            .with_extensions(MORE)
            .with_trust(Some(Trust::new(ASSUME, "{}").with_about("For functions.")));
        expect![[r#"
            \# Role \<b>

            Attach it.

            \# Not a heading

            <a id="role-list"></a>

            # `List`

            **Allow** on all resources, `*`

            | Permission | Access | Reason |
            |---|---|---|
            | `s3:ListBucket` | List | Lists. |

            [1 accepted finding](#role-list.accepted)

            # Extension `more`: More

            Rarely.

            <a id="role-list"></a>

            ## `List`

            **Allow** on all resources, `*`

            | Permission | Access | Reason |
            |---|---|---|
            | `s3:ListBucket` | List | Lists. |

            [1 accepted finding](#role-list.accepted)

            # Trust policy

            For functions.

            **Allow** for `lambda.amazonaws.com`, `ec2.amazonaws.com`

            Only if `aws:SecureTransport` `Bool` `true`

            | Permission | Access | Reason |
            |---|---|---|
            | `sts:AssumeRole` | Write | Lets them assume the role. |

            <a id="role-team"></a>

            ## `Team`

            **Allow** for `lambda.amazonaws.com`, `ec2.amazonaws.com`

            Only if `aws:SecureTransport` `Bool` `true`

            | Permission | Access | Reason |
            |---|---|---|
            | `sts:AssumeRole` | Write | Lets them assume the role. |

            [1 accepted finding](#role-team.accepted)

            # Accepted findings

            <a id="role-list.accepted"></a>

            [`List`](#role-list):

            - `CODE`: we know and accept a\|b

            <a id="role-list.accepted"></a>

            [`List`](#role-list):

            - `CODE`: we know and accept a\|b

            <a id="role-team.accepted"></a>

            [`Team`](#role-team):

            - `CODE`: we know and accept a\|b
        "#]]
        .assert_eq(&policy.documentation().in_rustdoc().to_string());
        let text = policy.documentation().to_string();
        let headings: std::vec::Vec<_> = text.lines().filter(|line| line.starts_with('#')).collect();
        assert_eq!(
            headings,
            [
                "# \\# Role \\<b>",
                "## `List`",
                "## Extension `more`: More",
                "### `List`",
                "## Trust policy",
                "### `Team`",
                "## Accepted findings",
            ]
        );
    }
}
