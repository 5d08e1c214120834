use std::fmt;

use iam_policy_check::Code;
use iam_policy_core::json::Writer;
use iam_policy_core::operator::Operator;
use iam_policy_core::{Style, template};
use iam_policy_spec::configuration;
use iam_policy_spec::keys::{Form, Key, SECTIONS, Section, Value};

use super::patterns;

/// Returns the JSON Schema of the language (draft 7). Editors use it to complete and check specs.
///
/// It accepts every valid spec. Of the mistakes it reports those that can be seen without knowing the rest of the spec or
/// AWS's actions: misspelled keys and values, wrong types, missing keys, keys that exclude each other, and the syntax of
/// actions, ARNs, names, Sids and condition operators.
#[must_use]
pub fn schema() -> String {
    const ID: &str = concat!(iam_policy_core::docs_url!(), "/spec.schema.json");
    schema_of(ID, "A spec of IAM permissions", SECTIONS)
}

/// Returns the JSON Schema of `iam-policy.toml` (draft 7).
#[must_use]
pub fn configuration_schema() -> String {
    const ID: &str = concat!(iam_policy_core::docs_url!(), "/iam-policy.schema.json");
    schema_of(ID, "The configuration of iam-policy", configuration::keys::SECTIONS)
}

/// - `sections`: all sections, that of the whole file first
fn schema_of(id: &str, title: &str, sections: &[&Section]) -> String {
    let mut out = String::new();
    // Writing to a `String` cannot fail.
    let _ = write_schema(&mut Writer::new(&mut out, Style::PRETTY), id, title, sections);
    out
}

/// The definition of a condition block, which is not a section.
const CONDITIONS: &str = "conditions";

/// The definition of the keys of one condition operator.
const CONDITION_KEYS: &str = "condition-keys";

type Write<'a> = &'a dyn Fn(&mut Writer<'_>) -> fmt::Result;

fn write_schema(json: &mut Writer<'_>, id: &str, title: &str, sections: &[&Section]) -> fmt::Result {
    let mut keys = sections.iter().flat_map(|section| section.keys);
    let has_conditions = keys.any(|key| matches!(key.value, Value::Conditions));
    object(json, &|json| {
        text(json, "$schema", "http://json-schema.org/draft-07/schema#")?;
        text(json, "$id", id)?;
        text(json, "title", title)?;
        // In this draft, all keys beside a `$ref` are ignored.
        json.key("allOf")?;
        let whole = sections.first().map_or("", |section| section.name);
        array(json, &[&|json| reference_to(json, whole)])?;
        json.key("definitions")?;
        object(json, &|json| {
            for section in sections {
                json.key(section.name)?;
                section_schema(json, section)?;
            }
            if !has_conditions {
                return Ok(());
            }
            json.key(CONDITIONS)?;
            conditions(json)?;
            json.key(CONDITION_KEYS)?;
            condition_keys(json)
        })
    })
}

fn section_schema(json: &mut Writer<'_>, section: &Section) -> fmt::Result {
    object(json, &|json| {
        text(json, "description", section.about)?;
        text(json, "type", "object")?;
        if section.keys.is_empty() {
            return settings(json);
        }
        json.key("additionalProperties")?;
        json.literal(false)?;
        json.key("properties")?;
        object(json, &|json| {
            for key in section.keys {
                json.key(key.name)?;
                key_schema(json, key, is_excused(section, key))?;
            }
            Ok(())
        })?;
        let mut required = Vec::new();
        for key in section.keys {
            if key.required && key.alternative.is_none() && key.optional_with.is_empty() {
                required.push(key.name);
            }
        }
        if !required.is_empty() {
            json.key("required")?;
            json.list(required)?;
        }
        let pairs = section.pairs();
        let explained = section.explained();
        let excused: Vec<&Key> = section.keys.iter().filter(|key| is_excused(section, key)).collect();
        let is_replaced = |key: &&Key| key.required && key.alternative.is_none() && !key.optional_with.is_empty();
        let replaced: Vec<&Key> = section.keys.iter().filter(is_replaced).collect();
        if pairs.is_empty() && explained.is_empty() && excused.is_empty() && replaced.is_empty() {
            return Ok(());
        }
        json.key("allOf")?;
        json.begin_array()?;
        for (one, other) in pairs {
            object(json, &|json| pair(json, one, other))?;
        }
        if !explained.is_empty() {
            object(json, &|json| reasons(json, &explained))?;
        }
        for key in excused {
            object(json, &|json| without_waiver(json, key))?;
        }
        for key in replaced {
            object(json, &|json| any_of(json, &[&[key.name], key.optional_with].concat()))?;
        }
        json.end_array()
    })
}

/// The key of waivers.
const WAIVE: &str = "waive";

/// Whether a waiver beside a key accepts what its form would reject.
fn is_excused(section: &Section, key: &Key) -> bool {
    matches!(key.form, Form::Action | Form::Arn) && section.key(WAIVE).is_some()
}

/// The form of a key, unless there are waivers beside it.
fn without_waiver(json: &mut Writer<'_>, key: &Key) -> fmt::Result {
    json.key("if")?;
    requires(json, &[WAIVE])?;
    json.key("else")?;
    object(json, &|json| {
        json.key("properties")?;
        object(json, &|json| {
            json.key(key.name)?;
            object(json, &|json| string(json, key.form))
        })
    })
}

/// Exactly one of two keys, or at most one if neither is required.
fn pair(json: &mut Writer<'_>, one: &Key, other: &Key) -> fmt::Result {
    let one: Write<'_> = &|json| requires(json, &[one.name]);
    let other_key = other;
    let other: Write<'_> = &|json| requires(json, &[other_key.name]);
    let optional_with = other_key.optional_with;
    if other_key.required && optional_with.is_empty() {
        json.key("oneOf")?;
        return array(json, &[one, other]);
    }
    if other_key.required {
        json.key("oneOf")?;
        return array(json, &[one, other, &|json| neither(json, &[one, other], optional_with)]);
    }
    json.key("not")?;
    object(json, &|json| {
        json.key("allOf")?;
        array(json, &[one, other])
    })
}

/// Any of these keys.
fn any_of(json: &mut Writer<'_>, keys: &[&str]) -> fmt::Result {
    json.key("anyOf")?;
    json.begin_array()?;
    for key in keys {
        requires(json, &[key])?;
    }
    json.end_array()
}

/// Neither of two keys, but any of the keys that make them optional.
fn neither(json: &mut Writer<'_>, pair: &[Write<'_>], optional_with: &[&str]) -> fmt::Result {
    object(json, &|json| {
        json.key("not")?;
        object(json, &|json| {
            json.key("anyOf")?;
            array(json, pair)
        })?;
        any_of(json, optional_with)
    })
}

