//! Parses text into a [`Configuration`], by the same machinery as a spec.

use iam_policy_check::{Code, PolicyResource, PolicyType};
use iam_policy_core::AttachmentKind;
use iam_policy_document::Diagnostic;
use toml::de::DeTable;

use super::fields::{Fields, Reader};
use super::{Empty, Table, syntax};
use crate::Source;
use crate::configuration::keys::{CHECK, CONFIGURATION, PATH, SECTIONS};
use crate::configuration::{Check, Configuration, Paths, Settings};
use crate::mistake::mistake;

/// Reads `source`. Errors are in no particular order.
pub(crate) fn read(source: &Source) -> (Configuration, Vec<Diagnostic>) {
    let (table, errors) = DeTable::parse_recoverable(source.text());
    let (syntax, tainted) = syntax::diagnose(source, SECTIONS, table.get_ref(), errors);
    let mut reader = Reader {
        source,
        sections: SECTIONS,
        is_torn: !tainted.is_empty(),
        diagnostics: Vec::new(),
        misplaced: Vec::new(),
    };
    let configuration = reader.configuration(table.get_ref());
    let mut diagnostics = reader.diagnostics;
    diagnostics.retain(|diagnostic| !tainted.iter().any(|range| range.contains(&diagnostic.start())));
    for diagnostic in &mut diagnostics {
        diagnostic.code = Some(Code::InvalidConfiguration.name());
        let at = diagnostic.location.span.and_then(|span| span.of(source.text()));
        if at == Some("policy") {
            let help = format!(
                "`{}` is never a spec: give specs another name",
                crate::configuration::FILE_NAME
            );
            diagnostic.help = vec![help.into()];
        }
    }
    diagnostics.extend(syntax);
    (configuration, diagnostics)
}

impl Reader<'_> {
    fn configuration(&mut self, table: &Table<'_>) -> Configuration {
        let fields = self.fields(&CONFIGURATION, table, 0..0);
        let check = match fields.table("check") {
            Some((table, span)) => {
                let fields = self.fields(&CHECK, table, span);
                let mut paths = Vec::new();
                for (table, span) in fields.tables("path") {
                    let fields = self.fields(&PATH, table, span);
                    paths.push(Paths {
                        files: self.strings(&fields, "files"),
                        settings: self.check_settings(&fields),
                    });
                }
                Check {
                    settings: self.check_settings(&fields),
                    baseline: self.string(&fields, "baseline", Empty::Refused),
                    exclude: self.strings(&fields, "exclude"),
                    paths,
                }
            }
            None => Check::default(),
        };
        Configuration { check }
    }

    fn check_settings(&mut self, fields: &Fields<'_, '_>) -> Settings {
        let select = values(self.choices(fields, "select", Code::from_name));
        let attach = values(self.choices(fields, "attach", AttachmentKind::from_name));
        let choice = |name| fields.get(name).and_then(|value| value.get_ref().as_str());
        let policy_type = choice("type").and_then(PolicyType::from_name);
        let resource_type = choice("resource-type").and_then(PolicyResource::from_name);
        if let (Some(policy_type), Some(resource), Some(span)) =
            (policy_type, resource_type, fields.key_span("resource-type"))
            && policy_type != PolicyType::Resource
        {
            let message = format!("`{resource}` is for resource policies, not for the type `{policy_type}`");
            self.report(mistake(span, message).help("write `type = \"resource\"`, or remove one of the keys"));
        }
        Settings {
            // Where nothing can be read, nothing is left out.
            select: (!select.is_empty()).then_some(select),
            ignore: values(self.choices(fields, "ignore", Code::from_name)),
            deny_warnings: fields.get("deny-warnings").and_then(|value| value.get_ref().as_bool()),
            policy_type,
            resource_type,
            attach: (!attach.is_empty()).then_some(attach),
        }
    }
}

fn values<T>(spanned: Vec<crate::model::Spanned<T>>) -> Vec<T> {
    spanned.into_iter().map(|spanned| spanned.value).collect()
}
