//! The procedural macro behind `iam_policy::policies!`: it finds the file and the places for messages. What a spec means and
//! becomes is decided in `policy-compile`.

mod literal;
mod tokens;

use std::path::{Component, Path, PathBuf};

use policy_compile::{compile, constants};
use policy_spec::Source;
use proc_macro::{Literal, Span, TokenStream, TokenTree};

use crate::tokens::{code, error, literal, put};

/// How many mistakes are shown at once.
const SHOWN: usize = 20;

/// Expands to the constants of a spec. Users call it through `iam_policy::policies!`, which passes its own path in front of
/// the file's.
#[proc_macro]
pub fn policies(input: TokenStream) -> TokenStream {
    match Input::parse(input) {
        Ok(input) => expand(input),
        Err(error) => error,
    }
}

/// The path of the facade and that of the spec.
struct Input {
    facade: TokenTree,
    file: Literal,
    path: String,
}

impl Input {
    /// - `Err`: the tokens that say what is wrong
    fn parse(input: TokenStream) -> Result<Self, TokenStream> {
        let mut input = input.into_iter();
        let (Some(facade), Some(file)) = (input.next(), input.next()) else {
            return Err(error(
                Span::call_site(),
                "name the spec: `policies!(\"../policies.toml\")`",
            ));
        };
        let span = file.span();
        let file = literal(file);
        let path = file.as_ref().and_then(|file| literal::value(&file.to_string()));
        let (Some(file), Some(path)) = (file, path) else {
            let message = "the path of a spec must be a string literal: `policies!(\"../policies.toml\")`";
            return Err(error(span, message));
        };
        if let Some(more) = input.next() {
            return Err(error(more.span(), "nothing follows the path of the spec"));
        }
        Ok(Self { facade, file, path })
    }
}

fn expand(Input { facade, file, path }: Input) -> TokenStream {
    let span = file.span();
    let path = resolve(span, &path);
    let source = match Source::decode(path.to_string_lossy(), std::fs::read(&path)) {
        Ok(source) => source,
        Err(message) => return error(span, &message),
    };
    let compiled = compile(&source);
    let errors = compiled.errors();
    let mut expansion = TokenStream::new();
    for mistake in errors.iter().take(SHOWN) {
        expansion.extend(error(span, &source.show(mistake).to_string()));
    }
    if let Some(more @ 1..) = errors.len().checked_sub(SHOWN) {
        expansion.extend(error(span, &format!("`{}` has {more} more mistakes", source.name())));
    }
    let constants = constants(&compiled.spec, "facade");
    expansion.extend(put(code(&constants), "facade", &facade));
    // The compiler looks at the file again when it has changed.
    let dependency = "const _: &[::core::primitive::u8] = ::core::include_bytes!(file);";
    expansion.extend(put(code(dependency), "file", &file.into()));
    expansion
}

/// The path of the spec: relative to the file that names it, as with `include_str!`.
fn resolve(span: Span, file: &str) -> PathBuf {
    // rust-analyzer does not always know the file.
    let invoking = span.local_file();
    let folder = match invoking.as_deref().and_then(Path::parent) {
        Some(folder) => folder.to_owned(),
        None => std::env::var_os("CARGO_MANIFEST_DIR")
            .map(PathBuf::from)
            .unwrap_or_default()
            .join("src"),
    };
    tidy(&folder.join(file))
}

/// `a/src/../b` as `a/b`, the way messages should show it.
fn tidy(path: &Path) -> PathBuf {
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
}
