//! `iam-policy rule`.

use expect_test::expect;

use crate::support::Folder;

#[test]
fn one_rule() {
    Folder::with(&[]).check(&["rule", "MIXED_PARTITIONS"], expect![[""]]);
}

#[test]
fn one_rule_as_markdown() {
    Folder::with(&[]).check(&["rule", "mixed_partitions", "--format", "markdown"], expect![[""]]);
}

#[test]
fn an_unknown_code() {
    let folder = Folder::with(&[]);
    folder.check(&["rule", "MISED_PARTITIONS"], expect![[""]]);
    folder.check(&["rule", "nonsense"], expect![[""]]);
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
