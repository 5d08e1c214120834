//! The attributes of resources and data sources.
//!
//! Source: Terraform Registry, AWS provider, the attribute reference of each resource and data source.

use std::rc::Rc;

use super::arns::{self, Form, Id};
use super::evaluate::{Evaluator, Memo, Scope};
use super::module::address;
use super::syntax::Block;
use super::value::{Instance, Kind, Member, Reference, Value};

/// How many instances of a resource are looked at.
pub(super) const MAX_INSTANCES: usize = 100;

impl Evaluator<'_> {
    /// The instances that a resource has, if it may have several: the indices, or an object of keys and values.
    pub(super) fn instances(&self, number: usize) -> Option<Value> {
        let block = self.module.block(number)?;
        let (name, attribute) = ["count", "for_each"]
            .into_iter()
            .find_map(|name| Some((name, block.body.attribute(name)?)))?;
        Some(self.memo(Memo::Instances(number), || {
            if name == "count" {
                let count = self.openly(|| self.value(&attribute.value, &Scope::default()));
                let Some(count) = count.as_number() else {
                    return Value::list(vec![Value::each(Value::word(format!(
                        "{}.count.index",
                        address(block)
                    )))]);
                };
                let indices = (0..MAX_INSTANCES).take_while(|index| {
                    #[expect(clippy::cast_precision_loss, reason = "it is small")]
                    let index = *index as f64;
                    index < count
                });
                return Value::list(indices.map(Value::number).collect());
            }
            let collection = self.value(&attribute.value, &Scope::default());
            let is_set = matches!(collection.kind, Kind::List(_));
            let items = self.items(&collection).unwrap_or_else(|| {
                let name = collection.describe();
                vec![(
                    Value::unknown(format!("keys({name})[each]")),
                    Value::each(Value::unknown(format!("{name}[each]"))),
                )]
            });
            let members = items.into_iter().take(MAX_INSTANCES).map(|(key, value)| Member {
                key: if is_set { value.inner().key() } else { key.key() },
                key_span: None,
                value,
            });
            Value::object(members.collect())
        }))
    }

    /// The instances of a resource with their keys, if it may have several.
    pub(super) fn all_instances(&self, reference: &Reference) -> Option<Vec<(Value, Value)>> {
        if !matches!(reference.instance, Instance::Only) {
            return None;
        }
        let instances = self.instances(reference.block)?;
        let of = |instance: Instance, is_each: bool| {
            let value = Value::new(Kind::Block(Rc::new(Reference {
                block: reference.block,
                instance,
            })));
            if is_each { Value::each(value) } else { value }
        };
        Some(match &instances.kind {
            Kind::List(indices) => indices
                .iter()
                .map(|index| {
                    let own = index.inner().clone();
                    (own.clone(), of(Instance::Count(own), index.is_each()))
                })
                .collect(),
            Kind::Object(members) => members
                .iter()
                .map(|member| {
                    let key = Value::text(member.key.clone());
                    let instance = Instance::Each(key.clone(), member.value.inner().clone());
                    (key, of(instance, member.value.is_each()))
                })
                .collect(),
            _ => return None,
        })
    }

    /// An instance of a resource.
    pub(super) fn instance(&self, reference: &Reference, index: &Value) -> Value {
        let own = |instance: Instance| {
            Value::new(Kind::Block(Rc::new(Reference {
                block: reference.block,
                instance,
            })))
        };
        let Some(instances) = self.instances(reference.block) else {
            return own(reference.instance.clone());
        };
        match &instances.kind {
            Kind::List(indices) => {
                let is_closed = !indices.iter().any(Value::is_each);
                #[expect(clippy::cast_precision_loss, reason = "it is small")]
                let length = indices.len() as f64;
                match index.as_number() {
                    Some(number) if is_closed && number >= length && indices.len() < MAX_INSTANCES => {
                        Value::error(format!("{}[{}]", self.address(reference), index.describe()))
                    }
                    _ => own(Instance::Count(index.clone())),
                }
            }
            _ => own(Instance::Each(index.clone(), self.index(&instances, index))),
        }
    }

    /// An instance of a resource by its number, under the present conditions.
    pub(super) fn instance_at(&self, number: usize, wanted: usize) -> Option<Instance> {
        let Some(instances) = self.instances(number) else {
            return (wanted == 0).then_some(Instance::Only);
        };
        match &instances.kind {
            Kind::List(indices) => indices.get(wanted).map(|index| Instance::Count(index.inner().clone())),
            Kind::Object(members) => members.get(wanted).map(|member| {
                let key = Value::text(member.key.clone());
                Instance::Each(key, member.value.inner().clone())
            }),
            _ => None,
        }
    }

    /// The names that expressions in a resource can use.
    pub(super) fn scope_of(instance: &Instance) -> Scope {
        let member = |key: &str, value: &Value| Member {
            key: key.into(),
            key_span: None,
            value: value.clone(),
        };
        match instance {
            Instance::Only => Scope::default(),
            Instance::Count(index) => Scope::default().with("count", Value::object(vec![member("index", index)])),
            Instance::Each(key, value) => {
                Scope::default().with("each", Value::object(vec![member("key", key), member("value", value)]))
            }
        }
    }

    /// The address of a resource or of an instance of one.
    fn address(&self, reference: &Reference) -> String {
        let own = self.module.block(reference.block).map(address).unwrap_or_default();
        own + &suffix(&reference.instance)
    }

    /// An attribute of a resource or a data source.
    pub(super) fn block_attribute(&self, reference: &Reference, name: &str) -> Value {
        let Some(block) = self.module.block(reference.block) else {
            return Value::unknown(name);
        };
        let reference = &self.some_instance(reference);
        let described = || format!("{}.{name}", self.address(reference));
        let unknown = || Value::unknown(described());
        let known = match (&*block.kind, block.label(0)) {
            ("data", "aws_iam_policy_document") => match name {
                "json" | "minified_json" => {
                    self.used.borrow_mut().insert(reference.block);
                    let document = self.document(reference.block, &reference.instance);
                    return Value::new(Kind::Json(Rc::new(document)));
                }
                _ => None,
            },
            ("data", "aws_caller_identity") => {
                (name == "account_id" || name == "id").then(|| self.own(block, "AccountId"))
            }
            ("data", "aws_partition") => match name {
                "partition" | "id" => Some(self.own(block, "Partition")),
                "dns_suffix" => Some(Value::text("amazonaws.com")),
                "reverse_dns_prefix" => Some(Value::text("com.amazonaws")),
                _ => None,
            },
            ("data", "aws_region") if block.body.attributes.iter().all(|own| &*own.name == "provider") => {
                matches!(name, "name" | "id" | "region").then(|| self.own(block, "Region"))
            }
            ("data", "aws_service_principal") if name == "name" => {
                let service = self.text_of(block, "service_name", &Self::scope_of(&reference.instance));
                service.map(|service| Value::text(format!("{service}.amazonaws.com")))
            }
            _ => None,
        };
        if let Some(known) = known {
            return known;
        }
        let scope = Self::scope_of(&reference.instance);
        if let Some(attribute) = block.body.attribute(name) {
            let memo = Memo::Attribute(reference.block, name.into(), suffix(&reference.instance));
            let value = self.memo(memo, || self.value(&attribute.value, &scope));
            // Terraform chooses what is null.
            if !value.is_null() {
                return value;
            }
        }
        let Some(form) = arns::form(block.label(0)) else {
            return unknown();
        };
        let owner = || self.name_of(block, reference, form, &scope);
        match name {
            _ if form.is_arn(name) => Value::text(self.arn(block, reference, form, &scope)),
            "id" => match form.id {
                Id::Name => Value::text(owner()),
                Id::Arn => Value::text(self.arn(block, reference, form, &scope)),
                Id::Other => unknown(),
            },
            "stream_arn" if block.label(0) == "aws_dynamodb_table" => {
                let stream = Value::word(described());
                let arn = self.arn(block, reference, form, &scope);
                Value::text(format!("{arn}/stream/{}", stream.as_text().unwrap_or_default()))
            }
            "qualified_arn" if block.label(0) == "aws_lambda_function" => {
                let version = Value::word(described());
                let arn = self.arn(block, reference, form, &scope);
                Value::text(format!("{arn}:{}", version.as_text().unwrap_or_default()))
            }
            _ if !form.name.is_empty() && name == form.name => Value::text(owner()),
            "key_id" | "unique_id" | "repository_id" | "vpc_id" | "hosted_zone_id" => Value::word(described()),
            _ => unknown(),
        }
    }

    /// The instance that a reference without an index means.
    fn some_instance(&self, reference: &Reference) -> Reference {
        let first = match reference.instance {
            Instance::Only => self.all_instances(reference).and_then(|all| all.into_iter().next()),
            _ => None,
        };
        match first.as_ref().map(|(_, value)| &value.inner().kind) {
            Some(Kind::Block(first)) => Reference {
                block: first.block,
                instance: first.instance.clone(),
            },
            _ => Reference {
                block: reference.block,
                instance: reference.instance.clone(),
            },
        }
    }

    /// The account, Region or partition of the provider. CloudFormation's names for them are used, so that templates of
    /// both kinds can be compared.
    fn own(&self, block: &Block, what: &str) -> Value {
        let attribute = |name: &str| block.body.attribute(name).filter(|_| what != "Partition");
        if let Some(region) = attribute("region").filter(|_| what == "Region") {
            let value = self.value(&region.value, &Scope::default());
            return match value.as_known_text() {
                Some(text) => Value::text(text.as_ref()),
                None => Value::word(value.describe()),
            };
        }
        // Another configuration of the provider can be for another account and Region.
        match attribute("provider") {
            Some(provider) => Value::word(format!("{}.{what}", self.sources.text(provider.value.span))),
            None => Value::word(format!("AWS::{what}")),
        }
    }

    /// The name of a resource, which its ARN ends with.
    fn name_of(&self, block: &Block, reference: &Reference, form: Form, scope: &Scope) -> String {
        let own = (!form.name.is_empty())
            .then(|| {
                let attribute = block.body.attribute(form.name)?;
                let value = self.value(&attribute.value, scope);
                let text = value.as_text()?.into_owned();
                (!text.is_empty()).then_some(text)
            })
            .flatten();
        own.unwrap_or_else(|| {
            let attribute = if form.name.is_empty() { "id" } else { form.name };
            super::value::unknown_part(&format!("{}.{attribute}", self.address(reference)), true)
        })
    }

    fn arn(&self, block: &Block, reference: &Reference, form: Form, scope: &Scope) -> String {
        let mut name = self.name_of(block, reference, form, scope);
        if form.arn.starts_with("iam:") && !form.arn.contains("oidc") {
            let path = self.text_of(block, "path", scope).unwrap_or_default();
            name = path.trim_start_matches('/').to_owned() + &name;
        }
        if form.arn.contains("/{N}") {
            name = name.strip_prefix('/').unwrap_or(&name).to_owned();
        }
        if form.arn.contains("oidc-provider") {
            name = name.strip_prefix("https://").unwrap_or(&name).to_owned();
        }
        let text = |value: Value| value.as_text().map(std::borrow::Cow::into_owned).unwrap_or_default();
        let arn = form
            .arn
            .replace("{R}", &text(self.own(block, "Region")))
            .replace("{A}", &text(self.own(block, "AccountId")));
        let suffix = super::value::unknown_part(&format!("{}.suffix", self.address(reference)), true);
        let arn = arn.replace("{S}", &suffix).replace("{N}", &name);
        format!("arn:{}:{arn}", text(self.own(block, "Partition")))
    }
}

/// How an instance is named after its resource.
pub(super) fn suffix(instance: &Instance) -> String {
    match instance {
        Instance::Only => String::new(),
        Instance::Count(key) | Instance::Each(key, _) => format!("[{}]", key.describe()),
    }
}