/// A reason for the whole section, or for each element of the keys in `explained`.
fn reasons(json: &mut Writer<'_>, explained: &[&Key]) -> fmt::Result {
    let whole: Write<'_> = &|json| requires(json, &["reason"]);
    let each: Write<'_> = &|json| {
        object(json, &|json| {
            json.key("properties")?;
            object(json, &|json| {
                for key in explained {
                    json.key(key.name)?;
                    object(json, &|json| {
                        json.key("items")?;
                        object(json, &|json| {
                            text(json, "type", "object")?;
                            json.key("required")?;
                            json.list(["reason"])
                        })
                    })?;
                }
                Ok(())
            })
        })
    };
    json.key("anyOf")?;
    array(json, &[whole, each])
}

/// - `is_excused`: whether the key's form depends on another key
fn key_schema(json: &mut Writer<'_>, key: &Key, is_excused: bool) -> fmt::Result {
    object(json, &|json| {
        text(json, "description", &format!("{} Example: {}", key.about, key.example))?;
        match key.value {
            Value::Flag => text(json, "type", "boolean"),
            Value::Choice(choices) => {
                json.key("enum")?;
                json.list(choices.names())
            }
            Value::Several(choices) => {
                list_of(json, &|json| {
                    object(json, &|json| {
                        json.key("enum")?;
                        json.list(choices.names())
                    })
                })?;
                json.key("uniqueItems")?;
                json.literal(true)
            }
            Value::Texts | Value::Templates => list_of(json, &|json| object(json, &|json| string(json, key.form))),
            Value::Entries(section, "") | Value::Tables(section) => {
                list_of(json, &|json| reference_to(json, section.name))
            }
            Value::Entries(section, shorthand) => list_of(json, &|json| entry(json, section, shorthand)),
            Value::Table(section) => {
                json.key("allOf")?;
                array(json, &[&|json| reference_to(json, section.name)])
            }
            Value::Setting => setting(json),
            Value::Count => {
                text(json, "type", "integer")?;
                json.key("minimum")?;
                json.literal(1)
            }
            Value::Map(section) | Value::Settings(section) => {
                text(json, "type", "object")?;
                if key.required {
                    json.key("minProperties")?;
                    json.literal(1)?;
                }
                json.key("propertyNames")?;
                object(json, &|json| string(json, key.form))?;
                json.key("additionalProperties")?;
                reference_to(json, section.name)
            }
            Value::Conditions => {
                json.key("allOf")?;
                array(json, &[&|json| reference_to(json, CONDITIONS)])
            }
            _ => string(json, if is_excused { Form::Any } else { key.form }),
        }
    })
}

/// The value of a parameter: a string, or a list of strings.
fn setting(json: &mut Writer<'_>) -> fmt::Result {
    json.key("if")?;
    object(json, &|json| text(json, "type", "array"))?;
    json.key("then")?;
    object(json, &|json| {
        list_of(json, &|json| object(json, &|json| string(json, Form::Any)))?;
        json.key("uniqueItems")?;
        json.literal(true)
    })?;
    json.key("else")?;
    object(json, &|json| string(json, Form::Any))
}

