//! `SimulateCustomPolicy` and `SimulatePrincipalPolicy`.

mod decide;
mod input;
mod page;
mod position;
mod results;
mod source;
mod template;
mod who;

use policy_core::text;

use crate::batch;
use crate::caller::Caller;
use crate::error::Error;
use crate::settings::Settings;

use decide::Simulation;
use page::Page;

pub(crate) use input::Input;
pub(crate) use results::Results;
pub(crate) use who::check_source;

/// The results of a simulation, as far as they are on the page that is asked for.
pub(crate) fn simulate(settings: &Settings, caller: &Caller<'_>, input: &Input<'_>) -> Result<Results, Error> {
    if let Some(action) = input.actions.iter().find(|action| !text::is_action(action)) {
        return Err(Error::invalid_input(format!(
            "Invalid Input Action: {action} is not of the form service:Name"
        )));
    }
    batch::check(&settings.batches, &input.actions)?;
    let page = Page::find(settings, input)?;
    let simulation = Simulation::new(settings, caller, input)?;
    Results::of(settings.shape, &simulation, input, page)
}
