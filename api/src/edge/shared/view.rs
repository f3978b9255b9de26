//! What executions for one event made, and for whom each is good.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;
use domain::organization::Language;
use uuid::Uuid;

use crate::access::viewer::Viewer;
use crate::edge::mailbox::Parcel;
use crate::event::live::Scales;

/// What an execution made, and for whom it is.
pub struct View {
    /// The response or, where the operation never ran, its errors.
    pub text: Utf8Bytes,
    /// Whether it never ran.
    pub never: bool,
    /// In which language it is.
    pub language: Language,
    /// Whether it is its viewer's alone.
    pub personal: bool,
    /// Which orders of the case its viewer was asked to see, and whether they do.
    pub orders: Vec<(Uuid, bool)>,
}

impl View {
    /// What a client gets of it, for one of its operations.
    pub fn parcel(&self, turn: u32) -> Parcel {
        if self.never { Parcel::Never(turn, self.text.clone()) } else { Parcel::Item(turn, self.text.clone()) }
    }
}

/// The views of one event.
#[derive(Default)]
pub struct Views {
    /// Those that depend on nobody, a few: for whoever sees the case.
    common: Vec<View>,
    /// Those of one account, for its devices.
    own: HashMap<Uuid, Vec<(Arc<Viewer>, View)>>,
}

impl Views {
    /// The one that is good for a viewer, if there is one.
    pub fn find(&self, viewer: Option<&Arc<Viewer>>, language: Language, scales: &Scales) -> Option<&View> {
        let sees = |view: &View| {
            let mut orders = view.orders.iter();
            orders.all(|(order, seen)| scales.sees_order(viewer.map(Arc::as_ref), *order) == *seen)
        };
        let mut common = self.common.iter().filter(|_| scales.sees_case(viewer.map(Arc::as_ref)));
        common.find(|view| view.language == language && sees(view)).or_else(|| {
            let viewer = viewer?;
            let same = |who: &Viewer| who.grants == viewer.grants && who.units == viewer.units;
            let own = self.own.get(&viewer.id)?.iter();
            own.filter(|(who, view)| view.language == language && same(who)).map(|(_, view)| view).next()
        })
    }

    /// Keeps one that was made for a viewer.
    pub fn keep(&mut self, viewer: Option<&Arc<Viewer>>, view: View, scales: &Scales) {
        match viewer {
            Some(viewer) if view.personal || !scales.sees_case(Some(viewer)) => {
                self.own.entry(viewer.id).or_default().push((viewer.clone(), view));
            }
            _ => self.common.push(view),
        }
    }
}
