"""The people who work in the demo firm: users in their groups, without passwords."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import Group as DjangoGroup

from clients.models import User
from clients.models.people import Group
from servicing.demo.names import FAMILY, GIVEN

CLIENTS_AN_ADVISOR = 100
# Share no factor with the number of names, so that a walk by this step meets every name once.
STEP = 1009


@dataclass(frozen=True)
class Staff:
    """User ids by what they do, each list in the order in which the people were made."""

    advisors: list[int]
    associates: list[int]
    planners: list[int]
    client_service: list[int]


def create_staff(*, clients: int, seed: int) -> Staff:
    """Creates the firm's people: an advisor for each hundred clients, and at least three of them."""
    advisors = max(3, -(-clients // CLIENTS_AN_ADVISOR))
    sizes = {
        "advisors": advisors,
        "associates": max(2, advisors // 2),
        "planners": max(1, advisors // 4),
        "client_service": max(1, advisors // 4),
    }
    office = [Group.OPERATIONS, Group.COMPLIANCE, Group.ADMINISTRATOR]
    people = _new_people(sum(sizes.values()) + len(office), seed)
    for user, group in zip(people[-len(office) :], office, strict=True):
        user.is_staff = user.is_superuser = group == Group.ADMINISTRATOR
    User.objects.bulk_create(people, batch_size=2000)
    made = dict(User.objects.filter(is_demo=True).values_list("username", "id"))
    ids = [made[user.username] for user in people]
    _join_group(Group.ADVISOR, ids[: -len(office)])
    for user_id, group in zip(ids[-len(office) :], office, strict=True):
        _join_group(group, [user_id])
    parts, start = {}, 0
    for name, size in sizes.items():
        parts[name] = ids[start : start + size]
        start += size
    return Staff(**parts)


def _new_people(number: int, seed: int) -> list[User]:
    taken = set(User.objects.values_list("username", flat=True))
    people: list[User] = []
    place = seed * 7919
    while len(people) < number:
        place += STEP
        given, family = _name(place)
        username = f"{given}.{family}".lower()
        if username in taken:
            username += str(len(people))
        taken.add(username)
        people.append(
            User(
                username=username,
                first_name=given,
                last_name=family,
                email=f"{username}@harborpine.example",
                password=UNUSABLE_PASSWORD_PREFIX,
                is_demo=True,
            )
        )
    return people


def _name(place: int) -> tuple[str, str]:
    """The name at `place` of all pairs of a given and a family name, round and round."""
    family, given = divmod(place % (len(GIVEN) * len(FAMILY)), len(GIVEN))
    return GIVEN[given], FAMILY[family]


def _join_group(name: str, user_ids: list[int]) -> None:
    group = DjangoGroup.objects.get(name=name)
    membership = User.groups.through
    membership.objects.bulk_create(
        [membership(user_id=user_id, group_id=group.pk) for user_id in user_ids], batch_size=5000
    )
