"""What is compared between two records, in which levels, and which pairs are looked at.

Declarations for Splink only: levels are SQL over the columns `measure_frequencies` makes, most
alike first. Missing on either side says nothing (the null level). How levels are weighed is
estimated in model.py and household_model.py.
"""

# ruff: noqa: E501 (lines of SQL, or of one record, read better unbroken)

from __future__ import annotations

from typing import Any

VERSION = "1"


def _level(label: str, condition: str, *, is_null: bool = False) -> dict[str, Any]:
    return {
        "sql_condition": condition,
        "label_for_charts": label,
        **({"is_null_level": True} if is_null else {}),
    }


def _both(column: str) -> str:
    return f"{column}_l is null or {column}_r is null"


# Evaluated only where first names are neither the same nor nicknames of each other.
_FIRST_NEAR = (
    "(least(length(first_l), length(first_r)) >= 4 and (damerau_levenshtein(first_l, first_r) <= 1"
    " or jaro_winkler_similarity(first_l, first_r) >= 0.92))"
    " or (length(first_l) >= 3 and list_bool_or(list_transform(first_roots_r,"
    " lambda root: length(root) >= 4 and damerau_levenshtein(root, first_l) <= 1)))"
    " or (length(first_r) >= 3 and list_bool_or(list_transform(first_roots_l,"
    " lambda root: length(root) >= 4 and damerau_levenshtein(root, first_r) <= 1)))"
)
_FIRST_NEAR_SHORT = (
    "least(length(first_l), length(first_r)) >= 2 and greatest(length(first_l), length(first_r)) >= 3"
    " and damerau_levenshtein(first_l, first_r) <= 1"
)
_INITIAL = "(length(first_l) = 1 or length(first_r) = 1) and left(first_l, 1) = left(first_r, 1)"
_LAST_NEAR = (
    "(least(length(last_l), length(last_r)) >= 4 and (damerau_levenshtein(last_l, last_r)"
    " <= case when least(length(last_l), length(last_r)) >= 7 then 2 else 1 end"
    " or jaro_winkler_similarity(last_l, last_r) >= 0.94))"
    " or (least(length(last_l), length(last_r)) >= 4"
    " and (starts_with(last_l, last_r) or starts_with(last_r, last_l)"
    " or suffix(last_l, last_r) or suffix(last_r, last_l)))"
)


def _swapped(one: str, other: str) -> str:
    """One record's first name is the other's surname, and its surname fits the other's first."""
    return (
        f"(length(first_{one}) >= 3 and damerau_levenshtein(first_{one}, last_{other})"
        f" <= case when length(first_{one}) >= 5 then 1 else 0 end"
        f" and (last_{one} = first_{other} or list_contains(first_roots_{other}, last_{one})"
        f" or list_has_any(last_roots_{one}, first_roots_{other})"
        f" or (length(last_{one}) = 1 and left(first_{other}, 1) = last_{one})"
        f" or (length(first_{other}) = 1 and left(last_{one}, 1) = first_{other})"
        f" or (length(last_{one}) >= 3 and damerau_levenshtein(last_{one}, first_{other}) <= 1)))"
    )


_SWAPPED = (
    f"first_l <> last_l and first_r <> last_r and ({_swapped('l', 'r')} or {_swapped('r', 'l')})"
)
_STREET_NEAR = (
    "(zip_l = zip_r and street_l = street_r and house_number_l <> house_number_r"
    " and damerau_levenshtein(house_number_l, house_number_r) <= 1)"
    " or (house_number_l = house_number_r and zip_l = zip_r"
    " and (damerau_levenshtein(street_l, street_r) <= 3"
    " or jaro_winkler_similarity(street_l, street_r) >= 0.88))"
    " or (house_number_l = house_number_r and zip_l <> zip_r"
    " and damerau_levenshtein(street_l, street_r) <= 1"
    " and (city_key_l = city_key_r or left(zip_l, 3) = left(zip_r, 3)"
    " or damerau_levenshtein(zip_l, zip_r) <= 1))"
)
# Street, place and number each told apart by what typists do to them; lines may stand swapped.
_SAME_STREET = (
    "(jaro_winkler_similarity(street_l, street_r) >= 0.88"
    " or jaro_winkler_similarity(replace(street_l, ' ', ''), other_line_r) >= 0.9"
    " or jaro_winkler_similarity(replace(street_r, ' ', ''), other_line_l) >= 0.9"
    " or jaro_winkler_similarity(other_line_l, other_line_r) >= 0.92)"
)
_SAME_PLACE = (
    "(zip_l = zip_r or damerau_levenshtein(zip_l, zip_r) <= 1"
    " or jaro_winkler_similarity(city_key_l, city_key_r) >= 0.92)"
)
_SAME_NUMBER = (
    "(house_number_l = house_number_r or coalesce(house_number_l, house_number_r) is null"
    " or damerau_levenshtein(house_number_l, house_number_r) <= 1)"
)

