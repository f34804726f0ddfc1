//! Projects as a package of the Open Contracting for Infrastructure Data Standard, OC4IDS 0.9 in its release
//! 0.9.5, written piece by piece. Members that nobody has stated are left out: the standard wants no empty ones.

use chrono::{DateTime, FixedOffset, Utc};
use serde::Serialize;
use serde_json::Number;
use utoipa::ToSchema;

use super::writer::{Out, unwritable};
use crate::db::projects::ProjectRow;
use crate::domain::stage::Oc4idsStatus;
use crate::error::Result;

pub mod money;
pub mod project;

/// Version of the standard.
const VERSION: &str = "0.9";

/// Who publishes packages, and where.
#[derive(Debug, Clone)]
pub struct Publisher {
    /// Address of the service as others call it, without a slash at the end.
    pub url: String,
    /// Name.
    pub name: String,
    /// Address of the licence of the data.
    pub license: Option<String>,
    /// Prefix of the ids of projects.
    pub prefix: String,
}

impl Default for Publisher {
    fn default() -> Publisher {
        Publisher {
            url: "http://127.0.0.1:8080".to_owned(),
            name: "taizhang 台账".to_owned(),
            license: None,
            prefix: "oc4ids-000000".to_owned(),
        }
    }
}

/// A package of projects in OC4IDS 0.9 (<https://standard.open-contracting.org/infrastructure/0.9/>).
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Oc4idsPackage)]
pub struct Package {
    /// The projects in the order of their codes. A package of none is written too, though the standard wants
    /// one at least.
    projects: Vec<Project>,
    /// The address that the package was asked for at.
    #[schema(example = "http://127.0.0.1:8080/api/v1/projects/oc4ids.json")]
    uri: String,
    /// When the last of its projects was written to; 1970-01-01 of a package of none.
    published_date: DateTime<Utc>,
    /// Version of the standard.
    #[schema(example = "0.9")]
    version: &'static str,
    /// Who publishes it.
    publisher: PackagePublisher,
    /// Address of the licence of the data.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    license: Option<String>,
}

/// Who publishes a package.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Oc4idsPublisher)]
pub struct PackagePublisher {
    /// Name.
    #[schema(example = "taizhang 台账")]
    name: String,
}

/// A project in OC4IDS.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Oc4idsProject)]
pub struct Project {
    /// The publisher's prefix, a hyphen, and the project's code here.
    #[schema(example = "oc4ids-000000-guoxiang-sewers")]
    id: String,
    /// When the project was last written to.
    updated: DateTime<Utc>,
    /// Name.
    title: String,
    /// Language of its texts; always `zh`.
    #[schema(example = "zh")]
    language: &'static str,
    /// What the standard has no member for: place, suspension, dates that are not known to the day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<String>,
    /// Status.
    status: Oc4idsStatus,
    /// Planned start and finish, as far as they are known to the day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    period: Option<Period>,
    /// The kind of the project here, as a classification of its own.
    additional_classifications: Vec<Classification>,
    /// The areas that it lies in.
    locations: Vec<Location>,
    /// What it is to cost, and where the money comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    budget: Option<Budget>,
    /// Quantities that are aimed at or foreseen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    forecasts: Vec<Metric>,
    /// Unit in the lead and contractor.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    parties: Vec<Party>,
    /// Unit in the lead.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    public_authority: Option<PartyReference>,
    /// Physical progress, and quantities that were reached.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    metrics: Vec<Metric>,
    /// Milestones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    milestones: Vec<Milestone>,
    /// Actual finish.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    completion: Option<Completion>,
}

/// A span of time in OC4IDS; it has one of its ends at least.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Oc4idsPeriod)]
pub struct Period {
    /// First second of the first day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    start_date: Option<DateTime<FixedOffset>>,
    /// Last second of the last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    end_date: Option<DateTime<FixedOffset>>,
}

/// A classification in OC4IDS.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Oc4idsClassification)]
pub struct Classification {
    /// The list that it is from.
    #[schema(example = "taizhang-project-kind")]
    scheme: &'static str,
    /// Code in the list.
    #[schema(example = "construction")]
    id: &'static str,
}

/// A place in OC4IDS.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Oc4idsLocation)]
pub struct Location {
    /// Code of the area.
    #[schema(example = "430681107000")]
    id: String,
    /// Name of the area.
    #[schema(example = "弼时镇")]
    description: String,
    /// The area by its official code.
    gazetteer: Gazetteer,
}

/// A list of places in OC4IDS.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Oc4idsGazetteer)]
pub struct Gazetteer {
    /// `CN-NBS`: the statistical division codes of the National Bureau of Statistics of China.
    #[schema(example = "CN-NBS")]
    scheme: &'static str,
    /// Codes in the list.
    identifiers: [String; 1],
}

/// A budget in OC4IDS.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Oc4idsBudget)]
pub struct Budget {
    /// The words of an amount that is not exact, and what is said of the sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<String>,
    /// The amount as stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    amount: Option<Amount>,
    /// Where the money comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    budget_breakdowns: Option<[BudgetBreakdown; 1]>,
}

