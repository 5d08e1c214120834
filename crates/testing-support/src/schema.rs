use std::fmt;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

/// A JSON Schema.
///
/// # Examples
///
/// ```
/// use serde_json::json;
/// use testing_support::Schema;
///
/// let schema = Schema::new(json!({"type": "object", "required": ["name"]}));
/// assert!(schema.accepts(&json!({"name": "ann"})));
/// assert!(!schema.accepts(&json!({})));
/// ```
pub struct Schema {
    schemas: Schemas,
    index: SchemaIndex,
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schema").finish_non_exhaustive()
    }
}

impl Schema {
    /// Compiles a schema. Formats such as `uri` are enforced.
    ///
    /// # Panics
    ///
    /// If the schema is invalid by its own meta-schema, or refers to another document.
    #[must_use]
    pub fn new(schema: Value) -> Self {
        const LOCATION: &str = "schema.json";
        let mut schemas = Schemas::new();
        let mut compiler = Compiler::new();
        compiler.enable_format_assertions();
        compiler.add_resource(LOCATION, schema).unwrap();
        let index = compiler
            .compile(LOCATION, &mut schemas)
            .unwrap_or_else(|error| panic!("{error:#}"));
        Self { schemas, index }
    }

    /// Whether `value` is valid.
    #[must_use]
    pub fn accepts(&self, value: &Value) -> bool {
        self.schemas.validate(value, self.index).is_ok()
    }

    /// Fails the test unless `value` is valid.
    ///
    /// # Panics
    ///
    /// With everything that is invalid, and where.
    pub fn assert_accepts(&self, value: &Value) {
        if let Err(error) = self.schemas.validate(value, self.index) {
            panic!("{error:#}\n{value:#}");
        }
    }
}
