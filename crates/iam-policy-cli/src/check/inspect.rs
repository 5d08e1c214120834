//! From a file to what there is to say about it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::string::FromUtf8Error;
use std::sync::Arc;

use iam_policy_account::{Answered, policies_in};
use iam_policy_check::{Code, Options, PolicyType, Topic, check};
use iam_policy_document::json::Reading;
use iam_policy_document::{
    Diagnostic, Document, Path, Severity, Step, UNSUPPORTED_FORMAT, Value, template_function, unsupported_format,
};
use iam_policy_gen::{Placeholder, placeholders};
use iam_policy_spec::compile::{Compiled, compile_with};
use iam_policy_spec::{Paths, Source, is_spec};
use iam_policy_templates::{Policy, Template, Variant};

use super::checks::Checks;
use super::configurations::read_checked;
use super::finding::{Finding, Sids};
use super::modules;
use super::principals::of_principals;
use crate::input::{Input, Language};
use crate::module::Folder;
use crate::policies::Selection;
use crate::settings::Given;
use crate::templates::{Read, may_have_policies, selected};

/// A file that has been checked.
pub(super) struct Inspected {
    pub(super) name: String,
    pub(super) text: Vec<u8>,
    /// Sorted by location.
    pub(super) findings: Vec<Finding>,
    /// It is JSON or TOML.
    pub(super) readable: bool,
}

impl Inspected {
    /// The diagnostics of its findings.
    pub(super) fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        self.findings.iter().map(|finding| &finding.diagnostic)
    }
}

/// Checks a file.
///
/// - `in_folder`: it was found in a folder, so it may be something else than a policy or a spec; then there is no
///   answer
/// - `selection`: the policy of the spec to report about
/// - `given`: the values of the parameters of specs
///
/// # Errors
///
/// If it does not contain what is selected.
pub(super) fn inspect(
    input: Input,
    checks: &Checks<'_>,
    in_folder: bool,
    selection: Option<Selection<'_>>,
    given: &mut Given,
) -> Result<Option<Inspected>, Diagnostic> {
    let inspected = match input.language {
        Language::Yaml if in_folder && !may_have_policies(&input.bytes) => None,
        Language::Hcl => Some(of_module(input, checks, selection)?),
        Language::Json | Language::Yaml => {
            let read = Read::new(&input)?;
            if read.is_torn() {
                return Ok(Some(Inspected {
                    name: input.name,
                    text: input.bytes,
                    findings: read.reading.problems.into_iter().map(Finding::from).collect(),
                    readable: false,
                }));
            }
            match (read.template, selection) {
                (Some(found), _) => template(input, read.reading.problems, found, checks, in_folder, selection)?,
                (None, Some(selection)) => {
                    selection.check(None)?;
                    None
                }
                (None, None) => document(input, read.reading, checks, in_folder),
            }
        }
        Language::Toml => spec(input, checks, in_folder, selection, given)?,
        Language::Configuration => {
            if let Some(selection) = selection {
                selection.check(None)?;
            }
            Some(configuration(input))
        }
    };
    Ok(inspected.map(|mut inspected| {
        inspected.findings.sort_by_key(|finding| finding.diagnostic.start());
        inspected
    }))
}

/// The findings about a file of a module, or about a module that is not in files.
fn of_module(input: Input, checks: &Checks<'_>, selection: Option<Selection<'_>>) -> Result<Inspected, Diagnostic> {
    let folder = input.module.clone().unwrap_or(Folder::Nowhere);
    let module = folder.read(Some((&input.name, &input.bytes)))?;
    let own = module.files().iter().position(|file| file.name == input.name);
    let selection = selection.zip(own);
    let wanted = &mut |_| (checks.settings.clone(), checks.identify);
    let found = modules::findings(&module, wanted, selection)?
        .into_iter()
        .nth(own.unwrap_or_default());
    let findings = found
        .into_iter()
        .flat_map(|found| found.findings)
        .map(|(finding, _)| finding);
    Ok(modules::inspected(input.name, input.bytes, findings.collect()))
}

