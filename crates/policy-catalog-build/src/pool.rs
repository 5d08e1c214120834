//! Pools that store overlapping strings, and equal lists and rows, only once.

use std::collections::{BTreeMap, BTreeSet};

use iam_policy_catalog::format::{LIMIT_2, LIMIT_3, LIMIT_4};

use crate::error::Error;

/// A number in base 128, least significant digit first.
pub(crate) fn put(out: &mut Vec<u8>, number: usize, digits: usize) -> Result<(), Error> {
    let limit = match digits {
        1 => 1 << 7,
        2 => LIMIT_2,
        3 => LIMIT_3,
        _ => LIMIT_4,
    };
    if number >= limit {
        return Err(Error::new(
            "the layout of the catalogue",
            format!("{number} does not fit {digits} digits: widen them in `iam_policy_catalog::format`"),
        ));
    }
    for digit in 0..digits {
        out.push(u8::try_from(number >> (7 * digit) & 0x7f).unwrap_or_default());
    }
    Ok(())
}

/// A text that contains every string. A string that begins or ends another one is stored as part of it.
#[derive(Debug)]
pub(crate) struct Pool {
    text: String,
    places: BTreeMap<String, usize>,
}

impl Pool {
    pub(crate) fn new(strings: &BTreeSet<&str>) -> Self {
        // In sorted order, a string that begins others comes directly before one of them. For strings that end others,
        // the same holds for the reversed strings.
        let (kept, beginnings) = hide(strings.iter().map(|s| (*s).to_owned()).collect());
        let (kept, ends) = hide(kept.iter().map(|s| s.chars().rev().collect()).collect());
        let mut this = Self {
            text: String::new(),
            places: BTreeMap::new(),
        };
        let mut kept: Vec<String> = kept.iter().map(|s| s.chars().rev().collect()).collect();
        kept.sort_unstable();
        for string in kept {
            this.places.insert(string.clone(), this.text.len());
            this.text.push_str(&string);
        }
        // A string inside a string that is itself inside another comes after that one.
        for (string, host) in ends.into_iter().rev() {
            let (string, host): (String, String) = (string.chars().rev().collect(), host.chars().rev().collect());
            if let Some(place) = this.places.get(&host) {
                let place = place + host.len() - string.len();
                this.places.insert(string, place);
            }
        }
        for (string, host) in beginnings.into_iter().rev() {
            if let Some(place) = this.places.get(&host) {
                this.places.insert(string, *place);
            }
        }
        this
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    fn place(&self, string: &str) -> Result<usize, Error> {
        self.places
            .get(string)
            .copied()
            .ok_or_else(|| Error::new("strings", format!("`{string}` was not collected")))
    }

    /// A string of fewer than 128 bytes.
    pub(crate) fn put_name(&self, out: &mut Vec<u8>, string: &str) -> Result<(), Error> {
        put(out, self.place(string)?, 3)?;
        put(out, string.len(), 1)
    }

    pub(crate) fn put_text(&self, out: &mut Vec<u8>, string: &str) -> Result<(), Error> {
        put(out, self.place(string)?, 3)?;
        put(out, string.len(), 2)
    }
}

/// Removes the strings that begin their successor from sorted strings, and records the successor of each.
fn hide(mut strings: Vec<String>) -> (Vec<String>, Vec<(String, String)>) {
    strings.sort_unstable();
    let (mut kept, mut hidden) = (Vec::new(), Vec::new());
    let mut strings = strings.into_iter().peekable();
    while let Some(string) = strings.next() {
        match strings.peek() {
            Some(next) if next.starts_with(&string) => hidden.push((string, next.clone())),
            _ => kept.push(string),
        }
    }
    (kept, hidden)
}

/// Lists. Equal lists are stored once.
#[derive(Debug)]
pub(crate) struct Lists {
    bytes: Vec<u8>,
    places: BTreeMap<Vec<u8>, usize>,
}

impl Lists {
    pub(crate) fn new() -> Self {
        Self {
            bytes: vec![0, 0],
            places: BTreeMap::from([(vec![0, 0], 0)]),
        }
    }

    /// The offset of the list with these elements.
    pub(crate) fn add(&mut self, elements: &[Vec<u8>]) -> Result<usize, Error> {
        let mut list = Vec::new();
        put(&mut list, elements.len(), 2)?;
        list.extend(elements.iter().flatten());
        Ok(*self.places.entry(list).or_insert_with_key(|list| {
            let place = self.bytes.len();
            self.bytes.extend(list);
            place
        }))
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// Rows. Equal rows are stored once.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    bytes: Vec<u8>,
    numbers: BTreeMap<Vec<u8>, usize>,
}

impl Rows {
    /// The number of the row.
    pub(crate) fn add(&mut self, row: Vec<u8>) -> usize {
        let next = self.numbers.len();
        *self.numbers.entry(row).or_insert_with_key(|row| {
            self.bytes.extend(row);
            next
        })
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// The data file with these sections.
pub(crate) fn file(magic: [u8; 8], sections: &[&[u8]]) -> Result<Vec<u8>, Error> {
    let mut out = magic.to_vec();
    let mut offset = 8 + sections.len() * 8;
    for section in sections {
        put(&mut out, offset, 4)?;
        put(&mut out, section.len(), 4)?;
        offset += section.len();
    }
    for section in sections {
        out.extend_from_slice(section);
    }
    Ok(out)
}
