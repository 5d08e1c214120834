use std::fmt;

use policy_spec::wording::{list, nearest};

/// Why a command cannot be carried out: what is wrong, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    message: String,
    help: Vec<String>,
}

impl Problem {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: Vec::new(),
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
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
        if let Some(meant) = nearest(word, candidates.clone()) {
            self = self.help(format!("did you mean `{meant}`?"));
        }
        self.help(format!("the {kind} are {}", list(candidates)))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error: {}", self.message)?;
        self.help.iter().try_for_each(|help| writeln!(f, "  help: {help}"))
    }
}
