use crate::{Action, Condition, Policy, Resource, Spanned, Statement};
use iam_policy_core::{Options, Partition, VERSION};
use iam_policy_document::{Builder, Document, Path, Span, Step};

/// A policy of a spec as the document that AWS would get. Every element knows its span in the TOML, and its path in
/// terms of the spec's own keys.
///
/// - `policy`: the policy in the spec
/// - `lowered`: the same policy from [`with_policies`](iam_policy_spec::with_policies)
/// - `options`: the partition and the extensions
///
/// # Examples
///
/// ```
/// use iam_policy_core::Options;
/// use iam_policy_spec::compile::document;
/// use iam_policy_spec::{Source, read, with_policies};
///
/// let source = Source::new("policies.toml", r#"
/// [policy.user]
/// [[policy.user.statement]]
/// id        = "list"
/// reason    = "Finds the bucket."
/// actions   = ["s3:ListAllMyBuckets"]
/// resources = ["*"]
/// "#);
/// let (spec, _) = read(&source);
/// let document = with_policies(&spec, |lowered| document(&spec.policies[0], &lowered[0], Options::DEFAULT));
///
/// let statement = document.statements().next().unwrap();
/// let action = statement.0.get("Action").unwrap().value.one_or_many().next().unwrap();
/// assert_eq!(action.span().and_then(|span| span.of(source.text())), Some("\"s3:ListAllMyBuckets\""));
/// assert_eq!(action.path().to_string(), "policy.user.statement[0].actions[0]");
/// ```
#[must_use]
pub fn document(policy: &Policy, lowered: &iam_policy_core::Policy<'_>, options: Options<'_>) -> Document {
    let partition = options.partition.unwrap_or(lowered.default_partition());
    let mut writer = DocumentWriter {
        builder: Builder::new(),
        lowered,
        options,
        partition,
    };
    let place = vec![value("policy"), value(&policy.name.value)];
    writer.builder.path(Path(place.clone()));
    writer.builder.begin_object(Some(span(&policy.name.span)));
    writer.builder.key("Version", None);
    writer.builder.string(VERSION, None);
    writer.builder.key("Statement", None);
    writer.builder.begin_array(None);
    writer.statements(&policy.statements, &place);
    for extension in &policy.extensions {
        if options.extensions.contains(&extension.name.value.as_str()) {
            let place = [place.as_slice(), &[value("extension"), value(&extension.name.value)]].concat();
            writer.statements(&extension.statements, &place);
        }
    }
    writer.builder.finish()
}

/// The trust policy of a policy, if it has one.
///
/// - `policy`: the policy in the spec
/// - `lowered`: the same policy from [`with_policies`](iam_policy_spec::with_policies)
/// - `options`: the partition
#[must_use]
pub fn trust_document(
    policy: &Policy,
    lowered: &iam_policy_core::Policy<'_>,
    options: Options<'_>,
) -> Option<Document> {
    let trust = policy.trust.as_ref()?;
    let partition = options.partition.unwrap_or(lowered.default_partition());
    let mut writer = DocumentWriter {
        builder: Builder::new(),
        lowered,
        options,
        partition,
    };
    let place = [value("policy"), value(&policy.name.value), value("trust")];
    let header = Some(span(&trust.span));
    writer.builder.path(Path(place.to_vec()));
    writer.builder.begin_object(header);
    writer.builder.key("Version", None);
    writer.builder.string(VERSION, None);
    writer.builder.key("Statement", None);
    writer.builder.begin_array(None);
    writer.builder.path(Path(place.to_vec()));
    writer.builder.begin_object(header);
    writer.builder.key("Effect", None);
    writer.builder.string("Allow", header);
    writer.builder.key("Principal", None);
    writer.builder.begin_object(header);
    writer.builder.key("Service", None);
    writer
        .builder
        .path(Path([place.as_slice(), &[value("services")]].concat()));
    writer.builder.begin_array(None);
    for service in &trust.services {
        writer.builder.string(&service.value, Some(span(&service.span)));
    }
    writer.builder.end();
    writer.builder.end();
    writer.builder.key("Action", None);
    writer.builder.begin_array(header);
    writer.builder.string("sts:AssumeRole", header);
    writer.builder.end();
    writer.conditions(&trust.conditions, &[place.as_slice(), &[value("condition")]].concat());
    Some(writer.builder.finish())
}

