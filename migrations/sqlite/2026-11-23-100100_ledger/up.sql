-- The ledger's one running number, its entries and what each touched.
CREATE TABLE ledger (
    id INTEGER NOT NULL PRIMARY KEY,
    head INTEGER NOT NULL,
    CONSTRAINT ledger_one_row CHECK (id = 1),
    CONSTRAINT ledger_head CHECK (head >= 0)
) STRICT;
INSERT INTO ledger (id, head) VALUES (1, 0);

CREATE TABLE entries (
    seq INTEGER NOT NULL PRIMARY KEY,
    at TEXT NOT NULL,
    author TEXT NOT NULL,
    request_id TEXT,
    reason TEXT,
    comment TEXT,
    CONSTRAINT entries_seq CHECK (seq > 0)
) STRICT;

CREATE TABLE edits (
    seq INTEGER NOT NULL REFERENCES entries (seq),
    ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    op TEXT NOT NULL,
    before TEXT,
    after TEXT,
    PRIMARY KEY (seq, ordinal),
    CONSTRAINT edits_op CHECK (op IN ('put', 'delete'))
) STRICT;
CREATE INDEX edits_by_row ON edits (kind, key, seq);
