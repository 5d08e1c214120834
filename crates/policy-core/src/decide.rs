use core::fmt;

use crate::Partition;
use crate::arn::ArnPattern;
use crate::model::{Action, Effect, Policy, Resource, Statement, is_in};
use crate::variable::has_variable;
use crate::wildcard::{Case, Variables, glob};

/// The result of evaluating a single policy without knowing the context of the request.
///
/// If several of these apply, the first in this order is the result: `Denied`, `DeniedIf`, `Allowed`, `AllowedIf`,
/// `NotAllowed`. [`Decision`](crate::Decision) is AWS's answer to a request whose context is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Evaluation {
    /// A statement without conditions allows the request, and no statement can deny it.
    Allowed,
    /// A statement allows the request if its conditions hold or its policy variables have the right values.
    AllowedIf,
    /// A statement denies the request if its conditions hold or its policy variables have the right values.
    DeniedIf,
    /// A statement without conditions denies the request.
    Denied,
    /// No statement applies to the request, so it is implicitly denied.
    NotAllowed,
}

impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Allowed => "allowed",
            Self::AllowedIf => "allowed under conditions",
            Self::DeniedIf => "denied under conditions",
            Self::Denied => "denied",
            Self::NotAllowed => "not allowed",
        })
    }
}

/// Whether something applies to a request.
#[derive(Clone, Copy)]
enum Match {
    No,
    /// It depends on the context of the request.
    Maybe,
    Yes,
}

impl Match {
    const fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Maybe => Self::Maybe,
            Self::Yes => Self::No,
        }
    }

    const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Maybe,
        }
    }
}

impl<'a> Policy<'a> {
    /// Whether this policy allows `action` on `resource` in any context; true only for [`Evaluation::Allowed`].
    ///
    /// - `action`: such as `s3:GetObject`; case-insensitive
    /// - `resource`: the ARN of one resource, taken literally; `*` for actions without a resource
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::{Action, Policy, Resource, Statement};
    ///
    /// const POLICY: Policy = Policy::new("p", "{}").with_statements(&[Statement::new("list", "List")
    ///     .with_actions(&[Action::new("s3:ListBucket")])
    ///     .with_resources(&[Resource::literal("arn:aws:s3:::logs-*")])]);
    /// const _: () = assert!(POLICY.allows("s3:ListBucket", "arn:aws:s3:::logs-eu"));
    /// ```
    #[must_use]
    pub const fn allows(&self, action: &str, resource: &str) -> bool {
        matches!(self.evaluate(action, resource), Evaluation::Allowed)
    }

    /// Evaluates `action` on `resource` in the policy's first partition, with every parameter at its default and
    /// without extensions.
    ///
    /// A constant has no request context, so a condition, or a policy variable in a resource, makes the result
    /// conditional.
    ///
    /// The arguments are those of [`Policy::allows`].
    ///
    /// Source: IAM User Guide, "Policy evaluation logic".
    #[must_use]
    pub const fn evaluate(&self, action: &str, resource: &str) -> Evaluation {
        if self.incomplete {
            return Evaluation::Allowed;
        }
        let partition = self.default_partition();
        let (mut allowed, mut denied) = (Match::No, Match::No);
        let mut rest = self.statements;
        while let [statement, tail @ ..] = rest {
            rest = tail;
            if !statement.is_in(partition) {
                continue;
            }
            let side = match statement.effect {
                Effect::Allow => &mut allowed,
                Effect::Deny => &mut denied,
            };
            *side = match (*side, statement.applies(action, resource, partition)) {
                (Match::Yes, _) | (_, Match::Yes) => Match::Yes,
                (Match::Maybe, _) | (_, Match::Maybe) => Match::Maybe,
                _ => Match::No,
            };
        }
        match (denied, allowed) {
            (Match::Yes, _) => Evaluation::Denied,
            (Match::Maybe, _) => Evaluation::DeniedIf,
            (Match::No, Match::Yes) => Evaluation::Allowed,
            (Match::No, Match::Maybe) => Evaluation::AllowedIf,
            (Match::No, Match::No) => Evaluation::NotAllowed,
        }
    }

