#![doc = include_str!("../README.md")]

use std::path::{Component, Path, PathBuf};

use iam_policy_spec::Source;
use iam_policy_spec::compile::{compile, constants};
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{Error, Lit, LitStr};

/// The maximum number of errors that are shown.
const SHOWN: usize = 20;

/// The placeholder for the path of the facade in the generated code. Names of constants contain no lower-case letters.
const FACADE: &str = "facade";

/// Expands to the constants of a spec. Users call it through `iam_policy::policies!`, which passes its own path before
/// the file's.
#[proc_macro]
pub fn policies(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    match Input::read(input.into()) {
        Ok(input) => expand(&input).into(),
        Err(error) => error.into_compile_error().into(),
    }
}

/// The paths of the facade and of the spec.
struct Input {
    krate: TokenTree,
    file: LitStr,
}

impl Input {
    fn read(input: TokenStream) -> syn::Result<Self> {
        let mut tokens = input.into_iter();
        let (Some(krate), Some(file)) = (tokens.next(), tokens.next()) else {
            let message = "missing path of the spec, such as `policies!(\"../policies.toml\")`";
            return Err(Error::new(Span::call_site(), message));
        };
        let span = file.span();
        let Some(file) = text(file) else {
            let message = "the path of the spec must be a string literal, such as `policies!(\"../policies.toml\")`";
            return Err(Error::new(span, message));
        };
        match tokens.next() {
            Some(more) => Err(Error::new(more.span(), "unexpected token after the path of the spec")),
            None => Ok(Self { krate, file }),
        }
    }
}

/// The string literal in `token`, possibly inside an invisible group, as passed by another macro.
fn text(token: TokenTree) -> Option<LitStr> {
    match token {
        TokenTree::Literal(literal) => match Lit::new(literal) {
            Lit::Str(text) => Some(text),
            _ => None,
        },
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            let mut inside = group.stream().into_iter();
            inside.next().filter(|_| inside.next().is_none()).and_then(text)
        }
        _ => None,
    }
}

fn expand(Input { krate, file }: &Input) -> TokenStream {
    let span = file.span();
    let path = resolve(span, &file.value());
    let source = match Source::decode(path.to_string_lossy(), std::fs::read(&path)) {
        Ok(source) => source,
        Err(unreadable) => {
            let unreadable = match elsewhere(span, &file.value()) {
                Some(help) => unreadable.help(help),
                None => unreadable,
            };
            return error(span, &unreadable.compile_error(None));
        }
    };
    let compiled = compile(&source);
    let errors = compiled.errors();
    let first = errors.get(..SHOWN).unwrap_or(&errors);
    let shown = first.iter().map(|mistake| error(span, &source.compile_error(mistake)));
    let more = errors.len().checked_sub(SHOWN).filter(|more| *more > 0);
    let more = more.map(|more| {
        let errors = if more == 1 { "error" } else { "errors" };
        error(span, &format!("`{}` has {more} more {errors}", source.name()))
    });
    let constants = code(&constants(&compiled.spec, FACADE));
    let constants = put(constants, FACADE, krate);
    let file = file.token();
    quote! {
        #(#shown)*
        #more
        #constants
        // Makes the compiler track changes to the file.
        const _: &[::core::primitive::u8] = ::core::include_bytes!(#file);
    }
}

/// Parses code into tokens. Its items are visible to the caller of the macro.
fn code(text: &str) -> TokenStream {
    text.parse().unwrap_or_else(|_| {
        let message = "the generated code is not valid Rust; this is a bug in iam-policy";
        error(Span::call_site(), message)
    })
}

/// Replaces each identifier `name` in `code` with `tree`.
fn put(code: TokenStream, name: &str, tree: &TokenTree) -> TokenStream {
    let replaced = |token| match token {
        TokenTree::Ident(ident) if ident == name => tree.clone(),
        TokenTree::Group(group) => {
            let mut inside = Group::new(group.delimiter(), put(group.stream(), name, tree));
            inside.set_span(group.span());
            inside.into()
        }
        other => other,
    };
    code.into_iter().map(replaced).collect()
}

fn error(span: Span, message: &str) -> TokenStream {
    quote_spanned!(span=> ::core::compile_error! { #message })
}

/// The path of the spec, which is relative to the file that calls the macro, as with `include_str!`.
fn resolve(span: Span, file: &str) -> PathBuf {
    tidy(&folder(span).join(file))
}

/// The folder of the file that calls the macro.
fn folder(span: Span) -> PathBuf {
    // Some versions of rust-analyzer do not know the file.
    let invoking = span.unwrap().local_file();
    match invoking.as_deref().and_then(Path::parent) {
        Some(folder) => folder.to_owned(),
        None => manifest().join("src"),
    }
}

/// The folder of the crate's manifest.
fn manifest() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .unwrap_or_default()
}

/// The help if the path is relative to the manifest instead.
fn elsewhere(span: Span, file: &str) -> Option<String> {
    let manifest = manifest();
    if resolve(span, file).exists() || !manifest.join(file).is_file() {
        return None;
    }
    let folder = std::path::absolute(folder(span)).unwrap_or_default();
    let below = folder.strip_prefix(&manifest).unwrap_or(Path::new(""));
    let up = "../".repeat(below.components().count());
    Some(format!("the path is relative to this file: write `{up}{file}`"))
}

/// Normalizes `a/src/../b` to `a/b`, as messages should show it.
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

    /// The texts of all string literals.
    fn texts(code: TokenStream) -> Vec<String> {
        let of_token = |token| match token {
            TokenTree::Group(group) => texts(group.stream()),
            other => text(other).into_iter().map(|text| text.value()).collect(),
        };
        code.into_iter().flat_map(of_token).collect()
    }

    #[test]
    fn texts_are_preserved() {
        let title = "\u{1}\t\"\\ \u{7f} e\u{301} \u{200b}\u{202e}\u{feff}\u{10ffff} 'facade' \"# /* */ //";
        let escaped = title.chars().map(|c| format!("\\U{:08X}", u32::from(c)));
        let escaped = escaped.collect::<Vec<_>>().concat();
        let spec = format!("[policy.facade]\ntitle = \"{escaped}\"\n");
        let (spec, _) = iam_policy_spec::read(&Source::new("policies.toml", spec));
        let facade = TokenTree::Ident(proc_macro2::Ident::new("renamed", Span::call_site()));
        let code = put(code(&constants(&spec, FACADE)), FACADE, &facade);
        let texts = texts(code.clone());
        assert!(texts.iter().any(|text| text == title), "{texts:?}");
        assert!(texts.iter().any(|text| text == "facade"), "{texts:?}");
        assert!(code.to_string().contains("pub const FACADE : renamed"), "{code}");
    }

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
