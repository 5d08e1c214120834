use policy_core::Policy;

/// Title, text and table, and those of every extension.
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
    for paragraph in [title, about, table]
        .into_iter()
        .filter(|paragraph| !paragraph.is_empty())
    {
        text.push_str(&plain_fences(paragraph));
        text.push_str("\n\n");
    }
    text
}

/// Says of each code block without a language that it is text, lest rustdoc take it for Rust.
fn plain_fences(markdown: &str) -> String {
    let mut inside = false;
    let mut lines: Vec<String> = Vec::new();
    for line in markdown.lines() {
        let fence = line.trim_start().starts_with("```");
        let bare = fence && line.trim() == "```" && !inside;
        inside ^= fence;
        lines.push(if bare { format!("{line}text") } else { line.to_owned() });
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_in_the_documentation_is_not_taken_for_rust() {
        assert_eq!(
            plain_fences("a\n```\ncode\n```\n\n```sh\ncode\n```\n  ```\n  x\n  ```"),
            "a\n```text\ncode\n```\n\n```sh\ncode\n```\n  ```text\n  x\n  ```"
        );
    }
}
