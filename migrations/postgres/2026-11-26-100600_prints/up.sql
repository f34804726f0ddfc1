-- Bulletins as page and as workbook, as they were printed when they were issued: a later program may print
-- others. Those of before have none, and are printed when they are asked for.
CREATE TABLE bulletin_prints (
    bulletin BIGINT NOT NULL REFERENCES bulletins (no),
    format TEXT COLLATE "C" NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (bulletin, format),
    CONSTRAINT bulletin_prints_format CHECK (format IN ('html', 'xlsx'))
);
CREATE TRIGGER bulletin_prints_no_update BEFORE UPDATE ON bulletin_prints
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bulletin_prints_no_delete BEFORE DELETE OR TRUNCATE ON bulletin_prints
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
