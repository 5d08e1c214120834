//! Terraform's functions, as far as policies use them.
//!
//! Source: Terraform documentation, "Built-in Functions".

use std::rc::Rc;

use iam_policy_core::variable::{Piece, has_unknown, pieces};

use super::evaluate::{Evaluator, MAX_ITEMS, MAX_TEXT, Scope};
use super::native;
use super::syntax::{Call, Template};
use super::value::{Kind, Member, Value, unknown_part};
use super::written::{Fragment, Written, decode};
use crate::embedded::Style;

/// The value of a call.
pub(super) fn call(evaluator: &Evaluator<'_>, call: &Call, scope: &Scope) -> Value {
    let name = call.name.as_ref();
    if name == "try" || name == "can" {
        return attempt(evaluator, call, scope);
    }
    let mut arguments: Vec<Value> = call
        .arguments
        .iter()
        .map(|argument| evaluator.value(argument, scope))
        .collect();
    if call.expands
        && let Some(last) = arguments.pop()
    {
        match &last.kind {
            Kind::List(items) => arguments.extend(items.iter().cloned()),
            _ => arguments.push(Value::each(last)),
        }
    }
    let size: usize = arguments.iter().map(weight).sum();
    if !evaluator.may_take(size) {
        return Value::unknown(described(name, &arguments));
    }
    let result = match name {
        "file" | "templatefile" | "filebase64" => file(evaluator, call, &arguments),
        "templatestring" => None,
        "coalesce" => coalesce(&arguments),
        "jsondecode" => jsondecode(evaluator, &arguments),
        "element" => element(evaluator, &arguments),
        "lookup" => lookup(evaluator, &arguments),
        _ => known(evaluator, name, &arguments),
    };
    result.unwrap_or_else(|| Value::unknown(described(name, &arguments)))
}

/// How much work a value is.
fn weight(value: &Value) -> usize {
    match &value.kind {
        Kind::Text(text) => 1 + text.len() / 64,
        Kind::List(items) => 1 + items.len(),
        Kind::Object(members) => 1 + members.len(),
        Kind::Written(written) => 1 + written.parts.len(),
        _ => 1,
    }
}

/// A call as an expression.
fn described(name: &str, arguments: &[Value]) -> String {
    let arguments: Vec<_> = arguments.iter().map(Value::describe).collect();
    format!("{name}({})", arguments.join(", "))
}

fn attempt(evaluator: &Evaluator<'_>, call: &Call, scope: &Scope) -> Value {
    let mut values = call.arguments.iter().map(|argument| evaluator.value(argument, scope));
    if &*call.name == "can" {
        return match values.next() {
            Some(value) if value.is_error() => Value::bool(false),
            Some(value) if value.is_known() => Value::bool(true),
            other => Value::word(described("can", &other.into_iter().collect::<Vec<_>>())),
        };
    }
    let mut tried = Vec::new();
    for value in values {
        if !value.is_error() {
            let is_empty = value.as_known_text().is_some_and(|text| text.is_empty());
            return match tried.first() {
                Some(first) if is_empty => Value::absent(&Value::describe(first)).at(value.span),
                _ => value,
            };
        }
        tried.push(value);
    }
    Value::error(described("try", &tried))
}

/// The path of a file, if it is known.
fn file(evaluator: &Evaluator<'_>, call: &Call, arguments: &[Value]) -> Option<Value> {
    let (path, place) = (arguments.first()?.as_known_text()?, call.arguments.first()?.span);
    if &*call.name == "filebase64" {
        return None;
    }
    let path = path.strip_prefix("./").unwrap_or(&path);
    let (name, bytes) = match evaluator.reader.read(path) {
        Ok(read) => read,
        Err(why) => {
            let mut problem = super::problem(format!("`{path}` {why}"), place);
            problem.severity = iam_policy_document::Severity::Warning;
            evaluator.problem(problem.help("the parts of policies that it determines are unknown"));
            return None;
        }
    };
    let text = String::from_utf8(bytes).ok()?;
    let start = evaluator
        .sources
        .find(&name)
        .unwrap_or_else(|| evaluator.sources.add(name, text.clone().into_bytes()));
    let mark = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    let own = text.get(mark..).unwrap_or_default();
    let span = iam_policy_document::Span::new(start + mark, start + text.len());
    if &*call.name == "file" {
        let part = Fragment::Text {
            text: own.into(),
            span,
            style: Style::Raw,
        };
        return Some(Value::new(Kind::Written(Rc::new(Written { parts: vec![part] }))).at(span));
    }
    let template: Template = match native::template(own, span.start) {
        Ok(template) => template,
        Err(problem) => {
            evaluator.problem(problem);
            return None;
        }
    };
    let mut scope = Scope::default();
    // Of anything else, any name may be one of its variables.
    if let Some(Kind::Object(members)) = arguments.get(1).map(|values| &values.kind) {
        for member in members.iter() {
            scope = scope.with(member.key.clone(), member.value.clone());
        }
    }
    Some(evaluator.file_template(&template, span, &scope).at(span))
}

