//! The formats of generated files. Each is a variant of [`Format`], and a module that implements [`Output`].

mod anchors;
mod cdk;
mod cloudformation;
mod deployment;
mod html;
mod json;
mod markdown;
mod names;
mod output;
mod summary;
mod terraform;

use iam_policy_spec::{Format, Spec, with_policies};

pub(crate) use self::names::is_reserved_on_windows;
pub use self::output::{Artifact, Origin};
use self::output::{Input, Output};

/// What generates each format.
static OUTPUTS: &[(Format, &dyn Output)] = &[
    (Format::Json, &json::Json),
    (Format::Markdown, &markdown::Markdown),
    (Format::Html, &html::Html),
    (Format::Terraform, &terraform::Terraform),
    (Format::CloudFormation, &cloudformation::CloudFormation),
    (Format::CdkTypeScript, &cdk::TypeScript),
    (Format::CdkPython, &cdk::Python),
];

fn output(format: Format) -> Option<&'static dyn Output> {
    OUTPUTS.iter().find(|(of, _)| *of == format).map(|(_, output)| *output)
}

/// Returns the files generated from `spec` in the formats that it chooses with `outputs`, or else in the
/// [default formats](Format::DEFAULT): the JSON of each policy and trust policy, and the page that explains them.
///
/// The arguments are:
///
/// - `spec`: a spec without errors. Parts that could not be read are left out
/// - `origin`: the origin that the page names
///
/// # Examples
///
/// ```
/// use iam_policy_gen::{Origin, artifacts};
/// use iam_policy_spec::{Source, read};
///
/// let source = Source::new("policies.toml", r#"
/// [policy.user]
/// [[policy.user.statement]]
/// id        = "list"
/// reason    = "Finds the bucket."
/// actions   = ["s3:ListAllMyBuckets"]
/// resources = ["*"]
/// "#);
/// let (spec, _) = read(&source);
/// let origin = Origin { command: "cargo xtask regenerate", spec: "../policies.toml" };
/// let names: Vec<_> = artifacts(&spec, origin).into_iter().map(|artifact| artifact.name).collect();
/// assert_eq!(names, ["user.json", "PERMISSIONS.md"]);
/// ```
#[must_use]
pub fn artifacts(spec: &Spec, origin: Origin<'_>) -> Vec<Artifact> {
    let formats = match spec.outputs.as_slice() {
        [] => Format::DEFAULT,
        chosen => chosen,
    };
    artifacts_in(spec, origin, formats)
}

/// Like [`artifacts`], in the given formats.
///
/// - `spec`: a spec without errors. Parts that could not be read are left out
/// - `origin`: the origin that the pages name
/// - `formats`: the formats, in the order of the files
#[must_use]
pub fn artifacts_in(spec: &Spec, origin: Origin<'_>, formats: &[Format]) -> Vec<Artifact> {
    with_policies(spec, |policies| {
        let input = Input {
            spec,
            policies,
            origin,
            formats,
        };
        formats
            .iter()
            .filter_map(|&format| output(format))
            .flat_map(|output| output.files(&input))
            .collect()
    })
}

/// Whether any format can generate a file called `name`.
pub(crate) fn can_be_artifact(name: &str) -> bool {
    OUTPUTS.iter().any(|(_, output)| output.can_write(name))
}

#[cfg(test)]
mod tests {
    use iam_policy_spec::{Source, read};

    use super::*;

    const ORIGIN: Origin<'_> = Origin {
        command: "cargo xtask regenerate",
        spec: "../policies.toml",
    };

    const SPEC: &str = r#"
        [environment.prod]
        [environment.dev-1]
        [policy.user]
        partitions = ["aws", "aws-cn"]
        [[policy.user.statement]]
        id        = "read"
        reason    = "Reads."
        actions   = ["s3:GetObject"]
        resources = ["arn:{partition}:s3:::reports/*"]

        [policy.the-role_2]
        partitions = ["aws-us-gov", "aws", "aws-cn"]
        [[policy.the-role_2.statement]]
        id        = "read"
        reason    = "Reads."
        actions   = ["s3:GetObject"]
        resources = ["arn:{partition}:s3:::reports/*"]
        [policy.the-role_2.trust]
        services = ["lambda"]
        condition.ArnLike."aws:SourceArn" = "arn:{partition}:lambda:*:*:function:*"
    "#;

    #[test]
    fn each_artifact_belongs_to_one_output() {
        let (spec, mistakes) = read(&Source::new("policies.toml", SPEC));
        assert_eq!(mistakes, []);
        let names: Vec<_> = artifacts_in(&spec, ORIGIN, Format::ALL)
            .into_iter()
            .map(|file| file.name)
            .collect();
        assert_eq!(
            names,
            [
                "user.json",
                "user.aws-cn.json",
                "the-role_2.json",
                "the-role_2.aws.json",
                "the-role_2.aws-cn.json",
                "the-role_2.trust.json",
                "the-role_2.trust.aws.json",
                "the-role_2.trust.aws-cn.json",
                "prod/user.json",
                "prod/user.aws-cn.json",
                "prod/the-role_2.json",
                "prod/the-role_2.aws.json",
                "prod/the-role_2.aws-cn.json",
                "prod/the-role_2.trust.json",
                "prod/the-role_2.trust.aws.json",
                "prod/the-role_2.trust.aws-cn.json",
                "dev-1/user.json",
                "dev-1/user.aws-cn.json",
                "dev-1/the-role_2.json",
                "dev-1/the-role_2.aws.json",
                "dev-1/the-role_2.aws-cn.json",
                "dev-1/the-role_2.trust.json",
                "dev-1/the-role_2.trust.aws.json",
                "dev-1/the-role_2.trust.aws-cn.json",
                "PERMISSIONS.md",
                "permissions.html",
                "permissions.tf",
                "permissions.template.yaml",
                "permissions.ts",
                "permissions.py",
            ]
        );
        with_policies(&spec, |policies| {
            let input = Input {
                spec: &spec,
                policies,
                origin: ORIGIN,
                formats: Format::ALL,
            };
            for &format in Format::ALL {
                let output = output(format).unwrap();
                for file in output.files(&input) {
                    let writers = OUTPUTS.iter().filter(|(_, other)| other.can_write(&file.name)).count();
                    assert!(output.can_write(&file.name) && writers == 1, "{}", file.name);
                }
            }
        });
    }

    #[test]
    fn other_files_are_not_artifacts() {
        for name in [
            "",
            ".",
            "..",
            "main.rs",
            "README.md",
            "permissions.md",
            "../PERMISSIONS.md",
            "out/PERMISSIONS.md",
            "../user.json",
            "/etc/user.json",
            "a/b/user.json",
            "a/../user.json",
            "a/PERMISSIONS.md",
            "a\\user.json",
            ".user.json",
            ".iam-policy-generated",
            "user.json/",
            "user.json\0",
            "user.json\r",
            "package-lock.json.bak",
            "tsconfig.build.json",
            "main.tf",
            "terraform/permissions.tf",
            "permissions.tf.json",
            "template.yaml",
            "permissions.yaml",
        ] {
            assert!(!can_be_artifact(name), "{name:?}");
        }
    }
}
