"""Which drawings the model learns, under which words, and how often it sees each.

It learns every single-character emoji of Noto and Twemoji but for what `DROPPED_CATEGORIES` and `DROPPED_NAMES` leave out, and glyphs of the
icon packs that bear an emoji's words. 65 nouns have glyphs and emoji chosen by eye: one to four glyphs of much the same shape, one to three
emoji. How often a drawing is seen depends on what people ask an image service for, not on how many drawings Unicode has of a kind.
"""

import re
from dataclasses import dataclass

# `noun, other name weight: glyphs | emoji`, each the id of a drawing in the archive. `~` asks for an emoji's outline as a glyph.
_NOUNS = """
heart 0.8: mdi/heart.svg font_awesome/solid/heart.svg | twemoji/2764.svg noto/uni2764
star 0.8: phosphor/fill/star-fill.svg material_icons/filled/star.svg | twemoji/2b50.svg noto/uni2B50
smiling face, smiley 1.2: mdi/emoticon-happy.svg font_awesome/solid/face-smile.svg | twemoji/1f642.svg noto/u1F642
tree 1: mdi/tree.svg phosphor/fill/tree-fill.svg | twemoji/1f333.svg noto/u1F333
pine tree, evergreen tree 0.7: phosphor/fill/tree-evergreen-fill.svg mdi/pine-tree-variant.svg | twemoji/1f332.svg noto/u1F332
palm tree 0.5: phosphor/fill/tree-palm-fill.svg | twemoji/1f334.svg noto/u1F334
sun 1: phosphor/fill/sun-fill.svg mdi/weather-sunny.svg | twemoji/2600.svg noto/uni2600
house, home 1.2: mdi/home-variant.svg material_icons/filled/home-filled.svg phosphor/fill/house-fill.svg | noto/u1F3E0
cat 1.2: mdi/cat.svg | twemoji/1f431.svg noto/u1F431
car 1.2: mdi/car-side.svg font_awesome/solid/car-side.svg mdi/car-hatchback.svg | twemoji/1f697.svg noto/u1F697
flower 1.2: phosphor/fill/flower-fill.svg mdi/flower.svg | twemoji/1f338.svg noto/u1F338
tulip 0.5: mdi/flower-tulip.svg | twemoji/1f337.svg noto/u1F337
fish 1: font_awesome/solid/fish-fins.svg font_awesome/solid/fish.svg | twemoji/1f41f.svg noto/u1F41F
clock 1.2: mdi/clock.svg phosphor/fill/clock-fill.svg font_awesome/solid/clock.svg | twemoji/1f552.svg noto/u1F552
apple 1: ~twemoji/1f34e.svg | twemoji/1f34e.svg twemoji/1f34f.svg
moon 1: phosphor/fill/moon-fill.svg font_awesome/solid/moon.svg | twemoji/1f319.svg noto/u1F319
book 1: mdi/book-variant.svg material_icons/filled/book.svg phosphor/fill/book-fill.svg | twemoji/1f4d5.svg twemoji/1f4d8.svg twemoji/1f4d7.svg
umbrella 1.2: mdi/umbrella.svg font_awesome/solid/umbrella.svg | twemoji/2602.svg noto/uni2602
crown 1.2: font_awesome/solid/crown.svg phosphor/fill/crown-fill.svg mdi/crown.svg | twemoji/1f451.svg noto/u1F451
airplane, plane 1.2: mdi/airplane.svg phosphor/fill/airplane-tilt-fill.svg | twemoji/2708.svg noto/uni2708
cloud 1: mdi/cloud.svg material_icons/filled/cloud.svg font_awesome/solid/cloud.svg | twemoji/2601.svg noto/uni2601
lightning, lightning bolt 0.8: phosphor/fill/lightning-fill.svg font_awesome/solid/bolt.svg mdi/lightning-bolt.svg | twemoji/26a1.svg noto/uni26A1
key 0.8: phosphor/fill/key-fill.svg font_awesome/solid/key.svg | twemoji/1f511.svg noto/u1F511
lock, padlock 0.8: mdi/lock.svg font_awesome/solid/lock.svg phosphor/fill/lock-fill.svg | twemoji/1f512.svg noto/u1F512
bell 0.8: mdi/bell.svg font_awesome/solid/bell.svg phosphor/fill/bell-fill.svg | twemoji/1f514.svg noto/u1F514
camera 1.2: mdi/camera.svg phosphor/fill/camera-fill.svg material_icons/filled/camera-alt.svg | twemoji/1f4f7.svg noto/u1F4F7
music note, musical note 1: mdi/music.svg phosphor/fill/music-notes-fill.svg font_awesome/solid/music.svg | twemoji/1f3b5.svg noto/u1F3B5
pizza, slice of pizza 1: mdi/pizza.svg material_icons/filled/local-pizza.svg | twemoji/1f355.svg noto/u1F355
coffee cup, cup of coffee 1.2: font_awesome/solid/mug-saucer.svg mdi/coffee.svg material_icons/filled/local-cafe.svg | twemoji/2615.svg noto/uni2615
dog 1.2: phosphor/fill/dog-fill.svg mdi/dog.svg | twemoji/1f436.svg noto/u1F436
bird 1.2: phosphor/fill/bird-fill.svg | noto/u1F426
butterfly 1.2: mdi/butterfly.svg phosphor/fill/butterfly-fill.svg | twemoji/1f98b.svg noto/u1F98B
boat, sailboat 1.2: font_awesome/solid/sailboat.svg mdi/sail-boat.svg | twemoji/26f5.svg noto/uni26F5
rocket 1.2: font_awesome/solid/rocket.svg mdi/rocket.svg | twemoji/1f680.svg noto/u1F680
cake, birthday cake 1.2: mdi/cake-variant.svg material_icons/filled/cake.svg phosphor/fill/cake-fill.svg | twemoji/1f382.svg noto/u1F382
mountain 1: font_awesome/solid/mountain.svg phosphor/fill/mountains-fill.svg | twemoji/1f3d4.svg noto/u1F3D4
robot 1.2: phosphor/fill/robot-fill.svg font_awesome/solid/robot.svg | twemoji/1f916.svg noto/u1F916
rabbit 0.6: mdi/rabbit-variant.svg | twemoji/1f430.svg noto/u1F430
gift, present 1.2: mdi/gift.svg font_awesome/solid/gift.svg phosphor/fill/gift-fill.svg | twemoji/1f381.svg noto/u1F381
balloon 0.6: phosphor/fill/balloon-fill.svg | twemoji/1f388.svg noto/u1F388
leaf 1: phosphor/fill/leaf-fill.svg font_awesome/solid/leaf.svg mdi/leaf.svg |
fire, flame 1.2: phosphor/fill/flame-fill.svg font_awesome/solid/fire.svg | twemoji/1f525.svg noto/u1F525
water drop, droplet 0.6: mdi/water.svg font_awesome/solid/droplet.svg phosphor/fill/drop-fill.svg | twemoji/1f4a7.svg noto/u1F4A7
light bulb, lightbulb 1.2: material_icons/filled/lightbulb.svg font_awesome/solid/lightbulb.svg phosphor/fill/lightbulb-fill.svg | twemoji/1f4a1.svg noto/u1F4A1
snowflake 1.2: font_awesome/solid/snowflake.svg | twemoji/2744.svg noto/uni2744
anchor 1.2: mdi/anchor.svg material_icons/filled/anchor.svg font_awesome/solid/anchor.svg phosphor/fill/anchor-fill.svg | twemoji/2693.svg noto/uni2693
skull 1.2: mdi/skull.svg phosphor/fill/skull-fill.svg font_awesome/solid/skull.svg | twemoji/1f480.svg noto/u1F480
ghost 0.6: mdi/ghost.svg phosphor/fill/ghost-fill.svg font_awesome/solid/ghost.svg | twemoji/1f47b.svg
flag 0.6: phosphor/fill/flag-fill.svg font_awesome/solid/flag.svg | twemoji/1f6a9.svg noto/u1F6A9
thumbs up 0.6: material_icons/filled/thumb-up-alt.svg font_awesome/solid/thumbs-up.svg | twemoji/1f44d.svg noto/u1F44D
eye 0.6: mdi/eye.svg phosphor/fill/eye-fill.svg | twemoji/1f441.svg noto/u1F441
envelope, letter 0.6: material_icons/filled/mail.svg font_awesome/solid/envelope.svg | twemoji/2709.svg noto/uni2709
phone 0.6: phosphor/fill/phone-fill.svg material_icons/filled/phone.svg font_awesome/solid/phone.svg | twemoji/1f4de.svg noto/u1F4DE
gear 0.6: phosphor/fill/gear-fill.svg font_awesome/solid/gear.svg | twemoji/2699.svg noto/uni2699
scissors 0.6: font_awesome/solid/scissors.svg phosphor/fill/scissors-fill.svg | twemoji/2702.svg noto/uni2702
trophy 1.2: phosphor/fill/trophy-fill.svg font_awesome/solid/trophy.svg | twemoji/1f3c6.svg noto/u1F3C6
mushroom 1.2: mdi/mushroom.svg | twemoji/1f344.svg noto/u1F344
cherries 0.6: mdi/fruit-cherries.svg | twemoji/1f352.svg noto/u1F352
strawberry 0.5: | twemoji/1f353.svg noto/u1F353
hamburger, burger 1.2: font_awesome/solid/burger.svg mdi/hamburger.svg | twemoji/1f354.svg noto/u1F354
ice cream 0.6: font_awesome/solid/ice-cream.svg phosphor/fill/ice-cream-fill.svg | twemoji/1f366.svg noto/u1F366
donut 0.5: | twemoji/1f369.svg noto/u1F369
shirt 0.6: mdi/tshirt-crew.svg font_awesome/solid/shirt.svg | twemoji/1f455.svg noto/u1F455
glasses 0.6: mdi/glasses.svg font_awesome/solid/glasses.svg | twemoji/1f453.svg noto/u1F453
bomb 0.6: font_awesome/solid/bomb.svg | twemoji/1f4a3.svg noto/u1F4A3
"""


