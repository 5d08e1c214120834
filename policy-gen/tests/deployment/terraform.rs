//! A naive evaluator of Terraform modules. Expressions are evaluated by `hcl-rs`; this adds Terraform's functions, and
//! what the AWS provider does with `aws_iam_policy_document`.

use std::collections::BTreeMap;

use hcl::eval::{Context, Evaluate, FuncArgs, FuncDef, ParamType};
use hcl::{Expression, Value as Hcl};
use iam_policy_gen::Format;
use iam_policy_spec::{Spec, with_policies};
use serde_json::{Value, json};

use super::Documents;
use super::choice::{Choice, Chosen};

/// A block, whoever has parsed it.
#[derive(Debug)]
pub(crate) struct Block {
    kind: String,
    labels: Vec<String>,
    body: Body,
}

#[derive(Debug, Default)]
pub(crate) struct Body {
    attributes: BTreeMap<String, Expression>,
    blocks: Vec<Block>,
}

/// Reads a module with `hcl-rs`.
pub(crate) fn read(text: &str) -> Body {
    convert(hcl::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}")))
}

fn convert(parsed: hcl::Body) -> Body {
    let mut body = Body::default();
    for structure in parsed {
        match structure {
            hcl::Structure::Attribute(attribute) => {
                let name = attribute.key.to_string();
                assert!(
                    body.attributes.insert(name, attribute.expr).is_none(),
                    "an argument occurs twice"
                );
            }
            hcl::Structure::Block(block) => body.blocks.push(Block {
                kind: block.identifier.to_string(),
                labels: block
                    .labels
                    .into_iter()
                    .map(|label| label.as_str().to_owned())
                    .collect(),
                body: convert(block.body),
            }),
        }
    }
    body
}

/// The blocks that this evaluator looks at, with the number of their labels.
const BLOCKS: &[(&str, usize)] = &[
    ("variable", 1),
    ("validation", 0),
    ("data", 2),
    ("locals", 0),
    ("resource", 2),
    ("output", 1),
    ("terraform", 0),
    ("required_providers", 0),
    ("statement", 0),
    ("dynamic", 1),
    ("content", 0),
    ("principals", 0),
    ("not_principals", 0),
    ("condition", 0),
    ("lifecycle", 0),
    ("precondition", 0),
];

/// Reads a module in Terraform's JSON syntax, in which another parser has written it.
pub(crate) fn read_json(value: &Value) -> Body {
    let mut body = Body::default();
    for (key, value) in value.as_object().unwrap() {
        // In a validation, `condition` is an argument.
        match BLOCKS
            .iter()
            .find(|(kind, _)| kind == key)
            .filter(|_| !value.is_string())
        {
            Some(&(_, labels)) => blocks(key, labels, &[], value, &mut body),
            None => {
                body.attributes.insert(key.clone(), expression(value));
            }
        }
    }
    body
}

