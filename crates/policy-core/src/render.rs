use core::fmt::{self, Display, Write};
use core::iter::Enumerate;
use core::slice::Iter;

use crate::json::{Size, Style, Writer};
use crate::model::{Condition, Extension, Policy, Statement, Template, Trust};
use crate::template::{PARTITION, Piece, pieces};
use crate::text::Grouped;
use crate::visit::Part;
use crate::{Attach, Partition, text};

/// What to render other than the default.
///
/// # Examples
///
/// ```
/// use iam_policy_core::{Options, Style};
///
/// let options = Options { partition: Some("aws-cn"), style: Style::MINIFIED, ..Options::DEFAULT };
/// assert!(options.parameters.is_empty());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Options<'a> {
    /// One of [`Policy::partitions`]; `None` is the first.
    pub partition: Option<&'a str>,
    /// Names of parameters and their values; the others keep their defaults.
    pub parameters: &'a [(&'a str, &'a str)],
    /// Names of extensions; their order does not matter, they are merged in the spec's.
    pub extensions: &'a [&'a str],
    /// Where it is to be attached, so that it has to fit this quota alone; `None` is wherever it may be attached.
    pub attach: Option<Attach>,
    /// How the JSON is laid out.
    pub style: Style,
}

impl Options<'_> {
    /// What [`Policy::json`] holds.
    pub const DEFAULT: Self = Self {
        partition: None,
        parameters: &[],
        extensions: &[],
        attach: None,
        style: Style::PRETTY,
    };
}

/// Why a policy cannot be rendered as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RenderError<'a> {
    /// AWS has no partition of this name.
    UnknownPartition {
        /// The name.
        partition: &'a str,
    },
    /// The policy is not made for this partition.
    UnsupportedPartition {
        /// Its name.
        partition: &'a str,
        /// Those it is made for.
        supported: &'a [&'a str],
    },
    /// The spec has no parameter of this name.
    UnknownParameter {
        /// The name.
        name: &'a str,
    },
    /// The parameter is given two values.
    RepeatedParameter {
        /// Its name.
        name: &'a str,
    },
    /// The parameter's value could grant more than the spec means to, or is not accepted by IAM.
    Value {
        /// The parameter.
        name: &'a str,
        /// Its value.
        value: &'a str,
        /// What is wrong with it.
        error: ValueError,
    },
    /// The policy has no extension of this name.
    UnknownExtension {
        /// The name.
        name: &'a str,
    },
    /// The extensions fit no kind of attachment together.
    NoCommonAttachment,
    /// The policy with these extensions is not meant for this kind of attachment.
    UnsupportedAttachment {
        /// The kind.
        attach: Attach,
    },
    /// The policy is too long for a kind of attachment that it is meant for.
    TooLong {
        /// The kind.
        attach: Attach,
        /// How many characters it has.
        size: usize,
    },
    /// The policy has no trust policy.
    NoTrust,
    /// The trust policy is too long.
    TrustTooLong {
        /// How many characters it has.
        size: usize,
    },
}

/// Why a text cannot be the value of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ValueError {
    /// It is empty, so a resource would lose what limits it.
    Empty,
    /// It has a character with a meaning of its own in a policy.
    Character(char),
    /// It has a `/`, and the parameter does not allow that.
    Slash,
    /// It has a character that IAM refuses.
    Refused(char),
}

impl ValueError {
    /// Checks `value` for a parameter that may or may not contain `/`.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it.
    pub fn check(value: &str, allow_slash: bool) -> Result<(), Self> {
        if value.is_empty() {
            return Err(Self::Empty);
        }
        value.chars().try_for_each(|character| match character {
            '*' | '?' | ':' | '$' | '{' | '}' => Err(Self::Character(character)),
            '/' if !allow_slash => Err(Self::Slash),
            _ if character.is_whitespace() => Err(Self::Character(character)),
            _ if !text::is_accepted(character) => Err(Self::Refused(character)),
            _ => Ok(()),
        })
    }
}

impl Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it is empty, which would widen every resource that it stands in"),
            Self::Character(white) if white.is_whitespace() => f.write_str("it contains white space"),
            Self::Character(special @ ('*' | '?')) => {
                write!(
                    f,
                    "it contains `{special}`, which would widen every resource that it stands in"
                )
            }
            Self::Character(special) => {
                write!(f, "it contains `{special}`, which has a meaning of its own in a policy")
            }
            Self::Slash => f.write_str("it contains `/`, which this parameter does not allow"),
            Self::Refused(character) => {
                write!(
                    f,
                    "it contains U+{:04X}, and IAM accepts only U+0020 to U+00FF",
                    u32::from(*character)
                )
            }
        }
    }
}

