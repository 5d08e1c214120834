//! A naive evaluator of CloudFormation templates.
//!
//! Source: AWS CloudFormation User Guide, "Intrinsic function reference", "Pseudo parameters reference".

use std::collections::BTreeMap;

use iam_policy_gen::Format;
use iam_policy_spec::{Spec, with_policies};
use saphyr_parser::{Event, Parser};
use serde_json::{Map, Value, json};

use super::Documents;
use super::choice::{Choice, Chosen};

/// Reads YAML, with the short forms of functions as long ones.
pub(crate) fn read(text: &str) -> Value {
    let mut events = Parser::new_from_str(text)
        .map(|event| event.unwrap_or_else(|error| panic!("{error}\n{text}")).0)
        .filter(|event| {
            !matches!(
                event,
                Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing
            )
        });
    let value = node(&mut events).unwrap();
    assert!(events.next().is_none(), "more than one document\n{text}");
    value
}

/// The next value; `None` at the end of a sequence or mapping.
fn node(events: &mut dyn Iterator<Item = Event<'_>>) -> Option<Value> {
    let (value, tag) = match events.next().unwrap() {
        // Plain scalars that are not strings would be quoted by the writer, which cfn-lint checks.
        Event::Scalar(text, _, _, tag) => (Value::from(text.into_owned()), tag),
        Event::SequenceStart(_, tag) => {
            let mut elements = Vec::new();
            while let Some(element) = node(events) {
                elements.push(element);
            }
            (Value::from(elements), tag)
        }
        Event::MappingStart(_, tag) => {
            let mut object = Map::new();
            while let Some(key) = node(events) {
                let key = key.as_str().unwrap().to_owned();
                assert!(
                    object.insert(key, node(events).unwrap()).is_none(),
                    "a key occurs twice"
                );
            }
            (Value::from(object), tag)
        }
        Event::SequenceEnd | Event::MappingEnd => return None,
        other => panic!("{other:?}"),
    };
    Some(match tag.as_ref().map(|tag| tag.suffix.as_str()) {
        None => value,
        Some("Ref") => json!({ "Ref": value }),
        Some("GetAtt") => json!({ "Fn::GetAtt": value.as_str().unwrap().split('.').collect::<Vec<_>>() }),
        Some(function) => json!({ format!("Fn::{function}"): value }),
    })
}

/// A stack with its parameters.
struct Stack<'a> {
    template: &'a Value,
    values: BTreeMap<String, Value>,
    partition: &'a str,
}

impl Stack<'_> {
    /// The value of an expression; `None` if it is `AWS::NoValue`.
    fn value(&self, value: &Value) -> Option<Value> {
        let object = match value {
            Value::Array(elements) => return Some(elements.iter().filter_map(|one| self.value(one)).collect()),
            Value::Object(object) => object,
            scalar => return Some(scalar.clone()),
        };
        if let Some((function, argument)) = object.iter().next().filter(|_| object.len() == 1) {
            match function.as_str() {
                "Ref" => return self.reference(argument.as_str().unwrap()),
                "Fn::Sub" => return Some(self.substitute(argument).into()),
                "Fn::If" => {
                    let chosen = if self.condition(argument[0].as_str().unwrap()) {
                        1
                    } else {
                        2
                    };
                    return self.value(&argument[chosen]);
                }
                "Fn::FindInMap" => return Some(self.in_map(argument)),
                _ => assert!(!function.starts_with("Fn::"), "{function}"),
            }
        }
        let entries = object
            .iter()
            .filter_map(|(key, value)| Some((key.clone(), self.value(value)?)));
        Some(Value::Object(entries.collect()))
    }

    fn reference(&self, name: &str) -> Option<Value> {
        match name {
            "AWS::NoValue" => None,
            "AWS::Partition" => Some(self.partition.into()),
            "AWS::AccountId" => Some("123456789012".into()),
            _ if self.template["Resources"].get(name).is_some() => Some(format!("<{name}>").into()),
            _ => Some(
                self.values
                    .get(name)
                    .unwrap_or_else(|| panic!("no parameter {name}"))
                    .clone(),
            ),
        }
    }

    /// `Fn::Sub`: `${Name}` is a value, and `${!Name}` is `${Name}`.
    fn substitute(&self, argument: &Value) -> String {
        let (text, local) = match argument {
            Value::Array(both) => (both[0].as_str().unwrap(), &both[1]),
            text => (text.as_str().unwrap(), &Value::Null),
        };
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let (name, next) = after.split_once('}').unwrap();
            if let Some(literal) = name.strip_prefix('!') {
                out.extend(["${", literal, "}"]);
            } else {
                let value = match local.get(name) {
                    Some(value) => self.value(value),
                    None => self.reference(name),
                };
                out.push_str(value.unwrap().as_str().unwrap());
            }
            rest = next;
        }
        out + rest
    }

    fn in_map(&self, argument: &Value) -> Value {
        let mut place = &self.template["Mappings"];
        for key in argument.as_array().unwrap() {
            place = &place[self.value(key).unwrap().as_str().unwrap()];
        }
        place.clone()
    }

    fn condition(&self, name: &str) -> bool {
        self.holds(&self.template["Conditions"][name])
    }

    fn holds(&self, condition: &Value) -> bool {
        let (function, argument) = condition.as_object().unwrap().iter().next().unwrap();
        let all = || argument.as_array().unwrap().iter();
        match function.as_str() {
            "Condition" => self.condition(argument.as_str().unwrap()),
            "Fn::Not" => !self.holds(&argument[0]),
            "Fn::Or" => all().any(|one| self.holds(one)),
            "Fn::And" => all().all(|one| self.holds(one)),
            "Fn::Equals" => self.text(&argument[0]) == self.text(&argument[1]),
            other => panic!("{other}"),
        }
    }

    /// A text, or the elements of a list that are joined by nothing.
    fn text(&self, value: &Value) -> String {
        if let Some(join) = value.get("Fn::Join") {
            assert_eq!(join[0], "");
            let list = self.value(&join[1]).unwrap();
            return list
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one.as_str().unwrap())
                .collect();
        }
        self.value(value).unwrap().as_str().unwrap().to_owned()
    }
}

