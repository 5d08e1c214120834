//! Prose as HTML. What it may contain is decided by `iam_policy_core::markdown`, for all pages alike.

use iam_policy_core::markdown::{Blocks, Inline};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

/// Prose on one line.
pub(super) fn inline(text: &str) -> String {
    let markdown = Inline(text).to_string();
    let paragraph = |event: &Event<'_>| !matches!(event, Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph));
    write(events(&markdown).filter(paragraph))
}

/// Prose of any number of paragraphs.
pub(super) fn blocks(text: &str) -> String {
    // What may scroll must be reachable by keyboard. Text cannot contain tags.
    write(events(&Blocks(text).to_string())).replace("<pre>", "<pre tabindex=\"0\">")
}

/// The words of prose on one line, without any markup.
pub(in super::super) fn plain(text: &str) -> String {
    let mut words = String::new();
    for event in events(&Inline(text).to_string()) {
        match event {
            Event::Text(text) | Event::Code(text) => words.push_str(&text),
            _ => {}
        }
    }
    words
}

fn events(markdown: &str) -> impl Iterator<Item = Event<'_>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    Parser::new_ext(markdown, options).map(|event| match event {
        // The only tags that `Inline` and `Blocks` write.
        Event::InlineHtml(tag) if matches!(&*tag, "<code>" | "</code>") => Event::InlineHtml(tag),
        Event::InlineHtml(text) | Event::Html(text) => Event::Text(text),
        event => event,
    })
}

fn write<'t>(events: impl Iterator<Item = Event<'t>>) -> String {
    let mut out = String::new();
    html::push_html(&mut out, events);
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_markdown_without_html() {
        assert_eq!(
            inline("*a* `b|c` <b> [d](https://e)"),
            "<em>a</em> <code>b|c</code> &lt;b&gt; <a href=\"https://e\">d</a>"
        );
        assert_eq!(
            inline("![a](https://b) [c](javascript:d)"),
            "!<a href=\"https://b\">a</a> [c](javascript:d)"
        );
        assert_eq!(
            blocks("a\n\n- b\n\n```sh\nc <d>\n```"),
            "<p>a</p>\n<ul>\n<li>b</li>\n</ul>\n<pre tabindex=\"0\"><code class=\"language-sh\">c &lt;d&gt;\n</code></pre>"
        );
        assert_eq!(plain("The *title* of `it` <b>"), "The title of it <b>");
    }
}
