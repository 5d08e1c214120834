//! `SimulateCustomPolicy` and `SimulatePrincipalPolicy`.

mod decide;
mod input;
mod page;
mod position;
mod results;
mod source;
mod template;
mod who;

use iam_policy_core::text;

use crate::batch;
use crate::caller::Caller;
use crate::error::Error;
use crate::settings::{Settings, Shape};

use decide::Simulation;
use page::Page;

pub(crate) use input::Input;
pub(crate) use results::Results;
pub(crate) use who::check_source;

/// The approximate maximum number of pairs of an action and a resource per page. AWS documents no limit.
const MAX_PAIRS: usize = 100_000;

/// The results of a simulation on the requested page.
pub(crate) fn simulate(settings: &Settings, caller: &Caller<'_>, input: &Input<'_>) -> Result<Results, Error> {
    if let Some(action) = input.actions.iter().find(|action| !text::is_action(action)) {
        return Err(Error::invalid_input(format!(
            "Invalid Input Action: {action} is not of the form service:Name"
        )));
    }
    batch::check(&settings.batches, &input.actions)?;
    let page = Page::find(settings, input)?;
    let results = page.end.saturating_sub(page.start);
    let pairs = match settings.shape {
        Shape::PerAction => results.saturating_mul(input.resources.len()),
        Shape::PerResource => results,
    };
    if pairs > MAX_PAIRS {
        return Err(Error::invalid_input(format!(
            "This server simulates at most {MAX_PAIRS} pairs of an action and a resource on a page: there are {pairs}"
        )));
    }
    let simulation = Simulation::new(settings, caller, input)?;
    Results::of(settings.shape, &simulation, input, page)
}
