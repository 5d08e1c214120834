use std::ops::Range;

use iam_policy_document::{Diagnostic, sort_by_place};
use toml::Spanned as TomlSpanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::Source;
use crate::keys::{self, Choices, EXTENSION, Key, POLICY, Section, Value};
use crate::mistake::mistake;
use crate::model::Spanned;
use crate::wording::{list, sentence};
use iam_policy_core::suggest::nearest;

type TomlKey<'s> = TomlSpanned<DeString<'s>>;
type TomlValue<'s> = TomlSpanned<DeValue<'s>>;

/// Reads tables and collects the errors in them.
pub(super) struct Reader<'a> {
    pub(super) source: &'a Source,
    /// All sections of the file, for suggestions.
    pub(super) sections: &'static [&'static Section],
    /// Whether the text has syntax errors, so that something may only seem to be missing.
    pub(super) is_torn: bool,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Keys that were reported as misplaced, so that they are not also reported as missing where they belong.
    pub(super) misplaced: Vec<&'static str>,
}

/// The keys of a table that its section defines and whose values have the right type.
pub(super) struct Fields<'t, 's> {
    section: &'static Section,
    good: Vec<(&'static str, &'t TomlValue<'s>)>,
    /// The keys that are present, whatever their values, including misspelled ones.
    present: Vec<(&'static str, Range<usize>)>,
}

/// A user-defined name, its table, and the location of both.
type Named<'t, 's> = (Spanned<String>, &'t DeTable<'s>, Range<usize>);

/// The entries of `table` in file order; the parser sorts them by name.
pub(super) fn entries<'t, 's>(table: &'t DeTable<'s>) -> Vec<(&'t TomlKey<'s>, &'t TomlValue<'s>)> {
    let mut entries: Vec<_> = table.iter().collect();
    sort_by_place(&mut entries, |(key, _)| key.span().start);
    entries
}

pub(super) fn span(key: &TomlKey<'_>) -> Spanned<String> {
    Spanned {
        value: key.get_ref().to_string(),
        span: key.span(),
    }
}

impl Reader<'_> {
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Reports that something is missing, unless a syntax error may be the reason.
    pub(super) fn report_absence(&mut self, diagnostic: Diagnostic) {
        if !self.is_torn {
            self.report(diagnostic);
        }
    }

    /// Checks `table` against its section.
    ///
    /// - `place`: where to report missing keys
    pub(super) fn fields<'t, 's>(
        &mut self,
        section: &'static Section,
        table: &'t DeTable<'s>,
        place: Range<usize>,
    ) -> Fields<'t, 's> {
        self.fields_except(section, table, place, &[])
    }

    /// Like [`fields`](Self::fields), but ignores keys that have been reported.
    ///
    /// - `reported`: these keys
    pub(super) fn fields_except<'t, 's>(
        &mut self,
        section: &'static Section,
        table: &'t DeTable<'s>,
        place: Range<usize>,
        reported: &[&str],
    ) -> Fields<'t, 's> {
        let mut fields = Fields {
            section,
            good: Vec::new(),
            present: Vec::new(),
        };
        let mut meant = Vec::new();
        let mut strange = Vec::new();
        for (key, value) in entries(table) {
            if reported.contains(&&**key.get_ref()) {
                continue;
            }
            if let Some(known) = section.key(key.get_ref()) {
                self.field(&mut fields, known, key, value);
                continue;
            }
            if let Some(advice) = section.advice(key.get_ref()) {
                self.report(unknown(section, key).help(advice));
                continue;
            }
            match section.meant(key.get_ref(), &|name| table.contains_key(name)) {
                Some(known) => {
                    self.report(unknown(section, key).did_you_mean(Some(known.name)));
                    meant.push((known, key, value));
                }
                None => strange.push((key, value)),
            }
        }
        self.strange(section, &place, &strange);
        // A misspelled key is one error: its value is read as that of the key that was meant.
        for (known, key, value) in meant {
            if fields.key_span(known.name).is_none() {
                self.field(&mut fields, known, key, value);
            }
        }
        // The reader of a section knows how to name what lacks one of two keys.
        for key in section
            .keys
            .iter()
            .filter(|key| key.required && key.alternative.is_none())
        {
            let is_replaced = key.optional_with.iter().any(|other| fields.key_span(other).is_some());
            if fields.key_span(key.name).is_none() && !is_replaced && !self.is_elsewhere(key) {
                self.report_absence(
                    mistake(place.clone(), format!("missing key `{}` in {}", key.name, section.noun))
                        .help(for_example(key.example)),
                );
            }
        }
        fields
    }

    fn field<'t, 's>(
        &mut self,
        fields: &mut Fields<'t, 's>,
        known: &'static Key,
        key: &TomlKey<'s>,
        value: &'t TomlValue<'s>,
    ) {
        fields.present.push((known.name, key.span()));
        if self.has_type(known, value) {
            fields.good.push((known.name, value));
        }
    }

    /// Reports keys that the section does not define and that resemble none of its own.
    ///
    /// - `place`: the start of the section
    fn strange(&mut self, section: &'static Section, place: &Range<usize>, keys: &[(&TomlKey<'_>, &TomlValue<'_>)]) {
        for (key, value) in keys {
            let mut names = keys_within(value);
            names.push(key.get_ref());
            for name in names {
                for (_, known) in homes(self.sections, &[name]) {
                    self.misplaced.push(known.name);
                }
            }
        }
        let its_keys = || format!("valid keys are {}", list(section.keys.iter().map(|key| key.name)));
        let mut names: Vec<&str> = Vec::new();
        for (key, _) in keys {
            names.push(key.get_ref());
        }
        // Several keys of another section are one error: its header is missing.
        let homes_of_all = homes_within(self.sections, section, &names);
        if let ([(first, _), _, ..], [(home, _), others @ ..]) = (keys, homes_of_all.as_slice()) {
            let header = self.header_within(section, place, home);
            let help = if others.is_empty() && !header.is_empty() {
                format!("add `{header}` above them")
            } else {
                its_keys()
            };
            let note = format!("{} are keys of {}", list(&names), nouns(&homes_of_all));
            self.report(unknown(section, first).note(note).help(help));
            return;
        }
        for (key, value) in keys {
            let diagnostic = unknown(section, key);
            let looks_like_a_policy = || keys_within(value).iter().any(|key| POLICY.key(key).is_some());
            let homes = homes_within(self.sections, section, &[key.get_ref()]);
            self.report(match homes.as_slice() {
                [] if looks_like_a_policy() => diagnostic.help(format!(
                    "write a policy as `{}` and an extension as `{}`; names cannot contain dots",
                    POLICY.header, EXTENSION.header
                )),
                [] => diagnostic.help(its_keys()),
                [(home, known), others @ ..] => {
                    let is_the_only = others.is_empty() && !home.header.is_empty();
                    let help = match known.value.header() {
                        Some(header) if !header.is_empty() => format!("write `{header}`"),
                        _ if is_the_only => format!("it belongs under `{}`", home.header),
                        _ => its_keys(),
                    };
                    let note = format!("`{}` is a key of {}", known.name, nouns(&homes));
                    diagnostic.note(note).help(help)
                }
            });
        }
    }

    /// The header of a section, with the names of the enclosing section at `place`, if it belongs there.
    fn header_within(&self, outer: &Section, place: &Range<usize>, section: &Section) -> String {
        let opening = self.source.slice(place).trim_matches(['[', ']']);
        let is_it = |key: &&Key| matches!(key.value, Value::Tables(inner) if inner.name == section.name);
        match outer.keys.iter().find(is_it) {
            Some(key) if self.source.slice(place).starts_with('[') => format!("[[{opening}.{}]]", key.name),
            _ => section.header.to_owned(),
        }
    }

    /// Whether the tables that `key` requires, or their contents, are elsewhere in the spec.
    fn is_elsewhere(&self, key: &Key) -> bool {
        let (Value::Tables(section) | Value::Map(section)) = key.value else {
            return false;
        };
        let mut misplaced = self.misplaced.iter();
        misplaced.any(|name| *name == key.name || section.key(name).is_some())
    }

    /// Whether a value can be read as that of `key`, possibly after guessing what was meant. Errors are reported.
    fn has_type(&mut self, key: &'static Key, value: &TomlValue<'_>) -> bool {
        let what = format!("`{}`", key.name);
        let an_element = format!("an element of `{}`", key.name);
        match key.value {
            Value::Text | Value::Prose => self.expect(value, &what, Shape::Text, key),
            Value::Flag => self.expect(value, &what, Shape::Flag, key),
            Value::Choice(choices) => {
                let text = self.expect(value, &what, Shape::Text, key);
                if text {
                    self.choice(choices, value);
                }
                text
            }
            // Valid elements of a list are read even if others are not.
            Value::Several(choices) => {
                let list = self.is_list(value, Shape::List, Shape::Text, key);
                if list {
                    self.all(value, &|reader, element| {
                        reader.expect(element, &an_element, Shape::Text, key) && reader.choice(choices, element)
                    });
                }
                list
            }
            Value::Texts | Value::Templates => {
                self.is_list(value, Shape::List, Shape::Text, key)
                    && self.all(value, &|reader, element| {
                        reader.expect(element, &an_element, Shape::Text, key)
                    })
            }
            Value::Entries(_, shorthand) => {
                let shape = if shorthand.is_empty() {
                    Shape::Table
                } else {
                    Shape::TextOrTable
                };
                let list = self.is_list(value, Shape::List, shape, key);
                if list {
                    self.all(value, &|reader, element| {
                        reader.expect(element, &an_element, shape, key)
                    });
                }
                list
            }
            Value::Table(_) | Value::Conditions => self.expect(value, &what, Shape::Table, key),
            Value::Count => self.expect(value, &what, Shape::Count, key),
            Value::Setting => self.setting(&what, value, key),
            Value::Settings(section) => self.settings(section, value, key),
            Value::Tables(_) => {
                self.is_list(value, Shape::Tables, Shape::Table, key)
                    && self.all(value, &|reader, element| {
                        reader.expect(element, &an_element, Shape::Table, key)
                    })
            }
            Value::Map(section) => {
                let table = self.expect(value, &what, Shape::Table, key);
                let nameless = nameless(section, value);
                if nameless {
                    let diagnostic = mistake(value.span(), format!("{} needs a name", section.noun));
                    self.report(diagnostic.help(for_example(key.example)));
                }
                for (name, entry) in value.get_ref().as_table().into_iter().flatten() {
                    if !(nameless && section.key(name.get_ref()).is_some()) {
                        self.expect(entry, &format!("`{}`", name.get_ref()), Shape::Table, key);
                    }
                }
                table
            }
        }
    }

    /// Whether a value can be that of a parameter. The elements of a list are checked too.
    fn setting(&mut self, what: &str, value: &TomlValue<'_>, key: &Key) -> bool {
        if !value.get_ref().is_array() {
            return self.expect(value, what, Shape::TextOrTexts, key);
        }
        let an_element = format!("an element of {what}");
        self.all(value, &|reader, element| {
            reader.expect(element, &an_element, Shape::Text, key)
        })
    }

    /// Whether a value is a table of environments. Their values are checked too.
    fn settings(&mut self, section: &Section, value: &TomlValue<'_>, key: &Key) -> bool {
        if !self.expect(value, &format!("`{}`", key.name), Shape::Table, key) {
            return false;
        }
        let entries_of = |value| entries(value);
        for (name, environment) in value.get_ref().as_table().map(entries_of).into_iter().flatten() {
            let Some(values) = environment.get_ref().as_table() else {
                let message = format!("{} needs a name", section.noun);
                self.report(mistake(name.span(), message).help(format!("write `{}` above it", section.header)));
                return false;
            };
            for (name, value) in entries(values) {
                let what = format!("`{}`", name.get_ref());
                let inner = value.get_ref().as_table().and_then(|table| table.get("default"));
                match inner {
                    Some(inner) => {
                        let help = format!("write `{} = {}`", name.get_ref(), self.source.slice(&inner.span()));
                        self.wrong_type(value, &what, Shape::TextOrTexts.noun(), help);
                    }
                    None => {
                        self.setting(&what, value, &SETTING);
                    }
                }
            }
        }
        true
    }

    /// Whether all elements of a list are `good`; visits every element.
    fn all(&mut self, list: &TomlValue<'_>, good: &dyn Fn(&mut Self, &TomlValue<'_>) -> bool) -> bool {
        let mut all = true;
        for element in elements(list) {
            all &= good(self, element);
        }
        all
    }

