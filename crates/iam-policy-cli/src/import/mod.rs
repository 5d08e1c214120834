//! The command `import`: turns existing policies into a spec that lacks only the reasons.

mod account;
mod document;
mod names;
mod principals;
mod template;
mod version;
pub(crate) mod waivers;

use clap::{Arg, ArgMatches, Command};
use iam_policy_account::Answered;
use iam_policy_commands::{Exit, Output};
use iam_policy_core::{PolicyResource, PolicyType, text};
use iam_policy_document::{Diagnostic, Document, Lines, Severity, SourceFile, Span};
use iam_policy_spec::Draft;

use self::account::is_account;
use self::document::Import;
use self::names::Names;
pub(crate) use self::template::parameter;
use crate::choice;
use crate::input::{Input, Language, Parsed, file, path};
use crate::policies::Selection;
use crate::settings::Given;
use crate::templates::Read;

/// The command's name.
pub const NAME: &str = "import";

const POLICY: &str = "name";
const TYPE: &str = "type";
const RESOURCE_TYPE: &str = "resource-type";

/// The name of a policy that has none.
const DEFAULT_NAME: &str = "user";

/// The policy types that `--type` accepts.
const TYPES: [PolicyType; 6] = [
    PolicyType::Identity,
    PolicyType::PermissionsBoundary,
    PolicyType::Resource,
    PolicyType::Trust,
    PolicyType::ServiceControl,
    PolicyType::ResourceControl,
];

/// Builds the command.
#[must_use]
pub fn command() -> Command {
    Command::new(NAME)
        .about("Write a spec for existing policies, as TOML")
        .long_about(
            "Write a spec for existing policies, as TOML\n\nReads a policy of any type, and the output of `aws iam get-account-authorization-details`, `get-role` and similar commands. Reasons are left empty; `iam-policy check` reports them. Findings that would stop a build are accepted by waivers, whose reasons are left empty too. What a spec cannot express is omitted and reported; the exit code is then 1.",
        )
        .arg(file())
        .arg(
            Arg::new(POLICY)
                .long(POLICY)
                .value_name("NAME")
                .help("The name of the policy in the spec [default: the name in the output of `aws`, or `user`]"),
        )
        .arg(choice(TYPE, "TYPE", TYPES.iter().map(|policy_type| policy_type.name()), "The type of the policy [default: what the output of `aws` or the template says, or trust or resource if the statements name principals, else identity]"))
        .arg(
            choice(RESOURCE_TYPE, "SERVICE:TYPE", PolicyResource::ALL.iter().map(|kind| kind.name()), "What a resource policy is attached to [default: inferred if all actions and resources suit only one type]")
                .ignore_case(true),
        )
}

/// A policy to import, and what its file says about it.
#[derive(Clone, Debug, Default)]
struct Found {
    /// Its name, if it has one.
    name: Option<String>,
    about: Option<String>,
    policy_type: PolicyType,
    /// The policy itself. A role may only have a trust policy.
    document: Option<Document>,
    /// The trust policy of its role.
    trust: Option<Document>,
    /// The AWS managed policies that are attached to the same principal.
    managed: Vec<String>,
    /// For a permissions boundary: the numbers of the policies that it leaves everything they grant.
    bounds: Vec<usize>,
}

