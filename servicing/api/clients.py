"""Clients, their tags and permission."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, QueryDict
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from clients import services
from clients.access import runs_the_firm
from clients.filters import AXES as FILTERED_AXES
from clients.filters import ListFilters, matching
from clients.models import Client, Permission, PermissionAnswer, TeamMember
from clients.models.imports import ImportKind
from clients.querysets import ClientQuerySet
from clients.register.active import active_fields, kept
from clients.register.fields import tracked_fields
from clients.words import AXES, Words, words_for
from servicing.api import paging, since
from servicing.api.auth import (
    caller_of,
    require_editor,
    require_importer,
    require_scope,
    scoped,
    sees_behavioral,
)
from servicing.api.problems import Problem, Wrong, not_found, wrong_fields
from servicing.api.records import take_records
from servicing.api.schemas import (
    ClientOut,
    ClientsIn,
    ClientsOut,
    PermissionOut,
    TagsIn,
    TagsOut,
    WrittenOut,
)
from servicing.api.tokens import Caller
from servicing.models import Scope

router = Router(tags=["Clients"])
FILTERS = (
    "tier", "complexity", "behavioral", "attention", "persona", "income",
    "status", "permission", "advisor", "team", "score", "untagged", "late", "q",
)  # fmt: skip
NUMBERS = 100  # that may be asked for at once
_OWN = (
    "id", "external_id", "name", "status", "client_since", "permission", "assets_under_management",
    "investable_assets", "potential_revenue", "growth_potential", "alignment", "expected_years", "email",
    "phone", "created_at",
)  # fmt: skip
_DERIVED = {
    "score": "scored__score",
    "scored_on": "scored__scored_on",
    "next_due_on": "summary__next_due_on",
    "last_touch_on": "summary__last_touch_on",
}
_LEAD = TeamMember.objects.filter(client=OuterRef("pk"), role__code=services.LEAD_ADVISOR)


class Asked(Schema):
    """The filters of the client list, and which page."""

    updated_since: AwareDatetime | None = Field(
        None, description="The as_of of an earlier answer, or another moment with its offset."
    )
    external_id: list[str] = Field([], description="These clients alone; up to 100 of them.")
    status: list[str] = Field([], description="Without it, clients of every status.")
    tier: list[str] = Field([], description="Codes, or none. So are the five dropdowns.")
    complexity: list[str] = []
    behavioral: list[str] = Field([], description="Needs the scope behavioral.")
    attention: list[str] = []
    persona: list[str] = []
    income: list[str] = []
    permission: list[str] = []
    advisor: list[str] = Field([], description="Username of the lead advisor, or none.")
    team: str | None = Field(None, description="none: clients without a service team.")
    score: str | None = Field(None, description="none: clients without a score.")
    untagged: str | None = Field(None, description="1: clients without any tag.")
    late: str | None = Field(None, description="1: clients with late work.")
    q: str | None = Field(None, description="A part of the name or number.")
    cursor: str = Field("", description="The next_cursor of the page before.")
    limit: int = Field(paging.FEW, ge=1, le=paging.MOST)


@router.get("", response=ClientsOut, exclude_unset=True, url_name="clients", summary="List clients")
@scoped(Scope.CLIENTS_READ)
def list_clients(request: HttpRequest, asked: Query[Asked]) -> Any:
    """The clients that the token's person sees, by id. While `next_cursor` is not null there are more; all
    pages of one walk have the `as_of` of its beginning."""
    caller = caller_of(request)
    after, as_of = _place(asked.cursor)
    words = words_for(caller.user)
    clients = _asked_for(request.GET, caller, words).filter(pk__gt=after)
    if asked.external_id:
        if len(asked.external_id) > NUMBERS:
            raise wrong_fields(
                _("The values cannot be taken."),
                Wrong("external_id", _("Ask for at most %(n)s at once.") % {"n": NUMBERS}),
            )
        clients = clients.filter(external_id__in=asked.external_id)
    if asked.updated_since:
        clients = clients.filter(
            since.clients_changed(asked.updated_since, behavioral=sees_behavioral(caller))
        )
    rows = _read(clients.order_by("pk")[: asked.limit + 1], caller, words)
    more, rows = len(rows) > asked.limit, rows[: asked.limit]
    return {
        "clients": rows,
        "next_cursor": paging.encoded(rows[-1]["id"], as_of.isoformat()) if more else None,
        "as_of": as_of,
    }


def _place(cursor: str) -> tuple[int, dt.datetime]:
    """Where the page begins, and the moment at which the walk did."""
    if not cursor:
        return 0, since.as_of()
    after, began = paging.decoded(cursor, int, str)
    try:
        moment = dt.datetime.fromisoformat(began)
    except ValueError:
        raise wrong_fields(
            _("The values cannot be taken."), Wrong("cursor", _("Use a cursor as it was given."))
        ) from None
    return after, moment


def _asked_for(params: QueryDict, caller: Caller, words: Words) -> ClientQuerySet:
    """What the list's own filters let through. Raises Problem for a value that no filter knows."""
    if "behavioral" in params:
        require_scope(caller, Scope.BEHAVIORAL)
    filters = ListFilters(params, words, today=localdate())
    unknown = [
        name
        for name in FILTERS
        if [value for value in params.getlist(name) if value not in filters.asked.getlist(name)]
    ]
    if unknown:
        raise wrong_fields(
            _("The values cannot be taken."),
            *(Wrong(name, _allowed(name, words)) for name in unknown),
        )
    if not params.getlist("status"):
        filters.asked.setlist("status", ["any"])
    return matching(caller.user, filters)


