//! Reads the data file: the list of services at once, the operations of a service when they are first asked for.

use std::cmp::Ordering;
use std::sync::{LazyLock, OnceLock};

use crate::condition::Condition;
use crate::format::{MAGIC, SHORT, mark};
use crate::names::snake_case;
use crate::package::Package;
use crate::source::{Source, SourceKind};

/// The embedded data. A file with another layout reads as no data, so that the program that writes it can be built.
pub(crate) static DATA: LazyLock<Data> =
    LazyLock::new(|| Data::open(include_bytes!("../data/operations.bin")).unwrap_or_default());

#[derive(Debug, Default)]
pub(crate) struct Data {
    pub(crate) packages: Vec<Package>,
    pub(crate) services: Vec<ServiceData>,
}

#[derive(Debug)]
pub(crate) struct ServiceData {
    pub(crate) name: Box<str>,
    pub(crate) client: Box<str>,
    pub(crate) crate_name: Box<str>,
    pub(crate) prefix: Box<str>,
    file: File,
    block: &'static [u8],
    rows: OnceLock<Rows>,
}

/// The operations of a service, and the texts that they share.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// Sorted by name, ignoring case.
    pub(crate) operations: Vec<OperationData>,
}

#[derive(Debug)]
pub(crate) struct OperationData {
    pub(crate) name: Box<str>,
    pub(crate) method: Box<str>,
    pub(crate) needs: Option<Vec<NeedData>>,
    pub(crate) nothing: Option<Source>,
}

#[derive(Debug)]
pub(crate) struct NeedData {
    pub(crate) action: Box<str>,
    pub(crate) dependent: bool,
    pub(crate) condition: Option<Condition>,
    pub(crate) source: Source,
    pub(crate) resources: Vec<&'static str>,
}

/// The dictionary of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct File {
    words: &'static [&'static str],
}

impl File {
    /// The dictionary and the blocks of a file that starts with `magic`.
    pub(crate) fn open(bytes: &'static [u8], magic: [u8; 8]) -> Option<(Self, Vec<&'static [u8]>)> {
        let mut rest = bytes.strip_prefix(&magic)?;
        let count = number::<2>(&mut rest)?;
        let mut words = Vec::with_capacity(count);
        for _ in 0..count {
            let len = number::<1>(&mut rest)?;
            words.push(str::from_utf8(take(&mut rest, len)?).ok()?);
        }
        let count = number::<2>(&mut rest)?;
        let mut lengths = Vec::with_capacity(count);
        for _ in 0..count {
            lengths.push(number::<4>(&mut rest)?);
        }
        let mut blocks = Vec::with_capacity(count);
        for len in lengths {
            blocks.push(take(&mut rest, len)?);
        }
        Some((Self { words: words.leak() }, blocks))
    }

    pub(crate) fn text(self, mut block: &[u8]) -> Option<String> {
        let mut out = String::with_capacity(block.len() * 4);
        while let Some((&first, rest)) = block.split_first() {
            let first = usize::from(first);
            let token = if first < SHORT {
                block = rest;
                first
            } else {
                let (&second, rest) = rest.split_first()?;
                block = rest;
                SHORT + (first - SHORT) * 256 + usize::from(second)
            };
            out.push_str(self.words.get(token)?);
        }
        Some(out)
    }
}

impl Data {
    fn open(bytes: &'static [u8]) -> Option<Self> {
        let (file, blocks) = File::open(bytes, MAGIC)?;
        let mut blocks = blocks.into_iter();
        let head: &'static str = file.text(blocks.next()?)?.leak();
        let mut lines = head.lines();
        let packages = packages(&mut lines)?;
        let mut services = Vec::new();
        for (line, block) in lines.zip(blocks) {
            let mut fields = line.split('\t').map(Into::into);
            services.push(ServiceData {
                client: fields.next()?,
                name: fields.next()?,
                crate_name: fields.next()?,
                prefix: fields.next()?,
                file,
                block,
                rows: OnceLock::new(),
            });
        }
        Some(Self { packages, services })
    }

    /// - `name`: [folded](folded)
    pub(crate) fn find(&self, name: &str) -> Option<&ServiceData> {
        let mut services = self.services.iter();
        services
            .find(|service| folded(&service.client) == name)
            .or_else(|| self.services.iter().find(|service| folded(&service.name) == name))
    }

    pub(crate) fn find_crate(&self, name: &str) -> Option<&ServiceData> {
        self.services.iter().find(|service| *service.crate_name == *name)
    }
}

/// A service's name without differences that do not matter.
pub(crate) fn folded(name: &str) -> String {
    name.chars()
        .filter(|character| !matches!(character, ' ' | '-' | '_'))
        .map(|character| character.to_ascii_lowercase())
        .collect()
}

/// The packages that a file was built from: the lines up to an empty one.
pub(crate) fn packages(lines: &mut std::str::Lines<'static>) -> Option<Vec<Package>> {
    let package = |line: &'static str| {
        let mut fields = line.split('\t');
        Some(Package {
            name: fields.next()?,
            version: fields.next()?,
            date: fields.next()?,
        })
    };
    lines.take_while(|line| !line.is_empty()).map(package).collect()
}

