"""Which pictures the model learns, and under which words.

Two cores see a few hundred thousand pictures, so a small vocabulary seen often beats a large one seen seldom, and few
drawings of a thing beat many: every noun has one to four glyphs of much the same shape, drawn in any colour, and one to three emoji.
They were chosen by eye from all that bear the noun.
"""

import re
from dataclasses import dataclass

# `noun, other name weight: glyphs | emoji`, each the id of a picture in the archive. `~` asks for an emoji's outline as a glyph,
# `=red` says that an emoji is known in several colours.
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
apple 1: ~twemoji/1f34e.svg | twemoji/1f34e.svg=red twemoji/1f34f.svg=green
moon 1: phosphor/fill/moon-fill.svg font_awesome/solid/moon.svg | twemoji/1f319.svg noto/u1F319
book 1: mdi/book-variant.svg material_icons/filled/book.svg phosphor/fill/book-fill.svg | twemoji/1f4d5.svg=red twemoji/1f4d8.svg=blue twemoji/1f4d7.svg=green
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
    weight: float                      # share of the samples, relative to the others
    glyphs: tuple
    emoji: tuple


def _parse(line):
    head, drawings = line.split(":", 1)
    names, weight = head.rsplit(" ", 1)
    glyphs, emoji = drawings.split("|")
    return Noun(tuple(names.split(", ")), float(weight), tuple(glyphs.split()), tuple(emoji.split()))


NOUNS = {noun.names[0]: noun for noun in map(_parse, _NOUNS.strip().splitlines())}

# What a wide vocabulary (`Profile.others`) leaves out. Emoji groups that cost much and give little: fine detail, lettering, near-identical people.
DROPPED_CATEGORIES = set(
    "flag family person person-role person-sport person-activity person-gesture person-resting person-symbol keycap alphanum av-symbol "
    "zodiac transport-sign arrow gender math currency punctuation religion other-symbol monkey-face hand-fingers-open hand-prop "
    "place-religious warning money time".split())
DROPPED_NAMES = re.compile(
    r"skin tone|o'clock|thirty|japanese|\b(man|woman|person)\b|middle finger|cigarette|kaaba|bikini|briefs|toilet|poo\b|urn|coffin|letter|"
    r"button|medium|map|banknote|chart|clipboard")
# Glyph names that say little about what is seen, and makers' marks.
CRYPTIC = set(
    "up on off end back soon top new cool free play clear done more set vs ok label sign symbol mark check cross control "
    "input numbers symbols button person man woman people boy girl group hole mode field level stop record pause minus plus "
    "divide question information medical text page right left down card print table seat copyright registered apple "
    "google microsoft android".split())
