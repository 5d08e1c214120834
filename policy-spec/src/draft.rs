use std::fmt;

use iam_policy_core::text::{is_invisible, is_name};
use iam_policy_core::variable::{Piece, has_unknown, pieces};
use iam_policy_core::{ParameterKind, Partition, PolicyType};

/// A generated policy of a spec whose reasons are still to be written. Its [`Display`](fmt::Display) is TOML.
///
/// Reading it reports the missing reasons, and anything else that is missing. Once they are filled in, the spec
/// generates the original policy. Several drafts, with an empty line between them, are one spec.
///
/// # Examples
///
/// ```
/// use iam_policy_spec::{Draft, DraftStatement, Source, read};
///
/// let draft = Draft {
///     policy: "user",
///     statements: vec![DraftStatement {
///         id: "find-buckets".to_owned(),
///         sid: Some("FindBuckets"),
///         actions: Some(vec!["s3:ListAllMyBuckets"]),
///         resources: Some(vec!["*"]),
///         ..DraftStatement::default()
///     }],
///     ..Draft::default()
/// };
/// let text = draft.to_string();
/// assert_eq!(text, r#"[policy.user]
///
/// [[policy.user.statement]]
/// id        = "find-buckets"
/// reason    = ""
/// actions   = ["s3:ListAllMyBuckets"]
/// resources = ["*"]
/// "#);
/// let (_, mistakes) = read(&Source::new("policies.toml", text));
/// assert_eq!(mistakes.len(), 1);
/// assert_eq!(mistakes[0].message, "`reason` is empty");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft<'a> {
    /// The policy's name.
    pub policy: &'a str,
    /// What to do with it, in Markdown without placeholders.
    pub about: Option<String>,
    /// Its type.
    pub policy_type: PolicyType,
    /// For a resource policy: the kind of resource that it is attached to.
    pub resource_type: Option<&'a str>,
    /// For a permissions boundary: the policies that it bounds.
    pub bounds: Vec<&'a str>,
    /// The AWS managed policies that its role also has.
    pub managed: Vec<&'a str>,
    /// Its partitions; empty for `aws` only.
    pub partitions: Vec<Partition>,
    /// The parameters, in order.
    pub parameters: Vec<DraftParameter>,
    /// The statements, in order.
    pub statements: Vec<DraftStatement<'a>>,
    /// The statements of its trust policy, in order.
    pub trust: Vec<DraftStatement<'a>>,
    /// Comments at the end, each on one line.
    pub notes: Vec<String>,
}

/// A parameter of a [`Draft`]. It has no default, which only its author can know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DraftParameter {
    /// The name.
    pub name: String,
    /// The kind of its values.
    pub kind: ParameterKind,
    /// What it is for.
    pub about: String,
}

impl fmt::Display for DraftParameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {{ ", Key(&self.name))?;
        if self.kind != ParameterKind::Text {
            write!(f, "kind = {}, ", Text(self.kind.name()))?;
        }
        write!(f, "about = {} }}", Text(&self.about))
    }
}

/// A statement of a [`Draft`]. All text but [`templates`](Self::templates) is literal; braces are escaped when it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DraftStatement<'a> {
    /// The stable name.
    pub id: String,
    /// The Sid. It is only written if it differs from the one derived from the id.
    pub sid: Option<&'a str>,
    /// The effect; `None` and `Allow` are omitted.
    pub effect: Option<&'a str>,
    /// The lists of principals: `services`, `accounts` and so on.
    pub principals: Vec<(&'static str, Vec<&'a str>)>,
    /// `actions`
    pub actions: Option<Vec<&'a str>>,
    /// A comment for each of the actions, on one line; none if it has fewer.
    pub comments: Vec<String>,
    /// `not-actions`
    pub not_actions: Option<Vec<&'a str>>,
    /// `resources`, as templates; if there are any, they replace `resources`.
    pub templates: Vec<String>,
    /// `resources`
    pub resources: Option<Vec<&'a str>>,
    /// `not-resources`
    pub not_resources: Option<Vec<&'a str>>,
    /// Operators, condition keys and their values.
    pub conditions: Vec<(&'a str, &'a str, Vec<&'a str>)>,
    /// The findings to accept. Why is still to be written.
    pub waivers: Vec<DraftWaiver>,
}

