use proc_macro::{Delimiter, Group, Literal, Span, TokenStream, TokenTree};

/// Code as tokens. What is declared in it can be seen from where the macro is called.
pub(crate) fn code(text: &str) -> TokenStream {
    text.parse().unwrap_or_else(|_| {
        error(
            Span::call_site(),
            "the expansion is not Rust, which is a bug of iam-policy",
        )
    })
}

/// `code` with `tree` in place of each identifier that is called `name`.
pub(crate) fn put(code: TokenStream, name: &str, tree: &TokenTree) -> TokenStream {
    let replaced = |token| match token {
        TokenTree::Ident(ident) if ident.to_string() == name => tree.clone(),
        TokenTree::Group(group) => {
            let mut inside = Group::new(group.delimiter(), put(group.stream(), name, tree));
            inside.set_span(group.span());
            inside.into()
        }
        other => other,
    };
    code.into_iter().map(replaced).collect()
}

/// The literal that `token` is, also where another macro passes it on.
pub(crate) fn literal(token: TokenTree) -> Option<Literal> {
    match token {
        TokenTree::Literal(literal) => Some(literal),
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            let mut inside = group.stream().into_iter();
            inside.next().filter(|_| inside.next().is_none()).and_then(literal)
        }
        _ => None,
    }
}

/// Makes the compiler say `message` at `span`.
pub(crate) fn error(span: Span, message: &str) -> TokenStream {
    let mut message = Literal::string(message);
    message.set_span(span);
    let argument = Group::new(Delimiter::Brace, TokenTree::from(message).into());
    let call = code("::core::compile_error!").into_iter().chain([argument.into()]);
    call.map(|mut token: TokenTree| {
        token.set_span(span);
        token
    })
    .collect()
}
