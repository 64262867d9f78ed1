-- entity: contacts
with mailed as (
    select person, max(entered_at) as last_mail_at, arg_max(campaign_code, entered_at) as last_campaign
    from base.pieces where serve.past(entered_at) group by person
),
dealt as (
    select
        contact_id, max(created_at) as last_deal_at,
        arg_max(promo_code, created_at) filter (where evidence in (1, 3)) as promo_code,
        arg_max(evidence_code, created_at) filter (where evidence > 0) as campaign_code,
        arg_max(gclid, created_at) filter (where gclid > 0) as gclid,
        arg_max(true_source, created_at) as source
    from base.deals where serve.past(created_at) group by contact_id
),
called as (
    select contact_id, max(happened_at) as last_call_at from base.crm_calls where serve.past(happened_at) group by contact_id
),
merges as (
    select merged_into_id, string_agg(contact_id::varchar, ';' order by contact_id) as merged_ids, max(merged_at) as merged_at
    from base.contacts where serve.past(merged_at) group by merged_into_id
),
stated as (
    select
        c.*, m.last_mail_at, d.promo_code, d.campaign_code, d.gclid, d.last_deal_at, l.last_call_at,
        x.merged_ids, k.channel,
        least(case when serve.past(c.archived_at) then c.archived_at else serve.now() end, greatest(
            serve.latest([c.created_at, c.changed_at]), coalesce(d.last_deal_at, c.created_at),
            coalesce(l.last_call_at, c.created_at), coalesce(x.merged_at, c.created_at)
        )) as modified_at
    from base.contacts as c
    left join mailed as m on m.person = c.person
    left join dealt as d on d.contact_id = c.contact_id
    left join called as l on l.contact_id = c.contact_id
    left join merges as x on x.merged_into_id = c.contact_id
    left join base.campaigns as k on k.campaign = d.source
    where not serve.past(c.merged_at)
)
select
    'main' as account, contact_id as id, created_at, modified_at, not serve.past(archived_at) as active,
    {
        'id': contact_id::varchar,
        'properties': {
            'hs_object_id': contact_id::varchar, 'createdate': serve.zms(created_at), 'lastmodifieddate': serve.zms(modified_at),
            'firstname': first_name, 'lastname': last_name, 'company': company, 'email': email, 'phone': phone, 'mobilephone': phone_2,
            'hs_calculated_phone_number': null::varchar,
            'address': concat_ws(' ', address_line_1, address_line_2), 'city': city, 'state': state, 'zip': postal_code, 'country': 'United States',
            'lifecyclestage': case when last_deal_at is not null then 'customer' else 'lead' end,
            'hs_lead_status': case when last_deal_at is not null then 'CONNECTED' else 'NEW' end,
            'hubspot_owner_id': (81 + contact_id % 3)::varchar, 'hs_merged_object_ids': merged_ids,
            'hs_analytics_source': case channel when 'paid_search' then 'PAID_SEARCH' when 'organic' then 'ORGANIC_SEARCH' when 'referral' then 'REFERRALS' else 'OFFLINE' end,
            'hs_google_click_id': case when gclid > 0 then printf('Cj0K%010X', gclid) end,
            'utm_source': case when gclid > 0 then 'google' when campaign_code is not null then 'postcard' end,
            'utm_medium': case when gclid > 0 then 'cpc' when campaign_code is not null then 'direct_mail' end,
            'utm_campaign': lower(campaign_code),
            'mail_campaign_id': campaign_code, 'promo_code': promo_code,
            'last_mail_sent_at': serve.zms(last_mail_at), 'last_follow_up_at': serve.zms(last_call_at)
        },
        'createdAt': serve.zms(created_at), 'updatedAt': serve.zms(modified_at),
        'archived': serve.past(archived_at),
        'archivedAt': case when serve.past(archived_at) then serve.zms(archived_at) end
    } as payload
from stated

-- entity: companies
select
    'main' as account, company_id as id, created_at, created_at as modified_at, true as active,
    {
        'id': company_id::varchar,
        'properties': {
            'hs_object_id': company_id::varchar, 'createdate': serve.zms(created_at), 'hs_lastmodifieddate': serve.zms(created_at),
            'name': company, 'domain': lower(regexp_replace(company, '[^A-Za-z0-9]', '', 'g')) || '.com', 'phone': phone,
            'address': address_line_1, 'address2': null::varchar, 'city': city, 'state': state, 'zip': postal_code, 'country': 'United States',
            'hubspot_owner_id': (81 + company_id % 3)::varchar, 'hs_merged_object_ids': null::varchar
        },
        'createdAt': serve.zms(created_at), 'updatedAt': serve.zms(created_at), 'archived': false, 'archivedAt': null::varchar
    } as payload
