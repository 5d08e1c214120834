//! The layout of the data file, shared with the program that writes it.
//!
//! The file is text: one block about the sources, and one for each service. Each block is a list of tokens, numbers of
//! phrases in a dictionary, so it is small, and a service is only read when somebody asks for it.

/// The first bytes of a data file. They change with the layout.
pub const MAGIC: [u8; 8] = *b"IAMOPS01";

/// The first bytes of the file about resource types. They change with the layout.
pub const RESOURCE_TYPES_MAGIC: [u8; 8] = *b"IAMRES01";

/// Tokens below this number take one byte, others two.
pub const SHORT: usize = 176;

/// The number of tokens that can be written.
pub const TOKENS: usize = SHORT + (256 - SHORT) * 256;

/// The characters that separate the parts of a service's block.
///
/// A block has a line for each template of an ARN, each page and each text, an empty line after each of these lists,
/// and a line for each operation: its name, and after a tab each what it needs.
pub mod mark {
    /// Before the action, when the need is not of the operation itself but of what it starts.
    pub const DEPENDENT: char = '+';
    /// Instead of an action: the operation needs no permission.
    pub const NONE: char = '-';
    /// Instead of an action: the service's prefix, and the name of the operation.
    pub const SAME: char = '=';
    /// Before a condition.
    pub const IF: char = '?';
    /// Before the number of a text, as a condition.
    pub const TEXT: char = '~';
    /// Before the source, unless it is [`SAME`].
    pub const SOURCE: char = '@';
    /// Before the numbers of ARN templates.
    pub const RESOURCES: char = '#';
    /// Between an action and the letters of the handlers of a resource type that need it. A block about resource types has
    /// the prefix that most of its actions have, and a line for each type: the last part of its name, and after a tab each
    /// action, without that prefix.
    pub const HANDLERS: char = ' ';
}
