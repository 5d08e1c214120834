//! The texts of a module's files.

use std::cell::RefCell;

use iam_policy_document::Span;

use crate::embedded::{Places, Style};

/// A file of a module.
#[derive(Clone, Debug)]
pub struct File {
    /// Its name in messages.
    pub name: String,
    /// Its contents.
    pub text: Vec<u8>,
    /// The place of its first byte. All files of a module are read as one text, one after the other.
    pub start: usize,
}

/// All files that have been read.
#[derive(Debug, Default)]
pub(super) struct Sources {
    files: RefCell<Vec<File>>,
}

impl Sources {
    /// Adds a file, and returns the place of its first byte.
    pub(super) fn add(&self, name: String, text: Vec<u8>) -> usize {
        let mut files = self.files.borrow_mut();
        let start = files.last().map_or(0, |last| last.start + last.text.len() + 1);
        files.push(File { name, text, start });
        start
    }

    /// The place of a file that has been added.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let files = self.files.borrow();
        files.iter().find(|file| file.name == name).map(|file| file.start)
    }

    pub(super) fn into_files(self) -> Vec<File> {
        self.files.into_inner()
    }

    /// The text at a place.
    pub(super) fn text(&self, span: Span) -> String {
        let files = self.files.borrow();
        let text = at(&files, span.start).and_then(|file| {
            let bytes = file
                .text
                .get(span.start - file.start..span.end.checked_sub(file.start)?)?;
            Some(String::from_utf8_lossy(bytes).into_owned())
        });
        text.unwrap_or_default()
    }

    /// The places of the bytes of a text.
    pub(super) fn places(&self, span: Option<Span>, text: &str, style: Style) -> Places {
        let files = self.files.borrow();
        let Some((span, file)) = span.and_then(|span| Some((span, at(&files, span.start)?))) else {
            return Places::unknown(span);
        };
        let own = Span::new(span.start - file.start, span.end.saturating_sub(file.start));
        Places::new(&file.text, Some(own), text, style).moved(file.start)
    }
}

/// The file at a place.
pub(super) fn at(files: &[File], place: usize) -> Option<&File> {
    let after = files.partition_point(|file| file.start <= place);
    files.get(after.checked_sub(1)?)
}
