use iam_policy_compare::Options;
use iam_policy_core::Style;
use iam_policy_document::{Builder, Document, Element};

use crate::report::{Check, Report, Status};
use crate::required::Required;

/// What to add to a principal's policies so that they allow what is missing.
///
/// # Examples
///
/// ```
/// use iam_policy_validate::{Addition, Granted, NamedPolicy, Required};
///
/// let read = |json: &str| iam_policy_document::json::read(json.as_bytes()).document;
/// let required = Required::from_document(read(
///     r#"{"Version": "2012-10-17", "Statement": [
///         {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::reports/*"},
///         {"Sid": "Send", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
///     ]}"#,
/// ))?;
/// let policy = read(r#"{"Statement": {"Effect": "Allow", "Action": ["s3:Get*", "sqs:*"], "Resource": "*"}}"#);
/// let granted = Granted { identity: vec![NamedPolicy::new("reports.json", &policy)], ..Granted::default() };
///
/// let addition = Addition::new(&required, &granted.prove(&required, None, &[])).unwrap();
/// assert_eq!(
///     addition.to_string(),
///     r#"{
///   "Version": "2012-10-17",
///   "Statement": [
///     {
///       "Sid": "Read",
///       "Effect": "Allow",
///       "Action": [
///         "s3:PutObject"
///       ],
///       "Resource": [
///         "arn:aws:s3:::reports/*"
///       ]
///     }
///   ]
/// }
/// "#,
/// );
/// # Ok::<(), iam_policy_eval::PolicyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Addition {
    document: Document,
}

/// Actions on resources that fit in one statement.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Block {
    /// The numbers of the statements they come from.
    sources: Vec<usize>,
    /// `None` if the statement's own `NotAction` is kept.
    actions: Option<Vec<String>>,
    /// `None` if the statement's own `NotResource` is kept.
    resources: Option<Vec<String>>,
}

/// An action to add on a resource.
type Pair<'r> = (usize, Option<&'r str>, Option<&'r str>);

impl Addition {
    /// The smallest statements that grant exactly what the report says is missing; `None` if nothing that can be added
    /// is missing.
    ///
    /// An addition does not fix explicit denies, permissions boundaries or the organization's policies. Conditions stay
    /// as they are in the required policy; its Deny statements are omitted.
    ///
    /// - `required`: the policy that the report was made for
    #[must_use]
    pub fn new(required: &Required, report: &Report) -> Option<Self> {
        let pairs = missing(required, report);
        if pairs.is_empty() {
            return None;
        }
        let document = document(required, &blocks(required, &pairs));
        // One resource may be part of another.
        let least = Options::default().additions([&document], []);
        let document = if least.then_covers.is_yes() {
            let mut kept = Vec::new();
            for addition in &least.additions {
                kept.push((addition.place.statement, &addition.actions, &addition.resources));
            }
            only(&document, &kept)
        } else {
            document
        };
        Some(Self { document })
    }

    /// The statements as a policy.
    #[must_use]
    pub const fn document(&self) -> &Document {
        &self.document
    }

    /// The number of characters that AWS counts for it as a policy.
    #[must_use]
    pub fn size(&self) -> usize {
        self.document.size()
    }
}

/// The policy as JSON, in AWS's layout, with a trailing newline.
impl std::fmt::Display for Addition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.document.write(f, Style::PRETTY)
    }
}

/// What to add, action by action. A pattern is kept if everything it matches is missing, or if it was sampled.
fn missing<'r>(required: &'r Required, report: &'r Report) -> Vec<Pair<'r>> {
    let mut pairs: Vec<Pair<'r>> = Vec::new();
    for check in report.checks.iter().filter(|check| check.can_be_added()) {
        let Some(statement) = required.statements().get(check.statement) else {
            continue;
        };
        let is_alike = |other: &&Check| {
            other.statement == check.statement && other.written == check.written && other.pattern == check.pattern
        };
        // What the policy itself does not grant is not missing.
        let is_granted = |other: &&Check| !matches!(other.status, Status::Skipped(_));
        let alike = report.checks.iter().filter(is_alike);
        let is_whole = alike.filter(is_granted).all(Check::can_be_added);
        let action = match &check.written {
            Some(written) if is_whole || check.is_sample => Some(written.as_str()),
            Some(_) => Some(check.action.as_str()),
            None => None,
        };
        let resource = (!statement.not_resource).then_some(check.pattern.as_str());
        let pair = (check.statement, action, resource);
        if !pairs.contains(&pair) {
            pairs.push(pair);
        }
    }
    pairs
}

