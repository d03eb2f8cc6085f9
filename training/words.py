#!/usr/bin/env python3
"""Make the table by which the service reads prompts in other languages: `words.tsv` of the model's folder.

Nouns come from Unicode CLDR's names and keywords of emoji (Debian's unicode-cldr-core): a word of another language stands for that
word of the model's vocabulary whose emoji are most nearly the same. Colours in all their forms, small words, the words of grounds and
what CLDR does not have are in `phrasebook.txt`. A word that is also English is marked as such, by the vocabulary and by a list of
English words (SCOWL, Debian's wamerican-small): it is read as another language's only beside words that are not English.

The vocabulary is a file with a lower-case word or phrase a line. How the table is read: Sources/Diffusion/Glossary.
"""

import argparse
import html
import re
import subprocess
import unicodedata
from collections import defaultdict
from pathlib import Path

DEBIAN = ["unicode-cldr-core", "wamerican-small"]
# language: the files of CLDR that it is read from, the first before the others.
SOURCES = {
    "de": ["de"], "fr": ["fr", "fr_CA"], "es": ["es", "es_419", "es_MX"], "pt": ["pt", "pt_PT"], "it": ["it"],
    "zh": ["zh", "zh_Hant"], "ja": ["ja"], "ar": ["ar"]}
LEAST_LIKENESS = 0.5
LONGEST = 4                                                # words of a phrase

# Where one of these is not among the model's words, the next is taken.
ALIKE = [("gray", "grey"), ("teal", "blue"), ("light blue", "blue"), ("gold", "yellow"), ("silver", "gray"),
         ("music note", "musical note"), ("lightning", "high voltage"),
         ("boat", "sailboat"), ("car", "automobile"), ("gift", "wrapped gift"), ("airplane", "plane"), ("cup of coffee", "coffee cup"),
         ("coffee", "cup of coffee"), ("coffee cup", "hot beverage"), ("lock", "locked"), ("sword", "crossed swords"), ("phone", "telephone"),
         ("computer", "laptop"), ("skull", "skull and crossbones"), ("smiling face", "smiley")]
# English words besides the vocabulary that stand in prompts for it.
PLAIN_ENGLISH = ("a an the of on in at to and or with without under over by for from is icon icons emoji flat background drawing picture "
                 "image photo logo").split()


def lower(text):
    return unicodedata.normalize("NFKC", html.unescape(text)).lower().replace("’", "'")


def words_of(text):
    """The words of a phrase, as Sources/Diffusion/Glossary cuts them: letters, marks and digits."""
    return re.findall(r"[^\W_]+(?:[\u0300-\u036f\u064b-\u0652]+[^\W_]*)*", lower(text))


