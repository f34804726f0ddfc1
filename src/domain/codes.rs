//! The closed code lists of the model. Each code is the one word that columns, JSON members,
//! query parameters and CSV cells share; rules about a code live beside it, nothing else does.

use serde_json::{Map, Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

use crate::error::Invalid;

/// Declares a code list: the enum, its words with their meaning in Chinese and English, reading and writing them.
macro_rules! codes {
    ($(#[doc = $doc:literal])* $name:ident ($zh:literal, $en:literal) {
        $($variant:ident = $word:literal ($said:literal, $meaning:literal),)+
    }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[derive(serde::Serialize)]
        #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub enum $name {
            $(#[doc = concat!($meaning, ".")] #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every code of the list, in its published order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The name of the variant, the word, its official name in Chinese and its meaning, of every code.
            pub const LISTED: &'static [$crate::domain::codes::Listed] =
                &[$((stringify!($variant), $word, $said, $meaning)),+];

            /// The word of this code.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }

        impl $crate::domain::codes::Codes for $name {
            const FIRST: $name = $name::ALL[0];
            const LISTED: &'static [$crate::domain::codes::Listed] = $name::LISTED;
        }

        impl utoipa::ToSchema for $name {}

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                $crate::domain::codes::schema(
                    concat!($($doc, "\n"),*),
                    ($zh, $en),
                    $name::LISTED,
                )
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                let word = String::deserialize(deserializer)?;
                word.parse().map_err(|invalid| $crate::error::refused(&invalid))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::error::Invalid;

            fn from_str(word: &str) -> Result<Self, $crate::error::Invalid> {
                match word {
                    $($word => Ok($name::$variant),)+
                    _ => Err($crate::domain::codes::unknown($zh, $en, word, &[$($word),+])),
                }
            }
        }
    };
}
pub(crate) use codes;

/// One code of a list: the name of its variant, its word, its official name in Chinese and its meaning.
pub type Listed = (&'static str, &'static str, &'static str, &'static str);

/// A code list, where any will do.
pub trait Codes: Copy + std::str::FromStr<Err = Invalid> + std::fmt::Display + 'static {
    /// The first code of the list.
    const FIRST: Self;
    /// The name of the variant, the word, its official name in Chinese and its meaning, of every code.
    const LISTED: &'static [Listed];
}

/// The first code of a list.
pub fn first<C: Codes>() -> C {
    C::FIRST
}

/// The schema of a code list: each word with its official name in Chinese and its meaning.
pub(crate) fn schema(about: &str, (zh, en): (&str, &str), listed: &[Listed]) -> RefOr<Schema> {
    let said = |zh: &str, meaning: &str| format!("{zh}: {}", meaning.trim_end_matches('.'));
    let lines = listed.iter().map(|(_, word, zh, meaning)| format!("\n\n`{word}` {}.", said(zh, meaning)));
    let about = about.trim();
    let title = format!("{}{} {zh}.", en[..1].to_uppercase(), &en[1..]);
    let words = listed.iter().map(|(_, word, ..)| *word);
    let descriptions: Map<String, Value> =
        listed.iter().map(|(_, word, zh, meaning)| ((*word).to_owned(), said(zh, meaning).into())).collect();
    let names: Vec<String> = listed.iter().map(|(name, ..)| constant(name)).collect();
    let is_identifier = |word: &str| word.bytes().all(|sign| sign.is_ascii_alphanumeric() || sign == b'_');
    // Generators make names of words, where they can.
    let extensions = (!listed.iter().all(|(_, word, ..)| is_identifier(word))).then(|| {
        Extensions::builder()
            .add("x-enum-varnames", json!(names))
            .add("x-enumDescriptions", Value::Object(descriptions))
            .build()
    });
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(format!("{title} {about}{}", lines.collect::<String>())))
        .enum_values(Some(words))
        .extensions(extensions)
        .into()
}

/// `NotMore` as `NOT_MORE`, as generators name the other words.
fn constant(variant: &str) -> String {
    let mut name = String::new();
    for (place, sign) in variant.char_indices() {
        if place > 0 && sign.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(sign.to_ascii_uppercase());
    }
    name
}

/// The refusal of a word that is not on its list.
pub(crate) fn unknown(zh: &str, en: &str, word: &str, known: &[&str]) -> Invalid {
    let known = known.join(", ");
    Invalid::new(
        "unknown_code",
        format!("“{word}”不是{zh}的代码，可用：{known}"),
        format!("“{word}” is not a code of {en}; use one of {known}"),
    )
}

codes! {
    /// Level of an administrative division. Stored, never read off the zeros of the code.
    Level ("区划层级", "area level") {
        Province = "province" ("省级", "Provinces, autonomous regions and municipalities"),
        Prefecture = "prefecture" ("地级", "Prefecture-level cities, prefectures and leagues"),
        County = "county" ("县级", "Counties, county-level cities and districts"),
        Township = "township" ("乡级", "Towns, townships and streets"),
        Village = "village" ("村级", "Villages and communities"),
    }
}

