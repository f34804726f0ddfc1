-- The ledger's one running number, its entries and what each touched.
CREATE TABLE ledger (
    id SMALLINT NOT NULL PRIMARY KEY,
    head BIGINT NOT NULL,
    CONSTRAINT ledger_one_row CHECK (id = 1),
    CONSTRAINT ledger_head CHECK (head >= 0)
);
INSERT INTO ledger (id, head) VALUES (1, 0);

CREATE TABLE entries (
    seq BIGINT NOT NULL PRIMARY KEY,
    at TIMESTAMP NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    request_id TEXT COLLATE "C",
    reason TEXT COLLATE "C",
    comment TEXT COLLATE "C",
    CONSTRAINT entries_seq CHECK (seq > 0)
);

CREATE TABLE edits (
    seq BIGINT NOT NULL REFERENCES entries (seq),
    ordinal BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    op TEXT COLLATE "C" NOT NULL,
    before TEXT COLLATE "C",
    after TEXT COLLATE "C",
    PRIMARY KEY (seq, ordinal),
    CONSTRAINT edits_op CHECK (op IN ('put', 'delete'))
);
CREATE INDEX edits_by_row ON edits (kind, key, seq);
