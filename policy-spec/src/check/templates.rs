//! Templates: which parameters they contain and where, and their texts.

use std::ops::Range;

use iam_policy_core::template::{PARTITION, Piece, pieces};
use iam_policy_core::{ParameterKind, Partition, Segment, Segments, template, text};
use iam_policy_document::Numbers;

use super::Checker;
use crate::lower::example;
use crate::mistake::mistake;
use crate::model::{Condition, Parameter, Policy, Spanned, Spec, Statement, Template, Waiver, is_in};
use iam_policy_core::suggest::nearest;

impl Checker<'_> {
    /// Checks every template and whether every parameter is used, and expands the templates.
    pub(super) fn templates(&mut self, spec: &mut Spec) {
        let parameters = spec.parameters.clone();
        let mut numbers = Numbers::new();
        for (number, parameter) in parameters.iter().enumerate() {
            numbers.insert(parameter.name.value.clone(), number);
        }
        let mut expander = Expander {
            checker: self,
            parameters: &parameters,
            numbers,
            is_used: vec![false; parameters.len()],
        };
        expander.spec(spec);
        // Misplaced placeholders have been reported.
        for name in misplaced(spec) {
            expander.parameter(name);
        }
        let is_used = expander.is_used;
        // Without policies, nothing can use the parameters.
        if spec.policies.is_empty() {
            return;
        }
        for (parameter, is_used) in parameters.iter().zip(is_used) {
            let name = &parameter.name;
            // Parameters that could not be read have been reported.
            if name.value != PARTITION && text::is_name(&name.value) && !parameter.is_broken && !is_used {
                self.report_absence(
                    mistake(name.span.clone(), format!("unused parameter `{}`", name.value)).help(format!(
                        "write `{{{}}}` where its value belongs, or remove it",
                        name.value
                    )),
                );
            }
        }
    }
}

/// The names of misplaced placeholders.
fn misplaced(spec: &Spec) -> Vec<&str> {
    let mut names = Vec::new();
    let mut add = |text| {
        for piece in pieces(text) {
            if let Ok(Piece::Parameter(name)) = piece {
                names.push(name);
            }
        }
    };
    for statement in spec.policies.iter().flat_map(Policy::all_statements) {
        add(&statement.id.value);
        add(&statement.sid.value);
        for action in statement.action_key().1 {
            add(&action.pattern.value);
        }
        for condition in &statement.conditions {
            add(&condition.operator.value);
            add(&condition.key.value);
        }
    }
    names
}

/// The reason of the statement that lets services assume a role.
fn reason_for_services(statement: &Statement) -> Template {
    let mut names: Vec<String> = Vec::new();
    for principal in &statement.principals {
        names.push(format!("`{}`", principal.name.text));
    }
    let text = format!("Lets {} assume the role.", names.join(" or "));
    Template {
        source: Spanned {
            value: text.clone(),
            span: statement.span.clone(),
        },
        text,
        ..Template::default()
    }
}

struct Expander<'c, 's, 'p> {
    checker: &'c mut Checker<'s>,
    parameters: &'p [Parameter],
    /// The parameters by name.
    numbers: Numbers,
    is_used: Vec<bool>,
}

impl<'p> Expander<'_, '_, 'p> {
    fn spec(&mut self, spec: &mut Spec) {
        let partition = spec
            .policies
            .first()
            .and_then(|policy| policy.partitions.first())
            .copied()
            .unwrap_or_default();
        let page = &mut spec.page;
        self.prose(&mut page.title, partition);
        self.prose(&mut page.about, partition);
        for (title, text) in &mut page.sections {
            self.text(title, partition);
            self.text(text, partition);
        }
        for parameter in &mut spec.parameters {
            self.prose(&mut parameter.about, partition);
        }
        for statement in spec.shared.iter_mut().flat_map(|shared| &mut shared.statements) {
            self.statement(statement, &[partition]);
        }
        for policy in &mut spec.policies {
            self.policy(policy);
        }
    }

