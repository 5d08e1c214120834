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
    for paragraph in [title, about, table] {
        if !paragraph.is_empty() {
            text.push_str(&plain_code(paragraph));
            text.push_str("\n\n");
        }
    }
    text
}

/// Says of all code without a language that it is text, lest rustdoc take it for Rust: of fenced blocks, and of lines
/// that are indented by four characters behind an empty line, unless they go on with a list.
fn plain_code(markdown: &str) -> String {
    let mut out = String::new();
    let mut fence: Option<&str> = None;
    let (mut is_indented, mut is_list, mut after_blank) = (false, false, true);
    for line in markdown.lines() {
        let text = line.trim_start();
        let is_code = line.starts_with("    ") || line.starts_with('\t');
        let is_blank = text.is_empty();
        if is_indented && !is_blank && !is_code {
            out.push_str("~~~\n");
            is_indented = false;
        } else if fence.is_none() && is_code && !is_blank && after_blank && !is_list && !is_indented {
            out.push_str("~~~text\n");
            is_indented = true;
        }
        out.push_str(if is_indented { unindented(line) } else { line });
        if !is_indented && let Some(marker) = fence_of(text) {
            let rest = text.get(marker.len()..).unwrap_or_default().trim();
            match fence {
                None => {
                    fence = Some(marker);
                    out.push_str(if rest.is_empty() { "text" } else { "" });
                }
                Some(opening) if marker.starts_with(opening) && rest.is_empty() => fence = None,
                Some(_) => {}
            }
        }
        if !is_blank && !is_code {
            is_list = text.starts_with(['-', '*', '+']) || text.starts_with(|first: char| first.is_ascii_digit());
        }
        after_blank = is_blank || (is_indented && after_blank);
        out.push('\n');
    }
    if is_indented {
        out.push_str("~~~\n");
    }
    out.truncate(out.trim_end().len());
    out
}

/// What begins or ends a fenced block.
fn fence_of(text: &str) -> Option<&str> {
    let mark = text.chars().next().filter(|first| matches!(first, '`' | '~'))?;
    let marker = text.get(..text.len() - text.trim_start_matches(mark).len())?;
    Some(marker).filter(|marker| marker.len() >= 3)
}

fn unindented(line: &str) -> &str {
    line.strip_prefix("    ").or(line.strip_prefix('\t')).unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fenced_code_is_not_taken_for_rust() {
        for (markdown, plain) in [
            (
                "a\n```\ncode\n```\n\n```sh\ncode\n```\n  ```\n  x\n  ```",
                "a\n```text\ncode\n```\n\n```sh\ncode\n```\n  ```text\n  x\n  ```",
            ),
            (
                "````\n```\n    x\n````\n\n~~~\ny\n~~~",
                "````text\n```\n    x\n````\n\n~~~text\ny\n~~~",
            ),
        ] {
            assert_eq!(plain_code(markdown), plain);
        }
    }

    #[test]
    fn indented_code_is_not_taken_for_rust() {
        for (markdown, plain) in [
            (
                "Run:\n\n    a b\n\n      c\n\nThen:",
                "Run:\n\n~~~text\na b\n\n  c\n\n~~~\nThen:",
            ),
            ("    a", "~~~text\na\n~~~"),
            ("\ta\nb", "~~~text\na\n~~~\nb"),
            ("a\n    b", "a\n    b"),
            ("- a\n\n    b\n\n      c", "- a\n\n    b\n\n      c"),
        ] {
            assert_eq!(plain_code(markdown), plain);
        }
    }
}
