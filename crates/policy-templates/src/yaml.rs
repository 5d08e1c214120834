//! Reads YAML into the tree that JSON is read into, with the location of every key and value.
//!
//! CloudFormation's short forms become long ones, so that both languages have one form: `!Ref A` is `{"Ref": "A"}`, and
//! `!Sub a` is `{"Fn::Sub": "a"}`. Other tags are ignored.
//!
//! Source: AWS CloudFormation User Guide, "Intrinsic function reference".

mod lines;

use std::collections::HashMap;

use iam_policy_document::json::{MAX_DEPTH, Reading};
use iam_policy_document::{Builder, Diagnostic, Span};
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Tag};

/// The code of all problems with YAML.
pub const SYNTAX_ERROR: &str = "YAML_SYNTAX_ERROR";

/// How many values the aliases of a text may add to it, for each value that it has itself.
const MAX_EXPANSION: usize = 20;

/// How many more they may add, for small texts.
const FREE_EXPANSION: usize = 10_000;

/// Reads the first document of a text.
///
/// The text can be anything. After an error of syntax, the document is what comes before it; other problems, such as
/// duplicate keys, are all reported. Aliases and merge keys are resolved, up to a limit for those that multiply.
///
/// - `source`: the text
///
/// # Examples
///
/// ```
/// use iam_policy_templates::yaml;
///
/// let reading = yaml::read(b"Resource: !GetAtt Queue.Arn\nAction: [sqs:SendMessage]\n");
/// assert!(reading.problems.is_empty());
/// assert_eq!(
///     format!("{:?}", reading.document),
///     r#"{"Resource":{"Fn::GetAtt":"Queue.Arn"},"Action":["sqs:SendMessage"]}"#
/// );
/// ```
#[must_use]
pub fn read(source: &[u8]) -> Reading {
    let failed = |problem: Diagnostic| Reading {
        document: Builder::new().finish(),
        problems: vec![problem],
        is_well_formed: false,
    };
    if u32::try_from(source.len()).is_err() {
        return failed(problem("the text is too long", Span::new(0, 0)));
    }
    let text = match std::str::from_utf8(source) {
        Ok(text) => text,
        Err(error) => {
            let start = error.valid_up_to();
            let span = Span::new(start, start + error.error_len().unwrap_or(1));
            return failed(problem("invalid UTF-8", span).help("save the file as UTF-8"));
        }
    };
    let joined;
    let mut events = Events::of(text);
    if events.as_ref().is_ok_and(|events| events.is_indented_too_little) {
        joined = lines::joined(text);
        events = Events::of(&joined);
    }
    let events = match events {
        Ok(events) => events,
        Err(problem) => return failed(problem),
    };
    let mut writer = Writer {
        events: &events.list,
        anchors: &events.anchors,
        open: Vec::new(),
        builder: Builder::with_capacity(source.len()),
        problems: Vec::new(),
        added: 0,
        in_alias: false,
    };
    writer.value(0, 0);
    let is_well_formed = events.error.is_none() && !writer.is_cut();
    let mut problems = writer.problems;
    problems.extend(events.error);
    Reading {
        document: writer.builder.finish(),
        problems,
        is_well_formed,
    }
}

fn problem(message: impl Into<String>, span: Span) -> Diagnostic {
    Diagnostic::error(message.into()).with_code(SYNTAX_ERROR).at(span)
}

/// A part of a document, in the order of the text.
enum Part<'t> {
    Scalar(std::borrow::Cow<'t, str>, ScalarStyle, Option<Function>),
    /// The number of the anchor.
    Alias(usize),
    /// With the index after its end.
    Sequence(Option<Function>, usize),
    /// With the index after its end.
    Mapping(Option<Function>, usize),
    End,
}

/// The parts of the first document.
struct Events<'t> {
    list: Vec<(Part<'t>, Span)>,
    /// For each anchor, the part that it names.
    anchors: HashMap<usize, usize>,
    error: Option<Diagnostic>,
    /// The error is that lines inside brackets or quotes are indented too little, which other parsers accept.
    is_indented_too_little: bool,
}

