-- table: campaigns
select
    'pcm' as source, code as campaign_id, name, 'direct_mail' as channel, goal, offer, size as format, mail_class,
    case when kind = 'saturation' then 'carrier routes' else 'own customers and list' end as list_source,
    started_on, ended_on, case when code_style = 'shared' then shared_code end as promo_code, tracking_number as tracking_phone,
    'https://operator.example/go/' || lower(code) as landing_url, window_days as response_window_days,
    strftime(started_on - interval 20 day, '%Y-%m-%dT15:00:00Z') as updated_at
from base.campaigns
where channel = 'direct_mail' and started_on - interval 20 day <= serve.now()
order by campaign

-- table: campaign_members
select
    'pcm' as campaign_source, d.code as campaign_id, d.wave, 'M' || lpad(m.n::varchar, 7, '0') as member_id,
    'M' || lpad(m.n::varchar, 7, '0') as recipient_id,
    w.first_name, w.last_name, w.company, w.address_line_1, w.address_line_2, w.city, w.state,
    w.postal_code || coalesce('-' || w.postal_code_4, '') as postal_code, 'US' as country,
    case when m.mailed then 'mailed' else 'holdout' end as arm,
    case when m.household % 2 = 0 then 'A' else 'B' end as cell,
    a.account as stratum, c.holdout_share as planned_holdout_share, 'household' as randomised_unit,
    serve.z(d.assigned_at) as assigned_at
from base.members as m
inner join base.drops as d on d.drop = m.drop
inner join base.campaigns as c on c.campaign = d.campaign
inner join base.members_written as w on w.n = m.n
inner join base.accounts as a on a.tenant = m.tenant
where d.assigned_at <= serve.now()
order by m.n

-- table: campaign_areas
select
    'pcm' as campaign_source, d.code as campaign_id, d.wave, z.postal_code, count(h.household) as households,
    case when z.treated then d.mailed_on end as mailed_on, case when z.treated then 'mailed' else 'holdout' end as arm
from base.drops as d
inner join base.zones as z on true
left join base.homes as h on h.postal_code = z.postal_code
where d.kind = 'saturation' and d.assigned_at <= serve.now()
group by all
order by z.postal_code

-- table: mail_orders
with sent as (
    select drop, count(*) as ordered, count(*) filter (where not failed) as printed from base.pieces group by drop
),
areas as (
    select count(*) as households from base.homes as h inner join base.zones as z on z.postal_code = h.postal_code where z.treated
)
select
    'pcm' as source, d.order_id::varchar as mail_order_id, 'pcm' as campaign_source, d.code as campaign_id, d.wave,
    coalesce(s.ordered, areas.households) as quantity_ordered,
    coalesce(s.printed, areas.households) + case when d.overbilled then 25 else 0 end as quantity_billed,
    d.mailed_on + 1 as promised_drop_on, serve.z(d.ordered_at) as ordered_at,
    printf('%.2f', (coalesce(s.printed, areas.households) + case when d.overbilled then 25 else 0 end) * case when d.mail_class = 'first_class' then 0.92 else 0.68 end) as billed_amount
from base.drops as d
left join sent as s on s.drop = d.drop
cross join areas
where d.mailing_at + interval 2 day <= serve.now()
order by d.drop

-- table: mail_costs
with sent as (
    select drop, count(*) filter (where not failed) as pieces from base.pieces group by drop
),
areas as (
    select count(*) as pieces from base.homes as h inner join base.zones as z on z.postal_code = h.postal_code where z.treated
),
sized as (
    select d.*, coalesce(s.pieces, areas.pieces) as pieces from base.drops as d left join sent as s on s.drop = d.drop cross join areas
    where d.mailing_at + interval 2 day <= serve.now()
),
elements as (
    select *, unnest([
        {'element': 'print', 'cents': pieces * 31},
        {'element': 'postage', 'cents': pieces * case when mail_class = 'first_class' then 61 else 37 end},
        {'element': 'design', 'cents': case when wave = '1' then 45000 else 0 end},
        {'element': 'list', 'cents': case when kind = 'addressed' and code like '%NEWMOVER%' then pieces * 9 else 0 end},
        {'element': 'other', 'cents': case when drop = 1 then -1250 else 0 end}
    ]) as cost from sized
)
select
    'pcm' as source, order_ref || '-' || cost.element as cost_id, 'pcm' as campaign_source, code as campaign_id, wave,
    cost.element as element, printf('%.2f', cost.cents / 100) as amount, mailed_on as incurred_on
