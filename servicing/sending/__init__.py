"""E-mails of automated tasks: which are due, their sending by the worker, the tasks that they complete."""
