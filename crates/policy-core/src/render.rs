use core::fmt::{self, Display, Write};
use core::iter::Enumerate;
use core::slice::Iter;

use crate::json::{Size, Style, Writer};
use crate::model::{Condition, Extension, Policy, Statement, Template, Trust};
use crate::parameter::{self, Environment, Parameter, ParameterKind, ParameterValue, ValueError};
use crate::part::Part;
use crate::template::{PARTITION, Piece, pieces};
use crate::text::Grouped;
use crate::{AttachmentKind, Partition, PolicyType};

/// Which form of a policy to render.
///
/// Start with [`Options::DEFAULT`] and set what differs. The methods are `const`, so a constant can hold options.
///
/// # Examples
///
/// ```
/// use iam_policy_core::ParameterValue::Text;
/// use iam_policy_core::{Options, Partition, Style};
///
/// const CHINA: Options = Options::DEFAULT
///     .partition(Partition::China)
///     .parameters(&[("bucket-prefix", Text("audit-"))])
///     .style(Style::MINIFIED);
/// assert_eq!(CHINA.partition, Some(Partition::China));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Options<'a> {
    /// One of [`Policy::partitions`]; `None` for the policy's default.
    pub partition: Option<Partition>,
    /// The environment whose values the parameters have, unless [`parameters`](Self#structfield.parameters) sets them.
    pub environment: Option<Environment<'a>>,
    /// Names of parameters and their values. All others have the value of the environment, or their default.
    pub parameters: &'a [(&'a str, ParameterValue<'a>)],
    /// Whether a parameter without any value is shown as `<name>`, as in generated files. Otherwise it is an error.
    pub placeholders: bool,
    /// Names of extensions to add, in any order.
    pub extensions: &'a [&'a str],
    /// What the policy will be attached to: only this quota applies. `None` if it must fit everything that it may be
    /// attached to.
    pub attach: Option<AttachmentKind>,
    /// The layout of the JSON.
    pub style: Style,
}

impl<'a> Options<'a> {
    /// The default partition, every parameter at its default, no extensions, and [`Style::PRETTY`]. This is the form in
    /// [`Policy::json`], if every parameter has a default.
    pub const DEFAULT: Self = Self {
        partition: None,
        environment: None,
        parameters: &[],
        placeholders: false,
        extensions: &[],
        attach: None,
        style: Style::PRETTY,
    };

    /// [`DEFAULT`](Self::DEFAULT) with [`placeholders`](Self#structfield.placeholders), as generated files are.
    pub const GENERATED: Self = Self {
        placeholders: true,
        ..Self::DEFAULT
    };

    /// Sets the [`partition`](Self#structfield.partition).
    #[must_use]
    pub const fn partition(mut self, partition: Partition) -> Self {
        self.partition = Some(partition);
        self
    }

    /// Sets the [`environment`](Self#structfield.environment).
    ///
    /// The constants that the macro generates in the module `environment` are options with an environment.
    #[must_use]
    pub const fn environment(mut self, environment: Environment<'a>) -> Self {
        self.environment = Some(environment);
        self
    }

    /// Sets whether parameters without any value are shown as [`placeholders`](Self#structfield.placeholders).
    #[must_use]
    pub const fn placeholders(mut self, placeholders: bool) -> Self {
        self.placeholders = placeholders;
        self
    }

    /// Sets the [`parameters`](Self#structfield.parameters) that do not have their defaults.
    #[must_use]
    pub const fn parameters(mut self, parameters: &'a [(&'a str, ParameterValue<'a>)]) -> Self {
        self.parameters = parameters;
        self
    }

    /// Sets the [`extensions`](Self#structfield.extensions) to add.
    #[must_use]
    pub const fn extensions(mut self, extensions: &'a [&'a str]) -> Self {
        self.extensions = extensions;
        self
    }

    /// Sets what the policy will be [attached](Self#structfield.attach) to.
    #[must_use]
    pub const fn attach(mut self, attach: AttachmentKind) -> Self {
        self.attach = Some(attach);
        self
    }

    /// Sets the [`style`](Self#structfield.style).
    #[must_use]
    pub const fn style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }
}

