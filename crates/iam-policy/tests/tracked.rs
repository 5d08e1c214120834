//! The file that the macro reads is the file that the compiler tracks, wherever it is.
#![cfg(unix)]

use std::io;
use std::os::unix::fs::symlink;

mod scratch;

use scratch::Scratch;

const WORKSPACE: &str = r#"
[workspace]
members = ["linked", "wrapped", "company", "employee"]
resolver = "3"

[workspace.package]
edition = "2024"

[workspace.dependencies]
company = { path = "company" }
iam-policy = { path = "FACADE" }
"#;

const MAIN: &str = "fn main() {\n    println!(\"{}\", USER.title);\n}\n";

fn manifest(name: &str, dependency: &str) -> String {
    format!("[package]\nname = \"{name}\"\nedition.workspace = true\n\n[dependencies]\n{dependency}.workspace = true\n")
}

fn spec(title: &str) -> String {
    format!(
        r#"
            [policy.user]
            title = "{title}"

            [[policy.user.statement]]
            id        = "only"
            reason    = "Shows which spec was read."
            actions   = ["s3:GetObject"]
            resources = ["*"]
        "#
    )
}

/// A program, the spec that it reads, and another one that it must not read.
struct Case {
    run: &'static [&'static str],
    reads: &'static str,
    other: Option<&'static str>,
}

const CASES: &[Case] = &[
    // The source folder is a symbolic link. In a published package it is not, so the spec is the one beside it.
    Case {
        run: &["run", "--package", "linked"],
        reads: "linked/policies.toml",
        other: Some("shared/policies.toml"),
    },
    // A `macro_rules!` in another folder contains the path.
    Case {
        run: &["run", "--package", "wrapped"],
        reads: "wrapped/src/deep/policies.toml",
        other: Some("wrapped/src/policies.toml"),
    },
    // The module's file is elsewhere.
    Case {
        run: &["run", "--package", "wrapped", "--bin", "module"],
        reads: "wrapped/elsewhere/policies.toml",
        other: Some("wrapped/src/bin/policies.toml"),
    },
    Case {
        run: &["run", "--package", "wrapped", "--example", "shown"],
        reads: "wrapped/examples/policies.toml",
        other: None,
    },
    // A `macro_rules!` in another crate contains the path.
    Case {
        run: &["run", "--package", "employee"],
        reads: "company/policies.toml",
        other: Some("employee/policies.toml"),
    },
];

fn packages() -> io::Result<Scratch> {
    let scratch = Scratch::new("tracked", "")?;
    let write = |path: &str, text: &str| scratch.write(path, text);
    write("Cargo.toml", WORKSPACE)?;

    write("linked/Cargo.toml", &manifest("linked", "iam-policy"))?;
    write(
        "shared/src/main.rs",
        &format!("iam_policy::policies!(\"../policies.toml\");\n\n{MAIN}"),
    )?;
    symlink("../shared/src", scratch.folder.join("linked/src"))?;

    let with_default = manifest("wrapped", "iam-policy").replace("edition", "default-run = \"wrapped\"\nedition");
    write("wrapped/Cargo.toml", &with_default)?;
    let wrapper = "macro_rules! spec {\n    () => {\n        iam_policy::policies!(\"policies.toml\");\n    };\n}\n";
    write("wrapped/src/deep/mod.rs", wrapper)?;
    write(
        "wrapped/src/main.rs",
        &format!("#[macro_use]\nmod deep;\n\nspec!();\n\n{MAIN}"),
    )?;
    write(
        "wrapped/elsewhere/inner.rs",
        "iam_policy::policies!(\"policies.toml\");\n",
    )?;
    let module = "#[path = \"../../elsewhere/inner.rs\"]\nmod inner;\nuse inner::USER;\n";
    write("wrapped/src/bin/module.rs", &format!("{module}\n{MAIN}"))?;
    write(
        "wrapped/examples/shown.rs",
        &format!("iam_policy::policies!(\"policies.toml\");\n\n{MAIN}"),
    )?;

    write("company/Cargo.toml", &manifest("company", "iam-policy"))?;
    let exported = "#[doc(hidden)]\npub use iam_policy;\n\n#[macro_export]\nmacro_rules! permissions {\n    () => {\n        \
                    $crate::iam_policy::policies!(\"../policies.toml\");\n    };\n}\n";
    write("company/src/lib.rs", exported)?;
    write("employee/Cargo.toml", &manifest("employee", "company"))?;
    write("employee/src/main.rs", &format!("company::permissions!();\n\n{MAIN}"))?;

    for case in CASES {
        write(case.reads, &spec("first"))?;
        if let Some(other) = case.other {
            write(other, &spec("other"))?;
        }
    }
    Ok(scratch)
}

