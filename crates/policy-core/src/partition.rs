use core::fmt;
use core::str::FromStr;

use crate::UnknownName;
use crate::text::same;

/// A group of AWS Regions with its own accounts and its own ARNs.
///
/// Source: AWS General Reference, "Amazon Resource Names", and the partition data that the AWS SDKs ship.
///
/// # Examples
///
/// ```
/// use iam_policy_core::Partition;
///
/// const CHINA: Option<Partition> = Partition::from_name("aws-cn");
/// assert_eq!(CHINA, Some(Partition::China));
/// assert_eq!(Partition::from_name("aws-moon"), None);
/// assert_eq!(Partition::China.name(), "aws-cn");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Partition {
    /// `aws`: the standard Regions.
    #[default]
    Standard,
    /// `aws-cn`: China.
    China,
    /// `aws-us-gov`: AWS GovCloud (US).
    GovCloud,
    /// `aws-iso`: AWS Top Secret.
    Iso,
    /// `aws-iso-b`: AWS Secret.
    IsoB,
    /// `aws-iso-e`: AWS ISOE (Europe).
    IsoE,
    /// `aws-iso-f`: AWS ISOF.
    IsoF,
    /// `aws-eusc`: AWS European Sovereign Cloud.
    EuropeanSovereign,
}

impl Partition {
    /// Every partition, the standard one first.
    pub const ALL: &'static [Self] = &[
        Self::Standard,
        Self::China,
        Self::GovCloud,
        Self::Iso,
        Self::IsoB,
        Self::IsoE,
        Self::IsoF,
        Self::EuropeanSovereign,
    ];

    /// The name, which is the second segment of an ARN.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "aws",
            Self::China => "aws-cn",
            Self::GovCloud => "aws-us-gov",
            Self::Iso => "aws-iso",
            Self::IsoB => "aws-iso-b",
            Self::IsoE => "aws-iso-e",
            Self::IsoF => "aws-iso-f",
            Self::EuropeanSovereign => "aws-eusc",
        }
    }

    /// The partition with this `name`, which is case-sensitive; `None` if AWS has no such partition.
    #[must_use]
    pub const fn from_name(name: &str) -> Option<Self> {
        let mut rest = Self::ALL;
        while let [partition, tail @ ..] = rest {
            if same(partition.name(), name) {
                return Some(*partition);
            }
            rest = tail;
        }
        None
    }
}

impl Partition {
    /// The partition of a Region, by the start of its name.
    ///
    /// - `region`: such as `eu-west-1`; every other name counts as one of the standard partition
    ///
    /// Source: the patterns of Regions in the partition data that the AWS SDKs ship.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::Partition;
    ///
    /// assert_eq!(Partition::of_region("eu-west-1"), Partition::Standard);
    /// assert_eq!(Partition::of_region("us-gov-west-1"), Partition::GovCloud);
    /// ```
    #[must_use]
    pub fn of_region(region: &str) -> Self {
        const PREFIXES: [(&str, Partition); 7] = [
            ("cn-", Partition::China),
            ("us-gov-", Partition::GovCloud),
            ("us-iso-", Partition::Iso),
            ("us-isob-", Partition::IsoB),
            ("eu-isoe-", Partition::IsoE),
            ("us-isof-", Partition::IsoF),
            ("eusc-", Partition::EuropeanSovereign),
        ];
        let found = PREFIXES.iter().find(|(prefix, _)| region.starts_with(prefix));
        found.map_or(Self::Standard, |(_, partition)| *partition)
    }
}

impl FromStr for Partition {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Self::from_name(name).ok_or(UnknownName::new("partition"))
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn partitions_have_names() {
        for partition in Partition::ALL {
            assert_eq!(partition.name().parse(), Ok(*partition));
        }
        assert_eq!("AWS".parse::<Partition>().unwrap_err().to_string(), "unknown partition");
    }
}