/// Why a policy cannot be rendered with some [`Options`].
///
/// An error borrows from the policy, not from the options, so that a function can return it after the values it rendered
/// with are gone. It refers to an option by its index; [`display`](Self::display) shows the option itself.
///
/// # Examples
///
/// ```
/// use std::error::Error;
///
/// use iam_policy_core::ParameterValue::Text;
/// use iam_policy_core::{Options, Parameter, Policy};
///
/// const POLICY: Policy = Policy::new("p", "{}").with_parameters(&[Parameter::new("bucket", "logs")]);
///
/// fn json(bucket: &str) -> Result<String, Box<dyn Error>> {
///     let parameters = [("bucket", Text(bucket))];
///     Ok(POLICY.render(Options::DEFAULT.parameters(&parameters))?.to_string())
/// }
///
/// assert!(json(&String::from("audit")).is_ok());
/// assert!(json(&String::from("*")).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RenderError<'a> {
    /// The policy does not support this partition.
    UnsupportedPartition {
        /// The partition.
        partition: Partition,
        /// The partitions that it supports.
        supported: &'a [Partition],
    },
    /// The spec has no parameter of this name.
    UnknownParameter {
        /// The index in [`Options::parameters`].
        index: usize,
    },
    /// The parameter is set more than once.
    RepeatedParameter {
        /// The index in [`Options::parameters`] where it is set again.
        index: usize,
    },
    /// The parameter's value is not safe in a policy, or IAM rejects it.
    Value {
        /// The index in [`Options::parameters`].
        index: usize,
        /// The name of the parameter.
        name: &'a str,
        /// What is wrong with the value.
        error: ValueError,
    },
    /// The environment sets a parameter that the spec does not have.
    UnknownEnvironmentParameter {
        /// The index in [`Environment::values`].
        index: usize,
    },
    /// A value of the environment is not safe in a policy, or IAM rejects it.
    EnvironmentValue {
        /// The index in [`Environment::values`].
        index: usize,
        /// The name of the parameter.
        name: &'a str,
        /// What is wrong with the value.
        error: ValueError,
    },
    /// The parameter has neither a value nor a default.
    MissingParameter {
        /// The name of the parameter.
        name: &'a str,
    },
    /// The policy has no extension of this name.
    UnknownExtension {
        /// The index in [`Options::extensions`].
        index: usize,
    },
    /// There is nothing that a policy with all of these extensions may be attached to.
    NoCommonAttachment,
    /// The policy with these extensions is not meant for this kind of attachment.
    UnsupportedAttachment {
        /// The kind.
        attach: AttachmentKind,
    },
    /// The policy exceeds the quota of a kind of attachment that it is meant for.
    TooLong {
        /// The kind.
        attach: AttachmentKind,
        /// How many characters the policy has.
        size: usize,
    },
    /// The policy has no trust policy.
    NoTrust,
    /// The trust policy exceeds its quota.
    TrustTooLong {
        /// How many characters it has.
        size: usize,
    },
}

/// `a`, `b` and `c`
struct List<'a>(&'a [Partition]);

impl Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(i, name)| {
            f.write_str(match i {
                0 => "",
                _ if i + 1 == self.0.len() => " and ",
                _ => ", ",
            })?;
            write!(f, "`{name}`")
        })
    }
}

impl RenderError<'_> {
    /// The message with the names and values of the options.
    ///
    /// - `options`: the options that caused the error
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::ParameterValue::Text;
    /// use iam_policy_core::{Options, Policy};
    ///
    /// const POLICY: Policy = Policy::new("p", "{}");
    /// let options = Options::DEFAULT.parameters(&[("bucket", Text("audit"))]);
    /// let error = POLICY.render(options).unwrap_err();
    /// assert_eq!(error.display(&options).to_string(), "there is no parameter `bucket`");
    /// assert_eq!(error.to_string(), "`parameters[0]` of the options is not a parameter of the policy");
    /// ```
    #[must_use]
    pub fn display<'e>(&'e self, options: &'e Options<'_>) -> impl Display + use<'e> {
        Message {
            error: self,
            options: *options,
        }
    }
}

impl Display for RenderError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the options, no index exists.
        self.display(&Options::DEFAULT).fmt(f)
    }
}

