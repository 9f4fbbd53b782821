"""Uploads: drawn again, or refused."""

import io
import subprocess
import sys

import pytest
from PIL import Image

from maia.practices.pictures import LOGO, MAX_BYTES, PHOTO, NotAPicture, draw


def file(size=(800, 600), format="PNG", mode="RGB", **options):
    written = io.BytesIO()
    Image.new(mode, size, "#7a4f9a" if mode == "RGB" else None).save(written, format, **options)
    return io.BytesIO(written.getvalue()), len(written.getvalue())


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_photo_is_cut_square(format):
    drawing = draw(*file(format=format), PHOTO, fill=True)
    assert (drawing.width, drawing.height) == PHOTO
    assert Image.open(io.BytesIO(drawing.content)).format == "WEBP"


def test_a_logo_keeps_its_shape():
    drawing = draw(*file((2000, 500)), LOGO, fill=False)
    assert (drawing.width, drawing.height) == (640, 160)


def test_what_is_hidden_in_a_file_does_not_survive():
    exif = Image.Exif()
    exif[0x010E] = "12 rue Secrète"
    exif[0x0112] = 6  # turned by a quarter
    drawing = draw(*file((800, 400), "JPEG", exif=exif), LOGO, fill=False)
    assert b"Secr" not in drawing.content
    assert drawing.height > drawing.width  # and upright
    picture, size = file()
    with_a_page = io.BytesIO(picture.read() + b"<script>alert(1)</script>")
    assert b"script" not in draw(with_a_page, size, LOGO, fill=False).content


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "unreadable"), (b"not a picture", "unreadable"),
     (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "unreadable"),
     (file()[0].getvalue()[:60], "unreadable")],
)  # fmt: skip
def test_other_files_are_refused(content, code):
    with pytest.raises(NotAPicture) as refusal:
        draw(io.BytesIO(content), len(content), LOGO, fill=False)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("format", "size", "options"),
    [
        ("PNG", (3300, 2500), {}),
        ("WEBP", (3300, 2500), {}),
        ("GIF", (3300, 2500), {}),
        ("JPEG", (9000, 9000), {}),  # a photograph of 81 million points
    ],
)
def test_the_largest_pictures_cost_little_memory(tmp_path, format, size, options):
    """In a process of its own: what was taken once is not given back."""
    content, length = file(size, format, **options)
    path = tmp_path / "picture"
    path.write_bytes(content.read())
    code = (
        "import resource\nfrom maia.practices.pictures import draw, LOGO\n"
        "used = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
        f"before = used()\ndraw(open({str(path)!r}, 'rb'), {length}, LOGO, fill=False)\n"
        "print(used() - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 150  # MB


def test_a_picture_that_is_unpacked_whole_is_refused():
    for format, options in (("PNG", {}), ("JPEG", {"progressive": True})):
        with pytest.raises(NotAPicture, match="too_big"):
            draw(*file((6000, 4000), format, **options), LOGO, fill=False)


def test_too_big_is_refused_before_it_is_unpacked():
    with pytest.raises(NotAPicture, match="too_big"):
        draw(io.BytesIO(b"x"), MAX_BYTES + 1, LOGO, fill=False)
    bomb, size = file((10_000, 10_000), mode="1")
    with pytest.raises(NotAPicture, match="too_big"):
        draw(bomb, size, LOGO, fill=False)
