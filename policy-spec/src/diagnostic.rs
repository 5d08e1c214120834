use std::ops::Range;

/// A mistake in a spec: what is wrong, where, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// What is wrong: lower case, no full stop, the spec's own text in backticks.
    pub message: String,
    /// The offending bytes of the spec.
    pub span: Range<usize>,
    /// Further facts.
    pub notes: Vec<String>,
    /// How to mend it.
    pub help: Vec<String>,
    /// Whether the text is no TOML there.
    pub is_syntax: bool,
    /// Whether it is about something that is not there. It may only seem so where a syntax error has torn the text.
    pub(crate) is_absence: bool,
}

impl Diagnostic {
    /// A mistake without notes and help yet.
    ///
    /// - `span`: the offending bytes of the spec
    /// - `message`: what is wrong
    #[must_use]
    pub fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            span,
            notes: Vec::new(),
            help: Vec::new(),
            is_syntax: false,
            is_absence: false,
        }
    }

    /// The same with a further fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// The same with a further way to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// The same, about something that is not there.
    pub(crate) fn absence(mut self) -> Self {
        self.is_absence = true;
        self
    }

    /// `help: did you mean …?`, where something is near enough.
    pub(crate) fn did_you_mean(self, suggestion: Option<&str>) -> Self {
        match suggestion {
            Some(name) => self.help(format!("did you mean `{name}`?")),
            None => self,
        }
    }
}

/// Names as they stand in a sentence: `` `a`, `b` and `c` ``.
///
/// # Examples
///
/// ```
/// assert_eq!(iam_policy_spec::wording::list(["aws", "aws-cn"]), "`aws` and `aws-cn`");
/// ```
#[must_use]
pub fn list<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> String {
    let mut quoted = Vec::new();
    for name in names {
        quoted.push(["`", name.as_ref(), "`"].concat());
    }
    sentence(&quoted)
}

/// Several as they stand in a sentence: `a, b and c`.
pub(crate) fn sentence(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
