"""What a personnel file would change: read from bytes as people save them, compared with what is known, as values."""

from __future__ import annotations

import io
from datetime import date

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from bot.kit.decoding import decode
from bot.library.shipped import content_path
from bot.people.importing.company import read_company
from bot.people.importing.files import Table, table_of
from bot.people.importing.plan import MAY, NEEDED, Entry, Existing, Known, Plan, plan, read_people
from bot.people.importing.problems import Problems
from bot.people.model import Role

SAMPLE = content_path() / "sample"
TODAY = date(2026, 11, 20)
HEADER = "badge,name,language,site,workshop,team,post,roles,shift,joined_on,left_on"
ROW = "B-1,Ana,en,Main,Hall,Team,worker,employee,early,2026-01-05,"
UNITS = {"Works": "en", "Main": "en", "Main/Hall": "en", "Main/Hall/Team": "en", "Main/Hall/Other": "es"}


def known(*people: Existing) -> Known:
    """A small company and who is known of it."""
    return Known(UNITS, frozenset({"worker"}), frozenset({"early", "late"}), {p.badge.lower(): p for p in people})


def existing(number: int = 1, **changes: object) -> Existing:
    """Somebody like the row above."""
    values = {
        "id": number, "badge": f"B-{number}", "name": "Ana", "unit": "Main/Hall/Team", "post": "worker", "shift": "early",
        "left_on": None, "leaves_on": None, "roles": frozenset(),
    }  # fmt: skip
    return Existing(**(values | changes))  # type: ignore[arg-type]


def table(text: str | bytes) -> tuple[Table, Problems]:
    """A CSV text as a table."""
    problems = Problems("f.csv")
    data = text.encode() if isinstance(text, str) else text
    return table_of("f.csv", data, NEEDED, MAY, problems), problems


def entries(text: str | bytes, have: Known | None = None) -> tuple[list[Entry], list[str]]:
    """The entries of a CSV text, and what is wrong with it."""
    read, problems = table(text)
    found = read_people(read, have or known(), problems)
    return found, [str(problem) for problem in problems.found]


def planned(text: str, *people: Existing) -> Plan:
    """What a CSV text would change."""
    have = known(*people)
    found, wrong = entries(text, have)
    assert wrong == []
    return plan(found, have, TODAY)


@pytest.mark.parametrize(
    "data",
    [
        f"{HEADER}\n{ROW}\n".encode(),
        f"\ufeff{HEADER}\r\n{ROW}\r\n".encode(),
        f"{HEADER}\n{ROW}\n".encode("utf-16"),
        f"{HEADER}\n{ROW}\n".encode("utf-16-le"),
        f"{HEADER}\n{ROW}\n".replace("Ana", "何建国").encode("gb18030"),
        f"{HEADER}\n{ROW}\n".replace(",", ";").encode(),
        f"{HEADER}\n{ROW}".replace(",", "\t").encode(),
        f"{HEADER}\n\n# a note\n{ROW.replace('Ana', chr(34) + 'Ana' + chr(34))}\n\n".encode(),
        f"{HEADER.upper()}\r{ROW}\r".encode(),
    ],
    ids=["utf-8", "bom", "utf-16", "utf-16 bare", "gb18030", "semicolons", "tabs", "quotes and notes", "old mac"],
)
def test_a_file_is_read_however_it_was_saved(data: bytes) -> None:
    """Encodings, separators and line ends of our languages' spreadsheets."""
    found, wrong = entries(data)
    assert wrong == []
    assert [(e.badge, e.unit, e.joined_on) for e in found] == [("B-1", "Main/Hall/Team", date(2026, 1, 5))]
    assert found[0].name in ("Ana", "何建国")


