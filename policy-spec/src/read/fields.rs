use std::ops::Range;

use policy_document::sort_by_place;
use toml::Spanned as TomlSpanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::diagnostic::list;
use crate::keys::{Choices, Key, SECTIONS, Section, Value};
use crate::model::Spanned;
use crate::suggest::nearest;
use crate::{Diagnostic, Source};

type TomlKey<'s> = TomlSpanned<DeString<'s>>;
type TomlValue<'s> = TomlSpanned<DeValue<'s>>;

/// Reads tables and collects what is wrong with them.
pub(super) struct Reader<'a> {
    pub(super) source: &'a Source,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Those keys of a table that its section has, with values of the right type.
pub(super) struct Fields<'t, 's> {
    section: &'static Section,
    good: Vec<(&'static str, &'t TomlValue<'s>)>,
    /// The keys that are there, whatever their values, and those that were probably meant.
    present: Vec<(&'static str, Range<usize>)>,
}

/// A name of the spec's own choice, the table behind it, and where that stands.
type Named<'t, 's> = (Spanned<String>, &'t DeTable<'s>, Range<usize>);

/// The entries of `table` in the order of the file; the parser sorts them by name.
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

    /// Holds `table` against its section.
    ///
    /// - `place`: where a message about a missing key points
    pub(super) fn fields<'t, 's>(
        &mut self,
        section: &'static Section,
        table: &'t DeTable<'s>,
        place: Range<usize>,
    ) -> Fields<'t, 's> {
        let mut fields = Fields {
            section,
            good: Vec::new(),
            present: Vec::new(),
        };
        let mut meant = Vec::new();
        for (key, value) in entries(table) {
            match section.key(key.get_ref()) {
                None => meant.extend(self.unknown(section, key).map(|known| (known, key, value))),
                Some(known) => self.field(&mut fields, known, key, value),
            }
        }
        // A misspelt key is one mistake: what stands there is read as what was meant.
        for (known, key, value) in meant {
            if fields.key_span(known.name).is_none() {
                self.field(&mut fields, known, key, value);
            }
        }
        for key in section.keys.iter().filter(|key| key.required) {
            if fields.key_span(key.name).is_none() {
                self.report(
                    Diagnostic::new(place.clone(), format!("{} needs `{}`", section.noun, key.name))
                        .help(format!("such as `{}`", key.example))
                        .absence(),
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

    /// Reports a key that its section does not have, and returns the one that was probably meant.
    fn unknown(&mut self, section: &'static Section, key: &TomlKey<'_>) -> Option<&'static Key> {
        let name: &str = key.get_ref();
        let diagnostic = Diagnostic::new(key.span(), format!("{} has no key `{name}`", section.noun));
        let names = || section.keys.iter().map(|key| key.name);
        let suggestion = nearest(name, names());
        let diagnostic = if suggestion.is_some() {
            diagnostic.did_you_mean(suggestion)
        } else {
            let elsewhere = SECTIONS
                .iter()
                .filter(|other| other.key(name).is_some())
                .map(|other| other.noun);
            let elsewhere: Vec<&str> = elsewhere.collect();
            let diagnostic = match elsewhere.as_slice() {
                [] => diagnostic,
                nouns => diagnostic.note(format!("`{name}` is a key of {}", nouns.join(", "))),
            };
            diagnostic.help(format!("its keys are {}", list(names())))
        };
        self.report(diagnostic);
        section.key(suggestion?)
    }

    fn has_type(&mut self, key: &Key, value: &TomlValue<'_>) -> bool {
        let what = format!("`{}`", key.name);
        let an_element = format!("an element of `{}`", key.name);
        match key.value {
            Value::Text | Value::Prose => self.expect(value, &what, Shape::Text),
            Value::Flag => self.expect(value, &what, Shape::Flag),
            Value::Choice(choices) => self.expect(value, &what, Shape::Text) && self.is_choice(choices, value),
            // The good elements of a list are read even if others are not.
            Value::Several(choices) => {
                let list = self.is_list(value, &what);
                if list {
                    self.all(value, &|reader, element| {
                        reader.expect(element, &an_element, Shape::Text) && reader.is_choice(choices, element)
                    });
                }
                list
            }
            Value::Texts => {
                self.is_list(value, &what)
                    && self.all(value, &|reader, element| {
                        reader.expect(element, &an_element, Shape::Text)
                    })
            }
            Value::Entries(_, shorthand) => {
                let shape = if shorthand.is_empty() {
                    Shape::Table
                } else {
                    Shape::TextOrTable
                };
                let list = self.is_list(value, &what);
                if list {
                    self.all(value, &|reader, element| reader.expect(element, &an_element, shape));
                }
                list
            }
            Value::Table(_) | Value::Conditions => self.expect(value, &what, Shape::Table),
            Value::Tables(_) => {
                self.expect(value, &what, Shape::Tables)
                    && self.is_filled(value, &what)
                    && self.all(value, &|reader, element| {
                        reader.expect(element, &an_element, Shape::Table)
                    })
            }
            Value::Map(_) => {
                let table = self.expect(value, &what, Shape::Table);
                for (name, entry) in value.get_ref().as_table().into_iter().flatten() {
                    self.expect(entry, &format!("`{}`", name.get_ref()), Shape::Table);
                }
                table
            }
        }
    }

    /// Whether all elements of a list are `good`; each is looked at.
    fn all(&mut self, list: &TomlValue<'_>, good: &dyn Fn(&mut Self, &TomlValue<'_>) -> bool) -> bool {
        let mut all = true;
        for element in elements(list) {
            all &= good(self, element);
        }
        all
    }

    fn is_list(&mut self, value: &TomlValue<'_>, what: &str) -> bool {
        self.expect(value, what, Shape::List) && self.is_filled(value, what)
    }

    fn is_filled(&mut self, value: &TomlValue<'_>, what: &str) -> bool {
        let filled = !elements(value).is_empty();
        if !filled {
            self.report(
                Diagnostic::new(value.span(), format!("{what} is empty")).help("name at least one, or remove the key"),
            );
        }
        filled
    }

    fn is_choice(&mut self, choices: Choices, value: &TomlValue<'_>) -> bool {
        let Some(name) = value.get_ref().as_str() else {
            return false;
        };
        let names = choices.names();
        let known = names.contains(&name);
        if !known {
            let diagnostic = Diagnostic::new(value.span(), format!("`{name}` is not {}", choices.noun()));
            let suggestion = nearest(name, names.iter().copied());
            let diagnostic = diagnostic.did_you_mean(suggestion);
            self.report(if suggestion.is_some() {
                diagnostic
            } else {
                diagnostic.help(format!("there are {}", list(names)))
            });
        }
        known
    }

    fn expect(&mut self, value: &TomlValue<'_>, what: &str, shape: Shape) -> bool {
        let good = shape.fits(value.get_ref());
        if !good {
            self.wrong_type(value, what, shape.noun());
        }
        good
    }

    pub(super) fn wrong_type(&mut self, value: &TomlValue<'_>, what: &str, expected: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.report(Diagnostic::new(
            value.span(),
            format!("{what} must be {expected}, not {found}"),
        ));
    }
}

/// What TOML can hold, as far as the language tells it apart.
#[derive(Clone, Copy)]
enum Shape {
    Text,
    Flag,
    List,
    Table,
    TextOrTable,
    Tables,
}

impl Shape {
    fn fits(self, value: &DeValue<'_>) -> bool {
        match self {
            Self::Text => value.is_str(),
            Self::Flag => value.is_bool(),
            Self::List | Self::Tables => value.is_array(),
            Self::Table => value.is_table(),
            Self::TextOrTable => value.is_str() || value.is_table(),
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Flag => "`true` or `false`",
            Self::List => "a list",
            Self::Table => "a table",
            Self::TextOrTable => "a string or a table",
            Self::Tables => "an array of tables",
        }
    }
}

fn elements<'t, 's>(value: &'t TomlValue<'s>) -> &'t [TomlValue<'s>] {
    value.get_ref().as_array().map_or(&[], |array| array)
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

    /// Where the key stands, even if its value has the wrong type.
    pub(super) fn key_span(&self, name: &str) -> Option<Range<usize>> {
        self.present
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, span)| span.clone())
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.get(name)
            .and_then(|value| value.get_ref().as_bool())
            .unwrap_or_default()
    }

    pub(super) fn table(&self, name: &str) -> Option<(&'t DeTable<'s>, Range<usize>)> {
        let value = self.get(name)?;
        Some((value.get_ref().as_table()?, value.span()))
    }

    pub(super) fn elements(&self, name: &str) -> &'t [TomlValue<'s>] {
        self.get(name).map_or(&[], elements)
    }

    pub(super) fn tables(&self, name: &str) -> Vec<(&'t DeTable<'s>, Range<usize>)> {
        let mut tables = Vec::new();
        for element in self.elements(name) {
            if let DeValue::Table(table) = element.get_ref() {
                tables.push((table, element.span()));
            }
        }
        tables
    }

    /// The entries of a table whose keys are the spec's own, whatever their values.
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

    pub(super) fn map(&self, name: &str) -> Vec<Named<'t, 's>> {
        let mut named = Vec::new();
        for (name, value) in self.names(name) {
            if let DeValue::Table(table) = value.get_ref() {
                named.push((name, table, value.span()));
            }
        }
        named
    }
}
