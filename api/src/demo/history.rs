//! Three months of cases, played in the order of time.

use chrono::{DateTime, Utc};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::Failure;
use super::acts::Stage;
use super::cast::Cast;
use super::casting::Author;
use super::script::Plot;
use crate::alarm::sweep as alarms;
use crate::app::App;
use crate::booking::sweep as visits;
use crate::clock::sweep;

/// Writes the plots and plays them: all acts of all cases in one order of time, as the event log must have it.
///
/// # Errors
/// When an act is refused, or the database does not answer.
pub async fn play(app: &App, rng: &mut StdRng, casts: &[Cast], end: DateTime<Utc>) -> Result<(), Failure> {
    let stage_rng = StdRng::seed_from_u64(rng.random());
    let plots = Author::new(rng, casts, end).all();
    let mut stage = Stage::new(app, stage_rng, plots.len());
    for (at, number, step) in in_order(&plots, end) {
        let act = &plots[number].script.steps[step].1;
        tell_until(app, at).await?;
        app.clock.set(at);
        if let Err(error) = Box::pin(stage.play(casts, &plots, number, act)).await {
            return Err(format!("case {number} at {at}, {act:?}: {error}").into());
        }
    }
    tell_until(app, end).await?;
    app.clock.set(end);
    Ok(())
}

/// Tells of every clock that falls due by a moment and calls again for every alarm that nobody takes, each at its time.
async fn tell_until(app: &App, end: DateTime<Utc>) -> Result<(), Failure> {
    let failed = |error| format!("clocks until {end}: {error:?}");
    loop {
        let (clock, alarm) = (sweep::next(app).await.map_err(failed)?, alarms::next(app).await.map_err(failed)?);
        let visit = visits::next(app).await.map_err(failed)?;
        let Some(next) = [clock, alarm, visit].into_iter().flatten().min().filter(|next| *next <= end) else { break };
        app.clock.set(next);
        sweep::tell_due(app).await.map_err(failed)?;
        alarms::call_again(app).await.map_err(failed)?;
        visits::tell_due(app).await.map_err(failed)?;
    }
    Ok(())
}

/// Every step that has come by the end, by its time.
fn in_order(plots: &[Plot], end: DateTime<Utc>) -> Vec<(DateTime<Utc>, usize, usize)> {
    let mut steps: Vec<(DateTime<Utc>, usize, usize)> = plots
        .iter()
        .enumerate()
        .flat_map(|(number, plot)| plot.script.steps.iter().enumerate().map(move |(step, (at, _))| (*at, number, step)))
        .filter(|(at, ..)| *at <= end)
        .collect();
    steps.sort_unstable();
    steps
}
