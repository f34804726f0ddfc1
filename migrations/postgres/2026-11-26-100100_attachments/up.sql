-- Attachments as they are stored: where in the store, with what size, and by which keys they were uploaded.
-- Nothing has written them yet: the defaults are for the databases alone.
ALTER TABLE attachments ADD COLUMN width BIGINT;
ALTER TABLE attachments ADD COLUMN height BIGINT;
ALTER TABLE attachments ADD COLUMN position_kept BOOLEAN;
ALTER TABLE attachments ADD COLUMN object TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE attachments ADD COLUMN touched_at TIMESTAMP NOT NULL DEFAULT '2000-01-01 00:00:00';
UPDATE attachments SET object = id, touched_at = recorded_at;
CREATE INDEX attachments_by_touch ON attachments (touched_at);

CREATE TABLE attachment_uploads (
    attachment TEXT COLLATE "C" NOT NULL REFERENCES attachments (id),
    key_id TEXT COLLATE "C" NOT NULL REFERENCES api_keys (id),
    author TEXT COLLATE "C" NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    PRIMARY KEY (attachment, key_id)
);

-- Files that no attachment has: not yet, or no more.
CREATE TABLE attachment_strays (
    object TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX attachment_strays_by_time ON attachment_strays (recorded_at);
