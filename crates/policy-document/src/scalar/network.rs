use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A range of IP addresses, which can be a single address. Host bits are ignored.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators", "IP address condition operators".
///
/// # Examples
///
/// ```
/// use iam_policy_document::scalar::Network;
///
/// let network = Network::read("203.0.113.77/24").unwrap();
/// assert!(network.contains(Network::address("203.0.113.1").unwrap()));
/// assert!(!network.contains(Network::address("2001:db8::1").unwrap()));
/// assert_eq!(network.to_string(), "203.0.113.0/24");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    six: bool,
    /// The bits of an IPv4 address are the most significant ones.
    bits: u128,
    length: u8,
}

impl Network {
    /// All IPv4 addresses, and all IPv6 addresses.
    pub const ALL: [Self; 2] = [Self::all(false), Self::all(true)];

    const fn all(six: bool) -> Self {
        Self {
            six,
            bits: 0,
            length: 0,
        }
    }

    /// Parses a range in CIDR notation or a single address. Returns `None` if `text` is neither.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let Some((address, length)) = text.split_once('/') else {
            return Self::address(text);
        };
        let address = Self::address(address)?;
        if length.is_empty() || !length.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let length = length.parse().ok().filter(|length| *length <= address.length)?;
        Some(Self {
            bits: address.bits & mask(length),
            length,
            ..address
        })
    }

    /// Parses a single address. Returns `None` if `text` is not one.
    #[must_use]
    pub fn address(text: &str) -> Option<Self> {
        let (six, bits, length) = match text.parse().ok()? {
            IpAddr::V4(address) => (false, u128::from(u32::from(address)) << 96, 32),
            IpAddr::V6(address) => (true, u128::from(address), 128),
        };
        Some(Self { six, bits, length })
    }

    /// The first address of the range, which has no host bits.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_document::scalar::Network;
    ///
    /// let network = Network::read("203.0.113.77/24").unwrap();
    /// assert_eq!(Some(network.first()), Network::address("203.0.113.0"));
    /// ```
    #[must_use]
    pub const fn first(self) -> Self {
        Self {
            length: self.longest(),
            ..self
        }
    }

    /// Whether this range includes all addresses of another one.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.six == other.six && self.length <= other.length && other.bits & mask(self.length) == self.bits
    }

    /// An address in this range that is not in any of the others. Ranges that contain all of this one are ignored.
    /// Returns `None` if there is no such address.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_document::scalar::Network;
    ///
    /// let network = |text| Network::read(text).unwrap();
    /// let outside = network("10.0.0.0/8").outside(&[network("10.0.0.0/9")]).unwrap();
    /// assert_eq!(outside.to_string(), "10.128.0.1");
    /// ```
    #[must_use]
    pub fn outside(self, others: &[Self]) -> Option<Self> {
        let inner: Vec<Self> = others
            .iter()
            .copied()
            .filter(|other| self.contains(*other) && *other != self)
            .collect();
        let most = self.longest();
        if inner.is_empty() {
            // Prefer the second address of a range, since the first usually denotes the network.
            let second = if self.length < most {
                1u128 << (128 - u32::from(most))
            } else {
                0
            };
            return Some(Self {
                bits: self.bits | second,
                length: most,
                ..self
            });
        }
        if self.length >= most {
            return None;
        }
        let lower = Self {
            length: self.length + 1,
            ..self
        };
        let upper = Self {
            bits: self.bits | 1u128 << (127 - u32::from(self.length)),
            ..lower
        };
        [lower, upper]
            .into_iter()
            .filter(|half| !inner.contains(half))
            .find_map(|half| half.outside(&inner))
    }

    /// The number of bits in an address.
    const fn longest(self) -> u8 {
        if self.six { 128 } else { 32 }
    }
}

fn mask(length: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0)
}

/// Writes CIDR notation, or just the address if the range has only one.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.six {
            Ipv6Addr::from(self.bits).fmt(f)?;
        } else {
            Ipv4Addr::from(u32::try_from(self.bits >> 96).unwrap_or(0)).fmt(f)?;
        }
        if self.length < self.longest() {
            write!(f, "/{}", self.length)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        Network::read(text).unwrap()
    }

    #[test]
    fn parses_and_contains() {
        let contains = |own: &str, address: &str| network(own).contains(Network::address(address).unwrap());
        assert!(contains("203.0.113.0/24", "203.0.113.255"));
        assert!(contains("203.0.113.77/24", "203.0.113.1"));
        assert!(!contains("203.0.113.0/24", "203.0.114.0"));
        assert!(contains("203.0.113.7", "203.0.113.7"));
        assert!(!contains("203.0.113.7", "203.0.113.8"));
        assert!(contains("0.0.0.0/0", "255.255.255.255"));
        assert!(!contains("0.0.0.0/0", "::1"));
        assert!(contains("2001:db8::/32", "2001:DB8:1::"));
        assert!(contains("::/0", "ff::"));
        assert!(!contains("2001:db8::1", "2001:db8::2"));
        for text in [
            "",
            "1.2.3",
            "1.2.3.4/33",
            "1.2.3.4/",
            "1.2.3.4/+8",
            "::/129",
            "1.2.3.4/24/8",
            "203.0.113.*",
        ] {
            assert_eq!(Network::read(text), None, "{text}");
        }
        assert_eq!(Network::address("1.2.3.4/32"), None);
    }

    #[test]
    fn finds_an_address_outside_other_ranges() {
        let outside = |own, others: &[&str]| {
            let others: Vec<Network> = others.iter().map(|text| network(text)).collect();
            network(own).outside(&others).map(|address| address.to_string())
        };
        assert_eq!(outside("10.0.0.0/8", &[]).as_deref(), Some("10.0.0.1"));
        assert_eq!(outside("10.0.0.0/8", &["10.0.0.0/9"]).as_deref(), Some("10.128.0.1"));
        assert_eq!(
            outside("10.0.0.0/8", &["10.0.0.0/9", "10.128.0.0/9", "0.0.0.0/0"]),
            None
        );
        assert_eq!(outside("::/0", &["::/1"]).as_deref(), Some("8000::1"));
        assert_eq!(outside("10.0.0.1/31", &["10.0.0.1"]).as_deref(), Some("10.0.0.0"));
    }
}
