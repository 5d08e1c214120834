use crate::error::Error;
use crate::settings::{Settings, Shape};
use crate::simulate::Input;

/// The range of results to return.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The marker of the next page, if there is one.
    pub(crate) marker: Option<String>,
}

impl Page {
    pub(crate) fn find(settings: &Settings, input: &Input<'_>) -> Result<Self, Error> {
        let all = match settings.shape {
            Shape::PerAction => input.actions.len(),
            Shape::PerResource => input.actions.len() * input.resources.len().max(1),
        };
        let start = match input.marker {
            None => 0,
            // A marker from another call would point anywhere.
            Some(marker) => read(marker, input.digest)
                .filter(|start| (1..all).contains(start))
                .ok_or_else(|| Error::validation(format!("Invalid Marker: {marker}")))?,
        };
        let end = all.min(start + input.max_items.min(settings.page_size));
        Ok(Self {
            start,
            end,
            marker: (end < all).then(|| format!("{end:08x}{:016x}", input.digest)),
        })
    }
}

fn read(marker: &str, digest: u64) -> Option<usize> {
    let (start, of) = marker.split_at_checked(8)?;
    (u64::from_str_radix(of, 16) == Ok(digest)).then_some(())?;
    usize::from_str_radix(start, 16).ok()
}
