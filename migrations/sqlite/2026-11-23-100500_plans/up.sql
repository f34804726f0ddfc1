-- Plans and the tree of their items. path is the chain of ordinals from the root, each four digits
-- wide, so that the order of paths is the order of the tree.
CREATE TABLE plans (
    code TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    area INTEGER NOT NULL REFERENCES areas (code),
    year INTEGER NOT NULL,
    report TEXT REFERENCES reports (code),
    seq INTEGER NOT NULL REFERENCES entries (seq),
    updated_at TEXT NOT NULL,
    CONSTRAINT plans_code CHECK (length(code) BETWEEN 1 AND 64 AND code = lower(code)),
    CONSTRAINT plans_year CHECK (year BETWEEN 1900 AND 2999)
) STRICT;
CREATE INDEX plans_by_area ON plans (area, year);

CREATE TABLE plan_items (
    code TEXT NOT NULL PRIMARY KEY,
    plan TEXT NOT NULL REFERENCES plans (code),
    parent TEXT REFERENCES plan_items (code),
    ordinal INTEGER NOT NULL,
    path TEXT NOT NULL,
    title TEXT NOT NULL,
    deliverables TEXT NOT NULL,
    lead_unit TEXT,
    co_units TEXT NOT NULL,
    post TEXT,
    start_on TEXT,
    due_on TEXT,
    reporting_cycle TEXT,
    weight INTEGER,
    progress INTEGER,
    state TEXT NOT NULL,
    metric TEXT REFERENCES metrics (code),
    target INTEGER REFERENCES observations (id),
    carried_from TEXT REFERENCES plan_items (code),
    carried_to TEXT REFERENCES plan_items (code),
    report TEXT REFERENCES reports (code),
    cite_paragraph INTEGER,
    cite_start INTEGER,
    cite_end INTEGER,
    cite_words TEXT,
    visibility TEXT NOT NULL,
    folded TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES entries (seq),
    updated_at TEXT NOT NULL,
    CONSTRAINT plan_items_code CHECK (length(code) BETWEEN 1 AND 64 AND code = lower(code)),
    CONSTRAINT plan_items_place UNIQUE (plan, path),
    CONSTRAINT plan_items_ordinal CHECK (ordinal BETWEEN 1 AND 9999),
    CONSTRAINT plan_items_start_on CHECK (length(start_on) IN (4, 7, 10)),
    CONSTRAINT plan_items_due_on CHECK (length(due_on) IN (4, 7, 10)),
    CONSTRAINT plan_items_reporting_cycle CHECK (reporting_cycle IN ('year', 'half_year', 'quarter', 'month', 'week', 'day')),
    CONSTRAINT plan_items_weight CHECK (weight >= 0),
    CONSTRAINT plan_items_progress CHECK (progress BETWEEN 0 AND 100),
    CONSTRAINT plan_items_state CHECK (state IN ('drafted', 'assigned', 'in_progress', 'close_requested', 'closed', 'returned', 'suspended', 'cancelled', 'carried_over')),
    CONSTRAINT plan_items_visibility CHECK (visibility IN ('public', 'internal')),
    CONSTRAINT plan_items_citation CHECK (
        (cite_paragraph IS NULL AND cite_start IS NULL AND cite_end IS NULL AND cite_words IS NULL)
        OR (report IS NOT NULL AND cite_paragraph IS NOT NULL AND cite_start IS NOT NULL
            AND cite_end IS NOT NULL AND cite_words IS NOT NULL
            AND cite_paragraph >= 1 AND cite_start >= 0 AND cite_end > cite_start AND cite_words <> '')
    )
) STRICT;
CREATE INDEX plan_items_by_parent ON plan_items (parent, ordinal);
CREATE INDEX plan_items_by_report ON plan_items (report, cite_start);

CREATE TABLE plan_item_areas (
    item TEXT NOT NULL REFERENCES plan_items (code),
    ordinal INTEGER NOT NULL,
    area INTEGER NOT NULL REFERENCES areas (code),
    PRIMARY KEY (item, ordinal),
    CONSTRAINT plan_item_areas_once UNIQUE (item, area)
) STRICT;
CREATE INDEX plan_item_areas_by_area ON plan_item_areas (area, item);

CREATE TABLE plan_item_projects (
    item TEXT NOT NULL REFERENCES plan_items (code),
    ordinal INTEGER NOT NULL,
    project TEXT NOT NULL REFERENCES projects (code),
    PRIMARY KEY (item, ordinal),
    CONSTRAINT plan_item_projects_once UNIQUE (item, project)
) STRICT;
CREATE INDEX plan_item_projects_by_project ON plan_item_projects (project, item);
