//! The structure of a policy's document: one walk, which the JSON, its size and every other form of the document share.

use core::fmt::{self, Display};

use crate::VERSION;
use crate::json::Writer;
use crate::model::{Condition, Statement};
pub use crate::part::Part;
use crate::render::Rendered;

/// Receives a policy's document element by element, in the order of its JSON.
///
/// [`Rendered::visit`] calls it. [`Writer`] is the visitor that writes JSON.
///
/// # Examples
///
/// ```
/// use core::fmt::{self, Display};
/// use iam_policy_core::visit::{Part, Visitor};
/// use iam_policy_core::{Action, Options, Policy, Resource, Statement};
///
/// const POLICY: Policy = Policy::new("p", "{}").with_statements(&[Statement::new("list", "List")
///     .with_actions(&[Action::new("s3:ListBucket")])
///     .with_resources(&[Resource::literal("arn:aws:s3:::logs")])]);
///
/// /// Collects the actions.
/// #[derive(Default)]
/// struct Actions {
///     is_action: bool,
///     found: Vec<String>,
/// }
///
/// impl Visitor for Actions {
///     fn part(&mut self, part: Part) {
///         self.is_action = matches!(part, Part::Action(_));
///     }
///     fn begin_object(&mut self) -> fmt::Result {
///         Ok(())
///     }
///     fn end_object(&mut self) -> fmt::Result {
///         Ok(())
///     }
///     fn begin_array(&mut self) -> fmt::Result {
///         Ok(())
///     }
///     fn end_array(&mut self) -> fmt::Result {
///         Ok(())
///     }
///     fn key(&mut self, _key: &str) -> fmt::Result {
///         Ok(())
///     }
///     fn string(&mut self, text: &dyn Display) -> fmt::Result {
///         if self.is_action {
///             self.found.push(text.to_string());
///         }
///         Ok(())
///     }
/// }
///
/// let mut actions = Actions::default();
/// POLICY.render(Options::DEFAULT).unwrap().visit(&mut actions)?;
/// assert_eq!(actions.found, ["s3:ListBucket"]);
/// # Ok::<(), fmt::Error>(())
/// ```
pub trait Visitor {
    /// Announces the part of the policy that the next key comes from, or the next value if it has no key. Keys and
    /// values that every document has are not announced.
    fn part(&mut self, part: Part) {
        let _ = part;
    }

    /// An object begins.
    ///
    /// # Errors
    ///
    /// An error ends the walk. The same goes for all other methods.
    fn begin_object(&mut self) -> fmt::Result;

    /// The innermost object ends.
    ///
    /// # Errors
    ///
    /// If the visitor fails.
    fn end_object(&mut self) -> fmt::Result;

    /// An array begins.
    ///
    /// # Errors
    ///
    /// If the visitor fails.
    fn begin_array(&mut self) -> fmt::Result;

    /// The innermost array ends.
    ///
    /// # Errors
    ///
    /// If the visitor fails.
    fn end_array(&mut self) -> fmt::Result;

    /// The key of the next value.
    ///
    /// # Errors
    ///
    /// If the visitor fails.
    fn key(&mut self, key: &str) -> fmt::Result;

    /// A string.
    ///
    /// # Errors
    ///
    /// If the visitor fails.
    fn string(&mut self, text: &dyn Display) -> fmt::Result;
}

impl Visitor for Writer<'_> {
    fn begin_object(&mut self) -> fmt::Result {
        self.begin_object()
    }

    fn end_object(&mut self) -> fmt::Result {
        self.end_object()
    }

    fn begin_array(&mut self) -> fmt::Result {
        self.begin_array()
    }

    fn end_array(&mut self) -> fmt::Result {
        self.end_array()
    }

    fn key(&mut self, key: &str) -> fmt::Result {
        self.key(key)
    }

    fn string(&mut self, text: &dyn Display) -> fmt::Result {
        self.string(text)
    }
}

