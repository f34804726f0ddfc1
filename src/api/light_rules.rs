//! `GET /light-rules`: the rule set of the lights as data, by version.

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::listing::Listing;
use super::page::{self, Page, PageQuery};
use super::problem::Problem;
use super::query::Query;
use crate::db::{Conn, Db, Window};
use crate::domain::access::Sight;
use crate::domain::light::rule::{RULES, Rule};
use crate::domain::light::{LightColor, LightReasonCode};
use crate::error::Result;
use crate::exchange::table::Tabular;

/// One version of the rule set: its thresholds, and the reasons for a light with the color of each.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LightRule {
    /// Version. Two lights can be compared when theirs is the same.
    #[schema(example = 1, minimum = 1)]
    pub version: i64,
    /// So many points behind the share of the time that has passed, progress is `behind`.
    #[schema(example = 10, minimum = 0)]
    pub behind_points: i64,
    /// More than so many points behind it is `far_behind`.
    #[schema(example = 30, minimum = 0)]
    pub far_behind_points: i64,
    /// So many months after the start, without progress, it is `start_late`.
    #[schema(example = 3)]
    pub start_late_months: u32,
    /// From so many days before the due date, and not complete, it is `due_soon`.
    #[schema(example = 7)]
    pub due_soon_days: u64,
    /// After so many reporting cycles without a report it is `silent`.
    #[schema(example = 1)]
    pub silent_cycles: u32,
    /// After so many it is `long_silent`.
    #[schema(example = 2)]
    pub long_silent_cycles: u32,
    /// The reasons, in the order in which they are looked for. The worst color that applies is the light's.
    pub reasons: Vec<LightRuleReason>,
}

/// A reason for a light.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LightRuleReason {
    /// Its code.
    pub code: LightReasonCode,
    /// The color that it stands for.
    pub color: LightColor,
    /// When it applies, in Chinese.
    #[schema(example = "7天内到期而未完成")]
    pub text: String,
    /// When it applies, in English.
    #[schema(example = "It is due within 7 days and is not complete.")]
    pub text_en: String,
}

impl Tabular for LightRule {
    const LISTS: &'static [&'static str] = &["reasons[text]"];
}

impl From<&Rule> for LightRule {
    fn from(rule: &Rule) -> LightRule {
        let Rule {
            version,
            behind_points,
            far_behind_points,
            start_late_months,
            due_soon_days,
            silent_cycles,
            long_silent_cycles,
        } = *rule;
        let told = |&code: &LightReasonCode| {
            let meaning = code.meaning(rule);
            LightRuleReason { code, color: code.color(), text: meaning.zh, text_en: meaning.en }
        };
        LightRule {
            version,
            behind_points,
            far_behind_points,
            start_late_months,
            due_soon_days,
            silent_cycles,
            long_silent_cycles,
            reasons: LightReasonCode::ALL.iter().map(told).collect(),
        }
    }
}

struct LightRules;

impl Listing for LightRules {
    type Key = i64;
    type Item = LightRule;

    fn page(&self, _: &mut Conn, _: Sight, window: &Window<i64>) -> Result<Vec<LightRule>> {
        let limit = usize::try_from(window.limit).unwrap_or(usize::MAX);
        let rest = RULES.iter().filter(|rule| rule.version > window.after.unwrap_or(0));
        Ok(rest.take(limit).map(LightRule::from).collect())
    }

    fn count(&self, _: &mut Conn, _: Sight) -> Result<i64> {
        Ok(RULES.len() as i64)
    }

    fn key(&self, rule: &LightRule) -> i64 {
        rule.version
    }
}

/// List the rule sets of the lights
///
/// Every version of the rule by which lights are told, as data; the last one is in force. The same facts under
/// the same version give the same light.
#[utoipa::path(
    tag = "plans",
    params(PageQuery),
    responses((status = 200, description = "A page of rule sets", body = Page<LightRule>)),
)]
#[get("/light-rules")]
pub async fn list_light_rules(
    db: Data<Db>,
    request: HttpRequest,
    query: Query<PageQuery>,
) -> Result<Answer, Problem> {
    page::list(&db, &request, query.0, LightRules).await
}
