//! Turns a document into the draft of a policy.

use std::collections::HashSet;

use iam_policy_check::Code;
use iam_policy_core::variable::{self, Piece, has_unknown, shown};
use iam_policy_core::wildcard::is_pattern;
use iam_policy_core::{Arn, ArnError, Operator, Partition, PolicyResource, PolicyType, VERSION, text};
use iam_policy_document::{Diagnostic, Document, Element, Member, Severity, Span, Statement, Value};
use iam_policy_spec::{Draft, DraftPlace, DraftStatement, DraftWaiver};

use super::Found;
use super::names::{alike, describe, describe_trust, kebab_case};

/// Turns documents into drafts, and reports what those do not express.
pub(super) struct Import {
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Whether the spec expresses everything in the document.
    pub(super) is_whole: bool,
    /// The ids and Sids in use, in their common form.
    ids: HashSet<String>,
}

impl Import {
    pub(super) fn new(notes: Vec<(Option<Span>, String)>) -> Self {
        let mut import = Self {
            diagnostics: Vec::new(),
            is_whole: true,
            ids: HashSet::new(),
        };
        for (span, note) in notes {
            import.note(span, &note);
        }
        import
    }

    /// Something that the spec does not express, or expresses differently.
    pub(super) fn lost(&mut self, span: Option<Span>, message: &str) {
        self.is_whole = false;
        self.say(Severity::Warning, span, message);
    }

    /// Something that the spec expresses in another way.
    fn note(&mut self, span: Option<Span>, message: &str) {
        self.say(Severity::Note, span, message);
    }

    fn say(&mut self, severity: Severity, span: Option<Span>, message: &str) {
        let mut diagnostic = Diagnostic::new(severity, message.to_owned());
        diagnostic.location.span = span;
        self.diagnostics.push(diagnostic);
    }

