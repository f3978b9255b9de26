//! Who must have a second factor.

use domain::organization::Role;
use domain::session::{SecondFactorPolicy, calls_for_second_factor, may_only_set_up};

#[test]
fn administrators_heads_and_leaders_call_for_a_second_factor_and_nobody_else() {
    let called: Vec<&str> =
        Role::ALL.iter().filter(|role| calls_for_second_factor(**role)).map(|role| role.name()).collect();
    assert_eq!(
        called,
        [
            "DepartmentHead",
            "CustomerServiceSupervisor",
            "MarketHead",
            "CustomerServiceDirector",
            "OfficeHead",
            "CompanyLeader",
            "Administrator"
        ]
    );
    for kind in domain::organization::DepartmentKind::ALL {
        assert!(calls_for_second_factor(kind.head()), "{kind:?}");
    }
}

#[test]
fn a_session_is_bound_only_where_it_is_required_called_for_and_not_shown() {
    use SecondFactorPolicy::{Offered, Required};
    let head = || [Role::Technician, Role::DepartmentHead];
    assert!(may_only_set_up(Required, head(), false));
    assert!(!may_only_set_up(Required, head(), true));
    assert!(!may_only_set_up(Offered, head(), false));
    assert!(!may_only_set_up(Required, [Role::Technician], false));
    assert!(!may_only_set_up(Required, [], false));
}
