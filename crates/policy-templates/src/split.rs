//! Splitting texts with unknown parts.

use iam_policy_core::variable::{Piece, pieces};

/// The parts of a text between delimiters; `None` if that depends on what is not known.
pub(crate) fn split(text: &str, delimiter: &str) -> Option<Vec<String>> {
    let is_separator = matches!(delimiter, ":" | "/");
    let is_open = |piece| match piece {
        Piece::Unknown(unknown) => !(unknown.is_word && is_separator),
        _ => false,
    };
    if delimiter.is_empty() || pieces(text).any(is_open) {
        return None;
    }
    // Names of unknown parts may have the delimiter, but their texts do not.
    let mut texts = vec![String::new()];
    let mut pieces = pieces(text);
    loop {
        let start = pieces.position();
        let Some(piece) = pieces.next() else { break };
        let part = text.get(start..pieces.position()).unwrap_or_default();
        let is_unknown = matches!(piece, Piece::Unknown(_));
        let mut parts = part.split(delimiter);
        let first = if is_unknown { Some(part) } else { parts.next() };
        if let (Some(last), Some(first)) = (texts.last_mut(), first) {
            last.push_str(first);
        }
        if !is_unknown {
            texts.extend(parts.map(str::to_owned));
        }
    }
    Some(texts)
}
