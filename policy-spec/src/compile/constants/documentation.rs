use iam_policy_core::Policy;

/// The documentation of a constant: title, introduction and explanation table, of the policy and of each extension.
pub(super) fn documentation(policy: &Policy<'_>) -> String {
    let mut doc = paragraphs(policy.title, policy.about, &policy.explanation().to_string());
    for extension in policy.extensions {
        let name = extension.name;
        let title = extension.heading();
        let heading = format!("\n# Extension `{name}`: {title}");
        doc.push_str(&paragraphs(
            &heading,
            extension.about,
            &extension.explanation().to_string(),
        ));
    }
    doc
}

fn paragraphs(title: &str, about: &str, table: &str) -> String {
    let mut text = String::new();
    for paragraph in [title, about, table] {
        if !paragraph.is_empty() {
            text.push_str(paragraph.trim_end());
            text.push_str("\n\n");
        }
    }
    text
}