COMPARISONS: list[dict[str, Any]] = [
    {
        "output_column_name": "first",
        "comparison_levels": [
            _level("missing", _both("first"), is_null=True),
            _level(
                "suffixes differ",
                "suffix_l is not null and suffix_r is not null and suffix_l <> suffix_r",
            ),
            # The suffix is written down now and then only: father and son, or a lazy clerk.
            _level(
                "same, one with suffix",
                "first_l = first_r and length(first_l) > 1"
                " and (suffix_l is null) <> (suffix_r is null)",
            ),
            _level("same", "first_l = first_r and length(first_l) > 1"),
            _level("swapped with last", _SWAPPED),
            _level(
                "nickname", "list_has_any(first_roots_l, first_roots_r) and length(first_l) > 1"
            ),
            _level("other half of a couple", "partner_l = first_r or partner_r = first_l"),
            _level("near", _FIRST_NEAR),
            _level("initial", _INITIAL),
            _level("near, short", _FIRST_NEAR_SHORT),
            _level("alike", "jaro_winkler_similarity(first_l, first_r) >= 0.84"),
            _level("different", "ELSE"),
        ],
    },
    {
        "output_column_name": "last",
        "comparison_levels": [
            # Swapped names are counted once, with the first name.
            _level("missing", f"{_both('last')} or ({_SWAPPED})", is_null=True),
            _level("same", "last_l = last_r"),
            _level("near", _LAST_NEAR),
            _level("alike", "jaro_winkler_similarity(last_l, last_r) >= 0.86"),
            _level("different", "ELSE"),
        ],
    },
    {
        "output_column_name": "phone",
        "comparison_levels": [
            _level(
                "missing",
                "own_phones_l is null or own_phones_r is null or len(own_phones_l) = 0"
                " or len(own_phones_r) = 0",
                is_null=True,
            ),
            _level("same", "list_has_any(own_phones_l, own_phones_r)"),
            _level(
                "one digit off",
                "hamming(own_phones_l[1], own_phones_r[1]) <= 1"
                " and length(own_phones_l[1]) = length(own_phones_r[1])",
            ),
            _level("different", "ELSE"),
        ],
    },
    {
        "output_column_name": "email",
        "comparison_levels": [
            _level("missing", _both("own_email"), is_null=True),
            _level("same", "own_email_l = own_email_r"),
            _level(
                "near",
                "damerau_levenshtein(own_email_l, own_email_r) <= 2"
                " or split_part(own_email_l, '@', 1) = split_part(own_email_r, '@', 1)"
                " and length(split_part(own_email_l, '@', 1)) >= 6",
            ),
            _level("different", "ELSE"),
        ],
    },
    {
        "output_column_name": "address",
        "comparison_levels": [
            _level(
                "missing",
                "(building_l is null or building_r is null)"
                " and (coalesce(zip_l, city_key_l) is null or coalesce(zip_r, city_key_r) is null)",
                is_null=True,
            ),
            _level(
                "same home",
                "home_l = home_r",
            ),
            _level(
                "same building, unit unknown",
                "building_l = building_r and (unit_l is null or unit_r is null or unit_l = unit_r)",
            ),
            _level("same building, other unit", "building_l = building_r"),
            _level("near", _STREET_NEAR),
            _level("alike", f"{_SAME_STREET} and {_SAME_PLACE} and {_SAME_NUMBER}"),
            _level("one street", f"{_SAME_STREET} and {_SAME_PLACE}"),
            _level(
                "number and street elsewhere",
                "house_number_l = house_number_r and street_l = street_r",
            ),
            _level(
                "same place, street unknown",
                f"(building_l is null or building_r is null) and {_SAME_PLACE}",
            ),
            _level("other place, street unknown", "building_l is null or building_r is null"),
            _level("same postal code", "zip_l = zip_r"),
            _level("different", "ELSE"),
        ],
    },
    {
        "output_column_name": "company",
        "comparison_levels": [
            _level("missing", _both("company"), is_null=True),
            _level("same", "company_l = company_r"),
            _level(
                "near",
                "jaro_winkler_similarity(company_l, company_r) >= 0.94"
                " and damerau_levenshtein(company_l, company_r) <= 3"
                " or (least(length(company_l), length(company_r)) >= 8"
                " and (starts_with(company_l, company_r) or starts_with(company_r, company_l)))",
            ),
            _level("different", "ELSE"),
        ],
    },
    {
        "output_column_name": "identifier",
        "comparison_levels": [
            _level(
                "missing",
                "(tax_id_l is null or tax_id_r is null)"
                " and (shared_email_l is null or shared_email_r is null)"
                " and (common_phone_l is null or common_phone_r is null)",
                is_null=True,
            ),
            _level("same tax id", "tax_id_l = tax_id_r"),
            _level(
                "shared mailbox or switchboard",
                "coalesce(shared_email_l = shared_email_r, false)"
                " or coalesce(common_phone_l = common_phone_r, false)",
            ),
            _level("different", "ELSE"),
        ],
    },
    {
        # Two records of one system are two people more often than two of different systems are.
        # Mail lists repeat people in every wave, so there it says nothing.
        "output_column_name": "system",
        "comparison_levels": [
            _level("recipient", "system_l is null or system_r is null", is_null=True),
            _level("other system", "system_l <> system_r"),
            _level("same system", "ELSE"),
        ],
    },
]