/// A waiver of a [`DraftStatement`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftWaiver {
    /// The element that it belongs to.
    pub place: DraftPlace,
    /// The code of the finding.
    pub check: &'static str,
}

/// The element of a [`DraftStatement`] that a waiver belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftPlace {
    /// The statement.
    Statement,
    /// An element of `actions` or `not-actions`.
    Action(usize),
    /// An element of `resources` or `not-resources`.
    Resource(usize),
}

impl DraftStatement<'_> {
    /// Returns the Sid of the generated statement.
    #[must_use]
    pub fn emitted_sid(&self) -> String {
        self.sid.map_or_else(|| crate::pascal_case(&self.id), ToOwned::to_owned)
    }

    /// The waivers of an element, in TOML.
    fn waivers(&self, place: DraftPlace) -> Option<String> {
        let mut waivers = Vec::new();
        for waiver in self.waivers.iter().filter(|waiver| waiver.place == place) {
            waivers.push(format!("{{ check = \"{}\", why = \"\" }}", waiver.check));
        }
        (!waivers.is_empty()).then(|| format!("[{}]", waivers.join(", ")))
    }

    /// The elements of a list, each as a string, or as a table if it has waivers.
    ///
    /// - `key`: the key of the string in such a table
    fn elements<T: AsRef<str>>(&self, list: &[T], key: &str, place: fn(usize) -> DraftPlace) -> Vec<String> {
        let mut elements = Vec::new();
        for (index, text) in list.iter().enumerate() {
            let text = Text(text.as_ref());
            elements.push(match self.waivers(place(index)) {
                Some(waivers) => format!("{{ {key} = {text}, waive = {waivers} }}"),
                None => text.to_string(),
            });
        }
        elements
    }
}

impl fmt::Display for Draft<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.parameters.is_empty() {
            f.write_str("[parameters]\n")?;
            self.parameters
                .iter()
                .try_for_each(|parameter| writeln!(f, "{parameter}"))?;
            f.write_str("\n")?;
        }
        let policy = Key(self.policy);
        writeln!(f, "[policy.{policy}]")?;
        if let Some(about) = &self.about {
            writeln!(f, "about = {}", Text(&literal(about)))?;
        }
        if self.policy_type != PolicyType::Identity {
            writeln!(f, "type = {}", Text(self.policy_type.name()))?;
        }
        if let Some(resource_type) = self.resource_type {
            writeln!(f, "resource-type = {}", Text(resource_type))?;
        }
        let partitions: Vec<&str> = self.partitions.iter().map(|partition| partition.name()).collect();
        for (key, list) in [
            ("bounds", &self.bounds),
            ("managed", &self.managed),
            ("partitions", &partitions),
        ] {
            if !list.is_empty() {
                writeln!(f, "{key} = {}", List(&texts(list)))?;
            }
        }
        for statement in &self.statements {
            writeln!(f, "\n[[policy.{policy}.statement]]\n{statement}")?;
        }
        for statement in &self.trust {
            writeln!(f, "\n[[policy.{policy}.trust.statement]]\n{statement}")?;
        }
        if !self.notes.is_empty() {
            f.write_str("\n")?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "# {note}"))
    }
}

impl Draft<'_> {
    /// Returns only the statements, each with its header, to be added to a policy that exists.
    #[must_use]
    pub fn statements_text(&self) -> String {
        let policy = Key(self.policy);
        let statements = self.statements.iter();
        let texts: Vec<_> = statements
            .map(|statement| format!("[[policy.{policy}.statement]]\n{statement}"))
            .collect();
        texts.join("\n\n")
    }
}

impl DraftStatement<'_> {
    /// A list with a comment behind each element.
    fn commented(&self, elements: &[String]) -> String {
        let mut text = String::from("[\n");
        for (number, element) in elements.iter().enumerate() {
            text.extend(["  ", element, ","]);
            if let Some(comment) = self.comments.get(number) {
                text.extend([" # ", comment]);
            }
            text.push('\n');
        }
        text + "]"
    }
}

