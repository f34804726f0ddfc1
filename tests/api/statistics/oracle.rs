//! Every statistic against plain loops over all rows: random figures, random questions, the same answers.
//! The figures are made in `oracle/figures.rs` and read in `oracle/world.rs`; the loops are in
//! `oracle/expected.rs`, `rolled.rs` and `ranked.rs`, their numbers in `oracle/number.rs`. None of them uses
//! the code that it tests.

mod expected;
mod figures;
mod number;
mod ranked;
mod rolled;
mod world;

use serde_json::Value;

use crate::harness::TestApp;
use crate::harness::lists::escaped;
use expected::Asked;
use figures::{COUNTY, Dice, METRICS, TOWNS, filled};
use world::{World, span, written};

/// What is asked: as an address, and as the oracle is asked it.
struct Question<'a> {
    asked: Asked<'a>,
    query: String,
    within: &'static str,
    span: world::Span,
}

/// A question with what all statistics have in common.
fn question<'a>(dice: &mut Dice, world: &'a World) -> Question<'a> {
    let metric = dice.pick(&METRICS);
    let mut query = String::new();
    let mut one = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            query.push_str(&format!("&{name}={}", escaped(value)));
        }
    };
    let as_of = dice.pick(&[None, None, Some("2023-04-30"), Some("2023-09-10"), Some("2022-12-31")]);
    one("as_of", as_of);
    let is_ratio = ["o.mean", "o.percent", "o.head"].contains(&metric);
    let accumulation =
        if dice.one_in(5) && !is_ratio { Some(dice.pick(&["ytd", "period", "instant"])) } else { None };
    one("accumulation", accumulation);
    let units: &[&str] = match metric {
        "o.money" | "o.head" => &["CNY", "CNY_10K", "CNY_100M"],
        "o.people" => &["PERSON"],
        "o.mean" | "o.percent" => &["P1"],
        _ => &["MU", "MTK", "HAR"],
    };
    let unit = dice.one_in(2).then(|| dice.pick(units));
    one("unit", unit);
    let years = ["2020", "2021", "2022"].map(|year| {
        let part = ["", "", "", "-S1", "-Q2", "-Q4", "-03", "-12", "-01"][dice.below(9) as usize];
        format!("{year}{part}")
    });
    let wide = ["2021-04/2021-09", "2020/2022", "2021-02/2021-11", "2020-S2/2021-S1"];
    let period = if dice.one_in(5) { dice.pick(&wide) } else { years[dice.below(3) as usize].as_str() };
    let asked = Asked {
        world,
        facts: world.facts(as_of),
        metric: metric.to_owned(),
        accumulation: accumulation.map(str::to_owned),
        role: "actual".to_owned(),
        unit: unit.map(str::to_owned),
    };
    Question {
        asked,
        query,
        within: dice.pick(&[COUNTY, COUNTY, TOWNS[0], TOWNS[1], TOWNS[2]]),
        span: span(period),
    }
}

