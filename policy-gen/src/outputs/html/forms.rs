//! The forms in which the policies and roles can be deployed: each is a file, and how to use it.

use iam_policy_core::json::Writer;
use iam_policy_spec::Format;
use std::fmt;

use super::super::deployment::Deployment;
use super::super::deployment::usage::Usage;
use super::super::output::Input;
use super::super::{Output, output};

/// A form of deployment on the page.
pub(super) struct Form<'a> {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// What to do with the file.
    pub(super) about: &'static str,
    /// What the file is, in the middle of a sentence.
    pub(super) noun: &'static str,
    pub(super) file: String,
    /// The contents of the file.
    pub(super) contents: String,
    /// How it is used if nothing is chosen.
    pub(super) usage: String,
    own: Usage<'a>,
}

/// The forms that a page shows: those of the CDK only if they are generated as well.
pub(super) fn forms<'a>(input: &Input<'a>) -> Vec<Form<'a>> {
    let deployment = Deployment::new(input);
    let always = [Format::Terraform, Format::CloudFormation];
    let formats = Format::ALL
        .iter()
        .filter(|format| always.contains(format) || input.formats.contains(format));
    let forms = formats.filter_map(|&format| form(format, output(format)?, input, &deployment));
    forms.collect()
}

fn form<'a>(format: Format, output: &dyn Output, input: &Input<'a>, deployment: &Deployment<'a>) -> Option<Form<'a>> {
    let (title, noun, about) = match format {
        Format::Terraform => (
            "Terraform",
            "The module",
            "Save the module in a folder of its own, and call it:",
        ),
        Format::CloudFormation => ("CloudFormation", "The template", "Save the template, and deploy it:"),
        Format::CdkTypeScript => (
            "AWS CDK in TypeScript",
            "The construct",
            "Save the construct next to your stack, and add it:",
        ),
        Format::CdkPython => (
            "AWS CDK in Python",
            "The construct",
            "Save the construct next to your stack, and add it:",
        ),
        _ => return None,
    };
    let own = output.usage(deployment)?;
    let file = output.files(input).into_iter().next()?;
    Some(Form {
        id: format.name(),
        title,
        about,
        noun,
        file: file.name,
        contents: file.contents,
        usage: own.without_choices(deployment),
        own,
    })
}

impl Usage<'_> {
    /// How the file is used if nothing is chosen: what must be given has its name in angle brackets. The page's script
    /// writes the same.
    fn without_choices(&self, deployment: &Deployment<'_>) -> String {
        let open: Vec<_> = deployment
            .parameters
            .iter()
            .filter(|parameter| parameter.default.is_none())
            .map(|parameter| parameter.name)
            .collect();
        let mut given: Vec<(&str, String)> = Vec::new();
        match &self.environment {
            Some((name, _)) if !open.is_empty() => given.push((name, "<environment>".to_owned())),
            _ => {
                for (parameter, names) in &self.parameters {
                    if open.contains(parameter) {
                        given.extend(names.last().map(|name| (name.as_str(), format!("<{parameter}>"))));
                    }
                }
            }
        }
        given.extend(self.required.iter().map(|name| (name.as_str(), format!("<{name}>"))));
        let each = |write: &dyn Fn(&str, &str) -> String| -> String {
            given.iter().map(|(name, value)| write(name, value)).collect()
        };
        match self.format {
            Format::Terraform => {
                let width = given.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
                let arguments = each(&|name, value| format!("  {name:width$} = \"{value}\"\n"));
                let blank = if given.is_empty() { "" } else { "\n" };
                format!("module \"permissions\" {{\n  source = \"./permissions\"\n{blank}{arguments}}}\n")
            }
            Format::CloudFormation => {
                let overrides = each(&|name, value| format!(" \\\n    '{name}={value}'"));
                let option = if given.is_empty() {
                    ""
                } else {
                    " \\\n  --parameter-overrides"
                };
                format!("{DEPLOY}{option}{overrides}\n")
            }
            Format::CdkTypeScript => {
                let properties = each(&|name, value| format!("  {name}: \"{value}\",\n"));
                let properties = if given.is_empty() {
                    String::new()
                } else {
                    format!(", {{\n{properties}}}")
                };
                format!("new Permissions(this, \"Permissions\"{properties});\n")
            }
            _ => {
                let properties = each(&|name, value| format!("    {name}=\"{value}\",\n"));
                if given.is_empty() {
                    "Permissions(self, \"Permissions\")\n".to_owned()
                } else {
                    format!("Permissions(\n    self,\n    \"Permissions\",\n{properties})\n")
                }
            }
        }
    }
}

/// The command that deploys a template.
const DEPLOY: &str = "aws cloudformation deploy \\\n  --template-file permissions.template.yaml \\\n  --stack-name permissions \\\n  --capabilities CAPABILITY_NAMED_IAM";

/// Writes what the script needs to show how the files are used.
pub(super) fn write(json: &mut Writer<'_>, forms: &[Form<'_>]) -> fmt::Result {
    json.begin_object()?;
    for Form { id, own, .. } in forms {
        json.key(id)?;
        json.begin_object()?;
        json.key("environment")?;
        json.begin_object()?;
        if let Some((name, values)) = &own.environment {
            for (environment, value) in values {
                json.key(environment)?;
                json.list([name, value])?;
            }
        }
        json.end_object()?;
        json.key("parameters")?;
        json.begin_object()?;
        for (parameter, names) in &own.parameters {
            json.key(parameter)?;
            json.list(names)?;
        }
        json.end_object()?;
        json.key("extensions")?;
        json.begin_object()?;
        for (policy, extension, name) in &own.extensions {
            json.key(format_args!("{policy}+{extension}"))?;
            json.string(name)?;
        }
        json.end_object()?;
        json.key("required")?;
        json.list(&own.required)?;
        json.end_object()?;
    }
    json.end_object()
}
