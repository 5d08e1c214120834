use bytes::Bytes;
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};

use super::{Answer, Contents};

/// Buckets in the path, with objects of text.
pub(super) fn answer(head: &Parts, body: Bytes, contents: &mut Contents) -> Answer {
    let path = head.uri.path().trim_start_matches('/');
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    let place = (bucket.to_owned(), key.to_owned());
    let operation = match (&head.method, key) {
        (&Method::GET, "") => "ListBucket",
        (&Method::GET, _) => "GetObject",
        (&Method::PUT, _) => "PutObject",
        (&Method::DELETE, _) => "DeleteObject",
        (other, _) => panic!("the peer does not serve {other} {path}"),
    };
    let action = format!("s3:{operation}");
    let is_denied = contents.denied.contains(&action);
    contents.requests.push(action.clone());
    if is_denied {
        let message = format!(
            "User: arn:aws:sts::123456789012:assumed-role/worker/w is not authorized to perform: {action} on resource: \"arn:aws:s3:::{path}\" because no identity-based policy allows the {action} action"
        );
        return error(StatusCode::FORBIDDEN, "AccessDenied", &message);
    }
    match operation {
        "ListBucket" => xml(StatusCode::OK, &list(bucket, contents)),
        "GetObject" => match contents.objects.get(&place) {
            Some(object) => (
                StatusCode::OK,
                "application/octet-stream",
                String::from_utf8_lossy(object).into_owned(),
            ),
            None => error(StatusCode::NOT_FOUND, "NoSuchKey", "The specified key does not exist."),
        },
        "PutObject" => {
            contents.objects.insert(place, body);
            xml(StatusCode::OK, "")
        }
        _ => {
            contents.objects.remove(&place);
            xml(StatusCode::NO_CONTENT, "")
        }
    }
}

fn list(bucket: &str, contents: &Contents) -> String {
    let keys = contents.objects.keys().filter(|(own, _)| own == bucket);
    let keys: Vec<String> = keys
        .map(|(_, key)| format!("<Contents><Key>{key}</Key></Contents>"))
        .collect();
    let keys = keys.concat();
    format!("<ListBucketResult><IsTruncated>false</IsTruncated>{keys}</ListBucketResult>")
}

fn error(status: StatusCode, code: &str, message: &str) -> Answer {
    let text = format!(
        "<Error><Code>{code}</Code><Message>{}</Message></Error>",
        message.replace('"', "&quot;")
    );
    xml(status, &text)
}

fn xml(status: StatusCode, text: &str) -> Answer {
    let head = if text.is_empty() {
        ""
    } else {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
    };
    (status, "application/xml", format!("{head}{text}"))
}