pub(crate) fn value(name: &str) -> Step {
    Step::value(name)
}

fn span(range: &std::ops::Range<usize>) -> Span {
    Span::new(range.start, range.end)
}

/// The text of a template in a partition, with the parameters' defaults.
pub(crate) fn expanded(
    template: &crate::Template,
    lowered: &iam_policy_core::Policy<'_>,
    options: Options<'_>,
) -> String {
    let template = iam_policy_core::Template::new(&template.source.value, &template.text);
    lowered.expand(template, options).to_string()
}

struct DocumentWriter<'a> {
    builder: Builder,
    lowered: &'a iam_policy_core::Policy<'a>,
    options: Options<'a>,
    partition: Partition,
}

impl DocumentWriter<'_> {
    fn is_in(&self, partitions: &[Spanned<Partition>]) -> bool {
        crate::model::is_in(partitions, self.partition)
    }

    fn statements(&mut self, statements: &[Statement], place: &[Step]) {
        for (index, statement) in statements.iter().enumerate() {
            if self.is_in(&statement.partitions) {
                self.statement(statement, &[place, &[value("statement"), Step::Index(index)]].concat());
            }
        }
    }

    fn statement(&mut self, statement: &Statement, place: &[Step]) {
        let header = Some(span(&statement.span));
        self.builder.path(Path(place.to_vec()));
        self.builder.begin_object(header);
        self.string("Sid", &statement.sid, &[place, &[value("sid")]].concat());
        self.builder.key("Effect", None);
        self.builder.path(Path([place, &[value("effect")]].concat()));
        self.builder
            .string(statement.effect.name(), Some(span(&statement.id.span)));
        let element = |key: &str| if key.starts_with("not") { "Not" } else { "" };
        let (key, actions) = statement.action_key();
        self.builder.key(&format!("{}Action", element(key)), header);
        self.actions(actions, &[place, &[value(key)]].concat());
        let (key, resources) = statement.resource_key();
        self.builder.key(&format!("{}Resource", element(key)), header);
        self.resources(resources, &[place, &[value(key)]].concat());
        self.conditions(&statement.conditions, &[place, &[value("condition")]].concat());
        self.builder.end();
    }

    fn string(&mut self, key: &str, text: &Spanned<String>, place: &[Step]) {
        self.builder.key(key, None);
        self.builder.path(Path(place.to_vec()));
        self.builder.string(&text.value, Some(span(&text.span)));
    }

    fn actions(&mut self, actions: &[Action], place: &[Step]) {
        self.builder.path(Path(place.to_vec()));
        self.builder.begin_array(None);
        for (index, action) in actions.iter().enumerate() {
            self.builder.path(Path([place, &[Step::Index(index)]].concat()));
            self.builder
                .string(&action.pattern.value, Some(span(&action.pattern.span)));
        }
        self.builder.end();
    }

    fn resources(&mut self, resources: &[Resource], place: &[Step]) {
        self.builder.path(Path(place.to_vec()));
        self.builder.begin_array(None);
        for (index, resource) in resources.iter().enumerate() {
            if self.is_in(&resource.partitions) {
                self.builder.path(Path([place, &[Step::Index(index)]].concat()));
                self.template(&resource.arn);
            }
        }
        self.builder.end();
    }

    fn template(&mut self, template: &crate::Template) {
        let text = expanded(template, self.lowered, self.options);
        self.builder.string(&text, Some(span(&template.source.span)));
    }

    fn conditions(&mut self, conditions: &[Condition], place: &[Step]) {
        if conditions.is_empty() {
            return;
        }
        self.builder.key("Condition", None);
        self.builder.path(Path(place.to_vec()));
        self.builder.begin_object(None);
        for block in conditions.chunk_by(|a, b| a.operator == b.operator) {
            for operator in block.iter().map(|condition| &condition.operator).take(1) {
                self.builder.key(&operator.value, Some(span(&operator.span)));
            }
            self.builder.begin_object(None);
            for condition in block {
                self.builder.key(&condition.key.value, Some(span(&condition.key.span)));
                self.builder.begin_array(None);
                for template in &condition.values {
                    self.template(template);
                }
                self.builder.end();
            }
            self.builder.end();
        }
        self.builder.end();
    }
}
