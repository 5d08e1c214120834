use iam_policy_document::Position;
use iam_policy_eval::Decision;

use crate::error::Error;
use crate::settings::Shape;
use crate::simulate::Input;
use crate::simulate::decide::{Match, Simulation, Verdict};
use crate::simulate::page::Page;
use crate::simulate::template::template;
use crate::xml::Xml;

/// The results on a page.
#[derive(Debug)]
pub(crate) struct Results {
    shape: Shape,
    /// The decisions about each action, by resource.
    actions: Vec<(String, Vec<(String, Verdict)>)>,
    marker: Option<String>,
}

impl Results {
    pub(crate) fn of(shape: Shape, simulation: &Simulation<'_>, input: &Input<'_>, page: Page) -> Result<Self, Error> {
        let resources = if input.resources.is_empty() {
            &["*"][..]
        } else {
            &input.resources
        };
        let mut actions = Vec::new();
        for number in page.start..page.end {
            let (action, resources) = match shape {
                Shape::PerAction => (input.actions.get(number), resources),
                Shape::PerResource => {
                    let (action, resource) = (number / resources.len(), number % resources.len());
                    let resource = resources.get(resource..=resource).unwrap_or_default();
                    (input.actions.get(action), resource)
                }
            };
            let Some(&action) = action else { continue };
            let verdicts = resources
                .iter()
                .map(|&resource| Ok((resource.to_owned(), simulation.decide(action, resource)?)))
                .collect::<Result<_, Error>>()?;
            actions.push((action.to_owned(), verdicts));
        }
        Ok(Self {
            shape,
            actions,
            marker: page.marker,
        })
    }

    /// Writes the results.
    ///
    /// Source: IAM API Reference, `EvaluationResult`, `ResourceSpecificResult`.
    pub(crate) fn write(&self, xml: &mut Xml) {
        xml.element("EvaluationResults", |xml| {
            for (action, verdicts) in &self.actions {
                xml.element("member", |xml| result(self.shape, action, verdicts, xml));
            }
        });
        xml.text("IsTruncated", self.marker.is_some());
        if let Some(marker) = &self.marker {
            xml.text("Marker", marker);
        }
    }
}

fn result(shape: Shape, action: &str, verdicts: &[(String, Verdict)], xml: &mut Xml) {
    let resources: Vec<&str> = verdicts.iter().map(|(resource, _)| resource.as_str()).collect();
    let is_about_all = resources == ["*"];
    let all = Verdict::most_restrictive(verdicts.iter().map(|(_, verdict)| verdict));
    match &all.across {
        Some(across) => details(across, xml),
        // Within one account, the element is present but empty if there is a resource.
        None if !is_about_all && all.organization != Some(false) => xml.element("EvalDecisionDetails", |_| {}),
        None => {}
    }
    if let Some(allowed) = all.organization {
        xml.element("OrganizationsDecisionDetail", |xml| {
            xml.text("AllowedByOrganizations", allowed);
        });
    }
    common(&all, xml);
    let name = match (shape, &resources[..]) {
        (Shape::PerResource, [resource]) => resource,
        _ => template(action, &resources),
    };
    xml.text("EvalResourceName", name);
    xml.text("EvalDecision", all.decision);
    xml.text("EvalActionName", action);
    if is_about_all {
        return;
    }
    xml.element("ResourceSpecificResults", |xml| {
        for (resource, verdict) in verdicts {
            xml.element("member", |xml| {
                if let Some(across) = &verdict.across {
                    details(across, xml);
                }
                common(verdict, xml);
                xml.text("EvalResourceDecision", verdict.decision);
                xml.text("EvalResourceName", resource);
            });
        }
    });
}

/// The part that results for actions and for resources share.
fn common(verdict: &Verdict, xml: &mut Xml) {
    if let Some(allowed) = verdict.boundary {
        xml.element("PermissionsBoundaryDecisionDetail", |xml| {
            xml.text("AllowedByPermissionsBoundary", allowed);
        });
    }
    xml.element("MatchedStatements", |xml| {
        for matched in &verdict.matched {
            xml.element("member", |xml| statement(matched, xml));
        }
    });
    xml.element("MissingContextValues", |xml| {
        for key in &verdict.missing {
            xml.text("member", key);
        }
    });
}

fn statement(matched: &Match, xml: &mut Xml) {
    let position = |name, position: &Position, xml: &mut Xml| {
        xml.element(name, |xml| {
            xml.text("Column", position.column);
            xml.text("Line", position.line);
        });
    };
    xml.text("SourcePolicyId", &matched.policy);
    if let Some((_, end)) = &matched.position {
        position("EndPosition", end, xml);
    }
    xml.text("SourcePolicyType", matched.kind);
    if let Some((start, _)) = &matched.position {
        position("StartPosition", start, xml);
    }
}

fn details(across: &[(&str, Decision)], xml: &mut Xml) {
    xml.element("EvalDecisionDetails", |xml| {
        for (kind, decision) in across {
            xml.element("entry", |xml| {
                xml.text("key", kind);
                xml.text("value", decision);
            });
        }
    });
}

impl Verdict {
    /// The combined decision about several resources: the most restrictive one, with the statements that caused it.
    ///
    /// Source: IAM API Reference, `EvaluationResult`.
    fn most_restrictive<'v>(verdicts: impl Iterator<Item = &'v Self> + Clone) -> Self {
        let decision = verdicts.clone().map(|verdict| verdict.decision).max();
        let decision = decision.unwrap_or(Decision::ImplicitDeny);
        let mut all = Self {
            decision,
            matched: Vec::new(),
            missing: Vec::new(),
            boundary: None,
            organization: None,
            across: None,
        };
        for verdict in verdicts {
            if verdict.decision == decision && decision != Decision::ImplicitDeny {
                for matched in &verdict.matched {
                    if !all.matched.contains(matched) {
                        all.matched.push(matched.clone());
                    }
                }
            }
            for key in &verdict.missing {
                if !all.missing.contains(key) {
                    all.missing.push(key.clone());
                }
            }
            let both = |one: Option<bool>, other: Option<bool>| match (one, other) {
                (Some(one), Some(other)) => Some(one && other),
                (one, other) => one.or(other),
            };
            all.boundary = both(all.boundary, verdict.boundary);
            all.organization = both(all.organization, verdict.organization);
            if let Some(across) = &verdict.across {
                match &mut all.across {
                    None => all.across = Some(across.clone()),
                    Some(all) => {
                        for ((_, all), (_, decision)) in all.iter_mut().zip(across) {
                            *all = (*all).max(*decision);
                        }
                    }
                }
            }
        }
        all
    }
}
