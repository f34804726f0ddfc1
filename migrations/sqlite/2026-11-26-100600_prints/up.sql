-- Bulletins as page and as workbook, as they were printed when they were issued: a later program may print
-- others. Those of before have none, and are printed when they are asked for.
CREATE TABLE bulletin_prints (
    bulletin INTEGER NOT NULL REFERENCES bulletins (no),
    format TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (bulletin, format),
    CONSTRAINT bulletin_prints_format CHECK (format IN ('html', 'xlsx'))
) STRICT;
CREATE TRIGGER bulletin_prints_no_update BEFORE UPDATE ON bulletin_prints
BEGIN SELECT RAISE(ABORT, 'bulletins are never changed'); END;
CREATE TRIGGER bulletin_prints_no_delete BEFORE DELETE ON bulletin_prints
BEGIN SELECT RAISE(ABORT, 'bulletins are never deleted'); END;
