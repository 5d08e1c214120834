//! Parameters and templates.

use iam_policy_core::template::{PARTITION, Piece, pieces};
use iam_policy_core::{ParameterValue, Partition, ValueError, template, text};
use iam_policy_document::Numbers;

use super::Checker;
use crate::mistake::mistake;
use crate::model::{Condition, Parameter, Policy, Spanned, Spec, Statement, Template, Waiver, is_in};
use iam_policy_core::suggest::nearest;

impl Checker<'_> {
    /// Checks every parameter and template, and expands the templates.
    pub(super) fn templates(&mut self, spec: &mut Spec) {
        for parameter in &spec.parameters {
            self.default(parameter);
        }
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
            let reported = parameter.default.span == name.span;
            if name.value != PARTITION && text::is_name(&name.value) && !reported && !is_used {
                self.report_absence(
                    mistake(name.span.clone(), format!("unused parameter `{}`", name.value)).help(format!(
                        "write `{{{}}}` where its value belongs, or remove it",
                        name.value
                    )),
                );
            }
        }
    }

    fn default(&mut self, parameter: &Parameter) {
        let default = &parameter.default;
        let lowered = iam_policy_core::Parameter::new(&parameter.name.value, &default.value)
            .with_allow_slash(parameter.allow_slash);
        if let Err(error) = lowered.check(ParameterValue::Text(lowered.default)) {
            let message = format!("invalid value of `{}`: {error}", parameter.name.value);
            let diagnostic = mistake(default.span.clone(), message);
            self.report(match error {
                ValueError::Slash => diagnostic.help("allow it with `allow-slash = true`"),
                _ => diagnostic,
            });
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
        for policy in &mut spec.policies {
            self.policy(policy);
        }
    }

    fn policy(&mut self, policy: &mut Policy) {
        let partitions = policy.partitions.clone();
        let partition = partitions.first().copied().unwrap_or_default();
        self.prose(&mut policy.title, partition);
        self.prose(&mut policy.about, partition);
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
            self.expand(&mut principal.name, default);
        }
        for resource in statement.resources.iter_mut().chain(&mut statement.not_resources) {
            let partition = own
                .iter()
                .copied()
                .find(|partition| is_in(&resource.partitions, *partition))
                .unwrap_or(default);
            self.not_parameters(&resource.arn.source);
            self.expand(&mut resource.arn, partition);
            self.prose(&mut resource.reason, partition);
            self.prose(&mut resource.without, partition);
            self.waivers(&mut resource.waivers, partition);
        }
        self.conditions(&mut statement.conditions, default);
    }

    fn conditions(&mut self, conditions: &mut [Condition], partition: Partition) {
        for value in conditions.iter_mut().flat_map(|condition| &mut condition.values) {
            self.not_parameters(&value.source);
            self.expand(value, partition);
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
        self.expand(prose, partition);
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

    fn expand(&mut self, template: &mut Template, partition: Partition) {
        let source = &template.source;
        let mut text = String::with_capacity(source.value.len());
        let mut good = true;
        let mut iterator = pieces(&source.value);
        loop {
            let start = iterator.position();
            let Some(piece) = iterator.next() else { break };
            match piece {
                Ok(Piece::Text(plain)) => text.push_str(plain),
                Ok(Piece::Parameter(PARTITION)) => text.push_str(partition.name()),
                Ok(Piece::Parameter(name)) => {
                    if let Some(parameter) = self.parameter(name) {
                        text.push_str(&parameter.default.value);
                    } else {
                        good = false;
                        let mut names: Vec<&str> = Vec::new();
                        for parameter in self.parameters {
                            names.push(&parameter.name.value);
                        }
                        names.push(PARTITION);
                        let suggestion = nearest(name, names);
                        let span = self.checker.inside(source, start..iterator.position());
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
        // A template that could not be expanded has no text, and nothing else about it is checked.
        template.text = if good { text } else { String::new() };
    }
}
