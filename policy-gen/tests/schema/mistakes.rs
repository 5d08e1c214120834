//! Realistic mistakes, one of each kind: those that the schema sees, and those that only the compiler can see.

/// A mistake: the piece of [`SPEC`] that it replaces, and what the author wrote.
pub(crate) struct Mistake {
    pub(crate) kind: &'static str,
    pub(crate) piece: &'static str,
    pub(crate) wrong: &'static str,
    /// Why a schema cannot see it.
    pub(crate) unseen: Option<&'static str>,
}

const fn seen(kind: &'static str, piece: &'static str, wrong: &'static str) -> Mistake {
    Mistake {
        kind,
        piece,
        wrong,
        unseen: None,
    }
}

const fn unseen(kind: &'static str, piece: &'static str, wrong: &'static str, why: &'static str) -> Mistake {
    Mistake {
        kind,
        piece,
        wrong,
        unseen: Some(why),
    }
}

pub(crate) const SPEC: &str = r#"
[page]
title = "Permissions"

[[page.section]]
title = "Validation"
text  = "Ask the simulator."

[parameters]
bucket = { default = "reports", about = "The bucket." }
path   = { default = "a/b", allow-slash = true }

[policy.user]
title      = "User"
attach     = ["inline-user", "managed"]
partitions = ["aws", "aws-cn"]

[[policy.user.statement]]
id        = "read-reports"
sid       = "Read"
effect    = "Allow"
reason    = "Reads reports."
actions   = ["s3:GetObject", { action = "s3:GetObjectTagging", reason = "Shows tags." }]
resources = ["arn:{partition}:s3:::{bucket}/{path}/*", "arn:{partition}:s3:::{bucket}/a/b/old/*"]
waive     = [{ check = "REDUNDANT_RESOURCE", why = "clear" }]
condition.StringEquals."aws:RequestedRegion" = ["eu-west-1", "cn-north-1"]
condition.Bool."aws:SecureTransport" = true

[[policy.user.statement]]
id        = "list"
reason    = "Finds the bucket."
actions   = ["s3:ListAllMyBuckets"]
resources = ["*"]

[policy.user.extension.archive]

[[policy.user.extension.archive.statement]]
id        = "read-archive"
reason    = "Reads the archive."
actions   = ["s3:GetObject"]
resources = ["arn:{partition}:s3:::archive/*"]

[policy.role]

[[policy.role.statement]]
id        = "write"
reason    = "Writes."
actions   = ["s3:PutObject"]
resources = ["arn:aws:s3:::out/*"]

[policy.role.trust]
services = ["lambda"]
"#;

const REST: &str = "it depends on the rest of the spec";
const CATALOG: &str = "it takes the list of AWS's actions, resources or keys, which grows every week";

