"""Check a signed file of scores without Davy: the signature, and that every score follows from its facts and its policy.

    python3 verify_snapshot.py scores.signed.json --key 8d1f...   (the key: `davy audit key`)

It needs Python 3.11 and nothing else, and shares no code with the program that made the file: it is written from
docs/howto/defend-a-score.md. Exit 0: all is as it was signed. Exit 1: it is not, with a line for each thing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

# --- Ed25519, as RFC 8032 gives it: slow, and without any package -----------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
I = pow(2, (P - 1) // 4, P)  # noqa: E741 - its name in the standard
BY = 4 * pow(5, P - 2, P) % P


def recover(y: int, sign: int) -> int | None:
    """The other coordinate of a point."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * I % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


BASE = (recover(BY, 0), BY, 1, recover(BY, 0) * BY % P)


def add(one, two):
    """The sum of two points in extended coordinates."""
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % P, (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number, point):
    """A point, so many times."""
    found = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = add(found, point)
        point, number = add(point, point), number >> 1
    return found


def point_of(data):
    """A point from its 32 bytes; None where it is none."""
    y = int.from_bytes(data, "little")
    x = recover(y & ((1 << 255) - 1), y >> 255)
    y &= (1 << 255) - 1
    return None if x is None else (x, y, 1, x * y % P)


