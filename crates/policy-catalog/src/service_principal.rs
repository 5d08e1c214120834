//! The names of service principals.

use iam_policy_core::principal::service_name;
use iam_policy_core::suggest::nearest;

use crate::Catalog;
use crate::overlay::unlisted_principals;

/// The list, as a file with comments.
const FILE: &str = include_str!("../data/service-principals.txt");

/// The date of the list of service principals. AWS may have added others since.
pub const SERVICE_PRINCIPALS_DATE: &str = "2026-12-01";

/// Words that people use in place of the name of a service principal.
const WORDS: &[(&str, &str)] = &[
    ("api-gateway", "apigateway"),
    ("cloudwatch-events", "events"),
    ("cloudwatch-logs", "logs"),
    ("efs", "elasticfilesystem"),
    ("elb", "elasticloadbalancing"),
    ("emr", "elasticmapreduce"),
    ("eventbridge", "events"),
    ("eventbridge-scheduler", "scheduler"),
    ("fargate-tasks", "ecs-tasks"),
    ("kinesis-firehose", "firehose"),
    ("lambda-edge", "edgelambda"),
    ("lambdaedge", "edgelambda"),
    ("msk", "kafka"),
    ("pods-eks", "pods.eks"),
    ("eks-pods", "pods.eks"),
    ("roles-anywhere", "rolesanywhere"),
    ("sfn", "states"),
    ("step-functions", "states"),
    ("stepfunctions", "states"),
    ("systems-manager", "ssm"),
    ("vpcflowlogs", "vpc-flow-logs"),
    ("flow-logs", "vpc-flow-logs"),
    ("logs.delivery", "delivery.logs"),
];

/// The names of the known service principals, without their domain, such as `lambda` and `delivery.logs`.
///
/// # Examples
///
/// ```
/// assert!(iam_policy_catalog::service_principals().any(|name| name == "pods.eks"));
/// ```
pub fn service_principals() -> impl Iterator<Item = &'static str> + Clone {
    let unlisted = unlisted_principals().iter().map(|principal| principal.name);
    listed().chain(unlisted)
}

fn listed() -> impl Iterator<Item = &'static str> + Clone {
    FILE.lines().filter(|line| !line.starts_with('#'))
}

/// Whether a service principal may exist: it is in the list, or the name of a service that has actions.
///
/// - `name`: the name without its domain and its Region, such as `lambda`
///
/// # Examples
///
/// ```
/// use iam_policy_catalog::may_be_service_principal;
///
/// assert!(may_be_service_principal("delivery.logs") && may_be_service_principal("textract"));
/// assert!(!may_be_service_principal("api-gateway"));
/// ```
#[must_use]
pub fn may_be_service_principal(name: &str) -> bool {
    service_principals().any(|known| known == name)
        || Catalog::get()
            .service(name)
            .is_some_and(|service| service.prefix() == name)
}

/// The service principal that was probably meant by an unknown one.
///
/// - `text`: the unknown one, with its domain
///
/// # Examples
///
/// ```
/// use iam_policy_catalog::suggest_service_principal;
///
/// assert_eq!(suggest_service_principal("lamda.amazonaws.com").as_deref(), Some("lambda.amazonaws.com"));
/// assert_eq!(suggest_service_principal("step-functions.amazonaws.com").as_deref(), Some("states.amazonaws.com"));
/// assert_eq!(suggest_service_principal("example.amazonaws.com"), None);
/// ```
#[must_use]
pub fn suggest_service_principal(text: &str) -> Option<String> {
    let name = service_name(text)?;
    let domain = text.get(name.len()..)?;
    let word = WORDS.iter().find(|(word, _)| *word == name).map(|(_, meant)| *meant);
    let meant = word.or_else(|| nearest(name, service_principals()))?;
    Some([meant, domain].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_has_the_date() {
        let names: Vec<_> = listed().collect();
        assert!(names.is_sorted() && names.len() > 250, "{}", names.len());
        assert!(FILE.contains(&format!("# Date: {SERVICE_PRINCIPALS_DATE}\n")));
        for principal in unlisted_principals() {
            assert!(!names.contains(&principal.name), "{}", principal.name);
        }
        for name in service_principals() {
            assert_eq!(service_name(&format!("{name}.amazonaws.com")), Some(name));
        }
    }

    #[test]
    fn other_words_are_not_service_principals() {
        for (word, meant) in WORDS {
            assert!(!may_be_service_principal(word), "{word}");
            assert!(service_principals().any(|name| name == *meant), "{meant}");
        }
    }
}
