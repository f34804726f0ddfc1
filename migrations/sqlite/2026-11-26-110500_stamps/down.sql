DROP INDEX revisions_by_seq;
CREATE INDEX observations_by_seq ON observations (seq, id);

ANALYZE sqlite_schema;
DELETE FROM sqlite_stat1 WHERE idx IN ('observations_by_seq', 'revisions_by_seq');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('observations', 'observations_by_seq', '10000000 1000 1');
ANALYZE sqlite_schema;

DROP TABLE public_stamps;
