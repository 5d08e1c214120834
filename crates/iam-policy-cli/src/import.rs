//! The command `import`: turns an existing policy into a spec that lacks only the reasons.

use std::collections::HashSet;

use clap::{Arg, ArgMatches, Command};
use iam_policy_catalog::{AccessLevel, Catalog};
use iam_policy_commands::{Exit, Output};
use iam_policy_core::variable::{self, Piece};
use iam_policy_core::{Arn, Partition, VERSION, text};
use iam_policy_document::{Diagnostic, Document, Element, Lines, Member, Severity, SourceFile, Span, Statement, Value};
use iam_policy_spec::{Draft, DraftStatement};

use crate::input::{Input, Parsed, file, path};

/// The command's name.
pub const NAME: &str = "import";

const POLICY: &str = "name";

/// Builds the command.
#[must_use]
pub fn command() -> Command {
    Command::new(NAME)
        .about("Write a spec for an existing policy, as TOML")
        .long_about(
            "Write a spec for an existing policy, as TOML\n\nReasons are left empty; `iam-policy check` reports them. Elements that a spec cannot express are omitted and reported; the exit code is then 1.",
        )
        .arg(file())
        .arg(
            Arg::new(POLICY)
                .long(POLICY)
                .value_name("NAME")
                .help("The name of the policy in the spec")
                .default_value("user"),
        )
}

/// Writes the spec of the given policy.
///
/// - `matches`: the arguments of this command
pub fn run(matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let name = matches.get_one::<String>(POLICY).map_or("user", String::as_str);
    if !text::is_name(name) || name == "all" {
        let problem = Diagnostic::error(format!("`{name}` cannot be the name of a policy"));
        let help = if name == "all" {
            "`all` is reserved"
        } else {
            "a name starts with a letter and contains letters, digits, `-` and `_`"
        };
        return output.report(&[problem.help(help)]);
    }
    let input = match Input::read(path(matches)) {
        Ok(input) => input,
        Err(problem) => return output.report(&[problem]),
    };
    let source = input.bytes.clone();
    let (file, document) = match input.parse() {
        Ok((file, Parsed::Document(document))) => (file, document),
        Ok((file, Parsed::Spec(_))) => {
            return output.report(&[Diagnostic::error(format!("`{file}` is already a spec"))]);
        }
        Err(message) => return output.refuse(&message),
    };
    if !document.root().is_object() {
        return output.report(&[Diagnostic::error(format!(
            "`{file}` is not a policy: a policy is an object"
        ))]);
    }
    let mut import = Import {
        diagnostics: Vec::new(),
        is_whole: true,
        ids: HashSet::new(),
    };
    let draft = import.document(&document, name);
    let written = output.show(&draft.to_string().into());
    let lines = Lines::new(&source);
    output.remark(&SourceFile::new(&file, &lines).show_all(&import.diagnostics));
    written.max(if import.is_whole { Exit::Success } else { Exit::Negative })
}

struct Import {
    diagnostics: Vec<Diagnostic>,
    /// Whether the spec expresses everything in the document.
    is_whole: bool,
    /// The ids and Sids in use, in their common form.
    ids: HashSet<String>,
}

impl Import {
    /// Something that the spec does not express, or expresses differently.
    fn lost(&mut self, span: Option<Span>, message: &str) {
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

    fn document<'d>(&mut self, document: &'d Document, name: &'d str) -> Draft<'d> {
        let root = document.root();
        for member in root.members() {
            match member.key {
                "Version" | "Statement" => {}
                "Id" => self.lost(member.key_span(), "`Id` is omitted: specs do not support it"),
                key => self.unknown(member, key),
            }
        }
        self.version(document);
        for statement in document.statements() {
            let sid = statement.element(Element::Sid).and_then(|sid| sid.value.as_str());
            self.ids.extend(sid.map(alike));
        }
        let mut statements = Vec::new();
        for statement in document.statements() {
            if statement.0.is_object() {
                let statement = self.statement(statement, &statements);
                statements.push(statement);
            } else {
                self.lost(statement.0.span(), "omitted: a statement must be an object");
            }
        }
        Draft {
            policy: name,
            partitions: partitions(&statements),
            statements,
            ..Draft::default()
        }
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
            Some(value) => self.lost(
                value.span(),
                &format!("this is plain text here, but a variable in the spec, which uses version {VERSION}"),
            ),
            None => self.note(
                span,
                &format!("the spec uses version {VERSION}, which makes no difference for this policy"),
            ),
        }
    }