def _allowed(name: str, words: Words) -> str:
    kind = next((axis.kind for axis in FILTERED_AXES if axis.param == name), "")
    if not kind:
        return _("Nothing is known by this value.")
    codes = ", ".join(word.code for word in words.by_kind[kind].values())
    return _("Unknown value. Allowed: %(values)s.") % {"values": codes}


@router.get("/{int:id}", response=ClientOut, exclude_unset=True, url_name="client", summary="One client")
@scoped(Scope.CLIENTS_READ)
def one_client(request: HttpRequest, id: int) -> Any:
    """By its id here; to find one by its number, list with `external_id`."""
    caller = caller_of(request)
    found = _read(Client.objects.visible_to(caller.user).filter(pk=id), caller, words_for(caller.user))
    if not found:
        raise not_found()
    return found[0]


def _read(clients: Iterable[Client] | ClientQuerySet, caller: Caller, words: Words) -> list[dict[str, Any]]:
    """The clients as they are answered, in two queries."""
    behavioral = sees_behavioral(caller)
    rows = clients.annotate(lead=Subquery(_LEAD.values("user__username")[:1])).values(  # type: ignore[union-attr]
        *_OWN,
        *_DERIVED.values(),
        *(f"{axis}_id" for axis in AXES if axis != services.BEHAVIORAL),
        "summary__tier_id",
        "lead",
        *(["behavioral_tag__trigger_id"] if behavioral else []),
    )
    found = [dict(row) for row in rows]
    teams = _teams([row["id"] for row in found])
    hidden = tracked_fields().keys() - active_fields()
    return [_told(row, teams.get(row["id"], []), words, hidden, behavioral) for row in found]


def _told(
    row: dict[str, Any], team: list[dict[str, str]], words: Words, hidden: Iterable[str], behavioral: bool
) -> dict[str, Any]:
    told = {name: row[name] for name in _OWN} | {name: row[path] for name, path in _DERIVED.items()}
    told |= {"tier": words.code("tier", row["summary__tier_id"]) or None, "team": team}
    told["lead_advisor"] = row["lead"]
    for axis in AXES:
        if axis != services.BEHAVIORAL:
            told[axis] = words.code(axis, row[f"{axis}_id"]) or None
    if behavioral:
        # the database holds one only while permission is granted; it leaves on no other terms
        granted = row["permission"] == Permission.GRANTED
        id = row["behavioral_tag__trigger_id"] if granted else None
        told[services.BEHAVIORAL] = words.code(services.BEHAVIORAL, id) or None
    for name in hidden:
        told.pop(name, None)
    return told


def _teams(clients: list[int]) -> dict[int, list[dict[str, str]]]:
    found: dict[int, list[dict[str, str]]] = {}
    members = TeamMember.objects.filter(client__in=clients).order_by("role__position", "role_id")
    for client, role, username in members.values_list("client_id", "role__code", "user__username"):
        found.setdefault(client, []).append({"role": role, "username": username})
    return found


@router.put("", response=WrittenOut, url_name="put_clients", summary="Create and update clients")
@scoped(Scope.CLIENTS_WRITE)
def put_clients(request: HttpRequest, sent: ClientsIn) -> Any:
    """Up to 1,000 clients by `external_id`, with the rules of an import: all of them or, where one is wrong,
    none, with every error named. Sent again it changes nothing."""
    caller = caller_of(request)
    if any(services.BEHAVIORAL in record.model_fields_set for record in sent.records):
        require_scope(caller, Scope.BEHAVIORAL)
    _may_put(caller, sent)
    return take_records(ImportKind.CLIENTS, sent.records, caller)


