//! Recordings: what the guard of the SDK saw while a program ran.

use std::collections::{BTreeMap, BTreeSet};

use iam_policy_core::text::is_account;
use iam_policy_core::variable::pieces;
use iam_policy_core::{Arn, Segments};
use iam_policy_document::wording::list;
use iam_policy_document::{Diagnostic, Severity, Value, json};
use iam_policy_operations::{Need, Operation, TemplatePart, recording, service, snake_case, template_parts};

use crate::calls::{Argument, Call, Calls, Form, Part, Permission, Resource, ResourcePart, Searched};
use crate::judge::{overlap, pattern};

/// A recording of `iam-policy-guard`.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    name: String,
    text: String,
    calls: Vec<Recorded>,
}

/// A line of a recording.
#[derive(Clone, Debug)]
struct Recorded {
    program: String,
    service: String,
    operation: String,
    /// The line, counted from 1, and where the operation's name is.
    line: usize,
    column: usize,
    span: (usize, usize),
    members: Vec<(String, Vec<String>)>,
    /// `None` if it is not known what the operation needs.
    needs: Option<Vec<RecordedNeed>>,
}

#[derive(Clone, Debug)]
struct RecordedNeed {
    action: String,
    resources: Vec<String>,
    is_certain: bool,
}

impl Recording {
    /// Reads a recording. Lines that cannot be read are reported, and do not affect others.
    ///
    /// - `name`: the path of the file, relative to the workspace
    /// - `text`: its contents
    ///
    /// Returns the recording, and everything that is wrong with it: an error if a line is from another version, and a
    /// warning if it was cut off.
    #[must_use]
    pub fn read(name: &str, text: &str) -> (Self, Vec<Diagnostic>) {
        let mut found = Self {
            name: name.to_owned(),
            text: text.to_owned(),
            calls: Vec::new(),
        };
        let mut problems = Vec::new();
        let mut start = 0;
        for (number, line) in text.split_inclusive('\n').enumerate() {
            let content = line.trim_end();
            if !content.is_empty() {
                match read_line(content, start, number + 1) {
                    Ok(call) => found.calls.push(call),
                    Err(problem) => problems.push(problem),
                }
            }
            start += line.len();
        }
        if found.calls.is_empty() && problems.is_empty() {
            problems.push(
                Diagnostic::new(Severity::Warning, format!("`{name}` contains no calls"))
                    .help("attach the guard to each client, and run the program or its tests"),
            );
        }
        (found, one_per_reason(problems))
    }

    /// The text of the file.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The operations that were called, each with its service: `S3.GetObject`.
    #[must_use]
    pub fn operations(&self) -> BTreeSet<String> {
        let operations = self.calls.iter();
        operations
            .map(|call| format!("{}.{}", call.service, call.operation))
            .collect()
    }
}

/// A long file repeats its problems: the first of each kind is enough.
fn one_per_reason(problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for problem in &problems {
        *counts.entry(problem.message.to_string()).or_default() += 1;
    }
    let mut seen = BTreeSet::new();
    let first = problems.into_iter().filter_map(|problem| {
        let message = problem.message.to_string();
        if !seen.insert(message.clone()) {
            return None;
        }
        let more = counts.get(&message).map_or(0, |count| count - 1);
        Some(match more {
            0 => problem,
            1 => problem.note("the same is wrong with another line"),
            more => problem.note(format!("the same is wrong with {more} more lines")),
        })
    });
    first.collect()
}

