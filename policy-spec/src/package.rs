use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Returns whether a package cannot be published.
///
/// - `manifest`: the contents of its `Cargo.toml`
/// - `outer`: the contents of the `Cargo.toml` in each outer folder, the nearest first. One of them may be that of the
///   workspace, from which the package can inherit
///
/// Source: The Cargo Book, "The Manifest Format", "The publish field" and "The version field".
///
/// # Examples
///
/// ```
/// use iam_policy_spec::is_private;
///
/// assert!(is_private("[package]\nname = \"a\"\nversion = \"1.0.0\"\npublish = false", []));
/// assert!(!is_private("[package]\nname = \"a\"\nversion = \"1.0.0\"", []));
/// ```
#[must_use]
pub fn is_private(manifest: &str, outer: impl IntoIterator<Item = String>) -> bool {
    let (manifest, _) = DeTable::parse_recoverable(manifest);
    let Some(DeValue::Table(package)) = manifest.get_ref().get("package").map(Spanned::get_ref) else {
        return false;
    };
    match package.get("publish").map(Spanned::get_ref) {
        // Without a version, Cargo does not publish by default.
        None => !package.contains_key("version"),
        Some(DeValue::Table(_)) => outer
            .into_iter()
            .find_map(|outer| inherited(&outer))
            .unwrap_or_default(),
        Some(publish) => forbids(publish),
    }
}

/// Whether a workspace forbids to publish its packages; `None` if the manifest is not that of a workspace.
fn inherited(manifest: &str) -> Option<bool> {
    let (manifest, _) = DeTable::parse_recoverable(manifest);
    let DeValue::Table(workspace) = manifest.get_ref().get("workspace")?.get_ref() else {
        return None;
    };
    let Some(DeValue::Table(package)) = workspace.get("package").map(Spanned::get_ref) else {
        return Some(false);
    };
    Some(package.get("publish").is_some_and(|publish| forbids(publish.get_ref())))
}

/// Whether the value of `publish` is `false` or an empty list of registries.
fn forbids(publish: &DeValue<'_>) -> bool {
    match publish {
        DeValue::Boolean(publish) => !publish,
        DeValue::Array(registries) => registries.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_that_cannot_be_published() {
        let workspace = |publish: &str| {
            let inner = "[package]\nname = \"inner\"".to_owned();
            vec![inner, format!("[workspace]\n[workspace.package]\n{publish}")]
        };
        let with = |publish: &str, outer| is_private(&format!("[package]\nversion = \"1.0.0\"\n{publish}"), outer);
        for (publish, private) in [
            ("", false),
            ("publish = false", true),
            ("publish = true", false),
            ("publish = []", true),
            ("publish = [\"crates-io\"]", false),
        ] {
            assert_eq!(with(publish, vec![]), private, "{publish}");
            assert_eq!(
                with("publish.workspace = true", workspace(publish)),
                private,
                "{publish}"
            );
        }
        assert!(!with("publish.workspace = true", vec![]));
        assert!(!with("publish.workspace = true", vec!["[workspace]".to_owned()]));
        assert!(is_private("[package]\nname = \"a\"", vec![]));
        assert!(!is_private("[package]\npublish = true", vec![]));
        assert!(!is_private("not a manifest", vec![]));
    }
}
