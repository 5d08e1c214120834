//! References within a file.

use iam_policy_core::Arn;
use iam_policy_document::Span;

use super::Reader;
use crate::model::EntityKind;
use crate::problem::Problem;

/// A reference to something that must be in the file.
pub(super) struct Reference {
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

impl Reader<'_> {
    /// Records a reference.
    ///
    /// - `whose`: the entity that refers to it
    pub(super) fn refer(&mut self, span: Span, whose: &str, to: Target) {
        self.references.push(Reference {
            span,
            whose: whose.to_owned(),
            to,
        });
    }

    /// Resolves all references, once the whole file is read.
    pub(super) fn resolve(&mut self) {
        for reference in std::mem::take(&mut self.references) {
            self.look_for(reference);
        }
    }

    fn look_for(&mut self, reference: Reference) {
        let Reference { span, whose, to } = reference;
        // It may be something that could not be read, which has been reported.
        let may_be = |unread: &Unread| match (&to, unread) {
            (Target::Managed { arn, .. }, Unread::Managed(unread)) => {
                unread.as_ref().is_none_or(|unread| unread == arn)
            }
            (Target::Group { .. }, Unread::Entity(kind)) => *kind == EntityKind::Group,
            (Target::Owner(_), Unread::Entity(kind)) => *kind != EntityKind::Group,
            _ => false,
        };
        if self.unread.iter().any(may_be) {
            return;
        }
        let problem = match to {
            Target::Managed { arn, .. } if self.principals.managed_policy(&arn).is_some() => return,
            Target::Managed { arn, role } => {
                let is_of_aws = Arn::parse(&arn).is_ok_and(|arn| arn.account == "aws");
                let help = if is_of_aws {
                    "AWS managed policies are in the output only while they are attached: run the command without `--filter`, or with `AWSManagedPolicy` in it"
                } else {
                    "run the command without `--filter`, or with `LocalManagedPolicy` in it"
                };
                Problem::new(
                    format!("{whose} has the {role} `{arn}`, which is not in the file"),
                    span,
                )
                .help(help)
            }
            Target::Group { account, name } => {
                if self.principals.named(EntityKind::Group, &account, &name).is_some() {
                    return;
                }
                Problem::new(
                    format!("{whose} is in the group `{name}`, which is not in the file"),
                    span,
                )
                .help("run the command without `--filter`, or with `Group` in it")
            }
            Target::Owner(arn) => match self.principals.find(&arn) {
                Ok(_) => return,
                Err(error) => {
                    let problem = Problem::new(format!("{whose} is that of `{arn}`, which is not in the file"), span);
                    match error.advice() {
                        Some(help) => problem.help(help),
                        None => problem,
                    }
                }
            },
        };
        self.problems.push(problem);
    }
}
