"""Tiers: what a client's is and why, and the figures by tier."""

from decimal import Decimal
from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.utils.timezone import localdate
from ninja import Router

from clients.access import sees_all_clients
from clients.models import Client
from servicing.api.auth import caller_of, scoped
from servicing.api.problems import Problem, not_found
from servicing.api.schemas import TierOut, TiersOut
from servicing.models import Scope, TierRollup
from tiers import runs
from tiers.models import Explanation, TierAssignment
from tiers.overrides import pin_of
from tiers.why import because

router = Router(tags=["Tiers"])
FIGURES = (
    "clients", "untagged", "revenue", "minutes", "done_on_time", "done_late", "missed", "open_tasks",
    "late_tasks",
)  # fmt: skip


@router.get("/clients/{int:id}/tier", response=TierOut, url_name="client_tier", summary="A client's tier")
@scoped(Scope.TIERS_READ)
def client_tier(request: HttpRequest, id: int) -> Any:
    """With the score by the latest run: each factor's value, percentile (0 to 100), weight and contribution
    in points, and the sentence that the client's page shows."""
    client = Client.objects.visible_to(caller_of(request).user).filter(pk=id).first()
    if client is None:
        raise not_found()
    today = localdate()
    current = TierAssignment.objects.filter(client=client, ends_on=None).select_related("tier").first()
    told: dict[str, Any] = {
        "tier": current.tier.code if current else None,
        "since": current.starts_on if current else None,
        "source": current.source if current else None,
        "score": None,
        "completeness": None,
        "scored_on": None,
        "proposed_tier": None,
        "rule": None,
        "because": "",
        "factors": [],
    }
    found = Explanation.objects.filter(run=runs.latest_run_here(today), client=client)
    explanation = found.select_related("run__policy", "proposed_tier", "current_tier").first()
    return told | _scored(client, explanation) if explanation else told


def _scored(client: Client, explanation: Explanation) -> dict[str, Any]:
    run = explanation.run
    rules = list(run.policy.rules.select_related("tier").order_by("position"))
    return {
        "score": explanation.score,
        "completeness": explanation.completeness,
        "scored_on": run.as_of,
        "proposed_tier": explanation.proposed_tier.code if explanation.proposed_tier else None,
        "rule": explanation.rule,
        "because": because(explanation, rules, run, pin_of(client, localdate())),
        "factors": [
            {
                "code": code,
                "value": value,
                "percentile": _six(percentile),
                "weight": weight,
                "contribution": _six(contribution),
            }
            for code, weight, value, percentile, contribution in zip(
                run.factors,
                run.weights,
                explanation.values,
                explanation.percentiles,
                explanation.contributions,
                strict=True,
            )
        ],
    }


def _six(value: float | None) -> Decimal | None:
    """To six decimals, as text: a float of the database would carry its own noise."""
    return None if value is None else round(Decimal(str(value)), 6)


@router.get("/tiers", response=TiersOut, url_name="tiers", summary="Figures by tier")
@scoped(Scope.TIERS_READ)
def tier_figures(request: HttpRequest) -> Any:
    """Those of the tier dashboard, with the time at which they were added up. The row without a tier is of
    active clients who have none yet."""
    if not sees_all_clients(caller_of(request).user):
        raise Problem(403, "These figures are of all clients; this token acts as an advisor.")
    rows = list(
        TierRollup.objects.order_by("tier__position", "id").values(
            *FIGURES, "as_of", "refreshed_at", code=F("tier__code")
        )
    )
    return {
        "as_of": rows[0]["as_of"] if rows else None,
        "refreshed_at": rows[0]["refreshed_at"] if rows else None,
        "tiers": [{"tier": row["code"], **{name: row[name] for name in FIGURES}} for row in rows],
    }
