//! The anchors of a page. No two are equal: the characters `:`, `+` and `.` are in no name.

use iam_policy_core::{Extension, Policy};
use iam_policy_spec::Spec;

/// The anchors of the parts that are named after their text. Statements have theirs from `Statement::anchor`.
pub(super) struct Anchors {
    /// Those of the closing sections.
    pub(super) sections: Vec<String>,
}

impl Anchors {
    /// That of the parameters.
    pub(super) const PARAMETERS: &str = "page.parameters";

    /// That of the forms of deployment.
    pub(super) const DEPLOYMENT: &str = "page.deployment";

    /// That of the environments.
    pub(super) const ENVIRONMENTS: &str = "page.environments";

    /// That of the accepted findings.
    pub(super) const FINDINGS: &str = "page.accepted-findings";

    pub(super) fn new(spec: &Spec) -> Self {
        let mut sections: Vec<String> = Vec::new();
        for (title, _) in &spec.page.sections {
            let name = slug(&title.text);
            let mut anchor = format!("page.section.{name}");
            let mut number = 2;
            while sections.contains(&anchor) {
                anchor = format!("page.section.{name}.{number}");
                number += 1;
            }
            sections.push(anchor);
        }
        Self { sections }
    }

    pub(super) fn policy(policy: &Policy<'_>) -> String {
        let name = policy.name;
        // Otherwise the policy `a-b` would have the anchor of the statement `b` of `a`.
        if name.contains('-') {
            format!("policy:{name}")
        } else {
            name.to_owned()
        }
    }

    pub(super) fn extension(policy: &Policy<'_>, extension: &Extension<'_>) -> String {
        format!("{}+{}", policy.name, extension.name)
    }

    pub(super) fn trust(policy: &Policy<'_>) -> String {
        format!("{}.trust", policy.name)
    }
}

/// The words of a title in lower case, joined by hyphens.
fn slug(title: &str) -> String {
    let words = title.split(|character: char| !character.is_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.join("-")
}