impl fmt::Display for DraftStatement<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = vec![("id", Text(&self.id).to_string())];
        if let Some(sid) = self.sid.filter(|sid| *sid != crate::pascal_case(&self.id)) {
            lines.push(("sid", Text(sid).to_string()));
        }
        if let Some(effect) = self.effect.filter(|effect| *effect != "Allow") {
            lines.push(("effect", Text(effect).to_string()));
        }
        lines.push(("reason", "\"\"".to_owned()));
        for (key, list) in &self.principals {
            lines.push((key, List(&texts(&literals(list))).to_string()));
        }
        for (key, list) in [("actions", &self.actions), ("not-actions", &self.not_actions)] {
            if let Some(list) = list {
                let elements = self.elements(list, "action", DraftPlace::Action);
                let text = if key == "actions" && !self.comments.is_empty() {
                    self.commented(&elements)
                } else {
                    List(&elements).to_string()
                };
                lines.push((key, text));
            }
        }
        for (key, list) in [("resources", &self.resources), ("not-resources", &self.not_resources)] {
            if let Some(list) = list.as_ref().filter(|_| self.templates.is_empty()) {
                let elements = self.elements(&literals(list), "arn", DraftPlace::Resource);
                lines.push((key, List(&elements).to_string()));
            }
        }
        if !self.templates.is_empty() {
            lines.push(("resources", List(&texts(&self.templates)).to_string()));
        }
        if let Some(waivers) = self.waivers(DraftPlace::Statement) {
            lines.push(("waive", waivers));
        }
        let width = lines.iter().map(|(key, _)| key.len()).max().unwrap_or_default();
        for (number, (key, value)) in lines.iter().enumerate() {
            let separator = if number == 0 { "" } else { "\n" };
            write!(f, "{separator}{key:width$} = {value}")?;
        }
        for (operator, key, values) in &self.conditions {
            let (operator, key) = (Key(operator), Key(key));
            let values = texts(&literals(values));
            write!(f, "\ncondition.{operator}.{key} = {}", List(&values))?;
        }
        Ok(())
    }
}

/// A key, quoted if necessary.
struct Key<'a>(&'a str);

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if !self.0.is_empty() && self.0.bytes().all(bare) {
            f.write_str(self.0)
        } else {
            Text(self.0).fmt(f)
        }
    }
}

/// Templates for literal texts: braces are doubled, except those of policy variables.
fn literals(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| literal(text)).collect()
}

/// The name of the parameter that stands for a part of a text that is unknown in a template.
///
/// - `name`: the name of the part
///
/// # Examples
///
/// ```
/// assert_eq!(iam_policy_spec::parameter_name("AWS::AccountId"), "aws-account-id");
/// assert_eq!(iam_policy_spec::parameter_name("aws_s3_bucket.logs"), "aws-s3-bucket-logs");
/// ```
#[must_use]
pub fn parameter_name(name: &str) -> String {
    let mut result = String::new();
    let mut before = '-';
    for character in name.chars() {
        if character.is_ascii_alphanumeric() {
            if character.is_ascii_uppercase() && before.is_ascii_lowercase() {
                result.push('-');
            }
            result.push(character.to_ascii_lowercase());
        } else if !result.ends_with('-') && !result.is_empty() {
            result.push('-');
        }
        before = character;
    }
    let result = result.trim_end_matches('-');
    if is_name(result) {
        result.to_owned()
    } else {
        ["value-", result].concat()
    }
}

/// A template for a text in which unknown parts are parameters.
fn literal(text: &str) -> String {
    if !has_unknown(text) {
        return of_literal(text);
    }
    let mut template = String::with_capacity(text.len());
    let mut parts = pieces(text);
    loop {
        let start = parts.position();
        match parts.next() {
            None => return template,
            Some(Piece::Unknown(unknown)) if unknown.name == "AWS::Partition" => template.push_str("{partition}"),
            Some(Piece::Unknown(unknown)) if unknown.is_word => {
                template.extend(["{", &parameter_name(unknown.name), "}"]);
            }
            Some(Piece::Unknown(unknown)) => template.extend(["${", unknown.name, "}"]),
            Some(_) => template.push_str(&of_literal(text.get(start..parts.position()).unwrap_or_default())),
        }
    }
}