from base.companies

-- entity: deals
with calls as (
    select deal_id, max(happened_at) filter (where direction = 'OUTBOUND') as followed_at from base.crm_calls where serve.past(happened_at) group by deal_id
),
tasks as (
    select deal_id, max(done_at) as done_at from base.crm_tasks where serve.past(done_at) group by deal_id
),
mailed as (
    select d.deal_id, max(p.entered_at) as mailed_at
    from base.deals as d inner join base.pieces as p on p.person = d.person and p.entered_at <= d.created_at
    group by d.deal_id
),
stated as (
    select
        d.*, greatest(c.followed_at, t.done_at) as followed_at, m.mailed_at, j.stale_last_mail,
        coalesce(j.stale_last_mail, false) as is_stale,
        greatest(serve.latest([d.created_at, d.invoiced_at, d.won_at, d.lost_at]), coalesce(c.followed_at, d.created_at), coalesce(t.done_at, d.created_at)) as modified_at
    from base.deals as d
    left join calls as c on c.deal_id = d.deal_id
    left join tasks as t on t.deal_id = d.deal_id
    left join mailed as m on m.deal_id = d.deal_id
    left join base.jobs as j on j.job = d.job
)
select
    'main' as account, deal_id as id, created_at, modified_at, true as active,
    {
        'id': deal_id::varchar,
        'properties': {
            'hs_object_id': deal_id::varchar, 'createdate': serve.zms(created_at), 'hs_lastmodifieddate': serve.zms(modified_at),
            'dealname': type_name || coalesce(' #' || job_number, ''), 'pipeline': 'default',
            'dealstage': case when serve.past(won_at) then 'closedwon' when serve.past(lost_at) then 'closedlost' when job is not null then 'appointmentscheduled' else 'qualifiedtobuy' end,
            'amount': case when serve.past(invoiced_at) then serve.money(total_cents) end,
            'deal_currency_code': 'USD',
            'closedate': case when serve.past(won_at) then serve.zms(won_at) when serve.past(lost_at) then serve.zms(lost_at) end,
            'hs_is_closed': case when serve.past(won_at) or serve.past(lost_at) then 'true' else 'false' end,
            'hs_is_closed_won': case when serve.past(won_at) then 'true' else 'false' end,
            'hubspot_owner_id': (81 + deal_id % 3)::varchar,
            'mail_campaign_id': case when evidence > 0 then evidence_code end, 'promo_code': case when evidence in (1, 3) then promo_code end,
            'job_number': job_number, 'servicetitan_tenant': account,
            'hs_google_click_id': case when gclid > 0 then printf('Cj0K%010X', gclid) end,
            'last_mail_sent_at': case when is_stale then serve.zms(mailed_at - interval 90 day) else serve.zms(mailed_at) end,
            'last_follow_up_at': serve.zms(followed_at), 'hs_merged_object_ids': null::varchar
        },
        'createdAt': serve.zms(created_at), 'updatedAt': serve.zms(modified_at), 'archived': false, 'archivedAt': null::varchar
    } as payload
from stated

-- entity: owners
with people as (
    select unnest([{'id': 81, 'first': 'Dana', 'last': 'Whitfield'}, {'id': 82, 'first': 'Lee', 'last': 'Marsh'}, {'id': 83, 'first': 'Robin', 'last': 'Tate'}, {'id': 84, 'first': 'Old', 'last': 'Owner'}]) as person
)
select
    'main' as account, person.id as id, timestamp '2024-01-05 12:00:00' as created_at, timestamp '2024-01-05 12:00:00' as modified_at, person.id <> 84 as active,
    {
        'id': person.id::varchar, 'email': lower(person.first) || '@operator.example', 'type': 'PERSON', 'firstName': person.first, 'lastName': person.last,
        'userId': 1000 + person.id, 'userIdIncludingInactive': 1000 + person.id, 'createdAt': '2024-01-05T12:00:00.000Z', 'updatedAt': '2024-01-05T12:00:00.000Z', 'archived': person.id = 84
    } as payload
