-- What happened to plan items and projects, by the day on which it did: so that a board can be told of any
-- day. Each row says what was before it and what came of it.
CREATE TABLE plan_item_moves (
    item TEXT COLLATE "C" NOT NULL REFERENCES plan_items (code),
    ordinal BIGINT NOT NULL,
    was TEXT COLLATE "C" NOT NULL,
    became TEXT COLLATE "C" NOT NULL,
    moved_on DATE NOT NULL,
    reason TEXT COLLATE "C",
    comment TEXT COLLATE "C",
    evidence TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    author_key TEXT COLLATE "C" NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    seq BIGINT NOT NULL REFERENCES entries (seq),
    PRIMARY KEY (item, ordinal),
    CONSTRAINT plan_item_moves_ordinal CHECK (ordinal >= 1),
    CONSTRAINT plan_item_moves_was CHECK (was IN ('drafted', 'assigned', 'in_progress', 'close_requested', 'closed', 'returned', 'suspended', 'cancelled', 'carried_over')),
    CONSTRAINT plan_item_moves_became CHECK (became IN ('drafted', 'assigned', 'in_progress', 'close_requested', 'closed', 'returned', 'suspended', 'cancelled', 'carried_over')),
    CONSTRAINT plan_item_moves_reason CHECK (reason IN ('entry_error', 'definition', 'late', 'audit', 'source_revised', 'other'))
);
CREATE INDEX plan_item_moves_by_day ON plan_item_moves (moved_on, item);

-- The files that show what a move says; what hangs here is kept.
CREATE TABLE plan_item_move_attachments (
    item TEXT COLLATE "C" NOT NULL,
    ordinal BIGINT NOT NULL,
    attachment TEXT COLLATE "C" NOT NULL REFERENCES attachments (id),
    PRIMARY KEY (item, ordinal, attachment),
    FOREIGN KEY (item, ordinal) REFERENCES plan_item_moves (item, ordinal)
);
CREATE INDEX plan_item_move_attachments_by_attachment ON plan_item_move_attachments (attachment);

CREATE TABLE project_moves (
    project TEXT COLLATE "C" NOT NULL REFERENCES projects (code),
    ordinal BIGINT NOT NULL,
    was_stage TEXT COLLATE "C" NOT NULL,
    was_suspended BOOLEAN NOT NULL,
    stage TEXT COLLATE "C" NOT NULL,
    suspended BOOLEAN NOT NULL,
    moved_on DATE NOT NULL,
    reason TEXT COLLATE "C",
    comment TEXT COLLATE "C",
    author TEXT COLLATE "C" NOT NULL,
    author_key TEXT COLLATE "C" NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    seq BIGINT NOT NULL REFERENCES entries (seq),
    PRIMARY KEY (project, ordinal),
    CONSTRAINT project_moves_ordinal CHECK (ordinal >= 1),
    CONSTRAINT project_moves_was_stage CHECK (was_stage IN ('idea', 'approved', 'feasibility', 'design', 'budget_review', 'procurement', 'started', 'under_construction', 'completed', 'accepted', 'in_use', 'cancelled')),
    CONSTRAINT project_moves_stage CHECK (stage IN ('idea', 'approved', 'feasibility', 'design', 'budget_review', 'procurement', 'started', 'under_construction', 'completed', 'accepted', 'in_use', 'cancelled')),
    CONSTRAINT project_moves_reason CHECK (reason IN ('entry_error', 'definition', 'late', 'audit', 'source_revised', 'other'))
);
CREATE INDEX project_moves_by_day ON project_moves (moved_on, project);

-- Requests to have more time for a plan item. was_due_on is the date that a granted one took the place of.
CREATE TABLE plan_item_extensions (
    item TEXT COLLATE "C" NOT NULL REFERENCES plan_items (code),
    ordinal BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    due_on TEXT COLLATE "C" NOT NULL,
    was_due_on TEXT COLLATE "C",
    requested_on DATE NOT NULL,
    comment TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    author_key TEXT COLLATE "C" NOT NULL,
    decided_on DATE,
    decision TEXT COLLATE "C",
    decided_by TEXT COLLATE "C",
    recorded_at TIMESTAMP NOT NULL,
    requested_seq BIGINT NOT NULL REFERENCES entries (seq),
    seq BIGINT NOT NULL REFERENCES entries (seq),
    updated_at TIMESTAMP NOT NULL,
    PRIMARY KEY (item, ordinal),
    CONSTRAINT plan_item_extensions_ordinal CHECK (ordinal >= 1),
    CONSTRAINT plan_item_extensions_state CHECK (state IN ('requested', 'granted', 'refused', 'withdrawn')),
    CONSTRAINT plan_item_extensions_decided CHECK ((state = 'requested') = (decided_on IS NULL)),
    CONSTRAINT plan_item_extensions_due_on CHECK (length(due_on) IN (4, 7, 10)),
    CONSTRAINT plan_item_extensions_was_due_on CHECK (length(was_due_on) IN (4, 7, 10))
);
