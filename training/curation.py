"""Which pictures the model learns, and under which words.

Two cores see a few hundred thousand pictures, so a small vocabulary seen often beats a large one seen seldom.
`FOCUS` lists the nouns that must come out recognisable; everything else that is kept fills in around them.
"""

import re

# noun -> (weight, names of glyphs in the icon packs, names of emoji); the noun itself is always among both.
# One noun a line: `noun weight: glyph, glyph | emoji, emoji`.
_FOCUS = """
heart 5: | red heart, heart suit, orange heart, yellow heart, green heart, blue heart, purple heart, black heart
star 5: star rate | star, glowing star
smiling face 5: smile, smile face, happy face, smiley, happy, emoticon, satisfied face | slightly smiling face, smiling face with smiling eyes, smiling face, grinning face, beaming face with smiling eyes, grinning face with big eyes
tree 5: tree deciduous, tree city | deciduous tree
evergreen tree 0.35: tree evergreen, pine tree, tree pine | evergreen tree, christmas tree
palm tree 0.35: tree palm | palm tree
sun 5: sunny weather | sun, sun with face
house 5: home, house chimney | house, house with garden
cat 5: | cat face, cat, black cat
car 5: car hatchback, car side | automobile, sport utility vehicle, oncoming automobile, racing car
flower 5: | blossom, cherry blossom, hibiscus, sunflower
tulip 0.35: tulip flower | tulip
rose 0.35: rose flower | rose
fish 5: fish fins | fish, tropical fish, blowfish
clock 5: clock clockwise | alarm clock, mantelpiece clock, three o'clock, nine o'clock, ten o'clock
apple 5: food apple, apple whole | red apple, green apple
moon 5: moon waning crescent, moon waxing crescent | crescent moon, full moon
book 5: | closed book, green book, blue book, orange book
open book 0.35: book open, menu book | open book
umbrella 5: | umbrella, closed umbrella
crown 5: | crown
airplane 5: plane, airplane in flight, airplane tilt, flight | airplane, small airplane
cloud 5: cloudy weather, cloudy | cloud
lightning 5: lightning bolt, bolt, flash, flash on, lightning weather | high voltage
key 5: | key, old key
lock 5: padlock | locked
bell 5: | bell
camera 5: photo camera, camera retro | camera, camera with flash
music note 5: music, music notes | musical note, musical notes
pizza 5: pizza slice, local pizza | pizza
coffee cup 5: coffee, cup, mug hot, mug saucer, local cafe | hot beverage
dog 0.7: | dog face, dog
bird 0.7: | bird
butterfly 0.35: | butterfly
boat 0.35: sailboat, sail boat | sailboat
ship 0.35: | ship, passenger ship
bicycle 0.35: bike | bicycle
train 0.35: | train, locomotive
bus 0.35: | bus
truck 0.35: | delivery truck
rocket 0.7: | rocket
cake 0.35: | birthday cake, shortcake
ball 0.35: soccer ball, tennis ball, basketball | soccer ball, basketball, tennis
guitar 0.35: | guitar
mountain 0.35: mountains | mountain, snow-capped mountain
castle 0.35: castle turret | castle, japanese castle
robot 0.35: | robot
rabbit 0.35: | rabbit face, rabbit
horse 0.35: horse head | horse face, horse
cow 0.35: | cow face, cow
pig 0.35: | pig face, pig
elephant 0.35: | elephant
frog 0.35: | frog
panda 0.35: | panda
penguin 0.35: | penguin
duck 0.35: | duck
owl 0.35: | owl
turtle 0.35: | turtle
snail 0.35: | snail
bee 0.35: | honeybee
spider 0.35: | spider
hat 0.35: hat wizard, hat cowboy | top hat, woman's hat
gift 0.7: | wrapped gift
balloon 0.35: | balloon
leaf 0.35: | fallen leaf, leaf fluttering in wind
fire 0.35: flame, local fire department | fire
water drop 0.35: drop, water, droplet, water drop | droplet
sword 0.35: | crossed swords, dagger
light bulb 0.7: lightbulb | light bulb
pencil 0.35: | pencil
snowflake 0.35: | snowflake
snowman 0.35: | snowman without snow, snowman
rainbow 0.35: | rainbow
anchor 0.35: | anchor
skull 0.35: | skull
ghost 0.35: | ghost
alien 0.35: | alien
diamond 0.35: gem | gem stone
flag 0.35: | triangular flag
hand 0.35: | raised hand
thumbs up 0.35: thumb up | thumbs up
eye 0.35: | eye
envelope 0.35: mail, email | envelope
phone 0.35: | telephone receiver, telephone
laptop 0.35: | laptop
television 0.35: tv | television
hammer 0.35: | hammer
wrench 0.35: | wrench
gear 0.35: cog, settings | gear
scissors 0.35: | scissors
magnet 0.35: | magnet
trophy 0.35: | trophy
medal 0.35: | sports medal, 1st place medal
microphone 0.35: | microphone
headphones 0.35: | headphone
mushroom 0.35: | mushroom
cactus 0.35: | cactus
carrot 0.35: | carrot
cherries 0.35: cherry | cherries
lemon 0.35: | lemon
banana 0.35: | banana
strawberry 0.35: | strawberry
grapes 0.35: fruit grapes | grapes
pear 0.35: | pear
orange 0.35: | tangerine
watermelon 0.35: | watermelon
tomato 0.35: | tomato
bread 0.35: bread slice | bread
egg 0.35: | egg
hamburger 0.35: burger | hamburger
hot dog 0.35: | hot dog
ice cream 0.35: | ice cream, soft ice cream
cupcake 0.35: | cupcake
cookie 0.35: | cookie
donut 0.35: doughnut | doughnut
candy 0.35: | candy
wine glass 0.35: wine, glass wine | wine glass
beer 0.35: | beer mug
chair 0.35: | chair
bed 0.35: | bed
door 0.35: | door
lamp 0.35: | couch and lamp, diya lamp
shirt 0.35: t shirt, tshirt, tshirt crew | t-shirt
shoe 0.35: sneaker | running shoe
glasses 0.35: eyeglasses, sunglasses | glasses, sunglasses
backpack 0.35: | backpack
ring 0.35: | ring
shield 0.35: | shield
bomb 0.35: | bomb
bug 0.35: | bug, lady beetle
"""

