-- Plans and the tree of their items. path is the chain of ordinals from the root, each four digits
-- wide, so that the order of paths is the order of the tree.
CREATE TABLE plans (
    code TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    title TEXT COLLATE "C" NOT NULL,
    area BIGINT NOT NULL REFERENCES areas (code),
    year BIGINT NOT NULL,
    report TEXT COLLATE "C" REFERENCES reports (code),
    seq BIGINT NOT NULL REFERENCES entries (seq),
    updated_at TIMESTAMP NOT NULL,
    CONSTRAINT plans_code CHECK (length(code) BETWEEN 1 AND 64 AND code = lower(code)),
    CONSTRAINT plans_year CHECK (year BETWEEN 1900 AND 2999)
);
CREATE INDEX plans_by_area ON plans (area, year);

CREATE TABLE plan_items (
    code TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    plan TEXT COLLATE "C" NOT NULL REFERENCES plans (code),
    parent TEXT COLLATE "C" REFERENCES plan_items (code),
    ordinal BIGINT NOT NULL,
    path TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    deliverables TEXT COLLATE "C" NOT NULL,
    lead_unit TEXT COLLATE "C",
    co_units TEXT COLLATE "C" NOT NULL,
    post TEXT COLLATE "C",
    start_on TEXT COLLATE "C",
    due_on TEXT COLLATE "C",
    reporting_cycle TEXT COLLATE "C",
    weight BIGINT,
    progress SMALLINT,
    state TEXT COLLATE "C" NOT NULL,
    metric TEXT COLLATE "C" REFERENCES metrics (code),
    target BIGINT REFERENCES observations (id),
    carried_from TEXT COLLATE "C" REFERENCES plan_items (code),
    carried_to TEXT COLLATE "C" REFERENCES plan_items (code),
    report TEXT COLLATE "C" REFERENCES reports (code),
    cite_paragraph BIGINT,
    cite_start BIGINT,
    cite_end BIGINT,
    cite_words TEXT COLLATE "C",
    visibility TEXT COLLATE "C" NOT NULL,
    folded TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL REFERENCES entries (seq),
    updated_at TIMESTAMP NOT NULL,
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
);
CREATE INDEX plan_items_by_parent ON plan_items (parent, ordinal);
CREATE INDEX plan_items_by_report ON plan_items (report, cite_start);

CREATE TABLE plan_item_areas (
    item TEXT COLLATE "C" NOT NULL REFERENCES plan_items (code),
    ordinal BIGINT NOT NULL,
    area BIGINT NOT NULL REFERENCES areas (code),
    PRIMARY KEY (item, ordinal),
    CONSTRAINT plan_item_areas_once UNIQUE (item, area)
);
CREATE INDEX plan_item_areas_by_area ON plan_item_areas (area, item);

CREATE TABLE plan_item_projects (
    item TEXT COLLATE "C" NOT NULL REFERENCES plan_items (code),
    ordinal BIGINT NOT NULL,
    project TEXT COLLATE "C" NOT NULL REFERENCES projects (code),
    PRIMARY KEY (item, ordinal),
    CONSTRAINT plan_item_projects_once UNIQUE (item, project)
);
CREATE INDEX plan_item_projects_by_project ON plan_item_projects (project, item);
