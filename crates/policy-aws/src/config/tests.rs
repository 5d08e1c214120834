use std::fs;

use expect_test::{Expect, expect};
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::Credentials;

/// A home with these two files.
fn home(config: &str, credentials: &str) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join(".aws")).unwrap();
    fs::write(home.path().join(".aws/config"), config).unwrap();
    fs::write(home.path().join(".aws/credentials"), credentials).unwrap();
    home
}

fn read(home: &TempDir, settings: &Settings, variables: &[(&str, &str)]) -> Config {
    let mut all: Vec<(String, String)> = vec![("HOME".to_owned(), home.path().display().to_string())];
    all.extend(
        variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    Config::with(settings, move |name| {
        let found = all.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone())
    })
}

fn shown(home: &TempDir, failure: Option<Failure>) -> String {
    let Some(failure) = failure else { return "-".to_owned() };
    let help = failure.help().into_iter().map(|help| format!("\n  help: {help}"));
    let text = failure.to_string() + &help.collect::<String>();
    text.replace(&home.path().display().to_string(), "~")
}

/// What is said before anything is called.
fn check(config: &str, variables: &[(&str, &str)], expected: Expect) {
    let home = home(config, "[keys]\naws_access_key_id = a\naws_secret_access_key = b\n");
    let config = read(&home, &Settings::default(), variables);
    expected.assert_eq(&shown(&home, config.check().err()));
}

/// What is said where the SDK has found no credentials.
fn explain(config: &str, variables: &[(&str, &str)], message: &str, expected: Expect) {
    let home = home(config, "[keys]\naws_access_key_id = a\naws_secret_access_key = b\n");
    let config = read(&home, &Settings::default(), variables);
    expected.assert_eq(&shown(&home, config.explain(message)));
}