/// The first argument that is neither null nor empty; nothing if it is not known which one is.
fn coalesce(arguments: &[Value]) -> Option<Value> {
    for argument in arguments {
        match &argument.kind {
            Kind::Null => {}
            Kind::Text(text) if text.is_empty() => {}
            Kind::Unknown(_) if arguments.len() > 1 => return None,
            _ => return Some(argument.inner().clone()),
        }
    }
    Some(Value::error(described("coalesce", arguments)))
}

fn jsondecode(evaluator: &Evaluator<'_>, arguments: &[Value]) -> Option<Value> {
    let text = arguments.first()?;
    if let Kind::Json(value) = &text.kind {
        Some(value.as_ref().clone())
    } else {
        let decoded = decode(text, evaluator.sources)?;
        decoded.problems.is_empty().then_some(decoded.value)
    }
}

fn element(evaluator: &Evaluator<'_>, arguments: &[Value]) -> Option<Value> {
    let (list, index) = (arguments.first()?, arguments.get(1)?);
    match (&list.kind, index.as_number()) {
        (Kind::List(items), Some(number)) if !items.is_empty() && !items.iter().any(Value::is_each) => {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "an index is small"
            )]
            let number = number.max(0.0) as usize;
            items.get(number % items.len()).cloned()
        }
        _ => Some(evaluator.index(list, index)),
    }
}

fn lookup(evaluator: &Evaluator<'_>, arguments: &[Value]) -> Option<Value> {
    let (map, key) = (arguments.first()?, arguments.get(1)?);
    let Kind::Object(members) = &map.kind else {
        return None;
    };
    let key_text = key.as_known_text()?;
    if let Some(member) = members.iter().find(|member| *member.key == *key_text) {
        return Some(member.value.inner().clone());
    }
    if members.iter().any(|member| has_unknown(&member.key)) {
        return None;
    }
    arguments.get(2).cloned().or_else(|| Some(evaluator.index(map, key)))
}

/// The functions of which the result is known if the arguments are, and some of which it is known otherwise.
fn known(evaluator: &Evaluator<'_>, name: &str, arguments: &[Value]) -> Option<Value> {
    let first = arguments.first();
    let second = arguments.get(1);
    Some(match name {
        "replace" if matches!(first?.kind, Kind::Json(_)) => replaced_in_json(arguments)?,
        "jsonencode" => Value::new(Kind::Json(Rc::new(first?.clone()))),
        "tolist" | "toset" | "tomap" | "sensitive" | "nonsensitive" | "sort" | "ephemeralasnull" | "reverse"
        | "distinct" | "compact" | "flatten" | "one" | "keys" | "values" | "length" | "transpose" => {
            return of_collection(evaluator, name, first?);
        }
        "tostring" | "tonumber" | "tobool" => convert(name, first?)?,
        "concat" | "setunion" => concatenated(arguments, name == "setunion")?,
        "setsubtract" | "setintersection" => sets(name, arguments)?,
        "merge" => merged(arguments)?,
        "contains" => contains(first?, second?)?,
        "zipmap" => {
            let (keys, values) = (closed(first?)?, closed(second?)?);
            let members = keys.iter().zip(values.iter()).map(|(key, value)| Member {
                key: key.key(),
                key_span: key.span,
                value: value.clone(),
            });
            Value::object(members.collect())
        }
        "slice" => {
            let items = closed(first?)?;
            let (start, end) = (index(second?)?, index(arguments.get(2)?)?);
            Value::list(items.get(start..end)?.to_vec())
        }
        "chunklist" => return None,
        "coalescelist" => {
            let is_empty = |value: &&Value| !matches!(&value.kind, Kind::List(items) if items.is_empty());
            arguments.iter().find(is_empty)?.clone()
        }
        "range" => {
            let (start, end) = match second {
                Some(end) => (index(first?)?, index(end)?),
                None => (0, index(first?)?),
            };
            Value::list((start..end.min(start + MAX_ITEMS)).map(Value::number).collect())
        }
        "join" => joined(first?, second?)?,
        "split" => split(first?, second?)?,
        "format" => formatted(arguments)?,
        "formatlist" => format_list(arguments)?,
        "urlencode" | "base64encode" | "base64decode" | "md5" | "sha1" | "sha256" | "sha512" | "abspath" => {
            return None;
        }
        "min" | "max" => {
            let numbers: Option<Vec<f64>> = arguments.iter().map(Value::as_number).collect();
            let numbers = numbers?.into_iter();
            let fold = if name == "min" { f64::min } else { f64::max };
            Value::number(numbers.reduce(fold)?)
        }
        "alltrue" | "anytrue" => {
            let wanted = name == "anytrue";
            let items = closed(first?)?;
            let mut all_known = true;
            for item in items.iter() {
                match &item.kind {
                    Kind::Bool(so) if *so == wanted => return Some(Value::bool(wanted)),
                    Kind::Bool(_) => {}
                    _ => all_known = false,
                }
            }
            return all_known.then(|| Value::bool(!wanted));
        }
        _ => return text_function(name, arguments),
    })
}

