//! The functions of a module that its construct calls.

use super::language::Language;

/// A function of the module.
pub(super) struct Function {
    /// How the construct calls it.
    pub(super) call: &'static str,
    pub(super) code: &'static str,
}

impl Language {
    /// The functions, in an order in which each is only called by those before it and by the construct.
    pub(super) const fn functions(self) -> &'static [Function] {
        match self {
            Self::TypeScript => TYPESCRIPT,
            Self::Python => PYTHON,
        }
    }
}

const TYPESCRIPT: &[Function] = &[
    Function {
        call: "listOf(",
        code: r#"/** The elements of a list: those that are given, those of the environment, or the default. */
function listOf(
  name: string,
  given: string[] | undefined,
  environment: string | undefined,
  environments: Record<string, string[]>,
  usual: string[] | undefined,
  rule: Rule,
  items?: number,
): string[] {
  const value = given ?? (environment === undefined ? undefined : environments[environment]) ?? usual;
  if (value === undefined) throw new Error(`${name} has no value: set it, or choose an environment that has one`);
  if (value.length === 0 || new Set(value).size < value.length || (items !== undefined && value.length > items)) {
    const most = items === undefined ? "" : ` and at most ${items}`;
    throw new Error(`${name} must have at least one element${most}, each once`);
  }
  return value.map((element) => checked(`each element of ${name}`, element, rule));
}
"#,
    },
    Function {
        call: "textOf(",
        code: r#"/** A value: the one that is given, that of the environment, or the default. */
function textOf(
  name: string,
  given: string | undefined,
  environment: string | undefined,
  environments: Record<string, string>,
  usual: string | undefined,
  rule: Rule,
): string {
  const value = given ?? (environment === undefined ? undefined : environments[environment]) ?? usual;
  if (value === undefined) throw new Error(`${name} has no value: set it, or choose an environment that has one`);
  return checked(name, value, rule);
}
"#,
    },
    Function {
        call: "checked(",
        code: r#"/** What a value must match, that in words, and its maximum length. */
type Rule = { pattern: string; words: string; longest?: number };

/** A value that follows its rule, or is only known when the stack is deployed. */
function checked(name: string, value: string, { pattern, words, longest }: Rule): string {
  const isGood = new RegExp(`^(?:${pattern})$`).test(value) && value.length <= (longest ?? value.length);
  if (!isGood && !Token.isUnresolved(value)) throw new Error(`${name} ${words}, but it is ${JSON.stringify(value)}`);
  return value;
}
"#,
    },
    Function {
        call: "known(",
        code: r#"/** Rejects what is none of the known names. */
function known(name: string, given: readonly string[], names: string[]): void {
  for (const one of given) {
    if (!names.includes(one)) throw new Error(`${name} cannot be ${JSON.stringify(one)}, only ${names.join(", ")}`);
  }
}
"#,
    },
    Function {
        call: "when(",
        code: r#"/** Elements that only exist if something is true. */
function when<T>(condition: boolean | undefined, elements: T[]): T[] {
  return condition ? elements : [];
}
"#,
    },
    Function {
        call: "inPartitions(",
        code: r#"/** Elements that only exist in some partitions, which may only be known when the stack is deployed. */
function inPartitions(scope: Construct, partitions: string[], elements: unknown[]): unknown[] {
  const { partition } = Stack.of(scope);
  if (!Token.isUnresolved(partition)) return partitions.includes(partition) ? elements : [];
  const id = `IsIn${partitions.join("Or")}`;
  const is = partitions.map((name) => Fn.conditionEquals(Aws.PARTITION, name));
  const found = scope.node.tryFindChild(id) as CfnCondition | undefined;
  const condition = found ?? new CfnCondition(scope, id, { expression: Fn.conditionOr(...is) });
  return elements.map((element) => Fn.conditionIf(condition.logicalId, element, Aws.NO_VALUE));
}
"#,
    },
    Function {
        call: "pathOf(",
        code: r#"/** The path before a name. */
function pathOf(name: string): string {
  return `/${name.slice(0, name.lastIndexOf("/") + 1)}`;
}
"#,
    },
    Function {
        call: "nameOf(",
        code: r#"/** A name without the path before it. */
function nameOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
"#,
    },
];

