//! The nearest name to one that does not exist.

use crate::catalog::{Catalog, split_colon};
use crate::model::{Action, ConditionKey, Service};

/// Names are shorter than this; a longer text is no misspelt name.
const LONGEST: usize = 128;

impl Catalog {
    /// The action that was probably meant by a name that does not exist.
    ///
    /// It is, of these, the first that there is: the nearest name in the same service; the same name in a service with a similar prefix; the nearest
    /// name in the service with the most similar prefix, if the prefix is unknown; a name of three words or more that exactly one other service has, if the
    /// prefix is known. "Near" counts inserted, removed, replaced and swapped characters: one, or one in four of the name's, and at most three.
    ///
    /// ```
    /// let catalog = policy_catalog::Catalog::get();
    /// let meant = |name| catalog.suggest_action(name).map(|action| action.to_string());
    /// assert_eq!(meant("s3:PutBuketPolicy").as_deref(), Some("s3:PutBucketPolicy"));
    /// assert_eq!(meant("lamda:InvokeFunction").as_deref(), Some("lambda:InvokeFunction"));
    /// assert_eq!(meant("cloudwatch:PutLogEvents").as_deref(), Some("logs:PutLogEvents"));
    /// assert_eq!(meant("s3:Nonsense"), None);
    /// ```
    #[must_use]
    pub fn suggest_action(self, name: &str) -> Option<Action> {
        let (prefix, name) = split_colon(name)?;
        let known = self.service(prefix);
        if let Some(service) = known
            && let Some(action) = nearest_action(service, name)
        {
            return Some(action);
        }
        let mut nearest = Nearest::new(prefix);
        for service in self.services() {
            if Some(service) != known && service.action(name).is_some() {
                nearest.consider(service, service.prefix().as_bytes());
            }
        }
        if let Some(service) = nearest.found() {
            return service.action(name);
        }
        if known.is_none() {
            return nearest_action(self.suggest_service(prefix)?, name);
        }
        let mut same = self.services().filter_map(|service| service.action(name));
        match (same.next(), same.next()) {
            (Some(action), None) if words(action.name()) >= 3 => Some(action),
            _ => None,
        }
    }

    /// The service that was probably meant by a prefix that does not exist.
    ///
    /// ```
    /// let catalog = policy_catalog::Catalog::get();
    /// assert_eq!(catalog.suggest_service("dynamdb").unwrap().prefix(), "dynamodb");
    /// assert_eq!(catalog.suggest_service("zzzzzz"), None);
    /// ```
    #[must_use]
    pub fn suggest_service(self, prefix: &str) -> Option<Service> {
        let mut nearest = Nearest::new(prefix);
        for service in self.services() {
            nearest.consider(service, service.prefix().as_bytes());
        }
        nearest.found()
    }

    /// The condition key that was probably meant by a name that does not exist: the nearest, or the global key of the same name if the prefix is
    /// wrong. What stands for a placeholder counts for nothing.
    ///
    /// ```
    /// let catalog = policy_catalog::Catalog::get();
    /// let meant = |name| catalog.suggest_condition_key(name).map(|key| key.name());
    /// assert_eq!(meant("aws:SourceIP4"), Some("aws:SourceIp"));
    /// assert_eq!(meant("aws:RequstTag/team"), Some("aws:RequestTag/${TagKey}"));
    /// assert_eq!(meant("s3:SecureTransport"), Some("aws:SecureTransport"));
    /// assert_eq!(meant("aws:Nonsense"), None);
    /// ```
    #[must_use]
    pub fn suggest_condition_key(self, name: &str) -> Option<ConditionKey> {
        let (_, own) = split_colon(name)?;
        let mut nearest = Nearest::within(name, allowance(own.len()));
        for key in self.condition_keys().filter(|key| !key.is_template()) {
            nearest.consider(key, key.name().as_bytes());
        }
        // A key with a placeholder is compared up to it, with the name up to the same character.
        for row in 0..self.0.templates.len() {
            let literal = self.literal(row);
            let Some(last) = literal.last().filter(|last| b"/:".contains(last)) else {
                continue;
            };
            // How many of them come before that one: the pieces between them, without the first and the empty last.
            let before = literal.split(|byte| byte == last).skip(2).count();
            let end = name
                .bytes()
                .enumerate()
                .filter(|(_, byte)| byte == last)
                .nth(before)
                .map_or(name.len(), |(at, _)| at + 1);
            nearest.consider_part(self.template(row), name.as_bytes().get(..end), literal);
        }
        nearest.found().or_else(|| {
            self.global_condition_keys().find(|key| {
                split_colon(key.name())
                    .is_some_and(|(prefix, other)| prefix == "aws" && other.eq_ignore_ascii_case(own))
            })
        })
    }
}

