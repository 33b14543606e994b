"""What a password may be, and how it is kept."""

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from chatweb.domain import passwords, texts
from chatweb.domain.texts import password_problem

PASSWORDS = (
    "x" * 8,
    "x" * 14,
    "x" * 15,
    "x" * 64,
    "x" * 256,
    "🦉" * 8,
    "        ",
    " lead and trail ",
    "пароль123",
)


def by_end_and_length(typed):
    return f"{typed[-20:]!a}-{len(typed)}"


def problem(password, username="dora", email="dora@example.org"):
    return password_problem(password, username=username, email=email)


@pytest.mark.parametrize("password", PASSWORDS, ids=by_end_and_length)
def test_a_password_has_8_to_256_characters_of_any_kind(password):
    assert problem(password) is None


def test_a_password_is_not_shorter_or_longer():
    assert problem("") == problem("x" * 7) == problem("🦉" * 7) == "password_short"
    assert problem("x" * 257) == problem("🦉" * 257) == "password_long"


@pytest.mark.parametrize("password", ["dora.kiss", "DORA.kiss", "Dora@Example.org"])
def test_a_password_is_not_ones_own_name_or_address(password):
    assert problem(password, "Dora.Kiss", "dora@example.ORG") == "password_own_name"


@pytest.mark.parametrize("password", ["password", "PassWord", "trustno1", "1q2w3e4r5t"])
def test_a_password_is_not_one_that_very_many_people_have(password):
    assert problem(password) == "password_common"


def test_the_common_passwords_are_the_first_3000_that_are_long_enough():
    ranked = [one for one in FREQUENCY_LISTS["passwords"] if len(one) in texts.PASSWORD_LENGTHS]
    assert texts._common_passwords() == set(ranked[:3000])


@pytest.mark.parametrize("password", ["eight\0ch", "eight\ud800ch"], ids=ascii)
def test_a_password_that_cannot_be_kept_is_refused(password):
    assert problem(password) == "unstorable"


@pytest.mark.parametrize("password", PASSWORDS, ids=by_end_and_length)
def test_a_password_matches_its_hash_whole_and_unchanged(password):
    kept = passwords.make_hash(password)
    assert password not in kept
    assert passwords.matches(kept, password)
    for other in (
        password[:-1],
        f"{password} ",
        f" {password}",
        password.strip() + "!",
        password + "x" * 256,
    ):
        assert not passwords.matches(kept, other)


def test_a_hash_is_argon2id_and_salted():
    one, other = passwords.make_hash("the same"), passwords.make_hash("the same")
    assert one != other
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("kept", [None, "", "-", "$argon2id$v=19$broken"])
def test_nothing_matches_no_hash(kept):
    assert not passwords.matches(kept, "nobody has this password")


@pytest.mark.parametrize("strange", ["\ud800" * 8, "\0" * 8, ""], ids=ascii)
def test_a_strange_password_matches_nothing(strange):
    assert not passwords.matches(passwords.make_hash("long enough"), strange)