/// Functions of texts.
fn text_function(name: &str, arguments: &[Value]) -> Option<Value> {
    let first = arguments.first()?;
    let text = first.as_text()?;
    let argument = |number: usize| arguments.get(number)?.as_known_text();
    let changed = |text: &str| Value::text(text).at(first.span);
    // Only the ends of a text matter for these, if they are known.
    let starts_known = !text.starts_with("${\u{1a}");
    let ends_known = !matches!(pieces(&text).last(), Some(Piece::Unknown(_)));
    let is_known = !has_unknown(&text);
    Some(match name {
        "trimspace" if is_known => changed(text.trim()),
        "chomp" if is_known => changed(text.trim_end_matches(['\n', '\r'])),
        "lower" if is_known => changed(&text.to_lowercase()),
        "upper" if is_known => changed(&text.to_uppercase()),
        "lower" | "upper" => {
            let change = if name == "lower" {
                str::to_lowercase
            } else {
                str::to_uppercase
            };
            changed(&of_literals(&text, &|literal| change(literal), &|unknown| {
                format!("{name}({unknown})")
            }))
        }
        "title" if is_known => {
            let mut result = String::with_capacity(text.len());
            let mut starts = true;
            for character in text.chars() {
                if starts {
                    result.extend(character.to_uppercase());
                } else {
                    result.push(character);
                }
                starts = !character.is_alphanumeric();
            }
            changed(&result)
        }
        "trimprefix" if starts_known => {
            let prefix = argument(1)?;
            if text.len() < prefix.len() && !is_known {
                return None;
            }
            changed(text.strip_prefix(&*prefix).unwrap_or(&text))
        }
        "trimsuffix" if ends_known => {
            let suffix = argument(1)?;
            changed(text.strip_suffix(&*suffix).unwrap_or(&text))
        }
        "trim" if is_known => {
            let set = argument(1)?;
            changed(text.trim_matches(|character| set.contains(character)))
        }
        "replace" => {
            let (from, to) = (argument(1)?, arguments.get(2)?.as_text()?);
            if from.starts_with('/') && from.ends_with('/') && from.len() > 1 {
                return None;
            }
            if from.is_empty() {
                return None;
            }
            let replaced = of_literals(&text, &|literal| literal.replace(&*from, &to), &|unknown| {
                format!("replace({unknown}, \"{from}\", \"{to}\")")
            });
            if replaced.len() > MAX_TEXT {
                return None;
            }
            changed(&replaced)
        }
        "substr" if is_known => {
            let (offset, length) = (arguments.get(1)?.as_number()?, arguments.get(2)?.as_number()?);
            let count = text.chars().count();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "texts are short"
            )]
            let start = if offset < 0.0 {
                (count as f64 + offset).max(0.0) as usize
            } else {
                offset as usize
            };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "texts are short")]
            let length = if length < 0.0 { usize::MAX } else { length as usize };
            changed(&text.chars().skip(start).take(length).collect::<String>())
        }
        "startswith" if is_known => Value::bool(text.starts_with(&*argument(1)?)),
        "endswith" if is_known => Value::bool(text.ends_with(&*argument(1)?)),
        "strcontains" if is_known => Value::bool(text.contains(&*argument(1)?)),
        "basename" if is_known => changed(text.rsplit('/').next().unwrap_or_default()),
        "dirname" if is_known => changed(text.rsplit_once('/').map_or(".", |(folder, _)| folder)),
        "pathexpand" if is_known && !text.starts_with('~') => changed(&text),
        "indent" if is_known => {
            let spaces = index(first)?;
            let text = argument(1)?;
            let separator = format!("\n{}", " ".repeat(spaces.min(100)));
            Value::text(text.replace('\n', &separator)).at(arguments.get(1)?.span)
        }
        _ => return None,
    })
}

