DROP INDEX revisions_by_spread;
DROP INDEX revisions_by_release;
CREATE INDEX revisions_by_release ON revisions (observation, released_at, seq, superseded_at, retracted);
