//! The kinds of rows that the ledger tells edits of, and what is to be known of the rows of each.

use super::codes::codes;

codes! {
    /// A kind of row of the ledger.
    RowKind ("记账对象类型", "kind of row") {
        Unit = "unit" ("计量单位", "A unit"),
        Area = "area" ("区划", "An area"),
        Highlight = "highlight" ("亮点", "A highlight of an area"),
        PeriodLock = "period_lock" ("期间锁定", "The locked periods of an area"),
        Metric = "metric" ("指标", "A metric"),
        Report = "report" ("文献", "A report"),
        Observation = "observation" ("观测值", "An observation"),
        Revision = "revision" ("修订", "A state of an observation"),
        Project = "project" ("项目", "A project"),
        ProjectAmount = "project_amount" ("项目金额", "A budget, source of funding or quantity of a project"),
        Milestone = "milestone" ("节点", "A milestone of a project"),
        ProjectMove = "project_move" ("项目阶段变更", "A move of a project"),
        Plan = "plan" ("计划", "A plan"),
        PlanItem = "plan_item" ("计划事项", "A plan item"),
        PlanItemMove = "plan_item_move" ("事项状态变更", "A move of a plan item"),
        Extension = "extension" ("延期申请", "A request for more time"),
        ProgressReport = "progress_report" ("进展", "A progress report"),
        Submission = "submission" ("报送", "A submission"),
        SubmissionItem = "submission_item" ("报送行", "A row of a submission"),
        SubmissionEvent = "submission_event" ("报送记录", "What happened to a submission"),
        Bulletin = "bulletin" ("通报", "A bulletin"),
        ApiKey = "api_key" ("密钥", "An API key"),
    }
}

/// A set of kinds of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kinds(u32);

impl Kinds {
    /// Every kind.
    pub const ALL: Kinds = Kinds::of(RowKind::ALL);

    /// These kinds.
    pub const fn of(kinds: &[RowKind]) -> Kinds {
        let (mut bits, mut at) = (0, 0);
        while at < kinds.len() {
            bits |= 1 << kinds[at] as u32;
            at += 1;
        }
        Kinds(bits)
    }

    /// The set with these bits, one for each kind.
    pub const fn from_bits(bits: u32) -> Kinds {
        Kinds(bits & Kinds::ALL.0)
    }

    /// A bit for each kind.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// The kinds of both sets.
    pub const fn union(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }

    /// Whether a kind is among them.
    pub const fn contains(self, kind: RowKind) -> bool {
        self.0 >> kind as u32 & 1 == 1
    }

    /// The kinds, in their order.
    pub fn iter(self) -> impl Iterator<Item = RowKind> {
        RowKind::ALL.iter().copied().filter(move |kind| self.contains(*kind))
    }
}

impl RowKind {
    /// What answers have to be made anew after a write of this kind, as far as that can be told without looking into
    /// it: observations tell of the projects that they speak of, as far as the reader may see these.
    pub const fn touches(self) -> Kinds {
        match self {
            RowKind::Project => Kinds::of(&[RowKind::Project, RowKind::Revision]),
            other => Kinds::of(&[other]),
        }
    }

    /// The members that a row is known by.
    pub fn key(self) -> &'static [&'static str] {
        match self {
            RowKind::Observation => &["id", "metric", "area", "period", "accumulation", "role"],
            RowKind::Revision => &["observation", "revision"],
            RowKind::Highlight => &["area", "kind", "text"],
            RowKind::ProjectAmount => &["project", "kind", "ordinal"],
            RowKind::Milestone | RowKind::ProjectMove => &["project", "ordinal"],
            RowKind::ApiKey | RowKind::Submission | RowKind::ProgressReport => &["id"],
            RowKind::PlanItemMove | RowKind::Extension => &["item", "ordinal"],
            RowKind::Bulletin => &["no"],
            _ => &["code"],
        }
    }

    /// The members that are kept as millionths.
    pub fn numbers(self) -> &'static [&'static str] {
        match self {
            RowKind::Area => &["lon", "lat"],
            RowKind::Metric => &["min", "max"],
            // Observations had the figures of their state before revisions were rows of their own.
            RowKind::Observation | RowKind::Revision | RowKind::ProjectAmount => &["value", "lower", "upper"],
            _ => &[],
        }
    }

    /// The members that are kept as the text of a JSON array.
    pub fn lists(self) -> &'static [&'static str] {
        match self {
            RowKind::Unit | RowKind::Area | RowKind::Project => &["aliases"],
            RowKind::Metric => &["frequencies"],
            RowKind::PlanItem => &["deliverables", "co_units"],
            RowKind::Observation | RowKind::Revision => &["warnings"],
            _ => &[],
        }
    }

    /// The members that no reader of the ledger sees: what only queries use, and what no audit may hold.
    pub fn hidden(self) -> &'static [&'static str] {
        match self {
            RowKind::ApiKey => &["hash"],
            RowKind::Area | RowKind::Metric | RowKind::Report | RowKind::Project | RowKind::PlanItem => {
                &["folded"]
            }
            _ => &[],
        }
    }
}
