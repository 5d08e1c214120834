use std::fmt;

use iam_policy_core::{Decision, Effect, PolicyType};

use crate::arn::ArnMatcher;
use crate::condition::Condition;
use crate::key::Key;
use crate::policies::{Layer, Policies, Reason, Response, resource_must_allow};
use crate::principal::Naming;
use crate::request::{Request, Values};
use crate::set::PolicySet;
use crate::statement::{Resources, Statement};

/// A decision with its explanation.
///
/// # Examples
///
/// ```
/// use iam_policy_eval::{Failure, Policies, PolicyType, PolicySet, Request};
///
/// let reading = iam_policy_document::json::read(
///     br#"{
///         "Statement": {
///             "Sid": "FromHome",
///             "Effect": "Allow",
///             "Action": "s3:GetObject",
///             "Resource": "*",
///             "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
///         }
///     }"#,
/// );
/// let user = PolicySet::compile(PolicyType::Identity, [&reading.document])?;
/// let policies = Policies::new(&user);
/// let request = Request::new("arn:aws:iam::123456789012:user/ann", "s3:GetObject", "arn:aws:s3:::b/k")?;
/// let explanation = policies.explain(&request);
///
/// assert_eq!(explanation.near[0].statement.sid, Some("FromHome"));
/// assert!(matches!(explanation.near[0].failures[0], Failure::Condition { key: "aws:SourceIp", .. }));
/// assert_eq!(explanation.missing, ["aws:SourceIp"]);
/// assert_eq!(
///     explanation.to_string(),
///     "no identity policy allows `s3:GetObject` on `arn:aws:s3:::b/k`; the closest match is statement 1 (`FromHome`) of identity policy 1, \
///      but its condition `IpAddress` on `aws:SourceIp` (`203.0.113.0/24`) fails because the key is not in the request",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Explanation<'e> {
    /// The decision, as returned by [`Policies::decide`].
    pub response: Response,
    /// The statements that match the request, in the order in which AWS evaluates their policies.
    pub matched: Vec<StatementRef<'e>>,
    /// The statements that almost match the request, the closest first: those that allow its action, those that would
    /// deny it if their conditions held, and those that allow other actions of the same service and fail only because
    /// of their action.
    pub near: Vec<NearMiss<'e>>,
    /// The condition keys that are missing from the request, but that a statement for its action and resource depends
    /// on.
    ///
    /// Source: IAM API Reference, `EvaluationResult`, `MissingContextValues`.
    pub missing: Vec<&'e str>,
    action: &'e str,
    resource: &'e str,
    is_usually_on_everything: bool,
    /// Why the resource's policy must allow the request, if it must.
    resource_need: ResourceNeed,
    has_resource_policy: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ResourceNeed {
    None,
    CrossAccount,
    Own,
    OnlyChance,
}

/// The location of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StatementRef<'e> {
    /// The kind of policies it belongs to.
    pub layer: Layer,
    /// The index of the policy among them.
    pub policy: usize,
    /// The index of the statement in the policy.
    pub statement: usize,
    /// Its Sid.
    pub sid: Option<&'e str>,
    /// Allow or Deny.
    pub effect: Effect,
}

/// A statement that does not match a request, with the reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss<'e> {
    /// The statement.
    pub statement: StatementRef<'e>,
    /// What failed: at least one reason.
    pub failures: Vec<Failure<'e>>,
}

/// Why a statement does not match a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure<'e> {
    /// The action matches none of these or, if `negated`, one of them.
    Action {
        /// The patterns of `Action` or `NotAction`.
        patterns: Vec<&'e str>,
        /// Whether the element is `NotAction`.
        negated: bool,
    },
    /// The resource matches none of these or, if `negated`, one of them.
    Resource {
        /// The patterns of `Resource` or `NotResource`.
        patterns: Vec<&'e str>,
        /// Whether the element is `NotResource`.
        negated: bool,
        /// The variables in them without a value in the request.
        missing: Vec<&'e str>,
    },
    /// The principal is not named.
    Principal,
    /// A condition does not hold.
    Condition {
        /// The operator.
        operator: &'e str,
        /// The key.
        key: &'e str,
        /// The values in the policy.
        expected: Vec<&'e str>,
        /// The values in the request; empty if the key is absent.
        found: Vec<&'e str>,
    },
}

