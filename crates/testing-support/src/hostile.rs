/// Text that would change how a terminal or a page shows what follows, or hide: escape sequences, control characters,
/// characters that reverse text, soft hyphens, characters without width, tags, and Markdown.
///
/// It has no NUL and no `/`, so it can be part of the name of a file.
pub const HOSTILE: &str = "\u{1b}[31m\u{9b}2J\u{7f}\u{8}\r\u{85}\u{202e}\u{2066}\u{200e}\u{200f}\u{61c}\u{200b}\u{200d}\u{2060}\u{feff}\u{ad}\u{e0041}\u{e007f}\n# `x` ```|<b>![i](j){0}";

/// Checks that a text contains none of the invisible characters of [`HOSTILE`] and their like, except line feeds and
/// tabs.
///
/// - `text`: what a program printed
/// - `what`: how to get that text, for the message
///
/// # Panics
///
/// If it does.
pub fn assert_tame(text: &str, what: &dyn std::fmt::Debug) {
    let is_wild = |one: char| {
        one.is_control() && !matches!(one, '\n' | '\t')
            || matches!(
                one,
                '\u{ad}'
                    | '\u{61c}'
                    | '\u{180e}'
                    | '\u{200b}'..='\u{200f}'
                    | '\u{2028}'..='\u{202e}'
                    | '\u{2060}'..='\u{206f}'
                    | '\u{feff}'
                    | '\u{fff9}'..='\u{fffb}'
                    | '\u{e0000}'..='\u{e007f}'
            )
    };
    if let Some(at) = text.find(is_wild) {
        let around = text
            .get(..at)
            .and_then(|before| before.lines().last())
            .unwrap_or_default();
        panic!(
            "{what:?} prints {:?} after {around:?}",
            text.get(at..).and_then(|rest| rest.chars().next())
        );
    }
}
