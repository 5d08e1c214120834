//! The list of rows that were reviewed by hand, `overrides.toml`.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use crate::error::Error;
use crate::model::Condition;

/// The name of the file in messages.
pub(crate) const FILE: &str = "overrides.toml";

#[derive(Debug, Default)]
pub(crate) struct Overrides {
    /// Prefixes of services whose model names none that exists, by the name of the client.
    pub(crate) prefixes: BTreeMap<String, Vec<String>>,
    /// Crates whose name does not follow from the service's, by the name of the client.
    pub(crate) crates: BTreeMap<String, String>,
    pub(crate) services: BTreeMap<String, Service>,
}

#[derive(Debug, Default)]
pub(crate) struct Service {
    /// The page of an operation, with `{operation}` for its name.
    pub(crate) page: Option<String>,
    /// The template of the ARN, with `{path}`, for a service whose actions are HTTP methods.
    pub(crate) http: Option<String>,
    /// What is removed from the start of the path.
    pub(crate) base: Option<String>,
    /// Rows for every operation whose input has a member, by the name of the member.
    pub(crate) also: BTreeMap<String, Row>,
    /// What no operation of the service needs a permission for: the page that says so.
    pub(crate) nothing: Option<String>,
    pub(crate) resources: BTreeMap<String, String>,
    pub(crate) pages: BTreeMap<String, String>,
    pub(crate) operations: BTreeMap<String, Vec<Row>>,
    /// Operations that stay unmapped, each with the reason.
    pub(crate) unmapped: BTreeMap<String, String>,
}

impl Service {
    /// The page that says what an operation needs.
    pub(crate) fn page_of(&self, operation: &str) -> Option<String> {
        let page = self.pages.get(operation).or(self.page.as_ref())?;
        Some(page.replace("{operation}", operation))
    }
}

/// `[+]ACTION [on NAME, …] [if MEMBER [= VALUE] | unless MEMBER [= VALUE] | when TEXT]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) action: String,
    pub(crate) dependent: bool,
    /// Names of resources, members or `*`. If there are none, the resources follow from the catalogue.
    pub(crate) on: Vec<String>,
    pub(crate) condition: Option<Condition>,
}

impl Row {
    fn parse(text: &str) -> Option<Self> {
        let (text, condition) = if let Some((text, said)) = text.split_once(" when ") {
            (text, Some(Condition::Outside(said.to_owned())))
        } else if let Some((text, said)) = text.split_once(" if ") {
            let condition = match said.split_once(" = ") {
                Some((member, value)) => Condition::Equals(member.to_owned(), value.to_owned()),
                None => Condition::Set(said.to_owned()),
            };
            (text, Some(condition))
        } else if let Some((text, said)) = text.split_once(" unless ") {
            let condition = match said.split_once(" = ") {
                Some((member, value)) => Condition::Differs(member.to_owned(), value.to_owned()),
                None => Condition::Unset(said.to_owned()),
            };
            (text, Some(condition))
        } else {
            (text, None)
        };
        let (action, on) = match text.split_once(" on ") {
            Some((action, on)) => (action, on.split(", ").map(str::to_owned).collect()),
            None => (text, Vec::new()),
        };
        let (action, dependent) = match action.strip_prefix('+') {
            Some(action) => (action, true),
            None => (action, false),
        };
        let well_formed = action.contains(':') && !action.contains(' ');
        well_formed.then(|| Self {
            action: action.to_owned(),
            dependent,
            on,
            condition,
        })
    }
}

pub(crate) fn parse(text: &str) -> Result<Overrides, Error> {
    let root = DeTable::parse(text).map_err(|error| Error::new(FILE, error))?;
    let mut overrides = Overrides::default();
    for (key, value) in root.get_ref() {
        let (key, table) = (&**key.get_ref(), table(key.get_ref(), value.get_ref())?);
        match key {
            "prefixes" => {
                for (client, prefixes) in table {
                    let place = client.get_ref();
                    overrides
                        .prefixes
                        .insert(place.to_string(), strings(place, prefixes.get_ref())?);
                }
            }
            "crates" => overrides.crates = texts(table)?,
            "service" => {
                for (client, value) in table {
                    let client = client.get_ref();
                    let service = service(client, self::table(client, value.get_ref())?)?;
                    overrides.services.insert(client.to_string(), service);
                }
            }
            _ => return Err(Error::new(FILE, format!("unknown table `{key}`"))),
        }
    }
    Ok(overrides)
}

