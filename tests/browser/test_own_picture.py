"""The picture of an account in open pages."""

from playwright.sync_api import expect

from tests import pictures_to_send as files
from tests.browser.talking import say


def test_a_picture_takes_the_place_of_initials_in_every_open_page_and_goes_again(both, page_for, alice, bob):
    hers, his = both
    say(his, "hello")
    settings = page_for(alice, "/settings/profile")
    place = hers.locator(".list-foot .avatar")
    before = place.bounding_box()
    settings.locator("#picture").set_input_files(
        {"name": "me.png", "mimeType": "image/png", "buffer": files.picture()}
    )
    settings.get_by_role("button", name="Use this picture").click()
    settings.get_by_text("Saved.").wait_for()
    for shown in (place, his.locator(".head__who .avatar"), his.locator("#rows .avatar")):
        expect(shown.locator("img")).to_have_js_property("complete", value=True)
        expect(shown.locator("img")).to_have_js_property("naturalWidth", 256)
    for page in (hers, his):
        expect(page.locator("#messages img")).to_have_count(0)
    assert place.bounding_box() == before
    settings.get_by_role("button", name="Remove picture").click()
    for shown in (place, his.locator(".head__who .avatar")):
        expect(shown.locator("img")).to_have_count(0)
        expect(shown).to_have_text("AL")
