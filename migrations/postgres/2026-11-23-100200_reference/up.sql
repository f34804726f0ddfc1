-- What every figure refers to: areas, units, metrics, reports. Coordinates are millionths of a
-- degree; limits of a metric are millionths of its unit; lists of plain words are JSON arrays.
CREATE TABLE areas (
    code BIGINT NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    aliases TEXT COLLATE "C" NOT NULL,
    level TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    parent BIGINT REFERENCES areas (code),
    code_system TEXT COLLATE "C" NOT NULL,
    urban_rural_class TEXT COLLATE "C",
    valid_from TEXT COLLATE "C",
    valid_to TEXT COLLATE "C",
    lon BIGINT,
    lat BIGINT,
    folded TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL REFERENCES entries (seq),
    updated_at TIMESTAMP NOT NULL,
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
);
CREATE INDEX areas_by_parent ON areas (parent, code);
CREATE INDEX areas_by_level ON areas (level, code);

CREATE TABLE area_successors (
    area BIGINT NOT NULL REFERENCES areas (code),
    successor BIGINT NOT NULL REFERENCES areas (code),
    PRIMARY KEY (area, successor),
    CONSTRAINT area_successors_other CHECK (area <> successor)
);

CREATE TABLE units (
    code TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    name_en TEXT COLLATE "C" NOT NULL,
    symbol TEXT COLLATE "C" NOT NULL,
    dimension TEXT COLLATE "C" NOT NULL,
    numerator BIGINT NOT NULL,
    denominator BIGINT NOT NULL,
    seq BIGINT NOT NULL REFERENCES entries (seq),
    updated_at TIMESTAMP NOT NULL,
    CONSTRAINT units_factor CHECK (numerator > 0 AND denominator > 0)
);
CREATE INDEX units_by_dimension ON units (dimension, code);

CREATE TABLE metrics (
    code TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    name_en TEXT COLLATE "C" NOT NULL,
    definition TEXT COLLATE "C" NOT NULL,
    theme TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C" NOT NULL REFERENCES units (code),
    decimals SMALLINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    area_rule TEXT COLLATE "C" NOT NULL,
    time_rule TEXT COLLATE "C" NOT NULL,
    numerator TEXT COLLATE "C" REFERENCES metrics (code),
    denominator TEXT COLLATE "C" REFERENCES metrics (code),
    weight TEXT COLLATE "C" REFERENCES metrics (code),
    direction TEXT COLLATE "C" NOT NULL,
    frequencies TEXT COLLATE "C" NOT NULL,
    min BIGINT,
    max BIGINT,
    visibility TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    replaced_by TEXT COLLATE "C" REFERENCES metrics (code),
    folded TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL REFERENCES entries (seq),
    updated_at TIMESTAMP NOT NULL,
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
);
CREATE INDEX metrics_by_theme ON metrics (theme, code);

CREATE TABLE reports (
    code TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    title TEXT COLLATE "C" NOT NULL,
    document_number TEXT COLLATE "C",
    issuer BIGINT REFERENCES areas (code),
    published_at TIMESTAMP NOT NULL,
    url TEXT COLLATE "C",
    period TEXT COLLATE "C",
    sha256 TEXT COLLATE "C",
    text TEXT COLLATE "C",
    folded TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL REFERENCES entries (seq),
    updated_at TIMESTAMP NOT NULL,
    CONSTRAINT reports_code CHECK (length(code) BETWEEN 1 AND 64 AND code = lower(code)),
    CONSTRAINT reports_sha256 CHECK (length(sha256) = 64 AND sha256 = lower(sha256))
);

CREATE TABLE area_highlights (
    area BIGINT NOT NULL REFERENCES areas (code),
    ordinal BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    since TEXT COLLATE "C",
    report TEXT COLLATE "C" REFERENCES reports (code),
    cite_paragraph BIGINT,
    cite_start BIGINT,
    cite_end BIGINT,
    cite_words TEXT COLLATE "C",
    PRIMARY KEY (area, ordinal),
    CONSTRAINT area_highlights_kind CHECK (kind IN ('specialty', 'honour', 'industry', 'pilot', 'event')),
    CONSTRAINT area_highlights_since CHECK (length(since) IN (4, 7, 10)),
    CONSTRAINT area_highlights_citation CHECK (
        (cite_paragraph IS NULL AND cite_start IS NULL AND cite_end IS NULL AND cite_words IS NULL)
        OR (report IS NOT NULL AND cite_paragraph IS NOT NULL AND cite_start IS NOT NULL
            AND cite_end IS NOT NULL AND cite_words IS NOT NULL
            AND cite_paragraph >= 1 AND cite_start >= 0 AND cite_end > cite_start AND cite_words <> '')
    )
);
CREATE INDEX area_highlights_by_report ON area_highlights (report, cite_start);