fn take<'a>(bytes: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(len)?;
    *bytes = rest;
    Some(taken)
}

fn number<const WIDTH: usize>(bytes: &mut &[u8]) -> Option<usize> {
    let taken = take(bytes, WIDTH)?;
    Some(
        taken
            .iter()
            .rev()
            .fold(0, |number, &byte| number << 8 | usize::from(byte)),
    )
}

impl ServiceData {
    pub(crate) fn rows(&'static self) -> &'static Rows {
        self.rows.get_or_init(|| self.read().unwrap_or_default())
    }

    fn read(&self) -> Option<Rows> {
        let text: &'static str = self.file.text(self.block)?.leak();
        let mut lines = text.lines();
        let mut list = || -> Vec<&'static str> { lines.by_ref().take_while(|line| !line.is_empty()).collect() };
        let shared = Shared {
            prefix: &self.prefix,
            templates: list(),
            pages: list(),
            texts: list(),
        };
        let operations = lines.map(|line| shared.operation(line)).collect::<Option<_>>()?;
        Some(Rows { operations })
    }
}

impl Rows {
    /// - `name`: of the operation in any case, or of its method
    pub(crate) fn find(&self, name: &str) -> Option<&OperationData> {
        let compare = |row: &OperationData| fold_cmp(&row.name, name);
        match self.operations.binary_search_by(compare) {
            Ok(at) => self.operations.get(at),
            Err(_) => self.operations.iter().find(|row| *row.method == *name),
        }
    }
}

/// Compares names without regard to case.
pub(crate) fn fold_cmp(one: &str, other: &str) -> Ordering {
    let fold = |name: &'_ str| name.bytes().map(|byte| byte.to_ascii_lowercase()).collect::<Vec<_>>();
    fold(one).cmp(&fold(other))
}

/// The texts of a service's block that its operations refer to by number.
struct Shared<'a> {
    prefix: &'a str,
    templates: Vec<&'static str>,
    pages: Vec<&'static str>,
    texts: Vec<&'static str>,
}

impl Shared<'_> {
    fn operation(&self, line: &'static str) -> Option<OperationData> {
        let mut fields = line.split('\t');
        let name = fields.next()?;
        let mut needs = None;
        let mut nothing = None;
        for field in fields {
            let found = needs.get_or_insert_with(Vec::new);
            match field.strip_prefix(mark::NONE) {
                Some(rest) => nothing = Some(self.source(rest.strip_prefix(mark::SOURCE)?)?),
                None => found.push(self.need(name, field)?),
            }
        }
        Some(OperationData {
            method: snake_case(name).into(),
            name: name.into(),
            needs,
            nothing,
        })
    }

    fn need(&self, operation: &str, field: &'static str) -> Option<NeedData> {
        let (field, resources) = match field.rsplit_once(mark::RESOURCES) {
            Some((field, "")) => (field, Vec::new()),
            Some((field, numbers)) => {
                let resources = numbers
                    .split(',')
                    .map(|number| self.templates.get(number.parse::<usize>().ok()?).copied());
                (field, resources.collect::<Option<_>>()?)
            }
            None => (field, vec!["*"]),
        };
        let (field, source) = match field.rsplit_once(mark::SOURCE) {
            Some((field, source)) => (field, self.source(source)?),
            None => (
                field,
                Source {
                    kind: SourceKind::SameName,
                    url: self.pages.first().copied().unwrap_or_default(),
                },
            ),
        };
        let (field, condition) = match field.split_once(mark::IF) {
            Some((field, condition)) => (field, Some(self.condition(condition)?)),
            None => (field, None),
        };
        let (action, dependent) = match field.strip_prefix(mark::DEPENDENT) {
            Some(action) => (action, true),
            None => (field, false),
        };
        let action = match action.strip_prefix(mark::SAME) {
            Some("") => format!("{}:{operation}", self.prefix).into(),
            Some(_) => return None,
            None => action.into(),
        };
        Some(NeedData {
            action,
            dependent,
            condition,
            source,
            resources,
        })
    }

    /// A letter for the kind, and the number of the page.
    fn source(&self, text: &str) -> Option<Source> {
        let mut characters = text.chars();
        let kind = SourceKind::read(characters.next()?)?;
        let number: usize = characters.as_str().parse().ok()?;
        let url = self.pages.get(number)?;
        Some(Source { kind, url })
    }

    fn condition(&self, text: &'static str) -> Option<Condition> {
        if let Some(number) = text.strip_prefix(mark::TEXT) {
            let text = self.texts.get(number.parse::<usize>().ok()?)?;
            return Some(Condition::Outside { text });
        }
        Some(match (text.split_once("!="), text.split_once('=')) {
            (Some((member, value)), _) => Condition::Differs { member, value },
            (None, Some((member, value))) => Condition::Equals { member, value },
            (None, None) => match text.strip_prefix('!') {
                Some(member) => Condition::Unset { member },
                None => Condition::Set { member: text },
            },
        })
    }
}
