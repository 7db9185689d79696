"""A page's form with what somebody had typed into it, for a page that is made once more. Pure.

No template has to know of it: the controls are found by their names. Hidden values stay as the page has them now, so that a
word against forgery or the version that was looked at is never an old one; only `once`, by which a form is done once, stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from html.parser import HTMLParser

TYPED = frozenset(
    {"text", "number", "date", "datetime-local", "time", "month", "search", "email", "tel", "url", "range", "color"}
)
OURS = frozenset({"csrf", "once", "seen"})
"""Hidden values that do not tell one form of a page from another."""
Attrs = list[tuple[str, str | None]]


def refilled(html: str, typed: Mapping[str, str], field: str = "", why: str = "") -> str:
    """The page with what was typed in the form that was sent; `why` is said beside the control called `field`, as escaped HTML."""
    forms = _Forms()
    forms.feed(html)
    forms.close()
    filler = _Filler(forms.sent(typed), typed, field, why)
    filler.feed(html)
    filler.close()
    return "".join(filler.out)


class _Forms(HTMLParser):
    """The hidden values and the other controls' names of each form that is posted."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[dict[str, str], set[str]] | None] = []

    def handle_starttag(self, tag: str, attrs: Attrs) -> None:
        said = dict(attrs)
        name = said.get("name") or ""
        if tag == "form":
            self.found.append(({}, set()) if (said.get("method") or "").lower() == "post" else None)
        elif tag in ("input", "select", "textarea", "button") and self.found and (form := self.found[-1]) is not None:
            if said.get("type") == "hidden":
                form[0][name] = said.get("value") or ""
            else:
                form[1].add(name)

    def sent(self, typed: Mapping[str, str]) -> int:
        """Which form it was: its own hidden values came back, and most of what came has a control in it; -1 where none is."""
        best, most = -1, -1
        for at, form in enumerate(self.found):
            if form is None or not all(typed.get(n) == v for n, v in form[0].items() if n not in OURS):
                continue
            # every page has a form to sign out, whose hidden values all others have too
            if (fits := len(form[1] & typed.keys())) > most:
                best, most = at, fits
        return best


class _Filler(HTMLParser):
    """Writes a page as it is, but for the controls of one form."""

    def __init__(self, form: int, typed: Mapping[str, str], field: str, why: str) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self._form, self._typed, self._field, self._why = form, typed, field, why
        self._at, self._within = -1, False
        self._select, self._skips = "", False

    def handle_starttag(self, tag: str, attrs: Attrs) -> None:
        if tag == "form":
            self._at += 1
            self._within = self._at == self._form
        raw = self.get_starttag_text() or ""
        said = dict(attrs)
        name = said.get("name") or ""
        if not self._within:
            self.out.append(raw)
            return
        if tag == "select":
            self._select = name
        if tag == "option" and self._select in self._typed:
            attrs = _marked(attrs, "selected", said.get("value") == self._typed[self._select])
        elif tag == "input":
            attrs = self._input(attrs, said, name)
        wrong = bool(self._field) and name == self._field and tag in ("input", "select", "textarea")
        if wrong:
            attrs = [*attrs, ("aria-invalid", "true"), ("aria-describedby", f"wrong-{name}"), ("autofocus", None)]
        self.out.append(_tag(tag, attrs))
        if wrong and tag == "input":
            self._say(name)
        if tag == "textarea" and name in self._typed:
            # a browser drops the first line feed of a textarea
            self.out.append("\n" + escape(self._typed[name], quote=False))
            self._skips = True

    def _input(self, attrs: Attrs, said: Mapping[str, str | None], name: str) -> Attrs:
        kind = (said.get("type") or "text").lower()
        if kind in ("checkbox", "radio"):
            return _marked(attrs, "checked", self._typed.get(name) == (said.get("value") or "on"))
        if name in self._typed and (kind in TYPED or name == "once"):
            return [(n, v) for n, v in attrs if n != "value"] + [("value", self._typed[name])]
        return attrs

    def _say(self, name: str) -> None:
        self.out.append(f'<span class="wrong" id="wrong-{escape(name)}">{self._why}</span>')

    def handle_endtag(self, tag: str) -> None:
        self._skips = self._skips and tag != "textarea"
        self.out.append(f"</{tag}>")
        if self._within and tag in ("select", "textarea") and self._field and self._open_wrong(tag):
            self._say(self._field)
        if tag == "select":
            self._select = ""
        if tag == "form":
            self._within = False

    def _open_wrong(self, tag: str) -> bool:
        """Whether the control that ends here is the one that something is wrong with."""
        last = next((each for each in reversed(self.out) if each.startswith(f"<{tag} ")), "")
        return f'name="{escape(self._field)}"' in last

    def handle_startendtag(self, tag: str, attrs: Attrs) -> None:
        if tag == "input" and self._within:
            self.handle_starttag(tag, attrs)
        else:
            self.out.append(self.get_starttag_text() or "")

    def handle_data(self, data: str) -> None:
        if not self._skips:
            self.out.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.out.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.out.append(f"<!{decl}>")


def _marked(attrs: Attrs, name: str, on: bool) -> Attrs:
    return [each for each in attrs if each[0] != name] + ([(name, None)] if on else [])


def _tag(tag: str, attrs: Attrs) -> str:
    said = "".join(f" {n}" if v is None else f' {n}="{escape(v)}"' for n, v in attrs)
    return f"<{tag}{said}>"