/// The message of an error. An option that the options do not contain is shown by its index.
struct Message<'e> {
    error: &'e RenderError<'e>,
    options: Options<'e>,
}

impl Message<'_> {
    fn about_environment(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let environment = self.options.environment;
        let name = environment.map_or("", |environment| environment.name);
        let value = |index: &usize| environment.and_then(|environment| environment.values.get(*index));
        match self.error {
            RenderError::UnknownEnvironmentParameter { index } => match value(index) {
                Some((parameter, _)) => {
                    write!(
                        f,
                        "there is no parameter `{parameter}`, which the environment `{name}` sets"
                    )
                }
                None => write!(
                    f,
                    "`values[{index}]` of the environment is not a parameter of the policy"
                ),
            },
            RenderError::EnvironmentValue {
                index,
                name: parameter,
                error,
            } => match value(index) {
                Some((_, value)) => write!(
                    f,
                    "`{value}` cannot be the value of `{parameter}` in the environment `{name}`: {error}"
                ),
                None => write!(
                    f,
                    "`values[{index}]` of the environment cannot be the value of `{parameter}`: {error}"
                ),
            },
            _ => Ok(()),
        }
    }

    fn about_option(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parameter = |index: &usize| self.options.parameters.get(*index);
        match self.error {
            RenderError::UnknownParameter { index } => match parameter(index) {
                Some((name, _)) => write!(f, "there is no parameter `{name}`"),
                None => write!(
                    f,
                    "`parameters[{index}]` of the options is not a parameter of the policy"
                ),
            },
            RenderError::RepeatedParameter { index } => match parameter(index) {
                Some((name, _)) => write!(f, "the parameter `{name}` is set twice"),
                None => write!(f, "`parameters[{index}]` of the options sets a parameter a second time"),
            },
            RenderError::Value { index, name, error } => match parameter(index) {
                Some((_, value)) => write!(f, "`{value}` cannot be the value of `{name}`: {error}"),
                None => write!(
                    f,
                    "`parameters[{index}]` of the options cannot be the value of `{name}`: {error}"
                ),
            },
            RenderError::UnknownExtension { index } => match self.options.extensions.get(*index) {
                Some(name) => write!(f, "there is no extension `{name}`"),
                None => write!(
                    f,
                    "`extensions[{index}]` of the options is not an extension of the policy"
                ),
            },
            _ => Ok(()),
        }
    }
}

impl Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.error {
            RenderError::UnknownParameter { .. }
            | RenderError::RepeatedParameter { .. }
            | RenderError::Value { .. }
            | RenderError::UnknownExtension { .. } => self.about_option(f),
            RenderError::UnknownEnvironmentParameter { .. } | RenderError::EnvironmentValue { .. } => {
                self.about_environment(f)
            }
            RenderError::MissingParameter { name } => {
                write!(f, "the parameter `{name}` has no default and needs a value")
            }
            RenderError::UnsupportedPartition { partition, supported } => {
                write!(
                    f,
                    "this policy does not support the partition `{partition}`, only {}",
                    List(supported)
                )
            }
            RenderError::NoCommonAttachment => {
                f.write_str("these extensions cannot be combined: no kind of attachment allows all of them")
            }
            RenderError::UnsupportedAttachment { attach } => {
                write!(f, "this form of the policy cannot be attached as `{attach}`")
            }
            RenderError::TooLong { attach, size } => {
                let quota = attach.quota();
                let (size, over, quota) = (Grouped(*size), Grouped(size - quota), Grouped(quota));
                write!(
                    f,
                    "the policy has {size} characters, {over} more than the quota of {quota} for `{attach}`"
                )
            }
            RenderError::NoTrust => f.write_str("this policy has no trust policy"),
            RenderError::TrustTooLong { size } => {
                let quota = AttachmentKind::TRUST_QUOTA;
                let (size, over, quota) = (Grouped(*size), Grouped(size - quota), Grouped(quota));
                write!(
                    f,
                    "the trust policy has {size} characters, {over} more than its quota of {quota}"
                )
            }
        }
    }
}

impl core::error::Error for RenderError<'_> {}

