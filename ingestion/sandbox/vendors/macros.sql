-- Words shared by the vendors' queries. serve.now() is replaced whenever the clock moves.
create or replace macro serve.z(instant) as strftime(instant, '%Y-%m-%dT%H:%M:%SZ');
create or replace macro serve.zms(instant) as strftime(instant, '%Y-%m-%dT%H:%M:%S.%gZ');
create or replace macro serve.past(instant) as coalesce(instant <= serve.now(), false);
create or replace macro serve.latest(instants) as
    list_max(list_filter(instants, lambda instant: instant <= serve.now()));
create or replace macro serve.money(cents) as ((cents)::bigint / 100)::decimal(18, 2)::varchar;
create or replace macro serve.amount(cents) as ((cents)::bigint / 100)::decimal(18, 2);
create or replace macro serve.named(id, name) as {'id': id, 'name': name};
create or replace macro serve.pacific_local(instant) as
    timezone('America/Los_Angeles', timezone('UTC', instant));
create or replace macro serve.pacific(instant) as
    strftime(serve.pacific_local(instant), '%Y-%m-%dT%H:%M:%S')
    || case when date_diff('minute', instant, serve.pacific_local(instant)) = -420 then '-07:00' else '-08:00' end;
create or replace macro serve.local_date(instant) as
    strftime(timezone('America/Chicago', timezone('UTC', instant)), '%Y-%m-%d');
create or replace macro serve.no_nulls(record) as json_merge_patch('{}'::json, to_json(record));