# Name of the rule and the keys of frequencies.py that must agree; null where too common.
BLOCKING_RULES: dict[str, str] = {
    "phone": "l.key_phone_a = r.key_phone_a",
    "second phone": "l.key_phone_b = r.key_phone_b",
    "phone, second phone": "l.key_phone_a = r.key_phone_b",
    "second phone, phone": "l.key_phone_b = r.key_phone_a",
    "e-mail": "l.key_email = r.key_email",
    "home": "l.key_home = r.key_home",
    **{
        label: f"l.key_{name} = r.key_{name}"
        for name, label in {
            "building_last": "building and surname",
            "building_first": "building and first name",
            "name_zip": "name and postal code",
            "name": "rare name",
            "number_last": "house number, street and surname",
            "number_zip": "house number, postal code and initials",
            "shared_email": "shared mailbox and name",
            "common_phone": "common phone and name",
            "tax_id": "tax id",
            "company_zip": "company and postal code",
            "company": "rare company name",
            "wide_zip_first": "first letters of first name, postal code (small data)",
            "wide_zip_last": "first letters of surname, postal code (small data)",
            "wide_zip_number": "house number, postal code (small data)",
            "wide_city_first": "first letters of first name, city (small data)",
            "wide_city_last": "first letters of surname, city (small data)",
            "wide_street_first": "street and first letters of first name (small data)",
            "wide_street_last": "street and first letters of surname (small data)",
            "wide_other_line": "second address line (small data)",
            "wide_name": "name (small data)",
            "wide_name_letters": "first letters of both names (small data)",
            "wide_street_number": "street and house number (small data)",
            "wide_street_city": "street and city (small data)",
            "wide_zip_street": "postal code and street (small data)",
            "wide_city_number": "city and house number (small data)",
            "wide_number_other": "house number and second address line (small data)",
            "wide_name_ends": "last letters of both names (small data)",
        }.items()
    },
}


def level_value(name: str, label: str) -> int:
    """Return the number Splink gives to a level: the most alike has the highest, missing is -1."""
    levels = next(row for row in COMPARISONS if row["output_column_name"] == name)[
        "comparison_levels"
    ]
    known = [row["label_for_charts"] for row in levels if not row.get("is_null_level")]
    return len(known) - 1 - known.index(label)
