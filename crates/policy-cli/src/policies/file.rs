//! A policy in a file that a command is given.

use policy_diff::Side;

use crate::input::Input;

/// Reads a policy that AWS would take.
///
/// # Errors
///
/// The first messages about why it is none.
pub(super) fn policy(input: Input) -> Result<Side, String> {
    let document = input.document()?;
    let side = Side::new(input.name, String::from_utf8_lossy(&input.bytes), document);
    let Some(mistake) = side.mistake() else { return Ok(side) };
    // What AWS's own program prints has the policy inside.
    let inside = ["PolicyDocument", "PolicyVersion"];
    let is_inside = inside.iter().any(|key| side.document.root().get(key).is_some());
    Err(if is_inside {
        mistake
            + "  help: give the policy alone: `aws iam get-user-policy` prints it with `--query PolicyDocument`, `aws iam get-policy-version` with `--query PolicyVersion.Document`\n"
    } else {
        mistake
    })
}
