//! Findings about calls in SARIF.

use std::collections::BTreeMap;

use iam_policy_calls::{Calls, Judgement};
use iam_policy_check::Code;
use iam_policy_document::Diagnostic;

use crate::check::sarif::log;

/// What a comparison found, and the operations whose permissions are not known.
pub(super) fn render(calls: &Calls, judgement: Option<&Judgement>) -> String {
    let mut files: BTreeMap<&str, (&str, Vec<Diagnostic>)> = BTreeMap::new();
    let text = |file: &str| calls.text(file).unwrap_or_default();
    for (file, found) in judgement.into_iter().flat_map(|judgement| &judgement.code) {
        files
            .entry(file)
            .or_insert_with(|| (text(file), Vec::new()))
            .1
            .extend(found.iter().cloned());
    }
    for call in calls.unmapped().filter(|call| !call.is_test && call.origin.is_none()) {
        let message = format!("the permissions of `{}.{}` are not known", call.service, call.operation);
        let code = Code::UnmappedOperation;
        let finding = Diagnostic::new(code.severity(), message)
            .with_code(code.name())
            .at(call.span.0..call.span.1);
        files
            .entry(&call.file)
            .or_insert_with(|| (text(&call.file), Vec::new()))
            .1
            .push(finding);
    }
    for (source, found) in judgement.into_iter().flat_map(|judgement| &judgement.specs) {
        files
            .entry(source.name())
            .or_insert_with(|| (source.text(), Vec::new()))
            .1
            .extend(found.iter().cloned());
    }
    log(files
        .iter()
        .map(|(name, (text, found))| (*name, *text, found.as_slice())))
}