    fn policy(&mut self, policy: &mut Policy) {
        let partitions = policy.partitions.clone();
        let partition = partitions.first().copied().unwrap_or_default();
        self.prose(&mut policy.title, partition);
        self.prose(&mut policy.about, partition);
        if let Some(name) = &mut policy.deploy_as {
            self.not_parameters(&name.source);
            self.text(name, partition);
        }
        if let Some(trust) = &mut policy.trust {
            self.prose(&mut trust.about, partition);
            for statement in &mut trust.statements {
                self.statement(statement, &partitions);
                if trust.is_short {
                    statement.reason = Some(reason_for_services(statement));
                }
            }
        }
        for statement in &mut policy.statements {
            self.statement(statement, &partitions);
        }
        for extension in &mut policy.extensions {
            self.prose(&mut extension.title, partition);
            self.prose(&mut extension.about, partition);
            for statement in &mut extension.statements {
                self.statement(statement, &partitions);
            }
        }
    }

    fn statement(&mut self, statement: &mut Statement, partitions: &[Partition]) {
        let mut own: Vec<Partition> = Vec::new();
        for &partition in partitions {
            if is_in(&statement.partitions, partition) {
                own.push(partition);
            }
        }
        let default = own.first().or(partitions.first()).copied().unwrap_or_default();
        self.prose(&mut statement.reason, default);
        self.prose(&mut statement.without, default);
        self.waivers(&mut statement.waivers, default);
        for action in statement.actions.iter_mut().chain(&mut statement.not_actions) {
            self.prose(&mut action.reason, default);
            self.prose(&mut action.without, default);
            self.waivers(&mut action.waivers, default);
        }
        for principal in statement.principals.iter_mut().chain(&mut statement.not_principals) {
            self.not_parameters(&principal.name.source);
            self.expand(&mut principal.name, default, Place::Value);
        }
        for resource in statement.resources.iter_mut().chain(&mut statement.not_resources) {
            let partition = own
                .iter()
                .copied()
                .find(|partition| is_in(&resource.partitions, *partition))
                .unwrap_or(default);
            self.not_parameters(&resource.arn.source);
            self.expand(&mut resource.arn, partition, Place::Resource);
            self.prose(&mut resource.reason, partition);
            self.prose(&mut resource.without, partition);
            self.waivers(&mut resource.waivers, partition);
        }
        self.conditions(&mut statement.conditions, default);
    }

    fn conditions(&mut self, conditions: &mut [Condition], partition: Partition) {
        for value in conditions.iter_mut().flat_map(|condition| &mut condition.values) {
            self.not_parameters(&value.source);
            self.expand(value, partition, Place::Value);
        }
    }

    fn waivers(&mut self, waivers: &mut [Waiver], partition: Partition) {
        for waiver in waivers {
            self.text(&mut waiver.why, partition);
        }
    }

    fn prose(&mut self, prose: &mut Option<Template>, partition: Partition) {
        if let Some(prose) = prose {
            self.text(prose, partition);
        }
    }

    /// Expands prose, which only people read.
    fn text(&mut self, prose: &mut Template, partition: Partition) {
        self.checker.control_characters(&prose.source);
        self.expand(prose, partition, Place::Prose);
    }