/// A policy in the requested form, checked and ready to be written: its [`Display`] is the JSON. Writing does not
/// allocate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rendered<'a> {
    policy: Policy<'a>,
    pub(crate) document: Document<'a>,
    pub(crate) options: Options<'a>,
    /// Whether a parameter without any value counts as many characters as it can have, instead of those of `<name>`.
    is_measured: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Document<'a> {
    /// The policy itself.
    Policy,
    Trust(Trust<'a>),
}

impl<'a> Policy<'a> {
    /// Renders the policy.
    ///
    /// The options are checked as strictly as the spec was, and the result is measured against the quota of every kind
    /// of attachment that the policy with these extensions is meant for.
    ///
    /// - `options`: the form to render
    ///
    /// # Errors
    ///
    /// Returns the first of [`Policy::problems`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::ParameterValue::Text;
    /// use iam_policy_core::{Action, Options, Parameter, Policy, Resource, Statement, Style, Template};
    ///
    /// const POLICY: Policy = Policy::new("p", "{}")
    ///     .with_parameters(&[Parameter::new("bucket", "logs")])
    ///     .with_statements(&[Statement::new("list", "List")
    ///         .with_actions(&[Action::new("s3:ListBucket")])
    ///         .with_resources(&[Resource::new(Template::new(
    ///             "arn:{partition}:s3:::{bucket}",
    ///             "arn:aws:s3:::logs",
    ///         ))])]);
    ///
    /// let options = Options::DEFAULT.parameters(&[("bucket", Text("audit"))]).style(Style::MINIFIED);
    /// let json = POLICY.render(options).unwrap().to_string();
    /// assert!(json.contains(r#""Resource":["arn:aws:s3:::audit"]"#));
    ///
    /// let wide = Options::DEFAULT.parameters(&[("bucket", Text("*"))]);
    /// assert!(POLICY.render(wide).is_err());
    /// ```
    pub fn render<'o>(&self, options: Options<'o>) -> Result<Rendered<'o>, RenderError<'a>>
    where
        'a: 'o,
    {
        self.render_document(Document::Policy, options)
    }

    /// Renders the trust policy.
    ///
    /// - `options`: the form to render; extensions and the kind of attachment make no difference
    ///
    /// # Errors
    ///
    /// Returns the first problem with the options, [`RenderError::NoTrust`] or [`RenderError::TrustTooLong`].
    pub fn render_trust<'o>(&self, options: Options<'o>) -> Result<Rendered<'o>, RenderError<'a>>
    where
        'a: 'o,
    {
        let trust = self.trust.ok_or(RenderError::NoTrust)?;
        self.render_document(Document::Trust(trust), options)
    }

    fn render_document<'o>(&self, document: Document<'o>, options: Options<'o>) -> Result<Rendered<'o>, RenderError<'a>>
    where
        'a: 'o,
    {
        let rendered = self.form(document, options);
        let problems = self.option_problems(options).chain(self.missing(&rendered));
        match problems.chain(rendered.size_problems()).next() {
            Some(problem) => Err(problem),
            None => Ok(rendered),
        }
    }

    /// Renders the policy without checking the options or the size. A parameter that the policy does not have is empty.
    ///
    /// - `options`: the form to render
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::{Action, AttachmentKind, Options, Policy, Resource, Statement};
    ///
    /// const ACTIONS: [Action; 500] = [Action::new("s3:GetObject"); 500];
    /// const LONG: Policy = Policy::new("long", "{}")
    ///     .with_attach(&[AttachmentKind::Managed])
    ///     .with_statements(&[Statement::new("read", "Read")
    ///         .with_actions(&ACTIONS)
    ///         .with_resources(&[Resource::literal("*")])]);
    ///
    /// assert!(LONG.render(Options::DEFAULT).is_err());
    /// assert!(LONG.render_unchecked(Options::DEFAULT).size() > AttachmentKind::Managed.quota());
    /// ```
    #[must_use]
    pub const fn render_unchecked(&self, options: Options<'a>) -> Rendered<'a> {
        self.form(Document::Policy, options)
    }

    /// Renders the trust policy, if there is one, without checking the options or the size.
    ///
    /// - `options`: the form to render
    #[must_use]
    pub fn render_trust_unchecked(&self, options: Options<'a>) -> Option<Rendered<'a>> {
        Some(self.form(Document::Trust(self.trust?), options))
    }

    const fn form<'o>(&self, document: Document<'o>, options: Options<'o>) -> Rendered<'o>
    where
        'a: 'o,
    {
        Rendered {
            policy: *self,
            document,
            options,
            is_measured: false,
        }
    }

    /// All problems that prevent rendering the policy. The size is measured only if there is no other problem.
    ///
    /// - `options`: the form to render
    pub fn problems<'o>(&self, options: Options<'o>) -> impl Iterator<Item = RenderError<'a>> + use<'a, 'o>
    where
        'a: 'o,
    {
        let rendered = self.render_unchecked(options);
        let problems = self.option_problems(options).chain(self.missing(&rendered));
        let usable = problems.clone().next().is_none();
        problems.chain(usable.then(|| rendered.size_problems()).into_iter().flatten())
    }

    /// The number of characters of the policy that count against quotas, even if that is too many. `None` if the policy
    /// cannot be rendered for another reason.
    ///
    /// - `options`: the form to measure
    #[must_use]
    pub fn measure(&self, options: Options<'a>) -> Option<usize> {
        let rendered = self.render_unchecked(options);
        let possible = self
            .option_problems(options)
            .chain(self.missing(&rendered))
            .next()
            .is_none();
        possible.then(|| rendered.size())
    }

    /// Expands a template of this policy. The options are not checked, and an unknown parameter expands to nothing. The
    /// elements of a list are separated by commas.
    ///
    /// - `template`: the template
    /// - `options`: the partition and the values of parameters
    #[must_use]
    pub fn expand<'t>(&self, template: Template<'t>, options: Options<'t>) -> impl Display + use<'a, 't>
    where
        'a: 't,
    {
        Expanded {
            template,
            element: None,
            rendered: self.render_unchecked(options),
        }
    }

    /// The statements of the policy in this form, and the number of characters of each.
    ///
    /// - `options`: the form to measure
    pub fn statement_sizes(&self, options: Options<'a>) -> impl Iterator<Item = (&'a Statement<'a>, usize)> + use<'a> {
        let rendered = self.render_unchecked(options).measured();
        rendered.statements().map(move |(_, statement)| {
            let mut size = Size::default();
            // `Size` takes everything.
            let _ = rendered.statement(&mut Writer::new(&mut size, options.style), statement);
            (statement, size.characters())
        })
    }

    fn option_problems<'o>(&self, options: Options<'o>) -> impl Iterator<Item = RenderError<'a>> + Clone + use<'a, 'o> {
        let policy = *self;
        let partition = options
            .partition
            .filter(|partition| !policy.partitions.contains(partition));
        let partition = partition.map(|partition| RenderError::UnsupportedPartition {
            partition,
            supported: policy.partitions,
        });
        let parameters = options
            .parameters
            .iter()
            .enumerate()
            .filter_map(move |(index, &(name, value))| {
                let mut earlier = options.parameters.iter().take(index);
                let is_repeated = earlier.any(|(earlier, _)| *earlier == name);
                let Some(parameter) = policy.parameters.iter().find(|parameter| parameter.name == name) else {
                    return (!is_repeated).then_some(RenderError::UnknownParameter { index });
                };
                if is_repeated {
                    return Some(RenderError::RepeatedParameter { index });
                }
                let error = parameter.check(value).err()?;
                let name = parameter.name;
                Some(RenderError::Value { index, name, error })
            });
        let extensions = options
            .extensions
            .iter()
            .enumerate()
            .filter(move |(_, name)| policy.extension(name).is_none())
            .map(|(index, _)| RenderError::UnknownExtension { index });
        let environment = options.environment.map_or(&[][..], |environment| environment.values);
        let environment = environment
            .iter()
            .enumerate()
            .filter_map(move |(index, &(name, value))| {
                let Some(parameter) = policy.parameters.iter().find(|parameter| parameter.name == name) else {
                    return Some(RenderError::UnknownEnvironmentParameter { index });
                };
                let error = parameter.check(value).err()?;
                let name = parameter.name;
                Some(RenderError::EnvironmentValue { index, name, error })
            });
        partition
            .into_iter()
            .chain(environment)
            .chain(parameters)
            .chain(extensions)
    }

    /// A problem for each parameter that has neither a value nor a default, unless the options allow placeholders.
    fn missing<'o>(&self, rendered: &Rendered<'o>) -> impl Iterator<Item = RenderError<'a>> + Clone + use<'a, 'o>
    where
        'a: 'o,
    {
        let rendered = *rendered;
        let parameters = self.parameters.iter().filter(move |_| !rendered.options.placeholders);
        let missing = parameters.filter(move |parameter| rendered.is_missing(parameter));
        missing.map(|parameter| RenderError::MissingParameter { name: parameter.name })
    }

    /// The environment of this `name`.
    #[must_use]
    pub fn environment(&self, name: &str) -> Option<Environment<'a>> {
        self.environments
            .iter()
            .find(|environment| environment.name == name)
            .copied()
    }

    /// The kinds of attachment that the policy with these extensions may have: those that each extension allows.
    /// `None` if nothing limits them.
    ///
    /// - `extensions`: names of extensions; unknown names are ignored
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::{AttachmentKind, Extension, Policy};
    ///
    /// const POLICY: Policy = Policy::new("p", "{}")
    ///     .with_attach(&[AttachmentKind::InlineUser, AttachmentKind::Managed])
    ///     .with_extensions(&[Extension::new("more").with_attach(&[AttachmentKind::Managed])]);
    ///
    /// assert_eq!(POLICY.attachments(&[]).unwrap().count(), 2);
    /// assert!(POLICY.attachments(&["more"]).unwrap().eq([AttachmentKind::Managed]));
    /// ```
    #[must_use]
    pub fn attachments(&self, extensions: &[&str]) -> Option<impl Iterator<Item = AttachmentKind> + Clone + use<'a>> {
        // There are few kinds, so a small array is the set.
        let mut kinds = [None; AttachmentKind::ALL.len()];
        for (slot, kind) in kinds.iter_mut().zip(AttachmentKind::ALL) {
            *slot = Some(*kind);
        }
        let mut limited = false;
        let mut limit = |attach: &[AttachmentKind]| {
            if !attach.is_empty() {
                limited = true;
                for slot in &mut kinds {
                    *slot = slot.filter(|kind| attach.contains(kind));
                }
            }
        };
        if extensions.is_empty() {
            limit(self.attach);
        }
        for name in extensions {
            match self.extension(name) {
                Some(extension) if !extension.attach.is_empty() => limit(extension.attach),
                Some(_) => limit(self.attach),
                None => {}
            }
        }
        limited.then(|| kinds.into_iter().flatten())
    }
}

