//! Questions that comparisons can answer.

use std::cell::Cell;

use iam_policy_document::{Builder, Document, Element, Statement as Written, Value};

use crate::compare::{name_unknowns, notes};
use crate::confirm::names_principals;
use crate::options::Options;
use crate::pair::Pair;
use crate::terms::{Body, List};
use crate::verdict::{Place, Witness};

/// The answer to a yes-or-no question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is proved.
    Yes,
    /// It does not hold, as these requests demonstrate.
    No(Vec<Witness>),
    /// It could not be decided, for this reason.
    Unknown(String),
}

impl Answer {
    /// Whether it is proved.
    #[must_use]
    pub const fn is_yes(&self) -> bool {
        matches!(self, Self::Yes)
    }
}

/// Statements that can be merged into one without changing what the policy allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mergeable {
    /// The locations of the statements.
    pub statements: Vec<Place>,
    /// The one element in which they differ; the merged statement has the values of all of them.
    pub element: Element,
}

/// The missing part of a required statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addition {
    /// The statement in the required policy.
    pub place: Place,
    /// Its missing actions; empty if it has `NotAction`.
    pub actions: Vec<String>,
    /// The resources they are missing on; empty if it has none, or `NotResource`.
    pub resources: Vec<String>,
}

/// What to add to a principal's policies so that they suffice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Additions {
    /// Parts of required statements. No part, and no action or resource of one, can be omitted, unless
    /// [`Options::steps`] do not suffice to find out.
    pub additions: Vec<Addition>,
    /// Whether they suffice. If not, the witnesses are required requests that remain denied whatever is added.
    pub then_covers: Answer,
}

