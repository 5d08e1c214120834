//! Names: their syntax and uniqueness.

use iam_policy_core::template::PARTITION;
use iam_policy_core::text;
use iam_policy_document::Numbers;

use super::Checker;
use crate::mistake::mistake;
use crate::model::{Environment, Policy, Spanned, Spec, constant_name};

/// The constant that lists every policy.
const ALL: &str = "ALL";

impl Checker<'_> {
    pub(super) fn names(&mut self, spec: &Spec) {
        for parameter in &spec.parameters {
            if parameter.name.value == PARTITION {
                self.report(
                    mistake(
                        parameter.name.span.clone(),
                        "the parameter `partition` is predefined and cannot be declared",
                    )
                    .help("choose another name, or remove it"),
                );
            } else {
                self.name(&parameter.name, "a parameter");
            }
        }
        self.environment_names(&spec.environments);
        let mut constants = Numbers::new();
        for (number, policy) in spec.policies.iter().enumerate() {
            self.policy_name(number, &spec.policies, &mut constants);
            self.statement_names(policy);
            for extension in &policy.extensions {
                self.name(&extension.name, "an extension");
            }
        }
    }

    /// Each environment has a folder and a constant of its own. Some file systems ignore case.
    fn environment_names(&mut self, environments: &[Environment]) {
        let mut constants = Numbers::new();
        for (number, Environment { name, .. }) in environments.iter().enumerate() {
            if !self.name(name, "an environment") {
                continue;
            }
            let constant = constant_name(&name.value);
            let Some(earlier) = constants.get(&constant).and_then(|earlier| environments.get(earlier)) else {
                constants.insert(constant, number);
                continue;
            };
            let names = format!("the environments `{}` and `{}`", earlier.name.value, name.value);
            let message = if earlier.name.value.eq_ignore_ascii_case(&name.value) {
                format!("{names} would write to the same folder where case is ignored")
            } else {
                format!("{names} would generate the same constant, `{constant}`")
            };
            self.report(mistake(name.span.clone(), message).help("rename one of them"));
        }
    }

    /// Whether `name` is a valid name.
    fn name(&mut self, name: &Spanned<String>, noun: &str) -> bool {
        let good = text::is_name(&name.value);
        if !good {
            self.report(
                mistake(
                    name.span.clone(),
                    format!("`{}` is not a valid name for {noun}", name.value),
                )
                .help("a name starts with an ASCII letter, followed by ASCII letters, digits, `-` and `_`"),
            );
        }
        good
    }

    /// Checks the name of one policy, and that no earlier policy generates the same constant.
    ///
    /// - `number`: the index of the policy in `policies`
    /// - `constants`: the indices of the earlier policies, by constant name
    fn policy_name(&mut self, number: usize, policies: &[Policy], constants: &mut Numbers) {
        let Some(Policy { name, .. }) = policies.get(number) else {
            return;
        };
        let constant = constant_name(&name.value);
        if !self.name(name, "a policy") {
            return;
        }
        if constant == ALL {
            self.report(
                mistake(
                    name.span.clone(),
                    format!(
                        "the policy `{}` would generate the reserved constant `{ALL}`",
                        name.value
                    ),
                )
                .note(format!("`{ALL}` lists all policies of the spec"))
                .help("choose another name"),
            );
        } else if let Some(earlier) = constants.get(&constant).and_then(|earlier| policies.get(earlier)) {
            self.report(
                mistake(
                    name.span.clone(),
                    format!(
                        "the policies `{}` and `{}` would generate the same constant, `{constant}`",
                        earlier.name.value, name.value
                    ),
                )
                .help("rename one of them"),
            );
        } else {
            constants.insert(constant, number);
        }
    }

    /// Ids are unique within a policy, its extensions and its trust policy, which are explained on one page. Sids are
    /// unique within a policy and its extensions, which can end up in one document, and within a trust policy.
    fn statement_names(&mut self, policy: &Policy) {
        let mut ids = Numbers::new();
        let mut sids = Numbers::new();
        let statements = policy.all_statements();
        let own = policy.own_statements().len();
        for (number, statement) in statements.iter().enumerate() {
            if number == own {
                sids = Numbers::new();
            }
            let (id, sid) = (&statement.id, &statement.sid);
            // A missing id has been reported.
            if id.value.is_empty() {
                continue;
            }
            if !self.name(id, "a statement") {
                continue;
            }
            let earlier = ids.get(&constant_name(&id.value));
            match earlier
                .and_then(|earlier| statements.get(earlier))
                .map(|earlier| &earlier.id)
            {
                Some(earlier) if earlier.value == id.value => {
                    let diagnostic = mistake(
                        id.span.clone(),
                        format!(
                            "the policy `{}` has two statements with the id `{}`",
                            policy.name.value, id.value
                        ),
                    );
                    let line = self.line(&earlier.span);
                    self.report(
                        diagnostic
                            .note(format!("the first is on line {line}"))
                            .help("rename one of them"),
                    );
                    continue;
                }
                Some(earlier) => {
                    let message = format!(
                        "the ids `{}` and `{}` would generate the same constant",
                        earlier.value, id.value
                    );
                    self.report(mistake(id.span.clone(), message).help("rename one of them"));
                    continue;
                }
                None => {
                    ids.insert(constant_name(&id.value), number);
                }
            }
            if sid.value.is_empty() {
                self.report(
                    mistake(sid.span.clone(), "the Sid is empty").help("remove the key to derive the Sid from the id"),
                );
            } else if !text::is_sid(&sid.value) {
                self.report(
                    mistake(sid.span.clone(), format!("`{}` is not a valid Sid", sid.value))
                        .help("a Sid can only contain ASCII letters and digits"),
                );
            } else if let Some(earlier) = sids.get(&sid.value).and_then(|earlier| statements.get(earlier)) {
                let line = self.line(&earlier.sid.span);
                let message = format!(
                    "the policy `{}` has two statements with the Sid `{}`",
                    policy.name.value, sid.value
                );
                self.report(
                    mistake(sid.span.clone(), message)
                        .note(format!("the first is on line {line}"))
                        .help("set a different one with `sid = \"…\"`"),
                );
            } else {
                sids.insert(sid.value.clone(), number);
            }
        }
    }
}
