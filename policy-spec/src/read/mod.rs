//! Parses text into a [`Spec`]: reads as much as possible, and reports everything that has the wrong form. How the parts
//! relate to each other is checked afterwards.

#[cfg(feature = "tools")]
pub(crate) mod configuration;
mod fields;
mod syntax;

use std::ops::Range;

use iam_policy_core::principal::SERVICE_DOMAIN;
use iam_policy_core::{AttachmentKind, Effect, ParameterKind, Partition};
use toml::Spanned as TomlSpanned;
use toml::de::{DeTable, DeValue};

use self::fields::{Fields, Reader, entries, for_example, span};
use crate::Source;
use crate::keys::{self, Choices};
use crate::mistake::mistake;
use crate::model::{
    Action, Condition, Environment, Extension, Page, Parameter, Policy, Resource, Setting, Spanned, Spec, Statement,
    Template, Trust, Waiver, pascal_case,
};
use crate::wording::list;
use iam_policy_core::suggest::nearest;
use iam_policy_document::Diagnostic;

/// The result of reading a spec.
pub(crate) struct Reading {
    pub(crate) spec: Spec,
    /// TOML syntax errors.
    pub(crate) syntax: Vec<Diagnostic>,
    /// The parts of the text that syntax errors affect. They do not reflect what the author meant, so no other errors
    /// are reported there.
    pub(crate) tainted: Vec<Range<usize>>,
    /// Valid TOML of the wrong form.
    pub(crate) form: Vec<Diagnostic>,
}

/// Reads `source`. Errors are in no particular order.
pub(crate) fn read(source: &Source) -> Reading {
    let (table, errors) = DeTable::parse_recoverable(source.text());
    let (syntax, tainted) = syntax::diagnose(source, keys::SECTIONS, table.get_ref(), errors);
    let mut reader = Reader {
        source,
        sections: keys::SECTIONS,
        is_torn: !tainted.is_empty(),
        diagnostics: Vec::new(),
        misplaced: Vec::new(),
    };
    let spec = reader.spec(table.get_ref());
    Reading {
        spec,
        syntax,
        tainted,
        form: reader.diagnostics,
    }
}

/// Whether the table of policies is present, whatever it contains.
pub(crate) fn has_policies(text: &str) -> bool {
    DeTable::parse_recoverable(text).0.get_ref().contains_key("policy")
}

type Table<'s> = DeTable<'s>;