pub(crate) const MISTAKES: &[Mistake] = &[
    // Keys
    seen(
        "a misspelled key of a statement",
        "reason    = \"Reads reports.\"",
        "reson = \"Reads reports.\"",
    ),
    seen("a misspelled key of a policy", "attach     =", "atach ="),
    seen("a misspelled top-level table", "[parameters]", "[parameter]"),
    seen(
        "a word for another key",
        "reason    = \"Reads reports.\"",
        "description = \"Reads reports.\"",
    ),
    seen(
        "the JSON name of an element",
        "actions   = [\"s3:ListAllMyBuckets\"]",
        "Action = [\"s3:ListAllMyBuckets\"]",
    ),
    seen(
        "an underscore for a hyphen",
        "actions   = [\"s3:ListAllMyBuckets\"]",
        "not_actions = [\"s3:ListAllMyBuckets\"]",
    ),
    seen(
        "a key of a statement in the policy",
        "title      = \"User\"",
        "title = \"User\"\nreason = \"Reads.\"",
    ),
    seen(
        "a key of a policy in a statement",
        "sid       = \"Read\"",
        "attach = [\"managed\"]",
    ),
    seen(
        "a statement at the top level",
        "[[policy.user.statement]]\nid        = \"list\"",
        "[[statement]]\nid = \"list\"",
    ),
    seen(
        "a policy without a name",
        "[policy.role]\n",
        "[policy]\ntitle = \"Role\"\n",
    ),
    seen(
        "a misspelled key of a parameter",
        "allow-slash = true",
        "allow-slashes = true",
    ),
    seen(
        "a misspelled key of an action",
        "action = \"s3:GetObjectTagging\"",
        "name = \"s3:GetObjectTagging\"",
    ),
    seen("a misspelled key of a waiver", "why = \"clear\"", "reason = \"clear\""),
    seen(
        "a misspelled key of a trust policy",
        "services = [\"lambda\"]",
        "service = [\"lambda\"]",
    ),
    // Missing and exclusive keys
    seen("no reason at all", "reason    = \"Finds the bucket.\"\n", ""),
    seen(
        "no reason for one of two actions",
        "reason    = \"Reads reports.\"\n",
        "",
    ),
    seen("no id", "id        = \"list\"\n", ""),
    seen("no actions", "actions   = [\"s3:ListAllMyBuckets\"]\n", ""),
    seen("no resources", "resources = [\"*\"]\n", ""),
    seen(
        "actions and not-actions",
        "actions   = [\"s3:ListAllMyBuckets\"]",
        "actions = [\"s3:ListAllMyBuckets\"]\nnot-actions = [\"iam:*\"]",
    ),
    seen(
        "resources and not-resources",
        "resources = [\"*\"]",
        "resources = [\"*\"]\nnot-resources = [\"arn:aws:s3:::a\"]",
    ),
    seen("a waiver without a why", ", why = \"clear\"", ""),
    seen(
        "a section of the page without text",
        "text  = \"Ask the simulator.\"",
        "",
    ),
    seen(
        "an extension without statements",
        "[[policy.user.extension.archive.statement]]\nid        = \"read-archive\"\nreason    = \"Reads the archive.\"\nactions   = [\"s3:GetObject\"]\nresources = [\"arn:{partition}:s3:::archive/*\"]\n",
        "",
    ),
    // Types
    seen(
        "a string in place of a list",
        "[\"s3:ListAllMyBuckets\"]",
        "\"s3:ListAllMyBuckets\"",
    ),
    seen(
        "a list in place of a string",
        "\"Finds the bucket.\"",
        "[\"Finds the bucket.\"]",
    ),
    seen("a number in place of a string", "\"Validation\"", "1"),
    seen(
        "a string in place of a flag",
        "allow-slash = true",
        "allow-slash = \"true\"",
    ),
    seen(
        "a string in place of a parameter",
        "bucket = { default = \"reports\", about = \"The bucket.\" }",
        "bucket = \"reports\"",
    ),
    seen(
        "a table in place of an array of tables",
        "[[policy.role.statement]]",
        "[policy.role.statement]",
    ),
    seen(
        "an array of tables in place of a table",
        "[policy.role.trust]",
        "[[policy.role.trust]]",
    ),
    seen("an empty list", "[\"s3:ListAllMyBuckets\"]", "[]"),
    seen("an empty reason", "\"Finds the bucket.\"", "\"\""),
    seen("a blank reason", "\"Finds the bucket.\"", "\"  \""),
    seen(
        "a title of two lines",
        "\"Permissions\"",
        "\"Permissions\\nof the tool\"",
    ),
    // Values
    seen("an effect in lower case", "\"Allow\"", "\"allow\""),
    seen(
        "an attachment kind that does not exist",
        "\"inline-user\", \"managed\"",
        "\"inline\"",
    ),
    seen(
        "a duplicate attachment kind",
        "\"inline-user\", \"managed\"",
        "\"managed\", \"managed\"",
    ),
    seen(
        "a partition that does not exist",
        "\"aws\", \"aws-cn\"",
        "\"aws\", \"aws-china\"",
    ),
    seen(
        "a misspelled rule code",
        "\"REDUNDANT_RESOURCE\"",
        "\"REDUNDANT_RESOURCES\"",
    ),
    seen("an id with spaces", "\"read-archive\"", "\"read archive\""),
    seen("an id that starts with a digit", "\"read-archive\"", "\"1st\""),
    seen("a Sid with a hyphen", "\"Read\"", "\"Read-Reports\""),
    seen(
        "a reserved policy name",
        "[policy.role]\n\n[[policy.role.statement]]",
        "[policy.all]\n\n[[policy.all.statement]]",
    ),
    seen("a predefined parameter", "path   =", "partition ="),
    seen("a parameter name with a dot", "path   =", "\"a.b\" ="),
    // Actions
    seen("an action without a service", "\"s3:PutObject\"", "\"PutObject\""),
    seen("an action with a dot", "\"s3:PutObject\"", "\"s3.PutObject\""),
    seen(
        "a wildcard in the service of an action",
        "\"s3:PutObject\"",
        "\"s3*:PutObject\"",
    ),
    seen("a placeholder in an action", "\"s3:PutObject\"", "\"s3:{path}\""),
    seen("a space in an action", "\"s3:PutObject\"", "\"s3: PutObject\""),
    // ARNs
    seen("an ARN of five segments", "arn:aws:s3:::out/*", "arn:aws:s3::out/*"),
    seen("a bucket name in place of an ARN", "arn:aws:s3:::out/*", "out/*"),
    seen(
        "a URL in place of an ARN",
        "arn:aws:s3:::out/*",
        "https://out.s3.amazonaws.com/",
    ),
    seen(
        "an ARN of a partition that does not exist",
        "arn:aws:s3:::out/*",
        "arn:aws-china:s3:::out/*",
    ),
    seen(
        "a wildcard in the service of an ARN",
        "arn:aws:s3:::out/*",
        "arn:aws:*:::out/*",
    ),
    seen("an ARN without a resource", "arn:aws:s3:::out/*", "arn:aws:s3:::"),
    seen(
        "a character that IAM rejects",
        "arn:aws:s3:::out/*",
        "arn:aws:s3:::out/→",
    ),
    // Conditions
    seen(
        "a misspelled condition operator",
        "condition.StringEquals",
        "condition.StringEqual",
    ),
    seen(
        "a qualifier that does not exist",
        "condition.StringEquals",
        "condition.\"ForEachValue:StringEquals\"",
    ),
    seen(
        "a condition key without an operator",
        "condition.Bool.\"aws:SecureTransport\" = true",
        "condition.\"aws:SecureTransport\" = true",
    ),
    seen(
        "a condition key before its operator",
        "condition.Bool.\"aws:SecureTransport\" = true",
        "condition.\"aws:SecureTransport\".Bool = true",
    ),
    seen(
        "a condition key that is not quoted",
        "condition.Bool.\"aws:SecureTransport\" = true",
        "condition.Bool.SecureTransport = true",
    ),
    seen(
        "a condition key without values",
        "[\"eu-west-1\", \"cn-north-1\"]",
        "[]",
    ),
    seen(
        "a placeholder in a condition key",
        "\"aws:RequestedRegion\"",
        "\"aws:RequestTag/{path}\"",
    ),
    seen(
        "a table as a condition value",
        "[\"eu-west-1\", \"cn-north-1\"]",
        "{ a = 1 }",
    ),
    // Trust
    seen(
        "a service principal with a wildcard",
        "services = [\"lambda\"]",
        "services = [\"*\"]",
    ),
    // What only the compiler sees
    unseen(
        "an action that does not exist",
        "\"s3:PutObject\"",
        "\"s3:PutObjcet\"",
        CATALOG,
    ),
    unseen(
        "a service that does not exist",
        "\"s3:PutObject\"",
        "\"s4:PutObject\"",
        CATALOG,
    ),
    unseen(
        "a condition key that does not exist",
        "\"aws:SecureTransport\"",
        "\"aws:SecureTransprot\"",
        CATALOG,
    ),
    unseen(
        "an action that does not match its resource",
        "arn:aws:s3:::out/*",
        "arn:aws:s3:::out",
        CATALOG,
    ),
    unseen(
        "an undeclared placeholder",
        "{bucket}/{path}/*",
        "{bucket}/{path}/{key}",
        REST,
    ),
    unseen("an unused parameter", "{bucket}/{path}/*", "{bucket}/*", REST),
    unseen("two statements with one id", "\"list\"", "\"read-reports\"", REST),
    unseen(
        "two ids that become one Sid",
        "\"list\"",
        "\"rea-d\"\nsid = \"Read\"",
        REST,
    ),
    unseen(
        "a partition that the policy lacks",
        "id        = \"write\"",
        "id = \"write\"\npartitions = [\"aws-cn\"]",
        REST,
    ),
    unseen(
        "an ARN of another partition",
        "arn:{partition}:s3:::archive/*",
        "arn:aws:s3:::archive/*",
        REST,
    ),
    unseen(
        "a policy before its header",
        "[policy.role]\n\n[[policy.role.statement]]",
        "[[policy.role.statement]]",
        "the order and the form of tables are gone once TOML is parsed",
    ),
];
