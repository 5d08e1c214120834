//! What `iam_policy::require_allowed!` expands to: an evaluation that explains itself if the answer is no.

mod message;
mod nearest;

use self::message::Message;
use crate::arn::is_arn;
use crate::decide::{Evaluation, Request};
use crate::index::ActionIndex;
use crate::model::Policy;

/// What is wrong with a resource, as the end of a sentence that begins with it.
#[must_use]
pub const fn resource_problem(resource: &str) -> Option<&'static str> {
    let mut rest = resource.as_bytes();
    while let [byte, tail @ ..] = rest {
        match *byte {
            b'*' | b'?' => return Some(" contains wildcards: write a single resource"),
            b'{' | b'}' | b'$' => {
                return Some(
                    " contains a variable or a placeholder, which has no value here: write the ARN of a resource",
                );
            }
            _ => rest = tail,
        }
    }
    if is_arn(resource) {
        None
    } else {
        Some(" is not an ARN: write `arn:partition:service:region:account:resource`")
    }
}

/// The index of an action.
#[must_use]
pub const fn action_index(action: &str) -> [u64; 2] {
    let ActionIndex { services, actions } = ActionIndex::of_pattern(action);
    [services, actions]
}

/// A policy, and the expression that it is the value of.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    pub(crate) name: &'a str,
    pub(crate) policy: Policy<'a>,
}

impl<'a> Policy<'a> {
    /// The policy with the expression that it is the value of.
    #[doc(hidden)]
    #[must_use]
    pub const fn named(&self, name: &'a str) -> Named<'a> {
        Named { name, policy: *self }
    }

    /// Whether the spec is broken, so that everything is allowed.
    #[doc(hidden)]
    #[must_use]
    pub const fn is_incomplete(&self) -> bool {
        self.incomplete
    }

    /// The path of the spec; empty if it is not known.
    #[doc(hidden)]
    #[must_use]
    pub const fn source(&self) -> &'a str {
        self.source
    }
}

/// What must be allowed.
#[derive(Clone, Copy, Debug)]
pub struct Requirement<'a> {
    /// The policies that are attached together.
    pub policies: &'a [Named<'a>],
    /// The policies that must allow it as well.
    pub boundaries: &'a [Named<'a>],
    /// The action, without wildcards.
    pub action: &'a str,
    /// The [index](action_index) of the action, and why the catalog does not know it; empty if it does.
    pub known: ([u64; 2], &'a str),
    /// The resource, if the action has one, and whether it is known to have no [problem](resource_problem).
    pub resource: &'a [(&'a str, bool)],
    /// Keys of the request's context and their values.
    pub context: &'a [(&'a str, &'a str)],
    /// For each of the keys, why the catalog does not know it; empty if it does.
    pub unknown_keys: &'a [&'a str],
}

