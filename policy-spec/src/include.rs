//! `include`: adds shared statements to the policies and extensions that name them.

use iam_policy_core::suggest::nearest;
use iam_policy_document::{Diagnostic, Numbers};

use crate::mistake::mistake;
use crate::model::{Included, Shared, Spanned, Spec, Statement};
use crate::wording::list;

/// Adds the shared statements, and returns the errors.
pub(crate) fn include(spec: &mut Spec) -> Vec<Diagnostic> {
    let mut numbers = Numbers::new();
    for (number, shared) in spec.shared.iter().enumerate() {
        if numbers.get(&shared.name.value).is_none() {
            numbers.insert(shared.name.value.clone(), number);
        }
    }
    let mut includer = Includer {
        shared: &spec.shared,
        numbers,
        is_used: vec![false; spec.shared.len()],
        diagnostics: Vec::new(),
    };
    for shared in &spec.shared {
        includer.names(&shared.include);
    }
    includer.cycles();
    let mut has_includes = false;
    for policy in &mut spec.policies {
        includer.names(&policy.include);
        has_includes |= !policy.include.is_empty();
        includer.add(&policy.include, &mut policy.statements);
        for extension in &mut policy.extensions {
            includer.names(&extension.include);
            has_includes |= !extension.include.is_empty();
            includer.add(&extension.include, &mut extension.statements);
        }
    }
    includer.unused(has_includes);
    includer.diagnostics
}

struct Includer<'s> {
    shared: &'s [Shared],
    /// The shared statements by name.
    numbers: Numbers,
    is_used: Vec<bool>,
    diagnostics: Vec<Diagnostic>,
}

impl<'s> Includer<'s> {
    fn find(&self, name: &str) -> Option<(usize, &'s Shared)> {
        let number = self.numbers.get(name)?;
        Some((number, self.shared.get(number)?))
    }

    /// Reports duplicates and names that do not exist.
    fn names(&mut self, include: &[Spanned<String>]) {
        let mut seen = Numbers::new();
        for (number, name) in include.iter().enumerate() {
            let Spanned { value, span } = name;
            if seen.insert(value.clone(), number).is_some() {
                let message = format!("duplicate `{value}` in `include`");
                self.diagnostics.push(mistake(span.clone(), message).help("remove it"));
            } else if self.find(value).is_none() {
                let names = self.shared.iter().map(|shared| shared.name.value.as_str());
                let suggestion = nearest(value, names.clone());
                // What was probably meant is not unused.
                if let Some((number, _)) = suggestion.and_then(|name| self.find(name))
                    && let Some(is_used) = self.is_used.get_mut(number)
                {
                    *is_used = true;
                }
                let diagnostic = mistake(span.clone(), format!("there are no shared statements `{value}`"));
                self.diagnostics.push(match suggestion {
                    Some(_) => diagnostic.did_you_mean(suggestion),
                    None if self.shared.is_empty() => {
                        diagnostic.help(format!("write them as `[[shared.{value}.statement]]`"))
                    }
                    None => diagnostic.help(format!("the shared statements are {}", list(names))),
                });
            }
        }
    }

    /// Reports each cycle once: at the first element of `include` that leads back to where its cycle starts.
    fn cycles(&mut self) {
        let mut state = vec![State::New; self.shared.len()];
        for number in 0..self.shared.len() {
            self.visit(number, &mut state);
        }
    }

    /// Depth first, without recursion: a spec can have a long chain.
    fn visit(&mut self, start: usize, state: &mut [State]) {
        let mut path: Vec<(usize, usize)> = Vec::new();
        if state.get(start) != Some(&State::New) {
            return;
        }
        set(state, start, State::Open);
        path.push((start, 0));
        while let Some((number, next)) = path.last_mut() {
            let own = self.shared.get(*number);
            let Some(name) = own.and_then(|own| own.include.get(*next)) else {
                set(state, *number, State::Done);
                path.pop();
                continue;
            };
            *next += 1;
            let Some(target) = self.numbers.get(&name.value) else {
                continue;
            };
            match state.get(target) {
                Some(State::New) => {
                    set(state, target, State::Open);
                    path.push((target, 0));
                }
                Some(State::Open) => {
                    let mut names: Vec<&str> = Vec::new();
                    for (number, _) in path.iter().skip_while(|(number, _)| *number != target) {
                        names.extend(self.shared.get(*number).map(|shared| shared.name.value.as_str()));
                    }
                    names.push(&name.value);
                    let message = format!("the shared statements `{}` include themselves", name.value);
                    let mut diagnostic = mistake(name.span.clone(), message);
                    if names.len() > 2 {
                        diagnostic = diagnostic.note(format!("the cycle is `{}`", names.join("` -> `")));
                    }
                    self.diagnostics.push(diagnostic.help("remove this element"));
                }
                _ => {}
            }
        }
    }

    /// Adds copies of the statements that `include` names, directly or through others, each once.
    fn add(&mut self, include: &[Spanned<String>], statements: &mut Vec<Statement>) {
        let mut added = vec![false; self.shared.len()];
        for first in include {
            // The next is the last.
            let mut open: Vec<&str> = vec![&first.value];
            while let Some(name) = open.pop() {
                let Some((number, shared)) = self.find(name) else {
                    continue;
                };
                if added.get(number) != Some(&false) {
                    continue;
                }
                if let Some(added) = added.get_mut(number) {
                    *added = true;
                }
                if let Some(is_used) = self.is_used.get_mut(number) {
                    *is_used = true;
                }
                for (index, statement) in shared.statements.iter().enumerate() {
                    let mut statement = statement.clone();
                    statement.shared = Some(Included {
                        name: shared.name.value.clone(),
                        index,
                        span: first.span.clone(),
                    });
                    statements.push(statement);
                }
                for inner in shared.include.iter().rev() {
                    open.push(&inner.value);
                }
            }
        }
    }

    /// Reports what nothing includes. What is only included by something unused is not reported as well.
    fn unused(&mut self, has_includes: bool) {
        let mut is_included = vec![false; self.shared.len()];
        for name in self.shared.iter().flat_map(|shared| &shared.include) {
            if let Some(included) = self
                .numbers
                .get(&name.value)
                .and_then(|number| is_included.get_mut(number))
            {
                *included = true;
            }
        }
        for (number, shared) in self.shared.iter().enumerate() {
            if self.is_used.get(number) == Some(&false) && is_included.get(number) == Some(&false) {
                let name = &shared.name.value;
                let message = format!("the shared statements `{name}` are unused");
                let help = if has_includes {
                    format!("add `{name}` to the `include` of a policy, or remove them")
                } else {
                    format!("add `include = [\"{name}\"]` to a policy, or remove them")
                };
                self.diagnostics
                    .push(mistake(shared.name.span.clone(), message).help(help));
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    /// On the path from the start.
    Open,
    Done,
}

fn set(state: &mut [State], number: usize, value: State) {
    if let Some(state) = state.get_mut(number) {
        *state = value;
    }
}
