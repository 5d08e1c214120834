//! Deterministic identifiers.

use iam_policy_account::{Entity, EntityKind};
use iam_policy_core::UniqueId;

/// The number of characters after the prefix of a unique identifier.
const LENGTH: usize = 17;

/// The unique identifier of a user, a group or a role. If the file has none, it is derived from the ARN.
///
/// Source: IAM User Guide, "IAM identifiers", "Understanding unique ID prefixes".
pub(crate) fn id(entity: &Entity) -> String {
    if let Some(id) = &entity.id {
        return id.clone();
    }
    let kind = match entity.kind {
        EntityKind::User => UniqueId::User,
        EntityKind::Group => UniqueId::Group,
        EntityKind::Role => UniqueId::Role,
    };
    let prefix = kind.prefix();
    let digest = format!("{:0LENGTH$X}", hash(entity.arn.bytes()));
    format!("{prefix}{digest}")
}

/// FNV-1a.
pub(crate) fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