    /// Marks the parameter with this name as used, and returns it.
    fn parameter(&mut self, name: &str) -> Option<&'p Parameter> {
        let number = self.numbers.get(name)?;
        if let Some(is_used) = self.is_used.get_mut(number) {
            *is_used = true;
        }
        self.parameters.get(number)
    }

    /// Reports the name of a parameter in `${…}` or `{{…}}`, which the policy would contain as it is.
    fn not_parameters(&mut self, source: &Spanned<String>) {
        for (opening, closing, what) in [
            ("${", "}", "a policy variable, whose value IAM takes from the request"),
            ("{{", "}}", "literal text"),
        ] {
            for (start, _) in source.value.match_indices(opening) {
                let inside = source.value.get(start + opening.len()..).unwrap_or_default();
                let Some((name, _)) = inside.split_once(closing) else {
                    continue;
                };
                // `${partition}` is not a partition, which is reported there.
                let is_partition = name == PARTITION && opening == "{{";
                if !is_partition && self.parameter(name).is_none() {
                    continue;
                }
                let end = start + opening.len() + name.len() + closing.len();
                let span = self.checker.inside(source, start..end);
                let message = format!("`{opening}{name}{closing}` is {what}, not the parameter `{name}`");
                self.checker
                    .report(mistake(span, message).help(format!("write `{{{name}}}`")));
            }
        }
    }

    /// Sets the texts of a template.
    ///
    /// - `place`: where the template is, which limits the parameters that it may contain
    fn expand(&mut self, template: &mut Template, partition: Partition, place: Place) {
        let source = &template.source;
        let mut found = Vec::new();
        let mut good = true;
        let mut iterator = pieces(&source.value);
        loop {
            let start = iterator.position();
            let Some(piece) = iterator.next() else { break };
            match piece {
                Ok(Piece::Text(plain)) => found.push(Found::Text(plain.to_owned())),
                Ok(Piece::Parameter(PARTITION)) => found.push(Found::Text(partition.name().to_owned())),
                Ok(Piece::Parameter(name)) => {
                    let range = start..iterator.position();
                    if let Some(parameter) = self.parameter(name) {
                        found.push(Found::Parameter(parameter, range));
                    } else {
                        good = false;
                        self.unknown(name, source, range);
                    }
                }
                Err(error) => {
                    good = false;
                    let span = self.checker.inside(source, error.range());
                    let help = match error {
                        template::TemplateError::Unclosed(_) => "close it with `}`, or write `{{` for a literal brace",
                        template::TemplateError::Unopened(_) => "write `}}` for a literal brace",
                        _ => "write `{{` and `}}` for literal braces",
                    };
                    self.checker.report(mistake(span, error.to_string()).help(help));
                }
            }
        }
        good = good && self.fits(&found, source, place);
        // A template that could not be expanded has no text, and nothing else about it is checked.
        template.text = String::new();
        if !good {
            return;
        }
        let element = (place != Place::Prose).then_some(0);
        template.text = assemble(&found, Form::Shown(element));
        let count = found.iter().map(Found::repetitions).max().unwrap_or(1);
        if element.is_some() {
            for element in 1..count {
                template.more.push(assemble(&found, Form::Shown(Some(element))));
            }
        }
        if found.iter().any(Found::is_missing) {
            template.widest = Some(assemble(&found, Form::Widest));
        }
        if found.iter().any(|piece| piece.is_missing() || piece.is_broken()) {
            template.example = Some(assemble(&found, Form::Example));
        }
    }

    /// Reports a placeholder whose parameter does not exist.
    fn unknown(&mut self, name: &str, source: &Spanned<String>, range: Range<usize>) {
        let mut names: Vec<&str> = Vec::new();
        for parameter in self.parameters {
            names.push(&parameter.name.value);
        }
        names.push(PARTITION);
        let suggestion = nearest(name, names);
        let span = self.checker.inside(source, range);
        let diagnostic = mistake(span, format!("there is no parameter `{name}`"));
        // The parameter that was probably meant is not reported as unused.
        self.parameter(suggestion.unwrap_or_default());
        self.checker.report_absence(match suggestion {
            Some(_) => diagnostic.did_you_mean(suggestion),
            None => diagnostic.help(format!(
                "declare it in `[parameters]`, or write `{{{{{name}}}}}` for literal braces"
            )),
        });
    }

    /// Whether all parameters of a template may be where they are. The first that may not is reported.
    fn fits(&mut self, found: &[Found<'_>], source: &Spanned<String>, place: Place) -> bool {
        if place == Place::Prose {
            return true;
        }
        let segments = Segments::new(&source.value);
        let mut list: Option<&str> = None;
        for piece in found {
            let Found::Parameter(parameter, range) = piece else {
                continue;
            };
            let name = parameter.name.value.as_str();
            let is_whole = |segment| place == Place::Resource && segments.range(segment).as_ref() == Some(range);
            let problem = if parameter.any && !is_whole(Segment::Region) && !is_whole(Segment::Account) {
                Some((
                    format!("the value of `{{{name}}}` may be `*`, which would widen the text that contains it"),
                    "use it as the whole Region or account of a resource, or remove `any = true`".to_owned(),
                ))
            } else if parameter.kind == ParameterKind::Arn && range.start > 0 {
                Some((
                    format!("`{{{name}}}` is a whole ARN, so nothing can come before it"),
                    format!("begin with `{{{name}}}`, or use a parameter of another kind"),
                ))
            } else if parameter.kind == ParameterKind::List && list.is_some_and(|list| list != name) {
                let first = list.unwrap_or_default();
                Some((
                    format!("`{{{first}}}` and `{{{name}}}` are lists, and only one can be repeated here"),
                    "keep one of them".to_owned(),
                ))
            } else {
                None
            };
            if let Some((message, help)) = problem {
                let span = self.checker.inside(source, range.clone());
                self.checker.report(mistake(span, message).help(help));
                return false;
            }
            if parameter.kind == ParameterKind::List {
                list = Some(name);
            }
        }
        true
    }
}

