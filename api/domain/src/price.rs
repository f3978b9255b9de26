//! What paid work costs 有偿服务收费标准, and when work is free (E4.2.1).

use crate::closed_set::closed_set;
use crate::complaint;
use crate::refusal::Code;

closed_set! {
    /// What an item of a price list is.
    pub enum ItemKind as "PriceItemKind" {
        /// A service, such as clearing a drain.
        Service,
        /// Material that stays with the customer.
        Material,
        /// 人工费: work by the hour or the piece.
        Labour,
        /// 上门费: coming to look.
        Visit,
    }
}

closed_set! {
    /// Why work is free of charge. Work that is not paid always says why.
    pub enum FreeReason as "FreeReason" {
        /// 服务费已含: covered by the management fee.
        Included,
        /// 保修期内: under warranty.
        Warranty,
        /// 公共区域: in a public area.
        PublicArea,
        /// 我方责任: the management answers for the damage.
        OurLiability,
        /// 减免: waived; the note says why.
        Goodwill,
    }
}

closed_set! {
    /// Whether a work order is paid (E4.2.1).
    pub enum Pricing as "WorkOrderPricing" {
        /// Free of charge; `freeReason` says why.
        Free,
        /// Its price cannot be known yet: a visit, quoted on site before the work.
        QuoteOnSite,
        /// Quoted and accepted before it was issued.
        Quoted,
    }
}

/// What is said of the price when an order is issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Said {
    /// Whether it is paid.
    pub pricing: Option<Pricing>,
    /// Why it is free.
    pub free_reason: Option<FreeReason>,
    /// Whether the reason is told in words.
    pub note: bool,
    /// Whether a quote is named.
    pub quote: bool,
}

/// The terms under which an order is issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Whether it is paid.
    pub pricing: Pricing,
    /// Why it is free; there whenever it is.
    pub free_reason: Option<FreeReason>,
}

/// The terms of an order (E4.2.1). Whoever says nothing issues what the case makes likely: in a public area free work, for
/// a paid service a visit that is quoted on site, else work that the management fee covers.
///
/// # Errors
/// What is wrong, and the field that it is about.
pub fn terms(kind: complaint::Kind, public_area: bool, said: Said) -> Result<Terms, (Code, &'static str)> {
    let pricing = said.pricing.unwrap_or(match kind {
        _ if said.quote => Pricing::Quoted,
        _ if said.free_reason.is_some() || public_area => Pricing::Free,
        complaint::Kind::PaidService => Pricing::QuoteOnSite,
        complaint::Kind::Complaint | complaint::Kind::Repair => Pricing::Free,
    });
    if said.quote != (pricing == Pricing::Quoted) {
        return Err((if said.quote { Code::Invalid } else { Code::Required }, "quoteId"));
    }
    if pricing != Pricing::Free {
        let unwanted = said.free_reason.map(|_| (Code::Invalid, "freeReason"));
        return unwanted.map_or(Ok(Terms { pricing, free_reason: None }), Err);
    }
    let assumed = match said.pricing {
        _ if public_area => Some(FreeReason::PublicArea),
        None => Some(FreeReason::Included),
        Some(_) => None,
    };
    let reason = said.free_reason.or(assumed).ok_or((Code::Required, "freeReason"))?;
    check_free(reason, public_area, said.note)?;
    Ok(Terms { pricing, free_reason: Some(reason) })
}

/// Checks why work is free: a public area must be one, and what is waived says why in words.
///
/// # Errors
/// What is wrong, and the field that it is about.
pub fn check_free(reason: FreeReason, public_area: bool, note: bool) -> Result<(), (Code, &'static str)> {
    match reason {
        FreeReason::PublicArea if !public_area => Err((Code::Invalid, "freeReason")),
        FreeReason::Goodwill if !note => Err((Code::Required, "freeNote")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use complaint::Kind::{PaidService, Repair};

    const SILENT: Said = Said { pricing: None, free_reason: None, note: false, quote: false };

    fn agreed(kind: complaint::Kind, public: bool, said: Said) -> Result<(Pricing, Option<FreeReason>), &'static str> {
        terms(kind, public, said).map(|terms| (terms.pricing, terms.free_reason)).map_err(|(_, field)| field)
    }

    #[test]
    fn e4_2_1_whoever_says_nothing_of_the_price_issues_free_work_or_a_visit() {
        assert_eq!(agreed(Repair, false, SILENT), Ok((Pricing::Free, Some(FreeReason::Included))));
        assert_eq!(agreed(Repair, true, SILENT), Ok((Pricing::Free, Some(FreeReason::PublicArea))));
        assert_eq!(agreed(PaidService, false, SILENT), Ok((Pricing::QuoteOnSite, None)));
        assert_eq!(agreed(PaidService, true, SILENT), Ok((Pricing::Free, Some(FreeReason::PublicArea))));
    }

    #[test]
    fn e4_2_1_free_work_says_why_and_quoted_work_names_its_quote() {
        let free = Said { pricing: Some(Pricing::Free), ..SILENT };
        let because = |reason| Said { free_reason: Some(reason), ..SILENT };
        assert_eq!(agreed(PaidService, false, free), Err("freeReason"));
        assert_eq!(agreed(Repair, true, free), Ok((Pricing::Free, Some(FreeReason::PublicArea))));
        assert_eq!(agreed(Repair, false, because(FreeReason::PublicArea)), Err("freeReason"));
        assert_eq!(agreed(Repair, false, because(FreeReason::Goodwill)), Err("freeNote"));
        let told = Said { note: true, ..because(FreeReason::Goodwill) };
        assert_eq!(agreed(PaidService, false, told), Ok((Pricing::Free, Some(FreeReason::Goodwill))));
        assert_eq!(agreed(Repair, false, Said { pricing: Some(Pricing::Quoted), ..SILENT }), Err("quoteId"));
        assert_eq!(agreed(Repair, false, Said { quote: true, ..SILENT }), Ok((Pricing::Quoted, None)));
        assert_eq!(agreed(Repair, false, Said { quote: true, ..free }), Err("quoteId"));
        let both = Said { quote: true, free_reason: Some(FreeReason::Warranty), ..SILENT };
        assert_eq!(agreed(Repair, false, both), Err("freeReason"));
    }
}