impl<'t> Events<'t> {
    /// # Errors
    ///
    /// If there is nothing before the first error.
    fn of(text: &'t str) -> Result<Self, Diagnostic> {
        // The parser counts characters, and the mark at the beginning is not one to it.
        let (text, mark) = text.strip_prefix('\u{feff}').map_or((text, 0), |text| (text, 3));
        let places = Places::new(text, mark);
        let mut parser = Parser::new_from_str(text);
        let mut events = Self {
            list: Vec::new(),
            anchors: HashMap::new(),
            error: None,
            is_indented_too_little: false,
        };
        let mut open: Vec<usize> = Vec::new();
        while let Some(event) = parser.next_event() {
            let (event, span) = match event {
                Ok(event) => event,
                Err(error) => {
                    events.is_indented_too_little = lines::is_indented_too_little(&error);
                    events.error = Some(places.error(&error, text));
                    break;
                }
            };
            let span = Span::new(places.of(span.start.index()), places.of(span.end.index()));
            let here = events.list.len();
            let mut anchor = |number: usize| {
                if number > 0 {
                    events.anchors.insert(number, here);
                }
            };
            let part = match event {
                Event::Scalar(text, style, number, tag) => {
                    anchor(number);
                    Part::Scalar(text, style, tag.and_then(|tag| Function::of(&tag)))
                }
                Event::Alias(number) => Part::Alias(number),
                Event::SequenceStart(number, tag) => {
                    anchor(number);
                    open.push(here);
                    Part::Sequence(tag.and_then(|tag| Function::of(&tag)), usize::MAX)
                }
                Event::MappingStart(number, tag) => {
                    anchor(number);
                    open.push(here);
                    Part::Mapping(tag.and_then(|tag| Function::of(&tag)), usize::MAX)
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    if let Some((Part::Sequence(_, end) | Part::Mapping(_, end), _)) =
                        open.pop().and_then(|start| events.list.get_mut(start))
                    {
                        *end = here + 1;
                    }
                    Part::End
                }
                // CloudFormation reads a single document.
                Event::DocumentEnd => break,
                Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) => continue,
            };
            events.list.push((part, span));
        }
        // What an error leaves open ends with the text before it.
        let all = events.list.len();
        for start in open {
            if let Some((Part::Sequence(_, end) | Part::Mapping(_, end), _)) = events.list.get_mut(start) {
                *end = all;
            }
        }
        match events.error.take() {
            Some(error) if events.list.is_empty() => Err(error),
            error => {
                events.error = error;
                Ok(events)
            }
        }
    }
}

/// A function in its short form.
#[derive(Clone, Copy)]
struct Function(&'static str);

impl Function {
    fn of(tag: &Tag) -> Option<Self> {
        if tag.handle != "!" {
            return None;
        }
        FUNCTIONS
            .iter()
            .find(|(short, _)| *short == tag.suffix)
            .map(|&(_, long)| Self(long))
    }
}

/// The functions that have a short form.
///
/// Source: AWS CloudFormation User Guide, "Intrinsic function reference", "Condition functions".
const FUNCTIONS: &[(&str, &str)] = &[
    ("And", "Fn::And"),
    ("Base64", "Fn::Base64"),
    ("Cidr", "Fn::Cidr"),
    ("Condition", "Condition"),
    ("Equals", "Fn::Equals"),
    ("FindInMap", "Fn::FindInMap"),
    ("GetAZs", "Fn::GetAZs"),
    ("GetAtt", "Fn::GetAtt"),
    ("If", "Fn::If"),
    ("ImportValue", "Fn::ImportValue"),
    ("Join", "Fn::Join"),
    ("Length", "Fn::Length"),
    ("Not", "Fn::Not"),
    ("Or", "Fn::Or"),
    ("Ref", "Ref"),
    ("Select", "Fn::Select"),
    ("Split", "Fn::Split"),
    ("Sub", "Fn::Sub"),
    ("ToJsonString", "Fn::ToJsonString"),
    ("Transform", "Fn::Transform"),
];

/// The bytes of characters.
struct Places {
    /// For each character the byte at which it starts, unless all have one byte.
    bytes: Option<Vec<u32>>,
    end: usize,
    /// How many bytes precede the text.
    offset: usize,
}

impl Places {
    fn new(text: &str, offset: usize) -> Self {
        let places = || {
            let bytes = text.char_indices().map(|(at, _)| u32::try_from(at).unwrap_or(u32::MAX));
            bytes.collect()
        };
        Self {
            bytes: (!text.is_ascii()).then(places),
            end: text.len(),
            offset,
        }
    }

    /// The byte at which a character starts.
    fn of(&self, character: usize) -> usize {
        let at = match &self.bytes {
            Some(bytes) => bytes.get(character).map_or(self.end, |&at| at as usize),
            None => character.min(self.end),
        };
        at + self.offset
    }

    fn error(&self, error: &ScanError, text: &str) -> Diagnostic {
        let at = self.of(error.marker().index());
        let after = text.get(at - self.offset..).and_then(|rest| rest.chars().next());
        let length = after.filter(|next| *next != '\n').map_or(0, char::len_utf8);
        let problem = problem(format!("invalid YAML: {}", error.info()), Span::new(at, at + length));
        let line_start = text
            .get(..at - self.offset)
            .map_or(0, |before| before.rfind('\n').map_or(0, |end| end + 1));
        let line = text
            .get(line_start..)
            .unwrap_or_default()
            .lines()
            .next()
            .unwrap_or_default();
        let indentation = line.len() - line.trim_start().len();
        if line.get(..indentation).is_some_and(|start| start.contains('\t')) {
            return problem.help("indent with spaces: YAML does not allow tabs");
        }
        problem
    }
}

/// Writes parts into a document.
struct Writer<'e, 't> {
    events: &'e [(Part<'t>, Span)],
    anchors: &'e HashMap<usize, usize>,
    /// The aliases that are being resolved.
    open: Vec<usize>,
    builder: Builder,
    problems: Vec<Diagnostic>,
    /// How many values aliases have added.
    added: usize,
    in_alias: bool,
}

