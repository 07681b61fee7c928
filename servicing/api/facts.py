"""Revenue, touches and time spent, as other systems know them."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from clients.models.imports import ImportKind
from servicing.api.auth import caller_of, require_importer, scoped
from servicing.api.records import take_records
from servicing.api.schemas import RevenuesIn, TimesIn, TouchesIn, WrittenOut
from servicing.api.time import take_time
from servicing.models import Scope

router = Router(tags=["Facts"])


@router.put("/revenue", response=WrittenOut, url_name="put_revenue", summary="Send revenue")
@scoped(Scope.CLIENTS_WRITE)
def put_revenue(request: HttpRequest, sent: RevenuesIn) -> Any:
    """Up to 1,000 amounts, known by `source` and `source_id`, or by client, date and source where there is no
    `source_id`. All or none; sent again they change nothing."""
    caller = caller_of(request)
    require_importer(caller)
    return take_records(ImportKind.REVENUE, sent.records, caller)


@router.put("/touches", response=WrittenOut, url_name="put_touches", summary="Send touches")
@scoped(Scope.CLIENTS_WRITE)
def put_touches(request: HttpRequest, sent: TouchesIn) -> Any:
    """Up to 1,000 touches with the minutes they took, known by `source` and `source_id`, or by client, moment
    and kind. One that reached the client closes the open task that it fulfils."""
    caller = caller_of(request)
    require_importer(caller)
    return take_records(ImportKind.TOUCHES, sent.records, caller)


@router.put("/time", response=WrittenOut, url_name="put_time", summary="Send time spent")
@scoped(Scope.CLIENTS_WRITE)
def put_time(request: HttpRequest, sent: TimesIn) -> Any:
    """Up to 1,000 entries of time spent beside any touch, known by `source` and `source_id`. All or none;
    sent again they change nothing."""
    require_importer(caller_of(request))
    return take_time(sent.records)
