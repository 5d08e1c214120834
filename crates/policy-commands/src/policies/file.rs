//! A policy in a file named on the command line.

use iam_policy_compare::report::Side;
use iam_policy_document::StyledText;

use crate::input::Input;

/// Reads a policy that AWS would store.
///
/// # Errors
///
/// The first messages about why it is not one.
pub(super) fn policy(input: Input) -> Result<Side, StyledText> {
    let document = input.document()?;
    let side = Side::new(input.name, String::from_utf8_lossy(&input.bytes), document);
    match side.mistake() {
        None => Ok(side),
        Some(mistake) => Err(mistake),
    }
}
