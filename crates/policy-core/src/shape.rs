//! The syntax of values. One definition is both the check and the regular expression that other languages check with.

use core::fmt::{self, Display, Write};

use crate::Partition;

/// The syntax of a text.
pub(crate) enum Shape {
    /// This text.
    Text(&'static str),
    /// A character for which the function is true. None above U+00FF may be one.
    One(fn(char) -> bool),
    /// The name of a partition.
    Partition,
    /// One after the other.
    Sequence(&'static [Self]),
    /// As often as the first number says at least, and as the second one says at most.
    Repeated(&'static Self, usize, Option<usize>),
}

impl Shape {
    /// Whether all of a text has this syntax.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.begins(text, &mut str::is_empty)
    }

    /// Whether `text` begins with this syntax in a way that `next` is true of what follows.
    fn begins(&self, text: &str, next: &mut dyn FnMut(&str) -> bool) -> bool {
        match self {
            Self::Text(start) => text.strip_prefix(start).is_some_and(next),
            Self::One(accepts) => text.strip_prefix(accepts).is_some_and(next),
            Self::Partition => Partition::ALL
                .iter()
                .filter_map(|partition| text.strip_prefix(partition.name()))
                .any(next),
            Self::Sequence([]) => next(text),
            Self::Sequence([first, rest @ ..]) => first.begins(text, &mut |text| sequence(rest, text, next)),
            Self::Repeated(Self::One(accepts), least, most) => {
                let (mut end, mut count) = (0, 0);
                for one in text
                    .chars()
                    .take(most.unwrap_or(usize::MAX))
                    .take_while(|one| accepts(*one))
                {
                    end += one.len_utf8();
                    count += 1;
                }
                // The longest first.
                while count >= *least {
                    let (run, after) = text.split_at_checked(end).unwrap_or_default();
                    if next(after) {
                        return true;
                    }
                    let Some(removed) = run.chars().next_back() else { break };
                    end -= removed.len_utf8();
                    count -= 1;
                }
                false
            }
            Self::Repeated(shape, least, most) => repeated(shape, *least, *most, text, next),
        }
    }
}

fn sequence(shapes: &[Shape], text: &str, next: &mut dyn FnMut(&str) -> bool) -> bool {
    match shapes {
        [] => next(text),
        [first, rest @ ..] => first.begins(text, &mut |text| sequence(rest, text, next)),
    }
}

fn repeated(shape: &Shape, least: usize, most: Option<usize>, text: &str, next: &mut dyn FnMut(&str) -> bool) -> bool {
    let again = |rest: &str, next: &mut dyn FnMut(&str) -> bool| {
        let most = most.map(|most| most.saturating_sub(1));
        rest.len() < text.len() && repeated(shape, least.saturating_sub(1), most, rest, next)
    };
    (most != Some(0) && shape.begins(text, &mut |rest| again(rest, next))) || (least == 0 && next(text))
}

/// The regular expression. Its syntax means the same in JavaScript, Python, RE2 and Java; the anchors are left to its user.
impl Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::One(accepts) => write_class(f, accepts),
            Self::Partition => {
                for (index, partition) in Partition::ALL.iter().enumerate() {
                    f.write_char(if index == 0 { '(' } else { '|' })?;
                    f.write_str(partition.name())?;
                }
                f.write_char(')')
            }
            Self::Sequence(shapes) => shapes.iter().try_for_each(|shape| write!(f, "{shape}")),
            Self::Repeated(shape, least, most) => {
                match shape {
                    Self::Sequence(_) => write!(f, "({shape})")?,
                    _ => write!(f, "{shape}")?,
                }
                match (least, most) {
                    (0, None) => f.write_char('*'),
                    (1, None) => f.write_char('+'),
                    (0, Some(1)) => f.write_char('?'),
                    (least, Some(most)) if least == most => write!(f, "{{{least}}}"),
                    (least, Some(most)) => write!(f, "{{{least},{most}}}"),
                    (least, None) => write!(f, "{{{least},}}"),
                }
            }
        }
    }
}

/// Writes the characters up to U+00FF for which `accepts` is true as a class.
pub(crate) fn write_class(f: &mut fmt::Formatter<'_>, accepts: impl Fn(char) -> bool) -> fmt::Result {
    f.write_char('[')?;
    let mut characters = ('\0'..='\u{FF}').peekable();
    while let Some(first) = characters.next() {
        if !accepts(first) {
            continue;
        }
        let mut last = first;
        while let Some(next) = characters.next_if(|&next| accepts(next)) {
            last = next;
        }
        write_character(f, first)?;
        if last != first {
            f.write_char('-')?;
            write_character(f, last)?;
        }
    }
    f.write_char(']')
}

fn write_character(f: &mut fmt::Formatter<'_>, character: char) -> fmt::Result {
    match character {
        '\\' | ']' | '[' | '^' | '-' | '&' => write!(f, "\\{character}"),
        ' '..='~' => f.write_char(character),
        _ => write!(f, "\\x{:02x}", u32::from(character)),
    }
}
