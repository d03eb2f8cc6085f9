"""The prompts that the model is judged by. Nothing in `HELD_OUT` is ever trained on."""

import re

from colours import PALETTE, article

# Combinations that training may contain.
FIXED = """red heart|blue star icon|smiling face emoji|green tree|yellow sun|house|black cat|blue car
purple flower|orange fish|clock|red apple|moon|book|umbrella|crown
airplane|cloud|lightning|key|lock|bell|camera|music note
pizza|coffee cup|rocket|brown dog|light bulb|gift|blue bird|mountain
green leaf|fire|pink butterfly|sailboat|robot|skull|trophy|snowflake
white star on a blue background|purple umbrella icon|teal anchor|yellow key icon|pink heart|red mushroom|birthday cake|hamburger
water drop|blue envelope icon|thumbs up|gray gear icon|black eye icon|cherries|red balloon|green pine tree
yellow lightning icon|ice cream|black ghost|red flag|orange phone icon|white heart on a red background|pink gift icon|tulip"""

# Every part is trained on, but never the three together: colour, noun and ground.
COMBINATIONS = """teal star|purple cat|pink car|orange house|blue apple|teal moon|green crown|red airplane
purple cloud|teal bell|pink camera|green music note|blue pizza|red coffee cup|teal rocket|purple dog
orange bird|green butterfly|pink anchor|teal leaf|blue fire|orange skull|purple trophy|red fish
white cat on a teal background|black car on a yellow background|white house on a purple background|white moon on a red background
white fish on a pink background|black star on an orange background|white key on a teal background|white bell on a green background
white lock on a purple background|white umbrella on an orange background|yellow crown on a blue background|white airplane on a pink background
white camera on a green background|white flower on a red background|white tree on a light blue background|white leaf on a blue background
black anchor on a pink background|white rocket on a purple background|white skull on an orange background|white gift on a teal background
white snowflake on a purple background|black ghost on a green background|white book on a red background|white cloud on a teal background"""

# Words that no caption contains: the text encoder has to bring their meaning. The noun that is meant follows.
SYNONYMS = {
    "sedan": "car", "kitten": "cat", "puppy": "dog", "bloom": "flower", "residence": "house", "cottage": "house",
    "chuckle": "smiling face", "padlocked": "lock", "jetliner": "airplane", "cheeseburger": "hamburger", "spectacles": "glasses",
    "inferno": "fire", "timepiece": "clock", "espresso": "coffee cup", "peak": "mountain", "present for a birthday": "gift"}


# What a stranger types into an image service, written before a picture of this model was looked at and unchanged since. No word was
# chosen for being known to the model, none is kept out of its training. The first 16 are the README's measure of a first impression.
FREE = """a green frog|guitar|an elephant|a cat sitting on a chair|a red car|dog|a slice of pizza|a smiling sun
a house|rocket|a cup of coffee|a red rose|a blue butterfly|a pirate|a castle|birthday cake
a horse|lion|a penguin|owl|shark|a bee|a turtle|a monkey
unicorn|a dinosaur|a snail|a dolphin|a woman with long hair|an astronaut|a baby|a witch
santa claus|a clown|a happy face|a ghost|banana|strawberries|a hamburger|ice cream
sushi|cherries|a red apple on a table|cheese|bicycle|a train|an airplane in the sky|a sailing boat
a yellow tractor|a tree|snowy mountains|a rainbow|sunflower|a snowman|sunset at the beach|a volcano
an old book|camera|piano|a pink umbrella|light bulb|soccer ball|a golden crown|two birds on a branch"""

def _lines(text):
    return [p for line in text.splitlines() for p in line.split("|")]


FIXED, COMBINATIONS, FREE = _lines(FIXED), _lines(COMBINATIONS), _lines(FREE)
HELD_OUT = COMBINATIONS + list(SYNONYMS)


def phrase(colour, noun, ground):
    """`teal anchor on a yellow background`; nothing is said of a white ground."""
    return f"{colour} {noun}" + ("" if ground == "white" else f" on {article(ground)} background")


def parts(prompt):
    """(colour or None, noun, ground): what a prompt asks for."""
    match = re.fullmatch(r"(.*) on an? (.*) background", prompt)
    subject, ground = match.groups() if match else (prompt, "white")
    subject = re.sub(r"^an? ", "", subject).removesuffix(" icon").removesuffix(" emoji")
    colour = next((c for c in sorted(PALETTE, key=len, reverse=True) if subject.startswith(c + " ")), None)
    noun = subject.removeprefix(colour + " ") if colour else subject
    return colour, SYNONYMS.get(noun, noun), ground


_UNSEEN = {parts(p) for p in COMBINATIONS}


def held_out(colour, noun, ground):
    return (colour, noun, ground) in _UNSEEN


# What the service offers a newcomer: prompts whose pictures a stranger names with each of four seeds.
SUGGESTED = _lines("""panda|pizza|a cup of coffee|guitar|rocket|koala|red car|robot
hamburger|palm tree|giraffe|fox|camera|smiling face|pineapple|tractor
birthday cake|white star on a blue background|lion|sailboat|avocado|house|blue butterfly|alien
cactus|teal anchor icon|dolphin|crown|mushroom|motorcycle|gift|ghost
christmas tree|red apple|frog|airplane|flat fox emoji|snowflake|donut|blue bird icon""")
