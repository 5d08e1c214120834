//! The keys of recordings: the files in which the guard of the SDK writes what a program calls. `iam-policy-guard` writes
//! them, and `iam-policy-calls` reads them.
//!
//! Each line is a JSON object about one operation with one input. A file has lines of several processes, in any order.

/// The version of the format.
pub const VERSION: u32 = 1;

/// The [`VERSION`], in every line.
pub const FORMAT: &str = "recording";
/// The program that made the call.
pub const PROGRAM: &str = "program";
/// The service's name in the metadata of the SDK.
pub const SERVICE: &str = "service";
/// The operation's name.
pub const OPERATION: &str = "operation";
/// The partition, if it is known.
pub const PARTITION: &str = "partition";
/// The Region, if it is known.
pub const REGION: &str = "region";
/// The account, if it is known.
pub const ACCOUNT: &str = "account";
/// The members of the input from which the ARNs of resources follow: an object with a list of texts for each member. Those
/// that are not known or not set are left out.
pub const MEMBERS: &str = "members";
/// The permissions that the call needs; absent if the operation is not mapped.
pub const NEEDS: &str = "needs";
/// In a permission: the action.
pub const ACTION: &str = "action";
/// In a permission: the ARNs of the resources, in which unknown parts are `${name}`.
pub const RESOURCES: &str = "resources";
/// In a permission: whether the call needs it for sure.
pub const CERTAIN: &str = "certain";
/// In a permission: what the policy says, one of [`ALLOWED`], [`DENIED`] and [`UNDECIDED`]; absent without a policy.
pub const DECISION: &str = "decision";
/// The policy allows it, whatever is not known.
pub const ALLOWED: &str = "allowed";
/// The policy does not allow it, whatever is not known.
pub const DENIED: &str = "denied";
/// That depends on what is not known.
pub const UNDECIDED: &str = "undecided";
