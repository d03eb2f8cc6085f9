"""Damaged images of every kind that is read, as initial images and as masks, in JSON and in forms."""

import base64
import io
import json
import pathlib
import random
import struct
import zlib

from PIL import Image

from fuzz_client import fuzzed_server
from fuzzing.mutation import mutate
from fuzzing.run import Run


FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/data/images"


def saved(image: Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def png(source: random.Random, depth: int, color: int, interlaced: bool, width: int, height: int) -> bytes:
    """A PNG file of any of the types and depths of the specification, which Pillow does not all write."""
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    bits = depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color]
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    pixels = b""
    for left, top, across, down in passes if interlaced else [(0, 0, 1, 1)]:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            for _ in range(rows):
                pixels += bytes([source.randrange(5)]) + source.randbytes((columns * bits + 7) // 8)
    chunks = [chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced)))]
    if color == 3:
        chunks.append(chunk(b"PLTE", source.randbytes(3 << depth)))
    if source.random() < 0.3 and color in (0, 2, 3):
        chunks.append(chunk(b"tRNS", source.randbytes({0: 2, 2: 6, 3: 1 << depth}[color])))
    if source.random() < 0.2:
        chunks.append(chunk(b"gAMA", source.randbytes(4)))
    if source.random() < 0.2:
        chunks.append(chunk(b"eXIf", exif(source)))
    if source.random() < 0.2:
        chunks.append(chunk(b"iCCP", b"a\0\0" + zlib.compress(source.randbytes(64))))
    chunks.append(chunk(b"IDAT", zlib.compress(pixels, 1)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + chunk(b"IEND", b"")


def exif(source: random.Random) -> bytes:
    """An EXIF block with an orientation, in either order of bytes."""
    order = source.choice("<>")
    block = b"II*\0" if order == "<" else b"MM\0*"
    block += struct.pack(order + "IH", 8, 1) + struct.pack(order + "HHIHH", 0x0112, 3, 1, source.randrange(10), 0)
    return block + struct.pack(order + "I", 0)


def corpus(source: random.Random) -> list[bytes]:
    """Sound files of all kinds, few pixels each."""
    def noise(mode: str, width: int = 17, height: int = 13) -> Image.Image:
        size = width * height * len(Image.new(mode, (1, 1)).getbands())
        return Image.frombytes(mode, (width, height), source.randbytes(size))

    depths = {0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16]}
    files = [
        png(source, depth, color, interlaced, source.choice([1, 5, 17]), source.choice([1, 7, 13]))
        for color in depths for depth in depths[color] for interlaced in (False, True)]
    for mode in ("L", "RGB", "CMYK"):
        for options in [{}, {"progressive": True}, {"quality": 20, "optimize": True}, {"restart_marker_blocks": 1}]:
            files.append(saved(noise(mode), "JPEG", **options))
    files.append(saved(noise("RGB"), "JPEG", subsampling=2, exif=exif(source)))
    files.append(saved(noise("RGB"), "JPEG", exif=b"Exif\0\0" + exif(source), comment=source.randbytes(99)))
    for mode in ("RGB", "RGBA"):
        for options in [{}, {"lossless": True}, {"exif": exif(source)}, {"quality": 1, "method": 6}]:
            files.append(saved(noise(mode), "WEBP", **options))
    files.append(saved(noise("RGB"), "WEBP", save_all=True, append_images=[noise("RGB")], duration=10))
    files += [saved(noise("RGB"), kind) for kind in ("GIF", "BMP", "TIFF")]
    # Real files of every maker, with profiles of all kinds: what is altered is often the profile.
    files += [path.read_bytes() for path in sorted(FIXTURES.iterdir()) if path.suffix in (".jpg", ".png", ".webp")]
    # The headers say much more than there is.
    for width, height in [(5000, 5000), (1 << 31, 1), (1, 1 << 31), (0, 0), (1_000_001, 1), (6000, 4000)]:
        header = struct.pack(">IIBBBBB", width & 0xFFFFFFFF, height & 0xFFFFFFFF, 8, 6, 0, 0, 0)
        file = bytearray(png(source, 8, 6, False, 1, 1))
        file[16:29] = header
        file[29:33] = struct.pack(">I", zlib.crc32(b"IHDR" + header))
        files.append(bytes(file))
    return files


def repaired(file: bytes) -> bytes:
    """A PNG file whose checksums are right, so that what was damaged is read; other files as they are."""
    if not file.startswith(b"\x89PNG\r\n\x1a\n"):
        return file
    result, offset = bytearray(file), 8
    while offset + 12 <= len(result):
        length = int.from_bytes(result[offset:offset + 4], "big")
        if offset + 12 + length > len(result):
            break
        end = offset + 8 + length
        result[end:end + 4] = struct.pack(">I", zlib.crc32(result[offset + 4:end]))
        offset = end + 4
    return bytes(result)


def request(source: random.Random, image: bytes, mask: bytes | None) -> tuple[str, bytes, str]:
    """One of the ways in that take images, with small settings."""
    text = base64.b64encode(image).decode()
    mask_text = base64.b64encode(mask).decode() if mask is not None else None
    match source.randrange(4):
        case 0:
            body = {"prompt": "x", "steps": 1, "strength": 1, "size": "64x64", "image": text}
            if mask_text:
                body |= {"mask": mask_text, "mask_blur": source.choice([0, 4, 64]), "mask_fill": "fill"}
                if source.random() < 0.5:
                    body["mask_padding"] = source.choice([0, 32, 256])
            return "/api/pictures", json.dumps(body).encode(), "application/json"
        case 1:
            body = {
                "prompt": "x", "steps": 1, "denoising_strength": 1, "width": 64, "height": 64, "init_images": [text],
                "resize_mode": source.randrange(3)}
            if mask_text:
                body |= {"mask": mask_text, "inpaint_full_res": source.random() < 0.5}
            return "/sdapi/v1/img2img", json.dumps(body).encode(), "application/json"
        case 2:
            body = {"prompt": "x", "steps": 1, "strength": 1, "images": [{"image_url": f"data:image/png;base64,{text}"}]}
            if source.random() < 0.5:
                body["size"] = "64x64"
            return "/v1/images/edits", json.dumps(body).encode(), "application/json"
    parts = [("prompt", b"x"), ("steps", b"1"), ("strength", b"1"), ("size", b"64x64"), ("image", image)]
    if mask is not None:
        parts.append(("mask", mask))
    body = b"".join(
        b'--fuzzing\r\nContent-Disposition: form-data; name="%s"; filename="a"\r\n\r\n%s\r\n' % (name.encode(), content)
        for name, content in parts)
    return "/v1/images/edits", body + b"--fuzzing--\r\n", "multipart/form-data; boundary=fuzzing"


def fuzz(run: Run) -> None:
    source = run.random
    files = corpus(source)
    masks = [saved(Image.new("RGBA", (17, 13), (255, 255, 255, 0)), "PNG"), saved(Image.new("L", (9, 9), 255), "PNG")]
    with fuzzed_server(run) as server:
        while run.goes_on():
            image, mask = source.choice(files), None
            if source.random() < 0.9:
                image = mutate(source, image, source.choice(files))
                if source.random() < 0.7:
                    image = repaired(image)
            if source.random() < 0.3:
                mask = source.choice(masks + files)
                if source.random() < 0.5:
                    mask = repaired(mutate(source, mask, source.choice(files)))
            server.post(*request(source, image, mask))
