#!/usr/bin/env python3
"""Writes default_text.cpp: the calibration text for users who give none.

    python3 make_default_text.py > default_text.cpp

Statistics of activations need variety more than meaning: prose in several tones, dialogue, letters,
instructions, lists, tables, code in a few languages, numbers, questions and answers. Every sentence
is the project's own; a seeded generator fills their slots and shuffles the order, so that the text is
the same every time.
"""
import random

R = random.Random(20)
NAMES = ["Mara", "Tobias", "Ines", "Okoro", "Lena", "Yusuf", "Priya", "Anton", "Sofia", "Hiro", "Greta",
         "Samuel", "Noor", "Viktor", "Elise", "Dario", "Wanjiru", "Oskar", "Mei", "Callum"]
PLACES = ["the harbour", "a village in the hills", "the old railway station", "the northern coast",
          "the market square", "a laboratory under the roof", "the river delta", "the school library",
          "a workshop behind the bakery", "the upper valley", "the ferry terminal", "the botanical garden"]
THINGS = ["a brass compass", "the broken pump", "three jars of honey", "a map without names", "the red bicycle",
          "an unfinished letter", "a box of glass negatives", "the spare key", "a wooden loom",
          "the weather station", "a notebook full of measurements", "the second-hand telescope"]
TIMES = ["In the spring of that year", "Late one evening", "Before the war", "On the first day of frost",
         "Shortly after noon", "For almost a decade", "When the rain finally stopped", "By the end of the century",
         "Last Thursday", "Every autumn", "During the long drought", "At a quarter past six"]
TOPICS = ["the migration of eels", "bridge building", "the price of salt", "bread made with rye", "tidal power",
          "the grammar of questions", "roof tiles", "early clocks", "urban foxes", "soil acidity",
          "public libraries", "the history of paper", "river law", "vaccination", "chess endings",
          "glacier mapping", "railway timetables", "voting systems"]
ADJECTIVES = ["careful", "stubborn", "quiet", "remarkable", "cheap", "ancient", "fragile", "uneven", "generous",
              "precise", "muddy", "brilliant", "dull", "temporary", "narrow", "unexpected"]
VERBS = ["measured", "carried", "repaired", "painted", "forgot", "sold", "described", "hid", "photographed",
         "borrowed", "buried", "catalogued"]
MATERIALS = ["copper", "limestone", "linen", "graphite", "oak", "porcelain", "basalt", "wool", "cedar", "zinc"]