impl Policies<'_> {
    /// Decides like [`decide`](Self::decide), and explains the decision. Allocates, and looks at every statement.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_eval::{Policies, PolicyType, PolicySet, Request};
    ///
    /// let nothing = PolicySet::compile(PolicyType::Identity, [])?;
    /// let policies = Policies::new(&nothing);
    /// let request = Request::new("lambda.amazonaws.com", "sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:jobs")?;
    /// let explanation = policies.explain(&request);
    /// assert_eq!(explanation.response, policies.decide(&request));
    /// assert_eq!(
    ///     explanation.to_string(),
    ///     "there is no resource policy that allows `sqs:SendMessage` on `arn:aws:sqs:eu-west-1:123456789012:jobs`",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn explain<'e>(&'e self, request: &'e Request<'_>) -> Explanation<'e> {
        let asked = self.asked(request);
        let mut explanation = Explanation {
            response: Response {
                decision: Decision::ImplicitDeny,
                reason: Reason::CannotBeDenied,
            },
            matched: Vec::new(),
            near: Vec::new(),
            missing: Vec::new(),
            action: request.action(),
            resource: request.resource(),
            is_usually_on_everything: request.is_usually_on_everything(),
            resource_need: need(request),
            has_resource_policy: asked.resource().is_some(),
        };
        let mut namings = Vec::new();
        for (layer, set) in asked.layers() {
            for statement in set.statements() {
                let naming = explanation.look_at(layer, statement, request, asked.bounded());
                if naming != Naming::Not {
                    namings.push((layer, statement.effect, naming));
                }
            }
        }
        let is_about_other_actions =
            |near: &NearMiss<'_>| matches!(near.failures.first(), Some(Failure::Action { .. }));
        explanation
            .near
            .sort_by_key(|near| (is_about_other_actions(near), near.failures.len()));
        explanation.response = asked.judge(request, |layer, _: &PolicySet, effect| {
            namings
                .iter()
                .filter(|(other, other_effect, _)| (*other, *other_effect) == (layer, effect))
                .map(|(_, _, naming)| *naming)
                .max()
                .unwrap_or(Naming::Not)
        });
        explanation
    }
}

fn need(request: &Request<'_>) -> ResourceNeed {
    if request.principal().account().is_none() {
        ResourceNeed::OnlyChance
    } else if request.is_cross_account() {
        ResourceNeed::CrossAccount
    } else if resource_must_allow(request) {
        ResourceNeed::Own
    } else {
        ResourceNeed::None
    }
}

impl<'e> Explanation<'e> {
    /// Records what one statement contributes; returns how closely it names the principal if it matches the request.
    fn look_at(&mut self, layer: Layer, statement: &'e Statement, request: &'e Request<'_>, bounded: bool) -> Naming {
        let here = StatementRef {
            layer,
            policy: statement.policy,
            statement: statement.index,
            sid: statement.sid.as_deref(),
            effect: statement.effect,
        };
        let covers_action = statement.covers_action(request);
        let allows = statement.effect == Effect::Allow;
        let is_of_interest = covers_action || (allows && is_about_service(statement, request));
        if !is_of_interest {
            return Naming::Not;
        }
        let naming = statement.naming(&request.principal(), bounded);
        let covers_resource = statement.covers_resource(request);
        if !covers_action {
            // A near miss only if nothing else fails.
            if covers_resource && naming != Naming::Not && statement.conditions_hold(request) {
                self.near.push(NearMiss {
                    statement: here,
                    failures: vec![Failure::Action {
                        patterns: statement.actions.patterns.iter().collect(),
                        negated: statement.actions.negated,
                    }],
                });
            }
            return Naming::Not;
        }
        let mut failures = Vec::new();
        if naming == Naming::Not {
            failures.push(Failure::Principal);
        }
        if !covers_resource {
            failures.push(resource_failure(statement, request));
        }
        for condition in &statement.conditions {
            if !condition.holds(request) {
                failures.push(condition_failure(condition, request));
            }
        }
        if naming != Naming::Not {
            self.note_missing(statement, request, covers_resource);
        }
        if failures.is_empty() {
            self.matched.push(here);
            return naming;
        }
        if allows || (naming != Naming::Not && covers_resource) {
            self.near.push(NearMiss {
                statement: here,
                failures,
            });
        }
        Naming::Not
    }

