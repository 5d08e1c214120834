//! The files of the `aws` program, with the lines on which things stand.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use super::{Place, Placed};

/// `~/.aws/config` or `~/.aws/credentials`. What is not there is empty.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) path: PathBuf,
    /// Why it cannot be read, and on which line.
    pub(super) problem: Option<(Option<usize>, String)>,
    /// Whether it is something that can be read once, which is left to the SDK.
    pub(super) is_unread: bool,
    /// As they are called in `config`, so that a profile is `profile NAME`.
    sections: Vec<Section>,
}

#[derive(Debug, Default)]
struct Section {
    name: String,
    values: Vec<(String, String, usize)>,
}

/// What separates words; nothing else does.
const WHITE: [char; 2] = [' ', '\t'];

impl File {
    /// Reads a file.
    ///
    /// - `is_config`: whether profiles begin with the word `profile`
    pub(super) fn read(path: PathBuf, is_config: bool) -> Self {
        let mut file = Self {
            path,
            ..Self::default()
        };
        file.is_unread = fs::metadata(&file.path).is_ok_and(|found| !found.is_file() && !found.is_dir());
        if file.is_unread {
            return file;
        }
        match fs::read_to_string(&file.path) {
            Ok(text) if text.starts_with('\u{feff}') => {
                file.problem = Some((None, "it begins with a byte order mark".to_owned()));
            }
            Ok(text) => file.parse(&text, is_config),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
            Err(error) if error.kind() == ErrorKind::IsADirectory => {
                file.problem = Some((None, "it is a folder".to_owned()));
            }
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                file.problem = Some((None, "it is not in UTF-8".to_owned()));
            }
            Err(error) => file.problem = Some((None, error.to_string())),
        }
        file
    }

    fn parse(&mut self, text: &str, is_config: bool) {
        // The key that indented lines belong to.
        let mut outer = String::new();
        for (number, line) in text.lines().enumerate().map(|(number, line)| (number + 1, line)) {
            let is_indented = line.starts_with(WHITE);
            let content = line.trim_matches(WHITE);
            if content.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            let read = if let Some(rest) = line.strip_prefix('[') {
                outer.clear();
                let rest = rest.split(['#', ';']).next().unwrap_or_default();
                let name = rest.trim_matches(WHITE).strip_suffix(']');
                let name = name.map(|name| full_name(name.trim_matches(WHITE), is_config));
                name.map(|name| self.begin(name)).ok_or("the line has no `]`")
            } else {
                self.value(content, is_indented, &mut outer, number)
            };
            if let Err(problem) = read {
                self.problem.get_or_insert((Some(number), problem.to_owned()));
            }
        }
    }

    /// Begins a section, or goes on with one.
    fn begin(&mut self, name: String) {
        let known = self.sections.iter().position(|section| section.name == name);
        let section = match known {
            Some(at) => self.sections.remove(at),
            None => Section {
                name,
                values: Vec::new(),
            },
        };
        self.sections.push(section);
    }

    fn value(&mut self, content: &str, is_indented: bool, outer: &mut String, line: usize) -> Result<(), &'static str> {
        let Some(section) = self.sections.last_mut() else {
            return Err("the line stands before the first profile");
        };
        if is_indented && outer.is_empty() {
            // A value may go on for lines.
            if let Some((_, value, _)) = section.values.last_mut() {
                value.push('\n');
                value.push_str(content);
            }
            return Ok(());
        }
        let Some((key, value)) = without_comment(content).split_once('=') else {
            return Err("the line has no `=`");
        };
        let (key, value) = (key.trim_matches(WHITE).to_ascii_lowercase(), value.trim_matches(WHITE));
        if key.is_empty() {
            return Err("the line has nothing before its `=`");
        }
        let key = if is_indented {
            format!("{outer}.{key}")
        } else {
            outer.clear();
            if value.is_empty() {
                outer.clone_from(&key);
            }
            key
        };
        section.values.push((key, value.to_owned(), line));
        Ok(())
    }

    /// The names of the profiles.
    pub(super) fn profiles(&self) -> impl Iterator<Item = &str> {
        self.sections
            .iter()
            .filter_map(|section| section.name.strip_prefix("profile "))
    }

    pub(super) fn has_section(&self, name: &str) -> bool {
        self.sections.iter().any(|section| section.name == name)
    }

    /// The value of a key of a section, of which the last counts.
    pub(super) fn of_section(&self, name: &str, key: &str) -> Option<Placed> {
        let section = self.sections.iter().find(|section| section.name == name)?;
        let mut values = section.values.iter().rev();
        let (_, value, line) = values.find(|(known, value, _)| known == key && !value.is_empty())?;
        Some(Placed::new(value, Place::Line(self.path.clone(), *line)))
    }

    pub(super) fn of_profile(&self, profile: &str, key: &str) -> Option<Placed> {
        self.of_section(&format!("profile {profile}"), key)
    }
}

/// A section's name in one form.
fn full_name(name: &str, is_config: bool) -> String {
    let words: Vec<&str> = name.split(WHITE).filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        ["default"] => "profile default".to_owned(),
        _ if is_config => words.join(" "),
        _ => format!("profile {}", words.join(" ")),
    }
}

/// A line up to a comment, which white space comes before.
fn without_comment(line: &str) -> &str {
    let mut before = ' ';
    for (at, character) in line.char_indices() {
        if matches!(character, '#' | ';') && WHITE.contains(&before) {
            return line.get(..at).unwrap_or(line);
        }
        before = character;
    }
    line
}
