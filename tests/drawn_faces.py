"""Drawn faces on which detectors respond as on a photo, so that no picture of a person lies in the repository."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

SKINS = ((205, 160, 130), (120, 82, 60))


def face(size: int = 220, skin: tuple[int, int, int] = SKINS[0]) -> Image.Image:
    """A face from the front: hair, brows, eyes, nose, mouth, on a grey wall."""
    image = Image.new("RGB", (300, 300), (120, 130, 140))
    pen = ImageDraw.Draw(image)
    dark = tuple(part // 2 for part in skin)
    pen.ellipse((60, 20, 240, 280), fill=skin)
    pen.pieslice((55, 5, 245, 190), 180, 360, fill=(50, 34, 26))
    pen.ellipse((70, 60, 230, 270), fill=skin)
    for x in (115, 185):
        pen.ellipse((x - 26, 118, x + 26, 150), fill=tuple(part * 3 // 4 for part in skin))
        pen.ellipse((x - 18, 124, x + 18, 146), fill=(240, 240, 240))
        pen.ellipse((x - 9, 126, x + 9, 146), fill=(30, 20, 20))
        pen.rectangle((x - 26, 104, x + 26, 112), fill=(50, 34, 26))
    pen.polygon([(150, 135), (133, 195), (167, 195)], fill=tuple(part * 9 // 10 for part in skin))
    pen.ellipse((135, 188, 147, 198), fill=dark)
    pen.ellipse((153, 188, 165, 198), fill=dark)
    pen.ellipse((110, 215, 190, 240), fill=(150, 70, 70))
    return image.filter(ImageFilter.GaussianBlur(2)).resize((size, size))


def scene(
    turn: int = 0, at: tuple[int, int] = (620, 200), size: int = 220, skin: tuple[int, int, int] = SKINS[0]
) -> bytes:
    """A hall with boxes and one face in it, turned."""
    image = Image.new("RGB", (1200, 800), (94, 112, 120))
    pen = ImageDraw.Draw(image)
    for left in range(0, 500, 120):
        pen.rectangle((left, 500, left + 90, 700), fill=(150 - left // 10, 110, 60))
    head = face(size, skin).rotate(turn, expand=True, fillcolor=(120, 130, 140), resample=Image.Resampling.BICUBIC)
    image.paste(head, at)
    out = BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


def hall() -> bytes:
    """The same hall with nobody in it."""
    image = Image.new("RGB", (1200, 800), (94, 112, 120))
    pen = ImageDraw.Draw(image)
    for left in range(0, 500, 120):
        pen.rectangle((left, 500, left + 90, 700), fill=(150 - left // 10, 110, 60))
    out = BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()