impl Reader<'_> {
    fn spec(&mut self, table: &Table<'_>) -> Spec {
        let whole = 0..0;
        let fields = self.fields(&keys::SPEC, table, whole);
        let page = match fields.table("page") {
            Some((table, span)) => self.page(table, span),
            None => Page::default(),
        };
        let mut parameters = Vec::new();
        for (name, value) in fields.names("parameters") {
            parameters.push(self.parameter(name, value));
        }
        let mut environments = Vec::new();
        for (name, value) in fields.names("environment") {
            environments.extend(environment(name, value));
        }
        let mut policies = Vec::new();
        for entry in fields.map("policy") {
            policies.push(self.policy(entry));
        }
        Spec {
            page,
            parameters,
            environments,
            policies,
            complete: true,
        }
    }

    fn page(&mut self, table: &Table<'_>, span: Range<usize>) -> Page {
        let fields = self.fields(&keys::PAGE, table, span);
        let mut sections = Vec::new();
        for (table, span) in fields.tables("section") {
            let fields = self.fields(&keys::PAGE_SECTION, table, span);
            if let (Some(title), Some(text)) = (self.prose(&fields, "title"), self.prose(&fields, "text")) {
                sections.push((title, text));
            }
        }
        Page {
            title: self.prose(&fields, "title"),
            about: self.prose(&fields, "about"),
            sections,
        }
    }

    /// An invalid parameter is still declared, so that its uses are not reported as well.
    fn parameter(&mut self, name: Spanned<String>, value: &TomlSpanned<DeValue<'_>>) -> Parameter {
        let mut parameter = Parameter {
            name,
            kind: ParameterKind::Text,
            default: None,
            about: None,
            allow_slash: false,
            any: false,
            max_length: None,
            max_items: None,
            is_broken: true,
        };
        match value.get_ref() {
            DeValue::String(default) => {
                parameter.default = Some(Setting::Text(Spanned {
                    value: default.to_string(),
                    span: value.span(),
                }));
                parameter.is_broken = false;
            }
            DeValue::Table(table) => {
                let fields = self.fields(&keys::PARAMETER, table, value.span());
                let kind = fields.get("kind").and_then(|value| value.get_ref().as_str());
                let kind = kind.and_then(|kind| nearest(kind, Choices::ParameterKind.names()));
                parameter.about = self.prose(&fields, "about");
                parameter.allow_slash = fields.flag("allow-slash");
                parameter.max_length = fields.count("max-length");
                parameter.max_items = fields.count("max-items");
                parameter.default = fields.get("default").and_then(setting);
                parameter.kind = kind.and_then(ParameterKind::from_name).unwrap_or_default();
                // If the kind is unknown, nothing can be said about the default.
                parameter.is_broken = (fields.key_span("default").is_some() && parameter.default.is_none())
                    || (fields.key_span("kind").is_some() && kind.is_none());
                parameter.any =
                    fields.flag("any") && matches!(parameter.kind, ParameterKind::Account | ParameterKind::Region);
                self.limits(&fields, parameter.kind);
            }
            _ => {}
        }
        parameter
    }

    /// Reports keys of a parameter that have no effect on its kind.
    fn limits(&mut self, fields: &Fields<'_, '_>, kind: ParameterKind) {
        use ParameterKind::{Account, Arn, List, Region, Text};
        let kinds: [(&str, &[ParameterKind]); 4] = [
            ("allow-slash", &[Text, List]),
            ("any", &[Account, Region]),
            ("max-length", &[Text, Arn, List]),
            ("max-items", &[List]),
        ];
        for (key, kinds) in kinds {
            let Some(span) = fields.key_span(key).filter(|_| !kinds.contains(&kind)) else {
                continue;
            };
            let message = format!("`{key}` has no effect on a parameter of the kind `{kind}`");
            let noun = if kinds.len() == 1 { "kind" } else { "kinds" };
            let kinds = list(kinds.iter().map(|kind| kind.name()));
            self.report(mistake(span, message).help(format!("remove it; it is for the {noun} {kinds}")));
        }
    }

    fn policy(&mut self, (name, table, span): (Spanned<String>, &Table<'_>, Range<usize>)) -> Policy {
        let misplaced = self.misplaced.len();
        let fields = self.fields(&keys::POLICY, table, span.clone());
        // A misplaced element does not say where the policy is.
        if self.misplaced.len() == misplaced {
            self.header(&name, table, &span);
        }
        let mut partitions = Vec::new();
        for partition in self.partitions(&fields) {
            partitions.push(partition.value);
        }
        let partitions = match fields.key_span("partitions") {
            None => vec![Partition::Standard],
            Some(_) if partitions.len() < fields.elements("partitions").len() => Vec::new(),
            Some(_) => partitions,
        };
        let mut extensions = Vec::new();
        for entry in fields.map("extension") {
            extensions.push(self.extension(entry));
        }
        Policy {
            title: self.prose(&fields, "title"),
            about: self.prose(&fields, "about"),
            attach: self.attach(&fields),
            partitions,
            statements: self.statements(&fields),
            extensions,
            trust: fields.table("trust").and_then(|(table, span)| self.trust(table, span)),
            name,
        }
    }

    /// `[policy.NAME]` is required and must come before its statements, so that readers meet a policy before its parts.
    fn header(&mut self, name: &Spanned<String>, table: &Table<'_>, span: &Range<usize>) {
        let first = table.iter().map(|(key, _)| key.span().start).min();
        if !self.source.slice(span).starts_with(['[', '{']) {
            let name = &name.value;
            self.report_absence(
                mistake(
                    span.clone(),
                    format!("the policy `{name}` has no `[policy.{name}]` table"),
                )
                .help("add one before the policy's other tables"),
            );
        } else if first.is_some_and(|first| first < span.start) {
            self.report(
                mistake(
                    span.clone(),
                    format!(
                        "this table must come before the other tables of the policy `{}`",
                        name.value
                    ),
                )
                .help("move it before the first of them"),
            );
        }
    }

    fn extension(&mut self, (name, table, span): (Spanned<String>, &Table<'_>, Range<usize>)) -> Extension {
        let fields = self.fields(&keys::EXTENSION, table, span);
        Extension {
            title: self.prose(&fields, "title"),
            about: self.prose(&fields, "about"),
            attach: self.attach(&fields),
            statements: self.statements(&fields),
            name,
        }
    }

    fn trust(&mut self, table: &Table<'_>, span: Range<usize>) -> Option<Trust> {
        let fields = self.fields(&keys::TRUST, table, span.clone());
        let mut services = self.strings(&fields, "services");
        for service in &mut services {
            if !service.value.contains('.') {
                service.value.push_str(SERVICE_DOMAIN);
            }
        }
        let about = self.prose(&fields, "about");
        let conditions = self.conditions(&fields);
        (!services.is_empty()).then_some(Trust {
            services,
            about,
            conditions,
            span,
        })
    }

    fn statements(&mut self, fields: &Fields<'_, '_>) -> Vec<Statement> {
        let mut statements = Vec::new();
        for (table, span) in fields.tables("statement") {
            statements.push(self.statement(table, span));
        }
        statements
    }

    fn statement(&mut self, table: &Table<'_>, span: Range<usize>) -> Statement {
        let fields = self.fields(&keys::STATEMENT, table, span.clone());
        let id = self.string(&fields, "id", Empty::Refused);
        let effect = fields.get("effect").and_then(|value| value.get_ref().as_str());
        let is_deny = effect.is_some_and(|effect| nearest(effect, Choices::Effect.names()) == Some("Deny"));
        let effect = if is_deny { Effect::Deny } else { Effect::Allow };
        let actions = self.actions(&fields, "actions");
        let not_actions = self.actions(&fields, "not-actions");
        let resources = self.resources(&fields, "resources");
        let not_resources = self.resources(&fields, "not-resources");
        for (one, other) in keys::STATEMENT.pairs() {
            self.exactly_one(&fields, one.name, other.name, id.as_ref(), &span);
        }
        let sid = self.string(&fields, "sid", Empty::Allowed);
        let conditions = self.conditions(&fields);
        let partitions = self.partitions(&fields);
        let reason = self.prose(&fields, "reason");
        let without = self.prose(&fields, "without");
        let waivers = self.waivers(&fields);
        // A statement without an id is checked anyway.
        let id = id.unwrap_or(Spanned {
            value: String::new(),
            span: span.clone(),
        });
        let sid = sid.unwrap_or_else(|| Spanned {
            value: pascal_case(&id.value),
            span: id.span.clone(),
        });
        Statement {
            id,
            sid,
            effect,
            // If both keys of a pair are present, the first is kept.
            not_actions: if actions.is_empty() { not_actions } else { Vec::new() },
            actions,
            not_resources: if resources.is_empty() {
                not_resources
            } else {
                Vec::new()
            },
            resources,
            conditions,
            partitions,
            reason,
            without,
            waivers,
            span,
        }
    }

    fn exactly_one(
        &mut self,
        fields: &Fields<'_, '_>,
        one: &str,
        other: &str,
        id: Option<&Spanned<String>>,
        header: &Range<usize>,
    ) {
        match (fields.key_span(one), fields.key_span(other)) {
            (Some(first), Some(second)) => {
                let span = if first.start > second.start { first } else { second };
                self.report(
                    mistake(span, format!("`{one}` and `{other}` cannot be used together"))
                        .help("split the statement in two, or remove one of them"),
                );
            }
            (None, None) => {
                let span = id.map_or(header, |id| &id.span).clone();
                self.report_absence(
                    mistake(span, format!("this statement has no {one}"))
                        .help(format!("add `{one} = […]` or `{other} = […]`")),
                );
            }
            _ => {}
        }
    }

    fn actions(&mut self, fields: &Fields<'_, '_>, name: &str) -> Vec<Action> {
        let mut actions = Vec::new();
        for element in fields.elements(name) {
            let action = match element.get_ref() {
                DeValue::Table(table) => {
                    let fields = self.fields(&keys::ACTION, table, element.span());
                    let reason = self.prose(&fields, "reason");
                    let without = self.prose(&fields, "without");
                    let waivers = self.waivers(&fields);
                    self.string(&fields, "action", Empty::Refused).map(|pattern| Action {
                        pattern,
                        access: String::new(),
                        reference: String::new(),
                        reason,
                        without,
                        waivers,
                    })
                }
                _ => self.text(element, "an action", Empty::Refused).map(|pattern| Action {
                    pattern,
                    access: String::new(),
                    reference: String::new(),
                    reason: None,
                    without: None,
                    waivers: Vec::new(),
                }),
            };
            actions.extend(action);
        }
        actions
    }

    fn resources(&mut self, fields: &Fields<'_, '_>, name: &str) -> Vec<Resource> {
        let mut resources = Vec::new();
        for element in fields.elements(name) {
            let resource = match element.get_ref() {
                DeValue::Table(table) => {
                    let fields = self.fields(&keys::RESOURCE, table, element.span());
                    let partitions = self.partitions(&fields);
                    let reason = self.prose(&fields, "reason");
                    let without = self.prose(&fields, "without");
                    let waivers = self.waivers(&fields);
                    self.string(&fields, "arn", Empty::Refused).map(|arn| Resource {
                        arn: template(arn),
                        partitions,
                        reason,
                        without,
                        waivers,
                    })
                }
                _ => self.text(element, "a resource", Empty::Refused).map(|arn| Resource {
                    arn: template(arn),
                    partitions: Vec::new(),
                    reason: None,
                    without: None,
                    waivers: Vec::new(),
                }),
            };
            resources.extend(resource);
        }
        resources
    }

    fn waivers(&mut self, fields: &Fields<'_, '_>) -> Vec<Waiver> {
        let mut waivers = Vec::new();
        for element in fields.elements("waive") {
            if let DeValue::Table(table) = element.get_ref() {
                let fields = self.fields(&keys::WAIVER, table, element.span());
                let check = self.string(&fields, "check", Empty::Refused);
                // A waiver without a reason is an error, but still accepts its finding.
                let why = self.prose(&fields, "why").unwrap_or_default();
                waivers.extend(check.map(|check| Waiver { check, why }));
            }
        }
        waivers
    }

    fn conditions(&mut self, fields: &Fields<'_, '_>) -> Vec<Condition> {
        let mut conditions = Vec::new();
        let Some((table, _)) = fields.table("condition") else {
            return conditions;
        };
        for (operator, block) in entries(table) {
            let operator = span(operator);
            self.named(&operator, "a condition operator");
            let DeValue::Table(block_table) = block.get_ref() else {
                self.no_block(&operator, block);
                continue;
            };
            if block_table.is_empty() {
                self.report(mistake(
                    block.span(),
                    format!("`{}` has no condition keys", operator.value),
                ));
            }
            for (key, value) in entries(block_table) {
                let key = span(key);
                self.named(&key, "a condition key");
                let values = self.condition_values(&key.value, value);
                conditions.push(Condition {
                    operator: operator.clone(),
                    key,
                    values,
                });
            }
        }
        conditions
    }

    fn named(&mut self, name: &Spanned<String>, noun: &str) {
        if name.value.trim().is_empty() {
            self.report(mistake(name.span.clone(), format!("{noun} cannot be empty")));
        }
    }

    /// Reports a value in place of an operator's table.
    fn no_block(&mut self, operator: &Spanned<String>, found: &TomlSpanned<DeValue<'_>>) {
        let name = &operator.value;
        if !name.contains(':') {
            self.wrong_type(
                found,
                &format!("`{name}`"),
                "a table of condition keys",
                example_condition(),
            );
            return;
        }
        let usual = match found.get_ref() {
            DeValue::Boolean(_) => "Bool",
            DeValue::Integer(_) | DeValue::Float(_) => "NumericEquals",
            _ => "StringEquals",
        };
        let message = format!("`{name}` is not a condition operator");
        let help = format!("write the operator before the condition key: `condition.{usual}.\"{name}\"`");
        self.report(mistake(operator.span.clone(), message).help(help));
    }

    /// Reports an invalid value of the condition key `key`.
    fn no_value(&mut self, key: &str, found: &TomlSpanned<DeValue<'_>>) {
        let raw = self.source.slice(&found.span());
        let help = match found.get_ref() {
            DeValue::Integer(number) => {
                let message = format!("IAM only supports decimal numbers, not `{raw}`");
                let diagnostic = mistake(found.span(), message);
                let decimal = i64::from_str_radix(number.as_str(), number.radix());
                self.report(match decimal {
                    Ok(decimal) => diagnostic.help(format!("write `{decimal}`")),
                    Err(_) => diagnostic,
                });
                return;
            }
            DeValue::Datetime(_) => format!("write `\"{raw}\"`"),
            DeValue::Table(_) => "quote the whole condition key, such as `\"aws:RequestedRegion\"`".to_owned(),
            _ => example_condition(),
        };
        let what = format!("a value of `{key}`");
        self.wrong_type(found, &what, "a string, a number or a boolean", help);
    }

    /// One or more values: strings, and values that IAM writes as strings.
    fn condition_values(&mut self, key: &str, value: &TomlSpanned<DeValue<'_>>) -> Vec<Template> {
        let elements = match value.get_ref() {
            DeValue::Array(array) => array,
            _ => std::slice::from_ref(value),
        };
        if elements.is_empty() {
            self.report(
                mistake(value.span(), format!("`{key}` has no values")).help("add at least one, or remove the key"),
            );
        }
        let mut values = Vec::new();
        for element in elements {
            let text = match element.get_ref() {
                DeValue::String(text) => text.to_string(),
                DeValue::Boolean(flag) => flag.to_string(),
                DeValue::Integer(number) if number.radix() == 10 => number.as_str().to_owned(),
                DeValue::Float(number) => number.as_str().to_owned(),
                _ => {
                    self.no_value(key, element);
                    continue;
                }
            };
            values.push(template(Spanned {
                value: text,
                span: element.span(),
            }));
        }
        values
    }

    fn attach(&mut self, fields: &Fields<'_, '_>) -> Vec<Spanned<AttachmentKind>> {
        self.choices(fields, "attach", AttachmentKind::from_name)
    }

    fn partitions(&mut self, fields: &Fields<'_, '_>) -> Vec<Spanned<Partition>> {
        self.choices(fields, "partitions", Partition::from_name)
    }

    /// The elements of a list of choices, without duplicates.
    fn choices<T: PartialEq>(
        &mut self,
        fields: &Fields<'_, '_>,
        key: &str,
        from_name: fn(&str) -> Option<T>,
    ) -> Vec<Spanned<T>> {
        let mut chosen: Vec<Spanned<T>> = Vec::new();
        for element in fields.elements(key) {
            let Some(name) = element.get_ref().as_str() else {
                continue;
            };
            let Some(value) = from_name(name) else { continue };
            if chosen.iter().any(|earlier| earlier.value == value) {
                self.report(mistake(element.span(), format!("duplicate `{name}` in `{key}`")));
            } else {
                chosen.push(Spanned {
                    value,
                    span: element.span(),
                });
            }
        }
        chosen
    }

    /// The text of `key`. Empty or non-string values have been reported, and count as present.
    fn prose(&mut self, fields: &Fields<'_, '_>, key: &str) -> Option<Template> {
        let span = fields.key_span(key)?;
        if let Some(value) = fields.get(key).filter(|_| key == "title")
            && value
                .get_ref()
                .as_str()
                .is_some_and(|title| title.trim_end().contains('\n'))
        {
            self.report(mistake(value.span(), "a title must be a single line").help("move the rest to `about`"));
        }
        let mut text = self.string(fields, key, Empty::Refused).unwrap_or(Spanned {
            value: String::new(),
            span,
        });
        text.value.truncate(text.value.trim_end().len());
        Some(template(text))
    }

    fn strings(&mut self, fields: &Fields<'_, '_>, key: &str) -> Vec<Spanned<String>> {
        let mut strings = Vec::new();
        for element in fields.elements(key) {
            strings.extend(self.text(element, &format!("an element of `{key}`"), Empty::Refused));
        }
        strings
    }

    fn string(&mut self, fields: &Fields<'_, '_>, key: &str, empty: Empty) -> Option<Spanned<String>> {
        let value = fields.get(key)?;
        self.text(value, &format!("`{key}`"), empty)
    }

    fn text(&mut self, value: &TomlSpanned<DeValue<'_>>, what: &str, empty: Empty) -> Option<Spanned<String>> {
        let text = value.get_ref().as_str()?;
        if matches!(empty, Empty::Refused) && text.trim().is_empty() {
            self.report(mistake(value.span(), format!("{what} is empty")));
            return None;
        }
        Some(Spanned {
            value: text.to_owned(),
            span: value.span(),
        })
    }
}

/// The help that shows how to write a condition.
fn example_condition() -> String {
    for_example(keys::STATEMENT.key("condition").map_or("", |key| key.example))
}

/// Whether an empty string is reported here, or left to a check with more context.
#[derive(Clone, Copy)]
enum Empty {
    Allowed,
    Refused,
}

fn template(source: Spanned<String>) -> Template {
    Template {
        source,
        ..Template::default()
    }
}

fn environment(name: Spanned<String>, value: &TomlSpanned<DeValue<'_>>) -> Option<Environment> {
    let table = value.get_ref().as_table()?;
    let mut environment = Environment {
        name,
        values: Vec::new(),
        unread: Vec::new(),
    };
    for (name, value) in entries(table) {
        let name = span(name);
        match setting(value) {
            Some(setting) => environment.values.push((name, setting)),
            // The wrong type has been reported.
            None => environment.unread.push(name.value),
        }
    }
    Some(environment)
}

/// The value of a parameter: a string, or a list of strings.
fn setting(value: &TomlSpanned<DeValue<'_>>) -> Option<Setting> {
    let text = |value: &TomlSpanned<DeValue<'_>>| {
        Some(Spanned {
            value: value.get_ref().as_str()?.to_owned(),
            span: value.span(),
        })
    };
    match value.get_ref() {
        DeValue::Array(elements) => {
            let mut texts = Vec::new();
            for element in elements {
                texts.push(text(element)?);
            }
            Some(Setting::List(Spanned {
                value: texts,
                span: value.span(),
            }))
        }
        _ => text(value).map(Setting::Text),
    }
}
