"""The duties that Davy ships: twelve posts, every language, every fact known, one line of descent, read in half a minute."""

from __future__ import annotations

import csv
import re

from bot.duties.model import Level
from bot.duties.rules import READ_WITHIN
from bot.duties.shipped import drafts
from bot.i18n.languages import LANGUAGES
from bot.library.shipped import content_path

NUMBER = re.compile(r"\d")


def test_there_are_lists_for_twelve_posts_from_the_leader_down() -> None:
    """Every level has one, and all are complete in every language."""
    found = drafts()
    assert len(found) == 12
    assert {each.level for each in found} == set(Level)
    for each in found:
        assert len({duty.code for duty in each.duties}) == len(each.duties)
        for words in (each.title, each.scope, *(w for duty in each.duties for w in (duty.words, duty.check))):
            assert set(words) == set(LANGUAGES), (each.code, words)


def test_every_duty_has_a_fact_behind_it_that_is_known_and_states_no_number() -> None:
    """A number would need its jurisdiction beside it; a list that is read in half a minute leaves it to the lesson."""
    with (content_path() / "facts.csv").open(encoding="utf-8") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    for each in drafts():
        for duty in each.duties:
            assert duty.facts, duty.code
            assert set(duty.facts) <= known, (duty.code, set(duty.facts) - known)
            assert not [w for w in (*duty.words.values(), *duty.check.values()) if NUMBER.search(w)], duty.code


def test_each_duty_comes_from_one_of_a_higher_level_up_to_the_leader() -> None:
    """Company, site, workshop, team, person: none skips back up, and none hangs in the air but few at the top."""
    level = {duty.code: list(Level).index(each.level) for each in drafts() for duty in each.duties}
    for each in drafts():
        for duty in each.duties:
            if duty.above:
                assert level[duty.above] < level[duty.code], duty.code
            else:
                assert each.level in (Level.COMPANY, Level.SITE), f"{duty.code} comes from nowhere"


def test_a_list_is_read_in_half_a_minute() -> None:
    """So many words at most."""
    for each in drafts():
        words = sum(len(duty.words["en"].split()) for duty in each.duties)
        assert words <= READ_WITHIN, (each.code, words)
