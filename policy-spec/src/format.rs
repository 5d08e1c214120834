use std::fmt;

/// A format of the files that are generated from a spec.
///
/// A spec chooses its formats with `outputs`.
///
/// # Examples
///
/// ```
/// use iam_policy_spec::Format;
///
/// assert_eq!(Format::from_name("cloudformation"), Some(Format::CloudFormation));
/// assert_eq!(Format::Html.to_string(), "html");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Format {
    /// `json`: the policies and trust policies as JSON. `POLICY.json` is for a policy's first partition,
    /// `POLICY.PARTITION.json` for each of the others, and `POLICY.trust.json` for the trust policy.
    /// `POLICY.trust.PARTITION.json` only exists where the trust policy differs. The files with the values of an
    /// environment are in a folder with its name: `ENVIRONMENT/POLICY.json`.
    Json,
    /// `markdown`: the page that explains the policies, `PERMISSIONS.md`.
    Markdown,
    /// `html`: the same page as one HTML file with search and options, `permissions.html`.
    Html,
    /// `terraform`: a Terraform module that creates the policies and roles, `permissions.tf`.
    Terraform,
    /// `cloudformation`: a CloudFormation template that creates the policies and roles, `permissions.template.yaml`. There is
    /// none for a spec whose policies are all properties of resources that are created elsewhere, such as KMS keys.
    CloudFormation,
    /// `cdk-typescript`: a construct of the AWS CDK that creates the policies and roles, in TypeScript: `permissions.ts`.
    CdkTypeScript,
    /// `cdk-python`: the same in Python: `permissions.py`.
    CdkPython,
}

impl Format {
    /// Every format, in the order in which their files are written.
    pub const ALL: &'static [Self] = &[
        Self::Json,
        Self::Markdown,
        Self::Html,
        Self::Terraform,
        Self::CloudFormation,
        Self::CdkTypeScript,
        Self::CdkPython,
    ];

    /// The formats of a spec without `outputs`.
    pub const DEFAULT: &'static [Self] = &[Self::Json, Self::Markdown];

    /// The name in specs and on command lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Terraform => "terraform",
            Self::CloudFormation => "cloudformation",
            Self::CdkTypeScript => "cdk-typescript",
            Self::CdkPython => "cdk-python",
        }
    }

    /// The format with this `name`, which is case-sensitive. Returns `None` if there is no such format.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.name() == name)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
