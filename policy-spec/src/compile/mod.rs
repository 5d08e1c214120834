//! What everything that is made of a spec begins with: the spec is read, its policies are checked, and what AWS's catalogue knows
//! of their actions is added. The macro, an xtask and every program call [`compile`], so all of them say the same of a spec.
//!
//! ```rust
//! use iam_policy_spec::compile::compile;
//! use iam_policy_spec::Source;
//!
//! let source = Source::new("policies.toml", r#"
//! [policy.user]
//! [[policy.user.statement]]
//! id        = "list"
//! reason    = "Finds the bucket."
//! actions   = ["s3:ListAllMyBuckets", "s3:GetObjcet"]
//! resources = ["*"]
//! "#);
//! let compiled = compile(&source);
//! assert!(compiled.mistakes.is_empty());
//! assert!(compiled.findings[0].to_string().starts_with("error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist"));
//! ```
//!
//! - [`compile`] gives the spec, its mistakes and its findings.
//! - [`findings`] are what the checks say: each once, at its place in the TOML, unless a waiver accepts it. A waiver that accepts
//!   nothing is a finding itself.
//! - [`document`] is a policy as the document that AWS would get, in which every element knows where in the TOML it stands.
//! - [`constants`] is the spec as Rust code: a constant for each policy, with the table that explains it as its documentation. It is
//!   text, which the compiler turns into tokens, so that whoever uses the macro compiles no library for that.
//!
//! The crate is pure: it opens no file. What makes files of a spec is apart, because users of the macro do not compile it.

mod compiled;
mod constants;
mod document;
mod findings;

pub use compiled::{Compiled, compile};
pub use constants::constants;
pub use document::{document, trust_document};
pub use findings::findings;
