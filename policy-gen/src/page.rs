//! The page that explains the policies to those who attach and review them.

use std::fmt::Write;

use policy_core::text::Grouped;
use policy_core::{Extension, Options, Policy};
use policy_spec::{Spec, Template};

use crate::Origin;
use crate::artifacts::file_name;

/// The page as Markdown.
pub(crate) fn page(spec: &Spec, policies: &[Policy<'_>], origin: Origin<'_>) -> String {
    let mut out = String::new();
    let Origin { command, spec: path } = origin;
    paragraph(
        &mut out,
        &format!("<!-- Written by `{command}` from `{path}`. Do not edit: change that file instead. -->"),
    );
    let title = spec.page.title.as_ref().map_or("Permissions", |title| &title.text);
    paragraph(&mut out, &format!("# {title}"));
    about(&mut out, spec.page.about.as_ref().map_or("", |about| &about.text));
    for policy in policies {
        section(&mut out, policy);
    }
    parameters(&mut out, spec);
    for (title, text) in &spec.page.sections {
        paragraph(&mut out, &format!("## {}", title.text));
        paragraph(&mut out, &text.text);
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn paragraph(out: &mut String, text: &str) {
    out.push_str(text.trim_end());
    out.push_str("\n\n");
}

fn about(out: &mut String, text: &str) {
    if !text.is_empty() {
        paragraph(out, text);
    }
}

/// The heading that a title, or else a name, makes.
fn heading<'a>(title: &'a str, name: &'a str) -> &'a str {
    if title.is_empty() { name } else { title }
}

fn section(out: &mut String, policy: &Policy<'_>) {
    paragraph(out, &format!("## {}", heading(policy.title, policy.name)));
    about(out, policy.about);
    paragraph(out, &facts(policy, Options::DEFAULT));
    folded(out, "The policy as JSON", policy.json);
    let others: Vec<_> = policy
        .partitions
        .iter()
        .skip(1)
        .map(|partition| format!("[`{partition}`]({})", file_name(policy, partition)))
        .collect();
    if !others.is_empty() {
        paragraph(out, &format!("The same for the partition {}.", others.join(", ")));
    }
    paragraph(out, &policy.explanation().to_string());
    if let Some(trust) = policy.trust {
        paragraph(out, "### Trust policy");
        about(out, trust.about);
        folded(out, "The trust policy as JSON", trust.json);
    }
    for extension in policy.extensions {
        extension_section(out, policy, extension);
    }
}

fn extension_section(out: &mut String, policy: &Policy<'_>, extension: &Extension<'_>) {
    paragraph(
        out,
        &format!("### Extension: {}", heading(extension.title, extension.name)),
    );
    about(out, extension.about);
    let options = Options {
        extensions: &[extension.name],
        ..Options::DEFAULT
    };
    paragraph(out, &facts(policy, options));
    if let Ok(json) = policy.render(options) {
        folded(
            out,
            &format!("The policy with the extension <code>{}</code> as JSON", extension.name),
            &json.to_string(),
        );
    }
    paragraph(out, &extension.explanation().to_string());
}

/// How long the policy is, and where it fits.
fn facts(policy: &Policy<'_>, options: Options<'_>) -> String {
    let size = policy.measure(options).unwrap_or_default();
    let attach = match options.extensions {
        [name, ..] => policy.extension(name).map_or(policy.attach, |extension| {
            if extension.attach.is_empty() {
                policy.attach
            } else {
                extension.attach
            }
        }),
        [] => policy.attach,
    };
    let mut text = format!("{} characters", Grouped(size));
    for (i, kind) in attach.iter().enumerate() {
        text.push_str(if i == 0 { ", of the " } else { " and of the " });
        // A `String` takes everything.
        let _ = write!(text, "{} that `{kind}` may have", Grouped(kind.quota()));
    }
    text.push('.');
    text
}

fn folded(out: &mut String, summary: &str, json: &str) {
    paragraph(
        out,
        &format!("<details>\n<summary>{summary}</summary>\n\n```json\n{json}```\n\n</details>"),
    );
}

fn parameters(out: &mut String, spec: &Spec) {
    if spec.parameters.is_empty() {
        return;
    }
    paragraph(out, "## Parameters");
    paragraph(out, "Names that may be chosen; the JSON on this page has the defaults.");
    out.push_str("| Name | Default | Meaning |\n|---|---|---|\n");
    for parameter in &spec.parameters {
        let about = parameter.about.as_ref().map_or("", |about: &Template| &about.text);
        let _ = writeln!(
            out,
            "| `{}` | `{}` | {} |",
            parameter.name.value,
            parameter.default.value,
            about.replace('|', "\\|").replace('\n', "<br>")
        );
    }
    out.push('\n');
}
