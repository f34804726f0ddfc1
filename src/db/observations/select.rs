//! The queries of a selection. Macros, because the types of these queries are longer than the queries; whoever uses
//! one imports the tables and names it speaks of.

/// Keeps the rows with one of these values, all rows when there is none. Of one value an index has the order
/// of the list too.
macro_rules! keep {
    ($query:ident, $column:expr, $values:expr) => {
        match &$values[..] {
            [] => $query,
            [one] => $query.filter($column.eq(one.clone())),
            some => $query.filter($column.eq_any(some.to_vec())),
        }
    };
}

/// Narrows a query of observations by what a selection says of them, and not of their states or metrics; where the
/// order of a list is to lead, an area does not.
macro_rules! narrow {
    ($query:expr, $selection:ident, $in_order:expr) => {{
        let mut query = $query;
        query = keep!(query, observations::metric, $selection.metric);
        query = keep!(query, observations::area, $selection.area);
        if let Some(within) = $selection.within {
            let (first, last) = within.subtree().into_inner();
            query = if $in_order {
                // Any part of the list has some: its own order leads.
                query.filter((observations::area + 0).between(first, last))
            } else {
                query.filter(observations::area.between(first, last))
            };
        }
        if !$selection.level.is_empty() {
            let level = areas::level.eq_any($selection.level.clone());
            // Few areas are looked up; of many, any part of the list has some.
            query = if $selection.level.iter().all(|&level| level < Level::County) {
                let few = areas::table.filter(level).select(areas::code);
                query.filter(observations::area.eq_any(few))
            } else {
                query.filter(exists(areas::table.filter(areas::code.eq(observations::area)).filter(level)))
            };
        }
        // A period is its days and nothing else, and the days are indexed.
        if let [period] = $selection.period[..] {
            query = query
                .filter(observations::starts_on.eq(period.first_day()))
                .filter(observations::ends_on.eq(period.last_day()));
        } else if !$selection.period.is_empty() {
            let first_days: Vec<NaiveDate> = $selection.period.iter().map(Period::first_day).collect();
            let periods: Vec<String> = $selection.period.iter().map(ToString::to_string).collect();
            query = query
                .filter(observations::starts_on.eq_any(first_days))
                .filter(observations::period.eq_any(periods));
        }
        if let Some(from) = $selection.from {
            query = query.filter(observations::starts_on.ge(from.first_day()));
        }
        if let Some(to) = $selection.to {
            query = query.filter(observations::ends_on.le(to.last_day()));
        }
        query = keep!(query, observations::accumulation, $selection.accumulation);
        // Aims are few and indexed; of results, any part of the list has some.
        if $selection.role.contains(&Role::Actual) {
            for &other in Role::ALL.iter().filter(|role| !$selection.role.contains(role)) {
                query = query.filter(observations::role.ne(other));
            }
        } else {
            query = keep!(query, observations::role, $selection.role);
        }
        query
    }};
}

/// Narrows a query of states by what a selection says of them.
macro_rules! narrow_states {
    ($query:expr, $selection:ident) => {{
        let mut query = $query;
        query = keep!(query, revisions::report, $selection.report);
        if !$selection.comparator.is_empty() {
            // As with results: each is found by passing over the others.
            for other in Comparator::ALL.iter().map(|one| Some(one.to_string())) {
                if !$selection.comparator.contains(&other) {
                    let passed_over = revisions::comparator.ne(other);
                    query = query.filter(passed_over.or(revisions::comparator.is_null()));
                }
            }
            if !$selection.comparator.contains(&None) {
                query = query.filter(revisions::comparator.is_not_null());
            }
        }
        // How many figures are that large nobody knows: the index on values is for their order alone.
        let value = revisions::value + 0;
        if let Some(least) = $selection.value_ge {
            query = match $selection.certain {
                true => query.filter(revisions::lower.ge(least.millionths())),
                false => query.filter(value.ge(least.millionths())),
            };
        }
        if let Some(most) = $selection.value_le {
            query = match $selection.certain {
                true => query.filter(revisions::upper.le(most.millionths())),
                false => query.filter(value.le(most.millionths())),
            };
        }
        query
    }};
}

/// The rows of a selection, for a list, a count and the units alike. A macro, because the type of
/// this query is longer than the query.
macro_rules! select {
    ($selection:expr) => {
        select!($selection, false)
    };
    ($selection:expr, $in_order:expr) => {{
        let selection: &Selection = $selection;
        // States lead by their order or their report.
        let by_state = selection.sorts_by_state() || !selection.report.is_empty();
        let id =
            if by_state && !selection.sorts_many() { ObservationId::Plain } else { ObservationId::First };
        let query = joined(id).filter(current(selection.moment)).into_boxed::<Backend>();
        let mut query = narrow!(query, selection, $in_order);
        query = keep!(query, metrics::theme, selection.theme);
        if let Some(latest) = selection.latest {
            query = query.filter(is_among_newest(selection, latest));
        }
        narrow_states!(query, selection)
    }};
}

pub(super) use {keep, narrow, narrow_states, select};
