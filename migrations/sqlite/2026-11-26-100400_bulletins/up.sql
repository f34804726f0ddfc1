-- Bulletins: what a ranking or a scoreboard showed on a day, kept as it was. `series` names what can be
-- compared from one to the next.
CREATE TABLE bulletins (
    no INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    metric TEXT REFERENCES metrics (code),
    plan TEXT REFERENCES plans (code),
    area INTEGER NOT NULL REFERENCES areas (code),
    date TEXT NOT NULL,
    title TEXT NOT NULL,
    series TEXT NOT NULL,
    previous INTEGER REFERENCES bulletins (no),
    author TEXT NOT NULL,
    content TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES entries (seq),
    CONSTRAINT bulletins_no CHECK (no >= 1),
    CONSTRAINT bulletins_kind CHECK (kind IN ('metric', 'plan')),
    CONSTRAINT bulletins_subject CHECK ((metric IS NOT NULL) = (kind = 'metric') AND (plan IS NOT NULL) = (kind = 'plan'))
) STRICT;
CREATE INDEX bulletins_by_series ON bulletins (series, area, date);
CREATE INDEX bulletins_by_metric ON bulletins (metric, no);
CREATE INDEX bulletins_by_plan ON bulletins (plan, no);
CREATE INDEX bulletins_by_area ON bulletins (area, no);

-- What was issued stays: not even a mistake of the program can change it.
CREATE TRIGGER bulletins_no_update BEFORE UPDATE ON bulletins
BEGIN SELECT RAISE(ABORT, 'bulletins are never changed'); END;
CREATE TRIGGER bulletins_no_delete BEFORE DELETE ON bulletins
BEGIN SELECT RAISE(ABORT, 'bulletins are never deleted'); END;
