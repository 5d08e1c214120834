//! Parameters and environments: their values, each checked by the kind of its parameter.

use iam_policy_core::suggest::nearest;
use iam_policy_core::template::PARTITION;
use iam_policy_core::{ParameterKind, ValueError};
use iam_policy_document::Numbers;

use super::Checker;
use crate::lower::rule;
use crate::mistake::mistake;
use crate::model::{Environment, Parameter, Setting, Spec};
use crate::wording::list;

impl Checker<'_> {
    /// Checks every parameter and environment. A parameter with an invalid default is marked as broken.
    pub(super) fn parameters(&mut self, spec: &mut Spec) {
        for parameter in &mut spec.parameters {
            let default = parameter.default.as_ref().filter(|_| !parameter.is_broken);
            let is_good = default.is_none_or(|default| self.setting(parameter, default, true));
            parameter.is_broken |= !is_good;
        }
        let mut numbers = Numbers::new();
        for (number, parameter) in spec.parameters.iter().enumerate() {
            numbers.insert(parameter.name.value.clone(), number);
        }
        for environment in &spec.environments {
            self.environment(environment, &spec.parameters, &numbers);
        }
    }

    fn environment(&mut self, environment: &Environment, parameters: &[Parameter], numbers: &Numbers) {
        let mut meant: Vec<&str> = Vec::new();
        for (name, setting) in &environment.values {
            let number = numbers.get(&name.value);
            if let Some(parameter) = number.and_then(|number| parameters.get(number)) {
                if !parameter.is_broken {
                    self.setting(parameter, setting, false);
                }
                continue;
            }
            if name.value == PARTITION {
                let message = "an environment cannot set the predefined parameter `partition`";
                let help = "choose it when rendering, or limit the policy with `partitions = […]`";
                self.report(mistake(name.span.clone(), message).help(help));
                continue;
            }
            let is_free = |name: &&str| environment.values.iter().all(|(set, _)| set.value != *name);
            let names = parameters.iter().map(|parameter| parameter.name.value.as_str());
            let suggestion = nearest(&name.value, names.filter(is_free));
            meant.extend(suggestion);
            let diagnostic = mistake(name.span.clone(), format!("there is no parameter `{}`", name.value));
            self.report(match suggestion {
                Some(_) => diagnostic.did_you_mean(suggestion),
                None => diagnostic.help("declare it in `[parameters]`, or remove it"),
            });
        }
        let is_set = |name: &str| {
            environment.values.iter().any(|(set, _)| set.value == name)
                || environment.unread.iter().any(|unread| unread == name)
                || meant.contains(&name)
        };
        let mut missing: Vec<&str> = Vec::new();
        for parameter in parameters {
            let name = parameter.name.value.as_str();
            if parameter.default.is_none() && !parameter.is_broken && !is_set(name) {
                missing.push(name);
            }
        }
        if let [first, others @ ..] = missing.as_slice() {
            let (noun, verb) = if others.is_empty() {
                ("parameter", "has")
            } else {
                ("parameters", "have")
            };
            let message = format!(
                "the environment `{}` does not set the {noun} {}, which {verb} no default",
                environment.name.value,
                list(missing.iter().copied())
            );
            let help = format!("add `{first} = …` for each of them, or give them a `default`");
            let help = if others.is_empty() {
                format!("add `{first} = …`, or give the parameter a `default`")
            } else {
                help
            };
            self.report_absence(mistake(environment.name.span.clone(), message).help(help));
        }
    }

    /// Reports the first problem of a value; returns whether there is none.
    ///
    /// - `is_default`: whether it is the default, next to which the parameter can be changed
    fn setting(&mut self, parameter: &Parameter, setting: &Setting, is_default: bool) -> bool {
        let lowered = rule(parameter);
        let texts = setting.texts();
        let raw = self.source.slice(setting.span());
        let form = match (parameter.kind, setting) {
            (ParameterKind::List, Setting::Text(text)) => {
                let message = format!(
                    "invalid value of `{}`: it is a single value, but this parameter is a list",
                    parameter.name.value
                );
                let diagnostic = mistake(text.span.clone(), message).help(format!("write `[{raw}]`"));
                self.report(diagnostic);
                return false;
            }
            (ParameterKind::List, Setting::List(_)) => lowered.count_error(texts.len()),
            (_, Setting::List(_)) => Some(ValueError::List),
            (_, Setting::Text(_)) => None,
        };
        let mut problem = form.map(|error| (error, setting.span()));
        let mut seen = Numbers::new();
        for (number, text) in texts.iter().enumerate() {
            let is_repeated = seen.insert(text.value.clone(), number).is_some();
            let error = match lowered.check_text(&text.value) {
                Err(error) => Some(error),
                Ok(()) => is_repeated.then_some(ValueError::Repeated),
            };
            if let (None, Some(error)) = (&problem, error) {
                problem = Some((error, &text.span));
            }
        }
        let Some((error, span)) = problem else {
            return true;
        };
        let message = format!("invalid value of `{}`: {error}", parameter.name.value);
        let diagnostic = mistake(span.clone(), message);
        self.report(match error {
            ValueError::Slash => diagnostic.help("allow it with `allow-slash = true`"),
            ValueError::Any => diagnostic.help("allow it with `any = true`, if every account or Region is meant"),
            ValueError::List if is_default && parameter.kind == ParameterKind::Text => {
                diagnostic.help("add `kind = \"list\"` to the parameter")
            }
            ValueError::Arn => diagnostic.help("write the whole ARN"),
            ValueError::Repeated => diagnostic.help("remove it"),
            _ => diagnostic,
        });
        false
    }
}