def test_a_workbook_is_read_with_its_dates_and_numbers() -> None:
    """A badge that Excel took for a number and a date that it took for a date."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("People")
        sheet.write_row(0, 0, HEADER.split(","))
        sheet.write_row(1, 0, [1042, "Ana", "en", "Main", "Hall", "Team", "worker", "employee", "early"])
        sheet.write_datetime(1, 9, date(2026, 1, 5), book.add_format({"num_format": "d/m/yy"}))
        sheet.write_row(2, 0, [1043, "Bao", "en", "Mian", "", "", "worker", "employee", "", "2026-01-05"])
    _, wrong = entries(out.getvalue())
    assert wrong == ["f.csv:People!D3: the company has no site 'Mian' (did you mean \"Main\"?)"]
    read, _ = table(out.getvalue())
    first = read.records[0]
    assert (first["badge"].text, first["joined_on"].text) == ("1042", "2026-01-05")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the file is empty"),
        (b"a,b\n1,2\n", "the first row must name the columns"),
        (f"{HEADER}\n{ROW},x\n".encode(), "the row has more cells"),
        (f'{HEADER}\nB-1,"Ana,en\n'.encode(), "2:5: a quotation mark is opened here and never closed"),
        (HEADER.replace("roles", "rolls").encode(), "there is no column 'roles'"),
        (HEADER.replace("shift", "post").encode(), "the column 'post' stands here a second time"),
        ("Bernard Chloé\n".encode("latin-1"), "the letters cannot be read for sure"),
        (b"PK\x03\x04 no zip", "the workbook cannot be opened"),
        (b"\xd0\xcf\x11\xe0old", "an old or locked Excel file"),
    ],
)
def test_a_file_of_the_wrong_form_gets_one_clear_line(data: bytes, says: str) -> None:
    """Never a traceback."""
    found, wrong = entries(data)
    assert found == []
    assert says in wrong[0]


def test_every_mistake_of_the_sample_file_is_found_at_its_place() -> None:
    """The file that ships with one mistake of each kind; its good row is not blamed."""
    problems = Problems("company.yaml")
    company = read_company(SAMPLE / "company.yaml", problems)
    assert not problems
    have = Known(
        {u.path: u.language for u in company.units}, frozenset(p.code for p in company.posts),
        frozenset(s.code for s in company.shifts), {},
    )  # fmt: skip
    data = (SAMPLE / "people-with-mistakes.csv").read_bytes()
    _, wrong = entries(data, have)
    lines = (SAMPLE / "people-with-mistakes.csv").read_text().splitlines()
    places = [tuple(map(int, each.split(":")[1:3])) for each in wrong]
    columns = [lines[line - 1][: column - 1].count(",") for line, column in places]
    named = [(line, HEADER.split(",")[at]) for (line, _), at in zip(places, columns, strict=True)]
    assert named == [
        (3, "workshop"), (4, "badge"), (5, "joined_on"), (6, "language"), (7, "roles"), (8, "name"), (9, "roles"),
        (10, "post"), (11, "shift"), (12, "left_on"), (13, "badge"), (14, "roles"), (14, "joined_on"),
    ]  # fmt: skip
    assert 'did you mean "Harbour Works/Warehouse/Dock Team"' in wrong[6]


@pytest.mark.parametrize(
    ("roles", "says"),
    [
        ("admin@Works", "a file cannot make administrators"),
        ("supervisor", "say for which part of the company"),
        ("superviser@Main", 'did you mean "supervisor"'),
        ("employee;trainer@Main;hr@Works", None),
        ("safety-officer@Main", None),
    ],
)
def test_roles_are_read_and_administrators_are_not_made_by_a_file(roles: str, says: str | None) -> None:
    """Whoever may edit the file is not thereby master of the house."""
    _, wrong = entries(f"{HEADER}\n{ROW.replace('employee', roles)}\n")
    assert (wrong == []) if says is None else says in wrong[0]


def test_joins_moves_changes_and_leaves_are_told_apart() -> None:
    """One of each."""
    text = "\n".join(
        [
            HEADER,
            "B-1,Ana,en,Main,Hall,Other,worker,employee,early,2026-01-05,",
            "B-2,Ana,en,Main,Hall,Team,worker,employee,late,2026-01-05,",
            "B-4,Dan,en,Main,,,worker,supervisor@Main;employee,,2026-11-20,",
            "B-5,Ana,en,Main,Hall,Team,worker,employee,early,2026-01-05,2026-12-31",
            "B-6,Ana,en,Main,Hall,Team,worker,employee,early,2026-01-05,2026-11-20",
        ]
    )
    made = planned(text, *(existing(number) for number in (1, 2, 3, 5, 6)))
    assert [e.badge for e in made.joins] == ["B-4"]
    assert [(p.badge, e.unit) for p, e in made.moves] == [("B-1", "Main/Hall/Other")]
    assert [(p.badge, e.shift) for p, e in made.changes] == [("B-2", "late")]
    assert [(p.badge, on) for p, on in made.leaves] == [("B-6", TODAY), ("B-3", TODAY)]
    assert [(p.badge, on) for p, on in made.announced] == [("B-5", date(2026, 12, 31))]
    assert made.roles == (("B-4", Role.SUPERVISOR, "Main"),)


def test_the_same_file_again_changes_nothing() -> None:
    """An import every night is no event."""
    assert planned(f"{HEADER}\n{ROW}", existing()).nothing


def test_roles_that_a_file_gave_end_when_it_no_longer_gives_them() -> None:
    """And new ones begin."""
    made = planned(
        f"{HEADER}\n{ROW.replace('employee', 'trainer@Main')}", existing(roles=frozenset({(Role.SUPERVISOR, "Main")}))
    )
    assert made.roles == (("B-1", Role.TRAINER, "Main"),)
    assert made.ends == (("B-1", Role.SUPERVISOR, "Main"),)


def test_an_administrator_stays_though_the_file_does_not_list_them() -> None:
    """The first administrator stands in no personnel file, and the first import must not lock them out."""
    made = planned(f"{HEADER}\n{ROW}", existing(), existing(2, admin=True))
    assert made.leaves == ()
    assert [p.badge for p in made.kept] == ["B-2"]


def test_a_badge_number_is_not_given_to_somebody_else() -> None:
    """The second holder would inherit the first one's history; the first one may come back."""
    gone = existing(left_on=date(2026, 5, 1))
    _, wrong = entries(f"{HEADER}\n{ROW.replace('Ana', 'Eva')}", known(gone))
    assert "belonged to Ana" in wrong[0]
    made = planned(f"{HEADER}\n{ROW}", gone)
    assert [p.badge for p, _ in made.returns] == ["B-1"]


