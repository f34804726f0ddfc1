-- What happened to plan items and projects, by the day on which it did: so that a board can be told of any
-- day. Each row says what was before it and what came of it.
CREATE TABLE plan_item_moves (
    item TEXT NOT NULL REFERENCES plan_items (code),
    ordinal INTEGER NOT NULL,
    was TEXT NOT NULL,
    became TEXT NOT NULL,
    moved_on TEXT NOT NULL,
    reason TEXT,
    comment TEXT,
    evidence TEXT NOT NULL,
    author TEXT NOT NULL,
    author_key TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES entries (seq),
    PRIMARY KEY (item, ordinal),
    CONSTRAINT plan_item_moves_ordinal CHECK (ordinal >= 1),
    CONSTRAINT plan_item_moves_was CHECK (was IN ('drafted', 'assigned', 'in_progress', 'close_requested', 'closed', 'returned', 'suspended', 'cancelled', 'carried_over')),
    CONSTRAINT plan_item_moves_became CHECK (became IN ('drafted', 'assigned', 'in_progress', 'close_requested', 'closed', 'returned', 'suspended', 'cancelled', 'carried_over')),
    CONSTRAINT plan_item_moves_reason CHECK (reason IN ('entry_error', 'definition', 'late', 'audit', 'source_revised', 'other'))
) STRICT;
CREATE INDEX plan_item_moves_by_day ON plan_item_moves (moved_on, item);

-- The files that show what a move says; what hangs here is kept.
CREATE TABLE plan_item_move_attachments (
    item TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    attachment TEXT NOT NULL REFERENCES attachments (id),
    PRIMARY KEY (item, ordinal, attachment),
    FOREIGN KEY (item, ordinal) REFERENCES plan_item_moves (item, ordinal)
) STRICT;
CREATE INDEX plan_item_move_attachments_by_attachment ON plan_item_move_attachments (attachment);

CREATE TABLE project_moves (
    project TEXT NOT NULL REFERENCES projects (code),
    ordinal INTEGER NOT NULL,
    was_stage TEXT NOT NULL,
    was_suspended INTEGER NOT NULL,
    stage TEXT NOT NULL,
    suspended INTEGER NOT NULL,
    moved_on TEXT NOT NULL,
    reason TEXT,
    comment TEXT,
    author TEXT NOT NULL,
    author_key TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES entries (seq),
    PRIMARY KEY (project, ordinal),
    CONSTRAINT project_moves_ordinal CHECK (ordinal >= 1),
    CONSTRAINT project_moves_was_stage CHECK (was_stage IN ('idea', 'approved', 'feasibility', 'design', 'budget_review', 'procurement', 'started', 'under_construction', 'completed', 'accepted', 'in_use', 'cancelled')),
    CONSTRAINT project_moves_stage CHECK (stage IN ('idea', 'approved', 'feasibility', 'design', 'budget_review', 'procurement', 'started', 'under_construction', 'completed', 'accepted', 'in_use', 'cancelled')),
    CONSTRAINT project_moves_reason CHECK (reason IN ('entry_error', 'definition', 'late', 'audit', 'source_revised', 'other'))
) STRICT;
CREATE INDEX project_moves_by_day ON project_moves (moved_on, project);

-- Requests to have more time for a plan item. was_due_on is the date that a granted one took the place of.
CREATE TABLE plan_item_extensions (
    item TEXT NOT NULL REFERENCES plan_items (code),
    ordinal INTEGER NOT NULL,
    state TEXT NOT NULL,
    due_on TEXT NOT NULL,
    was_due_on TEXT,
    requested_on TEXT NOT NULL,
    comment TEXT NOT NULL,
    author TEXT NOT NULL,
    author_key TEXT NOT NULL,
    decided_on TEXT,
    decision TEXT,
    decided_by TEXT,
    recorded_at TEXT NOT NULL,
    requested_seq INTEGER NOT NULL REFERENCES entries (seq),
    seq INTEGER NOT NULL REFERENCES entries (seq),
    updated_at TEXT NOT NULL,
    PRIMARY KEY (item, ordinal),
    CONSTRAINT plan_item_extensions_ordinal CHECK (ordinal >= 1),
    CONSTRAINT plan_item_extensions_state CHECK (state IN ('requested', 'granted', 'refused', 'withdrawn')),
    CONSTRAINT plan_item_extensions_decided CHECK ((state = 'requested') = (decided_on IS NULL)),
    CONSTRAINT plan_item_extensions_due_on CHECK (length(due_on) IN (4, 7, 10)),
    CONSTRAINT plan_item_extensions_was_due_on CHECK (length(was_due_on) IN (4, 7, 10))
) STRICT;
