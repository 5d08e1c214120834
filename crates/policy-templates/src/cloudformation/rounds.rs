//! The rounds of a loop.

use iam_policy_document::{Diagnostic, Value};

use super::conditions::Branch;
use super::evaluate::Evaluator;
use super::scope::Scope;
use crate::node::{Node, NodeKind};
use crate::problem;

/// A loop: an array of a name, its values, and an object of resources.
///
/// Source: AWS CloudFormation Template Reference, "`Fn::ForEach`".
pub(crate) struct Rounds<'t> {
    pub(crate) name: &'t str,
    /// What the name is in each round.
    pub(crate) items: Vec<Node>,
    pub(crate) body: Value<'t>,
}

/// How deeply loops may be nested.
const MAX_LOOPS: usize = 5;

/// How many values of a loop are looked at.
const MAX_ROUNDS: usize = 100;

impl<'t> Rounds<'t> {
    /// - `locals`: the names of the loops around it
    ///
    /// # Errors
    ///
    /// If the value is not a loop.
    pub(crate) fn new(scope: &Scope<'_>, locals: &[(String, Node)], value: Value<'t>) -> Result<Self, Diagnostic> {
        let mut parts = value.items();
        let (Some(name), Some(values), Some(body)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(problem(
                "a loop is an array of a name, its values, and an object",
                value,
            ));
        };
        let Some(name) = name.as_str().filter(|_| locals.len() < MAX_LOOPS) else {
            return Err(problem("the name of a loop is a string", name));
        };
        let branch = Branch::default();
        let list = Evaluator::new(scope, &branch, locals, false).value(values);
        let mut items = match list.map(|list| list.kind) {
            Some(NodeKind::List(items)) => items,
            // Whatever its values are, the loop has such resources.
            Some(NodeKind::Text(text)) => vec![Node::text(text, values.span())],
            _ => Vec::new(),
        };
        items.truncate(MAX_ROUNDS);
        Ok(Self { name, items, body })
    }
}
