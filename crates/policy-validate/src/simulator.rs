use crate::{Answer, Failure, Question, Subject};

/// Whoever can answer questions about a principal.
pub trait Simulator {
    /// Finds out whom the questions are about.
    ///
    /// # Errors
    ///
    /// Why that cannot be known, or why AWS cannot be asked about such a principal.
    fn identify(&self) -> Result<Subject, Failure>;

    /// Asks all `questions` about `subject`.
    ///
    /// - `answered`: called once for each question, in any order, as soon as its answer is known
    ///
    /// # Errors
    ///
    /// Why not all could be asked. What was answered before has been handed on.
    fn simulate(
        &self,
        subject: &Subject,
        questions: &[Question],
        answered: &mut dyn FnMut(Answer),
    ) -> Result<(), Failure>;
}
