"""The purpose with which the written policy begins, until the firm writes its own."""

PURPOSE = (
    "We serve every client with care, and not every client in the same way. This policy says how we decide which "
    "level of service fits whom, what each level promises, and how we speak with each client.\n\n"
    "A tier says which service fits; it never says what a person is worth. The software proposes tiers from what we "
    "know, and a person decides.\n\n"
    "We keep about a client only what changes our advice, our rhythm or how we carry things out, and say why."
)


def ship_purpose(apps, schema_editor):
    """Adds the purpose where the firm has none."""
    apps.get_model("servicing", "PolicyPurpose").objects.get_or_create(pk=1, defaults={"text": PURPOSE})
