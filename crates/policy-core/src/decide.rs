use core::fmt;

use crate::Partition;
use crate::arn::ArnPattern;
use crate::context::{Context, segment_matches};
use crate::index::ActionIndex;
use crate::model::{Action, Effect, Policy, Resource, Statement, Template, is_in};
use crate::open;
use crate::variable::has_variable;
use crate::wildcard::{Case, Variables, glob};

/// The result of evaluating a single policy without knowing the whole context of the request.
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

impl Evaluation {
    /// The result of two policies that are attached together.
    ///
    /// - `other`: the result of the other policy
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::Evaluation;
    ///
    /// assert_eq!(Evaluation::NotAllowed.with(Evaluation::Allowed), Evaluation::Allowed);
    /// assert_eq!(Evaluation::Allowed.with(Evaluation::DeniedIf), Evaluation::DeniedIf);
    /// ```
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Denied, _) | (_, Self::Denied) => Self::Denied,
            (Self::DeniedIf, _) | (_, Self::DeniedIf) => Self::DeniedIf,
            (Self::Allowed, _) | (_, Self::Allowed) => Self::Allowed,
            (Self::AllowedIf, _) | (_, Self::AllowedIf) => Self::AllowedIf,
            (Self::NotAllowed, Self::NotAllowed) => Self::NotAllowed,
        }
    }
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

/// A request, of whose context only some keys may be known.
#[derive(Clone, Copy)]
pub(crate) struct Request<'r> {
    action: &'r str,
    index: ActionIndex,
    resource: &'r str,
    /// Whether parts of the resource may be unknown.
    is_open: bool,
    context: Context<'r>,
}

impl<'r> Request<'r> {
    pub(crate) const fn new(action: &'r str, resource: &'r str, context: Context<'r>) -> Self {
        Self {
            action,
            index: ActionIndex::of_pattern(action),
            resource,
            is_open: false,
            context,
        }
    }

    /// A request for a resource of which parts may be unknown.
    pub(crate) const fn open(action: &'r str, resource: &'r str, context: Context<'r>) -> Self {
        let mut request = Self::new(action, resource, context);
        request.is_open = true;
        request
    }

    /// A request whose action has been summarized.
    pub(crate) const fn prepared(action: &'r str, index: ActionIndex, resource: &'r str, context: Context<'r>) -> Self {
        Self {
            action,
            index,
            resource,
            is_open: false,
            context,
        }
    }

    pub(crate) const fn context(&self) -> Context<'r> {
        self.context
    }

    /// The index of its action.
    pub(crate) const fn index(&self) -> ActionIndex {
        self.index
    }
}

/// Whether something applies to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    No,
    /// It depends on the context of the request.
    Maybe,
    Yes,
}

impl Match {
    pub(crate) const fn known(matches: bool) -> Self {
        if matches { Self::Yes } else { Self::No }
    }

