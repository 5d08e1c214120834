//! Calls that dependencies make on their own.
//!
//! As of aws-config 1.8 and aws-sdk-s3 1.110, November 2026.

use std::fs;

use iam_policy_document::Lines;
use iam_policy_operations::service;

use crate::calls::{Call, Form};
use crate::permissions::permissions;
use crate::workspace::{Package, Workspace};

/// A call that a package of the SDK makes.
struct Known {
    package: &'static str,
    service: &'static str,
    operation: &'static str,
    /// When it makes the call, to be read after "if".
    when: &'static str,
}

/// The calls, each from the source of its package.
const KNOWN: [Known; 6] = [
    // aws-config, `src/profile/credentials/exec.rs`: the chain of roles.
    Known {
        package: "aws-config",
        service: "STS",
        operation: "AssumeRole",
        when: "the profile names a role",
    },
    // aws-config, `src/web_identity_token.rs`.
    Known {
        package: "aws-config",
        service: "STS",
        operation: "AssumeRoleWithWebIdentity",
        when: "the environment names a web identity token, as in EKS",
    },
    // aws-config, `src/sso/credentials.rs`.
    Known {
        package: "aws-config",
        service: "SSO",
        operation: "GetRoleCredentials",
        when: "the profile uses IAM Identity Center",
    },
    // aws-config, `src/sso/token.rs`: tokens are refreshed.
    Known {
        package: "aws-config",
        service: "SSO OIDC",
        operation: "CreateToken",
        when: "the profile uses IAM Identity Center and its token expires",
    },
    // aws-config, `src/login.rs`: `aws login`.
    Known {
        package: "aws-config",
        service: "Signin",
        operation: "CreateOAuth2Token",
        when: "the profile uses a login session",
    },
    // aws-sdk-s3, `src/s3_express.rs`.
    Known {
        package: "aws-sdk-s3",
        service: "S3",
        operation: "CreateSession",
        when: "the bucket is a directory bucket",
    },
];

/// The calls that the dependencies of a package make.
pub(crate) fn calls(workspace: &Workspace, package: &Package) -> Vec<Call> {
    let mut calls = Vec::new();
    let manifest = fs::read(&package.manifest).unwrap_or_default();
    for known in KNOWN {
        if !package
            .dependencies
            .iter()
            .any(|dependency| dependency == known.package)
        {
            continue;
        }
        // An operation that the data lacks needs no permission that could be named.
        let Some(operation) = service(known.service).and_then(|service| service.operation(known.operation)) else {
            continue;
        };
        let start = place(&manifest, known.package);
        let position = Lines::new(&manifest).position(start);
        calls.push(Call {
            file: workspace.relative(&package.manifest),
            line: position.line,
            column: position.column,
            span: (start, start + known.package.len()),
            package: package.name.clone(),
            targets: package
                .targets
                .iter()
                .filter(|target| !target.is_test() && target.kind != "build")
                .map(|target| format!("{}:{}", target.kind, target.name))
                .collect(),
            service: known.service.to_owned(),
            operation: known.operation.to_owned(),
            form: Form::Request,
            is_test: false,
            cfg: None,
            macro_name: None,
            origin: Some(known.package.to_owned()),
            note: Some(known.when),
            is_confirmed: false,
            is_recorded: None,
            arguments: Vec::new(),
            is_complete: false,
            permissions: permissions(operation, &[], false),
        });
    }
    calls
}

/// Where a manifest first names a dependency; 0 if it inherits a list of them.
fn place(manifest: &[u8], package: &str) -> usize {
    let text = std::str::from_utf8(manifest).unwrap_or_default();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_start();
        let is_here = [
            package.to_owned(),
            format!("\"{package}\""),
            format!("[dependencies.{package}"),
        ];
        if is_here.iter().any(|text| trimmed.starts_with(text.as_str())) || line.contains(&format!("\"{package}\"")) {
            return start + line.find(package).unwrap_or_default();
        }
        start += line.len();
    }
    0
}