fn nearest_action(service: Service, name: &str) -> Option<Action> {
    let mut nearest = Nearest::new(name);
    for action in service.actions() {
        nearest.consider(action, action.name().as_bytes());
    }
    nearest.found()
}

/// How many words a name is made of. Names of two, such as `ListObjects`, are no evidence of what was meant.
fn words(name: &str) -> usize {
    name.bytes().filter(u8::is_ascii_uppercase).count()
}

/// How many mistakes a name of that length may have.
fn allowance(len: usize) -> usize {
    (len / 4).clamp(1, 3)
}

/// Keeps the nearest of what it is shown; of several, the one that agrees longest from the start, and of these the first.
struct Nearest<'n, T> {
    name: &'n [u8],
    allowance: usize,
    best: Option<(T, usize, usize)>,
}

impl<'n, T> Nearest<'n, T> {
    fn new(name: &'n str) -> Self {
        Self::within(name, allowance(name.len()))
    }

    fn within(name: &'n str, allowance: usize) -> Self {
        Self {
            name: name.as_bytes(),
            allowance,
            best: None,
        }
    }

    fn consider(&mut self, candidate: T, text: &[u8]) {
        self.consider_part(candidate, Some(self.name), text);
    }

    fn consider_part(&mut self, candidate: T, part: Option<&[u8]>, text: &[u8]) {
        let Some(part) = part else { return };
        let Some(distance) = distance(part, text, self.allowance) else {
            return;
        };
        let agreed = part
            .iter()
            .zip(text)
            .take_while(|(a, b)| a.eq_ignore_ascii_case(b))
            .count();
        let better = match self.best {
            Some((_, least, longest)) => distance < least || (distance == least && agreed > longest),
            None => true,
        };
        if better {
            self.allowance = distance;
            self.best = Some((candidate, distance, agreed));
        }
    }

    fn found(self) -> Option<T> {
        self.best.map(|(found, ..)| found)
    }
}

/// How many characters must be inserted, removed, replaced or swapped with a neighbour to turn one text into the other, in any case; `None` if
/// more than `limit`. Looks only at the cells near the diagonal, since the others exceed the limit.
#[expect(
    clippy::indexing_slicing,
    reason = "rows have `LONGEST + 1` cells and both texts were found to be shorter than `LONGEST`"
)]
pub(crate) fn distance(a: &[u8], b: &[u8], limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit || a.len() >= LONGEST || b.len() >= LONGEST {
        return None;
    }
    let over = limit + 1;
    let mut two_before = [over; LONGEST + 1];
    let mut before = [over; LONGEST + 1];
    for (number, cell) in before.iter_mut().enumerate().take(limit.min(b.len()) + 1) {
        *cell = number;
    }
    for i in 1..=a.len() {
        let mut row = [over; LONGEST + 1];
        if i <= limit {
            row[0] = i;
        }
        let mut least = row[0];
        for j in i.saturating_sub(limit).max(1)..=(i + limit).min(b.len()) {
            let same = a[i - 1].eq_ignore_ascii_case(&b[j - 1]);
            let mut cell = before[j - 1] + usize::from(!same);
            cell = cell.min(before[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1].eq_ignore_ascii_case(&b[j - 2]) && a[i - 2].eq_ignore_ascii_case(&b[j - 1]) {
                cell = cell.min(two_before[j - 2] + 1);
            }
            row[j] = cell.min(over);
            least = least.min(row[j]);
        }
        if least > limit {
            return None;
        }
        two_before = before;
        before = row;
    }
    Some(before[b.len()]).filter(|distance| *distance <= limit)
}
