"""Random words that requests carry, and what they look like wherever a server could hold them."""
import base64
import collections
import random
import struct

from hpack.huffman_constants import REQUEST_CODES, REQUEST_CODES_LENGTH

LETTERS = "bcdfghjklmnpqrstvwxz"


class Canaries:
    """The canaries of one run. All words begin with the same random letters and all seeds with the same digits, so that a
    few patterns find them all."""

    def __init__(self):
        self.tag = "".join(random.choices(LETTERS, k=12))
        # Their last two bytes are the canary's number. A seed's decimal digits begin alike as well.
        self.seeds = random.randrange(10**18, 9 * 10**18) >> 16 << 16
        self.names = []
        self.whole = collections.defaultdict(dict)
        self.pictures = {}

    def word(self, name):
        """A new word for one place of one request."""
        number = len(self.names)
        self.names.append(name)
        # Encodings that mix neighbours leave out a few bits at the end, so nothing depends on the last letters.
        word = self.tag + "".join(LETTERS[number // 20**power % 20] for power in range(3)) + "aa"
        for form, pattern in text_forms(word).items():
            self.whole[form][pattern] = name
        return word

    def seed(self, name):
        """A new seed of 19 digits."""
        self.names.append(name)
        return self.seeds + len(self.names) - 1

    def add_picture(self, name, form, window):
        """Has a piece of a picture that was made searched for as well."""
        self.pictures.setdefault(window, (form, name))

    def patterns(self):
        """What to search for: form → bytes."""
        patterns = dict(text_forms(self.tag))
        patterns["seed, decimal"] = str(self.seeds).encode()[:13]
        patterns["seed, 8 bytes"] = struct.pack("<Q", self.seeds)[2:]
        return patterns

    def name(self, form, data, offset):
        """Which canary lies at an offset in some bytes: its name, or a question mark when only the common part is left."""
        number = -1
        if form == "seed, decimal":
            digits = data[offset:offset + 19]
            number = int(digits) - self.seeds if digits.isdigit() else -1
        elif form == "seed, 8 bytes":
            number = int.from_bytes(data[max(0, offset - 2):offset], "little")
        if 0 <= number < len(self.names):
            return self.names[number]
        lengths = {len(pattern) for pattern in self.whole[form]}
        names = (self.whole[form].get(data[offset:offset + length]) for length in lengths)
        return next((name for name in names if name), "?")


def text_forms(text):
    """Lower-case letters in every encoding that a server may hold them in; what neighbours have a part in is left out."""
    raw = text.encode()
    forms = {
        "UTF-8": raw,
        "upper case": raw.upper(),
        # In the other order of bytes the same, one zero later.
        "UTF-16": text.encode("utf-16-le"),
        "UTF-32": text.encode("utf-32-le"),
        "hexadecimal": raw.hex().encode(),
    }
    for phase in range(3):
        encoded = base64.b64encode(bytes(phase) + raw)
        forms[f"Base64, phase {phase}"] = encoded[(8 * phase + 5) // 6:8 * (phase + len(raw)) // 6]
    bits = "".join(format(REQUEST_CODES[byte], f"0{REQUEST_CODES_LENGTH[byte]}b") for byte in raw)
    for phase in range(8):
        own = bits[(8 - phase) % 8:]
        own = own[:len(own) // 8 * 8]
        forms[f"HPACK Huffman, phase {phase}"] = int(own, 2).to_bytes(len(own) // 8, "big")
    return forms
