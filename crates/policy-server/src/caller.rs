//! The caller of an operation.

use iam_policy_account::{Identity, Principals};
use iam_policy_eval::Principal;

use crate::error::Error;
use crate::id::id;

/// The caller of an operation, determined by the access key.
#[derive(Debug)]
pub(crate) struct Caller<'p> {
    /// The ARN that `GetCallerIdentity` returns.
    pub(crate) arn: &'p str,
    pub(crate) principal: Principal<'p>,
    pub(crate) account: &'p str,
    /// The user, or the role of the session.
    pub(crate) identity: Option<Identity<'p>>,
    /// The region that the signature is for.
    pub(crate) region: String,
}

impl<'p> Caller<'p> {
    /// - `authorization`: the header. The signature is not verified
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

    /// Whether it is the root user of an account.
    pub(crate) const fn is_root(&self) -> bool {
        matches!(self.principal, Principal::Root { .. })
    }

    /// The unique identifier that `GetCallerIdentity` returns.
    ///
    /// Source: IAM User Guide, "IAM JSON policy elements: Variables and tags", "Principal key values", the column of
    /// `aws:userid`.
    pub(crate) fn user_id(&self) -> String {
        match (&self.identity, self.principal) {
            (Some(role), Principal::Session { session, .. }) => format!("{}:{session}", id(role.entity)),
            (Some(user), _) => id(user.entity),
            (None, Principal::FederatedUser { name, .. }) => format!("{}:{name}", self.account),
            (None, _) => self.account.to_owned(),
        }
    }
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
        let reading = iam_policy_account::read(FILE);
        assert_eq!(reading.problems, []);
        match Caller::find(&reading.principals, authorization) {
            Ok(caller) => Ok(format!("{} {} {}", caller.arn, caller.user_id(), caller.region)),
            Err(error) => Err(error.code),
        }
    }

    #[test]
    fn callers_are_identified_by_key() {
        let header = |key: &str| {
            let header = format!(
                "AWS4-HMAC-SHA256 Credential={key}/20260101/eu-west-1/iam/aws4_request, SignedHeaders=host, Signature=0"
            );
            find(Some(&header))
        };
        assert_eq!(
            header("USER").unwrap(),
            "arn:aws:iam::123456789012:user/ann AIDA0BE0616DD0B0BB117 eu-west-1"
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