    /// Whether a value is a list. A single value in place of a list is reported, and read as its only element.
    fn is_list(&mut self, value: &TomlValue<'_>, list: Shape, element: Shape, key: &Key) -> bool {
        let what = format!("`{}`", key.name);
        if value.get_ref().is_array() {
            self.is_filled(value, &what)
        } else {
            self.expect(value, &what, list, key);
            // A table without text of its own only occurs in the headers of other tables.
            let is_written = !value.get_ref().is_table() || self.source.slice(&value.span()).starts_with(['[', '{']);
            is_written && element.fits(value.get_ref())
        }
    }

    fn is_filled(&mut self, value: &TomlValue<'_>, what: &str) -> bool {
        let filled = !elements(value).is_empty();
        if !filled {
            self.report(
                mistake(value.span(), format!("{what} is empty")).help("add at least one element, or remove the key"),
            );
        }
        filled
    }

    /// Whether a string is one of `choices`; reported if not.
    fn choice(&mut self, choices: Choices, value: &TomlValue<'_>) -> bool {
        let Some(name) = value.get_ref().as_str() else {
            return false;
        };
        let names = choices.names();
        let known = names.contains(&name);
        if !known {
            let diagnostic = mistake(value.span(), format!("`{name}` is not {}", choices.noun()));
            // The service of only one of them, such as `sqs` for `sqs:queue`.
            let mut of_service = names
                .iter()
                .filter(|known| known.strip_prefix(name).is_some_and(|rest| rest.starts_with(':')));
            let only = of_service.next().filter(|_| of_service.next().is_none());
            let suggestion = only.copied().or_else(|| nearest(name, names.iter().copied()));
            let diagnostic = diagnostic.did_you_mean(suggestion);
            self.report(match (choices.advice(name), suggestion) {
                (Some(advice), _) => mistake(value.span(), format!("`{name}` is not {}", choices.noun())).help(advice),
                (None, Some(_)) => diagnostic,
                (None, None) => diagnostic.help(choices.listed()),
            });
        }
        known
    }