#[test]
fn editing_the_spec_that_was_read_rebuilds() {
    let scratch = packages().unwrap();
    for edition in ["first", "second"] {
        for Case { run, reads, .. } in CASES {
            scratch.write(reads, &spec(edition)).unwrap();
            let ran = scratch.cargo("", run).unwrap();
            assert!(ran.succeeded, "{}", ran.messages);
            assert_eq!(ran.printed, format!("{edition}\n"), "{reads}");
        }
    }
    for Case { run, other, .. } in CASES {
        let Some(other) = other else { continue };
        scratch.write(other, &spec("changed")).unwrap();
        let ran = scratch.cargo("", run).unwrap();
        assert_eq!(ran.printed, "second\n", "{other}");
        assert!(!ran.messages.contains("Compiling"), "{other}: {}", ran.messages);
    }
}

const OUTSIDE: &str = "[package]\nname = \"outside\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
                       iam-policy = { path = \"FACADE\" }\n\n[workspace]\n";

/// A spec outside the package works only until the package is published.
#[test]
fn specs_outside_the_package() {
    let scratch = Scratch::new("outside", "package").unwrap();
    let write = |path: &str, text: &str| scratch.write(path, text).unwrap();
    let check = || scratch.cargo("package", &["check", "--quiet"]).unwrap();
    write("package/Cargo.toml", OUTSIDE);
    write(
        "package/src/lib.rs",
        "iam_policy::policies!(\"../../policies.toml\");\n",
    );
    write("policies.toml", &spec("outside"));

    let built = check();
    assert!(built.succeeded, "{}", built.messages);
    let warning = "`../../policies.toml` is outside the package, so the package would not compile once it is published: \
                   move the spec into the folder of the package, or set `publish = false` in `Cargo.toml`";
    assert_eq!(
        built.messages.matches("warning: use of deprecated constant").count(),
        1,
        "{}",
        built.messages
    );
    assert!(built.messages.contains(warning), "{}", built.messages);

    write(
        "package/Cargo.toml",
        &OUTSIDE.replace("1.0.0\"", "1.0.0\"\npublish = false"),
    );
    let built = check();
    assert!(built.succeeded && built.messages.is_empty(), "{}", built.messages);
}

/// As `cargo package` and `cargo vendor` write it.
#[test]
fn packages_without_their_spec() {
    const HEADER: &str = "# THIS FILE IS AUTOMATICALLY GENERATED BY CARGO\n";
    let scratch = Scratch::new("packaged", "package").unwrap();
    let write = |path: &str, text: &str| scratch.write(path, text).unwrap();
    let said = |path: &str| {
        write("package/src/lib.rs", &format!("iam_policy::policies!(\"{path}\");\n"));
        let built = scratch.cargo("package", &["check", "--quiet"]).unwrap();
        assert!(!built.succeeded);
        let message = built.messages.lines().take(2).map(str::trim_start);
        message.collect::<Vec<_>>().join("\n")
    };
    write("package/Cargo.toml", &format!("{HEADER}{OUTSIDE}"));
    // Even if there happens to be a file.
    write("policies.toml", &spec("outside"));
    assert_eq!(
        said("../../policies.toml"),
        "error: `../../policies.toml` is not part of the package\n\
         = help: move the spec into the folder of the package"
    );
    assert_eq!(
        said("../policies.toml"),
        "error: `../policies.toml` is not part of the package\n= help: add it to `include` in `Cargo.toml`"
    );
}

/// The message about a wrong path says what to write.
#[test]
fn wrong_paths_are_corrected() {
    let scratch = Scratch::new("wrong-path", "package").unwrap();
    let write = |path: &str, text: &str| scratch.write(path, text).unwrap();
    let help = |path: &str| {
        write("package/src/lib.rs", &format!("iam_policy::policies!(\"{path}\");\n"));
        let built = scratch.cargo("package", &["check", "--quiet"]).unwrap();
        assert!(!built.succeeded);
        let help = built.messages.lines().find_map(|line| line.split_once("= help: "));
        help.map(|(_, help)| help.to_owned())
    };
    write("package/Cargo.toml", OUTSIDE);
    write("package/rustfmt.toml", "max_width = 100\n");
    assert_eq!(help("policies.toml"), None);

    write("policies.toml", &spec("outside"));
    let outside = "`../policies.toml` is outside the package: move it into the folder of the package";
    assert_eq!(help("policies.toml").as_deref(), Some(outside));

    write("package/config/policies.toml", &spec("inside"));
    let found = "the path is relative to this file: write `../config/policies.toml`";
    assert_eq!(help("config/policies.toml").as_deref(), Some(found));
    assert_eq!(help("../policies.toml").as_deref(), Some(found));
    assert_eq!(
        help("../config/polcies.toml").as_deref(),
        Some("did you mean `../config/policies.toml`?")
    );
    assert_eq!(
        help("iam.toml").as_deref(),
        Some("the only spec in the package is `../config/policies.toml`")
    );
}
