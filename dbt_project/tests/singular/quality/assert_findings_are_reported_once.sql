{{ config(meta={'dagster': {'ref': {'name': 'rpt_reconciliation'}}}) }}
-- Every finding stands in exactly one of the two reports, open or settled.
with reported as (

    select finding_key
    from {{ ref('rpt_hygiene') }}
    union all
    select discrepancy_key
    from {{ ref('rpt_reconciliation') }}

),

counted as (

    select
        findings.finding_key,
        count(reported.finding_key) as report_count
    from {{ ref('int_quality__findings_followed') }} as findings
    left join reported
        on findings.finding_key = reported.finding_key
    group by findings.finding_key

)

select *
from counted
where report_count != 1
