-- Milliseconds between two moments; null when either is unknown.
CREATE FUNCTION elapsed_ms(since timestamptz, until timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (extract(epoch FROM until - since) * 1000)::bigint;
