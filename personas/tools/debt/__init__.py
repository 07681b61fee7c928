"""Debt timeline: when each loan ends, what it costs, and what an extra amount a month changes."""
