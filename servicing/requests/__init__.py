"""Requests of clients: when the answer was promised, answering, telling before a promise is broken."""