    /// The statements that determine the result of [`evaluate`](Self::evaluate). A conditional result depends on their
    /// conditions, and on the policy variables in their resources.
    ///
    /// The arguments are those of [`Policy::allows`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::{Action, Condition, Evaluation, Policy, Resource, Statement, Template};
    ///
    /// const POLICY: Policy = Policy::new("p", "{}").with_statements(&[Statement::new("start", "Start")
    ///     .with_actions(&[Action::new("ec2:StartInstances")])
    ///     .with_resources(&[Resource::literal("*")])
    ///     .with_conditions(&[Condition::new("Bool", "aws:MultiFactorAuthPresent", &[Template::literal("true")])])]);
    /// assert_eq!(POLICY.evaluate("ec2:StartInstances", "*"), Evaluation::AllowedIf);
    /// let keys: Vec<_> = POLICY
    ///     .deciding("ec2:StartInstances", "*")
    ///     .flat_map(|statement| statement.conditions)
    ///     .map(|condition| condition.key)
    ///     .collect();
    /// assert_eq!(keys, ["aws:MultiFactorAuthPresent"]);
    /// ```
    pub fn deciding<'r>(
        &self,
        action: &'r str,
        resource: &'r str,
    ) -> impl Iterator<Item = &'a Statement<'a>> + use<'a, 'r> {
        let answer = match self.evaluate(action, resource) {
            _ if self.incomplete => None,
            Evaluation::Denied => Some((Effect::Deny, true)),
            Evaluation::DeniedIf => Some((Effect::Deny, false)),
            Evaluation::Allowed => Some((Effect::Allow, true)),
            Evaluation::AllowedIf => Some((Effect::Allow, false)),
            Evaluation::NotAllowed => None,
        };
        let partition = self.default_partition();
        self.statements.iter().filter(move |statement| {
            let applies = || match statement.applies(action, resource, partition) {
                Match::Yes => Some(true),
                Match::Maybe => Some(false),
                Match::No => None,
            };
            answer.is_some_and(|(effect, surely)| {
                statement.effect == effect && statement.is_in(partition) && applies() == Some(surely)
            })
        })
    }
}

impl Statement<'_> {
    const fn applies(&self, action: &str, resource: &str, partition: Partition) -> Match {
        let about_action = if self.not_actions.is_empty() {
            any_action(self.actions, action)
        } else {
            any_action(self.not_actions, action).not()
        };
        let about_resource = if self.not_resources.is_empty() {
            any_resource(self.resources, resource, partition)
        } else {
            any_resource(self.not_resources, resource, partition).not()
        };
        let conditions = if self.conditions.is_empty() {
            Match::Yes
        } else {
            Match::Maybe
        };
        about_action.and(about_resource).and(conditions)
    }
}