fn service(client: &str, found: &DeTable<'_>) -> Result<Service, Error> {
    let mut service = Service::default();
    for (key, value) in found {
        let (key, value) = (&**key.get_ref(), value.get_ref());
        let place = format!("{client}.{key}");
        match key {
            "page" => service.page = Some(string(&place, value)?),
            "http" => service.http = Some(string(&place, value)?),
            "base" => service.base = Some(string(&place, value)?),
            "also" => {
                for (member, row) in texts(table(&place, value)?)? {
                    let row = Row::parse(&row)
                        .ok_or_else(|| Error::new(FILE, format!("{place}.{member}: `{row}` is not a row")))?;
                    service.also.insert(member, row);
                }
            }
            "nothing" => service.nothing = Some(string(&place, value)?),
            "resources" => service.resources = texts(table(&place, value)?)?,
            "pages" => service.pages = texts(table(&place, value)?)?,
            "unmapped" => service.unmapped = texts(table(&place, value)?)?,
            "operations" => {
                for (operation, rows) in table(&place, value)? {
                    let operation = operation.get_ref();
                    let place = format!("{client}.{operation}");
                    let rows = strings(&place, rows.get_ref())?;
                    let rows = rows.iter().map(|row| {
                        Row::parse(row).ok_or_else(|| Error::new(FILE, format!("{place}: `{row}` is not a row")))
                    });
                    service
                        .operations
                        .insert(operation.to_string(), rows.collect::<Result<_, _>>()?);
                }
            }
            _ => return Err(Error::new(FILE, format!("unknown key `{place}`"))),
        }
    }
    Ok(service)
}

fn table<'a>(place: &str, value: &'a DeValue<'a>) -> Result<&'a DeTable<'a>, Error> {
    match value {
        DeValue::Table(table) => Ok(table),
        _ => Err(Error::new(FILE, format!("`{place}` is not a table"))),
    }
}

fn string(place: &str, value: &DeValue<'_>) -> Result<String, Error> {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        _ => Err(Error::new(FILE, format!("`{place}` is not a string"))),
    }
}

fn strings(place: &str, value: &DeValue<'_>) -> Result<Vec<String>, Error> {
    match value {
        DeValue::Array(values) => values.iter().map(|value| string(place, value.get_ref())).collect(),
        _ => Err(Error::new(FILE, format!("`{place}` is not a list"))),
    }
}

fn texts(table: &DeTable<'_>) -> Result<BTreeMap<String, String>, Error> {
    let pairs = table.iter().map(|(key, value)| {
        let key = key.get_ref();
        Ok((key.to_string(), string(key, value.get_ref())?))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::{Row, parse};
    use crate::model::Condition;

    #[test]
    fn rows_have_an_action_resources_and_a_condition() {
        let check = |text: &str, action: &str, on: &[&str], condition| {
            let row = Row::parse(text).unwrap();
            assert_eq!(
                (row.action.as_str(), row.on, row.condition),
                (action, on.iter().map(ToString::to_string).collect(), condition)
            );
        };
        let member = || "VersionId".to_owned();
        check("s3:GetObject", "s3:GetObject", &[], None);
        check("a:B on c, d", "a:B", &["c", "d"], None);
        check("a:B on c if VersionId", "a:B", &["c"], Some(Condition::Set(member())));
        check("a:B unless VersionId", "a:B", &[], Some(Condition::Unset(member())));
        check(
            "a:B if VersionId = 1",
            "a:B",
            &[],
            Some(Condition::Equals(member(), "1".into())),
        );
        check(
            "a:B unless VersionId = 1",
            "a:B",
            &[],
            Some(Condition::Differs(member(), "1".into())),
        );
        check(
            "a:B when it rains",
            "a:B",
            &[],
            Some(Condition::Outside("it rains".into())),
        );
        assert!(Row::parse("+iam:PassRole on Role").unwrap().dependent);
        assert_eq!(Row::parse("nothing"), None);
        assert_eq!(Row::parse("a:B onto c"), None);
    }

    #[test]
    fn mistakes_are_errors() {
        let check = |text: &str, expected: &str| assert_eq!(parse(text).unwrap_err().to_string(), expected);
        check("[serice.s3]", "overrides.toml: unknown table `serice`");
        check("[service.s3]\npag = 1", "overrides.toml: unknown key `s3.pag`");
        check("[service.s3]\npage = 1", "overrides.toml: `s3.page` is not a string");
        check(
            "[service.s3.operations]\nX = [\"y\"]",
            "overrides.toml: s3.X: `y` is not a row",
        );
        check("[prefixes]\ns3 = \"s3\"", "overrides.toml: `s3` is not a list");
    }
}