/// The findings about the policies of a template.
///
/// - `problems`: what is wrong with its syntax
fn template(
    input: Input,
    problems: Vec<Diagnostic>,
    template: Template,
    checks: &Checks<'_>,
    in_folder: bool,
    selection: Option<Selection<'_>>,
) -> Result<Option<Inspected>, Diagnostic> {
    if in_folder && template.policies.is_empty() && template.problems.is_empty() && problems.is_empty() {
        return Ok(None);
    }
    let mut findings: Vec<Finding> = problems.into_iter().map(Finding::from).collect();
    let policies: Vec<&Policy> = if let Some(selection) = selection {
        selected(&template.policies, &input.name, selection.fragment())?
    } else {
        findings.extend(template.problems.into_iter().map(Finding::from));
        template.policies.iter().collect()
    };
    // What AWS publishes under a name is not the author's text.
    let mut in_policies = InPolicies::default();
    for policy in policies.into_iter().filter(|policy| !policy.is_published) {
        in_policies.add(policy, checks);
    }
    findings.extend(in_policies.finish());
    Ok(Some(Inspected {
        name: input.name,
        text: input.bytes,
        findings,
        readable: true,
    }))
}

/// The findings about policies of templates. What several policies have in common is one finding.
#[derive(Default)]
pub(super) struct InPolicies {
    found: Vec<(Finding, Vec<Arc<str>>)>,
    /// The findings by what they say.
    known: HashMap<String, usize>,
}

impl InPolicies {
    /// Adds the findings about a policy. What the conditions of the template change is checked in every form, and a
    /// finding about some forms only says which.
    pub(super) fn add(&mut self, policy: &Policy, checks: &Checks<'_>) {
        let (attach, options) = checks.of_template(policy);
        let options = options.attach(&attach);
        let mut found: Vec<(Diagnostic, Vec<&Variant>)> = Vec::new();
        if policy.problems.is_empty() {
            for variant in &policy.variants {
                for finding in check(&variant.document, &options) {
                    match found.iter_mut().find(|(known, _)| is_same(known, &finding)) {
                        Some((_, variants)) => variants.push(variant),
                        None => found.push((finding, vec![variant])),
                    }
                }
            }
        } else {
            found.extend(policy.problems.iter().map(|problem| (problem.clone(), Vec::new())));
        }
        let sids = Sids::of(policy.document(), checks);
        let resource: Arc<str> = policy.name.as_str().into();
        for (mut finding, variants) in found {
            // What is around a policy of a template is not stored with it.
            if Code::LeadingWhiteSpace.is_of(&finding) {
                continue;
            }
            // A policy of which other forms have statements need not have this one.
            if Code::MissingStatement.is_of(&finding) && variants.len() < policy.variants.len() {
                continue;
            }
            // Whether so many conditions hold at once is not known.
            if policy.is_partial && is_size(&finding) {
                continue;
            }
            if let Some(first) = variants.first()
                && variants.len() < policy.variants.len()
            {
                finding.notes.push(format!("where {}", first.wording()));
            }
            self.push(sids.finding(finding, Some(Arc::clone(&resource))), &resource);
        }
    }

    fn push(&mut self, finding: Finding, resource: &Arc<str>) {
        let diagnostic = &finding.diagnostic;
        let spans: Vec<_> = diagnostic.locations().map(|location| location.span).collect();
        let key = format!(
            "{:?} {} {spans:?} {:?}",
            diagnostic.code, diagnostic.message, diagnostic.notes
        );
        match self.known.get(&key).and_then(|&at| self.found.get_mut(at)) {
            Some((_, resources)) if spans.iter().any(Option::is_some) => resources.push(Arc::clone(resource)),
            _ => {
                self.known.insert(key, self.found.len());
                self.found.push((finding, vec![Arc::clone(resource)]));
            }
        }
    }