@dataclass(frozen=True)
class Noun:
    names: tuple                       # the first is the noun itself
    weight: float                      # of its glyphs together
    glyphs: tuple
    emoji: tuple


def _parse(line):
    head, drawings = line.split(":", 1)
    names, weight = head.rsplit(" ", 1)
    glyphs, emoji = drawings.split("|")
    return Noun(tuple(names.split(", ")), float(weight), tuple(glyphs.split()), tuple(emoji.split()))


NOUNS = {noun.names[0]: noun for noun in map(_parse, _NOUNS.strip().splitlines())}

# Emoji that cost much and give little: fine detail, lettering, near-identical people.
DROPPED_CATEGORIES = set(
    "flag family person-sport person-activity person-gesture person-resting person-symbol keycap alphanum av-symbol "
    "zodiac transport-sign arrow gender math currency punctuation religion other-symbol monkey-face hand-fingers-open hand-prop "
    "place-religious warning money time".split())
DROPPED_NAMES = re.compile(
    r"skin tone|o'clock|thirty|japanese|middle finger|prince\b|breast|pregnant|cigarette|kaaba|bikini|briefs|toilet|poo\b|urn|coffin|letter|"
    r"button|medium|map|banknote|chart|clipboard")

# Weight of an emoji by Unicode's subgroup or the first words of it; 1 if nothing is said.
CATEGORY_WEIGHTS = {
    "animal": 3, "food": 2, "person": 2, "musical-instrument": 2, "transport": 1.8, "plant": 1.8, "drink": 1.5, "transport-ground": 1.4,
    "place": 1.3, "science": 0.8, "light & video": 0.8, "cat-face": 0.7, "tool": 0.7, "household": 0.7, "clothing": 0.7, "computer": 0.7,
    "writing": 0.7, "hand": 0.7, "hands": 0.7, "game": 0.7, "heart": 0.6, "music": 0.6, "body-parts": 0.6, "award-medal": 0.6,
    "arts & crafts": 0.6, "phone": 0.5, "lock": 0.5, "medical": 0.5, "hotel": 0.5, "book-paper": 0.4, "emotion": 0.4, "office": 0.3,
    "mail": 0.3, "sound": 0.3, "other-object": 0.3, "geometric": 0.15}