impl<'e, 't> Writer<'e, 't> {
    fn part(&self, at: usize) -> Option<(&'e Part<'t>, Span)> {
        let events: &'e [(Part<'t>, Span)] = self.events;
        events.get(at).map(|(part, span)| (part, *span))
    }

    /// Whether aliases have added so much that the rest was left out.
    fn is_cut(&self) -> bool {
        self.added > FREE_EXPANSION + MAX_EXPANSION * self.events.len()
    }

    /// Writes the value at this index, and returns the index after it.
    fn value(&mut self, at: usize, depth: usize) -> usize {
        let Some((part, span)) = self.part(at) else {
            self.builder.null(None);
            return at + 1;
        };
        if self.in_alias {
            self.added += 1;
        }
        if depth > MAX_DEPTH {
            if depth == MAX_DEPTH + 1 {
                self.problems.push(problem("the values are nested too deeply", span));
            }
            self.builder.null(Some(span));
            return self.after(at);
        }
        match part {
            Part::Scalar(text, style, function) => {
                self.begin_function(*function, span);
                self.scalar(text, *style, function.is_some(), span);
                self.end_function(*function);
                at + 1
            }
            Part::Alias(anchor) => {
                self.alias(*anchor, span, depth);
                at + 1
            }
            Part::Sequence(function, _) => {
                self.begin_function(*function, span);
                self.builder.begin_array(Some(span));
                let mut next = at + 1;
                while let Some((part, _)) = self.part(next)
                    && !matches!(part, Part::End)
                {
                    next = self.value(next, depth + 1);
                }
                self.end_at(next);
                self.end_function(*function);
                next + 1
            }
            Part::Mapping(function, end) => {
                self.begin_function(*function, span);
                self.builder.begin_object(Some(span));
                let next = self.members(at + 1, *end, depth);
                self.end_at(next);
                self.end_function(*function);
                next + 1
            }
            Part::End => {
                self.builder.null(Some(span));
                at + 1
            }
        }
    }

    /// Closes an object or array that ends before the part at this index.
    fn end_at(&mut self, at: usize) {
        match self.part(at) {
            // The end of a block is where the next line begins, so its last value is a better end.
            Some((Part::End, span)) if !span_is_empty(span) => self.builder.end_at(span.end),
            _ => {
                let last = at.checked_sub(1).and_then(|last| self.part(last));
                let end = last.map(|(_, span)| span.end);
                match end {
                    Some(end) => self.builder.end_at(end),
                    None => self.builder.end(),
                }
            }
        }
    }

    fn begin_function(&mut self, function: Option<Function>, span: Span) {
        if let Some(Function(name)) = function {
            self.builder.begin_object(Some(span));
            self.builder.key(name, Some(span));
        }
    }

    fn end_function(&mut self, function: Option<Function>) {
        if function.is_some() {
            self.builder.end();
        }
    }

    /// The index after the value at this one.
    fn after(&self, at: usize) -> usize {
        match self.part(at) {
            Some((Part::Sequence(_, end) | Part::Mapping(_, end), _)) => *end,
            _ => at + 1,
        }
    }

    /// Writes the members of a mapping, and returns the index of its end.
    ///
    /// - `end`: the index after the mapping
    fn members(&mut self, start: usize, end: usize, depth: usize) -> usize {
        let mut seen: HashMap<&'e str, Span> = HashMap::new();
        let mut merged: Vec<usize> = Vec::new();
        let mut at = start;
        while at < end
            && let Some((part, span)) = self.part(at)
        {
            let value = self.after(at);
            match part {
                Part::End => break,
                Part::Scalar(text, ScalarStyle::Plain, None) if text == "<<" => {
                    merged.push(value);
                    at = self.after(value);
                    continue;
                }
                Part::Scalar(text, ..) => {
                    if let Some(first) = seen.get(&**text) {
                        let duplicate = problem(format!("duplicate key `{text}`"), span);
                        self.problems.push(duplicate.label(*first, "first used here"));
                    } else {
                        seen.insert(text, span);
                    }
                    self.builder.key(text, Some(span));
                }
                Part::Alias(anchor) => {
                    let key = self.anchors.get(anchor).and_then(|&at| self.part(at));
                    match key {
                        Some((Part::Scalar(text, ..), _)) => self.builder.key(text, Some(span)),
                        _ => self.problems.push(problem("a key must be a string", span)),
                    }
                }
                Part::Sequence(..) | Part::Mapping(..) => {
                    self.problems.push(problem("a key must be a string", span));
                    self.builder.key("", Some(span));
                }
            }
            at = self.value(value, depth + 1);
        }
        for value in merged {
            self.merge(value, &mut seen, depth);
        }
        at
    }

    /// Writes the members of the mapping, or the mappings, that a merge key names, except for those that there are.
    ///
    /// Source: "Merge Key Language-Independent Type for YAML Version 1.1".
    fn merge(&mut self, at: usize, seen: &mut HashMap<&'e str, Span>, depth: usize) {
        if self.is_cut() || depth > MAX_DEPTH {
            return;
        }
        match self.part(at) {
            Some((Part::Alias(anchor), span)) => {
                if let Some(&start) = self.anchors.get(anchor)
                    && self.enter(start, span)
                {
                    let outer = std::mem::replace(&mut self.in_alias, true);
                    self.merge(start, seen, depth + 1);
                    self.in_alias = outer;
                    self.open.pop();
                }
            }
            Some((Part::Sequence(_, end), _)) => {
                let mut next = at + 1;
                while next + 1 < *end {
                    self.merge(next, seen, depth + 1);
                    next = self.after(next);
                }
            }
            Some((Part::Mapping(_, end), _)) => {
                let mut next = at + 1;
                while next + 1 < *end
                    && let Some((part, span)) = self.part(next)
                {
                    let value = self.after(next);
                    if let Part::Scalar(text, ..) = part {
                        if text == "<<" {
                            self.merge(value, seen, depth + 1);
                        } else if !seen.contains_key(&**text) {
                            seen.insert(text, span);
                            self.builder.key(text, Some(span));
                            self.value(value, depth + 1);
                        }
                    }
                    next = self.after(value);
                }
            }
            _ => {}
        }
    }

    /// Starts to resolve an alias, unless its value contains it or aliases have added too much.
    fn enter(&mut self, start: usize, span: Span) -> bool {
        if self.is_cut() {
            return false;
        }
        let is_open = self.open.contains(&start);
        let contains = self.part(start).is_some_and(|(part, _)| match part {
            // An anchor is inside its own value if the alias comes before the value ends.
            Part::Sequence(_, end) | Part::Mapping(_, end) => {
                let end = end.checked_sub(1).and_then(|end| self.part(end));
                let end = end.map_or(usize::MAX, |(_, end)| end.start);
                let begin = self.part(start).map_or(0, |(_, begin)| begin.start);
                !self.in_alias && (begin..end).contains(&span.start)
            }
            _ => false,
        });
        if is_open || contains {
            self.problems
                .push(problem("an alias inside the value that it names", span));
            return false;
        }
        self.open.push(start);
        true
    }

    fn alias(&mut self, anchor: usize, span: Span, depth: usize) {
        let Some(&start) = self.anchors.get(&anchor) else {
            self.builder.null(Some(span));
            return;
        };
        if !self.enter(start, span) {
            self.builder.null(Some(span));
            return;
        }
        let outer = std::mem::replace(&mut self.in_alias, true);
        self.value(start, depth);
        self.in_alias = outer;
        self.open.pop();
        if self.is_cut() && !outer {
            self.problems.push(problem("the aliases add too many values", span));
        }
    }

    /// - `is_argument`: it belongs to a function
    fn scalar(&mut self, text: &str, style: ScalarStyle, is_argument: bool, span: Span) {
        let span = Some(span);
        if style != ScalarStyle::Plain || is_argument {
            self.builder.string(text, span);
            return;
        }
        match text {
            "" | "~" | "null" | "Null" | "NULL" => self.builder.null(span),
            "true" | "True" | "TRUE" => self.builder.bool(true, span),
            "false" | "False" | "FALSE" => self.builder.bool(false, span),
            // CloudFormation passes numbers on as they are written.
            _ => self.builder.string(text, span),
        }
    }
}

fn span_is_empty(span: Span) -> bool {
    span.start == span.end
}