    /// - `resource`: what resource policies are attached to, if it is given
    pub(super) fn policy<'d>(
        &mut self,
        found: &'d Found,
        name: &'d str,
        resource: Option<PolicyResource>,
    ) -> Draft<'d> {
        self.ids.clear();
        let mut draft = Draft {
            policy: name,
            about: found.about.clone(),
            policy_type: found.policy_type,
            managed: found.managed.iter().map(String::as_str).collect(),
            ..Draft::default()
        };
        for document in found.document.iter().chain(&found.trust) {
            for statement in document.statements() {
                let sid = statement.element(Element::Sid).and_then(|sid| sid.value.as_str());
                self.ids.extend(sid.map(alike));
            }
        }
        if let Some(document) = &found.document {
            let is_resource = found.policy_type == PolicyType::Resource;
            let kind = resource.or_else(|| document.inferred_resource());
            draft.resource_type = is_resource.then(|| kind.map_or(OTHER_RESOURCE, PolicyResource::name));
            draft.statements = self.document(document, found.policy_type, &[]);
        }
        if let Some(trust) = &found.trust {
            draft.trust = self.document(trust, PolicyType::Trust, &draft.statements);
        }
        draft.partitions = partitions(draft.statements.iter().chain(&draft.trust));
        draft
    }

    /// - `others`: the statements of the same policy in another document
    fn document<'d>(
        &mut self,
        document: &'d Document,
        policy_type: PolicyType,
        others: &[DraftStatement<'d>],
    ) -> Vec<DraftStatement<'d>> {
        let root = document.root();
        for member in root.members() {
            match member.key {
                "Version" | "Statement" => {}
                "Id" => self.note(
                    member.key_span(),
                    "`Id` is omitted: it does not affect what the policy allows",
                ),
                key => self.unknown(member, key),
            }
        }
        self.version(document);
        let mut statements = others.to_vec();
        for statement in document.statements() {
            if statement.0.is_object() {
                let statement = self.statement(statement, policy_type, &statements);
                statements.push(statement);
            } else {
                self.lost(statement.0.span(), "omitted: a statement must be an object");
            }
        }
        statements.split_off(others.len())
    }

    fn unknown(&mut self, member: Member<'_>, key: &str) {
        self.lost(
            member.key_span(),
            &format!("`{key}` is omitted: there is no such element"),
        );
    }

    /// A spec always uses the current version, in which variables are active.
    fn version(&mut self, document: &Document) {
        let version = document.version();
        if version.and_then(|version| version.value.as_str()) == Some(VERSION) {
            return;
        }
        let span = version.map_or(document.root().span(), |version| version.value.span());
        let variable = document
            .statements()
            .flat_map(|statement| statement.0.members())
            .filter(|member| member.key != "Sid")
            .flat_map(|member| strings(member.value))
            .find(|value| value.as_str().is_some_and(variable::is_in));
        match variable {
            Some(value) if document.has_unknowns() => self.lost(
                value.span(),
                &format!("this is plain text here, but a variable in the spec, which uses version {VERSION}"),
            ),
            Some(value) => self.note(
                value.span(),
                &format!("this is plain text, so `${{` is `${{$}}{{` in the spec, which uses version {VERSION}"),
            ),
            None => self.note(
                span,
                &format!("the spec uses version {VERSION}, which makes no difference for this policy"),
            ),
        }
    }

    fn statement<'d>(
        &mut self,
        statement: Statement<'d>,
        policy_type: PolicyType,
        before: &[DraftStatement<'d>],
    ) -> DraftStatement<'d> {
        for member in statement.unknown() {
            self.unknown(member, member.key);
        }
        let effect = statement
            .element(Element::Effect)
            .and_then(|effect| effect.value.as_str());
        if effect.is_none() {
            self.lost(
                statement.0.span(),
                "the statement has no effect; in the spec it is `Allow`",
            );
        }
        let mut draft = DraftStatement {
            effect,
            principals: self.principals(statement),
            ..DraftStatement::default()
        };
        draft.conditions = self.conditions(statement, &mut draft.waivers);
        draft.actions = self.texts(statement, Element::Action, &mut draft.waivers);
        draft.not_actions = self.texts(statement, Element::NotAction, &mut draft.waivers);
        draft.resources = self.texts(statement, Element::Resource, &mut draft.waivers);
        draft.not_resources = self.texts(statement, Element::NotResource, &mut draft.waivers);
        self.name(statement, policy_type, &mut draft, before);
        draft
    }

    /// The strings of an element. Other values are omitted.
    ///
    /// - `waivers`: receives those for malformed actions and ARNs
    fn texts<'d>(
        &mut self,
        statement: Statement<'d>,
        element: Element,
        waivers: &mut Vec<DraftWaiver>,
    ) -> Option<Vec<&'d str>> {
        let values = statement.element(element)?.value.one_or_many();
        let mut texts = Vec::new();
        for value in values {
            let Some(text) = value.as_str() else {
                self.lost(value.span(), "omitted: it is not a string");
                continue;
            };
            // What is unknown in a template becomes a parameter, so this is not the text of the spec.
            let syntax = if has_unknown(text) {
                Ok(None)
            } else if matches!(element, Element::Action | Element::NotAction) {
                action_syntax(text).map(|code| code.map(|code| (DraftPlace::Action(texts.len()), code)))
            } else {
                arn_syntax(text).map(|code| code.map(|code| (DraftPlace::Resource(texts.len()), code)))
            };
            match syntax {
                Ok(None) => {}
                Ok(Some((place, code))) => {
                    let check = code.name();
                    waivers.push(DraftWaiver { place, check, why: "" });
                }
                Err(NotExpressible) => self.lost(value.span(), &format!("specs do not accept `{}`", shown(text))),
            }
            texts.push(text);
        }
        Some(texts)
    }

    /// - `waivers`: receives those for conditions without values
    fn conditions<'d>(
        &mut self,
        statement: Statement<'d>,
        waivers: &mut Vec<DraftWaiver>,
    ) -> Vec<(&'d str, &'d str, Vec<&'d str>)> {
        let Some(block) = statement.element(Element::Condition) else {
            return Vec::new();
        };
        let operators = block.value.members().map(|operator| operator.value);
        for value in [block.value].into_iter().chain(operators) {
            if !value.is_object() {
                self.lost(
                    value.span(),
                    "omitted: a condition must be an object of operators, each an object of keys",
                );
            }
        }
        let mut conditions = Vec::new();
        for condition in statement.conditions() {
            let mut texts = Vec::new();
            for value in condition.values() {
                match value.as_text() {
                    Some(text) => {
                        if !is_closed(text) && !has_unknown(text) {
                            self.lost(value.span(), &format!("specs do not accept `{}`", shown(text)));
                        }
                        texts.push(text);
                    }
                    None => self.lost(value.span(), "omitted: it is not a valid value"),
                }
            }
            // AWS stores an empty list. Of anything else, the values have been omitted.
            let is_empty = condition.key.value.is_array() && condition.key.value.items().next().is_none();
            if let Some(operator) = Operator::from_name(condition.operator.key).filter(|_| is_empty) {
                let waiver = DraftWaiver {
                    place: DraftPlace::Statement,
                    check: Code::of_empty_condition(operator).name(),
                    why: "",
                };
                if !waivers.contains(&waiver) {
                    waivers.push(waiver);
                }
            } else if texts.is_empty() {
                self.lost(
                    condition.key.value.span(),
                    "specs do not accept a condition without values",
                );
            }
            conditions.push((condition.operator.key, condition.key.key, texts));
        }
        conditions
    }

    /// Gives the statement its id, and keeps its Sid if that is one.
    fn name<'d>(
        &mut self,
        statement: Statement<'d>,
        policy_type: PolicyType,
        draft: &mut DraftStatement<'d>,
        before: &[DraftStatement<'_>],
    ) {
        let member = statement.element(Element::Sid);
        let sid = member.and_then(|sid| sid.value.as_str());
        let is_new = |sid: &str| before.iter().all(|earlier| earlier.emitted_sid() != sid);
        let kept = sid.filter(|sid| text::is_sid(sid) && is_new(sid));
        let kebab = sid.map(kebab_case).filter(|id| text::is_name(id));
        draft.sid = kept;
        let wanted = kebab.unwrap_or_else(|| match policy_type {
            PolicyType::Trust => describe_trust(draft),
            _ => describe(draft),
        });
        // The statement's own Sid does not prevent the id that produces it.
        let own = kept.is_some_and(|sid| alike(sid) == alike(&wanted));
        draft.id.clone_from(&wanted);
        let taken =
            |import: &Self, id: &str| import.ids.contains(&alike(id)) || before.iter().any(|earlier| earlier.id == *id);
        let mut number = 2;
        while before.iter().any(|earlier| earlier.id == draft.id) || !own && taken(self, &draft.id) {
            draft.id = format!("{wanted}-{number}");
            number += 1;
        }
        self.ids.insert(alike(&draft.id));
        if kept.is_none() {
            let emitted = draft.emitted_sid();
            match (member, sid) {
                (Some(member), Some(sid)) => {
                    let why = if text::is_sid(sid) {
                        "which is a duplicate"
                    } else {
                        "which IAM rejects"
                    };
                    self.note(
                        member.value.span(),
                        &format!("the Sid is `{emitted}` in the spec instead of `{sid}`, {why}"),
                    );
                }
                (Some(member), None) => self.lost(
                    member.value.span(),
                    &format!("the Sid is not a string; in the spec it is `{emitted}`"),
                ),
                (None, _) => self.note(
                    statement.0.span(),
                    &format!("the statement has no Sid; in the spec it is `{emitted}`"),
                ),
            }
        }
    }
}

