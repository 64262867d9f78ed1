with {{ canonical_union('timesheets') }}
