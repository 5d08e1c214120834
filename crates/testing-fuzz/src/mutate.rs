//! Inputs that are like examples.

use crate::Target;

/// Makes inputs for a target. The same seed makes the same inputs.
///
/// # Examples
///
/// ```
/// use testing_fuzz::TARGETS;
/// use testing_fuzz::mutate::Mutator;
///
/// let mutator = Mutator::new(&TARGETS[0], 1);
/// assert_eq!(mutator.input(7), Mutator::new(&TARGETS[0], 1).input(7));
/// assert_ne!(mutator.input(7), mutator.input(8));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Mutator<'a> {
    target: &'a Target,
    seed: u64,
}

/// The longest input in bytes. Costs may grow with the input, and many inputs find more than long ones.
const MAX_LENGTH: usize = 8 << 10;

impl<'a> Mutator<'a> {
    /// - `seed`: any number
    #[must_use]
    pub const fn new(target: &'a Target, seed: u64) -> Self {
        Self { target, seed }
    }

    /// The input with this number. The first ones are the examples themselves.
    #[must_use]
    pub fn input(&self, number: usize) -> Vec<u8> {
        let Target { seeds, words, .. } = self.target;
        if let Some(seed) = seeds.get(number) {
            return seed.as_bytes().to_vec();
        }
        let mut random = Random(self.seed ^ (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut input = random.of(seeds).as_bytes().to_vec();
        for _ in 0..=random.below(8) {
            mutate(&mut input, seeds, words, &mut random);
        }
        input.truncate(MAX_LENGTH);
        input
    }
}

fn mutate(input: &mut Vec<u8>, seeds: &[&str], words: &[&str], random: &mut Random) {
    let at = random.below(input.len() + 1);
    // Most changes concern a few bytes, some a large part.
    let most = if random.below(4) == 0 { input.len() } else { 16 };
    let end = (at + random.below(most + 1)).min(input.len());
    match random.below(9) {
        0 => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        1 => input.insert(at, u8::try_from(random.below(256)).unwrap_or_default()),
        2 => drop(input.drain(at..end)),
        // Repetition finds costs that grow too fast.
        3 => {
            let part = input[at..end].to_vec();
            let most = if random.below(8) == 0 { 200 } else { 3 };
            let times = (1 + random.below(most)).min(MAX_LENGTH / part.len().max(1));
            drop(input.splice(at..at, part.repeat(times)));
        }
        4 => {
            let other = random.of(seeds).as_bytes();
            let from = random.below(other.len());
            let to = (from + random.below(64)).min(other.len());
            drop(input.splice(at..end, other[from..to].iter().copied()));
        }
        5 => {
            let from = random.below(input.len() + 1);
            let part = input[at..end].to_vec();
            drop(input.splice(from..from, part));
        }
        // Words take the place of other words more often than they break them.
        _ => {
            let word = random.of(words).bytes();
            let place = if random.below(2) == 0 {
                at..at
            } else {
                quoted(input, at)
            };
            drop(input.splice(place, word));
        }
    }
}

/// The quoted text that starts after a place, with its quotes.
fn quoted(input: &[u8], at: usize) -> std::ops::Range<usize> {
    let quote = |from: usize| Some(from + input.get(from..)?.iter().position(|byte| *byte == b'"')?);
    match quote(at).and_then(|start| Some(start..quote(start + 1)? + 1)) {
        Some(range) => range,
        None => at..at,
    }
}

/// The generator `SplitMix64`.
///
/// Source: Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number less than `limit`; 0 if that is 0.
    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % (limit.max(1) as u64)).unwrap_or_default()
    }

    fn of<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[self.below(words.len())]
    }
}
