"""Files as people send them for their picture: good ones, and ones that mean no good."""

import random
import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

Size = tuple[int, int]


def picture(
    kind: str = "PNG", size: Size = (400, 300), colour: str = "red", mode: str = "RGB", **options: Any
) -> bytes:
    """A picture of one colour."""
    return saved(Image.new(mode, size, colour), kind, **options)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """A picture as a file of a kind."""
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def halves(size: Size = (600, 300)) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    return image


def noise(size: Size) -> Image.Image:
    """What no file format makes small."""
    return Image.frombytes("RGB", size, random.Random(7).randbytes(size[0] * size[1] * 3))


def moving(kind: str, frames: int) -> bytes:
    """A picture that moves: red at first."""
    first, *others = [
        Image.new("RGB", (64, 64), "red" if number == 0 else (0, 0, number % 256)) for number in range(frames)
    ]
    return saved(first, kind, save_all=True, append_images=others)


def flood(width: int, height: int) -> bytes:
    """A PNG that is small as a file, and says that it is large as a picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def bomb_of_words() -> bytes:
    """A PNG whose remarks unpack to far more than they are."""
    plain = picture(size=(8, 8))
    remark = _chunk(b"zTXt", b"k\x00\x00" + zlib.compress(bytes(50_000_000), 9))
    return plain[:33] + remark * 40 + plain[33:]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
