//! URLs in place of ARNs.

use iam_policy_core::Partition;

/// The resource that a URL refers to, for suggestions: people paste the URL of a queue, a bucket or a console page where
/// an ARN belongs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ResourceOfUrl {
    /// The partition of the URL's host.
    pub partition: Partition,
    /// The ARN's text after the partition, such as `s3:::reports/a`. Its account is `*` if the URL does not contain it.
    pub rest: String,
}

impl ResourceOfUrl {
    /// Reads the URL of a queue, of a bucket or an object, or of the console's page of a bucket, a function, a table or a
    /// queue. Returns `None` for anything else.
    ///
    /// - `text`: a URL such as `https://reports.s3.eu-west-1.amazonaws.com/a`, or `s3://reports/a`
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_document::ResourceOfUrl;
    ///
    /// let arn = |url| ResourceOfUrl::read(url).map(|resource| resource.arn());
    /// let queue = arn("https://sqs.eu-west-1.amazonaws.com/123456789012/jobs");
    /// assert_eq!(queue.as_deref(), Some("arn:aws:sqs:eu-west-1:123456789012:jobs"));
    /// assert_eq!(arn("s3://reports/2026/a").as_deref(), Some("arn:aws:s3:::reports/2026/a"));
    /// assert_eq!(arn("https://example.com/"), None);
    /// ```
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let resource = |partition, rest: String| Some(Self { partition, rest });
        if scheme.eq_ignore_ascii_case("s3") {
            return resource(Partition::Standard, s3(rest)?);
        }
        if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
            return None;
        }
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (partition, name) = if let Some(name) = host.strip_suffix(".amazonaws.com.cn") {
            (Partition::China, name)
        } else if let Some(name) = host.strip_suffix(".amazonaws.com") {
            (Partition::Standard, name)
        } else if host == "console.aws.amazon.com" || host.ends_with(".console.aws.amazon.com") {
            return resource(Partition::Standard, console(path)?);
        } else if host == "console.amazonaws.cn" || host.ends_with(".console.amazonaws.cn") {
            return resource(Partition::China, console(path)?);
        } else {
            return None;
        };
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let labels: Vec<&str> = name.split('.').collect();
        match labels.as_slice() {
            ["sqs", region] | [region, "queue"] => resource(partition, queue(region, path)?),
            ["s3"] | ["s3", _] | ["s3", "dualstack", _] => resource(partition, s3(path)?),
            _ => {
                let bucket = name.split_once(".s3.").or_else(|| name.split_once(".s3-"));
                let bucket = bucket.map(|(bucket, _)| bucket).or(name.strip_suffix(".s3"))?;
                resource(partition, s3(&format!("{bucket}/{path}"))?)
            }
        }
    }

    /// The ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        format!("arn:{}:{}", self.partition.name(), self.rest)
    }
}

/// A bucket or an object, from `BUCKET/KEY`.
fn s3(path: &str) -> Option<String> {
    let path = path.strip_suffix('/').unwrap_or(path);
    (!path.is_empty() && !path.starts_with('/')).then(|| format!("s3:::{path}"))
}

/// A queue, from `ACCOUNT/NAME`.
fn queue(region: &str, path: &str) -> Option<String> {
    let (account, name) = path.split_once('/')?;
    (!account.is_empty() && !name.is_empty()).then(|| format!("sqs:{region}:{account}:{name}"))
}

/// The resource of a page of the console, from `SERVICE/…?region=REGION#/…`.
fn console(path: &str) -> Option<String> {
    let (page, fragment) = path.split_once('#').unwrap_or((path, ""));
    let (page, query) = page.split_once('?').unwrap_or((page, ""));
    let region = parameter(query, "region").unwrap_or("*");
    let after = |text: &str, before: &str| {
        let (_, rest) = text.split_once(before)?;
        let name = rest.split(['/', '?', '&']).next().unwrap_or_default();
        (!name.is_empty()).then(|| name.to_owned())
    };
    let service = page.split('/').next().unwrap_or_default();
    match service {
        "s3" => after(page, "s3/buckets/").map(|bucket| format!("s3:::{bucket}")),
        "lambda" => after(fragment, "/functions/").map(|name| format!("lambda:{region}:*:function:{name}")),
        "dynamodb" | "dynamodbv2" => {
            let name = parameter(fragment.split_once('?')?.1, "name")?;
            Some(format!("dynamodb:{region}:*:table/{name}"))
        }
        "sqs" => {
            let (_, url) = fragment.split_once("/queues/")?;
            let url = url.replace("%3A", ":").replace("%2F", "/");
            ResourceOfUrl::read(&url).map(|queue| queue.rest)
        }
        _ => None,
    }
}

/// The value of a query's parameter.
fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(key, _)| *key == name)?;
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_resources_become_arns() {
        for (url, arn) in [
            (
                "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs",
                "arn:aws:sqs:eu-west-1:123456789012:jobs",
            ),
            (
                "https://eu-west-1.queue.amazonaws.com/123456789012/jobs",
                "arn:aws:sqs:eu-west-1:123456789012:jobs",
            ),
            (
                "https://sqs.cn-north-1.amazonaws.com.cn/123456789012/jobs",
                "arn:aws-cn:sqs:cn-north-1:123456789012:jobs",
            ),
            ("s3://reports", "arn:aws:s3:::reports"),
            ("s3://reports/2026/a.pdf", "arn:aws:s3:::reports/2026/a.pdf"),
            ("https://reports.s3.amazonaws.com/", "arn:aws:s3:::reports"),
            (
                "https://reports.s3.eu-west-1.amazonaws.com/a/b?x=1",
                "arn:aws:s3:::reports/a/b",
            ),
            (
                "http://my.reports.s3-website-eu-west-1.amazonaws.com",
                "arn:aws:s3:::my.reports",
            ),
            ("https://s3.amazonaws.com/reports/a", "arn:aws:s3:::reports/a"),
            ("https://s3.eu-west-1.amazonaws.com/reports", "arn:aws:s3:::reports"),
            (
                "https://s3.console.aws.amazon.com/s3/buckets/reports?region=eu-west-1",
                "arn:aws:s3:::reports",
            ),
            (
                "https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/worker?tab=code",
                "arn:aws:lambda:eu-west-1:*:function:worker",
            ),
            (
                "https://eu-west-1.console.aws.amazon.com/dynamodbv2/home?region=eu-west-1#table?name=jobs",
                "arn:aws:dynamodb:eu-west-1:*:table/jobs",
            ),
            (
                "https://eu-west-1.console.aws.amazon.com/sqs/v3/home?region=eu-west-1#/queues/https%3A%2F%2Fsqs.eu-west-1.amazonaws.com%2F123456789012%2Fjobs",
                "arn:aws:sqs:eu-west-1:123456789012:jobs",
            ),
        ] {
            let read = ResourceOfUrl::read(url).map(|resource| resource.arn());
            assert_eq!(read.as_deref(), Some(arn), "{url}");
        }
        for url in [
            "reports",
            "https://example.com/s3/buckets/reports",
            "https://sqs.eu-west-1.amazonaws.com/",
            "s3://",
            "https://s3.amazonaws.com/",
            "https://eu-west-1.console.aws.amazon.com/ec2/home",
        ] {
            assert_eq!(ResourceOfUrl::read(url), None, "{url}");
        }
    }
}
