//! References within a file.

use iam_policy_core::Arn;
use iam_policy_document::{Diagnostic, Span};

use crate::model::{EntityKind, Principals};
use crate::problem::problem;

/// The references of a file, collected while it is read.
#[derive(Default)]
pub(super) struct References {
    /// References to entities that may come later in the file.
    pending: Vec<Reference>,
    /// Entities that could not be read, so that a reference to them is not an error.
    unread: Vec<Unread>,
}

/// A reference to something that must be in the file.
struct Reference {
    span: Span,
    /// The entity that refers to it.
    whose: String,
    to: Target,
}

pub(super) enum Target {
    Managed {
        arn: String,
        /// The role of the referenced entity.
        role: &'static str,
    },
    Group {
        account: String,
        name: String,
    },
    Owner(String),
}

impl Target {
    pub(super) fn managed(arn: &str, role: &'static str) -> Self {
        Self::Managed {
            arn: arn.to_owned(),
            role,
        }
    }
}

/// Entities that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    Entity(EntityKind),
    /// The managed policy with this ARN, if any.
    Managed(Option<String>),
}

impl References {
    /// Records a reference.
    ///
    /// - `whose`: the entity that refers to it
    pub(super) fn add(&mut self, span: Span, whose: &str, to: Target) {
        self.pending.push(Reference {
            span,
            whose: whose.to_owned(),
            to,
        });
    }

    /// Records that an entity could not be read.
    pub(super) fn unread(&mut self, entity: Unread) {
        self.unread.push(entity);
    }

    /// The errors about references to missing entities.
    ///
    /// - `principals`: everything that was read
    pub(super) fn resolve(self, principals: &Principals) -> impl Iterator<Item = Diagnostic> {
        let Self { pending, unread } = self;
        pending
            .into_iter()
            .filter_map(move |reference| missing(reference, principals, &unread))
    }
}

/// The error about a reference, if its target is missing.
fn missing(reference: Reference, principals: &Principals, unread: &[Unread]) -> Option<Diagnostic> {
    let Reference { span, whose, to } = reference;
    // It may be something that could not be read, which has been reported.
    let may_be = |unread: &Unread| match (&to, unread) {
        (Target::Managed { arn, .. }, Unread::Managed(unread)) => unread.as_ref().is_none_or(|unread| unread == arn),
        (Target::Group { .. }, Unread::Entity(kind)) => *kind == EntityKind::Group,
        (Target::Owner(_), Unread::Entity(kind)) => *kind != EntityKind::Group,
        _ => false,
    };
    if unread.iter().any(may_be) {
        return None;
    }
    Some(match to {
        Target::Managed { arn, .. } if principals.managed_policy(&arn).is_some() => return None,
        Target::Managed { arn, role } => {
            let is_of_aws = Arn::parse(&arn).is_ok_and(|arn| arn.account == "aws");
            let help = if is_of_aws {
                "AWS managed policies are in the output only while they are attached: run the command without `--filter`, or with `AWSManagedPolicy` in it"
            } else {
                "run the command without `--filter`, or with `LocalManagedPolicy` in it"
            };
            problem(
                format!("{whose} has the {role} `{arn}`, which is not in the file"),
                span,
            )
            .help(help)
        }
        Target::Group { account, name } => {
            if principals.named(EntityKind::Group, &account, &name).is_some() {
                return None;
            }
            problem(
                format!("{whose} is in the group `{name}`, which is not in the file"),
                span,
            )
            .help("run the command without `--filter`, or with `Group` in it")
        }
        Target::Owner(arn) => match principals.find(&arn) {
            Ok(_) => return None,
            Err(error) => {
                let problem = problem(format!("{whose} is that of `{arn}`, which is not in the file"), span);
                match error.advice() {
                    Some(help) => problem.help(help),
                    None => problem,
                }
            }
        },
    })
}
