/// Puts `items` in the order of their places; those that are at the same place stay as they are.
///
/// What is compiled here is only the sorting of numbers, and of each type that is sorted only how its items are moved:
/// a crate that has many types to sort is compiled faster than with the sort of the standard library for each of them.
///
/// - `place`: such as the byte of a source where the item stands
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

/// The swaps that sort something with these places.
fn swaps(places: &[usize]) -> Vec<(usize, usize)> {
    let mut sorted: Vec<(usize, usize)> = Vec::with_capacity(places.len());
    for &place in places {
        sorted.push((place, sorted.len()));
    }
    sorted.sort_unstable();
    let mut swaps = Vec::new();
    for start in 0..sorted.len() {
        let mut to = start;
        // Once round the cycle that `start` is in. What has been moved belongs where it is.
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
