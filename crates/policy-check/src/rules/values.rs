//! Whether the values of a condition suit its operator and key.

mod docs;

use iam_policy_catalog::KeyType;
use iam_policy_core::operator::{Comparison, Operator};
use iam_policy_core::principal::service_name;
use iam_policy_core::text::is_account;
use iam_policy_core::variable::has_unknown;
use iam_policy_core::wildcard::is_pattern;
use iam_policy_core::{Arn, variable};
use iam_policy_document::Value;
use iam_policy_document::scalar::{Moment, Network, Number, boolean};

use crate::Code;
use crate::context::{Condition, Context};
use crate::finding::{Hint, Report};
use crate::region::is_region;

pub(super) use docs::TOPIC;

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    for condition in context.statements.iter().flat_map(|parts| &parts.conditions) {
        if let Some(operator) = condition.operator {
            typed(condition, operator, report);
            if operator.comparison() == Comparison::IpAddress {
                private_addresses(condition, operator, report);
            }
            if matches!(operator.comparison(), Comparison::String(_) | Comparison::Arn) {
                formats(condition, report);
                service_principals(condition, report);
            }
        }
    }
}

/// Whether a value has a policy variable, so that its text is unknown.
fn is_open(text: &str) -> bool {
    variable::is_in(text)
}

/// `TYPE_MISMATCH_BOOLEAN`, `TYPE_MISMATCH_NUMBER`, `TYPE_MISMATCH_DATE`, `INVALID_DATE_VALUE`, `TYPE_MISMATCH_STRING`,
/// `TYPE_MISMATCH_IP_RANGE`, `IMPROVE_IP_RANGE`: the operator cannot read the value.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
fn typed(condition: &Condition<'_>, operator: Operator, report: &mut Report) {
    let name = condition.operator_member.key;
    for value in condition.values() {
        let Some(text) = value.as_text().filter(|text| !is_open(text)) else {
            continue;
        };
        match operator.comparison() {
            Comparison::Bool | Comparison::Null if boolean(text).is_none() => {
                report.value(
                    Code::TypeMismatchBoolean,
                    format!("add a valid Boolean value (true or false) for the condition operator {name}"),
                    value,
                );
            }
            Comparison::Numeric(_) if Number::read(text).is_none() => {
                report.value(
                    Code::TypeMismatchNumber,
                    format!("add a valid numeric value for the condition operator {name}"),
                    value,
                );
            }
            // The values of `aws:EpochTime` are seconds since 1970.
            Comparison::Date(_) if !condition.is("aws:EpochTime") => date_value(text, value, report),
            Comparison::Binary if !is_base64(text) => {
                report.value(
                    Code::TypeMismatchString,
                    format!("add a valid base64-encoded string value for the condition operator {name}"),
                    value,
                );
            }
            Comparison::IpAddress => ip_range(name, text, value, report),
            _ => {}
        }
    }
}

fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    text.len() - body.len() <= 2
        && text.len().is_multiple_of(4)
        && body
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

/// How a date operator reads a value.
///
/// Source: IAM User Guide, "Date condition operators".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Date {
    Valid,
    /// A format that is easily misread, or that only other programs accept. AWS also warns about seconds since 1970.
    Ambiguous,
    Invalid,
}

impl Date {
    fn of(text: &str) -> Self {
        let is_moment = |text: &str| Moment::read(text).is_some();
        if is_moment(text) {
            let is_month = text.len() == "2026-07".len();
            if is_month || Number::read(text).is_some() {
                Self::Ambiguous
            } else {
                Self::Valid
            }
        } else if is_moment(&text.replacen(' ', "T", 1)) || is_local_date(text) {
            Self::Ambiguous
        } else {
            Self::Invalid
        }
    }
}

/// Whether a text is three numbers separated by slashes or dots, such as `7/1/2026`, whose order depends on the country.
fn is_local_date(text: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    ['/', '.']
        .iter()
        .any(|&separator| text.split(separator).count() == 3 && text.split(separator).all(is_number))
}