/// Words without what a logical name cannot contain.
pub(crate) fn pascal(name: &str) -> String {
    let words = name.split(['-', '_']);
    words.map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect()
}

/// The values of the template's parameters.
pub(crate) fn values(spec: &Spec, template: &Value, choice: &Choice) -> BTreeMap<String, Value> {
    let parameters = template["Parameters"].as_object().cloned().unwrap_or_default();
    let mut values = BTreeMap::new();
    for (name, parameter) in &parameters {
        let default = parameter["Default"].as_str().unwrap_or("unset").to_owned();
        let is_list = parameter["Type"] == "CommaDelimitedList";
        let value = if is_list {
            json!(default.split(',').filter(|one| !one.is_empty()).collect::<Vec<_>>())
        } else {
            json!(default)
        };
        values.insert(name.clone(), value);
    }
    // Parameters whose names consist of the same words get numbers.
    let mut taken = std::collections::BTreeSet::new();
    let names: BTreeMap<String, String> = spec
        .parameters
        .iter()
        .map(|parameter| {
            let name = pascal(&parameter.name.value);
            let mut unique = name.clone();
            let mut number = 2;
            while !taken.insert(unique.clone()) {
                unique = format!("{name}{number}");
                number += 1;
            }
            (parameter.name.value.clone(), unique)
        })
        .collect();
    for (parameter, value) in &choice.values {
        let name = &names[parameter];
        let Chosen::Text(value) = value else { continue };
        let mut value = value.as_str();
        if let Some(path) = values.get_mut(&format!("{name}Path")) {
            let start = value.rfind('/').map_or(0, |slash| slash + 1);
            *path = json!(value[..start]);
            value = &value[start..];
        }
        if let Some(slot) = values.get_mut(name) {
            *slot = json!(value);
        }
    }
    if let Some(slot) = values.get_mut("Environment") {
        *slot = json!(choice.environment.as_deref().unwrap_or("default").replace('_', "-"));
    }
    for (policy, extension) in &choice.extensions {
        let name = pascal(policy) + &pascal(extension);
        let slot = values.get_mut(&name).unwrap_or_else(|| panic!("no parameter {name}"));
        *slot = json!("true");
    }
    values
}

/// The documents that a stack creates.
pub(crate) fn documents(spec: &Spec, template: &Value, choice: &Choice) -> Documents {
    let values = values(spec, template, choice);
    let stack = Stack {
        template,
        values,
        partition: choice.partition.name(),
    };
    with_policies(spec, |policies| {
        let mut documents = Documents::new();
        for policy in policies {
            let base = pascal(policy.name);
            let of = |suffix: &str| {
                let name = if base.ends_with(suffix) {
                    base.clone()
                } else {
                    format!("{base}{suffix}")
                };
                template["Resources"].get(&name)
            };
            let (role, managed) = (of("Role").filter(|_| policy.trust.is_some()), of("Policy"));
            let document = match (managed, role) {
                (Some(managed), _) => {
                    let properties = &managed["Properties"];
                    let keys = ["PolicyDocument", "Content", "ResourcePolicy"];
                    keys.iter().find_map(|key| properties.get(*key))
                }
                (None, Some(role)) => role["Properties"]
                    .get("Policies")
                    .map(|policies| &policies[0]["PolicyDocument"]),
                (None, None) => None,
            };
            if let Some(document) = document {
                documents.push((policy.name.to_owned(), stack.value(document).unwrap()));
            }
            if let Some(role) = role {
                let trust = stack.value(&role["Properties"]["AssumeRolePolicyDocument"]).unwrap();
                documents.push((format!("{}.trust", policy.name), trust));
            }
        }
        documents
    })
}

/// The format that this module evaluates.
pub(crate) const FORMAT: Format = Format::CloudFormation;
