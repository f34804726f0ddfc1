//! The closed code lists of the model. Each code is the one word that columns, JSON members,
//! query parameters and CSV cells share; rules about a code live beside it, nothing else does.

use crate::error::Invalid;

/// Declares a code list: the enum, its words, reading and writing them.
macro_rules! codes {
    ($(#[$outer:meta])* $name:ident ($zh:literal, $en:literal) {
        $($(#[$inner:meta])* $variant:ident = $word:literal,)+
    }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[derive(serde::Serialize)]
        #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        #[allow(missing_docs, reason = "the words of most codes say all there is to say")]
        pub enum $name {
            $($(#[$inner])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every code of the list, in its published order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word of this code.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }

        impl utoipa::ToSchema for $name {}

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::Type::String)
                    .description(Some(concat!($en, " ", $zh)))
                    .enum_values(Some([$($word),+]))
                    .into()
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
        Province = "province",
        Prefecture = "prefecture",
        County = "county",
        Township = "township",
        Village = "village",
    }
}

codes! {
    /// Kind of an administrative division within its level: a village 村 and a community 社区
    /// are both of level village.
    AreaKind ("区划类型", "area kind") {
        Province = "province",
        Prefecture = "prefecture",
        County = "county",
        District = "district",
        Town = "town",
        Township = "township",
        Street = "street",
        Village = "village",
        Community = "community",
        Other = "other",
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
        Specialty = "specialty",
        Honour = "honour",
        Industry = "industry",
        Pilot = "pilot",
        Event = "event",
    }
}

codes! {
    /// What kind of number a metric is.
    MetricKind ("指标类型", "metric kind") {
        Stock = "stock",
        Flow = "flow",
        Ratio = "ratio",
        Average = "average",
        Index = "index",
        Rank = "rank",
    }
}

codes! {
    /// How a metric rolls up over areas. `none`: it does not.
    AreaRule ("区划汇总规则", "area rule") {
        Sum = "sum",
        RatioOfSums = "ratio_of_sums",
        WeightedMean = "weighted_mean",
        Max = "max",
        Min = "min",
        None = "none",
    }
}

codes! {
    /// How a metric rolls up over time. `none`: it does not.
    TimeRule ("时间汇总规则", "time rule") {
        Sum = "sum",
        Last = "last",
        Mean = "mean",
        None = "none",
    }
}

codes! {
    /// Which way a metric is better.
    Direction ("指标方向", "direction") {
        Higher = "higher",
        Lower = "lower",
        Neutral = "neutral",
    }
}

codes! {
    /// Who may read a row: everybody, or keys whose role and area allow it.
    Visibility ("可见范围", "visibility") {
        Public = "public",
        Internal = "internal",
    }
}

codes! {
    /// Whether a metric still takes observations.
    MetricStatus ("指标状态", "metric status") {
        Active = "active",
        Retired = "retired",
    }
}

codes! {
    /// Over which span within its period a figure accumulates: the period itself 当期, the year
    /// to date 年初累计, since a beginning long ago 历史累计, or at a point in time 时点.
    Accumulation ("累计方式", "accumulation") {
        Period = "period",
        YearToDate = "ytd",
        InceptionToDate = "itd",
        Instant = "instant",
    }
}

codes! {
    /// Whether a figure is a result, an aim, a projection or a point of comparison.
    Role ("数值角色", "role") {
        Actual = "actual",
        Target = "target",
        Forecast = "forecast",
        Baseline = "baseline",
    }
}

codes! {
    /// Whether a target is one for the whole area or one for each of its villages.
    Spread ("目标分布", "spread") {
        Total = "total",
        Each = "each",
    }
}

codes! {
    /// Why a figure was corrected or retracted.
    RevisionReason ("修订原因", "revision reason") {
        EntryError = "entry_error",
        Definition = "definition",
        Late = "late",
        Audit = "audit",
        SourceRevised = "source_revised",
        Other = "other",
    }
}

codes! {
    /// What to do with a statement whose natural key is taken: refuse it, make it a revision, or leave
    /// what is there.
    OnConflict ("冲突处理", "on_conflict") {
        Fail = "fail",
        Revise = "revise",
        Skip = "skip",
    }
}

codes! {
    /// Kind of a project.
    ProjectKind ("项目类型", "project kind") {
        Construction = "construction",
        LandAcquisition = "land_acquisition",
        Certification = "certification",
        Industry = "industry",
        Service = "service",
    }
}

codes! {
    /// What an amount of a project is: its budget, one source of its funding, or a quantity.
    AmountKind ("金额类型", "amount kind") {
        Budget = "budget",
        Funding = "funding",
        Quantity = "quantity",
    }
}

codes! {
    /// Where a milestone stands.
    MilestoneStatus ("节点状态", "milestone status") {
        Due = "due",
        Met = "met",
        PartlyMet = "partly_met",
        Missed = "missed",
    }
}

codes! {
    /// The types of files that attachments can be.
    MediaType ("媒体类型", "media type") {
        Jpeg = "image/jpeg",
        Png = "image/png",
        Webp = "image/webp",
        Pdf = "application/pdf",
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
        Drafted = "drafted",
        Assigned = "assigned",
        InProgress = "in_progress",
        CloseRequested = "close_requested",
        Closed = "closed",
        Returned = "returned",
        Suspended = "suspended",
        Cancelled = "cancelled",
        CarriedOver = "carried_over",
    }
}

codes! {
    /// What became of a request for more time: 申请中, 已同意, 未同意, 已撤回.
    ExtensionState ("延期状态", "extension state") {
        Requested = "requested",
        Granted = "granted",
        Refused = "refused",
        Withdrawn = "withdrawn",
    }
}

codes! {
    /// What an edit did to a row.
    Op ("操作", "operation") {
        Put = "put",
        Delete = "delete",
    }
}

codes! {
    /// The kinds of things that search finds.
    HitKind ("检索对象", "search kind") {
        Area = "area",
        Metric = "metric",
        Project = "project",
        PlanItem = "plan_item",
        Report = "report",
    }
}
