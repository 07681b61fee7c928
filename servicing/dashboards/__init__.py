"""Dashboards: what the firm's tiers bring, take and get."""