/// - `start`: where the line starts in the file
fn read_line(line: &str, start: usize, number: usize) -> Result<Recorded, Diagnostic> {
    let whole = start..start + line.len();
    let reading = json::read(line.as_bytes());
    let root = reading.document.root();
    if !reading.is_well_formed || !root.is_object() {
        let is_record = line.starts_with(&format!("{{\"{}\"", recording::FORMAT));
        let problem = if is_record {
            Diagnostic::new(Severity::Warning, "this line was cut off")
                .note("the program was stopped while it wrote the line; all other lines count")
                .help("run it again to record the call")
        } else {
            Diagnostic::error("this is not a line of a recording")
                .help("pass a file that `Guard::record` of `iam-policy-guard` wrote")
        };
        return Err(problem.at(whole));
    }
    let text = |key: &str| {
        root.get(key)
            .and_then(|member| member.value.as_text())
            .map(str::to_owned)
    };
    let Some(version) = root.get(recording::FORMAT) else {
        return Err(Diagnostic::error("this is not a line of a recording")
            .at(whole)
            .help("pass a file that `Guard::record` of `iam-policy-guard` wrote"));
    };
    if version.value.as_text() != Some(&recording::VERSION.to_string()) {
        let found = version.value.as_text().unwrap_or_default().to_owned();
        let span = version
            .value
            .span()
            .map_or(whole, |span| start + span.start..start + span.end);
        return Err(Diagnostic::error(format!(
            "the recording has version {found}, and this program reads version {}",
            recording::VERSION
        ))
        .at(span)
        .help("use the same version of `iam-policy-guard` and `iam-policy`, and record again"));
    }
    let (Some(program), Some(service), Some(operation)) = (
        text(recording::PROGRAM),
        text(recording::SERVICE),
        text(recording::OPERATION),
    ) else {
        return Err(
            Diagnostic::error("this line of the recording lacks the program, the service or the operation").at(whole),
        );
    };
    let span = root.get(recording::OPERATION).and_then(|member| member.value.span());
    let span = span.map_or((whole.start, whole.end), |span| (start + span.start, start + span.end));
    let texts = |value: Value<'_>| {
        value
            .one_or_many()
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect()
    };
    let members = root
        .get(recording::MEMBERS)
        .into_iter()
        .flat_map(|member| member.value.members());
    let needs = root.get(recording::NEEDS).map(|needs| {
        let each = needs.value.items().filter_map(|need| {
            Some(RecordedNeed {
                action: need.get(recording::ACTION)?.value.as_str()?.to_owned(),
                resources: need
                    .get(recording::RESOURCES)
                    .map(|member| texts(member.value))
                    .unwrap_or_default(),
                is_certain: need.get(recording::CERTAIN).and_then(|member| member.value.as_text()) == Some("true"),
            })
        });
        each.collect()
    });
    Ok(Recorded {
        program,
        service,
        operation,
        line: number,
        column: line
            .get(..span.0 - start)
            .map_or(1, |before| before.chars().count() + 1),
        span,
        members: members
            .map(|member| (member.key.to_owned(), texts(member.value)))
            .collect(),
        needs,
    })
}

impl Recorded {
    fn operation(&self) -> Option<Operation> {
        service(&self.service)?.operation(&self.operation)
    }

    /// Whether a call site is about the same operation, and can be about the same resources.
    fn may_be(&self, site: &Call) -> bool {
        let same_service =
            service(&self.service).map_or(self.service == site.service, |own| own.name() == site.service);
        if !same_service || site.operation != self.operation || site.origin.is_some() {
            return false;
        }
        let recorded = self.needs.as_deref().unwrap_or_default();
        site.permissions
            .iter()
            .flatten()
            .filter(|permission| permission.is_certain)
            .all(|permission| {
                let own: Vec<Resource> = recorded
                    .iter()
                    .filter(|need| need.action == permission.action)
                    .flat_map(|need| need.resources.iter().filter_map(|text| resource(text)))
                    .collect();
                own.is_empty()
                    || permission.resources.is_empty()
                    || own.iter().any(|own| {
                        let own = pattern(own);
                        permission.resources.iter().any(|other| overlap(&own, &pattern(other)))
                    })
            })
    }