impl Rendered<'_> {
    /// Walks the document.
    ///
    /// - `visitor`: receives its elements
    ///
    /// # Errors
    ///
    /// If the visitor fails.
    pub fn visit(&self, visitor: &mut dyn Visitor) -> fmt::Result {
        visitor.begin_object()?;
        visitor.key("Version")?;
        visitor.string(&VERSION)?;
        visitor.key("Statement")?;
        visitor.begin_array()?;
        for (part, statement) in self.statements() {
            visitor.part(part);
            self.statement(visitor, statement)?;
        }
        visitor.end_array()?;
        visitor.end_object()
    }

    pub(crate) fn statement(&self, visitor: &mut dyn Visitor, statement: &Statement<'_>) -> fmt::Result {
        visitor.begin_object()?;
        if !statement.sid.is_empty() {
            visitor.part(Part::Sid);
            visitor.key("Sid")?;
            visitor.string(&statement.sid)?;
        }
        visitor.part(Part::Effect);
        visitor.key("Effect")?;
        visitor.string(&statement.effect)?;
        self.principals(visitor, statement)?;
        let (element, actions) = statement.action_element();
        visitor.part(Part::Actions);
        visitor.key(element)?;
        self.list(visitor, Part::Action, actions, |_| 1, |action, _| action.pattern)?;
        self.resources(visitor, statement)?;
        self.conditions(visitor, statement.conditions)?;
        visitor.end_object()
    }

    fn principals(&self, visitor: &mut dyn Visitor, statement: &Statement<'_>) -> fmt::Result {
        let (element, principals) = statement.principal_element();
        let [first, others @ ..] = principals else {
            return Ok(());
        };
        visitor.part(Part::Principals);
        visitor.key(element)?;
        if first.is_everyone() && others.is_empty() {
            visitor.part(Part::Principal(0));
            return visitor.string(&first.name.source);
        }
        visitor.begin_object()?;
        let mut index = 0;
        for block in principals.chunk_by(|a, b| a.key == b.key) {
            for principal in block.iter().take(1) {
                visitor.part(Part::PrincipalKey(index));
                visitor.key(principal.key.name())?;
            }
            self.list(
                visitor,
                |number| Part::Principal(index + number),
                block,
                |principal| self.repetitions(principal.name),
                |principal, element| self.expand(principal.name, element),
            )?;
            index += block.len();
        }
        visitor.end_object()
    }

    fn resources(&self, visitor: &mut dyn Visitor, statement: &Statement<'_>) -> fmt::Result {
        let (element, resources) = statement.resource_element();
        if resources.is_empty() && self.policy_type().is_resource_based() {
            return Ok(());
        }
        visitor.part(Part::Resources);
        visitor.key(element)?;
        let partition = self.partition();
        self.list(
            visitor,
            Part::Resource,
            resources,
            |resource| {
                if resource.is_in(partition) {
                    self.repetitions(resource.arn)
                } else {
                    0
                }
            },
            |resource, element| self.expand(resource.arn, element),
        )
    }

    fn conditions(&self, visitor: &mut dyn Visitor, conditions: &[Condition<'_>]) -> fmt::Result {
        if conditions.is_empty() {
            return Ok(());
        }
        visitor.part(Part::Conditions);
        visitor.key("Condition")?;
        visitor.begin_object()?;
        let mut index = 0;
        for block in conditions.chunk_by(|a, b| a.operator == b.operator) {
            for condition in block.iter().take(1) {
                visitor.part(Part::Operator(index));
                visitor.key(condition.operator)?;
            }
            visitor.begin_object()?;
            for condition in block {
                visitor.part(Part::Condition(index));
                visitor.key(condition.key)?;
                self.list(
                    visitor,
                    Part::Value,
                    condition.values,
                    |value| self.repetitions(*value),
                    |value, element| self.expand(*value, element),
                )?;
                index += 1;
            }
            visitor.end_object()?;
        }
        visitor.end_object()
    }

    /// A list of strings: an array or, if the style says so and there is only one, the value alone.
    ///
    /// - `part`: the part with an index into `values`
    /// - `repetitions`: how often a value is in the document
    /// - `text`: a value's text, by the number of the repetition
    fn list<'v, T, D: Display>(
        &self,
        visitor: &mut dyn Visitor,
        part: impl Fn(usize) -> Part,
        values: &'v [T],
        repetitions: impl Fn(&T) -> usize,
        text: impl Fn(&'v T, usize) -> D,
    ) -> fmt::Result {
        let count = values.iter().map(&repetitions).sum();
        let is_array = !self.options.style.is_scalar(count);
        if is_array {
            visitor.begin_array()?;
        }
        for (index, value) in values.iter().enumerate() {
            for element in 0..repetitions(value) {
                visitor.part(part(index));
                visitor.string(&text(value, element))?;
            }
        }
        if is_array { visitor.end_array() } else { Ok(()) }
    }
}
