//! The format of a line of requests.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// A line. Omitted members are `None`; policies are kept as text, so that they can be looked up in the cache.
#[derive(Debug, Default)]
pub(crate) struct Line<'a> {
    pub(crate) id: Option<&'a RawValue>,
    pub(crate) request: Option<Request<'a>>,
    pub(crate) identity: Option<&'a RawValue>,
    pub(crate) boundary: Option<&'a RawValue>,
    pub(crate) session: Option<&'a RawValue>,
    pub(crate) service_control: Option<&'a RawValue>,
    pub(crate) resource_control: Option<&'a RawValue>,
    pub(crate) resource: Option<&'a RawValue>,
}

#[derive(Debug, Default)]
pub(crate) struct Request<'a> {
    pub(crate) principal: Option<Cow<'a, str>>,
    pub(crate) action: Option<Cow<'a, str>>,
    pub(crate) resource: Option<Cow<'a, str>>,
    pub(crate) resource_account: Option<Cow<'a, str>>,
    pub(crate) context: Vec<(Cow<'a, str>, Values<'a>)>,
}

#[derive(Debug)]
pub(crate) enum Values<'a> {
    One(Cow<'a, str>),
    Many(Vec<Cow<'a, str>>),
}

impl Values<'_> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        let values = match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        };
        values.iter().map(|value| &**value)
    }
}

/// A string, borrowed if it has no escapes.
struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor).map(Self)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Values<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValuesVisitor)
    }
}

struct ValuesVisitor;

impl<'de> Visitor<'de> for ValuesVisitor {
    type Value = Values<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or an array of strings")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Values::One(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Values::One(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Text(value)) = items.next_element()? {
            values.push(value);
        }
        Ok(Values::Many(values))
    }
}

/// Sets a member that may appear only once.
fn once<T, E: Error>(place: &mut Option<T>, key: &str, value: T) -> Result<(), E> {
    if place.replace(value).is_some() {
        return Err(E::custom(format_args!("duplicate key `{key}`")));
    }
    Ok(())
}

/// A value that may be `null`, which is the same as omitting it.
fn next<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    place: &mut Option<T>,
    key: &str,
    map: &mut A,
) -> Result<(), A::Error> {
    match map.next_value::<Option<T>>()? {
        Some(value) => once(place, key, value),
        None => Ok(()),
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Line<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(LineVisitor)
    }
}

struct LineVisitor;

impl<'de> Visitor<'de> for LineVisitor {
    type Value = Line<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut line = Line::default();
        while let Some(Text(key)) = map.next_key()? {
            match &*key {
                "id" => once(&mut line.id, &key, map.next_value()?)?,
                "request" => next(&mut line.request, &key, &mut map)?,
                "identityPolicies" => next(&mut line.identity, &key, &mut map)?,
                "permissionBoundaries" => next(&mut line.boundary, &key, &mut map)?,
                "sessionPolicies" => next(&mut line.session, &key, &mut map)?,
                "serviceControlPolicies" => next(&mut line.service_control, &key, &mut map)?,
                "resourceControlPolicies" => next(&mut line.resource_control, &key, &mut map)?,
                "resourcePolicy" => next(&mut line.resource, &key, &mut map)?,
                _ => return Err(A::Error::custom(format_args!("unknown key `{key}`"))),
            }
        }
        Ok(line)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Request<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RequestVisitor)
    }
}

struct RequestVisitor;

impl<'de> Visitor<'de> for RequestVisitor {
    type Value = Request<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut request = Request::default();
        let mut context = None;
        while let Some(Text(key)) = map.next_key()? {
            let place = match &*key {
                "principal" => &mut request.principal,
                "action" => &mut request.action,
                "resource" => &mut request.resource,
                "resourceAccount" => &mut request.resource_account,
                "context" => {
                    next(&mut context, &key, &mut map)?;
                    continue;
                }
                _ => return Err(A::Error::custom(format_args!("unknown key `{key}` in `request`"))),
            };
            let mut text = None;
            next(&mut text, &key, &mut map)?;
            if let Some(Text(text)) = text {
                once(place, &key, text)?;
            }
        }
        if let Some(Context(context)) = context {
            request.context = context;
        }
        Ok(request)
    }
}