    fn expect(&mut self, value: &TomlValue<'_>, what: &str, shape: Shape, key: &Key) -> bool {
        let good = shape.fits(value.get_ref());
        if !good {
            let help = self.corrected(value, shape, key);
            self.wrong_type(value, what, shape.noun(), help);
        }
        good
    }

    /// How to write a value of the wrong type correctly.
    ///
    /// - `key`: the key it belongs to, directly or as an element
    fn corrected(&self, value: &TomlValue<'_>, shape: Shape, key: &Key) -> String {
        let raw = self.source.slice(&value.span());
        let is_header = raw.starts_with('[');
        let is_short = !raw.contains('\n') && raw.len() <= SHORT;
        match (shape, value.get_ref()) {
            (Shape::List, DeValue::String(_) | DeValue::Table(_)) if is_short && !is_header => {
                format!("write `[{raw}]`")
            }
            (Shape::Tables, DeValue::Table(_)) if is_short && is_header => format!("write `[{raw}]`"),
            (
                Shape::Text | Shape::TextOrTexts,
                DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_),
            ) => {
                format!("write `\"{raw}\"`")
            }
            (Shape::Flag, DeValue::String(text)) if matches!(&**text, "true" | "false") => format!("write `{text}`"),
            (Shape::Table, found) => match (key.value, found) {
                (Value::Map(section), DeValue::String(_)) if is_short && section.key("default").is_some() => {
                    format!("write `{{ default = {raw} }}`")
                }
                // Named tables have a header in single brackets.
                (Value::Map(_) | Value::Table(_), DeValue::Array(_)) if raw.starts_with("[[") && raw.contains('.') => {
                    let inner = raw.strip_prefix('[').and_then(|raw| raw.strip_suffix(']'));
                    format!("write `{}`", inner.unwrap_or(raw))
                }
                _ => for_example(key.example),
            },
            _ => for_example(key.example),
        }
    }

    pub(super) fn wrong_type(&mut self, value: &TomlValue<'_>, what: &str, expected: &str, help: String) {
        let number = format!("`{}`", self.source.slice(&value.span()));
        let found = match value.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) | DeValue::Float(_) if expected == Shape::Count.noun() => &number,
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.report(mistake(value.span(), format!("{what} must be {expected}, not {found}")).help(help));
    }
}

