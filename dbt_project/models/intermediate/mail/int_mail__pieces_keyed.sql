with mail_pieces as (

    select
        source,
        account,
        mail_piece_id,
        campaign_source,
        campaign_account,
        campaign_id,
        wave,
        cell,
        customer_source,
        customer_account,
        customer_id,
        recipient_id,
        trigger_job_source,
        trigger_job_account,
        trigger_job_id,
        promo_code,
        tracking_url,
        tracking_phone,
        mail_order_id,
        status,
        mail_class,
        address_line_1,
        address_line_2,
        city,
        state,
        postal_code,
        is_deleted,
        expected_in_home_on,
        mailed_on,
        created_at,
        first_known_at,
        known_at
    from {{ ref('int_canonical__mail_pieces_unioned') }}

),

campaign_references as (

    select
        source,
        account,
        campaign_id,
        campaign_key
    from {{ ref('int_campaigns__references_resolved') }}

),

campaigns as (

    select
        campaign_key,
        mail_class
    from {{ ref('int_campaigns__described') }}

),

records as (

    select
        source,
        account,
        entity,
        customer_id,
        customer_key,
        household_key,
        address_line_1,
        address_line_2,
        city,
        state,
        postal_code,
        match_probability
    from {{ ref('int_identity__records_keyed') }}

),

homes as (

    select
        address_line_1,
        address_line_2,
        city,
        state,
        postal_code,
        home_key
    from {{ ref('int_identity__homes_told_apart') }}

),

customers as (

    select
        source,
        account,
        customer_id,
        customer_key,
        household_key,
        match_probability
    from {{ ref('int_matching__customers_resolved') }}

),

job_references as (

    select
        source,
        account,
        job_id,
        job_key
    from {{ ref('int_jobs__references_resolved') }}
    where job_number = ''

),

jobs as (

    select
        job_key,
        location_key
    from {{ ref('int_jobs__keyed') }}

),

locations as (

    select
        source,
        account,
        location_key
    from {{ ref('int_operations__divisions_located') }}
    where division is null

),

-- Where the piece went: its own address, else the address of the recipient or customer it names.
pieces_addressed as (

    select
        mail_pieces.source,
        mail_pieces.account,
        mail_pieces.mail_piece_id,
        coalesce(customers.customer_key, recipients.customer_key) as customer_key,
        coalesce(recipients.household_key, customers.household_key) as household_key,
        coalesce(customers.match_probability, recipients.match_probability, 1) as match_probability,
        coalesce(mail_pieces.postal_code, recipients.postal_code, customer_records.postal_code) as postal_code,
        case
            when mail_pieces.address_line_1 is not null then mail_pieces.address_line_1
            when recipients.address_line_1 is not null then recipients.address_line_1
            else customer_records.address_line_1
        end as address_line_1,
        case
            when mail_pieces.address_line_1 is not null then mail_pieces.address_line_2
            when recipients.address_line_1 is not null then recipients.address_line_2
            else customer_records.address_line_2
        end as address_line_2,
        case
            when mail_pieces.address_line_1 is not null then mail_pieces.city
            when recipients.address_line_1 is not null then recipients.city
            else customer_records.city
        end as city,
        case
            when mail_pieces.address_line_1 is not null then mail_pieces.state
            when recipients.address_line_1 is not null then recipients.state
            else customer_records.state
        end as state,
        case
            when mail_pieces.address_line_1 is not null then mail_pieces.postal_code
            when recipients.address_line_1 is not null then recipients.postal_code
            else customer_records.postal_code
        end as address_postal_code
    from mail_pieces
    left join records as recipients
        on recipients.entity = 'recipient'
        and mail_pieces.source = recipients.source
        and mail_pieces.account = recipients.account
        and coalesce(mail_pieces.recipient_id, mail_pieces.mail_piece_id) = recipients.customer_id
    left join customers
        on mail_pieces.customer_source = customers.source
        and mail_pieces.customer_account = customers.account
        and mail_pieces.customer_id = customers.customer_id
    left join records as customer_records
        on customer_records.entity = 'customer'
        and mail_pieces.customer_source = customer_records.source
        and mail_pieces.customer_account = customer_records.account
        and mail_pieces.customer_id = customer_records.customer_id

),

pieces_keyed as (

    select
        {{ surrogate_key(['mail_pieces.source', 'mail_pieces.account', 'mail_pieces.mail_piece_id']) }}
            as mail_piece_key,
        mail_pieces.source,
        mail_pieces.account,
        mail_pieces.mail_piece_id,
        campaign_references.campaign_key,
        coalesce(mail_pieces.wave, '1') as wave,
        mail_pieces.cell,
        pieces_addressed.customer_key,
        pieces_addressed.household_key,
        homes.home_key as address_key,
        job_references.job_key as trigger_job_key,
        coalesce(jobs.location_key, locations.location_key, 'main') as location_key,
        mail_pieces.promo_code,
        mail_pieces.tracking_url,
        mail_pieces.tracking_phone,
        mail_pieces.mail_order_id,
        mail_pieces.status,
        coalesce(mail_pieces.mail_class, campaigns.mail_class, 'marketing') as mail_class,
        pieces_addressed.postal_code,
        pieces_addressed.match_probability,
        coalesce(mail_pieces.is_deleted, false) as is_deleted,
        mail_pieces.expected_in_home_on,
        mail_pieces.mailed_on,
        mail_pieces.created_at,
        mail_pieces.first_known_at,
        mail_pieces.known_at
    from mail_pieces
    left join campaign_references
        on mail_pieces.campaign_source = campaign_references.source
        and mail_pieces.campaign_account = campaign_references.account
        and mail_pieces.campaign_id = campaign_references.campaign_id
    left join campaigns
        on campaign_references.campaign_key = campaigns.campaign_key
    inner join pieces_addressed
        on mail_pieces.source = pieces_addressed.source
        and mail_pieces.account = pieces_addressed.account
        and mail_pieces.mail_piece_id = pieces_addressed.mail_piece_id
    left join homes
        on pieces_addressed.address_line_1 = homes.address_line_1
        and pieces_addressed.address_line_2 is not distinct from homes.address_line_2
        and pieces_addressed.city is not distinct from homes.city
        and pieces_addressed.state is not distinct from homes.state
        and pieces_addressed.address_postal_code is not distinct from homes.postal_code
    left join job_references
        on mail_pieces.trigger_job_source = job_references.source
        and mail_pieces.trigger_job_account = job_references.account
        and mail_pieces.trigger_job_id = job_references.job_id
    left join jobs
        on job_references.job_key = jobs.job_key
    left join locations
        on mail_pieces.source = locations.source
        and mail_pieces.account = locations.account

)

select * from pieces_keyed
