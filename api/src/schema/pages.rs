//! What a page of a list is, said of each: the engine makes these types, and says nothing of them.

use async_graphql::SchemaBuilder;
use async_graphql::connection::Connection;

use super::{Mutation, Query, Subscription};
use crate::access::graphql::api_keys::ApiKey;
use crate::access::graphql::phones::PhoneRecovery;
use crate::alarm::graphql::Alarm;
use crate::audit::graphql::AuditEntry;
use crate::clock::graphql::Clock;
use crate::complaint::graphql::Complaint;
use crate::fee::graphql::{Charge, Statement};
use crate::figure::graphql::FigureCase;
use crate::follow_up::graphql::FollowUp;
use crate::follow_up::parts::InspectionDraw;
use crate::hotline::graphql::HotlineCall;
use crate::incident::graphql::{Incident, OpenLetter, OpenLetterReading};
use crate::opinion::graphql::Opinion;
use crate::organization::graphql::{Building, Category, Department, Site, Team, Unit};
use crate::organization::people::Account;
use crate::organization::resident::graphql::{Invitation, Residency, ResidentRequest};
use crate::price::graphql::PriceList;
use crate::promise::graphql::ServicePromises;
use crate::quote::graphql::Quote;
use crate::reply::graphql::{Reply, ReplyTemplate};
use crate::search::graphql::SearchHit;
use crate::stock::graphql::{StockItem, StockMovement};
use crate::undertaking::graphql::Undertaking;
use crate::work_order::graphql::WorkOrder;

const PAGE: &str = "A page of a list, in the order of the list: its entries, and whether there is more. Give `pageInfo.endCursor` as \
                    `page.after` for the next one.";

type Builder = SchemaBuilder<Query, Mutation, Subscription>;

macro_rules! pages_of {
    ($builder:ident: $($node:ident),+ $(,)?) => {
        $builder$(.override_output_type_description::<Connection<String, $node>>(PAGE))+
    };
}

/// Describes the pages.
pub fn described(builder: Builder) -> Builder {
    pages_of!(builder:
        Account, Alarm, ApiKey, AuditEntry, Building, Category, Charge, Clock, Complaint, Department, FigureCase, FollowUp,
        HotlineCall, Incident, InspectionDraw, Invitation, OpenLetter, OpenLetterReading, Opinion, PhoneRecovery, PriceList,
        Quote, Reply, ReplyTemplate, Residency, ResidentRequest, SearchHit, ServicePromises, Site, Statement, StockItem,
        StockMovement, Team, Undertaking, Unit, WorkOrder,
    )
}