#[test]
fn a_key_of_the_environment_is_whole() {
    let key = [
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    check("", &key, expect!["-"]);
    check(
        "",
        &key[..1],
        expect![[r#"
        `AWS_ACCESS_KEY_ID` is set, and `AWS_SECRET_ACCESS_KEY` is not
          help: set both, or neither"#]],
    );
    explain(
        "",
        &key[1..],
        "",
        expect![[r#"
        `AWS_SECRET_ACCESS_KEY` is set, and `AWS_ACCESS_KEY_ID` is not
          help: set both, or neither"#]],
    );
    check(
        "",
        &[key[0], ("AWS_SECRET_ACCESS_KEY", "")],
        expect![[r#"
        `AWS_ACCESS_KEY_ID` is set, and `AWS_SECRET_ACCESS_KEY` is not
          help: set both, or neither"#]],
    );
    check(
        "",
        &[key[0], key[1], ("AWS_SESSION_TOKEN", "se\ncret")],
        expect![[r#"
        there is a line break in what `AWS_SESSION_TOKEN` gives
          help: copy it once more, as a whole and in one line"#]],
    );
    check(
        "",
        &[key[0], key[1], ("AWS_SESSION_TOKEN", "sécret")],
        expect![[r#"
        there is a character that no key has in what `AWS_SESSION_TOKEN` gives
          help: copy it once more, as a whole and in one line"#]],
    );
    // Whatever else is there.
    check(
        "",
        &[key[0], ("AWS_PROFILE", "keys")],
        expect![[r#"
        `AWS_ACCESS_KEY_ID` is set, and `AWS_SECRET_ACCESS_KEY` is not
          help: set both, or neither"#]],
    );
    check("", &[key[0], key[1], ("AWS_PROFILE", "nobody")], expect!["-"]);
}

#[test]
fn a_profile_is_there() {
    check("[profile work]\n", &[("AWS_PROFILE", "work")], expect!["-"]);
    check("[profile work]\n", &[("AWS_PROFILE", "keys")], expect!["-"]);
    check(
        "[profile work]\n",
        &[("AWS_PROFILE", "wrok")],
        expect![[r#"
        there is no profile `wrok`, which `AWS_PROFILE` asks for, in `~/.aws/credentials` and `~/.aws/config`
          help: did you mean `work`?
          help: the profiles are `keys` and `work`"#]],
    );
    check(
        "[work]\n",
        &[("AWS_PROFILE", "work")],
        expect![[r#"
            there is no profile `work`, which `AWS_PROFILE` asks for, in `~/.aws/credentials` and `~/.aws/config`
              help: in the file `config` it is called `[profile work]`
              help: the profiles are `keys`"#]],
    );
    check(
        "[profile work\n",
        &[("AWS_PROFILE", "work")],
        expect![[r#"
        ~/.aws/config:1: the line has no `]`
          help: a profile begins with `[profile NAME]`, or `[NAME]` in the file `credentials`, and has lines `key = value`"#]],
    );
    check("", &[], expect!["-"]);
    check("", &[("AWS_PROFILE", "")], expect!["-"]);
    // It need not be there: the machine may give credentials.
    check("", &[("AWS_PROFILE", "default")], expect!["-"]);
}

#[test]
fn a_key_that_the_program_gives_is_all() {
    let home = home("[profile work", "");
    let settings = Settings {
        credentials: Some(Credentials::new("a", "b", None)),
        profile: Some("nobody".to_owned()),
        ..Settings::default()
    };
    let config = read(&home, &settings, &[("AWS_ACCESS_KEY_ID", "a")]);
    assert_eq!(config.check(), Ok(()));
    assert_eq!(config.explain(""), None);
    assert_eq!(config.key_place(), None);
}

#[test]
fn a_key_of_a_profile_can_be_sent() {
    let role = "[default]\nrole_arn = r\nsource_profile = a\n[profile a]\nsource_profile = default\n";
    check(role, &[], expect!["-"]);
    check(
        &format!("{role}aws_access_key_id = \u{1}\n"),
        &[],
        expect![[r#"
        there is a character that no key has in what ~/.aws/config:6 gives
          help: copy it once more, as a whole and in one line"#]],
    );
    check(
        &format!("{role}aws_session_token = hid\n  den\n"),
        &[],
        expect![[r#"
        there is a line break in what ~/.aws/config:6 gives
          help: copy it once more, as a whole and in one line"#]],
    );
}

#[test]
fn lines_that_cannot_be_read() {
    for (config, expected) in [
        (
            "[default",
            expect![[r#"
            ~/.aws/config:1: the line has no `]`
              help: a profile begins with `[profile NAME]`, or `[NAME]` in the file `credentials`, and has lines `key = value`"#]],
        ),
        (
            "[default] # [x]\n  # no comment\nregion\n",
            expect![[r#"
            ~/.aws/config:3: the line has no `=`
              help: a profile begins with `[profile NAME]`, or `[NAME]` in the file `credentials`, and has lines `key = value`"#]],
        ),
        (
            "# nothing yet\nregion = a\n",
            expect![[r#"
            ~/.aws/config:2: the line stands before the first profile
              help: a profile begins with `[profile NAME]`, or `[NAME]` in the file `credentials`, and has lines `key = value`"#]],
        ),
        (
            "[default]\n= a\n",
            expect![[r#"
            ~/.aws/config:2: the line has nothing before its `=`
              help: a profile begins with `[profile NAME]`, or `[NAME]` in the file `credentials`, and has lines `key = value`"#]],
        ),
        (
            "[default]\nx =\n  y = 1\n  z\n\n# c\n; c\nregion = a # c\n",
            expect![[r#"
                ~/.aws/config:4: the line has no `=`
                  help: a profile begins with `[profile NAME]`, or `[NAME]` in the file `credentials`, and has lines `key = value`"#]],
        ),
    ] {
        explain(config, &[], "", expected);
    }
}

#[test]
fn files_that_cannot_be_read() {
    let home = home("", "");
    fs::remove_file(home.path().join(".aws/config")).unwrap();
    fs::create_dir(home.path().join(".aws/config")).unwrap();
    let explain = |variables: &[(&str, &str)]| {
        let config = read(&home, &Settings::default(), variables);
        shown(&home, config.explain(""))
    };
    expect!["`~/.aws/config` cannot be read: it is a folder"].assert_eq(&explain(&[]));
    expect!["-"].assert_eq(&explain(&[("AWS_CONFIG_FILE", "~/no")]));
    fs::write(home.path().join("latin"), b"[default]\nregion = \xe9\n").unwrap();
    expect!["`~/latin` cannot be read: it is not in UTF-8"].assert_eq(&explain(&[("AWS_CONFIG_FILE", "~/latin")]));
    fs::write(home.path().join("marked"), "\u{feff}[default]\n").unwrap();
    expect!["`~/marked` cannot be read: it begins with a byte order mark"]
        .assert_eq(&explain(&[("AWS_CONFIG_FILE", "~/marked")]));
    // What can be read once is left alone.
    #[cfg(unix)]
    expect!["-"].assert_eq(&explain(&[("AWS_CONFIG_FILE", "/dev/zero")]));
}

#[test]
fn where_a_role_gets_its_credentials() {
    let role = "[default]\nrole_arn = arn:aws:iam::123456789012:role/r\n";
    let with = |more: &str| format!("{role}{more}");
    explain(
        role,
        &[],
        "",
        expect![[r#"
        ~/.aws/config:2: the profile `default` does not say whose credentials may assume the role
          help: name a profile with `source_profile = NAME`"#]],
    );
    explain(
        &with("source_profile = nope\n"),
        &[],
        "",
        expect![[r#"
        ~/.aws/config:3: there is no profile `nope`
          help: `source_profile` is the profile whose credentials may assume the role"#]],
    );
    explain(&with("source_profile = keys\n"), &[], "", expect!["-"]);
    explain(
        &with("source_profile = keys\nmfa_serial = m\n"),
        &[],
        "",
        expect![[r#"
        ~/.aws/config:4: the role of the profile `default` is assumed with a code of a device, which is not supported
          help: put its credentials into the environment: `eval "$(aws configure export-credentials --profile default --format env)"`
          help: or into another profile: `credential_process = aws configure export-credentials --profile default`"#]],
    );
    explain(
        &with("source_profile = keys\ncredential_source = Environment\n"),
        &[],
        "",
        expect![[r#"
            ~/.aws/config:4: the profile `default` has `source_profile` as well as `credential_source`
              help: keep the one that says whose credentials may assume the role"#]],
    );
    explain(&with("credential_source = Environment\n"), &[], "", expect!["-"]);
    explain(
        &with("source_profile = a\n[profile a]\nrole_arn = r\nsource_profile = default\n"),
        &[],
        "",
        expect![[r#"
            ~/.aws/config:6: this leads back to the profile `default`, so nobody has credentials
              help: one of them needs a key or a session of its own"#]],
    );
    explain(
        &with("source_profile = a\n[profile a]\naws_secret_access_key = hidden\n"),
        &[],
        "",
        expect![[r#"
            ~/.aws/config:5: the profile `a` has `aws_secret_access_key`, and no `aws_access_key_id`
              help: set both, or neither"#]],
    );
    explain(
        &with("source_profile = default\naws_access_key_id = id\n"),
        &[],
        "",
        expect![[r#"
            ~/.aws/config:4: the profile `default` has `aws_access_key_id`, and no `aws_secret_access_key`
              help: set both, or neither"#]],
    );
    explain(
        &with("web_identity_token_file = /no/such\n"),
        &[],
        "",
        expect![[r#"
        `/no/such`, which ~/.aws/config:3 names, cannot be read: No such file or directory (os error 2)
          help: it is the file with the token of a web identity"#]],
    );
}

#[test]
fn what_a_profile_signs_in_with() {
    explain(
        "[default]\nlogin_session = arn:aws:iam::123456789012:user/ann\n",
        &[],
        "",
        expect![[r#"
            ~/.aws/config:2: the profile `default` signs in with `aws login`, which is not supported
              help: put its credentials into the environment: `eval "$(aws configure export-credentials --profile default --format env)"`
              help: or into another profile: `credential_process = aws configure export-credentials --profile default`"#]],
    );
    let center = "[default]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Dev\n";
    explain(
        center,
        &[],
        "",
        expect![[r#"
        ~/.aws/config:2: there is no section `[sso-session corp]`
          help: `aws configure sso` writes both"#]],
    );
    let whole = format!("{center}[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.example\n");
    explain(
        &whole,
        &[],
        "x: failed to load the cached SSO token",
        expect![[r#"
        the profile `default` signs in with IAM Identity Center, and there is no session
          help: sign in with `aws sso login --profile default`"#]],
    );
    explain(&whole, &[], "something else", expect!["-"]);
    let process = "[default]\ncredential_process = sign-in --all\n";
    let exited = "Error retrieving credentials: external process exited with code exit status: 1";
    explain(
        process,
        &[],
        exited,
        expect![[r#"
            ~/.aws/config:2: the program of `credential_process` gives no credentials: exit status: 1
              help: run it by itself to see what it says"#]],
    );
    explain(
        process,
        &[],
        "external process, could not parse response: invalid JSON",
        expect![[r#"
            ~/.aws/config:2: the program of `credential_process` gives no credentials: what it prints is no JSON with credentials
              help: run it by itself to see what it says"#]],
    );
    explain(
        "",
        &[("AWS_WEB_IDENTITY_TOKEN_FILE", "/no/such")],
        "",
        expect![[r#"
        `/no/such`, which `AWS_WEB_IDENTITY_TOKEN_FILE` names, cannot be read: No such file or directory (os error 2)
          help: it is the file with the token of a web identity"#]],
    );
}

#[test]
fn the_region_is_that_of_the_first_who_says_one() {
    let home = home("[default]\nregion = eu-west-1\n[profile bad]\nregion = eu_west\n", "");
    let check = |option: Option<&str>, variables: &[(&str, &str)], expected: Expect| {
        let settings = Settings {
            region: option.map(str::to_owned),
            ..Settings::default()
        };
        let region = read(&home, &settings, variables).region(&settings);
        let text = match region {
            Ok(Some(region)) => format!("{} from {}", region.value, region.place),
            Ok(None) => "none".to_owned(),
            Err(failure) => shown(&home, Some(failure)),
        };
        expected.assert_eq(&text.replace(&home.path().display().to_string(), "~"));
    };
    let (first, second) = (("AWS_REGION", "us-east-2"), ("AWS_DEFAULT_REGION", "us-east-1"));
    check(
        Some("cn-north-1"),
        &[first, second],
        expect!["cn-north-1 from `--region`"],
    );
    check(None, &[first, second], expect!["us-east-2 from `AWS_REGION`"]);
    check(
        None,
        &[("AWS_REGION", ""), second],
        expect!["us-east-1 from `AWS_DEFAULT_REGION`"],
    );
    check(None, &[], expect!["eu-west-1 from ~/.aws/config:2"]);
    check(None, &[("AWS_PROFILE", "keys")], expect!["none"]);
    check(
        None,
        &[("AWS_PROFILE", "bad")],
        expect![[r#"
        `eu_west`, which ~/.aws/config:4 gives, is no region
          help: a region is called such as `eu-central-1`"#]],
    );
    check(
        Some(""),
        &[],
        expect![[r#"
        ``, which `--region` gives, is no region
          help: a region is called such as `eu-central-1`"#]],
    );
    check(
        None,
        &[("AWS_REGION", "https://example.com")],
        expect![[r#"
        `https://example.com`, which `AWS_REGION` gives, is no region
          help: a region is called such as `eu-central-1`"#]],
    );
}

#[test]
fn the_endpoint_is_that_of_the_first_who_says_one() {
    let config = "[default]\nendpoint_url = http://profile\nservices = local\n\
                  [services local]\niam =\n  endpoint_url = http://service\ns3 =\n  endpoint_url = http://s3\n\
                  [profile plain]\nendpoint_url = localhost:4566\n\
                  [profile off]\nendpoint_url = http://profile\nignore_configured_endpoint_urls = true\n";
    let home = home(config, "");
    let check = |option: Option<&str>, variables: &[(&str, &str)], expected: Expect| {
        let settings = Settings {
            endpoint_url: option.map(str::to_owned),
            ..Settings::default()
        };
        let config = read(&home, &settings, variables);
        let texts = ["sts", "iam"].map(|service| match config.endpoint(service, &settings) {
            Ok(Some(url)) => format!("{} from {}", url.value, url.place),
            Ok(None) => "none".to_owned(),
            Err(failure) => shown(&home, Some(failure)),
        });
        expected.assert_eq(&texts.join("\n").replace(&home.path().display().to_string(), "~"));
    };
    let all = ("AWS_ENDPOINT_URL", "http://all");
    check(
        Some("http://option"),
        &[all],
        expect![[r#"
        http://option from `--endpoint-url`
        http://option from `--endpoint-url`"#]],
    );
    check(
        None,
        &[all, ("AWS_ENDPOINT_URL_STS", "http://sts")],
        expect![[r#"
        http://sts from `AWS_ENDPOINT_URL_STS`
        http://all from `AWS_ENDPOINT_URL`"#]],
    );
    check(
        None,
        &[],
        expect![[r#"
        http://profile from ~/.aws/config:2
        http://service from ~/.aws/config:6"#]],
    );
    check(
        None,
        &[("AWS_PROFILE", "off")],
        expect![[r#"
        none
        none"#]],
    );
    check(
        None,
        &[all, ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE")],
        expect![[r#"
            none
            none"#]],
    );
    check(
        None,
        &[("AWS_PROFILE", "plain")],
        expect![[r#"
        `localhost:4566`, which ~/.aws/config:10 gives, is no URL
          help: the URL of a server is such as `https://iam.example.com` or `http://127.0.0.1:8080`
        `localhost:4566`, which ~/.aws/config:10 gives, is no URL
          help: the URL of a server is such as `https://iam.example.com` or `http://127.0.0.1:8080`"#]],
    );
    check(
        None,
        &[("AWS_ENDPOINT_URL_IAM", "https://ann:secret@")],
        expect![[r#"
        http://profile from ~/.aws/config:2
        `https://`, which `AWS_ENDPOINT_URL_IAM` gives, is no URL
          help: the URL of a server is such as `https://iam.example.com` or `http://127.0.0.1:8080`"#]],
    );
}

#[test]
fn a_proxy_is_that_of_the_scheme() {
    let home = home("", "");
    let check = |endpoint: &str, variables: &[(&str, &str)], expected: Option<&str>| {
        let place = read(&home, &Settings::default(), variables).proxy(endpoint);
        assert_eq!(place.map(|place| place.to_string()).as_deref(), expected, "{endpoint}");
    };
    let (http, https, all) = (("http_proxy", "p"), ("HTTPS_PROXY", "p"), ("ALL_PROXY", "p"));
    check("sts in us-east-1", &[http, https, all], Some("`HTTPS_PROXY`"));
    check("sts in us-east-1", &[http, all], Some("`ALL_PROXY`"));
    check("http://server", &[http, https], Some("`http_proxy`"));
    check("https://server", &[http], None);
    check("https://server", &[https, ("NO_PROXY", "other")], None);
}

proptest! {
    #[test]
    fn any_file_can_be_read(text in "([\\[\\]=# ;a-c\t\n\r]|profile |é|source_profile=|role_arn=){0,60}", name in "[a-c]{1,2}") {
        let home = home(&text, &text);
        let config = read(&home, &Settings::default(), &[("AWS_PROFILE", &name)]);
        // Neither panics, nor goes on for ever.
        let _ = (config.check(), config.explain(""), config.key_place());
    }
}
