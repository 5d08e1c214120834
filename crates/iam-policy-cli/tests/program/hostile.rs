//! Whatever files, names and arguments contain, no command prints a character that controls a terminal, reverses text
//! or hides in it.

use serde_json::{Value, json};
use testing_support::{HOSTILE, Ran, assert_tame};

use crate::support::{Folder, SPEC};

/// A policy in which every text is hostile, so that most commands reject it.
fn wild() -> Value {
    json!({
        "Version": HOSTILE,
        "Id": HOSTILE,
        HOSTILE: HOSTILE,
        "Statement": [
            {
                "Sid": HOSTILE,
                "Effect": HOSTILE,
                "Principal": { "AWS": [HOSTILE, format!("arn:aws:iam::123456789012:user/{HOSTILE}")], HOSTILE: HOSTILE },
                "Action": [HOSTILE, format!("s3:{HOSTILE}")],
                "Resource": [HOSTILE, format!("arn:aws:s3:::{HOSTILE}")],
                "Condition": { HOSTILE: { HOSTILE: HOSTILE }, "StringLike": { format!("aws:PrincipalTag/{HOSTILE}"): HOSTILE } },
                HOSTILE: HOSTILE,
            },
        ],
    })
}

/// A policy that every command accepts, with hostile text where AWS accepts anything.
fn tolerable(resource: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Id": HOSTILE,
        "Statement": [
            {
                "Sid": HOSTILE,
                "Effect": "Allow",
                "Action": ["s3:GetObject", format!("s3:Get{HOSTILE}")],
                "Resource": [format!("arn:aws:s3:::{resource}/{HOSTILE}"), format!("arn:aws:s3:::{resource}/*")],
                "Condition": {
                    "StringNotLike": { format!("aws:PrincipalTag/{HOSTILE}"): [HOSTILE, resource] },
                },
            },
            { "Sid": format!("2{HOSTILE}"), "Effect": "Deny", "Action": "s3:PutObject", "Resource": "*" },
        ],
    })
}

/// A literal string of TOML.
fn toml(text: &str) -> String {
    Value::String(text.to_owned()).to_string().replace('\u{7f}', "\\u007f")
}

/// A spec with hostile text in every string.
fn wild_spec() -> String {
    let text = toml(HOSTILE);
    format!(
        r#"
        {text} = {text}
        [page]
        title = {text}
        about = {text}
        {text} = {text}
        [[page.section]]
        title = {text}
        text = {text}
        [parameters]
        p = {{ default = {text}, about = {text} }}
        {text} = {{ default = {text}, about = {text} }}
        [policy.{text}]
        title = {text}
        [policy.user]
        title = {text}
        about = {text}
        attach = [{text}]
        partitions = [{text}]
        [[policy.user.statement]]
        id = {text}
        sid = {text}
        effect = {text}
        reason = {text}
        without = {text}
        actions = [{text}, {{ action = {text}, reason = {text}, without = {text} }}]
        resources = [{text}, {{ arn = {text}, reason = {text}, without = {text} }}]
        condition.{text}.{text} = {text}
        waive = [{{ check = {text}, why = {text} }}]
        [policy.user.trust]
        services = [{text}]
        about = {text}
        [policy.user.extension.{text}]
        title = {text}
        "#
    )
}

/// A valid spec with everything hostile that prose and ARNs may contain.
fn tolerable_spec() -> String {
    let prose: String = HOSTILE
        .chars()
        .filter(|one| !one.is_control() || *one == '\n')
        .collect();
    let title = toml(&prose.replace('\n', " ").replace(['{', '}'], ""));
    let text = toml(&prose.replace(['{', '}'], ""));
    let accepted: String = HOSTILE.chars().filter(|one| u32::from(*one) < 0x100).collect();
    let value = toml(&accepted.replace(['{', '}', '\n', '\u{1b}', '\u{8}'], ""));
    format!(
        r#"
        [page]
        title = {title}
        about = {text}
        [[page.section]]
        title = {title}
        text = {text}
        [parameters]
        p = {{ default = "a", about = {text} }}
        [policy.user]
        title = {title}
        about = {text}
        attach = ["managed"]
        [[policy.user.statement]]
        id = "read"
        reason = {text}
        without = {text}
        actions = ["s3:GetObject", {{ action = "s3:PutObject", reason = {text}, without = {text} }}]
        resources = ["arn:aws:s3:::reports/{{p}}/*", {{ arn = "arn:aws:s3:::reports/b/*", reason = {text}, without = {text} }}]
        condition.StringNotLike."aws:PrincipalTag/a" = [{value}]
        [policy.user.trust]
        services = ["lambda"]
        about = {text}
        [policy.user.extension.more]
        title = {title}
        about = {text}
        [[policy.user.extension.more.statement]]
        id = "list"
        reason = {text}
        actions = ["s3:ListAllMyBuckets"]
        resources = ["*"]
        "#
    )
}