    /// The findings, each with the policies that it is about.
    pub(super) fn finish(self) -> impl Iterator<Item = Finding> {
        self.found.into_iter().map(|(mut finding, resources)| {
            let of = match resources.as_slice() {
                [] => String::new(),
                [one] if one.is_empty() => String::new(),
                [one] => format!("in `{one}`"),
                [one, other] => format!("in `{one}` and `{other}`"),
                [one, others @ ..] => format!("in `{one}` and {} other policies", others.len()),
            };
            if !of.is_empty() {
                // What follows is about this policy.
                let is_where = finding
                    .diagnostic
                    .notes
                    .last()
                    .is_some_and(|note| note.starts_with("where "));
                let at = finding.diagnostic.notes.len() - usize::from(is_where);
                finding.diagnostic.notes.insert(at, of);
            }
            finding
        })
    }
}

/// Whether a finding is about the size of a policy.
fn is_size(finding: &Diagnostic) -> bool {
    finding
        .code
        .is_some_and(|code| code.starts_with("POLICY_SIZE_EXCEEDS_"))
}

/// Whether two findings are about the same.
fn is_same(one: &Diagnostic, other: &Diagnostic) -> bool {
    one.code == other.code && one.message == other.message && one.locations().eq(other.locations())
}

fn document(input: Input, reading: Reading, checks: &Checks<'_>, in_folder: bool) -> Option<Inspected> {
    let json = input.json();
    let root = reading.document.root();
    let answered = if input.language == Language::Yaml {
        Vec::new()
    } else {
        policies_in(&json, &reading.document)
    };
    let is_something_else = in_folder && is_something_else(&reading);
    let mut unsupported = unsupported_format(root);
    if is_something_else && answered.is_empty() && unsupported.is_none() {
        return None;
    }
    let mut in_answers = answered.iter().map(|policy| policy.document.root());
    unsupported = unsupported.or_else(|| in_answers.find_map(template_function));
    // Findings about text that is not JSON would be about something that its author did not mean.
    let mut readable = reading.is_well_formed;
    let mut findings: Vec<Finding> = reading.problems.into_iter().map(Finding::from).collect();
    if let Some(mut problem) = unsupported.filter(|_| readable) {
        // In a folder, only what is written as a policy has to be one.
        if is_something_else {
            problem.severity = Severity::Warning;
        } else {
            readable = false;
        }
        findings.push(problem.into());
    } else if readable && answered.is_empty() {
        let options = checks.options(&reading.document);
        let inferred = inferred(&reading.document, checks, &options);
        let mut found = check(&reading.document, &options);
        let placeholders = placeholders(std::path::Path::new(&input.name));
        retain_with_values(&mut found, &json, &placeholders, &options);
        // Nobody sends a file with comments to AWS as it is.
        found.retain(|finding| matches!(json, Cow::Borrowed(_)) || !Code::LeadingWhiteSpace.is_of(finding));
        readable = found.iter().all(|finding| finding.code != Some(UNSUPPORTED_FORMAT));
        let sids = Sids::of(&reading.document, checks);
        for finding in found {
            let mut finding = with_help(finding, root, checks, &options);
            if Code::of(&finding).is_some_and(depends_on_type) {
                finding.notes.extend(inferred.clone());
            }
            findings.push(sids.finding(finding, None));
        }
    } else if readable {
        findings.extend(in_answer(&answered, checks));
        findings.extend(of_principals(&json, root));
        readable = answered.iter().all(|policy| policy.problems.is_empty());
    }
    Some(Inspected {
        name: input.name,
        text: input.bytes,
        findings,
        readable,
    })
}

/// Leaves out the findings about a generated file that exist only because a parameter has no value yet.
///
/// - `found`: the findings about the file
/// - `placeholders`: what the file shows in place of values
fn retain_with_values(found: &mut Vec<Diagnostic>, json: &[u8], placeholders: &[Placeholder], options: &Options<'_>) {
    if placeholders.is_empty() || found.is_empty() {
        return;
    }
    let mut text = String::from_utf8_lossy(json).into_owned();
    for placeholder in placeholders {
        text = text.replace(&placeholder.text(), placeholder.example());
    }
    let with_values = iam_policy_document::json::read(text.as_bytes()).document;
    // Values have other lengths than placeholders, so places within a text differ.
    let identity = |finding: &Diagnostic| {
        let places = finding.locations().map(|location| {
            let mut path = location.path.clone();
            path.0.retain(|step| !matches!(step, Step::Substring { .. }));
            path
        });
        (finding.code, places.collect::<Vec<_>>())
    };
    let remaining: Vec<_> = check(&with_values, options).iter().map(identity).collect();
    found.retain(|finding| remaining.contains(&identity(finding)));
}

