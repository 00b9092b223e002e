-- How long times are together, in milliseconds.
CREATE FUNCTION length_ms(spans tstzmultirange) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $function$
SELECT coalesce(sum(extract(epoch FROM upper(span) - lower(span)) * 1000), 0)::bigint
  FROM unnest(spans) span
$function$;