fn blocks(kind: &str, labels: usize, given: &[String], value: &Value, body: &mut Body) {
    if labels > 0 {
        for (label, value) in value.as_object().unwrap() {
            let given = [given, std::slice::from_ref(label)].concat();
            blocks(kind, labels - 1, &given, value, body);
        }
        return;
    }
    let list = match value {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    for value in list {
        body.blocks.push(Block {
            kind: kind.to_owned(),
            labels: given.to_vec(),
            body: read_json(value),
        });
    }
}

/// In JSON, every string is a template.
fn expression(value: &Value) -> Expression {
    match value {
        Value::String(text) => {
            let template: hcl::Template = text.parse().unwrap_or_else(|error| panic!("{error}: {text}"));
            match template.elements() {
                [hcl::template::Element::Interpolation(only)] => only.expr.clone(),
                _ => Expression::from(hcl::expr::TemplateExpr::from(text.as_str())),
            }
        }
        Value::Array(elements) => Expression::Array(elements.iter().map(expression).collect()),
        Value::Object(object) => Expression::Object(
            object
                .iter()
                .map(|(key, value)| {
                    (
                        hcl::expr::ObjectKey::Expression(Expression::String(key.clone())),
                        expression(value),
                    )
                })
                .collect(),
        ),
        Value::Bool(flag) => Expression::Bool(*flag),
        Value::Number(number) => Expression::Number(number.as_u64().unwrap().into()),
        Value::Null => Expression::Null,
    }
}

fn functions(context: &mut Context<'_>) {
    let declare = |context: &mut Context<'_>, name: &str, count: usize, function| {
        let definition = (0..count).fold(FuncDef::builder(), |builder, _| builder.param(ParamType::Any));
        context.declare_func(name.to_owned(), definition.build(function));
    };
    declare(context, "contains", 2, |args: FuncArgs| {
        Ok(args[0].as_array().ok_or("not a list")?.contains(&args[1]).into())
    });
    declare(context, "length", 1, |args: FuncArgs| {
        Ok(args[0].as_array().ok_or("not a list")?.len().into())
    });
    declare(context, "setsubtract", 2, |args: FuncArgs| {
        let (from, what) = (
            args[0].as_array().ok_or("not a list")?,
            args[1].as_array().ok_or("not a list")?,
        );
        Ok(from
            .iter()
            .filter(|one| !what.contains(one))
            .cloned()
            .collect::<Vec<_>>()
            .into())
    });
    declare(context, "replace", 3, |args: FuncArgs| {
        let text = |index: usize| args[index].as_str().ok_or("not a string");
        Ok(text(0)?.replace(text(1)?, text(2)?).into())
    });
    declare(context, "tolist", 1, |args: FuncArgs| Ok(args[0].clone()));
    declare(context, "basename", 1, |args: FuncArgs| {
        let path = args[0].as_str().ok_or("not a string")?;
        Ok(path.rsplit('/').next().unwrap_or_default().into())
    });
    declare(context, "dirname", 1, |args: FuncArgs| {
        let path = args[0].as_str().ok_or("not a string")?;
        Ok(path.rsplit_once('/').map_or(".", |(folder, _)| folder).into())
    });
    let variadic = FuncDef::builder().variadic_param(ParamType::Any);
    context.declare_func(
        "concat",
        variadic.build(|args: FuncArgs| {
            let mut all = Vec::new();
            for list in args.into_values() {
                all.extend(list.as_array().ok_or("not a list")?.iter().cloned());
            }
            Ok(all.into())
        }),
    );
    let flatten = FuncDef::builder().param(ParamType::Any);
    context.declare_func(
        "flatten",
        flatten.build(|args: FuncArgs| Ok(flattened(&args[0]).into())),
    );
}

fn flattened(value: &Hcl) -> Vec<Hcl> {
    match value {
        Hcl::Array(elements) => elements.iter().flat_map(flattened).collect(),
        one => vec![one.clone()],
    }
}

fn evaluate(expression: &Expression, context: &Context<'_>) -> Hcl {
    expression
        .evaluate(context)
        .unwrap_or_else(|error| panic!("{error}: {expression:?}"))
}

/// Strings in the data source may write the variables of IAM as `&{…}`.
fn strings(value: &Hcl) -> Vec<String> {
    let elements = value.as_array().unwrap_or_else(|| panic!("not a list: {value:?}"));
    elements
        .iter()
        .map(|one| one.as_str().unwrap().replace("&{", "${"))
        .collect()
}