codes! {
    /// Kind of an administrative division within its level: a village 村 and a community 社区
    /// are both of level village.
    AreaKind ("区划类型", "area kind") {
        Province = "province" ("省", "Province, autonomous region or municipality"),
        Prefecture = "prefecture" ("地级市", "Prefecture-level city or prefecture"),
        County = "county" ("县", "County or county-level city"),
        District = "district" ("区", "District of a city"),
        Town = "town" ("镇", "Town"),
        Township = "township" ("乡", "Township"),
        Street = "street" ("街道", "Street office"),
        Village = "village" ("村", "Village"),
        Community = "community" ("社区", "Community"),
        Other = "other" ("其他", "Any other division"),
    }
}

impl AreaKind {
    /// Whether a division of this level can be of this kind.
    pub fn fits(self, level: Level) -> bool {
        match self {
            AreaKind::Province => level == Level::Province,
            AreaKind::Prefecture => level == Level::Prefecture,
            AreaKind::County | AreaKind::District => level == Level::County,
            AreaKind::Town | AreaKind::Township | AreaKind::Street => level == Level::Township,
            AreaKind::Village | AreaKind::Community => level == Level::Village,
            AreaKind::Other => true,
        }
    }
}

codes! {
    /// What a village is known for. One village one product 一村一品 is a specialty.
    HighlightKind ("亮点类型", "highlight kind") {
        Specialty = "specialty" ("特产", "What it produces; one village one product 一村一品"),
        Honour = "honour" ("荣誉", "An award or title"),
        Industry = "industry" ("产业", "A line of business"),
        Pilot = "pilot" ("试点", "A trial of something new"),
        Event = "event" ("活动", "Something that takes place there"),
    }
}

codes! {
    /// What kind of number a metric is.
    MetricKind ("指标类型", "metric kind") {
        Stock = "stock" ("时点数", "What there is at a point in time"),
        Flow = "flow" ("时期数", "What comes about in a span of time"),
        Ratio = "ratio" ("比率", "One number over another"),
        Average = "average" ("平均数", "A mean over many"),
        Index = "index" ("指数", "A number relative to a base"),
        Rank = "rank" ("位次", "A place among several"),
    }
}

codes! {
    /// How a metric rolls up over areas. `none`: it does not.
    AreaRule ("区划汇总规则", "area rule") {
        Sum = "sum" ("求和", "The sum of the figures"),
        RatioOfSums = "ratio_of_sums" ("分子分母分别求和", "The sum of the numerator over that of the denominator"),
        WeightedMean = "weighted_mean" ("加权平均", "The mean by the weight metric"),
        Max = "max" ("取最大", "The greatest figure"),
        Min = "min" ("取最小", "The least figure"),
        None = "none" ("不汇总", "Does not roll up"),
    }
}

codes! {
    /// How a metric rolls up over time. `none`: it does not.
    TimeRule ("时间汇总规则", "time rule") {
        Sum = "sum" ("求和", "The sum of the parts"),
        Last = "last" ("取期末", "The figure at the end"),
        Mean = "mean" ("平均", "The mean of the parts"),
        None = "none" ("不汇总", "Does not roll up"),
    }
}

codes! {
    /// Which way a metric is better.
    Direction ("指标方向", "direction") {
        Higher = "higher" ("越高越好", "More is better"),
        Lower = "lower" ("越低越好", "Less is better"),
        Neutral = "neutral" ("中性", "Neither way is better"),
    }
}

codes! {
    /// Who may read a row: everybody, or keys whose role and area allow it.
    Visibility ("可见范围", "visibility") {
        Public = "public" ("公开", "For everybody"),
        Internal = "internal" ("内部", "For keys whose role and area allow it"),
    }
}

codes! {
    /// Whether a metric still takes observations.
    MetricStatus ("指标状态", "metric status") {
        Active = "active" ("在用", "Takes observations"),
        Retired = "retired" ("停用", "Takes no more observations"),
    }
}

codes! {
    /// Over which span within its period a figure accumulates: the period itself 当期, the year
    /// to date 年初累计, since a beginning long ago 历史累计, or at a point in time 时点.
    Accumulation ("累计方式", "accumulation") {
        Period = "period" ("当期", "Over the period itself"),
        YearToDate = "ytd" ("年初累计", "From the start of the year to the end of the period"),
        InceptionToDate = "itd" ("历史累计", "From the beginning to the end of the period"),
        Instant = "instant" ("时点", "At the end of the period"),
    }
}

codes! {
    /// Whether a figure is a result, an aim, a projection or a point of comparison.
    Role ("数值角色", "role") {
        Actual = "actual" ("实际", "A result"),
        Target = "target" ("目标", "What is to be reached"),
        Forecast = "forecast" ("预测", "What is expected"),
        Baseline = "baseline" ("基期", "What others are compared with"),
    }
}

