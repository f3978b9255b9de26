//! The same matter raised repeatedly gets more attention and is reported up (D6, C4).

use crate::complaint::Severity;
use crate::ownership::Post;

/// How serious a case is that repeats an earlier one: one level more, up to [`Severity::High`]. That leaders come to look at
/// a matter together (E4.3) is for people to say.
#[must_use]
pub const fn raised(severity: Severity) -> Severity {
    match severity {
        Severity::Low => Severity::Normal,
        Severity::Normal | Severity::High => Severity::High,
        Severity::Serious => Severity::Serious,
    }
}

/// Who is told of a report of a matter that so many earlier ones were of: at the second the head of the office, from the
/// third on a leader of the company as well.
#[must_use]
pub const fn told(repeats: i32) -> &'static [Post] {
    match repeats {
        ..=0 => &[],
        1 => &[Post::OfficeHead],
        2.. => &[Post::OfficeHead, Post::CompanyLeader],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d6_the_second_report_goes_to_the_office_and_the_third_to_the_company() {
        assert_eq!(told(0), []);
        assert_eq!(told(1), [Post::OfficeHead]);
        assert_eq!(told(7), [Post::OfficeHead, Post::CompanyLeader]);
    }

    #[test]
    fn d6_a_repetition_is_one_level_more_serious_but_calls_no_leaders_to_the_site() {
        let raised: Vec<_> = Severity::ALL.iter().map(|severity| raised(*severity)).collect();
        assert_eq!(raised, [Severity::Normal, Severity::High, Severity::High, Severity::Serious]);
    }
}
