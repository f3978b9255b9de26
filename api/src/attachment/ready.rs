//! A file that has come whole is looked at, written, and made ready by one act.

use domain::attachment::{Fault, Kind, MAX_COUNT, State};
use domain::event::Kind as Event;
use domain::standing::Standing;
use entity::{attachment, complaint};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::picture::{Looked, look};
use super::service::{count, has_ended};
use super::{kept, thumbnail, transfer};
use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::act::{Act, ActResult, Caller, sha256_hex};
use crate::app::database::locked;
use crate::app::error::{Error, Result, upper_snake};
use crate::complaint::case::{Case, acting_role};

/// How many files are looked at at once: a photo takes some hundred megabytes and a core while it is decoded.
static LOOKING: Semaphore = Semaphore::const_new(2);

/// Looks at a file of which everything has come, and makes it ready or refuses it. Done twice, the second does nothing.
///
/// # Errors
/// When the database or the store does not answer; then it is tried again.
pub async fn make(app: &App, row: &attachment::Model) -> Result<Option<Fault>> {
    let _permit = LOOKING.acquire().await.map_err(|error| error.to_string())?;
    // Many may ask for the same at once, by as many tries of one phone; whoever comes later finds it done.
    let row = match current(app, row.id).await? {
        Some(row) if row.state == State::Uploading => &row.clone(),
        other => return Ok(other.and_then(|row| row.fault)),
    };
    let bytes = match transfer::whole(app, row).await {
        Ok(bytes) => bytes,
        // Somebody else was done with it meanwhile, and its parts are cleared.
        Err(error) => match current(app, row.id).await? {
            Some(now) if now.state != State::Uploading => return Ok(now.fault),
            _ => return Err(error),
        },
    };
    let looking = tokio::task::spawn_blocking(move || (sha256_hex(&bytes), look(bytes)));
    let (sent, looked) = looking.await.map_err(|error| error.to_string())?;
    let fault = match looked {
        // A paper can say who wrote it, and is kept as it is: of whoever stays unknown (D7) there are photos only.
        Ok(Looked { kind: Kind::Paper, .. }) if row.uploaded_by.is_none() => Some(Fault::Type),
        Ok(looked) => {
            app.files.put(&kept(row.id), looked.bytes.clone().into()).await?;
            if let Some(small) = &looked.thumbnail {
                app.files.put(&thumbnail(row.id), small.clone().into()).await?;
            }
            commit(app, row, &looked, sent).await?
        }
        Err(fault) => Some(fault),
    };
    match fault {
        Some(fault) => refuse(app, row, fault).await?,
        // The parts are in the file now. Whatever comes after this, or is left by it, is swept at the time that the row names.
        None => app.files.clear(&super::parts(row.id)).await?,
    }
    Ok(fault)
}

async fn current(app: &App, id: Uuid) -> Result<Option<attachment::Model>> {
    Ok(attachment::Entity::find_by_id(id).one(&app.db).await?)
}

async fn commit(app: &App, row: &attachment::Model, looked: &Looked, sent: String) -> Result<Option<Fault>> {
    let uploader = match row.uploaded_by {
        Some(id) => match Viewer::load(&app.db, id, app.clock.now()).await {
            Ok(viewer) => Some(viewer),
            Err(Error::Unauthenticated) => None,
            Err(error) => return Err(error),
        },
        None => None,
    };
    let caller = Caller { app, viewer: uploader.as_ref(), once: None, said: None };
    let mut act = match &uploader {
        Some(_) => Act::begin(&caller).await?,
        None => Act::begin_anonymous(&caller, row.organization_id).await?,
    };
    let case = locked(complaint::Entity::find_by_id(row.complaint_id), &act.txn).one(&act.txn).await?;
    let mut row = locked(attachment::Entity::find_by_id(row.id), &act.txn)
        .one(&act.txn)
        .await?
        .ok_or_else(|| "an upload is gone while it is looked at".to_owned())?;
    if row.state != State::Uploading {
        return Ok(row.fault);
    }
    let case = case.ok_or_else(|| "a file's case is missing".to_owned())?;
    if has_ended(case.state) || count(&act.txn, case.id).await? > MAX_COUNT {
        return Ok(Some(Fault::Case));
    }
    let standing = uploader.as_ref().map_or_else(Standing::default, |viewer| viewer.standing(&case));
    let staff = uploader.as_ref().is_some_and(|viewer| viewer.is_staff_at(case.site_id));
    let (width, height) = looked.size.unzip();
    row.state = State::Ready;
    row.kind = Some(looked.kind);
    row.media_type = Some(looked.media_type.to_owned());
    row.size = i64::try_from(looked.bytes.len()).ok();
    row.sha256 = Some(sha256_hex(&looked.bytes));
    row.sent_sha256 = Some(sent);
    row.width = width.and_then(|side| i32::try_from(side).ok());
    row.height = height.and_then(|side| i32::try_from(side).ok());
    // Where an employee took a photo is evidence; where a customer did is nobody's business.
    row.evidence = looked.taken.as_ref().filter(|_| staff).map(serde_json::to_value).transpose()?;
    row.parts = json!([]);
    row.clear_parts_at = Some(act.now + transfer::LONGEST);
    row.added_at = Some(act.now);
    row.version += 1;
    let event = if row.for_staff { Event::EvidenceAdded } else { Event::AttachmentAdded };
    let role = uploader.as_ref().and_then(|viewer| acting_role(viewer, &standing, &[], case.site_id));
    let mut case = Case::of_row(&act, case, standing).await?;
    let owner = case.row.owner_account_id;
    let data = json!({ "attachment": row.id, "sha256": row.sha256, "kind": upper_snake(looked.kind.name()) });
    case.tell(&mut act, event, role, Some(row.name.clone()), data, vec![owner]).await?;
    let id = row.id;
    row.into_active_model().reset_all().update(&act.txn).await?;
    act.commit(ActResult { subject: Some(id), ..ActResult::default() }).await?;
    Ok(None)
}

async fn refuse(app: &App, row: &attachment::Model, fault: Fault) -> Result<()> {
    {
        let _turn = app.writing_turn().await?;
        attachment::Entity::update_many()
            .col_expr(attachment::Column::State, Expr::value(State::Refused))
            .col_expr(attachment::Column::Fault, Expr::value(fault))
            .col_expr(attachment::Column::ClearPartsAt, Expr::value(app.clock.now() + transfer::LONGEST))
            .filter(attachment::Column::Id.eq(row.id))
            .filter(attachment::Column::State.eq(State::Uploading))
            .exec(&app.db)
            .await?;
    }
    super::sweep::clear(app, row.id).await
}
