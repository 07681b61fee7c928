"""Policies: versioned statements of factors, weights and tier rules."""

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tiers import triggers


class Factor(models.TextChoices):
    """A measured ingredient of the score. How each is measured stands in tiers/scoring.py."""

    REVENUE = "revenue", _("Revenue")
    POTENTIAL = "potential", _("Revenue potential")
    PROFITABILITY = "profitability", _("Profitability")
    ENGAGEMENT = "engagement", _("Engagement")
    GROWTH = "growth", _("Growth potential")
    ALIGNMENT = "alignment", _("Alignment")
    SHARE_OF_WALLET = "share_of_wallet", _("Share of wallet")
    REFERRALS = "referrals", _("Referrals")
    TENURE = "tenure", _("Tenure")
    LIFETIME_VALUE = "lifetime_value", _("Lifetime value")
    ASSETS = "assets", _("Assets under management")


class RankKey(models.TextChoices):
    """What a tier's candidates are ordered by, or measured against for its minimum."""

    SCORE = "score", _("Score")
    REVENUE = "revenue", _("Revenue")
    POTENTIAL = "potential", _("Revenue potential")
    PROFITABILITY = "profitability", _("Profitability")
    ENGAGEMENT = "engagement", _("Engagement")
    GROWTH = "growth", _("Growth potential")
    ALIGNMENT = "alignment", _("Alignment")
    SHARE_OF_WALLET = "share_of_wallet", _("Share of wallet")
    REFERRALS = "referrals", _("Referrals")
    TENURE = "tenure", _("Tenure")
    LIFETIME_VALUE = "lifetime_value", _("Lifetime value")
    ASSETS = "assets", _("Assets under management")


class PolicyStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Waits for its date")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class Policy(models.Model):
    """A policy. One is published at a time; a published one, or one that waits for its date, never changes.

    `prepared_by` changed the draft last or made it; `editor_ids` are all who changed what it states. None of
    them may publish it.
    """

    name = models.CharField(_("name"), max_length=120)
    version = models.PositiveIntegerField(_("version"), unique=True)
    status = models.CharField(
        _("status"), max_length=10, choices=PolicyStatus.choices, default=PolicyStatus.DRAFT
    )
    half_life_days = models.PositiveIntegerField(
        _("half-life of a touch, days"),
        default=180,
        validators=[MinValueValidator(1)],
        help_text=_("After so many days a touch counts half towards engagement."),
    )
    minimum_completeness = models.DecimalField(
        _("minimum completeness"),
        max_digits=4,
        decimal_places=3,
        default=Decimal("0.5"),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
        help_text=_("The known part of the weights (0 to 1) below which a client gets no score."),
    )
    stability_margin = models.DecimalField(
        _("stability margin, points"),
        max_digits=5,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
        help_text=_("A client already in a tier stays while its score is at most so far below the cut."),
    )
    effective_on = models.DateField(_("effective on"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    editor_ids = ArrayField(models.BigIntegerField(), default=list, db_default=[], editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["status"],
                name="tiers_policy_one_published",
                condition=models.Q(status=PolicyStatus.PUBLISHED),
            ),
        ]
        triggers = triggers.PUBLISHED_POLICY_STAYS

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def is_draft(self) -> bool:
        """Only a draft can be changed; the database refuses it for any other."""
        return self.status == PolicyStatus.DRAFT


class PolicyFactor(models.Model):
    """A factor that the policy weighs."""

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="factors")
    factor = models.CharField(_("factor"), max_length=20, choices=Factor.choices)
    weight = models.DecimalField(
        _("weight"), max_digits=6, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )

    class Meta:
        verbose_name = _("factor")
        verbose_name_plural = _("factors")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["policy", "factor"], name="tiers_policyfactor_once")]
        triggers = triggers.PART_OF_PUBLISHED_POLICY_STAYS

    def __str__(self) -> str:
        return f"{self.get_factor_display()} {self.weight}"


class PolicyTouchWeight(models.Model):
    """The engagement weight of a touch kind under a policy, where it differs from the kind's own."""

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="touch_weights")
    kind = models.ForeignKey(
        "clients.TouchKind", models.PROTECT, related_name="+", verbose_name=_("touch kind")
    )
    weight = models.DecimalField(
        _("weight"), max_digits=6, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )

    class Meta:
        verbose_name = _("touch weight")
        verbose_name_plural = _("touch weights")
        constraints = [models.UniqueConstraint(fields=["policy", "kind"], name="tiers_touchweight_once")]
        triggers = triggers.PART_OF_PUBLISHED_POLICY_STAYS

    def __str__(self) -> str:
        return f"{self.kind} {self.weight}"


class TierRule(models.Model):
    """How a policy fills one tier. Rules act in `position` order; the last takes the rest."""

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="rules")
    tier = models.ForeignKey("clients.Tier", models.PROTECT, related_name="+", verbose_name=_("tier"))
    position = models.PositiveSmallIntegerField(_("order"))
    rank_key = models.CharField(
        _("ordered by"), max_length=20, choices=RankKey.choices, default=RankKey.SCORE
    )
    revenue_share = models.DecimalField(
        _("until this share of revenue"),
        max_digits=4,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
        help_text=_("0.60 for 60 %. Empty: no limit."),
    )
    max_clients = models.PositiveIntegerField(
        _("at most"), null=True, blank=True, help_text=_("Empty: no limit.")
    )
    minimum_key = models.CharField(
        _("only with at least"), max_length=20, choices=RankKey.choices, blank=True
    )
    minimum_value = models.DecimalField(_("value"), max_digits=14, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("tier rule")
        verbose_name_plural = _("tier rules")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "tier"], name="tiers_rule_one_a_tier"),
            models.UniqueConstraint(fields=["policy", "position"], name="tiers_rule_one_a_position"),
            models.CheckConstraint(
                name="tiers_rule_minimum_whole",
                condition=models.Q(minimum_key="", minimum_value__isnull=True)
                | (~models.Q(minimum_key="") & models.Q(minimum_value__isnull=False)),
            ),
        ]
        triggers = triggers.PART_OF_PUBLISHED_POLICY_STAYS

    def __str__(self) -> str:
        return f"{self.tier} by {self.get_rank_key_display()}"