fn date_value(text: &str, value: Value<'_>, report: &mut Report) {
    match Date::of(text) {
        Date::Valid => {}
        Date::Ambiguous => {
            report.value(
                Code::InvalidDateValue,
                format!(
                    "the date `{text}` might not resolve as expected; we recommend that you use the YYYY-MM-DD format"
                ),
                value,
            );
        }
        Date::Invalid => {
            report.value(
                Code::TypeMismatchDate,
                "the date condition operator is used with an invalid value; specify a valid date using YYYY-MM-DD or other \
                 ISO 8601 date/time format",
                value,
            );
        }
    }
}

/// The ranges that are reserved for private networks. Requests over the Internet never come from them.
///
/// Source: RFC 1918, RFC 4193.
const PRIVATE: [&str; 4] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];

fn is_private(network: Network) -> bool {
    PRIVATE
        .iter()
        .filter_map(|private| Network::read(private))
        .any(|private| private.contains(network))
}

fn ip_range(operator: &str, text: &str, value: Value<'_>, report: &mut Report) {
    let Some(network) = Network::read(text) else {
        report.value(
            Code::TypeMismatchIpRange,
            format!(
                "the condition operator {operator} is used with an invalid IP range value; specify the IP range in standard \
                 CIDR format"
            ),
            value,
        );
        return;
    };
    let (address, _) = text.split_once('/').unwrap_or((text, ""));
    if Network::address(address) != Some(network.first()) {
        report.value(
            Code::ImproveIpRange,
            format!(
                "the non-zero bits in the IP address after the masked bits are ignored; replace the address with \
                 {network}"
            ),
            value,
        );
    }
}

/// `PRIVATE_IP_ADDRESS…`, `PRIVATE_NOT_IP_ADDRESS…`: `aws:SourceIp` is the address that AWS sees, which is never a
/// private one.
///
/// Source: IAM User Guide, "AWS global condition context keys", `aws:SourceIp`.
fn private_addresses(condition: &Condition<'_>, operator: Operator, report: &mut Report) {
    let is_unknown = |value: Value<'_>| value.as_str().is_some_and(has_unknown);
    if !condition.is("aws:SourceIp") || condition.values().any(is_unknown) {
        return;
    }
    let ranges = condition.values().filter_map(|value| Network::read(value.as_str()?));
    let (mut private, mut public) = (false, false);
    for range in ranges {
        private |= is_private(range);
        public |= !is_private(range);
    }
    if !private {
        return;
    }
    let (code, details) = match (operator.is_negated(), public) {
        (false, false) => (
            Code::PrivateIpAddress,
            "aws:SourceIp works only for public IP address ranges; the values for condition key aws:SourceIp include only \
             private IP addresses and will not have the desired effect; update the value to include only public IP addresses",
        ),
        (true, false) => (
            Code::PrivateNotIpAddress,
            "the values for condition key aws:SourceIp include only private IP addresses and have no effect; aws:SourceIp \
             works only for public IP address ranges; update the value to include only public IP addresses",
        ),
        (false, true) => (
            Code::PrivateIpAddressSubset,
            "the values for condition key aws:SourceIp include a mix of private and public IP addresses; the private \
             addresses will not have the desired effect; to define permissions for private IP ranges, use aws:VpcSourceIp",
        ),
        (true, true) => (
            Code::PrivateNotIpAddressSubset,
            "the values for condition key aws:SourceIp include a mix of private and public IP addresses; the private \
             addresses have no effect; to define permissions for private IP ranges, use aws:VpcSourceIp",
        ),
    };
    report.value(code, details, condition.member.value);
}

/// The values of `aws:RequestedRegion` that are not Regions: global endpoints, and requests to Amazon Bedrock that any
/// Region may answer.
///
/// Source: IAM User Guide, "AWS global condition context keys"; Amazon Bedrock User Guide, "Global cross-Region
/// inference".
const NO_REGION: &[&str] = &["aws-global", "unspecified"];

