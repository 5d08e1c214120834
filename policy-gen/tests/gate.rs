//! Compares policies with those at a revision, in temporary repositories.

#![expect(clippy::unwrap_used, reason = "a panic fails the test")]
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

use std::fs;
use std::ops::Deref;

use expect_test::{Expect, expect};
use iam_policy_document::StyledText;
use iam_policy_gen::{Mode, Outcome, Regenerate};
use testing_support::Folder;

const SPEC: &str = r#"
[policy.user]
partitions = ["aws", "aws-cn"]
[[policy.user.statement]]
id        = "read"
reason    = "Downloads reports."
actions   = ["s3:GetObject"]
resources = ["arn:{partition}:s3:::reports/*"]

[policy.user.extension.layers]
[[policy.user.extension.layers.statement]]
id        = "layers"
reason    = "Uses layers."
actions   = ["lambda:GetLayerVersion"]
resources = ["arn:{partition}:lambda:*:123456789012:layer:a:*"]

[policy.role]
[policy.role.trust]
services = ["lambda"]
[[policy.role.statement]]
id        = "send"
reason    = "Tells the user."
actions   = ["sqs:SendMessage"]
resources = ["arn:{partition}:sqs:*:*:done"]
"#;

/// The user policy with an additional action.
fn wider() -> String {
    SPEC.replace(
        r#"["s3:GetObject"]"#,
        r#"["s3:GetObject", { action = "s3:DeleteObject", reason = "Cleans up.", without = "Reports stay." }]"#,
    )
}

struct Repository(Folder);

impl Deref for Repository {
    type Target = Folder;

    fn deref(&self) -> &Folder {
        &self.0
    }
}

impl Repository {
    /// A repository whose first commit contains this spec.
    fn with(spec: &str) -> Self {
        let repository = Self::without_git(spec);
        repository.init();
        repository.commit("first");
        repository
    }

    fn without_git(spec: &str) -> Self {
        Self(Folder::with(&[
            ("policies.toml", spec),
            ("CHANGELOG.md", "# Changelog\n\n- The `user` policy.\n"),
        ]))
    }

    /// Adds a line to the changelog.
    fn log(&self, line: &str) {
        let text = self.read("CHANGELOG.md");
        self.write("CHANGELOG.md", format!("{text}{line}\n"));
    }

    fn regenerate(&self) -> Regenerate {
        Regenerate::new("cargo xtask regenerate")
            .root(self.root())
            .spec("policies.toml", "generated")
            .base("first")
    }

    /// The report for the repository after generating all files.
    fn check(&self, expected: Expect) {
        check(&self.regenerate(), expected);
    }
}

fn check(regenerate: &Regenerate, expected: Expect) {
    regenerate.write(&regenerate.changes().unwrap()).unwrap();
    let (mut out, mut err) = (Vec::new(), StyledText::new());
    let outcome = regenerate.report(Mode::Check, &mut out, &mut err).unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    // Without warnings about the policies themselves, which the files repeat.
    let messages = err
        .as_str()
        .split("\n\n")
        .filter(|message| !message.starts_with("warning["));
    let messages: Vec<_> = messages.collect();
    expected.assert_eq(&format!("{}---\n{}{outcome:?}\n", text(out), messages.join("\n\n")));
}