/// Where a template is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Text that only people read: a list is shown as a whole.
    Prose,
    /// The ARN of a resource, which is repeated for each element of a list.
    Resource,
    /// A principal or the value of a condition, which is repeated likewise.
    Value,
}

/// A piece of a template.
enum Found<'p> {
    Text(String),
    /// A parameter, and the bytes of its placeholder.
    Parameter(&'p Parameter, Range<usize>),
}

impl Found<'_> {
    /// How often it repeats the template.
    fn repetitions(&self) -> usize {
        match self {
            Self::Parameter(
                Parameter {
                    kind: ParameterKind::List,
                    default: Some(list),
                    ..
                },
                _,
            ) => list.texts().len(),
            _ => 1,
        }
    }

    /// Whether it is a parameter without a default.
    fn is_missing(&self) -> bool {
        matches!(
            self,
            Self::Parameter(
                Parameter {
                    default: None,
                    is_broken: false,
                    ..
                },
                _
            )
        )
    }

    /// Whether it is a parameter whose default is invalid, which has been reported.
    fn is_broken(&self) -> bool {
        matches!(self, Self::Parameter(Parameter { is_broken: true, .. }, _))
    }
}

/// A form of a template.
#[derive(Clone, Copy)]
enum Form {
    /// With defaults, and `<name>` for a parameter without one; with this element of a list, or all of them.
    Shown(Option<usize>),
    /// With a pattern for each parameter without a default.
    Widest,
    /// With an example for each parameter without a valid default.
    Example,
}

fn assemble(found: &[Found<'_>], form: Form) -> String {
    let mut text = String::new();
    for piece in found {
        match piece {
            Found::Text(plain) => text.push_str(plain),
            Found::Parameter(parameter, _) => value(parameter, form, &mut text),
        }
    }
    text
}

fn value(parameter: &Parameter, form: Form, text: &mut String) {
    let name = parameter.name.value.as_str();
    match (&parameter.default, form) {
        (_, Form::Example) if parameter.is_broken => text.push_str(example(parameter)),
        // All elements of a list have one pattern.
        (Some(default), Form::Widest) if default.texts().len() > 1 => text.push('*'),
        (Some(default), Form::Shown(None)) => {
            for (index, element) in default.texts().iter().enumerate() {
                text.push_str(if index == 0 { "" } else { ", " });
                text.push_str(&element.value);
            }
        }
        (Some(default), form) => {
            let element = if let Form::Shown(Some(element)) = form {
                element
            } else {
                0
            };
            let element = if parameter.kind == ParameterKind::List {
                element
            } else {
                0
            };
            text.push_str(default.texts().get(element).map_or("", |element| &element.value));
        }
        (None, _) if parameter.is_broken => text.push_str(name),
        (None, Form::Shown(_)) => text.extend(["<", name, ">"]),
        (None, Form::Widest) if parameter.kind == ParameterKind::Arn => text.push_str("arn:*:*:*:*:*"),
        (None, Form::Widest) => text.push('*'),
        (None, Form::Example) => text.push_str(example(parameter)),
    }
}
