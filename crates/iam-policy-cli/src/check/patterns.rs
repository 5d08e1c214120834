//! Patterns for paths, as `iam-policy.toml` has them.

use std::path::Path;

use globset::{Glob, GlobBuilder, GlobSet};
use iam_policy_check::Code;
use iam_policy_document::Diagnostic;
use iam_policy_spec::Spanned;

/// A set of patterns for paths relative to the folder of a configuration.
#[derive(Debug, Default)]
pub(super) struct Patterns(GlobSet);

impl Patterns {
    /// Parses patterns. Those that cannot be parsed are reported and match nothing.
    pub(super) fn new(patterns: &[Spanned<String>], problems: &mut Vec<Diagnostic>) -> Self {
        let mut report = |pattern: &Spanned<String>, why: String| {
            let problem = Diagnostic::error(why).with_code(Code::InvalidConfiguration.name());
            problems.push(problem.at(pattern.span.clone()));
        };
        let mut set = GlobSet::builder();
        for pattern in patterns {
            match parse(&pattern.value) {
                Ok(glob) => {
                    set.add(glob);
                }
                Err(why) => report(pattern, format!("`{}` is not a pattern: {why}", pattern.value)),
            }
        }
        match set.build() {
            Ok(set) => Self(set),
            Err(error) => {
                if let Some(first) = patterns.first() {
                    report(first, format!("these patterns are too complex: {}", error.kind()));
                }
                Self::default()
            }
        }
    }

    /// Whether one of the patterns matches.
    ///
    /// - `path`: relative to the folder of the configuration
    pub(super) fn match_path(&self, path: &Path) -> bool {
        self.0.is_match(path)
    }
}

fn parse(pattern: &str) -> Result<Glob, String> {
    let relative = pattern.strip_prefix("./").unwrap_or(pattern);
    if relative.starts_with('/') || relative.split('/').any(|name| name == "..") {
        return Err("it is relative to the folder of this file, and names nothing outside it".to_owned());
    }
    let glob = match relative {
        _ if relative.ends_with('/') => format!("{relative}**"),
        _ if relative.contains('/') => relative.to_owned(),
        _ => format!("**/{relative}"),
    };
    GlobBuilder::new(&glob)
        .literal_separator(true)
        .build()
        .map_err(|error| error.kind().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(pattern: &str) -> (Patterns, Vec<Diagnostic>) {
        let mut problems = Vec::new();
        let spanned = Spanned {
            value: pattern.to_owned(),
            span: 0..pattern.len(),
        };
        (Patterns::new(&[spanned], &mut problems), problems)
    }

    #[test]
    fn patterns_match_paths() {
        for (pattern, matches, other) in [
            ("*.json", "a/b/c.json", "a.jsonc"),
            ("scp/*.json", "scp/a.json", "scp/a/b.json"),
            ("scp/*.json", "scp/a.json", "x/scp/a.json"),
            ("scp/**", "scp/a/b.json", "x/scp/a.json"),
            ("scp/", "scp/a/b.json", "scp"),
            ("./scp/", "scp/a/b.json", "x/scp/a"),
            ("**/scp/*.json", "scp/a.json", "scp/a/b.json"),
            ("{a,b}.json", "x/b.json", "c.json"),
            ("[!a]?.json", "bc.json", "ac.json"),
            ("a\\*.json", "a*.json", "ab.json"),
        ] {
            let (patterns, problems) = patterns(pattern);
            assert_eq!(problems, []);
            assert!(patterns.match_path(Path::new(matches)), "{pattern} {matches}");
            assert!(!patterns.match_path(Path::new(other)), "{pattern} {other}");
        }
    }

    #[test]
    fn invalid_patterns_are_reported_and_match_nothing() {
        for pattern in ["[a", "{a", "../a", "/a", "a/../b", "a\\"] {
            let (patterns, problems) = patterns(pattern);
            assert_eq!(problems.len(), 1, "{pattern}");
            assert_eq!(problems[0].location.span.unwrap().of(pattern), Some(pattern));
            assert!(!patterns.match_path(Path::new("a")), "{pattern}");
        }
    }
}
