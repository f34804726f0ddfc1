//! Parameters of writes: why, and whether it is only tried.

use crate::api::body::why::Why;
use crate::api::query::{Fields, FromFields, NoParameters};
use crate::domain::codes::RevisionReason;
use crate::domain::text::Note;

/// Why something is deleted, and whether it may be.
#[derive(Debug, Clone, Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WhyQuery {
    /// Coded reason; needed to retract an observation.
    #[param(required = false, value_type = Option<RevisionReason>, inline, example = "entry_error")]
    pub reason: Option<RevisionReason>,
    /// Free words about it.
    #[param(required = false, value_type = String, max_length = 2000)]
    pub comment: Option<Note>,
}

impl FromFields for WhyQuery {
    fn from_fields(fields: &mut Fields) -> WhyQuery {
        let (reason, comment) = (fields.one("reason"), fields.one::<Note>("comment"));
        WhyQuery { reason, comment: comment.filter(|comment| !comment.is_empty()) }
    }
}

/// Whether a write is only tried.
#[derive(Debug, Clone, Copy, Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DryRun {
    /// Checks everything and answers 200 with what would be there, but keeps nothing: what would be created has no
    /// `id` yet. An Idempotency-Key has no effect then.
    #[param(required = false, default = false)]
    pub dry_run: bool,
}

impl FromFields for DryRun {
    fn from_fields(fields: &mut Fields) -> DryRun {
        DryRun { dry_run: fields.flag("dry_run") }
    }
}

impl MayExplain for DryRun {
    fn is_trial(&self) -> bool {
        self.dry_run
    }
}

impl<Q> MayExplain for (Q, DryRun) {
    fn is_trial(&self) -> bool {
        self.1.dry_run
    }
}

/// Parameters that may say why.
pub trait MayExplain {
    /// The reason that they give, where there is no body to do it.
    fn why(&self) -> Why {
        Why::default()
    }

    /// Whether the request is a trial, of which nothing is kept.
    fn is_trial(&self) -> bool {
        false
    }
}

impl MayExplain for NoParameters {}

impl MayExplain for WhyQuery {
    fn why(&self) -> Why {
        Why { reason: self.reason, comment: self.comment.clone() }
    }
}