from elements where cost.cents <> 0
order by drop, cost_id

-- table: marketing_costs
with months as (
    select unnest(generate_series(date_trunc('month', serve.now() - interval 13 month), date_trunc('month', serve.now()) - interval 1 month, interval 1 month))::date as month_on
)
select
    'spreadsheet' as source, c.code || '-' || a.account || '-' || strftime(m.month_on, '%Y-%m') as cost_id, c.channel,
    printf('%.2f', c.daily_cents * 30 / 100) as amount, last_day(m.month_on) as incurred_on, a.account as location
from base.campaigns as c cross join base.accounts as a cross join months as m
where c.daily_cents > 0
order by cost_id

-- table: service_areas
select postal_code, a.account as location, z.served as served
from base.zones as z inner join base.accounts as a on a.tenant = z.tenant
order by postal_code

-- table: suppressions
select
    'spreadsheet' as source, 'S' || p.piece as suppression_id, w.first_name, w.last_name, w.company, w.address_line_1, w.address_line_2,
    w.city, w.state, w.postal_code, 'do_not_mail' as reason, p.added_on
from base.suppressed as p
inner join base.recipients_written as w on w.n = p.piece
where p.added_on <= serve.now()
order by p.piece

-- table: technicians
select
    'servicetitan' as source, a.account, t.technician_id, t.name, t.crew, a.account as location, '42.00' as loaded_hour_cost_amount
from base.technicians as t inner join base.accounts as a on a.tenant = t.tenant
order by t.tenant, t.technician_id

-- table: credentials
select * from (values
    ('servicetitan', 'north', 'st-north', 'matchback', strftime(serve.now() - interval 400 day, '%Y-%m-%dT%H:%M:%SZ'), strftime(serve.now() - interval 40 day, '%Y-%m-%dT%H:%M:%SZ'), null),
    ('servicetitan', 'south', 'st-south', 'matchback', strftime(serve.now() - interval 400 day, '%Y-%m-%dT%H:%M:%SZ'), strftime(serve.now() - interval 120 day, '%Y-%m-%dT%H:%M:%SZ'), null),
    ('hubspot', 'main', 'hubspot-key', 'matchback', strftime(serve.now() - interval 70 day, '%Y-%m-%dT%H:%M:%SZ'), null, null),
    ('quickbooks', 'main', 'qbo-app', 'matchback', strftime(serve.now() - interval 60 day, '%Y-%m-%dT%H:%M:%SZ'), strftime(serve.now() - interval 1 day, '%Y-%m-%dT%H:%M:%SZ'), strftime(serve.now() + interval 99 day, '%Y-%m-%dT%H:%M:%SZ')),
    ('pcm', 'main', 'pcm-key', 'matchback', strftime(serve.now() - interval 30 day, '%Y-%m-%dT%H:%M:%SZ'), null, null)
) as facts (source, account, credential_id, client_id, created_at, rotated_at, expires_at)

-- table: memberships
select
    'servicetitan' as source, j.account, (60000 + j.person)::varchar as membership_id,
    'servicetitan' as customer_source, any_value(j.customer_id order by j.created_at) as customer_id,
    (min(j.created_at) - interval 60 day)::date as started_on, null::date as ended_on, 'Comfort plan' as plan, '19.00' as recurring_amount
from base.jobs as j
where j.job_class = 'membership' and j.created_at <= serve.now()
group by j.account, j.person
order by j.account, j.person
