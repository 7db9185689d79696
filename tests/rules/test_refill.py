"""What was typed, put back into the page's form that was sent."""

from __future__ import annotations

import pytest

from bot.web.refill import refilled

FORM = (
    '<form method="post" action="/x"><input type="hidden" name="csrf" value="new"><input type="hidden" name="do" value="a">'
    '<input type="hidden" name="seen" value="2"><input type="hidden" name="once" value="fresh">{}</form>'
)
TYPED = {"do": "a", "seen": "1", "once": "first"}


@pytest.mark.parametrize(
    ("control", "typed", "becomes"),
    [
        ('<input type="text" name="n" value="old">', {"n": 'a"<b'}, '<input type="text" name="n" value="a&quot;&lt;b">'),
        ('<input name="n">', {"n": "x"}, '<input name="n" value="x">'),
        ('<input type="checkbox" name="n" value="1" checked>', {}, '<input type="checkbox" name="n" value="1">'),
        ('<input type="checkbox" name="n" value="1">', {"n": "1"}, '<input type="checkbox" name="n" value="1" checked>'),
        ('<input type="radio" name="n" value="2">', {"n": "2"}, '<input type="radio" name="n" value="2" checked>'),
        ("<textarea name=\"n\">old &amp; gone</textarea>", {"n": "<i>\nnew"}, '<textarea name="n">\n&lt;i&gt;\nnew</textarea>'),
        (
            '<select name="n"><option value="1" selected>A</option><option value="2">B</option></select>',
            {"n": "2"},
            '<select name="n"><option value="1">A</option><option value="2" selected>B</option></select>',
        ),
        ('<input type="password" name="n" value="">', {"n": "secret"}, '<input type="password" name="n" value="">'),
        ('<input type="file" name="n">', {"n": "x"}, '<input type="file" name="n">'),
    ],
)  # fmt: skip
def test_each_control_gets_what_was_typed(control: str, typed: dict[str, str], becomes: str) -> None:
    """Escaped; a box that was not ticked is not ticked; no password and no file comes back."""
    assert becomes in refilled(FORM.format(control), TYPED | typed)


def test_hidden_values_are_the_pages_own_but_for_the_key_of_once() -> None:
    """An old word against forgery, or the version that was looked at, would refuse the second press as well."""
    page = refilled(FORM.format(""), TYPED | {"csrf": "stolen"})
    assert 'name="csrf" value="new"' in page
    assert 'name="seen" value="2"' in page
    assert 'name="once" value="first"' in page


def test_only_the_form_that_was_sent_is_filled() -> None:
    """Told by its own hidden values; a search beside it, and text with entities, stay as they are."""
    other = FORM.replace('value="a"', 'value="b"').format('<input name="n" value="other">')
    search = '<form method="get"><input name="n" value="search"></form><p title="a&quot;">5 &lt; 6 &#8211; <br/></p>'
    page = refilled(search + other + FORM.format('<input name="n" value="mine">'), TYPED | {"n": "typed"})
    assert page.startswith(search)
    assert 'value="other"' in page
    assert 'value="typed"' in page
    assert 'value="mine"' not in page
    assert refilled(search, {"n": "typed"}) == search


def test_a_form_that_says_less_is_not_taken_for_the_one_that_was_sent() -> None:
    """Every page begins with a form to sign out, whose one hidden value all the others have too."""
    out = (
        '<form method="post" action="/logout"><input type="hidden" name="csrf" value="new"><button>Out</button></form>'
    )
    page = refilled(out + FORM.format('<input name="n" value="mine">'), TYPED | {"n": "typed", "csrf": "old"})
    assert page.startswith(out)
    assert 'value="typed"' in page


@pytest.mark.parametrize(
    "control",
    ['<input name="n">', '<textarea name="n"></textarea>', '<select name="n"><option value="1">A</option></select>'],
)
def test_what_is_wrong_is_said_beside_its_field(control: str) -> None:
    """Tied to it for those who do not see it, after the control and within its label."""
    page = refilled(f"<label>N{FORM.format(control)}</label>", TYPED | {"n": "x"}, "n", "No &lt;number&gt;")
    assert 'aria-invalid="true" aria-describedby="wrong-n" autofocus' in page
    assert '<span class="wrong" id="wrong-n">No &lt;number&gt;</span>' in page
    assert page.index("aria-invalid") < page.index('wrong-n">No') < page.index("</form>")
    assert page.count('class="wrong"') == 1