# Glyph names that show a noun in its plainest form, beside the noun itself; others count for a quarter.
PLAIN = {"home", "smiley", "happy face", "music", "coffee", "plane", "bolt", "lightning bolt"}

# Further names under which an emoji is also captioned.
ALIASES = {
    "red heart": ["heart", "love"],
    "star": ["yellow star", "gold star"],
    "glowing star": ["star", "yellow star"],
    "slightly smiling face": ["smiling face", "smile", "smiley face", "happy face", "yellow smiley"],
    "smiling face with smiling eyes": ["smiling face", "happy face", "smiley"],
    "grinning face": ["smiling face", "happy face"],
    "grinning face with big eyes": ["smiling face", "happy face"],
    "beaming face with smiling eyes": ["smiling face", "happy face"],
    "crying face": ["sad face"], "frowning face": ["sad face"], "slightly frowning face": ["sad face"],
    "deciduous tree": ["tree", "green tree"],
    "evergreen tree": ["pine tree", "green pine tree"],
    "sun": ["yellow sun", "orange sun"], "sun with face": ["sun", "yellow sun", "smiling sun"],
    "house with garden": ["house"], "house": ["home"],
    "cat face": ["cat", "yellow cat", "kitten"], "cat": ["yellow cat"], "dog face": ["dog", "puppy", "brown dog"],
    "black cat": ["a black cat", "black cat"],
    "automobile": ["car", "red car"], "oncoming automobile": ["car", "red car"], "sport utility vehicle": ["blue car", "car"],
    "racing car": ["red racing car"],
    "blossom": ["flower", "yellow flower"], "cherry blossom": ["flower", "pink flower"], "hibiscus": ["flower", "red flower"],
    "rose": ["red rose", "red flower"], "tulip": ["pink tulip", "pink flower"], "sunflower": ["yellow flower"],
    "tropical fish": ["fish"], "fish": ["blue fish"], "blowfish": ["fish"],
    "alarm clock": ["clock"], "mantelpiece clock": ["clock"], "three o'clock": ["clock"], "nine o'clock": ["clock"],
    "ten o'clock": ["clock"],
    "red apple": ["apple"], "green apple": ["apple"],
    "crescent moon": ["moon", "yellow moon"], "full moon": ["moon"],
    "closed book": ["book", "red book"], "open book": ["book"], "green book": ["book"], "blue book": ["book"],
    "orange book": ["book"],
    "umbrella": ["purple umbrella"], "crown": ["gold crown", "king's crown"],
    "airplane": ["plane", "aircraft"], "small airplane": ["airplane", "plane"],
    "high voltage": ["lightning", "lightning bolt", "yellow lightning"],
    "locked": ["lock", "padlock", "yellow lock"], "key": ["yellow key"], "bell": ["yellow bell", "golden bell"],
    "camera with flash": ["camera"], "musical note": ["music note", "music"], "musical notes": ["music notes", "music"],
    "hot beverage": ["coffee cup", "cup of coffee", "coffee"], "pizza": ["slice of pizza"],
    "wrapped gift": ["gift", "present"], "snow-capped mountain": ["mountain"], "honeybee": ["bee"],
    "rabbit face": ["rabbit", "bunny"], "horse face": ["horse"], "cow face": ["cow"], "pig face": ["pig"],
    "soft ice cream": ["ice cream"], "top hat": ["hat"], "droplet": ["water drop"], "gem stone": ["diamond", "blue diamond"],
    "triangular flag": ["flag", "red flag"], "raised hand": ["hand"], "tangerine": ["orange", "orange fruit"],
    "running shoe": ["shoe", "sneaker"], "t-shirt": ["shirt"], "doughnut": ["donut"], "beer mug": ["beer"],
    "passenger ship": ["ship"], "delivery truck": ["truck"], "telephone": ["phone"], "headphone": ["headphones"],
    "birthday cake": ["cake"], "shortcake": ["cake"], "snowman without snow": ["snowman"], "lady beetle": ["ladybug", "bug"],
    "sports medal": ["medal"], "monkey face": ["monkey"], "tiger face": ["tiger"], "mouse face": ["mouse"],
    "soccer ball": ["ball"], "locomotive": ["train"], "oncoming bus": ["bus"], "fire": ["flame"],
}

