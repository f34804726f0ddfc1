-- Attachments as they are stored: where in the store, with what size, and by which keys they were uploaded.
-- Nothing has written them yet: the defaults are for the databases alone.
ALTER TABLE attachments ADD COLUMN width INTEGER;
ALTER TABLE attachments ADD COLUMN height INTEGER;
ALTER TABLE attachments ADD COLUMN position_kept INTEGER;
ALTER TABLE attachments ADD COLUMN object TEXT NOT NULL DEFAULT '';
ALTER TABLE attachments ADD COLUMN touched_at TEXT NOT NULL DEFAULT '2000-01-01 00:00:00';
UPDATE attachments SET object = id, touched_at = recorded_at;
CREATE INDEX attachments_by_touch ON attachments (touched_at);

CREATE TABLE attachment_uploads (
    attachment TEXT NOT NULL REFERENCES attachments (id),
    key_id TEXT NOT NULL REFERENCES api_keys (id),
    author TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    PRIMARY KEY (attachment, key_id)
) STRICT;

-- Files that no attachment has: not yet, or no more.
CREATE TABLE attachment_strays (
    object TEXT NOT NULL PRIMARY KEY,
    recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX attachment_strays_by_time ON attachment_strays (recorded_at);
