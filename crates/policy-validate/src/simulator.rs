use crate::{Answer, Failure, Question, Subject};

/// Answers questions about a principal.
pub trait Simulator {
    /// Identifies the principal to ask about.
    ///
    /// # Errors
    ///
    /// If the principal cannot be determined, or AWS cannot be asked about it.
    fn identify(&self) -> Result<Subject, Failure>;

    /// Asks all `questions` about `subject`.
    ///
    /// - `answered`: called once per question, in any order, as soon as its answer is known
    ///
    /// # Errors
    ///
    /// If not all questions could be asked. Answers received before that have been passed on.
    fn simulate(
        &self,
        subject: &Subject,
        questions: &[Question],
        answered: &mut dyn FnMut(Answer),
    ) -> Result<(), Failure>;
}
