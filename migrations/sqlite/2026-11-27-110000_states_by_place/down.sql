DROP INDEX revisions_by_place;
DELETE FROM sqlite_stat1 WHERE idx = 'revisions_by_place';
ALTER TABLE revisions DROP COLUMN role;
ALTER TABLE revisions DROP COLUMN accumulation;
ALTER TABLE revisions DROP COLUMN last_day;
ALTER TABLE revisions DROP COLUMN first_day;
ALTER TABLE revisions DROP COLUMN area;
ALTER TABLE revisions DROP COLUMN metric;