struct Context<'a>(Vec<(Cow<'a, str>, Values<'a>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Context<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ContextVisitor)
    }
}

struct ContextVisitor;

impl<'de> Visitor<'de> for ContextVisitor {
    type Value = Context<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut context: Vec<(Cow<'de, str>, Values<'de>)> = Vec::new();
        while let Some(Text(key)) = map.next_key()? {
            if context.iter().any(|(known, _)| known.eq_ignore_ascii_case(&key)) {
                return Err(A::Error::custom(format_args!("duplicate context key `{key}`")));
            }
            let values = map
                .next_value()
                .map_err(|error| A::Error::custom(format_args!("`{key}`: {}", Plain(&error))))?;
            context.push((key, values));
        }
        Ok(Context(context))
    }
}

/// A serde error in our own words. It has no location; the caller adds that.
struct Plain<'e, E>(&'e E);

impl<E: fmt::Display> fmt::Display for Plain<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        let text = text.split(" at line ").next().unwrap_or_default();
        let Some((found, expected)) = text
            .strip_prefix("invalid type: ")
            .and_then(|text| text.rsplit_once(", expected "))
        else {
            let text = text.replace("unknown field", "unknown key");
            return f.write_str(&text.replace("EOF while parsing", "unexpected end of line in"));
        };
        let found = match found {
            "sequence" => "array",
            "map" => "object",
            other => other,
        };
        write!(f, "expected {expected}, found {}", found.replace('"', "`"))
    }
}

/// Reads the condition keys of a request from the `context` member of a line: an object whose values are strings or
/// arrays of strings.
///
/// # Errors
///
/// If it is malformed.
///
/// # Examples
///
/// ```
/// use iam_policy_eval::simulate::read_context;
///
/// let context = read_context(r#"{"aws:SourceIp": "203.0.113.7", "aws:TagKeys": ["a", "b"]}"#).unwrap_or_default();
/// assert_eq!(context[1], ("aws:TagKeys".to_owned(), vec!["a".to_owned(), "b".to_owned()]));
/// assert_eq!(read_context("[]"), Err("expected an object, found array".to_owned()));
/// ```
pub fn read_context(source: &str) -> Result<Vec<(String, Vec<String>)>, String> {
    let Context(context) = serde_json::from_str(source).map_err(|error| {
        let place = if error.is_syntax() && error.line() > 1 {
            format!("line {}, ", error.line())
        } else {
            String::new()
        };
        place + &message(&error)
    })?;
    let owned =
        |(key, values): (Cow<'_, str>, Values<'_>)| (key.into_owned(), values.iter().map(str::to_owned).collect());
    Ok(context.into_iter().map(owned).collect())
}

/// The `id` of an otherwise invalid line.
pub(crate) struct Id<'a>(pub(crate) Option<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Id<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(IdVisitor)
    }
}

struct IdVisitor;

impl<'de> Visitor<'de> for IdVisitor {
    type Value = Id<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut id = None;
        while let Some(Text(key)) = map.next_key()? {
            if key == "id" {
                id = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Id(id))
    }
}

/// A serde error about a line, in our own words.
///
/// # Examples
///
/// ```
/// let error = serde_json::from_str::<bool>("5").err();
/// let message = error.map(|error| iam_policy_eval::simulate::message(&error));
/// assert_eq!(message.as_deref(), Some("expected a boolean, found integer `5`"));
/// ```
#[must_use]
pub fn message(error: &serde_json::Error) -> String {
    if error.is_syntax() && error.column() > 0 {
        format!("column {}: {}", error.column(), Plain(error))
    } else {
        Plain(error).to_string()
    }
}