/// A way to take a budget apart in OC4IDS: here, by source.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Oc4idsBudgetBreakdown)]
pub struct BudgetBreakdown {
    /// Always `sources`.
    #[schema(example = "sources")]
    id: &'static str,
    /// What the lines are.
    #[schema(example = "资金来源")]
    description: &'static str,
    /// The sources.
    budget_breakdown: Vec<BudgetLine>,
}

/// A source of money in OC4IDS.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Oc4idsBudgetLine)]
pub struct BudgetLine {
    /// Place among the sources, from 1.
    #[schema(example = "1")]
    id: String,
    /// The source, with the words of an amount that is not exact.
    #[schema(example = "争取的项目资金")]
    description: String,
    /// The amount as stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    amount: Option<Amount>,
}

/// Money in OC4IDS.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Oc4idsAmount)]
pub struct Amount {
    /// How much, exactly, in the currency's unit.
    #[schema(value_type = f64, example = 2000000)]
    amount: Number,
    /// Currency.
    #[schema(example = "CNY")]
    currency: &'static str,
}

/// What is measured of a project in OC4IDS.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Oc4idsMetric)]
pub struct Metric {
    /// `physicalProgress`, or `quantity-` and its place among the quantities.
    #[schema(example = "physicalProgress")]
    id: String,
    /// What it counts.
    title: String,
    /// The one figure.
    observations: [Observation; 1],
}

/// A figure of a project in OC4IDS.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Oc4idsObservation)]
pub struct Observation {
    /// Always 1.
    #[schema(example = "1")]
    id: &'static str,
    /// The period that it speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    period: Option<Period>,
    /// Money.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    value: Option<Amount>,
    /// Anything else, in digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "676")]
    measure: Option<String>,
    /// The unit of the measure.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    unit: Option<MeasureUnit>,
    /// The words of a figure that is not exact.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    notes: Option<String>,
}

/// A unit of measure in OC4IDS.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Oc4idsUnit)]
pub struct MeasureUnit {
    /// Name.
    #[schema(example = "米")]
    name: String,
    /// `UNCEFACT` for a unit of UN/ECE Recommendation 20.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "UNCEFACT")]
    scheme: Option<&'static str>,
    /// Code of the unit in that recommendation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "MTR")]
    id: Option<String>,
}

/// A unit or enterprise in OC4IDS.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Oc4idsParty)]
pub struct Party {
    /// Id in this project.
    #[schema(example = "lead-unit")]
    id: &'static str,
    /// Name.
    name: String,
    /// What it does: `publicAuthority` leads, `supplier` builds.
    roles: Vec<&'static str>,
}

/// One of the parties.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Oc4idsPartyReference)]
pub struct PartyReference {
    /// Id of the party.
    #[schema(example = "lead-unit")]
    id: &'static str,
    /// Name of the party.
    name: String,
}

/// A milestone in OC4IDS.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Oc4idsMilestone)]
pub struct Milestone {
    /// Place among the milestones of the project, from 1.
    #[schema(example = "1")]
    id: String,
    /// What is to be reached.
    title: String,
    /// Dates that are not known to the day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<String>,
    /// Promised date, when it is known to the day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    due_date: Option<DateTime<FixedOffset>>,
    /// Actual date, when it is known to the day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    date_met: Option<DateTime<FixedOffset>>,
    /// When the status was last written.
    date_modified: DateTime<Utc>,
    /// `scheduled`, `met`, `partiallyMet` or `notMet`.
    #[schema(example = "met")]
    status: &'static str,
}

/// The end of a project in OC4IDS.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Oc4idsCompletion)]
pub struct Completion {
    /// Last second of the day, when it is known to the day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    end_date: Option<DateTime<FixedOffset>>,
    /// The month or year, when no more is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "2022-11")]
    end_date_details: Option<String>,
}

/// Writes a package: its projects first, for they tell when it was published.
pub struct PackageWriter {
    between: &'static str,
    published: DateTime<Utc>,
}

impl PackageWriter {
    /// Begins a package.
    pub fn begin(out: Out<'_>) -> Result<PackageWriter> {
        out.write_all(b"{\"projects\":[")?;
        Ok(PackageWriter { between: "", published: DateTime::UNIX_EPOCH })
    }

    /// Writes the next projects.
    pub fn projects(&mut self, projects: &[Project], out: Out<'_>) -> Result<()> {
        for project in projects {
            out.write_all(self.between.as_bytes())?;
            serde_json::to_writer(&mut *out, project).map_err(unwritable)?;
            self.between = ",";
            self.published = self.published.max(project.updated);
        }
        Ok(())
    }

    /// Ends the package, which was asked for at an address.
    pub fn finish(self, publisher: &Publisher, address: &str, out: Out<'_>) -> Result<()> {
        let package = Package {
            projects: Vec::new(),
            uri: format!("{}{address}", publisher.url),
            published_date: self.published,
            version: VERSION,
            publisher: PackagePublisher { name: publisher.name.clone() },
            license: publisher.license.clone(),
        };
        let text = serde_json::to_string(&package).map_err(unwritable)?;
        // The list that is empty here has been written.
        out.write_all(text.trim_start_matches("{\"projects\":[").as_bytes())?;
        Ok(out.write_all(b"\n")?)
    }
}

/// The id of a project.
fn id(publisher: &Publisher, row: &ProjectRow) -> String {
    format!("{}-{}", publisher.prefix, row.code)
}
