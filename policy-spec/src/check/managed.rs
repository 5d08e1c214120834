//! AWS managed policies that a policy needs beside itself.

use iam_policy_catalog::ManagedPolicy;
use iam_policy_core::{Arn, AttachmentKind, Partition};
use iam_policy_document::Numbers;

use super::Checker;
use crate::mistake::mistake;
use crate::model::{Policy, Spanned};

/// The start of the resource of a managed policy's ARN.
const POLICY: &str = "policy/";

impl Checker<'_> {
    /// Checks the managed policies, and replaces names and ARNs with paths.
    pub(super) fn managed(&mut self, policy: &mut Policy) {
        let mut seen = Numbers::new();
        let mut is_good = true;
        for (number, managed) in policy.managed.iter_mut().enumerate() {
            let written = managed.value.clone();
            match self.path(managed) {
                Some(path) => managed.value = path,
                None => is_good = false,
            }
            if seen.insert(managed.value.clone(), number).is_some() {
                let message = format!("duplicate `{written}` in `managed`");
                self.report(mistake(managed.span.clone(), message).help("remove it"));
                is_good = false;
            }
        }
        if is_good {
            self.managed_quota(policy);
        }
    }

    /// The path of a managed policy; `None` if there is none, which is reported.
    fn path(&mut self, managed: &Spanned<String>) -> Option<String> {
        let Spanned { value: text, span } = managed;
        let report = |checker: &mut Self, message: String, help: String| {
            checker.report(mistake(span.clone(), message).help(help));
            None
        };
        let path = if text.starts_with("arn:") {
            let arn = Arn::parse(text).ok();
            let arn = arn.filter(|arn| arn.service == "iam" && arn.region.is_empty());
            let path = arn.and_then(|arn| arn.resource.strip_prefix(POLICY));
            let (Some(arn), Some(path)) = (arn, path.filter(|path| !path.is_empty())) else {
                let help = "for example, `arn:aws:iam::aws:policy/ReadOnlyAccess`".to_owned();
                return report(self, format!("`{text}` is not the ARN of a managed policy"), help);
            };
            if arn.account != "aws" {
                let help =
                    "only policies of AWS can be named here; attach your own policies beside this one".to_owned();
                return report(self, format!("`{text}` is not a policy that AWS manages"), help);
            }
            if Partition::from_name(arn.partition).is_none() {
                let help = "write the name of the policy, which is the same in every partition".to_owned();
                return report(self, format!("AWS has no partition `{}`", arn.partition), help);
            }
            path
        } else {
            text
        };
        let name = path.rsplit('/').next().unwrap_or(path);
        let Some(known) = ManagedPolicy::by_name(name) else {
            // AWS may have added it recently.
            if path.len() < text.len() {
                return Some(path.to_owned());
            }
            let message = format!("AWS has no managed policy `{text}`");
            let diagnostic = mistake(span.clone(), message);
            self.report(match ManagedPolicy::suggest(name) {
                Some(name) => diagnostic.did_you_mean(Some(name)),
                None => diagnostic.help(format!("if AWS added it after {}, write its ARN", ManagedPolicy::DATE)),
            });
            return None;
        };
        // An ARN has the whole path.
        let is_arn = path.len() < text.len();
        if path != known.path() && (is_arn || path != known.name()) {
            let meant = text.replace(path, known.path());
            self.report(mistake(span.clone(), format!("`{name}` has another path")).did_you_mean(Some(&meant)));
            return None;
        }
        if !known.is_attachable() {
            let message = format!("`{name}` is for AWS's own roles and cannot be attached");
            return report(self, message, "remove it".to_owned());
        }
        Some(known.path().to_owned())
    }

    /// The managed policies must fit the quota with every attachment kind. A policy that is attached as a managed one counts too.
    fn managed_quota(&mut self, policy: &Policy) {
        let Some(first) = policy.managed.first() else {
            return;
        };
        let (count, quota) = (policy.managed.len(), AttachmentKind::MANAGED_PER_IDENTITY);
        let extensions = policy.extensions.iter().flat_map(|extension| &extension.attach);
        let mut kinds = policy.attach.iter().chain(extensions);
        if let Some(kind) = kinds.clone().find(|kind| kind.value == AttachmentKind::ServiceControl) {
            let message = format!(
                "`managed` has no effect on a policy that is attached as `{}`",
                kind.value
            );
            let help = "remove it: managed policies are attached to users, groups and roles";
            self.report(mistake(first.span.clone(), message).help(help));
            return;
        }
        let is_managed = kinds.any(|kind| kind.value == AttachmentKind::Managed);
        let total = count + usize::from(is_managed);
        if total <= quota {
            return;
        }
        let name = &policy.name.value;
        let message = if is_managed {
            format!(
                "the policy `{name}` and {count} managed policies are {total}, more than the quota of {quota} managed policies \
                 for `{}`",
                AttachmentKind::Managed
            )
        } else {
            format!("{count} managed policies are more than the quota of {quota}")
        };
        let place = policy.managed.get(quota.min(count - 1)).unwrap_or(first);
        let diagnostic = mistake(place.span.clone(), message);
        self.report(if is_managed && count <= quota {
            diagnostic.help("remove one, or `managed` from the policy's `attach`")
        } else {
            diagnostic.help("remove some, or grant what is needed in the policy's own statements")
        });
    }
}
