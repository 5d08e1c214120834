//! Bounds the work, so that no input makes the procedure hang.

/// The remaining budget, in steps of some tens of nanoseconds.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    left: u64,
}

impl Work {
    pub(crate) fn new(steps: u64) -> Self {
        Self { left: steps }
    }

    /// Consumes some steps; `false` if not enough are left.
    pub(crate) fn spend(&mut self, steps: usize) -> bool {
        let steps = steps as u64;
        let enough = self.left >= steps;
        self.left = self.left.saturating_sub(steps);
        enough
    }

    pub(crate) fn is_spent(&self) -> bool {
        self.left == 0
    }

    /// Sets part of the budget aside for one question, so that a single hard one leaves something for the others.
    /// [`Self::take_back`] returns it.
    pub(crate) fn set_aside(&mut self, most: u64) -> Self {
        let part = self.left.min(most);
        self.left -= part;
        Self { left: part }
    }

    pub(crate) fn take_back(&mut self, rest: Self) {
        self.left += rest.left;
    }
}
