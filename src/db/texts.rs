//! Free texts that were stored before there was a rule for them, put right once, as one entry of the ledger.
//! What only grows stays as it was written: revisions of observations, moves, bulletins and the audit.

use diesel::prelude::*;

use super::areas::{AreaRow, Parts};
use super::columns::{list, words};
use super::dialect::Conn;
use super::heads::Heads;
use super::keys::KeyRow;
use super::ledger::{self, Entry, Origin};
use super::metrics::MetricRow;
use super::metrics::members::Metric;
use super::plan_items::PlanItemRow;
use super::plans::PlanRow;
use super::progress_reports::{ProgressReportRow, Subject};
use super::projects::ProjectRow;
use super::projects::milestones::MilestoneRow;
use super::reports::ReportRow;
use super::schema::{
    api_keys, areas as area_rows, data_steps, metrics as metric_rows, milestones as milestone_rows,
    plan_items as item_rows, plans as plan_rows, progress_reports as progress_rows, projects as project_rows,
    reports as report_rows, units as unit_rows,
};
use super::units::UnitRow;
use super::{Db, areas, keys, metrics, plan_items, plans, progress_reports, projects, reports, units};
use crate::domain::access::Sight;
use crate::domain::fold::fold;
use crate::domain::text::{Line, Name, Note, Theme, label_of, prose_of};
use crate::error::{Error, Result};

/// The step as it is noted once it is done.
const STEP: &str = "text";

/// Runs the migrations that are missing, then what no query can do, and says how many migrations there were.
pub fn migrate(db: &Db) -> Result<usize> {
    let count = db.migrate()?;
    db.upgrade(once)?;
    Ok(count)
}

fn once(conn: &mut Conn) -> Result<()> {
    let done: i64 = data_steps::table.filter(data_steps::name.eq(STEP)).count().get_result(conn)?;
    if done > 0 {
        return Ok(());
    }
    let comment =
        "规范已存文字：Unicode NFC，去除首尾空白和不可见字符；Stored texts follow the rule for texts";
    let origin = Origin { comment: Some(comment.to_owned()), ..Origin::command("migrate") };
    conn.transaction::<_, Error, _>(|conn| {
        // Who notes it first does it.
        diesel::insert_into(data_steps::table).values(data_steps::name.eq(STEP)).execute(conn)?;
        ledger::record(conn, &Heads::default(), &origin, clean).map(drop)
    })
}

fn clean(entry: &mut Entry<'_>) -> Result<()> {
    clean_units(entry)?;
    clean_areas(entry)?;
    clean_metrics(entry)?;
    clean_reports(entry)?;
    clean_projects(entry)?;
    clean_plans(entry)?;
    clean_progress(entry)?;
    clean_keys(entry)
}

/// A text by its rule. One of which nothing would be left stays: it names something.
fn tidy(text: &mut String, rule: fn(&str) -> String) {
    let clean = rule(text);
    if !clean.is_empty() {
        *text = clean;
    }
}

/// A text by its rule, or none where nothing would be left.
fn tidy_some(text: &mut Option<String>, rule: fn(&str) -> String) {
    if let Some(said) = text.take_if(|said| !said.is_empty()) {
        *text = Some(rule(&said)).filter(|clean| !clean.is_empty());
    }
}

/// The labels of a list column.
fn tidy_list(column: &mut String) -> Result<()> {
    let stored = words(column)?;
    let mut clean = stored.clone();
    clean.iter_mut().for_each(|word| tidy(word, label_of));
    if clean != stored {
        *column = list(&clean)?;
    }
    Ok(())
}

/// What search knows a row by.
fn refold(folded: &mut String) {
    *folded = fold(&label_of(folded));
}

