"""What a message may be, and that nothing but its line ends is ever changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatweb.domain.refusals import Invalid
from chatweb.domain.texts import BODY_LIMIT, is_storable, message_body

ASTRAL = "🦉"
UNICODE_SPACES = "\u00a0\u1680\u2000\u2003\u2009\u200a\u2028\u2029\u202f\u205f\u3000\x0b\x0c\x1c\x85"
LINE_ENDS = st.sampled_from(["\n", "\r", "\r\n"])


def problem(text):
    with pytest.raises(Invalid) as refusal:
        message_body(text)
    (field,) = refusal.value.problems
    assert field == "body"
    return refusal.value.code


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"], ids=ascii)
def test_line_ends_of_every_kind_become_one_kind(end):
    assert message_body(f"one{end}two{end}{end}three{end}") == "one\ntwo\n\nthree\n"


def test_mixed_line_ends_become_one_kind():
    assert message_body("a\r\nb\rc\nd\n\re\r\r\nf") == "a\nb\nc\nd\n\ne\n\nf"


@given(st.lists(st.tuples(st.text("ab ", min_size=1), LINE_ENDS, LINE_ENDS, LINE_ENDS), min_size=1))
def test_a_text_is_the_same_whichever_line_ends_carry_it(lines):
    kinds = {"".join(line[0] + "x" + line[kind] for line in lines) for kind in (1, 2, 3)}
    plain = "".join(f"{line[0]}x\n" for line in lines)
    assert {message_body(text) for text in kinds} == {plain}


@given(st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"]), max_size=200))
def test_nothing_else_is_touched(text):
    assert message_body(f"  {text}.\t ") == f"  {text}.\t "


@given(st.text(max_size=200))
def test_what_is_accepted_is_accepted_again_unchanged(text):
    try:
        body = message_body(text)
    except Invalid:
        return
    assert message_body(body) == body
    body.encode()


def test_ten_thousand_code_points_are_the_limit():
    assert BODY_LIMIT == 10_000
    for letter in ("x", "é", "語", ASTRAL, "\u0301"):
        assert message_body(letter * 10_000) == letter * 10_000
        assert problem(letter * 10_001) == "too_long"


def test_a_line_end_counts_as_one_character_however_it_was_sent():
    assert len(message_body("\r\n" * 9_999 + "x")) == 10_000
    assert problem("\r\n" * 10_000 + "x") == "too_long"


def test_a_family_counts_by_its_code_points():
    family = "👩\u200d👩\u200d👧\u200d👦"
    assert len(family) == 7
    assert message_body(family * 1_428)
    assert problem(family * 1_429) == "too_long"


@pytest.mark.parametrize("text", ["", " ", "\t", "\n", "\r\n\r\n", " \n \t ", UNICODE_SPACES], ids=ascii)
def test_nothing_but_space_is_nothing(text):
    assert problem(text) == "empty"


@pytest.mark.parametrize("space", UNICODE_SPACES, ids=ascii)
def test_each_kind_of_space_alone_is_nothing_and_around_words_is_kept(space):
    assert problem(space * 3) == "empty"
    assert message_body(f"{space}x{space}") == f"{space}x{space}"


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "a\udfffb", "\ude00\ud83d"], ids=ascii)
def test_what_an_engine_cannot_keep_is_refused(text):
    assert problem(text) == "unstorable"
    assert not is_storable(text)


def test_a_whole_pair_of_surrogates_is_not_lone():
    assert message_body("\ud83e\udd89".encode("utf-16", "surrogatepass").decode("utf-16")) == ASTRAL


@pytest.mark.parametrize(
    "text",
    ["\u202eevil", "\u2066x\u2069", "\ufeffx", "\u200bx", "\x01\x1b[31m", "\ufffe", "\U0010ffff", "e\u0301"],
    ids=ascii,
)
def test_odd_characters_are_text_like_any_other(text):
    assert message_body(text) == text
