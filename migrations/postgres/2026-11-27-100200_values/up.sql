-- Holds value and comparator too, so that sorting and counting by them reads no rows.
DROP INDEX revisions_by_release;
CREATE INDEX revisions_by_release ON revisions (observation, released_at, seq, superseded_at, retracted, value, comparator);
-- The few targets that are for each village.
CREATE INDEX revisions_by_spread ON revisions (spread, observation) WHERE spread IS NOT NULL;
