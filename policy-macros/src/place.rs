//! Where a spec is: the file that a call of the macro means, and how the compiler tracks exactly that file.

use std::env;
use std::path::{Component, Path, PathBuf};

use proc_macro2::{Span, TokenStream};
use quote::quote;

/// The variable that holds the folder of the manifest of the package that is compiled.
const MANIFEST_DIR: &str = "CARGO_MANIFEST_DIR";

/// The place of a spec.
pub(crate) struct Place {
    /// The folder of the file that contains the path, which need not be the file that calls the macro: a `macro_rules!`
    /// can contain the path.
    pub(crate) folder: PathBuf,
    /// The path of the spec for messages. It is relative if the compiler was given relative paths.
    pub(crate) path: PathBuf,
}

impl Place {
    /// The place of the spec at `file`, which is relative to the file that contains `span`.
    pub(crate) fn new(span: Span, file: &str) -> Self {
        // Some versions of rust-analyzer do not know the file.
        let invoking = span.unwrap().local_file();
        let folder = match invoking.as_deref().and_then(Path::parent) {
            Some(folder) => folder.to_owned(),
            None => manifest().join("src"),
        };
        let path = tidy(&folder.join(file));
        Self { folder, path }
    }

    /// The folder of the package that contains the calling file: the one that is compiled, or the one whose macro
    /// contains the path.
    pub(crate) fn package(&self) -> Option<PathBuf> {
        let folder = absolute(&self.folder)?;
        let manifest = manifest();
        if !manifest.as_os_str().is_empty() && folder.starts_with(&manifest) {
            return Some(manifest);
        }
        let mut folders = folder.ancestors();
        folders
            .find(|folder| folder.join("Cargo.toml").is_file())
            .map(Path::to_owned)
    }
}

/// An expression that includes a file, so that the compiler tracks it.
///
/// `include_str!` resolves a relative path from the outermost macro call, and through symbolic links. Only an absolute
/// path is certain to be the one that was read. Within the package it is absolute only once it has been expanded, so that
/// the generated code does not depend on where the package is.
///
/// - `path`: the path of the file
/// - `written`: what to include if that path cannot be written as a literal
pub(crate) fn tracked(path: &Path, written: &str) -> TokenStream {
    let absolute = absolute(path).unwrap_or_default();
    match (within(&absolute, &manifest()), absolute.to_str()) {
        (Some(inside), _) => quote! {
            ::core::include_str!(::core::concat!(::core::env!(#MANIFEST_DIR), "/", #inside))
        },
        (None, Some(path)) if !path.is_empty() => quote!(::core::include_str!(#path)),
        _ => quote!(::core::include_str!(#written)),
    }
}

/// The folder of the manifest of the package that is compiled.
fn manifest() -> PathBuf {
    env::var_os(MANIFEST_DIR).map(PathBuf::from).unwrap_or_default()
}

/// The path from `folder` to `path` with `/` as the separator, if `path` is inside. The folder may be given through a
/// symbolic link.
fn within(path: &Path, folder: &Path) -> Option<String> {
    if folder.as_os_str().is_empty() {
        return None;
    }
    let inside = path.strip_prefix(folder).map(Path::to_owned);
    let inside = inside.or_else(|_| {
        let real = folder.canonicalize().unwrap_or_default();
        path.strip_prefix(real).map(Path::to_owned)
    });
    slashed(&inside.ok()?)
}

/// A relative path with `/` as the separator.
pub(crate) fn slashed(path: &Path) -> Option<String> {
    let names: Option<Vec<&str>> = path.components().map(|name| name.as_os_str().to_str()).collect();
    Some(names?.join("/"))
}

/// The absolute path, normalized.
pub(crate) fn absolute(path: &Path) -> Option<PathBuf> {
    std::path::absolute(path).ok().map(|path| tidy(&path))
}

/// Normalizes `a/src/../b` to `a/b`, as a package is published: without symbolic links.
pub(crate) fn tidy(path: &Path) -> PathBuf {
    let mut tidied = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(tidied.components().next_back(), Some(Component::Normal(_))) => {
                tidied.pop();
            }
            other => tidied.push(other),
        }
    }
    tidied
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_tidied() {
        for (path, tidied) in [
            ("a/src/../b", "a/b"),
            ("./a", "a"),
            ("../../a", "../../a"),
            ("/../a", "/../a"),
        ] {
            assert_eq!(tidy(Path::new(path)), Path::new(tidied));
        }
    }

    /// The code that tracks a file is the same in every checkout.
    #[test]
    fn tracking_does_not_depend_on_the_checkout() {
        let tracked = |path: PathBuf| tracked(&path, "../policies.toml").to_string();
        let inside = tracked(manifest().join("config/policies.toml"));
        assert!(
            inside.contains(r#"(:: core :: env ! ("CARGO_MANIFEST_DIR") , "/" , "config/policies.toml")"#),
            "{inside}"
        );
        assert_eq!(
            tracked(PathBuf::from("/elsewhere/policies.toml")),
            r#":: core :: include_str ! ("/elsewhere/policies.toml")"#
        );
    }
}
