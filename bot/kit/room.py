"""What a room offers to the house, as values: `features.py` collects one Room from each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Route:
    """Where an event goes: exactly one of the selectors is set.

    `command`: `/today`; `start`: first letter of a deep link's token; `verb`: callback data before its first colon;
    `draft`: the kind of the person's open draft; `file`: a file of that kind outside any draft (or one that the draft's
    route passed on by returning None); `event`: any other event of that class name; `poll`: a native quiz's key before its
    first colon. What is said or sent in a group goes to no `draft` and to no `file`. `do` is
    `(session, event, now) -> Reply | None`; None passes the event on to the next route.
    `stranger` says whether people we do not know may use it. `menu` is the text key that describes a command.
    `many`: hundreds do it at once, and `do` is `(session, events, now) -> replies`, one for each, of different people.
    `urgent`: `do` only reads; it is answered at once, although the database may be busy writing (`delivery.urgent`).
    """

    do: Any
    command: str | None = None
    start: str | None = None
    verb: str | None = None
    draft: str | None = None
    file: str | None = None
    event: str | None = None
    poll: str | None = None
    stranger: bool = False
    menu: str | None = None
    roles: tuple[str, ...] = ()
    """In whose command menu it stands (empty = everybody's). A menu is not authorisation."""
    many: bool = False
    urgent: bool = False
    guarded: bool | tuple[str, ...] = False
    """Whether it gives rights, opens who somebody is, or gives people's data away: not at a shared screen, where a PIN was all
    that was asked. Words: the first after the verb for which that is so, where the others are everyday."""
    room: str = ""
    """Whose it is; filled in where the rooms are collected."""


@dataclass(frozen=True)
class Tick:
    """Work that falls due: `do(session, now)` runs every `seconds`, in slices; it returns True while more is left."""

    name: str
    do: Any
    seconds: float = 5


@dataclass(frozen=True)
class Made:
    """A file that a page makes when it is asked for, and that is kept nowhere: it is handed over to be saved."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Again:
    """What a form's `post` answers where nothing was done yet: its page once more, with what was typed, for a look at it."""


@dataclass(frozen=True)
class Page:
    """A page of the dashboard: `do(session, viewer, query, now)` gives the values for macro `macro` of the room's `pages.html.j2`.

    `query` holds the path's and the address's parameters; None as an answer means that there is no such page for them.
    `title` is a macro of the same file. `role` is the least role (over any unit) that may open it, `also` are others that
    may; scope is in the query.
    Pages of several rooms with one path stand under one another. A page without a macro answers with a file: a Media that is
    kept, or one that is Made.
    `public`: for anybody, without signing in; the viewer is None then, and few answers are given a minute.
    """

    path: str
    do: Any
    macro: str
    title: str
    role: str = "supervisor"
    nav: bool = True
    also: tuple[str, ...] = ()
    public: bool = False
    live: tuple[str, ...] = ()
    """Rooms whose tables it shows (`emergencies.muster`): what changes in them is on an open page within a second or two. Without
    any it renews itself every 20 s."""
    guests: bool = False
    """Whether whoever lets a guest from outside in may choose it: it shows work and figures, and of people
    only who answers for something. A guest is
    then given the page's `role` over the units that they may see, for this page alone, and its form is never theirs."""
    guarded: bool = False
    """Whether it gives rights or people's data away: whoever has a second factor proves it again before it opens or its form
    counts, where the last proof is older than DAVY_SECOND_FACTOR_MINUTES."""
    noted: Any = None
    """Run in a transaction of its own before anything is shown: of a public page `(session, query, now)`, of one behind the
    door `(session, viewer, query, now)`."""
    post: Any = None
    """What its form does: `(session, viewer, form, now) -> path`, in a transaction; the path is where to go on.

    With a method `prepare(form)` that is called before it, outside. The macro gets `csrf` for the form; `form` holds texts, and
    files as bytes (and `NAME_name`, what the file is called). Such a page renews itself as long as nobody has typed or chosen
    anything in it. Where it raises Refused or answers Again, the page is made once more with what was typed in its form, and
    `query["typed"]` holds that; what the refusal says stands on top, or beside its field.
    """


@dataclass(frozen=True)
class Hook:
    """A call that other machines make, signed: `do(session, source, body, now) -> (status, JSON)`, in a transaction.

    It is answered at `/hooks/{name}/{source}`. The same call may come again: what it brings is known by keys.
    """

    name: str
    do: Any


@dataclass(frozen=True)
class Room:
    """All that one room offers. `jobs` maps a kind of job to `(session, payload, now) -> None`."""

    name: str
    """`hazards`; a part of a room that offers for itself is named with its room: `learning.induction`."""
    routes: tuple[Route, ...] = ()
    ticks: tuple[Tick, ...] = ()
    jobs: Mapping[str, Any] = field(default_factory=dict)
    pages: tuple[Page, ...] = ()
    hooks: tuple[Hook, ...] = ()
    endpoints: tuple[Any, ...] = ()
    """What other programs may ask and do (`kit.endpoints.Endpoint`)."""
    events: tuple[Any, ...] = ()
    """What other programs are told (`kit.endpoints.Event`)."""
    facts: tuple[Any, ...] = ()
    subscriptions: tuple[Any, ...] = ()
    today: Any = None
    """`(session, person, now) -> [(Text, Button | None)]`: what waits for somebody, shown by `/today`."""
    status: Any = None
    """The same for `/mystatus`."""
    at_place: Any = None
    """`(session, place, person, now) -> [Button]`: what it offers to whoever scans a place. What their buttons answer
    bears `replies.here_ref`, so that a report without a name can forget it."""
    when_hurt: Any = None
    """`(session, path) -> Message`: what is shown at once to whoever reports that somebody is hurt."""
    unasked: tuple[Any, ...] = ()
    """Its kinds of messages that nobody asked for (`delivery.model.UnaskedKind`)."""

    @property
    def template(self) -> str:
        """Where the macros of its pages stand, below `bot/`."""
        return f"{self.name.replace('.', '/')}/pages.html.j2"