    /// The call, for what no call site explains.
    ///
    /// - `package`, `targets`: the program
    fn call(&self, file: &str, package: &str, targets: Vec<String>) -> Call {
        let arguments = self.members.iter().flat_map(|(member, values)| {
            let member = snake_case(member);
            values
                .iter()
                .map(move |value| Argument::new(&member, value.clone(), Some(vec![Part::Text(value.clone())]), &member))
        });
        let rows: Vec<Need> = self.operation().into_iter().flat_map(Operation::needs).collect();
        let permissions = self.needs.as_ref().map(|needs| {
            let each = needs.iter().filter_map(|need| {
                let row = rows.iter().find(|row| row.action() == need.action)?;
                Some(Permission {
                    action: row.action(),
                    source: row.source(),
                    condition: row.condition().filter(|_| !need.is_certain),
                    is_certain: need.is_certain,
                    is_expected: need.is_certain || row.condition().is_some(),
                    is_granted: None,
                    is_dependent: row.is_dependent(),
                    resources: need.resources.iter().filter_map(|text| resource(text)).collect(),
                })
            });
            each.collect()
        });
        Call {
            file: file.to_owned(),
            line: self.line,
            column: self.column,
            span: self.span,
            package: package.to_owned(),
            targets,
            service: service(&self.service).map_or_else(|| self.service.clone(), |own| own.name().to_owned()),
            operation: self.operation.clone(),
            form: Form::Recorded,
            is_test: false,
            cfg: None,
            macro_name: None,
            origin: None,
            note: None,
            is_confirmed: true,
            is_recorded: Some(true),
            arguments: arguments.collect(),
            is_complete: false,
            permissions,
        }
    }
}

/// A resource of a recording; `None` if nothing is known about it.
fn resource(text: &str) -> Option<Resource> {
    use iam_policy_core::variable::Piece;
    if text == "*" {
        return Some(Resource {
            parts: vec![ResourcePart::Any],
        });
    }
    let mut parts = Vec::new();
    for piece in pieces(text) {
        parts.push(match piece {
            Piece::Text(text) | Piece::Unclosed(text) => ResourcePart::Text(text.to_owned()),
            Piece::Variable(variable) => match variable.key {
                "partition" => ResourcePart::Partition,
                "region" => ResourcePart::Region,
                "account" => ResourcePart::Account,
                _ => ResourcePart::Any,
            },
            _ => ResourcePart::Any,
        });
    }
    (parts != [ResourcePart::Any]).then_some(Resource { parts })
}

impl Calls {
    /// Adds what was seen while the programs ran.
    ///
    /// A recorded call confirms the call sites that it can come from: permissions that they only need in some cases are
    /// then needed for sure. Calls that no call site explains are added as [`Form::Recorded`]. Lines of programs that
    /// are not in the workspace are left out, with a warning.
    ///
    /// - `recording`: one of these programs, or of several
    pub fn merge(&mut self, recording: &Recording) {
        for call in self.calls.iter_mut().filter(|call| call.origin.is_none()) {
            call.is_recorded.get_or_insert(false);
        }
        let packages = self.packages.clone();
        let mut foreign: BTreeMap<&str, usize> = BTreeMap::new();
        let mut added: Vec<Call> = Vec::new();
        for recorded in &recording.calls {
            let Some((package, targets)) = program(&packages, &recorded.program) else {
                *foreign.entry(&recorded.program).or_default() += 1;
                continue;
            };
            let is_its = |call: &Call| call.package == package.name || package.depends_on.contains(&call.package);
            let mut is_explained = false;
            for site in self
                .calls
                .iter_mut()
                .filter(|site| is_its(site) && recorded.may_be(site))
            {
                is_explained = true;
                site.is_recorded = Some(true);
                if !site.is_test {
                    confirm(site, recorded, &mut self.values);
                }
            }
            let is_known = |other: &Call| {
                let call = recorded.call(&recording.name, &package.name, Vec::new());
                (&other.package, &other.service, &other.operation, &other.permissions)
                    == (&call.package, &call.service, &call.operation, &call.permissions)
            };
            if !is_explained && !added.iter().any(is_known) {
                added.push(recorded.call(&recording.name, &package.name, targets));
            }
        }
        if !added.is_empty() {
            self.texts.insert(recording.name.clone(), recording.text.clone());
            self.calls.append(&mut added);
        }
        self.warnings
            .extend(foreign_programs(&recording.name, &foreign, &packages));
    }