fn of_literal(text: &str) -> String {
    let mut template = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        template.push_str(before);
        let opens = before.ends_with('$') && from.starts_with('{');
        let variable = opens.then(|| from.find('}')).flatten();
        let end = variable.map_or(1, |closing| closing + 1);
        if variable.is_none() {
            template.push_str(from.get(..1).unwrap_or_default());
        }
        let (brace, after) = from.split_at(end);
        template.push_str(brace);
        rest = after;
    }
    template + rest
}

/// Strings in TOML.
fn texts<T: AsRef<str>>(texts: &[T]) -> Vec<String> {
    texts.iter().map(|text| Text(text.as_ref()).to_string()).collect()
}

/// A list of elements in TOML: on one line if there is only one, otherwise one per line.
struct List<'l>(&'l [String]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [] => f.write_str("[]"),
            [only] => write!(f, "[{only}]"),
            list => {
                f.write_str("[\n")?;
                list.iter().try_for_each(|item| writeln!(f, "  {item},"))?;
                f.write_str("]")
            }
        }
    }
}

/// An escaped string.
struct Text<'a>(&'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for character in self.0.chars() {
            match character {
                '"' | '\\' => write!(f, "\\{character}")?,
                '\n' => f.write_str("\\n")?,
                '\t' => f.write_str("\\t")?,
                invisible if is_invisible(invisible) => write!(f, "\\U{:08X}", u32::from(invisible))?,
                other => write!(f, "{other}")?,
            }
        }
        f.write_str("\"")
    }
}

#[cfg(test)]
mod tests {
    use iam_policy_core::template::{Piece, pieces};
    use proptest::prelude::*;

    use super::*;
    use crate::{Source, read};

    #[test]
    fn braces_are_literal() {
        for (text, template) in [
            ("a{b}c", "a{{b}}c"),
            ("${aws:username}/{x", "${aws:username}/{{x"),
            ("${*}${a{b}}", "${*}${a{b}}}"),
            ("{{", "{{{{"),
        ] {
            assert_eq!(literal(text), template);
        }
    }

    proptest! {
        #[test]
        fn templates_expand_to_the_original_text(text in "[ab{}$]{0,12}") {
            // An unclosed `${` is a malformed variable, which no template can express.
            prop_assume!(text.rfind("${").is_none_or(|at| text[at..].contains('}')));
            let mut again = String::new();
            for piece in pieces(&literal(&text)) {
                match piece {
                    Ok(Piece::Text(text)) => again.push_str(text),
                    other => prop_assert!(false, "{:?}", other),
                }
            }
            prop_assert_eq!(again, text);
        }

        #[test]
        fn any_text_round_trips(action in "a(?s).{0,20}", key in "a(?s).{0,20}", value in "a[^{}$]{0,20}") {
            let draft = Draft {
                policy: "user",
                partitions: vec![Partition::China],
                statements: vec![DraftStatement {
                    id: "a".to_owned(),
                    sid: Some(&action),
                    effect: Some("Deny"),
                    actions: Some(vec![&action, "s3:*"]),
                    not_resources: Some(vec![&value]),
                    conditions: vec![("Bool", &key, vec![&value, "b"])],
                    ..DraftStatement::default()
                }],
                ..Draft::default()
            };
            let (spec, mistakes) = read(&Source::new("s", draft.to_string()));
            prop_assert!(!draft.to_string().contains(|one| one != '\n' && is_invisible(one)), "{draft}");
            prop_assert!(!mistakes.iter().any(|mistake| iam_policy_check::Code::TomlSyntaxError.is_of(mistake)), "{draft}\n{mistakes:?}");
            let statement = &spec.policies[0].statements[0];
            prop_assert_eq!(&statement.sid.value, &action);
            prop_assert_eq!(&statement.actions[0].pattern.value, &action);
            prop_assert_eq!(&statement.not_resources[0].arn.source.value, &value);
            prop_assert_eq!(&statement.conditions[0].key.value, &key);
            prop_assert_eq!(&statement.conditions[0].values[0].source.value, &value);
        }
    }
}