/// The fewest blocks that cover exactly these pairs, grouping either all actions with the same resources or all
/// resources with the same actions.
fn blocks(required: &Required, pairs: &[Pair<'_>]) -> Vec<Block> {
    // Statements with conditions, `NotAction` or `NotResource` stay separate.
    let group = |statement: usize| -> Option<usize> {
        let is_plain = required.statements().get(statement).is_some_and(|known| {
            let conditions = required
                .written(statement)
                .and_then(|written| written.element(Element::Condition));
            !known.not_action && !known.not_resource && conditions.is_none()
        });
        (!is_plain).then_some(statement)
    };
    let mut groups: Vec<(Option<usize>, Vec<Pair<'_>>)> = Vec::new();
    for pair in pairs {
        let key = group(pair.0);
        match groups.iter_mut().find(|(other, _)| *other == key) {
            Some((_, members)) => members.push(*pair),
            None => groups.push((key, vec![*pair])),
        }
    }
    let mut all: Vec<Block> = Vec::new();
    for (_, members) in &groups {
        let by_action = gathered(members, true);
        let by_resource = gathered(members, false);
        all.extend(if by_resource.len() < by_action.len() {
            by_resource
        } else {
            by_action
        });
    }
    all.sort_by(|one, other| one.sources.cmp(&other.sources));
    all
}

/// Items with equal partners.
#[derive(Default)]
struct Row<'r> {
    keys: Vec<Option<&'r str>>,
    values: Vec<Option<&'r str>>,
    sources: Vec<usize>,
}

/// Blocks of actions with the same resources, or of resources with the same actions.
fn gathered(pairs: &[Pair<'_>], by_action: bool) -> Vec<Block> {
    // A few dozen pairs at most, so lists suffice, and they keep the order.
    let mut rows: Vec<Row<'_>> = Vec::new();
    for (source, action, resource) in pairs {
        let (key, value) = if by_action {
            (action, resource)
        } else {
            (resource, action)
        };
        let at = rows.iter().position(|row| row.keys == [*key]).unwrap_or(rows.len());
        if at == rows.len() {
            rows.push(Row {
                keys: vec![*key],
                ..Row::default()
            });
        }
        if let Some(row) = rows.get_mut(at) {
            add(&mut row.values, *value);
            add(&mut row.sources, *source);
        }
    }
    let mut groups: Vec<Row<'_>> = Vec::new();
    for row in rows {
        let is_same = |other: &Row<'_>| {
            other.values.len() == row.values.len() && row.values.iter().all(|value| other.values.contains(value))
        };
        if let Some(group) = groups.iter_mut().find(|other| is_same(other)) {
            group.keys.extend(row.keys);
            row.sources
                .into_iter()
                .for_each(|source| add(&mut group.sources, source));
        } else {
            groups.push(row);
        }
    }
    let texts = |list: Vec<Option<&str>>| list.into_iter().map(|text| text.map(str::to_owned)).collect();
    let blocks = groups.into_iter().map(|mut group| {
        group.sources.sort_unstable();
        let (keys, values) = (texts(group.keys), texts(group.values));
        let (actions, resources) = if by_action { (keys, values) } else { (values, keys) };
        Block {
            sources: group.sources,
            actions,
            resources,
        }
    });
    blocks.collect()
}

fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

/// The blocks as a policy. Everything else is copied from their statements.
fn document(required: &Required, blocks: &[Block]) -> Document {
    let sids = sids(required, blocks);
    let mut builder = Builder::new();
    begin(&mut builder, required.document());
    for (block, sid) in blocks.iter().zip(sids) {
        let source = block.sources.first().and_then(|source| required.written(*source));
        builder.begin_object(None);
        if let Some(sid) = sid {
            builder.key("Sid", None);
            builder.string(&sid, None);
        }
        for member in source.into_iter().flat_map(|written| written.0.members()) {
            let list = match Element::from_name(member.key) {
                Some(Element::Sid) => continue,
                Some(Element::Action) => block.actions.as_ref(),
                Some(Element::Resource) => block.resources.as_ref(),
                _ => None,
            };
            builder.key(member.key, None);
            match list {
                Some(list) => builder.strings(list),
                None => builder.copy(member.value),
            }
        }
        builder.end();
    }
    builder.finish()
}

/// The statements of a policy to keep: their numbers, and the actions and resources to keep. `None` keeps everything.
fn only(document: &Document, kept: &[(usize, &Vec<String>, &Vec<String>)]) -> Document {
    let mut builder = Builder::new();
    begin(&mut builder, document);
    for (number, statement) in document.statements().enumerate() {
        let Some((_, actions, resources)) = kept.iter().find(|(kept, _, _)| *kept == number) else {
            continue;
        };
        builder.begin_object(None);
        for member in statement.0.members() {
            builder.key(member.key, None);
            match Element::from_name(member.key) {
                Some(Element::Action) => builder.strings(actions),
                Some(Element::Resource) => builder.strings(resources),
                _ => builder.copy(member.value),
            }
        }
        builder.end();
    }
    builder.finish()
}

/// Everything before the first statement.
fn begin(builder: &mut Builder, like: &Document) {
    builder.begin_object(None);
    // Without a version, `${…}` is not a variable, and must not become one.
    if let Some(version) = like.version() {
        builder.key("Version", None);
        builder.copy(version.value);
    }
    builder.key("Statement", None);
    builder.begin_array(None);
}

/// A unique Sid for each block, derived from the Sids of its statements. Blocks from many statements, or from
/// statements without a Sid, have none.
fn sids(required: &Required, blocks: &[Block]) -> Vec<Option<String>> {
    const MOST: usize = 3;
    let mut all: Vec<Option<String>> = Vec::new();
    for block in blocks {
        let names = block.sources.iter().map(|source| {
            let statement = required.statements().get(*source)?;
            statement.sid.as_deref().filter(|sid| !sid.is_empty())
        });
        let joined = names.collect::<Option<Vec<_>>>().filter(|names| names.len() <= MOST);
        let sid = joined.map(|names| names.join("And"));
        let free = sid.map(|sid| {
            let numbered = (2..).map(|number| format!("{sid}{number}"));
            let mut candidates = std::iter::once(sid.clone()).chain(numbered);
            candidates
                .find(|candidate| !all.iter().flatten().any(|taken| taken == candidate))
                .unwrap_or_default()
        });
        all.push(free);
    }
    all
}
