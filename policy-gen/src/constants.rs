use policy_core::{
    Action, Attach, Condition, Effect, Extension, Parameter, Policy, Resource, Statement, Template, Trust, Waiver,
};
use policy_spec::{Spec, constant_name, with_policies};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// The constants of `spec`: one for each policy, with the explanation table in its documentation, and `ALL`.
///
/// - `spec`: also one with mistakes; its constants are then marked as incomplete, so that nothing that is asserted of them
///   adds a second error
/// - `krate`: the path by which the expansion reaches the facade, such as `$crate`
///
/// # Examples
///
/// ```
/// use policy_gen::constants;
/// use policy_spec::{Source, read};
///
/// let source = Source::new("policies.toml", r#"
/// [policy.build-user]
/// [[policy.build-user.statement]]
/// id        = "list"
/// reason    = "Finds the bucket."
/// actions   = ["s3:ListAllMyBuckets"]
/// resources = ["*"]
/// "#);
/// let (spec, _) = read(&source);
/// let tokens = constants(&spec, &quote::quote!(::iam_policy));
/// assert!(tokens.to_string().contains("pub const BUILD_USER"));
/// ```
#[must_use]
pub fn constants(spec: &Spec, krate: &TokenStream) -> TokenStream {
    let emitter = Emitter { krate };
    with_policies(spec, |policies| {
        let mut names: Vec<Ident> = Vec::new();
        let mut items = TokenStream::new();
        for policy in policies {
            let Some(name) = constant(policy.name).filter(|name| !names.contains(name)) else {
                continue;
            };
            let doc = documentation(policy);
            let mut value = emitter.policy(policy);
            if !spec.complete {
                value = quote!(#value.incomplete());
            }
            items.extend(quote! {
                #[doc = #doc]
                pub const #name: #krate::Policy<'static> = #value;
            });
            names.push(name);
        }
        let doc = "Every policy of the spec, in its order.";
        quote! {
            #items
            #[doc = #doc]
            pub const ALL: &[#krate::Policy<'static>] = &[#(#names),*];
        }
    })
}

/// The constant's name, if `name` makes one.
fn constant(name: &str) -> Option<Ident> {
    let name = Some(name).filter(|name| policy_core::text::is_name(name))?;
    Some(constant_name(name))
        .filter(|name| name != "ALL")
        .map(|name| Ident::new(&name, Span::call_site()))
}

/// Title, text and table, and those of every extension.
fn documentation(policy: &Policy<'_>) -> String {
    let mut doc = paragraphs(policy.title, policy.about, &policy.explanation().to_string());
    for extension in policy.extensions {
        let name = extension.name;
        let title = extension.heading();
        let heading = format!("\n# Extension `{name}`: {title}");
        doc.push_str(&paragraphs(
            &heading,
            extension.about,
            &extension.explanation().to_string(),
        ));
    }
    doc
}

fn paragraphs(title: &str, about: &str, table: &str) -> String {
    let mut text = String::new();
    for paragraph in [title, about, table]
        .into_iter()
        .filter(|paragraph| !paragraph.is_empty())
    {
        text.push_str(&plain_fences(paragraph));
        text.push_str("\n\n");
    }
    text
}

/// Says of each code block without a language that it is text, lest rustdoc take it for Rust.
fn plain_fences(markdown: &str) -> String {
    let mut inside = false;
    let mut lines: Vec<String> = Vec::new();
    for line in markdown.lines() {
        let fence = line.trim_start().starts_with("```");
        let bare = fence && line.trim() == "```" && !inside;
        inside ^= fence;
        lines.push(if bare { format!("{line}text") } else { line.to_owned() });
    }
    lines.join("\n")
}

/// Writes values of the constants' types as the calls that make them. What has its default is left out.
struct Emitter<'k> {
    krate: &'k TokenStream,
}

impl Emitter<'_> {
    fn policy(&self, policy: &Policy<'_>) -> TokenStream {
        let Self { krate } = self;
        let Policy {
            name,
            json,
            title,
            about,
            partitions,
            ..
        } = policy;
        let parameters = policy.parameters.iter().map(|parameter| self.parameter(parameter));
        let statements = policy.statements.iter().map(|statement| self.statement(statement));
        let extensions = policy.extensions.iter().map(|extension| self.extension(extension));
        let attach = self.attach(policy.attach);
        let mut tokens = quote! {
            #krate::Policy::new(#name, #json)
                .with_title(#title)
                .with_about(#about)
                .with_attach(&[#(#attach),*])
                .with_partitions(&[#(#partitions),*])
                .with_parameters(&[#(#parameters),*])
                .with_statements(&[#(#statements),*])
                .with_extensions(&[#(#extensions),*])
        };
        if let Some(trust) = &policy.trust {
            let trust = self.trust(trust);
            tokens.extend(quote!(.with_trust(::core::option::Option::Some(#trust))));
        }
        tokens
    }

    fn parameter(&self, parameter: &Parameter<'_>) -> TokenStream {
        let Self { krate } = self;
        let Parameter {
            name,
            default,
            about,
            allow_slash,
            ..
        } = parameter;
        quote!(#krate::Parameter::new(#name, #default).with_about(#about).with_allow_slash(#allow_slash))
    }

    fn extension(&self, extension: &Extension<'_>) -> TokenStream {
        let Self { krate } = self;
        let Extension { name, title, about, .. } = extension;
        let attach = self.attach(extension.attach);
        let statements = extension.statements.iter().map(|statement| self.statement(statement));
        quote! {
            #krate::Extension::new(#name)
                .with_title(#title)
                .with_about(#about)
                .with_attach(&[#(#attach),*])
                .with_statements(&[#(#statements),*])
        }
    }

    fn trust(&self, trust: &Trust<'_>) -> TokenStream {
        let Self { krate } = self;
        let Trust {
            services, json, about, ..
        } = trust;
        let conditions = trust.conditions.iter().map(|condition| self.condition(condition));
        quote! {
            #krate::Trust::new(&[#(#services),*], #json).with_about(#about).with_conditions(&[#(#conditions),*])
        }
    }

    fn attach(&self, attach: &[Attach]) -> Vec<TokenStream> {
        let Self { krate } = self;
        let variant = |kind: &Attach| Ident::new(&format!("{kind:?}"), Span::call_site());
        attach
            .iter()
            .map(variant)
            .map(|kind| quote!(#krate::Attach::#kind))
            .collect()
    }

    fn statement(&self, statement: &Statement<'_>) -> TokenStream {
        let Self { krate } = self;
        let Statement {
            id,
            sid,
            reason,
            partitions,
            ..
        } = statement;
        let mut tokens = quote!(#krate::Statement::new(#id, #sid));
        if statement.effect == Effect::Deny {
            tokens.extend(quote!(.with_effect(#krate::Effect::Deny)));
        }
        let actions = |actions: &[Action<'_>]| actions.iter().map(|action| self.action(action)).collect::<Vec<_>>();
        for (setter, actions) in [
            ("with_actions", actions(statement.actions)),
            ("with_not_actions", actions(statement.not_actions)),
        ] {
            tokens.extend(list(setter, &actions));
        }
        let resources = |resources: &[Resource<'_>]| {
            resources
                .iter()
                .map(|resource| self.resource(resource))
                .collect::<Vec<_>>()
        };
        for (setter, resources) in [
            ("with_resources", resources(statement.resources)),
            ("with_not_resources", resources(statement.not_resources)),
        ] {
            tokens.extend(list(setter, &resources));
        }
        let conditions: Vec<_> = statement
            .conditions
            .iter()
            .map(|condition| self.condition(condition))
            .collect();
        tokens.extend(list("with_conditions", &conditions));
        tokens.extend(list(
            "with_partitions",
            &partitions.iter().map(|name| quote!(#name)).collect::<Vec<_>>(),
        ));
        if !reason.is_empty() {
            tokens.extend(quote!(.with_reason(#reason)));
        }
        tokens.extend(optional("with_without", statement.without));
        tokens.extend(self.waivers(statement.waivers));
        tokens
    }

    fn action(&self, action: &Action<'_>) -> TokenStream {
        let Self { krate } = self;
        let pattern = action.pattern;
        let mut tokens = quote!(#krate::Action::new(#pattern));
        if !action.access.is_empty() {
            let access = action.access;
            tokens.extend(quote!(.with_access(#access)));
        }
        tokens.extend(optional("with_reason", action.reason));
        tokens.extend(optional("with_without", action.without));
        tokens.extend(self.waivers(action.waivers));
        tokens
    }

    fn resource(&self, resource: &Resource<'_>) -> TokenStream {
        let Self { krate } = self;
        let mut tokens = if resource.arn.source == resource.arn.text {
            let text = resource.arn.text;
            quote!(#krate::Resource::literal(#text))
        } else {
            let template = self.template(&resource.arn);
            quote!(#krate::Resource::new(#template))
        };
        let partitions: Vec<_> = resource.partitions.iter().map(|name| quote!(#name)).collect();
        tokens.extend(list("with_partitions", &partitions));
        tokens.extend(optional("with_reason", resource.reason));
        tokens.extend(optional("with_without", resource.without));
        tokens.extend(self.waivers(resource.waivers));
        tokens
    }

    fn condition(&self, condition: &Condition<'_>) -> TokenStream {
        let Self { krate } = self;
        let Condition { operator, key, values } = condition;
        let values = values.iter().map(|value| self.template(value));
        quote!(#krate::Condition { operator: #operator, key: #key, values: &[#(#values),*] })
    }

    fn template(&self, template: &Template<'_>) -> TokenStream {
        let Self { krate } = self;
        let Template { source, text } = template;
        quote!(#krate::Template { source: #source, text: #text })
    }

    fn waivers(&self, waivers: &[Waiver<'_>]) -> TokenStream {
        let Self { krate } = self;
        let waivers: Vec<_> = waivers
            .iter()
            .map(|Waiver { check, why }| quote!(#krate::Waiver { check: #check, why: #why }))
            .collect();
        list("with_waivers", &waivers)
    }
}

/// `.setter(&[…])`, or nothing where there is nothing to set.
fn list(setter: &str, elements: &[TokenStream]) -> TokenStream {
    if elements.is_empty() {
        return TokenStream::new();
    }
    let setter = Ident::new(setter, Span::call_site());
    quote!(.#setter(&[#(#elements),*]))
}

/// `.setter(Some(…))`, or nothing where there is nothing to set.
fn optional(setter: &str, text: Option<&str>) -> TokenStream {
    let Some(text) = text else { return TokenStream::new() };
    let setter = Ident::new(setter, Span::call_site());
    quote!(.#setter(::core::option::Option::Some(#text)))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use policy_spec::{Source, read};

    use super::*;

    /// The expansion of `spec`, a line for each item and each setter.
    fn expanded(spec: &str) -> String {
        let (spec, _) = read(&Source::new("policies.toml", spec));
        constants(&spec, &quote!(k))
            .to_string()
            .replace(" . with_", "\n    . with_")
            .replace("; # [", ";\n# [")
            .replace(" pub const", "\npub const")
    }

    fn check(spec: &str, expected: Expect) {
        expected.assert_eq(&expanded(spec));
    }

    const STATEMENT: &str = r#"
        [[policy.user.statement]]
        id        = "list"
        reason    = "Finds the bucket."
        actions   = ["s3:ListAllMyBuckets"]
        resources = ["*"]
    "#;

    #[test]
    fn what_has_its_default_is_left_out() {
        check(
            &format!("[policy.user]\n{STATEMENT}"),
            expect![[r##"
                # [doc = "| Sid | Permission | Scope | Reason |\n|---|---|---|---|\n| `List` | `s3:ListAllMyBuckets` | `*` | Finds the bucket. |\n\n"]
                pub const USER : k :: Policy < 'static > = k :: Policy :: new ("user" , "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Sid\": \"List\",\n      \"Effect\": \"Allow\",\n      \"Action\": [\n        \"s3:ListAllMyBuckets\"\n      ],\n      \"Resource\": [\n        \"*\"\n      ]\n    }\n  ]\n}\n")
                    . with_title ("")
                    . with_about ("")
                    . with_attach (& [])
                    . with_partitions (& ["aws"])
                    . with_parameters (& [])
                    . with_statements (& [k :: Statement :: new ("list" , "List")
                    . with_actions (& [k :: Action :: new ("s3:ListAllMyBuckets")])
                    . with_resources (& [k :: Resource :: literal ("*")])
                    . with_reason ("Finds the bucket.")])
                    . with_extensions (& []) ;
                # [doc = "Every policy of the spec, in its order."]
                pub const ALL : & [k :: Policy < 'static >] = & [USER] ;"##]],
        );
    }

    #[test]
    fn everything_that_a_spec_says() {
        check(
            r#"
                [parameters]
                team = { default = "red", about = "A team.", allow-slash = true }

                [policy.user]
                title      = "User"
                about      = "Attach it."
                attach     = ["inline-user", "service-control"]
                partitions = ["aws", "aws-cn"]

                [[policy.user.statement]]
                id         = "pass"
                sid        = "P"
                effect     = "Deny"
                reason     = "r"
                without    = "w"
                partitions = ["aws"]
                waive      = [{ check = "A", why = "a" }]
                actions    = [{ action = "iam:PassRole", reason = "r1", without = "w1", waive = [{ check = "B", why = "b" }] }]
                resources  = [
                  "arn:{partition}:iam::*:role/{team}/{{x}}",
                  { arn = "arn:aws:iam::*:role/r", partitions = ["aws"], reason = "r2", without = "w2", waive = [{ check = "C", why = "c" }] },
                ]
                condition.StringLike."aws:PrincipalTag/team" = ["{team}", "${aws:username}"]

                [[policy.user.statement]]
                id            = "else"
                reason        = "r"
                not-actions   = ["iam:*"]
                not-resources = ["*"]

                [policy.user.trust]
                services = ["lambda"]
                about    = "t"
                condition.Bool."aws:SecureTransport" = true

                [policy.user.extension.more]
                title  = "More"
                about  = "m"
                attach = ["managed"]

                [[policy.user.extension.more.statement]]
                id        = "more"
                reason    = "r"
                actions   = ["s3:GetObject"]
                resources = ["*"]
            "#,
            expect![[r##"
                # [doc = "User\n\nAttach it.\n\n| Sid | Permission | Scope | Reason |\n|---|---|---|---|\n| `P` | **denied:**<br>`iam:PassRole` | `arn:aws:iam::*:role/red/{x}`<br>the whole statement (only in `aws`)<br>if `aws:PrincipalTag/team` `StringLike` `red` or `${aws:username}` | r<br>*Without it:* w<br>*Accepted finding* `A`: a |\n| `P` | **denied:**<br>`iam:PassRole` | `arn:aws:iam::*:role/red/{x}`<br>the whole statement (only in `aws`)<br>if `aws:PrincipalTag/team` `StringLike` `red` or `${aws:username}` | r1<br>*Without it:* w1<br>*Accepted finding* `B` on `iam:PassRole`: b |\n| `P` | **denied:**<br>`iam:PassRole` | `arn:aws:iam::*:role/r` (only in `aws`)<br>the whole statement (only in `aws`)<br>if `aws:PrincipalTag/team` `StringLike` `red` or `${aws:username}` | r2<br>*Without it:* w2<br>*Accepted finding* `C` on `arn:aws:iam::*:role/r`: c |\n| `Else` | all actions except<br>`iam:*` | all resources except<br>`*` | r |\n\n\n# Extension `more`: More\n\nm\n\n| Sid | Permission | Scope | Reason |\n|---|---|---|---|\n| `More` | `s3:GetObject` | `*` | r |\n\n"]
                pub const USER : k :: Policy < 'static > = k :: Policy :: new ("user" , "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Sid\": \"P\",\n      \"Effect\": \"Deny\",\n      \"Action\": [\n        \"iam:PassRole\"\n      ],\n      \"Resource\": [\n        \"arn:aws:iam::*:role/red/{x}\",\n        \"arn:aws:iam::*:role/r\"\n      ],\n      \"Condition\": {\n        \"StringLike\": {\n          \"aws:PrincipalTag/team\": [\n            \"red\",\n            \"${aws:username}\"\n          ]\n        }\n      }\n    },\n    {\n      \"Sid\": \"Else\",\n      \"Effect\": \"Allow\",\n      \"NotAction\": [\n        \"iam:*\"\n      ],\n      \"NotResource\": [\n        \"*\"\n      ]\n    }\n  ]\n}\n")
                    . with_title ("User")
                    . with_about ("Attach it.")
                    . with_attach (& [k :: Attach :: InlineUser , k :: Attach :: ServiceControl])
                    . with_partitions (& ["aws" , "aws-cn"])
                    . with_parameters (& [k :: Parameter :: new ("team" , "red")
                    . with_about ("A team.")
                    . with_allow_slash (true)])
                    . with_statements (& [k :: Statement :: new ("pass" , "P")
                    . with_effect (k :: Effect :: Deny)
                    . with_actions (& [k :: Action :: new ("iam:PassRole")
                    . with_reason (:: core :: option :: Option :: Some ("r1"))
                    . with_without (:: core :: option :: Option :: Some ("w1"))
                    . with_waivers (& [k :: Waiver { check : "B" , why : "b" }])])
                    . with_resources (& [k :: Resource :: new (k :: Template { source : "arn:{partition}:iam::*:role/{team}/{{x}}" , text : "arn:aws:iam::*:role/red/{x}" }) , k :: Resource :: literal ("arn:aws:iam::*:role/r")
                    . with_partitions (& ["aws"])
                    . with_reason (:: core :: option :: Option :: Some ("r2"))
                    . with_without (:: core :: option :: Option :: Some ("w2"))
                    . with_waivers (& [k :: Waiver { check : "C" , why : "c" }])])
                    . with_conditions (& [k :: Condition { operator : "StringLike" , key : "aws:PrincipalTag/team" , values : & [k :: Template { source : "{team}" , text : "red" } , k :: Template { source : "${aws:username}" , text : "${aws:username}" }] }])
                    . with_partitions (& ["aws"])
                    . with_reason ("r")
                    . with_without (:: core :: option :: Option :: Some ("w"))
                    . with_waivers (& [k :: Waiver { check : "A" , why : "a" }]) , k :: Statement :: new ("else" , "Else")
                    . with_not_actions (& [k :: Action :: new ("iam:*")])
                    . with_not_resources (& [k :: Resource :: literal ("*")])
                    . with_reason ("r")])
                    . with_extensions (& [k :: Extension :: new ("more")
                    . with_title ("More")
                    . with_about ("m")
                    . with_attach (& [k :: Attach :: Managed])
                    . with_statements (& [k :: Statement :: new ("more" , "More")
                    . with_actions (& [k :: Action :: new ("s3:GetObject")])
                    . with_resources (& [k :: Resource :: literal ("*")])
                    . with_reason ("r")])])
                    . with_trust (:: core :: option :: Option :: Some (k :: Trust :: new (& ["lambda.amazonaws.com"] , "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Principal\": {\n        \"Service\": [\n          \"lambda.amazonaws.com\"\n        ]\n      },\n      \"Action\": [\n        \"sts:AssumeRole\"\n      ],\n      \"Condition\": {\n        \"Bool\": {\n          \"aws:SecureTransport\": [\n            \"true\"\n          ]\n        }\n      }\n    }\n  ]\n}\n")
                    . with_about ("t")
                    . with_conditions (& [k :: Condition { operator : "Bool" , key : "aws:SecureTransport" , values : & [k :: Template { source : "true" , text : "true" }] }]))) ;
                # [doc = "Every policy of the spec, in its order."]
                pub const ALL : & [k :: Policy < 'static >] = & [USER] ;"##]],
        );
    }

    #[test]
    fn a_spec_with_a_mistake_makes_constants_that_say_so() {
        let expansion = expanded(&format!("[policy.user]\ncolour = \"red\"\n{STATEMENT}"));
        assert_eq!(expansion.matches(". incomplete ()").count(), 1, "{expansion}");
    }

    #[test]
    fn names_that_make_no_constant_of_their_own_are_left_out() {
        let statement = |policy: &str| {
            format!(
                "[policy.{policy}]\n{}",
                STATEMENT.replace("policy.user", &format!("policy.{policy}"))
            )
        };
        let spec = ["a-b", "a_b", "all", "\"1\""].map(statement).concat();
        let expansion = expanded(&spec);
        assert_eq!(expansion.matches("pub const").count(), 2, "{expansion}");
        assert!(
            expansion.ends_with("pub const ALL : & [k :: Policy < 'static >] = & [A_B] ;"),
            "{expansion}"
        );
    }

    #[test]
    fn code_in_the_documentation_is_not_taken_for_rust() {
        assert_eq!(
            plain_fences("a\n```\ncode\n```\n\n```sh\ncode\n```\n  ```\n  x\n  ```"),
            "a\n```text\ncode\n```\n\n```sh\ncode\n```\n  ```text\n  x\n  ```"
        );
    }
}