# Emoji groups that cost much and give little: fine detail, lettering, near-identical people, flags.
DROPPED_CATEGORIES = set(
    "country-flag subdivision-flag flag family person-role person-sport person-activity person-gesture person-resting "
    "person-symbol keycap alphanum av-symbol zodiac transport-sign arrow gender math currency punctuation religion "
    "other-symbol monkey-face hand-fingers-open hand-prop place-religious warning money".split())
DROPPED_NAMES = re.compile(
    r"skin tone|o'clock|-thirty|japanese|\bman\b.*,|\bwoman\b.*,|\bperson\b.*,|middle finger|cigarette|\b(mx|mrs) |"
    r"^(man|woman) |kaaba|bikini|briefs|toilet|poo\b|urn|coffin|letter|button|medium|map|banknote|chart|clipboard")
# Glyph names that say little about what is seen.
CRYPTIC = set(
    "up on off end back soon top new cool free play clear done more set vs ok label sign symbol mark check cross control "
    "input numbers symbols button person man woman people boy girl group hole mode field level stop record pause minus plus "
    "divide question information medical text page right left down card print table seat copyright registered".split())


def focus():
    """{noun: (weight, set of glyph names, set of emoji names)}"""
    table = {}
    for line in _FOCUS.strip().splitlines():
        head, rest = line.split(":")
        noun, weight = head.rsplit(" ", 1)
        glyphs, emoji = ({n.strip() for n in part.split(",") if n.strip()} for part in rest.split("|"))
        table[noun] = (float(weight), glyphs | {noun}, emoji | {noun})
    return table


FOCUS = focus()
