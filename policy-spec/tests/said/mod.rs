use iam_policy_spec::{Source, read};

/// All diagnostics of `spec`.
pub(crate) fn said(spec: &str) -> String {
    let source = Source::new("policies.toml", spec);
    let (spec, diagnostics) = read(&source);
    assert_eq!(spec.complete, diagnostics.is_empty());
    let shown: Vec<_> = diagnostics
        .iter()
        .map(|diagnostic| format!("{}\n\n", source.show(diagnostic)))
        .collect();
    shown.concat()
}
