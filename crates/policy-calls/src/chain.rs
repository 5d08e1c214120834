//! What follows a call of an operation: the setters, their arguments, and how the request is sent.

use std::ops::Range;

use iam_policy_operations::snake_case;

use crate::calls::{Argument, Form, Part};
use crate::names::Scope;
use crate::source::{Kind, Source, string_value};

/// The methods called on a builder.
#[derive(Debug, Default)]
pub(crate) struct Chain {
    pub(crate) arguments: Vec<Argument>,
    /// How it ends; `None` if the builder goes where it could not be followed.
    pub(crate) form: Option<Form>,
    /// Whether all setters are known.
    pub(crate) is_complete: bool,
}

/// How often the builder may be bound to another variable.
const DEPTH: usize = 4;

impl Scope<'_> {
    /// Reads what follows a call of an operation.
    ///
    /// - `call`: the name of the operation's method
    /// - `after`: the first token after its arguments
    pub(crate) fn chain(&self, call: usize, after: usize) -> Chain {
        let mut chain = Chain::default();
        let end = self.methods(after, &mut chain);
        if chain.form.is_none() {
            self.follow(call, end, &mut chain, DEPTH);
        }
        chain.is_complete |= chain.form.is_some();
        chain
    }

    /// Reads methods, and returns the first token after them.
    fn methods(&self, from: usize, chain: &mut Chain) -> usize {
        let source = &self.file.source;
        let mut at = from;
        let mut customized = false;
        loop {
            if source.is(at, "?") {
                at += 1;
                continue;
            }
            if !source.is(at, ".") || source.is(at, "..") {
                return at;
            }
            let name = at + 1;
            let mut open = name + 1;
            if source.is(open, "::") && source.is(open + 2, "<") {
                open = source.until(open + 3, source.len(), ">", true) + 1;
            }
            if !source.is(open, "(") {
                return at;
            }
            let arguments = source.inside(open);
            let after = source.closing(open) + 1;
            let form = match source.text(name) {
                "send" | "send_upload" | "orchestrate" => Some(Form::Request),
                "send_with" => Some(Form::SendWith),
                "into_paginator" => Some(Form::Paginator),
                "presigned" => Some(Form::Presigned),
                "wait" => Some(Form::Waiter),
                _ => None,
            };
            if form.is_some() {
                chain.form = form;
                return after;
            }
            match source.text(name) {
                "customize" => customized = true,
                _ if customized || arguments.is_empty() => {}
                setter => {
                    if let Some(argument) = self.argument(setter, arguments) {
                        chain.arguments.push(argument);
                    }
                }
            }
            at = after;
        }
    }

    fn argument(&self, setter: &str, range: Range<usize>) -> Option<Argument> {
        let source = &self.file.source;
        let parts = source.split_commas(range);
        // `.item("key", value)`: a map has its keys first.
        let [range] = parts.as_slice() else {
            let text = parts
                .iter()
                .map(|part| source.excerpt(part.clone()))
                .collect::<Vec<_>>()
                .join(", ");
            return Some(Argument::new(setter, text, None, setter));
        };
        let mut range = range.clone();
        let mut member = setter;
        let mut may_be_none = false;
        if let Some(name) = setter.strip_prefix("set_") {
            if source.is_ident(range.start, "None") && range.len() == 1 {
                return None;
            }
            member = name;
            if source.is_ident(range.start, "Some")
                && source.is(range.start + 1, "(")
                && source.closing(range.start + 1) + 1 == range.end
            {
                range = source.inside(range.start + 1);
            } else {
                may_be_none = true;
            }
        }
        let value = self.value(range.clone(), DEPTH);
        let name = self.name_of(range.clone()).unwrap_or_else(|| member.to_owned());
        Some(Argument {
            may_be_none,
            ..Argument::new(member, source.excerpt(range), value, &name)
        })
    }

    /// Follows a builder that is bound to a variable.
    fn follow(&self, call: usize, end: usize, chain: &mut Chain, depth: usize) {
        let source = &self.file.source;
        if depth == 0 || !source.is(end, ";") {
            return;
        }
        let block = source.block_around(call);
        // The start of the statement.
        let mut start = call;
        while start > block.start
            && !source.is(start - 1, ";")
            && !(source.is(start - 1, "}") && source.kind(start) == Kind::Ident)
        {
            start = source.opening(start - 1).max(block.start);
        }
        let name_at = match source.text(start) {
            "let" if source.is_ident(start + 1, "mut") => start + 2,
            "let" => start + 1,
            _ if source.is(start + 1, "=") => start,
            _ => return,
        };
        let name = source.text(name_at);
        let mut is_complete = true;
        let mut at = end;
        while at < block.end && chain.form.is_none() {
            let is_use = source.is_ident(at, name) && !(source.is(at - 1, ".") || source.follows_path_separator(at));
            if is_use && !source.is(at + 1, "=") {
                if source.is(at + 1, ".") {
                    let known = chain.arguments.len();
                    let end = self.methods(at + 1, chain);
                    // `if let Some(version) = version { request = request.version_id(version); }`
                    let is_conditional = source.block_around(at).start != block.start;
                    for argument in chain.arguments.iter_mut().skip(known) {
                        argument.may_be_none |= is_conditional;
                    }
                    // `let request = builder.bucket(…);`
                    if chain.form.is_none()
                        && source.is_ident(at.wrapping_sub(3), "let") | source.is_ident(at.wrapping_sub(4), "let")
                    {
                        self.follow(at, end, chain, depth - 1);
                    }
                    at = end.max(at + 1);
                    continue;
                }
                is_complete = false;
            }
            at += 1;
        }
        chain.is_complete = is_complete && chain.form.is_some();
        if !chain.is_complete && chain.form.is_some() {
            // The setters elsewhere are not known.
            chain.form = Some(Form::Builder);
        }
    }

    /// The text that an expression is, as far as it is known.
    pub(crate) fn value(&self, range: Range<usize>, depth: usize) -> Option<Vec<Part>> {
        let source = &self.file.source;
        if depth == 0 {
            return None;
        }
        let mut start = range.start;
        while start < range.end && (source.is(start, "&") || source.is(start, "*")) {
            start += 1;
        }
        // `"text".to_string()`
        let mut end = range.end;
        while end >= start + 4
            && source.is(end - 1, ")")
            && source.opening(end - 1) + 2 == end
            && source.is(end - 4, ".")
        {
            if !CONVERSIONS.contains(&source.text(end - 3)) {
                return None;
            }
            end -= 4;
        }
        let last = end.checked_sub(1)?;
        if start == last {
            return match source.kind(start) {
                Kind::Str => Some(vec![Part::Text(string_value(source.text(start))?)]),
                Kind::Ident => self.named_value(start, depth),
                _ => None,
            };
        }
        if source.is(start, "(") && source.closing(start) == last {
            return self.value(source.inside(start), depth - 1);
        }
        if source.kind(start) != Kind::Ident {
            return None;
        }
        let (path, after) = crate::facts::path_from(source, start);
        if after == end {
            return self.named_value(last, depth);
        }
        if source.is(after, "!") && source.closing(after + 1) == last {
            return match path.last()?.as_str() {
                "format" => self.formatted(source.inside(after + 1), depth),
                "concat" => {
                    let parts = source.split_commas(source.inside(after + 1)).into_iter();
                    Some(
                        parts
                            .map(|part| self.value(part, depth - 1))
                            .collect::<Option<Vec<_>>>()?
                            .concat(),
                    )
                }
                _ => None,
            };
        }
        let is_conversion = matches!(
            path.last().map(String::as_str),
            Some("from" | "Some" | "Borrowed" | "Owned" | "new")
        );
        if is_conversion && source.is(after, "(") && source.closing(after) == last {
            return self.value(source.inside(after), depth - 1);
        }
        None
    }

    /// The value of a constant or of a variable that is bound to a literal.
    fn named_value(&self, at: usize, depth: usize) -> Option<Vec<Part>> {
        let source = &self.file.source;
        let name = source.text(at);
        let bound = self.file.facts.lets.get(name).map(Vec::as_slice).unwrap_or_default();
        let nearest = bound
            .iter()
            .rev()
            .find(|&&bound| bound < at && source.block_around(bound).contains(&at));
        if let Some(&bound) = nearest
            && !source.follows_path_separator(at)
        {
            let end = source.until(bound, source.block_around(bound).end, ";", false);
            let equals = source.until(bound, end, "=", true);
            // A name in a pattern, or one that changes, is not a literal.
            let is_plain = source.is_ident(bound + 1, name);
            return if is_plain && end < at {
                self.value(equals + 1..end, depth - 1)
            } else {
                None
            };
        }
        let is_constant = name
            .chars()
            .all(|one| one.is_ascii_uppercase() || one.is_ascii_digit() || one == '_');
        let value = is_constant.then(|| self.names.constant(name)).flatten()?;
        Some(vec![Part::Text(value.to_owned())])
    }

    /// The text that `format!` makes.
    fn formatted(&self, range: Range<usize>, depth: usize) -> Option<Vec<Part>> {
        let source = &self.file.source;
        let arguments = source.split_commas(range);
        let (template, arguments) = arguments.split_first()?;
        if template.len() != 1 || source.kind(template.start) != Kind::Str {
            return None;
        }
        let template = string_value(source.text(template.start))?;
        let named = |name: &str| {
            let found = arguments
                .iter()
                .find(|range| source.is_ident(range.start, name) && source.is(range.start + 1, "="));
            found.map(|range| range.start + 2..range.end)
        };
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut next = 0;
        let mut rest = template.as_str();
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            text.push_str(before);
            if let Some(after) = from.strip_prefix("{{") {
                text.push('{');
                rest = after;
            } else if let Some(after) = from.strip_prefix("}}") {
                text.push('}');
                rest = after;
            } else {
                let (hole, after) = from.get(1..)?.split_once('}')?;
                rest = after;
                let hole = hole.split(':').next().unwrap_or_default().trim();
                let value = if hole.is_empty() {
                    next += 1;
                    arguments.get(next - 1).cloned()
                } else if let Ok(number) = hole.parse::<usize>() {
                    arguments.get(number).cloned()
                } else {
                    named(hole)
                };
                let known = if let Some(range) = &value {
                    self.value(range.clone(), depth - 1)
                } else {
                    // An inline name refers to what is visible here.
                    let constant = self.names.constant(hole);
                    constant.map(|value| vec![Part::Text(value.to_owned())])
                };
                let named = || value.and_then(|range| self.name_of(range));
                let known = known.unwrap_or_else(|| {
                    let inline = if hole.is_empty() { "value" } else { hole };
                    vec![Part::Hole(named().unwrap_or_else(|| inline.to_owned()))]
                });
                for part in known {
                    match part {
                        Part::Text(known) => text.push_str(&known),
                        hole @ Part::Hole(_) => {
                            parts.extend(flush(&mut text));
                            parts.push(hole);
                        }
                    }
                }
            }
        }
        text.push_str(rest);
        parts.extend(flush(&mut text));
        Some(parts)
    }

    /// A name for what an expression is: `bucket` for `&self.config.bucket` and for `env::var("BUCKET")?`.
    fn name_of(&self, range: Range<usize>) -> Option<String> {
        let source = &self.file.source;
        let mut end = range.end;
        loop {
            let last = end.checked_sub(1).filter(|&last| last >= range.start)?;
            if source.is(last, "?") || source.is_ident(last, "await") || source.is(last, ".") {
                end = last;
            } else if source.is(last, ")") || source.is(last, "]") {
                let open = source.opening(last);
                let callee = open
                    .checked_sub(1)
                    .filter(|&callee| callee >= range.start && source.kind(callee) == Kind::Ident);
                match callee {
                    Some(callee) if NAMELESS.contains(&source.text(callee)) => {
                        let is_method = callee > range.start && source.is(callee - 1, ".");
                        if is_method {
                            end = callee - 1;
                        } else {
                            // `String::from(name)`, `Some(name)`
                            let inside = source.inside(open);
                            return self.name_of(inside);
                        }
                    }
                    Some(callee) if matches!(source.text(callee), "var" | "var_os") => {
                        let literal = string_value(source.text(open + 1))?;
                        return Some(literal.to_ascii_lowercase());
                    }
                    Some(callee) => return Some(source.text(callee).trim_start_matches("get_").to_owned()),
                    None => return None,
                }
            } else if source.kind(last) == Kind::Ident {
                let name = source.text(last);
                return Some(snake_case(name)).filter(|name| name != "self" && name != "it");
            } else {
                return None;
            }
        }
    }
}

fn flush(text: &mut String) -> Option<Part> {
    (!text.is_empty()).then(|| Part::Text(std::mem::take(text)))
}

/// Methods that turn a string into another type of string.
const CONVERSIONS: [&str; 7] = [
    "to_string",
    "to_owned",
    "into",
    "as_str",
    "as_ref",
    "clone",
    "into_owned",
];

/// Methods and functions whose name says nothing about the value.
const NAMELESS: [&str; 24] = [
    "to_string",
    "to_owned",
    "into",
    "as_str",
    "as_ref",
    "clone",
    "into_owned",
    "unwrap",
    "expect",
    "from",
    "Some",
    "new",
    "unwrap_or_default",
    "as_deref",
    "cloned",
    "to_string_lossy",
    "ok_or",
    "ok_or_else",
    "unwrap_or",
    "context",
    "trim",
    "deref",
    "borrow",
    "map",
];

/// Whether what follows a call could only follow the result of something else than an operation.
pub(crate) fn is_not_a_builder(source: &Source, after: usize) -> bool {
    source.is(after, "?") || source.is(after, ".") && source.is_ident(after + 1, "await")
}
