"""`/rules` and its buttons: what holds where one works, by place, by words; publishing for whoever looks after safety."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from bot.compliance.documents import actions, rules, showing, store
from bot.compliance.documents.model import Kind
from bot.delivery import drafts
from bot.delivery.drafts import Draft
from bot.i18n.languages import LANGUAGES
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said, Sent
from bot.kit.replies import Media, Message, Reply, Rows, button, here_ref, rows, toast
from bot.kit.room import Route
from bot.kit.texts import Text, text
from bot.people import speaking as whom
from bot.people import store as people
from bot.people.model import Person, Role

DRAFT = "dc.draft"
MOST_PLACES = 20


def on_rules(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/rules`: what holds where somebody works; `/rules hot work`: what is found by these words."""
    who = whom.person(session, event, now)
    if who is None:
        return None
    if not event.private:
        return Reply()
    return Reply((_found(session, who, event.args, now) if event.args.strip() else _mine(session, who, now),))


def _mine(session: Session, who: Person, now: datetime) -> Message:
    keeper = bool(whom.paths(session, who.id, actions.KEEPER, now))
    return showing.listing(store.holding(session, who.path), keeper=keeper)


def _found(session: Session, who: Person, words: str, now: datetime) -> Message:
    led = whom.paths(session, who.id, Role.SUPERVISOR, now)
    return showing.listing(store.found(session, words, led, who.path, who.lang), words=words.strip()[:80])


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`dc:what:...`: a button of the documents."""
    who = whom.person(session, event, now)
    act = ACTS.get(event.word(0))
    return act(session, event, who, now) if who is not None and act is not None else None


def _open(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.seen_by(session, who, event.number(1), now)
    shown = showing.card(session, who, found, event.number(2), now)
    return Reply((shown,)) if event.number(2) <= 0 else Reply(edit=shown)


def _pdf(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.seen_by(session, who, event.number(1), now)
    file = found.files.get(who.lang) or next(iter(found.files.values()), None)
    if file is None:
        raise Refused("compliance.documents.gone")
    said = text("compliance.documents.pdf", title=dict(found.title))
    return Reply((Message(said, media=(Media("document", file.ref, file.name),)),))


def _here(session: Session, event: Pressed, who: Person, now: datetime) -> Reply | None:
    place = people.place(session, event.number(1))
    unit = people.unit(session, place.unit) if place is not None else None
    if place is None or unit is None:
        return None
    found = store.holding(session, unit.path, place.id)
    return Reply(edit=showing.listing(found, place=place.label, ref=here_ref(who.id)))


def _find(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    drafts.begin(session, who.id, DRAFT, "find", {}, now)
    return Reply((Message(text("compliance.documents.ask_find"), rows(showing.cancel())),))


def _add(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    if not whom.paths(session, who.id, actions.KEEPER, now):
        return toast("compliance.documents.not_yours", alert=True)
    return Reply((showing.kinds(),))


def _kind(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    viewer = people.viewer(session, who.id, now)
    if event.word(1) not in tuple(Kind) or viewer is None or not viewer.anywhere(actions.KEEPER):
        return toast("compliance.documents.not_yours", alert=True)
    drafts.begin(session, who.id, DRAFT, "unit", {"kind": event.word(1), "key": secrets.token_hex(12)}, now)
    keys = [
        button("compliance.unit", f"dc:unit:{unit.id}", unit=unit.label)
        for unit in whom.led(session, viewer, actions.KEEPER)
    ]
    return Reply(edit=Message(text("compliance.documents.ask_unit"), rows(*keys, showing.cancel())))


def _unit(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    draft, unit = _draft(session, who, "unit"), people.unit(session, event.number(1))
    if unit is None or not whom.holds(session, who.id, actions.KEEPER, unit.path, now):
        raise Refused("compliance.documents.not_yours")
    _on(session, draft, "title", {**draft.data, "unit": unit.id}, now)
    return Reply(edit=_asked("compliance.documents.ask_title"))


def _version(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.mine(session, who.id, event.number(1), now)
    drafts.begin(session, who.id, DRAFT, "version", {"document": found.id}, now)
    return Reply((_asked("compliance.documents.ask_version"),))


def _clauses(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.mine(session, who.id, event.number(1), now)
    drafts.begin(session, who.id, DRAFT, "clauses", {"document": found.id}, now)
    return Reply((_asked("compliance.documents.ask_clauses"),))


def _language(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((showing.languages(actions.mine(session, who.id, event.number(1), now)),))


def _lang(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found, lang = actions.mine(session, who.id, event.number(1), now), event.word(2)
    if lang not in LANGUAGES:
        raise Refused("compliance.documents.changed_meanwhile")
    drafts.begin(session, who.id, DRAFT, "words", {"document": found.id, "lang": lang}, now)
    said = text("compliance.documents.ask_words_in", name=LANGUAGES[lang])
    return Reply(edit=Message(said, rows(showing.cancel())))


def _places(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.mine(session, who.id, event.number(1), now)
    return Reply((_place_keys(session, found.id, found.path, found.places),))


def _place_keys(session: Session, id: int, path: str, chosen: tuple[int, ...]) -> Message:
    under = [unit.id for unit in people.units(session) if unit.path.startswith(path)]
    near = [place for place in people.places_near(session, path, 200) if place.unit in under][:MOST_PLACES]
    keys = [
        button("compliance.documents.b_place", f"dc:place:{id}:{p.id}", place=p.label, there=p.id in chosen) for p in near
    ]  # fmt: skip
    return Message(text("compliance.documents.ask_places"), rows(*keys))


def _place(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.set_place(session, who.id, event.number(1), event.number(2), now)
    return Reply(edit=_place_keys(session, found.id, found.path, found.places))


def _retire(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.mine(session, who.id, event.number(1), now)
    keys = rows(button("compliance.documents.b_retire_yes", f"dc:retired:{found.id}"), showing.cancel())
    return Reply((Message(text("compliance.documents.ask_retire", title=dict(found.title)), keys),))


def _retired(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    actions.retire(session, who.id, event.number(1), now)
    return Reply(edit=Message(text("compliance.documents.is_retired")))


def _cancel(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    draft = drafts.current(session, who.id, DRAFT)
    if draft is not None:
        drafts.close(session, draft)
    return Reply(edit=Message(text("compliance.documents.cancelled")))


Act = Callable[[Session, Pressed, Person, datetime], Reply | None]
ACTS: dict[str, Act] = {
    "open": _open, "pdf": _pdf, "here": _here, "find": _find, "add": _add, "kind": _kind, "unit": _unit, "version": _version,
    "clauses": _clauses, "language": _language, "lang": _lang, "places": _places, "place": _place, "retire": _retire,
    "retired": _retired, "cancel": _cancel,
}  # fmt: skip


# --- what is written --------------------------------------------------------------------------------------------------


def on_draft(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """What was asked for: words or a PDF. All else is passed on: it may be a report of danger."""
    who = whom.person(session, event, now)
    draft = drafts.current(session, who.id, DRAFT) if who is not None and event.private else None
    if who is None or draft is None or draft.step == "unit":
        return None
    if draft.created_at < now - rules.PATIENCE:
        drafts.close(session, draft)
        return None
    if isinstance(event, Sent) and event.file.kind == "document" and draft.step in ("body", "version", "words"):
        return _file(session, who, draft, event, now)
    if not isinstance(event, Said):
        return None
    return _typed(session, who, draft, event.text.strip(), now)


def _typed(session: Session, who: Person, draft: Draft, words: str, now: datetime) -> Reply | None:
    most = rules.MOST_TITLE if draft.step == "title" else rules.MOST_WORDS
    if len(words) > most:
        raise Refused("compliance.too_long", most=most, length=len(words))
    if draft.step == "find":
        drafts.close(session, draft)
        return Reply((_found(session, who, words, now),))
    if draft.step == "title":
        _on(session, draft, "body", {**draft.data, "title": words}, now)
        return Reply((_asked("compliance.documents.ask_body"),))
    if draft.step == "clauses":
        kept, wrong = rules.clauses(words)
        if wrong:
            return Reply((Message(text("compliance.documents.wrong_clauses", lines=wrong[:5])),))
        _close(session, draft)
        found = actions.set_clauses(session, who.id, draft.data["document"], kept, now)
        return Reply((showing.card(session, who, found, 0, now),))
    return _publish(session, who, draft, words, None, now)


def _file(session: Session, who: Person, draft: Draft, event: Sent, now: datetime) -> Reply:
    if (event.file.size or 0) > actions.MOST_BYTES:
        raise Refused("compliance.file_too_big", most=actions.MOST_BYTES // 1_000_000)
    return _publish(
        session, who, draft, event.caption.strip(), (event.file.file_id, event.file.name or "rule.pdf"), now
    )


def _publish(
    session: Session, who: Person, draft: Draft, words: str, file: tuple[str, str] | None, now: datetime
) -> Reply:
    """The words or the PDF of a new document, of a new version, or of one more language."""
    _close(session, draft)
    data, lang = draft.data, draft.data.get("lang", who.lang)
    said = {lang: words} if words else {}
    if draft.step == "body":
        new = actions.Draft(data["key"], Kind(data["kind"]), {who.lang: data["title"]}, data["unit"], said)
        found = actions.publish(session, who.id, new, now)
    elif draft.step == "version":
        found = actions.new_version(session, who.id, data["document"], said, now)
    elif words:
        found = actions.add_words(session, who.id, data["document"], lang, words, now)
    else:
        found = actions.mine(session, who.id, data["document"], now)
    if file is not None:
        actions.want_file(session, who, found, lang, file, now)
        return Reply((Message(text("compliance.documents.file_came", name=file[1])),))
    return Reply((showing.card(session, who, found, 0, now),))


def _asked(key: str) -> Message:
    return Message(Text(key), _cancel_key())


def _cancel_key() -> Rows:
    return rows(showing.cancel())


def _draft(session: Session, who: Person, step: str) -> Draft:
    draft = drafts.current(session, who.id, DRAFT)
    if draft is None or draft.step != step:
        raise Refused("compliance.documents.changed_meanwhile")
    return draft


def _on(session: Session, draft: Draft, step: str, data: dict[str, object], now: datetime) -> None:
    if drafts.advance(session, draft, step, data, now) is None:
        raise Refused("compliance.documents.changed_meanwhile")


def _close(session: Session, draft: Draft) -> None:
    if not drafts.close(session, draft):
        raise Refused("compliance.documents.changed_meanwhile")


ROUTES = (
    Route(on_rules, command="rules", menu="compliance.documents.menu"),
    Route(on_press, verb="dc"),
    Route(on_draft, draft=DRAFT),
)
