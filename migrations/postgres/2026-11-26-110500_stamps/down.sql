DROP INDEX revisions_by_seq;
CREATE INDEX observations_by_seq ON observations (seq, id);

DROP TABLE public_stamps;
