//! The models of services in botocore.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde::Deserialize;

use crate::error::Error;

/// A service.
#[derive(Debug)]
pub(crate) struct Model {
    /// The name of the client, which is the name of the folder.
    pub(crate) client: String,
    pub(crate) metadata: Metadata,
    pub(crate) operations: BTreeMap<String, Operation>,
    shapes: BTreeMap<String, Shape>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metadata {
    pub(crate) service_id: String,
    pub(crate) endpoint_prefix: String,
    pub(crate) signing_name: Option<String>,
    #[serde(default)]
    auth: Vec<String>,
    signature_version: Option<String>,
}

impl Metadata {
    /// Whether requests carry a token instead of a signature.
    pub(crate) fn is_bearer_only(&self) -> bool {
        let bearer = |name: &String| name.ends_with("#httpBearerAuth");
        if self.auth.is_empty() {
            self.signature_version.as_deref() == Some("bearer")
        } else {
            self.auth.iter().all(bearer)
        }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Operation {
    input: Option<Reference>,
    http: Http,
    authtype: Option<String>,
    #[serde(default)]
    auth: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Http {
    method: String,
    request_uri: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    shape: String,
    location_name: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Shape {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    members: BTreeMap<String, Reference>,
    #[serde(default)]
    required: Vec<String>,
    member: Option<Reference>,
    value: Option<Reference>,
}

#[derive(Deserialize)]
struct File {
    metadata: Metadata,
    operations: BTreeMap<String, Operation>,
    shapes: BTreeMap<String, Shape>,
}

/// A member of an operation's input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// The names from the outermost member to this one, separated by dots.
    pub(crate) path: String,
    /// Whether every valid input has it.
    pub(crate) required: bool,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Texts,
    Other,
}

/// How deep inputs are searched. Deeper members decide nothing.
const DEPTH: usize = 4;

impl Operation {
    /// Whether the model says that requests are not signed.
    pub(crate) fn is_unsigned(&self) -> bool {
        self.authtype.as_deref() == Some("none")
            || (!self.auth.is_empty() && self.auth.iter().all(|name| name.ends_with("#noAuth")))
    }

    /// The HTTP method and the path.
    pub(crate) fn request(&self) -> (&str, &str) {
        (&self.http.method, &self.http.request_uri)
    }
}

impl Model {
    /// The members of an operation's input, the nested ones after those that contain them.
    pub(crate) fn members(&self, operation: &Operation) -> Vec<Member> {
        let mut out = Vec::new();
        if let Some(shape) = operation.input.as_ref().and_then(|input| self.shapes.get(&input.shape)) {
            self.collect(shape, "", true, DEPTH, &mut out);
        }
        out
    }

    /// A request's path with the names of members instead of their names on the wire, and without its query.
    pub(crate) fn path(&self, operation: &Operation, path: &str) -> String {
        let (path, _) = path.split_once('?').unwrap_or((path, ""));
        let mut path = path.replace("+}", "}");
        let shape = operation.input.as_ref().and_then(|input| self.shapes.get(&input.shape));
        for (name, reference) in shape.into_iter().flat_map(|shape| &shape.members) {
            if let Some(label) = &reference.location_name {
                path = path.replace(&format!("{{{label}}}"), &format!("{{{name}}}"));
            }
        }
        path
    }

    fn collect(&self, shape: &Shape, prefix: &str, required: bool, depth: usize, out: &mut Vec<Member>) {
        let mut inner = Vec::new();
        for (name, reference) in &shape.members {
            let Some(found) = self.shapes.get(&reference.shape) else {
                continue;
            };
            let path = format!("{prefix}{name}");
            let required = required && shape.required.contains(name);
            let is_text = |shape: &Shape| shape.kind == "string";
            let element = match found.kind.as_str() {
                "list" => found.member.as_ref(),
                "map" => found.value.as_ref(),
                _ => None,
            };
            let element = element.and_then(|element| self.shapes.get(&element.shape));
            let kind = if is_text(found) {
                Kind::Text
            } else if found.kind == "list" && element.is_some_and(is_text) {
                Kind::Texts
            } else {
                Kind::Other
            };
            let below = match found.kind.as_str() {
                "structure" => Some((found, required)),
                _ => element
                    .filter(|element| element.kind == "structure")
                    .map(|element| (element, false)),
            };
            if let Some((below, required)) = below.filter(|_| depth > 1) {
                inner.push((below, format!("{path}."), required));
            }
            out.push(Member { path, required, kind });
        }
        for (below, prefix, required) in inner {
            self.collect(below, &prefix, required, depth - 1, out);
        }
    }
}

/// Reads the newest model of every service.
///
/// - `folder`: that contains the packages
pub(crate) fn read(folder: &Path) -> Result<Vec<Model>, Error> {
    let data = folder.join("botocore/data");
    let mut models = Vec::new();
    for client in folders(&data)? {
        let Some(name) = client.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        let versions = folders(&client)?;
        let models_of = |version: &PathBuf| version.join("service-2.json.gz");
        let Some(path) = versions.iter().rev().map(models_of).find(|path| path.is_file()) else {
            continue;
        };
        let file = fs::File::open(&path).map_err(Error::io(&path))?;
        let mut text = String::new();
        GzDecoder::new(file)
            .read_to_string(&mut text)
            .map_err(Error::io(&path))?;
        let file: File = serde_json::from_str(&text).map_err(|error| Error::file(&path, error))?;
        models.push(Model {
            client: name.to_owned(),
            metadata: file.metadata,
            operations: file.operations,
            shapes: file.shapes,
        });
    }
    // One service is there twice, under an old and a new name.
    let mut ids = BTreeSet::new();
    models.retain(|model: &Model| ids.insert(model.metadata.service_id.clone()));
    if models.is_empty() {
        return Err(Error::file(&data, "contains no service"));
    }
    Ok(models)
}

/// The folders in a folder, sorted by name.
fn folders(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::io(folder))? {
        let path = entry.map_err(Error::io(folder))?.path();
        if path.is_dir() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
