use crate::model::{Condition, Policy, Statement, Template};

/// The longest message. What does not fit is left out.
const CAPACITY: usize = 4096;

/// How many values of a list are shown.
const SHOWN: usize = 3;

/// A text that is put together in a constant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message {
    bytes: [u8; CAPACITY],
    length: usize,
}

impl Message {
    pub(super) const fn new() -> Self {
        Self {
            bytes: [0; CAPACITY],
            length: 0,
        }
    }

    pub(super) const fn as_str(&self) -> &str {
        match str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "",
        }
    }

    pub(super) const fn text(mut self, text: &str) -> Self {
        let (_, rest) = self.bytes.split_at_mut(self.length);
        if rest.len() < text.len() {
            return self;
        }
        rest.split_at_mut(text.len()).0.copy_from_slice(text.as_bytes());
        self.length += text.len();
        self
    }

    /// Text in backticks.
    pub(super) const fn code(self, text: &str) -> Self {
        self.text("`").text(text).text("`")
    }

    const fn number(self, number: u32) -> Self {
        const DIGITS: &str = "0123456789";
        let message = if number >= 10 { self.number(number / 10) } else { self };
        let (_, digits) = DIGITS.split_at((number % 10) as usize);
        message.text(digits.split_at(1).0)
    }

    /// The id of a statement, and its location in the spec.
    pub(super) const fn statement(self, policy: &Policy<'_>, statement: &Statement<'_>) -> Self {
        let message = self.code(statement.id);
        if policy.source.is_empty() || statement.hints.line == 0 {
            return message;
        }
        let message = message.text(" (").text(policy.source).text(":");
        message.number(statement.hints.line).text(")")
    }

    /// `key` `operator` `value`
    pub(super) const fn condition(self, condition: &Condition<'_>) -> Self {
        let message = self.code(condition.key).text(" ").code(condition.operator);
        message.text(" ").values(condition.values)
    }

    const fn values(mut self, values: &[Template<'_>]) -> Self {
        let (mut rest, mut count) = (values, 0);
        while count < SHOWN
            && let [first, tail @ ..] = rest
        {
            self = if count > 0 { self.text(" or ") } else { self }.code(first.text);
            (rest, count) = (tail, count + 1);
        }
        if rest.is_empty() { self } else { self.text(" or others") }
    }
}
