//! Parses text into a [`Spec`]: reads as much as possible, and reports everything that has the wrong form. How the parts
//! relate to each other is checked afterwards.

#[cfg(feature = "tools")]
pub(crate) mod configuration;
mod fields;
mod principals;
mod syntax;

use std::ops::Range;

use iam_policy_check::Code;
use iam_policy_core::{
    AttachmentKind, Effect, Operator, ParameterKind, Partition, PolicyResource, PolicyType, ResourceElement,
};
use toml::Spanned as TomlSpanned;
use toml::de::{DeTable, DeValue};

use self::fields::{Fields, Reader, entries, for_example, span};
use self::principals::needed_actions;
use crate::keys::{self, Choices, POLICY_TYPES, Section};
use crate::mistake::mistake;
use crate::model::{
    Action, Condition, Environment, Extension, Page, Parameter, Policy, PrincipalList, Resource, Setting, Shared,
    Spanned, Spec, Statement, Template, Trust, Waiver, implied_type, pascal_case,
};
use crate::wording::{list, with_article};
use crate::{Format, Source};
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
        let mut shared = Vec::new();
        for entry in fields.map("shared") {
            shared.push(self.shared(entry));
        }
        let mut policies = Vec::new();
        for entry in fields.map("policy") {
            policies.push(self.policy(entry));
        }
        Spec {
            outputs: self.outputs(&fields),
            page,
            parameters,
            environments,
            policies,
            shared,
            complete: true,
        }
    }

    fn outputs(&mut self, fields: &Fields<'_, '_>) -> Vec<Format> {
        let mut outputs = Vec::new();
        for format in self.choices(fields, "outputs", Format::from_name) {
            outputs.push(format.value);
        }
        outputs
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
        let given_type = chosen(&fields, "type", policy_type);
        let resource_type = chosen(&fields, "resource-type", resource_type);
        let mut attach = self.attach(&fields);
        let attached = given_type.as_ref().and_then(|given| {
            Some(Spanned {
                value: AttachmentKind::only_of(given.value)?,
                span: given.span.clone(),
            })
        });
        attach.extend(attached.filter(|_| fields.key_span("attach").is_none()));
        let known_type = given_type.as_ref().map(|given| given.value);
        let kind = Kind {
            policy: name.value.clone(),
            policy_type: known_type.unwrap_or_else(|| implied_type(&attach)),
            // What could not be read may be any.
            is_certain: fields.key_span("type").is_none() || given_type.is_some(),
            resource_type: resource_type.as_ref().and_then(|resource| resource.value),
        };
        let mut extensions = Vec::new();
        for entry in fields.map("extension") {
            extensions.push(self.extension(entry, &kind));
        }
        let trust = fields.table("trust");
        let bounds = self.strings(&fields, "bounds");
        let mut unread = Vec::new();
        for (key, is_read) in [
            ("type", given_type.is_some()),
            ("resource-type", resource_type.is_some()),
            ("bounds", !bounds.is_empty()),
        ] {
            if !is_read && fields.key_span(key).is_some() {
                unread.push(key);
            }
        }
        Policy {
            unread,
            title: self.prose(&fields, "title"),
            about: self.prose(&fields, "about"),
            deploy_as: self.prose(&fields, "deploy-as"),
            given_type,
            resource_type,
            bounds,
            attach,
            managed: self.strings(&fields, "managed"),
            include: self.strings(&fields, "include"),
            partitions,
            statements: self.statements(&fields, &kind),
            extensions,
            trust: trust.and_then(|(table, span)| self.trust(table, span, &kind)),
            name,
        }
    }

    fn shared(&mut self, (name, table, span): (Spanned<String>, &Table<'_>, Range<usize>)) -> Shared {
        let fields = self.fields(&keys::SHARED, table, span);
        // Policies of any type may include them.
        let kind = Kind {
            policy: name.value.clone(),
            policy_type: PolicyType::Identity,
            is_certain: false,
            resource_type: None,
        };
        Shared {
            include: self.strings(&fields, "include"),
            statements: self.statements(&fields, &kind),
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

    fn extension(
        &mut self,
        (name, table, span): (Spanned<String>, &Table<'_>, Range<usize>),
        kind: &Kind,
    ) -> Extension {
        let fields = self.fields(&keys::EXTENSION, table, span);
        Extension {
            title: self.prose(&fields, "title"),
            about: self.prose(&fields, "about"),
            attach: self.attach(&fields),
            include: self.strings(&fields, "include"),
            statements: self.statements(&fields, kind),
            name,
        }
    }

    fn trust(&mut self, table: &Table<'_>, span: Range<usize>, kind: &Kind) -> Option<Trust> {
        let principals = PrincipalList::ALL.map(PrincipalList::key);
        let misplaced: Vec<_> = entries(table)
            .into_iter()
            .filter(|(key, _)| keys::TRUST.key(key.get_ref()).is_none() && principals.contains(&&**key.get_ref()))
            .collect();
        let mut reported: Vec<&str> = Vec::new();
        if let Some((first, _)) = misplaced.first() {
            let name = first.get_ref();
            self.report(
                mistake(first.span(), format!("unknown key `{name}` in a trust policy"))
                    .note(format!("`{name}` is a key of a statement of a trust policy"))
                    .help(format!("write `[[policy.{}.trust.statement]]` above it", kind.policy)),
            );
        }
        for (key, _) in &misplaced {
            reported.push(key.get_ref());
        }
        let fields = self.fields_except(&keys::TRUST, table, span.clone(), &reported);
        let about = self.prose(&fields, "about");
        let mut statements = Vec::new();
        for (table, span) in fields.tables("statement") {
            statements.push(self.trust_statement(table, span));
        }
        let is_short = fields.key_span("statement").is_none();
        match (fields.key_span("services").or(fields.key_span("condition")), is_short) {
            (Some(key), false) => {
                let name = self.source.slice(&key).to_owned();
                self.report(
                    mistake(key, format!("`{name}` and `statement` cannot be used together"))
                        .help("move it into a statement of its own"),
                );
            }
            // An unknown key may be meant for either.
            (_, true) if table.keys().any(|key| keys::TRUST.key(key.get_ref()).is_none()) => {}
            (_, true) if fields.key_span("services").is_none() && reported.is_empty() => {
                let help = format!(
                    "add `services = [\"lambda\"]`, or `[[policy.{}.trust.statement]]` for other principals",
                    kind.policy
                );
                self.report_absence(
                    mistake(span.clone(), "missing key `services` or `statement` in a trust policy").help(help),
                );
            }
            _ => {}
        }
        if is_short {
            statements.extend(self.short_trust(&fields, &span));
        }
        (!statements.is_empty()).then_some(Trust {
            about,
            statements,
            is_short,
            span,
        })
    }

    /// The statement of a trust policy that only lists services.
    fn short_trust(&mut self, fields: &Fields<'_, '_>, span: &Range<usize>) -> Option<Statement> {
        let principals = self.principal_list(fields, PrincipalList::Services);
        let conditions = self.conditions(fields, &[]);
        if principals.is_empty() {
            return None;
        }
        let empty = Spanned {
            value: String::new(),
            span: span.clone(),
        };
        Some(Statement {
            id: empty.clone(),
            sid: empty.clone(),
            effect: Effect::Allow,
            actions: needed_actions(&principals, span),
            principals,
            not_principals: Vec::new(),
            not_actions: Vec::new(),
            resources: Vec::new(),
            not_resources: Vec::new(),
            conditions,
            partitions: Vec::new(),
            reason: Some(template(empty)),
            without: None,
            waivers: Vec::new(),
            span: span.clone(),
            shared: None,
        })
    }

    fn trust_statement(&mut self, table: &Table<'_>, span: Range<usize>) -> Statement {
        let fields = self.fields(&keys::TRUST_STATEMENT, table, span.clone());
        let mut statement = self.statement_of(&fields, span);
        let id = &statement.id.span;
        for (one, other) in keys::TRUST_STATEMENT.pairs() {
            self.at_most_one(&fields, one.name, other.name);
        }
        if PrincipalList::ALL
            .iter()
            .all(|list| *list == PrincipalList::Not || fields.key_span(list.key()).is_none())
        {
            self.no_principals(id.clone(), &keys::TRUST_STATEMENT, table);
        }
        if fields.key_span("actions").is_none() && fields.key_span("not-actions").is_none() {
            statement.actions = needed_actions(&statement.principals, &statement.id.span);
        }
        statement
    }

    fn statements(&mut self, fields: &Fields<'_, '_>, kind: &Kind) -> Vec<Statement> {
        let mut statements = Vec::new();
        for (table, span) in fields.tables("statement") {
            statements.push(self.statement(table, span, kind));
        }
        statements
    }

    fn statement(&mut self, table: &Table<'_>, span: Range<usize>, kind: &Kind) -> Statement {
        let reported = self.misplaced_principals(table, kind);
        let fields = self.fields_except(&keys::STATEMENT, table, span.clone(), &reported);
        let mut statement = self.statement_of(&fields, span);
        statement.resources = self.resources(&fields, "resources");
        statement.not_resources = self.resources(&fields, "not-resources");
        let place = statement.id.span.clone();
        self.exactly_one(&fields, "actions", "not-actions", &place);
        if kind.needs_resources() {
            self.exactly_one(&fields, "resources", "not-resources", &place);
        } else {
            self.at_most_one(&fields, "resources", "not-resources");
        }
        if kind.policy_type.has_principals() {
            let named = PrincipalList::ALL.iter().filter(|list| **list != PrincipalList::Not);
            let named = named.map(|list| list.key()).find(|key| fields.key_span(key).is_some());
            self.at_most_one(&fields, named.unwrap_or("principals"), "not-principals");
            if PrincipalList::ALL
                .iter()
                .all(|list| fields.key_span(list.key()).is_none())
            {
                self.no_principals(place, &keys::STATEMENT, table);
            }
        }
        if !statement.resources.is_empty() {
            statement.not_resources.clear();
        }
        statement
    }

    /// Reports principals in a statement of a policy whose statements do not name any.
    fn misplaced_principals<'t>(&mut self, table: &'t Table<'_>, kind: &Kind) -> Vec<&'t str> {
        let mut names: Vec<&str> = Vec::new();
        if kind.policy_type.has_principals() || !kind.is_certain {
            return names;
        }
        for (key, _) in entries(table) {
            let name: &str = key.get_ref();
            let is_principal = PrincipalList::ALL.iter().any(|list| list.key() == name)
                || matches!(
                    name.to_ascii_lowercase().as_str(),
                    "principal" | "notprincipal" | "not-principal"
                );
            if is_principal {
                if names.is_empty() {
                    self.misplaced_principal(key.span(), kind);
                }
                names.push(name);
            }
        }
        names
    }

    fn misplaced_principal(&mut self, span: Range<usize>, kind: &Kind) {
        let label = kind.policy_type.label();
        let diagnostic = mistake(
            span,
            format!("the statements of {} do not name principals", with_article(label)),
        );
        self.report(match kind.policy_type {
            PolicyType::Identity => diagnostic
                .note("an identity policy applies to the users, groups and roles that it is attached to")
                .help(format!(
                    "for who may assume a role, write `[[policy.{}.trust.statement]]`; for the policy of a resource, add \
                     `type = \"resource\"` to the policy",
                    kind.policy
                )),
            PolicyType::ServiceControl => {
                diagnostic.help("remove it, or limit the statement with a condition on `aws:PrincipalArn`")
            }
            _ => diagnostic.help("remove it: a boundary limits the user or role that it is set for"),
        });
    }

    /// Reports that a statement has no principals, unless an unknown key may be meant for them.
    fn no_principals(&mut self, span: Range<usize>, section: &'static Section, table: &Table<'_>) {
        if table.keys().any(|key| section.key(key.get_ref()).is_none()) {
            return;
        }
        let lists = PrincipalList::ALL.iter().filter(|list| **list != PrincipalList::Not);
        let lists = list(lists.map(|list| list.key()));
        self.report_absence(
            mistake(span, "this statement has no principals").help(format!("add one or more of {lists}")),
        );
    }

    /// What statements of all kinds have in common: everything but resources.
    fn statement_of(&mut self, fields: &Fields<'_, '_>, span: Range<usize>) -> Statement {
        let id = self.string(fields, "id", Empty::Refused);
        let effect = fields.get("effect").and_then(|value| value.get_ref().as_str());
        let is_deny = effect.is_some_and(|effect| nearest(effect, Choices::Effect.names()) == Some("Deny"));
        let effect = if is_deny { Effect::Deny } else { Effect::Allow };
        let (principals, not_principals) = self.principals(fields);
        let actions = self.actions(fields, "actions");
        let not_actions = self.actions(fields, "not-actions");
        let sid = self.string(fields, "sid", Empty::Allowed);
        let conditions = self.conditions(fields, &waived_codes(fields));
        let partitions = self.partitions(fields);
        let reason = self.prose(fields, "reason");
        let without = self.prose(fields, "without");
        let waivers = self.waivers(fields);
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
            not_principals: if principals.is_empty() {
                not_principals
            } else {
                Vec::new()
            },
            principals,
            not_actions: if actions.is_empty() { not_actions } else { Vec::new() },
            actions,
            resources: Vec::new(),
            not_resources: Vec::new(),
            conditions,
            partitions,
            reason,
            without,
            waivers,
            span,
            shared: None,
        }
    }

    /// Reports that neither or both of two keys are present.
    ///
    /// - `place`: where to report that both are missing
    fn exactly_one(&mut self, fields: &Fields<'_, '_>, one: &str, other: &str, place: &Range<usize>) {
        self.at_most_one(fields, one, other);
        if fields.key_span(one).is_none() && fields.key_span(other).is_none() {
            self.report_absence(
                mistake(place.clone(), format!("this statement has no {one}"))
                    .help(format!("add `{one} = […]` or `{other} = […]`")),
            );
        }
    }

    fn at_most_one(&mut self, fields: &Fields<'_, '_>, one: &str, other: &str) {
        if let (Some(first), Some(second)) = (fields.key_span(one), fields.key_span(other)) {
            let span = if first.start > second.start { first } else { second };
            self.report(
                mistake(span, format!("`{one}` and `{other}` cannot be used together"))
                    .help("split the statement in two, or remove one of them"),
            );
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

    /// - `accepted`: the codes that the waivers of the statement name
    fn conditions(&mut self, fields: &Fields<'_, '_>, accepted: &[&str]) -> Vec<Condition> {
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
                let values = self.condition_values(&operator.value, &key.value, value, accepted);
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
    ///
    /// - `accepted`: the codes that the waivers of the statement name
    fn condition_values(
        &mut self,
        operator: &str,
        key: &str,
        value: &TomlSpanned<DeValue<'_>>,
        accepted: &[&str],
    ) -> Vec<Template> {
        let elements = match value.get_ref() {
            DeValue::Array(array) => array,
            _ => std::slice::from_ref(value),
        };
        // AWS stores such a condition.
        let code = Operator::from_name(operator).map(|operator| Code::of_empty_condition(operator).name());
        if elements.is_empty() && !code.is_some_and(|code| accepted.contains(&code)) {
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

/// What the statements of a policy can have.
struct Kind {
    /// The policy's name.
    policy: String,
    policy_type: PolicyType,
    /// Whether the type could be read.
    is_certain: bool,
    /// For a resource policy, the kind of resource, if rules are known for it.
    resource_type: Option<PolicyResource>,
}

impl Kind {
    fn needs_resources(&self) -> bool {
        self.policy_type != PolicyType::Resource
            || self
                .resource_type
                .is_some_and(|resource| resource.resource_element() == ResourceElement::Required)
    }
}

/// The value of a key that takes one of several names.
fn chosen<T>(fields: &Fields<'_, '_>, key: &str, from_name: fn(&str) -> Option<T>) -> Option<Spanned<T>> {
    let value = fields.get(key)?;
    Some(Spanned {
        value: from_name(value.get_ref().as_str()?)?,
        span: value.span(),
    })
}

fn policy_type(name: &str) -> Option<PolicyType> {
    POLICY_TYPES.into_iter().find(|policy_type| policy_type.name() == name)
}

#[expect(clippy::option_option, reason = "a kind of resource may be known and have no rules")]
fn resource_type(name: &str) -> Option<Option<PolicyResource>> {
    if name == keys::OTHER_RESOURCE {
        return Some(None);
    }
    PolicyResource::from_name(name).map(Some)
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

/// The codes that the waivers of a statement name.
fn waived_codes<'f>(fields: &'f Fields<'_, '_>) -> Vec<&'f str> {
    let mut codes = Vec::new();
    for element in fields.elements("waive") {
        if let DeValue::Table(table) = element.get_ref() {
            codes.extend(table.get("check").and_then(|check| check.get_ref().as_str()));
        }
    }
    codes
}
