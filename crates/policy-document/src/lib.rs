#![doc = include_str!("../README.md")]

mod builder;
mod diagnostic;
mod document;
mod excerpt;
#[cfg(feature = "json")]
pub mod json;
mod lines;
mod numbers;
mod order;
mod path;
mod rendered;
pub mod scalar;
mod severity;
mod statement;
mod styled;
mod unknown;
mod unsupported;
mod url;
mod visible;
pub mod wording;
mod write;

pub use builder::Builder;
pub use diagnostic::{DeferredHelp, Diagnostic, Help, Label, Location, Quote, did_you_mean};
pub use document::{Document, Kind, Member, Value};
pub use excerpt::{Excerpt, SourceFile};
pub use lines::{LineIndex, Lines, Position};
pub use numbers::Numbers;
pub use order::sort_by_place;
pub use path::{Path, Span, Step};
pub use severity::Severity;
pub use statement::{Condition, Element, Statement};
pub use styled::{Role, StyledText};
pub use unknown::{name_of_key, unknown_key};
pub use unsupported::{UNSUPPORTED_FORMAT, template_function, unsupported_format};
pub use url::ResourceOfUrl;
pub use visible::{Visible, VisibleWriter, visible_json};
