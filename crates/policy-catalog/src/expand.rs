//! Actions that match a pattern.

use core::fmt;
use core::iter::FusedIterator;
use core::slice;

use crate::catalog::{Catalog, lower_bound, split_colon};
use crate::format::{self, row, two};
use crate::model::{Action, Service};

/// The actions that a pattern stands for: what [`Catalog::expand`] gives.
///
/// ```
/// let mut expanded = iam_policy_catalog::Catalog::get().expand("sts:AssumeRole*");
/// assert!(expanded.any(|action| action.name() == "AssumeRoleWithSAML"));
/// ```
#[derive(Clone)]
pub struct Expand<'p> {
    catalog: Catalog,
    /// What is left to look through of the service at hand.
    order: slice::Iter<'static, [u8; row::order::WIDTH]>,
    service: usize,
    /// The number of the service's first action.
    first: usize,
    /// The actions whose names begin as the pattern does, of which there is a run, since actions are sorted.
    from: usize,
    to: usize,
    /// What names must match after the first `skip` characters.
    pattern: &'p [u8],
    skip: usize,
    /// Whether to go on with the next service.
    every_service: bool,
}

impl<'p> Expand<'p> {
    pub(crate) fn new(catalog: Catalog, pattern: &'p str) -> Self {
        let mut this = Self {
            catalog,
            order: [].iter(),
            service: 0,
            first: 0,
            from: 0,
            to: 0,
            pattern: &[],
            skip: 0,
            every_service: false,
        };
        if !pattern.is_empty() && pattern.bytes().all(|byte| byte == b'*') {
            this.every_service = true;
            this.pattern = b"*";
            this.enter(0);
        } else if let Some((prefix, name)) = split_colon(pattern)
            && let Some(service) = catalog.service(prefix)
        {
            this.limit_to(service, name.as_bytes());
        }
        this
    }

    /// Looks through all actions of a service.
    fn enter(&mut self, service: usize) {
        let (first, len) = self.catalog.0.service_actions(service);
        self.service = service;
        self.first = first;
        self.from = first;
        self.to = first + len;
        self.order = self.catalog.0.order.rows(first, len).iter();
    }

    fn limit_to(&mut self, service: Service, pattern: &'p [u8]) {
        self.enter(service.number());
        let data = self.catalog.0;
        let (start, rest) = split_literal(pattern);
        let literal = start.len();
        let cut = |index| {
            let name = data.action_name(index);
            name.get(..literal).unwrap_or(name)
        };
        let from = lower_bound(self.from, self.to, start, cut);
        let mut to = from;
        // The end of the run, in steps that double and then halve: runs are short.
        let mut step = 1;
        while to + step <= self.to && format::fold_cmp(cut(to + step - 1), start).is_eq() {
            to += step;
            step *= 2;
        }
        while step > 0 {
            if to + step <= self.to && format::fold_cmp(cut(to + step - 1), start).is_eq() {
                to += step;
            }
            step /= 2;
        }
        (self.from, self.to) = (from, to);
        // Names that sort alike are alike but for case, unless the pattern has characters that no name has.
        if from == to || !cut(from).eq_ignore_ascii_case(start) {
            self.order = [].iter();
        }
        self.pattern = rest;
        self.skip = literal;
    }
}

impl Iterator for Expand<'_> {
    type Item = Action;

    fn next(&mut self) -> Option<Action> {
        loop {
            for row in self.order.by_ref() {
                let index = self.first + two::<{ row::order::ACTION }, _>(row);
                if index < self.from || index >= self.to {
                    continue;
                }
                let matches = self.pattern == b"*" || {
                    let name = self.catalog.0.action_name(index);
                    glob(self.pattern, name.get(self.skip..).unwrap_or_default())
                };
                if matches {
                    return Some(Action::new(self.catalog, self.service, index));
                }
            }
            if !self.every_service || self.service + 1 >= self.catalog.0.services.len() {
                return None;
            }
            self.enter(self.service + 1);
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.every_service {
            let after = self.catalog.0.actions.len().saturating_sub(self.to);
            let exact = self.order.len() + after;
            (exact, Some(exact))
        } else {
            (0, Some(self.order.len().min(self.to - self.from)))
        }
    }
}

impl FusedIterator for Expand<'_> {}

impl fmt::Debug for Expand<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// What stands before the first wildcard of a pattern, and all that follows.
pub(crate) fn split_literal(pattern: &[u8]) -> (&[u8], &[u8]) {
    let wildcard = pattern.iter().position(|byte| matches!(byte, b'*' | b'?'));
    pattern
        .split_at_checked(wildcard.unwrap_or(pattern.len()))
        .unwrap_or_default()
}

/// What follows in a name after its beginning, if it has this one, in any case.
pub(crate) fn strip_start<'n>(name: &'n [u8], start: &[u8]) -> Option<&'n [u8]> {
    let (own, tail) = name.split_at_checked(start.len())?;
    own.eq_ignore_ascii_case(start).then_some(tail)
}

/// Whether a pattern covers a text, in any case. Where it fails it goes back to the last `*` only, so it takes at most
/// the product of the two lengths.
pub(crate) fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut rest, mut tail) = (pattern, text);
    // After the last `*`, and the text that was left when it last took one more character.
    let mut retry: Option<(&[u8], &[u8])> = None;
    loop {
        match (rest.split_first(), tail.split_first()) {
            (Some((b'*', after)), _) => {
                rest = after;
                retry = Some((after, tail));
                continue;
            }
            (Some((p, after)), Some((t, left))) if *p == b'?' || p.eq_ignore_ascii_case(t) => {
                (rest, tail) = (after, left);
                continue;
            }
            (None, None) => return true,
            _ => {}
        }
        let Some((after, left)) = retry else {
            return false;
        };
        let Some((_, left)) = left.split_first() else {
            return false;
        };
        (rest, tail) = (after, left);
        retry = Some((after, left));
    }
}
