//! Sizes: a policy must fit every attachment kind it lists, in each of its partitions.

use std::ops::Range;

use iam_policy_core::text::Grouped;
use iam_policy_core::{AttachmentKind, Options, ParameterKind, RenderError};
use iam_policy_document::sort_by_place;

use super::Checker;
use crate::lower::{rule, with_unrendered};
use crate::mistake::mistake;
use crate::model;
use crate::model::{Policy, Spanned, Spec};
use crate::wording::list;

/// How many of the largest statements a message lists.
const NAMED: usize = 3;

impl Checker<'_> {
    pub(super) fn sizes(&mut self, spec: &Spec) {
        // Without a quota there is nothing to measure.
        if !spec.policies.iter().any(is_limited) {
            return;
        }
        with_unrendered(spec, |lowered| {
            self.unlimited(spec, lowered);
            for (policy, lowered) in spec.policies.iter().zip(lowered) {
                self.policy_size(policy, lowered);
                self.trust_size(policy, lowered);
            }
        });
    }

    /// Every parameter on which a limited size depends must have a limit.
    fn unlimited(&mut self, spec: &Spec, lowered: &[iam_policy_core::Policy<'_>]) {
        for parameter in &spec.parameters {
            let rule = rule(parameter);
            let is_list = rule.kind == ParameterKind::List;
            let needs_length = rule.longest().is_none();
            let needs_items = is_list && rule.max_items.is_none();
            if parameter.default.is_some() || parameter.is_broken || !(needs_length || needs_items) {
                continue;
            }
            let mut policies = spec.policies.iter().zip(lowered);
            let depends = policies.find(|(policy, lowered)| has_attach(policy) && depends_on(lowered, rule.name));
            let Some((policy, _)) = depends else { continue };
            let (key, help) = match (needs_length, needs_items) {
                (true, true) => (
                    "`max-length` or `max-items`",
                    "add `max-length = …` and `max-items = …`",
                ),
                (true, false) => ("`max-length`", "add `max-length = …`"),
                (false, _) => ("`max-items`", "add `max-items = …`"),
            };
            let message = format!(
                "the size of the policy `{}` depends on the parameter `{}`, which has no default and no {key}",
                policy.name.value, rule.name
            );
            let help = format!("{help}, or a `default`");
            self.report_absence(mistake(parameter.name.span.clone(), message).help(help));
        }
    }

    /// Measures the policy alone, with each extension, and with all extensions that share an attachment kind. Once
    /// something is too large, larger combinations are not measured.
    fn policy_size(&mut self, policy: &Policy, lowered: &iam_policy_core::Policy<'_>) {
        let mut too_long = Vec::new();
        for kind in &policy.attach {
            if self.fits(policy, lowered, kind, &[]) == Fit::TooLong {
                too_long.push(kind.value);
            }
        }
        let kinds = |extension: &model::Extension| {
            if extension.attach.is_empty() {
                policy.attach.clone()
            } else {
                extension.attach.clone()
            }
        };
        for extension in &policy.extensions {
            for kind in kinds(extension) {
                if !too_long.contains(&kind.value)
                    && self.fits(policy, lowered, &kind, &[&extension.name.value]) == Fit::TooLong
                {
                    too_long.push(kind.value);
                }
            }
        }
        for kind in AttachmentKind::ALL.iter().filter(|kind| !too_long.contains(kind)) {
            let mut place = None;
            let mut together = Vec::new();
            for extension in &policy.extensions {
                if let Some(own) = kinds(extension).into_iter().find(|own| own.value == *kind) {
                    together.push(extension.name.value.as_str());
                    place = Some(own);
                }
            }
            if let (Some(place), [_, _, ..]) = (place, together.as_slice()) {
                self.fits(policy, lowered, &place, &together);
            }
        }
    }

    fn fits(
        &mut self,
        policy: &Policy,
        lowered: &iam_policy_core::Policy<'_>,
        kind: &Spanned<AttachmentKind>,
        extensions: &[&str],
    ) -> Fit {
        let mut largest: Option<(usize, Options<'_>)> = None;
        for options in forms(policy, lowered) {
            let options = options.extensions(extensions);
            // If several forms have the same size, the first is reported.
            if let Some(size) = lowered.measure(options)
                && largest.is_none_or(|(most, _)| size > most)
            {
                largest = Some((size, options));
            }
        }
        let Some((size, options)) = largest.filter(|(size, _)| *size > kind.value.quota()) else {
            return Fit::Fits;
        };
        let with = match extensions {
            [] => String::new(),
            [only] => format!(" with the extension `{only}`"),
            several => format!(" with the extensions {}", list(several)),
        };
        let (quota, attach) = (kind.value.quota(), kind.value);
        let message = format!(
            "the policy `{}`{with} has {} characters, {} more than the quota of {} for `{attach}`",
            policy.name.value,
            Grouped(size),
            Grouped(size - quota),
            Grouped(quota),
        );
        let partition = options.partition.unwrap_or_default();
        let environment = options.environment.map_or(String::new(), |environment| {
            format!(" and the environment `{}`", environment.name)
        });
        let diagnostic = mistake(kind.span.clone(), message)
            .note(format!(
                "measured in the partition `{partition}`{environment}, not counting white space outside strings"
            ))
            .note(format!(
                "its largest statements: {}",
                largest_statements(lowered, options)
            ));
        self.report(match extensions {
            [] => diagnostic.help(format!("shorten the policy, or remove `{attach}` from its `attach`")),
            _ => diagnostic.help(format!(
                "shorten it, or give the extension an `attach` without `{attach}`"
            )),
        });
        Fit::TooLong
    }

    fn trust_size(&mut self, policy: &Policy, lowered: &iam_policy_core::Policy<'_>) {
        let Some(trust) = &policy.trust else { return };
        let span: Range<usize> = trust.span.clone();
        for options in forms(policy, lowered) {
            if let Err(error @ RenderError::TrustTooLong { .. }) = lowered.render_trust(options) {
                self.report(mistake(span, error.to_string()).help("shorten it"));
                return;
            }
        }
    }
}

/// Every form of the policy that is generated: in each partition, with the defaults and in each environment.
fn forms<'l>(policy: &Policy, lowered: &iam_policy_core::Policy<'l>) -> Vec<Options<'l>> {
    let mut forms = Vec::new();
    for &partition in &policy.partitions {
        let options = Options::GENERATED.partition(partition);
        forms.push(options);
        for environment in lowered.environments {
            forms.push(options.environment(*environment));
        }
    }
    forms
}

