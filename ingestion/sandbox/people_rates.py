"""How hard the sandbox's people are to tell apart and together; the defaults are the hard world."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PeopleRates:
    """How hard the world is: shares (0..1) unless said otherwise.

    Attributes:
        shared_home: Persons who share a home with another customer.
        shared_surname: ... of those pairs, one surname.
        shared_phone: ... of those pairs, one phone.
        shared_email: ... of those pairs, one e-mail.
        shared_first_name: ... of those pairs, one first name and surname (father and son).
        moved: Persons who moved; older records hold the previous address.
        changed_phone: Persons whose older records hold a previous phone.
        changed_surname: Persons whose older records hold a previous surname.
        nickname: Records under a nickname, of all records; not every name has one.
        initial_only: Records with the first name's initial only.
        swapped_names: Records with first and last name in each other's place.
        name_typo: Records with a typing error in the first or the last name, each.
        address_typo: Records with one in the street line.
        city_typo: Records with one in the city or the postal code.
        phone_typo: Records with a wrong digit in the phone.
        email_typo: Records with one in the e-mail.
        manager_phone: Persons whose phone on file is their property manager's.
        companies: Customers that are companies.
        units: Homes that are units of a building.
        households_per_building: Units in a building, about (a count).
        landlords: Homes that belong to another customer.
        invoice_no_phone: Invoicing records without phone.
        dispatch_no_email: Dispatch records without e-mail.
        crm_no_phone: CRM records without phone.
        crm_no_email: CRM records without e-mail.
        crm_no_address: CRM records without address.
        invoice_no_email: Invoicing records without e-mail.
        stale: Records of a person who changed that hold the previous value.
        junk_value: Records with a placeholder phone, and as many with a placeholder e-mail.
        operator_value: Records that hold the operator's own phone or address instead.
        couple_name: Dispatch and invoicing records named for both partners of a home.
    """

    shared_home: float = 0.22
    shared_surname: float = 0.80
    shared_phone: float = 0.35
    shared_email: float = 0.05
    shared_first_name: float = 0.06
    moved: float = 0.05
    changed_phone: float = 0.09
    changed_surname: float = 0.01
    nickname: float = 0.16
    initial_only: float = 0.07
    swapped_names: float = 0.01
    name_typo: float = 0.035
    address_typo: float = 0.06
    city_typo: float = 0.03
    phone_typo: float = 0.015
    email_typo: float = 0.02
    manager_phone: float = 0.006
    companies: float = 0.03
    units: float = 0.18
    households_per_building: int = 12
    landlords: float = 0.02
    invoice_no_phone: float = 0.40
    dispatch_no_email: float = 0.75
    crm_no_phone: float = 0.20
    crm_no_email: float = 0.10
    crm_no_address: float = 0.10
    invoice_no_email: float = 0.40
    stale: float = 0.40
    junk_value: float = 0.005
    operator_value: float = 0.002
    couple_name: float = 0.01