/// The output of `aws iam get-account-authorization-details` with a hostile user.
fn account(policy: &Value) -> String {
    json!({
        "UserDetailList": [{
            "Path": "/",
            "UserName": HOSTILE,
            "Arn": format!("arn:aws:iam::123456789012:user/{HOSTILE}"),
            "UserPolicyList": [{ "PolicyName": HOSTILE, "PolicyDocument": policy }],
            "GroupList": [HOSTILE],
            "AttachedManagedPolicies": [{ "PolicyName": HOSTILE, "PolicyArn": format!("arn:aws:iam::aws:policy/{HOSTILE}") }],
            "PermissionsBoundary": { "PermissionsBoundaryArn": HOSTILE },
            "Tags": [{ "Key": HOSTILE, "Value": HOSTILE }],
        }],
        "GroupDetailList": [],
        "RoleDetailList": [{
            "Path": "/",
            "RoleName": "role",
            "Arn": "arn:aws:iam::123456789012:role/role",
            "AssumeRolePolicyDocument": policy,
            "RolePolicyList": [{ "PolicyName": HOSTILE, "PolicyDocument": policy }],
        }],
        "Policies": [],
    })
    .to_string()
}

fn requests() -> String {
    let request =
        json!({ "principal": HOSTILE, "action": HOSTILE, "resource": HOSTILE, "context": { HOSTILE: HOSTILE } });
    let good = json!({
        "principal": format!("arn:aws:iam::123456789012:user/{HOSTILE}"),
        "action": "s3:GetObject",
        "resource": format!("arn:aws:s3:::a/{HOSTILE}"),
        "context": { format!("aws:PrincipalTag/{HOSTILE}"): HOSTILE },
    });
    let lines = [
        json!({ "request": request, "policies": { "identity": [wild()] } }),
        json!({ "id": HOSTILE, "request": good, "policies": { "identity": [tolerable("a")] } }),
        json!({ HOSTILE: HOSTILE }),
        json!(HOSTILE),
    ];
    let mut text = joined(&lines);
    text.push_str("{\"request\": \u{202e}\u{9b}\n");
    text
}

fn pairs() -> String {
    let lines = [
        json!({ "old": [wild()], "new": [tolerable("a")] }),
        json!({ "id": HOSTILE, "old": tolerable("a"), "new": tolerable("b") }),
        json!({ "old": [tolerable("a")], "new": [tolerable("b")] }),
    ];
    joined(&lines)
}

fn joined(lines: &[Value]) -> String {
    let lines: Vec<_> = lines.iter().map(Value::to_string).collect();
    lines.join("\n") + "\n"
}

fn folder() -> Folder {
    let folder = Folder::with(&[("good.toml", SPEC)]);
    let name = |name: &str| {
        if cfg!(windows) {
            name.to_owned()
        } else {
            format!("{HOSTILE}{name}")
        }
    };
    for (file, text) in [
        ("wild.json", wild().to_string()),
        ("wild.pretty.json", serde_json::to_string_pretty(&wild()).unwrap()),
        ("a.json", tolerable("a").to_string()),
        ("b.json", serde_json::to_string_pretty(&tolerable("b")).unwrap()),
        ("broken.json", format!("{{\"a\": {HOSTILE}")),
        ("wild.toml", wild_spec()),
        ("broken.toml", format!("{HOSTILE} = {HOSTILE}")),
        ("spec.toml", tolerable_spec()),
        ("account.json", account(&tolerable("a"))),
        ("wild-account.json", account(&wild())),
        ("requests.jsonl", requests()),
        ("pairs.jsonl", pairs()),
    ] {
        folder.write(&name(file), text);
    }
    folder
}