/// The value of `resource-type` for a kind of resource without rules of its own.
const OTHER_RESOURCE: &str = "other";

/// Text that no spec can contain.
struct NotExpressible;

/// The waiver that a malformed action needs, if it is malformed.
fn action_syntax(action: &str) -> Result<Option<Code>, NotExpressible> {
    let service = action.split(':').next().unwrap_or(action);
    if text::is_action(action) {
        Ok(None)
    } else if is_pattern(service) || !action.chars().all(text::is_accepted) || action.trim().is_empty() {
        Err(NotExpressible)
    } else {
        Ok(Some(Code::InvalidAction))
    }
}

/// The waiver that a malformed ARN needs, if it is malformed.
fn arn_syntax(arn: &str) -> Result<Option<Code>, NotExpressible> {
    if !is_closed(arn) || !arn.chars().all(text::is_accepted) || arn.trim().is_empty() {
        return Err(NotExpressible);
    }
    match Arn::parse(arn) {
        Ok(_) => Ok(None),
        Err(_) if arn == "*" => Ok(None),
        Err(ArnError::Prefix) => Ok(Some(Code::InvalidArnPrefix)),
        Err(ArnError::Segments { .. } | ArnError::Empty(_)) => Ok(Some(Code::MissingArnField)),
        Err(_) => Err(NotExpressible),
    }
}

/// All strings in a value.
fn strings(value: Value<'_>) -> Vec<Value<'_>> {
    let mut strings = Vec::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        open.extend(value.items());
        open.extend(value.members().map(|member| member.value));
        strings.extend(Some(value).filter(|value| value.as_str().is_some()));
    }
    strings
}

/// Whether every variable has its closing brace.
fn is_closed(text: &str) -> bool {
    !variable::pieces(text).any(|piece| matches!(piece, Piece::Unclosed(_)))
}

/// The partition shared by all ARNs, unless it is the default.
fn partitions<'s>(statements: impl Iterator<Item = &'s DraftStatement<'s>>) -> Vec<Partition> {
    let arns = statements.flat_map(|statement| {
        let resources = statement.resources.iter().chain(&statement.not_resources).flatten();
        resources.chain(statement.principals.iter().flat_map(|(_, list)| list))
    });
    let mut partitions: Vec<Partition> = arns
        .filter_map(|arn| Partition::from_name(Arn::parse(arn).ok()?.partition))
        .collect();
    partitions.sort_unstable();
    partitions.dedup();
    match partitions.as_slice() {
        [only] if *only != Partition::Standard => partitions,
        _ => Vec::new(),
    }
}