def is_signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature over a message is by a key."""
    if len(key) != 32 or len(signature) != 64:
        return False
    whose, r, s = point_of(key), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    if whose is None or r is None or s >= L:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = times(s, BASE), add(r, times(challenge, whose))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# --- the score, from what the file says -------------------------------------------------------------------------------

KINDS = {
    "LessonAssigned": ("lessons", "offered"), "LessonRead": ("lessons", "done"),
    "LearningNotDelivered": ("lessons", "lost"), "QuestionOffered": ("questions", "offered"),
    "QuestionAnswered": ("questions", "done"), "QuestionNotDelivered": ("questions", "lost"),
    "ExamAnswerStruck": ("exams", "lost"), "TalkOffered": ("talks", "offered"), "TalkAttended": ("talks", "done"),
    "CourseAssigned": ("courses", "offered"), "CourseCompleted": ("courses", "done"),
    "CourseWithdrawn": ("courses", "lost"), "NoticeAsked": ("notices", "offered"),
    "NoticeAcknowledged": ("notices", "done"), "DutyListGiven": ("duties", "offered"),
    "DutyListAcknowledged": ("duties", "done"), "DutyListWithdrawn": ("duties", "lost"),
    "SafetyReportAsked": ("leading", "offered"), "SafetyReportSent": ("leading", "done"),
}  # fmt: skip
ORDER = ("lessons", "questions", "exams", "talks", "courses", "notices", "duties", "leading")


def opportunity(fact):
    """The measure, what the fact says, and the opportunity it is about; None where it counts for nothing."""
    if fact["kind"] not in KINDS:
        return None
    measure, part = KINDS[fact["kind"]]
    body, about = fact["body"], fact["key"].split(":", 1)[-1]
    if measure == "questions" and body.get("mode") == "exam":
        if part == "offered":
            return None
        measure = "exams"
    if measure == "notices":
        about = fact["key"].removesuffix(":acknowledged")
    if measure == "duties":
        about = f"{body.get('list')}:{body.get('version')}"
    if measure == "leading":
        about = str(body.get("report"))
    return measure, part, about


def scored(person, policy, starts, ends):
    """The tenths of points of each measure with a weight, and the total (None: too little to say)."""
    chances = {}
    for fact in sorted(person["facts"], key=lambda each: each["key"]):
        on, found = date.fromisoformat(fact["on"]), opportunity(fact)
        if found is None or on < starts or (on > ends and found[1] != "lost"):
            continue
        measure, part, about = found
        one = chances.setdefault(
            (measure, about), {"offered": [], "done": [], "wrong": [], "lost": [], "on": None, "due": None}
        )
        if part == "lost":
            one["lost"].append(fact["key"])
            continue
        if part == "offered" or measure == "exams":
            one["on"] = min(one["on"] or on, on)
        if part == "offered":
            one["offered"].append(fact["key"])
            days = fact["body"].get("days")
            if measure == "courses" and isinstance(days, int):
                one["due"] = max(one["due"] or on, on + timedelta(days=days))
        elif measure == "exams" and fact["body"].get("right") is not True:
            one["wrong"].append(fact["key"])
        else:
            one["done"].append(fact["key"])
    return total_of(chances, policy["posts"].get(person["post"], policy["usual"]), policy, person, ends)


def total_of(chances, weights, policy, person, ends):
    """The points, from the opportunities."""
    excused = {date.fromisoformat(on) for on in person["excused"]}
    young = ends - timedelta(days=policy["grace_days"])
    done, missed = dict.fromkeys(ORDER, 0), dict.fromkeys(ORDER, 0)
    for (measure, _), one in chances.items():
        if one["on"] is None:
            continue
        if measure == "exams":
            if not one["lost"]:
                done[measure] += 0 if one["wrong"] else len(one["done"])
                missed[measure] += len(one["done"]) + len(one["wrong"]) if one["wrong"] else 0
        elif one["done"]:
            done[measure] += 1
        elif not (one["lost"] or one["on"] in excused or one["on"] > young or (one["due"] and one["due"] > ends)):
            missed[measure] += 1
    having = [name for name in ORDER if weights.get(name, {}).get("weight")]
    counting = [name for name in having if done[name] + missed[name] >= weights[name]["least"]]
    whole = sum(weights[name]["weight"] for name in counting)
    most = {name: 1000 * weights[name]["weight"] // whole for name in counting}
    rest = sorted(counting, key=lambda name: (-(1000 * weights[name]["weight"] % whole), ORDER.index(name)))
    for name in rest[: 1000 - sum(most.values())]:
        most[name] += 1
    points = dict.fromkeys(having, 0)
    for name in counting:
        offered, rule = done[name] + missed[name], weights[name]
        share = min(Fraction(100 * done[name], offered * rule["full"]), Fraction(1)) if offered else Fraction(0)
        share = max(share, Fraction(rule["floor"], 100)) if offered else share
        points[name] = int((2 * most[name] * share + 1) // 2)
    enough = whole > 0 and sum(done[name] + missed[name] for name in counting) >= policy["least"]
    return points, sum(points.values()) if enough else None


def problems_of(said: dict, key: str | None) -> list[str]:
    """What is wrong with a signed file."""
    body = said["body"]
    message = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    if key is not None and said["key"] != key:
        return [f"it was signed with another key: {said['key']}"]
    if not is_signed(bytes.fromhex(said["key"]), message, bytes.fromhex(said["signature"])):
        return ["the signature does not fit: it was changed"]
    policy, wrong = body["policy"], []
    if hashlib.sha256(policy["text"].encode()).hexdigest() != policy["sha256"]:
        wrong.append("the text of the policy is not the one it names")
    starts, ends = (date.fromisoformat(body["period"][name]) for name in ("from", "to"))
    for person in body["people"]:
        points, total = scored(person, policy, starts, ends)
        told = {line["measure"]: line["points"] for line in person["lines"]}
        if (points, total) != (told, person["total"]):
            wrong.append(f"{person['pseudonym']}: the score is {person['total']}, its facts make {total} (tenths)")
    return wrong


def main() -> int:
    """Reads the file and says what was found."""
    asked = argparse.ArgumentParser(description="Check a signed file of scores.")
    asked.add_argument("file", type=Path)
    asked.add_argument("--key", help="the public key it must be signed with")
    given = asked.parse_args()
    try:
        said = json.loads(given.file.read_bytes())
        wrong = problems_of(said, given.key)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"{given.file}: this is no signed file of scores: {error}", file=sys.stderr)
        return 1
    for line in wrong:
        print(f"{given.file}: {line}", file=sys.stderr)
    if wrong:
        return 1
    body = said["body"]
    print(f"{given.file}: signed with {said['key']}")
    if given.key is None:
        print("compare that with the key that you were given (--key), or it says nothing about who signed")
    print(
        f"{len(body['people'])} people, {body['period']['from']} to {body['period']['to']}, policy {body['policy']['version']}, "
        f"signer {body['signer']}: every score follows from its facts"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
