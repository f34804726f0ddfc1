-- Bulletins: what a ranking or a scoreboard showed on a day, kept as it was. `series` names what can be
-- compared from one to the next.
CREATE TABLE bulletins (
    no BIGINT NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    metric TEXT COLLATE "C" REFERENCES metrics (code),
    plan TEXT COLLATE "C" REFERENCES plans (code),
    area BIGINT NOT NULL REFERENCES areas (code),
    date DATE NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    series TEXT COLLATE "C" NOT NULL,
    previous BIGINT REFERENCES bulletins (no),
    author TEXT COLLATE "C" NOT NULL,
    content TEXT COLLATE "C" NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    seq BIGINT NOT NULL REFERENCES entries (seq),
    CONSTRAINT bulletins_no CHECK (no >= 1),
    CONSTRAINT bulletins_kind CHECK (kind IN ('metric', 'plan')),
    CONSTRAINT bulletins_subject CHECK ((metric IS NOT NULL) = (kind = 'metric') AND (plan IS NOT NULL) = (kind = 'plan'))
);
CREATE INDEX bulletins_by_series ON bulletins (series, area, date);
CREATE INDEX bulletins_by_metric ON bulletins (metric, no);
CREATE INDEX bulletins_by_plan ON bulletins (plan, no);
CREATE INDEX bulletins_by_area ON bulletins (area, no);

-- What was issued stays: not even a mistake of the program can change it.
CREATE TRIGGER bulletins_no_update BEFORE UPDATE ON bulletins
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bulletins_no_delete BEFORE DELETE OR TRUNCATE ON bulletins
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
