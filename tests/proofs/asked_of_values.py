"""What a filter of a template, or a comparison in it, asks of its value."""

from __future__ import annotations

from jinja2 import nodes

from tests.proofs.wanted_values import Either, Shape

DATES = {"day", "moment", "clock", "month", "before_day"}
NUMBERS = {"number", "span", "share", "round", "abs"}
LISTS = {
    "listed",
    "join",
    "first",
    "last",
    "list",
    "map",
    "selectattr",
    "rejectattr",
    "batch",
    "sum",
    "groupby",
    "unique",
    "reverse",
}


def plain(node: nodes.Node | None) -> bool:
    """Whether it is a word or a number of the template's own."""
    return isinstance(node, nodes.Const)


def number(*some: Shape | None) -> None:
    """Each turns out to be a number."""
    for each in some:
        if each is not None:
            each.is_("number")


def filtered(node: nodes.Filter, base: Shape | None, given: list[Shape | None]) -> Shape | None:
    """What a filter gives, and what its value has to be for that."""
    name, form = node.name, node.node.value if isinstance(node.node, nodes.Const) else ""
    if name == "share" or (name == "format" and "d" in str(form)):
        number(*given)
    if base is None:
        return None
    if name in DATES:
        base.is_("date")
    elif name in NUMBERS:
        base.is_("number")
    elif name == "money":
        base.must("money")
    elif name in ("weekday", "weekdays"):
        base.must("days")
    elif name in LISTS:
        return _of_list(node, base)
    elif name in ("min", "max"):
        number(*base.fields.values())
    elif name in ("length", "count"):
        base.is_("list")
    elif name == "default":
        return Either(base, *given)
    return base if name in ("sort", "dictsort", "trim", "upper", "lower", "oneline") else None


def _of_list(node: nodes.Filter, base: Shape) -> Shape | None:
    """What a filter makes of a list, and what it asks of each in it."""
    element, name = base.item(), node.name
    words = [str(each.value) for each in node.args if isinstance(each, nodes.Const)]
    named = [str(each.value.value) for each in node.kwargs if each.key == "attribute" and plain(each.value)]  # type: ignore[attr-defined]
    if name in ("selectattr", "rejectattr"):
        part = element.part(words[0])
        for word in words[2:]:
            part.like(word)
        return base
    part = element.part(named[0]) if named else element
    if name == "sum":
        part.is_("number")
        return None
    if name == "map":
        return Shape("list", element=part)
    if name in ("first", "last"):
        return element
    return None if name in ("join", "listed", "groupby", "batch") else base


def compared(operand: nodes.Operand, left: Shape | None, right: Shape | None) -> None:
    """What is compared is of one kind, and may be the word that it is compared with."""
    values = [operand.expr] if isinstance(operand.expr, nodes.Const) else list(operand.expr.find_all(nodes.Const))
    if left is not None:
        for each in values:
            if isinstance(each.value, bool):
                continue
            if isinstance(each.value, int | float):
                left.is_("number")
            elif isinstance(each.value, str):
                left.like(each.value)
    if operand.op in ("lt", "gt", "lteq", "gteq"):
        number(left, right)