def folded(text):
    """Without the marks of Latin and Arabic letters."""
    plain = re.sub("[\u0300-\u036f\u0640\u064b-\u0655]", "", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", plain).replace("ß", "ss").replace("œ", "oe").replace("æ", "ae")


def fetch(folder):
    """Download and unpack the packages that are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for package in DEBIAN:
        if not (folder / package).exists():
            subprocess.run(["apt-get", "-q", "download", package], cwd=folder, check=True)
            archive = next(folder.glob(f"{package}_*.deb"))
            subprocess.run(["dpkg-deb", "-x", archive.name, f"{package}.part"], cwd=folder, check=True)
            (folder / f"{package}.part").rename(folder / package)


def annotations(folder, name):
    """({character: name}, {character: [keyword]}) of one of CLDR's files."""
    text = next(folder.glob(f"unicode-cldr-core/**/annotations/{name}.xml")).read_text(encoding="utf8")
    names = re.findall(r'<annotation cp="([^"]+)" type="tts">([^<]*)<', text)
    keywords = re.findall(r'<annotation cp="([^"]+)">([^<]*)<', text)
    return ({c.replace("\ufe0f", ""): phrase(name) for c, name in names},
            {c.replace("\ufe0f", ""): [phrase(word) for word in words.split("|")] for c, words in keywords})


def phrase(text):
    return " ".join(words_of(text))


def emoji_of(names, keywords):
    """{term: its emoji}, and {emoji: its terms}."""
    emoji = defaultdict(set)
    for c, name in names.items():
        emoji[name].add(c)
    for c, terms in keywords.items():
        for term in terms:
            emoji[term].add(c)
    terms = defaultdict(set)
    for term, characters in emoji.items():
        for c in characters:
            terms[c].add(term)
    return emoji, terms


def matches(language, colours, endings, folder, english, vocabulary):
    """{term of the language: word of the vocabulary}."""
    names, keywords = english
    english_emoji, english_terms = emoji_of(names, keywords)
    singular = {c: n.removesuffix(" face") if n.removesuffix(" face") in vocabulary else n for c, n in names.items()}
    found = {}
    for source in SOURCES[language]:
        own_names, own_keywords = annotations(folder, source)
        own_emoji, _ = emoji_of(own_names, own_keywords)
        called = {folded(name) for name in own_names.values()}
        for term, characters in own_emoji.items():
            if not term or term in found or len(term.split()) > LONGEST or not any(ch.isalpha() for ch in term):
                continue
            is_name = any(own_names.get(c) == term for c in characters)
            # A plural means what its singular does, not the one emoji that has it.
            if not is_name and (" " in term or (folded(term) not in called and reachable(term, called, endings))):
                continue
            # A name means what English calls the emoji; a keyword, what most nearly has its emoji.
            named = sorted(c for c in characters if own_names.get(c) == term and names.get(c) in vocabulary)
            best = (0, 0, "")
            for other in sorted({t for c in characters for t in english_terms[c]} & vocabulary):
                if not is_name and len(other.split()) > 2:
                    continue
                both = len(characters & english_emoji[other])
                likeness = both / len(characters | english_emoji[other])
                is_its_name = any(singular.get(c) == other for c in characters)
                best = max(best, (likeness + 0.25 * is_its_name, len(other.split()) == len(term.split()), other))
            if " " in term:
                # Others, and those of a colour that English does not name, are read word by word.
                if named and (not set(term.split()) & colours.keys() or set(names[named[0]].split()) & set(colours.values())):
                    found[term] = names[named[0]]
                continue
            if named and (len(characters) <= 2 or best[0] < LEAST_LIKENESS):
                found[term] = singular[named[0]]
            elif best[0] >= LEAST_LIKENESS:
                found[term] = best[2]
    return found


def known(word, vocabulary):
    """The word of the vocabulary that is meant by one of ours; None when it has none."""
    while word not in vocabulary:
        word = next((other for one, other in ALIKE if one == word), None)
        if word is None:
            return None
    return word


def phrasebook():
    """{language: (where its colours stand, [(ending, ending)], {kind: {form: word of ours}})} from `phrasebook.txt`."""
    languages = {}
    for line in Path(__file__).with_name("phrasebook.txt").read_text(encoding="utf8").splitlines():
        if match := re.fullmatch(r"\[(\w+) (before|after)\]", line):
            endings, kinds = [], defaultdict(dict)
            languages[match[1]] = (match[2], endings, kinds)
        elif line and not line.startswith("#"):
            head, _, forms = line.partition(":")
            kind, _, word = head.partition(" ")
            if kind == "ending":
                endings.append((folded(word), folded(forms.strip())))
            else:
                kinds[kind].update((phrase(form), word) for form in forms.split(","))
    return languages


def reachable(word, forms, endings):
    """Whether a word is a form or another form of one, as the service looks it up."""
    plain = folded(word)
    if word in forms or plain in forms:
        return True
    return any(plain.endswith(old) and len(plain) - len(old) >= 3 and plain[:len(plain) - len(old)] + new in forms
               for old, new in endings)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    here = Path(__file__).parent
    parser.add_argument("--vocabulary", type=Path, default=here.parent / "Models/mystarion-icons/vocabulary.txt")
    parser.add_argument("--packages", type=Path, default=here / "runs/packages", help="where Debian's packages are or come to")
    parser.add_argument("--out", type=Path, default=here.parent / "Models/mystarion-icons/words.tsv")
    args = parser.parse_args()
    fetch(args.packages)
    vocabulary = {line.strip() for line in args.vocabulary.read_text(encoding="utf8").splitlines() if line.strip()}
    own_words = {word for entry in vocabulary for word in entry.split()} | set(PLAIN_ENGLISH)
    list_of_english = next(args.packages.glob("wamerican-small/**/american-english-small")).read_text(encoding="utf8").split()
    dictionary = {word for word in list_of_english if word.isalpha() and word == word.lower()}
    english = annotations(args.packages, "en")

    lines = ["# Words of other languages, and the model's own for them. Made by training/words.py from Unicode CLDR's annotations",
             "# (Copyright Unicode, Inc., Unicode-DFS-2016) and SCOWL (Copyright Kevin Atkinson and others); see NOTICE."]
    also_english, counts = set(), {}
    for language, (order, endings, kinds) in phrasebook().items():
        colours = {form: value for form, word in kinds["colour"].items() if (value := known(word, vocabulary))}
        taken = colours.keys() | kinds["small"].keys() | kinds["ground"].keys()
        nouns = matches(language, colours, endings, args.packages, english, vocabulary)
        nouns |= {form: value for form, word in kinds["noun"].items() if (value := known(word, vocabulary))}
        # Some colours are things as well: rose, orange.
        nouns = {form: value for form, value in nouns.items() if form not in taken or (form in colours and value != colours[form])}
        plain_forms = {folded(form) for form in nouns if " " not in form} | {form for form in nouns if " " not in form}
        # A colour's name is English only if it is the model's own: rouge, noir and rote are not.
        also_english |= {form for form in colours if form in own_words}
        also_english |= {word for word in dictionary | own_words if word not in colours and len(word) > 1
                         and (word in kinds["small"] or reachable(word, plain_forms, endings))}
        lines.append("\t".join(["language", language, order]))
        lines += ["\t".join(["ending", other, own]) for other, own in endings]
        for kind, table in [(kind, kinds[kind]) for kind in ("ground", "on", "small")] + [("colour", colours), ("noun", nouns)]:
            by_value = defaultdict(list)
            for form, value in table.items():
                by_value[value].append(form)
            lines += ["\t".join([kind, value, *sorted(by_value[value])]) for value in sorted(by_value)]
        counts[language] = (len(colours), len(nouns))
    lines.insert(2, "\t".join(["english", "", *sorted(also_english)]))
    args.out.write_text("\n".join(lines) + "\n", encoding="utf8")
    print(f"{args.out}: {args.out.stat().st_size} bytes, {len(also_english)} words that are English too; "
          + ", ".join(f"{language} {c} colours, {n} nouns" for language, (c, n) in counts.items()))


if __name__ == "__main__":
    main()