impl core::error::Error for ValueError {}

/// `a`, `b` and `c`
struct List<'a>(&'a [&'a str]);

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

impl Display for RenderError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownPartition { partition } => write!(f, "AWS has no partition `{partition}`"),
            Self::UnsupportedPartition { partition, supported } => {
                write!(f, "this policy is not made for the partition `{partition}`, but for {}", List(supported))
            }
            Self::UnknownParameter { name } => write!(f, "there is no parameter `{name}`"),
            Self::RepeatedParameter { name } => write!(f, "the parameter `{name}` is set twice"),
            Self::Value { name, value, error } => write!(f, "`{value}` cannot be the value of `{name}`: {error}"),
            Self::UnknownExtension { name } => write!(f, "there is no extension `{name}`"),
            Self::NoCommonAttachment => {
                f.write_str("these extensions cannot be combined: there is nothing that a policy with all of them may be attached to")
            }
            Self::UnsupportedAttachment { attach } => {
                write!(f, "the policy is not meant to be attached as `{attach}` in this form")
            }
            Self::TooLong { attach, size } => {
                let quota = attach.quota();
                let (size, over, quota) = (Grouped(*size), Grouped(size - quota), Grouped(quota));
                write!(f, "the policy has {size} characters, {over} more than the quota of `{attach}`, {quota}")
            }
            Self::NoTrust => f.write_str("this policy has no trust policy"),
            Self::TrustTooLong { size } => {
                let quota = Attach::TRUST_QUOTA;
                let (size, over, quota) = (Grouped(*size), Grouped(size - quota), Grouped(quota));
                write!(f, "the trust policy has {size} characters, {over} more than its quota, {quota}")
            }
        }
    }
}

impl core::error::Error for RenderError<'_> {}

