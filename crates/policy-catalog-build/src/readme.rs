//! The table of facts about the data in the catalogue's README.

use crate::built::Built;

const START: &str = "<!-- data -->\n";
const END: &str = "<!-- /data -->";

/// Replaces the table between the two marks; `None` if they are missing.
pub(crate) fn fill(readme: &str, built: &Built) -> Option<String> {
    let (before, rest) = readme.split_once(START)?;
    let (_, after) = rest.split_once(END)?;
    let [services, actions, resource_types, condition_keys] = built.counts.map(grouped);
    let (older, older_date) = built
        .dependent_actions
        .as_ref()
        .map_or(("none", ""), |(version, date)| (version, date));
    let table = [
        "| the data | |".to_owned(),
        "|---|---|".to_owned(),
        format!("| source | `{}` {} |", built.package, built.version),
        format!("| date | {} |", built.date),
        format!("| dependent actions | from {older}, {older_date} |"),
        format!("| services | {services} |"),
        format!("| actions | {actions} |"),
        format!("| resource types | {resource_types} |"),
        format!("| condition keys | {condition_keys} |"),
        format!("| embedded | {} bytes |", grouped(built.catalog.len())),
        format!("| descriptions | {} bytes |", grouped(built.descriptions.len())),
    ];
    Some(format!("{before}{START}{}\n{END}{after}", table.join("\n")))
}

/// A number with commas between thousands.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