    pub(crate) const fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Maybe => Self::Maybe,
            Self::Yes => Self::No,
        }
    }

    pub(crate) const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Maybe,
        }
    }

    pub(crate) const fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, Self::No) => Self::No,
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
    /// Nothing is known about the request's context, so a condition, or a policy variable in a resource, makes the result
    /// conditional. [`evaluate_with`](Self::evaluate_with) takes what is known.
    ///
    /// The arguments are those of [`Policy::allows`].
    ///
    /// Source: IAM User Guide, "Policy evaluation logic".
    #[must_use]
    pub const fn evaluate(&self, action: &str, resource: &str) -> Evaluation {
        self.evaluate_with(action, resource, &[])
    }

    /// Like [`evaluate`](Self::evaluate), but for a request of whose context some keys are known.
    ///
    /// A condition on another key remains conditional. So do numeric, date and IP address operators, which cannot be
    /// evaluated in a constant.
    ///
    /// - `action`: such as `s3:GetObject`; case-insensitive
    /// - `resource`: the ARN of one resource, taken literally; `*` for actions without a resource
    /// - `context`: condition keys, which are case-insensitive, and their values. A key with several values occurs once for
    ///   each; all of them must be given
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::{Action, Condition, Evaluation, Policy, Resource, Statement, Template};
    ///
    /// const POLICY: Policy = Policy::new("p", "{}").with_statements(&[Statement::new("decrypt", "Decrypt")
    ///     .with_actions(&[Action::new("kms:Decrypt")])
    ///     .with_resources(&[Resource::literal("*")])
    ///     .with_conditions(&[Condition::new(
    ///         "StringLike",
    ///         "kms:ViaService",
    ///         &[Template::literal("s3.*.amazonaws.com")],
    ///     )])]);
    ///
    /// const KEY: &str = "arn:aws:kms:eu-west-1:123456789012:key/1";
    /// const VIA_S3: Evaluation =
    ///     POLICY.evaluate_with("kms:Decrypt", KEY, &[("kms:ViaService", "s3.eu-west-1.amazonaws.com")]);
    /// assert_eq!(VIA_S3, Evaluation::Allowed);
    /// assert_eq!(POLICY.evaluate("kms:Decrypt", KEY), Evaluation::AllowedIf);
    /// ```
    #[must_use]
    pub const fn evaluate_with(&self, action: &str, resource: &str, context: &[(&str, &str)]) -> Evaluation {
        if self.incomplete {
            return Evaluation::Allowed;
        }
        self.evaluate_request(&Request::new(action, resource, context))
    }

    /// Like [`evaluate_with`](Self::evaluate_with), but parts of the resource may be unknown: they are
    /// [`Unknown`](crate::variable::Unknown) in its text. The result is conditional if it depends on them, so `Denied` and
    /// `NotAllowed` hold whatever they are, and so does `Allowed`.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::{Action, Evaluation, Policy, Resource, Statement, variable::Unknown};
    ///
    /// const POLICY: Policy = Policy::new("p", "{}").with_statements(&[Statement::new("send", "Send")
    ///     .with_actions(&[Action::new("sqs:SendMessage")])
    ///     .with_resources(&[Resource::literal("arn:aws:sqs:eu-west-1:123456789012:jobs-*")])]);
    ///
    /// let evaluate = |name| {
    ///     let queue = format!("arn:aws:sqs:eu-west-1:{}:{name}", Unknown::new("account"));
    ///     POLICY.evaluate_open("sqs:SendMessage", &queue, &[])
    /// };
    /// assert_eq!(evaluate("jobs-new"), Evaluation::AllowedIf);
    /// assert_eq!(evaluate("invoices"), Evaluation::NotAllowed);
    /// ```
    #[must_use]
    pub const fn evaluate_open(&self, action: &str, resource: &str, context: &[(&str, &str)]) -> Evaluation {
        if self.incomplete {
            return Evaluation::Allowed;
        }
        self.evaluate_request(&Request::open(action, resource, context))
    }

    /// Evaluates a request, even if the policy is incomplete.
    pub(crate) const fn evaluate_request(&self, request: &Request<'_>) -> Evaluation {
        let partition = self.default_partition();
        let (mut allowed, mut denied) = (Match::No, Match::No);
        let mut rest = self.statements;
        while let [statement, tail @ ..] = rest {
            rest = tail;
            // The index may be outdated in a copy whose fields were changed. Then it must not hide a denial.
            let is_denial = matches!(statement.effect, Effect::Deny);
            let ActionIndex { services, actions } = statement.hints.index;
            if !is_denial && (actions & request.index.actions == 0 || services & request.index.services == 0) {
                continue;
            }
            if !is_denial && matches!(allowed, Match::Yes) || !statement.is_in(partition) {
                continue;
            }
            let applies = statement.applies(request, partition);
            if is_denial {
                denied = denied.or(applies);
            } else {
                allowed = allowed.or(applies);
            }
            if matches!(denied, Match::Yes) {
                break;
            }
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
        let request = Request::new(action, resource, &[]);
        self.statements.iter().filter(move |statement| {
            let applies = || match statement.applies(&request, partition) {
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
    pub(crate) const fn applies(&self, request: &Request<'_>, partition: Partition) -> Match {
        // The resource first: the index has already ruled out most actions.
        let about_resource = self.applies_to_resource(request, partition);
        if matches!(about_resource, Match::No) {
            return Match::No;
        }
        let about_action = self.applies_to_action(request);
        if matches!(about_action, Match::No) {
            return Match::No;
        }
        about_action
            .and(about_resource)
            .and(self.applies_to_caller())
            .and(self.conditions_hold(request))
    }

    /// The caller is not known, so a statement that names principals applies for certain only if it names everyone.
    const fn applies_to_caller(&self) -> Match {
        match (self.principals, self.not_principals) {
            ([], []) => Match::Yes,
            ([one], []) if one.is_everyone() => Match::Yes,
            _ => Match::Maybe,
        }
    }

    pub(crate) const fn applies_to_action(&self, request: &Request<'_>) -> Match {
        if matches!(self.not_actions, []) {
            any_action(self.actions, request.action)
        } else {
            any_action(self.not_actions, request.action).not()
        }
    }

    pub(crate) const fn applies_to_resource(&self, request: &Request<'_>, partition: Partition) -> Match {
        let has_principals = !matches!((self.principals, self.not_principals), ([], []));
        if has_principals && matches!((self.resources, self.not_resources), ([], [])) {
            // The resource is the one that the policy is attached to.
            Match::Maybe
        } else if matches!(self.not_resources, []) {
            any_resource(self.resources, request, partition)
        } else {
            any_resource(self.not_resources, request, partition).not()
        }
    }

    const fn conditions_hold(&self, request: &Request<'_>) -> Match {
        if matches!(self.conditions, []) {
            return Match::Yes;
        }
        if matches!(request.context, []) {
            return Match::Maybe;
        }
        let mut hold = Match::Yes;
        let mut rest = self.conditions;
        while let [condition, tail @ ..] = rest {
            hold = hold.and(condition.holds(request.context));
            rest = tail;
        }
        hold
    }
}

const fn any_action(actions: &[Action<'_>], action: &str) -> Match {
    let mut rest = actions;
    while let [Action { pattern, .. }, tail @ ..] = rest {
        if glob(pattern.as_bytes(), action.as_bytes(), Case::Ignored, Variables::Literal) {
            return Match::Yes;
        }
        rest = tail;
    }
    Match::No
}

const fn any_resource(resources: &[Resource<'_>], request: &Request<'_>, partition: Partition) -> Match {
    let mut found = Match::No;
    let mut rest = resources;
    while let [first, tail @ ..] = rest {
        rest = tail;
        if !is_in(first.partitions, partition) {
            continue;
        }
        match matches_template(&first.arn, request) {
            Match::Yes => return Match::Yes,
            Match::Maybe => found = Match::Maybe,
            Match::No => {}
        }
    }
    found
}

/// Whether any text of a template matches the request's resource. A parameter without a default makes the answer depend
/// on its value.
pub(crate) const fn matches_template(template: &Template<'_>, request: &Request<'_>) -> Match {
    if let Some(widest) = template.widest {
        return Match::Maybe.and(matches_resource(widest, request));
    }
    let mut found = matches_resource(template.text, request);
    let mut rest = template.more;
    while let [text, tail @ ..] = rest {
        found = found.or(matches_resource(text, request));
        rest = tail;
    }
    found
}

/// Whether `pattern` matches the request's resource. A policy variable in its resource segment makes the answer depend on
/// the request's context.
pub(crate) const fn matches_resource(pattern: &str, request: &Request<'_>) -> Match {
    if matches!(pattern.as_bytes(), b"*") {
        return Match::Yes;
    }
    if request.is_open {
        return open::matches(pattern, request.resource);
    }
    match ArnPattern::new(pattern).matches_with(request.resource, Variables::Anything) {
        None => Match::No,
        Some((pattern, text)) if has_variable(pattern) => segment_matches(pattern, text, request.context),
        Some(_) => Match::Yes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Condition;

    const fn matches(pattern: &str, resource: &str) -> bool {
        matches!(
            matches_resource(pattern, &Request::new("s3:GetObject", resource, &[])),
            Match::Yes
        )
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
    fn known_context_decides_conditions() {
        let check = |operator, expected: &[&str], given: &[&str]| {
            let expected: std::vec::Vec<_> = expected.iter().map(|text| Template::literal(text)).collect();
            let conditions = [Condition::new(operator, "aws:Key", &expected)];
            let actions = [Action::new("s3:GetObject")];
            let resources = [Resource::literal("*")];
            let statements = [Statement::new("a", "A")
                .with_actions(&actions)
                .with_resources(&resources)
                .with_conditions(&conditions)];
            let context: std::vec::Vec<_> = given.iter().map(|value| ("AWS:key", *value)).collect();
            Policy::new("p", "")
                .with_statements(&statements)
                .evaluate_with("s3:GetObject", "*", &context)
        };
        let (yes, no, maybe) = (Evaluation::Allowed, Evaluation::NotAllowed, Evaluation::AllowedIf);
        for (operator, expected, given, evaluation) in [
            ("StringEquals", &["a", "b"][..], &["b"][..], yes),
            ("StringEquals", &["a*"], &["ab"], no),
            ("StringEquals", &["a"], &[], maybe),
            ("StringEqualsIgnoreCase", &["A"], &["a"], yes),
            ("StringEqualsIgnoreCase", &["É"], &["é"], maybe),
            ("StringLike", &["a*"], &["ab"], yes),
            ("StringNotLike", &["a*"], &["ab"], no),
            ("StringNotEquals", &["a"], &["b"], yes),
            ("StringEqualsIfExists", &["a"], &["b"], no),
            ("ForAllValues:StringEquals", &["a", "b"], &["a", "b"], yes),
            ("ForAllValues:StringEquals", &["a"], &["a", "b"], no),
            ("ForAllValues:StringEquals", &["a"], &[""], yes),
            ("ForAnyValue:StringEquals", &["a"], &["b", "a"], yes),
            ("ForAnyValue:StringNotEquals", &["a"], &["a"], no),
            ("ArnLike", &["arn:aws:iam::*:role/*"], &["arn:aws:iam::1:role/r"], yes),
            (
                "ArnNotEquals",
                &["arn:aws:iam::*:role/*"],
                &["arn:aws:iam::1:role/r"],
                no,
            ),
            ("Bool", &["TRUE"], &["true"], yes),
            ("Bool", &["true"], &["false"], no),
            ("Null", &["true"], &["x"], no),
            ("Null", &["false"], &["x"], yes),
            ("BinaryEquals", &["QQ=="], &["QQ=="], yes),
            ("NumericLessThan", &["5"], &["4"], maybe),
            ("IpAddress", &["10.0.0.0/8"], &["10.0.0.1"], maybe),
            ("StringMatches", &["a"], &["a"], maybe),
            ("StringEquals", &["${aws:Key}"], &["a"], yes),
            ("StringLike", &["${aws:Key}"], &["a*$"], yes),
            ("StringLike", &["$${aws:Key}"], &["{a}"], no),
            ("StringLike", &["${aws:Other, 'a'}"], &["a"], maybe),
            ("StringEquals", &["${*}"], &["*"], yes),
            ("StringLike", &["${*}"], &["a"], no),
        ] {
            assert_eq!(
                check(operator, expected, given),
                evaluation,
                "{operator} {expected:?} {given:?}"
            );
        }
    }

    #[test]
    fn known_context_decides_policy_variables() {
        const ANN: &str = "arn:aws:s3:::home/ann/k";
        const HOME: &[Resource<'_>] = &[Resource::literal("arn:aws:s3:::home/${aws:username}/*")];
        const POLICY: Policy<'_> = Policy::new("p", "").with_statements(&[Statement::new("a", "A")
            .with_actions(&[Action::new("s3:GetObject")])
            .with_resources(HOME)]);
        let evaluate = |resource, context: &[(&str, &str)]| POLICY.evaluate_with("s3:GetObject", resource, context);
        assert_eq!(evaluate(ANN, &[]), Evaluation::AllowedIf);
        assert_eq!(evaluate(ANN, &[("aws:userid", "ann")]), Evaluation::AllowedIf);
        assert_eq!(evaluate(ANN, &[("aws:username", "ann")]), Evaluation::Allowed);
        assert_eq!(evaluate(ANN, &[("aws:username", "a*")]), Evaluation::NotAllowed);
        assert_eq!(
            evaluate(ANN, &[("aws:username", "ann"), ("aws:username", "bob")]),
            Evaluation::AllowedIf
        );
        let long = "a".repeat(2000);
        assert_eq!(evaluate(ANN, &[("aws:username", &long)]), Evaluation::AllowedIf);
    }

    /// An index that is out of date must not hide a denial.
    #[test]
    fn denials_do_not_depend_on_the_index() {
        const OTHER: [u64; 2] = Statement::new("a", "A")
            .with_actions(&[Action::new("ec2:RunInstances")])
            .index();
        const STATEMENT: Statement<'_> = Statement::new("a", "A")
            .with_actions(&[Action::new("s3:GetObject")])
            .with_resources(&[Resource::literal("*")])
            .with_hints(1, OTHER);
        const SKIPPED: Policy<'_> = Policy::new("p", "").with_statements(&[STATEMENT]);
        const DENIED: Policy<'_> = Policy::new("p", "").with_statements(&[STATEMENT.with_effect(Effect::Deny)]);
        assert_eq!(SKIPPED.evaluate("s3:GetObject", "*"), Evaluation::NotAllowed);
        assert_eq!(DENIED.evaluate("s3:GetObject", "*"), Evaluation::Denied);
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
