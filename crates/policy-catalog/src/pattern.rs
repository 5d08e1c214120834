//! Matching names against patterns.

/// Splits a pattern before its first wildcard.
pub(crate) fn split_literal(pattern: &[u8]) -> (&[u8], &[u8]) {
    let wildcard = pattern.iter().position(|byte| matches!(byte, b'*' | b'?'));
    pattern
        .split_at_checked(wildcard.unwrap_or(pattern.len()))
        .unwrap_or_default()
}

/// The rest of `name` after `start`, ignoring case; `None` if it does not begin with it.
pub(crate) fn strip_start<'n>(name: &'n [u8], start: &[u8]) -> Option<&'n [u8]> {
    let (own, tail) = name.split_at_checked(start.len())?;
    own.eq_ignore_ascii_case(start).then_some(tail)
}

/// Whether a pattern matches a text, ignoring case. On a mismatch it backtracks to the last `*` only, so the time is at
/// most the product of the two lengths.
pub(crate) fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut rest, mut tail) = (pattern, text);
    // The pattern after the last `*`, and the text that remained when that `*` last consumed a character.
    let mut retry: Option<(&[u8], &[u8])> = None;
    loop {
        match (rest.split_first(), tail.split_first()) {
            (Some((b'*', after)), _) => {
                rest = after;
                retry = Some((after, tail));
                continue;
            }
            (Some((p, after)), Some((t, left))) if *p == b'?' || p.eq_ignore_ascii_case(t) => {
                (rest, tail) = (after, left);
                continue;
            }
            (None, None) => return true,
            _ => {}
        }
        let Some((after, left)) = retry else {
            return false;
        };
        let Some((_, left)) = left.split_first() else {
            return false;
        };
        (rest, tail) = (after, left);
        retry = Some((after, left));
    }
}
