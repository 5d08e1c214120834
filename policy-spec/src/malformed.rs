//! The syntax of actions and ARNs, and the finding that a waiver on the element itself accepts in place of a mistake: AWS
//! stores some policies whose actions or ARNs are malformed, and a spec can contain what AWS stores.

use iam_policy_check::Code;
use iam_policy_core::{Arn, ArnError, text, wildcard};

use crate::model::Waiver;

/// The finding about a malformed action that AWS may store; `None` if it is well-formed, or if AWS rejects it.
pub(crate) fn of_action(action: &str) -> Option<Code> {
    let service = action.split(':').next().unwrap_or(action);
    (!text::is_action(action) && !wildcard::is_pattern(service)).then_some(Code::InvalidAction)
}

/// The finding about a malformed ARN that AWS may store; `None` if it is well-formed, or if AWS rejects it.
pub(crate) fn of_arn(arn: &str) -> Option<Code> {
    match Arn::parse(arn).err().filter(|_| arn != "*")? {
        ArnError::Prefix => Some(Code::InvalidArnPrefix),
        ArnError::Segments { .. } | ArnError::Empty(_) => Some(Code::MissingArnField),
        _ => None,
    }
}

/// Whether one of an element's own waivers accepts this finding.
pub(crate) fn is_accepted(code: Option<Code>, waivers: &[Waiver]) -> bool {
    code.is_some_and(|code| waivers.iter().any(|waiver| waiver.check.value == code.name()))
}
