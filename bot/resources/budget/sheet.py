"""What is planned, who may approve how much, and what an hour costs, as rows of a spreadsheet: `kind` says which of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.i18n.say import say
from bot.kit import money
from bot.library.intake import Read
from bot.library.reading_rows import Rows, Wrong
from bot.library.table_book import TableBook
from bot.people.importing.files import Record, Table
from bot.people.model import Role
from bot.resources.budget import rules
from bot.resources.budget.model import Heading

COLUMNS = ("kind", "unit", "year", "heading", "role", "post", "currency", "amount", "alert_at")
NEEDED = ("kind", "unit", "currency", "amount")
MAY = tuple(name for name in COLUMNS if name not in NEEDED)
KINDS = ("plan", "limit", "rate")
LIMITED = {role.value: role for role in rules.RANKS[:-1]}
HEADINGS = {each.value: each for each in Heading}


@dataclass(frozen=True)
class Known:
    """What a file may name: units with their number, and the posts there are."""

    units: Mapping[str, int]
    posts: frozenset[str]


@dataclass(frozen=True)
class Entry:
    """A row: what is planned for a heading and year, a role's limit, or an hour of a post; `amount` in minor units."""

    kind: str
    unit: int
    currency: str
    amount: int
    year: int = 0
    heading: Heading = Heading.OTHER
    role: Role = Role.SUPERVISOR
    post: str = ""
    alert_at: tuple[int, ...] = rules.ALERT_AT


def sentence(wrong: Wrong, lang: str) -> str:
    """What is wrong with a cell and what to do."""
    return str(say(f"resources.wrong_{wrong.code}", lang, **wrong.params))


BOOK = TableBook("Budget", sentence, {"unit": 38, "post": 24})


def checked(table: Table, known: Known) -> Read:
    """What a table says; every mistake is noted at its cell."""
    reading = _Reading(known, table)
    entries = [reading.entry(at, record) for at, record in enumerate(table.records)]
    return Read(entries, reading.wrong, table)


class _Reading(Rows):
    """What is known while a table is read."""

    def __init__(self, known: Known, table: Table) -> None:
        super().__init__(table)
        self.units = {name.casefold(): id for name, id in known.units.items()}
        self.posts = {post.casefold(): post for post in known.posts}
        self.seen: set[tuple[object, ...]] = set()

    def entry(self, at: int, record: Record) -> Entry:
        """One row, by its kind."""
        kind = record["kind"].text.casefold()
        if kind not in KINDS:
            self.note("none_of", at, record, "kind", known=", ".join(KINDS))
        unit = self.one_of(at, record, "unit", self.units, "unknown_unit") or 0
        currency, amount = self.money(at, record)
        found = Entry(kind, unit, currency, amount)
        if kind == "plan":
            found = self.plan(at, record, found)
        elif kind == "limit":
            if record["role"].text.casefold() not in LIMITED:
                self.note("none_of", at, record, "role", known=", ".join(LIMITED))
            role = LIMITED.get(record["role"].text.casefold(), Role.SUPERVISOR)
            found = Entry(kind, unit, currency, amount, role=role)
        elif kind == "rate":
            post = self.one_of(at, record, "post", self.posts, "unknown_post") or ""
            found = Entry(kind, unit, currency, amount, post=post)
        key = (kind, unit, found.year, found.heading, found.role, found.post)
        if key in self.seen:
            self.note("row_twice", at, record, "kind")
        self.seen.add(key)
        return found

    def plan(self, at: int, record: Record, found: Entry) -> Entry:
        """A line of the budget."""
        year = self.number(at, record, "year", rules.YEARS.stop - 1, rules.YEARS.start) or 0
        if not record["year"].text:
            self.note("missing", at, record, "year")
        if record["heading"].text.casefold() not in HEADINGS:
            self.note("none_of", at, record, "heading", known=", ".join(HEADINGS))
        shares = rules.shares_of(record["alert_at"].text)
        if shares is None:
            self.note("bad_shares", at, record, "alert_at")
        heading = HEADINGS.get(record["heading"].text.casefold(), Heading.OTHER)
        return Entry(
            "plan", found.unit, found.currency, found.amount, year, heading, alert_at=shares or rules.ALERT_AT
        )  # fmt: skip

    def money(self, at: int, record: Record) -> tuple[str, int]:
        """A currency and an amount of it, exactly."""
        currency = record["currency"].text.upper()
        if not money.known(currency):
            self.note("bad_currency", at, record, "currency")
            return "USD", 0
        try:
            return currency, money.parse(record["amount"].text, currency)
        except money.NoMoney:
            self.note("bad_amount", at, record, "amount")
            return currency, 0