/// A key of an environment, for examples of its value.
static SETTING: Key = keys::key(
    "setting",
    Value::Setting,
    "The value of a parameter.",
    "account = \"111122223333\"",
);

/// The maximum length of text that a message repeats.
const SHORT: usize = 100;

/// The help that shows how to write something.
pub(super) fn for_example(example: &str) -> String {
    format!("for example, `{example}`")
}

/// Reports a key that the section does not define.
fn unknown(section: &Section, key: &TomlKey<'_>) -> Diagnostic {
    mistake(
        key.span(),
        format!("unknown key `{}` in {}", key.get_ref(), section.noun),
    )
}

/// The sections that have keys with all these names, each with the key that has the first name.
fn homes(sections: &[&'static Section], names: &[&str]) -> Vec<(&'static Section, &'static Key)> {
    let mut homes = Vec::new();
    for section in sections {
        let first = names.first().and_then(|name| section.key(name));
        if let Some(first) = first.filter(|_| names.iter().all(|name| section.key(name).is_some())) {
            homes.push((*section, first));
        }
    }
    homes
}

/// The same sections, or only those that `outer` contains, if there are any.
fn homes_within(
    sections: &[&'static Section],
    outer: &Section,
    names: &[&str],
) -> Vec<(&'static Section, &'static Key)> {
    let all = homes(sections, names);
    let is_inside = |home: &Section| {
        let mut keys = outer.keys.iter();
        keys.any(|key| matches!(key.value, Value::Tables(inner) if inner.name == home.name))
    };
    let mut inside = Vec::new();
    for (home, key) in &all {
        if is_inside(home) {
            inside.push((*home, *key));
        }
    }
    if inside.is_empty() { all } else { inside }
}

/// Lists these sections in a message.
fn nouns(homes: &[(&Section, &Key)]) -> String {
    let mut nouns = Vec::new();
    for (section, _) in homes {
        nouns.push(section.noun.to_owned());
    }
    sentence(&nouns)
}

/// A table, or the tables of an array.
fn tables<'t, 's>(value: &'t TomlValue<'s>) -> Vec<&'t DeTable<'s>> {
    let mut tables = Vec::new();
    for element in elements(value) {
        tables.extend(element.get_ref().as_table());
    }
    tables
}

/// The keys of a table, or of the tables of an array.
fn keys_within<'t>(value: &'t TomlValue<'_>) -> Vec<&'t str> {
    let mut keys: Vec<&str> = Vec::new();
    for table in tables(value) {
        for (key, _) in table {
            keys.push(key.get_ref());
        }
    }
    keys
}

/// Whether a table of named tables directly contains keys that belong in such a table.
fn nameless(section: &Section, value: &TomlValue<'_>) -> bool {
    let entries = value.get_ref().as_table().into_iter().flatten();
    let mut is_key = entries.map(|(key, value)| !value.get_ref().is_table() && section.key(key.get_ref()).is_some());
    section.header.ends_with(".NAME]") && is_key.any(|is_key| is_key)
}

/// The types of TOML values that the language distinguishes.
#[derive(Clone, Copy)]
enum Shape {
    Text,
    Flag,
    List,
    Table,
    TextOrTable,
    TextOrTexts,
    Tables,
    Count,
}

impl Shape {
    fn fits(self, value: &DeValue<'_>) -> bool {
        match self {
            Self::Text => value.is_str(),
            Self::Flag => value.is_bool(),
            Self::List | Self::Tables => value.is_array(),
            Self::Table => value.is_table(),
            Self::TextOrTable => value.is_str() || value.is_table(),
            Self::TextOrTexts => value.is_str() || value.is_array(),
            Self::Count => count(value).is_some(),
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Flag => "`true` or `false`",
            Self::List => "a list",
            Self::Table => "a table",
            Self::TextOrTable => "a string or a table",
            Self::TextOrTexts => "a string or a list of strings",
            Self::Count => "a positive whole number",
            Self::Tables => "an array of tables",
        }
    }
}

/// A positive whole number.
fn count(value: &DeValue<'_>) -> Option<usize> {
    let number = value.as_integer()?;
    let count = usize::from_str_radix(number.as_str(), number.radix()).ok()?;
    (count > 0).then_some(count)
}

/// The elements of a list. Any other value counts as a list with one element.
fn elements<'t, 's>(value: &'t TomlValue<'s>) -> &'t [TomlValue<'s>] {
    match value.get_ref() {
        DeValue::Array(array) => array,
        _ => std::slice::from_ref(value),
    }
}

impl<'t, 's> Fields<'t, 's> {
    pub(super) fn get(&self, name: &str) -> Option<&'t TomlValue<'s>> {
        debug_assert!(
            self.section.key(name).is_some(),
            "{} has no key {name}",
            self.section.name
        );
        self.good.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }

    /// The location of the key, even if its value has the wrong type.
    pub(super) fn key_span(&self, name: &str) -> Option<Range<usize>> {
        self.present
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, span)| span.clone())
    }

    /// The place of a key that can be read, among those of its table.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.good.iter().position(|(key, _)| *key == name)
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.get(name)
            .and_then(|value| value.get_ref().as_bool())
            .unwrap_or_default()
    }

    pub(super) fn count(&self, name: &str) -> Option<usize> {
        count(self.get(name)?.get_ref())
    }

    pub(super) fn table(&self, name: &str) -> Option<(&'t DeTable<'s>, Range<usize>)> {
        let value = self.get(name)?;
        Some((value.get_ref().as_table()?, value.span()))
    }

    pub(super) fn elements(&self, name: &str) -> &'t [TomlValue<'s>] {
        self.get(name).map_or(&[], elements)
    }

    pub(super) fn tables(&self, name: &str) -> Vec<(&'t DeTable<'s>, Range<usize>)> {
        let mut found = Vec::new();
        for element in self.elements(name) {
            if let DeValue::Table(table) = element.get_ref() {
                found.push((table, element.span()));
            }
        }
        found
    }

    /// The entries of a table with user-defined keys, whatever their values.
    pub(super) fn names(&self, name: &str) -> Vec<(Spanned<String>, &'t TomlValue<'s>)> {
        let Some((table, _)) = self.table(name) else {
            return Vec::new();
        };
        let mut names = Vec::new();
        for (key, value) in entries(table) {
            names.push((span(key), value));
        }
        names
    }

    /// The entries that are tables, or should be.
    pub(super) fn map(&self, name: &str) -> Vec<Named<'t, 's>> {
        let mut named = Vec::new();
        let Some(Value::Map(section)) = self.section.key(name).map(|key| key.value) else {
            return named;
        };
        let nameless = self.get(name).is_some_and(|value| nameless(section, value));
        for (name, value) in self.names(name) {
            let is_known = section.key(&name.value).is_some();
            // A duplicate table does not define a second policy.
            if let Some(table) = tables(value).first().filter(|_| !(nameless && is_known)) {
                named.push((name, table, value.span()));
            }
        }
        named
    }
}
