//! Projects as they are written: each with its areas and amounts, and what the ledger keeps of it.

use diesel::prelude::*;

use super::ProjectRow;
use super::milestones::{MilestoneRow, edited_milestone};
use super::money::AmountRow;
use super::whole::{WholeProject, edited};
use crate::db::dialect::{Conn, insert_many, on_each};
use crate::db::ledger::{Edited, Entry};
use crate::db::schema::{
    milestones, plan_item_projects, progress_reports, project_amounts, project_areas, projects,
    revision_projects,
};
use crate::db::{Window, moves, plan_items, revisions, search};
use crate::domain::access::Reach;
use crate::domain::codes::HitKind;
use crate::domain::row_kind::RowKind;
use crate::error::{Error, Result, Thing};

fn edited_amount(row: &AmountRow) -> Edited {
    Edited::new(RowKind::ProjectAmount, format!("{}/{}/{}", row.project, row.kind, row.ordinal))
}

/// Adds a project with its milestones.
pub fn insert(entry: &mut Entry<'_>, project: &WholeProject, steps: &[MilestoneRow]) -> Result<()> {
    let WholeProject { row, areas, amounts } = project;
    diesel::insert_into(projects::table).values(row).execute(entry.conn)?;
    insert_areas(entry.conn, project)?;
    insert_many!(entry.conn, project_amounts::table, amounts)?;
    for amount in amounts {
        entry.put(edited_amount(amount).within(areas), None, amount)?;
    }
    insert_many!(entry.conn, milestones::table, steps)?;
    for step in steps {
        entry.put(edited_milestone(step).within(areas), None, step)?;
    }
    search::index(entry.conn, &document(project))?;
    entry.put(edited(&row.code).within(areas), None, project)
}

/// Puts a project in the place of what it was, and gives what is there now; its milestones stay. Nothing happens when
/// nothing has changed.
pub fn update<'a>(
    entry: &mut Entry<'_>,
    before: &'a WholeProject,
    after: &'a WholeProject,
) -> Result<&'a WholeProject> {
    let stamped = (before.row.seq, before.row.updated_at);
    let unstamped = ProjectRow { seq: stamped.0, updated_at: stamped.1, ..after.row.clone() };
    if (WholeProject { row: unstamped, ..after.clone() }) == *before {
        return Ok(before);
    }
    let code = after.row.code.as_str();
    diesel::update(projects::table.find(code)).set(&after.row).execute(entry.conn)?;
    if before.areas != after.areas {
        diesel::delete(project_areas::table.filter(project_areas::project.eq(code))).execute(entry.conn)?;
        insert_areas(entry.conn, after)?;
    }
    replace_amounts(entry, before, after)?;
    search::replace(entry.conn, &document(before), &document(after))?;
    if (before.row.visibility, &before.areas) != (after.row.visibility, &after.areas) {
        // Who sees it, and with it who sees that figures speak of it.
        entry.touch(RowKind::Project.touches());
    }
    let areas = [before.areas.as_slice(), &after.areas].concat();
    entry.put(edited(code).within(&areas), Some(before), after)?;
    Ok(after)
}

/// Deletes a project with its milestones and what happened to it. Plan items and observations out of reach of who
/// does it, which refer to it, let it go.
///
/// Errors: `InUse` when plan items or observations within reach, or progress reports refer to it.
pub fn delete(entry: &mut Entry<'_>, before: &WholeProject, reach: Reach) -> Result<()> {
    let WholeProject { row, areas, amounts } = before;
    let code = row.code.as_str();
    plan_items::write::let_go_of_project(entry, code, reach)?;
    revisions::let_go_of_project(entry, code, reach)?;
    let items = plan_item_projects::table.filter(plan_item_projects::project.eq(code)).count();
    let states = revision_projects::table.filter(revision_projects::project.eq(code)).count();
    let reports = progress_reports::table.filter(progress_reports::project.eq(code)).count();
    let uses = (items.single_value(), states.single_value(), reports.single_value());
    let (items, states, reports): (Option<i64>, Option<i64>, Option<i64>) =
        on_each!(&mut *entry.conn, conn => diesel::select(uses).get_result(conn))?;
    let counted = [
        (items.unwrap_or(0), "个计划事项", "plan items"),
        (states.unwrap_or(0), "个观测值版本", "revisions of observations"),
        (reports.unwrap_or(0), "份进展", "progress reports"),
    ];
    Error::unused(Thing::Project, code, &counted)?;
    moves::delete_of_project(entry, code, areas)?;
    let all = Window { after: None, limit: i64::MAX };
    for step in super::milestones::list(entry.conn, code, &all)? {
        entry.delete(edited_milestone(&step).within(areas), &step)?;
    }
    for amount in amounts {
        entry.delete(edited_amount(amount).within(areas), amount)?;
    }
    diesel::delete(milestones::table.filter(milestones::project.eq(code))).execute(entry.conn)?;
    diesel::delete(project_amounts::table.filter(project_amounts::project.eq(code))).execute(entry.conn)?;
    diesel::delete(project_areas::table.filter(project_areas::project.eq(code))).execute(entry.conn)?;
    diesel::delete(projects::table.find(code)).execute(entry.conn)?;
    search::forget(entry.conn, HitKind::Project, code)?;
    entry.delete(edited(code).within(areas), before)
}

fn insert_areas(conn: &mut Conn, project: &WholeProject) -> Result<()> {
    let places = (1i64..).zip(&project.areas).map(|(ordinal, area)| {
        (
            project_areas::project.eq(&project.row.code),
            project_areas::ordinal.eq(ordinal),
            project_areas::area.eq(area),
        )
    });
    Ok(insert_many!(conn, project_areas::table, places.collect::<Vec<_>>())?)
}

/// Writes the amounts anew, and notes those that are others than before.
fn replace_amounts(entry: &mut Entry<'_>, before: &WholeProject, after: &WholeProject) -> Result<()> {
    fn at<'a>(amounts: &'a [AmountRow], place: &AmountRow) -> Option<&'a AmountRow> {
        amounts.iter().find(|amount| (amount.kind, amount.ordinal) == (place.kind, place.ordinal))
    }
    if before.amounts != after.amounts {
        let of_project = project_amounts::table.filter(project_amounts::project.eq(&after.row.code));
        diesel::delete(of_project).execute(entry.conn)?;
        insert_many!(entry.conn, project_amounts::table, after.amounts)?;
    }
    let areas = [before.areas.as_slice(), &after.areas].concat();
    for amount in before.amounts.iter().filter(|amount| at(&after.amounts, amount).is_none()) {
        entry.delete(edited_amount(amount).within(&areas), amount)?;
    }
    for amount in &after.amounts {
        let old = at(&before.amounts, amount);
        if old != Some(amount) {
            entry.put(edited_amount(amount).within(&areas), old, amount)?;
        }
    }
    Ok(())
}

fn document(project: &WholeProject) -> search::Document {
    let WholeProject { row, areas, amounts } = project;
    let body = [&row.place, &row.lead_unit, &row.contractor].into_iter().flatten();
    let body = body.chain(amounts.iter().map(|amount| &amount.name)).map(String::as_str);
    search::Document {
        kind: HitKind::Project,
        key: row.code.clone(),
        name: row.name.clone(),
        names: row.folded.clone(),
        body: body.collect::<Vec<_>>().join(" "),
        visibility: row.visibility,
        areas: areas.clone(),
    }
}
