//! The names of Regions.

use iam_policy_core::suggest::nearest;

/// The directions in names of Regions.
const DIRECTIONS: &[&str] = &[
    "central",
    "east",
    "north",
    "northeast",
    "northwest",
    "south",
    "southeast",
    "southwest",
    "west",
];

/// Whether `name` has the form of a Region's name, such as `us-gov-west-1`: an area, a direction and a digit.
///
/// There is no list of Regions, because it would not contain new ones.
pub(crate) fn is_region(name: &str) -> bool {
    let Some((rest, number)) = name.rsplit_once('-') else {
        return false;
    };
    let Some((area, direction)) = rest.rsplit_once('-') else {
        return false;
    };
    let is_word = |part: &str| part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_lowercase());
    matches!(number.as_bytes(), [b'1'..=b'9']) && DIRECTIONS.contains(&direction) && area.split('-').all(is_word)
}

/// The Region that was probably meant by an invalid name: one in capitals, an availability zone, or one with a
/// misspelled direction.
pub(crate) fn meant_region(name: &str) -> Option<String> {
    let name = name.to_ascii_lowercase();
    let zone = name.trim_end_matches(|last: char| last.is_ascii_lowercase());
    let corrected = || {
        let (rest, number) = name.rsplit_once('-')?;
        let (area, direction) = rest.rsplit_once('-')?;
        Some([area, "-", nearest(direction, DIRECTIONS.iter().copied())?, "-", number].concat())
    };
    let meant = if is_region(zone) {
        Some(zone.to_owned())
    } else {
        corrected()
    };
    meant.filter(|meant| is_region(meant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn region_names() {
        for good in ["eu-west-1", "us-gov-west-1", "ap-southeast-7", "eusc-de-east-1"] {
            assert!(is_region(good), "{good}");
        }
        for bad in [
            "",
            "eu",
            "eu-west",
            "euwest1",
            "EU-west-1",
            "eu-west-1a",
            "eu--1",
            "eu-wst-1",
            "us-east-11",
            "us-east-0",
            "west-1",
        ] {
            assert!(!is_region(bad), "{bad}");
        }
        for (wrong, meant) in [
            ("EU-West-1", Some("eu-west-1")),
            ("us-east-1a", Some("us-east-1")),
            ("us-gov-wst-1", Some("us-gov-west-1")),
            ("us-east-11", None),
            ("mars", None),
            ("", None),
        ] {
            assert_eq!(meant_region(wrong).as_deref(), meant, "{wrong}");
        }
    }
}
