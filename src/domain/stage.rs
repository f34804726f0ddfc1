//! The stages of a project 项目阶段 and their status in the Open Contracting for Infrastructure
//! Data Standard.

use super::codes::codes;

codes! {
    /// Stage of a project: 谋划, 立项, 可研, 设计, 财评, 招标, 开工, 在建, 完工, 验收, 投用, 取消.
    Stage ("项目阶段", "project stage") {
        Idea = "idea" ("谋划", "Thought of"),
        Approved = "approved" ("立项", "Approved to be prepared"),
        Feasibility = "feasibility" ("可研", "Its feasibility is studied"),
        Design = "design" ("设计", "Being designed"),
        BudgetReview = "budget_review" ("财评", "Its budget is reviewed"),
        Procurement = "procurement" ("招标", "Out to tender"),
        Started = "started" ("开工", "Work has begun"),
        UnderConstruction = "under_construction" ("在建", "Being built"),
        Completed = "completed" ("完工", "The works are complete"),
        Accepted = "accepted" ("验收", "Inspected and accepted"),
        InUse = "in_use" ("投用", "In use"),
        Cancelled = "cancelled" ("取消", "Given up"),
    }
}

codes! {
    /// Status of a project, from the closed `projectStatus` codelist of OC4IDS 0.9, as its release 0.9.5 has
    /// it. Its `decommissioning` and `decommissioned` are left out: no stage is after use.
    Oc4idsStatus ("OC4IDS 项目状态", "OC4IDS project status") {
        Identification = "identification" ("识别", "To be decided whether it goes on"),
        Preparation = "preparation" ("准备", "Feasibility, design and preparation"),
        Implementation = "implementation" ("实施", "Being procured and built"),
        Completion = "completion" ("完工", "Complete, handed over"),
        Maintenance = "maintenance" ("运维", "In use and maintained"),
        Cancelled = "cancelled" ("取消", "Given up"),
    }
}

impl Stage {
    /// Whether the move to another stage goes forward; it may skip some. To cancel a project, or to take it up
    /// again, is no move forward.
    pub fn is_before(self, to: Stage) -> bool {
        self < to && to != Stage::Cancelled
    }

    /// The OC4IDS status that this stage falls under. OC4IDS counts procurement to the
    /// implementation, the hand-over between finished works and use to the completion, and the
    /// running of what is built to the maintenance.
    pub const fn oc4ids_status(self) -> Oc4idsStatus {
        match self {
            Stage::Idea => Oc4idsStatus::Identification,
            Stage::Approved | Stage::Feasibility | Stage::Design | Stage::BudgetReview => {
                Oc4idsStatus::Preparation
            }
            Stage::Procurement | Stage::Started | Stage::UnderConstruction => Oc4idsStatus::Implementation,
            Stage::Completed | Stage::Accepted => Oc4idsStatus::Completion,
            Stage::InUse => Oc4idsStatus::Maintenance,
            Stage::Cancelled => Oc4idsStatus::Cancelled,
        }
    }

    /// The stages that fall under an OC4IDS status.
    pub fn with_status(status: Oc4idsStatus) -> impl Iterator<Item = Stage> {
        Stage::ALL.iter().copied().filter(move |stage| stage.oc4ids_status() == status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forward_is_any_later_stage_but_never_into_cancellation_or_out_of_it() {
        let stages = Stage::ALL.iter().filter(|&&stage| stage != Stage::Cancelled);
        for (nth, &from) in stages.clone().enumerate() {
            for (mth, &to) in stages.clone().enumerate() {
                assert_eq!(from.is_before(to), nth < mth, "{from} {to}");
            }
            assert!(!from.is_before(Stage::Cancelled) && !Stage::Cancelled.is_before(from), "{from}");
        }
    }

    #[test]
    fn every_status_has_a_stage_and_every_stage_a_status() {
        for &status in Oc4idsStatus::ALL {
            assert!(Stage::with_status(status).count() > 0, "{status} has no stage");
        }
        let mapped: usize = Oc4idsStatus::ALL.iter().map(|&status| Stage::with_status(status).count()).sum();
        assert_eq!(mapped, Stage::ALL.len());
    }
}
