//! Actions that match a pattern.

use core::fmt;
use core::iter::FusedIterator;
use core::slice;

use iam_policy_core::wildcard::is_everything;

use crate::action::Action;
use crate::data::{Data, lower_bound, split_colon};
use crate::format::{self, row, two};
use crate::pattern::{glob, split_literal};
use crate::service::Service;

/// The actions that match a pattern, returned by [`Catalog::expand`](crate::Catalog::expand).
///
/// ```
/// let mut expanded = iam_policy_catalog::Catalog::get().expand("sts:AssumeRole*");
/// assert!(expanded.any(|action| action.name() == "AssumeRoleWithSAML"));
/// ```
#[derive(Clone)]
pub struct Expand<'p> {
    data: Data,
    /// The rest of the current service's actions.
    order: slice::Iter<'static, [u8; row::order::WIDTH]>,
    service: usize,
    /// The number of the current service's first action.
    first: usize,
    /// The range of actions whose names begin with the pattern's literal start; actions are sorted by name.
    from: usize,
    to: usize,
    /// The rest of the pattern, matched against names after their first `skip` bytes.
    pattern: &'p [u8],
    skip: usize,
    /// Whether to continue with the next service.
    every_service: bool,
}

impl<'p> Expand<'p> {
    pub(crate) fn new(data: Data, pattern: &'p str) -> Self {
        let mut this = Self {
            data,
            order: [].iter(),
            service: 0,
            first: 0,
            from: 0,
            to: 0,
            pattern: &[],
            skip: 0,
            every_service: false,
        };
        if is_everything(pattern) {
            this.every_service = true;
            this.pattern = b"*";
            this.enter(0);
        } else if let Some((prefix, name)) = split_colon(pattern)
            && let Some(service) = Service::find(data, prefix)
        {
            this.limit_to(service, name.as_bytes());
        }
        this
    }

    /// Starts with the actions of a service.
    fn enter(&mut self, service: usize) {
        let (first, len) = self.data.0.service_actions(service);
        self.service = service;
        self.first = first;
        self.from = first;
        self.to = first + len;
        self.order = self.data.0.order.rows(first, len).iter();
    }

    fn limit_to(&mut self, service: Service, pattern: &'p [u8]) {
        self.enter(service.number());
        let data = self.data.0;
        let (start, rest) = split_literal(pattern);
        let literal = start.len();
        let cut = |index| {
            let name = data.action_name(index);
            name.get(..literal).unwrap_or(name)
        };
        let from = lower_bound(self.from, self.to, start, cut);
        let mut to = from;
        // Find the end of the range in steps that double and then halve, since ranges are short.
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
        // Names that sort as equal differ in case only, unless the pattern has characters that no name has.
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
                    let name = self.data.0.action_name(index);
                    glob(self.pattern, name.get(self.skip..).unwrap_or_default())
                };
                if matches {
                    return Some(Action::new(self.data, self.service, index));
                }
            }
            if !self.every_service || self.service + 1 >= self.data.0.services.len() {
                return None;
            }
            self.enter(self.service + 1);
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.every_service {
            let after = self.data.0.actions.len().saturating_sub(self.to);
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