/// JSON in which a text is replaced that can only be in its strings.
fn replaced_in_json(arguments: &[Value]) -> Option<Value> {
    let [json, from, to] = arguments else { return None };
    let (from, to) = (from.as_known_text()?, to.as_text()?);
    let is_plain = from.contains(char::is_alphabetic) && !from.contains(['"', '\\', '/', ',', ':']);
    let is_literal = ["true", "false", "null"].iter().any(|literal| literal.contains(&*from));
    let Kind::Json(value) = &json.kind else { return None };
    if !is_plain || is_literal || to.contains(['"', '\\']) {
        return None;
    }
    let replaced = with_texts(value, &|text| {
        of_literals(text, &|literal| literal.replace(&*from, &to), &|unknown| {
            unknown.to_owned()
        })
    });
    Some(Value::new(Kind::Json(Rc::new(replaced))).at(json.span))
}

/// A value with other texts.
fn with_texts(value: &Value, change: &dyn Fn(&str) -> String) -> Value {
    let kind = match &value.kind {
        Kind::Text(text) => Kind::Text(change(text).into()),
        Kind::Written(written) => Kind::Text(change(&written.text()).into()),
        Kind::List(items) => Kind::List(Rc::new(items.iter().map(|item| with_texts(item, change)).collect())),
        Kind::Each(inner) => Kind::Each(Rc::new(with_texts(inner, change))),
        Kind::Object(members) => {
            let members = members.iter().map(|member| Member {
                key: change(&member.key).into(),
                key_span: member.key_span,
                value: with_texts(&member.value, change),
            });
            Kind::Object(Rc::new(members.collect()))
        }
        other => other.clone(),
    };
    Value { kind, span: value.span }
}

/// A text whose literal parts are changed, and whose unknown parts get other names.
fn of_literals(text: &str, literal: &dyn Fn(&str) -> String, unknown: &dyn Fn(&str) -> String) -> String {
    let mut result = String::with_capacity(text.len());
    let mut parts = pieces(text);
    loop {
        let start = parts.position();
        match parts.next() {
            None => return result,
            Some(Piece::Unknown(part)) => {
                result.push_str(&unknown_part(&unknown(part.name), part.is_word));
            }
            Some(_) => result.push_str(&literal(text.get(start..parts.position()).unwrap_or_default())),
        }
    }
}

/// The elements of a list, if their number is known.
fn closed(value: &Value) -> Option<&Rc<Vec<Value>>> {
    match &value.kind {
        Kind::List(items) if !items.iter().any(Value::is_each) => Some(items),
        _ => None,
    }
}

fn index(value: &Value) -> Option<usize> {
    let number = value.as_number()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "negative and huge numbers are excluded"
    )]
    (0.0..1e9).contains(&number).then_some(number as usize)
}

fn convert(name: &str, value: &Value) -> Option<Value> {
    let value = value.inner();
    Some(match (&value.kind, name) {
        (Kind::Null | Kind::Unknown(_), _) | (Kind::Bool(_), "tobool") | (Kind::Number(_), "tonumber") => value.clone(),
        (_, "tostring") => Value::text(value.as_text()?.as_ref()).at(value.span),
        (Kind::Text(text), "tobool") => Value::bool(text.parse().ok()?),
        (Kind::Text(_), "tonumber") => Value::number(value.as_number()?),
        _ => return None,
    })
}

