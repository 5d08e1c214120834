//! Writes the data file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use iam_policy_operations::SourceKind;
use iam_policy_operations::format::{MAGIC, SHORT, TOKENS, mark};

use crate::compress::compress;
use crate::model::{Condition, Mapping, Need, Service, Source};
use iam_policy_catalog_build::Error;
use iam_policy_catalog_build::Requirement;

pub(crate) fn encode(packages: &[Requirement], services: &[Service]) -> Result<Vec<u8>, Error> {
    let mut texts = vec![head(packages, services)];
    for service in services {
        texts.push(block(service)?);
    }
    container(MAGIC, &texts)
}

/// A file with a dictionary and blocks of tokens.
pub(crate) fn container(magic: [u8; 8], texts: &[String]) -> Result<Vec<u8>, Error> {
    let (phrases, blocks) = compress(texts);
    if phrases.len() > TOKENS {
        return Err(Error::new(
            "dictionary",
            format!("{} phrases are too many", phrases.len()),
        ));
    }
    let mut out = magic.to_vec();
    put(&mut out, phrases.len(), 2)?;
    for phrase in &phrases {
        put(&mut out, phrase.len(), 1)?;
        out.extend(phrase.as_bytes());
    }
    let blocks = blocks.into_iter().map(|tokens| {
        let mut block = Vec::new();
        for token in tokens {
            if token < SHORT {
                put(&mut block, token, 1)?;
            } else {
                put(&mut block, SHORT + (token - SHORT) / 256, 1)?;
                put(&mut block, (token - SHORT) % 256, 1)?;
            }
        }
        Ok(block)
    });
    let blocks: Vec<Vec<u8>> = blocks.collect::<Result<_, Error>>()?;
    put(&mut out, blocks.len(), 2)?;
    for block in &blocks {
        put(&mut out, block.len(), 4)?;
    }
    out.extend(blocks.into_iter().flatten());
    Ok(out)
}

/// Appends a number, the lowest byte first.
fn put(out: &mut Vec<u8>, number: usize, width: usize) -> Result<(), Error> {
    let bytes = number.to_le_bytes();
    let (low, high) = bytes.split_at_checked(width).unwrap_or_default();
    if high.iter().any(|&byte| byte != 0) {
        return Err(Error::new(
            "data file",
            format!("{number} does not fit into {width} bytes"),
        ));
    }
    out.extend(low);
    Ok(())
}

fn head(packages: &[Requirement], services: &[Service]) -> String {
    let mut out = packages_text(packages);
    for service in services {
        let Service {
            client,
            name,
            crate_name,
            prefix,
            ..
        } = service;
        let _ = writeln!(out, "{client}\t{name}\t{crate_name}\t{prefix}");
    }
    out
}

/// The lines about the packages that a file is built from, and an empty one.
pub(crate) fn packages_text(packages: &[Requirement]) -> String {
    let mut out = String::new();
    for package in packages {
        let _ = writeln!(out, "{}\t{}\t{}", package.name, package.version, package.date);
    }
    out.push('\n');
    out
}

/// Texts that operations refer to by number, the most frequent first.
struct Pool<'a>(Vec<&'a str>);

impl<'a> Pool<'a> {
    /// - `first`: a text that must have the number zero
    fn new(first: Option<&'a str>, texts: impl Iterator<Item = &'a str>) -> Self {
        let mut frequency: BTreeMap<&str, usize> = BTreeMap::new();
        for text in texts.filter(|text| Some(*text) != first) {
            *frequency.entry(text).or_default() += 1;
        }
        let mut found: Vec<(&str, usize)> = frequency.into_iter().collect();
        found.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        Self(
            first
                .into_iter()
                .chain(found.into_iter().map(|(text, _)| text))
                .collect(),
        )
    }

    fn number(&self, text: &str) -> usize {
        self.0.iter().position(|found| *found == text).unwrap_or_default()
    }

