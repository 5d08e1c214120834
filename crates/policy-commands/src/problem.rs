use std::fmt;

use iam_policy_core::suggest::nearest;
use iam_policy_document::Visible;
use iam_policy_spec::wording::list;

/// Why a command cannot be carried out: what is wrong, and how to mend it. [`Output::report`](crate::Output::report)
/// writes it.
///
/// # Examples
///
/// ```
/// use iam_policy_commands::Problem;
///
/// let problem = Problem::new("there is no file `user.jsno`").help("did you mean `user.json`?");
/// assert_eq!(problem.to_string(), "error: there is no file `user.jsno`\n  help: did you mean `user.json`?\n");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    message: String,
    help: Vec<String>,
}

impl Problem {
    /// Something that is wrong: lower case, no full stop, the user's text in backticks.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: Vec::new(),
        }
    }

    /// How to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// What `word` was probably meant to be, and all that it can be.
    ///
    /// - `kind`: what the candidates are, in the plural
    pub(crate) fn choose<'a>(
        mut self,
        word: &str,
        kind: &str,
        candidates: impl Iterator<Item = &'a str> + Clone,
    ) -> Self {
        if candidates.clone().next().is_none() {
            return self.help(format!("there are no {kind}"));
        }
        if let Some(meant) = nearest(word, candidates.clone()) {
            self = self.help(format!("did you mean `{meant}`?"));
        }
        self.help(format!("the {kind} are {}", list(candidates)))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Much of it is from a file, or from whoever was asked.
        writeln!(f, "error: {}", Visible(&self.message))?;
        let mut help = self.help.iter();
        help.try_for_each(|help| writeln!(f, "  help: {}", Visible(help)))
    }
}