/// Functions of one collection.
fn of_collection(evaluator: &Evaluator<'_>, name: &str, value: &Value) -> Option<Value> {
    if matches!(name, "sensitive" | "nonsensitive" | "ephemeralasnull" | "tomap") {
        return Some(value.clone());
    }
    if let (Kind::Block(_), "keys" | "values" | "length") = (&value.kind, name) {
        let items = evaluator.items(value)?;
        let members = items.into_iter().map(|(key, value)| Member {
            key: key.key(),
            key_span: None,
            value,
        });
        return of_collection(evaluator, name, &Value::object(members.collect()));
    }
    match (&value.kind, name) {
        (Kind::Unknown(_), "tolist" | "toset" | "distinct" | "compact" | "flatten" | "sort" | "reverse") => {
            Some(value.clone())
        }
        (Kind::Unknown(of), "values") => Some(Value::list(vec![Value::each(Value::unknown(format!(
            "{}[each]",
            of.text
        )))])),
        (Kind::List(items), "tolist" | "reverse") => {
            let mut items = items.to_vec();
            if name == "reverse" {
                items.reverse();
            }
            Some(Value::list(items).at(value.span))
        }
        (Kind::List(items), "toset" | "distinct" | "sort" | "compact") => {
            let mut kept: Vec<Value> = Vec::new();
            let mut seen = std::collections::HashSet::new();
            for item in items.iter() {
                let is_empty = item.is_null() || item.as_known_text().is_some_and(|text| text.is_empty());
                if name == "compact" && is_empty {
                    continue;
                }
                if name == "compact" || name == "sort" || seen.insert(item.describe()) {
                    kept.push(item.clone());
                }
            }
            Some(Value::list(kept).at(value.span))
        }
        (Kind::List(_), "flatten") => {
            let mut kept = Vec::new();
            let mut left = MAX_ITEMS;
            flatten(value, false, &mut kept, &mut left, 0);
            (left > 0).then(|| Value::list(kept).at(value.span))
        }
        (Kind::List(items), "one") => match items.as_slice() {
            [] => Some(Value::null()),
            [only] => Some(only.inner().clone()),
            _ => None,
        },
        (Kind::Null, "one" | "tolist" | "toset") => Some(value.clone()),
        (Kind::List(_), "length") => closed(value).map(|items| Value::number(items.len())),
        (Kind::Object(members), "length") => {
            let is_closed = members.iter().all(|member| !member.value.is_each());
            is_closed.then(|| Value::number(members.len()))
        }
        (Kind::Text(text), "length") if !has_unknown(text) => Some(Value::number(text.chars().count())),
        (Kind::Object(members), "keys") => {
            let keys = members.iter().map(|member| {
                let key = Value::text(member.key.clone()).at(member.key_span);
                if member.value.is_each() { Value::each(key) } else { key }
            });
            Some(Value::list(keys.collect()))
        }
        (Kind::Object(members), "values") => {
            Some(Value::list(members.iter().map(|member| member.value.clone()).collect()))
        }
        _ => None,
    }
}

fn flatten(value: &Value, is_each: bool, kept: &mut Vec<Value>, left: &mut usize, depth: usize) {
    let Some(rest) = left.checked_sub(1) else { return };
    *left = rest;
    match &value.kind {
        Kind::List(items) if depth < 32 => {
            for item in items.iter() {
                flatten(item, is_each, kept, left, depth + 1);
            }
        }
        Kind::Each(inner) => flatten(inner, true, kept, left, depth + 1),
        _ if is_each => kept.push(Value::each(value.clone())),
        _ => kept.push(value.clone()),
    }
}

fn concatenated(arguments: &[Value], is_set: bool) -> Option<Value> {
    let mut all: Vec<Value> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for argument in arguments {
        let argument = argument.inner();
        let items = match &argument.kind {
            Kind::List(items) => items.to_vec(),
            Kind::Null => Vec::new(),
            Kind::Unknown(_) => vec![Value::each(argument.clone()).at(argument.span)],
            _ => return None,
        };
        for item in items {
            if all.len() >= MAX_ITEMS {
                return None;
            }
            if !is_set || seen.insert(item.describe()) {
                all.push(item);
            }
        }
    }
    Some(Value::list(all))
}

fn sets(name: &str, arguments: &[Value]) -> Option<Value> {
    if !arguments.iter().all(Value::is_known) {
        return None;
    }
    let mut sets = arguments.iter().map(closed);
    let mut kept = sets.next()??.to_vec();
    for other in sets {
        let other: std::collections::HashSet<String> = other?.iter().map(Value::describe).collect();
        kept.retain(|item| other.contains(&item.describe()) == (name == "setintersection"));
    }
    Some(Value::list(kept))
}