impl<'a> Rendered<'a> {
    /// The number of characters that count against quotas: all but white space outside strings.
    #[must_use]
    pub fn size(&self) -> usize {
        let mut size = Size::default();
        // `Size` takes everything.
        let _ = self.measured().write(&mut size);
        size.characters()
    }

    const fn measured(mut self) -> Self {
        self.is_measured = true;
        self
    }

    /// The parameters that the document depends on and that have neither a value nor a default.
    pub fn placeholders(&self) -> impl Iterator<Item = &'a Parameter<'a>> + Clone + use<'a> {
        let rendered = *self;
        let parameters = rendered.policy.parameters.iter();
        parameters.filter(move |parameter| rendered.is_missing(parameter))
    }

    /// Whether the document depends on a parameter that has neither a value nor a default.
    fn is_missing(&self, parameter: &Parameter<'a>) -> bool {
        self.given(parameter).is_none() && self.uses(parameter.name)
    }

    /// Whether the document depends on the value of a parameter.
    ///
    /// - `parameter`: its name
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::{Action, Options, Parameter, Policy, Resource, Statement, Template};
    ///
    /// const POLICY: Policy = Policy::new("p", "{}")
    ///     .with_parameters(&[Parameter::new("bucket", "logs"), Parameter::new("topic", "done")])
    ///     .with_statements(&[Statement::new("list", "List")
    ///         .with_actions(&[Action::new("s3:ListBucket")])
    ///         .with_resources(&[Resource::new(Template::new("arn:aws:s3:::{bucket}", "arn:aws:s3:::logs"))])]);
    /// let rendered = POLICY.render(Options::DEFAULT).unwrap();
    /// assert!(rendered.uses("bucket") && !rendered.uses("topic"));
    /// ```
    #[must_use]
    pub fn uses(&self, parameter: &str) -> bool {
        let is_in = |template: &Template<'_>| {
            pieces(template.source).any(|piece| piece.is_ok_and(|piece| piece == Piece::Parameter(parameter)))
        };
        let in_conditions = |conditions: &[Condition<'_>]| conditions.iter().any(|one| one.values.iter().any(is_in));
        self.statements().any(|(_, statement)| {
            let (_, resources) = statement.resource_element();
            let mut resources = resources.iter().filter(|resource| resource.is_in(self.partition()));
            let (_, principals) = statement.principal_element();
            resources.any(|resource| is_in(&resource.arn))
                || principals.iter().any(|principal| is_in(&principal.name))
                || in_conditions(statement.conditions)
        })
    }

    fn size_problems<'e>(self) -> impl Iterator<Item = RenderError<'e>> + use<'a, 'e> {
        let is_trust = matches!(self.document, Document::Trust(_));
        let kinds = self.policy.attachments(self.options.extensions);
        let kinds = kinds.filter(|_| !is_trust);
        let chosen = self.options.attach.filter(|_| !is_trust);
        // Without a quota there is no need to measure.
        let has_quota = is_trust || chosen.is_some() || kinds.is_some();
        let unusable = kinds
            .clone()
            .and_then(|mut kinds| match (kinds.clone().next(), chosen) {
                (None, _) => Some(RenderError::NoCommonAttachment),
                (_, Some(attach)) if !kinds.any(|kind| kind == attach) => {
                    Some(RenderError::UnsupportedAttachment { attach })
                }
                _ => None,
            });
        let known = kinds.into_iter().flatten().filter(move |_| chosen.is_none());
        let measured = chosen.filter(|_| unusable.is_none()).into_iter().chain(known);
        let size = if has_quota { self.size() } else { 0 };
        let trust = (is_trust && size > AttachmentKind::TRUST_QUOTA).then_some(RenderError::TrustTooLong { size });
        let too_long = measured
            .filter(move |attach| size > attach.quota())
            .map(move |attach| RenderError::TooLong { attach, size });
        trust.into_iter().chain(unusable).chain(too_long)
    }

    pub(crate) fn partition(&self) -> Partition {
        self.options.partition.unwrap_or(self.policy.default_partition())
    }

    /// The type of the document.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::{Options, Policy, PolicyType, Trust};
    ///
    /// const ROLE: Policy = Policy::new("role", "{}").with_trust(Some(Trust::new(&[], "{}")));
    /// assert_eq!(ROLE.render(Options::DEFAULT).unwrap().policy_type(), PolicyType::Identity);
    /// assert_eq!(ROLE.render_trust(Options::DEFAULT).unwrap().policy_type(), PolicyType::Trust);
    /// ```
    #[must_use]
    pub const fn policy_type(&self) -> PolicyType {
        match self.document {
            Document::Policy => self.policy.policy_type,
            Document::Trust(_) => PolicyType::Trust,
        }
    }

    /// The statements of the document, in order.
    pub(crate) fn statements(&self) -> impl Iterator<Item = (Part, &'a Statement<'a>)> + use<'a> {
        let (statements, extensions, is_trust) = match self.document {
            Document::Policy => (self.policy.statements, self.policy.extensions, false),
            Document::Trust(trust) => (trust.statements, &[][..], true),
        };
        Statements {
            is_trust,
            rest: statements.iter().enumerate(),
            extension: None,
            extensions: extensions.iter().enumerate(),
            wanted: self.options.extensions,
            partition: self.partition(),
        }
    }

    /// Writes the document as text, or into something that only measures it.
    fn write(&self, out: &mut dyn Write) -> fmt::Result {
        self.visit(&mut Writer::new(out, self.options.style))
    }

    /// - `element`: the index in the list that the template contains, if any
    pub(crate) fn expand<'t>(&'t self, template: Template<'t>, element: usize) -> Expanded<'t> {
        Expanded {
            template,
            element: Some(element),
            rendered: *self,
        }
    }

    /// The value of a parameter, if it has one.
    fn given(&self, parameter: &Parameter<'a>) -> Option<ParameterValue<'a>> {
        let name = parameter.name;
        let environment = || self.options.environment?.value(name);
        parameter::find(self.options.parameters, name)
            .or_else(environment)
            .or(parameter.default)
    }

    /// What replaces a placeholder.
    fn value(&self, name: &str) -> Value<'a> {
        if name == PARTITION {
            return Value::Given(ParameterValue::Text(self.partition().name()));
        }
        let Some(parameter) = self.policy.parameters.iter().find(|parameter| parameter.name == name) else {
            return Value::Given(ParameterValue::Text(""));
        };
        match self.given(parameter) {
            Some(list) if parameter.kind == ParameterKind::List => Value::Repeated(list),
            Some(value) => Value::Given(value),
            None => Value::Missing(parameter),
        }
    }

    /// How often a template is repeated: once for each element of the list that it contains, if any.
    pub(crate) fn repetitions(&self, template: Template<'_>) -> usize {
        let mut parameters = self.policy.parameters.iter();
        if !parameters.any(|parameter| parameter.kind == ParameterKind::List) {
            return 1;
        }
        let counts = pieces(template.source).filter_map(|piece| match self.value(piece.ok()?.parameter()?) {
            Value::Repeated(list) => Some(list.elements().count()),
            Value::Missing(parameter) if self.is_measured => parameter.max_items,
            _ => None,
        });
        counts.max().unwrap_or(1)
    }
}