    fn write(&self, out: &mut String) {
        for text in &self.0 {
            out.push_str(text);
            out.push('\n');
        }
        out.push('\n');
    }
}

fn block(service: &Service) -> Result<String, Error> {
    let needs = || {
        service.operations.iter().flat_map(|(_, mapping)| match mapping {
            Mapping::Needs(needs) => needs.as_slice(),
            Mapping::Unmapped | Mapping::Nothing(_) => &[],
        })
    };
    let nothing = service.operations.iter().filter_map(|(_, mapping)| match mapping {
        Mapping::Nothing(source) => Some(source.url.as_str()),
        Mapping::Unmapped | Mapping::Needs(_) => None,
    });
    let templates = Pool::new(None, needs().flat_map(|need| need.resources.iter().map(String::as_str)));
    let page = if service.page.is_empty() { "-" } else { &service.page };
    let pages = Pool::new(Some(page), needs().map(|need| need.source.url.as_str()).chain(nothing));
    let outside = needs().filter_map(|need| match &need.condition {
        Some(Condition::Outside(text)) => Some(text.as_str()),
        _ => None,
    });
    let texts = Pool::new(None, outside);
    let mut out = String::new();
    for pool in [&templates, &pages, &texts] {
        pool.write(&mut out);
    }
    let source = |source: &Source| format!("{}{}{}", mark::SOURCE, source.kind.letter(), pages.number(&source.url));
    for (name, mapping) in &service.operations {
        out.push_str(name);
        match mapping {
            Mapping::Unmapped => {}
            Mapping::Nothing(found) => {
                let _ = write!(out, "\t{}{}", mark::NONE, source(found));
            }
            Mapping::Needs(needs) => {
                for need in needs {
                    check(service, name, need)?;
                    out.push('\t');
                    if need.dependent {
                        out.push(mark::DEPENDENT);
                    }
                    if need.action == format!("{}:{name}", service.prefix) {
                        out.push(mark::SAME);
                    } else {
                        out.push_str(&need.action);
                    }
                    if let Some(condition) = &need.condition {
                        out.push(mark::IF);
                        match condition {
                            Condition::Set(member) => out.push_str(member),
                            Condition::Unset(member) => {
                                let _ = write!(out, "!{member}");
                            }
                            Condition::Equals(member, value) => {
                                let _ = write!(out, "{member}={value}");
                            }
                            Condition::Differs(member, value) => {
                                let _ = write!(out, "{member}!={value}");
                            }
                            Condition::Outside(text) => {
                                let _ = write!(out, "{}{}", mark::TEXT, texts.number(text));
                            }
                        }
                    }
                    if need.source != Source::new(SourceKind::SameName, page) {
                        out.push_str(&source(&need.source));
                    }
                    if need.resources != ["*"] {
                        out.push(mark::RESOURCES);
                        let numbers: Vec<String> = need
                            .resources
                            .iter()
                            .map(|template| templates.number(template).to_string())
                            .collect();
                        out.push_str(&numbers.join(","));
                    }
                }
            }
        }
        out.push('\n');
    }
    Ok(out)
}

/// Checks that no text contains a character that separates texts.
fn check(service: &Service, operation: &str, need: &Need) -> Result<(), Error> {
    let separators: BTreeSet<char> = [mark::IF, mark::SOURCE, mark::RESOURCES, mark::TEXT, '\t', '\n']
        .into_iter()
        .collect();
    let mut texts = vec![need.action.as_str()];
    match &need.condition {
        Some(Condition::Set(member) | Condition::Unset(member)) => texts.push(member),
        Some(Condition::Equals(member, value) | Condition::Differs(member, value)) => {
            texts.extend([member.as_str(), value]);
        }
        Some(Condition::Outside(_)) | None => {}
    }
    match texts
        .into_iter()
        .find(|text| text.chars().any(|found| separators.contains(&found)))
    {
        Some(text) => Err(Error::new(
            format!("{}.{operation}", service.client),
            format!("`{text}` contains a separator"),
        )),
        None => Ok(()),
    }
}
