"""Ways to damage input that parsers are likely to get wrong."""

import random

# Numbers around the limits of integer and floating-point types.
EXTREME_NUMBERS = [
    0, 1, -1, 2, 7, 63, 64, 65, 127, 128, 255, 256, 65535, 65536, 2**31 - 1, 2**31, -(2**31), 2**32 - 1, 2**32,
    2**53, 2**53 + 1, 2**62, 2**63 - 1, 2**63, -(2**63), 2**64 - 1, 2**64, 10**19, 10**40, 0.1, -0.0, 1e-320, 1e38,
    3.5e38, 1e308, 1e309, -1e309,
]


def mutate(source: random.Random, data: bytes, other: bytes = b"", limit: int = 1 << 20) -> bytes:
    """A damaged copy of `data`: one to eight of bits flipped, bytes set, parts cut, doubled, moved, or taken from `other`."""
    result = bytearray(data)
    for _ in range(source.randint(1, 8)):
        place = source.randrange(len(result) + 1)
        length = min(source.choice([1, 1, 2, 4, 8, 64, 1024]), len(result) - place)
        match source.randrange(8):
            case 0 if length:
                result[place] ^= 1 << source.randrange(8)
            case 1 if length:
                result[place] = source.choice([0, 1, 0x7F, 0x80, 0xFF, 0x0A, 0x0D, 0x22, 0x5C])
            case 2:
                del result[place:place + length]
            case 3:
                result[place:place] = result[place:place + length]
            case 4:
                result[place:place] = source.randbytes(length or 1)
            case 5:
                del result[place:]
            case 6 if length >= 4:
                number = int(source.choice(EXTREME_NUMBERS[:30])) & 0xFFFFFFFF
                result[place:place + 4] = number.to_bytes(4, source.choice(["big", "little"]))
            case 7 if other:
                begin = source.randrange(len(other))
                result[place:place + length] = other[begin:begin + source.choice([1, 8, 64])]
    return bytes(result[:limit])
