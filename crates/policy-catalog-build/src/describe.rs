//! The descriptions' data file, in which a description is a list of word numbers.

use std::collections::{BTreeMap, BTreeSet};

use iam_policy_catalog::format::{DESCRIPTIONS_MAGIC, description_section, push_token};

use crate::error::Error;
use crate::order::Order;
use crate::pool::{Lists, Pool, file, put};
use crate::source::Package;

pub(crate) fn encode(package: &Package, order: &Order) -> Result<Vec<u8>, Error> {
    let actions: Vec<String> = order
        .actions
        .iter()
        .map(|&(service, action)| {
            package
                .services
                .get(service)
                .and_then(|service| service.actions.get(action))
                .map_or_else(String::new, |action| plain(&action.description))
        })
        .collect();
    let keys = key_descriptions(package, order);

    // The more frequent a word is, the shorter is its number.
    let mut frequency: BTreeMap<&str, usize> = BTreeMap::new();
    let distinct: BTreeSet<&String> = actions.iter().chain(&keys).collect();
    for word in distinct.iter().flat_map(|text| text.split_terminator(' ')) {
        *frequency.entry(word).or_default() += 1;
    }
    let mut words: Vec<(&str, usize)> = frequency.into_iter().collect();
    words.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let numbers: BTreeMap<&str, usize> = words
        .iter()
        .enumerate()
        .map(|(number, (word, _))| (*word, number))
        .collect();

    let mut strings: BTreeSet<&str> = words.iter().map(|(word, _)| *word).collect();
    strings.insert(&package.version);
    let pool = Pool::new(&strings);
    let mut sections: [Vec<u8>; description_section::COUNT] = Default::default();
    let [out_strings, out_meta, out_words, out_tokens, out_actions, out_keys] = &mut sections;
    *out_strings = pool.text().as_bytes().to_vec();
    pool.put_text(out_meta, &package.version)?;
    for (word, _) in &words {
        pool.put_text(out_words, word)?;
    }
    let mut lists = Lists::new();
    for (texts, out) in [(&actions, out_actions), (&keys, out_keys)] {
        for text in texts {
            let mut tokens = Vec::new();
            for word in text.split_terminator(' ') {
                let number = numbers.get(word).copied().unwrap_or_default();
                if !push_token(&mut tokens, number) {
                    return Err(Error::new("descriptions", "there are too many words"));
                }
            }
            let tokens: Vec<Vec<u8>> = tokens.into_iter().map(|byte| vec![byte]).collect();
            put(out, lists.add(&tokens)?, 3)?;
        }
    }
    *out_tokens = lists.into_bytes();
    file(DESCRIPTIONS_MAGIC, &sections.each_ref().map(Vec::as_slice))
}

/// The words of a text, separated by single spaces.
pub(crate) fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The most frequent of the descriptions that services give a shared key; if there are several, the alphabetically
/// first.
fn key_descriptions(package: &Package, order: &Order) -> Vec<String> {
    let mut said: BTreeMap<(&str, &str), BTreeMap<String, usize>> = BTreeMap::new();
    for key in package.services.iter().flat_map(|service| &service.condition_keys) {
        *said
            .entry((&key.key, &key.kind))
            .or_default()
            .entry(plain(&key.description))
            .or_default() += 1;
    }
    order
        .keys
        .iter()
        .map(|(name, kind)| {
            let mut best = ("", 0);
            for (text, count) in said.get(&(name.as_str(), kind.as_str())).into_iter().flatten() {
                if *count > best.1 {
                    best = (text, *count);
                }
            }
            best.0.to_owned()
        })
        .collect()
}
