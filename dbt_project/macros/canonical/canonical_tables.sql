{#- The canonical tables: key and columns with their types. One vocabulary for the import format, the staging of
    imports and the unions of all vendors, so that the three cannot drift apart. Types: text, instant, date,
    word (an enum's word, lower case, blanks as _), cents (import name *_amount), boolean, integer, decimal, list.
    A reference `job` stands for job_source, job_account, job_id. `derived` columns are our reading of a vendor's
    other facts (a campaign's channel, the name in an order's reference): what an import says of them goes before, however old. -#}
{% macro canonical_person() -%}
    {{ return({
        'first_name': 'text', 'last_name': 'text', 'name': 'text', 'company': 'text', 'email': 'text',
        'phone': 'text', 'phone_2': 'text', 'address_line_1': 'text', 'address_line_2': 'text',
        'city': 'text', 'state': 'text', 'postal_code': 'text', 'postal_code_4': 'text', 'country': 'text',
    }) }}
{%- endmacro %}

{% macro canonical_marketing() -%}
    {{ return({
        'promo_code': 'text', 'utm_source': 'text', 'utm_medium': 'text', 'utm_campaign': 'text',
        'gclid': 'text', 'tracking_phone': 'text', 'lead_source': 'text',
    }) }}
{%- endmacro %}

{% macro canonical_table(name) -%}
    {%- set tables = {
        'customers': {
            'key': ['source', 'account', 'customer_id'], 'person': true,
            'columns': {
                'customer_type': 'word', 'tax_id': 'text', 'merged_into_id': 'text', 'location': 'text',
                'do_not_mail': 'boolean', 'created_at': 'instant',
            },
        },
        'campaigns': {
            'key': ['source', 'account', 'campaign_id'],
            'columns': {
                'name': 'text', 'channel': 'word', 'goal': 'text', 'offer': 'text', 'creative': 'text',
                'format': 'text', 'mail_class': 'word', 'list_source': 'text', 'promo_code': 'text',
                'tracking_phone': 'text', 'landing_url': 'text', 'response_window_days': 'integer',
                'started_on': 'date', 'ended_on': 'date',
            },
            'extra': {'campaign_code': 'text'},
            'derived': ['name', 'channel', 'creative', 'format', 'started_on'],
        },
        'campaign_members': {
            'key': ['source', 'account', 'campaign_source', 'campaign_account', 'campaign_id', 'wave', 'member_id'],
            'refs': ['campaign', 'customer'], 'person': true,
            'columns': {
                'wave': 'text', 'member_id': 'text', 'recipient_id': 'text', 'arm': 'word', 'cell': 'text',
                'stratum': 'text', 'randomised_unit': 'word', 'planned_holdout_share': 'decimal',
                'assigned_at': 'instant',
            },
        },
        'campaign_areas': {
            'key': ['source', 'account', 'campaign_source', 'campaign_account', 'campaign_id', 'wave', 'area_id'],
            'refs': ['campaign'],
            'columns': {
                'wave': 'text', 'postal_code': 'text', 'carrier_route': 'text', 'arm': 'word',
                'households': 'integer', 'mailed_on': 'date',
            },
            'extra': {'area_id': 'text'},
        },
        'mail_orders': {
            'key': ['source', 'account', 'mail_order_id'], 'refs': ['campaign'],
            'columns': {
                'wave': 'text', 'quantity_ordered': 'integer', 'quantity_billed': 'integer',
                'billed_cents': 'cents', 'promised_drop_on': 'date', 'ordered_at': 'instant',
            },
        },
        'mail_pieces': {
            'key': ['source', 'account', 'mail_piece_id'],
            'refs': ['campaign', 'customer', 'trigger_job'], 'person': true,
            'columns': {
                'wave': 'text', 'cell': 'text', 'recipient_id': 'text', 'promo_code': 'text',
                'tracking_url': 'text', 'tracking_phone': 'text', 'mail_order_id': 'text', 'status': 'text',
                'mail_class': 'word', 'expected_in_home_on': 'date', 'mailed_on': 'date',
                'created_at': 'instant',
            },
            'extra': {'vendor_status': 'text'},
        },
        'mail_events': {
            'key': ['source', 'account', 'event_id'], 'refs': ['mail_piece'],
            'columns': {
                'event_type': 'text', 'return_reason': 'text', 'detail': 'text', 'occurred_at': 'instant',
                'received_at': 'instant',
            },
            'extra': {'vendor_event_type': 'text', 'is_facility_scan': 'boolean'},
        },
        'mail_costs': {
            'key': ['source', 'account', 'cost_id'], 'refs': ['campaign', 'mail_piece'],
            'columns': {'wave': 'text', 'element': 'word', 'amount_cents': 'cents', 'incurred_on': 'date'},
        },
        'marketing_costs': {
            'key': ['source', 'account', 'cost_id'], 'refs': ['campaign'],
            'columns': {
                'channel': 'word', 'location': 'text', 'amount_cents': 'cents', 'incurred_on': 'date',
            },
        },
        'touches': {
            'key': ['source', 'account', 'touch_id'],
            'refs': ['customer', 'job', 'campaign', 'mail_piece'], 'marketing': true,
            'columns': {
                'job_number': 'text', 'kind': 'word', 'phone': 'text', 'email': 'text', 'channel': 'word',
                'call_seconds': 'integer', 'occurred_at': 'instant',
            },
        },
        'leads': {
            'key': ['source', 'account', 'lead_id'],
            'refs': ['customer', 'job', 'campaign', 'mail_piece'], 'person': true, 'marketing': true,
            'columns': {
                'job_number': 'text', 'status': 'text', 'created_at': 'instant',
                'first_contacted_at': 'instant',
            },
            'extra': {'vendor_status': 'text'},
        },
        'bookings': {
            'key': ['source', 'account', 'booking_id'],
            'refs': ['customer', 'job', 'campaign', 'mail_piece'], 'marketing': true,
            'columns': {
                'job_number': 'text', 'idempotency_key': 'text', 'job_type': 'text', 'postal_code': 'text',
                'status': 'text', 'requested_at': 'instant', 'slot_starts_at': 'instant',
                'slot_ends_at': 'instant',
            },
            'extra': {'vendor_status': 'text'},
        },
        'jobs': {
            'key': ['source', 'account', 'job_id'],
            'refs': ['customer', 'campaign', 'mail_piece'], 'marketing': true,
            'columns': {
                'job_number': 'text', 'parent_job_id': 'text', 'callback_of_job_id': 'text',
                'job_type': 'text', 'job_class': 'word', 'business_unit': 'text', 'location': 'text',
                'status': 'text', 'cancel_reason': 'text', 'no_show_by': 'word',
                'service_address_line_1': 'text', 'service_address_line_2': 'text', 'service_city': 'text',
                'service_state': 'text', 'service_postal_code': 'text', 'crew': 'text', 'notes': 'text',
                'custom_fields': 'text', 'tags': 'list', 'technician_ids': 'list',
                'estimate_cents': 'cents', 'on_hold': 'boolean', 'created_at': 'instant',
                'scheduled_starts_at': 'instant', 'scheduled_ends_at': 'instant', 'arrived_at': 'instant',
                'started_at': 'instant', 'approved_at': 'instant', 'completed_at': 'instant',
                'cancelled_at': 'instant',
            },
            'extra': {
                'vendor_status': 'text', 'code_texts': 'list', 'total_cents': 'integer',
                'is_zero_value': 'boolean',
            },
        },
        'appointments': {
            'key': ['source', 'account', 'appointment_id'], 'refs': ['job'],
            'columns': {
                'job_number': 'text', 'status': 'text', 'no_show_by': 'word', 'technician_ids': 'list',
                'window_starts_at': 'instant', 'window_ends_at': 'instant', 'window_set_at': 'instant',
                'arrived_at': 'instant', 'done_at': 'instant',
            },
            'extra': {'vendor_status': 'text'},
        },
        'estimates': {
            'key': ['source', 'account', 'estimate_id'], 'refs': ['job', 'customer'],
            'columns': {
                'job_number': 'text', 'status': 'text', 'amount_cents': 'cents', 'presented_at': 'instant',
                'sold_at': 'instant',
            },
            'extra': {'vendor_status': 'text'},
        },
        'technicians': {
            'key': ['source', 'account', 'technician_id'],
            'columns': {
                'name': 'text', 'crew': 'text', 'location': 'text', 'loaded_hour_cost_cents': 'cents',
            },
            'derived': ['loaded_hour_cost_cents'],
        },
        'shifts': {
            'key': ['source', 'account', 'shift_id'],
            'columns': {
                'technician_id': 'text', 'kind': 'word', 'starts_at': 'instant', 'ends_at': 'instant',
            },
        },
        'timesheets': {
            'key': ['source', 'account', 'timesheet_id'], 'refs': ['job'],
            'columns': {
                'job_number': 'text', 'technician_id': 'text', 'activity': 'word', 'starts_at': 'instant',
                'ends_at': 'instant',
            },
        },
        'invoices': {
            'key': ['source', 'account', 'invoice_id'], 'refs': ['job', 'customer'],
            'columns': {
                'job_number': 'text', 'invoice_number': 'text', 'status': 'text', 'tax_id': 'text',
                'subtotal_cents': 'cents', 'tax_cents': 'cents', 'total_cents': 'cents',
                'issued_on': 'date', 'due_on': 'date', 'created_at': 'instant',
            },
            'extra': {'vendor_status': 'text', 'system_kind': 'text'},
        },
        'invoice_lines': {
            'key': ['source', 'account', 'invoice_id', 'line_id'], 'refs': ['job'],
            'columns': {
                'job_number': 'text', 'kind': 'word', 'description': 'text', 'quantity': 'decimal',
                'amount_cents': 'cents', 'cost_cents': 'cents',
            },
        },
        'credits': {
            'key': ['source', 'account', 'credit_id', 'invoice_id'],
            'columns': {
                'invoice_id': 'text', 'kind': 'word', 'refund_of_credit_id': 'text',
                'amount_cents': 'cents', 'tax_cents': 'cents', 'issued_on': 'date',
            },
        },
        'payments': {
            'key': ['source', 'account', 'payment_id', 'invoice_id'],
            'columns': {'invoice_id': 'text', 'amount_cents': 'cents', 'paid_at': 'instant'},
        },
        'memberships': {
            'key': ['source', 'account', 'membership_id'], 'refs': ['customer'],
            'columns': {
                'plan': 'text', 'sold_on_job_id': 'text', 'recurring_cents': 'cents', 'started_on': 'date',
                'ended_on': 'date',
            },
        },
        'follow_ups': {
            'key': ['source', 'account', 'follow_up_id'], 'refs': ['customer', 'job'],
            'columns': {'job_number': 'text', 'kind': 'word', 'occurred_at': 'instant'},
        },
        'service_areas': {
            'key': ['source', 'account', 'postal_code', 'location'],
            'columns': {'postal_code': 'text', 'location': 'text', 'served': 'boolean'},
        },
        'suppressions': {
            'key': ['source', 'account', 'suppression_id'], 'refs': ['customer'], 'person': true,
            'columns': {'reason': 'word', 'added_on': 'date'},
        },
        'api_calls': {
            'key': ['source', 'account', 'call_id'],
            'columns': {
                'client_id': 'text', 'endpoint': 'text', 'method': 'text', 'logical_call_id': 'text',
                'error': 'text', 'response_body': 'text', 'trace_id': 'text', 'status_code': 'integer',
                'latency_ms': 'decimal', 'attempt': 'integer', 'called_at': 'instant',
            },
        },
        'credentials': {
            'key': ['source', 'account', 'credential_id'],
            'columns': {
                'client_id': 'text', 'created_at': 'instant', 'rotated_at': 'instant',
                'expires_at': 'instant',
            },
        },
    } -%}
    {{ return(tables[name]) }}
{%- endmacro %}

{#- {column: type} of a canonical table, keys and references first; no columns of the version. -#}
{% macro canonical_columns(name) -%}
    {%- set table = canonical_table(name) -%}
    {%- set columns = {} -%}
    {%- for column in table['key'] -%}{%- do columns.update({column: 'text'}) -%}{%- endfor -%}
    {%- for reference in table.get('refs', []) -%}
        {%- for part in ['source', 'account', 'id'] -%}
            {%- do columns.update({reference ~ '_' ~ part: 'text'}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if table.get('person') -%}{%- do columns.update(canonical_person()) -%}{%- endif -%}
    {%- if table.get('marketing') -%}{%- do columns.update(canonical_marketing()) -%}{%- endif -%}
    {%- do columns.update(table['columns']) -%}
    {%- do columns.update(table.get('extra', {})) -%}
    {{ return(columns) }}
{%- endmacro %}

{#- Whether a table holds money, and so a currency. -#}
{% macro has_money(name) -%}
    {{ return('cents' in canonical_table(name)['columns'].values()) }}
{%- endmacro %}
