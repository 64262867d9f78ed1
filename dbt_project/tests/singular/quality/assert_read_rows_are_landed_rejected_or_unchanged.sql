-- Rows read = landed + rejected + unchanged, always; tombstones come beside them.
select
    source,
    account,
    entity,
    read_count,
    landed_count,
    rejected_count,
    unchanged_count
from {{ ref('int_quality__source_entities_read') }}
where
    is_complete
    and read_count != landed_count + rejected_count + unchanged_count
