//! Policies of a spec as documents.

use std::fmt::{self, Display};

use iam_policy_core::Rendered;
use iam_policy_core::visit::Visitor;

use crate::{Builder, Document};

/// The document of the policy's JSON, without positions.
///
/// # Examples
///
/// ```
/// use iam_policy_core::{Action, Options, Policy, Resource, Statement};
/// use iam_policy_document::Document;
///
/// const POLICY: Policy = Policy::new("p", "{}").with_statements(&[Statement::new("list", "List")
///     .with_actions(&[Action::new("s3:ListBucket")])
///     .with_resources(&[Resource::literal("arn:aws:s3:::logs")])]);
///
/// let document = Document::from(POLICY.render(Options::DEFAULT).unwrap());
/// assert_eq!(document.statements().count(), 1);
/// ```
impl From<Rendered<'_>> for Document {
    fn from(rendered: Rendered<'_>) -> Self {
        let mut builder = Builder::new();
        // A builder never fails.
        let _ = rendered.visit(&mut builder);
        builder.finish()
    }
}

/// Builds the document of a [`Rendered`] policy, without positions.
impl Visitor for Builder {
    fn begin_object(&mut self) -> fmt::Result {
        self.begin_object(None);
        Ok(())
    }

    fn end_object(&mut self) -> fmt::Result {
        self.end();
        Ok(())
    }

    fn begin_array(&mut self) -> fmt::Result {
        self.begin_array(None);
        Ok(())
    }

    fn end_array(&mut self) -> fmt::Result {
        self.end();
        Ok(())
    }

    fn key(&mut self, key: &str) -> fmt::Result {
        self.key(key, None);
        Ok(())
    }

    fn string(&mut self, text: &dyn Display) -> fmt::Result {
        self.display(text, None);
        Ok(())
    }
}
