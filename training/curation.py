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
evergreen tree 1: tree evergreen, pine tree, tree pine | evergreen tree, christmas tree
palm tree 1: tree palm | palm tree
sun 5: sunny weather | sun, sun with face
house 5: home, house chimney | house, house with garden
cat 5: | cat face, cat, black cat
car 5: car hatchback, car side | automobile, sport utility vehicle, oncoming automobile, racing car
flower 5: | blossom, cherry blossom, hibiscus, sunflower
tulip 1: tulip flower | tulip
rose 1: rose flower | rose
fish 5: fish fins | fish, tropical fish, blowfish
clock 5: clock clockwise | alarm clock, mantelpiece clock, three o'clock, nine o'clock, ten o'clock
apple 5: food apple, apple whole | red apple, green apple
moon 5: moon waning crescent, moon waxing crescent | crescent moon, full moon
book 5: | closed book, green book, blue book, orange book
open book 1: book open, menu book | open book
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
dog 2: | dog face, dog
bird 2: | bird
butterfly 1: | butterfly
boat 1: sailboat, sail boat | sailboat
ship 1: | ship, passenger ship
bicycle 1: bike | bicycle
train 1: | train, locomotive
bus 1: | bus
truck 1: | delivery truck
rocket 2: | rocket
cake 1: | birthday cake, shortcake
ball 1: soccer ball, tennis ball, basketball | soccer ball, basketball, tennis
guitar 1: | guitar
mountain 1: mountains | mountain, snow-capped mountain
castle 1: castle turret | castle, japanese castle
robot 1: | robot
rabbit 1: | rabbit face, rabbit
horse 1: horse head | horse face, horse
cow 1: | cow face, cow
pig 1: | pig face, pig
elephant 1: | elephant
frog 1: | frog
panda 1: | panda
penguin 1: | penguin
duck 1: | duck
owl 1: | owl
turtle 1: | turtle
snail 1: | snail
bee 1: | honeybee
spider 1: | spider
hat 1: hat wizard, hat cowboy | top hat, woman's hat
gift 2: | wrapped gift
balloon 1: | balloon
leaf 1: | fallen leaf, leaf fluttering in wind
fire 1: flame, local fire department | fire
water drop 1: drop, water, droplet, water drop | droplet
sword 1: | crossed swords, dagger
light bulb 2: lightbulb | light bulb
pencil 1: | pencil
snowflake 1: | snowflake
snowman 1: | snowman without snow, snowman
rainbow 1: | rainbow
anchor 1: | anchor
skull 1: | skull
ghost 1: | ghost
alien 1: | alien
diamond 1: gem | gem stone
flag 1: | triangular flag
hand 1: | raised hand
thumbs up 1: thumb up | thumbs up
eye 1: | eye
envelope 1: mail, email | envelope
phone 1: | telephone receiver, telephone
laptop 1: | laptop
television 1: tv | television
hammer 1: | hammer
wrench 1: | wrench
gear 1: cog, settings | gear
scissors 1: | scissors
magnet 1: | magnet
trophy 1: | trophy
medal 1: | sports medal, 1st place medal
microphone 1: | microphone
headphones 1: | headphone
mushroom 1: | mushroom
cactus 1: | cactus
carrot 1: | carrot
cherries 1: cherry | cherries
lemon 1: | lemon
banana 1: | banana
strawberry 1: | strawberry
grapes 1: fruit grapes | grapes
pear 1: | pear
orange 1: | tangerine
watermelon 1: | watermelon
tomato 1: | tomato
bread 1: bread slice | bread
egg 1: | egg
hamburger 1: burger | hamburger
hot dog 1: | hot dog
ice cream 1: | ice cream, soft ice cream
cupcake 1: | cupcake
cookie 1: | cookie
donut 1: doughnut | doughnut
candy 1: | candy
wine glass 1: wine, glass wine | wine glass
beer 1: | beer mug
chair 1: | chair
bed 1: | bed
door 1: | door
lamp 1: | couch and lamp, diya lamp
shirt 1: t shirt, tshirt, tshirt crew | t-shirt
shoe 1: sneaker | running shoe
glasses 1: eyeglasses, sunglasses | glasses, sunglasses
backpack 1: | backpack
ring 1: | ring
shield 1: | shield
bomb 1: | bomb
bug 1: | bug, lady beetle
"""

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
