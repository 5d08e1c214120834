//! Who makes a call.

use policy_eval::Principal;
use policy_principals::{Entity, EntityKind, Identity, Principals};

use crate::error::Error;

/// Who makes a call, found by the access key.
#[derive(Debug)]
pub(crate) struct Caller<'p> {
    /// The ARN, as `GetCallerIdentity` answers it.
    pub(crate) arn: &'p str,
    pub(crate) principal: Principal<'p>,
    pub(crate) account: &'p str,
    /// The user, or the role of the session.
    pub(crate) identity: Option<Identity<'p>>,
    /// The region that the signature is for.
    pub(crate) region: String,
}

impl<'p> Caller<'p> {
    /// - `authorization`: the header, whose signature is not checked
    ///
    /// Source: IAM User Guide, "AWS Signature Version 4 for API requests", "Elements of an AWS API request signature".
    pub(crate) fn find(principals: &'p Principals, authorization: Option<&str>) -> Result<Self, Error> {
        let authorization = authorization.ok_or_else(Error::missing_token)?;
        let scope = authorization
            .split([',', ' '])
            .find_map(|part| part.strip_prefix("Credential="))
            .ok_or_else(|| Error::incomplete_signature("Authorization header requires 'Credential' parameter."))?;
        let mut scope = scope.split('/');
        let key = scope.next().unwrap_or_default();
        let region = scope.nth(1).unwrap_or_default().to_owned();
        let arn = principals.access_key(key).ok_or_else(Error::invalid_token)?;
        let principal = Principal::parse(arn).map_err(|_| Error::invalid_token())?;
        Ok(Self {
            arn,
            account: principal.account().unwrap_or_default(),
            identity: principals.find(arn).ok(),
            principal,
            region,
        })
    }

    /// The unique identifier, as `GetCallerIdentity` answers it.
    ///
    /// Source: IAM User Guide, "IAM JSON policy elements: Variables and tags", "Principal key values", the column of `aws:userid`.
    pub(crate) fn user_id(&self) -> String {
        match (&self.identity, self.principal) {
            (Some(role), Principal::Session { session, .. }) => format!("{}:{session}", id(role.entity)),
            (Some(user), _) => id(user.entity),
            (None, Principal::FederatedUser { name, .. }) => format!("{}:{name}", self.account),
            (None, _) => self.account.to_owned(),
        }
    }
}

/// The unique identifier of a user, a group or a role. Where the file has none, one is made of the ARN.
///
/// Source: IAM User Guide, "IAM identifiers", "Understanding unique ID prefixes".
pub(crate) fn id(entity: &Entity) -> String {
    if let Some(id) = &entity.id {
        return id.clone();
    }
    let prefix = match entity.kind {
        EntityKind::User => "AIDA",
        EntityKind::Group => "AGPA",
        EntityKind::Role => "AROA",
    };
    let mut rest = hash(entity.arn.bytes());
    let mut id = prefix.to_owned();
    for _ in 0..17 {
        id.extend(
            char::from_digit(u32::try_from(rest % 36).unwrap_or_default(), 36).map(|digit| digit.to_ascii_uppercase()),
        );
        // What is used up begins anew, so that all characters depend on the ARN.
        rest = rest.rotate_left(7).wrapping_mul(HASH_PRIME);
    }
    id
}

const HASH_PRIME: u64 = 0x0100_0000_01b3;

/// FNV-1a, which is the same in every run.
pub(crate) fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(HASH_PRIME)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &[u8] = br#"{
        "UserDetailList": [{"UserName": "ann", "Arn": "arn:aws:iam::123456789012:user/ann"}],
        "RoleDetailList": [{"RoleName": "build", "RoleId": "AROAX", "Arn": "arn:aws:iam::123456789012:role/ci/build"}],
        "AccessKeys": {
            "USER": "arn:aws:iam::123456789012:user/ann",
            "ROOT": "arn:aws:iam::123456789012:root",
            "SESSION": "arn:aws:sts::123456789012:assumed-role/build/42",
            "FEDERATED": "arn:aws:sts::123456789012:federated-user/bob"
        }
    }"#;

    fn find(authorization: Option<&str>) -> Result<String, &'static str> {
        let reading = policy_principals::read(FILE);
        assert_eq!(reading.problems, []);
        match Caller::find(&reading.principals, authorization) {
            Ok(caller) => Ok(format!("{} {} {}", caller.arn, caller.user_id(), caller.region)),
            Err(error) => Err(error.code),
        }
    }

    #[test]
    fn callers_are_found_by_their_keys() {
        let header = |key: &str| {
            let header = format!(
                "AWS4-HMAC-SHA256 Credential={key}/20260101/eu-west-1/iam/aws4_request, SignedHeaders=host, Signature=0"
            );
            find(Some(&header))
        };
        assert_eq!(
            header("USER").unwrap(),
            "arn:aws:iam::123456789012:user/ann AIDAVHEJZB7CHTC0B44WN eu-west-1"
        );
        assert_eq!(
            header("ROOT").unwrap(),
            "arn:aws:iam::123456789012:root 123456789012 eu-west-1"
        );
        assert_eq!(
            header("SESSION").unwrap(),
            "arn:aws:sts::123456789012:assumed-role/build/42 AROAX:42 eu-west-1"
        );
        assert_eq!(
            header("FEDERATED").unwrap(),
            "arn:aws:sts::123456789012:federated-user/bob 123456789012:bob eu-west-1"
        );
        assert_eq!(header("user"), Err("InvalidClientTokenId"));
        assert_eq!(find(None), Err("MissingAuthenticationToken"));
        assert_eq!(find(Some("Bearer x")), Err("IncompleteSignature"));
    }
}
