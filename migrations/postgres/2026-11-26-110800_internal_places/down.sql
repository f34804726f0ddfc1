-- Siblings that internal items stand among are numbered through again, in the order in which they stand.
UPDATE plan_items SET ordinal = (
    SELECT count(*) FROM plan_items AS other
    WHERE other.plan = plan_items.plan AND other.parent IS NOT DISTINCT FROM plan_items.parent AND other.path <= plan_items.path)
WHERE EXISTS (
    SELECT 1 FROM plan_items AS other
    WHERE other.plan = plan_items.plan AND other.parent IS NOT DISTINCT FROM plan_items.parent AND other.visibility = 'internal');
UPDATE plan_items SET path = '~' || code;
WITH RECURSIVE placed (code, path) AS (
    SELECT code, lpad(ordinal::text, 4, '0') FROM plan_items WHERE parent IS NULL
    UNION ALL
    SELECT item.code, placed.path || '.' || lpad(item.ordinal::text, 4, '0')
    FROM plan_items AS item JOIN placed ON placed.code = item.parent
)
UPDATE plan_items SET path = (SELECT placed.path FROM placed WHERE placed.code = plan_items.code);
