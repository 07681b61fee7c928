"""From text to value, in SQL: each function returns an expression that is NULL where the text is none.

The patterns guard the casts, so that no text can make a statement fail.
"""

from __future__ import annotations

_DAY = r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
_OFFSET = r" ?(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)"


def date(text: str) -> str:
    """A date YYYY-MM-DD from 1900 to 2099 that the calendar has. Midnight after it is allowed."""
    return (
        f"CASE WHEN {text} ~ '^{_DAY}([T ]00:00(:00)?)?$' THEN "
        f"CASE WHEN {_in_calendar(text)} THEN left({text}, 10)::date END END"
    )


def moment(text: str, zone: str) -> str:
    """A moment as ISO 8601: with an offset; else in the time zone `zone`; or a date, its midnight there."""
    return (
        f"CASE WHEN {text} ~ '^{_DAY}([T ]{_TIME}({_OFFSET})?)?$' THEN CASE WHEN NOT {_in_calendar(text)} "
        "THEN NULL "
        f"WHEN substr({text}, 11) ~ '[Z+-]' THEN {text}::timestamptz "
        f"ELSE {text}::timestamp AT TIME ZONE {zone} END END"
    )


def _in_calendar(text: str) -> str:
    """Whether the month has that day, of a text that looks like a date."""
    last = f"extract(day FROM (left({text}, 8) || '01')::date + interval '1 month' - interval '1 day')"
    return f"CASE WHEN substr({text}, 9, 2) <= '28' THEN true ELSE substr({text}, 9, 2)::int <= {last} END"


def american_date(text: str) -> str:
    """The ISO text of month/day/year; any other text as it is."""
    month, day, year = (f"split_part({text}, '/', {n})" for n in (1, 2, 3))
    return (
        f"CASE WHEN {text} ~ '^[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{4}}$' "
        f"THEN {year} || '-' || lpad({month}, 2, '0') || '-' || lpad({day}, 2, '0') ELSE {text} END"
    )


def money(text: str, digits: int, *, negative: bool) -> str:
    """A decimal with at most `digits` digits before the point and two after it; 1,234.50 is understood."""
    sign = "[+-]?" if negative else "[+]?"
    return (
        f"CASE WHEN {text} ~ '^{sign}[0-9]{{1,{digits}}}([.][0-9]{{1,2}})?$' THEN {text}::numeric "
        f"WHEN {text} ~ '^{sign}[0-9]{{1,3}}(,[0-9]{{3}}){{1,{(digits - 1) // 3}}}([.][0-9]{{1,2}})?$' "
        f"AND length(split_part(translate({text}, ',+-', ''), '.', 1)) <= {digits} "
        f"THEN replace({text}, ',', '')::numeric END"
    )


def rating(text: str) -> str:
    """A whole number from 1 to 5."""
    words = "'1', '2', '3', '4', '5', '1.0', '2.0', '3.0', '4.0', '5.0'"
    return f"CASE WHEN {text} IN ({words}) THEN left({text}, 1)::smallint END"


def minutes(text: str) -> str:
    """Whole minutes of at most one day."""
    whole = f"split_part({text}, '.', 1)"
    return (
        f"CASE WHEN {text} ~ '^[0-9]{{1,4}}([.]0+)?$' THEN "
        f"CASE WHEN {whole}::int <= 1440 THEN {whole}::int END END"
    )


def years(text: str) -> str:
    """Whole years from 0 to 60."""
    whole = f"split_part({text}, '.', 1)"
    return (
        f"CASE WHEN {text} ~ '^[0-9]{{1,2}}([.]0+)?$' THEN "
        f"CASE WHEN {whole}::int <= 60 THEN {whole}::smallint END END"
    )


def limited(text: str, length: int) -> str:
    """A text of at most `length` characters."""
    return f"CASE WHEN length({text}) <= {length} THEN {text} END"


def email(text: str) -> str:
    """An e-mail address as far as a pattern can tell, of at most 254 characters."""
    return rf"CASE WHEN {text} ~ '^[^\s@]+@[^\s@]+$' AND length({text}) <= 254 THEN {text} END"


def word(text: str, words: dict[str, str], cast: str) -> tuple[str, list[str]]:
    """The code or id that `words` has for a text, whatever its case; and the expression's parameters.

    A vocabulary is short, so this is quicker than a join; a text written as the code needs no folding.
    """
    if not words:
        return f"NULL::{cast}", []
    cases = " ".join(["WHEN %s THEN %s"] * len(words))
    params = [part for item in words.items() for part in item]
    return f"(CASE {text} {cases} ELSE CASE lower({text}) {cases} END END)::{cast}", params * 2
