//! The parameters of a call: `Name`, `Name.member.1`, `Name.member.1.Name`.
//!
//! Source: IAM API Reference, "Making query requests"; the same for STS.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::error::Error;

/// The parameters of a call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(BTreeMap<String, String>);

impl Query {
    /// Parses the body of a call. Invalid UTF-8 becomes replacement characters.
    pub(crate) fn read(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The parameters with their names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The members of a list of strings, in the order of their numbers.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        let mut items: Vec<(u32, &str)> = Vec::new();
        for (number, rest, value) in self.members(name) {
            if rest.is_empty() {
                items.push((number, value));
            }
        }
        items.sort_by_key(|(number, _)| *number);
        items.into_iter().map(|(_, value)| value).collect()
    }

    /// The name prefixes of the members of a list of structures, in the order of their numbers.
    pub(crate) fn structures(&self, name: &str) -> Vec<String> {
        let mut numbers: Vec<u32> = self.members(name).map(|(number, ..)| number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
            .into_iter()
            .map(|number| format!("{name}.member.{number}"))
            .collect()
    }

    /// The parameters below `name.member.`: the number, the rest of the name, and the value.
    fn members(&self, name: &str) -> impl Iterator<Item = (u32, &str, &str)> {
        let prefix = format!("{name}.member.");
        let from = (Bound::Included(prefix.as_str()), Bound::Unbounded);
        let parameters = self.0.range::<str, _>(from);
        parameters
            .map_while(move |(key, value)| Some((key.strip_prefix(&prefix)?, value.as_str())))
            .filter_map(|(rest, value)| {
                let (number, rest) = rest.split_once('.').unwrap_or((rest, ""));
                Some((number.parse().ok()?, rest, value))
            })
    }
}

/// Collects the errors about parameter values, with AWS's messages.
#[derive(Debug, Default)]
pub(crate) struct Validation(Vec<String>);

impl Validation {
    /// Requires the value to be present.
    ///
    /// - `name`: the name of the parameter in AWS's messages, such as `actionNames`
    pub(crate) fn required<'q>(&mut self, name: &str, value: Option<&'q str>) -> &'q str {
        if value.is_none() {
            self.null(name);
        }
        value.unwrap_or_default()
    }

    pub(crate) fn null(&mut self, name: &str) {
        self.0.push(format!(
            "Value null at '{name}' failed to satisfy constraint: Member must not be null"
        ));
    }

    /// Requires the value to have from `least` to `most` characters.
    pub(crate) fn length(&mut self, name: &str, value: &str, least: usize, most: usize) {
        let length = value.chars().count();
        if length < least {
            self.wrong(
                name,
                value,
                &format!("Member must have length greater than or equal to {least}"),
            );
        } else if length > most {
            self.wrong(
                name,
                value,
                &format!("Member must have length less than or equal to {most}"),
            );
        }
    }

    pub(crate) fn wrong(&mut self, name: &str, value: &str, constraint: &str) {
        self.0.push(format!(
            "Value '{value}' at '{name}' failed to satisfy constraint: {constraint}"
        ));
    }

    /// # Errors
    ///
    /// If there are any errors.
    pub(crate) fn finish(self) -> Result<(), Error> {
        match self.0.len() {
            0 => Ok(()),
            count => {
                let errors = if count == 1 { "error" } else { "errors" };
                let message = format!("{count} validation {errors} detected: {}", self.0.join("; "));
                Err(Error::validation(message))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_ordered_by_number() {
        let query = Query::read(
            b"A.member.10=j&A.member.2=b&A.member.x=no&A.member.3.B=no&A=&C.member.2.K=v&C.member.2.L.member.1=w&C.member.1.K=u",
        );
        assert_eq!(query.list("A"), ["b", "j"]);
        assert_eq!(query.get("A"), None);
        let names = query.structures("C");
        assert_eq!(names, ["C.member.1", "C.member.2"]);
        assert_eq!(query.list("C.member.2.L"), ["w"]);
    }

    #[test]
    fn all_errors_are_reported() {
        let mut validation = Validation::default();
        validation.required("policySourceArn", None);
        validation.length("actionNames", "s3", 3, 128);
        let error = validation.finish().unwrap_err();
        assert_eq!(error.code, "ValidationError");
        assert_eq!(
            error.message,
            "2 validation errors detected: Value null at 'policySourceArn' failed to satisfy constraint: Member must not be null; \
             Value 's3' at 'actionNames' failed to satisfy constraint: Member must have length greater than or equal to 3"
        );
    }
}
