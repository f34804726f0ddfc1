//! What a program does with the client that openapi-generator makes of openapi.json for Rust (over blocking reqwest):
//! it reads, writes and is refused, and checks what it gets to the last digit. Run by tests/clients.

#![deny(warnings)]

use std::collections::BTreeSet;
use std::error::Error;

use reqwest::StatusCode;
use reqwest::header::{ACCEPT_LANGUAGE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH};
use taizhang::apis::attachments_api::{CreateAttachmentParams, create_attachment};
use taizhang::apis::configuration::Configuration;
use taizhang::apis::observations_api::{
    CreateObservationsParams, ListObservationsParams, ShowObservationParams, create_observations,
    list_observations, show_observation,
};
use taizhang::apis::projects_api::{
    CreateProjectParams, ShowProjectParams, UpdateProjectParams, create_project, show_project, update_project,
};
use taizhang::apis::statistics_api::{
    ListMetricAggregatesParams, ListMetricRanksParams, ListMetricSeriesParams, list_metric_aggregates,
    list_metric_ranks, list_metric_series,
};
use taizhang::apis::villages_api::{ListVillagesParams, list_villages};
use taizhang::models::{
    GroupBy, ObservationInput, ObservationsInput, Problem, ProjectChanges, ProjectInput, ProjectKind, Role,
    Stage,
};

