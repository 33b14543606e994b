"""What a name, an address and a password may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatweb.domain.accounts import check_new_account
from chatweb.domain.refusals import Invalid
from chatweb.domain.texts import email_problem, password_problem, username_key, username_problem
from chatweb.web.texts import text

GOOD_NAMES = (
    "กิตติ",
    "हिन्दी",
    "bob",
    "Bob",
    "b2",
    "a.b",
    "a_b",
    "a-b",
    "x" * 32,
    "José",
    "Ольга",
    "さくら",
    "عمر",
    "김철수",
    "ab..cd",
)
SHORT_OR_LONG_NAMES = ("", "b", "x" * 33, "ﷺ" * 5, "ß" * 17)
BAD_NAMES = (
    "_bob",
    "bob_",
    ".bob",
    "bob-",
    "bo b",
    " bob",
    "bob\n",
    "bo\tb",
    "bob@home",
    "<b>",
    "b/ob",
    "bo\0b",
    "bo\ud800b",
    "b💥b",
    "bo\u202eb",
    "bo\u200bb",
    "b%b",
    "__",
    "..",
)
GOOD_ADDRESSES = (
    "a@b.org",
    "A.B+c@Sub.Example.ORG",
    "bob@localhost",
    "jürgen@exämple.de",
    "x" * 242 + "@example.org",
)
BAD_ADDRESSES = (
    "",
    "bob",
    "@example.org",
    "bob@",
    "bob@@example.org",
    "bob@example..org",
    "bob@.org",
    "bob@example.org.",
    "bo b@example.org",
    "bob@example.org\n",
    "bob@example.org\r\nBcc: carol@example.org",
    "bob@example.org, carol@example.org",
    "Bob <bob@example.org>",
    "bob@exam\0ple.org",
    "bob@\ud800.org",
    "bob\u202e@example.org",
    "x" * 243 + "@example.org",
)


def by_end_and_length(typed):
    return f"{typed[-20:]!a}-{len(typed)}"


@pytest.mark.parametrize("name", GOOD_NAMES, ids=ascii)
def test_a_good_name(name):
    assert username_problem(name) is None


@pytest.mark.parametrize("name", SHORT_OR_LONG_NAMES, ids=ascii)
def test_a_name_has_2_to_32_characters_also_when_it_is_compared(name):
    assert username_problem(name) == "username_length"


@pytest.mark.parametrize("name", BAD_NAMES, ids=ascii)
def test_a_name_is_letters_digits_and_a_few_signs_between_them(name):
    assert username_problem(name) == "username_characters"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bob", "bOB"),
        ("ＢＯＢ", "bob"),
        ("straße", "STRASSE"),
        ("ﬁsh", "fish"),
        ("José", "Jose\u0301"),
        ("Σας", "ΣΑΣ"),
        ("①a", "1A"),
    ],
    ids=ascii,
)
def test_names_that_differ_only_in_how_they_are_written_are_one(one, other):
    assert username_key(one) == username_key(other)


@given(st.text())
def test_a_key_of_a_key_is_itself(name):
    assert username_key(username_key(name)) == username_key(name)


@pytest.mark.parametrize("address", GOOD_ADDRESSES, ids=by_end_and_length)
def test_a_good_address(address):
    assert email_problem(address) is None


@pytest.mark.parametrize("address", BAD_ADDRESSES, ids=by_end_and_length)
def test_a_bad_address(address):
    assert email_problem(address) == "email_form"


def test_every_problem_of_a_new_account_is_told_at_once():
    with pytest.raises(Invalid) as refusal:
        check_new_account("b", "nowhere", "short")
    problems = refusal.value.problems
    assert problems == {"username": "username_length", "email": "email_form", "password": "password_short"}
    check_new_account("bob", "bob@example.org", "long enough")


def test_there_are_words_for_every_problem():
    codes = {
        username_problem("b"),
        username_problem("_b"),
        email_problem(""),
    }
    codes |= {
        password_problem(typed, username="dora.kiss", email="")
        for typed in ("", "x" * 257, "dora.kiss", "\0" * 8)
    }
    codes |= {"username_taken", "email_taken", "nobody", "yourself"}
    assert len({text(code) for code in codes}) == 11
