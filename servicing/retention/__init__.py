"""The life of data: how long it is kept, what may not go, who is anonymised, and what a client is given."""