def _may_put(caller: Caller, sent: ClientsIn) -> None:
    """An advisor changes clients that exist and are the advisor's own; new ones come from the firm."""
    if runs_the_firm(caller.user):
        return
    require_editor(caller)
    numbers = {record.external_id for record in sent.records}
    own = Client.objects.visible_to(caller.user).filter(external_id__in=numbers)
    foreign = numbers - set(own.values_list("external_id", flat=True))
    if foreign:
        raise wrong_fields(
            _("The values cannot be taken."),
            *(
                Wrong("external_id", _("This token may not change a client of this number."), place)
                for place, record in enumerate(sent.records)
                if record.external_id in foreign
            ),
        )
    if any("advisor" in record.model_fields_set for record in sent.records):
        require_importer(caller)


# --- Tags --------------------------------------------------------------------------------------------


def _visible(caller: Caller, id: int) -> Client:
    client = Client.objects.visible_to(caller.user).select_related("behavioral_tag").filter(pk=id).first()
    if client is None:
        raise not_found()
    return client


@router.get(
    "/{int:id}/tags", response=TagsOut, exclude_unset=True, url_name="tags", summary="A client's tags"
)
@scoped(Scope.CLIENTS_READ)
def tags(request: HttpRequest, id: int) -> Any:
    """Codes of the dropdowns that the firm's register lets it track."""
    caller = caller_of(request)
    return _tags(_visible(caller, id), caller)


def _tags(client: Client, caller: Caller) -> dict[str, str | None]:
    words = words_for(caller.user)
    told: dict[str, str | None] = {}
    for axis in kept(AXES):
        if axis != services.BEHAVIORAL:
            told[axis] = words.code(axis, getattr(client, f"{axis}_id")) or None
        elif sees_behavioral(caller):
            tag = getattr(client, "behavioral_tag", None)
            told[axis] = words.code(axis, tag.trigger_id if tag else None) or None
    return told


@router.patch(
    "/{int:id}/tags", response=TagsOut, exclude_unset=True, url_name="set_tags", summary="Tag a client"
)
@scoped(Scope.CLIENTS_WRITE)
def set_tags(request: HttpRequest, id: int, sent: TagsIn) -> Any:
    """Sets the dropdowns that are sent, all or none. 409: permission is not granted, so that no behavioral
    trigger can be stored."""
    caller = caller_of(request)
    require_editor(caller)
    given = sent.model_dump(exclude_unset=True)
    if services.BEHAVIORAL in given:
        require_scope(caller, Scope.BEHAVIORAL)
    client = _visible(caller, id)
    words = words_for(caller.user)
    terms = {axis: _word_id(axis, code, words) for axis, code in given.items()}
    with transaction.atomic():
        for axis, term_id in terms.items():
            try:
                services.set_tag(client=client, field=axis, term=services.term_of(axis, term_id))
            except services.TagRefused as refused:
                raise Problem(409, str(refused), [Wrong(axis, str(refused))]) from None
    return _tags(_visible(caller, id), caller)


def _word_id(axis: str, code: str | None, words: Words) -> int | None:
    if code is None:
        return None
    choices = words.choices(axis)
    found = next((word.id for word in choices if word.code == code), None)
    if found is None:
        allowed = ", ".join(word.code for word in choices)
        reason = _("Unknown value. Allowed: %(values)s.") % {"values": allowed}
        raise wrong_fields(_("The values cannot be taken."), Wrong(axis, reason))
    return found


# --- Permission --------------------------------------------------------------------------------------


@router.get(
    "/{int:id}/permission", response=PermissionOut, url_name="permission", summary="A client's permission"
)
@scoped(Scope.CLIENTS_READ)
def permission(request: HttpRequest, id: int) -> Any:
    """Ask it before you write to the client in a tailored way, and before you use a channel."""
    visible = Client.objects.visible_to(caller_of(request).user).with_permission()
    client = visible.filter(pk=id).first()
    if client is None:
        raise not_found()
    newest = PermissionAnswer.objects.filter(client=client).values_list("on", flat=True).first()
    return {"state": client.permission, "answered_on": newest, "opted_out_of": client.closed}
