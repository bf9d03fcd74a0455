"""Customers, for call flows to look up: who calls, and what account is theirs."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.statement import statement


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer with the numbers they call from and one account; `timezone` is an IANA name,
    empty when not known.
    """

    name: str
    numbers: tuple[str, ...]
    policy_number: str
    balance: Decimal
    currency: str = "EUR"
    status: str = "standard"
    language: str = "en"
    timezone: str = ""


async def put_customers(database: Database, customers: Iterable[Customer]) -> None:
    """Add the customers, all or none; one whose policy number is known is left as it is."""
    async with database.connection() as connection, connection.transaction():
        for customer in customers:
            await connection.execute(
                statement("customer/put"),
                {
                    "name": customer.name,
                    "numbers": list(customer.numbers),
                    "policy_number": customer.policy_number,
                    "balance": customer.balance,
                    "currency": customer.currency,
                    "status": customer.status,
                    "language": customer.language,
                    "timezone": customer.timezone,
                },
            )
