"""Links in messages: where they begin and end, where they lead, and that the text stays what was typed."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatweb import fragments
from chatweb.domain.messages import Said
from chatweb.links import LONGEST_WORD, parts
from tests.web.reading import by_class

MOMENT = datetime(2026, 11, 22, 9, 2, 11, tzinfo=UTC)
PIECES = (
    *(
        "http://",
        "https://",
        "mailto:",
        "javascript:",
        "data:",
        "ftp://",
        "//",
        "www.",
        "example.com",
        "a@b.de",
    ),
    *(
        "<",
        ">",
        '"',
        "'",
        "&",
        "(",
        ")",
        "[",
        "]",
        ".",
        ",",
        "!",
        "?",
        "/",
        "#",
        "@",
        ":",
        "\\",
        " ",
        "\n",
        "\t",
    ),
    *("é", "рф", "例え.jp", "שלום", "\u202e", "\u200f", "\u200d", "🍰", "。", "،", "{{", "}}", "%", "x"),
)


def links(text):
    return [(part.text, part.address) for part in parts(text) if part.address]


def rendered(text):
    said = Said(1, "key", 1, 1, "alice", text, MOMENT, None, removed=False)
    return str(fragments.message.__wrapped__(said))


@pytest.mark.parametrize(
    ("text", "link", "address"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("HTTP://Example.org/A", "HTTP://Example.org/A", "http://Example.org/A"),
        ("www.example.org", "www.example.org", "https://www.example.org"),
        ("go to example.org/x.", "example.org/x", "https://example.org/x"),
        ("http://localhost:8000/x", "http://localhost:8000/x", "http://localhost:8000/x"),
        ("example.org:8080?", "example.org:8080", "https://example.org:8080"),
        ("write to a.b@example.org!", "a.b@example.org", "mailto:a.b@example.org"),
        ("Mailto:a@example.org", "Mailto:a@example.org", "mailto:a@example.org"),
        ("https://bücher.example/ä", "https://bücher.example/ä", "https://bücher.example/ä"),
        ("президент.рф", "президент.рф", "https://президент.рф"),
        ("xn--bcher-kva.example.com", "xn--bcher-kva.example.com", "https://xn--bcher-kva.example.com"),
    ],
)
def test_it_leads_where_it_says(text, link, address):
    assert links(text) == [(link, address)]


@pytest.mark.parametrize(
    ("text", "link"),
    [
        *[(f"https://example.org/a{sign}", "https://example.org/a") for sign in ".,;:!?…’\"'»“”–،؟。」"],
        *[(f"https://example.org/a{sign} b", "https://example.org/a") for sign in ("...", "?!", "!!", ").")],
        ("(https://example.org/a)", "https://example.org/a"),
        ("(see https://example.org/a_(b))", "https://example.org/a_(b)"),
        ("[https://example.org/a]", "https://example.org/a"),
        ("<https://example.org/a>", "https://example.org/a"),
        ("„https://example.org/a“", "https://example.org/a"),
        ("リンクは「https://example.org/a」です。", "https://example.org/a"),
        ("https://example.org/a。次の文", "https://example.org/a"),
        ("انظر https://example.org/a، شكرا", "https://example.org/a"),
        ("ראו:https://example.org/a.", "https://example.org/a"),
        ("https://example.org/a\u202ecod.exe", "https://example.org/a"),
        ("https://example.org/a\nb", "https://example.org/a"),
        ("https://example.org/a,b;c", "https://example.org/a,b;c"),
    ],
)
def test_it_ends_where_the_sentence_goes_on(text, link):
    assert links(text) == [(link, link)]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "javascript:alert(1)",
            "javascript://example.org/%0aalert(1)",
            "data:text/html,<b>",
            "ftp://example.org",
        ),
        *("//example.org", "vbscript:x", "file:///etc/passwd", "https:example.org", "http://", "http:///x"),
        *("10.30", "e.g.", "v1.2.3", "...", "a@b", "user@localhost", "hello", "", "tel:0123", "@name", "1.5"),
        "https://example.org:99999/",
        "https://example.org/" + "a" * LONGEST_WORD,
    ],
)
def test_this_is_only_text(text):
    assert links(text) == []
    assert "<a " not in rendered(text)


def test_there_can_be_many_in_a_text():
    text = "a https://one.example b two.example.org\nc@three.example.org d"
    assert [address for _, address in links(text)] == [
        "https://one.example",
        "https://two.example.org",
        "mailto:c@three.example.org",
    ]


def test_a_link_is_marked_up_for_strangers_places():
    (link,) = by_class(rendered('see https://example.org/?a=b&c="d"'), "link")
    assert link.attributes == {
        "class": "link",
        "href": 'https://example.org/?a=b&c="d"',
        "target": "_blank",
        "rel": "noopener noreferrer nofollow ugc",
        "dir": "ltr",
    }


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=30).map("".join))
@example('https://example.org/"onmouseover=alert(1)')
@example("https://example.org/<script>alert(1)</script>")
def test_whatever_is_typed_the_text_stays_and_links_lead_to_pages_and_mailboxes(text):
    html = rendered(text)
    (body,) = by_class(html, "message__body")
    assert body.text == text
    for link in by_class(html, "link"):
        assert link.attributes["href"].startswith(("http://", "https://", "mailto:"))
        assert link.attributes["href"].lower().endswith(link.text.lower())


@pytest.mark.timeout(30)
@pytest.mark.parametrize("length", [50, 200, LONGEST_WORD])
@pytest.mark.parametrize(
    "piece",
    [
        *(
            "http://a.b#",
            "http://a.b/(",
            "mailto:",
            "+www.",
            "a.com/(",
            "1.",
            "a@",
            "a.b@",
            "://",
            ".com",
            "a.",
        ),
        *("xn--a.", "-a.de-", "|~.", ".é$рф"),
    ],
)
def test_no_text_keeps_the_server_busy(piece, length):
    text = ((piece * length)[:length] + " ") * (10_000 // length)
    assert "".join(part.text for part in parts(text)) == text


def test_a_long_list_of_links_is_linked_to_the_end():
    text = "\n".join(f"https://example.org/{number}/{'x' * 60}" for number in range(100))
    assert len(links(text)) == 100
