//! What several homes report, made one incident, and answered by an open letter (D4).

use domain::incident::Audience;
use domain::organization::Role;
use entity::category;
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::Failure;
use super::acts::absent;
use super::cast::Cast;
use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::act::Caller;
use crate::complaint::case::Target;
use crate::incident::query::suggested;
use crate::incident::service::{Draft, confirm, draft, publish};

const LETTER: &str = "各位住户:近期多户反映同一问题,我们已现场查看并安排处理,预计本周内完成。给您带来不便,深表歉意。";

/// At each site where several homes report the same, the front desk confirms it and drafts a letter, and the head of the office
/// publishes it.
///
/// # Errors
/// When an act is refused, or the database does not answer.
pub async fn answer(app: &App, casts: &[Cast]) -> Result<(), Failure> {
    for cast in casts {
        let (Some(agent), Some(head)) = (cast.desk().first().copied(), cast.first(Role::OfficeHead)) else { continue };
        let now = app.clock.now();
        let agent = Viewer::load(&app.db, agent, now).await?;
        let groups = suggested(&app.db, &agent, cast.site_id, now).await?;
        let Some(group) = groups.first() else { continue };
        let kind = category::Entity::find_by_id(group[0].category_id).one(&app.db).await?;
        let about = kind.map_or_else(String::new, |kind| kind.name_zh);
        let reports: Vec<Uuid> = group.iter().map(|case| case.id).collect();
        let desk = Caller { app, viewer: Some(&agent), once: None, said: None };
        let made = confirm(&desk, cast.site_id, &format!("多户反映:{about}"), true, &reports).await?;
        let incident = Target { id: made.subject.ok_or_else(|| absent("incident"))?, version: 1 };
        let words = Draft {
            title: format!("关于{about}的说明"),
            text: LETTER.to_owned(),
            audience: Audience::All,
            places: Vec::new(),
        };
        let drafted = draft(&desk, incident, words).await?;
        let letter = Target { id: drafted.subject.ok_or_else(|| absent("letter"))?, version: 1 };
        let head = Viewer::load(&app.db, head, now).await?;
        publish(&Caller { app, viewer: Some(&head), once: None, said: None }, letter).await?;
    }
    Ok(())
}
