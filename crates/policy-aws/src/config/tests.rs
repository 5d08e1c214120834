use std::fs;

use expect_test::{Expect, expect};
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::Credentials;

const KEYS: &str = "[keys]\naws_access_key_id = a\naws_secret_access_key = b\n";
const ROLE: &str = "[default]\nrole_arn = arn:aws:iam::123456789012:role/r\n";

/// A home directory with these two files.
fn home(config: &str, credentials: &str) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join(".aws")).unwrap();
    fs::write(home.path().join(".aws/config"), config).unwrap();
    fs::write(home.path().join(".aws/credentials"), credentials).unwrap();
    home
}

fn load(home: &TempDir, settings: &Settings, variables: &[(&str, &str)]) -> Config {
    let path = home.path().display().to_string();
    let mut all = vec![("HOME", path.as_str())];
    all.extend(variables);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(Config::load(settings, Env::from_slice(&all)))
}

fn show(home: &TempDir, failure: Option<Failure>) -> String {
    let Some(failure) = failure else { return "-".to_owned() };
    let help = failure.help().into_iter().map(|help| format!("\n  help: {help}"));
    let text = failure.to_string() + &help.collect::<String>();
    text.replace(&home.path().display().to_string(), "~")
}

/// Checks what is reported before any call.
fn check(config: &str, variables: &[(&str, &str)], expected: Expect) {
    let home = home(config, KEYS);
    let config = load(&home, &Settings::default(), variables);
    expected.assert_eq(&show(&home, config.check().err()));
}

/// Checks what is reported if the SDK finds no credentials.
fn explain(config: &str, variables: &[(&str, &str)], message: &str, expected: Expect) {
    let home = home(config, KEYS);
    let config = load(&home, &Settings::default(), variables);
    expected.assert_eq(&show(&home, config.explain(message)));
}