    /// Records the keys missing from the request: those of conditions if the statement matches the resource, and those
    /// of variables in its resources, which may be why it does not.
    fn note_missing(&mut self, statement: &'e Statement, request: &Request<'_>, covers_resource: bool) {
        let in_resources = statement.resources.patterns().iter().filter_map(ArnMatcher::template);
        let conditions: &[Condition] = if covers_resource { &statement.conditions } else { &[] };
        let in_values = conditions.iter().flat_map(Condition::templates);
        let variables = in_resources
            .chain(in_values)
            .flat_map(|template| template.unresolved(request));
        let keys = conditions.iter().map(Condition::key);
        let absent = keys.filter(|key| request.values(key).is_none()).map(Key::name);
        for name in absent.chain(variables) {
            if !self.missing.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                self.missing.push(name);
            }
        }
    }

    /// The statements that determined the decision: the ones that deny or, if there are none, those that allow.
    ///
    /// # Examples
    ///
    /// ```
    /// # use iam_policy_eval::{Policies, PolicyType, PolicySet, Request};
    /// let reading = iam_policy_document::json::read(br#"{"Statement": [
    ///     {"Effect": "Allow", "Action": "*", "Resource": "*"},
    ///     {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}
    /// ]}"#);
    /// let user = PolicySet::compile(PolicyType::Identity, [&reading.document])?;
    /// let policies = Policies::new(&user);
    /// let request = Request::new("arn:aws:iam::123456789012:user/ann", "iam:ListUsers", "*")?;
    /// let explanation = policies.explain(&request);
    /// let deciding: Vec<_> = explanation.deciding().map(|statement| statement.statement).collect();
    /// assert_eq!((explanation.matched.len(), deciding), (2, vec![1]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn deciding(&self) -> impl Iterator<Item = &StatementRef<'e>> {
        let effect = match self.response.decision {
            Decision::ExplicitDeny => Some(Effect::Deny),
            Decision::Allowed => Some(Effect::Allow),
            Decision::ImplicitDeny => None,
        };
        self.matched
            .iter()
            .filter(move |matched| Some(matched.effect) == effect)
    }

    /// The statement that comes closest to allowing the request, among the policies that would have to allow it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use iam_policy_eval::{Failure, Policies, PolicyType, PolicySet, Request};
    /// let reading = iam_policy_document::json::read(br#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#);
    /// let user = PolicySet::compile(PolicyType::Identity, [&reading.document])?;
    /// let policies = Policies::new(&user);
    /// let request = Request::new("arn:aws:iam::123456789012:user/ann", "s3:PutObject", "arn:aws:s3:::b/k")?;
    /// let explanation = policies.explain(&request);
    /// let closest = explanation.closest().unwrap();
    /// assert_eq!(closest.failures, [Failure::Action { patterns: vec!["s3:Get*"], negated: false }]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn closest(&self) -> Option<&NearMiss<'e>> {
        let Reason::NotAllowedBy(layer) = self.response.reason else {
            return None;
        };
        self.near
            .iter()
            .find(|near| near.statement.layer == layer && near.statement.effect == Effect::Allow)
    }
}

/// Whether the statement matches some action of the request's service.
fn is_about_service(statement: &Statement, request: &Request<'_>) -> bool {
    statement.actions.patterns.iter().any(|pattern| {
        pattern
            .split_once(':')
            .is_some_and(|(service, _)| request.is_for(service))
    })
}

fn resource_failure<'e>(statement: &'e Statement, request: &Request<'_>) -> Failure<'e> {
    let patterns = statement.resources.patterns();
    Failure::Resource {
        patterns: patterns.iter().map(ArnMatcher::text).collect(),
        negated: matches!(statement.resources, Resources::Except(_)),
        missing: patterns
            .iter()
            .filter_map(ArnMatcher::template)
            .flat_map(|template| template.unresolved(request))
            .collect(),
    }
}

fn condition_failure<'e>(condition: &'e Condition, request: &'e Request<'_>) -> Failure<'e> {
    Failure::Condition {
        operator: condition.operator_name(),
        key: condition.key().name(),
        expected: condition.texts(),
        found: request
            .values(condition.key())
            .map(Values::iter)
            .into_iter()
            .flatten()
            .collect(),
    }
}

