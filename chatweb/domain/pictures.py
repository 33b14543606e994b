"""Making of whatever file somebody sends a small square picture, and nothing else."""

from io import BytesIO

from PIL import Image
from PIL.Image import Resampling, Transpose

from chatweb.domain.refusals import Invalid

LARGEST_FILE = 5 * 1024 * 1024
MOST_PIXELS = 25_000_000
SIDE = 256
_FORMATS = ("PNG", "JPEG", "WEBP")
_QUALITY = 80
_ORIENTATION = 0x0112
_TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}


def square(file: bytes) -> bytes:
    """The middle of a PNG, JPEG or WebP as a WebP of 256 by 256 pixels; of a moving one the first picture.

    Nothing else of the file is left in it. Raises Invalid for a file over 5 MB, one of more than 25 million
    pixels, of which none is looked at then, and for what is no such picture.
    """
    if len(file) > LARGEST_FILE:
        raise Invalid(picture="picture_large")
    try:
        with Image.open(BytesIO(file), formats=_FORMATS) as image:
            is_small = image.width * image.height <= MOST_PIXELS
            made = _made(image) if is_small else b""
    except Image.DecompressionBombError:
        raise Invalid(picture="picture_large") from None
    except Exception:  # noqa: BLE001 - what a broken file makes a decoder raise is anybody's guess
        raise Invalid(picture="picture_kind") from None
    if not made:
        raise Invalid(picture="picture_large")
    return made


def _made(image: Image.Image) -> bytes:
    image.draft("RGB", (2 * SIDE, 2 * SIDE))
    turn = _TURNS.get(image.getexif().get(_ORIENTATION, 0))
    if image.mode == "I;16":
        # Converting cuts off: of 65,536 greys all but the darkest 255 would be white.
        image = image.point(lambda grey: grey / 256)
    if image.mode not in ("RGB", "RGBA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    box = (left, top, left + side, top + side)
    small = image.resize((SIDE, SIDE), Resampling.LANCZOS, box=box, reducing_gap=3)
    if turn is not None:
        small = small.transpose(turn)
    if small.mode == "RGBA":
        ground = Image.new("RGB", small.size, "white")
        ground.paste(small, mask=small.getchannel("A"))
        small = ground
    made = BytesIO()
    # A new image: what else came with the file stays behind.
    Image.frombytes("RGB", small.size, small.tobytes()).save(made, "WEBP", quality=_QUALITY)
    return made.getvalue()