fn clean_units(entry: &mut Entry<'_>) -> Result<()> {
    let rows: Vec<UnitRow> =
        unit_rows::table.select(UnitRow::as_select()).order(unit_rows::code).load(entry.conn)?;
    for before in rows {
        let mut row = before.clone();
        for text in [&mut row.name, &mut row.name_en, &mut row.symbol, &mut row.dimension] {
            tidy(text, label_of);
        }
        tidy_list(&mut row.aliases)?;
        if row == before {
            continue;
        }
        (row.seq, row.updated_at) = (entry.seq, entry.at);
        diesel::update(unit_rows::table.find(&row.code))
            .set((
                unit_rows::name.eq(&row.name),
                unit_rows::name_en.eq(&row.name_en),
                unit_rows::symbol.eq(&row.symbol),
                unit_rows::dimension.eq(&row.dimension),
                unit_rows::aliases.eq(&row.aliases),
                unit_rows::seq.eq(row.seq),
                unit_rows::updated_at.eq(row.updated_at),
            ))
            .execute(entry.conn)?;
        entry.put(units::edited(&row.code), Some(&before), &row)?;
    }
    Ok(())
}

fn clean_areas(entry: &mut Entry<'_>) -> Result<()> {
    let rows: Vec<AreaRow> =
        area_rows::table.select(AreaRow::as_select()).order(area_rows::code).load(entry.conn)?;
    for before in rows {
        let mut row = before.clone();
        tidy(&mut row.name, label_of);
        tidy(&mut row.code_system, label_of);
        tidy_list(&mut row.aliases)?;
        refold(&mut row.folded);
        let mut highlights = areas::highlights(entry.conn, &[row.code])?;
        for place in 0..highlights.len() {
            let (kind, mut text) = (highlights[place].kind, highlights[place].text.clone());
            tidy(&mut text, label_of);
            // Two that would say the same stay two.
            if !highlights.iter().any(|other| other.kind == kind && other.text == text) {
                highlights[place].text = text;
            }
        }
        let successors =
            areas::successors(entry.conn, &[row.code])?.into_iter().map(|(_, area)| area).collect();
        (row.seq, row.updated_at) = (entry.seq, entry.at);
        areas::update(entry, &before, &row, &Parts { successors, highlights })?;
    }
    Ok(())
}

fn clean_metrics(entry: &mut Entry<'_>) -> Result<()> {
    let rows: Vec<MetricRow> =
        metric_rows::table.select(MetricRow::as_select()).order(metric_rows::code).load(entry.conn)?;
    for before in rows {
        let mut row = before.clone();
        let Metric { name, name_en, theme, definition, .. } = &mut row.members;
        *name = Name::of_stored(label_of(name));
        *name_en = Line::of_stored(label_of(name_en));
        *theme = Theme::of_stored(label_of(theme));
        *definition = Note::of_stored(prose_of(definition));
        refold(&mut row.folded);
        (row.seq, row.updated_at) = (entry.seq, entry.at);
        metrics::update(entry, &before, &row)?;
    }
    Ok(())
}

fn clean_reports(entry: &mut Entry<'_>) -> Result<()> {
    let rows: Vec<ReportRow> =
        report_rows::table.select(ReportRow::as_select()).order(report_rows::code).load(entry.conn)?;
    for before in rows {
        let mut row = before.clone();
        tidy(&mut row.title, label_of);
        tidy_some(&mut row.document_number, label_of);
        refold(&mut row.folded);
        (row.seq, row.updated_at) = (entry.seq, entry.at);
        // The text is quoted by its places: it stays.
        let text = reports::text(entry.conn, &row.code)?;
        reports::update(entry, (&before, text.as_deref()), (&row, text.as_deref()))?;
    }
    Ok(())
}

fn clean_projects(entry: &mut Entry<'_>) -> Result<()> {
    let rows: Vec<ProjectRow> =
        project_rows::table.select(ProjectRow::as_select()).order(project_rows::code).load(entry.conn)?;
    for row in rows {
        let before = projects::whole::load(entry.conn, row)?;
        let mut after = before.clone();
        let row = &mut after.row;
        tidy(&mut row.name, label_of);
        tidy_list(&mut row.aliases)?;
        for text in [&mut row.place, &mut row.lead_unit, &mut row.contractor] {
            tidy_some(text, label_of);
        }
        tidy_some(&mut row.funding_note, prose_of);
        refold(&mut row.folded);
        (row.seq, row.updated_at) = (entry.seq, entry.at);
        for amount in &mut after.amounts {
            tidy(&mut amount.name, label_of);
            tidy_some(&mut amount.text, label_of);
        }
        projects::write::update(entry, &before, &after)?;
    }
    let rows: Vec<MilestoneRow> = milestone_rows::table
        .select(MilestoneRow::as_select())
        .order((milestone_rows::project, milestone_rows::ordinal))
        .load(entry.conn)?;
    for before in rows {
        let mut row = before.clone();
        tidy(&mut row.title, label_of);
        if row != before {
            (row.seq, row.updated_at) = (entry.seq, entry.at);
            let project = projects::find(entry.conn, Sight::ALL, &row.project)?;
            let project = projects::whole::load(entry.conn, project)?;
            projects::milestones::update(entry, &project, &before, &row)?;
        }
    }
    Ok(())
}