codes! {
    /// Whether a target is one for the whole area or one for each of its villages.
    Spread ("目标分布", "spread") {
        Total = "total" ("合计", "One target for the whole area"),
        Each = "each" ("每村", "The same target for each village of the area"),
    }
}

codes! {
    /// Why a figure was corrected or retracted.
    RevisionReason ("修订原因", "revision reason") {
        EntryError = "entry_error" ("录入错误", "It was entered wrongly"),
        Definition = "definition" ("口径调整", "What is counted has changed"),
        Late = "late" ("迟报补报", "It came late"),
        Audit = "audit" ("审计核查", "An audit has found it"),
        SourceRevised = "source_revised" ("来源修订", "The source has corrected it"),
        Other = "other" ("其他", "Any other reason, which the comment tells"),
    }
}

codes! {
    /// What to do with a statement whose natural key is taken: refuse it, make it a revision, or leave
    /// what is there.
    OnConflict ("冲突处理", "on_conflict") {
        Fail = "fail" ("拒绝", "Refuses the request"),
        Revise = "revise" ("修订", "Makes a revision of what is there"),
        Skip = "skip" ("跳过", "Leaves what is there"),
    }
}

codes! {
    /// Kind of a project.
    ProjectKind ("项目类型", "project kind") {
        Construction = "construction" ("建设", "Building and repair"),
        LandAcquisition = "land_acquisition" ("征地", "Acquisition of land"),
        Certification = "certification" ("认证", "Certification of products or places"),
        Industry = "industry" ("产业", "Enterprises and farming"),
        Service = "service" ("服务", "Services"),
    }
}

codes! {
    /// What an amount of a project is: its budget, one source of its funding, or a quantity.
    AmountKind ("金额类型", "amount kind") {
        Budget = "budget" ("预算", "What it is to cost"),
        Funding = "funding" ("资金来源", "One source of its money"),
        Quantity = "quantity" ("工程量", "What is built, bought, used or yielded"),
    }
}

codes! {
    /// Where a milestone stands.
    MilestoneStatus ("节点状态", "milestone status") {
        Due = "due" ("未到", "Still to come"),
        Met = "met" ("完成", "Reached"),
        PartlyMet = "partly_met" ("部分完成", "Reached in part"),
        Missed = "missed" ("未完成", "Not reached"),
    }
}

codes! {
    /// The types of files that attachments can be.
    MediaType ("媒体类型", "media type") {
        Jpeg = "image/jpeg" ("JPEG 图片", "A picture"),
        Png = "image/png" ("PNG 图片", "A picture"),
        Webp = "image/webp" ("WebP 图片", "A picture"),
        Pdf = "application/pdf" ("PDF 文档", "A document"),
    }
}

impl MediaType {
    /// Whether a file of this type is a picture.
    pub fn is_picture(self) -> bool {
        self != MediaType::Pdf
    }

    /// How the names of such files end.
    pub fn ending(self) -> &'static str {
        match self {
            MediaType::Jpeg => "jpg",
            MediaType::Png => "png",
            MediaType::Webp => "webp",
            MediaType::Pdf => "pdf",
        }
    }
}

codes! {
    /// State of a plan item: 拟定, 交办, 推进, 申请销号, 已销号, 退回, 暂停, 取消, 结转.
    ItemState ("事项状态", "plan item state") {
        Drafted = "drafted" ("拟定", "Written, not yet given out"),
        Assigned = "assigned" ("交办", "Given to a unit"),
        InProgress = "in_progress" ("推进", "Under way"),
        CloseRequested = "close_requested" ("申请销号", "Said to be done, to be checked"),
        Closed = "closed" ("已销号", "Checked and done"),
        Returned = "returned" ("退回", "Not accepted, to be worked on"),
        Suspended = "suspended" ("暂停", "Stopped for the time being"),
        Cancelled = "cancelled" ("取消", "Given up"),
        CarriedOver = "carried_over" ("结转", "Goes on in a later plan"),
    }
}

codes! {
    /// What became of a request for more time: 申请中, 已同意, 未同意, 已撤回.
    ExtensionState ("延期状态", "extension state") {
        Requested = "requested" ("申请中", "Not decided yet"),
        Granted = "granted" ("已同意", "The item has the new date"),
        Refused = "refused" ("未同意", "The item keeps its date"),
        Withdrawn = "withdrawn" ("已撤回", "Taken back by who asked"),
    }
}

codes! {
    /// What an edit did to a row.
    Op ("操作", "operation") {
        Put = "put" ("写入", "Created or changed"),
        Delete = "delete" ("删除", "Deleted"),
    }
}

codes! {
    /// The kinds of things that search finds.
    HitKind ("检索对象", "search kind") {
        Area = "area" ("区划", "An area"),
        Metric = "metric" ("指标", "A metric"),
        Project = "project" ("项目", "A project"),
        PlanItem = "plan_item" ("计划事项", "A plan item"),
        Report = "report" ("文献", "A report"),
    }
}