# Emoji by their CLDR name (or the noun above) that people ask for often, and those that hardly anybody does; their weight is multiplied.
OFTEN, SELDOM = 2, 0.3


def _names(text):
    return {name for line in text.strip().splitlines() for name in line.split("|")}


ASKED_OFTEN = _names("""
cat|dog|bird|fish|horse|lion|tiger|elephant|monkey|rabbit|bear|panda|fox|wolf|cow|pig|ewe|goat|mouse|giraffe|zebra|penguin|owl|eagle
duck|chicken|rooster|frog|turtle|snake|crocodile|dragon|t-rex|sauropod|unicorn|shark|dolphin|whale|octopus|crab|butterfly|honeybee
spider|snail|lady beetle|ant|bat|hedgehog|koala|kangaroo|chipmunk|camel|red apple|green apple|banana|strawberry|cherries|grapes
tangerine|lemon|pineapple|watermelon|peach|pear|carrot|tomato|ear of corn|avocado|broccoli|pizza|hamburger|hot dog|french fries|taco
sushi|bread|cheese wedge|egg|cake|cupcake|donut|cookie|ice cream|chocolate bar|candy|coffee cup|teapot|beer mug|wine glass|car|bus
delivery truck|taxi|ambulance|fire engine|police car|tractor|locomotive|bicycle|motorcycle|airplane|helicopter|rocket|ship|boat|house
castle|tree|pine tree|palm tree|cactus|flower|rose|sunflower|tulip|mushroom|mountain|volcano|beach with umbrella|rainbow|sun|moon|star
cloud|snowman|fire|man|woman|boy|girl|baby|santa claus|mage|fairy|merperson|princess|superhero|vampire|zombie|ghost|robot|alien
clown face|skull|guitar|musical keyboard|drum|violin|trumpet|soccer ball|basketball|book|camera|key|umbrella|chair|bed|light bulb
top hat|crown|glasses|man's shoe|dress|shirt|heart|gift|balloon|laptop|mobile phone|television|clock|seal|swan|parrot|flamingo|peacock
lobster|squid|jack-o-lantern|christmas tree|teddy bear|smiling face|police officer|ninja|sun with face|high-speed train|dagger
bow and arrow|shield|hammer|saxophone|bone|brain|eye|trophy|anchor|sunset|cityscape|snowflake|old man|old woman""")
ASKED_SELDOM = _names("""
orangutan|dodo|guide dog|ox|ram|pig nose|boar|bison|water buffalo|badger|skunk|pouting cat|weary cat|amphora|one-piece swimsuit|sari
thong sandal|woman's sandal|prayer beads|safety vest|lab coat|clutch bag|shorts|fish cake with swirl|moon cake|roasted sweet potato
rice cracker|oden|dango|tamale|fondue|stuffed flatbread|falafel|mate|beverage box|sake|curling stone|lacrosse|field hockey|hamsa
nazar amulet|moai|level slider|control knobs|postal horn|fax machine|pager|trackball|computer disk|optical disk|ledger|label
bookmark tabs|card index|card index dividers|card file box|mosquito|cockroach|microbe|worm|carp streamer|tanabata tree|pine decoration
moon viewing ceremony|wind chime|tokyo tower|love hotel|convenience store|department store|derelict house|mahjong red dragon
flower playing cards|nesting dolls|suspension railway|aerial tramway|mountain cableway|mountain railway|motorway|railway track|station
bus stop|oncoming bus|oncoming taxi|oncoming automobile|oncoming police car|light rail|monorail|metro|tram car|trolleybus|minibus|train
kick scooter|auto rickshaw|manual wheelchair|motorized wheelchair|oil drum|construction|waning crescent moon|last quarter moon
first quarter moon|waxing gibbous moon|waning gibbous moon|waxing crescent moon|new moon|new moon face|last quarter moon face
first quarter moon face|sun behind small cloud|sun behind large cloud|cyclone|fog|foggy|closed umbrella|umbrella on ground
person wearing turban|person with skullcap|person with veil|person in tuxedo|guard|anatomical heart|lungs|biting lip
ear with hearing aid|mechanical leg|seat|razor|plunger|shower|mouse trap|elevator|roll of paper|petri dish|alembic|broken heart
heart exclamation|hole|rosette|military medal|dotted line face|face with peeking eye|large orange diamond|videocassette|film frames
paperclip|linked paperclips|pushpin|round pushpin|bellhop bell|badminton|sheaf of rice|empty nest|wood|rock|brick|hut
building construction|tired face|persevering face|confounded face|anguished face|weary face|worried face|hushed face
frowning face with open mouth|downcast face with sweat|sad but relieved face|face with diagonal mouth|slightly frowning face
unamused face|expressionless face|relieved face|pensive face|woozy face|lying face|ringed planet|goal net|flag in hole
martial arts uniform|cricket game""")