#[test]
fn half_a_key_in_the_environment_is_rejected() {
    let (id, secret) = (
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    );
    check("", &[id, secret], expect!["-"]);
    check(
        "",
        &[id],
        expect![[r#"
        `AWS_ACCESS_KEY_ID` is set, but `AWS_SECRET_ACCESS_KEY` is not
          help: set both or neither"#]],
    );
    check(
        "",
        &[id, ("AWS_SECRET_ACCESS_KEY", "")],
        expect![[r#"
        `AWS_ACCESS_KEY_ID` is set, but `AWS_SECRET_ACCESS_KEY` is not
          help: set both or neither"#]],
    );
    check(
        "",
        &[id, ("AWS_PROFILE", "keys")],
        expect![[r#"
        `AWS_ACCESS_KEY_ID` is set, but `AWS_SECRET_ACCESS_KEY` is not
          help: set both or neither"#]],
    );
    check("", &[id, secret, ("AWS_PROFILE", "nobody")], expect!["-"]);
    // The SDK ignores a secret without an ID.
    check("", &[secret], expect!["-"]);
    explain(
        "",
        &[secret],
        "",
        expect![[r#"
        `AWS_SECRET_ACCESS_KEY` is set, but `AWS_ACCESS_KEY_ID` is not
          help: set both or neither"#]],
    );
}

#[test]
fn the_selected_profile_must_exist() {
    check("[profile work]\n", &[("AWS_PROFILE", "work")], expect!["-"]);
    check("[profile work]\n", &[("AWS_PROFILE", "keys")], expect!["-"]);
    check(
        "[profile work]\n",
        &[("AWS_PROFILE", "wrok")],
        expect![[r#"
        the profile `wrok`, selected by `AWS_PROFILE`, does not exist
          help: did you mean `work`?
          help: known profiles: `keys`, `work`
          help: a profile starts with `[profile NAME]` in ~/.aws/config and with `[NAME]` in ~/.aws/credentials"#]],
    );
    check(
        "[work]\n",
        &[("AWS_PROFILE", "work")],
        expect![[r#"
        the profile `work`, selected by `AWS_PROFILE`, does not exist
          help: known profiles: `keys`
          help: a profile starts with `[profile NAME]` in ~/.aws/config and with `[NAME]` in ~/.aws/credentials"#]],
    );
    // Without it, the machine may provide credentials.
    check("", &[], expect!["-"]);
    check("", &[("AWS_PROFILE", "")], expect!["-"]);
    check("", &[("AWS_PROFILE", "default")], expect!["-"]);
}

#[test]
fn the_programs_own_key_takes_precedence() {
    let home = home("[profile work", "");
    let settings = Settings {
        credentials: Some(Credentials::new("a", "b", None)),
        profile: Some("nobody".to_owned()),
        ..Settings::default()
    };
    let config = load(&home, &settings, &[("AWS_ACCESS_KEY_ID", "a")]);
    assert_eq!(config.check(), Ok(()));
    assert_eq!(config.explain(""), None);
    assert_eq!(config.key_source(), None);
}

#[test]
fn the_source_of_the_key_is_known() {
    let home = home("[default]\naws_access_key_id = a\n", KEYS);
    let source = |variables: &[(&str, &str)]| load(&home, &Settings::default(), variables).key_source();
    assert_eq!(
        source(&[("AWS_ACCESS_KEY_ID", "a")]).as_deref(),
        Some("`AWS_ACCESS_KEY_ID`")
    );
    assert_eq!(source(&[]).as_deref(), Some("the profile `default`"));
    assert_eq!(
        source(&[("AWS_PROFILE", "keys")]).as_deref(),
        Some("the profile `keys`")
    );
    assert_eq!(source(&[("AWS_PROFILE", "sso")]), None);
}

#[test]
fn keys_of_source_profiles_are_checked() {
    let role = format!("{ROLE}source_profile = a\n[profile a]\nsource_profile = default\n");
    check(&role, &[], expect!["-"]);
    check(
        &format!("{role}aws_access_key_id = \u{1}\n"),
        &[],
        expect![[r#"
        `aws_access_key_id` of the profile `a` contains a character that keys cannot contain
          help: copy the value again, completely and on one line"#]],
    );
    check(
        &format!("{role}aws_session_token = hid\n  den\n"),
        &[],
        expect![[r#"
        `aws_session_token` of the profile `a` contains a line break
          help: copy the value again, completely and on one line"#]],
    );
}

#[test]
fn invalid_files_are_located() {
    for (config, expected) in [
        (
            "[default",
            expect![[r#"
            error parsing ~/.aws/config on line 1: Profile definition must end with ']'
              help: a profile starts with `[profile NAME]`, or `[NAME]` in `credentials`, followed by lines `key = value`"#]],
        ),
        (
            "[default]\nregion\n",
            expect![[r#"
            error parsing ~/.aws/config on line 2: Expected an '=' sign defining a property
              help: a profile starts with `[profile NAME]`, or `[NAME]` in `credentials`, followed by lines `key = value`"#]],
        ),
        (
            "# nothing yet\nregion = a\n",
            expect![[r#"
            error parsing ~/.aws/config on line 2: Expected a profile definition
              help: a profile starts with `[profile NAME]`, or `[NAME]` in `credentials`, followed by lines `key = value`"#]],
        ),
        (
            "\u{feff}[default]\n",
            expect![[r#"
            error parsing ~/.aws/config on line 1: Expected a profile definition
              help: a profile starts with `[profile NAME]`, or `[NAME]` in `credentials`, followed by lines `key = value`"#]],
        ),
    ] {
        check(config, &[], expected);
    }
    let with_key = [("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b")];
    check("[default", &with_key, expect!["-"]);
}

#[test]
fn unreadable_files_are_reported() {
    let home = home("", "");
    fs::remove_file(home.path().join(".aws/config")).unwrap();
    fs::create_dir(home.path().join(".aws/config")).unwrap();
    let explain = |variables: &[(&str, &str)]| {
        let config = load(&home, &Settings::default(), variables);
        show(&home, config.explain(""))
    };
    expect!["cannot read `~/.aws/config`: Is a directory (os error 21)"].assert_eq(&explain(&[]));
    expect!["-"].assert_eq(&explain(&[("AWS_CONFIG_FILE", "~/no")]));
    fs::write(home.path().join("latin"), b"[default]\nregion = \xe9\n").unwrap();
    expect!["cannot read `~/latin`: stream did not contain valid UTF-8"]
        .assert_eq(&explain(&[("AWS_CONFIG_FILE", "~/latin")]));
    // A stream is left to the SDK, which has to read it.
    #[cfg(unix)]
    expect!["-"].assert_eq(&explain(&[("AWS_CONFIG_FILE", "/dev/zero")]));
}

#[test]
fn what_the_sdk_does_not_explain_is_explained() {
    let role = |more: &str| format!("{ROLE}{more}");
    explain(
        &role("source_profile = nope\n"),
        &[],
        "",
        expect!["the profile `nope`, which is the `source_profile` of `default`, does not exist"],
    );
    explain(&role("source_profile = keys\n"), &[], "", expect!["-"]);
    explain(
        &role("source_profile = keys\nmfa_serial = m\n"),
        &[],
        "",
        expect![[r#"
        the role of the profile `default` requires an MFA code, which is not supported
          help: export the credentials to the environment: `eval "$(aws configure export-credentials --profile default --format env)"`
          help: or add a profile with `credential_process = aws configure export-credentials --profile default`"#]],
    );
    explain(
        &role("source_profile = a\n[profile a]\nsource_profile = default\n"),
        &[],
        "",
        expect!["-"],
    );
    explain(
        &role("web_identity_token_file = /no/such\n"),
        &[],
        "",
        expect!["cannot read the web identity token `/no/such`: No such file or directory (os error 2)"],
    );
    explain(
        "",
        &[("AWS_WEB_IDENTITY_TOKEN_FILE", "/no/such")],
        "",
        expect!["cannot read the web identity token `/no/such`: No such file or directory (os error 2)"],
    );
    explain(
        "[default]\nlogin_session = arn:aws:iam::123456789012:user/ann\n",
        &[],
        "the `credentials-login` feature must be enabled",
        expect![[r#"
            sessions of `aws login` are not supported
              help: export the credentials to the environment: `eval "$(aws configure export-credentials --profile default --format env)"`
              help: or add a profile with `credential_process = aws configure export-credentials --profile default`"#]],
    );
}

#[test]
fn the_first_region_wins() {
    let home = home("[default]\nregion = eu-west-1\n", KEYS);
    let check = |option: Option<&str>, variables: &[(&str, &str)], expected: &str| {
        let settings = Settings {
            region: option.map(str::to_owned),
            ..Settings::default()
        };
        let config = load(&home, &settings, variables);
        let text = match config.region(&settings) {
            Some(region) => format!(
                "{region} from {}",
                config.source(&region, option.map(|_| "region"), &REGION)
            ),
            None => "none".to_owned(),
        };
        assert_eq!(text, expected);
    };
    let (first, second) = (("AWS_REGION", "us-east-2"), ("AWS_DEFAULT_REGION", "us-east-1"));
    check(Some("cn-north-1"), &[first, second], "cn-north-1 from `--region`");
    check(None, &[first, second], "us-east-2 from `AWS_REGION`");
    check(
        None,
        &[("AWS_REGION", ""), second],
        "us-east-1 from `AWS_DEFAULT_REGION`",
    );
    check(None, &[], "eu-west-1 from the profile `default`");
    check(None, &[("AWS_PROFILE", "keys")], "none");
}

#[test]
fn the_proxy_depends_on_the_scheme() {
    let home = home("", "");
    let check = |endpoint: &str, variables: &[(&str, &str)], expected: Option<&str>| {
        let config = load(&home, &Settings::default(), variables);
        assert_eq!(config.proxy(endpoint), expected, "{endpoint}");
    };
    let (http, https, all) = (("http_proxy", "p"), ("HTTPS_PROXY", "p"), ("ALL_PROXY", "p"));
    check("STS in us-east-1", &[http, https, all], Some("HTTPS_PROXY"));
    check("STS in us-east-1", &[http, all], Some("ALL_PROXY"));
    check("http://server", &[http, https], Some("http_proxy"));
    check("https://server", &[http], None);
    check("https://server", &[https, ("NO_PROXY", "other")], None);
}

proptest! {
    #[test]
    fn any_file_can_be_read(
        text in "([\\[\\]=# ;a-c\t\n\r]|profile |é|source_profile=|role_arn=){0,60}",
        name in "[a-c]{1,2}",
    ) {
        let home = home(&text, &text);
        let config = load(&home, &Settings::default(), &[("AWS_PROFILE", &name)]);
        // It neither panics nor runs forever.
        let _ = (config.check(), config.explain(""), config.key_source());
    }
}