#[test]
fn an_unchanged_spec_passes() {
    Repository::with(SPEC).check(expect![[r#"
        everything is up to date
        ---
        Done
    "#]]);
}

#[test]
fn narrowing_needs_no_changelog_line() {
    let repository = Repository::with(&wider());
    repository.write("policies.toml", SPEC);
    repository.check(expect![[r#"
        everything is up to date
        ---
        Done
    "#]]);
}

#[test]
fn widening_needs_a_line_that_mentions_the_policy() {
    let repository = Repository::with(SPEC);
    repository.write("policies.toml", wider());
    repository.check(expect![[r#"
        everything is up to date

        # Policy `user`

        **Widened**: everything allowed before is still allowed, and some requests are newly allowed.

        ## Newly allowed

        ### `s3`: Write

        - `s3:DeleteObject`
          - allowed by statement `Read` (policies.toml:4): Downloads reports.
          - `s3:DeleteObject`: Cleans up. Without it: Reports stay.
          - for example `s3:DeleteObject` on `arn:aws:s3:::reports/a`

        # Policy `user` in `aws-cn`

        **Widened**: everything allowed before is still allowed, and some requests are newly allowed.

        All other differences are listed above.
        ---
        error: `user` allows more than at `first`, and no new line in `CHANGELOG.md` mentions it
          = help: grant less, or add a line that contains `` `user` `` and explains why
        Refused
    "#]]);
    // Existing lines, lines that mention something else, and lines without backticks do not count.
    for line in [
        "- The `user` policy.",
        "- More for `users` and `role`.",
        "- More for user.",
    ] {
        repository.write("CHANGELOG.md", format!("# Changelog\n\n{line}\n"));
        assert_eq!(outcome(&repository.regenerate()), Outcome::Refused, "{line}");
    }
    repository.log("- `user` may delete reports.");
    repository.check(expect![[r#"
        everything is up to date

        # Policy `user`

        **Widened**: everything allowed before is still allowed, and some requests are newly allowed.

        ## Newly allowed

        ### `s3`: Write

        - `s3:DeleteObject`
          - allowed by statement `Read` (policies.toml:4): Downloads reports.
          - `s3:DeleteObject`: Cleans up. Without it: Reports stay.
          - for example `s3:DeleteObject` on `arn:aws:s3:::reports/a`

        # Policy `user` in `aws-cn`

        **Widened**: everything allowed before is still allowed, and some requests are newly allowed.

        All other differences are listed above.

        `user` allows more than at `first`; `CHANGELOG.md` mentions it: - `user` may delete reports.
        ---
        Done
    "#]]);
    // It does not matter whether the line is committed.
    repository.commit("second");
    assert_eq!(outcome(&repository.regenerate()), Outcome::Done);
    // Later changes need another line.
    assert_eq!(outcome(&repository.regenerate().base("second")), Outcome::Done);
    repository.write("policies.toml", wider().replace("reports/*", "report*"));
    assert_eq!(outcome(&repository.regenerate().base("second")), Outcome::Refused);
}

fn outcome(regenerate: &Regenerate) -> Outcome {
    regenerate.write(&regenerate.changes().unwrap()).unwrap();
    let (mut out, mut err) = (Vec::new(), StyledText::new());
    regenerate.report(Mode::Check, &mut out, &mut err).unwrap()
}

#[test]
fn a_line_can_include_the_path_of_the_spec() {
    let repository = Repository::with(SPEC);
    repository.write("policies.toml", wider());
    repository.log("- `policies.toml#user` may delete reports.");
    assert_eq!(outcome(&repository.regenerate()), Outcome::Done);
}

#[test]
fn ambiguous_names_need_the_path() {
    let repository = Repository::with(SPEC);
    repository.write("tool/policies.toml", SPEC);
    repository.commit("both");
    repository.write("tool/policies.toml", wider());
    repository.log("- `user` may delete reports.");
    let both = repository
        .regenerate()
        .spec("tool/policies.toml", "tool/generated")
        .base("both");
    check(
        &both,
        expect![[r#"
            everything is up to date

            # Policy `user`

            **Widened**: everything allowed before is still allowed, and some requests are newly allowed.

            ## Newly allowed

            ### `s3`: Write

            - `s3:DeleteObject`
              - allowed by statement `Read` (tool/policies.toml:4): Downloads reports.
              - `s3:DeleteObject`: Cleans up. Without it: Reports stay.
              - for example `s3:DeleteObject` on `arn:aws:s3:::reports/a`

            # Policy `user` in `aws-cn`

            **Widened**: everything allowed before is still allowed, and some requests are newly allowed.

            All other differences are listed above.
            ---
            error: `tool/policies.toml#user` allows more than at `both`, and no new line in `CHANGELOG.md` mentions it
              = help: grant less, or add a line that contains `` `tool/policies.toml#user` `` and explains why
            Refused
        "#]],
    );
    repository.log("- `tool/policies.toml#user` may delete reports.");
    assert_eq!(outcome(&both), Outcome::Done);
}

#[test]
fn extensions_and_trust_policies_have_their_own_names() {
    let repository = Repository::with(SPEC);
    let wider = SPEC
        .replace("layer:a:", "layer:*:")
        .replace(r#"["lambda"]"#, r#"["lambda", "ec2"]"#);
    repository.write("policies.toml", &wider);
    repository.log("- `user` and `role` have changed.");
    repository.check(expect![[r#"
        everything is up to date

        # Policy `user` with `layers`

        **Widened**: everything allowed before is still allowed, and some requests are newly allowed.

        ## Newly allowed

        ### `lambda`: Read

        - `lambda:GetLayerVersion`
          - allowed by statement `Layers` (policies.toml:11): Uses layers.
          - for example `lambda:GetLayerVersion` on `arn:aws:lambda:us-east-1:123456789012:layer:aa:aa`

        # Policy `user` with `layers` in `aws-cn`

        **Widened**: everything allowed before is still allowed, and some requests are newly allowed.

        All other differences are listed above.

        # Trust policy of `role`

        **Widened**: everything allowed before is still allowed, and some requests are newly allowed.

        ## Newly allowed

        ### `sts`: Write

        - `sts:AssumeRole`
          - allowed by statement 1 (policies.toml:18)
          - for example `sts:AssumeRole` on `arn:aws:iam::123456789012:role/a` by `ec2.amazonaws.com`
        ---
        error: `user+layers` allows more than at `first`, and no new line in `CHANGELOG.md` mentions it
          = help: grant less, or add a line that contains `` `user+layers` `` and explains why
        error: `role.trust` allows more than at `first`, and no new line in `CHANGELOG.md` mentions it
          = help: grant less, or add a line that contains `` `role.trust` `` and explains why
        Refused
    "#]]);
    repository.log("- `user+layers` takes all layers, `role.trust` trusts EC2.");
    assert_eq!(outcome(&repository.regenerate()), Outcome::Done);
}

#[test]
fn a_new_extension_widens() {
    let repository = Repository::with(SPEC);
    let more = SPEC.to_owned()
        + r#"
[policy.role.extension.all]
[[policy.role.extension.all.statement]]
id        = "all"
reason    = "Tells all."
actions   = ["sqs:SendMessage"]
resources = ["*"]
"#;
    repository.write("policies.toml", &more);
    repository.check(expect![[r#"
        everything is up to date

        # Policy `role` with `all`

        **Widened**: everything allowed before is still allowed, and some requests are newly allowed; the extension is new.

        ## Newly allowed

        ### `sqs`: Write

        - `sqs:SendMessage`
          - allowed by statement `All` (policies.toml:27): Tells all.
          - for example `sqs:SendMessage` on `arn:aws:sqs:us-east-1:123456789012:a`
        ---
        error: `role+all` allows more than at `first`, and no new line in `CHANGELOG.md` mentions it
          = help: grant less, or add a line that contains `` `role+all` `` and explains why
        Refused
    "#]]);
}

#[test]
fn a_new_partition_widens() {
    let repository = Repository::with(SPEC);
    let more = SPEC.replace(r#"["aws", "aws-cn"]"#, r#"["aws", "aws-cn", "aws-us-gov"]"#);
    repository.write("policies.toml", &more);
    repository.check(expect![[r#"
        everything is up to date

        # Policy `user` in `aws-us-gov`

        **Widened**: the policy in this partition is new.

        ## Newly allowed

        ### `s3`: Read

        - `s3:GetObject`
          - allowed by statement `Read` (policies.toml:4): Downloads reports.
          - for example `s3:GetObject` on `arn:aws-us-gov:s3:::reports/a`

        # Policy `user` with `layers` in `aws-us-gov`

        **Widened**: the policy in this partition is new.

        ## Newly allowed

        ### `lambda`: Read

        - `lambda:GetLayerVersion`
          - allowed by statement `Layers` (policies.toml:11): Uses layers.
          - for example `lambda:GetLayerVersion` on `arn:aws-us-gov:lambda:a:123456789012:layer:a:a`

        ### `s3`: Read

        - `s3:GetObject`
          - allowed by statement `Read` (policies.toml:4): Downloads reports.
          - for example `s3:GetObject` on `arn:aws-us-gov:s3:::reports/a`
        ---
        error: `user` allows more than at `first`, and no new line in `CHANGELOG.md` mentions it
          = help: grant less, or add a line that contains `` `user` `` and explains why
        error: `user+layers` allows more than at `first`, and no new line in `CHANGELOG.md` mentions it
          = help: grant less, or add a line that contains `` `user+layers` `` and explains why
        Refused
    "#]]);
}

#[test]
fn partitions_may_be_reordered() {
    let repository = Repository::with(SPEC);
    let other_order = SPEC.replace(r#"["aws", "aws-cn"]"#, r#"["aws-cn", "aws"]"#);
    repository.write("policies.toml", &other_order);
    assert_eq!(outcome(&repository.regenerate()), Outcome::Done);
}

#[test]
fn partitions_are_compared_separately() {
    let only_in_aws = r#"
[policy.user]
partitions = ["aws", "aws-cn"]
[[policy.user.statement]]
id         = "queues"
reason     = "Finds the queues."
actions    = ["sqs:ListQueues"]
resources  = ["*"]
[[policy.user.statement]]
id         = "buckets"
reason     = "Finds the buckets."
actions    = ["s3:ListAllMyBuckets"]
resources  = ["*"]
partitions = ["aws"]
"#;
    let repository = Repository::with(only_in_aws);
    let only_in_china = only_in_aws
        .replace(r#"["aws", "aws-cn"]"#, r#"["aws-cn"]"#)
        .replace("partitions = [\"aws\"]\n", "");
    repository.write("policies.toml", &only_in_china);
    repository.check(expect![[r#"
        everything is up to date

        # Policy `user`

        **Widened**: everything allowed before is still allowed, and some requests are newly allowed.

        ## Newly allowed

        ### `s3`: List

        - `s3:ListAllMyBuckets`
          - allowed by statement `Buckets` (policies.toml:9): Finds the buckets.
          - for example `s3:ListAllMyBuckets` on `arn:aws:s3:::*`
        ---
        error: `user` allows more than at `first`, and no new line in `CHANGELOG.md` mentions it
          = help: grant less, or add a line that contains `` `user` `` and explains why
        Refused
    "#]]);
    // A different policy name does not change that.
    repository.write("policies.toml", only_in_china.replace("policy.user", "policy.customer"));
    assert_eq!(outcome(&repository.regenerate()), Outcome::Refused);
}

#[test]
fn a_renamed_policy_is_recognized() {
    let repository = Repository::with(SPEC);
    repository.write("policies.toml", SPEC.replace("policy.user", "policy.customer"));
    repository.check(expect![[r#"
        everything is up to date
        `customer` in `policies.toml` counts as renamed: it allows nothing that `user` did not allow at `first`
        ---
        Done
    "#]]);
    repository.write("policies.toml", wider().replace("policy.user", "policy.customer"));
    repository.check(expect![[r#"
        everything is up to date

        # Policy `customer`

        **Widened**: the policy is new.

        ## Newly allowed

        ### `s3`: Read

        - `s3:GetObject`
          - allowed by statement `Read` (policies.toml:4): Downloads reports.
          - for example `s3:GetObject` on `arn:aws:s3:::reports/a`

        ### `s3`: Write

        - `s3:DeleteObject`
          - allowed by statement `Read` (policies.toml:4), see above
          - `s3:DeleteObject`: Cleans up. Without it: Reports stay.
          - for example `s3:DeleteObject` on `arn:aws:s3:::reports/a`

        # Policy `customer` with `layers`

        **Widened**: the policy is new.

        ## Newly allowed

        ### `lambda`: Read

        - `lambda:GetLayerVersion`
          - allowed by statement `Layers` (policies.toml:11): Uses layers.
          - for example `lambda:GetLayerVersion` on `arn:aws:lambda:us-east-1:123456789012:layer:a:a`

        All other differences are listed above.

        # Policy `customer` in `aws-cn`

        **Widened**: the policy is new.

        All other differences are listed above.

        # Policy `customer` with `layers` in `aws-cn`

        **Widened**: the policy is new.

        All other differences are listed above.
        ---
        error: `customer` allows more than at `first`, and no new line in `CHANGELOG.md` mentions it
          = help: grant less, or add a line that contains `` `customer` `` and explains why
        Refused
    "#]]);
}

#[test]
fn a_new_spec_needs_a_line_per_policy() {
    let repository = Repository::with(SPEC);
    repository.write(
        "tool/policies.toml",
        SPEC.replace("policy.user", "policy.tool")
            .replace("policy.role", "policy.job"),
    );
    let both = repository.regenerate().spec("tool/policies.toml", "tool/generated");
    check(
        &both,
        expect![[r#"
            everything is up to date

            # Policy `tool`

            **Widened**: the policy is new.

            ## Newly allowed

            ### `s3`: Read

            - `s3:GetObject`
              - allowed by statement `Read` (tool/policies.toml:4): Downloads reports.
              - for example `s3:GetObject` on `arn:aws:s3:::reports/a`

            # Policy `tool` with `layers`

            **Widened**: the policy is new.

            ## Newly allowed

            ### `lambda`: Read

            - `lambda:GetLayerVersion`
              - allowed by statement `Layers` (tool/policies.toml:11): Uses layers.
              - for example `lambda:GetLayerVersion` on `arn:aws:lambda:us-east-1:123456789012:layer:a:a`

            All other differences are listed above.

            # Policy `tool` in `aws-cn`

            **Widened**: the policy is new.

            All other differences are listed above.

            # Policy `tool` with `layers` in `aws-cn`

            **Widened**: the policy is new.

            All other differences are listed above.

            # Policy `job`

            **Widened**: the policy is new.

            ## Newly allowed

            ### `sqs`: Write

            - `sqs:SendMessage`
              - allowed by statement `Send` (tool/policies.toml:20): Tells the user.
              - for example `sqs:SendMessage` on `arn:aws:sqs:us-east-1:123456789012:done`

            # Trust policy of `job`

            **Widened**: the policy is new.

            ## Newly allowed

            ### `sts`: Write

            - `sts:AssumeRole`
              - allowed by statement 1 (tool/policies.toml:18)
              - for example `sts:AssumeRole` on `arn:aws:iam::123456789012:role/a` by `lambda.amazonaws.com`
            ---
            error: `tool` allows more than at `first`, and no new line in `CHANGELOG.md` mentions it
              = help: grant less, or add a line that contains `` `tool` `` and explains why
            error: `job` allows more than at `first`, and no new line in `CHANGELOG.md` mentions it
              = help: grant less, or add a line that contains `` `job` `` and explains why
            Refused
        "#]],
    );
    repository.log("- A tool, with `tool` and `job`.");
    assert_eq!(outcome(&both), Outcome::Done);
}

#[test]
fn a_moved_spec_is_recognized() {
    let repository = Repository::with(SPEC);
    repository.git(&["mv", "policies.toml", "moved.toml"]);
    let moved = Regenerate::new("x")
        .root(repository.root())
        .spec("moved.toml", "generated")
        .base("first");
    check(
        &moved,
        expect![[r#"
            everything is up to date
            `moved.toml` did not exist at `first`; it is compared with `first:policies.toml`
            ---
            Done
        "#]],
    );
    repository.write("moved.toml", wider());
    assert_eq!(outcome(&moved), Outcome::Refused);
}

#[test]
fn only_a_spec_can_be_moved() {
    // An example that is no spec of this repository, but would be a valid one.
    let repository = Repository::with(SPEC);
    repository.write(
        "docs/example.toml",
        wider()
            .replace("policy.role", "policy.job")
            .replace("policy.user", "policy.admin"),
    );
    repository
        .regenerate()
        .write(&repository.regenerate().changes().unwrap())
        .unwrap();
    repository.commit("generated");
    repository.git(&["mv", "docs/example.toml", "admin.toml"]);
    let both = || repository.regenerate().spec("admin.toml", "admin").base("generated");
    assert_eq!(outcome(&both()), Outcome::Refused);
    // A link to it is no better.
    repository.git(&["mv", "admin.toml", "docs/example.toml"]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("docs/example.toml", repository.path("admin.toml")).unwrap();
        assert_eq!(outcome(&both()), Outcome::Refused);
        fs::remove_file(repository.path("admin.toml")).unwrap();
    }
    // The spec itself can be moved, together with its folder or alone.
    repository.git(&["mv", "policies.toml", "admin.toml"]);
    fs::remove_dir_all(repository.path("admin")).unwrap();
    let moved = Regenerate::new("x")
        .root(repository.root())
        .spec("admin.toml", "admin")
        .base("generated");
    check(
        &moved,
        expect![[r#"
        everything is up to date
        `admin.toml` did not exist at `generated`; it is compared with `generated:policies.toml`
        ---
        Done
    "#]],
    );
    // Text that is not a spec never counts.
    let repository = Repository::with(SPEC);
    repository.write("notes.txt", wider().replace("[policy", "[notes"));
    repository.commit("notes");
    repository.git(&["mv", "notes.txt", "more.toml"]);
    repository.write(
        "more.toml",
        wider()
            .replace("policy.role", "policy.job")
            .replace("policy.user", "policy.admin"),
    );
    let both = repository.regenerate().spec("more.toml", "more").base("notes");
    assert_eq!(outcome(&both), Outcome::Refused);
}

#[cfg(unix)]
#[test]
fn a_spec_may_be_a_link() {
    use std::os::unix::fs::symlink;

    let repository = Repository::without_git("");
    fs::remove_file(repository.path("policies.toml")).unwrap();
    repository.write("shared/v1/policies.toml", SPEC);
    repository.write("shared/v2/policies.toml", wider());
    symlink("v1", repository.path("shared/current")).unwrap();
    symlink("shared/current/policies.toml", repository.path("policies.toml")).unwrap();
    repository.init();
    repository.commit("first");
    assert_eq!(outcome(&repository.regenerate()), Outcome::Done);
    // By whatever path.
    for path in ["shared/current/policies.toml", "./shared/../policies.toml"] {
        let regenerate = Regenerate::new("x").root(repository.root()).base("first");
        assert_eq!(outcome(&regenerate.clone().spec(path, "out")), Outcome::Done, "{path}");
        let absolute = repository.path(path);
        assert_eq!(
            outcome(&regenerate.clone().spec(&absolute, "out")),
            Outcome::Done,
            "{path}"
        );
        let elsewhere = tempfile::tempdir().unwrap();
        symlink(repository.root(), elsewhere.path().join("link")).unwrap();
        let link = elsewhere.path().join("link").join(path);
        assert_eq!(outcome(&regenerate.spec(&link, "linked")), Outcome::Done, "{path}");
        for folder in ["out", "linked"] {
            fs::remove_dir_all(repository.path(folder)).unwrap();
        }
    }
    // The links at the base count, not those of today.
    repository.write("shared/v1/policies.toml", wider());
    assert_eq!(outcome(&repository.regenerate()), Outcome::Refused);
    repository.write("shared/v1/policies.toml", SPEC);
    fs::remove_file(repository.path("shared/current")).unwrap();
    symlink("v2", repository.path("shared/current")).unwrap();
    assert_eq!(outcome(&repository.regenerate()), Outcome::Refused);
    // A link that is a file today.
    fs::remove_file(repository.path("policies.toml")).unwrap();
    repository.write("policies.toml", SPEC);
    assert_eq!(outcome(&repository.regenerate()), Outcome::Done);

    // A link out of the repository.
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("policies.toml"), SPEC).unwrap();
    fs::remove_file(repository.path("policies.toml")).unwrap();
    symlink(elsewhere.path().join("policies.toml"), repository.path("policies.toml")).unwrap();
    repository.commit("outside");
    let regenerate = repository.regenerate().base("outside");
    regenerate.write(&regenerate.changes().unwrap()).unwrap();
    let error = regenerate.widened().unwrap_err();
    assert_eq!(
        error.to_string(),
        "error: `outside:policies.toml` is a link out of the repository"
    );
}

#[cfg(unix)]
#[test]
fn names_need_not_be_utf8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;

    let repository = Repository::without_git(SPEC);
    let name = |bytes: &'static [u8]| Path::new(OsStr::from_bytes(bytes));
    let (old, new) = (name(b"p\xff.toml"), name(b"q\xfe.toml"));
    fs::rename(repository.path("policies.toml"), repository.root().join(old)).unwrap();
    repository.init();
    repository.commit("first");
    let regenerate = |spec| {
        Regenerate::new("x")
            .root(repository.root())
            .spec(spec, "generated")
            .base("first")
    };
    assert_eq!(outcome(&regenerate(old)), Outcome::Done);
    fs::write(repository.root().join(old), wider()).unwrap();
    assert_eq!(outcome(&regenerate(old)), Outcome::Refused);
    fs::rename(repository.root().join(old), repository.root().join(new)).unwrap();
    fs::write(repository.root().join(new), SPEC).unwrap();
    repository.git(&["add", "-A"]);
    fs::remove_dir_all(repository.path("generated")).unwrap();
    assert_eq!(outcome(&regenerate(new)), Outcome::Done);
}

#[cfg(unix)]
#[test]
fn a_spec_from_a_pipe_is_read_once() {
    let repository = Repository::with(SPEC);
    repository.write("policies.toml", wider());
    let regenerate = repository.regenerate();
    regenerate.write(&regenerate.changes().unwrap()).unwrap();
    fs::remove_file(repository.path("policies.toml")).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(repository.path("policies.toml"))
        .status()
        .unwrap();
    assert!(made.success());
    let path = repository.path("policies.toml");
    std::thread::scope(|scope| {
        scope.spawn(|| fs::write(&path, wider()).unwrap());
        let (mut out, mut err) = (Vec::new(), StyledText::new());
        let outcome = regenerate.report(Mode::Check, &mut out, &mut err).unwrap();
        assert_eq!(outcome, Outcome::Refused);
    });
}

#[test]
fn lines_of_other_files_are_not_new() {
    let repository = Repository::with(SPEC);
    repository.write("NOTES.md", "# Notes\n\n- `user` may delete reports.\n");
    repository.write("HISTORY.md", "- The `user` and the `role`.\n");
    repository.commit("notes");
    repository.write("policies.toml", wider());
    let check = |changelog: &str| outcome(&repository.regenerate().base("notes").changelog(changelog));
    // A file renamed to the changelog, which existed or not.
    fs::rename(repository.path("NOTES.md"), repository.path("CHANGES.md")).unwrap();
    assert_eq!(check("CHANGES.md"), Outcome::Refused);
    fs::rename(repository.path("CHANGES.md"), repository.path("CHANGELOG.md")).unwrap();
    assert_eq!(check("CHANGELOG.md"), Outcome::Refused);
    repository.log("- `user` now also deletes reports.");
    assert_eq!(check("CHANGELOG.md"), Outcome::Done);
    // The changelog renamed.
    repository.git(&["checkout", "-q", "notes", "--", "CHANGELOG.md"]);
    fs::rename(repository.path("CHANGELOG.md"), repository.path("docs.md")).unwrap();
    assert_eq!(check("docs.md"), Outcome::Refused);
}

#[test]
fn a_line_that_does_not_count_is_explained() {
    let repository = Repository::with(SPEC);
    repository.write("policies.toml", wider());
    for line in [
        "* the `user` policy",
        "<!-- `user` may delete reports. -->",
        "```\n`user` may delete reports.\n```",
    ] {
        repository.write(
            "CHANGELOG.md",
            format!("# Changelog\n\n- The `user` policy.\n\n{line}\n"),
        );
        let regenerate = repository.regenerate();
        regenerate.write(&regenerate.changes().unwrap()).unwrap();
        let (mut out, mut err) = (Vec::new(), StyledText::new());
        let outcome = regenerate.report(Mode::Check, &mut out, &mut err).unwrap();
        assert_eq!(outcome, Outcome::Refused, "{line}");
        let number = if line.starts_with("```") { 6 } else { 5 };
        let note =
            format!("  = note: line {number} does not count: it is a comment or code, or it repeats earlier text\n");
        assert!(err.as_str().contains(&note), "{line}: {err}");
    }
}

#[test]
fn a_policy_is_renamed_as_a_whole() {
    // The permissions of one removed policy and the trust of another are no rename.
    let policy = |name: &str, actions: &str, services: &str| {
        format!(
            r#"
[policy.{name}]
[policy.{name}.trust]
services = ["{services}"]
[[policy.{name}.statement]]
id        = "all"
reason    = "Works."
actions   = ["{actions}"]
resources = ["*"]
"#
        )
    };
    let repository = Repository::with(
        &[
            policy("a", "s3:ListAllMyBuckets", "lambda"),
            policy("b", "sqs:ListQueues", "ec2"),
        ]
        .concat(),
    );
    repository.write("policies.toml", policy("c", "s3:ListAllMyBuckets", "ec2"));
    assert_eq!(outcome(&repository.regenerate()), Outcome::Refused);
    repository.write("policies.toml", policy("c", "sqs:ListQueues", "ec2"));
    assert_eq!(outcome(&repository.regenerate()), Outcome::Done);
}

#[test]
fn a_deleted_spec_grants_nothing() {
    let repository = Repository::with(SPEC);
    fs::remove_file(repository.path("policies.toml")).unwrap();
    check(
        &Regenerate::new("x").root(repository.root()).base("first"),
        expect![[r#"
            everything is up to date
            ---
            Done
        "#]],
    );
}

#[test]
fn a_base_with_errors_is_reported() {
    let repository = Repository::with(&SPEC.replace("sqs:", "sqs."));
    repository.write("policies.toml", SPEC);
    repository.check(expect![[r#"
        everything is up to date

        `first:policies.toml` has mistakes, so what it granted is unknown.

        # Policy `user`

        **Not compared**: the old policy could not be read. Everything the new policy allows is listed here.

        ## Allowed

        ### `s3`: Read

        - `s3:GetObject`
          - allowed by statement `Read` (policies.toml:4): Downloads reports.
          - for example `s3:GetObject` on `arn:aws:s3:::reports/a`

        # Policy `user` with `layers`

        **Not compared**: the old policy could not be read. Everything the new policy allows is listed here.

        ## Allowed

        ### `lambda`: Read

        - `lambda:GetLayerVersion`
          - allowed by statement `Layers` (policies.toml:11): Uses layers.
          - for example `lambda:GetLayerVersion` on `arn:aws:lambda:us-east-1:123456789012:layer:a:a`

        All other differences are listed above.

        # Policy `user` in `aws-cn`

        **Not compared**: the old policy could not be read. Everything the new policy allows is listed here.

        All other differences are listed above.

        # Policy `user` with `layers` in `aws-cn`

        **Not compared**: the old policy could not be read. Everything the new policy allows is listed here.

        All other differences are listed above.

        `first:policies.toml` has mistakes, so what it granted is unknown.

        # Policy `role`

        **Not compared**: the old policy could not be read. Everything the new policy allows is listed here.

        ## Allowed

        ### `sqs`: Write

        - `sqs:SendMessage`
          - allowed by statement `Send` (policies.toml:20): Tells the user.
          - for example `sqs:SendMessage` on `arn:aws:sqs:us-east-1:123456789012:done`

        # Trust policy of `role`

        **Not compared**: the old policy could not be read. Everything the new policy allows is listed here.

        ## Allowed

        ### `sts`: Write

        - `sts:AssumeRole`
          - allowed by statement 1 (policies.toml:18)
          - for example `sts:AssumeRole` on `arn:aws:iam::123456789012:role/a` by `lambda.amazonaws.com`
        ---
        error: it cannot be decided whether `user` allows more than at `first`, and no new line in `CHANGELOG.md` mentions it
          = help: grant less, or add a line that contains `` `user` `` and explains why
        error: it cannot be decided whether `role` allows more than at `first`, and no new line in `CHANGELOG.md` mentions it
          = help: grant less, or add a line that contains `` `role` `` and explains why
        Refused
    "#]]);
}

#[test]
fn unknown_verdicts_need_a_line() {
    let listing = |condition: &str| {
        format!(
            r#"
[policy.user]
[[policy.user.statement]]
id        = "list"
reason    = "Lists reports."
actions   = ["s3:ListBucket"]
resources = ["*"]
condition.{condition}
"#
        )
    };
    let repository = Repository::with(&listing(r#"StringLike."s3:max-keys" = ["1*"]"#));
    repository.write("policies.toml", listing(r#"NumericLessThan."s3:max-keys" = ["20"]"#));
    repository.check(expect![[r#"
        everything is up to date

        # Policy `user`

        **Unknown**: it depends on `s3:max-keys`, which is compared both as a string and as another type.
        ---
        error: it cannot be decided whether `user` allows more than at `first`, and no new line in `CHANGELOG.md` mentions it
          = help: grant less, or add a line that contains `` `user` `` and explains why
        Refused
    "#]]);
}

#[test]
fn invalid_bases() {
    let repository = Repository::with(SPEC);
    for base in ["nothing", "", "--all", "HEAD:policies.toml"] {
        let (mut out, mut err) = (Vec::new(), StyledText::new());
        let regenerate = repository.regenerate().base(base);
        regenerate.write(&regenerate.changes().unwrap()).unwrap();
        let outcome = regenerate.report(Mode::Check, &mut out, &mut err).unwrap();
        assert_eq!(outcome, Outcome::Unreadable, "{base}");
        let help = "  = help: name a commit, a branch or a tag, such as `HEAD^1`, `origin/main` or `v1.0.0`";
        let said = format!("error: git does not know the revision `{base}`\n{help}\n");
        assert_eq!(err.as_str(), said);
    }
    Repository::without_git(SPEC).check(expect![[r#"
        ---
        error: cannot read the base: git says `not a git repository (or any of the parent directories): .git`
          = help: the base is a revision of the repository that contains the specs
        Unreadable
    "#]]);
}

#[test]
fn a_shallow_clone_is_explained() {
    let repository = Repository::with(SPEC);
    repository.write("policies.toml", wider());
    repository.commit("second");
    let clone = Repository(Folder::with(&[]));
    let url = format!("file://{}", repository.root().display());
    clone.git(&["clone", "-q", "--depth", "1", "--no-tags", &url, "."]);
    clone.check(expect![[r#"
        ---
        error: git does not know the revision `first`
          = help: this is a shallow clone: fetch the base as well, for example with `fetch-depth: 0` of `actions/checkout`
        Unreadable
    "#]]);
    clone.git(&["fetch", "-q", "--depth", "1", "origin", "tag", "first"]);
    assert_eq!(outcome(&clone.regenerate()), Outcome::Refused);
}

#[test]
fn works_in_a_subfolder_of_the_repository() {
    let repository = Repository::with(SPEC);
    repository.write("tool/policies.toml", SPEC);
    repository.write("tool/log.md", "");
    repository.commit("tool");
    repository.write("tool/policies.toml", wider());
    let within = Regenerate::new("x")
        .root(repository.path("tool"))
        .spec("policies.toml", "generated")
        .spec("../policies.toml", "all")
        .base("tool")
        .changelog("log.md");
    assert_eq!(outcome(&within), Outcome::Refused);
    repository.write("tool/log.md", "`policies.toml#user` deletes.\n");
    assert_eq!(outcome(&within), Outcome::Done);
}

#[test]
fn writing_does_not_compare() {
    let repository = Repository::without_git(SPEC);
    let (mut out, mut err) = (Vec::new(), StyledText::new());
    let outcome = repository.regenerate().report(Mode::Write, &mut out, &mut err).unwrap();
    assert_eq!(outcome, Outcome::Done);
}

/// A policy whose bucket depends on the environment.
const ENVIRONMENTS: &str = r#"
[parameters]
bucket = { default = "reports" }
account = { kind = "account" }

[environment.dev]
bucket  = "reports-dev"
account = "111122223333"

[environment.prod]
bucket  = "reports-prod"
account = "444455556666"

[policy.user]
[[policy.user.statement]]
id        = "read"
reason    = "Downloads reports."
actions   = ["s3:GetObject"]
resources = ["arn:aws:s3:::{bucket}/*"]

[policy.role]
[[policy.role.statement]]
id        = "send"
reason    = "Tells the user."
actions   = ["sqs:SendMessage"]
resources = ["arn:aws:sqs:eu-west-1:{account}:done"]
"#;

#[test]
fn environments_are_compared() {
    let repository = Repository::with(ENVIRONMENTS);
    repository.write("policies.toml", ENVIRONMENTS.replace("reports-prod", "secrets-prod"));
    repository.check(expect![[r#"
        everything is up to date

        # Policy `user` in the environment `prod`

        **Widened and narrowed**: some requests are newly allowed, and some are no longer allowed.

        ## Newly allowed

        ### `s3`: Read

        - `s3:GetObject`
          - allowed by statement `Read` (policies.toml:15): Downloads reports.
          - for example `s3:GetObject` on `arn:aws:s3:::secrets-prod/a`

        ## Newly denied

        ### `s3`: Read

        - `s3:GetObject`
          - was allowed by statement `Read` (first:policies.toml:15): Downloads reports.
          - for example `s3:GetObject` on `arn:aws:s3:::reports-prod/a`
        ---
        error: `user` allows more than at `first`, and no new line in `CHANGELOG.md` mentions it
          = help: grant less, or add a line that contains `` `user` `` and explains why
        Refused
    "#]]);

    repository.log("- `user` reads the secrets.");
    assert_eq!(outcome(&repository.regenerate()), Outcome::Done);
}

#[test]
fn an_environment_may_lose_its_value() {
    let repository = Repository::with(ENVIRONMENTS);
    repository.write(
        "policies.toml",
        ENVIRONMENTS
            .replace("{bucket}", "reports")
            .replace("bucket = { default = \"reports\" }\n", "")
            .replace("bucket  = \"reports-dev\"\n", "")
            .replace("bucket  = \"reports-prod\"\n", ""),
    );
    repository.check(expect![[r#"
        everything is up to date

        # Policy `user` in the environment `dev`

        **Widened and narrowed**: some requests are newly allowed, and some are no longer allowed.

        ## Newly allowed

        ### `s3`: Read

        - `s3:GetObject`
          - allowed by statement `Read` (policies.toml:12): Downloads reports.
          - for example `s3:GetObject` on `arn:aws:s3:::reports/a`

        ## Newly denied

        ### `s3`: Read

        - `s3:GetObject`
          - was allowed by statement `Read` (first:policies.toml:15): Downloads reports.
          - for example `s3:GetObject` on `arn:aws:s3:::reports-dev/a`

        # Policy `user` in the environment `prod`

        **Widened and narrowed**: some requests are newly allowed, and some are no longer allowed.

        ## Newly allowed

        ### `s3`: Read

        - `s3:GetObject`
          - allowed by statement `Read` (policies.toml:12): Downloads reports.
          - for example `s3:GetObject` on `arn:aws:s3:::reports/a`

        ## Newly denied

        ### `s3`: Read

        - `s3:GetObject`
          - was allowed by statement `Read` (first:policies.toml:15): Downloads reports.
          - for example `s3:GetObject` on `arn:aws:s3:::reports-prod/a`
        ---
        error: `user` allows more than at `first`, and no new line in `CHANGELOG.md` mentions it
          = help: grant less, or add a line that contains `` `user` `` and explains why
        Refused
    "#]]);
}

#[test]
fn a_new_action_is_reported_once_for_all_environments() {
    let repository = Repository::with(ENVIRONMENTS);
    repository.write(
        "policies.toml",
        ENVIRONMENTS.replace("\"s3:GetObject\"", "\"s3:GetObject\", \"s3:PutObject\""),
    );
    repository.check(expect![[r#"
        everything is up to date

        # Policy `user`

        **Widened**: everything allowed before is still allowed, and some requests are newly allowed.

        ## Newly allowed

        ### `s3`: Write

        - `s3:PutObject`
          - allowed by statement `Read` (policies.toml:15): Downloads reports.
          - for example `s3:PutObject` on `arn:aws:s3:::reports/a`

        # Policy `user` in the environment `dev`

        **Widened**: everything allowed before is still allowed, and some requests are newly allowed.

        The differences listed above also exist with the values of `dev`.

        # Policy `user` in the environment `prod`

        **Widened**: everything allowed before is still allowed, and some requests are newly allowed.

        The differences listed above also exist with the values of `prod`.
        ---
        error: `user` allows more than at `first`, and no new line in `CHANGELOG.md` mentions it
          = help: grant less, or add a line that contains `` `user` `` and explains why
        Refused
    "#]]);
}

#[test]
fn a_new_environment_needs_one_line() {
    let repository = Repository::with(&ENVIRONMENTS.replace(
        "[environment.prod]\nbucket  = \"reports-prod\"\naccount = \"444455556666\"\n",
        "",
    ));
    repository.write("policies.toml", ENVIRONMENTS);
    repository.check(expect![[r#"
        everything is up to date

        # Policy `user` in the environment `prod`

        **Widened and narrowed** compared with the parameters' defaults: some requests are newly allowed, and some are no longer allowed; the environment is new.

        ## Newly allowed

        ### `s3`: Read

        - `s3:GetObject`
          - allowed by statement `Read` (policies.toml:15): Downloads reports.
          - for example `s3:GetObject` on `arn:aws:s3:::reports-prod/a`

        # Policy `role` in the environment `prod`

        **Widened and narrowed** compared with the parameters' defaults: some requests are newly allowed, and some are no longer allowed; the environment is new.

        ## Newly allowed

        ### `sqs`: Write

        - `sqs:SendMessage`
          - allowed by statement `Send` (policies.toml:22): Tells the user.
          - for example `sqs:SendMessage` on `arn:aws:sqs:eu-west-1:444455556666:done`
        ---
        error: `environment.prod` allows more than at `first`, and no new line in `CHANGELOG.md` mentions it
          = help: grant less, or add a line that contains `` `environment.prod` `` and explains why
        Refused
    "#]]);
    repository.log("- `environment.prod` for customers.");
    assert_eq!(outcome(&repository.regenerate()), Outcome::Done);

    // Without it, nothing is granted that was not.
    let repository = Repository::with(ENVIRONMENTS);
    repository.write(
        "policies.toml",
        ENVIRONMENTS.replace(
            "[environment.prod]\nbucket  = \"reports-prod\"\naccount = \"444455556666\"\n",
            "",
        ),
    );
    assert_eq!(outcome(&repository.regenerate()), Outcome::Done);
}
