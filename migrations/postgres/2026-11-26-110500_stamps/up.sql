-- The stamps that the public is told of rows whose last writes were nothing to the public.
CREATE TABLE public_stamps (
    kind TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    PRIMARY KEY (kind, key)
);

-- States are listed in the order of their own entries: what is filed for later moves no stamp before its release.
DROP INDEX observations_by_seq;
CREATE INDEX revisions_by_seq ON revisions (seq, observation);
