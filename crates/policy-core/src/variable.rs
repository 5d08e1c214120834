//! Policy variables, `${…}`.

/// The byte after the `${…}` that starts at `at`, or `None` if none does.
#[expect(
    clippy::indexing_slicing,
    reason = "a `const fn` has no `get`; every index is compared with the length first"
)]
pub(crate) const fn end(text: &[u8], at: usize) -> Option<usize> {
    if at + 1 >= text.len() || text[at] != b'$' || text[at + 1] != b'{' {
        return None;
    }
    let mut i = at + 2;
    while i < text.len() {
        if text[i] == b'}' {
            return Some(i + 1);
        }
        i += 1;
    }
    None
}
