//! File names that are not UTF-8.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use testing_support::{Ran, run};

use crate::support::{BAD, Folder, GOOD, PROGRAM};

fn name(bytes: &[u8]) -> OsString {
    OsStr::from_bytes(bytes).to_owned()
}

#[test]
fn every_command_reads_files_whose_names_are_not_utf8() {
    let folder = Folder::with(&[]);
    let (good, bad) = (name(b"good\xff.json"), name(b"b\xffd.json"));
    std::fs::write(folder.root().join(&good), GOOD).unwrap();
    std::fs::write(folder.root().join(&bad), BAD).unwrap();
    let run_with =
        |arguments: &[&OsStr]| -> Ran { run(Command::new(PROGRAM).args(arguments).current_dir(folder.root())) };
    let arguments = |words: &[&'static str], more: &[&OsStr]| -> Vec<OsString> {
        let words = words.iter().map(OsString::from);
        words.chain(more.iter().map(|name| (*name).to_owned())).collect()
    };
    let request = [
        "simulate",
        "--principal",
        "arn:aws:iam::123456789012:user/ann",
        "--action",
        "s3:GetObject",
        "--resource",
        "arn:aws:s3:::reports/a",
    ];
    let simulate = |option: &'static str, file: &OsStr| {
        let options = [&request[..], &["--identity"]].concat();
        let mut all = arguments(&options, &[&good]);
        all.extend([OsString::from(option), file.to_owned()]);
        all
    };
    let mut covers = arguments(&["covers", "--required"], &[&good]);
    covers.extend(arguments(&["--granted"], &[&good, &bad]));
    for (all, code) in [
        (arguments(&["diff"], &[&good, &good]), 0),
        (arguments(&["diff"], &[&good, &bad]), 1),
        (covers, 0),
        (simulate("--boundary", &good), 0),
        (simulate("--session", &good), 0),
        (simulate("--scp", &good), 0),
        (simulate("--resource-policy", &bad), 2),
        (arguments(&["check"], &[&good]), 0),
        (arguments(&["explain"], &[&good]), 0),
        (arguments(&["import"], &[&good]), 0),
        (arguments(&["diff"], &[&good, &name(b"none\xff.json")]), 2),
    ] {
        let ran = run_with(&all.iter().map(OsString::as_os_str).collect::<Vec<_>>());
        assert_eq!(ran.code, code, "{all:?}: {ran}");
        assert!(!ran.stderr.contains("UTF-8"), "{all:?}: {ran}");
    }
}