from people

-- entity: postal_mail
select
    'main' as account, mailing_id as id, happened_at as created_at, happened_at as modified_at, true as active,
    {
        'id': mailing_id::varchar,
        'properties': {
            'hs_object_id': mailing_id::varchar, 'hs_createdate': serve.zms(happened_at), 'hs_lastmodifieddate': serve.zms(happened_at), 'hs_timestamp': serve.zms(happened_at),
            'hs_postal_mail_body': 'Postcard ' || piece_id, 'hubspot_owner_id': '81', 'mail_campaign_id': campaign_code, 'promo_code': promo_code
        },
        'createdAt': serve.zms(happened_at), 'updatedAt': serve.zms(happened_at), 'archived': false, 'archivedAt': null::varchar
    } as payload
from base.crm_mailings

-- entity: calls
select
    'main' as account, call_id as id, happened_at as created_at, happened_at as modified_at, true as active,
    {
        'id': call_id::varchar,
        'properties': {
            'hs_object_id': call_id::varchar, 'hs_createdate': serve.zms(happened_at), 'hs_lastmodifieddate': serve.zms(happened_at), 'hs_timestamp': serve.zms(happened_at),
            'hs_call_title': case when direction = 'OUTBOUND' then 'Follow-up call' else 'Incoming call' end, 'hs_call_direction': direction,
            'hs_call_disposition': 'f240bbac-87c9-4f6e-bf70-924b57d47db7', 'hs_call_duration': (seconds * 1000)::bigint::varchar,
            'hs_call_from_number': null::varchar, 'hs_call_to_number': null::varchar, 'hs_call_status': 'COMPLETED', 'hubspot_owner_id': '82', 'hs_call_body': null::varchar
        },
        'createdAt': serve.zms(happened_at), 'updatedAt': serve.zms(happened_at), 'archived': false, 'archivedAt': null::varchar
    } as payload
from base.crm_calls

-- entity: tasks
select
    'main' as account, task_id as id, happened_at as created_at, serve.latest([happened_at, done_at]) as modified_at, true as active,
    {
        'id': task_id::varchar,
        'properties': {
            'hs_object_id': task_id::varchar, 'hs_createdate': serve.zms(happened_at), 'hs_lastmodifieddate': serve.zms(serve.latest([happened_at, done_at])), 'hs_timestamp': serve.zms(happened_at + interval 1 day),
            'hs_task_subject': 'Follow up after the visit', 'hs_task_body': null::varchar,
            'hs_task_status': case when serve.past(done_at) then 'COMPLETED' else 'NOT_STARTED' end, 'hs_task_type': 'CALL',
            'hs_task_completion_date': case when serve.past(done_at) then serve.zms(done_at) end, 'hubspot_owner_id': '83'
        },
        'createdAt': serve.zms(happened_at), 'updatedAt': serve.zms(serve.latest([happened_at, done_at])), 'archived': false, 'archivedAt': null::varchar
    } as payload
from base.crm_tasks

-- entity: links
with forward as (
    select 'contacts' as from_type, contact_id as from_id, 'companies' as to_type, company_id as to_id, 279 as type_id,
        case when late_link then created_at + interval 30 day else created_at end as linked_at from base.companies
    union all select 'deals', deal_id, 'contacts', contact_id, 3, created_at from base.deals
    union all select 'deals', deal_id, 'companies', company_id, 341, created_at from base.deals where company_id is not null
    union all select 'calls', call_id, 'contacts', contact_id, 194, happened_at from base.crm_calls
    union all select 'calls', call_id, 'deals', deal_id, 206, happened_at from base.crm_calls
    union all select 'tasks', task_id, 'contacts', contact_id, 204, happened_at from base.crm_tasks
    union all select 'tasks', task_id, 'deals', deal_id, 216, happened_at from base.crm_tasks
    union all select 'postal_mail', mailing_id, 'contacts', contact_id, 453, happened_at from base.crm_mailings
),
both_ways as (
    from forward
    union all
    select to_type, to_id, from_type, from_id, type_id + 1, linked_at from forward
)
select 'main' as account, from_id as id, linked_at as created_at, linked_at as modified_at, true as active,
    from_type, to_type, to_id, type_id, {'toObjectId': to_id} as payload
from both_ways