impl Options {
    /// Whether one policy allows everything another allows.
    ///
    /// - `required`: what must be allowed
    /// - `granted`: what is allowed, such as all policies attached to a principal
    ///
    /// The requests of a negative answer are required but not granted.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_compare::{Answer, Options};
    ///
    /// let read = |json: &str| iam_policy_document::json::read(json.as_bytes()).document;
    /// let required = read(r#"{"Statement": {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::app/*"}}"#);
    /// let granted = read(r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#);
    /// let Answer::No(missing) = Options::default().covers([&required], [&granted]) else { panic!() };
    /// assert_eq!(missing[0].action, "s3:PutObject");
    /// ```
    pub fn covers<'a>(
        &self,
        required: impl IntoIterator<Item = &'a Document>,
        granted: impl IntoIterator<Item = &'a Document>,
    ) -> Answer {
        self.coverage(required, granted).0
    }

    /// Like [`covers`](Self::covers), with the notes of [`Comparison::notes`](crate::Comparison::notes): what is
    /// required and not granted on ARNs of types that AWS documents, but not for the action.
    pub fn coverage<'a>(
        &self,
        required: impl IntoIterator<Item = &'a Document>,
        granted: impl IntoIterator<Item = &'a Document>,
    ) -> (Answer, Vec<String>) {
        self.coverage_within(&Cell::new(self.steps), required, granted)
    }

    /// - `left`: what is left of a budget for several questions
    fn coverage_within<'a>(
        &self,
        left: &Cell<u64>,
        required: impl IntoIterator<Item = &'a Document>,
        granted: impl IntoIterator<Item = &'a Document>,
    ) -> (Answer, Vec<String>) {
        let options = Self {
            steps: left.get(),
            ..self.clone()
        };
        match Pair::read(&options, granted, required) {
            Ok(mut pair) => {
                let (mut found, _) = pair.findings(false);
                left.set(pair.terms().work.left());
                found.notes.append(&mut pair.assumptions);
                found.witnesses.iter_mut().for_each(name_unknowns);
                let answer = match found.unclear {
                    _ if !found.witnesses.is_empty() => Answer::No(found.witnesses),
                    Some(why) => Answer::Unknown(why),
                    None => Answer::Yes,
                };
                (answer, notes([found.notes]))
            }
            Err(why) => (Answer::Unknown(why), Vec::new()),
        }
    }

    /// Whether a policy grants none of these actions on any of these resources.
    ///
    /// - `actions`: may contain wildcards; empty means all
    /// - `resources`: may contain wildcards; empty means all
    ///
    /// The requests of a negative answer are granted.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_compare::{Answer, Options};
    ///
    /// let read = |json: &str| iam_policy_document::json::read(json.as_bytes()).document;
    /// let policy = read(r#"{"Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}}"#);
    /// let options = Options::default();
    /// assert!(options.grants_none_of([&policy], &["iam:PassRole"], &[]).is_yes());
    /// let Answer::No(granted) = options.grants_none_of([&policy], &["s3:Delete*"], &["arn:aws:s3:::backup/*"]) else { panic!() };
    /// assert!(granted[0].resource.starts_with("arn:aws:s3:::backup/"));
    /// ```
    pub fn grants_none_of<'a>(
        &self,
        policy: impl IntoIterator<Item = &'a Document>,
        actions: &[&str],
        resources: &[&str],
    ) -> Answer {
        let policy: Vec<&Document> = policy.into_iter().collect();
        let has_principals = names_principals(&policy);
        // Everything else is denied, so what remains is the question.
        let mut builder = Builder::new();
        builder.begin_object(None);
        builder.key("Statement", None);
        builder.begin_array(None);
        let mut deny = |action: (&str, &[&str]), resource: (&str, &[&str])| {
            builder.begin_object(None);
            builder.key("Effect", None);
            builder.string("Deny", None);
            if has_principals {
                builder.key("Principal", None);
                builder.string("*", None);
            }
            for (key, values) in [action, resource] {
                builder.key(key, None);
                builder.strings(values);
            }
            builder.end();
        };
        if !actions.is_empty() {
            deny(("NotAction", actions), ("Resource", &["*"]));
        }
        if !resources.is_empty() {
            deny(("Action", &["*"]), ("NotResource", resources));
        }
        let rest = builder.finish();
        self.covers(policy.into_iter().chain([&rest]), [])
    }

    /// The statements that can each be removed on its own without changing what the policy allows.
    ///
    /// # Examples
    ///
    /// ```
    /// let policy = iam_policy_document::json::read(br#"{"Statement": [
    ///     {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
    ///     {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"},
    ///     {"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}
    /// ]}"#).document;
    /// let redundant = iam_policy_compare::Options::default().redundant([&policy]).unwrap();
    /// assert_eq!(redundant.iter().map(|place| place.statement).collect::<Vec<_>>(), [1, 2]);
    /// ```
    ///
    /// # Errors
    ///
    /// If AWS would not store the document, with the reason.
    pub fn redundant<'a>(&self, policy: impl IntoIterator<Item = &'a Document>) -> Result<Vec<Place>, String> {
        self.without(policy, false)
    }

    /// Statements that can all be removed together without changing what the policy allows. Of two identical
    /// statements, the first is kept.
    ///
    /// # Examples
    ///
    /// ```
    /// let policy = iam_policy_document::json::read(br#"{"Statement": [
    ///     {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
    ///     {"Effect": "Allow", "Action": "s3:getobject", "Resource": ["*"]}
    /// ]}"#).document;
    /// let options = iam_policy_compare::Options::default();
    /// assert_eq!(options.redundant([&policy]).unwrap().len(), 2);
    /// assert_eq!(options.droppable([&policy]).unwrap()[0].statement, 1);
    /// ```
    ///
    /// # Errors
    ///
    /// If AWS would not store the document, with the reason.
    pub fn droppable<'a>(&self, policy: impl IntoIterator<Item = &'a Document>) -> Result<Vec<Place>, String> {
        self.without(policy, true)
    }

    fn without<'a>(
        &self,
        policy: impl IntoIterator<Item = &'a Document>,
        together: bool,
    ) -> Result<Vec<Place>, String> {
        let options = Self {
            witnesses: 1,
            ..self.clone()
        };
        let mut pair = Pair::read(&options, policy, [])?;
        let signatures = pair.signatures();
        let mut dropped: Vec<Place> = Vec::new();
        for place in pair.old_places().iter().rev() {
            if pair.can_do_without(&signatures, place) {
                dropped.push(*place);
                if together {
                    pair.drop_statement(place);
                }
            }
        }
        dropped.sort_unstable();
        Ok(dropped)
    }

    /// Statements that can be merged into one without changing what the policy allows, because they differ only in
    /// their actions or only in their resources.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_document::Element;
    ///
    /// let policy = iam_policy_document::json::read(br#"{"Statement": [
    ///     {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"},
    ///     {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    /// ]}"#).document;
    /// let mergeable = iam_policy_compare::Options::default().mergeable([&policy]).unwrap();
    /// assert_eq!(mergeable[0].element, Element::Resource);
    /// assert_eq!(mergeable[0].statements.len(), 2);
    /// ```
    ///
    /// # Errors
    ///
    /// If AWS would not store the document, with the reason.
    pub fn mergeable<'a>(&self, policy: impl IntoIterator<Item = &'a Document>) -> Result<Vec<Mergeable>, String> {
        let pair = Pair::read(self, policy, [])?;
        let mut groups: Vec<(Element, Key, Vec<Place>)> = Vec::new();
        for statement in pair.old_statements() {
            let place = Place {
                document: statement.document,
                statement: statement.index,
            };
            let (Some(action), Some(body)) = (
                pair.terms().actions.get(statement.action),
                pair.terms().bodies.get(statement.body),
            ) else {
                continue;
            };
            let mut keys = Vec::new();
            if !action.negated {
                keys.push((
                    Element::Action,
                    Key {
                        document: place.document,
                        denies: statement.denies,
                        action: None,
                        body: body.clone(),
                    },
                ));
            }
            if body.resource.as_ref().is_some_and(|list| !list.negated) {
                let without = Body {
                    resource: None,
                    ..body.clone()
                };
                keys.push((
                    Element::Resource,
                    Key {
                        document: place.document,
                        denies: statement.denies,
                        action: Some(action.clone()),
                        body: without,
                    },
                ));
            }
            for (element, key) in keys {
                match groups.iter_mut().find(|(other, of, _)| *other == element && *of == key) {
                    Some((_, _, places)) => places.push(place),
                    None => groups.push((element, key, vec![place])),
                }
            }
        }
        Ok(groups
            .into_iter()
            .filter(|(_, _, places)| places.len() > 1)
            .map(|(element, _, statements)| Mergeable { statements, element })
            .collect())
    }

    /// What to add to policies so that they allow everything another one allows: a minimal part of the latter's
    /// statements.
    ///
    /// - `required`: what must be allowed
    /// - `granted`: what is already allowed
    ///
    /// # Examples
    ///
    /// ```
    /// let read = |json: &str| iam_policy_document::json::read(json.as_bytes()).document;
    /// let required = read(r#"{"Statement": {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::app/*"}}"#);
    /// let granted = read(r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#);
    /// let additions = iam_policy_compare::Options::default().additions([&required], [&granted]);
    /// assert_eq!(additions.additions[0].actions, ["s3:PutObject"]);
    /// assert!(additions.then_covers.is_yes());
    /// ```
    pub fn additions<'a>(
        &self,
        required: impl IntoIterator<Item = &'a Document>,
        granted: impl IntoIterator<Item = &'a Document>,
    ) -> Additions {
        let required: Vec<&Document> = required.into_iter().collect();
        let granted: Vec<&Document> = granted.into_iter().collect();
        let mut pieces: Vec<Piece<'_>> = required
            .iter()
            .enumerate()
            .flat_map(|(number, document)| {
                let statements = document.statements().enumerate();
                statements.filter_map(move |(index, written)| {
                    Piece::new(
                        document,
                        written,
                        Place {
                            document: number,
                            statement: index,
                        },
                    )
                })
            })
            .collect();
        let left = Cell::new(self.steps);
        let missing = |pieces: &[Piece<'_>]| {
            let added: Vec<Document> = pieces.iter().map(Piece::document).collect();
            let granted = granted.iter().copied().chain(&added);
            self.coverage_within(&left, required.iter().copied(), granted).0
        };
        // What remains denied with everything added can never be allowed; omitting parts must not make it worse.
        let then_covers = missing(&pieces);
        if then_covers.is_yes() {
            shrink(&mut pieces, |pieces| missing(pieces).is_yes());
        }
        let additions = pieces
            .into_iter()
            .map(|piece| Addition {
                place: piece.place,
                actions: piece.actions.into_iter().map(str::to_owned).collect(),
                resources: piece.resources.into_iter().map(str::to_owned).collect(),
            })
            .collect();
        Additions { additions, then_covers }
    }
}

