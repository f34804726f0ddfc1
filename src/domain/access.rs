//! Who may do what: the roles of keys, the areas that a key reaches, and what its holder sees beyond
//! what is public.

use chrono::NaiveDateTime;

use super::area_code::AreaCode;
use super::codes::{Visibility, codes};

codes! {
    /// Role of a key. Each includes those before it.
    KeyRole ("密钥角色", "key role") {
        Reader = "reader" ("查阅", "Sees what is internal"),
        Reporter = "reporter" ("填报", "Reports progress and proposes figures"),
        Reviewer = "reviewer" ("审核", "Approves what is proposed, sees what is not yet released, reads the ledger"),
        Editor = "editor" ("编辑", "Changes what is stored"),
        Admin = "admin" ("管理", "Gives out keys"),
    }
}

/// The areas that something reaches: none, a subtree, or all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// No area at all.
    Nowhere,
    /// An area and all below it.
    Within(AreaCode),
    /// Every area.
    Everywhere,
}

impl Reach {
    /// The reach of a key: its area, or everything when it has none.
    pub fn of(area: Option<AreaCode>) -> Reach {
        area.map_or(Reach::Everywhere, Reach::Within)
    }

    /// Whether an area lies within.
    pub fn covers(self, area: AreaCode) -> bool {
        let (first, last) = self.span();
        (first..=last).contains(&area.as_i64())
    }

    /// Whether an area lies within, or has all of this within it.
    pub fn meets(self, area: AreaCode) -> bool {
        match self {
            Reach::Within(own) => self.covers(area) || Reach::Within(area).covers(own),
            _ => self.covers(area),
        }
    }

    /// The codes within, as first and last, for queries. Of nowhere the first lies above the last.
    pub fn span(self) -> (i64, i64) {
        match self {
            Reach::Nowhere => (1, 0),
            Reach::Within(area) => area.subtree().into_inner(),
            Reach::Everywhere => (0, i64::MAX),
        }
    }
}

/// What somebody sees beyond what is public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sight {
    /// Where internal rows are seen. What has no area of its own is seen by every key.
    pub internal: Reach,
    /// Where figures are seen before their release.
    pub unreleased: Reach,
}

impl Sight {
    /// What everybody sees.
    pub const PUBLIC: Sight = Sight { internal: Reach::Nowhere, unreleased: Reach::Nowhere };
    /// Everything, for the program's own work.
    pub const ALL: Sight = Sight { internal: Reach::Everywhere, unreleased: Reach::Everywhere };

    /// What a key of this role and reach sees.
    pub fn of(role: KeyRole, reach: Reach) -> Sight {
        let unreleased = if role >= KeyRole::Reviewer { reach } else { Reach::Nowhere };
        Sight { internal: reach, unreleased }
    }

    /// Whether a row without an area is seen.
    pub fn sees(self, visibility: Visibility) -> bool {
        visibility == Visibility::Public || self.internal != Reach::Nowhere
    }

    /// The visibilities of rows without an area that are seen.
    pub fn visibilities(self) -> &'static [Visibility] {
        if self.sees(Visibility::Internal) { Visibility::ALL } else { &[Visibility::Public] }
    }
}

/// The holder of a valid key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Id of the key, a UUID.
    pub id: String,
    /// Name of the key, which signs what it writes.
    pub name: String,
    /// Role.
    pub role: KeyRole,
    /// The area that the key is for; null when it is for all.
    pub area: Option<AreaCode>,
    /// When the key stops being valid; null for never.
    pub expires_at: Option<NaiveDateTime>,
}

impl Caller {
    /// The areas that the key may write to.
    pub fn reach(&self) -> Reach {
        Reach::of(self.area)
    }

    /// What the holder sees.
    pub fn sight(&self) -> Sight {
        Sight::of(self.role, self.reach())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(code: &str) -> AreaCode {
        code.parse().expect("an area code")
    }

    #[test]
    fn a_reach_covers_its_subtree_and_nothing_else() {
        let town = Reach::Within(area("430681107"));
        assert!(town.covers(area("430681107000")) && town.covers(area("430681107223")));
        assert!(!town.covers(area("430681108")) && !town.covers(area("430681")));
        assert!(Reach::Everywhere.covers(area("430681")) && !Reach::Nowhere.covers(area("430681")));
    }

    #[test]
    fn a_reach_meets_what_lies_within_and_what_it_lies_within() {
        let village = Reach::Within(area("430681107223"));
        assert!(village.meets(area("430681107223")) && village.meets(area("430681107")));
        assert!(village.meets(area("43")) && Reach::Within(area("430681")).meets(area("430681107223")));
        assert!(!village.meets(area("430681107224")) && !village.meets(area("430681108")));
        assert!(Reach::Everywhere.meets(area("43")) && !Reach::Nowhere.meets(area("43")));
    }

    #[test]
    fn roles_are_ordered_and_sight_grows_with_them() {
        assert!(KeyRole::ALL.is_sorted());
        let town = Reach::Within(area("430681107"));
        assert_eq!(Sight::of(KeyRole::Reporter, town).unreleased, Reach::Nowhere);
        assert_eq!(Sight::of(KeyRole::Reviewer, town).unreleased, town);
        assert!(!Sight::PUBLIC.sees(Visibility::Internal) && Sight::ALL.sees(Visibility::Internal));
    }
}
