-- What every figure refers to: areas, units, metrics, reports. Coordinates are millionths of a
-- degree; limits of a metric are millionths of its unit; lists of plain words are JSON arrays.
CREATE TABLE areas (
    code INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    aliases TEXT NOT NULL,
    level TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent INTEGER REFERENCES areas (code),
    code_system TEXT NOT NULL,
    urban_rural_class TEXT,
    valid_from TEXT,
    valid_to TEXT,
    lon INTEGER,
    lat INTEGER,
    folded TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES entries (seq),
    updated_at TEXT NOT NULL,
    CONSTRAINT areas_code CHECK (code BETWEEN 100000000000 AND 999999999999),
    CONSTRAINT areas_level CHECK (level IN ('province', 'prefecture', 'county', 'township', 'village')),
    CONSTRAINT areas_kind CHECK (kind IN ('province', 'prefecture', 'county', 'district', 'town', 'township', 'street', 'village', 'community', 'other')),
    CONSTRAINT areas_parent CHECK (parent IS NULL OR parent <> code),
    CONSTRAINT areas_valid_from CHECK (length(valid_from) IN (4, 7, 10)),
    CONSTRAINT areas_valid_to CHECK (length(valid_to) IN (4, 7, 10)),
    CONSTRAINT areas_point CHECK (
        (lon IS NULL AND lat IS NULL)
        OR (lon IS NOT NULL AND lat IS NOT NULL
            AND lon BETWEEN -180000000 AND 180000000 AND lat BETWEEN -90000000 AND 90000000)
    )
) STRICT;
CREATE INDEX areas_by_parent ON areas (parent, code);
CREATE INDEX areas_by_level ON areas (level, code);

CREATE TABLE area_successors (
    area INTEGER NOT NULL REFERENCES areas (code),
    successor INTEGER NOT NULL REFERENCES areas (code),
    PRIMARY KEY (area, successor),
    CONSTRAINT area_successors_other CHECK (area <> successor)
) STRICT;

CREATE TABLE units (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    symbol TEXT NOT NULL,
    dimension TEXT NOT NULL,
    numerator INTEGER NOT NULL,
    denominator INTEGER NOT NULL,
    seq INTEGER NOT NULL REFERENCES entries (seq),
    updated_at TEXT NOT NULL,
    CONSTRAINT units_factor CHECK (numerator > 0 AND denominator > 0)
) STRICT;
CREATE INDEX units_by_dimension ON units (dimension, code);

CREATE TABLE metrics (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    definition TEXT NOT NULL,
    theme TEXT NOT NULL,
    unit TEXT NOT NULL REFERENCES units (code),
    decimals INTEGER NOT NULL,
    kind TEXT NOT NULL,
    area_rule TEXT NOT NULL,
    time_rule TEXT NOT NULL,
    numerator TEXT REFERENCES metrics (code),
    denominator TEXT REFERENCES metrics (code),
    weight TEXT REFERENCES metrics (code),
    direction TEXT NOT NULL,
    frequencies TEXT NOT NULL,
    min INTEGER,
    max INTEGER,
    visibility TEXT NOT NULL,
    status TEXT NOT NULL,
    replaced_by TEXT REFERENCES metrics (code),
    folded TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES entries (seq),
    updated_at TEXT NOT NULL,
    CONSTRAINT metrics_code CHECK (length(code) BETWEEN 1 AND 64 AND code = lower(code)),
    CONSTRAINT metrics_decimals CHECK (decimals BETWEEN 0 AND 6),
    CONSTRAINT metrics_kind CHECK (kind IN ('stock', 'flow', 'ratio', 'average', 'index', 'rank')),
    CONSTRAINT metrics_area_rule CHECK (area_rule IN ('sum', 'ratio_of_sums', 'weighted_mean', 'max', 'min', 'none')),
    CONSTRAINT metrics_time_rule CHECK (time_rule IN ('sum', 'last', 'mean', 'none')),
    CONSTRAINT metrics_ratio CHECK (area_rule <> 'ratio_of_sums' OR (numerator IS NOT NULL AND denominator IS NOT NULL)),
    CONSTRAINT metrics_weight CHECK (area_rule <> 'weighted_mean' OR weight IS NOT NULL),
    CONSTRAINT metrics_direction CHECK (direction IN ('higher', 'lower', 'neutral')),
    CONSTRAINT metrics_range CHECK (min IS NULL OR max IS NULL OR min <= max),
    CONSTRAINT metrics_visibility CHECK (visibility IN ('public', 'internal')),
    CONSTRAINT metrics_status CHECK (status IN ('active', 'retired'))
) STRICT;
CREATE INDEX metrics_by_theme ON metrics (theme, code);

CREATE TABLE reports (
    code TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    document_number TEXT,
    issuer INTEGER REFERENCES areas (code),
    published_at TEXT NOT NULL,
    url TEXT,
    period TEXT,
    sha256 TEXT,
    text TEXT,
    folded TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES entries (seq),
    updated_at TEXT NOT NULL,
    CONSTRAINT reports_code CHECK (length(code) BETWEEN 1 AND 64 AND code = lower(code)),
    CONSTRAINT reports_sha256 CHECK (length(sha256) = 64 AND sha256 = lower(sha256))
) STRICT;

CREATE TABLE area_highlights (
    area INTEGER NOT NULL REFERENCES areas (code),
    ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    since TEXT,
    report TEXT REFERENCES reports (code),
    cite_paragraph INTEGER,
    cite_start INTEGER,
    cite_end INTEGER,
    cite_words TEXT,
    PRIMARY KEY (area, ordinal),
    CONSTRAINT area_highlights_kind CHECK (kind IN ('specialty', 'honour', 'industry', 'pilot', 'event')),
    CONSTRAINT area_highlights_since CHECK (length(since) IN (4, 7, 10)),
    CONSTRAINT area_highlights_citation CHECK (
        (cite_paragraph IS NULL AND cite_start IS NULL AND cite_end IS NULL AND cite_words IS NULL)
        OR (report IS NOT NULL AND cite_paragraph IS NOT NULL AND cite_start IS NOT NULL
            AND cite_end IS NOT NULL AND cite_words IS NOT NULL
            AND cite_paragraph >= 1 AND cite_start >= 0 AND cite_end > cite_start AND cite_words <> '')
    )
) STRICT;
CREATE INDEX area_highlights_by_report ON area_highlights (report, cite_start);