fn is_limited(policy: &Policy) -> bool {
    has_attach(policy) || policy.trust.is_some()
}

fn has_attach(policy: &Policy) -> bool {
    !policy.attach.is_empty() || policy.extensions.iter().any(|extension| !extension.attach.is_empty())
}

/// Whether the policy with all of its extensions depends on a parameter, in any partition.
fn depends_on(policy: &iam_policy_core::Policy<'_>, parameter: &str) -> bool {
    let mut extensions = Vec::new();
    for extension in policy.extensions {
        extensions.push(extension.name);
    }
    policy.partitions.iter().any(|&partition| {
        let options = Options::DEFAULT.partition(partition).extensions(&extensions);
        policy.render_unchecked(options).uses(parameter)
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    Fits,
    TooLong,
}

fn largest_statements(policy: &iam_policy_core::Policy<'_>, options: Options<'_>) -> String {
    let mut sizes: Vec<(usize, &str)> = Vec::new();
    for (statement, size) in policy.statement_sizes(options) {
        sizes.push((size, statement.id));
    }
    // Largest first.
    sort_by_place(&mut sizes, |(size, _)| usize::MAX - size);
    sizes.truncate(NAMED);
    let mut named = Vec::new();
    for (size, id) in sizes {
        named.push(format!("`{id}` ({})", Grouped(size)));
    }
    named.join(", ")
}
