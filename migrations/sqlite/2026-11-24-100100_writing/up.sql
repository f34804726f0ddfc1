-- Who wrote, by key; where the row touched lies, for keys that reach a part only; and the answers of
-- requests that may come again.
ALTER TABLE entries ADD COLUMN key_id TEXT;
ALTER TABLE edits ADD COLUMN area INTEGER;
CREATE INDEX edits_by_area ON edits (area, seq);
CREATE INDEX entries_by_author ON entries (author, seq);
CREATE INDEX entries_by_time ON entries (at, seq);

-- The next state of an observation in the order of release is found without reading them all.
CREATE INDEX revisions_by_release ON revisions (observation, released_at, seq);

CREATE TABLE idempotency (
    key_id TEXT NOT NULL,
    path TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    location TEXT,
    etag TEXT,
    body TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    PRIMARY KEY (key_id, path, idempotency_key),
    CONSTRAINT idempotency_status CHECK (status BETWEEN 200 AND 299)
) STRICT;
CREATE INDEX idempotency_by_time ON idempotency (recorded_at);
