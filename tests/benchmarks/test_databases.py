"""The databases of a benchmark, as its own processes reach them."""

from benchmarks.databases import address


def test_an_address_keeps_the_socket_of_the_server(settings):
    settings.DATABASE_URL = "postgresql://firm@/crm?host=%2Ftmp%2Fshort"
    assert address("other") == "postgresql://firm@/other?host=%2Ftmp%2Fshort"