NARRATIVE = [
    "{time}, {name} {verb} {thing} near {place}, although nobody had asked for it.",
    "It was a {adj} piece of work, and {name} knew that {name2} would notice the {adj2} corners at once.",
    "The road to {place} had been closed since {month}, so they walked along the embankment and counted the sleepers.",
    "\"You cannot fix {thing} with good intentions,\" her grandmother used to say, usually while fixing it.",
    "Nothing about {place} looked {adj} from a distance; up close, every door had been painted a different green.",
    "{name} wrote down the time, the wind and the smell of wet {material}, and then closed the notebook.",
    "They argued about {topic} until the candles were low, and neither of them changed an opinion.",
    "By morning the {material} had turned pale, and the whole room smelled of smoke and oranges.",
    "He had inherited {thing} from an aunt whom he had met exactly twice.",
    "What {name} remembered later was not the noise but the pause that came before it.",
    "A dog barked twice on the other side of the wall; then {place} was quiet again.",
    "{name2} laughed, put the coins back on the counter, and said that it could wait until {day}.",
    "If the ferry had been on time, {name} would never have spoken to the man with {thing}.",
    "The children were told to stay away from {place}, which is why they knew every stone of it.",
]
EXPOSITION = [
    "The study of {topic} began with a {adj} mistake: early observers confused cause and effect.",
    "About {n} per cent of the {material} used in the region comes from {place}, according to the census of {year}.",
    "Unlike its neighbours, the district has kept detailed records of {topic} since {year}.",
    "The first systematic account of {topic} was published in {year}; a revised edition followed {small} years later.",
    "Engineers distinguish between {adj} and {adj2} loads, and a structure made of {material} must carry both.",
    "Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two.",
    "In practice, however, the method fails whenever samples are smaller than {small} or the temperature rises above {n} degrees.",
    "The committee met {small} times between {year} and {year2}, but its final report on {topic} was never printed.",
    "This is because water expands when it freezes, whereas most liquids contract.",
    "Critics of the reform pointed out that {topic} had been regulated before, with {adj} results.",
    "The average height of the wall is {small}.{digit} metres; its foundations reach down to solid {material}.",
    "As a consequence, the population fell from {big} to {big2} within two generations.",
    "A common misunderstanding is that {topic} and {topic2} have the same origin.",
    "Where the current slows down, sand is deposited and forms bars that shift after every flood.",
    "The museum owns about {big} objects, of which fewer than {n} are on display at any time.",
    "Under the treaty, both sides agreed to share the cost of {topic} in proportion to their harvests.",
]
OPINION = [
    "I have never understood why {topic} is taught as if it were finished.",
    "Perhaps the simplest thing one can say about {topic} is that it rewards patience.",
    "My own view, for what it is worth, is that a {adj} tool used every day beats a {adj2} one that stays in its box.",
    "We should be honest: most of us first heard of {topic} from somebody who was wrong about it.",
    "There is a kind of beauty in {material} that is only visible after it has been used for years.",
    "Of course, this is easy to say with hindsight, and hindsight has never repaired a roof.",
    "So the question is not whether we can afford {topic}, but whether we can afford to ignore it any longer.",
]
TALK = [
    ("Did you bring {thing}?", "I thought you had it. Wasn't it still at {place}?"),
    ("How long will it take?", "Two days if it stays dry. A week if {name2} helps."),
    ("I read something about {topic} yesterday.", "And? Did it say anything that we don't know already?"),
    ("Why are you smiling?", "Because it works. It actually works, and I have no idea why."),
    ("We're out of {material}.", "Then we'll use {material2}. Nobody will look underneath."),
    ("Could you say that again, more slowly?", "Sure. First the valve, then the switch, and only then the light."),
    ("You're late.", "I know, I'm sorry. The bus stopped at {place} and just... stayed there."),
    ("What would you do in my place?", "Honestly? I'd ask {name2}. She has seen this before."),
    ("That can't be {n} euros!", "It says so on the bill: {small} hours, plus the {material}."),
    ("Shall we go on?", "One moment. Listen. Do you hear that?"),
]
QUESTIONS = [
    ("What is the difference between weather and climate?",
     "Weather is what happens in the air on a given day; climate is the average of weather over decades. A single cold week says little about the climate."),
    ("How do I remove rust from {thing}?",
     "Start with the gentlest method. Soak the part in vinegar for a night, rub it with fine wire wool, rinse it, dry it at once, and oil it. If pits remain, repeat the steps before you reach for acid."),
    ("Can you explain recursion to a child?",
     "Imagine that you want to know how many people stand in a queue in front of you. You ask the person ahead, who asks the next one, and so on. The first one answers \"none\", and every answer on the way back is one larger."),
    ("Is {n} a prime number?",
     "To find out, divide it by 2, 3, 5, 7 and so on, up to its square root. If none of them divides it without a remainder, it is prime."),
    ("Who should read a report about {topic}?",
     "Anybody who decides about it, first of all. The summary is written for readers in a hurry; the appendix is for those who want to check the numbers."),
    ("How much paint do I need for a wall of 4 by 2.5 metres?",
     "The wall has 10 square metres. One litre covers about 8 square metres, so two coats take 20 / 8 = 2.5 litres. Buy three, and keep the rest for repairs."),
    ("Why does bread rise?",
     "Yeast eats sugar and gives off carbon dioxide. The dough's gluten is elastic and holds the gas in small bubbles, which grow in the heat of the oven until the crust sets."),
]
CODE = [
    '''def {f}(values, limit={small}):
    """Returns the running total of `values`, but never more than `limit`."""
    total = 0
    for i, value in enumerate(values):
        if value is None:
            continue
        total = min(total + value, limit)
        print(f"step {{i}}: {{total}}")
    return total
''',
    '''for (int i = 0; i < {n}; ++i) {{
    if (table[i].key == key) {{
        return &table[i].value;  // found
    }}
}}
fprintf(stderr, "error: no entry for key %d\\n", key);
return NULL;
''',
    '''SELECT name, COUNT(*) AS visits, AVG(duration) AS mean
FROM sessions JOIN users ON users.id = sessions.user_id
WHERE started >= '{year}-0{digit1}-01' AND status <> 'cancelled'
GROUP BY name HAVING COUNT(*) > {small} ORDER BY visits DESC LIMIT 20;
''',
    '''class {c} {{
  constructor(size) {{ this.items = []; this.size = size; }}
  push(item) {{
    if (this.items.length === this.size) this.items.shift();
    this.items.push(item);
    return this;
  }}
  get last() {{ return this.items[this.items.length - 1] ?? null; }}
}}
''',
    '''#!/bin/sh
set -eu
for file in "$HOME"/{f}/*.log; do
    [ -s "$file" ] || continue
    gzip -9 "$file" && echo "packed $file"
done
''',
    '''{{"id": {big}, "name": "{name}", "tags": ["{material}", "{material2}"], "active": true, "score": {small}.{digit}, "parent": null}}
''',
    '''fn {f}(text: &str) -> Option<usize> {{
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {{
        match c {{
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {{}}
        }}
    }}
    None
}}
''',
    '''<article class="{f}">
  <h2>About {topic}</h2>
  <p>Updated on <time datetime="{year}-11-0{digit1}">{day}</time> by {name}.</p>
  <ul><li><a href="/{f}/{n}">{material}</a></li><li>{material2}</li></ul>
</article>
''',
]
RECIPES = [
    "Soup of roasted roots. You need {small} carrots, two parsnips, an onion, a litre of stock, oil, salt and thyme. Cut everything into pieces of equal size, mix them with oil, and roast them at 200 °C for {n2} minutes, until the edges are brown. Add the stock, simmer for ten minutes, blend, and season. Serve with bread.",
    "To fold the cover, place the sheet with the printed side down. Fold the upper edge to the lower edge and crease it with a ruler. Turn the sheet by 90 degrees, fold it again, and trim {small} millimetres from the open side. Do not glue before the ink is dry.",
    "Before you change the filter, switch the device off and wait for {n2} minutes. Open the flap on the left, press the two clips, and pull the filter out straight. Insert the new one so that the arrow points to the wall. The green light blinks {small} times when it is in place.",
    "Stand with your feet apart, breathe in, and raise both arms slowly. Hold the position for {small} seconds. Breathe out, lower the arms, and repeat the exercise {n2} times. Stop if you feel pain in the shoulder.",
]
LETTERS = [
    "Dear {name},\n\nthank you for your letter of {day}. I am glad that {thing} arrived in one piece; I had packed it in {material} shavings, for want of anything better. As for {place}, the owners have agreed in principle, but they want to see the drawings first. Could you send me two copies before the {small}th?\n\nWith kind regards\n{name2}",
    "Subject: minutes of the meeting on {day}\n\nHi all,\n\nshort summary: (1) the budget for {topic} is approved, {big} in total; (2) {name} looks for somebody who can repair {thing}; (3) we did not get to item 3 and will take it first next time. Please shout if I forgot something.\n\nCheers,\n{name2}",
    "To whom it may concern: {name} {name2} worked with us from {year} to {year2}, first as an apprentice and later as head of the {material} department. We came to know a {adj}, reliable colleague who explains difficult things simply. We would hire this person again without hesitation.",
]


