DROP INDEX revisions_by_comparator;
DROP INDEX revisions_retracted;

ANALYZE sqlite_schema;
DELETE FROM sqlite_stat1 WHERE idx IN ('revisions_retracted', 'revisions_by_comparator');
ANALYZE sqlite_schema;
