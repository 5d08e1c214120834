/// Sorts `items` by their positions; items at the same position keep their order.
///
/// Only the sorting of numbers is compiled here, and per item type only how items are moved: crates that sort many
/// types compile faster than with the standard library's sort for each.
///
/// - `place`: the position of an item, such as a byte of a source
///
/// # Examples
///
/// ```
/// let mut words = vec!["much", "to", "do"];
/// iam_policy_document::sort_by_place(&mut words, |word| word.len());
/// assert_eq!(words, ["to", "do", "much"]);
/// ```
pub fn sort_by_place<T>(items: &mut [T], place: impl Fn(&T) -> usize) {
    let mut places = Vec::with_capacity(items.len());
    for item in items.iter() {
        places.push(place(item));
    }
    for (one, other) in swaps(&places) {
        items.swap(one, other);
    }
}

/// The swaps that sort items with these positions.
fn swaps(places: &[usize]) -> Vec<(usize, usize)> {
    let mut sorted: Vec<(usize, usize)> = Vec::with_capacity(places.len());
    for &place in places {
        sorted.push((place, sorted.len()));
    }
    sorted.sort_unstable();
    let mut swaps = Vec::new();
    for start in 0..sorted.len() {
        let mut to = start;
        // Once around the cycle of `start`. Moved items are in place.
        while let Some((_, from)) = sorted.get_mut(to) {
            let from = std::mem::replace(from, to);
            if from == start {
                break;
            }
            swaps.push((to, from));
            to = from;
        }
    }
    swaps
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sorts_stably(places in proptest::collection::vec(0_usize..20, 0..40)) {
            let mut items: Vec<_> = places.into_iter().enumerate().collect();
            let mut expected = items.clone();
            expected.sort_by_key(|(_, place)| *place);
            sort_by_place(&mut items, |(_, place)| *place);
            prop_assert_eq!(items, expected);
        }
    }
}