/// What the provider makes of the data source `aws_iam_policy_document`.
fn document(body: &Body, context: &Context<'_>) -> Value {
    let mut statements = Vec::new();
    for block in &body.blocks {
        match (block.kind.as_str(), block.labels.as_slice()) {
            ("statement", []) => statements.push(statement(&block.body, context)),
            ("dynamic", [kind]) if kind == "statement" => {
                let elements = evaluate(&block.body.attributes["for_each"], context);
                for _ in elements.as_array().unwrap() {
                    statements.push(statement(&block.body.blocks[0].body, context));
                }
            }
            ("lifecycle", []) => {}
            other => panic!("{other:?}"),
        }
    }
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn statement(body: &Body, context: &Context<'_>) -> Value {
    let mut statement = json!({});
    for (name, expression) in &body.attributes {
        let value = evaluate(expression, context);
        match name.as_str() {
            "sid" => statement["Sid"] = value.as_str().unwrap().into(),
            "effect" => statement["Effect"] = value.as_str().unwrap().into(),
            "actions" => statement["Action"] = strings(&value).into(),
            "not_actions" => statement["NotAction"] = strings(&value).into(),
            "resources" => statement["Resource"] = strings(&value).into(),
            "not_resources" => statement["NotResource"] = strings(&value).into(),
            other => panic!("{other}"),
        }
    }
    for block in &body.blocks {
        let argument = |name: &str| evaluate(&block.body.attributes[name], context);
        let text = |name: &str| argument(name).as_str().unwrap().to_owned();
        match block.kind.as_str() {
            "condition" => {
                let values = strings(&argument("values"));
                statement["Condition"][text("test")][text("variable")] = values.into();
            }
            "principals" if text("type") == "*" => statement["Principal"] = "*".into(),
            "principals" => statement["Principal"][text("type")] = strings(&argument("identifiers")).into(),
            "not_principals" => statement["NotPrincipal"][text("type")] = strings(&argument("identifiers")).into(),
            other => panic!("{other}"),
        }
    }
    statement
}

fn snake(name: &str) -> String {
    name.replace('-', "_").to_ascii_lowercase()
}

/// The values of a module's variables.
pub(crate) fn variables(spec: &Spec, module: &Body, choice: &Choice) -> BTreeMap<String, Hcl> {
    let blocks = |kind: &'static str| module.blocks.iter().filter(move |block| block.kind == kind);
    let mut context = Context::new();
    functions(&mut context);
    let mut variables = BTreeMap::new();
    for variable in blocks("variable") {
        let default = variable.body.attributes.get("default");
        let default = default.map_or(Hcl::from("unset"), |default| evaluate(default, &context));
        variables.insert(variable.labels[0].clone(), default);
    }
    if let Some(slot) = variables.get_mut("environment") {
        *slot = choice.environment.as_deref().map_or(Hcl::Null, Hcl::from);
    }
    let mut taken: Vec<String> = [
        "source",
        "version",
        "providers",
        "count",
        "for_each",
        "lifecycle",
        "depends_on",
        "locals",
        "environment",
        "partition",
    ]
    .map(str::to_owned)
    .into();
    for parameter in &spec.parameters {
        let name = snake(&parameter.name.value);
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let unique = std::iter::once(name.clone())
            .chain(numbered)
            .find(|one| !taken.contains(one))
            .unwrap();
        taken.push(unique.clone());
        if let (Some(value), Some(slot)) = (choice.values.get(&parameter.name.value), variables.get_mut(&unique)) {
            *slot = match value {
                Chosen::Text(text) => text.as_str().into(),
                Chosen::List(texts) => texts
                    .iter()
                    .map(|text| Hcl::from(text.as_str()))
                    .collect::<Vec<_>>()
                    .into(),
            };
        }
    }
    for (policy, extension) in &choice.extensions {
        let slot = variables.get_mut(&format!("{}_extensions", snake(policy))).unwrap();
        let mut names = slot.as_array().unwrap().clone();
        names.push(extension.as_str().into());
        *slot = names.into();
    }
    variables
}

/// The documents that a module creates.
pub(crate) fn documents(spec: &Spec, module: &Body, choice: &Choice) -> Documents {
    let blocks = |kind: &'static str| module.blocks.iter().filter(move |block| block.kind == kind);
    let mut context = Context::new();
    functions(&mut context);
    let variables = variables(spec, module, choice);
    context.declare_var("var", variables.into_iter().collect::<hcl::Map<_, _>>());
    let partition = hcl::value!({ "aws_partition" = { "current" = { "partition" = (choice.partition.name()) } } });
    context.declare_var("data", partition.clone());
    let mut locals = hcl::Map::new();
    for (name, expression) in blocks("locals").flat_map(|block| &block.body.attributes) {
        locals.insert(name.clone(), evaluate(expression, &context));
    }
    context.declare_var("local", locals);
    let mut data = partition;
    let mut json = hcl::Map::new();
    for block in blocks("data").filter(|block| block.labels[0] == "aws_iam_policy_document") {
        for condition in conditions(&block.body) {
            assert_eq!(evaluate(condition, &context), Hcl::from(true));
        }
        let text = document(&block.body, &context).to_string();
        json.insert(block.labels[1].clone(), hcl::value!({ "json" = (text) }));
    }
    data.as_object_mut()
        .unwrap()
        .insert("aws_iam_policy_document".to_owned(), json.into());
    context.declare_var("data", data);
    let parsed =
        |expression: &Expression| serde_json::from_str(evaluate(expression, &context).as_str().unwrap()).unwrap();
    with_policies(spec, |policies| {
        let mut documents = Documents::new();
        for policy in policies {
            let label = snake(policy.name);
            let is_output = |block: &&Block| block.labels[0] == format!("{label}_json");
            if let Some(output) = blocks("output").find(is_output) {
                documents.push((policy.name.to_owned(), parsed(&output.body.attributes["value"])));
            }
            let is_role = |block: &&Block| block.labels == ["aws_iam_role", &label];
            if let Some(role) = blocks("resource").find(is_role) {
                let trust = parsed(&role.body.attributes["assume_role_policy"]);
                documents.push((format!("{}.trust", policy.name), trust));
            }
        }
        documents
    })
}

/// The preconditions of a block.
fn conditions(body: &Body) -> impl Iterator<Item = &Expression> {
    let lifecycle = body.blocks.iter().filter(|block| block.kind == "lifecycle");
    let preconditions = lifecycle.flat_map(|block| &block.body.blocks);
    preconditions.filter_map(|block| block.body.attributes.get("condition"))
}

/// The format that this module evaluates.
pub(crate) const FORMAT: Format = Format::Terraform;
