//! `GET /plans/{code}/scoreboard`: how a plan stands.

use actix_web::web::Data;
use actix_web::{HttpRequest, get};

use super::types::Scoreboard;
use crate::api::answer::{Answer, NO_ROW};
use crate::api::light::AtQuery;
use crate::api::problem::Problem;
use crate::api::query::{Code, Query};
use crate::api::turns;
use crate::db::ledger::now;
use crate::db::lights;
use crate::db::turns::Turn;
use crate::db::{Conn, Db, plans};
use crate::domain::access::Sight;
use crate::domain::at::At;
use crate::domain::code::Code as PlanCode;
use crate::error::Result;
use crate::statistics::scoreboard;

/// Read the scoreboard of a plan
///
/// How the plan stands at the end of a day: its items by light and what is done in percent, in all, by
/// section, by unit and by area, and what is overdue. Headings are not counted, only the items without any
/// below them, and only those that the reader may see.
///
/// What is done of an item is 100 when it is closed, else its progress, 0 when nobody has told. What is done
/// of a heading is the mean of the items directly below it by their weights, and so on up to the plan; in a
/// unit or an area it is the mean of its items by their own weights. A null weight is 1.
#[utoipa::path(
    tag = "plans",
    params(("code" = PlanCode, Path, description = "Code of the plan", example = "bishi-2023"), AtQuery),
    responses((status = 200, description = "The scoreboard", body = Scoreboard)),
)]
#[get("/plans/{code}/scoreboard")]
pub async fn show_scoreboard(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<PlanCode>,
    sight: Sight,
    query: Query<AtQuery>,
) -> Result<Answer, Problem> {
    let at = At::new(query.0.at, now());
    let work = move |conn: &mut Conn| {
        let plan = plans::find(conn, code.0.as_str())?;
        Ok((Scoreboard::from(scoreboard::of_plan(conn, sight, &plan, at)?), lights::good_until(conn, at)?))
    };
    let read = turns::scan(&db, &request, Turn::Screen, work).await?;
    Answer::changing(&request, read, |_| NO_ROW)
}