impl fmt::Display for StatementRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "statement {}", self.statement + 1)?;
        if let Some(sid) = self.sid.filter(|sid| !sid.is_empty()) {
            write!(f, " (`{sid}`)")?;
        }
        f.write_str(" of ")?;
        match self.layer.policy_type {
            PolicyType::Resource => f.write_str("the resource policy"),
            policy_type => write!(f, "{} {}", policy_type.label(), self.policy + 1),
        }?;
        match self.layer.policy_type {
            PolicyType::ServiceControl | PolicyType::ResourceControl => {
                write!(f, " at level {} of the organization", self.layer.level + 1)
            }
            _ => Ok(()),
        }
    }
}

/// The first few texts, in backticks.
struct Texts<'a>(&'a [&'a str]);

impl fmt::Display for Texts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 3;
        let all = self.0.len();
        for (number, text) in self.0.iter().take(MOST).enumerate() {
            f.write_str(match number {
                0 => "",
                _ if number + 1 == all => " or ",
                _ => ", ",
            })?;
            write!(f, "`{text}`")?;
        }
        match all {
            0 => f.write_str("nothing"),
            all if all > MOST => write!(f, " or {} more", all - MOST),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Action { patterns, negated } => {
                let verb = if *negated { "excludes" } else { "applies only to" };
                write!(f, "it {verb} the action {}", Texts(patterns))
            }
            Self::Resource {
                patterns,
                negated,
                missing,
            } => {
                let verb = if *negated { "excludes" } else { "applies only to" };
                write!(f, "it {verb} the resource {}", Texts(patterns))?;
                match missing[..] {
                    [] => Ok(()),
                    _ => write!(f, ", and the request has no {}", Texts(missing)),
                }
            }
            Self::Principal => f.write_str("it does not name the caller"),
            Self::Condition {
                operator,
                key,
                expected,
                found,
            } => {
                write!(
                    f,
                    "its condition `{operator}` on `{key}` ({}) fails because ",
                    Texts(expected)
                )?;
                match found[..] {
                    [] => f.write_str("the key is not in the request"),
                    [value] => write!(f, "the value is `{value}`"),
                    _ => write!(f, "the values are {}", Texts(found)),
                }
            }
        }
    }
}

/// One sentence with the reason.
impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |layer: Layer, effect: Effect| {
            self.matched
                .iter()
                .find(move |matched| matched.layer == layer && matched.effect == effect)
        };
        match self.response.reason {
            Reason::CannotBeDenied => write!(f, "no policy can deny `{}`", self.action),
            Reason::AllowedToRoot => f.write_str("the root user may do everything in its account"),
            Reason::AllowedBy(layer) => match of(layer, Effect::Allow) {
                Some(statement) => write!(f, "{statement} allows it"),
                None => Ok(()),
            },
            Reason::DeniedBy(layer) => match of(layer, Effect::Deny) {
                Some(statement) => write!(f, "{statement} denies it"),
                None => Ok(()),
            },
            Reason::NotAllowedBy(layer) => {
                self.not_allowed(f, layer)?;
                if let Some(near) = self.closest() {
                    write!(f, "; the closest match is {}, but ", near.statement)?;
                    for (number, failure) in near.failures.iter().enumerate() {
                        f.write_str(if number == 0 { "" } else { ", and " })?;
                        failure.fmt(f)?;
                    }
                }
                Ok(())
            }
        }
    }
}

impl Explanation<'_> {
    fn not_allowed(&self, f: &mut fmt::Formatter<'_>, layer: Layer) -> fmt::Result {
        let (action, resource) = (self.action, self.resource);
        match layer.policy_type {
            PolicyType::ServiceControl => write!(
                f,
                "no service control policy at level {} of the organization allows `{action}` on `{resource}`",
                layer.level + 1
            )?,
            PolicyType::Resource => {
                match self.resource_need {
                    ResourceNeed::CrossAccount => write!(f, "`{resource}` is in another account, and ")?,
                    ResourceNeed::Own => write!(f, "the policy of `{resource}` itself must allow this, and ")?,
                    ResourceNeed::OnlyChance | ResourceNeed::None => {}
                }
                f.write_str(if self.has_resource_policy {
                    "the resource policy does not allow"
                } else {
                    "there is no resource policy that allows"
                })?;
                write!(f, " `{action}` on `{resource}`")?;
            }
            policy_type => write!(f, "no {} allows `{action}` on `{resource}`", policy_type.label())?,
        }
        if self.is_usually_on_everything {
            write!(f, " (AWS usually authorizes `{action}` on `*`)")?;
        }
        Ok(())
    }
}
