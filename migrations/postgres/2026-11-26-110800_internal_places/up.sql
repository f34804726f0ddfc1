-- Internal items of a plan are numbered by themselves, so that none of them moves what the public sees: in its path
-- the internal item n has n - 1 and an i, which stands before n and behind all that is below n - 1.
WITH RECURSIVE placed (code, path) AS (
    SELECT code, CASE visibility WHEN 'internal' THEN lpad((ordinal - 1)::text, 4, '0') || 'i' ELSE lpad(ordinal::text, 4, '0') END
    FROM plan_items WHERE parent IS NULL
    UNION ALL
    SELECT item.code, placed.path || '.' || CASE item.visibility
        WHEN 'internal' THEN lpad((item.ordinal - 1)::text, 4, '0') || 'i' ELSE lpad(item.ordinal::text, 4, '0') END
    FROM plan_items AS item JOIN placed ON placed.code = item.parent
)
UPDATE plan_items SET path = (SELECT placed.path FROM placed WHERE placed.code = plan_items.code)
WHERE path <> (SELECT placed.path FROM placed WHERE placed.code = plan_items.code);
