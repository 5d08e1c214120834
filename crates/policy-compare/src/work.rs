//! Bounds the work, so that no input makes the procedure hang.

use std::cell::Cell;

/// What is left of the budget, in steps of some tens of nanoseconds.
///
/// Everything that a comparison does spends from one budget, in proportion to the time that it takes. Once the budget is
/// spent, functions return early, with answers that may be wrong. So whoever asks a question checks afterwards whether the
/// budget is spent, and if it is, does not know the answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Work {
    left: Cell<u64>,
}

impl Work {
    pub(crate) fn new(steps: u64) -> Self {
        Self { left: Cell::new(steps) }
    }

    /// Consumes some steps; `false` if not enough are left.
    pub(crate) fn spend(&self, steps: usize) -> bool {
        let (left, steps) = (self.left.get(), steps as u64);
        self.left.set(left.saturating_sub(steps));
        left >= steps
    }

    /// The steps that are left.
    pub(crate) fn left(&self) -> u64 {
        self.left.get()
    }

    pub(crate) fn is_spent(&self) -> bool {
        self.left.get() == 0
    }

    /// Does something with at most so many of the steps, so that a single hard question leaves something for the others.
    /// Returns the result, and whether these steps are spent.
    pub(crate) fn within<T>(&self, most: u64, something: impl FnOnce() -> T) -> (T, bool) {
        let rest = self.left.get().saturating_sub(most);
        self.left.set(self.left.get() - rest);
        let result = something();
        let is_spent = self.is_spent();
        self.left.set(self.left.get() + rest);
        (result, is_spent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_budget_leaves_the_rest() {
        let work = Work::new(10);
        let (spent, is_spent) = work.within(4, || (work.spend(3), work.spend(3), work.is_spent()));
        assert_eq!((spent, is_spent), ((true, false, true), true));
        assert_eq!(work.left(), 6);
        let ((), is_spent) = work.within(100, || assert!(work.spend(5)));
        assert!(!is_spent && !work.is_spent());
        assert!(!work.spend(2) && work.is_spent());
    }
}