const TOWN: &str = "430681107";
const PHOTO: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\xdac\
    d\xf8\xcfP\x0f\0\x03\x86\x01\x80Z4}k\0\0\0\0IEND\xaeB`\x82";

/// What a call is refused with. The error types of the client know the document of a problem by any status.
fn problem<T, E>(answer: Result<T, taizhang::apis::Error<E>>) -> Result<Problem, Box<dyn Error>> {
    match answer {
        Err(taizhang::apis::Error::ResponseError(refusal)) => Ok(serde_json::from_str(&refusal.content)?),
        _ => Err("this is to be refused".into()),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::args().nth(1).ok_or("usage: client URL")?;
    let headers = HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static("en"))]);
    let client = reqwest::blocking::Client::builder().default_headers(headers).build()?;
    let service = Configuration {
        base_path: url.clone(),
        client: client.clone(),
        bearer_access_token: Some(std::env::var("TAIZHANG_KEY")?),
        ..Configuration::default()
    };
    let within = Some(TOWN.to_owned());

    // The villages of 弼时镇.
    let villages =
        list_villages(&service, ListVillagesParams { within: within.clone(), ..Default::default() })?;
    assert_eq!(villages.items.len(), 18);
    assert!(villages.items.iter().any(|village| village.name == "序贤村"));

    // Every observation, page by page.
    let mut seen = Vec::new();
    let mut page = ListObservationsParams { limit: Some(20), ..Default::default() };
    loop {
        let answer = list_observations(&service, page.clone())?;
        seen.extend(answer.items.iter().map(|item| item.id));
        let Some(next) = answer.next else { break };
        page.cursor = Some(next);
    }
    assert!(seen.len() > 40 && seen.iter().collect::<BTreeSet<_>>().len() == seen.len());

    // Two values of one parameter.
    let roles = Some(vec![Role::Actual, Role::Target]);
    let both = ListObservationsParams { role: roles, limit: Some(1000), ..Default::default() };
    let both = list_observations(&service, both)?;
    assert_eq!(both.items.len(), seen.len());

    // One observation, with and without a day that it is read as of.
    let id = both.items[0].id.ok_or("an observation without an id")?;
    let now = show_observation(&service, ShowObservationParams { id, ..Default::default() })?;
    let day = Some("2023-12-31".to_owned());
    let then = show_observation(&service, ShowObservationParams { id, as_of: day, ..Default::default() })?;
    assert!(now.id == id && then == now);

    // A ranking, a series and a roll-up.
    let (code, period) = ("housing.relocation.households".to_owned(), "2022".to_owned());
    let ranking =
        ListMetricRanksParams { code: code.clone(), within, period: period.clone(), ..Default::default() };
    assert_eq!(list_metric_ranks(&service, ranking)?.meta.metric, code);
    let series =
        ListMetricSeriesParams { code: code.clone(), area: vec![TOWN.to_owned()], ..Default::default() };
    assert_eq!(list_metric_series(&service, series)?.items[0].value, Some(106.0));
    let totals = ListMetricAggregatesParams {
        code: code.clone(),
        within: Some("4306".to_owned()),
        group_by: Some(GroupBy::County),
        period: Some(period),
        ..Default::default()
    };
    assert_eq!(list_metric_aggregates(&service, totals)?.meta.group_by, Some(GroupBy::County));

    // A file: the client reads JSON only, so this is a request of one's own.
    let csv = client
        .get(format!("{url}/api/v1/villages?format=csv&within={TOWN}"))
        .send()?
        .error_for_status()?
        .text()?;
    assert!(csv.starts_with("code,name,") && csv.lines().count() == 19);

    // A project, made twice with one key and made once; then changed. What is not set is not sent, `Some(None)` clears.
    let input = |code: &str, area: &str| {
        let (code, name, areas) = (code.to_owned(), "示范项目".to_owned(), vec![area.to_owned()]);
        ProjectInput::new(code, name, ProjectKind::Service, areas, Stage::Idea)
    };
    let once = CreateProjectParams {
        project_input: input("client-rust", TOWN),
        idempotency_key: Some("client-rust-1".to_owned()),
        ..Default::default()
    };
    let made = create_project(&service, once.clone())?;
    assert_eq!(create_project(&service, once)?, made);
    // The client keeps no headers, so the tag is read with a request of one's own.
    let answer = client.get(format!("{url}/api/v1/projects/{}", made.code)).send()?.error_for_status()?;
    let change = UpdateProjectParams {
        code: made.code,
        if_match: answer.headers()[ETAG].to_str()?.to_owned(),
        project_changes: ProjectChanges {
            name: Some("示范工程".to_owned()),
            lead_unit: Some(Some("镇农业综合服务中心".to_owned())),
            contractor: Some(None),
            ..Default::default()
        },
    };
    let changed = update_project(&service, change.clone())?;
    assert_eq!(
        (changed.name, changed.lead_unit),
        ("示范工程".to_owned(), Some("镇农业综合服务中心".to_owned()))
    );
    assert_eq!((changed.areas, changed.contractor), (made.areas, None));
    assert_eq!(problem(update_project(&service, change))?.status, 412);

    // What is refused says why.
    let lost = ShowProjectParams { code: "no-such".to_owned(), ..Default::default() };
    let lost = problem(show_project(&service, lost))?;
    assert_eq!((lost.status, lost.r#type.as_str()), (404, "/problems/not_found"));
    let mut wrong = CreateProjectParams { project_input: input("client-rust-2", "11"), ..Default::default() };
    wrong.project_input.report = Some(Some("no-such".to_owned()));
    let wrong = problem(create_project(&service, wrong))?;
    assert_eq!(wrong.status, 422);
    let places: BTreeSet<_> = wrong.errors.into_iter().filter_map(|error| error.pointer).collect();
    assert_eq!(places, BTreeSet::from(["/areas/0", "/report"].map(String::from)));

    // A read that is repeated sends nothing again.
    let metric = || client.get(format!("{url}/api/v1/metrics/{code}"));
    let first = metric().send()?.error_for_status()?;
    let unchanged = metric().header(IF_NONE_MATCH, &first.headers()[ETAG]).send()?;
    assert_eq!(unchanged.status(), StatusCode::NOT_MODIFIED);

    // A photo.
    let file = std::env::temp_dir().join(format!("photo-{}.png", std::process::id()));
    std::fs::write(&file, PHOTO)?;
    let photo =
        create_attachment(&service, CreateAttachmentParams { file: file.clone(), ..Default::default() });
    std::fs::remove_file(file)?;
    assert_eq!(photo?.size_bytes, i64::try_from(PHOTO.len())?);

    // Several figures at once, to the last digit.
    let values = [1234567.89, 999999999999.125, 0.000001, 273.15];
    let items = (1971..).zip(values).map(|(year, value)| ObservationInput {
        value: Some(Some(value)),
        ..ObservationInput::new("land.cultivated.area".to_owned(), TOWN.to_owned(), year.to_string())
    });
    let observations_input = ObservationsInput { items: Some(items.collect()), ..Default::default() };
    let figures = CreateObservationsParams { observations_input, ..Default::default() };
    let recorded = create_observations(&service, figures)?.items.ok_or("no items")?;
    assert_eq!(recorded.iter().map(|item| item.value).collect::<Vec<_>>(), values.map(Some));
    println!("rust: all as it should be");
    Ok(())
}
