"""Odd but real image files of every maker, and the pixels that Pillow reads from them.

`cases.json` lists them: the `file`, the `width`, `height` and `channels` (1 grey, 3 colours, 4 with opacity) of what it
shows, the `tolerance` by which a byte may differ, and the `offset` of the pixels in `pixels.bin`. Where Pillow does not
follow the format (16-bit channels, transparent greys of few bits, gAMA and cHRM), the pixels are computed here from what
the format says. `jpegtran` and `cjpeg` of libjpeg-turbo make the kinds of JPEG that Pillow cannot write.
"""

import io
import json
import struct
import subprocess
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageFile, ImageOps

# Pictures


def picture(mode: str, width: int = 24, height: int = 18) -> Image.Image:
    """Soft colours with an edge, so that no orientation, channel or corner looks like another."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    planes = [
        255 * x / (width - 1), 255 * y / (height - 1), 255 * (x + y) / (width + height - 2),
        np.where((x < width / 3) & (y < height / 3), 40, 255 - 90 * x / width)]
    bands = [Image.fromarray(plane.round().astype(np.uint8)) for plane in planes]
    if mode == "L":
        return bands[2]
    if mode == "RGB":
        return Image.merge("RGB", bands[:3])
    return Image.merge(mode, bands)


def saved(image: Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def reference(file: bytes) -> Image.Image:
    """What Pillow shows: turned, in the colours of sRGB, as grey, colours, or colours with opacity."""
    image = Image.open(io.BytesIO(file))
    image.load()
    profile = image.info.get("icc_profile")
    image = ImageOps.exif_transpose(image)
    if image.mode in ("P", "LA", "PA", "I;16") or "transparency" in image.info:
        has_opacity = image.mode in ("LA", "PA") or "transparency" in image.info
        image = image.convert("RGBA" if has_opacity else "RGB")
    if image.mode == "1":
        image = image.convert("L")
    if profile:
        image = to_srgb(image, profile)
    return image.convert("RGB") if image.mode == "CMYK" else image


def to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    is_gray = image.mode == "L"
    if is_gray and profile[16:20] == b"RGB ":
        image = image.convert("RGB")
    changed = ImageCms.profileToProfile(
        image, io.BytesIO(profile), ImageCms.createProfile("sRGB"), renderingIntent=ImageCms.Intent.PERCEPTUAL,
        outputMode="RGBA" if image.mode == "RGBA" else "RGB")
    return changed.getchannel("G") if is_gray else changed


# Parts of files


def exif(orientation: int, order: str = "<", kind: int = 3) -> bytes:
    """An EXIF block with an orientation, in either order of bytes, behind another tag as cameras have it."""
    value = {1: struct.pack("Bxxx", orientation), 3: struct.pack(order + "Hxx", orientation),
             4: struct.pack(order + "I", orientation)}[kind]
    block = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "IH", 8, 2)
    block += struct.pack(order + "HHI", 0x0100, 3, 1) + struct.pack(order + "Hxx", 6)
    block += struct.pack(order + "HHI", 0x0112, kind, 1) + value
    return block + struct.pack(order + "I", 0)


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(values: np.ndarray, depth: int, color: int, before: bytes = b"", interlaced: bool = False) -> bytes:
    """A PNG file of these samples, `[height, width, samples]`; `before` are the chunks before the pixels."""
    height, width, _ = values.shape
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    data = b""
    for left, top, across, down in passes if interlaced else [(0, 0, 1, 1)]:
        part = values[top::down, left::across]
        if part.shape[1]:
            for row in part.reshape(part.shape[0], -1):
                bits = "".join(f"{value:0{depth}b}" for value in row)
                data += b"\0" + int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + chunk(b"IDAT", zlib.compress(data, 9))
            + chunk(b"IEND", b""))


def with_chunks(file: bytes, chunks: bytes, after_pixels: bool = False) -> bytes:
    """A PNG file with more chunks, behind its header or before its end."""
    offset = len(file) - 12 if after_pixels else 33
    return file[:offset] + chunks + file[offset:]


def segments(file: bytes) -> list[tuple[int, bytes]]:
    """The segments of a JPEG file up to its pixels: markers and what they hold."""
    found, offset = [], 2
    while file[offset + 1] != 0xDA:
        length = int.from_bytes(file[offset + 2:offset + 4], "big")
        found.append((file[offset + 1], file[offset + 4:offset + 2 + length]))
        offset += 2 + length
    return found + [(0xDA, file[offset:])]


def jpeg(parts: list[tuple[int, bytes]]) -> bytes:
    file = b"\xff\xd8"
    for marker, content in parts:
        file += content if marker == 0xDA else struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content
    return file


def tool(arguments: list[str], file: bytes) -> bytes:
    return subprocess.run(arguments, input=file, capture_output=True, check=True).stdout


# Profiles


D50 = (0.9642, 1.0, 0.8249)
SRGB = ((0.64, 0.33), (0.3, 0.6), (0.15, 0.06))
P3 = ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06))
ADOBE = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
D65 = (0.3127, 0.329)


def fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def xyz(values) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(fixed(value) for value in values)


def gamma_curve(exponent: float) -> bytes:
    return b"para\0\0\0\0\0\0\0\0" + fixed(exponent)


def srgb_curve() -> bytes:
    return b"para\0\0\0\0\0\3\0\0" + b"".join(fixed(v) for v in (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045))


def profile(space: bytes, tags: dict[bytes, bytes], kind: bytes = b"mntr", connection: bytes = b"XYZ ") -> bytes:
    tags = {b"desc": b"mluc\0\0\0\0\0\0\0\1\0\0\0\x0cenUS\0\0\0\2\0\0\0\x1c\0x\0\0", b"wtpt": xyz(D50)} | tags
    table, data, start = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, content in tags.items():
        table += name + struct.pack(">II", start + len(data), len(content))
        data += content + bytes(-len(content) % 4)
    header = struct.pack(">I4s4s4s4s4s", start + len(data), b"lcms", b"\x04\x30\0\0", kind, space, connection)
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    header += b"".join(fixed(value) for value in D50) + bytes(48)
    return header + table + data


def screen(primaries, curve: bytes, white=D65) -> bytes:
    """A profile of a screen, its colours adapted to D50 as Bradford has it."""
    def light(x: float, y: float) -> np.ndarray:
        return np.array([x / y, 1, (1 - x - y) / y])

    columns = np.stack([light(*place) for place in primaries], 1)
    matrix = columns * np.linalg.solve(columns, light(*white))
    bradford = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    scale = (bradford @ np.array(D50)) / (bradford @ light(*white))
    adapted = np.linalg.inv(bradford) @ np.diag(scale) @ bradford @ matrix
    names = zip((b"rXYZ", b"gXYZ", b"bXYZ"), adapted.T)
    return profile(b"RGB ", {name: xyz(values) for name, values in names}
                   | {name: curve for name in (b"rTRC", b"gTRC", b"bTRC")})


def gray(exponent: float) -> bytes:
    return profile(b"GRAY", {b"kTRC": gamma_curve(exponent)})


def table(space: bytes, inputs: int, color) -> bytes:
    """A profile that looks colours up in a table of three steps a channel; `color` gives the Lab of 0…1."""
    places = np.stack(np.meshgrid(*[np.linspace(0, 1, 3)] * inputs, indexing="ij"), -1).reshape(-1, inputs)
    lab = np.array([color(place) for place in places])
    encoded = np.clip(np.round(lab * [2.55, 1, 1] + [0, 128, 128]), 0, 255).astype(np.uint8).tobytes()
    content = b"mft1\0\0\0\0" + struct.pack("BBBB", inputs, 3, 3, 0)
    content += b"".join(fixed(value) for value in (1, 0, 0, 0, 1, 0, 0, 0, 1))
    ramp = bytes(range(256))
    return profile(space, {b"A2B0": content + ramp * inputs + encoded + ramp * 3}, kind=b"prtr", connection=b"Lab ")


def press(ink: np.ndarray) -> tuple[float, float, float]:
    cyan, magenta, yellow, black = ink
    light = 100 * (1 - 0.9 * black) * (1 - 0.4 * cyan) * (1 - 0.5 * magenta) * (1 - 0.08 * yellow)
    return light, (70 * magenta - 35 * cyan) * (1 - black), (80 * yellow - 45 * cyan - 10 * magenta) * (1 - black)


def scanner(color: np.ndarray) -> tuple[float, float, float]:
    red, green, blue = color
    return 100 * (0.3 * red + 0.6 * green + 0.1 * blue), 70 * (red - green), 60 * (0.5 * (red + green) - blue)


def padded(file: bytes, count: int = 300) -> bytes:
    return file[:-2] + bytes(count) + file[-2:]


# Cases


def orientations():
    """Every way up, in either order of bytes."""
    small = picture("RGB", 6, 4)
    for orientation in range(1, 9):
        for order, name in ("<", "little"), (">", "big"):
            block = exif(orientation, order)
            yield f"orientation-{orientation}-{name}.png", saved(small, "PNG", exif=block), None, 0
            yield f"orientation-{orientation}-{name}.webp", saved(small, "WEBP", lossless=True, exif=block), None, 0
            yield f"orientation-{orientation}-{name}.jpg", saved(
                picture("L", 16, 8), "JPEG", exif=b"Exif\0\0" + block, optimize=True), None, 0
    sound = picture("RGB", 16, 8)
    # Pillow takes a long for an orientation, and a byte for none.
    for kind, name in (1, "byte"), (4, "long"):
        file = saved(sound, "JPEG", exif=b"Exif\0\0" + exif(6, ">", kind))
        yield f"orientation-of-a-{name}.jpg", file, None, 0
    for orientation in 0, 9:
        yield f"orientation-{orientation}.png", saved(small, "PNG", exif=exif(orientation)), small, 0
    yield "orientation-behind-the-pixels.png", with_chunks(
        saved(small, "PNG"), chunk(b"eXIf", exif(6)), True), ImageOps.exif_transpose(
            Image.open(io.BytesIO(saved(small, "PNG", exif=exif(6))))), 0


def jpegs():
    colors, grays, inks = picture("RGB"), picture("L"), picture("CMYK")
    tall = picture("RGB", 16, 144)
    plain = saved(colors, "JPEG", quality=90)
    for name, sampling in ("444", 0), ("422", 1), ("420", 2):
        yield f"sampling-{name}.jpg", saved(colors, "JPEG", subsampling=sampling), None, 0
    ppm = saved(colors, "PPM")
    for name, sampling in ("411", "4x1"), ("440", "1x2"), ("410", "4x2"), ("mixed", "2x2,1x2,2x1"):
        yield f"sampling-{name}.jpg", tool(["cjpeg", "-quality", "85", "-sample", sampling], ppm), None, 0
    yield "gray.jpg", saved(grays, "JPEG"), None, 0
    yield "progressive.jpg", saved(colors, "JPEG", progressive=True), None, 0
    yield "progressive-gray.jpg", saved(grays, "JPEG", progressive=True), None, 0
    yield "arithmetic.jpg", tool(["jpegtran", "-arithmetic"], plain), None, 0
    yield "arithmetic-progressive.jpg", tool(["jpegtran", "-arithmetic", "-progressive"], plain), None, 0
    yield "restart-markers.jpg", saved(colors, "JPEG", restart_marker_blocks=1), None, 0
    yield "of-red-green-blue.jpg", saved(colors, "JPEG", keep_rgb=True), None, 0
    yield "one-pixel.jpg", saved(picture("RGB", 2, 2).resize((1, 1)), "JPEG"), None, 0

    # Inks: as Adobe's programs write them, as Y, Cb, Cr and black, and without the word that they are inverted.
    adobe = saved(inks, "JPEG", quality=90)
    parts = segments(adobe)
    yield "inks.jpg", adobe, None, 0
    ycck = [(marker, content[:11] + b"\2") if marker == 0xEE else (marker, content) for marker, content in parts]
    yield "inks-ycck.jpg", jpeg(ycck), None, 0
    yield "inks-unmarked.jpg", jpeg([part for part in parts if part[0] != 0xEE]), None, 0
    yield "inks-progressive.jpg", saved(inks, "JPEG", progressive=True), None, 0

    # What cameras and tools leave behind.
    yield "mpo.jpg", saved(colors, "MPO", save_all=True, append_images=[picture("RGB").rotate(180)]), None, 0
    yield "padded.jpg", padded(plain), colors_of(plain), 0
    yield "padded-progressive.jpg", padded(saved(colors, "JPEG", progressive=True)), None, 0
    yield "padded-arithmetic.jpg", padded(tool(["jpegtran", "-arithmetic"], plain)), None, 0
    yield "padded-with-ff.jpg", plain[:-2] + b"\xff" * 40 + plain[-2:], colors_of(plain), 0
    yield "padded-by-one.jpg", padded(plain, 1), colors_of(plain), 0
    yield "trailing-bytes.jpg", plain + bytes(50) + b"\xff\xd8\xff", None, 0
    yield "fill-before-markers.jpg", plain[:2] + b"\xff\xff\xff" + plain[2:], colors_of(plain), 0
    yield "motion-jpeg.jpg", jpeg([part for part in segments(saved(colors, "JPEG")) if part[0] != 0xC4]), colors_of(
        saved(colors, "JPEG")), 0
    yield "without-the-last-byte.jpg", plain[:-1], colors_of(plain), 0
    yield "without-an-end.jpg", plain[:-2], colors_of(plain), 0
    yield "progressive-without-an-end.jpg", saved(colors, "JPEG", progressive=True)[:-2], colors_of(
        saved(colors, "JPEG", progressive=True)), 0
    # Where the data ends in the last row of blocks, which has to be one of many.
    grain = np.random.default_rng(2).integers(0, 256, (144, 16, 3), dtype=np.uint8)
    tall = Image.blend(tall, Image.fromarray(grain), 0.2)
    for name, options in ("", {}), ("-progressive", {"progressive": True}):
        cut = saved(tall, "JPEG", quality=50, subsampling=2, **options)[:-6]
        yield f"cut-in-the-last-row{name}.jpg", cut, truncated(cut), 0


def colors_of(file: bytes) -> Image.Image:
    return reference(file)


def truncated(file: bytes) -> Image.Image:
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        return reference(file)
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def pngs():
    random = np.random.default_rng(1)

    def samples(depth: int, count: int, size: int = 9) -> np.ndarray:
        return random.integers(0, 1 << depth, (size - 2, size, count), dtype=np.int64)

    def shown(values: np.ndarray) -> Image.Image:
        values = values.astype(np.uint8)
        return Image.fromarray(values[..., 0] if values.shape[2] == 1 else values)

    for interlaced in False, True:
        suffix = "-interlaced" if interlaced else ""
        for depth in 1, 2, 4, 8, 16:
            values = samples(depth, 1)
            level = (values * 255 + ((1 << depth) - 1) // 2) // ((1 << depth) - 1)
            yield f"gray-{depth}{suffix}.png", png(values, depth, 0, b"", interlaced), shown(level), 0
            key = int(values[1, 1, 0])
            clear = np.where(values == key, 0, 255)
            yield f"gray-{depth}-transparent{suffix}.png", png(
                values, depth, 0, chunk(b"tRNS", struct.pack(">H", key)), interlaced), shown(
                    np.concatenate([level, level, level, clear], 2)), 0
        for depth in 1, 2, 4, 8:
            values = samples(depth, 1)
            colors = random.bytes(3 << depth)
            file = png(values, depth, 3, chunk(b"PLTE", colors), interlaced)
            yield f"palette-{depth}{suffix}.png", file, None, 0
            opacities = random.bytes(max(1, (1 << depth) - 1))
            yield f"palette-{depth}-transparent{suffix}.png", png(
                values, depth, 3, chunk(b"PLTE", colors) + chunk(b"tRNS", opacities), interlaced), None, 0
        for name, color, count in ("colors", 2, 3), ("gray-and-opacity", 4, 2), ("colors-and-opacity", 6, 4):
            for depth in 8, 16:
                values = samples(depth, count)
                level = values if depth == 8 else (values * 255 + 32895) >> 16
                if count == 2:
                    level = level[..., [0, 0, 0, 1]]
                yield f"{name}-{depth}{suffix}.png", png(values, depth, color, b"", interlaced), shown(level), 0
    values = samples(8, 3)
    key = values[1, 1]
    yield "colors-transparent.png", png(values, 8, 2, chunk(b"tRNS", struct.pack(">3H", *key))), None, 0

    small = picture("RGBA", 9, 7)
    plain = saved(small, "PNG")
    second = small.rotate(180)
    yield "animated.png", saved(small, "PNG", save_all=True, append_images=[second], duration=50), small, 0
    yield "animated-with-another-picture.png", saved(
        small, "PNG", save_all=True, append_images=[second, small], default_image=True, duration=50), small, 0

    # Damage where no pixel is: libpng goes on.
    bad = bytearray(chunk(b"tEXt", b"Comment\0hello"))
    bad[-1] ^= 1
    yield "bad-checksum-of-a-text.png", with_chunks(plain, bytes(bad)), small, 0
    bad = bytearray(chunk(b"pHYs", struct.pack(">IIB", 1, 1, 1)))
    bad[-2] ^= 8
    yield "bad-checksum-of-a-scale.png", with_chunks(plain, bytes(bad)), small, 0
    for name, content in [
        ("gamma-of-nothing", chunk(b"gAMA", struct.pack(">I", 0))), ("short-gamma", chunk(b"gAMA", b"\0")),
        ("nonsense-profile", chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(range(256))))),
        ("profile-that-is-not-compressed", chunk(b"iCCP", b"a\0\0abcdefgh")),
        ("short-time", chunk(b"tIME", b"\0\1")), ("huge-text", chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1 << 20)))),
        ("unknown-chunk", chunk(b"abCd", bytes(40))), ("black-background", chunk(b"bKGD", bytes(6))),
        ("flat-chromaticities", chunk(b"cHRM", bytes(32))), ("two-exifs", chunk(b"eXIf", b"") + chunk(b"eXIf", exif(6))),
    ]:
        yield f"{name}.png", with_chunks(plain, content), small, 0
    yield "without-an-end.png", plain[:-12], small, 0
    yield "trailing-bytes.png", plain + bytes(99), small, 0
    yield "many-small-chunks.png", with_chunks(split(plain), b""), small, 0


def split(file: bytes) -> bytes:
    """A PNG file whose pixels come in chunks of seven bytes, an empty one among them."""
    start = file.index(b"IDAT") - 4
    length = int.from_bytes(file[start:start + 4], "big")
    data = file[start + 8:start + 8 + length]
    pieces = [data[index:index + 7] for index in range(0, length, 7)]
    return file[:start] + b"".join(chunk(b"IDAT", piece) for piece in pieces[:1] + [b""] + pieces[1:]) + file[
        start + 12 + length:]


def webps():
    colors, clear = picture("RGB"), picture("RGBA")
    yield "lossy.webp", saved(colors, "WEBP"), None, 0
    yield "lossy-and-clear.webp", saved(clear, "WEBP", alpha_quality=80), None, 0
    yield "lossless.webp", saved(colors, "WEBP", lossless=True), None, 0
    yield "lossless-and-clear.webp", saved(clear, "WEBP", lossless=True, exact=True), None, 0
    for name, lossless in ("lossy", False), ("lossless", True):
        yield f"animated-{name}.webp", saved(
            clear, "WEBP", save_all=True, append_images=[clear.rotate(180)], duration=40, lossless=lossless), None, 0
    yield "animated-of-colors.webp", saved(
        colors, "WEBP", save_all=True, append_images=[colors.rotate(180)], duration=40), None, 0
    yield "animated-with-a-profile.webp", saved(
        clear, "WEBP", save_all=True, append_images=[clear.rotate(180)], lossless=True, exact=True,
        icc_profile=screen(ADOBE, gamma_curve(2.2))), None, 1
    # A first frame that leaves a margin, as tools write it that cut off what is clear.
    frame = saved(picture("RGBA", 10, 8), "WEBP", lossless=True, exact=True)
    content = struct.pack("<I", 3)[:3] + struct.pack("<I", 2)[:3] + struct.pack("<I", 9)[:3] + struct.pack("<I", 7)[:3]
    content += struct.pack("<I", 40)[:3] + b"\2" + frame[12:]
    for flags, name in (0x12, "clear"), (0x02, "black"):
        body = b"WEBPVP8X" + struct.pack("<IB3x", 10, flags) + struct.pack("<I", 23)[:3] + struct.pack("<I", 17)[:3]
        body += b"ANIM" + struct.pack("<IIH", 6, 0xFFFFFFFF, 0) + b"ANMF" + struct.pack("<I", len(content)) + content
        yield f"animated-with-a-{name}-margin.webp", b"RIFF" + struct.pack("<I", len(body)) + body, None, 0


def profiles():
    colors, grays, clear, inks = picture("RGB"), picture("L"), picture("RGBA"), picture("CMYK")
    screens = {
        "p3": screen(P3, srgb_curve()), "adobe": screen(ADOBE, gamma_curve(563 / 256)),
        "gamma-1.8": screen(SRGB, gamma_curve(1.8)), "linear": screen(SRGB, gamma_curve(1)),
        "srgb": screen(SRGB, srgb_curve()), "scanner": table(b"RGB ", 3, scanner)}
    for name, content in screens.items():
        # What Little CMS makes of a table differs a little between its versions.
        tolerance = 2 if name == "scanner" else 1
        yield f"profile-{name}.png", saved(colors, "PNG", icc_profile=content), None, tolerance
        yield f"profile-{name}.jpg", saved(colors, "JPEG", quality=95, icc_profile=content), None, tolerance
        yield f"profile-{name}.webp", saved(clear, "WEBP", lossless=True, exact=True, icc_profile=content), None, tolerance
    yield "profile-gray.png", saved(grays, "PNG", icc_profile=gray(1.5)), None, 1
    yield "profile-gray.jpg", saved(grays, "JPEG", icc_profile=gray(1.5)), None, 1
    yield "profile-gray-2.2.jpg", saved(grays, "JPEG", icc_profile=gray(2.2)), None, 1
    yield "gray-with-a-profile-of-colors.jpg", saved(grays, "JPEG", icc_profile=screens["adobe"]), None, 1
    yield "colors-with-a-profile-of-grays.jpg", saved(colors, "JPEG", icc_profile=gray(1.5)), colors_of(
        saved(colors, "JPEG")), 0
    yield "inks-with-a-profile.jpg", saved(inks, "JPEG", quality=90, icc_profile=table(b"CMYK", 4, press)), None, 2
    yield "inks-with-a-profile-of-colors.jpg", saved(
        inks, "JPEG", icc_profile=screens["p3"]), colors_of(saved(inks, "JPEG")), 0
    turned = saved(colors, "JPEG", icc_profile=screens["p3"], exif=b"Exif\0\0" + exif(6))
    yield "profile-and-orientation.jpg", turned, None, 1

    # A profile of two segments, in either order, and one of which a part is missing.
    halves = [screens["p3"][:300], screens["p3"][300:]]
    plain = segments(saved(colors, "JPEG"))

    def with_profile(parts: list[tuple[int, int, bytes]]) -> bytes:
        added = [(0xE2, b"ICC_PROFILE\0" + bytes([number, total]) + content) for number, total, content in parts]
        return jpeg(plain[:1] + added + plain[1:])

    yield "profile-in-two-parts.jpg", with_profile([(1, 2, halves[0]), (2, 2, halves[1])]), None, 1
    yield "profile-in-two-parts-reversed.jpg", with_profile([(2, 2, halves[1]), (1, 2, halves[0])]), None, 1
    for name, parts in ("lacks-a-part", [(1, 2, halves[0])]), ("twice", [(1, 2, halves[0]), (1, 2, halves[1])]), (
            "of-no-parts", [(0, 0, screens["p3"])]):
        yield f"profile-{name}.jpg", with_profile(parts), colors_of(jpeg(plain)), 0

    # 16 bits are changed before they are 8.
    values = np.linspace(0, 65535, 7 * 9 * 3).round().astype(np.int64).reshape(7, 9, 3)
    light = values / 65535
    encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    expected = Image.fromarray((encoded * 255).round().astype(np.uint8))
    linear = chunk(b"iCCP", b"a\0\0" + zlib.compress(screens["linear"], 9))
    yield "profile-linear-16.png", png(values, 16, 2, linear), expected, 1
    yield "gamma-linear-16.png", png(values, 16, 2, chunk(b"gAMA", struct.pack(">I", 100000))), expected, 1
    gray_values = values[..., :1]
    yield "gamma-linear-gray-16.png", png(
        gray_values, 16, 0, chunk(b"gAMA", struct.pack(">I", 100000))), Image.fromarray(
            np.asarray(expected)[..., 0].copy()), 1


def calibrations():
    """gAMA and cHRM, whose colours are those of a profile that says the same."""
    def gamma(value: int) -> bytes:
        return chunk(b"gAMA", struct.pack(">I", value))

    def places(primaries, white=D65) -> bytes:
        return chunk(b"cHRM", struct.pack(">8I", *[round(100_000 * v) for place in (white, *primaries) for v in place]))

    standard = chunk(b"sRGB", b"\0")
    cases = {
        "gamma-1.8": (gamma(55556), screen(SRGB, gamma_curve(1.8))),
        "gamma-1.0": (gamma(100000), screen(SRGB, gamma_curve(1))),
        "gamma-of-srgb": (gamma(45455), None),
        "srgb-before-gamma": (standard + gamma(45455), None),
        "chromaticities-of-srgb": (gamma(45455) + places(SRGB), None),
        "chromaticities-of-p3": (places(P3), screen(P3, srgb_curve())),
        "chromaticities-of-adobe": (gamma(45455) + places(ADOBE), screen(ADOBE, gamma_curve(2.2))),
        "chromaticities-and-gamma": (gamma(55556) + places(P3), screen(P3, gamma_curve(1.8))),
        "profile-before-gamma": (
            chunk(b"iCCP", b"a\0\0" + zlib.compress(screen(P3, srgb_curve()))) + gamma(100000),
            screen(P3, srgb_curve())),
    }
    for mode, name in ("RGB", "colors"), ("RGBA", "clear"), ("L", "gray"):
        image = picture(mode)
        for case, (chunks, content) in cases.items():
            if mode == "L" and case == "profile-before-gamma":
                continue
            expected = to_srgb(image, content) if content else image
            yield f"{case}-{name}.png", with_chunks(saved(image, "PNG"), chunks), expected, 1 if content else 0


def make(folder: Path) -> None:
    cases, pixels = [], b""
    for part in orientations, jpegs, pngs, webps, profiles, calibrations:
        for name, file, expected, tolerance in part():
            (folder / name).write_bytes(file)
            expected = expected if expected is not None else reference(file)
            assert expected.mode in ("L", "RGB", "RGBA"), (name, expected.mode)
            cases.append({
                "file": name, "width": expected.width, "height": expected.height,
                "channels": len(expected.getbands()), "tolerance": tolerance, "offset": len(pixels)})
            pixels += expected.tobytes()
    (folder / "pixels.bin").write_bytes(pixels)
    (folder / "cases.json").write_text(json.dumps(cases, indent=0) + "\n")
