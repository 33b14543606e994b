"""The fixture `page_for` would notice: every other browser test leans on this."""

import pytest

from tests.servers import wait_until

WRONGS = {
    "an error on the console": ("console.error('it broke')", "it broke"),
    "an exception nobody caught": ("setTimeout(() => { throw new Error('it fell') })", "it fell"),
    "a style inside the page": (
        "document.body.setAttribute('style', 'color: red')",
        "content policy: style-src",
    ),
    "another base of all addresses": (
        "document.head.append(Object.assign(document.createElement('base'), {href: 'http://localhost:1/'}))",
        "content policy: base-uri",
    ),
}


@pytest.mark.parametrize("wrong", WRONGS)
def test_a_page_does_not_go_wrong_unnoticed(page_for, wrong):
    script, told = WRONGS[wrong]
    page = page_for(None, "/login")
    page_for.expect(r"status of 404")
    assert page_for.problems == []
    page.evaluate(script)

    def noticed():
        page.wait_for_timeout(20)
        return any(told in problem for problem in page_for.problems)

    wait_until(noticed, 5, told)
    page_for.expect("it broke", "it fell", "content policy", "Content Security Policy")
