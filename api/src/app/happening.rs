//! Something that happened, as an act tells it; the act writes it to the log when it ends.

use domain::event::Kind;
use domain::organization::Role;
use uuid::Uuid;

/// Something that happened, as an act tells it.
#[derive(Debug, Clone)]
pub struct Happening {
    /// What.
    pub kind: Kind,
    /// The site.
    pub site_id: Uuid,
    /// The case.
    pub complaint_id: Uuid,
    /// The work order, if it is about one.
    pub work_order_id: Option<Uuid>,
    /// The follow-up, if it is about one.
    pub follow_up_id: Option<Uuid>,
    /// The department in whose queue it shows.
    pub department_id: Option<Uuid>,
    /// In which role the actor did it.
    pub actor_role: Option<Role>,
    /// Who owns the thing after it (A0).
    pub owner: (Uuid, String),
    /// Its state after it, as the schema writes it.
    pub state: String,
    /// The reason or the words given.
    pub reason: Option<String>,
    /// Further facts.
    pub data: serde_json::Value,
    /// Who must hear of it; the actor never does.
    pub tell: Vec<Uuid>,
}

impl Happening {
    /// The team that an order was taken from, where that is what happened.
    #[must_use]
    pub fn left_team(&self) -> Option<Uuid> {
        Uuid::try_parse(self.data.get("leftTeam")?.as_str()?).ok()
    }
}
