use std::borrow::Cow;

use iam_policy_core::placeholder::{is_impossible, is_name, next};
use iam_policy_core::variable::{Piece, Unknown, has_unknown, pieces, shown};

use crate::document::{Document, NONE, Range, Value};

impl Document {
    /// The document as people see it: unknown parts of its texts are `${name}`, as they may be in the template. Everything
    /// else, and all locations, are the same.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::variable::Unknown;
    /// use iam_policy_document::Builder;
    ///
    /// let mut builder = Builder::new();
    /// builder.with_unknowns();
    /// builder.string(&format!("{}/*", Unknown::word("Bucket")), None);
    /// assert_eq!(builder.finish().shown().root().as_str(), Some("${Bucket}/*"));
    /// ```
    #[must_use]
    pub fn shown(&self) -> Self {
        let mut document = self.replaced(&|own| shown(own).to_string());
        document.has_unknowns = false;
        document
    }

    /// The document with the texts of unknown parts that are known in the end.
    ///
    /// - `value`: the text of the unknown part with a name, if it is known
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::variable::Unknown;
    /// use iam_policy_document::Builder;
    ///
    /// let mut builder = Builder::new();
    /// builder.with_unknowns();
    /// builder.string(&format!("arn:{}:s3:::{}", Unknown::word("P"), Unknown::word("B")), None);
    /// let document = builder.finish().with_values(&|name| (name == "P").then(|| "aws".to_owned()));
    /// assert_eq!(format!("{document:?}"), r#""arn:aws:s3:::${B}""#);
    /// ```
    #[must_use]
    pub fn with_values(&self, value: &dyn Fn(&str) -> Option<String>) -> Self {
        self.replaced(&|own| {
            let mut text = String::with_capacity(own.len());
            let mut parts = pieces(own);
            loop {
                let start = parts.position();
                let Some(piece) = parts.next() else { break };
                let known = match piece {
                    Piece::Unknown(unknown) => value(unknown.name),
                    _ => None,
                };
                match known {
                    Some(known) => text.push_str(&known),
                    None => text.push_str(own.get(start..parts.position()).unwrap_or_default()),
                }
            }
            text
        })
    }

    /// The document in which placeholders are unknown parts with their names: `<ACCOUNT_ID>`, `{{account}}`, and
    /// `${ACCOUNT_ID}` and the like, which cannot be policy variables.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::variable::{only_unknown, unknowns};
    ///
    /// let policy = br#"["arn:aws:sqs:*:<ACCOUNT_ID>:jobs", "${QUEUE}", "${aws:username}"]"#;
    /// let document = iam_policy_document::json::read(policy).document.with_placeholders();
    /// let texts: Vec<_> = document.root().items().filter_map(|item| item.as_str()).collect();
    /// assert_eq!(unknowns(texts[0]).next().map(|unknown| unknown.name), Some("ACCOUNT_ID"));
    /// assert_eq!(only_unknown(texts[1]).map(|unknown| unknown.name), Some("QUEUE"));
    /// assert_eq!(texts[2], "${aws:username}");
    /// ```
    #[must_use]
    pub fn with_placeholders(&self) -> Self {
        if !self.has_byte(|byte| matches!(byte, b'<' | b'{')) {
            return self.clone();
        }
        let mut texts = self.values().filter_map(Value::as_str);
        if !texts.any(|text| placeholders(text).is_some()) {
            return self.clone();
        }
        self.changed(&placeholders, false)
    }

    /// The document with other texts for those with unknown parts.
    fn replaced(&self, change: &dyn Fn(&str) -> String) -> Self {
        if !self.has_unknowns {
            return self.clone();
        }
        self.changed(&|own| has_unknown(own).then(|| change(own)), true)
    }

    /// - `keys`: whether keys change too
    fn changed(&self, change: &dyn Fn(&str) -> Option<String>, keys: bool) -> Self {
        let mut text = String::with_capacity(self.text.len());
        let mut add = |range: Range, changes: bool| {
            if range == Range::NONE {
                return range;
            }
            let own = self.slice(range);
            let changed = changes.then(|| change(own)).flatten();
            let own = changed.map_or(Cow::Borrowed(own), Cow::Owned);
            let place = |text: &str| u32::try_from(text.len()).unwrap_or(NONE);
            let start = place(&text);
            text.push_str(&own);
            let end = place(&text);
            Range { start, end }
        };
        let mut nodes = self.nodes.clone();
        for node in &mut nodes {
            node.key = add(node.key, keys);
            node.text = add(node.text, true);
        }
        Self {
            nodes,
            text,
            paths: self.paths.clone(),
            has_unknowns: true,
        }
    }
}

/// A text in which placeholders are unknown parts, if it has some.
fn placeholders(text: &str) -> Option<String> {
    let mut result = String::new();
    let mut parts = pieces(text);
    let mut is_changed = false;
    loop {
        let start = parts.position();
        let Some(piece) = parts.next() else { break };
        let own = text.get(start..parts.position()).unwrap_or_default();
        match piece {
            Piece::Variable(variable) if is_impossible(variable.key) && is_name(variable.key) => {
                result.push_str(&unknown(variable.key));
                is_changed = true;
            }
            Piece::Text(_) => {
                let mut rest = own;
                while let Some((at, length)) = next(rest) {
                    let (before, from) = rest.split_at_checked(at)?;
                    let (placeholder, after) = from.split_at_checked(length)?;
                    let name = placeholder.trim_matches(['<', '>', '{', '}']).trim();
                    result.extend([before, &unknown(name)]);
                    rest = after;
                    is_changed = true;
                }
                result.push_str(rest);
            }
            _ => result.push_str(own),
        }
    }
    is_changed.then_some(result)
}

/// The unknown part with a name. Pseudo parameters of CloudFormation are single words.
fn unknown(name: &str) -> String {
    if name.starts_with("AWS::") {
        Unknown::word(name).to_string()
    } else {
        Unknown::new(name).to_string()
    }
}

/// The condition key that has the text of an unknown part as its value, where all texts of a policy are values of a
/// request. No request of AWS has such a key.
///
/// # Examples
///
/// ```
/// use iam_policy_core::variable::Unknown;
/// use iam_policy_document::{name_of_key, unknown_key};
///
/// let key = unknown_key(Unknown::word("Bucket"));
/// assert_eq!(name_of_key(&key), Some("Bucket"));
/// assert_eq!(name_of_key("aws:username"), None);
/// ```
#[must_use]
pub fn unknown_key(unknown: Unknown<'_>) -> String {
    let mut key = String::from(Unknown::MARK);
    key.push_str(unknown.name);
    key
}

/// The name of the unknown part that a [key](unknown_key) stands for.
#[must_use]
pub fn name_of_key(key: &str) -> Option<&str> {
    key.strip_prefix(Unknown::MARK)
}
