//! The styles of messages on terminals.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use iam_policy_document::{Role, Severity, StyledText};

/// The style of a role.
const fn of(role: Role) -> Style {
    let color = match role {
        Role::Plain => return Style::new(),
        Role::Code => return AnsiColor::Cyan.on_default(),
        Role::Message | Role::Hint => return Style::new().bold(),
        Role::Severity(Severity::Error | Severity::SecurityWarning) | Role::Denied => AnsiColor::Red,
        Role::Severity(Severity::Warning) => AnsiColor::Yellow,
        Role::Severity(Severity::Suggestion) => AnsiColor::Cyan,
        Role::Severity(Severity::Note) | Role::Allowed => AnsiColor::Green,
        Role::Gutter | Role::Secondary => AnsiColor::Blue,
    };
    color.on_default().bold()
}

/// A text with the escape sequences of its styles.
pub(crate) fn ansi(text: &StyledText) -> String {
    let mut out = String::with_capacity(text.as_str().len() * 2);
    for (role, piece) in text.pieces() {
        let style = of(role);
        // Writing to a string cannot fail.
        let _ = write!(out, "{style}{piece}{style:#}");
    }
    out
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use iam_policy_document::{Diagnostic, Lines, SourceFile};

    use super::*;

    #[test]
    fn every_piece_of_a_diagnostic_has_its_style() {
        let lines = Lines::new(b"one two");
        let diagnostic = Diagnostic::new(Severity::Warning, "it is \u{1b}[1m wrong")
            .with_code("WRONG")
            .at(4..7)
            .label(0..3, "because of this")
            .help("change it");
        let shown = ansi(&SourceFile::new("f", &lines).show(&diagnostic));
        expect![[r#"
            <ESC>[1m<ESC>[33mwarning[WRONG]<ESC>[0m<ESC>[1m: it is \u{1b}[1m wrong<ESC>[0m<ESC>[1m<ESC>[34m
             --><ESC>[0m f:1:5<ESC>[1m<ESC>[34m
              |
            1 |<ESC>[0m one two<ESC>[1m<ESC>[34m
              |<ESC>[0m     <ESC>[1m<ESC>[33m^^^<ESC>[0m<ESC>[1m<ESC>[34m
              |<ESC>[0m <ESC>[1m<ESC>[34m--- because of this<ESC>[0m<ESC>[1m<ESC>[34m
              = <ESC>[0m<ESC>[1mhelp:<ESC>[0m change it"#]]
        .assert_eq(&shown.replace('\u{1b}', "<ESC>"));
    }

    #[test]
    fn text_without_roles_stays_as_it_is() {
        for text in ["", "error: not a diagnostic\n", "| a | b |\n", " --> x"] {
            assert_eq!(ansi(&text.into()), text);
        }
    }
}