/// Writes the spec of the given policies.
///
/// - `matches`: the arguments of this command
pub fn run(matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let name = matches.get_one::<String>(POLICY).map(String::as_str);
    if let Some(problem) = name.and_then(invalid_name) {
        return output.report(&[problem]);
    }
    let (path, selection) = Selection::split(path(matches));
    let input = match Input::read(path) {
        Ok(input) => input,
        Err(problem) => return output.report(&[problem]),
    };
    let source = input.bytes.clone();
    let file = input.name.clone();
    let mut found = match policies(input, selection) {
        Ok(found) => found,
        Err(Refusal::Problem(problem)) => return output.report(&[problem]),
        Err(Refusal::Messages(messages)) => return output.refuse(&messages),
    };
    let given_type = matches
        .get_one::<String>(TYPE)
        .and_then(|name| PolicyType::from_name(name));
    for policy in &mut found.policies {
        if let Some(given) = given_type {
            policy.set_type(given);
        }
    }
    if let (Some(name), [policy]) = (name, found.policies.as_mut_slice()) {
        policy.name = Some(name.to_owned());
    } else if name.is_some() {
        let problem = Diagnostic::error(format!(
            "`--{POLICY}` names one policy, but `{file}` has {}",
            found.policies.len()
        ));
        return output.report(&[problem.help("leave it out: each policy keeps its own name")]);
    }
    let resource = matches
        .get_one::<String>(RESOURCE_TYPE)
        .and_then(|name| PolicyResource::from_name(&name.to_ascii_lowercase()));
    for policy in &mut found.policies {
        policy.document = policy.document.take().map(version::with_plain_texts);
        policy.trust = policy.trust.take().map(version::with_plain_texts);
    }
    let mut import = Import::new(found.notes);
    let names = Names::of(&found.policies);
    let mut drafts: Vec<Draft<'_>> = Vec::new();
    for (policy, name) in found.policies.iter().zip(&names.names) {
        let mut draft = import.policy(policy, name, resource);
        let bounded = policy.bounds.iter().filter_map(|number| names.names.get(*number));
        draft.bounds = bounded.map(String::as_str).collect();
        drafts.push(draft);
    }
    if let Some(first) = drafts.first_mut() {
        first.parameters = template::parameters(&found.policies);
    }
    let refused = waivers::add(&mut drafts, waivers::serious);
    let mut spec = String::new();
    for draft in &drafts {
        if !spec.is_empty() {
            spec.push('\n');
        }
        spec.push_str(&draft.to_string());
    }
    let written = output.show(&spec.into());
    let lines = Lines::new(&source);
    output.remark(&SourceFile::new(&file, &lines).show_all(&import.diagnostics));
    if import.is_whole && !refused.is_empty() {
        output.remark(&Diagnostic::error("a spec cannot express everything in this policy").into());
        for problem in &refused {
            output.remark(&(&Diagnostic::new(Severity::Note, problem.message.to_string())).into());
        }
        import.is_whole = false;
    }
    written.max(if import.is_whole { Exit::Success } else { Exit::Negative })
}

fn invalid_name(name: &str) -> Option<Diagnostic> {
    let help = if name.eq_ignore_ascii_case("all") {
        "`all` is reserved"
    } else if text::is_name(name) {
        return None;
    } else {
        "a name starts with a letter and contains letters, digits, `-` and `_`"
    };
    Some(Diagnostic::error(format!("`{name}` cannot be the name of a policy")).help(help))
}

impl Found {
    /// Treats the policy as one of this type.
    fn set_type(&mut self, policy_type: PolicyType) {
        if policy_type == PolicyType::Trust && self.trust.is_none() {
            self.trust = self.document.take();
        } else if policy_type != PolicyType::Trust && self.document.is_none() {
            self.document = self.trust.take();
        }
        self.policy_type = if policy_type == PolicyType::Trust {
            PolicyType::Identity
        } else {
            policy_type
        };
    }

    fn of(document: Document, policy_type: PolicyType) -> Self {
        let mut found = Self {
            document: Some(document),
            ..Self::default()
        };
        found.set_type(policy_type);
        found
    }
}

/// The policies of an input, and what the spec will not say about them.
#[derive(Default)]
struct Policies {
    policies: Vec<Found>,
    notes: Vec<(Option<Span>, String)>,
}

enum Refusal {
    Problem(Diagnostic),
    Messages(iam_policy_document::StyledText),
}

fn policies(input: Input, selection: Option<Selection<'_>>) -> Result<Policies, Refusal> {
    let read = (input.language != Language::Toml)
        .then(|| Read::new(&input))
        .transpose();
    let read = read.map_err(Refusal::Problem)?;
    if let Some(read) = &read {
        if let Some(found) = &read.template {
            return template::policies(&input, read, found, selection);
        }
        if input.language == Language::Json && is_account(read.reading.document.root()) {
            return account::policies(&input).map_err(Refusal::Messages);
        }
        let answered = input.answered(read).map_err(Refusal::Messages)?;
        if !answered.is_empty() {
            return Ok(of_answers(answered));
        }
    }
    let (file, document) = match input.parse(read, &mut Given::default()) {
        Ok((file, Parsed::Document(document))) => (file, document),
        Ok((file, Parsed::Spec(_))) => {
            return Err(Refusal::Problem(Diagnostic::error(format!(
                "`{file}` is already a spec"
            ))));
        }
        Err(message) => return Err(Refusal::Messages(message)),
    };
    if !document.root().is_object() {
        return Err(Refusal::Problem(Diagnostic::error(format!(
            "`{file}` is not a policy: a policy is an object"
        ))));
    }
    let policy_type = document.inferred_type();
    Ok(Policies {
        policies: vec![Found::of(document, policy_type)],
        notes: Vec::new(),
    })
}

/// The policies in output of the `aws` command line.
fn of_answers(answered: Vec<Answered>) -> Policies {
    let mut policies = Vec::new();
    for answer in answered {
        let mut found = Found::of(answer.document, answer.policy_type);
        found.name = answer.name;
        found.about = (!answer.whose.is_empty()).then(|| format!("From {}.", answer.whose));
        policies.push(found);
    }
    Policies {
        policies,
        notes: Vec::new(),
    }
}
