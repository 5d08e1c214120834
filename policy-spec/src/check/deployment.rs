//! The names of what deployments create.

use iam_policy_core::template::{Piece, pieces};
use iam_policy_document::Numbers;

use super::Checker;
use crate::mistake::mistake;
use crate::model::{Parameter, Policy, Spec, Template};

/// The maximum length of a role's name, and of a managed policy's.
///
/// Source: IAM User Guide, "IAM and AWS STS quotas", "IAM and AWS STS character limits".
const ROLE: usize = 64;
const MANAGED_POLICY: usize = 128;

impl Checker<'_> {
    /// Checks `deploy-as`.
    pub(super) fn deployed_names(&mut self, spec: &Spec) {
        let mut names = Numbers::new();
        for (number, policy) in spec.policies.iter().enumerate() {
            let Some(template) = policy.deploy_as.as_ref().filter(|name| !name.text.is_empty()) else {
                continue;
            };
            self.deployed_name(policy, template, &spec.parameters);
            // IAM compares names regardless of case.
            let name = template.text.to_ascii_lowercase();
            if let Some(earlier) = names.get(&name).and_then(|earlier| spec.policies.get(earlier)) {
                let message = format!(
                    "the policies `{}` and `{}` would both be deployed as `{}`",
                    earlier.name.value, policy.name.value, template.text
                );
                self.report(mistake(template.source.span.clone(), message).help("choose another name for one of them"));
            } else {
                names.insert(name, number);
            }
        }
    }

    fn deployed_name(&mut self, policy: &Policy, template: &Template, parameters: &[Parameter]) {
        let span = || template.source.span.clone();
        let name = &template.text;
        let is_accepted = |character: char| {
            character.is_ascii_alphanumeric() || matches!(character, '+' | '=' | ',' | '.' | '@' | '_' | '-' | '/')
        };
        if let Some(refused) = name.chars().find(|&character| !is_accepted(character)) {
            let message = format!("the name `{name}` contains `{refused}`, which IAM does not accept");
            let help = "names can contain ASCII letters, digits and `+=,.@_-`; a path ends with `/`";
            self.report(mistake(span(), message).help(help));
            return;
        }
        if name.split('/').any(str::is_empty) {
            let message = format!("`{name}` is not a name with a path");
            self.report(mistake(span(), message).help("write the path before the name, as in `team/worker`"));
            return;
        }
        let mut is_first = true;
        for piece in pieces(&template.source.value).flatten() {
            let has_path =
                |parameter: &Parameter| parameter.allow_slash && piece == Piece::Parameter(&parameter.name.value);
            if let Some(Parameter { name, .. }) = parameters
                .iter()
                .find(|parameter| has_path(parameter))
                .filter(|_| !is_first)
            {
                let message = format!(
                    "the value of `{}` may begin with a path, so no text can be before it",
                    name.value
                );
                self.report(mistake(span(), message).help("begin the name with it, or write `/` before it"));
                return;
            }
            is_first = matches!(piece, Piece::Text(text) if text.ends_with('/'));
        }
        let length = name.rsplit('/').next().unwrap_or_default().len();
        let (what, maximum) = match policy.trust {
            Some(_) => ("role", ROLE),
            None => ("managed policy", MANAGED_POLICY),
        };
        if length > maximum {
            let message = format!("the name of a {what} can have {maximum} characters, but `{name}` has {length}");
            self.report(mistake(span(), message));
        }
    }
}