/// The rest of a table whose keys are the names of parameters.
fn settings(json: &mut Writer<'_>) -> fmt::Result {
    json.key("properties")?;
    object(json, &|_| Ok(()))?;
    json.key("propertyNames")?;
    object(json, &|json| string(json, Form::ParameterName))?;
    json.key("additionalProperties")?;
    object(json, &setting)
}

/// An element that is a table, or a string in place of the table's key `shorthand`. `if` selects the one that the author
/// chose, so that an editor reports what is wrong with that one.
fn entry(json: &mut Writer<'_>, section: &Section, shorthand: &str) -> fmt::Result {
    object(json, &|json| {
        json.key("if")?;
        object(json, &|json| text(json, "type", "string"))?;
        json.key("then")?;
        let form = section.key(shorthand).map_or(Form::Any, |key| key.form);
        object(json, &|json| string(json, form))?;
        json.key("else")?;
        reference_to(json, section.name)
    })
}

/// A string of the given form.
fn string(json: &mut Writer<'_>, form: Form) -> fmt::Result {
    text(json, "type", "string")?;
    let pattern = match form {
        Form::Line => patterns::LINE,
        Form::Name | Form::ParameterName | Form::PolicyName => patterns::NAME,
        Form::Sid => patterns::SID,
        Form::Action => patterns::ACTION,
        Form::Service => patterns::SERVICE,
        Form::Arn => &patterns::arn(),
        Form::Code => {
            json.key("enum")?;
            return json.list(Code::ALL.iter().map(|code| code.name()));
        }
        _ => patterns::FILLED,
    };
    text(json, "pattern", pattern)?;
    match form {
        Form::PolicyName => {
            json.key("not")?;
            object(json, &|json| text(json, "pattern", patterns::ALL))
        }
        Form::ParameterName => {
            json.key("not")?;
            object(json, &|json| text(json, "const", template::PARTITION))
        }
        _ => Ok(()),
    }
}

/// A condition block. Editors complete the operators, which also exist with a qualifier, with `IfExists` and in any case.
fn conditions(json: &mut Writer<'_>) -> fmt::Result {
    object(json, &|json| {
        text(
            json,
            "description",
            "Condition operators, each a table of condition keys. An operator may start with `ForAllValues:` or \
             `ForAnyValue:`, and may end in `IfExists`.",
        )?;
        text(json, "type", "object")?;
        json.key("properties")?;
        object(json, &|json| {
            for operator in Operator::ALL {
                json.key(operator)?;
                reference_to(json, CONDITION_KEYS)?;
            }
            Ok(())
        })?;
        json.key("patternProperties")?;
        object(json, &|json| {
            json.key(patterns::operator())?;
            reference_to(json, CONDITION_KEYS)
        })?;
        json.key("additionalProperties")?;
        json.literal(false)
    })
}

/// The keys of an operator: each has a value, or a list of values.
fn condition_keys(json: &mut Writer<'_>) -> fmt::Result {
    let value: Write<'_> = &|json| {
        object(json, &|json| {
            json.key("type")?;
            json.list(["string", "number", "boolean"])?;
            text(json, "pattern", patterns::ACCEPTED)
        })
    };
    object(json, &|json| {
        text(json, "description", "Condition keys, each with one or more values.")?;
        text(json, "type", "object")?;
        json.key("minProperties")?;
        json.literal(1)?;
        json.key("propertyNames")?;
        object(json, &|json| text(json, "pattern", patterns::CONDITION_KEY))?;
        json.key("additionalProperties")?;
        object(json, &|json| {
            json.key("if")?;
            object(json, &|json| text(json, "type", "array"))?;
            json.key("then")?;
            object(json, &|json| list_of(json, value))?;
            json.key("else")?;
            value(json)
        })
    })
}

fn object(json: &mut Writer<'_>, members: Write<'_>) -> fmt::Result {
    json.begin_object()?;
    members(json)?;
    json.end_object()
}

fn array(json: &mut Writer<'_>, items: &[Write<'_>]) -> fmt::Result {
    json.begin_array()?;
    for item in items {
        item(json)?;
    }
    json.end_array()
}

fn text(json: &mut Writer<'_>, key: &str, value: &str) -> fmt::Result {
    json.key(key)?;
    json.string(value)
}

/// A list with at least one element.
fn list_of(json: &mut Writer<'_>, items: Write<'_>) -> fmt::Result {
    text(json, "type", "array")?;
    json.key("minItems")?;
    json.literal(1)?;
    json.key("items")?;
    items(json)
}

/// A schema that requires these keys.
fn requires(json: &mut Writer<'_>, keys: &[&str]) -> fmt::Result {
    object(json, &|json| {
        json.key("required")?;
        json.list(keys.iter().copied())
    })
}

fn reference_to(json: &mut Writer<'_>, definition: &str) -> fmt::Result {
    object(json, &|json| text(json, "$ref", &format!("#/definitions/{definition}")))
}
