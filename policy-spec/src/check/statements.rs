//! Statements: reasons, actions, resources, partitions.

use iam_policy_core::template::PARTITION;
use iam_policy_core::{Arn, ArnError, Partition, Segment, Segments, text, wildcard};
use iam_policy_document::ResourceOfUrl;

use super::Checker;
use crate::keys::Choices;
use crate::malformed;
use crate::mistake::mistake;
use crate::model::{Action, Condition, Policy, Resource, Spanned, Statement, is_in};
use crate::wording::list;

impl Checker<'_> {
    pub(super) fn statements(&mut self, policy: &Policy) {
        for statement in policy.all_statements() {
            self.reasons(statement);
            self.principals(statement, policy);
            for action in statement.actions.iter().chain(&statement.not_actions) {
                self.action(action);
            }
            for resource in statement.resources.iter().chain(&statement.not_resources) {
                self.resource(resource, statement, policy);
            }
            self.conditions(&statement.conditions);
            self.partitions(statement, policy);
        }
        self.policy_partitions(policy);
    }

    /// Every partition must have statements.
    fn policy_partitions(&mut self, policy: &Policy) {
        let mut bare: Vec<&str> = Vec::new();
        for &partition in &policy.partitions {
            let applies = |statement: &Statement| is_in(&statement.partitions, partition);
            if !policy.statements.iter().any(applies) {
                bare.push(partition.name());
            }
        }
        if !bare.is_empty() && !policy.statements.is_empty() {
            let partitions = if bare.len() == 1 { "partition" } else { "partitions" };
            let message = format!(
                "the policy `{}` has no statements in the {partitions} {}",
                policy.name.value,
                list(bare)
            );
            self.report(
                mistake(policy.name.span.clone(), message).help("add some, or shorten the policy's `partitions`"),
            );
        }
    }

    /// Every action and every resource needs a reason.
    fn reasons(&mut self, statement: &Statement) {
        if statement.reason.is_some() {
            return;
        }
        let mut bare: Vec<&str> = Vec::new();
        for action in statement.action_key().1 {
            if action.reason.is_none() {
                bare.push(&action.pattern.value);
            }
        }
        for resource in statement.resource_key().1 {
            if resource.reason.is_none() {
                bare.push(&resource.arn.source.value);
            }
        }
        if !bare.is_empty() {
            self.report_absence(
                mistake(
                    statement.id.span.clone(),
                    format!("no reason is given for {}", list(bare)),
                )
                .help("add `reason = \"…\"` to the statement, or to each of these"),
            );
        }
    }

    fn action(&mut self, action: &Action) {
        let pattern = &action.pattern;
        let name = &pattern.value;
        if self.characters(pattern)
            || text::is_action(name)
            || malformed::is_accepted(malformed::of_action(name), &action.waivers)
        {
            return;
        }
        let diagnostic = mistake(pattern.span.clone(), format!("`{name}` is not an action"));
        let with_colon = name.replacen(['.', '/'], ":", 1);
        self.report(if name.contains(['{', '}']) {
            diagnostic.help("placeholders are only allowed in resources, condition values and prose")
        } else if text::is_action(&with_colon) {
            diagnostic.did_you_mean(Some(&with_colon))
        } else if name
            .split_once(':')
            .is_some_and(|(service, _)| wildcard::is_pattern(service))
        {
            diagnostic.help("the service cannot contain wildcards; to match every action of every service, write `*`")
        } else {
            diagnostic.help("write an action as `service:Name`, such as `s3:GetObject`")
        });
    }

    fn resource(&mut self, resource: &Resource, statement: &Statement, policy: &Policy) {
        let source = &resource.arn.source;
        let text = resource.arn.checked();
        if self.characters(source)
            || text == "*"
            || text.is_empty()
            || malformed::is_accepted(malformed::of_arn(text), &resource.waivers)
        {
            return;
        }
        match Arn::parse(text) {
            Ok(arn) if !self.is_known_partition(source, arn.partition) => {}
            Ok(_) => self.arn_partition(source, &[&statement.partitions, &resource.partitions], policy),
            Err(error) => {
                let span = match error {
                    ArnError::WildcardInService => self.segment(source, Segment::Service),
                    _ => source.span.clone(),
                };
                let diagnostic = mistake(span, error.to_string());
                let url = ResourceOfUrl::read(&source.value);
                self.report(match (error, url) {
                    (ArnError::WildcardInService, _) => diagnostic.help("name the service"),
                    (_, Some(meant)) => diagnostic.did_you_mean(Some(&format!("arn:{{{PARTITION}}}:{}", meant.rest))),
                    _ => diagnostic
                        .help("write `arn:{partition}:service:region:account:resource`, or `*` for everything"),
                });
            }
        }
    }

    pub(super) fn is_known_partition(&mut self, source: &Spanned<String>, partition: &str) -> bool {
        let known = wildcard::is_pattern(partition) || Partition::from_name(partition).is_some();
        if !known {
            let names = Choices::Partition.names();
            let span = self.segment(source, Segment::Partition);
            let diagnostic = mistake(span, format!("AWS has no partition `{partition}`"));
            self.report(
                match iam_policy_core::suggest::nearest(partition, names.iter().copied()) {
                    Some(suggestion) => diagnostic.did_you_mean(Some(suggestion)),
                    None => diagnostic.help(format!("write `{{partition}}`, or one of {}", list(names))),
                },
            );
        }
        known
    }

    /// An ARN must belong to each of the partitions that it applies to, otherwise it matches nothing there.
    ///
    /// - `limits`: what limits it to partitions
    pub(super) fn arn_partition(
        &mut self,
        source: &Spanned<String>,
        limits: &[&[Spanned<Partition>]],
        policy: &Policy,
    ) {
        let segment = Segments::new(&source.value).get(Segment::Partition);
        // A parameter that is an ARN has its own partition, and one in place of the partition may have any.
        let Some(segment) = segment.filter(|segment| !segment.replace("{partition}", "").contains('{')) else {
            return;
        };
        let mut elsewhere: Vec<&str> = Vec::new();
        for &partition in &policy.partitions {
            let applies = limits.iter().all(|limits| is_in(limits, partition));
            if applies && !wildcard::matches(&segment.replace("{partition}", partition.name()), partition.name()) {
                elsewhere.push(partition.name());
            }
        }
        if !elsewhere.is_empty() {
            let span = self.segment(source, Segment::Partition);
            let partitions = if elsewhere.len() == 1 {
                "partition"
            } else {
                "partitions"
            };
            self.report(
                mistake(
                    span,
                    format!("this ARN matches nothing in the {partitions} {}", list(elsewhere)),
                )
                .help("write `{partition}`, or limit the resource with `partitions = […]`"),
            );
        }
    }

    /// The location of a segment of an ARN. Placeholders cannot contain colons, so they do not affect the count.
    fn segment(&self, source: &Spanned<String>, segment: Segment) -> std::ops::Range<usize> {
        let end = source.value.len();
        let range = Segments::new(&source.value).range(segment);
        self.inside(source, range.unwrap_or(end..end))
    }

    fn conditions(&mut self, conditions: &[Condition]) {
        let mut operator = None;
        for condition in conditions {
            if operator != Some(&condition.operator) {
                self.condition_name(&condition.operator);
                operator = Some(&condition.operator);
            }
            self.condition_name(&condition.key);
            for value in &condition.values {
                self.characters(&value.source);
            }
        }
    }

    /// Checks an operator or a condition key: it must be literal text that IAM accepts.
    fn condition_name(&mut self, name: &Spanned<String>) {
        if !self.characters(name)
            && let Some(at) = name.value.find(['{', '}'])
        {
            let span = self.inside(name, at..at + 1);
            self.report(
                mistake(span, format!("`{}` cannot contain placeholders", name.value))
                    .help("placeholders are only allowed in resources, condition values and prose"),
            );
        }
    }

    /// Elements can only be limited to partitions of the policy, and every statement needs resources in each of its
    /// partitions.
    fn partitions(&mut self, statement: &Statement, policy: &Policy) {
        let (key, resources) = statement.resource_key();
        let limits = resources.iter().flat_map(|resource| &resource.partitions);
        for limit in statement.partitions.iter().chain(limits) {
            if !policy.partitions.is_empty() && !policy.partitions.contains(&limit.value) {
                self.report(
                    mistake(
                        limit.span.clone(),
                        format!(
                            "the policy `{}` is not generated for the partition `{}`",
                            policy.name.value, limit.value
                        ),
                    )
                    .help("add it to the policy's `partitions`, or remove it here"),
                );
            }
        }
        let mut bare: Vec<&str> = Vec::new();
        for &partition in &policy.partitions {
            let applies = |resource: &Resource| is_in(&resource.partitions, partition);
            if is_in(&statement.partitions, partition) && !resources.iter().any(applies) {
                bare.push(partition.name());
            }
        }
        if !bare.is_empty() && !resources.is_empty() {
            let partitions = if bare.len() == 1 { "partition" } else { "partitions" };
            self.report(
                mistake(
                    statement.id.span.clone(),
                    format!(
                        "the statement `{}` has no {key} in the {partitions} {}",
                        statement.id.value,
                        list(bare)
                    ),
                )
                .help("add some, or limit the statement with `partitions = […]`"),
            );
        }
    }
}
