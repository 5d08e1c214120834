//! Names as the Rust SDK spells them.

/// Words that the SDK keeps whole although their case changes inside.
const WHOLE: [&str; 7] = ["ipv4", "ipv6", "sigv4", "mib", "gib", "kib", "ttl"];

/// The name that the Rust SDK gives to the method of an operation or to the setter of a member.
///
/// ```
/// use iam_policy_operations::snake_case;
///
/// assert_eq!(snake_case("ListObjectsV2"), "list_objects_v2");
/// assert_eq!(snake_case("SSEKMSKeyId"), "ssekms_key_id");
/// assert_eq!(snake_case("PutBucketACL"), "put_bucket_acl");
/// assert_eq!(snake_case("DescribeDBInstances"), "describe_db_instances");
/// assert_eq!(snake_case("clusterName"), "cluster_name");
/// ```
#[must_use]
pub fn snake_case(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let lower_case = !name.chars().any(char::is_uppercase);
    let mut out = String::with_capacity(name.len() + 4);
    let mut word = String::new();
    // Whether the word so far may become one of the whole words.
    let mut may_be_whole = true;
    for (at, &next) in characters.iter().enumerate() {
        if !next.is_alphanumeric() {
            finish(&mut out, &mut word);
            may_be_whole = true;
            continue;
        }
        if let Some(last) = word.chars().last() {
            may_be_whole = may_be_whole && becomes_whole(&word, characters.get(at..).unwrap_or_default());
            let peek = |ahead: usize| characters.get(at + ahead).copied();
            let boundary = !may_be_whole
                && ((next.is_uppercase() && (last.is_lowercase() || last.is_numeric()))
                    || (lower_case && last.is_numeric() && next.is_lowercase()));
            if boundary || ends_acronym(last, next, peek(1), peek(2)) {
                finish(&mut out, &mut word);
                may_be_whole = true;
            }
        }
        word.push(next);
    }
    finish(&mut out, &mut word);
    out
}

fn finish(out: &mut String, word: &mut String) {
    if !word.is_empty() {
        if !out.is_empty() {
            out.push('_');
        }
        out.extend(word.chars().flat_map(char::to_lowercase));
        word.clear();
    }
}

/// Whether a word and the characters after it begin with one of the whole words, which goes on after the word.
fn becomes_whole(word: &str, rest: &[char]) -> bool {
    let mut text = word.to_ascii_lowercase();
    text.extend(rest.iter().take(8).map(char::to_ascii_lowercase));
    WHOLE
        .iter()
        .any(|whole| whole.len() > word.len() && text.starts_with(whole))
}

/// Whether the next character begins a word after an acronym: `P` in `DBProxy`, but not `L` in `ACLs`.
fn ends_acronym(last: char, next: char, peek: Option<char>, second: Option<char>) -> bool {
    let lower = |character: Option<char>| character.is_some_and(char::is_lowercase);
    let plural = peek == Some('s') && !lower(second);
    let version = peek == Some('v') && second.is_some_and(char::is_numeric);
    last.is_uppercase() && next.is_uppercase() && lower(peek) && !plural && !version
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[track_caller]
    fn check(name: &str, expected: &str) {
        assert_eq!(snake_case(name), expected);
    }

    #[test]
    fn words_and_digits() {
        check("GetObject", "get_object");
        check("ListObjectsV2", "list_objects_v2");
        check("CreateChapCredentials", "create_chap_credentials");
        check("GetDedicatedIps", "get_dedicated_ips");
        check("Get2FACode", "get2_fa_code");
        check("s3key", "s3_key");
        check("", "");
    }

    #[test]
    fn acronyms() {
        check("DescribeDBInstances", "describe_db_instances");
        check("ListOpenIDConnectProviders", "list_open_id_connect_providers");
        check("GetSAMLProvider", "get_saml_provider");
        check("ListMFADevices", "list_mfa_devices");
        check("DeleteNetworkACLs", "delete_network_acls");
        check("AssociateVPCWithHostedZone", "associate_vpc_with_hosted_zone");
        check("DynamoDBv2", "dynamo_dbv2");
        check("ListWebACLs", "list_web_acls");
    }

    #[test]
    fn whole_words() {
        check("AllocateIPv4Pool", "allocate_ipv4_pool");
        check("EnableIpv6", "enable_ipv6");
        check("SizeInMiB", "size_in_mib");
        check("UpdateTimeToLive", "update_time_to_live");
    }

    #[test]
    fn other_characters_separate_words() {
        check("x-amz-acl", "x_amz_acl");
        check("--a--", "a");
    }
}
