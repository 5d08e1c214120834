//! The keys of a configuration, in one table, as those of the language are in [`crate::keys`].

use crate::keys::{Choices, Key, Section, Value, key, required};

/// Every section, outer before inner.
pub static SECTIONS: &[&Section] = &[&CONFIGURATION, &CHECK, &PATH];

/// The file as a whole.
pub static CONFIGURATION: Section = Section {
    name: "configuration",
    noun: "a configuration",
    header: "",
    about: "The file as a whole. It configures the program `iam-policy` for the files in its folder and the folders below.",
    keys: &[key(
        "check",
        Value::Table(&CHECK),
        "How `iam-policy check` checks files.",
        "[check]",
    )],
};

const SELECT: Key = key(
    "select",
    Value::Several(Choices::Code),
    "Reports findings with these codes only. What cannot be read is always reported.",
    "select = [\"INVALID_ACTION\", \"PRIVILEGE_ESCALATION\"]",
);

const IGNORE: Key = key(
    "ignore",
    Value::Several(Choices::Code),
    "Does not report findings with these codes.",
    "ignore = [\"REDUNDANT_ACTION\"]",
);

const DENY_WARNINGS: Key = key(
    "deny-warnings",
    Value::Flag,
    "Whether the exit code is 1 for warnings too.",
    "deny-warnings = true",
);

const TYPE: Key = key(
    "type",
    Value::Choice(Choices::CheckedType),
    "The type of JSON policies. By default, it is inferred from their content.",
    "type = \"service-control\"",
);

const RESOURCE_TYPE: Key = key(
    "resource-type",
    Value::Choice(Choices::PolicyResource),
    "What resource policies are attached to. By default, it is inferred from their content.",
    "resource-type = \"s3:bucket\"",
);

const ATTACH: Key = key(
    "attach",
    Value::Several(Choices::Attach),
    "How JSON policies will be attached, which limits their size.",
    "attach = [\"managed\"]",
);

/// `[check]`
pub static CHECK: Section = Section {
    name: "check",
    noun: "the settings of `check`",
    header: "[check]",
    about: "How `iam-policy check` checks files. Options on the command line take precedence.",
    keys: &[
        SELECT,
        IGNORE,
        DENY_WARNINGS,
        TYPE,
        RESOURCE_TYPE,
        ATTACH,
        key(
            "baseline",
            Value::Text,
            "The baseline, relative to this file: findings in it are not reported.",
            "baseline = \"iam-policy-baseline.json\"",
        ),
        key(
            "exclude",
            Value::Texts,
            "Files to skip in folders, as patterns like those of `files`. Files named on the command line are always checked.",
            "exclude = [\"vendor/**\"]",
        ),
        key(
            "path",
            Value::Tables(&PATH),
            "Settings for some files.",
            "[[check.path]]",
        ),
    ],
};

/// `[[check.path]]`
pub static PATH: Section = Section {
    name: "path",
    noun: "the settings of a path",
    header: "[[check.path]]",
    about: "Settings for some files. They take precedence over those of `[check]`, and the last table that matches a file over \
            earlier ones; only `ignore` adds to what the others ignore.",
    keys: &[
        required(key(
            "files",
            Value::Texts,
            "The files, as patterns relative to the folder of this file: `*` matches any characters but `/`, `**` any \
             folders, `?` one character, `[ab]` one of some, and `{a,b}` alternatives. A pattern without `/` matches names \
             in every folder, and one that ends with `/` everything in a folder.",
            "files = [\"organization/scp/*.json\"]",
        )),
        SELECT,
        IGNORE,
        DENY_WARNINGS,
        TYPE,
        RESOURCE_TYPE,
        ATTACH,
    ],
};
