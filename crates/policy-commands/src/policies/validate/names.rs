//! The names of the arguments, and the values of `--format`.

pub(super) const POLICY: &str = "policy";
pub(super) const GRANTED: &str = "granted";
pub(super) const BOUNDARY: &str = "boundary";
pub(super) const SERVICE_CONTROL: &str = "service-control";
pub(super) const PRINCIPAL: &str = "principal";
pub(super) const REGION: &str = "region";
pub(super) const CONTEXT: &str = "context";
pub(super) const REQUIRED_FROM: &str = "required-from";
pub(super) const FORMAT: &str = "format";
pub(super) const HUMAN: &str = "human";
pub(super) const JSON: &str = "json";