# What people call an emoji whose CLDR name is another.
EVERYDAY_NAMES = {name: words.split(", ") for name, words in (entry.split(": ") for entry in _names("""
mobile phone: phone, smartphone|bottle with popping cork: champagne|spouting whale: whale|sauropod: dinosaur
sunrise over mountains: mountain landscape|merperson: mermaid|mage: wizard|lady beetle: ladybug|fire engine: fire truck
jack-o-lantern: pumpkin|ewe: sheep|chipmunk: squirrel|cheese wedge: cheese|ear of corn: corn|man's shoe: shoe|running shoe: sneaker
wine glass: glass of wine|beer mug: beer|french fries: fries|cooked rice: rice|musical keyboard: piano|articulated lorry: lorry
delivery truck: truck|locomotive: steam train, train|tangerine: orange fruit|t-rex: dinosaur, tyrannosaurus|high-speed train: fast train
police officer: policeman|crystal ball: magic ball|teddy bear: toy bear|man: face of a man|woman: face of a woman|dagger: sword, knife
castle: fortress|smiling face with sunglasses: cool face|grinning face: happy smiley|television: tv|red apple: apple
beach with umbrella: beach|sunset: evening sky|santa claus: father christmas|lion: lion head|astonished face: surprised face
top hat: hat|couch and lamp: sofa|shortcake: piece of cake|night with stars: starry night|water wave: wave, sea
leaf fluttering in wind: leaves|old man: grandfather|old woman: grandmother|person beard: man with a beard|headphone: headphones"""))}
# CLDR's keywords that say nothing of what is seen.
UNTELLING = _names("""
pisces|capricorn|virgo|leo|scorpio|scorpius|ophiuchus|cancer|aries|taurus|aquarius|sagittarius|libra|gender-neutral|unspecified gender|pretty|wise
proud|old|hot|large|small|good|speed|bright|spots|stripe|bearer|body|flavoring|condiment|wool|disease|weather|extinction|curious|sly|lazy|slow
playful|full|meh|flamboyant|ostentatious|spiny|talk|jump|racing|french|mexican|australia|deciduous|shedding|cream|chop|pole|hump|space|feet
signal|falling|soft|steaming|hidden|stealth|death|flight|quiet|wrapped|science|rotting|european|claus|mad|female|male|patrol|print|passenger
oberon|titania|puck|bisque|molusc|maze|clink|bactrian|good night|hatching|roller|tool|object|interface|weapon|left|right|up|down|open|closed
admission|application|asterisk|badge|bars|blow|business|call|can|eject|empty|equals|euro|evil|filling|gesture|grade|hearing|hiking|hoop|inbox|outbox
indecisive|interactive|iron|kaaba|kidney|legume|loop|magical|mate|morning|nesting|outlined|pest|place|plumage|polo|post|pound|pouring
prophecy|rays|reef|relaxed|reminder|repeat|restroom|revolving|room|schmear|score|shaker|shaved|shuffle|slash|spouting|stringed|superpower
surfing|tabs|transgender|twisted|vibration|warning|wild cabbage|wilted|woolly|worker|wrap|fighter|delivery|dairy|drop|fencing|flipper|slice|undead
bullet|claws|frying|grooming|oyster pail|print|crescent|dusk|smoking|infinity|food|sports|dot|equestrian|heroine|nail|oil|orange fruit
on|off|low|high|medium|new|used|cancel|no|not|ok|yes|what|word|whatever|number|game over|person|people|adult|man|woman|boy|girl|young|skin""")
# Animals whose emoji are called "… face" as well.
FACES = set("cat dog mouse pig cow tiger rabbit horse monkey dragon fox wolf bear lion frog panda koala hamster unicorn robot clown".split())

# Glyph names that say little about what is seen, and makers' marks.
CRYPTIC = set(
    "up on off end back soon top new cool free play clear done more set vs ok label sign symbol mark check cross control "
    "input numbers symbols button person man woman people boy girl group hole mode field level stop record pause minus plus "
    "divide question information medical text page right left down card print table seat copyright registered apple "
    "google microsoft android".split())
