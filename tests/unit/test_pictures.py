"""What becomes of a file that somebody wants as their picture."""

import resource
import subprocess
import sys
from io import BytesIO

import pytest
from PIL import Image

from chatweb.domain import pictures
from chatweb.domain.refusals import Invalid
from tests import pictures_to_send as files
from tests.servers import CHECKOUT

HTML = b"<html><script>alert(document.domain)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    assert (image.format, image.size, image.mode) == ("WEBP", (256, 256), "RGB")
    assert len(data) <= 64 * 1024
    return image


def is_like(colour, name):
    wanted = {"red": (254, 0, 0), "blue": (0, 0, 254), "white": (255, 255, 255)}[name]
    return all(abs(one - other) < 16 for one, other in zip(colour, wanted, strict=True))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("size", [(1, 1), (3, 900), (400, 300), (2_000, 2_001)])
def test_every_size_becomes_a_small_square(kind, size):
    image = opened(pictures.square(files.picture(kind, size)))
    assert is_like(image.getpixel((128, 128)), "red")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_way_to_keep_colours_is_read(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    opened(pictures.square(files.picture(kind, mode=mode, colour=0)))


def test_greys_of_sixteen_bits_are_as_bright_as_they_were():
    image = opened(pictures.square(files.picture(mode="I;16", colour=0x8000)))
    assert all(abs(value - 0x80) < 3 for value in image.getpixel((100, 100)))


def test_what_can_be_seen_through_is_white():
    image = opened(pictures.square(files.picture(mode="RGBA", colour="#ff000000")))
    assert is_like(image.getpixel((128, 128)), "white")


def test_it_is_the_middle_as_the_camera_was_held():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter: left is up
    image = opened(pictures.square(files.saved(files.halves(), "JPEG", exif=exif, quality=95)))
    assert is_like(image.getpixel((128, 20)), "red")
    assert is_like(image.getpixel((128, 236)), "blue")


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_a_moving_picture_the_first_is_taken(kind):
    image = opened(pictures.square(files.moving(kind, 3)))
    assert not getattr(image, "is_animated", False)
    assert is_like(image.getpixel((128, 128)), "red")


def test_the_worst_picture_is_small_enough():
    opened(pictures.square(files.saved(files.noise((512, 512)), "PNG")))


def test_nothing_else_of_the_file_is_left():
    exif = Image.Exif()
    exif[0x010E], exif[0x8825] = "A SECRET PLACE", {1: "N", 2: (52.0, 31.0, 0.0)}
    for kind in ("JPEG", "PNG", "WEBP"):
        file = files.picture(kind, exif=exif, icc_profile=b"A SECRET PROFILE") + HTML
        assert b"SECRET" in file
        made = pictures.square(file)
        assert b"SECRET" not in made
        assert b"script" not in made
        assert not opened(made).getexif()
        assert set(opened(made).info) <= {"loop", "background", "timestamp", "duration"}


REFUSED = {
    "nothing": b"",
    "a drawing with a script": SVG,
    "a page": HTML,
    "a page that begins like a picture": b"\x89PNG\r\n\x1a\n" + HTML,
    "a document": b"%PDF-1.7\n1 0 obj\n<< /OpenAction << /S /JavaScript >> >>",
    "a GIF": files.picture("GIF"),
    "a TIFF": files.picture("TIFF"),
    "a BMP": files.picture("BMP"),
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "half a PNG": files.saved(files.noise((64, 64)), "PNG")[:6_000],
    "half a JPEG": files.saved(files.noise((64, 64)), "JPEG")[:2_000],
    "half a WebP": files.saved(files.noise((64, 64)), "WEBP")[:1_000],
}
TOO_LARGE = {
    "five megabytes": files.picture() + bytes(pictures.LARGEST_FILE),
    "64,000 by 64,000": files.flood(64_000, 64_000),
    "a strip": files.flood(2**31 - 1, 1),
    "just too many": files.flood(5_001, 5_000),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_such_picture_is_refused(name):
    with pytest.raises(Invalid) as refusal:
        pictures.square(REFUSED[name])
    assert refusal.value.problems == {"picture": "picture_kind"}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_what_is_too_large_is_refused(name):
    with pytest.raises(Invalid) as refusal:
        pictures.square(TOO_LARGE[name])
    assert refusal.value.problems == {"picture": "picture_large"}


GREEDY = """
import resource, sys
from chatweb.domain import pictures
from chatweb.domain.refusals import Invalid
from tests import pictures_to_send as files

pictures.square(files.picture())
greedy = {
    "flood": lambda: files.flood(64_000, 64_000),
    "strip": lambda: files.flood(2**31 - 1, 1),
    "words": files.bomb_of_words,
    "gif": lambda: open(sys.argv[2], "rb").read(),
}[sys.argv[1]]()
before = resource.getrusage(resource.RUSAGE_SELF)
try:
    pictures.square(greedy)
except Invalid:
    pass
after = resource.getrusage(resource.RUSAGE_SELF)
print((after.ru_maxrss - before.ru_maxrss) // 1024, after.ru_utime - before.ru_utime < 1)
"""


@pytest.mark.parametrize("kind", ["flood", "strip", "words", "gif"])
def test_what_would_take_much_memory_takes_little(tmp_path, kind):
    gif = tmp_path / "moving.gif"
    if kind == "gif":
        gif.write_bytes(files.moving("GIF", 10_000))
    command = [sys.executable, "-c", GREEDY, kind, str(gif)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    megabytes, is_quick = done.stdout.split()
    assert int(megabytes) < 50
    assert is_quick == "True"


def test_the_largest_that_is_taken_fits_into_memory():
    file = files.picture(size=(5_000, 5_000), mode="P", colour=0, transparency=0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    opened(pictures.square(file))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400 * 1024