@pytest.mark.parametrize(("leaving", "asks"), [(0, False), (5, False), (6, True), (100, True)])
def test_more_than_five_in_a_hundred_leavers_must_be_confirmed(leaving: int, asks: bool) -> None:
    """A wrong file looks like that."""
    people = tuple(existing(number) for number in range(1, 101))
    rows = [ROW.replace("B-1", person.badge) for person in people[leaving:]]
    rows += ["B-900,New,en,Main,,,worker,employee,,2026-11-20,"]
    assert planned("\n".join([HEADER, *rows]), *people).too_many_leave is asks


@given(st.binary(max_size=400))
def test_no_bytes_at_all_make_the_reader_raise(data: bytes) -> None:
    """Whatever somebody sends, the answer is a list of mistakes or a table."""
    read, problems = table(data)
    assert isinstance(read, Table)
    assert read.columns or problems


@given(
    st.lists(
        st.text(st.characters(exclude_characters='\r\x00"', exclude_categories=("Cs",)), max_size=12),
        min_size=3,
        max_size=3,
    )
)
def test_what_is_quoted_comes_back_as_it_was(cells: list[str]) -> None:
    """Commas, line feeds and letters of any script inside quotes."""
    row = ",".join(f'"{cell}"' for cell in cells)
    problems = Problems("f.csv")
    read = table_of("f.csv", f"a,b,c\n{row}\n".encode(), ("a", "b", "c"), (), problems)
    wanted = [cell.strip() for cell in cells]
    got = [read.records[0][name].text for name in "abc"] if read.records else ["", "", ""]
    assert got == wanted or not any(wanted) or wanted[0].startswith("#")


def test_western_letters_are_not_taken_for_chinese() -> None:
    """A name that nobody has is worse than a refusal."""
    assert decode("Chloé,José,Müller".encode("latin-1")) is None
    assert decode("何建国,陈静".encode("gb18030")) == "何建国,陈静"
