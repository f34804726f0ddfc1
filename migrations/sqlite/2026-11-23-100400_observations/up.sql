-- Observations by their natural key, and every revision of each. Values are millionths of the
-- metric's unit. A revision is the current one from released_at until superseded_at: the release
-- of the revision that follows it in the order of (released_at, seq).
CREATE TABLE observations (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    metric TEXT NOT NULL REFERENCES metrics (code),
    area INTEGER NOT NULL REFERENCES areas (code),
    period TEXT NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    accumulation TEXT NOT NULL,
    role TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES entries (seq),
    updated_at TEXT NOT NULL,
    CONSTRAINT observations_key UNIQUE (metric, area, period, accumulation, role),
    CONSTRAINT observations_period CHECK (starts_on <= ends_on),
    CONSTRAINT observations_accumulation CHECK (accumulation IN ('period', 'ytd', 'itd', 'instant')),
    CONSTRAINT observations_role CHECK (role IN ('actual', 'target', 'forecast', 'baseline'))
) STRICT;
CREATE INDEX observations_by_area ON observations (area, metric, starts_on);
CREATE INDEX observations_by_metric ON observations (metric, starts_on, area);
CREATE INDEX observations_by_period ON observations (starts_on, ends_on, id);

CREATE TABLE revisions (
    observation INTEGER NOT NULL REFERENCES observations (id),
    revision INTEGER NOT NULL,
    retracted INTEGER NOT NULL,
    value INTEGER NOT NULL,
    decimals INTEGER NOT NULL,
    comparator TEXT,
    lower INTEGER,
    upper INTEGER,
    lower_inclusive INTEGER NOT NULL,
    upper_inclusive INTEGER NOT NULL,
    text TEXT,
    warnings TEXT NOT NULL,
    spread TEXT,
    note TEXT,
    report TEXT REFERENCES reports (code),
    cite_paragraph INTEGER,
    cite_start INTEGER,
    cite_end INTEGER,
    cite_words TEXT,
    reason TEXT,
    comment TEXT,
    author TEXT NOT NULL,
    released_at TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    seq INTEGER NOT NULL REFERENCES entries (seq),
    PRIMARY KEY (observation, revision),
    CONSTRAINT revisions_revision CHECK (revision >= 1),
    CONSTRAINT revisions_value CHECK (value BETWEEN -999999999999999999 AND 999999999999999999),
    CONSTRAINT revisions_decimals CHECK (decimals BETWEEN 0 AND 6),
    CONSTRAINT revisions_comparator CHECK (comparator IN ('~', '<', '<=', '>=', '>')),
    CONSTRAINT revisions_bounds CHECK (lower IS NULL OR upper IS NULL OR lower <= upper),
    CONSTRAINT revisions_spread CHECK (spread IN ('total', 'each')),
    CONSTRAINT revisions_reason CHECK (reason IN ('entry_error', 'definition', 'late', 'audit', 'source_revised', 'other')),
    CONSTRAINT revisions_citation CHECK (
        (cite_paragraph IS NULL AND cite_start IS NULL AND cite_end IS NULL AND cite_words IS NULL)
        OR (report IS NOT NULL AND cite_paragraph IS NOT NULL AND cite_start IS NOT NULL
            AND cite_end IS NOT NULL AND cite_words IS NOT NULL
            AND cite_paragraph >= 1 AND cite_start >= 0 AND cite_end > cite_start AND cite_words <> '')
    )
) STRICT;
CREATE INDEX revisions_by_report ON revisions (report, cite_start);

CREATE TABLE revision_areas (
    observation INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    area INTEGER NOT NULL REFERENCES areas (code),
    PRIMARY KEY (observation, revision, area),
    FOREIGN KEY (observation, revision) REFERENCES revisions (observation, revision)
) STRICT;
CREATE INDEX revision_areas_by_area ON revision_areas (area);

CREATE TABLE revision_projects (
    observation INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    project TEXT NOT NULL REFERENCES projects (code),
    PRIMARY KEY (observation, revision, project),
    FOREIGN KEY (observation, revision) REFERENCES revisions (observation, revision)
) STRICT;
CREATE INDEX revision_projects_by_project ON revision_projects (project);
