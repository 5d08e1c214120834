//! The same page as one HTML file. Without JavaScript it shows what the Markdown shows; with it, people can search and
//! filter, and choose the partition, parameters and extensions that the ARNs and the JSON have.
//!
//! The page requests nothing. Its Content-Security-Policy allows the style sheet and the script by their hashes, which
//! are constants because both are.

mod forms;
mod model;
mod prose;
mod view;

use askama::Template;

pub(super) use self::prose::plain;
use self::view::View;
use super::output::{Artifact, Input, Output};

/// The name of the page.
const PAGE: &str = "permissions.html";

/// One page for all policies.
pub(super) struct Html;

impl Output for Html {
    fn files(&self, input: &Input<'_>) -> Vec<Artifact> {
        // Rendering into memory cannot fail.
        let contents = View::new(input).render().unwrap_or_default();
        vec![Artifact {
            name: PAGE.to_owned(),
            contents,
        }]
    }

    fn can_write(&self, name: &str) -> bool {
        name == PAGE
    }
}

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The SHA-256 of the style sheet and of the script, in Base64. A test compares them.
const STYLE_HASH: &str = "QmoRY5rI9UdWCP7fRZfu6XHyb3canhQNtv9kKX5yH/I=";
const SCRIPT_HASH: &str = "484l/pC4JXpYtv1/Gvn9ALU6s5zonkEc4GNpbvGDQjo=";

/// What the browser may do: nothing but apply the style sheet and run the script. The `data:` image is the empty icon
/// that keeps browsers from asking for one.
fn policy() -> String {
    format!(
        "default-src 'none'; style-src 'sha256-{STYLE_HASH}'; script-src 'sha256-{SCRIPT_HASH}'; img-src data:; \
         base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn the_hashes_are_those_of_the_style_sheet_and_the_script() {
        for (text, hash) in [(STYLE, STYLE_HASH), (SCRIPT, SCRIPT_HASH)] {
            assert_eq!(STANDARD.encode(Sha256::digest(text)), hash);
        }
    }
}