/// What replaces a placeholder.
enum Value<'a> {
    Given(ParameterValue<'a>),
    /// One of the elements of a list.
    Repeated(ParameterValue<'a>),
    /// The parameter has no value.
    Missing(&'a Parameter<'a>),
}

/// The statements of a document, in order.
struct Statements<'a> {
    is_trust: bool,
    /// The statements left in the policy itself, or in the current extension.
    rest: Enumerate<Iter<'a, Statement<'a>>>,
    /// The current extension.
    extension: Option<usize>,
    /// The extensions that come after it.
    extensions: Enumerate<Iter<'a, Extension<'a>>>,
    /// The names of the extensions to include.
    wanted: &'a [&'a str],
    partition: Partition,
}

impl<'a> Iterator for Statements<'a> {
    type Item = (Part, &'a Statement<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((index, statement)) = self.rest.next() {
                if statement.is_in(self.partition) {
                    let extension = self.extension;
                    let part = if self.is_trust {
                        Part::TrustStatement(index)
                    } else {
                        Part::Statement { extension, index }
                    };
                    return Some((part, statement));
                }
            } else {
                let (number, extension) = self.extensions.next()?;
                if self.wanted.contains(&extension.name) {
                    self.extension = Some(number);
                    self.rest = extension.statements.iter().enumerate();
                }
            }
        }
    }
}

impl Display for Rendered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

/// A template with the values of a rendered policy.
pub(crate) struct Expanded<'a> {
    template: Template<'a>,
    /// The index of the element of a list; `None` for all of them.
    element: Option<usize>,
    rendered: Rendered<'a>,
}

impl Display for Expanded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in pieces(self.template.source) {
            match piece {
                Ok(Piece::Text(text)) => f.write_str(text)?,
                Ok(Piece::Parameter(name)) => match (self.rendered.value(name), self.element) {
                    (Value::Repeated(list), Some(element)) => {
                        f.write_str(list.elements().nth(element).unwrap_or_default())?;
                    }
                    (Value::Given(value) | Value::Repeated(value), _) => value.fmt(f)?,
                    (Value::Missing(parameter), _) => match parameter.longest() {
                        Some(length) if self.rendered.is_measured => (0..length).try_for_each(|_| f.write_str("x"))?,
                        _ => write!(f, "<{}>", parameter.name)?,
                    },
                },
                // The spec's reader rejects such a template, so no constant has one.
                Err(_) => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
