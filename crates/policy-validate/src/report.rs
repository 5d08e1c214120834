use crate::sample::Skipped;
use crate::{Cause, ContextEntry, Decision, Matched};

/// Whether a principal has a policy's permissions: what is so for each action on each resource of each statement that
/// grants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// In the order of the document: statement by statement, in it action by action, and for each its resources.
    pub checks: Vec<Check>,
}

/// What is so for an action on a resource of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// The number of the statement, from 0.
    pub statement: usize,
    /// The action as it stands in the document; none for `NotAction`.
    pub written: Option<String>,
    /// The action that was asked about: one that the written one stands for, or that itself.
    pub action: String,
    /// Whether the written action stands for more than were asked about.
    pub is_sample: bool,
    /// The resource as it stands in the document; `*` for `NotResource`.
    pub pattern: String,
    /// What is so.
    pub status: Status,
    /// What is denied of it.
    pub denials: Vec<Denial>,
}

/// What is so for a [`Check`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// It is allowed.
    Allowed,
    /// It is allowed in the principal's own partition, account and region, and not in all that the policy admits.
    AllowedHere,
    /// It is denied, all or some of it.
    Denied,
    /// It is not known, for this reason.
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
    /// The context keys that were given; one without values was left out on purpose.
    pub context: Vec<ContextEntry>,
    /// What was said.
    pub decision: Decision,
    /// What decided it.
    pub cause: Cause,
}

/// The kind of a permissions boundary's statements. AWS's simulator tells none of them.
pub(crate) const BOUNDARY: &str = "permissions boundary";
/// The kind of a service control policy's statements, of which it tells none either.
pub(crate) const SERVICE_CONTROL: &str = "service control policy";

/// Who has to change something for a request to be allowed, with the statements that deny it, as far as they were told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Blame<'a> {
    /// No policy of the principal allows it: a statement can be added.
    NoPolicy,
    /// A policy of the principal denies it, and no other can allow it.
    Policy(Vec<&'a Matched>),
    /// The organization does not allow it.
    Organization(Vec<&'a Matched>),
    /// The permissions boundary does not allow it.
    Boundary(Vec<&'a Matched>),
}

impl Denial {
    /// Who has to change something: everybody in the list, which is never empty.
    ///
    /// Whether a policy of the principal allows what the organization or the boundary does not, is not told. So
    /// [`Blame::NoPolicy`] stands alone.
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

    /// Whether a further policy of the principal would allow it.
    pub(crate) fn can_be_added(&self) -> bool {
        self.blames() == [Blame::NoPolicy]
    }
}

impl Check {
    /// Whether nothing that counts is denied or unknown.
    #[must_use]
    pub const fn is_fine(&self) -> bool {
        !matches!(self.status, Status::Denied | Status::Unknown(_))
    }

    /// Whether a further policy of the principal would help, though perhaps not suffice.
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
