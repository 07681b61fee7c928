"""What servicing does by itself, and when: name -> (task, crontab fields in the firm's time zone)."""

BEAT_SCHEDULE = {
    "Plan what is due": ("servicing.plan_all", {"minute": "30", "hour": "2"}),
    "Plan for clients that changed": ("servicing.plan_changed", {"minute": "*/5"}),
}