def filled(template):
    month = ["January", "March", "May", "July", "October", "December"]
    day = ["Monday", "Tuesday", "Wednesday", "Friday", "Saturday", "Sunday"]
    pick = R.choice
    two = lambda items: R.sample(items, 2)
    (name, name2), (adj, adj2), (topic, topic2) = two(NAMES), two(ADJECTIVES), two(TOPICS)
    material, material2 = two(MATERIALS)
    year = R.randint(1620, 1990)
    return template.format(
        name=name, name2=name2, adj=adj, adj2=adj2, topic=topic, topic2=topic2, material=material,
        material2=material2, place=pick(PLACES), thing=pick(THINGS), time=pick(TIMES), verb=pick(VERBS),
        month=pick(month), day=pick(day), n=R.randint(11, 97), n2=R.choice([15, 20, 25, 30, 45]),
        small=R.randint(3, 12), digit=R.randint(0, 9), digit1=R.randint(1, 9), big=f"{R.randint(1200, 98000)}",
        big2=f"{R.randint(300, 1100)}", year=year, year2=year + R.randint(2, 29),
        f=pick(["collect", "first_gap", "archive", "render_all", "merge", "notes"]),
        c=pick(["Ring", "History", "Shelf", "Window"]))


def paragraph(sentences, low, high):
    return " ".join(filled(s) for s in R.sample(sentences, R.randint(low, high)))