    fn statement<'d>(&mut self, statement: Statement<'d>, before: &[DraftStatement<'d>]) -> DraftStatement<'d> {
        for member in statement.unknown() {
            self.unknown(member, member.key);
        }
        for element in [Element::Principal, Element::NotPrincipal] {
            if let Some(member) = statement.element(element) {
                let name = element.name();
                self.lost(
                    member.key_span(),
                    &format!("`{name}` is omitted: a spec defines what is allowed, not to whom"),
                );
            }
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
            actions: self.texts(statement, Element::Action),
            not_actions: self.texts(statement, Element::NotAction),
            resources: self.texts(statement, Element::Resource),
            not_resources: self.texts(statement, Element::NotResource),
            conditions: self.conditions(statement),
            ..DraftStatement::default()
        };
        self.name(statement, &mut draft, before);
        draft
    }

    /// The strings of an element. Other values are dropped.
    fn texts<'d>(&mut self, statement: Statement<'d>, element: Element) -> Option<Vec<&'d str>> {
        let values = statement.element(element)?.value.one_or_many();
        let mut texts = Vec::new();
        for value in values {
            match value.as_str() {
                Some(text) => {
                    let expressible = if matches!(element, Element::Action | Element::NotAction) {
                        text::is_action(text)
                    } else {
                        text == "*" || Arn::parse(text).is_ok() && is_closed(text)
                    };
                    if !expressible {
                        self.lost(value.span(), &format!("specs do not accept `{text}`"));
                    }
                    texts.push(text);
                }
                None => self.lost(value.span(), "omitted: it is not a string"),
            }
        }
        Some(texts)
    }

    fn conditions<'d>(&mut self, statement: Statement<'d>) -> Vec<(&'d str, &'d str, Vec<&'d str>)> {
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
                        if !is_closed(text) {
                            self.lost(value.span(), &format!("specs do not accept `{text}`"));
                        }
                        texts.push(text);
                    }
                    None => self.lost(value.span(), "omitted: it is not a valid value"),
                }
            }
            if texts.is_empty() {
                self.lost(
                    condition.key.value.span(),
                    "specs do not accept a condition without values, which never matches",
                );
            }
            conditions.push((condition.operator.key, condition.key.key, texts));
        }
        conditions
    }

    /// Gives the statement its id, and keeps its Sid if that is one.
    fn name<'d>(&mut self, statement: Statement<'d>, draft: &mut DraftStatement<'d>, before: &[DraftStatement<'_>]) {
        let member = statement.element(Element::Sid);
        let sid = member.and_then(|sid| sid.value.as_str());
        let is_new = |sid: &str| before.iter().all(|earlier| earlier.emitted_sid() != sid);
        let kept = sid.filter(|sid| text::is_sid(sid) && is_new(sid));
        let kebab = sid.map(kebab_case).filter(|id| text::is_name(id));
        draft.sid = kept;
        let wanted = kebab.unwrap_or_else(|| describe(draft));
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
fn partitions(statements: &[DraftStatement<'_>]) -> Vec<Partition> {
    let resources = statements
        .iter()
        .flat_map(|statement| statement.resources.iter().chain(&statement.not_resources).flatten());
    let mut partitions: Vec<Partition> = resources
        .filter_map(|arn| Partition::from_name(Arn::parse(arn).ok()?.partition))
        .collect();
    partitions.sort_unstable();
    partitions.dedup();
    match partitions.as_slice() {
        [only] if *only != Partition::Standard => partitions,
        _ => Vec::new(),
    }
}

/// The common form of an id and its Sid.
fn alike(name: &str) -> String {
    name.replace(['-', '_'], "").to_ascii_lowercase()
}

/// Turns the words of a Sid into an id: `ListS3Buckets` becomes `list-s3-buckets`.
fn kebab_case(sid: &str) -> String {
    let mut id = String::with_capacity(sid.len() + 4);
    let characters: Vec<char> = sid.chars().collect();
    for (at, character) in characters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| characters.get(before));
        let after = characters.get(at + 1);
        let starts_word = character.is_ascii_uppercase()
            && before.is_some_and(|before| !before.is_ascii_uppercase() || after.is_some_and(char::is_ascii_lowercase));
        if character.is_ascii_alphanumeric() {
            if starts_word && !id.is_empty() && !id.ends_with('-') {
                id.push('-');
            }
            id.push(character.to_ascii_lowercase());
        } else if !id.is_empty() && !id.ends_with('-') {
            id.push('-');
        }
    }
    id.truncate(id.trim_end_matches('-').len());
    id
}

/// An id that names the statement's services and what it allows on them.
fn describe(statement: &DraftStatement<'_>) -> String {
    let catalog = Catalog::get();
    let (all_but, actions) = match (&statement.actions, &statement.not_actions) {
        (None, Some(not)) => ("all-but-", not),
        (actions, _) => ("", actions.as_ref().unwrap_or(const { &Vec::new() })),
    };
    let mut services: Vec<&str> = actions
        .iter()
        .map(|action| action.split_once(':').map_or("everything", |(service, _)| service))
        .collect();
    services.sort_unstable();
    services.dedup();
    let service = match services.as_slice() {
        [] => "nothing".to_owned(),
        [one] if *one == "*" => "everything".to_owned(),
        [one] => one.to_ascii_lowercase(),
        [one, other] => format!("{one}-{other}").to_ascii_lowercase(),
        _ => "several".to_owned(),
    };
    let levels: Vec<AccessLevel> = actions
        .iter()
        .flat_map(|action| catalog.expand(action))
        .map(iam_policy_catalog::Action::access_level)
        .collect();
    let every = actions.iter().any(|action| *action == "*" || action.ends_with(":*"));
    // The most severe level first. A statement with every action of a service needs none.
    let access = [
        (AccessLevel::PermissionsManagement, "-permissions"),
        (AccessLevel::Write, "-write"),
        (AccessLevel::Tagging, "-tag"),
        (AccessLevel::Read, "-read"),
        (AccessLevel::List, "-list"),
    ]
    .into_iter()
    .find(|(level, _)| !every && levels.contains(level))
    .map_or("", |(_, word)| word);
    let deny = if statement.effect == Some("Deny") { "deny-" } else { "" };
    let id = format!("{deny}{all_but}{service}{access}");
    if text::is_name(&id) { id } else { "statement".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sids_become_ids() {
        for (sid, id) in [
            ("StorageAccess", "storage-access"),
            ("ListS3Buckets", "list-s3-buckets"),
            ("AllowEC2Actions", "allow-ec2-actions"),
            ("KMS", "kms"),
            ("readOnly", "read-only"),
            ("Allow Read_Only-", "allow-read-only"),
            ("VisualEditor0", "visual-editor0"),
            ("0", "0"),
            ("", ""),
        ] {
            assert_eq!(kebab_case(sid), id, "{sid}");
        }
    }
}