/// The findings about the policies in an AWS response. If there are several, each finding says which one it is about.
fn in_answer(answered: &[Answered], checks: &Checks<'_>) -> Vec<Finding> {
    let found = answered.iter().flat_map(|policy| {
        let found = if policy.problems.is_empty() {
            check(&policy.document, &checks.options_of_answered(policy.policy_type))
        } else {
            policy.problems.clone()
        };
        let is_one_of_many = answered.len() > 1 && !policy.whose.is_empty();
        let whose = (!policy.whose.is_empty()).then(|| Arc::from(policy.whose.as_str()));
        let sids = Sids::of(&policy.document, checks);
        let note = is_one_of_many.then(|| format!("in {}", policy.whose));
        // What is around such a policy is not stored with it.
        let found = found
            .into_iter()
            .filter(|finding| !Code::LeadingWhiteSpace.is_of(finding));
        found.map(move |mut finding| {
            finding.notes.extend(note.clone());
            sids.finding(finding, whose.clone())
        })
    });
    found.collect()
}

/// What the document was checked as, if its content decided that it is not an identity policy.
fn inferred(document: &Document, checks: &Checks<'_>, options: &Options<'_>) -> Option<String> {
    let resource = || document.inferred_resource();
    let (as_what, option) = match options.policy_type {
        PolicyType::Resource if checks.settings.resource_type.is_none() => {
            match (resource(), checks.settings.policy_type) {
                (Some(kind), _) => (format!("the policy of {}", kind.label()), "--resource-type"),
                (None, None) => ("a resource policy".to_owned(), "--type"),
                (None, Some(_)) => return None,
            }
        }
        PolicyType::Trust if checks.settings.policy_type.is_none() => ("a trust policy".to_owned(), "--type"),
        _ => return None,
    };
    Some(format!(
        "checked as {as_what} because of its content; override this with `{option}`"
    ))
}

/// Whether the rule depends on the type of the policy.
fn depends_on_type(code: Code) -> bool {
    let is_of = |name: &str| {
        let topic = Topic::all().iter().find(|topic| topic.name() == name);
        topic.is_some_and(|topic| topic.rules().iter().any(|rule| rule.code() == code))
    };
    matches!(code, Code::MissingPrincipal | Code::MissingResource) || is_of("resources") || is_of("trust")
}

/// Adds help that the checks cannot give: what else the file or the arguments may have meant.
fn with_help(finding: Diagnostic, root: Value<'_>, checks: &Checks<'_>, options: &Options<'_>) -> Diagnostic {
    let is_whole = finding.locations().all(|location| location.path.0.is_empty());
    let help = match Code::of(&finding) {
        Some(Code::UnsupportedPrincipal)
            if checks.settings.policy_type.is_none() && options.policy_type == PolicyType::Identity =>
        {
            Some("check trust policies with `--type trust`, and resource policies with `--type resource`")
        }
        Some(Code::MissingResource)
            if options.policy_type == PolicyType::Resource && checks.settings.resource_type.is_none() =>
        {
            Some(
                "if the policy applies to what it is attached to, such as an ECR repository, say so with `--resource-type`",
            )
        }
        Some(Code::MissingStatement | Code::DataTypeMismatch) if is_whole => something_similar(root),
        _ => None,
    };
    match help {
        Some(help) => finding.help(help),
        None => finding,
    }
}

