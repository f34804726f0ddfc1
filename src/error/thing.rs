//! What an error can be about, in the words of its readers.

use std::fmt;

/// What is not there, is there already, or is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "their words describe them")]
pub enum Thing {
    Area,
    Village,
    Unit,
    Metric,
    Observation,
    Report,
    ReportText,
    Project,
    Milestone,
    Plan,
    PlanItem,
    PlanItemPlace,
    Extension,
    ProgressReport,
    Bulletin,
    Submission,
    PeriodLock,
    Attachment,
    ApiKey,
    Entry,
    Problem,
}

impl Thing {
    /// What it is called in Chinese and in English.
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Thing::Area => ("区划", "area"),
            Thing::Village => ("村或社区", "village"),
            Thing::Unit => ("单位", "unit"),
            Thing::Metric => ("指标", "metric"),
            Thing::Observation => ("观测值", "observation"),
            Thing::Report => ("文献", "report"),
            Thing::ReportText => ("文献全文", "text of the report"),
            Thing::Project => ("项目", "project"),
            Thing::Milestone => ("节点", "milestone"),
            Thing::Plan => ("计划", "plan"),
            Thing::PlanItem => ("计划事项", "plan item"),
            Thing::PlanItemPlace => ("该位置的计划事项", "an item in the place of"),
            Thing::Extension => ("延期申请", "extension"),
            Thing::ProgressReport => ("进展", "progress report"),
            Thing::Bulletin => ("通报", "bulletin"),
            Thing::Submission => ("报送", "submission"),
            Thing::PeriodLock => ("时期锁定", "period lock"),
            Thing::Attachment => ("附件", "attachment"),
            Thing::ApiKey => ("密钥", "API key"),
            Thing::Entry => ("记账", "entry"),
            Thing::Problem => ("问题类型", "problem type"),
        }
    }
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words().1)
    }
}
