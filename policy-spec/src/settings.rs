use iam_policy_core::suggest::nearest;
use iam_policy_core::{Options, ParameterKind, ParameterValue, RenderError};
use iam_policy_document::Diagnostic;

use crate::lower::rule;
use crate::model::{Parameter, Setting, Spanned, Spec};
use crate::wording::list;

/// Values that the parameters of specs have in place of their defaults, such as those of the option `--set`.
///
/// # Examples
///
/// ```
/// use iam_policy_spec::{Settings, Source, read_with};
///
/// let source = Source::new("policies.toml", r#"
/// [parameters]
/// bucket = { default = "logs" }
/// [policy.user]
/// [[policy.user.statement]]
/// id        = "read"
/// reason    = "Reads."
/// actions   = ["s3:GetObject"]
/// resources = ["arn:aws:s3:::{bucket}/*"]
/// "#);
/// let settings = Settings::default().set("bucket", "audit");
/// let (spec, diagnostics) = read_with(&source, &settings);
/// assert!(diagnostics.is_empty() && settings.unknown([&spec]).is_empty());
/// assert_eq!(spec.policies[0].statements[0].resources[0].arn.text, "arn:aws:s3:::audit/*");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    environment: Option<String>,
    values: Vec<(String, String)>,
}

impl Settings {
    /// Uses the values of an environment.
    ///
    /// - `name`: its name in the spec
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        self.environment = Some(name.into());
        self
    }

    /// Sets a parameter. Its value comes before that of the environment.
    ///
    /// - `name`: its name
    /// - `value`: its value; the elements of a list are separated by commas
    #[must_use]
    pub fn set(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.values.push((name.into(), value.into()));
        self
    }

    /// Whether nothing is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns what none of `specs` has: environments and parameters.
    ///
    /// - `specs`: all specs that the settings are for
    pub fn unknown<'s>(&self, specs: impl IntoIterator<Item = &'s Spec>) -> Vec<Diagnostic> {
        let mut environments: Vec<&str> = Vec::new();
        let mut parameters: Vec<&str> = Vec::new();
        for spec in specs {
            for environment in &spec.environments {
                add(&mut environments, &environment.name.value);
            }
            for parameter in &spec.parameters {
                add(&mut parameters, &parameter.name.value);
            }
        }
        let mut unknown = Vec::new();
        if let Some(name) = self.environment.as_deref().filter(|name| !environments.contains(name)) {
            let diagnostic = Diagnostic::error(format!("there is no environment `{name}`"));
            unknown.push(with_names(diagnostic, name, "environments", &environments));
        }
        for (number, (name, value)) in self.values.iter().enumerate() {
            let is_first = self.values.iter().take(number).all(|(earlier, _)| earlier != name);
            if is_first && !parameters.contains(&name.as_str()) {
                let error = RenderError::UnknownParameter { index: 0 };
                unknown.push(with_names(said(error, name, value), name, "parameters", &parameters));
            }
        }
        unknown
    }

    /// Replaces the defaults of the parameters of a spec, and returns what is wrong with the values.
    pub(crate) fn apply(&self, spec: &mut Spec) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        let named = self.environment.as_deref();
        let environment = spec
            .environments
            .iter()
            .find(|environment| Some(environment.name.value.as_str()) == named);
        if let Some(environment) = environment {
            for (name, value) in &environment.values {
                if let Some(parameter) = find(&mut spec.parameters, &name.value) {
                    // An invalid value is reported where it is.
                    if is_valid(parameter, value) {
                        parameter.default = Some(value.clone());
                    }
                }
            }
        }
        for (number, (name, value)) in self.values.iter().enumerate() {
            let Some(parameter) = find(&mut spec.parameters, name) else {
                continue;
            };
            if self.values.iter().take(number).any(|(earlier, _)| earlier == name) {
                let diagnostic = said(RenderError::RepeatedParameter { index: 0 }, name, value);
                diagnostics.push(diagnostic.help(format!("keep one of the values of `{name}`")));
                continue;
            }
            match rule(parameter).check(ParameterValue::Text(value)) {
                Ok(()) => parameter.default = Some(setting(parameter, value)),
                Err(error) => diagnostics.push(said(RenderError::Value { index: 0, name, error }, name, value)),
            }
        }
        diagnostics
    }
}

fn find<'p>(parameters: &'p mut [Parameter], name: &str) -> Option<&'p mut Parameter> {
    parameters.iter_mut().find(|parameter| parameter.name.value == name)
}

/// Whether a value of an environment is valid.
fn is_valid(parameter: &Parameter, value: &Setting) -> bool {
    let mut texts: Vec<&str> = Vec::new();
    for text in value.texts() {
        texts.push(&text.value);
    }
    let rule = rule(parameter);
    match (value, texts.as_slice()) {
        (Setting::Text(_), [text]) if parameter.kind != ParameterKind::List => rule.check_text(text).is_ok(),
        (Setting::List(_), texts) => rule.check(ParameterValue::List(texts)).is_ok(),
        _ => false,
    }
}

/// A value as that of a parameter, at whose name it is located.
fn setting(parameter: &Parameter, value: &str) -> Setting {
    let span = &parameter.name.span;
    let text = |value: &str| Spanned {
        value: value.to_owned(),
        span: span.clone(),
    };
    if parameter.kind != ParameterKind::List {
        return Setting::Text(text(value));
    }
    let mut texts = Vec::new();
    for element in ParameterValue::Text(value).elements() {
        texts.push(text(element));
    }
    Setting::List(Spanned {
        value: texts,
        span: span.clone(),
    })
}

/// An error about one setting.
fn said(error: RenderError<'_>, name: &str, value: &str) -> Diagnostic {
    let parameters = [(name, ParameterValue::Text(value))];
    let options = Options::DEFAULT.parameters(&parameters);
    Diagnostic::error(error.display(&options).to_string())
}

fn with_names(diagnostic: Diagnostic, name: &str, noun: &str, names: &[&str]) -> Diagnostic {
    let suggestion = nearest(name, names.iter().copied());
    match names {
        [] => diagnostic.help(format!("the spec has no {noun}")),
        _ if suggestion.is_some() => diagnostic.did_you_mean(suggestion),
        _ => diagnostic.help(format!("the {noun} are {}", list(names.iter().copied()))),
    }
}

fn add<'s>(names: &mut Vec<&'s str>, name: &'s str) {
    if !names.contains(&name) {
        names.push(name);
    }
}