const fn any_action(actions: &[Action<'_>], action: &str) -> Match {
    let mut rest = actions;
    while let [first, tail @ ..] = rest {
        if glob(
            first.pattern.as_bytes(),
            action.as_bytes(),
            Case::Ignored,
            Variables::Literal,
        ) {
            return Match::Yes;
        }
        rest = tail;
    }
    Match::No
}

const fn any_resource(resources: &[Resource<'_>], resource: &str, partition: Partition) -> Match {
    let mut found = Match::No;
    let mut rest = resources;
    while let [first, tail @ ..] = rest {
        rest = tail;
        if !is_in(first.partitions, partition) {
            continue;
        }
        match matches_resource(first.arn.text, resource) {
            Match::Yes => return Match::Yes,
            Match::Maybe => found = Match::Maybe,
            Match::No => {}
        }
    }
    found
}

/// Whether `pattern` matches `resource`. A policy variable in its resource segment makes the answer depend on the request.
const fn matches_resource(pattern: &str, resource: &str) -> Match {
    match ArnPattern::new(pattern).matches_with(resource, Variables::Anything) {
        None => Match::No,
        Some(segment) if has_variable(segment) => Match::Maybe,
        Some(_) => Match::Yes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Condition, Template};

    const fn matches(pattern: &str, resource: &str) -> bool {
        matches!(matches_resource(pattern, resource), Match::Yes)
    }

    #[test]
    fn a_star_crosses_colons_only_in_the_resource_segment() {
        let prefix = "arn:aws:lambda:eu-west-1:1:function:";
        assert!(matches(
            "arn:aws:lambda:*:*:function:render-*",
            &std::format!("{prefix}render-x:PROD")
        ));
        assert!(matches("arn:aws:s3:::logs-*", "arn:aws:s3:::logs-eu/2026/x"));
        assert!(matches("arn:aws:ec2:*:*:*/*", "arn:aws:ec2:eu-west-1:1:instance/i-1"));
        assert!(!matches(
            "arn:aws:lambda:*:function:render-*",
            &std::format!("{prefix}render-x")
        ));
        assert!(!matches("arn:aws:s3:*:bucket", "arn:aws:s3:::bucket"));
    }

    #[test]
    fn short_arns_need_a_trailing_star() {
        assert!(matches("*", "arn:aws:s3:::b"));
        assert!(matches("*", "*"));
        assert!(matches("arn:aws:iam::*", "arn:aws:iam::1:role/r"));
        assert!(!matches("arn:aws:iam::1", "arn:aws:iam::1:role/r"));
        assert!(!matches("arn:aws:iam:*:1", "arn:aws:iam::1:role/r"));
        assert!(!matches("a*b", "arn:aws:s3:::b"));
    }

    #[test]
    fn resources_are_case_sensitive_and_requests_are_literal() {
        assert!(!matches("arn:aws:s3:::Bucket", "arn:aws:s3:::bucket"));
        assert!(matches("arn:aws:s3:::a*", "arn:aws:s3:::a*"));
        assert!(!matches("arn:aws:s3:::ab", "arn:aws:s3:::a*"));
    }

    const VALUES: &[Template<'_>] = &[Template::literal("x")];
    const IF: &[Condition<'_>] = &[Condition::new("StringEquals", "aws:RequestedRegion", VALUES)];

    #[test]
    fn the_five_evaluations() {
        const ALL: &[Resource<'_>] = &[Resource::literal("*")];
        const HOME: &[Resource<'_>] = &[Resource::literal("arn:aws:s3:::home/${aws:username}/*")];
        const POLICY: Policy<'_> = Policy::new("p", "").with_statements(&[
            Statement::new("a", "A")
                .with_actions(&[Action::new("s3:*")])
                .with_resources(ALL),
            Statement::new("b", "B")
                .with_actions(&[Action::new("ec2:Run*")])
                .with_resources(ALL)
                .with_conditions(IF),
            Statement::new("c", "C")
                .with_effect(Effect::Deny)
                .with_actions(&[Action::new("s3:Delete*")])
                .with_resources(ALL),
            Statement::new("d", "D")
                .with_effect(Effect::Deny)
                .with_actions(&[Action::new("s3:PutObject")])
                .with_resources(HOME),
        ]);
        const _: () = assert!(POLICY.allows("S3:getobject", "arn:aws:s3:::b/k"));
        let decide = |action, resource| POLICY.evaluate(action, resource);
        assert_eq!(decide("ec2:RunInstances", "*"), Evaluation::AllowedIf);
        assert_eq!(decide("s3:DeleteObject", "arn:aws:s3:::b/k"), Evaluation::Denied);
        assert_eq!(decide("s3:PutObject", "arn:aws:s3:::home/ann/k"), Evaluation::DeniedIf);
        assert_eq!(decide("s3:PutObject", "arn:aws:s3:::other/ann/k"), Evaluation::Allowed);
        assert_eq!(decide("iam:PassRole", "*"), Evaluation::NotAllowed);
        assert_eq!(POLICY.incomplete().evaluate("iam:PassRole", "*"), Evaluation::Allowed);

        let deciding = |action, resource| {
            POLICY
                .deciding(action, resource)
                .map(|statement| statement.id)
                .collect::<std::vec::Vec<_>>()
        };
        assert_eq!(deciding("s3:GetObject", "*"), ["a"]);
        assert_eq!(deciding("ec2:RunInstances", "*"), ["b"]);
        assert_eq!(deciding("s3:DeleteObject", "arn:aws:s3:::b/k"), ["c"]);
        assert_eq!(deciding("s3:PutObject", "arn:aws:s3:::home/ann/k"), ["d"]);
        assert!(deciding("iam:PassRole", "*").is_empty());
    }

    #[test]
    fn not_action_and_not_resource() {
        const POLICY: Policy<'_> = Policy::new("p", "").with_statements(&[Statement::new("a", "A")
            .with_not_actions(&[Action::new("iam:*")])
            .with_not_resources(&[Resource::literal("arn:aws:s3:::secret*")])]);
        assert!(POLICY.allows("s3:GetObject", "arn:aws:s3:::open/k"));
        assert!(!POLICY.allows("s3:GetObject", "arn:aws:s3:::secret/k"));
        assert!(!POLICY.allows("iam:GetUser", "*"));
    }

    #[test]
    fn other_partitions_are_ignored() {
        const CHINA: Resource<'_> = Resource::literal("arn:aws-cn:s3:::b").with_partitions(&[Partition::China]);
        const POLICY: Policy<'_> = Policy::new("p", "")
            .with_partitions(&[Partition::Standard, Partition::China])
            .with_statements(&[
                Statement::new("a", "A")
                    .with_actions(&[Action::new("s3:*")])
                    .with_resources(&[CHINA]),
                Statement::new("b", "B")
                    .with_partitions(&[Partition::China])
                    .with_actions(&[Action::new("ec2:*")])
                    .with_resources(&[Resource::literal("*")]),
            ]);
        assert!(!POLICY.allows("s3:ListBucket", "arn:aws-cn:s3:::b"));
        assert!(!POLICY.allows("ec2:RunInstances", "*"));
    }
}
