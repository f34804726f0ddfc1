//! What an error can be about, in the words of its readers.

use std::fmt;

macro_rules! things {
    ($($name:ident $code:literal ($zh:literal, $en:literal)),+ $(,)?) => {
        /// What is not there, is there already, or is in use.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Thing {
            $(#[doc = $en] $name,)+
        }

        impl Thing {
            /// What it is called in Chinese and in English.
            pub const fn words(self) -> (&'static str, &'static str) {
                match self {
                    $(Thing::$name => ($zh, $en),)+
                }
            }
        }

        /// As a terminal and the log call it.
        impl fmt::Display for Thing {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Thing::$name => $code,)+
                })
            }
        }
    };
}

things! {
    Area "area" ("区划", "area"),
    Village "village" ("村或社区", "village"),
    Unit "unit" ("单位", "unit"),
    Metric "metric" ("指标", "metric"),
    Observation "observation" ("观测值", "observation"),
    Report "report" ("文献", "report"),
    ReportText "report_text" ("文献全文", "text of the report"),
    Project "project" ("项目", "project"),
    Milestone "milestone" ("节点", "milestone"),
    Plan "plan" ("计划", "plan"),
    PlanItem "plan_item" ("计划事项", "plan item"),
    PlanItemPlace "plan_item_place" ("该位置的计划事项", "an item in the place of"),
    Extension "extension" ("延期申请", "extension"),
    ProgressReport "progress_report" ("进展", "progress report"),
    Bulletin "bulletin" ("通报", "bulletin"),
    Submission "submission" ("报送", "submission"),
    PeriodLock "period_lock" ("时期锁定", "period lock"),
    Attachment "attachment" ("附件", "attachment"),
    ApiKey "api_key" ("密钥", "API key"),
    Entry "entry" ("记账", "entry"),
    Problem "problem" ("问题类型", "problem type"),
}
