//! The README's calls: each is answered as it says.

use serde_json::Value;

use crate::harness::TestApp;
use crate::harness::times::forget_times;

/// A call of the README: its address, its headers, and the answer printed under it.
struct Call {
    address: String,
    headers: Vec<(String, String)>,
    answer: String,
}

fn calls() -> Vec<Call> {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let section = readme.split("\n## Call it\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let blocks: Vec<&str> = section.split("```").skip(1).step_by(2).collect();
    blocks
        .chunks(2)
        .map(|pair| {
            let quoted: Vec<&str> = pair[0].split('\'').skip(1).step_by(2).collect();
            let (address, headers) = quoted.split_last().unwrap();
            let header =
                |line: &&str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
            Call {
                address: address.strip_prefix("http://127.0.0.1:8080").unwrap().to_owned(),
                headers: headers.iter().filter_map(header).collect(),
                answer: pair[1].split_once('\n').unwrap().1.to_owned(),
            }
        })
        .collect()
}

#[actix_web::test]
async fn every_call_is_answered_as_printed() {
    let app = TestApp::seeded().await;
    let calls = calls();
    assert!(calls.len() >= 10, "{} calls", calls.len());
    for call in calls {
        let headers: Vec<(&str, &str)> =
            call.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = app.get(&call.address).headers(&headers).await;
        if answer.header("content-type").starts_with("text/csv") {
            assert_eq!(answer.text().replace("\r\n", "\n"), call.answer, "{}", call.address);
            continue;
        }
        let (mut printed, mut answered): (Value, Value) =
            (serde_json::from_str(&call.answer).unwrap(), answer.json());
        forget_times(&mut printed);
        forget_times(&mut answered);
        assert_eq!(answered, printed, "{}", call.address);
    }
}