    /// The calls of the program that no recording has; none without recordings.
    pub fn unrecorded(&self) -> impl Iterator<Item = &Call> {
        let is_meant = |call: &&Call| !call.is_test && !matches!(call.form, Form::Mock | Form::Reference);
        self.calls
            .iter()
            .filter(is_meant)
            .filter(|call| call.is_recorded == Some(false))
    }
}

/// A warning about programs that are not in the workspace.
fn foreign_programs(file: &str, foreign: &BTreeMap<&str, usize>, packages: &[Searched]) -> Option<Diagnostic> {
    if foreign.is_empty() {
        return None;
    }
    let names: Vec<_> = foreign.keys().copied().collect();
    let count: usize = foreign.values().sum();
    let calls = if count == 1 {
        "1 call".to_owned()
    } else {
        format!("{count} calls")
    };
    let own: Vec<_> = packages.iter().map(|package| package.name.as_str()).collect();
    let warning = Diagnostic::new(
        Severity::Warning,
        format!(
            "`{file}` also has {calls} of {}, which is not part of this workspace",
            list(&names)
        ),
    );
    let warning = if own.is_empty() {
        warning
    } else {
        warning.note(format!("only calls of {} count", list(&own)))
    };
    Some(warning.help("record each program in a file of its own, or name the program with `Guard::program`"))
}

/// The package with this name, or with a target of this name.
fn program<'a>(packages: &'a [Searched], name: &str) -> Option<(&'a Searched, Vec<String>)> {
    if let Some(package) = packages.iter().find(|package| package.name == name) {
        return Some((package, package.targets.clone()));
    }
    packages.iter().find_map(|package| {
        let target = package
            .targets
            .iter()
            .find(|target| target.split_once(':').is_some_and(|(_, own)| own == name))?;
        Some((package, vec![target.clone()]))
    })
}

/// Notes at a call site what a recording shows: permissions that it needs, and values of arguments.
fn confirm(site: &mut Call, recorded: &Recorded, values: &mut BTreeMap<(String, String), BTreeSet<String>>) {
    let needs = recorded.needs.as_deref().unwrap_or_default();
    for permission in site.permissions.iter_mut().flatten() {
        if needs
            .iter()
            .any(|need| need.is_certain && need.action == permission.action)
        {
            (permission.is_certain, permission.is_expected) = (true, true);
            permission.condition = None;
        }
        for part in permission.resources.iter().flat_map(|resource| &resource.parts) {
            let ResourcePart::Argument { member, name } = part else {
                continue;
            };
            let known = recorded.members.iter().find(|(own, _)| snake_case(own) == *member);
            if let Some((path, [value])) = known.map(|(path, values)| (path, values.as_slice())) {
                let value = part_of_value(recorded, path, value);
                values
                    .entry((member.clone(), name.clone()))
                    .or_default()
                    .insert(value.to_owned());
            }
        }
    }
}

/// What of a member's value is in ARNs.
fn part_of_value<'v>(recorded: &Recorded, member: &str, value: &'v str) -> &'v str {
    let needs = recorded.operation().into_iter().flat_map(Operation::needs);
    let mut parts = needs.flat_map(Need::resources).flat_map(template_parts);
    let part = parts.find_map(|part| match part {
        TemplatePart::Member { path, part } if path == member => Some(part),
        _ => None,
    });
    part.map_or(value, |part| part.of(value))
}

/// The resources of a recorded call in general: what came from members of its input is an argument again.
///
/// Returns the values of the arguments as well, by member.
pub(crate) fn generalized(call: &Call, permission: &Permission) -> (Vec<Resource>, Vec<(String, String)>) {
    let operation = service(&call.service).and_then(|service| service.operation(&call.operation));
    let rows = operation.into_iter().flat_map(Operation::needs);
    let templates: Vec<&str> = rows
        .filter(|row| row.action() == permission.action)
        .flat_map(Need::resources)
        .collect();
    let (mut resources, mut values) = (Vec::new(), Vec::new());
    for concrete in &permission.resources {
        let general = templates
            .iter()
            .find_map(|template| of_template(call, template, concrete));
        let general = match general {
            Some((general, own)) => {
                values.extend(own);
                general
            }
            None => without_place(concrete),
        };
        if !resources.contains(&general) {
            resources.push(general);
        }
    }
    (resources, values)
}

