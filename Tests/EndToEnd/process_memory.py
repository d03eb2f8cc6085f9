"""The memory of a running process, as root may read it."""
import dataclasses
import pathlib

import numpy


@dataclasses.dataclass
class Finding:
    """A pattern that was found: what it is and where it lies."""

    form: str
    name: str
    mapping: str
    address: int
    around: bytes

    def __str__(self):
        shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in self.around)
        return (
            f"{self.name}  [{self.form}]  at {self.address:#x} in {self.mapping}\n"
            f"      {self.around.hex(' ', 8)}\n      {shown}")


def pieces(pid):
    """All memory that the process could have written: address, name of the mapping, bytes."""
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights, _, _, _, *name = line.split(maxsplit=5)
            name = name[0] if name else "anonymous memory"
            start, end = (int(bound, 16) for bound in span.split("-"))
            # What is read from a file and cannot be written holds nothing of a request.
            if "r" not in rights or name == "[vvar]" or (name.startswith("/") and "w" not in rights):
                continue
            yield from read(memory, f"{name} {start:x}-{end:x}", start, end)


def read(memory, name, start, end, step=8 << 20, overlap=4096):
    """A mapping in pieces that overlap, so that what lies across their border is found."""
    while start < end:
        try:
            memory.seek(start)
            data = memory.read(min(step, end - start))
        except OSError:  # the kernel's own pages, and what was given back meanwhile
            return
        if not data:
            return
        if data.count(0) < len(data):
            yield start, name, data
        if start + len(data) >= end:
            return
        start += max(1, len(data) - overlap)


class Patterns:
    """Hundreds of patterns, found in one pass: by their first two pairs of bytes, and then by all of them."""

    def __init__(self, patterns):
        self.pairs = [numpy.zeros(1 << 16, bool) for _ in range(2)]
        self.known = {}
        for pattern, meaning in patterns:
            for place, pairs in enumerate(self.pairs):
                pairs[int.from_bytes(pattern[2 * place:2 * place + 2], "little")] = True
            self.known.setdefault(pattern[:4], []).append((pattern, meaning))

    def find(self, data):
        """Each place where a pattern lies: offset, pattern, meaning."""
        if len(data) < 4:
            return
        array = numpy.frombuffer(data, numpy.uint8)
        pairs = array[:-1] | array[1:].astype(numpy.uint16) << 8
        places = numpy.flatnonzero(self.pairs[0][pairs[:-2]])
        places = places[self.pairs[1][pairs[places + 2]]]
        for place in places.tolist():
            for pattern, meaning in self.known.get(data[place:place + 4], ()):
                if data.startswith(pattern, place):
                    yield place, pattern, meaning


def search(pid, canaries, margin=48):
    """Everything of a run's canaries that a process holds."""
    patterns = [(pattern, (form, None)) for form, pattern in canaries.patterns().items()]
    patterns = Patterns(patterns + list(canaries.pictures.items()))
    found = {}
    for start, mapping, data in pieces(pid):
        for at, pattern, (form, name) in patterns.find(data):
            if (start + at, form) not in found:
                low = max(0, at - margin)
                around = data[low:at + len(pattern) + margin]
                name = name or canaries.name(form, data[max(0, at - 2):at + 128], min(at, 2))
                found[start + at, form] = Finding(form, name, mapping, start + at, around)
    return list(found.values())
