"""Meetings: the one decision of each, the confidence prompt, and the brief to prepare by."""
