//! Texts as numbers of phrases in a dictionary: words, and words that often follow each other.

use std::collections::{BTreeMap, HashMap};

use iam_policy_operations::format::SHORT;

/// How many times phrases are joined.
const ROUNDS: usize = 40;
/// How many pairs of phrases are joined at a time, at most.
const PAIRS: usize = 100;
/// How often a pair must occur. A phrase costs its length, and saves a byte or two each time.
const OFTEN: usize = 12;
/// The length of the longest phrase.
const LONGEST: usize = 200;

/// The dictionary, and for each text the numbers of its phrases.
pub(crate) fn compress(texts: &[String]) -> (Vec<String>, Vec<Vec<usize>>) {
    let mut phrases: Vec<String> = Vec::new();
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut texts: Vec<Vec<usize>> = texts
        .iter()
        .map(|text| {
            let words = words(text).map(|word| {
                *numbers.entry(word).or_insert_with(|| {
                    phrases.push(word.to_owned());
                    phrases.len() - 1
                })
            });
            words.collect()
        })
        .collect();
    for _ in 0..ROUNDS {
        let joined = pairs(&phrases, &texts);
        if joined.is_empty() {
            break;
        }
        let mut merged = HashMap::new();
        for (one, other) in joined {
            if let (Some(first), Some(second)) = (phrases.get(one), phrases.get(other)) {
                let phrase = format!("{first}{second}");
                merged.insert((one, other), phrases.len());
                phrases.push(phrase);
            }
        }
        for text in &mut texts {
            join(text, &merged);
        }
    }
    rank(phrases, texts)
}

/// Splits a text into words: a letter or digit with the small letters and digits after it, or one other character.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut characters = rest.char_indices();
        let (_, first) = characters.next()?;
        let goes_on = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit();
        let end = if first.is_ascii_alphanumeric() {
            characters.find(|&(_, character)| !goes_on(character))
        } else {
            characters.next()
        }
        .map_or(rest.len(), |(at, _)| at);
        let (word, after) = rest.split_at_checked(end)?;
        rest = after;
        Some(word)
    })
}

/// The most frequent pairs of neighbours. No phrase is in two of them.
fn pairs(phrases: &[String], texts: &[Vec<usize>]) -> Vec<(usize, usize)> {
    let mut counts: HashMap<(usize, usize), usize> = HashMap::new();
    for text in texts {
        for (&one, &other) in text.iter().zip(text.iter().skip(1)) {
            *counts.entry((one, other)).or_default() += 1;
        }
    }
    let len = |number: usize| phrases.get(number).map_or(0, String::len);
    let mut counts: Vec<((usize, usize), usize)> = counts
        .into_iter()
        .filter(|&((one, other), count)| count >= OFTEN && len(one) + len(other) <= LONGEST)
        .collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut taken = vec![false; phrases.len()];
    let mut found = Vec::new();
    for ((one, other), _) in counts {
        let free = |number: usize| taken.get(number) == Some(&false);
        if found.len() < PAIRS && one != other && free(one) && free(other) {
            for number in [one, other] {
                if let Some(taken) = taken.get_mut(number) {
                    *taken = true;
                }
            }
            found.push((one, other));
        }
    }
    found
}

fn join(text: &mut Vec<usize>, merged: &HashMap<(usize, usize), usize>) {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_slice();
    while let Some((&one, after)) = rest.split_first() {
        let pair = after.first().and_then(|&other| merged.get(&(one, other)));
        out.push(pair.copied().unwrap_or(one));
        rest = if pair.is_some() {
            after.get(1..).unwrap_or_default()
        } else {
            after
        };
    }
    *text = out;
}

/// Renumbers phrases by frequency, since low numbers are shorter, and drops those that no longer occur.
fn rank(phrases: Vec<String>, texts: Vec<Vec<usize>>) -> (Vec<String>, Vec<Vec<usize>>) {
    let mut counts = vec![0_usize; phrases.len()];
    for &token in texts.iter().flatten() {
        if let Some(count) = counts.get_mut(token) {
            *count += 1;
        }
    }
    let mut order: Vec<(usize, usize, String)> = counts
        .into_iter()
        .zip(phrases)
        .enumerate()
        .filter(|(_, (count, _))| *count > 0)
        .map(|(number, (count, phrase))| (count, number, phrase))
        .collect();
    order.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.2.cmp(&b.2)));
    // Beyond the short tokens only the set matters: in the order of the alphabet, changes between versions are small.
    if let Some((_, long)) = order.split_at_mut_checked(SHORT) {
        long.sort_by(|a, b| a.2.cmp(&b.2));
    }
    let numbers: HashMap<usize, usize> = order.iter().enumerate().map(|(new, (_, old, _))| (*old, new)).collect();
    let renumber = |token: usize| numbers.get(&token).copied().unwrap_or_default();
    let texts = texts
        .into_iter()
        .map(|text| text.into_iter().map(renumber).collect())
        .collect();
    (order.into_iter().map(|(_, _, phrase)| phrase).collect(), texts)
}

#[cfg(test)]
mod tests {
    use super::{compress, words};

    #[test]
    fn texts_split_into_words() {
        let found: Vec<_> = words("ListObjectsV2\ts3:getX=é").collect();
        assert_eq!(found, ["List", "Objects", "V2", "\t", "s3", ":", "get", "X", "=", "é"]);
    }

    #[test]
    fn phrases_make_up_the_texts() {
        let line = "arn:{partition}:sqs:{region}:{account}:{QueueName}\n";
        let texts = vec![line.repeat(40), format!("{line}GetQueueUrl"), String::new()];
        let (phrases, tokens) = compress(&texts);
        let back: Vec<String> = tokens
            .iter()
            .map(|tokens| tokens.iter().map(|&token| phrases[token].as_str()).collect())
            .collect();
        assert_eq!(back, texts);
        assert!(tokens[0].len() < 60, "{}", tokens[0].len());
        assert_eq!(compress(&texts), (phrases, tokens));
    }
}
