-- Projects, their areas, amounts and milestones. An amount is the budget, one source of funding
-- or one quantity of a project.
CREATE TABLE projects (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    aliases TEXT NOT NULL,
    kind TEXT NOT NULL,
    place TEXT,
    stage TEXT NOT NULL,
    suspended INTEGER NOT NULL,
    lead_unit TEXT,
    contractor TEXT,
    starts_on TEXT,
    finishes_on TEXT,
    started_on TEXT,
    finished_on TEXT,
    progress INTEGER,
    report TEXT REFERENCES reports (code),
    cite_paragraph INTEGER,
    cite_start INTEGER,
    cite_end INTEGER,
    cite_words TEXT,
    visibility TEXT NOT NULL,
    folded TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES entries (seq),
    updated_at TEXT NOT NULL,
    CONSTRAINT projects_code CHECK (length(code) BETWEEN 1 AND 64 AND code = lower(code)),
    CONSTRAINT projects_kind CHECK (kind IN ('construction', 'land_acquisition', 'certification', 'industry', 'service')),
    CONSTRAINT projects_stage CHECK (stage IN ('idea', 'approved', 'feasibility', 'design', 'budget_review', 'procurement', 'started', 'under_construction', 'completed', 'accepted', 'in_use', 'cancelled')),
    CONSTRAINT projects_starts_on CHECK (length(starts_on) IN (4, 7, 10)),
    CONSTRAINT projects_finishes_on CHECK (length(finishes_on) IN (4, 7, 10)),
    CONSTRAINT projects_started_on CHECK (length(started_on) IN (4, 7, 10)),
    CONSTRAINT projects_finished_on CHECK (length(finished_on) IN (4, 7, 10)),
    CONSTRAINT projects_progress CHECK (progress BETWEEN 0 AND 100),
    CONSTRAINT projects_visibility CHECK (visibility IN ('public', 'internal')),
    CONSTRAINT projects_citation CHECK (
        (cite_paragraph IS NULL AND cite_start IS NULL AND cite_end IS NULL AND cite_words IS NULL)
        OR (report IS NOT NULL AND cite_paragraph IS NOT NULL AND cite_start IS NOT NULL
            AND cite_end IS NOT NULL AND cite_words IS NOT NULL
            AND cite_paragraph >= 1 AND cite_start >= 0 AND cite_end > cite_start AND cite_words <> '')
    )
) STRICT;
CREATE INDEX projects_by_stage ON projects (stage, code);
CREATE INDEX projects_by_report ON projects (report, cite_start);

CREATE TABLE project_areas (
    project TEXT NOT NULL REFERENCES projects (code),
    ordinal INTEGER NOT NULL,
    area INTEGER NOT NULL REFERENCES areas (code),
    PRIMARY KEY (project, ordinal),
    CONSTRAINT project_areas_once UNIQUE (project, area)
) STRICT;
CREATE INDEX project_areas_by_area ON project_areas (area, project);

CREATE TABLE project_amounts (
    project TEXT NOT NULL REFERENCES projects (code),
    kind TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    period TEXT,
    unit TEXT NOT NULL REFERENCES units (code),
    value INTEGER NOT NULL,
    decimals INTEGER NOT NULL,
    comparator TEXT,
    lower INTEGER,
    upper INTEGER,
    lower_inclusive INTEGER NOT NULL,
    upper_inclusive INTEGER NOT NULL,
    text TEXT,
    report TEXT REFERENCES reports (code),
    cite_paragraph INTEGER,
    cite_start INTEGER,
    cite_end INTEGER,
    cite_words TEXT,
    PRIMARY KEY (project, kind, ordinal),
    CONSTRAINT project_amounts_kind CHECK (kind IN ('budget', 'funding', 'quantity')),
    CONSTRAINT project_amounts_role CHECK (role IN ('actual', 'target', 'forecast', 'baseline')),
    CONSTRAINT project_amounts_one_budget CHECK (kind <> 'budget' OR ordinal = 1),
    CONSTRAINT project_amounts_value CHECK (value BETWEEN -999999999999999999 AND 999999999999999999),
    CONSTRAINT project_amounts_decimals CHECK (decimals BETWEEN 0 AND 6),
    CONSTRAINT project_amounts_comparator CHECK (comparator IN ('~', '<', '<=', '>=', '>')),
    CONSTRAINT project_amounts_bounds CHECK (lower IS NULL OR upper IS NULL OR lower <= upper),
    CONSTRAINT project_amounts_citation CHECK (
        (cite_paragraph IS NULL AND cite_start IS NULL AND cite_end IS NULL AND cite_words IS NULL)
        OR (report IS NOT NULL AND cite_paragraph IS NOT NULL AND cite_start IS NOT NULL
            AND cite_end IS NOT NULL AND cite_words IS NOT NULL
            AND cite_paragraph >= 1 AND cite_start >= 0 AND cite_end > cite_start AND cite_words <> '')
    )
) STRICT;
CREATE INDEX project_amounts_by_report ON project_amounts (report, cite_start);

CREATE TABLE milestones (
    project TEXT NOT NULL REFERENCES projects (code),
    ordinal INTEGER NOT NULL,
    title TEXT NOT NULL,
    due_on TEXT,
    forecast_on TEXT,
    met_on TEXT,
    status TEXT NOT NULL,
    report TEXT REFERENCES reports (code),
    cite_paragraph INTEGER,
    cite_start INTEGER,
    cite_end INTEGER,
    cite_words TEXT,
    seq INTEGER NOT NULL REFERENCES entries (seq),
    updated_at TEXT NOT NULL,
    PRIMARY KEY (project, ordinal),
    CONSTRAINT milestones_due_on CHECK (length(due_on) IN (4, 7, 10)),
    CONSTRAINT milestones_forecast_on CHECK (length(forecast_on) IN (4, 7, 10)),
    CONSTRAINT milestones_met_on CHECK (length(met_on) IN (4, 7, 10)),
    CONSTRAINT milestones_status CHECK (status IN ('due', 'met', 'partly_met', 'missed')),
    CONSTRAINT milestones_citation CHECK (
        (cite_paragraph IS NULL AND cite_start IS NULL AND cite_end IS NULL AND cite_words IS NULL)
        OR (report IS NOT NULL AND cite_paragraph IS NOT NULL AND cite_start IS NOT NULL
            AND cite_end IS NOT NULL AND cite_words IS NOT NULL
            AND cite_paragraph >= 1 AND cite_start >= 0 AND cite_end > cite_start AND cite_words <> '')
    )
) STRICT;
CREATE INDEX milestones_by_report ON milestones (report, cite_start);