/// `INVALID_VPC_FORMAT`, `INVALID_VPCE_FORMAT`, `INVALID_REGION`, `INVALID_KMS_KEY_VALUE`: the values of some keys must
/// have a certain form. A value with a policy variable is accepted, except for `aws:RequestedRegion`, where AWS
/// requires a literal Region.
///
/// Source: IAM Access Analyzer policy check reference; its answers on AWS's own policies.
fn formats(condition: &Condition<'_>, report: &mut Report) {
    let name = condition.member.key;
    let kms_key = condition.key.is_some_and(|key| key.key_type() == KeyType::Arn) && names_kms_key(name);
    for value in condition.values() {
        let Some(text) = value.as_str().filter(|text| !is_pattern(text) && !has_unknown(text)) else {
            continue;
        };
        if condition.is("aws:RequestedRegion") && !is_region(text) && !NO_REGION.contains(&text) {
            let details = format!("the Region `{text}` is not valid; update the condition value to a supported Region");
            report.value(Code::InvalidRegion, details, value).hint = Hint::Region(text.to_owned());
        } else if is_open(text) {
            // The variable may have a valid value.
        } else if condition.is("aws:SourceVpc") && !is_resource_id(text, "vpc-") {
            report.value(
                Code::InvalidVpcFormat,
                "the VPC identifier in the condition key value is not valid; use the prefix 'vpc-' followed by 8 or 17 \
                 alphanumeric characters",
                value,
            );
        } else if condition.is("aws:SourceVpce") && !is_resource_id(text, "vpce-") {
            report.value(
                Code::InvalidVpceFormat,
                "the VPCE identifier in the condition key value is not valid; use the prefix 'vpce-' followed by 8 or 17 \
                 alphanumeric characters",
                value,
            );
        } else if kms_key && !is_kms_key(text) {
            report.value(
                Code::InvalidKmsKeyValue,
                format!("the {name} condition key value must be a valid KMS key ARN"),
                value,
            );
        }
    }
}

fn is_resource_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|id| matches!(id.len(), 8 | 17) && id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Whether a key's values are ARNs of KMS keys, judging by its name: `s3:x-amz-server-side-encryption-aws-kms-key-id`,
/// `sagemaker:VolumeKmsKeyArn`.
fn names_kms_key(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("kms-key") || name.contains("kmskey")
}

fn is_kms_key(text: &str) -> bool {
    Arn::of_pattern(text).is_some_and(|arn| {
        arn.service == "kms" && is_region(arn.region) && is_account(arn.account) && arn.resource.starts_with("key/")
    })
}

/// `INVALID_SERVICE_PRINCIPAL_FORMAT`: the keys whose values are service principals. In `aws:CalledVia`, service names
/// have a single part; in `kms:ViaService`, they include the Region.
///
/// Source: IAM User Guide, "AWS global condition context keys", `aws:CalledVia`; AWS KMS Developer Guide,
/// `kms:ViaService`.
fn service_principals(condition: &Condition<'_>, report: &mut Report) {
    let (is_good, format): (fn(&str) -> bool, _) =
        if condition.is_any(&["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"]) {
            (|name| !name.contains('.'), "service")
        } else if condition.is("kms:ViaService") {
            let has_region = |name: &str| name.rsplit_once('.').is_some_and(|(_, region)| is_region(region));
            (has_region, "service.region")
        } else if condition.is_any(&[
            "aws:PrincipalServiceName",
            "aws:PrincipalServiceNamesList",
            "iam:AWSServiceName",
            "iam:PassedToService",
            "sts:AWSServiceName",
        ]) {
            (|_| true, "service")
        } else {
            return;
        };
    for value in condition.values() {
        let Some(text) = value.as_str().filter(|text| !is_open(text) && !is_pattern(text)) else {
            continue;
        };
        if !service_name(text).is_some_and(is_good) {
            bad_service_principal(format, value, report);
        }
    }
}

