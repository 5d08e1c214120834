//! `iam-policy rule`.

use expect_test::expect;

use crate::support::Folder;

#[test]
fn one_rule() {
    Folder::with(&[]).check(
        &["rule", "MIXED_PARTITIONS"],
        expect![[r#"
            MIXED_PARTITIONS: mixed partitions
            error, not reported by IAM Access Analyzer

            The resources of the policy are in several partitions. A policy belongs to an account, and an
            account to one partition. ARNs of any other partition match nothing there.

            Bad (statement of an identity policy):

                {
                  "Effect": "Allow",
                  "Action": "s3:GetObject",
                  "Resource": ["arn:aws:s3:::reports/*", "arn:aws-cn:s3:::reports/*"]
                }

            Good:

                {
                  "Effect": "Allow",
                  "Action": "s3:GetObject",
                  "Resource": "arn:aws:s3:::reports/*"
                }

            Fix: Write one policy for each partition. A spec does that for you: write `{partition}` in its
            resources.

            Source: IAM User Guide, Identify AWS resources with Amazon Resource Names (ARNs)
                    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
            ---
            exit code 0
        "#]],
    );
}

#[test]
fn one_rule_as_markdown() {
    Folder::with(&[]).check(&["rule", "mixed_partitions", "--format", "markdown"], expect![[r##"
        # `MIXED_PARTITIONS`

        *mixed partitions* · error · not reported by IAM Access Analyzer

        The resources of the policy are in several partitions. A policy belongs to an account, and an account to one partition. ARNs of any other partition match nothing there.

        **Bad (statement of an identity policy):**

        ```json
        {
          "Effect": "Allow",
          "Action": "s3:GetObject",
          "Resource": ["arn:aws:s3:::reports/*", "arn:aws-cn:s3:::reports/*"]
        }
        ```

        **Good:**

        ```json
        {
          "Effect": "Allow",
          "Action": "s3:GetObject",
          "Resource": "arn:aws:s3:::reports/*"
        }
        ```

        **Fix:** Write one policy for each partition. A spec does that for you: write `{partition}` in its resources.

        **Source:** [IAM User Guide, Identify AWS resources with Amazon Resource Names (ARNs)](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html)
        ---
        exit code 0
    "##]]);
}

#[test]
fn an_unknown_code() {
    let folder = Folder::with(&[]);
    folder.check(
        &["rule", "MISED_PARTITIONS"],
        expect![[r#"
            ---
            error: there is no rule with the code `MISED_PARTITIONS`
              = help: did you mean `MIXED_PARTITIONS`?
            exit code 2
        "#]],
    );
    folder.check(
        &["rule", "nonsense"],
        expect![[r#"
            ---
            error: there is no rule with the code `nonsense`
              = help: `iam-policy rule` lists all codes
            exit code 2
        "#]],
    );
}

#[test]
fn all_rules() {
    let folder = Folder::with(&[]);
    let listed = folder.run(&["rule"]).stdout;
    let documented = folder.run(&["rule", "--format", "markdown"]).stdout;
    for &code in iam_policy_check::Code::ALL {
        assert!(listed.contains(&format!("\n  {code}: ")), "{code}");
        assert!(documented.contains(&format!("\n## `{code}`\n")), "{code}");
    }
}
