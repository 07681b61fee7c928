"""Whose clients: books that go from one person to others, people who leave, records that merge or split."""