const PYTHON: &[Function] = &[
    Function {
        call: "_list_of(",
        code: r#"def _list_of(
    name: str,
    given: Optional[Sequence[str]],
    environment: Optional[str],
    environments: Dict[str, List[str]],
    usual: Optional[List[str]],
    rule: Dict[str, Any],
    items: Optional[int] = None,
) -> List[str]:
    """The elements of a list: those that are given, those of the environment, or the default."""
    value = given if given is not None else environments.get(environment or "", usual)
    if value is None:
        raise ValueError(f"{name} has no value: set it, or choose an environment that has one")
    if not value or len(set(value)) < len(value) or (items is not None and len(value) > items):
        most = "" if items is None else f" and at most {items}"
        raise ValueError(f"{name} must have at least one element{most}, each once")
    return [_checked(f"each element of {name}", element, rule) for element in value]
"#,
    },
    Function {
        call: "_text_of(",
        code: r#"def _text_of(
    name: str,
    given: Optional[str],
    environment: Optional[str],
    environments: Dict[str, str],
    usual: Optional[str],
    rule: Dict[str, Any],
) -> str:
    """A value: the one that is given, that of the environment, or the default."""
    value = given if given is not None else environments.get(environment or "", usual)
    if value is None:
        raise ValueError(f"{name} has no value: set it, or choose an environment that has one")
    return _checked(name, value, rule)
"#,
    },
    Function {
        call: "_checked(",
        code: r#"def _checked(name: str, value: str, rule: Dict[str, Any]) -> str:
    """A value that follows its rule, or is only known when the stack is deployed."""
    is_good = re.fullmatch(rule["pattern"], value) and len(value) <= rule.get("longest", len(value))
    if not is_good and not Token.is_unresolved(value):
        raise ValueError(f"{name} {rule['words']}, but it is {value!r}")
    return value
"#,
    },
    Function {
        call: "_known(",
        code: r#"def _known(name: str, given: Sequence[str], names: List[str]) -> None:
    """Rejects what is none of the known names."""
    for one in given:
        if one not in names:
            raise ValueError(f"{name} cannot be {one!r}, only {', '.join(names)}")
"#,
    },
    Function {
        call: "_when(",
        code: r#"def _when(condition: bool, elements: List[Any]) -> List[Any]:
    """Elements that only exist if something is true."""
    return elements if condition else []
"#,
    },
    Function {
        call: "_in_partitions(",
        code: r#"def _in_partitions(scope: Construct, partitions: List[str], elements: List[Any]) -> List[Any]:
    """Elements that only exist in some partitions, which may only be known when the stack is deployed."""
    partition = Stack.of(scope).partition
    if not Token.is_unresolved(partition):
        return elements if partition in partitions else []
    id = "IsIn" + "Or".join(partitions)
    condition = scope.node.try_find_child(id)
    if condition is None:
        each = [Fn.condition_equals(Aws.PARTITION, name) for name in partitions]
        condition = CfnCondition(scope, id, expression=Fn.condition_or(*each))
    return [Fn.condition_if(condition.logical_id, element, Aws.NO_VALUE) for element in elements]
"#,
    },
    Function {
        call: "_path_of(",
        code: r#"def _path_of(name: str) -> str:
    """The path before a name."""
    return "/" + name[: name.rfind("/") + 1]
"#,
    },
    Function {
        call: "_name_of(",
        code: r#"def _name_of(name: str) -> str:
    """A name without the path before it."""
    return name[name.rfind("/") + 1 :]
"#,
    },
];