def dialogue():
    a, b = R.sample(NAMES, 2)
    lines = []
    for question, answer in R.sample(TALK, 3):
        lines += [f"{a}: {filled(question)}", f"{b}: {filled(answer)}"]
    if R.random() < 0.5:
        lines = [f"\"{line.split(': ', 1)[1]}\" said {line.split(':')[0]}." for line in lines]
    return "\n".join(lines)


def listing():
    kind = R.randint(0, 2)
    if kind == 0:
        items = R.sample(THINGS + MATERIALS, 6)
        return "Things to bring:\n" + "\n".join(f"- {item}" for item in items)
    if kind == 1:
        items = R.sample(EXPOSITION, 4)
        return f"# Notes on {R.choice(TOPICS)}\n\n" + "\n".join(
            f"{i + 1}. {filled(item)}" for i, item in enumerate(items))
    rows = [f"| {R.choice(NAMES)} | {R.randint(1, 400)} | {R.randint(0, 99)}.{R.randint(0, 9)} % | {R.choice(MATERIALS)} |"
            for _ in range(5)]
    return "| who | count | share | material |\n|---|---|---|---|\n" + "\n".join(rows)


def arithmetic():
    lines = []
    for _ in range(5):
        a, b = R.randint(12, 989), R.randint(3, 99)
        lines.append(R.choice([f"{a} + {b} = {a + b}", f"{a} - {b} = {a - b}", f"{a} * {b} = {a * b}",
                               f"{a * b} / {b} = {a}", f"{b}^2 = {b * b}"]))
    return "\n".join(lines)


def question():
    q, a = R.choice(QUESTIONS)
    return f"Question: {filled(q)}\nAnswer: {filled(a)}"


KINDS = [(lambda: paragraph(NARRATIVE, 4, 7), 6), (lambda: paragraph(EXPOSITION, 4, 7), 8),
         (lambda: paragraph(OPINION, 2, 4), 2), (dialogue, 4), (lambda: filled(R.choice(CODE)).rstrip("\n"), 4),
         (listing, 3), (lambda: filled(R.choice(RECIPES)), 2), (lambda: filled(R.choice(LETTERS)), 2),
         (question, 3), (arithmetic, 1)]


def text(pieces):
    makers = [maker for maker, weight in KINDS for _ in range(weight)]
    return "\n\n".join(R.choice(makers)() for _ in range(pieces)) + "\n"


HEADER = '''// Written by make_default_text.py: change that, not this. Pieces keep within what compilers accept
// as one literal.
#include "calibration/default_text.h"

namespace quern {
namespace {

// clang-format off
constexpr std::string_view kPieces[] = {
'''
FOOTER = '''};
// clang-format on

}  // namespace

std::string default_text() {
    std::string text;
    for (const std::string_view piece : kPieces) text += piece;
    return text;
}

}  // namespace quern
'''


def main():
    whole = text(720)  # 128 samples of 512 tokens
    assert ')text"' not in whole
    print(HEADER, end="")
    for begin in range(0, len(whole), 12000):
        print(f'R"text({whole[begin:begin + 12000]})text",')
    print(FOOTER, end="")


main()
