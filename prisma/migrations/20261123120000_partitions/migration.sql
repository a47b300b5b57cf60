-- Tables that grow with time are parted by it: a day or a month whose time is over goes as a whole, and a question about some
-- hours reads the indexes of that day alone.

-- Makes the partition of a table in which a moment lies, unless it is there. Readers and writers are not held up.
CREATE FUNCTION "make_partition"("parent" TEXT, "unit" TEXT, "at" TIMESTAMPTZ) RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    local_start TIMESTAMP := date_trunc(unit, at AT TIME ZONE 'UTC');
    starts TIMESTAMPTZ := local_start AT TIME ZONE 'UTC';
    ends TIMESTAMPTZ := (local_start + ('1 ' || unit)::INTERVAL) AT TIME ZONE 'UTC';
    name TEXT := parent || '_p' || to_char(local_start, CASE unit WHEN 'day' THEN 'YYYYMMDD' ELSE 'YYYYMM' END);
BEGIN
    IF to_regclass(quote_ident(name)) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('crossbook:make_partition'));
    -- Rows of opportunities change until they close: room in the page spares their indexes.
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL) WITH (fillfactor = %s)', name, parent,
        CASE parent WHEN 'opportunities' THEN 70 ELSE 100 END);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, name, starts, ends);
EXCEPTION WHEN duplicate_table THEN
    -- Another connection made it while this one waited for the lock.
    RETURN;
END $$;

-- Drops the partitions of a table that end at or before a moment, and says how many. To drop one the whole table is locked for a
-- moment: while somebody reads it for long, the partition stays, so that nobody else has to wait.
CREATE FUNCTION "drop_partitions"("parent" TEXT, "unit" TEXT, "before" TIMESTAMPTZ) RETURNS INTEGER LANGUAGE plpgsql
SET lock_timeout = '200ms' AS $$
DECLARE
    part TEXT;
    dropped INTEGER := 0;
BEGIN
    FOR part IN
        SELECT child.relname FROM pg_inherits
        JOIN pg_class AS child ON child.oid = inhrelid
        WHERE inhparent = to_regclass(quote_ident(parent))
          AND (to_timestamp(substring(child.relname FROM '_p(\d+)$') || CASE unit WHEN 'day' THEN '' ELSE '01' END, 'YYYYMMDD')::DATE
            + ('1 ' || unit)::INTERVAL) AT TIME ZONE 'UTC' <= before
        ORDER BY child.relname
    LOOP
        BEGIN
            EXECUTE format('DROP TABLE %I', part);
            dropped := dropped + 1;
        EXCEPTION WHEN lock_not_available THEN
            EXIT;
        END;
    END LOOP;
    RETURN dropped;
END $$;

DO $$
DECLARE
    told RECORD;
    index_name TEXT;
    moment TIMESTAMPTZ;
BEGIN
    FOR told IN
        SELECT * FROM (VALUES
            ('opportunities', 'opened_at', 'month'),
            ('refusal_minutes', 'minute', 'day'),
            ('spread_candles_1s', 'start', 'day'),
            ('spread_candles_1m', 'start', 'day'),
            ('spread_candles_5m', 'start', 'month')
        ) AS tables (name, col, unit)
    LOOP
        EXECUTE format('ALTER TABLE %I RENAME TO %I', told.name, told.name || '_whole');
        FOR index_name IN
            SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
            WHERE indrelid = to_regclass(quote_ident(told.name || '_whole'))
        LOOP
            EXECUTE format('ALTER INDEX %I RENAME TO %I', index_name, left(index_name, 57) || '_whole');
        END LOOP;
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL) PARTITION BY RANGE (%I)', told.name, told.name || '_whole', told.col);
        FOR moment IN
            EXECUTE format('SELECT DISTINCT date_trunc(%L, %I, ''UTC'') FROM %I', told.unit, told.col, told.name || '_whole')
        LOOP
            PERFORM make_partition(told.name, told.unit, moment);
        END LOOP;
        EXECUTE format('INSERT INTO %I SELECT * FROM %I', told.name, told.name || '_whole');
        EXECUTE format('DROP TABLE %I', told.name || '_whole');
    END LOOP;
END $$;
