"""What this app does by itself, and when: name -> (task, crontab fields in the firm's time zone)."""

BEAT_SCHEDULE = {
    "Propose tiers for today": ("tiers.nightly_run", {"minute": "15", "hour": "1"}),
    "First tiers of new clients": ("tiers.first_tiers", {"minute": "*/5"}),
}