fn merged(arguments: &[Value]) -> Option<Value> {
    let mut all: Vec<Member> = Vec::new();
    let mut places: std::collections::HashMap<Rc<str>, usize> = std::collections::HashMap::new();
    for argument in arguments {
        let argument = argument.inner();
        let members = match &argument.kind {
            Kind::Object(members) => members.to_vec(),
            Kind::Null => Vec::new(),
            // It can have any keys.
            Kind::Unknown(name) => vec![Member {
                key: unknown_part(&format!("keys({})[each]", name.text), false).into(),
                key_span: argument.span,
                value: Value::each(Value::unknown(format!("{}[each]", name.text)).at(argument.span)),
            }],
            _ => return None,
        };
        for member in members {
            if all.len() >= MAX_ITEMS {
                return None;
            }
            if let Some(known) = places.get(&member.key).and_then(|&place| all.get_mut(place)) {
                *known = member;
            } else {
                places.insert(member.key.clone(), all.len());
                all.push(member);
            }
        }
    }
    Some(Value::object(all))
}

fn contains(list: &Value, wanted: &Value) -> Option<Value> {
    let Kind::List(items) = &list.kind else { return None };
    let mut all_known = true;
    for item in items.iter() {
        match super::conditions::binary(super::syntax::Operator::Equal, item, wanted).map(|equal| equal.kind) {
            Some(Kind::Bool(true)) => return Some(Value::bool(true)),
            Some(Kind::Bool(false)) => {}
            _ => all_known = false,
        }
    }
    all_known.then(|| Value::bool(false))
}

fn joined(separator: &Value, list: &Value) -> Option<Value> {
    let separator = separator.as_text()?;
    let items = match &list.kind {
        Kind::List(_) => closed(list)?,
        _ => return None,
    };
    let mut text = String::new();
    for (number, item) in items.iter().enumerate() {
        if number > 0 {
            text.push_str(&separator);
        }
        text.push_str(&item.as_text()?);
        if text.len() > MAX_TEXT {
            return None;
        }
    }
    Some(Value::text(text))
}

fn split(separator: &Value, text: &Value) -> Option<Value> {
    let delimiter = separator.as_known_text()?;
    let own = text.as_text()?;
    if delimiter.is_empty() {
        return None;
    }
    let parts = crate::split::split(&own, &delimiter)?;
    let parts = parts.into_iter().map(|part| Value::text(part).at(text.span));
    Some(Value::list(parts.collect()))
}

/// `format` with `%s`, `%d`, `%v`, `%q` and `%%`.
fn formatted(arguments: &[Value]) -> Option<Value> {
    let (form, rest) = arguments.split_first()?;
    let form = form.as_known_text()?;
    let mut values = rest.iter();
    let mut text = String::new();
    let mut characters = form.chars().peekable();
    while let Some(character) = characters.next() {
        if character != '%' {
            text.push(character);
            continue;
        }
        match characters.next()? {
            '%' => text.push('%'),
            's' | 'd' | 'v' | 't' => {
                let value = values.next()?;
                text.push_str(&value.as_text()?);
            }
            'q' => {
                let value = values.next()?.as_text()?.into_owned();
                text.push('"');
                text.push_str(&value);
                text.push('"');
            }
            _ => return None,
        }
        if text.len() > MAX_TEXT {
            return None;
        }
    }
    Some(Value::text(text))
}

fn format_list(arguments: &[Value]) -> Option<Value> {
    let lengths = arguments.iter().filter_map(|argument| match &argument.kind {
        Kind::List(items) => Some(items.len()),
        _ => None,
    });
    let Some(length) = lengths.max() else {
        // A list of unknown length.
        let element = |argument: &Value| match &argument.kind {
            Kind::Unknown(name) => Value::unknown(format!("{}[each]", name.text)),
            _ => argument.clone(),
        };
        let one = formatted(&arguments.iter().map(element).collect::<Vec<_>>())?;
        return Some(Value::list(vec![Value::each(one)]));
    };
    let mut all = Vec::with_capacity(length);
    for number in 0..length {
        let mut is_each = false;
        let mut own = Vec::with_capacity(arguments.len());
        for argument in arguments {
            own.push(match &argument.kind {
                Kind::List(items) => {
                    let item = items.get(number)?;
                    is_each |= item.is_each();
                    item.inner().clone()
                }
                _ => argument.clone(),
            });
        }
        let one = formatted(&own)?;
        all.push(if is_each { Value::each(one) } else { one });
    }
    Some(Value::list(all))
}