/// - `format`: the required form of the part before the domain
pub(crate) fn bad_service_principal(format: &str, value: Value<'_>, report: &mut Report) {
    report.value(
        Code::InvalidServicePrincipalFormat,
        format!(
            "the service principal does not match the expected format; use the format {format}.amazonaws.com, or use one \
             of the following suffixes: .amazon.com, .amazonaws.com.cn with all lowercase letters"
        ),
        value,
    );
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Code::*;
    use crate::tests::condition;
    const CODES: &[Code] = &[
        TypeMismatchBoolean,
        TypeMismatchNumber,
        TypeMismatchDate,
        InvalidDateValue,
        TypeMismatchString,
        TypeMismatchIpRange,
        ImproveIpRange,
        PrivateIpAddress,
        PrivateNotIpAddress,
        PrivateIpAddressSubset,
        PrivateNotIpAddressSubset,
        InvalidVpcFormat,
        InvalidVpceFormat,
        InvalidRegion,
        InvalidKmsKeyValue,
        InvalidServicePrincipalFormat,
    ];

    fn check(source: &str, expected: Expect) {
        condition(CODES, source, expected);
    }

    #[test]
    fn booleans_numbers_and_bytes() {
        check(
            r#"{"Bool": {"aws:SecureTransport": "yes"}, "NumericEquals": {"s3:max-keys": ["ten", "inf"]}, "BinaryEquals": {"aws:userid": ["a", "QUJD"]}}"#,
            expect![[r#"
                TYPE_MISMATCH_BOOLEAN <"yes">
                TYPE_MISMATCH_NUMBER <"ten">
                TYPE_MISMATCH_NUMBER <"inf">
                TYPE_MISMATCH_STRING <"a">
            "#]],
        );
        check(
            r#"{"Bool": {"aws:SecureTransport": true, "aws:ViaAWSService": "True"}, "Null": {"aws:username": "false"}, "NumericEquals": {"s3:max-keys": [10, "-1.5"]}}"#,
            expect![[""]],
        );
    }

    #[test]
    fn dates() {
        check(
            r#"{"DateGreaterThan": {"aws:CurrentTime": "tomorrow"}, "DateLessThan": {"aws:CurrentTime": "7/1/2026"}}"#,
            expect![[r#"
                TYPE_MISMATCH_DATE <"tomorrow">
                INVALID_DATE_VALUE <"7/1/2026">
            "#]],
        );
        check(
            r#"{"DateGreaterThan": {"aws:CurrentTime": "2026-07-01T00:00:00Z"}, "DateLessThan": {"aws:CurrentTime": "2026-07-02"}}"#,
            expect![[""]],
        );
    }

    #[test]
    fn addresses() {
        check(
            r#"{"IpAddress": {"aws:SourceIp": ["1.2.3", "203.0.113.0/33", "203.0.113.7/24", "2001:db8::/129"]}}"#,
            expect![[r#"
                TYPE_MISMATCH_IP_RANGE <"1.2.3">
                TYPE_MISMATCH_IP_RANGE <"203.0.113.0/33">
                IMPROVE_IP_RANGE <"203.0.113.7/24">
                TYPE_MISMATCH_IP_RANGE <"2001:db8::/129">
            "#]],
        );
        check(
            r#"{"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "203.0.113.7", "2001:db8::/32"]}}"#,
            expect![[""]],
        );
    }

    #[test]
    fn private_addresses() {
        check(
            r#"{"IpAddress": {"aws:SourceIp": "10.0.0.0/16"}}"#,
            expect![[r#"
            PRIVATE_IP_ADDRESS <"10.0.0.0/16">
        "#]],
        );
        check(
            r#"{"NotIpAddress": {"aws:SourceIp": ["192.168.1.1"]}}"#,
            expect![[r#"
            PRIVATE_NOT_IP_ADDRESS <["192.168.1.1"]>
        "#]],
        );
        check(
            r#"{"IpAddress": {"aws:SourceIp": ["172.31.0.0/16", "203.0.113.0/24"]}}"#,
            expect![[r#"
                PRIVATE_IP_ADDRESS_SUBSET <["172.31.0.0/16", "203.0.113.0/24"]>
            "#]],
        );
        check(
            r#"{"NotIpAddress": {"aws:SourceIp": ["fd00::/8", "203.0.113.0/24"]}}"#,
            expect![[r#"
                PRIVATE_NOT_IP_ADDRESS_SUBSET <["fd00::/8", "203.0.113.0/24"]>
            "#]],
        );
        check(
            r#"{"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/16", "aws:SourceIp": "11.0.0.0/8"}}"#,
            expect![[""]],
        );
    }

    #[test]
    fn identifiers() {
        check(
            r#"{"StringEquals": {"aws:SourceVpc": "vpc-1", "aws:SourceVpce": "vpc-12345678", "aws:RequestedRegion": ["mars", "us-est-1", "us-east-11", "${aws:PrincipalTag/region}"]}}"#,
            expect![[r#"
                INVALID_VPC_FORMAT <"vpc-1">
                INVALID_VPCE_FORMAT <"vpc-12345678">
                INVALID_REGION <"mars">
                INVALID_REGION <"us-est-1">
                  did you mean `us-east-1`?
                INVALID_REGION <"us-east-11">
                INVALID_REGION <"${aws:PrincipalTag/region}">
            "#]],
        );
        check(
            r#"{"StringEquals": {"aws:SourceVpc": ["vpc-1234567890abcdef0", "${aws:PrincipalTag/vpc}"], "aws:SourceVpce": "vpce-12345678", "aws:RequestedRegion": ["eu-west-1", "aws-global", "unspecified"]}, "StringLike": {"aws:RequestedRegion": "eu-*"}}"#,
            expect![[""]],
        );
    }

    #[test]
    fn kms_keys() {
        check(
            r#"{"StringEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": ["alias/x", "arn:aws:kms:eu-west-1:123456789012:key/x"]}}"#,
            expect![[r#"
                INVALID_KMS_KEY_VALUE <"alias/x">
            "#]],
        );
        check(
            r#"{"ArnEquals": {"sagemaker:VolumeKmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:alias/x"}, "ArnLikeIfExists": {"sagemaker:OutputKmsKeyArn": "arn:aws:kms:*:123456789012:key/*"}, "Null": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "true"}}"#,
            expect![[r#"
                INVALID_KMS_KEY_VALUE <"arn:aws:kms:eu-west-1:123456789012:alias/x">
            "#]],
        );
    }

    #[test]
    fn calling_services() {
        check(
            r#"{"ForAnyValue:StringEquals": {"aws:CalledVia": ["athena.amazonaws.com", "a.b.amazonaws.com", "Athena.amazonaws.com", "athena"]}}"#,
            expect![[r#"
                INVALID_SERVICE_PRINCIPAL_FORMAT <"a.b.amazonaws.com">
                INVALID_SERVICE_PRINCIPAL_FORMAT <"Athena.amazonaws.com">
                INVALID_SERVICE_PRINCIPAL_FORMAT <"athena">
            "#]],
        );
        check(
            r#"{"StringEquals": {"kms:ViaService": ["ec2.eu-west-1.amazonaws.com", "s3.cn-north-1.amazonaws.com.cn", "ec2.amazonaws.com"]}, "StringLike": {"kms:ViaService": "ec2.*.amazonaws.com"}}"#,
            expect![[r#"
                INVALID_SERVICE_PRINCIPAL_FORMAT <"ec2.amazonaws.com">
            "#]],
        );
        check(
            r#"{"StringEqualsIfExists": {"iam:PassedToService": ["ec2.amazonaws.com.cn", "monitoring.rds.amazonaws.com", "ec2", "EC2.amazonaws.com"]}, "Null": {"iam:PassedToService": "false"}}"#,
            expect![[r#"
                INVALID_SERVICE_PRINCIPAL_FORMAT <"ec2">
                INVALID_SERVICE_PRINCIPAL_FORMAT <"EC2.amazonaws.com">
            "#]],
        );
    }

    #[test]
    fn classifies_dates() {
        for (text, expected) in [
            ("2026-02-28", Date::Valid),
            ("2024-02-29", Date::Valid),
            ("2026-07-01T00:00:00Z", Date::Valid),
            ("2026-07-01T23:59:59.5+02:00", Date::Valid),
            ("2026-07-01T00:00Z", Date::Valid),
            ("2026-07-01T24:00:00Z", Date::Valid),
            ("7/1/2026", Date::Ambiguous),
            ("2026-07", Date::Ambiguous),
            ("2026", Date::Ambiguous),
            ("2026-07-01 00:00:00", Date::Ambiguous),
            ("01.07.2026", Date::Ambiguous),
            ("1782864000", Date::Ambiguous),
            ("", Date::Invalid),
            ("tomorrow", Date::Invalid),
            ("2026-02-29", Date::Invalid),
            ("2026-13-01", Date::Invalid),
            ("2026-07-01T24:30Z", Date::Invalid),
            ("2026-07-01T25:00:00Z", Date::Invalid),
            ("26-07-01", Date::Invalid),
            ("2026-07-01T", Date::Invalid),
        ] {
            assert_eq!(Date::of(text), expected, "{text}");
        }
    }
}
