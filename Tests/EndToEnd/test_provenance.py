"""What a picture's file says of itself, read by other people's libraries."""
from xml.etree import ElementTree

import pytest
from conftest import MODEL, run
from PIL import ExifTags, Image

VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def source(picture: Image.Image) -> str:
    packet = picture.text["XML:com.adobe.xmp"] if picture.format == "PNG" else picture.info["xmp"].decode()
    document = ElementTree.fromstring(packet[packet.index("?>") + 2 : packet.rindex("<?")])
    (element,) = document.iter("{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType")
    return element.text


def generate(folder, name, *arguments) -> Image.Image:
    result = run(
        "generate", "canary heart", "--seed", 7, "--steps", 2, "--size", "64x64", "-o", name, "--model", MODEL,
        *arguments, folder=folder,
    )
    assert result.returncode == 0, result.stderr
    return Image.open(folder / name)


@pytest.mark.parametrize("ending", ["png", "jpg", "webp"])
def test_a_picture_says_that_it_was_made_and_no_more(tmp_path, ending):
    picture = generate(tmp_path, f"made.{ending}")
    picture.load()
    assert source(picture) == VOCABULARY + "trainedAlgorithmicMedia"
    assert not picture.getexif()
    assert b"canary" not in (tmp_path / f"made.{ending}").read_bytes()


@pytest.mark.parametrize("ending", ["png", "jpg", "webp"])
def test_a_changed_picture_says_that_it_was_changed(tmp_path, ending):
    generate(tmp_path, "first.png")
    picture = generate(tmp_path, f"second.{ending}", "--init", "first.png", "--strength", 0.5)
    assert source(picture) == VOCABULARY + "compositeWithTrainedAlgorithmicMedia"


def test_what_a_sent_picture_says_of_itself_is_left_behind(tmp_path):
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = "canary description"
    Image.new("RGB", (64, 64), "red").save(tmp_path / "sent.jpg", exif=exif, xmp=b"<canary/>", comment=b"canary")
    generate(tmp_path, "answer.jpg", "--init", "sent.jpg", "--strength", 0.5)
    assert b"canary" not in (tmp_path / "answer.jpg").read_bytes()