/// What mergeable statements have in common.
#[derive(PartialEq, Eq)]
struct Key {
    document: usize,
    denies: bool,
    action: Option<List<String>>,
    body: Body,
}

/// An Allow statement with some of its actions and resources.
#[derive(Clone)]
struct Piece<'a> {
    source: &'a Document,
    written: Written<'a>,
    place: Place,
    actions: Vec<&'a str>,
    resources: Vec<&'a str>,
}

impl<'a> Piece<'a> {
    fn new(source: &'a Document, written: Written<'a>, place: Place) -> Option<Self> {
        let texts = |element| -> Vec<&'a str> {
            let member = written.element(element);
            member
                .into_iter()
                .flat_map(|member| member.value.one_or_many())
                .filter_map(Value::as_str)
                .collect()
        };
        let effect = written.element(Element::Effect)?.value.as_str()?;
        (effect == "Allow").then(|| Self {
            source,
            written,
            place,
            actions: texts(Element::Action),
            resources: texts(Element::Resource),
        })
    }

    /// A document that contains only this part.
    fn document(&self) -> Document {
        let mut builder = Builder::new();
        builder.begin_object(None);
        if let Some(version) = self.source.version() {
            builder.key("Version", None);
            builder.copy(version.value);
        }
        builder.key("Statement", None);
        builder.begin_object(None);
        for member in self.written.0.members() {
            builder.key(member.key, None);
            let list = match Element::from_name(member.key) {
                Some(Element::Action) => &self.actions,
                Some(Element::Resource) => &self.resources,
                _ => {
                    builder.copy(member.value);
                    continue;
                }
            };
            builder.strings(list);
        }
        builder.finish()
    }
}

/// Removes parts, then single actions and resources of the remaining ones, as long as the rest suffices.
fn shrink(pieces: &mut Vec<Piece<'_>>, is_enough: impl Fn(&[Piece<'_>]) -> bool) {
    let mut at = 0;
    while at < pieces.len() {
        let mut fewer = pieces.clone();
        fewer.remove(at);
        if is_enough(&fewer) {
            *pieces = fewer;
        } else {
            at += 1;
        }
    }
    for at in 0..pieces.len() {
        for of_actions in [true, false] {
            let mut item = 0;
            loop {
                let mut fewer = pieces.clone();
                let Some(piece) = fewer.get_mut(at) else { break };
                let list = if of_actions {
                    &mut piece.actions
                } else {
                    &mut piece.resources
                };
                if list.len() < 2 || item >= list.len() {
                    break;
                }
                list.remove(item);
                if is_enough(&fewer) {
                    *pieces = fewer;
                } else {
                    item += 1;
                }
            }
        }
    }
}