impl Requirement<'_> {
    /// Fails to compile unless the requirement is met.
    #[track_caller]
    #[expect(clippy::panic, reason = "a panic in a constant is a compiler error")]
    pub const fn check(&self) {
        if !self.is_met()
            && let Some(message) = self.problem()
        {
            panic!("{}", message.as_str())
        }
    }

    /// Whether the requirement is met, without the costs of an explanation. Of incomplete policies and of names that the
    /// catalog does not know, [`problem`](Self::problem) decides.
    const fn is_met(&self) -> bool {
        let mut keys = self.unknown_keys;
        while let [problem, tail @ ..] = keys {
            if !problem.is_empty() {
                return false;
            }
            keys = tail;
        }
        if !self.known.1.is_empty() || self.wrong_resource().is_some() {
            return false;
        }
        let request = self.request();
        let mut rest = self.boundaries;
        while let [boundary, tail @ ..] = rest {
            if !matches!(boundary.policy.evaluate_request(&request), Evaluation::Allowed) {
                return false;
            }
            rest = tail;
        }
        matches!(evaluate(self.policies, &request), Evaluation::Allowed)
    }

    const fn request(&self) -> Request<'_> {
        let ([services, actions], _) = self.known;
        let resource = match self.resource {
            [(resource, _), ..] => *resource,
            [] => "*",
        };
        Request::prepared(self.action, ActionIndex { services, actions }, resource, self.context)
    }

    /// Why the requirement is not met.
    const fn problem(&self) -> Option<Message> {
        if is_incomplete(self.policies) || is_incomplete(self.boundaries) {
            return None;
        }
        if let Some(message) = self.misspelled_action() {
            return Some(message);
        }
        if let Some((resource, problem)) = self.wrong_resource() {
            return Some(Message::new().code(resource).text(problem));
        }
        if let Some(message) = self.misspelled_key() {
            return Some(message);
        }
        let request = self.request();
        let evaluation = evaluate(self.policies, &request);
        if !matches!(evaluation, Evaluation::Allowed) {
            return Some(self.refusal(self.policies, false, evaluation, &request));
        }
        let mut rest = self.boundaries;
        while let [boundary, tail @ ..] = rest {
            let (one, _) = rest.split_at(1);
            let evaluation = boundary.policy.evaluate_request(&request);
            if !matches!(evaluation, Evaluation::Allowed) {
                return Some(self.refusal(one, true, evaluation, &request));
            }
            rest = tail;
        }
        None
    }

    const fn misspelled_action(&self) -> Option<Message> {
        if self.known.1.is_empty() || names_action(self.policies, self.action) {
            return None;
        }
        Some(Message::new().text(self.known.1))
    }

    /// A resource that is not a literal, and what is wrong with it.
    const fn wrong_resource(&self) -> Option<(&str, &'static str)> {
        let [(resource, false)] = self.resource else {
            return None;
        };
        match resource_problem(resource) {
            Some(problem) => Some((resource, problem)),
            None => None,
        }
    }

    const fn misspelled_key(&self) -> Option<Message> {
        let (mut keys, mut problems) = (self.context, self.unknown_keys);
        while let ([(key, _), more_keys @ ..], [problem, more_problems @ ..]) = (keys, problems) {
            (keys, problems) = (more_keys, more_problems);
            if !problem.is_empty() && !names_key(self.policies, key) && !names_key(self.boundaries, key) {
                return Some(Message::new().text(problem));
            }
        }
        None
    }
}