fn clean_plans(entry: &mut Entry<'_>) -> Result<()> {
    let rows: Vec<PlanRow> =
        plan_rows::table.select(PlanRow::as_select()).order(plan_rows::code).load(entry.conn)?;
    for before in rows {
        let mut row = before.clone();
        tidy(&mut row.title, label_of);
        (row.seq, row.updated_at) = (entry.seq, entry.at);
        plans::write::update(entry, &before, &row)?;
    }
    let rows: Vec<PlanItemRow> =
        item_rows::table.select(PlanItemRow::as_select()).order(item_rows::code).load(entry.conn)?;
    for row in rows {
        let before = plan_items::whole::load(entry.conn, row)?;
        let mut after = before.clone();
        let row = &mut after.row;
        tidy(&mut row.title, label_of);
        tidy_list(&mut row.deliverables)?;
        tidy_list(&mut row.co_units)?;
        tidy_some(&mut row.lead_unit, label_of);
        tidy_some(&mut row.post, label_of);
        refold(&mut row.folded);
        (row.seq, row.updated_at) = (entry.seq, entry.at);
        plan_items::write::update(entry, &before, &after)?;
    }
    Ok(())
}

fn clean_progress(entry: &mut Entry<'_>) -> Result<()> {
    let rows: Vec<ProgressReportRow> = progress_rows::table
        .select(ProgressReportRow::as_select())
        .order(progress_rows::id)
        .load(entry.conn)?;
    for row in rows {
        let mut clean = row.clone();
        for text in [&mut clean.text, &mut clean.problems, &mut clean.next_step] {
            tidy_some(text, prose_of);
        }
        if clean == row {
            continue;
        }
        let subject = match (&row.project, &row.plan_item) {
            (Some(project), _) => Subject::Project(project.clone()),
            (None, item) => Subject::PlanItem(item.clone().unwrap_or_default()),
        };
        let areas = subject.scope(entry.conn, Sight::ALL)?;
        let before = progress_reports::write::whole(entry.conn, row)?;
        let mut after = before.clone();
        (clean.seq, clean.updated_at) = (entry.seq, entry.at);
        diesel::update(progress_rows::table.find(clean.id))
            .set((
                progress_rows::text.eq(&clean.text),
                progress_rows::problems.eq(&clean.problems),
                progress_rows::next_step.eq(&clean.next_step),
                progress_rows::seq.eq(clean.seq),
                progress_rows::updated_at.eq(clean.updated_at),
            ))
            .execute(entry.conn)?;
        after.row = clean;
        entry.put(progress_reports::write::edited(after.row.id, &areas), Some(&before), &after)?;
        subject.restamp(entry)?;
    }
    Ok(())
}

fn clean_keys(entry: &mut Entry<'_>) -> Result<()> {
    let rows: Vec<KeyRow> =
        api_keys::table.select(KeyRow::as_select()).order(api_keys::id).load(entry.conn)?;
    for before in rows {
        let mut row = before.clone();
        tidy(&mut row.name, label_of);
        if row == before {
            continue;
        }
        row.seq = entry.seq;
        diesel::update(api_keys::table.find(&row.id))
            .set((api_keys::name.eq(&row.name), api_keys::seq.eq(row.seq)))
            .execute(entry.conn)?;
        entry.put(keys::edited(&row), Some(&before), &row)?;
    }
    Ok(())
}