/// A document that has been checked and can be written with [`Display`], as often as one likes and without allocating.
#[derive(Clone, Copy, Debug)]
pub struct Rendered<'a> {
    policy: Policy<'a>,
    pub(crate) document: Document<'a>,
    pub(crate) options: Options<'a>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Document<'a> {
    Identity,
    Trust(Trust<'a>),
}

impl<'a> Policy<'a> {
    /// The policy as `options` want it.
    ///
    /// The partition, the values and the extensions are checked as strictly as the spec was, and the result is measured
    /// against the quota of every kind of attachment that the policy with these extensions is meant for.
    ///
    /// # Errors
    ///
    /// The first of [`Policy::problems`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::{Action, Options, Parameter, Policy, Resource, Statement, Style, Template};
    ///
    /// const POLICY: Policy = Policy::new("p", "{}")
    ///     .with_parameters(&[Parameter::new("bucket", "logs")])
    ///     .with_statements(&[Statement::new("list", "List")
    ///         .with_actions(&[Action::new("s3:ListBucket")])
    ///         .with_resources(&[Resource::new(Template {
    ///             source: "arn:{partition}:s3:::{bucket}",
    ///             text: "arn:aws:s3:::logs",
    ///         })])]);
    ///
    /// let options = Options { parameters: &[("bucket", "audit")], style: Style::MINIFIED, ..Options::DEFAULT };
    /// let json = POLICY.render(options).unwrap().to_string();
    /// assert!(json.contains(r#""Resource":["arn:aws:s3:::audit"]"#));
    ///
    /// let wide = Options { parameters: &[("bucket", "*")], ..Options::DEFAULT };
    /// assert!(POLICY.render(wide).is_err());
    /// ```
    pub fn render(&self, options: Options<'a>) -> Result<Rendered<'a>, RenderError<'a>> {
        self.render_document(Document::Identity, options)
    }

    /// The trust policy as `options` want it; they must name no extension.
    ///
    /// # Errors
    ///
    /// The first of what is wrong with the options, [`RenderError::NoTrust`] or [`RenderError::TrustTooLong`].
    pub fn render_trust(&self, options: Options<'a>) -> Result<Rendered<'a>, RenderError<'a>> {
        let trust = self.trust.ok_or(RenderError::NoTrust)?;
        self.render_document(Document::Trust(trust), options)
    }

    fn render_document(&self, document: Document<'a>, options: Options<'a>) -> Result<Rendered<'a>, RenderError<'a>> {
        let rendered = self.form(document, options);
        match self.option_problems(options).chain(rendered.size_problems()).next() {
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
    /// use iam_policy_core::{Action, Attach, Options, Policy, Resource, Statement};
    ///
    /// const ACTIONS: [Action; 500] = [Action::new("s3:GetObject"); 500];
    /// const LONG: Policy = Policy::new("long", "{}")
    ///     .with_attach(&[Attach::Managed])
    ///     .with_statements(&[Statement::new("read", "Read")
    ///         .with_actions(&ACTIONS)
    ///         .with_resources(&[Resource::literal("*")])]);
    ///
    /// assert!(LONG.render(Options::DEFAULT).is_err());
    /// assert!(LONG.render_unchecked(Options::DEFAULT).size() > Attach::Managed.quota());
    /// ```
    #[must_use]
    pub const fn render_unchecked(&self, options: Options<'a>) -> Rendered<'a> {
        self.form(Document::Identity, options)
    }

    /// Renders the trust policy, if there is one, without checking the options or the size.
    ///
    /// - `options`: the form to render
    #[must_use]
    pub fn render_trust_unchecked(&self, options: Options<'a>) -> Option<Rendered<'a>> {
        Some(self.form(Document::Trust(self.trust?), options))
    }

    const fn form(&self, document: Document<'a>, options: Options<'a>) -> Rendered<'a> {
        Rendered {
            policy: *self,
            document,
            options,
        }
    }

    /// All that is wrong with `options` for this policy; nothing, if it can be rendered. Sizes are measured only when
    /// nothing else is wrong.
    pub fn problems(&self, options: Options<'a>) -> impl Iterator<Item = RenderError<'a>> {
        let usable = self.option_problems(options).next().is_none();
        let rendered = self.render_unchecked(options);
        self.option_problems(options)
            .chain(usable.then(|| rendered.size_problems()).into_iter().flatten())
    }

    /// How many characters AWS counts of the policy as `options` want it, whether or not that is too many. `None` if it
    /// cannot be rendered for another reason.
    #[must_use]
    pub fn measure(&self, options: Options<'a>) -> Option<usize> {
        let possible = self.option_problems(options).next().is_none();
        possible.then(|| self.render_unchecked(options).size())
    }

    /// A template of this policy with the values that `options` give it. They are not checked: an unknown parameter is
    /// empty.
    #[must_use]
    pub fn expand<'t>(&self, template: Template<'t>, options: Options<'t>) -> impl Display + use<'a, 't>
    where
        'a: 't,
    {
        Expanded {
            template,
            rendered: self.render_unchecked(options),
        }
    }

    /// The statements that the policy has with `options`, and how many characters of it each takes.
    pub fn statement_sizes(&self, options: Options<'a>) -> impl Iterator<Item = (&'a Statement<'a>, usize)> {
        let rendered = self.render_unchecked(options);
        rendered.statements().map(move |(_, statement)| {
            let mut size = Size::default();
            // `Size` takes everything.
            let _ = rendered.statement(&mut Writer::new(&mut size, options.style), statement);
            (statement, size.characters())
        })
    }

    fn option_problems(&self, options: Options<'a>) -> impl Iterator<Item = RenderError<'a>> + use<'a> {
        let policy = *self;
        let partition = options.partition.and_then(|partition| {
            if policy.partitions.contains(&partition) {
                None
            } else if Partition::from_name(partition).is_none() {
                Some(RenderError::UnknownPartition { partition })
            } else {
                Some(RenderError::UnsupportedPartition {
                    partition,
                    supported: policy.partitions,
                })
            }
        });
        let parameters = options
            .parameters
            .iter()
            .enumerate()
            .filter_map(move |(i, &(name, value))| {
                let is_repeated = options.parameters.iter().take(i).any(|(earlier, _)| *earlier == name);
                let Some(parameter) = policy.parameters.iter().find(|parameter| parameter.name == name) else {
                    return (!is_repeated).then_some(RenderError::UnknownParameter { name });
                };
                if is_repeated {
                    return Some(RenderError::RepeatedParameter { name });
                }
                let error = ValueError::check(value, parameter.allow_slash).err()?;
                Some(RenderError::Value { name, value, error })
            });
        let extensions = options
            .extensions
            .iter()
            .filter(move |name| policy.extension(name).is_none())
            .map(|name| RenderError::UnknownExtension { name });
        partition.into_iter().chain(parameters).chain(extensions)
    }

    /// Where the policy with these extensions may be attached: where each of them may. `None` where nothing limits it.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::{Attach, Extension, Policy};
    ///
    /// const POLICY: Policy = Policy::new("p", "{}")
    ///     .with_attach(&[Attach::InlineUser, Attach::Managed])
    ///     .with_extensions(&[Extension::new("more").with_attach(&[Attach::Managed])]);
    ///
    /// assert_eq!(POLICY.attachments(&[]).unwrap().count(), 2);
    /// assert!(POLICY.attachments(&["more"]).unwrap().eq([Attach::Managed]));
    /// ```
    #[must_use]
    pub fn attachments(&self, extensions: &[&str]) -> Option<impl Iterator<Item = Attach> + Clone + use<'a>> {
        // At most five kinds: a set of them is a small array.
        let mut kinds = [None; Attach::ALL.len()];
        for (slot, kind) in kinds.iter_mut().zip(Attach::ALL) {
            *slot = Some(*kind);
        }
        let mut limited = false;
        let mut limit = |attach: &[Attach]| {
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
    /// How many characters AWS counts.
    #[must_use]
    pub fn size(&self) -> usize {
        let mut size = Size::default();
        // `Size` takes everything.
        let _ = self.write(&mut size);
        size.characters()
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
    ///         .with_resources(&[Resource::new(Template {
    ///             source: "arn:aws:s3:::{bucket}",
    ///             text: "arn:aws:s3:::logs",
    ///         })])]);
    /// let rendered = POLICY.render(Options::DEFAULT).unwrap();
    /// assert!(rendered.uses("bucket") && !rendered.uses("topic"));
    /// ```
    #[must_use]
    pub fn uses(&self, parameter: &str) -> bool {
        let is_in = |template: &Template<'_>| {
            pieces(template.source).any(|piece| piece.is_ok_and(|piece| piece == Piece::Parameter(parameter)))
        };
        let in_conditions = |conditions: &[Condition<'_>]| conditions.iter().any(|one| one.values.iter().any(is_in));
        match self.document {
            Document::Trust(trust) => in_conditions(trust.conditions),
            Document::Identity => self.statements().any(|(_, statement)| {
                let (_, resources) = statement.resource_element();
                let mut resources = resources.iter().filter(|resource| resource.is_in(self.partition()));
                resources.any(|resource| is_in(&resource.arn)) || in_conditions(statement.conditions)
            }),
        }
    }

    fn size_problems(self) -> impl Iterator<Item = RenderError<'a>> {
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
        let trust = (is_trust && size > Attach::TRUST_QUOTA).then_some(RenderError::TrustTooLong { size });
        let too_long = measured
            .filter(move |attach| size > attach.quota())
            .map(move |attach| RenderError::TooLong { attach, size });
        trust.into_iter().chain(unusable).chain(too_long)
    }

    pub(crate) fn partition(&self) -> &'a str {
        self.options.partition.unwrap_or(self.policy.default_partition())
    }

    /// The statements of the document in their order.
    pub(crate) fn statements(&self) -> impl Iterator<Item = (Part, &'a Statement<'a>)> + use<'a> {
        Statements {
            rest: self.policy.statements.iter().enumerate(),
            extension: None,
            extensions: self.policy.extensions.iter().enumerate(),
            wanted: self.options.extensions,
            partition: self.partition(),
        }
    }

    /// Writes the document as text, or into something that only measures it.
    fn write(&self, out: &mut dyn Write) -> fmt::Result {
        self.visit(&mut Writer::new(out, self.options.style))
    }

    pub(crate) fn expand<'t>(&'t self, template: Template<'t>) -> Expanded<'t> {
        Expanded {
            template,
            rendered: *self,
        }
    }

    fn value(&self, name: &str) -> &'a str {
        if name == PARTITION {
            return self.partition();
        }
        let chosen = self
            .options
            .parameters
            .iter()
            .find(|(parameter, _)| *parameter == name)
            .map(|(_, value)| *value);
        let default = self.policy.parameters.iter().find(|parameter| parameter.name == name);
        chosen
            .or(default.map(|parameter| parameter.default))
            .unwrap_or_default()
    }
}

/// The statements of a document, in order.
struct Statements<'a> {
    /// The statements left in the policy itself, or in the current extension.
    rest: Enumerate<Iter<'a, Statement<'a>>>,
    /// The current extension.
    extension: Option<usize>,
    /// The extensions that come after it.
    extensions: Enumerate<Iter<'a, Extension<'a>>>,
    /// The names of the extensions to include.
    wanted: &'a [&'a str],
    partition: &'a str,
}

impl<'a> Iterator for Statements<'a> {
    type Item = (Part, &'a Statement<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((index, statement)) = self.rest.next() {
                if statement.is_in(self.partition) {
                    let extension = self.extension;
                    return Some((Part::Statement { extension, index }, statement));
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

/// A template with the values of a rendering.
pub(crate) struct Expanded<'a> {
    template: Template<'a>,
    rendered: Rendered<'a>,
}

impl Display for Expanded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in pieces(self.template.source) {
            match piece {
                Ok(Piece::Text(text)) => f.write_str(text)?,
                Ok(Piece::Parameter(name)) => f.write_str(self.rendered.value(name))?,
                // No constant has one: the spec's reader refuses such a template.
                Err(_) => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
