use crate::sample::Skipped;
use crate::{Cause, ContextEntry, Decision, Matched};

/// Whether a principal has a policy's permissions: the status of each action on each resource of each statement that
/// allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// In document order: by statement, then action, then resource.
    pub checks: Vec<Check>,
    /// What is required and not granted on ARNs of types that AWS documents, but not for the action: a proof from policies
    /// considers these to be out of range. Each note is a clause without a full stop.
    pub notes: Vec<String>,
}

/// The status of an action on a resource of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// The index of the statement.
    pub statement: usize,
    /// The action as written in the document; `None` for `NotAction`.
    pub written: Option<String>,
    /// The action that was asked about: one that the written action expands to, or itself.
    pub action: String,
    /// Whether the written action expands to more actions than were asked about.
    pub is_sample: bool,
    /// The resource as written in the document; `*` for `NotResource`.
    pub pattern: String,
    /// Its status.
    pub status: Status,
    /// The denied requests.
    pub denials: Vec<Denial>,
}

/// The status of a [`Check`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// It is allowed.
    Allowed,
    /// Allowed in the principal's own partition, account and Region, but not for everything the policy matches.
    AllowedHere,
    /// All or part of it is denied.
    Denied,
    /// Unknown, for this reason.
    Unknown(String),
    /// There was nothing to ask.
    Skipped(Skipped),
}

/// A request that is denied.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Denial {
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// The context keys that were given; a key without values was deliberately absent.
    pub context: Vec<ContextEntry>,
    /// The decision.
    pub decision: Decision,
    /// What determined it.
    pub cause: Cause,
}

/// The kind reported for statements of a permissions boundary. AWS's simulator does not report them.
pub(crate) const BOUNDARY: &str = "permissions boundary";
/// The kind reported for statements of a service control policy. AWS's simulator does not report them either.
pub(crate) const SERVICE_CONTROL: &str = "service control policy";

/// Who must change something for a request to be allowed, with the statements that deny it, if known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Blame<'a> {
    /// No policy of the principal allows it: a statement can be added.
    NoPolicy,
    /// A policy of the principal denies it, and no other policy can override that.
    Policy(Vec<&'a Matched>),
    /// The organization does not allow it.
    Organization(Vec<&'a Matched>),
    /// The permissions boundary does not allow it.
    Boundary(Vec<&'a Matched>),
}

impl Denial {
    /// Who must change something: everyone in the list, which is never empty.
    ///
    /// If the organization or the boundary does not allow a request, it is unknown whether a policy of the principal
    /// does. So [`Blame::NoPolicy`] is always alone.
    ///
    /// # Examples
    ///
    /// ```
    /// # use iam_policy_validate::{Answer, Blame, Cause, Decision, Plan, Required, Report, Subject};
    /// # let document = iam_policy_document::json::read(br#"{"Statement": {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}}"#);
    /// # let required = Required::from_document(document.document)?;
    /// # let subject = Subject { arn: "arn:aws:iam::123456789012:user/ann".to_owned(), caller: None, account: "123456789012".to_owned(),
    /// #     partition: "aws".to_owned(), region: None };
    /// # let plan = Plan::new(&required, &subject, &[]);
    /// let cause = Cause { organizations: Some(false), boundary: Some(false), ..Cause::default() };
    /// let report = plan.judge([Answer { question: 0, decision: Decision::ImplicitDeny, cause }]);
    /// let denial = &report.checks[0].denials[0];
    /// assert_eq!(denial.blames(), [Blame::Organization(vec![]), Blame::Boundary(vec![])]);
    /// # Ok::<(), iam_policy_eval::PolicyError>(())
    /// ```
    #[must_use]
    pub fn blames(&self) -> Vec<Blame<'_>> {
        let denying = if self.decision == Decision::ExplicitDeny {
            self.cause.matched.as_slice()
        } else {
            &[]
        };
        let (mut own, mut boundary, mut organization) = (Vec::new(), Vec::new(), Vec::new());
        for matched in denying {
            match matched.kind.as_str() {
                BOUNDARY => boundary.push(matched),
                SERVICE_CONTROL => organization.push(matched),
                _ => own.push(matched),
            }
        }
        let mut blames = Vec::new();
        if !own.is_empty() {
            blames.push(Blame::Policy(own));
        }
        if self.cause.organizations == Some(false) || !organization.is_empty() {
            blames.push(Blame::Organization(organization));
        }
        if self.cause.boundary == Some(false) || !boundary.is_empty() {
            blames.push(Blame::Boundary(boundary));
        }
        if blames.is_empty() {
            blames.push(match self.decision {
                Decision::ExplicitDeny => Blame::Policy(Vec::new()),
                _ => Blame::NoPolicy,
            });
        }
        blames
    }

    /// Whether another policy of the principal would allow it.
    pub(crate) fn can_be_added(&self) -> bool {
        self.blames() == [Blame::NoPolicy]
    }
}

impl Check {
    /// Whether nothing relevant is denied or unknown.
    #[must_use]
    pub const fn is_fine(&self) -> bool {
        !matches!(self.status, Status::Denied | Status::Unknown(_))
    }

    /// Whether another policy of the principal would help, even if it might not be enough.
    #[must_use]
    pub fn can_be_added(&self) -> bool {
        self.status == Status::Denied && self.denials.iter().any(Denial::can_be_added)
    }
}

impl Report {
    /// Whether everything that could be asked about is allowed.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        self.checks.iter().all(Check::is_fine)
    }
}
