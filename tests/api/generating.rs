//! `taizhang generate`: what it makes, that it makes the same each time and on both databases, and that it
//! leaves alone what is there.

use std::process::Command;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use taizhang::exchange::generate::{self, Sizes};

use crate::harness::TestApp;
use crate::harness::lists::each;

const SIZES: Sizes = Sizes { observations: 3_000, villages: 300, seed: 7 };

async fn generated(sizes: Sizes) -> TestApp {
    let app = TestApp::empty().await;
    generate::fill(&app.db, sizes).await.unwrap();
    app.signed_in().await
}

/// Everything that was ever stated, in order.
async fn fingerprint(app: &TestApp) -> String {
    let mut hash = Sha256::new();
    for list in ["areas", "metrics", "reports", "observations"] {
        let answer = app.get(&format!("/api/v1/{list}?format=ndjson")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        hash.update(&answer.body);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[actix_web::test]
async fn the_same_seed_makes_the_same_rows_on_both_databases() {
    insta::assert_snapshot!("generated", fingerprint(&generated(SIZES).await).await);
    let other = generated(Sizes { seed: 8, ..SIZES }).await;
    assert_ne!(fingerprint(&other).await, fingerprint(&generated(SIZES).await).await);
}

#[actix_web::test]
async fn all_of_it_is_one_entry_and_the_next_follows() {
    let app = generated(SIZES).await;
    let count = |list: &'static str| app.counted(list);
    assert_eq!(count("/api/v1/villages").await, 300);
    let states = count("/api/v1/observations").await;
    assert!((2_990..3_000).contains(&states), "all but what was retracted: {states}");
    let entries = app.get("/api/v1/entries").await.items();
    assert_eq!(each(&entries, "by"), ["generate", "test"]);
    let figure =
        json!({"metric": "gen.grain.output", "area": "600101100", "period": "2030", "text": "约500吨"});
    let made = app.post("/api/v1/observations", figure).await;
    assert_eq!((made.status.as_u16(), &made.json()["id"]), (201, &json!(3_001)), "{}", made.text());
}

#[actix_web::test]
async fn figures_have_qualifiers_corrections_and_aims() {
    let app = generated(SIZES).await;
    let all =
        async |filter: &str| app.get(&format!("/api/v1/observations?limit=1000&{filter}")).await.items();
    for (comparator, words) in [("~", "约"), ("%3E", "余"), ("%3C", "近"), ("%3E%3D", "以上")] {
        let stated = all(&format!("comparator={comparator}")).await;
        assert!(stated.len() > 50, "{} of {words}", stated.len());
        assert!(stated.iter().all(|figure| figure["text"].as_str().unwrap().contains(words)), "{words}");
    }
    let aims = all("role=target").await;
    for spread in ["total", "each"] {
        assert!(aims.iter().any(|aim| aim["spread"] == spread), "{spread}");
    }
    let figures = all("metric=gen.population.residents").await;
    let corrected: Vec<&Value> = figures.iter().filter(|figure| figure["revision"] == 2).collect();
    assert!(corrected.len() >= 3, "{} of {}", corrected.len(), figures.len());
    let path = format!("/api/v1/observations/{}", corrected[0]["id"]);
    let states = app.get(&format!("{path}/revisions")).await.items();
    assert_eq!(
        (each(&states, "revision"), &states[1]["reason"]),
        (vec!["1".into(), "2".into()], &json!("audit"))
    );
    let first = states[0]["released_at"].as_str().unwrap();
    let then = app.get(&format!("{path}?as_of={}", first.replace('+', "%2B"))).await.json();
    assert_eq!((&then["revision"], &then["value"]), (&json!(1), &states[0]["value"]));
}

#[actix_web::test]
async fn a_database_with_data_is_left_alone() {
    let app = TestApp::seeded().await;
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_taizhang"));
        command.arg("generate").args(arguments).env_clear().env("DATABASE_URL", &app.url).output().unwrap()
    };
    let refused = run(&["--observations", "10", "--villages", "10"]);
    assert_eq!(refused.status.code(), Some(1), "{}", String::from_utf8_lossy(&refused.stderr));
    assert_eq!(app.db.head().await.unwrap(), 1);
    for wrong in [["--villages", "0"], ["--observations", "0"], ["--villages", "1"]] {
        assert_eq!(run(&wrong).status.code(), Some(2), "{wrong:?}");
    }
}