const fn is_incomplete(policies: &[Named<'_>]) -> bool {
    let mut rest = policies;
    while let [first, tail @ ..] = rest {
        if first.policy.incomplete {
            return true;
        }
        rest = tail;
    }
    false
}

/// The result of several policies that are attached together, in the order of [`Evaluation`].
const fn evaluate(policies: &[Named<'_>], request: &Request<'_>) -> Evaluation {
    let mut result = Evaluation::NotAllowed;
    let mut rest = policies;
    while let [first, tail @ ..] = rest {
        rest = tail;
        result = result.with(first.policy.evaluate_request(request));
    }
    result
}

/// Whether a statement names the action itself, without wildcards. Then it exists, even if the catalog does not know it.
const fn names_action(policies: &[Named<'_>], action: &str) -> bool {
    let mut rest = policies;
    while let [Named { policy, .. }, tail @ ..] = rest {
        rest = tail;
        let mut statements = policy.statements;
        while let [statement, more @ ..] = statements {
            statements = more;
            let mut actions = statement.actions;
            while let [first, others @ ..] = actions {
                if first.pattern.eq_ignore_ascii_case(action) {
                    return true;
                }
                actions = others;
            }
        }
    }
    false
}

/// Whether a condition has this key.
const fn names_key(policies: &[Named<'_>], key: &str) -> bool {
    let mut rest = policies;
    while let [Named { policy, .. }, tail @ ..] = rest {
        rest = tail;
        let mut statements = policy.statements;
        while let [statement, more @ ..] = statements {
            statements = more;
            let mut conditions = statement.conditions;
            while let [first, others @ ..] = conditions {
                if first.key.eq_ignore_ascii_case(key) {
                    return true;
                }
                conditions = others;
            }
        }
    }
    false
}

/// Why policies do not allow a request, for programs that evaluate it when they run.
///
/// - `resource`: its parts may be [unknown](crate::variable::Unknown)
#[must_use]
pub const fn refusal<'a>(
    policies: &'a [Named<'a>],
    action: &'a str,
    resource: &'a str,
    context: &'a [(&'a str, &'a str)],
) -> Refusal {
    let request = Request::open(action, resource, context);
    let resources = [(resource, true)];
    let requirement = Requirement {
        policies,
        boundaries: &[],
        action,
        known: (action_index(action), ""),
        resource: &resources,
        context,
        unknown_keys: &[],
    };
    Refusal(requirement.refusal(policies, false, evaluate(policies, &request), &request))
}

/// What [`refusal`] returns. Its text names the action, the resource and the nearest statement.
#[derive(Clone, Copy, Debug)]
pub struct Refusal(Message);

impl core::fmt::Display for Refusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use std::string::String;

    use super::*;
    use crate::model::{Action, Condition, Effect, Resource, Statement, Template};

    const POLICY: Policy<'_> = Policy::new("p", "").with_source("policies.toml").with_statements(&[
        Statement::new("upload", "Upload")
            .with_actions(&[Action::new("s3:PutObject"), Action::new("s3:BrandNew")])
            .with_resources(&[Resource::literal("arn:aws:s3:::uploads/*")])
            .with_hints(3, [u64::MAX; 2]),
        Statement::new("old", "Old")
            .with_actions(&[Action::new("s3:GetObject")])
            .with_resources(&[Resource::literal("*")])
            .with_conditions(&[Condition::new(
                "NumericLessThan",
                "s3:max-keys",
                &[Template::literal("10")],
            )])
            .with_hints(10, [u64::MAX; 2]),
        Statement::new("keep", "Keep")
            .with_effect(Effect::Deny)
            .with_actions(&[Action::new("s3:Put*")])
            .with_resources(&[Resource::literal("arn:aws:s3:::uploads/${aws:username}/*")])
            .with_hints(4_294_967_295, [u64::MAX; 2]),
    ]);

    /// - `unknown`: what the catalog says about the action
    fn check(action: &str, unknown: &str, resource: &str, context: &[(&str, &str)], expected: Expect) {
        let policies = [POLICY.named("USER")];
        let resource = [(resource, false)];
        let requirement = Requirement {
            policies: &policies,
            boundaries: &[],
            action,
            known: (action_index(action), unknown),
            resource: &resource,
            context,
            unknown_keys: &[],
        };
        let message = requirement.problem().map(|message| String::from(message.as_str()));
        assert_eq!(requirement.is_met(), message.is_none() && unknown.is_empty());
        expected.assert_eq(message.as_deref().unwrap_or("met"));
    }

    #[test]
    fn unknown_actions_may_be_named_by_a_statement() {
        let unknown = "the catalog of AWS actions does not contain it";
        let cat = "arn:aws:s3:::uploads/cat";
        check("s3:brandnew", unknown, cat, &[], expect!["met"]);
        check(
            "s3:PutObjekt",
            unknown,
            cat,
            &[],
            expect!["the catalog of AWS actions does not contain it"],
        );
    }

    #[test]
    fn conditions_that_a_constant_cannot_evaluate() {
        check(
            "s3:GetObject",
            "",
            "arn:aws:s3:::b/k",
            &[("s3:max-keys", "5")],
            expect![[r"
                `USER` allows `s3:GetObject` on `arn:aws:s3:::b/k` only under conditions
                the statement `old` (policies.toml:10) allows it if `s3:max-keys` `NumericLessThan` `10`, which cannot be evaluated in a constant"]],
        );
    }

    #[test]
    fn variables_are_named() {
        check(
            "s3:PutObject",
            "",
            "arn:aws:s3:::uploads/ann/cat",
            &[],
            expect![[r#"
                `USER` denies `s3:PutObject` on `arn:aws:s3:::uploads/ann/cat` under conditions
                the statement `keep` (policies.toml:4294967295) denies it on `arn:aws:s3:::uploads/${aws:username}/*`
                help: say which value the variable has: `given "aws:username" = "…"`"#]],
        );
        check(
            "s3:PutObject",
            "",
            "arn:aws:s3:::uploads/ann/cat",
            &[("aws:username", "bob")],
            expect!["met"],
        );
    }

    #[test]
    fn resources_are_single_arns() {
        for (resource, problem) in [
            ("arn:aws:s3:::b/*", " contains wildcards: write a single resource"),
            (
                "arn:aws:s3:::b/{key}",
                " contains a variable or a placeholder, which has no value here: write the ARN of a resource",
            ),
            (
                "b/k",
                " is not an ARN: write `arn:partition:service:region:account:resource`",
            ),
        ] {
            assert_eq!(resource_problem(resource), Some(problem));
        }
        assert_eq!(resource_problem("arn:aws:s3:::b/k"), None);
    }
}
