"""Groups on the control side: making one, coming and going, becoming a supergroup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.simulator.bodies import numbers, whole
from bot.simulator.errors import Misuse
from bot.simulator.methods.members import set_member
from bot.simulator.state import Bot, Chat, Json, User

if TYPE_CHECKING:
    from bot.simulator.app import Simulator

STATUSES = {"member", "left", "kicked", "administrator", "restricted", "creator"}


def new_group(sim: Simulator, body: Json) -> Chat:
    """A group of the people listed. Bots listed join as members; where none is listed the first bot joins."""
    members = numbers(body["members"], "members")
    named = numbers(body.get("bots") or [], "bots")
    world = sim.world
    if not any(member in world.users for member in members):
        raise Misuse("members is a list of ids, the owner first")
    bots = [m for m in members if m in world.bots]
    if not bots and world.bots and body.get("bots") is None:
        bots = [next(iter(world.bots))]
    bots += [b for b in named if b in world.bots]
    chat = world.add_group(
        str(body["title"]),
        [m for m in members if m not in world.bots],
        supergroup=bool(body.get("supergroup")),
        group_id=None if body.get("id") is None else whole(body["id"], "id"),
    )
    owner = world.users[next(iter(chat.members))]
    for bot_id in dict.fromkeys(bots):
        set_member(world, chat, bot_id, {"status": "member"}, owner)
    return chat


def stand(sim: Simulator, body: Json) -> list[int | None]:
    """Change somebody's standing in a group: `{chat, user|bot, status, by?, ...rights}`."""
    world = sim.world
    chat = world.groups.get(whole(body["chat"], "chat"))
    if chat is None:
        raise Misuse("there is no such group", 404)
    member_id = whole(body.get("user", body.get("bot")), "user (or bot)")
    if member_id not in world.users and member_id not in world.bots:
        raise Misuse("name who: user (or bot), by id", 404)
    status = str(body.get("status", "member"))
    if status not in STATUSES:
        raise Misuse(f"status is one of {', '.join(sorted(STATUSES))}")
    by: User | Bot | None = world.users.get(whole(body.get("by") or member_id, "by"))
    if by is None:
        by = world.users[next(m for m in chat.members if m in world.users)]
    rights = {k: v for k, v in body.items() if k.startswith("can_") or k in {"until_date", "is_member", "custom_title"}}
    if status == "administrator" and not any(key.startswith("can_") for key in rights):
        rights |= {
            f"can_{name}": True
            for name in (
                "manage_chat",
                "delete_messages",
                "restrict_members",
                "pin_messages",
                "invite_users",
                "change_info",
                "promote_members",
            )
        }
    return set_member(world, chat, member_id, {"status": status, **rights}, by)


def migrate(sim: Simulator, chat_id: int) -> Chat:
    """A group becomes a supergroup: a new id, the service messages on both sides, the old id refused from now on."""
    world = sim.world
    old = world.groups.get(chat_id)
    if old is None or old.type != "group" or old.migrated_to is not None:
        raise Misuse("only a plain group becomes a supergroup", 409)
    new = world.add_group(old.title or "", [m for m in old.members if m in world.users], supergroup=True)
    new.members = {member: dict(standing) for member, standing in old.members.items()}
    owner: Any = world.users.get(next(iter(old.members)))
    out = world.post(old, owner, {"migrate_to_chat_id": new.id})
    world.announce(old, out)
    world.announce(new, world.post(new, owner, {"migrate_from_chat_id": old.id}))
    old.migrated_to = new.id
    return new