impl Question<'_> {
    /// Asks for another role, where others are stated as well.
    fn role(&mut self, dice: &mut Dice) {
        if dice.one_in(4) {
            self.asked.role = "target".to_owned();
            self.query.push_str("&role=target");
        }
    }

    /// A level below where the question is asked, and whether it is the default.
    fn level(&mut self, dice: &mut Dice, above: &str) -> &'static str {
        let default = if above == "county" { "township" } else { "village" };
        let level = dice.pick(&[default, "village"]);
        if level != default {
            self.query.push_str("&level=village");
        }
        level
    }

    fn period(&self) -> String {
        escaped(&written(self.span))
    }

    /// Asks, and checks that every member that the oracle tells is answered.
    async fn check(&self, app: &TestApp, path: &str, expected: &[Value]) -> Value {
        let answer = super::told(app, path).await;
        let items = answer["items"].as_array().unwrap();
        assert_eq!(items.len(), expected.len(), "{path}\n{items:#?}\n{expected:#?}");
        for (item, wanted) in items.iter().zip(expected) {
            for (member, value) in wanted.as_object().unwrap() {
                assert_eq!(&item[member], value, "{member} of {path}\n{item}\n{wanted}");
            }
        }
        answer
    }

    async fn aggregate(mut self, app: &TestApp, dice: &mut Dice) -> usize {
        self.role(dice);
        let (within, span) = (self.within, self.span);
        let own = self.asked.world.level_of(within).to_owned();
        let group = dice.pick(&[None, None, Some("township"), Some("county"), Some("year")]);
        let group = group.filter(|group| *group != "county" || own == "county");
        let above = group.filter(|group| *group != "year").unwrap_or(&own);
        let level = self.level(dice, above);
        let Question { asked, query, .. } = &self;
        let by = group.map_or(String::new(), |group| format!("&group_by={group}"));
        let path =
            format!("metrics/{}/aggregate?within={within}&period={}{by}{query}", asked.metric, self.period());
        if asked.metric == "o.none" {
            app.get(&format!("/api/v1/{path}")).await.problem(422, "not_aggregable");
            return 0;
        }
        let years = (2020..=2022).map(|year| (year * 12, year * 12 + 11));
        let years: Vec<world::Span> = years.filter(|year| span.0 <= year.0 && year.1 <= span.1).collect();
        let rows: Vec<Value> = match group {
            None => vec![asked.rolled(within, within, level, span)],
            Some("year") => {
                years.iter().map(|year| asked.rolled(within, &written(*year), level, *year)).collect()
            }
            Some(group) => {
                let groups = asked.world.existing(within, group, asked.counted(span));
                groups.iter().map(|group| asked.rolled(&group.code, &group.code, level, span)).collect()
            }
        };
        let answer = self.check(app, &path, &rows).await;
        let spans = if group == Some("year") { years } else { vec![span] };
        assert_eq!(answer["meta"]["outside_life"], asked.outside(within, level, &spans), "{path}");
        rows.len()
    }

    async fn ranking(mut self, app: &TestApp, dice: &mut Dice) -> usize {
        self.role(dice);
        let own = self.asked.world.level_of(self.within).to_owned();
        let level = self.level(dice, &own);
        let by = dice.pick(&["value", "change", "completion"]);
        let order = dice.pick(&[None, Some(true), Some(false)]);
        let Question { asked, query, within, span } = &self;
        let path = format!(
            "metrics/{}/ranking?within={within}&period={}&by={by}{query}",
            asked.metric,
            self.period()
        );
        let path = match order {
            Some(least_first) => format!("{path}&order={}", if least_first { "asc" } else { "desc" }),
            None => path,
        };
        let (rows, meta) = asked.ranked(within, level, *span, by, order);
        let answer = self.check(app, &path, &rows).await;
        for (member, value) in meta.as_object().unwrap() {
            assert_eq!(&answer["meta"][member], value, "{member} of {path}");
        }
        rows.len()
    }

    async fn completion(self, app: &TestApp, dice: &mut Dice) -> usize {
        let level = dice.pick(&[None, Some("village"), Some("township")]);
        let within = if dice.one_in(3) { "430682101202" } else { self.within };
        let span = (!dice.one_in(2)).then_some(self.span);
        let mut path = format!("completion?metric={}&within={within}{}", self.asked.metric, self.query);
        path.push_str(&level.map_or(String::new(), |level| format!("&level={level}")));
        path.push_str(&span.map_or(String::new(), |_| format!("&period={}", self.period())));
        let rows = self.asked.completed(within, level, span);
        self.check(app, &path, &rows).await;
        rows.len()
    }

    async fn series(mut self, app: &TestApp, dice: &mut Dice) -> usize {
        self.role(dice);
        let mut areas = vec![self.within, "430682101201", "430682102204", "430682102001"];
        areas.truncate(1 + dice.below(4) as usize);
        areas.sort_unstable();
        let (from, to) = (dice.pick(&[2020, 2021, 2022]), 2022);
        let path = format!(
            "metrics/{}/series?area={}&from={from}&to={to}{}",
            self.asked.metric,
            areas.join(","),
            self.query
        );
        let expected = self.asked.series(&areas, (from * 12, to * 12 + 11));
        self.check(app, &path, &expected).await;
        expected.len()
    }

    async fn completeness(mut self, app: &TestApp, dice: &mut Dice) -> usize {
        // These two are no parameters of it.
        self.query = self.query.split('&').filter(|part| part.starts_with("as_of")).collect();
        let own = self.asked.world.level_of(self.within).to_owned();
        let mut metrics = vec![dice.pick(&METRICS), dice.pick(&METRICS), "o.stock"];
        metrics.sort_unstable();
        metrics.dedup();
        let separated = if self.query.is_empty() { "" } else { "&" };
        self.query = format!("{separated}{}", self.query);
        let level = self.level(dice, &own);
        let metrics: Vec<String> = metrics.into_iter().map(str::to_owned).collect();
        let wanted = dice.pick(&[None, Some(true), Some(false)]);
        let path = format!(
            "completeness?within={}&period={}&metric={}{}",
            self.within,
            self.period(),
            metrics.join(","),
            self.query
        );
        let path = wanted.map_or(path.clone(), |wanted| format!("{path}&reported={wanted}"));
        let mut rows = self.asked.complete(self.within, level, self.span, &metrics);
        rows.retain(|row| wanted.is_none_or(|wanted| row["reported"] == wanted));
        let answer = self.check(app, &path, &rows).await;
        let outside = self.asked.outside_of(self.within, level, self.span, &metrics);
        assert_eq!(answer["meta"]["outside_life"]["figures"], outside, "{path}");
        rows.len()
    }
}

/// Asks a hundred rounds of questions, each of a random kind of figures.
async fn compare(seed: u64) {
    let mut dice = Dice(seed);
    let (app, observations) = filled(&mut dice).await;
    let world = World::read(&app, COUNTY, observations).await;
    let mut rows = 0;
    for _ in 0..100 {
        rows += question(&mut dice, &world).aggregate(&app, &mut dice).await;
        rows += question(&mut dice, &world).aggregate(&app, &mut dice).await;
        rows += question(&mut dice, &world).ranking(&app, &mut dice).await;
        rows += question(&mut dice, &world).completion(&app, &mut dice).await;
        rows += question(&mut dice, &world).series(&app, &mut dice).await;
        rows += question(&mut dice, &world).completeness(&app, &mut dice).await;
    }
    assert!(rows > 2000, "only {rows} rows were compared");
}

#[actix_web::test]
async fn every_answer_is_that_of_plain_loops_over_all_rows() {
    compare(20_221_231).await;
}

#[actix_web::test]
async fn other_figures_are_answered_by_the_same_loops() {
    compare(430_681_107).await;
}
