//! The report about how the sources were combined.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use iam_policy_catalog::{Action, Catalog};
use iam_policy_operations::SourceKind;

use crate::install::Requirement;
use crate::model::{Mapping, Service};

/// What sources disagree about, collected while they are combined.
#[derive(Debug, Default)]
pub(crate) struct Report {
    same: Vec<[String; 3]>,
    exceptions: Vec<[String; 4]>,
    reviewed: Vec<[String; 3]>,
    unmapped: Vec<[String; 2]>,
    roles: Vec<[String; 3]>,
}

fn code<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{}`", name.as_ref())).collect();
    if names.is_empty() {
        "nothing".to_owned()
    } else {
        names.join(", ")
    }
}

impl Report {
    /// An operation has an action of its name.
    pub(crate) fn same(
        &mut self,
        place: &str,
        action: Action,
        linked: &BTreeMap<String, (Action, String)>,
        listed: &BTreeMap<String, Action>,
    ) {
        let own = action.to_string();
        let others =
            |names: Vec<&String>| -> Vec<String> { names.into_iter().filter(|name| **name != own).cloned().collect() };
        let (linked, listed) = (others(linked.keys().collect()), others(listed.keys().collect()));
        if !linked.is_empty() {
            self.same.push([place.to_owned(), "link".to_owned(), code(linked)]);
        }
        if !listed.is_empty() {
            self.same
                .push([place.to_owned(), "iam-dataset".to_owned(), code(listed)]);
        }
    }

    /// The sources name several actions for an operation that has none of its name.
    pub(crate) fn exception(
        &mut self,
        place: &str,
        linked: &BTreeMap<String, (Action, String)>,
        listed: &BTreeMap<String, Action>,
        settled: &str,
    ) {
        self.exceptions.push([
            place.to_owned(),
            code(linked.keys()),
            code(listed.keys()),
            settled.to_owned(),
        ]);
    }

    /// A reviewed row replaces what the other sources say.
    pub(crate) fn reviewed(&mut self, place: &str, derived: &Mapping, reviewed: &Mapping) {
        let (old, new): (BTreeSet<_>, BTreeSet<_>) = (
            derived.actions().into_iter().collect(),
            reviewed.actions().into_iter().collect(),
        );
        if old != new || (*derived == Mapping::Unmapped) != (*reviewed == Mapping::Unmapped) {
            let old = match derived {
                Mapping::Unmapped => "unmapped".to_owned(),
                Mapping::Nothing(_) | Mapping::Needs(_) => code(old),
            };
            self.reviewed.push([place.to_owned(), old, code(new)]);
        }
    }

    /// An operation stays unmapped although a source names an action.
    pub(crate) fn unmapped(&mut self, place: &str, reason: &str) {
        self.unmapped.push([place.to_owned(), reason.to_owned()]);
    }

    /// iam-dataset says that a role is passed, and the reference does not.
    pub(crate) fn pass_role(&mut self, place: &str, member: Option<&str>, taken: bool) {
        let settled = if taken {
            "taken: the input has a role"
        } else {
            "not taken: the input has no role"
        };
        self.roles.push([place.to_owned(), code(member), settled.to_owned()]);
    }

    pub(crate) fn render(&self, packages: &[Requirement], catalog: Catalog, services: &[Service]) -> String {
        let mut out = String::from(
            "# How the sources were combined\n\nWritten by `cargo xtask operations`. Do not edit: the reviewed rows are in \
             `overrides.toml`.\n\n| source | version | date |\n|---|---|---|\n",
        );
        for package in packages {
            let _ = writeln!(out, "| {} | {} | {} |", package.name, package.version, package.date);
        }
        let _ = writeln!(out, "| the catalogue | {} | {} |", catalog.version(), catalog.date());
        totals(&mut out, services);
        table(
            &mut out,
            "Reviewed rows that differ",
            "What the other sources say about operations whose row was reviewed by hand. The reviewed row is used.",
            ["operation", "other sources", "reviewed"],
            &self.reviewed,
        );
        table(
            &mut out,
            "Operations with an action of their name",
            "Sources that name other actions as well. The action of the same name is used: the others are alternatives, such as the \
             action on another version of the resource, or of 2022.",
            ["operation", "source", "other actions"],
            &self.same,
        );
        table(
            &mut out,
            "Operations without an action of their name",
            "Where links in AWS's reference and iam-dataset name different actions, or several.",
            ["operation", "links", "iam-dataset", "settled"],
            &self.exceptions,
        );
        table(
            &mut out,
            "Roles",
            "Operations for which iam-dataset lists `iam:PassRole` and AWS's reference does not.",
            ["operation", "member", "settled"],
            &self.roles,
        );
        table(
            &mut out,
            "Unmapped on purpose",
            "",
            ["operation", "reason"],
            &self.unmapped,
        );
        rest(&mut out, services);
        out
    }
}

fn totals(out: &mut String, services: &[Service]) {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut total = 0;
    for (_, mapping) in services.iter().flat_map(|service| &service.operations) {
        total += 1;
        let kind = match (mapping, mapping.kind()) {
            (Mapping::Nothing(source), _) if source.kind == SourceKind::Unsigned => {
                "no permission: requests are not signed with IAM credentials"
            }
            (Mapping::Nothing(_), _) => "no permission: reviewed by hand",
            (_, None) => "unmapped",
            (_, Some(SourceKind::Reviewed)) => "reviewed by hand",
            (_, Some(SourceKind::Linked)) => "linked from the action",
            (_, Some(SourceKind::Dataset)) => "iam-dataset",
            (_, Some(_)) => "action of the same name",
        };
        *kinds.entry(kind).or_default() += 1;
    }
    let _ = write!(
        out,
        "\n{total} operations of {} services:\n\n| mapped by | operations |\n|---|---|\n",
        services.len(),
    );
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    for (kind, count) in kinds {
        let _ = writeln!(out, "| {kind} | {count} |");
    }
}

fn table<const COLUMNS: usize>(
    out: &mut String,
    title: &str,
    text: &str,
    head: [&str; COLUMNS],
    rows: &[[String; COLUMNS]],
) {
    if rows.is_empty() {
        return;
    }
    let _ = write!(out, "\n## {title}\n\n");
    if !text.is_empty() {
        let _ = write!(out, "{text}\n\n");
    }
    let _ = write!(out, "| {} |\n|{}\n", head.join(" | "), "---|".repeat(COLUMNS));
    for row in rows {
        let _ = writeln!(out, "| {} |", row.join(" | "));
    }
}

fn rest(out: &mut String, services: &[Service]) {
    out.push_str(
        "\n## Unmapped\n\nNo source says what these operations need.\n\n| service | operations |\n|---|---|\n",
    );
    for service in services {
        let names = service
            .operations
            .iter()
            .filter(|(_, mapping)| *mapping == Mapping::Unmapped);
        let names: Vec<&str> = names.map(|(name, _)| name.as_str()).collect();
        if !names.is_empty() {
            let which = if names.len() == service.operations.len() {
                format!("all {}", names.len())
            } else {
                names.join(", ")
            };
            let _ = writeln!(out, "| {} | {which} |", service.client);
        }
    }
}
