use iam_policy_core::{AttachmentKind, PolicyResource, PolicyType};
use iam_policy_document::{Diagnostic, Document, Location};

/// A file of a format that contains policies.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Template {
    /// Its format.
    pub format: Format,
    /// The policies in it, in the order of the text.
    pub policies: Vec<Policy>,
    /// The managed policies that it attaches.
    pub managed: Vec<ManagedPolicy>,
    /// What is wrong with the file, apart from its policies.
    pub problems: Vec<Diagnostic>,
}

/// A format that contains policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// A CloudFormation or SAM template, or resources or a policy cut out of one.
    CloudFormation,
    /// A plan or a state of Terraform.
    Terraform,
    /// A module of Terraform.
    Hcl,
    /// A service of the Serverless Framework.
    Serverless,
}

impl Format {
    /// The name, for messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CloudFormation => "CloudFormation",
            Self::Terraform | Self::Hcl => "Terraform",
            Self::Serverless => "Serverless Framework",
        }
    }
}

/// A policy in a template.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Policy {
    /// Where it is: the path to the policy, such as `Resources.Worker.Properties.Policies[0]`, or the address of a
    /// resource, such as `aws_iam_policy.worker`. No two policies of a template have the same.
    pub name: String,
    /// Its type, which its resource determines or its contents suggest.
    pub policy_type: PolicyType,
    /// What it is attached to, if it is the policy of a resource whose kind is known.
    pub resource_type: Option<PolicyResource>,
    /// How it is attached, which limits its size.
    pub attach: Option<AttachmentKind>,
    /// The policy under each combination of the conditions that change it, at least one. Texts in it may have
    /// [unknown parts](iam_policy_core::variable::Unknown). All locations are those of the file.
    pub variants: Vec<Variant>,
    /// Whether there are more combinations than [`variants`](Self::variants) has.
    pub is_partial: bool,
    /// What is wrong with the text of the policy. If there is something, the documents are only what could be read.
    pub problems: Vec<Diagnostic>,
    /// The file with the resource that it belongs to, by its number, if the template has several.
    pub file: usize,
    /// Whether its author only named it, and the statements are those that AWS publishes under this name.
    pub is_published: bool,
}

impl Policy {
    /// The policy, under the first combination of conditions.
    #[must_use]
    pub fn document(&self) -> &Document {
        static NONE: std::sync::OnceLock<Document> = std::sync::OnceLock::new();
        match self.variants.first() {
            Some(variant) => &variant.document,
            None => NONE.get_or_init(|| iam_policy_document::Builder::new().finish()),
        }
    }
}

/// A policy as it is if certain conditions hold.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Variant {
    /// The conditions that change the policy, each with whether it holds.
    pub conditions: Vec<(String, bool)>,
    /// The policy.
    pub document: Document,
}

impl Variant {
    /// The conditions in words, such as `` `IsProd` holds and `IsTest` does not ``; empty without conditions.
    #[must_use]
    pub fn wording(&self) -> String {
        wording(&self.conditions)
    }
}

/// Conditions in words, such as `` `IsProd` holds and `IsTest` does not ``; empty without conditions.
///
/// - `conditions`: each with whether it holds
#[must_use]
pub fn wording(conditions: &[(String, bool)]) -> String {
    let of = |wanted: bool| {
        let mut names = Vec::new();
        for (name, holds) in conditions {
            if *holds == wanted {
                names.push(format!("`{name}`"));
            }
        }
        names
    };
    let join = |names: &[String]| match names {
        [] => String::new(),
        [only] => only.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    };
    let (yes, no) = (of(true), of(false));
    let verb = |names: &[String], one: &'static str, many: &'static str| if names.len() == 1 { one } else { many };
    match (yes.is_empty(), no.is_empty()) {
        (true, true) => String::new(),
        (false, true) => format!("{} {}", join(&yes), verb(&yes, "holds", "hold")),
        (true, false) => format!("{} {}", join(&no), verb(&no, "does not hold", "do not hold")),
        (false, false) => format!(
            "{} {} and {} {}",
            join(&yes),
            verb(&yes, "holds", "hold"),
            join(&no),
            verb(&no, "does not", "do not")
        ),
    }
}

/// A managed policy that a template attaches to an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ManagedPolicy {
    /// Its ARN or name, with unknown parts.
    pub arn: String,
    /// Where the template names it.
    pub location: Location,
}