/// A resource as an instance of a template, with the values of its members.
fn of_template(call: &Call, template: &str, concrete: &Resource) -> Option<(Resource, Vec<(String, String)>)> {
    let text: String = concrete.to_string();
    let arguments = |member: &str| {
        let member = snake_case(member);
        call.arguments.iter().filter(move |argument| argument.member == member)
    };
    if let Some(TemplatePart::Member { path, .. }) = only_member(template)
        && arguments(path).any(|argument| argument.text == text)
    {
        // The name in the ARN is what differs.
        let member = snake_case(path);
        let part = ResourcePart::Argument {
            member: member.clone(),
            name: member,
        };
        return Some((Resource { parts: vec![part] }, Vec::new()));
    }
    let own = Segments::of_arn(&text)?.arn()?;
    let mut rest = own.resource;
    let mut parts = place(&own);
    // Only the last segment is taken apart.
    let head = Segments::of_arn(template)?.arn()?;
    let mut values = Vec::new();
    for piece in template_parts(head.resource) {
        match piece {
            TemplatePart::Text(text) => {
                rest = rest.strip_prefix(text)?;
                push_text(&mut parts, text);
            }
            TemplatePart::Member { path, part } => {
                let member = snake_case(path);
                // The longest value that fits: names can start with other names.
                let candidates = arguments(path).map(|argument| part.of(&argument.text));
                let value = candidates
                    .filter(|value| rest.starts_with(value))
                    .max_by_key(|value| value.len());
                if let Some(value) = value {
                    rest = rest.strip_prefix(value)?;
                    values.push((member.clone(), value.to_owned()));
                    parts.push(ResourcePart::Argument {
                        member: member.clone(),
                        name: member,
                    });
                } else {
                    rest = rest.strip_prefix('*')?;
                    parts.push(ResourcePart::Any);
                }
            }
            _ => {
                rest = rest.strip_prefix('*')?;
                parts.push(ResourcePart::Any);
            }
        }
    }
    rest.is_empty().then_some((Resource { parts }, values))
}

/// The only member of a template, if it has one.
fn only_member(template: &str) -> Option<TemplatePart<'_>> {
    let mut members = template_parts(template).filter(|part| matches!(part, TemplatePart::Member { .. }));
    members.next().filter(|_| members.next().is_none())
}

/// A resource in any partition, Region and account.
fn without_place(concrete: &Resource) -> Resource {
    let text = concrete.to_string();
    let Some(arn) = Segments::of_arn(&text).and_then(|segments| segments.arn()) else {
        return concrete.clone();
    };
    let mut parts = place(&arn);
    push_text(&mut parts, arn.resource);
    Resource { parts }
}

/// The parts of the ARN before its resource.
fn place(arn: &Arn<'_>) -> Vec<ResourcePart> {
    let mut parts = vec![ResourcePart::Text("arn:".to_owned()), ResourcePart::Partition];
    push_text(&mut parts, &format!(":{}:", arn.service));
    if !arn.region.is_empty() {
        parts.push(ResourcePart::Region);
    }
    push_text(&mut parts, ":");
    match arn.account {
        "" => {}
        // AWS's own, such as that of managed policies.
        account if !is_account(account) && !account.starts_with('{') => push_text(&mut parts, account),
        _ => parts.push(ResourcePart::Account),
    }
    push_text(&mut parts, ":");
    parts
}

fn push_text(parts: &mut Vec<ResourcePart>, text: &str) {
    match parts.last_mut() {
        Some(ResourcePart::Text(last)) => last.push_str(text),
        _ => parts.push(ResourcePart::Text(text.to_owned())),
    }
}
