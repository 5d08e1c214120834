#![doc = include_str!("../README.md")]

mod package;
mod place;

use iam_policy_document::Diagnostic;
use iam_policy_spec::Source;
use iam_policy_spec::compile::{compile, constants};
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{Error, Lit, LitStr};

use self::package::Package;
use self::place::{Place, tracked};

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
        let comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
        let mut tokens = tokens.peekable();
        let _ = tokens.next_if(comma);
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
    let written = file.value();
    let place = Place::new(span, &written);
    let package = Package::of(&place);
    let source = match read(&place, package.as_ref(), &written) {
        Ok(source) => source,
        Err(unreadable) => return error(span, &unreadable.compile_error(None)),
    };
    let warning = package.and_then(|package| {
        let message = package.will_lack(&place, &written)?;
        // The warning depends on the manifest, but Cargo does not build again for every change there.
        let manifest = tracked(&package.manifest(), "../Cargo.toml");
        let warning = deprecation(span, &message);
        Some(quote!(#warning const _: &::core::primitive::str = #manifest;))
    });
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
    let tracked = tracked(&place.path, &written);
    quote! {
        // The compiler reports this name if two calls are in one module, and says that modules do not belong into traits.
        mod each_call_of_policies_needs_a_module_of_its_own {}
        #(#shown)*
        #more
        #warning
        #constants
        // Makes the compiler track changes to the file.
        const _: &::core::primitive::str = #tracked;
    }
}

/// Reads a spec, or says what to write instead.
fn read(place: &Place, package: Option<&Package>, written: &str) -> Result<Source, Diagnostic> {
    if let Some(lacking) = package.and_then(|package| package.lacks(place, written)) {
        return Err(lacking);
    }
    Source::decode(place.path.to_string_lossy(), std::fs::read(&place.path)).map_err(|unreadable| {
        let package = package.filter(|_| !place.path.exists());
        match package.and_then(|package| package.help(place, written)) {
            Some(help) => unreadable.help(help),
            None => unreadable,
        }
    })
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

/// An item that makes the compiler warn. Macros cannot do that, but the use of something deprecated can.
fn deprecation(span: Span, message: &str) -> TokenStream {
    quote_spanned! {span=>
        const _: () = {
            #[deprecated(note = #message)]
            const SPEC_OUTSIDE_THE_PACKAGE: () = ();
            SPEC_OUTSIDE_THE_PACKAGE
        };
    }
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
}
