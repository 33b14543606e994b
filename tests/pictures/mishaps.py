"""The mishaps that a chat has to get over, as amara and jonas meet with them."""

import uuid
from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import update

from chatweb import demo
from chatweb.domain import access, messages
from chatweb.models import SignIn, utc_now
from tests.browser.talking import BANNER, bodies, expect_lines, field, say
from tests.pictures.scene import Scene

PATIENCE = 40_000


def offline_typing(scene: Scene) -> None:
    """Jonas writes in a tunnel, and comes out of it."""
    amara, jonas = scene.pages
    scene.jonas.go_offline()
    say(jonas, "Writing this in the tunnel")
    say(jonas, "Nobody can read it yet")
    say(amara, "Did you find the keys?")
    expect(jonas.locator(BANNER)).to_contain_text("Reconnecting", timeout=PATIENCE)
    scene.show("jonas-is-away")
    scene.jonas.come_back()
    said(scene, "Nobody can read it yet", "Did you find the keys?")
    scene.show("jonas-is-back")


def a_cut_during_a_send(scene: Scene) -> None:
    """The server has amara's message, but the cable breaks before the answer comes."""
    amara, _ = scene.pages
    scene.amara.lose_an_answer()
    say(amara, "This must arrive once, whatever happens")
    scene.amara.cable.snap()
    scene.show("cut")
    said(scene, "This must arrive once, whatever happens")
    scene.show("mended")


def a_killed_server(scene: Scene) -> None:
    """The power fails; both go on writing; the power is back."""
    amara, jonas = scene.pages
    scene.server.kill()
    say(amara, "Is it only me?")
    say(jonas, "No, the lights went out here too")
    for page in scene.pages:
        expect(page.locator(BANNER)).to_contain_text("Reconnecting", timeout=PATIENCE)
    scene.show("dark")
    scene.server.start()
    said(scene, "Is it only me?", "No, the lights went out here too")
    scene.show("light")


def changes_while_the_other_reads_history(scene: Scene) -> None:
    """Jonas reads far up while amara edits a message, takes another back, and regrets it."""
    amara, jonas = scene.pages
    scene.store(lambda session: fill(session, scene))
    expect(bodies(amara).last).to_contain_text("Page 120", timeout=PATIENCE)
    say(amara, "See you at nien")
    said(scene, "See you at nien")
    jonas.locator(".scroll").evaluate("(scroll) => { scroll.scrollTop = -scroll.scrollHeight / 2 }")
    field(amara).press("ArrowUp")
    say(amara, "See you at nine")
    expect(amara.locator("#editing")).to_be_hidden()
    say(amara, "and bring nothing")
    said(scene, "See you at nine", "and bring nothing")
    scene.show("edited")
    field(amara).press("Shift+Tab")
    amara.keyboard.press("Delete")
    expect(bodies(amara).last).to_have_text("Message deleted")
    scene.show("taken-back")
    amara.get_by_role("button", name="Undo").click()
    said(scene, "and bring nothing")
    jonas.locator("#pill").click()
    scene.show("brought-back")


def two_tabs(scene: Scene) -> None:
    """Amara has the conversation open twice."""
    amara, _ = scene.pages
    second = scene.amara.context.new_page()
    second.goto(scene.amara.path)
    expect_lines(second)
    say(second, "From the second tab")
    say(amara, "From the first tab")
    said(scene, "From the second tab", "From the first tab")
    scene.show("alike", amara, second)
    second.close()


def a_reload_with_unsent_text(scene: Scene) -> None:
    """Jonas reloads the page in the middle of a sentence."""
    _, jonas = scene.pages
    field(jonas).press_sequentially("I was just about to say that")
    scene.show("before")
    jonas.reload()
    expect(field(jonas)).to_have_value("I was just about to say that")
    scene.show("after")
    field(jonas).press("Enter")
    said(scene, "I was just about to say that")


def an_expired_session(scene: Scene) -> None:
    """Jonas's session ends while he types."""
    _, jonas = scene.pages
    field(jonas).press_sequentially("Hold on, I am still ")
    scene.store(lambda session: session.execute(update(SignIn).values(revoked_at=utc_now())))
    field(jonas).press_sequentially("typing")
    field(jonas).press("Enter")
    expect(jonas.locator(BANNER)).to_contain_text("signed out", timeout=PATIENCE)
    scene.show("signed-out")
    for page, name in zip(scene.pages, ("amara", "jonas"), strict=True):
        sign_in_again(page, name)
    said(scene, "Hold on, I am still typing")
    scene.show("signed-in")


def sign_in_again(page: Page, name: str) -> None:
    page.get_by_role("link", name="Sign in again").click(timeout=PATIENCE)
    page.get_by_label("Username or e-mail").fill(name)
    page.get_by_label("Password").fill(demo.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect_lines(page)


def said(scene: Scene, *texts: str) -> None:
    """Each of these stands in both pages, once."""
    for page in scene.pages:
        for text in texts:
            expect(bodies(page).filter(has_text=text)).to_have_count(1, timeout=PATIENCE)


def fill(session, scene: Scene) -> None:
    chat = access.chat_for(session, scene.jonas.person.id, scene.jonas.path.rpartition("/")[2])
    for number in range(1, 121):
        messages.send(session, chat, str(uuid.uuid4()), f"Page {number} of my letter, which is rather long.")


MISHAPS: tuple[Callable[[Scene], None], ...] = (
    offline_typing,
    a_cut_during_a_send,
    a_killed_server,
    changes_while_the_other_reads_history,
    two_tabs,
    a_reload_with_unsent_text,
    an_expired_session,
)
