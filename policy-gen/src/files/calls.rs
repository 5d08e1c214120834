//! Comparisons of code with specs.

use std::path::PathBuf;

use iam_policy_calls::{NamedGrant, Search};
use iam_policy_document::StyledText;

use super::regenerate::{Outcome, Regenerate};

/// Code, and the policies for it.
#[derive(Clone, Debug)]
pub(super) struct CalledCode {
    path: PathBuf,
    specs: Vec<String>,
}

impl Regenerate {
    /// Compares the calls of the AWS SDK in a package or a workspace with policies.
    ///
    /// In [`Mode::Check`](crate::Mode::Check), a call that is not granted and a grant that no call needs are errors, as for
    /// `iam-policy calls --spec`.
    ///
    /// - `path`: the folder of the package or the workspace
    /// - `specs`: the policies, each as `[PACKAGE[/TARGET]=]FILE#POLICY`
    #[must_use]
    pub fn calls<S: Into<String>>(mut self, path: impl Into<PathBuf>, specs: impl IntoIterator<Item = S>) -> Self {
        self.called.push(CalledCode {
            path: path.into(),
            specs: specs.into_iter().map(Into::into).collect(),
        });
        self
    }

    /// Compares all code, and appends what it finds.
    pub(super) fn judge_calls(&self, messages: &mut StyledText) -> Outcome {
        let mut outcome = Outcome::Done;
        for called in &self.called {
            let found = self.judge(called, messages);
            if outcome == Outcome::Done || found == Outcome::Unreadable {
                outcome = found;
            }
        }
        outcome
    }

    fn judge(&self, called: &CalledCode, messages: &mut StyledText) -> Outcome {
        let mut specs = Vec::new();
        for name in &called.specs {
            match NamedGrant::read(self.root_folder(), name) {
                Ok(spec) => specs.push(spec),
                Err(problem) => {
                    messages.append(&problem);
                    return Outcome::Unreadable;
                }
            }
        }
        let mut calls = match Search::new(self.root_folder().join(&called.path)).run(&mut |_| {}) {
            Ok(calls) => calls,
            Err(problem) => {
                messages.append(&problem.into());
                return Outcome::Unreadable;
            }
        };
        for warning in &calls.warnings {
            messages.append(&warning.into());
        }
        let grants: Vec<_> = specs.iter().map(NamedGrant::grant).collect();
        let judgement = match calls.judge(&grants) {
            Ok(judgement) => judgement,
            Err(problems) => {
                for problem in &problems {
                    messages.append(&problem.into());
                }
                return Outcome::Unreadable;
            }
        };
        let prefix = match crate::relative(self.root_folder(), &calls.root) {
            Ok(path) if path != "." => path + "/",
            _ => String::new(),
        };
        messages.append(&judgement.show(&calls, &prefix));
        messages.plain(&calls.show_unmapped(&prefix));
        messages.plain(&calls.show_open(&prefix));
        if judgement.is_clean() {
            Outcome::Done
        } else {
            Outcome::Refused
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::{Mode, Outcome, Regenerate};
    use iam_policy_document::StyledText;

    fn check(call: &str, actions: &str) -> (Outcome, String) {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        // The crate does not exist, so the search is by names.
        write(
            "tool/Cargo.toml",
            "[package]\nname = \"tool\"\nversion = \"0.1.0\"\n[dependencies]\naws-sdk-s3 = { path = \"../none\" }\n",
        );
        write(
            "tool/src/main.rs",
            &format!(
                "async fn run(client: aws_sdk_s3::Client) {{\n    client.{call}().bucket(\"a\").send().await;\n}}\n"
            ),
        );
        let spec = format!(
            "[policy.user]\n[[policy.user.statement]]\nid = \"a\"\nreason = \"a\"\nactions = [{actions}]\nresources = [\"arn:aws:s3:::a/*\"]\n"
        );
        write("policies.toml", &spec);
        let regenerate = Regenerate::new("x").root(folder.path());
        let regenerate = regenerate.calls("tool", ["tool=policies.toml#user"]);
        let mut messages = StyledText::new();
        let outcome = regenerate.report(Mode::Check, &mut Vec::new(), &mut messages).unwrap();
        (outcome, messages.as_str().to_owned())
    }

    #[test]
    fn calls_are_compared_with_specs() {
        let (outcome, messages) = check("get_object", "\"s3:GetObject\"");
        assert_eq!(outcome, Outcome::Done, "{messages}");
        let (outcome, messages) = check("get_object", "\"s3:PutObject\"");
        assert_eq!(outcome, Outcome::Refused, "{messages}");
        assert!(
            messages.contains("error[UNGRANTED_CALL]: `S3.GetObject` needs `s3:GetObject`"),
            "{messages}"
        );
        assert!(
            messages.contains("warning[UNUSED_GRANT]: no call needs `s3:PutObject`"),
            "{messages}"
        );
        let (_, messages) = check("make_coffee", "\"s3:GetObject\"");
        assert!(
            messages.contains("tool/src/main.rs:2:12: the permissions of S3.MakeCoffee are not known"),
            "{messages}"
        );
    }
}
