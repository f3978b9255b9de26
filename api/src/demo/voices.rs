//! Opinions of the demo (B1): one of each channel, some answered, one late, one that became a complaint.

use chrono::{DateTime, TimeDelta, Utc};
use domain::complaint::ReplyForm;
use domain::opinion::Channel;
use domain::organization::Role;
use uuid::Uuid;

use super::Failure;
use super::acts::absent;
use super::cast::Cast;
use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::act::Caller;
use crate::complaint::case::Target;
use crate::complaint::intake::Report;
use crate::opinion::service::{self as opinions, Draft};
use crate::opinion::sweep;

/// What is said, from where, how many days ago, and the answer where there is one.
const SAID: &[(Channel, i64, &str, Option<&str>)] = &[
    (Channel::Counter, 40, "建议在北门加装快递柜。", Some("快递柜已与供应商签约,预计下月安装。")),
    (Channel::Book, 21, "希望游泳池开放时间延长到晚上九点。", Some("经试行两周,周末开放至晚上九点。")),
    (Channel::LetterBox, 12, "地下车库灯光太暗,老人看不清台阶。", Some("已更换车库照明,台阶处加贴反光条。")),
    (Channel::Email, 6, "建议物业公告同时发英文版。", None),
    (Channel::Phone, 1, "希望周末安排一次垃圾分类讲座。", None),
];

/// Records them, each at its time, and answers what is answered a day later.
///
/// # Errors
/// When an act is refused, or the database does not answer.
pub async fn speak(app: &App, casts: &[Cast], end: DateTime<Utc>) -> Result<(), Failure> {
    let cast = casts.iter().find(|cast| cast.code == "LY").ok_or_else(|| absent("community"))?;
    let agent = Viewer::load(&app.db, *cast.desk().first().ok_or_else(|| absent("desk"))?, end).await?;
    let archivist = cast.first(Role::Archivist).ok_or_else(|| absent("archivist"))?;
    let archivist = Viewer::load(&app.db, archivist, end).await?;
    let by = |viewer| Caller { app, viewer: Some(viewer), once: None, said: None };
    for (channel, days, text, answer) in SAID {
        app.clock.set(end - TimeDelta::days(*days));
        let recorded = opinions::record(&by(&agent), cast.site_id, Draft::of(*channel, (*text).to_owned())).await?;
        let Some(answer) = answer else { continue };
        app.clock.advance(TimeDelta::days(1));
        let id = recorded.subject.ok_or_else(|| absent("opinion"))?;
        opinions::answer(&by(&agent), Target { id, version: 1 }, ReplyForm::Letter, answer).await?;
        if *days > 30 {
            opinions::archive(&by(&archivist), Target { id, version: 2 }).await?;
        }
    }
    app.clock.set(end);
    from_residents(app, cast, &agent, end).await?;
    sweep::tell_due(app).await.map_err(|error| format!("opinions until {end}: {error:?}"))?;
    Ok(())
}

/// A resident gives one that became a complaint, and one that waits.
async fn from_residents(app: &App, cast: &Cast, agent: &Viewer, end: DateTime<Utc>) -> Result<(), Failure> {
    let resident = cast.customers.iter().find(|customer| customer.phone == "13900000001");
    let resident = resident.ok_or_else(|| absent("resident"))?;
    let unit: Uuid = resident.unit.ok_or_else(|| absent("unit"))?;
    let viewer = Viewer::load(&app.db, resident.account, end).await?;
    let caller = Caller { app, viewer: Some(&viewer), once: None, said: None };
    for text in ["小区东侧步道建议加装长椅。", "广场舞音响晚上十点后仍然很响,希望管一管。"]
    {
        let given = opinions::give(&caller, unit, text.to_owned(), None).await?;
        let id = given.subject.ok_or_else(|| absent("opinion"))?;
        if text.contains("音响") {
            let noise = cast.categories.get("NOISE").ok_or_else(|| absent("category"))?;
            let desk = Caller { app, viewer: Some(agent), once: None, said: None };
            opinions::turn(&desk, Target { id, version: 1 }, Report::about(*noise)).await?;
        }
    }
    Ok(())
}