/// What the outermost value is, if it is not a policy but has to do with one.
fn something_similar(root: Value<'_>) -> Option<&'static str> {
    let is_statement = |value: Value<'_>| value.get("Effect").is_some();
    if root.is_array() && root.items().next().is_some() && root.items().all(is_statement) {
        Some("these are statements: a policy is an object with the statements in `Statement`")
    } else if is_statement(root) {
        Some("this is a statement: a policy is an object with statements in `Statement`")
    } else {
        None
    }
}

/// Whether it is JSON of another kind: an object that has keys but none of a policy's, or no object at all.
fn is_something_else(reading: &Reading) -> bool {
    let root = reading.document.root();
    let of_a_policy = |key: &str| matches!(key, "Version" | "Id") || key.eq_ignore_ascii_case("Statement");
    if root.is_object() {
        root.members().next().is_some() && !root.members().any(|member| of_a_policy(member.key))
    } else {
        reading.problems.is_empty()
    }
}

fn spec(
    input: Input,
    checks: &Checks<'_>,
    in_folder: bool,
    selection: Option<Selection<'_>>,
    given: &mut Given,
) -> Result<Option<Inspected>, Diagnostic> {
    let Input { name, bytes, .. } = input;
    if in_folder && !is_spec(&String::from_utf8_lossy(&bytes)) {
        return Ok(None);
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Ok(Some(not_utf8(name, error))),
    };
    let source = Source::new(name, text);
    let Compiled {
        spec,
        mut mistakes,
        findings: mut diagnostics,
        ..
    } = compile_with(&source, given.settings());
    given.saw(&spec);
    let readable = mistakes.iter().all(|mistake| !Code::TomlSyntaxError.is_of(mistake));
    if !mistakes.is_empty() {
        let paths = Paths::new(&source);
        for mistake in &mut mistakes {
            if let Some(span) = mistake.location.span {
                mistake.location.path = paths.to(span.start..span.end);
            }
        }
    }
    diagnostics.extend(mistakes);
    if let Some(selection) = selection {
        // Where the text is torn, the policy may be there but not have been read.
        if readable {
            selection.check(Some(&spec))?;
        }
        diagnostics.retain(|diagnostic| concerns(&diagnostic.location.path, selection));
    }
    let findings = diagnostics.into_iter();
    Ok(Some(Inspected {
        name: source.name().to_owned(),
        text: source.text().as_bytes().to_vec(),
        findings: findings.map(|found| Finding::in_spec(found, &spec, checks)).collect(),
        readable,
    }))
}

/// Checks a configuration, which is a file like others if the command line names it.
fn configuration(input: Input) -> Inspected {
    let Input { name, bytes, .. } = input;
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return not_utf8(name, error),
    };
    let source = Source::new(name, text);
    let (_, diagnostics) = read_checked(&source);
    Inspected {
        name: source.name().to_owned(),
        text: source.text().as_bytes().to_vec(),
        readable: diagnostics.iter().all(|mistake| !Code::TomlSyntaxError.is_of(mistake)),
        findings: diagnostics.into_iter().map(Finding::from).collect(),
    }
}

/// Whether something at this place of a spec concerns the selected policy: it is in the policy, or in what all policies
/// share.
fn concerns(path: &Path, selection: Selection<'_>) -> bool {
    let mut names = path.0.iter().map(|step| match step {
        Step::Value(name) | Step::Key(name) => name.as_ref(),
        Step::Index(_) | Step::Substring { .. } => "",
    });
    match (names.next(), names.next()) {
        (Some("policy"), Some(policy)) if policy != selection.policy() => false,
        (Some("policy"), Some(_)) => match (names.next(), names.next()) {
            (Some("extension"), Some(extension)) => selection.has(extension),
            _ => true,
        },
        _ => true,
    }
}

fn not_utf8(name: String, error: FromUtf8Error) -> Inspected {
    let start = error.utf8_error().valid_up_to();
    let length = error.utf8_error().error_len().unwrap_or(1);
    let mistake = Diagnostic::error("invalid UTF-8")
        .with_code(Code::TomlSyntaxError.name())
        .at(start..start + length)
        .help("save the file as UTF-8");
    Inspected {
        name,
        text: error.into_bytes(),
        findings: vec![mistake.into()],
        readable: false,
    }
}