fn check(ran: &Ran, arguments: &[&str]) {
    assert_tame(&ran.stdout, &arguments);
    assert_tame(&ran.stderr, &arguments);
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is one list of commands")]
fn no_command_prints_invisible_characters() {
    let folder = folder();
    let mut files: Vec<String> = std::fs::read_dir(folder.root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort_unstable();
    let mut commands: Vec<Vec<&str>> = Vec::new();
    let hostile_arn = format!("arn:aws:iam::123456789012:user/{HOSTILE}");
    let hostile_object = format!("arn:aws:s3:::a/{HOSTILE}");
    let out = format!("out{HOSTILE}");
    let context = format!("{HOSTILE}={HOSTILE}");
    let policy_in: Vec<String> = files.iter().map(|file| format!("{file}#{HOSTILE}")).collect();
    for (file, policy_in) in files.iter().zip(&policy_in) {
        commands.extend([
            vec!["check", file],
            vec!["check", file, "--format", "json"],
            vec!["check", file, "--format", "sarif"],
            vec!["explain", file],
            vec!["explain", file, "--format", "json"],
            vec!["explain", policy_in],
            vec!["import", file],
            vec!["diff", "good.toml", file],
            vec!["diff", file, "good.toml", "--format", "json"],
            vec!["diff", policy_in, "good.toml"],
            vec!["diff", "--pairs", file],
            vec!["covers", "--required", file, "--granted", "good.toml"],
            vec![
                "covers",
                "--required",
                file,
                "--granted",
                "good.toml",
                "--format",
                "json",
            ],
            vec!["covers", "--required", policy_in, "--granted", file],
            vec!["simulate", "--requests", file],
            vec!["generate", "--spec", file, "--out", &out, "--check"],
            vec!["generate", "--spec", file, "--out", &out],
            vec!["generate", "--spec", file, "--out", file],
            vec!["generate", "--spec", file, "--out", &out, "--check", "--base", HOSTILE],
            vec!["serve", "--state", file],
        ]);
        for format in ["human", "json"] {
            for (principal, action) in [
                ("arn:aws:iam::123456789012:role/role", "s3:GetObject"),
                (&*hostile_arn, HOSTILE),
            ] {
                commands.push(vec![
                    "simulate",
                    "--principal",
                    principal,
                    "--action",
                    action,
                    "--resource",
                    &hostile_object,
                    "--identity",
                    file,
                    "--resource-policy",
                    file,
                    "--scp",
                    file,
                    "--context",
                    &context,
                    "--format",
                    format,
                ]);
                commands.push(vec![
                    "simulate",
                    "--principal",
                    principal,
                    "--action",
                    action,
                    "--resource",
                    &hostile_object,
                    "--principals",
                    file,
                    "--format",
                    format,
                ]);
            }
        }
    }
    let named = |name: &str| files.iter().find(|file| file.ends_with(name)).unwrap().as_str();
    commands.extend([
        vec!["diff", named("a.json"), named("b.json")],
        vec!["diff", named("a.json"), named("b.json"), "--format", "json"],
        vec!["covers", "--required", named("b.json"), "--granted", named("a.json")],
        vec!["check", "."],
        vec!["check", HOSTILE],
        vec!["rule", HOSTILE],
        vec!["completions", HOSTILE],
        vec![HOSTILE],
        vec!["check", "--format", HOSTILE],
        vec![
            "simulate",
            "--context-file",
            HOSTILE,
            "--principal",
            HOSTILE,
            "--action",
            HOSTILE,
        ],
    ]);
    // What is tolerable must get past the checks of its syntax.
    let spec = named("spec.toml");
    for command in [
        ["explain", named("a.json")],
        ["explain", spec],
        ["explain", named("account.json")],
    ] {
        assert_eq!(folder.run(&command).code, 0, "{command:?}");
    }
    let generated = folder.run(&["generate", "--spec", spec, "--out", "out"]);
    assert_eq!(generated.code, 0, "{generated}");
    for command in commands {
        check(&folder.run(&command), &command);
    }
}

#[test]
fn messages_of_sarif_are_literal() {
    let folder = folder();
    let name = if cfg!(windows) {
        "wild.json".to_owned()
    } else {
        format!("{HOSTILE}wild.json")
    };
    let sarif: Value = serde_json::from_str(&folder.run(&["check", &name, "--format", "sarif"]).stdout).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let messages: Vec<_> = results
        .iter()
        .map(|result| result["message"]["text"].as_str().unwrap())
        .collect();
    assert!(messages.iter().any(|message| message.contains("{{0}}")), "{messages:?}");
    for message in messages {
        assert_tame(message, &"SARIF");
        let without_pairs = message.replace("{{", "").replace("}}", "");
        assert!(!without_pairs.contains(['{', '}']), "{message}");
        assert!(!message.replace(r"\](", "").contains("]("), "{message}");
    }
}
