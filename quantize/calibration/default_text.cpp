// Written by make_default_text.py: change that, not this. Pieces keep within what compilers accept
// as one literal.
#include "calibration/default_text.h"

namespace quern {
namespace {

// clang-format off
constexpr std::string_view kPieces[] = {
R"text(The first systematic account of tidal power was published in 1830; a revised edition followed 4 years later. Where the current slows down, sand is deposited and forms bars that shift after every flood. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. Critics of the reform pointed out that soil acidity had been regulated before, with quiet results. Unlike its neighbours, the district has kept detailed records of bridge building since 1882. The study of soil acidity began with a uneven mistake: early observers confused cause and effect.

This is because water expands when it freezes, whereas most liquids contract. The study of river law began with a fragile mistake: early observers confused cause and effect. In practice, however, the method fails whenever samples are smaller than 11 or the temperature rises above 72 degrees. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two.

To whom it may concern: Anton Dario worked with us from 1757 to 1763, first as an apprentice and later as head of the cedar department. We came to know a cheap, reliable colleague who explains difficult things simply. We would hire this person again without hesitation.

If the ferry had been on time, Anton would never have spoken to the man with the spare key. The road to the northern coast had been closed since July, so they walked along the embankment and counted the sleepers. Priya wrote down the time, the wind and the smell of wet porcelain, and then closed the notebook. Nothing about the river delta looked ancient from a distance; up close, every door had been painted a different green.

This is because water expands when it freezes, whereas most liquids contract. The first systematic account of the grammar of questions was published in 1845; a revised edition followed 10 years later. About 26 per cent of the copper used in the region comes from the ferry terminal, according to the census of 1715. Where the current slows down, sand is deposited and forms bars that shift after every flood. Under the treaty, both sides agreed to share the cost of tidal power in proportion to their harvests.

They argued about river law until the candles were low, and neither of them changed an opinion. Nothing about the botanical garden looked uneven from a distance; up close, every door had been painted a different green. By morning the cedar had turned pale, and the whole room smelled of smoke and oranges. What Priya remembered later was not the noise but the pause that came before it. If the ferry had been on time, Anton would never have spoken to the man with a map without names. It was a stubborn piece of work, and Priya knew that Mei would notice the uneven corners at once.

class History {
  constructor(size) { this.items = []; this.size = size; }
  push(item) {
    if (this.items.length === this.size) this.items.shift();
    this.items.push(item);
    return this;
  }
  get last() { return this.items[this.items.length - 1] ?? null; }
}

Ines laughed, put the coins back on the counter, and said that it could wait until Tuesday. "You cannot fix an unfinished letter with good intentions," her grandmother used to say, usually while fixing it. It was a uneven piece of work, and Greta knew that Ines would notice the muddy corners at once. What Ines remembered later was not the noise but the pause that came before it. Before the war, Lena hid the red bicycle near the upper valley, although nobody had asked for it.

{"id": 47202, "name": "Noor", "tags": ["limestone", "cedar"], "active": true, "score": 12.3, "parent": null}

Samuel: How long will it take?
Sofia: Two days if it stays dry. A week if Ines helps.
Samuel: That can't be 84 euros!
Sofia: It says so on the bill: 5 hours, plus the limestone.
Samuel: Why are you smiling?
Sofia: Because it works. It actually works, and I have no idea why.

Oskar wrote down the time, the wind and the smell of wet oak, and then closed the notebook. Before the war, Mei hid the broken pump near the northern coast, although nobody had asked for it. Nothing about the school library looked careful from a distance; up close, every door had been painted a different green. By morning the cedar had turned pale, and the whole room smelled of smoke and oranges. A dog barked twice on the other side of the wall; then the northern coast was quiet again. Elise laughed, put the coins back on the counter, and said that it could wait until Wednesday.

Subject: minutes of the meeting on Wednesday

Hi all,

short summary: (1) the budget for public libraries is approved, 8881 in total; (2) Wanjiru looks for somebody who can repair the second-hand telescope; (3) we did not get to item 3 and will take it first next time. Please shout if I forgot something.

Cheers,
Ines

| who | count | share | material |
|---|---|---|---|
| Callum | 163 | 22.8 % | porcelain |
| Viktor | 153 | 34.6 % | wool |
| Noor | 316 | 25.0 % | copper |
| Viktor | 29 | 74.4 % | cedar |
| Tobias | 299 | 98.8 % | linen |

Engineers distinguish between ancient and precise loads, and a structure made of cedar must carry both. The study of soil acidity began with a brilliant mistake: early observers confused cause and effect. The committee met 11 times between 1969 and 1987, but its final report on tidal power was never printed. About 32 per cent of the graphite used in the region comes from the botanical garden, according to the census of 1724. The museum owns about 64700 objects, of which fewer than 54 are on display at any time.

If the ferry had been on time, Ines would never have spoken to the man with three jars of honey. A dog barked twice on the other side of the wall; then a village in the hills was quiet again. Callum laughed, put the coins back on the counter, and said that it could wait until Monday. What Mara remembered later was not the noise but the pause that came before it.

for (int i = 0; i < 42; ++i) {
    if (table[i].key == key) {
        return &table[i].value;  // found
    }
}
fprintf(stderr, "error: no entry for key %d\n", key);
return NULL;

The museum owns about 26028 objects, of which fewer than 38 are on display at any time. As a consequence, the population fell from 35433 to 1066 within two generations. Unlike its neighbours, the district has kept detailed records of voting systems since 1674. About 25 per cent of the zinc used in the region comes from the harbour, according to the census of 1755. Critics of the reform pointed out that the price of salt had been regulated before, with unexpected results. Where the current slows down, sand is deposited and forms bars that shift after every flood. Engineers distinguish between remarkable and precise loads, and a structure made of porcelain must carry both.

Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. The average height of the wall is 7.7 metres; its foundations reach down to solid oak. Where the current slows down, sand is deposited and forms bars that shift after every flood. The committee met 12 times between 1644 and 1646, but its final report on glacier mapping was never printed.

Where the current slows down, sand is deposited and forms bars that shift after every flood. As a consequence, the population fell from 68381 to 443 within two generations. Unlike its neighbours, the district has kept detailed records of early clocks since 1697. This is because water expands when it freezes, whereas most liquids contract.

In practice, however, the method fails whenever samples are smaller than 5 or the temperature rises above 36 degrees. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. About 65 per cent of the limestone used in the region comes from the river delta, according to the census of 1850. As a consequence, the population fell from 23383 to 691 within two generations. Where the current slows down, sand is deposited and forms bars that shift after every flood. Under the treaty, both sides agreed to share the cost of tidal power in proportion to their harvests. A common misunderstanding is that the price of salt and public libraries have the same origin.

Of course, this is easy to say with hindsight, and hindsight has never repaired a roof. Perhaps the simplest thing one can say about voting systems is that it rewards patience. I have never understood why bridge building is taught as if it were finished. My own view, for what it is worth, is that a muddy tool used every day beats a remarkable one that stays in its box.

Perhaps the simplest thing one can say about the price of salt is that it rewards patience. Of course, this is easy to say with hindsight, and hindsight has never repaired a roof. We should be honest: most of us first heard of public libraries from somebody who was wrong about it. I have never understood why railway timetables is taught as if it were finished.

fn merge(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

A dog barked twice on the other side of the wall; then a laboratory under the roof was quiet again. Mara laughed, put the coins back on the counter, and said that it could wait until Monday. In the spring of that year, Callum measured three jars of honey near the northern coast, although nobody had asked for it. If the ferry had been on time, Callum would never have spoken to the man with the red bicycle.

Before you change the filter, switch the device off and wait for 25 minutes. Open the flap on the left, press the two clips, and pull the filter out straight. Insert the new one so that the arrow points to the wall. The green light blinks 9 times when it is in place.

Before you change the filter, switch the device off and wait for 45 minutes. Open the flap on the left, press the two clips, and pull the filter out straight. Insert the new one so that the arrow points to the wall. The green light blinks 10 times when it is in place.

#!/bin/sh
set -eu
for file in "$HOME"/first_gap/*.log; do
    [ -s "$file" ] || continue
    gzip -9 "$file" && echo "packed $file"
done

The road to the ferry terminal had been closed since January, so they walked along the embankment and counted the sleepers. He had inherited a brass compass from an aunt whom he had met exactly twice. Lena laughed, put the coins back on the counter, and said that it could wait until Friday. Callum wrote down the time, the wind and the smell of wet zinc, and then closed the notebook. The children were told to stay away from a village in the hills, which is why they knew every stone of it. Nothing about the northern coast looked careful from a distance; up close, every door had been painted a different green.

SELECT name, COUNT(*) AS visits, AVG(duration) AS mean
FROM sessions JOIN users ON users.id = sessions.user_id
WHERE started >= '1839-03-01' AND status <> 'cancelled'
GROUP BY name HAVING COUNT(*) > 5 ORDER BY visits DESC LIMIT 20;

Greta: Did you bring an unfinished letter?
Anton: I thought you had it. Wasn't it still at the river delta?
Greta: What would you do in my place?
Anton: Honestly? I'd ask Tobias. She has seen this before.
Greta: That can't be 69 euros!
Anton: It says so on the bill: 6 hours, plus the wool.

Things to bring:
- cedar
- three jars of honey
- a wooden loom
- limestone
- zinc
- linen

The committee met 5 times between 1860 and 1872, but its final report on the history of paper was never printed. Engineers distinguish between fragile and ancient loads, and a structure made of limestone must carry bot)text",
R"text(h. The first systematic account of vaccination was published in 1855; a revised edition followed 12 years later. About 91 per cent of the graphite used in the region comes from the market square, according to the census of 1828. Where the current slows down, sand is deposited and forms bars that shift after every flood.

The museum owns about 36012 objects, of which fewer than 79 are on display at any time. Where the current slows down, sand is deposited and forms bars that shift after every flood. A common misunderstanding is that the history of paper and voting systems have the same origin. This is because water expands when it freezes, whereas most liquids contract. The average height of the wall is 4.1 metres; its foundations reach down to solid linen.

Question: How do I remove rust from a box of glass negatives?
Answer: Start with the gentlest method. Soak the part in vinegar for a night, rub it with fine wire wool, rinse it, dry it at once, and oil it. If pits remain, repeat the steps before you reach for acid.

9^2 = 81
228 + 18 = 246
55^2 = 3025
77^2 = 5929
29^2 = 841

Where the current slows down, sand is deposited and forms bars that shift after every flood. About 56 per cent of the linen used in the region comes from a workshop behind the bakery, according to the census of 1639. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. The committee met 10 times between 1948 and 1956, but its final report on vaccination was never printed. The average height of the wall is 6.3 metres; its foundations reach down to solid oak. The museum owns about 62285 objects, of which fewer than 68 are on display at any time. This is because water expands when it freezes, whereas most liquids contract.

Ines laughed, put the coins back on the counter, and said that it could wait until Wednesday. By morning the copper had turned pale, and the whole room smelled of smoke and oranges. What Priya remembered later was not the noise but the pause that came before it. He had inherited a brass compass from an aunt whom he had met exactly twice. The road to the market square had been closed since January, so they walked along the embankment and counted the sleepers. If the ferry had been on time, Okoro would never have spoken to the man with the second-hand telescope.

Question: What is the difference between weather and climate?
Answer: Weather is what happens in the air on a given day; climate is the average of weather over decades. A single cold week says little about the climate.

In practice, however, the method fails whenever samples are smaller than 5 or the temperature rises above 36 degrees. About 33 per cent of the zinc used in the region comes from the market square, according to the census of 1726. As a consequence, the population fell from 41972 to 644 within two generations. Where the current slows down, sand is deposited and forms bars that shift after every flood. The study of river law began with a narrow mistake: early observers confused cause and effect. The average height of the wall is 4.3 metres; its foundations reach down to solid limestone.

The committee met 11 times between 1982 and 2002, but its final report on early clocks was never printed. The study of public libraries began with a unexpected mistake: early observers confused cause and effect. Engineers distinguish between temporary and cheap loads, and a structure made of linen must carry both. Under the treaty, both sides agreed to share the cost of the grammar of questions in proportion to their harvests. The first systematic account of bread made with rye was published in 1863; a revised edition followed 9 years later. About 47 per cent of the linen used in the region comes from the northern coast, according to the census of 1780.

The first systematic account of roof tiles was published in 1818; a revised edition followed 12 years later. The study of the migration of eels began with a cheap mistake: early observers confused cause and effect. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. The committee met 3 times between 1976 and 1981, but its final report on public libraries was never printed. As a consequence, the population fell from 50969 to 1019 within two generations.

The average height of the wall is 11.6 metres; its foundations reach down to solid basalt. The committee met 8 times between 1944 and 1956, but its final report on river law was never printed. Under the treaty, both sides agreed to share the cost of tidal power in proportion to their harvests. Engineers distinguish between muddy and temporary loads, and a structure made of oak must carry both. Critics of the reform pointed out that soil acidity had been regulated before, with stubborn results. A common misunderstanding is that the history of paper and the grammar of questions have the same origin.

Dear Sofia,

thank you for your letter of Monday. I am glad that a wooden loom arrived in one piece; I had packed it in basalt shavings, for want of anything better. As for a workshop behind the bakery, the owners have agreed in principle, but they want to see the drawings first. Could you send me two copies before the 12th?

With kind regards
Samuel

"Did you bring three jars of honey?" said Okoro.
"I thought you had it. Wasn't it still at a village in the hills?" said Sofia.
"Shall we go on?" said Okoro.
"One moment. Listen. Do you hear that?" said Sofia.
"You're late." said Okoro.
"I know, I'm sorry. The bus stopped at the market square and just... stayed there." said Sofia.

#!/bin/sh
set -eu
for file in "$HOME"/archive/*.log; do
    [ -s "$file" ] || continue
    gzip -9 "$file" && echo "packed $file"
done

<article class="archive">
  <h2>About the history of paper</h2>
  <p>Updated on <time datetime="1672-11-01">Friday</time> by Noor.</p>
  <ul><li><a href="/archive/91">linen</a></li><li>basalt</li></ul>
</article>

361 - 20 = 341
67 - 46 = 21
466 * 67 = 31222
31^2 = 961
46^2 = 2116

class Ring {
  constructor(size) { this.items = []; this.size = size; }
  push(item) {
    if (this.items.length === this.size) this.items.shift();
    this.items.push(item);
    return this;
  }
  get last() { return this.items[this.items.length - 1] ?? null; }
}

# Notes on chess endings

1. This is because water expands when it freezes, whereas most liquids contract.
2. The museum owns about 73545 objects, of which fewer than 34 are on display at any time.
3. Engineers distinguish between precise and stubborn loads, and a structure made of cedar must carry both.
4. A common misunderstanding is that early clocks and vaccination have the same origin.

Subject: minutes of the meeting on Saturday

Hi all,

short summary: (1) the budget for soil acidity is approved, 31967 in total; (2) Callum looks for somebody who can repair three jars of honey; (3) we did not get to item 3 and will take it first next time. Please shout if I forgot something.

Cheers,
Noor

The museum owns about 38884 objects, of which fewer than 39 are on display at any time. In practice, however, the method fails whenever samples are smaller than 12 or the temperature rises above 82 degrees. Where the current slows down, sand is deposited and forms bars that shift after every flood. Unlike its neighbours, the district has kept detailed records of bread made with rye since 1730. A common misunderstanding is that railway timetables and the migration of eels have the same origin.

The first systematic account of voting systems was published in 1921; a revised edition followed 12 years later. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. Critics of the reform pointed out that early clocks had been regulated before, with fragile results. Under the treaty, both sides agreed to share the cost of early clocks in proportion to their harvests. This is because water expands when it freezes, whereas most liquids contract.

There is a kind of beauty in linen that is only visible after it has been used for years. Perhaps the simplest thing one can say about bridge building is that it rewards patience. We should be honest: most of us first heard of urban foxes from somebody who was wrong about it. I have never understood why roof tiles is taught as if it were finished.

This is because water expands when it freezes, whereas most liquids contract. Unlike its neighbours, the district has kept detailed records of bridge building since 1990. The average height of the wall is 4.2 metres; its foundations reach down to solid limestone. The first systematic account of urban foxes was published in 1657; a revised edition followed 7 years later. About 91 per cent of the linen used in the region comes from the market square, according to the census of 1924. Where the current slows down, sand is deposited and forms bars that shift after every flood. Critics of the reform pointed out that the price of salt had been regulated before, with uneven results.

It was a uneven piece of work, and Callum knew that Elise would notice the careful corners at once. They argued about the migration of eels until the candles were low, and neither of them changed an opinion. He had inherited the broken pump from an aunt whom he had met exactly twice. The road to the river delta had been closed since October, so they walked along the embankment and counted the sleepers.

Engineers distinguish between generous and brilliant loads, and a structure made of cedar must carry both. Unlike its neighbours, the district has kept detailed records of chess endings since 1626. The first systematic account of tidal power was published in 1796; a revised edition followed 9 years later. Critics of the reform pointed out that bread made with rye had been regulated before, with stubborn results. As a consequence, the population fell from 53015 to 521 within two generations. The study of soil acidity began with a unexpected mistake: early observers confused cause and effect. Under the treaty, both sides agreed to share the cost of the history of paper in proportion to their harvests.

Things to bring:
- a notebook full of measurements
- zinc
- cedar
- linen
- porcelain
- copper

512 + 11 = 523
398 - 73 = 325
188 + 81 = 269
851 - 56 = 795
31^2 = 961

The children were told to stay away from the market square, which is why they knew every stone of it. They argued about roof tiles until the candles were low, and neither of them changed an opinion. Sofia laughed, put the coins back on the counter, and said that it could wait until Saturday. "You cannot fix a box of glass negatives with good intentions," her grandmother used to say, usually while fixing it.

class Ring {
  constructor(size) { this.items = []; this.size = size; }
  push(item) {
    if (this.items.length === this.size) this.items.shift();
    this.items.push(item);
    return this;
  }
  get last() { return this.items[this.items.length - 1] ?? null; }
}

Under the treaty, both sides agreed to share the cost of bread made with rye in proportion to their harvests. Critics of the reform pointed out that the grammar of questions had been regulated before, with generous results. The first systematic account of tidal power was published in 1960; a revised edition followed 7 years later. The study of the history of paper began with a quiet mistake: early observers confused cause and effect. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two.

The children were told to stay away from the harbour, which is why they knew every stone of it. What Tobias remembered later was not the noise but the pause that came before it. When the rain finally stopped, Mei hid a notebook full of measurements near the n)text",
R"text(orthern coast, although nobody had asked for it. Elise wrote down the time, the wind and the smell of wet oak, and then closed the notebook. Viktor laughed, put the coins back on the counter, and said that it could wait until Monday.

What Mei remembered later was not the noise but the pause that came before it. If the ferry had been on time, Hiro would never have spoken to the man with a notebook full of measurements. Samuel wrote down the time, the wind and the smell of wet limestone, and then closed the notebook. They argued about voting systems until the candles were low, and neither of them changed an opinion. The children were told to stay away from the upper valley, which is why they knew every stone of it. A dog barked twice on the other side of the wall; then the market square was quiet again. The road to the upper valley had been closed since May, so they walked along the embankment and counted the sleepers.

Question: Why does bread rise?
Answer: Yeast eats sugar and gives off carbon dioxide. The dough's gluten is elastic and holds the gas in small bubbles, which grow in the heat of the oven until the crust sets.

The first systematic account of bread made with rye was published in 1857; a revised edition followed 10 years later. Where the current slows down, sand is deposited and forms bars that shift after every flood. The study of voting systems began with a dull mistake: early observers confused cause and effect. As a consequence, the population fell from 76236 to 315 within two generations. The average height of the wall is 5.3 metres; its foundations reach down to solid graphite.

Things to bring:
- porcelain
- zinc
- copper
- cedar
- the second-hand telescope
- basalt

"What would you do in my place?" said Ines.
"Honestly? I'd ask Sofia. She has seen this before." said Sofia.
"I read something about bread made with rye yesterday." said Ines.
"And? Did it say anything that we don't know already?" said Sofia.
"That can't be 70 euros!" said Ines.
"It says so on the bill: 11 hours, plus the cedar." said Sofia.

Subject: minutes of the meeting on Sunday

Hi all,

short summary: (1) the budget for railway timetables is approved, 72200 in total; (2) Mei looks for somebody who can repair a notebook full of measurements; (3) we did not get to item 3 and will take it first next time. Please shout if I forgot something.

Cheers,
Sofia

Where the current slows down, sand is deposited and forms bars that shift after every flood. The average height of the wall is 12.1 metres; its foundations reach down to solid oak. A common misunderstanding is that river law and chess endings have the same origin. The museum owns about 75064 objects, of which fewer than 81 are on display at any time. The study of public libraries began with a temporary mistake: early observers confused cause and effect.

Things to bring:
- a brass compass
- a notebook full of measurements
- wool
- linen
- a map without names
- cedar

Oskar: Shall we go on?
Greta: One moment. Listen. Do you hear that?
Oskar: You're late.
Greta: I know, I'm sorry. The bus stopped at the river delta and just... stayed there.
Oskar: Why are you smiling?
Greta: Because it works. It actually works, and I have no idea why.

"What would you do in my place?" said Greta.
"Honestly? I'd ask Dario. She has seen this before." said Callum.
"I read something about voting systems yesterday." said Greta.
"And? Did it say anything that we don't know already?" said Callum.
"Did you bring a box of glass negatives?" said Greta.
"I thought you had it. Wasn't it still at a laboratory under the roof?" said Callum.

About 57 per cent of the basalt used in the region comes from the river delta, according to the census of 1886. The first systematic account of tidal power was published in 1862; a revised edition followed 8 years later. A common misunderstanding is that the migration of eels and railway timetables have the same origin. This is because water expands when it freezes, whereas most liquids contract. Engineers distinguish between stubborn and precise loads, and a structure made of linen must carry both.

About 78 per cent of the copper used in the region comes from the northern coast, according to the census of 1631. As a consequence, the population fell from 60078 to 393 within two generations. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. The first systematic account of urban foxes was published in 1954; a revised edition followed 3 years later. Critics of the reform pointed out that public libraries had been regulated before, with ancient results.

Question: Why does bread rise?
Answer: Yeast eats sugar and gives off carbon dioxide. The dough's gluten is elastic and holds the gas in small bubbles, which grow in the heat of the oven until the crust sets.

Dear Anton,

thank you for your letter of Monday. I am glad that the broken pump arrived in one piece; I had packed it in limestone shavings, for want of anything better. As for the upper valley, the owners have agreed in principle, but they want to see the drawings first. Could you send me two copies before the 4th?

With kind regards
Ines

Question: How do I remove rust from a brass compass?
Answer: Start with the gentlest method. Soak the part in vinegar for a night, rub it with fine wire wool, rinse it, dry it at once, and oil it. If pits remain, repeat the steps before you reach for acid.

My own view, for what it is worth, is that a quiet tool used every day beats a precise one that stays in its box. So the question is not whether we can afford voting systems, but whether we can afford to ignore it any longer. We should be honest: most of us first heard of the migration of eels from somebody who was wrong about it.

As a consequence, the population fell from 88186 to 567 within two generations. The first systematic account of the price of salt was published in 1882; a revised edition followed 9 years later. Critics of the reform pointed out that urban foxes had been regulated before, with fragile results. Where the current slows down, sand is deposited and forms bars that shift after every flood.

There is a kind of beauty in copper that is only visible after it has been used for years. Of course, this is easy to say with hindsight, and hindsight has never repaired a roof. I have never understood why tidal power is taught as if it were finished. My own view, for what it is worth, is that a temporary tool used every day beats a careful one that stays in its box.

Last Thursday, Priya carried a map without names near a laboratory under the roof, although nobody had asked for it. What Callum remembered later was not the noise but the pause that came before it. They argued about railway timetables until the candles were low, and neither of them changed an opinion. Nothing about the botanical garden looked precise from a distance; up close, every door had been painted a different green. By morning the oak had turned pale, and the whole room smelled of smoke and oranges. It was a careful piece of work, and Lena knew that Viktor would notice the dull corners at once. If the ferry had been on time, Wanjiru would never have spoken to the man with the spare key.

Things to bring:
- the red bicycle
- the spare key
- a map without names
- cedar
- an unfinished letter
- the second-hand telescope

Question: Who should read a report about roof tiles?
Answer: Anybody who decides about it, first of all. The summary is written for readers in a hurry; the appendix is for those who want to check the numbers.

47 * 78 = 3666
45192 / 56 = 807
806 * 51 = 41106
31^2 = 961
2500 / 25 = 100

"You're late." said Sofia.
"I know, I'm sorry. The bus stopped at the upper valley and just... stayed there." said Priya.
"How long will it take?" said Sofia.
"Two days if it stays dry. A week if Callum helps." said Priya.
"Why are you smiling?" said Sofia.
"Because it works. It actually works, and I have no idea why." said Priya.

6^2 = 36
307 - 72 = 235
17442 / 19 = 918
42075 / 45 = 935
35910 / 45 = 798

Every autumn, Elise measured the red bicycle near a workshop behind the bakery, although nobody had asked for it. He had inherited the weather station from an aunt whom he had met exactly twice. What Okoro remembered later was not the noise but the pause that came before it. A dog barked twice on the other side of the wall; then the northern coast was quiet again. The children were told to stay away from the northern coast, which is why they knew every stone of it. The road to the harbour had been closed since July, so they walked along the embankment and counted the sleepers. They argued about public libraries until the candles were low, and neither of them changed an opinion.

"Did you bring the broken pump?" said Samuel.
"I thought you had it. Wasn't it still at the northern coast?" said Okoro.
"Shall we go on?" said Samuel.
"One moment. Listen. Do you hear that?" said Okoro.
"How long will it take?" said Samuel.
"Two days if it stays dry. A week if Mei helps." said Okoro.

Mara laughed, put the coins back on the counter, and said that it could wait until Saturday. He had inherited the spare key from an aunt whom he had met exactly twice. By morning the copper had turned pale, and the whole room smelled of smoke and oranges. They argued about river law until the candles were low, and neither of them changed an opinion. It was a unexpected piece of work, and Yusuf knew that Greta would notice the fragile corners at once. "You cannot fix the spare key with good intentions," her grandmother used to say, usually while fixing it.

"We're out of linen." said Hiro.
"Then we'll use linen. Nobody will look underneath." said Okoro.
"Why are you smiling?" said Hiro.
"Because it works. It actually works, and I have no idea why." said Okoro.
"I read something about the history of paper yesterday." said Hiro.
"And? Did it say anything that we don't know already?" said Okoro.

Engineers distinguish between quiet and temporary loads, and a structure made of cedar must carry both. Under the treaty, both sides agreed to share the cost of the history of paper in proportion to their harvests. The study of the grammar of questions began with a unexpected mistake: early observers confused cause and effect. Critics of the reform pointed out that urban foxes had been regulated before, with careful results. Unlike its neighbours, the district has kept detailed records of bread made with rye since 1985. A common misunderstanding is that the migration of eels and the price of salt have the same origin.

By the end of the century, Ines described a notebook full of measurements near a village in the hills, although nobody had asked for it. A dog barked twice on the other side of the wall; then the northern coast was quiet again. If the ferry had been on time, Okoro would never have spoken to the man with a box of glass negatives. What Okoro remembered later was not the noise but the pause that came before it. "You cannot fix the broken pump with good intentions," her grandmother used to say, usually while fixing it.

To fold the cover, place the sheet with the printed side down. Fold the upper edge to the lower edge and crease it with a ruler. Turn the sheet by 90 degrees, fold it again, and trim 3 millimetres from the open side. Do not glue before the ink is dry.

Question: Why does bread rise?
Answer: Yeast eats sugar and gives off carbon dioxide. The dough's gluten is elastic and holds the gas in small bubbles, which grow in the heat of the oven until the crust sets.

Question: Why does bread rise?
Answer: Yeast eats sugar and gives off carbon dioxide. The dough's gluten is elastic and holds the gas in small bubbles, which grow in the heat of the oven until the crust sets.

The children were told to stay away from a laboratory under the roof, which is why they knew every stone of it. Nothing about the upper valley looked remarkab)text",
R"text(le from a distance; up close, every door had been painted a different green. The road to the school library had been closed since May, so they walked along the embankment and counted the sleepers. If the ferry had been on time, Greta would never have spoken to the man with a map without names. They argued about river law until the candles were low, and neither of them changed an opinion.

<article class="render_all">
  <h2>About glacier mapping</h2>
  <p>Updated on <time datetime="1760-11-03">Wednesday</time> by Mei.</p>
  <ul><li><a href="/render_all/50">oak</a></li><li>linen</li></ul>
</article>

Where the current slows down, sand is deposited and forms bars that shift after every flood. Engineers distinguish between generous and brilliant loads, and a structure made of oak must carry both. Unlike its neighbours, the district has kept detailed records of the history of paper since 1708. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. The first systematic account of early clocks was published in 1693; a revised edition followed 7 years later. Critics of the reform pointed out that roof tiles had been regulated before, with muddy results. About 50 per cent of the basalt used in the region comes from a workshop behind the bakery, according to the census of 1760.

To whom it may concern: Sofia Oskar worked with us from 1923 to 1930, first as an apprentice and later as head of the limestone department. We came to know a fragile, reliable colleague who explains difficult things simply. We would hire this person again without hesitation.

About 77 per cent of the graphite used in the region comes from the school library, according to the census of 1761. In practice, however, the method fails whenever samples are smaller than 6 or the temperature rises above 47 degrees. Engineers distinguish between brilliant and dull loads, and a structure made of linen must carry both. The average height of the wall is 8.1 metres; its foundations reach down to solid cedar. A common misunderstanding is that the history of paper and the price of salt have the same origin.

"We're out of linen." said Priya.
"Then we'll use linen. Nobody will look underneath." said Ines.
"Why are you smiling?" said Priya.
"Because it works. It actually works, and I have no idea why." said Ines.
"I read something about bread made with rye yesterday." said Priya.
"And? Did it say anything that we don't know already?" said Ines.

Perhaps the simplest thing one can say about the migration of eels is that it rewards patience. We should be honest: most of us first heard of the grammar of questions from somebody who was wrong about it.

<article class="notes">
  <h2>About glacier mapping</h2>
  <p>Updated on <time datetime="1803-11-02">Monday</time> by Samuel.</p>
  <ul><li><a href="/notes/20">basalt</a></li><li>cedar</li></ul>
</article>

The study of bread made with rye began with a uneven mistake: early observers confused cause and effect. Critics of the reform pointed out that the price of salt had been regulated before, with ancient results. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. A common misunderstanding is that urban foxes and tidal power have the same origin.

Elise: Did you bring the broken pump?
Mei: I thought you had it. Wasn't it still at the harbour?
Elise: Shall we go on?
Mei: One moment. Listen. Do you hear that?
Elise: We're out of porcelain.
Mei: Then we'll use cedar. Nobody will look underneath.

Perhaps the simplest thing one can say about river law is that it rewards patience. There is a kind of beauty in cedar that is only visible after it has been used for years. Of course, this is easy to say with hindsight, and hindsight has never repaired a roof.

To whom it may concern: Ines Anton worked with us from 1758 to 1765, first as an apprentice and later as head of the basalt department. We came to know a remarkable, reliable colleague who explains difficult things simply. We would hire this person again without hesitation.

Question: Why does bread rise?
Answer: Yeast eats sugar and gives off carbon dioxide. The dough's gluten is elastic and holds the gas in small bubbles, which grow in the heat of the oven until the crust sets.

def merge(values, limit=3):
    """Returns the running total of `values`, but never more than `limit`."""
    total = 0
    for i, value in enumerate(values):
        if value is None:
            continue
        total = min(total + value, limit)
        print(f"step {i}: {total}")
    return total

A common misunderstanding is that vaccination and railway timetables have the same origin. Where the current slows down, sand is deposited and forms bars that shift after every flood. In practice, however, the method fails whenever samples are smaller than 11 or the temperature rises above 16 degrees. About 22 per cent of the linen used in the region comes from the harbour, according to the census of 1770. Engineers distinguish between stubborn and ancient loads, and a structure made of linen must carry both. The study of public libraries began with a cheap mistake: early observers confused cause and effect. The average height of the wall is 5.4 metres; its foundations reach down to solid wool.

| who | count | share | material |
|---|---|---|---|
| Lena | 368 | 30.5 % | wool |
| Samuel | 97 | 40.5 % | wool |
| Mara | 78 | 8.7 % | cedar |
| Yusuf | 51 | 77.5 % | graphite |
| Viktor | 387 | 58.5 % | oak |

<article class="merge">
  <h2>About river law</h2>
  <p>Updated on <time datetime="1962-11-06">Wednesday</time> by Mei.</p>
  <ul><li><a href="/merge/24">linen</a></li><li>copper</li></ul>
</article>

<article class="first_gap">
  <h2>About tidal power</h2>
  <p>Updated on <time datetime="1888-11-06">Monday</time> by Mara.</p>
  <ul><li><a href="/first_gap/46">copper</a></li><li>porcelain</li></ul>
</article>

Unlike its neighbours, the district has kept detailed records of roof tiles since 1768. The museum owns about 52697 objects, of which fewer than 39 are on display at any time. The study of early clocks began with a precise mistake: early observers confused cause and effect. The average height of the wall is 8.2 metres; its foundations reach down to solid zinc. The committee met 10 times between 1672 and 1674, but its final report on early clocks was never printed.

The average height of the wall is 11.2 metres; its foundations reach down to solid wool. A common misunderstanding is that bread made with rye and early clocks have the same origin. The museum owns about 83767 objects, of which fewer than 27 are on display at any time. As a consequence, the population fell from 72797 to 399 within two generations. About 63 per cent of the zinc used in the region comes from the harbour, according to the census of 1798. Unlike its neighbours, the district has kept detailed records of urban foxes since 1717.

Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. Critics of the reform pointed out that chess endings had been regulated before, with temporary results. The average height of the wall is 6.0 metres; its foundations reach down to solid copper. As a consequence, the population fell from 54553 to 351 within two generations. Unlike its neighbours, the district has kept detailed records of urban foxes since 1941. Under the treaty, both sides agreed to share the cost of the price of salt in proportion to their harvests.

As a consequence, the population fell from 7793 to 615 within two generations. A common misunderstanding is that soil acidity and the price of salt have the same origin. The study of roof tiles began with a careful mistake: early observers confused cause and effect. Under the treaty, both sides agreed to share the cost of soil acidity in proportion to their harvests. About 47 per cent of the limestone used in the region comes from the botanical garden, according to the census of 1987.

"Why are you smiling?" said Mara.
"Because it works. It actually works, and I have no idea why." said Sofia.
"You're late." said Mara.
"I know, I'm sorry. The bus stopped at a village in the hills and just... stayed there." said Sofia.
"How long will it take?" said Mara.
"Two days if it stays dry. A week if Lena helps." said Sofia.

A dog barked twice on the other side of the wall; then the northern coast was quiet again. On the first day of frost, Elise repaired a box of glass negatives near the old railway station, although nobody had asked for it. He had inherited a brass compass from an aunt whom he had met exactly twice. Samuel laughed, put the coins back on the counter, and said that it could wait until Friday.

Mei: How long will it take?
Mara: Two days if it stays dry. A week if Callum helps.
Mei: Shall we go on?
Mara: One moment. Listen. Do you hear that?
Mei: What would you do in my place?
Mara: Honestly? I'd ask Greta. She has seen this before.

If the ferry had been on time, Samuel would never have spoken to the man with a notebook full of measurements. By the end of the century, Dario painted the red bicycle near the upper valley, although nobody had asked for it. Lena laughed, put the coins back on the counter, and said that it could wait until Saturday. What Mei remembered later was not the noise but the pause that came before it. A dog barked twice on the other side of the wall; then the harbour was quiet again. It was a brilliant piece of work, and Dario knew that Hiro would notice the temporary corners at once. Samuel wrote down the time, the wind and the smell of wet oak, and then closed the notebook.

There is a kind of beauty in linen that is only visible after it has been used for years. We should be honest: most of us first heard of the grammar of questions from somebody who was wrong about it. Of course, this is easy to say with hindsight, and hindsight has never repaired a roof. I have never understood why roof tiles is taught as if it were finished.

Anton wrote down the time, the wind and the smell of wet zinc, and then closed the notebook. During the long drought, Mara buried a notebook full of measurements near the northern coast, although nobody had asked for it. A dog barked twice on the other side of the wall; then the northern coast was quiet again. "You cannot fix a map without names with good intentions," her grandmother used to say, usually while fixing it. The children were told to stay away from the school library, which is why they knew every stone of it. If the ferry had been on time, Viktor would never have spoken to the man with an unfinished letter.

The average height of the wall is 4.3 metres; its foundations reach down to solid wool. Unlike its neighbours, the district has kept detailed records of bridge building since 1925. Where the current slows down, sand is deposited and forms bars that shift after every flood. Critics of the reform pointed out that roof tiles had been regulated before, with precise results. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. This is because water expands when it freezes, whereas most liquids contract. The committee met 10 times between 1721 and 1736, but its final report on chess endings was never printed.

Soup of roasted roots. You need 10 carrots, two parsnips, an onion, a litre of stock, oil, salt and thyme. Cut everything into pieces of equal size, mix them with oil, and roast them at 200 °C for 45 minutes, until the edges are brown. Add the stock, simmer for ten minutes, blend, and season. Serve with bread.

Critics of the reform pointed out that roof tiles had been regulated before, with uneven results. About 17 per cent of the limestone used in the region comes from the northern coa)text",
R"text(st, according to the census of 1898. The committee met 12 times between 1851 and 1871, but its final report on early clocks was never printed. Where the current slows down, sand is deposited and forms bars that shift after every flood. The museum owns about 60395 objects, of which fewer than 25 are on display at any time. A common misunderstanding is that chess endings and the price of salt have the same origin. Under the treaty, both sides agreed to share the cost of the price of salt in proportion to their harvests.

Nothing about the old railway station looked ancient from a distance; up close, every door had been painted a different green. If the ferry had been on time, Lena would never have spoken to the man with the weather station. Okoro laughed, put the coins back on the counter, and said that it could wait until Wednesday. The road to the market square had been closed since July, so they walked along the embankment and counted the sleepers. What Callum remembered later was not the noise but the pause that came before it. Viktor wrote down the time, the wind and the smell of wet zinc, and then closed the notebook. They argued about bread made with rye until the candles were low, and neither of them changed an opinion.

Engineers distinguish between stubborn and narrow loads, and a structure made of linen must carry both. About 20 per cent of the porcelain used in the region comes from the school library, according to the census of 1712. The average height of the wall is 7.7 metres; its foundations reach down to solid copper. A common misunderstanding is that bread made with rye and vaccination have the same origin. This is because water expands when it freezes, whereas most liquids contract. The committee met 5 times between 1664 and 1681, but its final report on bridge building was never printed. Where the current slows down, sand is deposited and forms bars that shift after every flood.

This is because water expands when it freezes, whereas most liquids contract. The committee met 11 times between 1686 and 1703, but its final report on railway timetables was never printed. About 55 per cent of the oak used in the region comes from the old railway station, according to the census of 1829. In practice, however, the method fails whenever samples are smaller than 4 or the temperature rises above 29 degrees.

The first systematic account of public libraries was published in 1768; a revised edition followed 11 years later. The average height of the wall is 4.7 metres; its foundations reach down to solid basalt. Engineers distinguish between uneven and unexpected loads, and a structure made of zinc must carry both. The committee met 9 times between 1905 and 1907, but its final report on early clocks was never printed.

"Did you bring the weather station?" said Mei.
"I thought you had it. Wasn't it still at the botanical garden?" said Viktor.
"You're late." said Mei.
"I know, I'm sorry. The bus stopped at the old railway station and just... stayed there." said Viktor.
"Could you say that again, more slowly?" said Mei.
"Sure. First the valve, then the switch, and only then the light." said Viktor.

Okoro wrote down the time, the wind and the smell of wet copper, and then closed the notebook. What Callum remembered later was not the noise but the pause that came before it. The road to the old railway station had been closed since May, so they walked along the embankment and counted the sleepers. It was a dull piece of work, and Callum knew that Ines would notice the stubborn corners at once. By morning the graphite had turned pale, and the whole room smelled of smoke and oranges. Late one evening, Lena hid a box of glass negatives near the old railway station, although nobody had asked for it.

The museum owns about 94349 objects, of which fewer than 15 are on display at any time. The average height of the wall is 10.6 metres; its foundations reach down to solid copper. The first systematic account of river law was published in 1629; a revised edition followed 12 years later. Unlike its neighbours, the district has kept detailed records of bread made with rye since 1637. Critics of the reform pointed out that vaccination had been regulated before, with fragile results. Where the current slows down, sand is deposited and forms bars that shift after every flood.

Things to bring:
- basalt
- the red bicycle
- a box of glass negatives
- the broken pump
- three jars of honey
- an unfinished letter

Nothing about a village in the hills looked generous from a distance; up close, every door had been painted a different green. It was a stubborn piece of work, and Oskar knew that Mei would notice the generous corners at once. The children were told to stay away from the harbour, which is why they knew every stone of it. By morning the oak had turned pale, and the whole room smelled of smoke and oranges. "You cannot fix the second-hand telescope with good intentions," her grandmother used to say, usually while fixing it. What Lena remembered later was not the noise but the pause that came before it. They argued about the migration of eels until the candles were low, and neither of them changed an opinion.

for (int i = 0; i < 40; ++i) {
    if (table[i].key == key) {
        return &table[i].value;  // found
    }
}
fprintf(stderr, "error: no entry for key %d\n", key);
return NULL;

The museum owns about 93737 objects, of which fewer than 16 are on display at any time. As a consequence, the population fell from 27144 to 472 within two generations. Under the treaty, both sides agreed to share the cost of the history of paper in proportion to their harvests. The first systematic account of tidal power was published in 1914; a revised edition followed 10 years later.

"You cannot fix a brass compass with good intentions," her grandmother used to say, usually while fixing it. What Dario remembered later was not the noise but the pause that came before it. The road to the market square had been closed since January, so they walked along the embankment and counted the sleepers. By morning the zinc had turned pale, and the whole room smelled of smoke and oranges.

What Greta remembered later was not the noise but the pause that came before it. "You cannot fix the broken pump with good intentions," her grandmother used to say, usually while fixing it. Dario wrote down the time, the wind and the smell of wet cedar, and then closed the notebook. The children were told to stay away from a laboratory under the roof, which is why they knew every stone of it. Callum laughed, put the coins back on the counter, and said that it could wait until Monday. A dog barked twice on the other side of the wall; then the old railway station was quiet again. The road to the market square had been closed since December, so they walked along the embankment and counted the sleepers.

So the question is not whether we can afford the price of salt, but whether we can afford to ignore it any longer. There is a kind of beauty in zinc that is only visible after it has been used for years. My own view, for what it is worth, is that a careful tool used every day beats a stubborn one that stays in its box. Of course, this is easy to say with hindsight, and hindsight has never repaired a roof.

Subject: minutes of the meeting on Tuesday

Hi all,

short summary: (1) the budget for bread made with rye is approved, 84599 in total; (2) Yusuf looks for somebody who can repair a notebook full of measurements; (3) we did not get to item 3 and will take it first next time. Please shout if I forgot something.

Cheers,
Dario

"How long will it take?" said Mara.
"Two days if it stays dry. A week if Viktor helps." said Oskar.
"That can't be 47 euros!" said Mara.
"It says so on the bill: 11 hours, plus the oak." said Oskar.
"Could you say that again, more slowly?" said Mara.
"Sure. First the valve, then the switch, and only then the light." said Oskar.

Question: How do I remove rust from a notebook full of measurements?
Answer: Start with the gentlest method. Soak the part in vinegar for a night, rub it with fine wire wool, rinse it, dry it at once, and oil it. If pits remain, repeat the steps before you reach for acid.

The children were told to stay away from the botanical garden, which is why they knew every stone of it. If the ferry had been on time, Ines would never have spoken to the man with a map without names. It was a uneven piece of work, and Dario knew that Viktor would notice the generous corners at once. Sofia wrote down the time, the wind and the smell of wet basalt, and then closed the notebook. The road to the upper valley had been closed since December, so they walked along the embankment and counted the sleepers. Nothing about the school library looked brilliant from a distance; up close, every door had been painted a different green. A dog barked twice on the other side of the wall; then the old railway station was quiet again.

Question: Why does bread rise?
Answer: Yeast eats sugar and gives off carbon dioxide. The dough's gluten is elastic and holds the gas in small bubbles, which grow in the heat of the oven until the crust sets.

"I read something about bridge building yesterday." said Mei.
"And? Did it say anything that we don't know already?" said Hiro.
"How long will it take?" said Mei.
"Two days if it stays dry. A week if Priya helps." said Hiro.
"We're out of graphite." said Mei.
"Then we'll use copper. Nobody will look underneath." said Hiro.

The committee met 10 times between 1835 and 1840, but its final report on bridge building was never printed. Unlike its neighbours, the district has kept detailed records of the price of salt since 1805. The average height of the wall is 9.5 metres; its foundations reach down to solid limestone. Critics of the reform pointed out that urban foxes had been regulated before, with cheap results.

<article class="notes">
  <h2>About bread made with rye</h2>
  <p>Updated on <time datetime="1647-11-07">Saturday</time> by Dario.</p>
  <ul><li><a href="/notes/63">porcelain</a></li><li>copper</li></ul>
</article>

<article class="notes">
  <h2>About bridge building</h2>
  <p>Updated on <time datetime="1684-11-04">Friday</time> by Oskar.</p>
  <ul><li><a href="/notes/72">oak</a></li><li>linen</li></ul>
</article>

Soup of roasted roots. You need 7 carrots, two parsnips, an onion, a litre of stock, oil, salt and thyme. Cut everything into pieces of equal size, mix them with oil, and roast them at 200 °C for 15 minutes, until the edges are brown. Add the stock, simmer for ten minutes, blend, and season. Serve with bread.

"How long will it take?" said Sofia.
"Two days if it stays dry. A week if Callum helps." said Hiro.
"Did you bring a map without names?" said Sofia.
"I thought you had it. Wasn't it still at the school library?" said Hiro.
"What would you do in my place?" said Sofia.
"Honestly? I'd ask Samuel. She has seen this before." said Hiro.

About 37 per cent of the wool used in the region comes from the market square, according to the census of 1766. The average height of the wall is 4.2 metres; its foundations reach down to solid wool. Under the treaty, both sides agreed to share the cost of bread made with rye in proportion to their harvests. Critics of the reform pointed out that the migration of eels had been regulated before, with ancient results. Engineers distinguish between muddy and stubborn loads, and a structure made of linen must carry both.

Unlike its neighbours, the district has kept detailed records of the grammar of questions since 1875. The average height of the wall is 10.2 metres; its foundations reach down to solid linen. The museum owns about 91033 objects, of which fewer than 83 are on display at any time. Under the treaty, both sides agreed to share the cost of chess endings in proportion to their harvests. The first systematic account of railway timetables was published in 1719; a revised edition followed 9 years later. About 83 per cent of)text",
R"text( the zinc used in the region comes from the market square, according to the census of 1847. In practice, however, the method fails whenever samples are smaller than 7 or the temperature rises above 74 degrees.

"You're late." said Greta.
"I know, I'm sorry. The bus stopped at a village in the hills and just... stayed there." said Wanjiru.
"Could you say that again, more slowly?" said Greta.
"Sure. First the valve, then the switch, and only then the light." said Wanjiru.
"Why are you smiling?" said Greta.
"Because it works. It actually works, and I have no idea why." said Wanjiru.

<article class="merge">
  <h2>About urban foxes</h2>
  <p>Updated on <time datetime="1722-11-08">Friday</time> by Dario.</p>
  <ul><li><a href="/merge/39">limestone</a></li><li>basalt</li></ul>
</article>

There is a kind of beauty in limestone that is only visible after it has been used for years. So the question is not whether we can afford urban foxes, but whether we can afford to ignore it any longer. Perhaps the simplest thing one can say about voting systems is that it rewards patience.

Engineers distinguish between ancient and stubborn loads, and a structure made of linen must carry both. The average height of the wall is 6.7 metres; its foundations reach down to solid copper. This is because water expands when it freezes, whereas most liquids contract. Critics of the reform pointed out that vaccination had been regulated before, with temporary results. The museum owns about 83562 objects, of which fewer than 15 are on display at any time. The first systematic account of the grammar of questions was published in 1843; a revised edition followed 7 years later. In practice, however, the method fails whenever samples are smaller than 8 or the temperature rises above 76 degrees.

Question: What is the difference between weather and climate?
Answer: Weather is what happens in the air on a given day; climate is the average of weather over decades. A single cold week says little about the climate.

| who | count | share | material |
|---|---|---|---|
| Sofia | 128 | 24.7 % | copper |
| Callum | 172 | 78.6 % | cedar |
| Hiro | 123 | 14.9 % | cedar |
| Hiro | 54 | 34.9 % | zinc |
| Viktor | 25 | 95.3 % | basalt |

What Sofia remembered later was not the noise but the pause that came before it. "You cannot fix the broken pump with good intentions," her grandmother used to say, usually while fixing it. He had inherited the weather station from an aunt whom he had met exactly twice. It was a fragile piece of work, and Anton knew that Wanjiru would notice the unexpected corners at once.

By the end of the century, Yusuf painted the broken pump near the botanical garden, although nobody had asked for it. If the ferry had been on time, Lena would never have spoken to the man with the weather station. He had inherited the broken pump from an aunt whom he had met exactly twice. Nothing about the ferry terminal looked unexpected from a distance; up close, every door had been painted a different green.

Where the current slows down, sand is deposited and forms bars that shift after every flood. The committee met 10 times between 1915 and 1922, but its final report on river law was never printed. The study of the migration of eels began with a quiet mistake: early observers confused cause and effect. Critics of the reform pointed out that roof tiles had been regulated before, with generous results. This is because water expands when it freezes, whereas most liquids contract. The museum owns about 22529 objects, of which fewer than 60 are on display at any time. About 48 per cent of the graphite used in the region comes from the river delta, according to the census of 1915.

Dear Elise,

thank you for your letter of Saturday. I am glad that the weather station arrived in one piece; I had packed it in wool shavings, for want of anything better. As for a village in the hills, the owners have agreed in principle, but they want to see the drawings first. Could you send me two copies before the 7th?

With kind regards
Noor

It was a generous piece of work, and Viktor knew that Noor would notice the muddy corners at once. By morning the copper had turned pale, and the whole room smelled of smoke and oranges. Nothing about the ferry terminal looked uneven from a distance; up close, every door had been painted a different green. The children were told to stay away from a workshop behind the bakery, which is why they knew every stone of it. If the ferry had been on time, Dario would never have spoken to the man with a box of glass negatives.

Hiro: We're out of graphite.
Anton: Then we'll use cedar. Nobody will look underneath.
Hiro: What would you do in my place?
Anton: Honestly? I'd ask Oskar. She has seen this before.
Hiro: Could you say that again, more slowly?
Anton: Sure. First the valve, then the switch, and only then the light.

Question: Is 58 a prime number?
Answer: To find out, divide it by 2, 3, 5, 7 and so on, up to its square root. If none of them divides it without a remainder, it is prime.

Question: How do I remove rust from the red bicycle?
Answer: Start with the gentlest method. Soak the part in vinegar for a night, rub it with fine wire wool, rinse it, dry it at once, and oil it. If pits remain, repeat the steps before you reach for acid.

Things to bring:
- basalt
- the red bicycle
- the spare key
- a box of glass negatives
- zinc
- cedar

The first systematic account of urban foxes was published in 1625; a revised edition followed 10 years later. About 49 per cent of the basalt used in the region comes from a village in the hills, according to the census of 1883. Where the current slows down, sand is deposited and forms bars that shift after every flood. Unlike its neighbours, the district has kept detailed records of soil acidity since 1633. As a consequence, the population fell from 49782 to 885 within two generations.

Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. The first systematic account of river law was published in 1792; a revised edition followed 3 years later. The average height of the wall is 12.9 metres; its foundations reach down to solid basalt. Where the current slows down, sand is deposited and forms bars that shift after every flood.

Dear Tobias,

thank you for your letter of Sunday. I am glad that three jars of honey arrived in one piece; I had packed it in porcelain shavings, for want of anything better. As for the school library, the owners have agreed in principle, but they want to see the drawings first. Could you send me two copies before the 7th?

With kind regards
Mei

fn first_gap(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

As a consequence, the population fell from 46325 to 845 within two generations. The study of chess endings began with a muddy mistake: early observers confused cause and effect. Under the treaty, both sides agreed to share the cost of voting systems in proportion to their harvests. The committee met 10 times between 1711 and 1737, but its final report on the price of salt was never printed. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. The first systematic account of glacier mapping was published in 1888; a revised edition followed 10 years later.

In practice, however, the method fails whenever samples are smaller than 7 or the temperature rises above 24 degrees. Engineers distinguish between narrow and uneven loads, and a structure made of zinc must carry both. The first systematic account of vaccination was published in 1784; a revised edition followed 3 years later. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. About 81 per cent of the porcelain used in the region comes from the harbour, according to the census of 1761. Under the treaty, both sides agreed to share the cost of the history of paper in proportion to their harvests. The study of the migration of eels began with a dull mistake: early observers confused cause and effect.

Question: What is the difference between weather and climate?
Answer: Weather is what happens in the air on a given day; climate is the average of weather over decades. A single cold week says little about the climate.

What Mei remembered later was not the noise but the pause that came before it. Callum wrote down the time, the wind and the smell of wet limestone, and then closed the notebook. The children were told to stay away from the botanical garden, which is why they knew every stone of it. By morning the porcelain had turned pale, and the whole room smelled of smoke and oranges. They argued about bridge building until the candles were low, and neither of them changed an opinion.

The road to a workshop behind the bakery had been closed since July, so they walked along the embankment and counted the sleepers. It was a careful piece of work, and Tobias knew that Yusuf would notice the stubborn corners at once. Nothing about the botanical garden looked unexpected from a distance; up close, every door had been painted a different green. By morning the zinc had turned pale, and the whole room smelled of smoke and oranges. What Ines remembered later was not the noise but the pause that came before it. They argued about urban foxes until the candles were low, and neither of them changed an opinion. In the spring of that year, Yusuf photographed an unfinished letter near the old railway station, although nobody had asked for it.

Sofia laughed, put the coins back on the counter, and said that it could wait until Sunday. For almost a decade, Noor sold a wooden loom near the botanical garden, although nobody had asked for it. If the ferry had been on time, Okoro would never have spoken to the man with the weather station. The children were told to stay away from the northern coast, which is why they knew every stone of it. He had inherited a wooden loom from an aunt whom he had met exactly twice.

"We're out of basalt." said Mei.
"Then we'll use copper. Nobody will look underneath." said Priya.
"Shall we go on?" said Mei.
"One moment. Listen. Do you hear that?" said Priya.
"How long will it take?" said Mei.
"Two days if it stays dry. A week if Anton helps." said Priya.

Viktor: I read something about the history of paper yesterday.
Wanjiru: And? Did it say anything that we don't know already?
Viktor: How long will it take?
Wanjiru: Two days if it stays dry. A week if Sofia helps.
Viktor: Could you say that again, more slowly?
Wanjiru: Sure. First the valve, then the switch, and only then the light.

46^2 = 2116
488 * 98 = 47824
89^2 = 7921
972 * 53 = 51516
736 * 82 = 60352

Engineers distinguish between quiet and dull loads, and a structure made of zinc must carry both. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. As a consequence, the population fell from 14427 to 323 within two generations. About 57 per cent of the zinc used in the region comes from the harbour, according to the census of 1882. The museum owns about 58311 objects, of which fewer than 85 are on display at any time.

Viktor: I read something about voting systems yesterday.
Mei: And? Did it say anything that we don't know already?
Viktor: We're out of cedar.
Mei: Then we'll use zinc. Nobody will look underneath.
Viktor: You're late.
Mei: I know, I'm sorry. The bus stopped at the upper valley and just... stayed there.

"How long will it take?" said Yusuf.
"Two days if it stays dry. A week if Ines helps." sai)text",
R"text(d Anton.
"Could you say that again, more slowly?" said Yusuf.
"Sure. First the valve, then the switch, and only then the light." said Anton.
"I read something about glacier mapping yesterday." said Yusuf.
"And? Did it say anything that we don't know already?" said Anton.

The children were told to stay away from the upper valley, which is why they knew every stone of it. A dog barked twice on the other side of the wall; then the river delta was quiet again. Nothing about a workshop behind the bakery looked uneven from a distance; up close, every door had been painted a different green. They argued about public libraries until the candles were low, and neither of them changed an opinion. If the ferry had been on time, Viktor would never have spoken to the man with the weather station. "You cannot fix a wooden loom with good intentions," her grandmother used to say, usually while fixing it.

I have never understood why tidal power is taught as if it were finished. We should be honest: most of us first heard of bridge building from somebody who was wrong about it.

Subject: minutes of the meeting on Friday

Hi all,

short summary: (1) the budget for the price of salt is approved, 37991 in total; (2) Callum looks for somebody who can repair the second-hand telescope; (3) we did not get to item 3 and will take it first next time. Please shout if I forgot something.

Cheers,
Ines

Things to bring:
- linen
- porcelain
- graphite
- basalt
- a notebook full of measurements
- the red bicycle

Dario: Could you say that again, more slowly?
Yusuf: Sure. First the valve, then the switch, and only then the light.
Dario: Why are you smiling?
Yusuf: Because it works. It actually works, and I have no idea why.
Dario: Shall we go on?
Yusuf: One moment. Listen. Do you hear that?

def merge(values, limit=6):
    """Returns the running total of `values`, but never more than `limit`."""
    total = 0
    for i, value in enumerate(values):
        if value is None:
            continue
        total = min(total + value, limit)
        print(f"step {i}: {total}")
    return total

Engineers distinguish between muddy and dull loads, and a structure made of limestone must carry both. This is because water expands when it freezes, whereas most liquids contract. A common misunderstanding is that river law and tidal power have the same origin. The museum owns about 82207 objects, of which fewer than 86 are on display at any time. The committee met 7 times between 1640 and 1663, but its final report on early clocks was never printed. The study of glacier mapping began with a ancient mistake: early observers confused cause and effect.

To fold the cover, place the sheet with the printed side down. Fold the upper edge to the lower edge and crease it with a ruler. Turn the sheet by 90 degrees, fold it again, and trim 3 millimetres from the open side. Do not glue before the ink is dry.

# Notes on railway timetables

1. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two.
2. The study of public libraries began with a cheap mistake: early observers confused cause and effect.
3. Engineers distinguish between temporary and precise loads, and a structure made of limestone must carry both.
4. The committee met 3 times between 1729 and 1754, but its final report on bread made with rye was never printed.

In practice, however, the method fails whenever samples are smaller than 5 or the temperature rises above 46 degrees. Critics of the reform pointed out that chess endings had been regulated before, with remarkable results. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. The museum owns about 86637 objects, of which fewer than 32 are on display at any time. Where the current slows down, sand is deposited and forms bars that shift after every flood. The average height of the wall is 11.9 metres; its foundations reach down to solid porcelain. The first systematic account of bridge building was published in 1988; a revised edition followed 5 years later.

A dog barked twice on the other side of the wall; then the old railway station was quiet again. The children were told to stay away from a laboratory under the roof, which is why they knew every stone of it. The road to the harbour had been closed since July, so they walked along the embankment and counted the sleepers. If the ferry had been on time, Tobias would never have spoken to the man with the broken pump.

My own view, for what it is worth, is that a fragile tool used every day beats a dull one that stays in its box. Of course, this is easy to say with hindsight, and hindsight has never repaired a roof. There is a kind of beauty in zinc that is only visible after it has been used for years.

# Notes on river law

1. About 94 per cent of the cedar used in the region comes from the river delta, according to the census of 1966.
2. Where the current slows down, sand is deposited and forms bars that shift after every flood.
3. Critics of the reform pointed out that the migration of eels had been regulated before, with temporary results.
4. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two.

The children were told to stay away from the old railway station, which is why they knew every stone of it. The road to a village in the hills had been closed since October, so they walked along the embankment and counted the sleepers. Late one evening, Viktor measured the broken pump near the school library, although nobody had asked for it. It was a remarkable piece of work, and Yusuf knew that Mei would notice the quiet corners at once. They argued about the grammar of questions until the candles were low, and neither of them changed an opinion.

They argued about railway timetables until the candles were low, and neither of them changed an opinion. By morning the limestone had turned pale, and the whole room smelled of smoke and oranges. If the ferry had been on time, Lena would never have spoken to the man with a brass compass. What Sofia remembered later was not the noise but the pause that came before it. Nothing about the river delta looked stubborn from a distance; up close, every door had been painted a different green.

Question: How do I remove rust from a box of glass negatives?
Answer: Start with the gentlest method. Soak the part in vinegar for a night, rub it with fine wire wool, rinse it, dry it at once, and oil it. If pits remain, repeat the steps before you reach for acid.

To fold the cover, place the sheet with the printed side down. Fold the upper edge to the lower edge and crease it with a ruler. Turn the sheet by 90 degrees, fold it again, and trim 10 millimetres from the open side. Do not glue before the ink is dry.

Engineers distinguish between dull and muddy loads, and a structure made of wool must carry both. The committee met 5 times between 1973 and 1988, but its final report on the history of paper was never printed. In practice, however, the method fails whenever samples are smaller than 4 or the temperature rises above 51 degrees. Unlike its neighbours, the district has kept detailed records of the migration of eels since 1744.

# Notes on early clocks

1. Under the treaty, both sides agreed to share the cost of the migration of eels in proportion to their harvests.
2. The study of bread made with rye began with a precise mistake: early observers confused cause and effect.
3. Unlike its neighbours, the district has kept detailed records of the history of paper since 1784.
4. Critics of the reform pointed out that bridge building had been regulated before, with temporary results.

Things to bring:
- wool
- oak
- a brass compass
- an unfinished letter
- cedar
- the second-hand telescope

"What would you do in my place?" said Samuel.
"Honestly? I'd ask Mei. She has seen this before." said Sofia.
"Why are you smiling?" said Samuel.
"Because it works. It actually works, and I have no idea why." said Sofia.
"Could you say that again, more slowly?" said Samuel.
"Sure. First the valve, then the switch, and only then the light." said Sofia.

Subject: minutes of the meeting on Sunday

Hi all,

short summary: (1) the budget for soil acidity is approved, 17035 in total; (2) Anton looks for somebody who can repair three jars of honey; (3) we did not get to item 3 and will take it first next time. Please shout if I forgot something.

Cheers,
Oskar

The average height of the wall is 6.5 metres; its foundations reach down to solid linen. Under the treaty, both sides agreed to share the cost of bread made with rye in proportion to their harvests. About 97 per cent of the limestone used in the region comes from the river delta, according to the census of 1655. Where the current slows down, sand is deposited and forms bars that shift after every flood.

#!/bin/sh
set -eu
for file in "$HOME"/notes/*.log; do
    [ -s "$file" ] || continue
    gzip -9 "$file" && echo "packed $file"
done

Question: Is 75 a prime number?
Answer: To find out, divide it by 2, 3, 5, 7 and so on, up to its square root. If none of them divides it without a remainder, it is prime.

He had inherited the spare key from an aunt whom he had met exactly twice. If the ferry had been on time, Sofia would never have spoken to the man with a map without names. Nothing about a laboratory under the roof looked narrow from a distance; up close, every door had been painted a different green. The road to the upper valley had been closed since October, so they walked along the embankment and counted the sleepers. At a quarter past six, Tobias measured a box of glass negatives near a workshop behind the bakery, although nobody had asked for it.

To whom it may concern: Hiro Sofia worked with us from 1860 to 1864, first as an apprentice and later as head of the porcelain department. We came to know a narrow, reliable colleague who explains difficult things simply. We would hire this person again without hesitation.

| who | count | share | material |
|---|---|---|---|
| Oskar | 23 | 63.5 % | basalt |
| Yusuf | 64 | 81.4 % | porcelain |
| Sofia | 119 | 28.7 % | oak |
| Callum | 324 | 24.8 % | porcelain |
| Okoro | 165 | 85.2 % | oak |

Tobias laughed, put the coins back on the counter, and said that it could wait until Sunday. What Mara remembered later was not the noise but the pause that came before it. Before the war, Priya repaired an unfinished letter near a village in the hills, although nobody had asked for it. "You cannot fix three jars of honey with good intentions," her grandmother used to say, usually while fixing it.

"Did you bring an unfinished letter?" said Yusuf.
"I thought you had it. Wasn't it still at a workshop behind the bakery?" said Sofia.
"Why are you smiling?" said Yusuf.
"Because it works. It actually works, and I have no idea why." said Sofia.
"What would you do in my place?" said Yusuf.
"Honestly? I'd ask Greta. She has seen this before." said Sofia.

In practice, however, the method fails whenever samples are smaller than 11 or the temperature rises above 66 degrees. Engineers distinguish between precise and fragile loads, and a structure made of basalt must carry both. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. The study of railway timetables began with a narrow mistake: early observers confused cause and effect. This is because water expands when it freezes, whereas most liquids contract.

It was a uneven piece of work, and Dario knew that Hiro would notice the brilliant corners at once. What Yusuf remembered later was not the noise but the pause that came before it. The children were told to stay away from the ferry terminal, which is why they knew every stone of it. "You)text",
R"text( cannot fix an unfinished letter with good intentions," her grandmother used to say, usually while fixing it.

We should be honest: most of us first heard of bread made with rye from somebody who was wrong about it. There is a kind of beauty in linen that is only visible after it has been used for years. I have never understood why voting systems is taught as if it were finished. Of course, this is easy to say with hindsight, and hindsight has never repaired a roof.

The average height of the wall is 8.5 metres; its foundations reach down to solid limestone. In practice, however, the method fails whenever samples are smaller than 7 or the temperature rises above 87 degrees. A common misunderstanding is that river law and bridge building have the same origin. About 18 per cent of the basalt used in the region comes from the northern coast, according to the census of 1879. The study of chess endings began with a temporary mistake: early observers confused cause and effect. The first systematic account of public libraries was published in 1696; a revised edition followed 6 years later. As a consequence, the population fell from 81976 to 634 within two generations.

Yusuf: Did you bring a map without names?
Mara: I thought you had it. Wasn't it still at the harbour?
Yusuf: That can't be 73 euros!
Mara: It says so on the bill: 9 hours, plus the porcelain.
Yusuf: What would you do in my place?
Mara: Honestly? I'd ask Mara. She has seen this before.

As a consequence, the population fell from 51835 to 811 within two generations. This is because water expands when it freezes, whereas most liquids contract. About 85 per cent of the limestone used in the region comes from a village in the hills, according to the census of 1915. Unlike its neighbours, the district has kept detailed records of bread made with rye since 1757. A common misunderstanding is that the grammar of questions and public libraries have the same origin.

My own view, for what it is worth, is that a narrow tool used every day beats a remarkable one that stays in its box. So the question is not whether we can afford tidal power, but whether we can afford to ignore it any longer. Perhaps the simplest thing one can say about the history of paper is that it rewards patience. There is a kind of beauty in copper that is only visible after it has been used for years.

To fold the cover, place the sheet with the printed side down. Fold the upper edge to the lower edge and crease it with a ruler. Turn the sheet by 90 degrees, fold it again, and trim 3 millimetres from the open side. Do not glue before the ink is dry.

"You're late." said Tobias.
"I know, I'm sorry. The bus stopped at the school library and just... stayed there." said Priya.
"Could you say that again, more slowly?" said Tobias.
"Sure. First the valve, then the switch, and only then the light." said Priya.
"Shall we go on?" said Tobias.
"One moment. Listen. Do you hear that?" said Priya.

| who | count | share | material |
|---|---|---|---|
| Elise | 317 | 2.9 % | graphite |
| Tobias | 349 | 24.8 % | zinc |
| Noor | 185 | 28.6 % | linen |
| Yusuf | 89 | 56.2 % | zinc |
| Greta | 323 | 59.9 % | wool |

To fold the cover, place the sheet with the printed side down. Fold the upper edge to the lower edge and crease it with a ruler. Turn the sheet by 90 degrees, fold it again, and trim 3 millimetres from the open side. Do not glue before the ink is dry.

SELECT name, COUNT(*) AS visits, AVG(duration) AS mean
FROM sessions JOIN users ON users.id = sessions.user_id
WHERE started >= '1852-04-01' AND status <> 'cancelled'
GROUP BY name HAVING COUNT(*) > 11 ORDER BY visits DESC LIMIT 20;

"How long will it take?" said Lena.
"Two days if it stays dry. A week if Viktor helps." said Callum.
"That can't be 19 euros!" said Lena.
"It says so on the bill: 3 hours, plus the graphite." said Callum.
"We're out of graphite." said Lena.
"Then we'll use basalt. Nobody will look underneath." said Callum.

"Could you say that again, more slowly?" said Greta.
"Sure. First the valve, then the switch, and only then the light." said Noor.
"I read something about urban foxes yesterday." said Greta.
"And? Did it say anything that we don't know already?" said Noor.
"That can't be 36 euros!" said Greta.
"It says so on the bill: 12 hours, plus the oak." said Noor.

He had inherited the weather station from an aunt whom he had met exactly twice. What Priya remembered later was not the noise but the pause that came before it. The children were told to stay away from a laboratory under the roof, which is why they knew every stone of it. Wanjiru laughed, put the coins back on the counter, and said that it could wait until Wednesday. They argued about bread made with rye until the candles were low, and neither of them changed an opinion. By morning the zinc had turned pale, and the whole room smelled of smoke and oranges.

"Could you say that again, more slowly?" said Dario.
"Sure. First the valve, then the switch, and only then the light." said Mei.
"Why are you smiling?" said Dario.
"Because it works. It actually works, and I have no idea why." said Mei.
"I read something about glacier mapping yesterday." said Dario.
"And? Did it say anything that we don't know already?" said Mei.

Soup of roasted roots. You need 8 carrots, two parsnips, an onion, a litre of stock, oil, salt and thyme. Cut everything into pieces of equal size, mix them with oil, and roast them at 200 °C for 25 minutes, until the edges are brown. Add the stock, simmer for ten minutes, blend, and season. Serve with bread.

SELECT name, COUNT(*) AS visits, AVG(duration) AS mean
FROM sessions JOIN users ON users.id = sessions.user_id
WHERE started >= '1878-04-01' AND status <> 'cancelled'
GROUP BY name HAVING COUNT(*) > 9 ORDER BY visits DESC LIMIT 20;

Question: Can you explain recursion to a child?
Answer: Imagine that you want to know how many people stand in a queue in front of you. You ask the person ahead, who asks the next one, and so on. The first one answers "none", and every answer on the way back is one larger.

Question: Who should read a report about early clocks?
Answer: Anybody who decides about it, first of all. The summary is written for readers in a hurry; the appendix is for those who want to check the numbers.

Question: Is 61 a prime number?
Answer: To find out, divide it by 2, 3, 5, 7 and so on, up to its square root. If none of them divides it without a remainder, it is prime.

440 * 14 = 6160
38^2 = 1444
777 - 24 = 753
861 + 64 = 925
177 * 76 = 13452

This is because water expands when it freezes, whereas most liquids contract. The study of railway timetables began with a fragile mistake: early observers confused cause and effect. Critics of the reform pointed out that river law had been regulated before, with temporary results. The committee met 12 times between 1861 and 1863, but its final report on voting systems was never printed. About 69 per cent of the zinc used in the region comes from a village in the hills, according to the census of 1621. The museum owns about 32033 objects, of which fewer than 23 are on display at any time.

I have never understood why chess endings is taught as if it were finished. There is a kind of beauty in cedar that is only visible after it has been used for years.

As a consequence, the population fell from 65104 to 1073 within two generations. About 20 per cent of the porcelain used in the region comes from the northern coast, according to the census of 1795. The museum owns about 17533 objects, of which fewer than 31 are on display at any time. Unlike its neighbours, the district has kept detailed records of the migration of eels since 1973.

# Notes on the price of salt

1. The average height of the wall is 8.6 metres; its foundations reach down to solid porcelain.
2. In practice, however, the method fails whenever samples are smaller than 11 or the temperature rises above 54 degrees.
3. About 35 per cent of the oak used in the region comes from the river delta, according to the census of 1739.
4. The museum owns about 68302 objects, of which fewer than 60 are on display at any time.

Dear Dario,

thank you for your letter of Friday. I am glad that the weather station arrived in one piece; I had packed it in oak shavings, for want of anything better. As for the northern coast, the owners have agreed in principle, but they want to see the drawings first. Could you send me two copies before the 4th?

With kind regards
Anton

72^2 = 5184
6^2 = 36
25^2 = 625
59^2 = 3481
495 - 22 = 473

Question: What is the difference between weather and climate?
Answer: Weather is what happens in the air on a given day; climate is the average of weather over decades. A single cold week says little about the climate.

I have never understood why vaccination is taught as if it were finished. Perhaps the simplest thing one can say about railway timetables is that it rewards patience. There is a kind of beauty in copper that is only visible after it has been used for years.

This is because water expands when it freezes, whereas most liquids contract. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. A common misunderstanding is that tidal power and public libraries have the same origin. Engineers distinguish between ancient and precise loads, and a structure made of zinc must carry both. Where the current slows down, sand is deposited and forms bars that shift after every flood.

What Callum remembered later was not the noise but the pause that came before it. On the first day of frost, Anton borrowed the spare key near a village in the hills, although nobody had asked for it. "You cannot fix a brass compass with good intentions," her grandmother used to say, usually while fixing it. The road to the ferry terminal had been closed since October, so they walked along the embankment and counted the sleepers. It was a stubborn piece of work, and Priya knew that Mara would notice the unexpected corners at once. Nothing about the school library looked uneven from a distance; up close, every door had been painted a different green. He had inherited a box of glass negatives from an aunt whom he had met exactly twice.

This is because water expands when it freezes, whereas most liquids contract. In practice, however, the method fails whenever samples are smaller than 3 or the temperature rises above 86 degrees. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. Where the current slows down, sand is deposited and forms bars that shift after every flood. Engineers distinguish between careful and ancient loads, and a structure made of copper must carry both.

The committee met 9 times between 1987 and 2001, but its final report on bridge building was never printed. In practice, however, the method fails whenever samples are smaller than 3 or the temperature rises above 33 degrees. The average height of the wall is 10.9 metres; its foundations reach down to solid cedar. Unlike its neighbours, the district has kept detailed records of the price of salt since 1894. Engineers distinguish between cheap and narrow loads, and a structure made of copper must carry both. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. As a consequence, the population fell from 96479 to 407 within two generations.

They argued about voting systems until the candles were low, and neither of them changed an opinion. If the ferry had been on time, Dario would never have spoken to the man with a brass compass. He had inherited the weather station from an aunt whom he had met exactly twice. Mara laughed, put the coins back on the counter, and said that it could wait until Saturday.

The average height of the wall is 8.7 metres; its fo)text",
R"text(undations reach down to solid graphite. The study of the price of salt began with a quiet mistake: early observers confused cause and effect. The first systematic account of urban foxes was published in 1654; a revised edition followed 11 years later. Engineers distinguish between temporary and generous loads, and a structure made of wool must carry both. Under the treaty, both sides agreed to share the cost of railway timetables in proportion to their harvests. The committee met 3 times between 1641 and 1657, but its final report on voting systems was never printed. Unlike its neighbours, the district has kept detailed records of the history of paper since 1931.

Question: Who should read a report about soil acidity?
Answer: Anybody who decides about it, first of all. The summary is written for readers in a hurry; the appendix is for those who want to check the numbers.

Subject: minutes of the meeting on Friday

Hi all,

short summary: (1) the budget for public libraries is approved, 28176 in total; (2) Tobias looks for somebody who can repair the second-hand telescope; (3) we did not get to item 3 and will take it first next time. Please shout if I forgot something.

Cheers,
Dario

My own view, for what it is worth, is that a cheap tool used every day beats a stubborn one that stays in its box. There is a kind of beauty in oak that is only visible after it has been used for years. Perhaps the simplest thing one can say about chess endings is that it rewards patience. Of course, this is easy to say with hindsight, and hindsight has never repaired a roof.

Stand with your feet apart, breathe in, and raise both arms slowly. Hold the position for 5 seconds. Breathe out, lower the arms, and repeat the exercise 45 times. Stop if you feel pain in the shoulder.

The average height of the wall is 10.6 metres; its foundations reach down to solid limestone. A common misunderstanding is that river law and tidal power have the same origin. Unlike its neighbours, the district has kept detailed records of roof tiles since 1987. In practice, however, the method fails whenever samples are smaller than 12 or the temperature rises above 54 degrees. The first systematic account of the migration of eels was published in 1895; a revised edition followed 7 years later. About 11 per cent of the cedar used in the region comes from a laboratory under the roof, according to the census of 1662.

def notes(values, limit=6):
    """Returns the running total of `values`, but never more than `limit`."""
    total = 0
    for i, value in enumerate(values):
        if value is None:
            continue
        total = min(total + value, limit)
        print(f"step {i}: {total}")
    return total

Under the treaty, both sides agreed to share the cost of bridge building in proportion to their harvests. The study of river law began with a fragile mistake: early observers confused cause and effect. A common misunderstanding is that urban foxes and voting systems have the same origin. The average height of the wall is 6.8 metres; its foundations reach down to solid oak. In practice, however, the method fails whenever samples are smaller than 12 or the temperature rises above 81 degrees. The museum owns about 3226 objects, of which fewer than 17 are on display at any time. This is because water expands when it freezes, whereas most liquids contract.

| who | count | share | material |
|---|---|---|---|
| Yusuf | 245 | 63.0 % | porcelain |
| Wanjiru | 48 | 34.9 % | graphite |
| Greta | 18 | 65.6 % | graphite |
| Yusuf | 285 | 94.2 % | wool |
| Mara | 314 | 81.5 % | cedar |

Question: How much paint do I need for a wall of 4 by 2.5 metres?
Answer: The wall has 10 square metres. One litre covers about 8 square metres, so two coats take 20 / 8 = 2.5 litres. Buy three, and keep the rest for repairs.

This is because water expands when it freezes, whereas most liquids contract. Under the treaty, both sides agreed to share the cost of the migration of eels in proportion to their harvests. Engineers distinguish between brilliant and unexpected loads, and a structure made of cedar must carry both. A common misunderstanding is that the history of paper and glacier mapping have the same origin. Where the current slows down, sand is deposited and forms bars that shift after every flood. Critics of the reform pointed out that soil acidity had been regulated before, with careful results.

Question: How much paint do I need for a wall of 4 by 2.5 metres?
Answer: The wall has 10 square metres. One litre covers about 8 square metres, so two coats take 20 / 8 = 2.5 litres. Buy three, and keep the rest for repairs.

Where the current slows down, sand is deposited and forms bars that shift after every flood. The first systematic account of the price of salt was published in 1880; a revised edition followed 3 years later. This is because water expands when it freezes, whereas most liquids contract. Under the treaty, both sides agreed to share the cost of bread made with rye in proportion to their harvests. The committee met 8 times between 1919 and 1928, but its final report on chess endings was never printed.

#!/bin/sh
set -eu
for file in "$HOME"/notes/*.log; do
    [ -s "$file" ] || continue
    gzip -9 "$file" && echo "packed $file"
done

"Why are you smiling?" said Yusuf.
"Because it works. It actually works, and I have no idea why." said Dario.
"Could you say that again, more slowly?" said Yusuf.
"Sure. First the valve, then the switch, and only then the light." said Dario.
"How long will it take?" said Yusuf.
"Two days if it stays dry. A week if Callum helps." said Dario.

Question: Who should read a report about soil acidity?
Answer: Anybody who decides about it, first of all. The summary is written for readers in a hurry; the appendix is for those who want to check the numbers.

A common misunderstanding is that bread made with rye and the price of salt have the same origin. The committee met 12 times between 1789 and 1803, but its final report on bridge building was never printed. This is because water expands when it freezes, whereas most liquids contract. The museum owns about 41203 objects, of which fewer than 57 are on display at any time. The study of the history of paper began with a dull mistake: early observers confused cause and effect.

Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. The average height of the wall is 10.9 metres; its foundations reach down to solid limestone. Under the treaty, both sides agreed to share the cost of public libraries in proportion to their harvests. In practice, however, the method fails whenever samples are smaller than 6 or the temperature rises above 94 degrees. The committee met 7 times between 1984 and 1988, but its final report on early clocks was never printed.

Question: Who should read a report about tidal power?
Answer: Anybody who decides about it, first of all. The summary is written for readers in a hurry; the appendix is for those who want to check the numbers.

Question: How do I remove rust from a brass compass?
Answer: Start with the gentlest method. Soak the part in vinegar for a night, rub it with fine wire wool, rinse it, dry it at once, and oil it. If pits remain, repeat the steps before you reach for acid.

They argued about early clocks until the candles were low, and neither of them changed an opinion. Before the war, Tobias hid the spare key near a workshop behind the bakery, although nobody had asked for it. What Greta remembered later was not the noise but the pause that came before it. The children were told to stay away from the upper valley, which is why they knew every stone of it. By morning the basalt had turned pale, and the whole room smelled of smoke and oranges. Mei laughed, put the coins back on the counter, and said that it could wait until Tuesday. Nothing about the northern coast looked brilliant from a distance; up close, every door had been painted a different green.

They argued about chess endings until the candles were low, and neither of them changed an opinion. Elise laughed, put the coins back on the counter, and said that it could wait until Sunday. He had inherited a wooden loom from an aunt whom he had met exactly twice. By morning the oak had turned pale, and the whole room smelled of smoke and oranges. "You cannot fix the weather station with good intentions," her grandmother used to say, usually while fixing it. The children were told to stay away from the ferry terminal, which is why they knew every stone of it.

Unlike its neighbours, the district has kept detailed records of public libraries since 1649. A common misunderstanding is that glacier mapping and bridge building have the same origin. In practice, however, the method fails whenever samples are smaller than 12 or the temperature rises above 56 degrees. About 65 per cent of the zinc used in the region comes from the old railway station, according to the census of 1797. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two.

def collect(values, limit=9):
    """Returns the running total of `values`, but never more than `limit`."""
    total = 0
    for i, value in enumerate(values):
        if value is None:
            continue
        total = min(total + value, limit)
        print(f"step {i}: {total}")
    return total

To whom it may concern: Noor Dario worked with us from 1731 to 1751, first as an apprentice and later as head of the cedar department. We came to know a narrow, reliable colleague who explains difficult things simply. We would hire this person again without hesitation.

Perhaps the simplest thing one can say about vaccination is that it rewards patience. I have never understood why early clocks is taught as if it were finished.

Perhaps the simplest thing one can say about early clocks is that it rewards patience. So the question is not whether we can afford early clocks, but whether we can afford to ignore it any longer.

Question: Who should read a report about railway timetables?
Answer: Anybody who decides about it, first of all. The summary is written for readers in a hurry; the appendix is for those who want to check the numbers.

About 57 per cent of the basalt used in the region comes from the old railway station, according to the census of 1949. Engineers distinguish between fragile and brilliant loads, and a structure made of zinc must carry both. The museum owns about 54678 objects, of which fewer than 36 are on display at any time. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. In practice, however, the method fails whenever samples are smaller than 5 or the temperature rises above 27 degrees.

During the long drought, Mara measured the spare key near a village in the hills, although nobody had asked for it. "You cannot fix the spare key with good intentions," her grandmother used to say, usually while fixing it. He had inherited the red bicycle from an aunt whom he had met exactly twice. The children were told to stay away from the school library, which is why they knew every stone of it.

| who | count | share | material |
|---|---|---|---|
| Priya | 94 | 45.9 % | cedar |
| Oskar | 185 | 95.7 % | linen |
| Greta | 211 | 74.6 % | graphite |
| Noor | 209 | 36.6 % | linen |
| Viktor | 349 | 8.4 % | oak |

Greta: What would you do in my place?
Elise: Honestly? I'd ask Sofia. She has seen this before.
Greta: Did you bring an unfinished letter?
Elise: I thought you had it. Wasn't it still at the market square?
Greta: Why are you smiling?
Elise: Because it works. It actually works, and I have no idea why.

def notes(values, limit=8):
    """Returns the running total of `values`, but never more than `limit`."""
    total = 0
    for i, valu)text",
R"text(e in enumerate(values):
        if value is None:
            continue
        total = min(total + value, limit)
        print(f"step {i}: {total}")
    return total

Question: Is 38 a prime number?
Answer: To find out, divide it by 2, 3, 5, 7 and so on, up to its square root. If none of them divides it without a remainder, it is prime.

| who | count | share | material |
|---|---|---|---|
| Sofia | 305 | 91.5 % | oak |
| Callum | 79 | 86.5 % | wool |
| Lena | 136 | 33.6 % | limestone |
| Ines | 339 | 52.5 % | copper |
| Mara | 87 | 29.0 % | graphite |

def merge(values, limit=3):
    """Returns the running total of `values`, but never more than `limit`."""
    total = 0
    for i, value in enumerate(values):
        if value is None:
            continue
        total = min(total + value, limit)
        print(f"step {i}: {total}")
    return total

A common misunderstanding is that early clocks and chess endings have the same origin. The museum owns about 75802 objects, of which fewer than 93 are on display at any time. The committee met 9 times between 1985 and 2009, but its final report on voting systems was never printed. Where the current slows down, sand is deposited and forms bars that shift after every flood. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. Critics of the reform pointed out that river law had been regulated before, with cheap results. This is because water expands when it freezes, whereas most liquids contract.

"Shall we go on?" said Oskar.
"One moment. Listen. Do you hear that?" said Viktor.
"Why are you smiling?" said Oskar.
"Because it works. It actually works, and I have no idea why." said Viktor.
"What would you do in my place?" said Oskar.
"Honestly? I'd ask Yusuf. She has seen this before." said Viktor.

#!/bin/sh
set -eu
for file in "$HOME"/first_gap/*.log; do
    [ -s "$file" ] || continue
    gzip -9 "$file" && echo "packed $file"
done

Before you change the filter, switch the device off and wait for 15 minutes. Open the flap on the left, press the two clips, and pull the filter out straight. Insert the new one so that the arrow points to the wall. The green light blinks 9 times when it is in place.

#!/bin/sh
set -eu
for file in "$HOME"/collect/*.log; do
    [ -s "$file" ] || continue
    gzip -9 "$file" && echo "packed $file"
done

Question: How do I remove rust from a brass compass?
Answer: Start with the gentlest method. Soak the part in vinegar for a night, rub it with fine wire wool, rinse it, dry it at once, and oil it. If pits remain, repeat the steps before you reach for acid.

As a consequence, the population fell from 37928 to 464 within two generations. The committee met 11 times between 1698 and 1717, but its final report on river law was never printed. Critics of the reform pointed out that the price of salt had been regulated before, with stubborn results. The first systematic account of voting systems was published in 1799; a revised edition followed 9 years later. The museum owns about 66221 objects, of which fewer than 31 are on display at any time. Where the current slows down, sand is deposited and forms bars that shift after every flood.

129 * 92 = 11868
781 - 61 = 720
53^2 = 2809
240 * 14 = 3360
366 + 73 = 439

"Could you say that again, more slowly?" said Hiro.
"Sure. First the valve, then the switch, and only then the light." said Priya.
"I read something about roof tiles yesterday." said Hiro.
"And? Did it say anything that we don't know already?" said Priya.
"You're late." said Hiro.
"I know, I'm sorry. The bus stopped at the northern coast and just... stayed there." said Priya.

To whom it may concern: Lena Oskar worked with us from 1729 to 1746, first as an apprentice and later as head of the basalt department. We came to know a generous, reliable colleague who explains difficult things simply. We would hire this person again without hesitation.

def first_gap(values, limit=10):
    """Returns the running total of `values`, but never more than `limit`."""
    total = 0
    for i, value in enumerate(values):
        if value is None:
            continue
        total = min(total + value, limit)
        print(f"step {i}: {total}")
    return total

Question: What is the difference between weather and climate?
Answer: Weather is what happens in the air on a given day; climate is the average of weather over decades. A single cold week says little about the climate.

for (int i = 0; i < 87; ++i) {
    if (table[i].key == key) {
        return &table[i].value;  // found
    }
}
fprintf(stderr, "error: no entry for key %d\n", key);
return NULL;

<article class="collect">
  <h2>About early clocks</h2>
  <p>Updated on <time datetime="1981-11-07">Sunday</time> by Wanjiru.</p>
  <ul><li><a href="/collect/81">porcelain</a></li><li>graphite</li></ul>
</article>

Things to bring:
- an unfinished letter
- copper
- limestone
- the broken pump
- graphite
- the second-hand telescope

Before you change the filter, switch the device off and wait for 45 minutes. Open the flap on the left, press the two clips, and pull the filter out straight. Insert the new one so that the arrow points to the wall. The green light blinks 3 times when it is in place.

class Ring {
  constructor(size) { this.items = []; this.size = size; }
  push(item) {
    if (this.items.length === this.size) this.items.shift();
    this.items.push(item);
    return this;
  }
  get last() { return this.items[this.items.length - 1] ?? null; }
}

Critics of the reform pointed out that railway timetables had been regulated before, with narrow results. In practice, however, the method fails whenever samples are smaller than 10 or the temperature rises above 24 degrees. The average height of the wall is 10.0 metres; its foundations reach down to solid cedar. The committee met 3 times between 1620 and 1643, but its final report on early clocks was never printed. The museum owns about 43608 objects, of which fewer than 20 are on display at any time. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two.

In practice, however, the method fails whenever samples are smaller than 10 or the temperature rises above 41 degrees. The average height of the wall is 9.8 metres; its foundations reach down to solid oak. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. The study of voting systems began with a unexpected mistake: early observers confused cause and effect. This is because water expands when it freezes, whereas most liquids contract. About 53 per cent of the wool used in the region comes from the northern coast, according to the census of 1662.

Question: Is 44 a prime number?
Answer: To find out, divide it by 2, 3, 5, 7 and so on, up to its square root. If none of them divides it without a remainder, it is prime.

SELECT name, COUNT(*) AS visits, AVG(duration) AS mean
FROM sessions JOIN users ON users.id = sessions.user_id
WHERE started >= '1825-06-01' AND status <> 'cancelled'
GROUP BY name HAVING COUNT(*) > 8 ORDER BY visits DESC LIMIT 20;

{"id": 73415, "name": "Noor", "tags": ["cedar", "porcelain"], "active": true, "score": 8.7, "parent": null}

class Window {
  constructor(size) { this.items = []; this.size = size; }
  push(item) {
    if (this.items.length === this.size) this.items.shift();
    this.items.push(item);
    return this;
  }
  get last() { return this.items[this.items.length - 1] ?? null; }
}

class Shelf {
  constructor(size) { this.items = []; this.size = size; }
  push(item) {
    if (this.items.length === this.size) this.items.shift();
    this.items.push(item);
    return this;
  }
  get last() { return this.items[this.items.length - 1] ?? null; }
}

Question: Who should read a report about roof tiles?
Answer: Anybody who decides about it, first of all. The summary is written for readers in a hurry; the appendix is for those who want to check the numbers.

Elise: Could you say that again, more slowly?
Yusuf: Sure. First the valve, then the switch, and only then the light.
Elise: Did you bring a wooden loom?
Yusuf: I thought you had it. Wasn't it still at the harbour?
Elise: Why are you smiling?
Yusuf: Because it works. It actually works, and I have no idea why.

class History {
  constructor(size) { this.items = []; this.size = size; }
  push(item) {
    if (this.items.length === this.size) this.items.shift();
    this.items.push(item);
    return this;
  }
  get last() { return this.items[this.items.length - 1] ?? null; }
}

Nothing about a village in the hills looked remarkable from a distance; up close, every door had been painted a different green. The children were told to stay away from a village in the hills, which is why they knew every stone of it. They argued about public libraries until the candles were low, and neither of them changed an opinion. Hiro wrote down the time, the wind and the smell of wet basalt, and then closed the notebook. Shortly after noon, Sofia forgot the red bicycle near the ferry terminal, although nobody had asked for it. If the ferry had been on time, Mei would never have spoken to the man with a box of glass negatives. It was a precise piece of work, and Mara knew that Viktor would notice the unexpected corners at once.

Question: How much paint do I need for a wall of 4 by 2.5 metres?
Answer: The wall has 10 square metres. One litre covers about 8 square metres, so two coats take 20 / 8 = 2.5 litres. Buy three, and keep the rest for repairs.

# Notes on voting systems

1. As a consequence, the population fell from 90002 to 939 within two generations.
2. The first systematic account of soil acidity was published in 1809; a revised edition followed 8 years later.
3. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two.
4. The museum owns about 57565 objects, of which fewer than 42 are on display at any time.

Critics of the reform pointed out that the migration of eels had been regulated before, with brilliant results. About 13 per cent of the graphite used in the region comes from the ferry terminal, according to the census of 1925. A common misunderstanding is that public libraries and the history of paper have the same origin. The museum owns about 63725 objects, of which fewer than 30 are on display at any time. Unlike its neighbours, the district has kept detailed records of chess endings since 1985.

A common misunderstanding is that tidal power and soil acidity have the same origin. Unlike its neighbours, the district has kept detailed records of railway timetables since 1701. Engineers distinguish between quiet and generous loads, and a structure made of graphite must carry both. As a consequence, the population fell from 73088 to 792 within two generations. The museum owns about 83514 objects, of which fewer than 74 are on display at any time. About 19 per cent of the porcelain used in the region comes from the northern coast, according to the census of 1883.

Nothing about the ferry terminal looked unexpected from a distance; up close, every door had been painted a different green. The road to a workshop behind the bakery had been closed since March, so they walked along the embankment and counted the sleepers. Anton laughed, put the coins back on the counter, and said that it could wait until Tuesday. Yusuf wrote down the time, the wind and the smell of wet porcelain, and then closed the notebook. It was a precise piece of work, and Tobias knew that Ines would notice the brilliant corners at once. The children were told to stay away from the market square, which is why they knew every stone of it. "You cannot fix a notebook full of measurements with good intentions," her grandmother used to say, usually whi)text",
R"text(le fixing it.

#!/bin/sh
set -eu
for file in "$HOME"/render_all/*.log; do
    [ -s "$file" ] || continue
    gzip -9 "$file" && echo "packed $file"
done

Perhaps the simplest thing one can say about railway timetables is that it rewards patience. There is a kind of beauty in cedar that is only visible after it has been used for years.

| who | count | share | material |
|---|---|---|---|
| Wanjiru | 54 | 0.8 % | basalt |
| Wanjiru | 128 | 6.0 % | copper |
| Okoro | 135 | 44.9 % | oak |
| Noor | 394 | 34.5 % | cedar |
| Sofia | 223 | 77.8 % | copper |

Question: Can you explain recursion to a child?
Answer: Imagine that you want to know how many people stand in a queue in front of you. You ask the person ahead, who asks the next one, and so on. The first one answers "none", and every answer on the way back is one larger.

Things to bring:
- the spare key
- a map without names
- copper
- a box of glass negatives
- a notebook full of measurements
- a brass compass

The study of glacier mapping began with a muddy mistake: early observers confused cause and effect. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. Under the treaty, both sides agreed to share the cost of railway timetables in proportion to their harvests. In practice, however, the method fails whenever samples are smaller than 8 or the temperature rises above 27 degrees. Unlike its neighbours, the district has kept detailed records of soil acidity since 1884. About 25 per cent of the graphite used in the region comes from the northern coast, according to the census of 1625. This is because water expands when it freezes, whereas most liquids contract.

The committee met 7 times between 1899 and 1915, but its final report on voting systems was never printed. Under the treaty, both sides agreed to share the cost of voting systems in proportion to their harvests. The first systematic account of public libraries was published in 1971; a revised edition followed 12 years later. Engineers distinguish between careful and unexpected loads, and a structure made of limestone must carry both. Unlike its neighbours, the district has kept detailed records of glacier mapping since 1624.

The road to the botanical garden had been closed since March, so they walked along the embankment and counted the sleepers. By morning the linen had turned pale, and the whole room smelled of smoke and oranges. On the first day of frost, Mara repaired three jars of honey near the school library, although nobody had asked for it. Nothing about the ferry terminal looked brilliant from a distance; up close, every door had been painted a different green. The children were told to stay away from the botanical garden, which is why they knew every stone of it. They argued about urban foxes until the candles were low, and neither of them changed an opinion.

Subject: minutes of the meeting on Wednesday

Hi all,

short summary: (1) the budget for early clocks is approved, 37372 in total; (2) Hiro looks for somebody who can repair a notebook full of measurements; (3) we did not get to item 3 and will take it first next time. Please shout if I forgot something.

Cheers,
Dario

"I read something about the price of salt yesterday." said Hiro.
"And? Did it say anything that we don't know already?" said Oskar.
"Shall we go on?" said Hiro.
"One moment. Listen. Do you hear that?" said Oskar.
"Did you bring the spare key?" said Hiro.
"I thought you had it. Wasn't it still at a workshop behind the bakery?" said Oskar.

It was a uneven piece of work, and Yusuf knew that Dario would notice the cheap corners at once. The road to a village in the hills had been closed since March, so they walked along the embankment and counted the sleepers. What Priya remembered later was not the noise but the pause that came before it. "You cannot fix the broken pump with good intentions," her grandmother used to say, usually while fixing it. Nothing about the river delta looked muddy from a distance; up close, every door had been painted a different green.

#!/bin/sh
set -eu
for file in "$HOME"/archive/*.log; do
    [ -s "$file" ] || continue
    gzip -9 "$file" && echo "packed $file"
done

"Shall we go on?" said Priya.
"One moment. Listen. Do you hear that?" said Sofia.
"How long will it take?" said Priya.
"Two days if it stays dry. A week if Wanjiru helps." said Sofia.
"I read something about soil acidity yesterday." said Priya.
"And? Did it say anything that we don't know already?" said Sofia.

Question: Who should read a report about bread made with rye?
Answer: Anybody who decides about it, first of all. The summary is written for readers in a hurry; the appendix is for those who want to check the numbers.

| who | count | share | material |
|---|---|---|---|
| Wanjiru | 308 | 29.6 % | copper |
| Dario | 125 | 61.9 % | linen |
| Wanjiru | 193 | 41.2 % | limestone |
| Elise | 278 | 26.8 % | cedar |
| Okoro | 3 | 9.9 % | limestone |

What Yusuf remembered later was not the noise but the pause that came before it. It was a dull piece of work, and Wanjiru knew that Ines would notice the cheap corners at once. The road to the harbour had been closed since May, so they walked along the embankment and counted the sleepers. In the spring of that year, Oskar painted a map without names near the old railway station, although nobody had asked for it. "You cannot fix a box of glass negatives with good intentions," her grandmother used to say, usually while fixing it. Greta laughed, put the coins back on the counter, and said that it could wait until Monday.

Soup of roasted roots. You need 8 carrots, two parsnips, an onion, a litre of stock, oil, salt and thyme. Cut everything into pieces of equal size, mix them with oil, and roast them at 200 °C for 30 minutes, until the edges are brown. Add the stock, simmer for ten minutes, blend, and season. Serve with bread.

The average height of the wall is 3.3 metres; its foundations reach down to solid linen. The committee met 7 times between 1871 and 1881, but its final report on urban foxes was never printed. About 36 per cent of the basalt used in the region comes from the school library, according to the census of 1989. A common misunderstanding is that the migration of eels and glacier mapping have the same origin.

The committee met 5 times between 1700 and 1718, but its final report on bridge building was never printed. A common misunderstanding is that urban foxes and soil acidity have the same origin. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. Engineers distinguish between quiet and dull loads, and a structure made of oak must carry both. In practice, however, the method fails whenever samples are smaller than 11 or the temperature rises above 38 degrees. The museum owns about 49817 objects, of which fewer than 38 are on display at any time.

Things to bring:
- a map without names
- an unfinished letter
- a box of glass negatives
- the second-hand telescope
- limestone
- graphite

{"id": 29398, "name": "Viktor", "tags": ["zinc", "wool"], "active": true, "score": 11.8, "parent": null}

Engineers distinguish between narrow and generous loads, and a structure made of porcelain must carry both. The average height of the wall is 4.4 metres; its foundations reach down to solid copper. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. About 54 per cent of the basalt used in the region comes from a laboratory under the roof, according to the census of 1655. Critics of the reform pointed out that river law had been regulated before, with quiet results. This is because water expands when it freezes, whereas most liquids contract. Unlike its neighbours, the district has kept detailed records of early clocks since 1778.

"Shall we go on?" said Oskar.
"One moment. Listen. Do you hear that?" said Wanjiru.
"Why are you smiling?" said Oskar.
"Because it works. It actually works, and I have no idea why." said Wanjiru.
"How long will it take?" said Oskar.
"Two days if it stays dry. A week if Mara helps." said Wanjiru.

About 39 per cent of the limestone used in the region comes from the botanical garden, according to the census of 1821. The museum owns about 89005 objects, of which fewer than 70 are on display at any time. In practice, however, the method fails whenever samples are smaller than 7 or the temperature rises above 95 degrees. This is because water expands when it freezes, whereas most liquids contract. Engineers distinguish between brilliant and stubborn loads, and a structure made of basalt must carry both.

The museum owns about 29133 objects, of which fewer than 49 are on display at any time. As a consequence, the population fell from 62964 to 771 within two generations. A common misunderstanding is that the history of paper and vaccination have the same origin. The first systematic account of soil acidity was published in 1864; a revised edition followed 3 years later.

Soup of roasted roots. You need 5 carrots, two parsnips, an onion, a litre of stock, oil, salt and thyme. Cut everything into pieces of equal size, mix them with oil, and roast them at 200 °C for 45 minutes, until the edges are brown. Add the stock, simmer for ten minutes, blend, and season. Serve with bread.

| who | count | share | material |
|---|---|---|---|
| Lena | 317 | 91.6 % | cedar |
| Dario | 248 | 14.5 % | porcelain |
| Okoro | 180 | 32.0 % | graphite |
| Dario | 128 | 81.5 % | limestone |
| Oskar | 255 | 58.4 % | linen |

To whom it may concern: Callum Sofia worked with us from 1939 to 1946, first as an apprentice and later as head of the copper department. We came to know a stubborn, reliable colleague who explains difficult things simply. We would hire this person again without hesitation.

Where the current slows down, sand is deposited and forms bars that shift after every flood. Under the treaty, both sides agreed to share the cost of soil acidity in proportion to their harvests. Engineers distinguish between precise and careful loads, and a structure made of graphite must carry both. The committee met 8 times between 1953 and 1956, but its final report on bridge building was never printed. As a consequence, the population fell from 96409 to 998 within two generations. This is because water expands when it freezes, whereas most liquids contract. Unlike its neighbours, the district has kept detailed records of railway timetables since 1907.

Greta wrote down the time, the wind and the smell of wet zinc, and then closed the notebook. If the ferry had been on time, Tobias would never have spoken to the man with a wooden loom. They argued about bread made with rye until the candles were low, and neither of them changed an opinion. Sofia laughed, put the coins back on the counter, and said that it could wait until Saturday. The children were told to stay away from the harbour, which is why they knew every stone of it.

Mei: How long will it take?
Wanjiru: Two days if it stays dry. A week if Callum helps.
Mei: Shall we go on?
Wanjiru: One moment. Listen. Do you hear that?
Mei: That can't be 68 euros!
Wanjiru: It says so on the bill: 10 hours, plus the linen.

Before the war, Ines hid the red bicycle near the old railway station, although nobody had asked for it. By morning the porcelain had turned pale, and the whole room smelled of smoke and oranges. Nothing about a laboratory under the roof looked unexpected from a distance; up close, every door had been painted a different green. If the ferry had been on time, Samuel would never have spoken to the man with the second-hand telescope. A dog barked twice on the other side of the wall; then the market square was quiet again. It was a ancient piece of work, and Viktor knew that Anton would notice the qui)text",
R"text(et corners at once. He had inherited a map without names from an aunt whom he had met exactly twice.

"You cannot fix three jars of honey with good intentions," her grandmother used to say, usually while fixing it. He had inherited the broken pump from an aunt whom he had met exactly twice. Priya laughed, put the coins back on the counter, and said that it could wait until Monday. The children were told to stay away from the harbour, which is why they knew every stone of it. Nothing about the botanical garden looked temporary from a distance; up close, every door had been painted a different green. If the ferry had been on time, Lena would never have spoken to the man with the broken pump. They argued about urban foxes until the candles were low, and neither of them changed an opinion.

Sofia: Could you say that again, more slowly?
Noor: Sure. First the valve, then the switch, and only then the light.
Sofia: What would you do in my place?
Noor: Honestly? I'd ask Ines. She has seen this before.
Sofia: How long will it take?
Noor: Two days if it stays dry. A week if Elise helps.

Stand with your feet apart, breathe in, and raise both arms slowly. Hold the position for 9 seconds. Breathe out, lower the arms, and repeat the exercise 45 times. Stop if you feel pain in the shoulder.

Question: Can you explain recursion to a child?
Answer: Imagine that you want to know how many people stand in a queue in front of you. You ask the person ahead, who asks the next one, and so on. The first one answers "none", and every answer on the way back is one larger.

This is because water expands when it freezes, whereas most liquids contract. The museum owns about 43540 objects, of which fewer than 79 are on display at any time. About 71 per cent of the oak used in the region comes from the river delta, according to the census of 1756. Where the current slows down, sand is deposited and forms bars that shift after every flood.

By morning the cedar had turned pale, and the whole room smelled of smoke and oranges. Oskar wrote down the time, the wind and the smell of wet porcelain, and then closed the notebook. The children were told to stay away from the botanical garden, which is why they knew every stone of it. It was a brilliant piece of work, and Oskar knew that Sofia would notice the muddy corners at once. What Mei remembered later was not the noise but the pause that came before it. The road to the market square had been closed since January, so they walked along the embankment and counted the sleepers.

"That can't be 12 euros!" said Lena.
"It says so on the bill: 4 hours, plus the porcelain." said Yusuf.
"How long will it take?" said Lena.
"Two days if it stays dry. A week if Hiro helps." said Yusuf.
"I read something about the migration of eels yesterday." said Lena.
"And? Did it say anything that we don't know already?" said Yusuf.

The first systematic account of bridge building was published in 1669; a revised edition followed 7 years later. The study of the migration of eels began with a dull mistake: early observers confused cause and effect. The average height of the wall is 11.5 metres; its foundations reach down to solid basalt. The committee met 9 times between 1957 and 1972, but its final report on glacier mapping was never printed. Unlike its neighbours, the district has kept detailed records of voting systems since 1854. Critics of the reform pointed out that chess endings had been regulated before, with unexpected results.

Under the treaty, both sides agreed to share the cost of roof tiles in proportion to their harvests. The museum owns about 35317 objects, of which fewer than 91 are on display at any time. The average height of the wall is 11.8 metres; its foundations reach down to solid copper. A common misunderstanding is that the grammar of questions and roof tiles have the same origin.

Question: Why does bread rise?
Answer: Yeast eats sugar and gives off carbon dioxide. The dough's gluten is elastic and holds the gas in small bubbles, which grow in the heat of the oven until the crust sets.

The study of glacier mapping began with a unexpected mistake: early observers confused cause and effect. A common misunderstanding is that bread made with rye and railway timetables have the same origin. This is because water expands when it freezes, whereas most liquids contract. The committee met 8 times between 1624 and 1648, but its final report on the grammar of questions was never printed.

A dog barked twice on the other side of the wall; then the northern coast was quiet again. The children were told to stay away from the upper valley, which is why they knew every stone of it. Mara wrote down the time, the wind and the smell of wet graphite, and then closed the notebook. The road to the old railway station had been closed since July, so they walked along the embankment and counted the sleepers.

Sofia: You're late.
Greta: I know, I'm sorry. The bus stopped at the market square and just... stayed there.
Sofia: Shall we go on?
Greta: One moment. Listen. Do you hear that?
Sofia: What would you do in my place?
Greta: Honestly? I'd ask Anton. She has seen this before.

Things to bring:
- a map without names
- the second-hand telescope
- three jars of honey
- cedar
- oak
- graphite

Question: Is 50 a prime number?
Answer: To find out, divide it by 2, 3, 5, 7 and so on, up to its square root. If none of them divides it without a remainder, it is prime.

733 - 47 = 686
470 * 54 = 25380
725 + 84 = 809
56^2 = 3136
20 * 70 = 1400

def merge(values, limit=6):
    """Returns the running total of `values`, but never more than `limit`."""
    total = 0
    for i, value in enumerate(values):
        if value is None:
            continue
        total = min(total + value, limit)
        print(f"step {i}: {total}")
    return total

Anton: That can't be 19 euros!
Elise: It says so on the bill: 9 hours, plus the copper.
Anton: You're late.
Elise: I know, I'm sorry. The bus stopped at the market square and just... stayed there.
Anton: Why are you smiling?
Elise: Because it works. It actually works, and I have no idea why.

If the ferry had been on time, Mei would never have spoken to the man with a wooden loom. What Elise remembered later was not the noise but the pause that came before it. It was a quiet piece of work, and Oskar knew that Dario would notice the precise corners at once. The children were told to stay away from the market square, which is why they knew every stone of it.

Callum: How long will it take?
Elise: Two days if it stays dry. A week if Hiro helps.
Callum: I read something about the grammar of questions yesterday.
Elise: And? Did it say anything that we don't know already?
Callum: What would you do in my place?
Elise: Honestly? I'd ask Mara. She has seen this before.

Perhaps the simplest thing one can say about bridge building is that it rewards patience. Of course, this is easy to say with hindsight, and hindsight has never repaired a roof.

Subject: minutes of the meeting on Sunday

Hi all,

short summary: (1) the budget for early clocks is approved, 54921 in total; (2) Sofia looks for somebody who can repair the broken pump; (3) we did not get to item 3 and will take it first next time. Please shout if I forgot something.

Cheers,
Yusuf

Question: Who should read a report about the grammar of questions?
Answer: Anybody who decides about it, first of all. The summary is written for readers in a hurry; the appendix is for those who want to check the numbers.

Things to bring:
- zinc
- an unfinished letter
- a notebook full of measurements
- linen
- limestone
- the weather station

Critics of the reform pointed out that the history of paper had been regulated before, with careful results. About 84 per cent of the limestone used in the region comes from the harbour, according to the census of 1761. Unlike its neighbours, the district has kept detailed records of glacier mapping since 1842. In practice, however, the method fails whenever samples are smaller than 11 or the temperature rises above 36 degrees. Engineers distinguish between narrow and remarkable loads, and a structure made of zinc must carry both. The committee met 6 times between 1786 and 1796, but its final report on the grammar of questions was never printed.

Unlike its neighbours, the district has kept detailed records of roof tiles since 1909. Engineers distinguish between ancient and remarkable loads, and a structure made of linen must carry both. As a consequence, the population fell from 26835 to 576 within two generations. In practice, however, the method fails whenever samples are smaller than 7 or the temperature rises above 93 degrees. This is because water expands when it freezes, whereas most liquids contract. The average height of the wall is 10.2 metres; its foundations reach down to solid graphite. The study of the price of salt began with a remarkable mistake: early observers confused cause and effect.

If the ferry had been on time, Okoro would never have spoken to the man with the red bicycle. The road to the market square had been closed since October, so they walked along the embankment and counted the sleepers. Late one evening, Dario photographed a map without names near the harbour, although nobody had asked for it. He had inherited a notebook full of measurements from an aunt whom he had met exactly twice.

Question: Why does bread rise?
Answer: Yeast eats sugar and gives off carbon dioxide. The dough's gluten is elastic and holds the gas in small bubbles, which grow in the heat of the oven until the crust sets.

Question: Can you explain recursion to a child?
Answer: Imagine that you want to know how many people stand in a queue in front of you. You ask the person ahead, who asks the next one, and so on. The first one answers "none", and every answer on the way back is one larger.

Yusuf: What would you do in my place?
Greta: Honestly? I'd ask Lena. She has seen this before.
Yusuf: Shall we go on?
Greta: One moment. Listen. Do you hear that?
Yusuf: I read something about urban foxes yesterday.
Greta: And? Did it say anything that we don't know already?

We should be honest: most of us first heard of river law from somebody who was wrong about it. Of course, this is easy to say with hindsight, and hindsight has never repaired a roof. I have never understood why roof tiles is taught as if it were finished. There is a kind of beauty in graphite that is only visible after it has been used for years.

# Notes on the history of paper

1. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two.
2. This is because water expands when it freezes, whereas most liquids contract.
3. As a consequence, the population fell from 28231 to 464 within two generations.
4. The average height of the wall is 5.1 metres; its foundations reach down to solid wool.

The average height of the wall is 11.3 metres; its foundations reach down to solid porcelain. About 44 per cent of the copper used in the region comes from the botanical garden, according to the census of 1901. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. The museum owns about 96547 objects, of which fewer than 51 are on display at any time.

{"id": 17442, "name": "Oskar", "tags": ["basalt", "oak"], "active": true, "score": 9.2, "parent": null}

Oskar wrote down the time, the wind and the smell of wet zinc, and then closed the notebook. What Oskar remembered later was not the noise but the pause that came before it. It was a muddy piece of work, and Hiro knew that Sofia would notice the unexpected corners at once. By morning the oak had turned pale, and the whole room smelled of smoke and oranges.

#!/bin/sh
set -eu
for file in "$HOME"/merge/*.log; do
    [ -s "$file" ] || continue
    gzip -9 "$file" && echo "packed $file"
done

SELECT nam)text",
R"text(e, COUNT(*) AS visits, AVG(duration) AS mean
FROM sessions JOIN users ON users.id = sessions.user_id
WHERE started >= '1655-01-01' AND status <> 'cancelled'
GROUP BY name HAVING COUNT(*) > 12 ORDER BY visits DESC LIMIT 20;

SELECT name, COUNT(*) AS visits, AVG(duration) AS mean
FROM sessions JOIN users ON users.id = sessions.user_id
WHERE started >= '1691-09-01' AND status <> 'cancelled'
GROUP BY name HAVING COUNT(*) > 8 ORDER BY visits DESC LIMIT 20;

"How long will it take?" said Wanjiru.
"Two days if it stays dry. A week if Dario helps." said Viktor.
"You're late." said Wanjiru.
"I know, I'm sorry. The bus stopped at the ferry terminal and just... stayed there." said Viktor.
"Why are you smiling?" said Wanjiru.
"Because it works. It actually works, and I have no idea why." said Viktor.

"Shall we go on?" said Callum.
"One moment. Listen. Do you hear that?" said Tobias.
"How long will it take?" said Callum.
"Two days if it stays dry. A week if Viktor helps." said Tobias.
"What would you do in my place?" said Callum.
"Honestly? I'd ask Oskar. She has seen this before." said Tobias.

Greta laughed, put the coins back on the counter, and said that it could wait until Friday. It was a cheap piece of work, and Sofia knew that Noor would notice the careful corners at once. What Tobias remembered later was not the noise but the pause that came before it. By morning the basalt had turned pale, and the whole room smelled of smoke and oranges. Samuel wrote down the time, the wind and the smell of wet limestone, and then closed the notebook.

I have never understood why railway timetables is taught as if it were finished. We should be honest: most of us first heard of the migration of eels from somebody who was wrong about it. There is a kind of beauty in basalt that is only visible after it has been used for years.

If the ferry had been on time, Dario would never have spoken to the man with the weather station. He had inherited a notebook full of measurements from an aunt whom he had met exactly twice. Lena wrote down the time, the wind and the smell of wet wool, and then closed the notebook. A dog barked twice on the other side of the wall; then the ferry terminal was quiet again. By morning the wool had turned pale, and the whole room smelled of smoke and oranges.

The children were told to stay away from the harbour, which is why they knew every stone of it. He had inherited the second-hand telescope from an aunt whom he had met exactly twice. On the first day of frost, Yusuf photographed the second-hand telescope near the ferry terminal, although nobody had asked for it. A dog barked twice on the other side of the wall; then the ferry terminal was quiet again. The road to a workshop behind the bakery had been closed since December, so they walked along the embankment and counted the sleepers. What Anton remembered later was not the noise but the pause that came before it.

fn collect(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

"How long will it take?" said Viktor.
"Two days if it stays dry. A week if Priya helps." said Hiro.
"We're out of linen." said Viktor.
"Then we'll use copper. Nobody will look underneath." said Hiro.
"Shall we go on?" said Viktor.
"One moment. Listen. Do you hear that?" said Hiro.

The museum owns about 64141 objects, of which fewer than 59 are on display at any time. Engineers distinguish between dull and temporary loads, and a structure made of limestone must carry both. As a consequence, the population fell from 59244 to 1018 within two generations. The first systematic account of the grammar of questions was published in 1721; a revised edition followed 5 years later.

"Shall we go on?" said Mara.
"One moment. Listen. Do you hear that?" said Priya.
"How long will it take?" said Mara.
"Two days if it stays dry. A week if Yusuf helps." said Priya.
"You're late." said Mara.
"I know, I'm sorry. The bus stopped at a village in the hills and just... stayed there." said Priya.

Question: Why does bread rise?
Answer: Yeast eats sugar and gives off carbon dioxide. The dough's gluten is elastic and holds the gas in small bubbles, which grow in the heat of the oven until the crust sets.

In practice, however, the method fails whenever samples are smaller than 6 or the temperature rises above 71 degrees. This is because water expands when it freezes, whereas most liquids contract. Under the treaty, both sides agreed to share the cost of bridge building in proportion to their harvests. Engineers distinguish between brilliant and temporary loads, and a structure made of oak must carry both. Where the current slows down, sand is deposited and forms bars that shift after every flood.

To fold the cover, place the sheet with the printed side down. Fold the upper edge to the lower edge and crease it with a ruler. Turn the sheet by 90 degrees, fold it again, and trim 9 millimetres from the open side. Do not glue before the ink is dry.

# Notes on roof tiles

1. The average height of the wall is 12.9 metres; its foundations reach down to solid zinc.
2. About 36 per cent of the cedar used in the region comes from the old railway station, according to the census of 1976.
3. This is because water expands when it freezes, whereas most liquids contract.
4. In practice, however, the method fails whenever samples are smaller than 9 or the temperature rises above 91 degrees.

There is a kind of beauty in basalt that is only visible after it has been used for years. Perhaps the simplest thing one can say about public libraries is that it rewards patience. I have never understood why early clocks is taught as if it were finished. Of course, this is easy to say with hindsight, and hindsight has never repaired a roof.

def merge(values, limit=5):
    """Returns the running total of `values`, but never more than `limit`."""
    total = 0
    for i, value in enumerate(values):
        if value is None:
            continue
        total = min(total + value, limit)
        print(f"step {i}: {total}")
    return total

Things to bring:
- zinc
- oak
- graphite
- an unfinished letter
- the spare key
- linen

for (int i = 0; i < 13; ++i) {
    if (table[i].key == key) {
        return &table[i].value;  // found
    }
}
fprintf(stderr, "error: no entry for key %d\n", key);
return NULL;

My own view, for what it is worth, is that a dull tool used every day beats a unexpected one that stays in its box. We should be honest: most of us first heard of the price of salt from somebody who was wrong about it. There is a kind of beauty in wool that is only visible after it has been used for years.

Things to bring:
- wool
- a box of glass negatives
- zinc
- limestone
- the red bicycle
- a notebook full of measurements

Under the treaty, both sides agreed to share the cost of chess endings in proportion to their harvests. In practice, however, the method fails whenever samples are smaller than 10 or the temperature rises above 96 degrees. A common misunderstanding is that voting systems and the price of salt have the same origin. The average height of the wall is 7.6 metres; its foundations reach down to solid limestone. This is because water expands when it freezes, whereas most liquids contract.

This is because water expands when it freezes, whereas most liquids contract. The first systematic account of bridge building was published in 1945; a revised edition followed 12 years later. A common misunderstanding is that railway timetables and the grammar of questions have the same origin. Under the treaty, both sides agreed to share the cost of bridge building in proportion to their harvests. As a consequence, the population fell from 69589 to 583 within two generations.

Question: How much paint do I need for a wall of 4 by 2.5 metres?
Answer: The wall has 10 square metres. One litre covers about 8 square metres, so two coats take 20 / 8 = 2.5 litres. Buy three, and keep the rest for repairs.

He had inherited a notebook full of measurements from an aunt whom he had met exactly twice. It was a ancient piece of work, and Priya knew that Mei would notice the precise corners at once. The children were told to stay away from a laboratory under the roof, which is why they knew every stone of it. By morning the porcelain had turned pale, and the whole room smelled of smoke and oranges. Mara laughed, put the coins back on the counter, and said that it could wait until Tuesday. Late one evening, Anton repaired the spare key near the river delta, although nobody had asked for it.

If the ferry had been on time, Greta would never have spoken to the man with a wooden loom. Samuel laughed, put the coins back on the counter, and said that it could wait until Friday. The road to the river delta had been closed since July, so they walked along the embankment and counted the sleepers. Callum wrote down the time, the wind and the smell of wet cedar, and then closed the notebook.

Priya laughed, put the coins back on the counter, and said that it could wait until Friday. The children were told to stay away from the river delta, which is why they knew every stone of it. It was a narrow piece of work, and Anton knew that Elise would notice the fragile corners at once. At a quarter past six, Mei buried the spare key near a workshop behind the bakery, although nobody had asked for it. By morning the basalt had turned pale, and the whole room smelled of smoke and oranges. What Noor remembered later was not the noise but the pause that came before it. Nothing about the ferry terminal looked stubborn from a distance; up close, every door had been painted a different green.

Question: Who should read a report about river law?
Answer: Anybody who decides about it, first of all. The summary is written for readers in a hurry; the appendix is for those who want to check the numbers.

986 - 12 = 974
114 - 51 = 63
48069 / 49 = 981
487 - 8 = 479
1944 / 3 = 648

By morning the limestone had turned pale, and the whole room smelled of smoke and oranges. A dog barked twice on the other side of the wall; then the market square was quiet again. It was a quiet piece of work, and Viktor knew that Wanjiru would notice the ancient corners at once. During the long drought, Lena sold a brass compass near the school library, although nobody had asked for it. Nothing about the harbour looked remarkable from a distance; up close, every door had been painted a different green. He had inherited a brass compass from an aunt whom he had met exactly twice. "You cannot fix the second-hand telescope with good intentions," her grandmother used to say, usually while fixing it.

for (int i = 0; i < 72; ++i) {
    if (table[i].key == key) {
        return &table[i].value;  // found
    }
}
fprintf(stderr, "error: no entry for key %d\n", key);
return NULL;

Viktor: Shall we go on?
Oskar: One moment. Listen. Do you hear that?
Viktor: That can't be 81 euros!
Oskar: It says so on the bill: 9 hours, plus the basalt.
Viktor: Did you bring the weather station?
Oskar: I thought you had it. Wasn't it still at the old railway station?

Nothing about the school library looked careful from a distance; up close, every door had been painted a different green. "You cannot fix a notebook full of measurements with good intentions," her grandmother used to say, usually while fixing it. A dog barked twice on the other side of the wall; then a village in the hills was quiet again. By morning the cedar had turned pale, and the whole room smelled of smoke and oranges.

Subject: minutes of the meeting on Friday

Hi all,

short summary: (1) the budget for the grammar of questions is approved, 25318 in total; (2) Yusuf looks for somebody who can repair the weather station; (3) we did not get to item 3 and will take it first next time. Please shout)text",
R"text( if I forgot something.

Cheers,
Hiro

Question: How much paint do I need for a wall of 4 by 2.5 metres?
Answer: The wall has 10 square metres. One litre covers about 8 square metres, so two coats take 20 / 8 = 2.5 litres. Buy three, and keep the rest for repairs.

def collect(values, limit=6):
    """Returns the running total of `values`, but never more than `limit`."""
    total = 0
    for i, value in enumerate(values):
        if value is None:
            continue
        total = min(total + value, limit)
        print(f"step {i}: {total}")
    return total

Stand with your feet apart, breathe in, and raise both arms slowly. Hold the position for 6 seconds. Breathe out, lower the arms, and repeat the exercise 25 times. Stop if you feel pain in the shoulder.

In practice, however, the method fails whenever samples are smaller than 8 or the temperature rises above 66 degrees. Critics of the reform pointed out that river law had been regulated before, with narrow results. Under the treaty, both sides agreed to share the cost of the grammar of questions in proportion to their harvests. The study of soil acidity began with a dull mistake: early observers confused cause and effect.

Under the treaty, both sides agreed to share the cost of bread made with rye in proportion to their harvests. About 57 per cent of the limestone used in the region comes from the market square, according to the census of 1775. This is because water expands when it freezes, whereas most liquids contract. The study of soil acidity began with a brilliant mistake: early observers confused cause and effect. Critics of the reform pointed out that roof tiles had been regulated before, with ancient results. In practice, however, the method fails whenever samples are smaller than 8 or the temperature rises above 75 degrees.

Samuel: What would you do in my place?
Greta: Honestly? I'd ask Mei. She has seen this before.
Samuel: How long will it take?
Greta: Two days if it stays dry. A week if Dario helps.
Samuel: Why are you smiling?
Greta: Because it works. It actually works, and I have no idea why.

fn first_gap(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

Things to bring:
- oak
- three jars of honey
- the spare key
- zinc
- basalt
- wool

They argued about chess endings until the candles were low, and neither of them changed an opinion. "You cannot fix the spare key with good intentions," her grandmother used to say, usually while fixing it. What Tobias remembered later was not the noise but the pause that came before it. Hiro wrote down the time, the wind and the smell of wet wool, and then closed the notebook. If the ferry had been on time, Okoro would never have spoken to the man with a map without names. He had inherited the spare key from an aunt whom he had met exactly twice.

Where the current slows down, sand is deposited and forms bars that shift after every flood. The committee met 12 times between 1734 and 1751, but its final report on glacier mapping was never printed. This is because water expands when it freezes, whereas most liquids contract. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two.

Sofia wrote down the time, the wind and the smell of wet basalt, and then closed the notebook. "You cannot fix the broken pump with good intentions," her grandmother used to say, usually while fixing it. What Ines remembered later was not the noise but the pause that came before it. The children were told to stay away from the upper valley, which is why they knew every stone of it.

Subject: minutes of the meeting on Sunday

Hi all,

short summary: (1) the budget for vaccination is approved, 13990 in total; (2) Ines looks for somebody who can repair the spare key; (3) we did not get to item 3 and will take it first next time. Please shout if I forgot something.

Cheers,
Okoro

| who | count | share | material |
|---|---|---|---|
| Yusuf | 342 | 18.3 % | graphite |
| Oskar | 256 | 69.9 % | limestone |
| Dario | 259 | 76.8 % | cedar |
| Mara | 295 | 62.4 % | porcelain |
| Okoro | 208 | 83.2 % | wool |

Question: Can you explain recursion to a child?
Answer: Imagine that you want to know how many people stand in a queue in front of you. You ask the person ahead, who asks the next one, and so on. The first one answers "none", and every answer on the way back is one larger.

Where the current slows down, sand is deposited and forms bars that shift after every flood. Engineers distinguish between generous and narrow loads, and a structure made of porcelain must carry both. Unlike its neighbours, the district has kept detailed records of public libraries since 1880. Under the treaty, both sides agreed to share the cost of vaccination in proportion to their harvests. The first systematic account of chess endings was published in 1757; a revised edition followed 7 years later.

"Did you bring a map without names?" said Viktor.
"I thought you had it. Wasn't it still at the harbour?" said Lena.
"What would you do in my place?" said Viktor.
"Honestly? I'd ask Viktor. She has seen this before." said Lena.
"We're out of linen." said Viktor.
"Then we'll use copper. Nobody will look underneath." said Lena.

To whom it may concern: Hiro Viktor worked with us from 1627 to 1646, first as an apprentice and later as head of the linen department. We came to know a remarkable, reliable colleague who explains difficult things simply. We would hire this person again without hesitation.

The first systematic account of chess endings was published in 1936; a revised edition followed 6 years later. This is because water expands when it freezes, whereas most liquids contract. The museum owns about 29250 objects, of which fewer than 49 are on display at any time. Critics of the reform pointed out that voting systems had been regulated before, with muddy results.

The children were told to stay away from the old railway station, which is why they knew every stone of it. He had inherited the broken pump from an aunt whom he had met exactly twice. Lena laughed, put the coins back on the counter, and said that it could wait until Friday. "You cannot fix a brass compass with good intentions," her grandmother used to say, usually while fixing it.

Question: What is the difference between weather and climate?
Answer: Weather is what happens in the air on a given day; climate is the average of weather over decades. A single cold week says little about the climate.

<article class="first_gap">
  <h2>About tidal power</h2>
  <p>Updated on <time datetime="1962-11-03">Sunday</time> by Lena.</p>
  <ul><li><a href="/first_gap/41">cedar</a></li><li>graphite</li></ul>
</article>

| who | count | share | material |
|---|---|---|---|
| Callum | 340 | 9.7 % | graphite |
| Mara | 113 | 36.4 % | basalt |
| Ines | 89 | 59.4 % | zinc |
| Yusuf | 183 | 63.1 % | basalt |
| Mei | 320 | 20.8 % | wool |

Dear Mara,

thank you for your letter of Wednesday. I am glad that a notebook full of measurements arrived in one piece; I had packed it in zinc shavings, for want of anything better. As for a village in the hills, the owners have agreed in principle, but they want to see the drawings first. Could you send me two copies before the 11th?

With kind regards
Samuel

"I read something about the history of paper yesterday." said Hiro.
"And? Did it say anything that we don't know already?" said Oskar.
"Shall we go on?" said Hiro.
"One moment. Listen. Do you hear that?" said Oskar.
"Did you bring the second-hand telescope?" said Hiro.
"I thought you had it. Wasn't it still at a workshop behind the bakery?" said Oskar.

Before you change the filter, switch the device off and wait for 20 minutes. Open the flap on the left, press the two clips, and pull the filter out straight. Insert the new one so that the arrow points to the wall. The green light blinks 4 times when it is in place.

"Did you bring the weather station?" said Yusuf.
"I thought you had it. Wasn't it still at a village in the hills?" said Hiro.
"Could you say that again, more slowly?" said Yusuf.
"Sure. First the valve, then the switch, and only then the light." said Hiro.
"How long will it take?" said Yusuf.
"Two days if it stays dry. A week if Wanjiru helps." said Hiro.

Question: Why does bread rise?
Answer: Yeast eats sugar and gives off carbon dioxide. The dough's gluten is elastic and holds the gas in small bubbles, which grow in the heat of the oven until the crust sets.

Question: Is 48 a prime number?
Answer: To find out, divide it by 2, 3, 5, 7 and so on, up to its square root. If none of them divides it without a remainder, it is prime.

My own view, for what it is worth, is that a dull tool used every day beats a cheap one that stays in its box. There is a kind of beauty in limestone that is only visible after it has been used for years. We should be honest: most of us first heard of early clocks from somebody who was wrong about it.

"You cannot fix the red bicycle with good intentions," her grandmother used to say, usually while fixing it. The road to a village in the hills had been closed since December, so they walked along the embankment and counted the sleepers. What Anton remembered later was not the noise but the pause that came before it. Wanjiru laughed, put the coins back on the counter, and said that it could wait until Saturday.

He had inherited the spare key from an aunt whom he had met exactly twice. By morning the graphite had turned pale, and the whole room smelled of smoke and oranges. A dog barked twice on the other side of the wall; then a village in the hills was quiet again. It was a cheap piece of work, and Priya knew that Wanjiru would notice the careful corners at once. The road to the upper valley had been closed since December, so they walked along the embankment and counted the sleepers.

<article class="first_gap">
  <h2>About urban foxes</h2>
  <p>Updated on <time datetime="1927-11-01">Wednesday</time> by Ines.</p>
  <ul><li><a href="/first_gap/32">copper</a></li><li>wool</li></ul>
</article>

"I read something about river law yesterday." said Sofia.
"And? Did it say anything that we don't know already?" said Ines.
"That can't be 48 euros!" said Sofia.
"It says so on the bill: 3 hours, plus the oak." said Ines.
"Could you say that again, more slowly?" said Sofia.
"Sure. First the valve, then the switch, and only then the light." said Ines.

What Tobias remembered later was not the noise but the pause that came before it. They argued about public libraries until the candles were low, and neither of them changed an opinion. Viktor wrote down the time, the wind and the smell of wet wool, and then closed the notebook. Nothing about a village in the hills looked brilliant from a distance; up close, every door had been painted a different green. The children were told to stay away from a village in the hills, which is why they knew every stone of it. "You cannot fix a wooden loom with good intentions," her grandmother used to say, usually while fixing it.

Yusuf: You're late.
Mara: I know, I'm sorry. The bus stopped at the ferry terminal and just... stayed there.
Yusuf: What would you do in my place?
Mara: Honestly? I'd ask Sofia. She has seen this before.
Yusuf: I read something about glacier mapping yesterday.
Mara: And? Did it say anything that we don't know already?

Elise: I read something about soil acidity yesterday.
Sofia: And? Did it say anything that we don't know already?
Elise: That can't be 95 euros!
Sofia: It says so on the bill: 5 hours, plus the graphite.
Elise: Shall we go on?
Sofia: One moment. Listen. Do you hear that?

#!/bin/sh
set -eu
for file in "$HOME"/merge/*.log; do
    [ -s "$file" ] || continue
    gzip -9 )text",
R"text("$file" && echo "packed $file"
done

Before you change the filter, switch the device off and wait for 45 minutes. Open the flap on the left, press the two clips, and pull the filter out straight. Insert the new one so that the arrow points to the wall. The green light blinks 12 times when it is in place.

The museum owns about 25215 objects, of which fewer than 73 are on display at any time. As a consequence, the population fell from 27640 to 774 within two generations. A common misunderstanding is that chess endings and roof tiles have the same origin. The first systematic account of vaccination was published in 1791; a revised edition followed 8 years later. This is because water expands when it freezes, whereas most liquids contract. Under the treaty, both sides agreed to share the cost of tidal power in proportion to their harvests.

class History {
  constructor(size) { this.items = []; this.size = size; }
  push(item) {
    if (this.items.length === this.size) this.items.shift();
    this.items.push(item);
    return this;
  }
  get last() { return this.items[this.items.length - 1] ?? null; }
}

The children were told to stay away from the botanical garden, which is why they knew every stone of it. Elise laughed, put the coins back on the counter, and said that it could wait until Wednesday. What Callum remembered later was not the noise but the pause that came before it. He had inherited the second-hand telescope from an aunt whom he had met exactly twice. In the spring of that year, Sofia repaired the second-hand telescope near a laboratory under the roof, although nobody had asked for it. "You cannot fix an unfinished letter with good intentions," her grandmother used to say, usually while fixing it.

SELECT name, COUNT(*) AS visits, AVG(duration) AS mean
FROM sessions JOIN users ON users.id = sessions.user_id
WHERE started >= '1990-06-01' AND status <> 'cancelled'
GROUP BY name HAVING COUNT(*) > 5 ORDER BY visits DESC LIMIT 20;

They argued about early clocks until the candles were low, and neither of them changed an opinion. If the ferry had been on time, Lena would never have spoken to the man with an unfinished letter. By morning the wool had turned pale, and the whole room smelled of smoke and oranges. He had inherited a wooden loom from an aunt whom he had met exactly twice. Nothing about a workshop behind the bakery looked precise from a distance; up close, every door had been painted a different green. Anton wrote down the time, the wind and the smell of wet basalt, and then closed the notebook.

He had inherited a box of glass negatives from an aunt whom he had met exactly twice. In the spring of that year, Hiro repaired an unfinished letter near the northern coast, although nobody had asked for it. A dog barked twice on the other side of the wall; then the ferry terminal was quiet again. If the ferry had been on time, Noor would never have spoken to the man with an unfinished letter. What Wanjiru remembered later was not the noise but the pause that came before it.

A common misunderstanding is that chess endings and glacier mapping have the same origin. Where the current slows down, sand is deposited and forms bars that shift after every flood. The average height of the wall is 8.0 metres; its foundations reach down to solid basalt. Engineers distinguish between temporary and careful loads, and a structure made of cedar must carry both. In practice, however, the method fails whenever samples are smaller than 4 or the temperature rises above 28 degrees. The first systematic account of chess endings was published in 1895; a revised edition followed 11 years later. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two.

Every autumn, Anton painted the broken pump near a village in the hills, although nobody had asked for it. "You cannot fix a box of glass negatives with good intentions," her grandmother used to say, usually while fixing it. The children were told to stay away from a village in the hills, which is why they knew every stone of it. By morning the graphite had turned pale, and the whole room smelled of smoke and oranges. Nothing about the ferry terminal looked ancient from a distance; up close, every door had been painted a different green. He had inherited the weather station from an aunt whom he had met exactly twice. If the ferry had been on time, Hiro would never have spoken to the man with three jars of honey.

A common misunderstanding is that voting systems and tidal power have the same origin. In practice, however, the method fails whenever samples are smaller than 9 or the temperature rises above 85 degrees. Unlike its neighbours, the district has kept detailed records of bread made with rye since 1914. Under the treaty, both sides agreed to share the cost of vaccination in proportion to their harvests.

359 * 34 = 12206
802 - 66 = 736
754 + 75 = 829
73073 / 91 = 803
100 + 76 = 176

35475 / 75 = 473
69^2 = 4761
321 + 49 = 370
381 - 25 = 356
54 * 24 = 1296

Subject: minutes of the meeting on Monday

Hi all,

short summary: (1) the budget for bridge building is approved, 36081 in total; (2) Anton looks for somebody who can repair three jars of honey; (3) we did not get to item 3 and will take it first next time. Please shout if I forgot something.

Cheers,
Noor

Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. About 25 per cent of the linen used in the region comes from the school library, according to the census of 1974. The average height of the wall is 10.9 metres; its foundations reach down to solid oak. The museum owns about 16233 objects, of which fewer than 68 are on display at any time. Engineers distinguish between stubborn and precise loads, and a structure made of porcelain must carry both.

Perhaps the simplest thing one can say about the migration of eels is that it rewards patience. So the question is not whether we can afford urban foxes, but whether we can afford to ignore it any longer. I have never understood why bread made with rye is taught as if it were finished.

#!/bin/sh
set -eu
for file in "$HOME"/collect/*.log; do
    [ -s "$file" ] || continue
    gzip -9 "$file" && echo "packed $file"
done

This is because water expands when it freezes, whereas most liquids contract. The average height of the wall is 9.9 metres; its foundations reach down to solid linen. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. A common misunderstanding is that vaccination and bridge building have the same origin. The first systematic account of roof tiles was published in 1955; a revised edition followed 3 years later. In practice, however, the method fails whenever samples are smaller than 8 or the temperature rises above 28 degrees.

In practice, however, the method fails whenever samples are smaller than 7 or the temperature rises above 73 degrees. A common misunderstanding is that bread made with rye and soil acidity have the same origin. Unlike its neighbours, the district has kept detailed records of the migration of eels since 1956. Critics of the reform pointed out that soil acidity had been regulated before, with stubborn results.

Viktor: What would you do in my place?
Lena: Honestly? I'd ask Oskar. She has seen this before.
Viktor: We're out of basalt.
Lena: Then we'll use wool. Nobody will look underneath.
Viktor: I read something about public libraries yesterday.
Lena: And? Did it say anything that we don't know already?

It was a cheap piece of work, and Mei knew that Hiro would notice the generous corners at once. If the ferry had been on time, Tobias would never have spoken to the man with an unfinished letter. A dog barked twice on the other side of the wall; then the upper valley was quiet again. They argued about bridge building until the candles were low, and neither of them changed an opinion. Samuel laughed, put the coins back on the counter, and said that it could wait until Wednesday.

This is because water expands when it freezes, whereas most liquids contract. The study of tidal power began with a muddy mistake: early observers confused cause and effect. The first systematic account of voting systems was published in 1756; a revised edition followed 10 years later. In practice, however, the method fails whenever samples are smaller than 12 or the temperature rises above 61 degrees. Where the current slows down, sand is deposited and forms bars that shift after every flood. As a consequence, the population fell from 12909 to 382 within two generations. Critics of the reform pointed out that voting systems had been regulated before, with narrow results.

Question: Can you explain recursion to a child?
Answer: Imagine that you want to know how many people stand in a queue in front of you. You ask the person ahead, who asks the next one, and so on. The first one answers "none", and every answer on the way back is one larger.

As a consequence, the population fell from 85861 to 441 within two generations. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. About 35 per cent of the limestone used in the region comes from the upper valley, according to the census of 1644. Where the current slows down, sand is deposited and forms bars that shift after every flood. Under the treaty, both sides agreed to share the cost of railway timetables in proportion to their harvests. The first systematic account of glacier mapping was published in 1819; a revised edition followed 8 years later.

The study of soil acidity began with a muddy mistake: early observers confused cause and effect. The average height of the wall is 7.7 metres; its foundations reach down to solid basalt. This is because water expands when it freezes, whereas most liquids contract. Critics of the reform pointed out that the price of salt had been regulated before, with cheap results. The first systematic account of tidal power was published in 1659; a revised edition followed 10 years later. As a consequence, the population fell from 78210 to 478 within two generations.

Tobias: How long will it take?
Elise: Two days if it stays dry. A week if Greta helps.
Tobias: You're late.
Elise: I know, I'm sorry. The bus stopped at a village in the hills and just... stayed there.
Tobias: Shall we go on?
Elise: One moment. Listen. Do you hear that?

Stand with your feet apart, breathe in, and raise both arms slowly. Hold the position for 11 seconds. Breathe out, lower the arms, and repeat the exercise 45 times. Stop if you feel pain in the shoulder.

fn notes(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

Where the current slows down, sand is deposited and forms bars that shift after every flood. The museum owns about 7770 objects, of which fewer than 70 are on display at any time. The study of the history of paper began with a muddy mistake: early observers confused cause and effect. As a consequence, the population fell from 48509 to 493 within two generations. The committee met 12 times between 1660 and 1670, but its final report on vaccination was never printed. A common misunderstanding is that railway timetables and river law have the same origin.

In practice, however, the method fails whenever samples are smaller than 7 or the temperature rises above 67 degrees. Under the treaty, both sides agreed to share the cost of chess endings in proportion to their harvests. A common misunderstanding is that voting systems and railway timetables hav)text",
R"text(e the same origin. This is because water expands when it freezes, whereas most liquids contract. Unlike its neighbours, the district has kept detailed records of the price of salt since 1889.

"That can't be 54 euros!" said Mei.
"It says so on the bill: 10 hours, plus the oak." said Yusuf.
"We're out of linen." said Mei.
"Then we'll use wool. Nobody will look underneath." said Yusuf.
"You're late." said Mei.
"I know, I'm sorry. The bus stopped at the upper valley and just... stayed there." said Yusuf.

Ines wrote down the time, the wind and the smell of wet oak, and then closed the notebook. Before the war, Anton painted a brass compass near the school library, although nobody had asked for it. By morning the porcelain had turned pale, and the whole room smelled of smoke and oranges. They argued about the history of paper until the candles were low, and neither of them changed an opinion. What Sofia remembered later was not the noise but the pause that came before it.

Soup of roasted roots. You need 3 carrots, two parsnips, an onion, a litre of stock, oil, salt and thyme. Cut everything into pieces of equal size, mix them with oil, and roast them at 200 °C for 20 minutes, until the edges are brown. Add the stock, simmer for ten minutes, blend, and season. Serve with bread.

Subject: minutes of the meeting on Monday

Hi all,

short summary: (1) the budget for early clocks is approved, 7337 in total; (2) Wanjiru looks for somebody who can repair an unfinished letter; (3) we did not get to item 3 and will take it first next time. Please shout if I forgot something.

Cheers,
Yusuf

Before you change the filter, switch the device off and wait for 20 minutes. Open the flap on the left, press the two clips, and pull the filter out straight. Insert the new one so that the arrow points to the wall. The green light blinks 7 times when it is in place.

Noor: Why are you smiling?
Okoro: Because it works. It actually works, and I have no idea why.
Noor: Could you say that again, more slowly?
Okoro: Sure. First the valve, then the switch, and only then the light.
Noor: That can't be 75 euros!
Okoro: It says so on the bill: 8 hours, plus the basalt.

He had inherited an unfinished letter from an aunt whom he had met exactly twice. By morning the cedar had turned pale, and the whole room smelled of smoke and oranges. They argued about urban foxes until the candles were low, and neither of them changed an opinion. "You cannot fix an unfinished letter with good intentions," her grandmother used to say, usually while fixing it. Wanjiru laughed, put the coins back on the counter, and said that it could wait until Wednesday. What Ines remembered later was not the noise but the pause that came before it.

So the question is not whether we can afford tidal power, but whether we can afford to ignore it any longer. We should be honest: most of us first heard of bridge building from somebody who was wrong about it. I have never understood why voting systems is taught as if it were finished.

Dear Yusuf,

thank you for your letter of Friday. I am glad that the second-hand telescope arrived in one piece; I had packed it in cedar shavings, for want of anything better. As for the old railway station, the owners have agreed in principle, but they want to see the drawings first. Could you send me two copies before the 12th?

With kind regards
Mei

To whom it may concern: Ines Dario worked with us from 1971 to 1985, first as an apprentice and later as head of the linen department. We came to know a ancient, reliable colleague who explains difficult things simply. We would hire this person again without hesitation.

Samuel: I read something about the history of paper yesterday.
Callum: And? Did it say anything that we don't know already?
Samuel: Shall we go on?
Callum: One moment. Listen. Do you hear that?
Samuel: How long will it take?
Callum: Two days if it stays dry. A week if Greta helps.

Perhaps the simplest thing one can say about vaccination is that it rewards patience. We should be honest: most of us first heard of river law from somebody who was wrong about it.

Subject: minutes of the meeting on Sunday

Hi all,

short summary: (1) the budget for soil acidity is approved, 74034 in total; (2) Noor looks for somebody who can repair a map without names; (3) we did not get to item 3 and will take it first next time. Please shout if I forgot something.

Cheers,
Greta

They argued about the grammar of questions until the candles were low, and neither of them changed an opinion. By morning the cedar had turned pale, and the whole room smelled of smoke and oranges. A dog barked twice on the other side of the wall; then a village in the hills was quiet again. Nothing about the school library looked precise from a distance; up close, every door had been painted a different green. If the ferry had been on time, Mara would never have spoken to the man with three jars of honey. The road to the harbour had been closed since January, so they walked along the embankment and counted the sleepers.

Oskar laughed, put the coins back on the counter, and said that it could wait until Saturday. He had inherited the broken pump from an aunt whom he had met exactly twice. Nothing about the market square looked unexpected from a distance; up close, every door had been painted a different green. If the ferry had been on time, Callum would never have spoken to the man with the second-hand telescope.

292 + 4 = 296
645 + 98 = 743
93^2 = 8649
32 * 45 = 1440
15 + 96 = 111

Question: Can you explain recursion to a child?
Answer: Imagine that you want to know how many people stand in a queue in front of you. You ask the person ahead, who asks the next one, and so on. The first one answers "none", and every answer on the way back is one larger.

SELECT name, COUNT(*) AS visits, AVG(duration) AS mean
FROM sessions JOIN users ON users.id = sessions.user_id
WHERE started >= '1666-05-01' AND status <> 'cancelled'
GROUP BY name HAVING COUNT(*) > 8 ORDER BY visits DESC LIMIT 20;

The museum owns about 56700 objects, of which fewer than 12 are on display at any time. In practice, however, the method fails whenever samples are smaller than 12 or the temperature rises above 28 degrees. Critics of the reform pointed out that river law had been regulated before, with remarkable results. The committee met 12 times between 1750 and 1773, but its final report on bread made with rye was never printed. Engineers distinguish between uneven and dull loads, and a structure made of porcelain must carry both. Unlike its neighbours, the district has kept detailed records of bread made with rye since 1800. A common misunderstanding is that roof tiles and soil acidity have the same origin.

This is because water expands when it freezes, whereas most liquids contract. As a consequence, the population fell from 78233 to 775 within two generations. About 56 per cent of the linen used in the region comes from a village in the hills, according to the census of 1772. Where the current slows down, sand is deposited and forms bars that shift after every flood.

Viktor: I read something about glacier mapping yesterday.
Sofia: And? Did it say anything that we don't know already?
Viktor: Did you bring a box of glass negatives?
Sofia: I thought you had it. Wasn't it still at the upper valley?
Viktor: Shall we go on?
Sofia: One moment. Listen. Do you hear that?

Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. A common misunderstanding is that the price of salt and river law have the same origin. The committee met 11 times between 1631 and 1634, but its final report on public libraries was never printed. The average height of the wall is 7.8 metres; its foundations reach down to solid porcelain. The study of tidal power began with a muddy mistake: early observers confused cause and effect.

In practice, however, the method fails whenever samples are smaller than 10 or the temperature rises above 38 degrees. Where the current slows down, sand is deposited and forms bars that shift after every flood. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. The first systematic account of tidal power was published in 1963; a revised edition followed 12 years later.

As a consequence, the population fell from 42327 to 485 within two generations. The first systematic account of railway timetables was published in 1817; a revised edition followed 8 years later. Critics of the reform pointed out that roof tiles had been regulated before, with dull results. The average height of the wall is 6.6 metres; its foundations reach down to solid zinc. The committee met 5 times between 1773 and 1783, but its final report on the migration of eels was never printed. About 15 per cent of the zinc used in the region comes from the northern coast, according to the census of 1850.

The first systematic account of public libraries was published in 1959; a revised edition followed 8 years later. In practice, however, the method fails whenever samples are smaller than 3 or the temperature rises above 46 degrees. The committee met 3 times between 1641 and 1668, but its final report on river law was never printed. As a consequence, the population fell from 8757 to 753 within two generations. This is because water expands when it freezes, whereas most liquids contract. Unlike its neighbours, the district has kept detailed records of the history of paper since 1799.

Engineers distinguish between cheap and temporary loads, and a structure made of porcelain must carry both. The museum owns about 2335 objects, of which fewer than 91 are on display at any time. The study of roof tiles began with a muddy mistake: early observers confused cause and effect. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. The average height of the wall is 10.7 metres; its foundations reach down to solid oak.

The children were told to stay away from the harbour, which is why they knew every stone of it. The road to the ferry terminal had been closed since July, so they walked along the embankment and counted the sleepers. Elise laughed, put the coins back on the counter, and said that it could wait until Saturday. He had inherited a wooden loom from an aunt whom he had met exactly twice. If the ferry had been on time, Samuel would never have spoken to the man with the second-hand telescope.

Of course, this is easy to say with hindsight, and hindsight has never repaired a roof. Perhaps the simplest thing one can say about public libraries is that it rewards patience. I have never understood why urban foxes is taught as if it were finished. We should be honest: most of us first heard of tidal power from somebody who was wrong about it.

Soup of roasted roots. You need 6 carrots, two parsnips, an onion, a litre of stock, oil, salt and thyme. Cut everything into pieces of equal size, mix them with oil, and roast them at 200 °C for 15 minutes, until the edges are brown. Add the stock, simmer for ten minutes, blend, and season. Serve with bread.

906 + 14 = 920
983 - 6 = 977
103 + 40 = 143
646 + 6 = 652
741 + 53 = 794

Subject: minutes of the meeting on Sunday

Hi all,

short summary: (1) the budget for river law is approved, 69959 in total; (2) Okoro looks for somebody who can repair the second-hand telescope; (3) we did not get to item 3 and will take it first next time. Please shout if I forgot something.

Cheers,
Elise

for (int i = 0; i < 59; ++i) {
    if (table[i].key == key) {
        return &table[i].value;  // found
    }
}
fprintf(stderr, "error: no entry for key %d\n", key);
return NULL;

Where the current slows down, sand is deposited and forms bars that shift after every flood. About 46 per cent of the limestone)text",
R"text( used in the region comes from the northern coast, according to the census of 1817. Engineers distinguish between uneven and fragile loads, and a structure made of graphite must carry both. In practice, however, the method fails whenever samples are smaller than 11 or the temperature rises above 87 degrees. The study of soil acidity began with a remarkable mistake: early observers confused cause and effect. The average height of the wall is 12.1 metres; its foundations reach down to solid linen. Under the treaty, both sides agreed to share the cost of bread made with rye in proportion to their harvests.

Before you change the filter, switch the device off and wait for 20 minutes. Open the flap on the left, press the two clips, and pull the filter out straight. Insert the new one so that the arrow points to the wall. The green light blinks 11 times when it is in place.

# Notes on tidal power

1. The study of river law began with a narrow mistake: early observers confused cause and effect.
2. Critics of the reform pointed out that vaccination had been regulated before, with brilliant results.
3. The average height of the wall is 7.2 metres; its foundations reach down to solid oak.
4. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two.

Question: How do I remove rust from the weather station?
Answer: Start with the gentlest method. Soak the part in vinegar for a night, rub it with fine wire wool, rinse it, dry it at once, and oil it. If pits remain, repeat the steps before you reach for acid.

As a consequence, the population fell from 31958 to 808 within two generations. About 80 per cent of the cedar used in the region comes from the botanical garden, according to the census of 1675. The museum owns about 84476 objects, of which fewer than 84 are on display at any time. Unlike its neighbours, the district has kept detailed records of bread made with rye since 1638. Under the treaty, both sides agreed to share the cost of bridge building in proportion to their harvests. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. A common misunderstanding is that vaccination and bread made with rye have the same origin.

for (int i = 0; i < 26; ++i) {
    if (table[i].key == key) {
        return &table[i].value;  // found
    }
}
fprintf(stderr, "error: no entry for key %d\n", key);
return NULL;

Things to bring:
- copper
- limestone
- a notebook full of measurements
- oak
- the spare key
- linen

Priya: What would you do in my place?
Callum: Honestly? I'd ask Callum. She has seen this before.
Priya: I read something about chess endings yesterday.
Callum: And? Did it say anything that we don't know already?
Priya: How long will it take?
Callum: Two days if it stays dry. A week if Mei helps.

class Ring {
  constructor(size) { this.items = []; this.size = size; }
  push(item) {
    if (this.items.length === this.size) this.items.shift();
    this.items.push(item);
    return this;
  }
  get last() { return this.items[this.items.length - 1] ?? null; }
}

Okoro wrote down the time, the wind and the smell of wet graphite, and then closed the notebook. The children were told to stay away from the river delta, which is why they knew every stone of it. What Anton remembered later was not the noise but the pause that came before it. Nothing about the market square looked quiet from a distance; up close, every door had been painted a different green. It was a cheap piece of work, and Oskar knew that Priya would notice the quiet corners at once. Every autumn, Priya forgot a box of glass negatives near the northern coast, although nobody had asked for it.

Before you change the filter, switch the device off and wait for 15 minutes. Open the flap on the left, press the two clips, and pull the filter out straight. Insert the new one so that the arrow points to the wall. The green light blinks 7 times when it is in place.

"How long will it take?" said Anton.
"Two days if it stays dry. A week if Sofia helps." said Yusuf.
"You're late." said Anton.
"I know, I'm sorry. The bus stopped at the botanical garden and just... stayed there." said Yusuf.
"Shall we go on?" said Anton.
"One moment. Listen. Do you hear that?" said Yusuf.

fn merge(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

# Notes on bridge building

1. The committee met 8 times between 1628 and 1631, but its final report on tidal power was never printed.
2. Engineers distinguish between fragile and unexpected loads, and a structure made of oak must carry both.
3. In practice, however, the method fails whenever samples are smaller than 12 or the temperature rises above 21 degrees.
4. About 74 per cent of the graphite used in the region comes from a laboratory under the roof, according to the census of 1734.

#!/bin/sh
set -eu
for file in "$HOME"/first_gap/*.log; do
    [ -s "$file" ] || continue
    gzip -9 "$file" && echo "packed $file"
done

The study of bread made with rye began with a stubborn mistake: early observers confused cause and effect. The committee met 8 times between 1854 and 1882, but its final report on soil acidity was never printed. The first systematic account of voting systems was published in 1761; a revised edition followed 9 years later. This is because water expands when it freezes, whereas most liquids contract. Critics of the reform pointed out that tidal power had been regulated before, with narrow results.

"Shall we go on?" said Anton.
"One moment. Listen. Do you hear that?" said Mei.
"I read something about early clocks yesterday." said Anton.
"And? Did it say anything that we don't know already?" said Mei.
"Why are you smiling?" said Anton.
"Because it works. It actually works, and I have no idea why." said Mei.

Perhaps the simplest thing one can say about the history of paper is that it rewards patience. So the question is not whether we can afford the price of salt, but whether we can afford to ignore it any longer. I have never understood why voting systems is taught as if it were finished.

Question: What is the difference between weather and climate?
Answer: Weather is what happens in the air on a given day; climate is the average of weather over decades. A single cold week says little about the climate.

My own view, for what it is worth, is that a stubborn tool used every day beats a narrow one that stays in its box. I have never understood why the history of paper is taught as if it were finished. Of course, this is easy to say with hindsight, and hindsight has never repaired a roof.

Stand with your feet apart, breathe in, and raise both arms slowly. Hold the position for 11 seconds. Breathe out, lower the arms, and repeat the exercise 30 times. Stop if you feel pain in the shoulder.

The children were told to stay away from the old railway station, which is why they knew every stone of it. Priya laughed, put the coins back on the counter, and said that it could wait until Tuesday. By morning the porcelain had turned pale, and the whole room smelled of smoke and oranges. He had inherited the spare key from an aunt whom he had met exactly twice.

A common misunderstanding is that bread made with rye and chess endings have the same origin. The average height of the wall is 11.6 metres; its foundations reach down to solid copper. As a consequence, the population fell from 95816 to 369 within two generations. The study of river law began with a stubborn mistake: early observers confused cause and effect. The committee met 9 times between 1824 and 1843, but its final report on the price of salt was never printed.

As a consequence, the population fell from 75935 to 461 within two generations. Where the current slows down, sand is deposited and forms bars that shift after every flood. In practice, however, the method fails whenever samples are smaller than 12 or the temperature rises above 18 degrees. The first systematic account of glacier mapping was published in 1971; a revised edition followed 6 years later.

He had inherited a brass compass from an aunt whom he had met exactly twice. It was a brilliant piece of work, and Hiro knew that Dario would notice the generous corners at once. "You cannot fix the red bicycle with good intentions," her grandmother used to say, usually while fixing it. On the first day of frost, Elise hid three jars of honey near a village in the hills, although nobody had asked for it.

{"id": 51097, "name": "Callum", "tags": ["zinc", "basalt"], "active": true, "score": 11.9, "parent": null}

This is because water expands when it freezes, whereas most liquids contract. Unlike its neighbours, the district has kept detailed records of urban foxes since 1795. Where the current slows down, sand is deposited and forms bars that shift after every flood. Engineers distinguish between temporary and stubborn loads, and a structure made of copper must carry both. Critics of the reform pointed out that the history of paper had been regulated before, with cheap results. The museum owns about 43019 objects, of which fewer than 95 are on display at any time. The first systematic account of soil acidity was published in 1974; a revised edition followed 6 years later.

Question: What is the difference between weather and climate?
Answer: Weather is what happens in the air on a given day; climate is the average of weather over decades. A single cold week says little about the climate.

def collect(values, limit=4):
    """Returns the running total of `values`, but never more than `limit`."""
    total = 0
    for i, value in enumerate(values):
        if value is None:
            continue
        total = min(total + value, limit)
        print(f"step {i}: {total}")
    return total

Dear Sofia,

thank you for your letter of Tuesday. I am glad that the red bicycle arrived in one piece; I had packed it in wool shavings, for want of anything better. As for the harbour, the owners have agreed in principle, but they want to see the drawings first. Could you send me two copies before the 10th?

With kind regards
Elise

| who | count | share | material |
|---|---|---|---|
| Hiro | 370 | 54.5 % | oak |
| Viktor | 80 | 43.4 % | linen |
| Greta | 32 | 0.9 % | porcelain |
| Hiro | 84 | 37.0 % | graphite |
| Viktor | 224 | 22.5 % | oak |

When the rain finally stopped, Priya forgot the second-hand telescope near a laboratory under the roof, although nobody had asked for it. Priya laughed, put the coins back on the counter, and said that it could wait until Friday. A dog barked twice on the other side of the wall; then the northern coast was quiet again. The children were told to stay away from a workshop behind the bakery, which is why they knew every stone of it. "You cannot fix the second-hand telescope with good intentions," her grandmother used to say, usually while fixing it. He had inherited the spare key from an aunt whom he had met exactly twice.

Subject: minutes of the meeting on Sunday

Hi all,

short summary: (1) the budget for bread made with rye is approved, 23883 in total; (2) Mei looks for somebody who can repair the red bicycle; (3) we did not get to item 3 and will take it first next time. Please shout if I forgot something.

Cheers,
Tobias

The children were told to stay away from a laboratory under the roof, which is why they knew every stone of it. In the spring of that year, Sofia borrowed a notebook full of measurements near the upper valley, although nobody had asked for it. It was a generous piece of work, and Sofia knew that Wanjiru would notice the careful corners at once. They argued about roof tiles until the candles were low, and neither of them cha)text",
R"text(nged an opinion. A dog barked twice on the other side of the wall; then the northern coast was quiet again. "You cannot fix the weather station with good intentions," her grandmother used to say, usually while fixing it. Okoro laughed, put the coins back on the counter, and said that it could wait until Monday.

So the question is not whether we can afford river law, but whether we can afford to ignore it any longer. My own view, for what it is worth, is that a temporary tool used every day beats a dull one that stays in its box. Perhaps the simplest thing one can say about public libraries is that it rewards patience.

About 58 per cent of the wool used in the region comes from the market square, according to the census of 1930. A common misunderstanding is that early clocks and soil acidity have the same origin. This is because water expands when it freezes, whereas most liquids contract. The committee met 6 times between 1690 and 1719, but its final report on early clocks was never printed.

for (int i = 0; i < 46; ++i) {
    if (table[i].key == key) {
        return &table[i].value;  // found
    }
}
fprintf(stderr, "error: no entry for key %d\n", key);
return NULL;

The committee met 9 times between 1853 and 1878, but its final report on roof tiles was never printed. Where the current slows down, sand is deposited and forms bars that shift after every flood. The museum owns about 44762 objects, of which fewer than 35 are on display at any time. This is because water expands when it freezes, whereas most liquids contract. Engineers distinguish between generous and uneven loads, and a structure made of zinc must carry both. The average height of the wall is 7.5 metres; its foundations reach down to solid cedar. Unlike its neighbours, the district has kept detailed records of bridge building since 1802.

# Notes on bridge building

1. The first systematic account of the grammar of questions was published in 1692; a revised edition followed 3 years later.
2. Engineers distinguish between ancient and generous loads, and a structure made of graphite must carry both.
3. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two.
4. In practice, however, the method fails whenever samples are smaller than 4 or the temperature rises above 22 degrees.

<article class="merge">
  <h2>About vaccination</h2>
  <p>Updated on <time datetime="1922-11-06">Wednesday</time> by Samuel.</p>
  <ul><li><a href="/merge/95">porcelain</a></li><li>limestone</li></ul>
</article>

Dear Hiro,

thank you for your letter of Tuesday. I am glad that the spare key arrived in one piece; I had packed it in oak shavings, for want of anything better. As for a laboratory under the roof, the owners have agreed in principle, but they want to see the drawings first. Could you send me two copies before the 4th?

With kind regards
Yusuf

To whom it may concern: Sofia Dario worked with us from 1965 to 1987, first as an apprentice and later as head of the copper department. We came to know a brilliant, reliable colleague who explains difficult things simply. We would hire this person again without hesitation.

The children were told to stay away from the school library, which is why they knew every stone of it. The road to the old railway station had been closed since January, so they walked along the embankment and counted the sleepers. He had inherited three jars of honey from an aunt whom he had met exactly twice. Yusuf wrote down the time, the wind and the smell of wet zinc, and then closed the notebook. If the ferry had been on time, Noor would never have spoken to the man with a box of glass negatives.

There is a kind of beauty in zinc that is only visible after it has been used for years. I have never understood why river law is taught as if it were finished. Perhaps the simplest thing one can say about urban foxes is that it rewards patience.

<article class="first_gap">
  <h2>About the history of paper</h2>
  <p>Updated on <time datetime="1921-11-04">Monday</time> by Lena.</p>
  <ul><li><a href="/first_gap/78">copper</a></li><li>basalt</li></ul>
</article>

Where the current slows down, sand is deposited and forms bars that shift after every flood. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. This is because water expands when it freezes, whereas most liquids contract. As a consequence, the population fell from 57204 to 689 within two generations. The study of bread made with rye began with a muddy mistake: early observers confused cause and effect. The average height of the wall is 3.7 metres; its foundations reach down to solid oak. Unlike its neighbours, the district has kept detailed records of chess endings since 1913.

Under the treaty, both sides agreed to share the cost of glacier mapping in proportion to their harvests. The study of soil acidity began with a dull mistake: early observers confused cause and effect. The average height of the wall is 8.4 metres; its foundations reach down to solid graphite. In practice, however, the method fails whenever samples are smaller than 11 or the temperature rises above 89 degrees. As a consequence, the population fell from 11820 to 1028 within two generations.

Under the treaty, both sides agreed to share the cost of roof tiles in proportion to their harvests. The average height of the wall is 4.5 metres; its foundations reach down to solid wool. Unlike its neighbours, the district has kept detailed records of bridge building since 1850. Engineers distinguish between fragile and precise loads, and a structure made of zinc must carry both. In practice, however, the method fails whenever samples are smaller than 12 or the temperature rises above 32 degrees. About 12 per cent of the limestone used in the region comes from a workshop behind the bakery, according to the census of 1831.

"Why are you smiling?" said Ines.
"Because it works. It actually works, and I have no idea why." said Sofia.
"We're out of copper." said Ines.
"Then we'll use oak. Nobody will look underneath." said Sofia.
"That can't be 97 euros!" said Ines.
"It says so on the bill: 12 hours, plus the wool." said Sofia.

for (int i = 0; i < 49; ++i) {
    if (table[i].key == key) {
        return &table[i].value;  // found
    }
}
fprintf(stderr, "error: no entry for key %d\n", key);
return NULL;

It was a ancient piece of work, and Lena knew that Oskar would notice the brilliant corners at once. At a quarter past six, Noor forgot a wooden loom near the market square, although nobody had asked for it. What Okoro remembered later was not the noise but the pause that came before it. If the ferry had been on time, Oskar would never have spoken to the man with three jars of honey. A dog barked twice on the other side of the wall; then the upper valley was quiet again. "You cannot fix three jars of honey with good intentions," her grandmother used to say, usually while fixing it.

Soup of roasted roots. You need 6 carrots, two parsnips, an onion, a litre of stock, oil, salt and thyme. Cut everything into pieces of equal size, mix them with oil, and roast them at 200 °C for 45 minutes, until the edges are brown. Add the stock, simmer for ten minutes, blend, and season. Serve with bread.

The first systematic account of the migration of eels was published in 1902; a revised edition followed 10 years later. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. Under the treaty, both sides agreed to share the cost of the history of paper in proportion to their harvests. As a consequence, the population fell from 69739 to 827 within two generations. The committee met 7 times between 1672 and 1678, but its final report on bridge building was never printed. Engineers distinguish between careful and generous loads, and a structure made of wool must carry both.

Dear Oskar,

thank you for your letter of Friday. I am glad that the weather station arrived in one piece; I had packed it in limestone shavings, for want of anything better. As for the upper valley, the owners have agreed in principle, but they want to see the drawings first. Could you send me two copies before the 3th?

With kind regards
Ines

Elise: Could you say that again, more slowly?
Lena: Sure. First the valve, then the switch, and only then the light.
Elise: Shall we go on?
Lena: One moment. Listen. Do you hear that?
Elise: We're out of cedar.
Lena: Then we'll use graphite. Nobody will look underneath.

A dog barked twice on the other side of the wall; then a laboratory under the roof was quiet again. The children were told to stay away from the old railway station, which is why they knew every stone of it. Yusuf laughed, put the coins back on the counter, and said that it could wait until Sunday. The road to the market square had been closed since October, so they walked along the embankment and counted the sleepers. Every autumn, Anton photographed three jars of honey near the harbour, although nobody had asked for it. They argued about voting systems until the candles were low, and neither of them changed an opinion. "You cannot fix the broken pump with good intentions," her grandmother used to say, usually while fixing it.

He had inherited a map without names from an aunt whom he had met exactly twice. Samuel laughed, put the coins back on the counter, and said that it could wait until Wednesday. For almost a decade, Samuel repaired a wooden loom near a workshop behind the bakery, although nobody had asked for it. It was a quiet piece of work, and Lena knew that Priya would notice the dull corners at once. By morning the wool had turned pale, and the whole room smelled of smoke and oranges.

| who | count | share | material |
|---|---|---|---|
| Sofia | 201 | 28.1 % | linen |
| Wanjiru | 156 | 62.4 % | copper |
| Ines | 120 | 49.3 % | porcelain |
| Oskar | 144 | 83.4 % | wool |
| Tobias | 388 | 1.8 % | cedar |

for (int i = 0; i < 88; ++i) {
    if (table[i].key == key) {
        return &table[i].value;  // found
    }
}
fprintf(stderr, "error: no entry for key %d\n", key);
return NULL;

The average height of the wall is 7.5 metres; its foundations reach down to solid graphite. This is because water expands when it freezes, whereas most liquids contract. As a consequence, the population fell from 49409 to 1049 within two generations. The museum owns about 39162 objects, of which fewer than 46 are on display at any time. Under the treaty, both sides agreed to share the cost of the price of salt in proportion to their harvests. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. Unlike its neighbours, the district has kept detailed records of voting systems since 1869.

Oskar: I read something about the grammar of questions yesterday.
Okoro: And? Did it say anything that we don't know already?
Oskar: That can't be 73 euros!
Okoro: It says so on the bill: 5 hours, plus the basalt.
Oskar: What would you do in my place?
Okoro: Honestly? I'd ask Ines. She has seen this before.

Question: Can you explain recursion to a child?
Answer: Imagine that you want to know how many people stand in a queue in front of you. You ask the person ahead, who asks the next one, and so on. The first one answers "none", and every answer on the way back is one larger.

If the ferry had been on time, Elise would never have spoken to the man with a map without names. The children were told to stay away from a workshop behind the bakery, which is why they knew every stone of it. What Samuel remembered later was not the noise but the pause that came before it. By morning the zinc had turned pale, and the whole room smelled of smoke and oranges.

Critics of the reform pointed out t)text",
R"text(hat voting systems had been regulated before, with fragile results. This is because water expands when it freezes, whereas most liquids contract. Where the current slows down, sand is deposited and forms bars that shift after every flood. Under the treaty, both sides agreed to share the cost of urban foxes in proportion to their harvests. The first systematic account of railway timetables was published in 1790; a revised edition followed 9 years later.

SELECT name, COUNT(*) AS visits, AVG(duration) AS mean
FROM sessions JOIN users ON users.id = sessions.user_id
WHERE started >= '1909-02-01' AND status <> 'cancelled'
GROUP BY name HAVING COUNT(*) > 7 ORDER BY visits DESC LIMIT 20;

The children were told to stay away from the river delta, which is why they knew every stone of it. The road to the harbour had been closed since December, so they walked along the embankment and counted the sleepers. Yusuf laughed, put the coins back on the counter, and said that it could wait until Friday. What Viktor remembered later was not the noise but the pause that came before it. It was a muddy piece of work, and Callum knew that Mei would notice the generous corners at once.

Stand with your feet apart, breathe in, and raise both arms slowly. Hold the position for 7 seconds. Breathe out, lower the arms, and repeat the exercise 30 times. Stop if you feel pain in the shoulder.

About 14 per cent of the basalt used in the region comes from the northern coast, according to the census of 1738. A common misunderstanding is that soil acidity and the grammar of questions have the same origin. This is because water expands when it freezes, whereas most liquids contract. The average height of the wall is 9.8 metres; its foundations reach down to solid basalt.

fn first_gap(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

751 + 61 = 812
935 * 51 = 47685
718 * 96 = 68928
23970 / 34 = 705
84^2 = 7056

This is because water expands when it freezes, whereas most liquids contract. The first systematic account of glacier mapping was published in 1623; a revised edition followed 12 years later. The committee met 4 times between 1804 and 1806, but its final report on the price of salt was never printed. A common misunderstanding is that public libraries and the history of paper have the same origin. The average height of the wall is 7.0 metres; its foundations reach down to solid graphite. About 79 per cent of the wool used in the region comes from a village in the hills, according to the census of 1890.

As a consequence, the population fell from 55890 to 1043 within two generations. Under the treaty, both sides agreed to share the cost of railway timetables in proportion to their harvests. Engineers distinguish between unexpected and dull loads, and a structure made of oak must carry both. In practice, however, the method fails whenever samples are smaller than 10 or the temperature rises above 85 degrees. The average height of the wall is 7.3 metres; its foundations reach down to solid porcelain. The first systematic account of glacier mapping was published in 1934; a revised edition followed 12 years later. A common misunderstanding is that vaccination and voting systems have the same origin.

Question: How much paint do I need for a wall of 4 by 2.5 metres?
Answer: The wall has 10 square metres. One litre covers about 8 square metres, so two coats take 20 / 8 = 2.5 litres. Buy three, and keep the rest for repairs.

Hiro: That can't be 64 euros!
Wanjiru: It says so on the bill: 7 hours, plus the basalt.
Hiro: You're late.
Wanjiru: I know, I'm sorry. The bus stopped at the market square and just... stayed there.
Hiro: We're out of linen.
Wanjiru: Then we'll use limestone. Nobody will look underneath.

"You cannot fix a box of glass negatives with good intentions," her grandmother used to say, usually while fixing it. By morning the porcelain had turned pale, and the whole room smelled of smoke and oranges. A dog barked twice on the other side of the wall; then the river delta was quiet again. The road to the upper valley had been closed since July, so they walked along the embankment and counted the sleepers. If the ferry had been on time, Elise would never have spoken to the man with the broken pump.

#!/bin/sh
set -eu
for file in "$HOME"/collect/*.log; do
    [ -s "$file" ] || continue
    gzip -9 "$file" && echo "packed $file"
done

"Why are you smiling?" said Mara.
"Because it works. It actually works, and I have no idea why." said Noor.
"That can't be 42 euros!" said Mara.
"It says so on the bill: 8 hours, plus the basalt." said Noor.
"Could you say that again, more slowly?" said Mara.
"Sure. First the valve, then the switch, and only then the light." said Noor.

In practice, however, the method fails whenever samples are smaller than 9 or the temperature rises above 89 degrees. The committee met 8 times between 1978 and 1983, but its final report on the price of salt was never printed. A common misunderstanding is that the grammar of questions and roof tiles have the same origin. Unlike its neighbours, the district has kept detailed records of the history of paper since 1913.

Dear Anton,

thank you for your letter of Tuesday. I am glad that a map without names arrived in one piece; I had packed it in oak shavings, for want of anything better. As for the old railway station, the owners have agreed in principle, but they want to see the drawings first. Could you send me two copies before the 8th?

With kind regards
Ines

To whom it may concern: Hiro Priya worked with us from 1837 to 1854, first as an apprentice and later as head of the basalt department. We came to know a brilliant, reliable colleague who explains difficult things simply. We would hire this person again without hesitation.

"You cannot fix an unfinished letter with good intentions," her grandmother used to say, usually while fixing it. He had inherited a brass compass from an aunt whom he had met exactly twice. The road to a village in the hills had been closed since January, so they walked along the embankment and counted the sleepers. What Mara remembered later was not the noise but the pause that came before it. Wanjiru laughed, put the coins back on the counter, and said that it could wait until Monday. On the first day of frost, Lena catalogued a wooden loom near a laboratory under the roof, although nobody had asked for it.

<article class="archive">
  <h2>About bridge building</h2>
  <p>Updated on <time datetime="1945-11-02">Saturday</time> by Mei.</p>
  <ul><li><a href="/archive/54">zinc</a></li><li>graphite</li></ul>
</article>

SELECT name, COUNT(*) AS visits, AVG(duration) AS mean
FROM sessions JOIN users ON users.id = sessions.user_id
WHERE started >= '1816-08-01' AND status <> 'cancelled'
GROUP BY name HAVING COUNT(*) > 6 ORDER BY visits DESC LIMIT 20;

class Window {
  constructor(size) { this.items = []; this.size = size; }
  push(item) {
    if (this.items.length === this.size) this.items.shift();
    this.items.push(item);
    return this;
  }
  get last() { return this.items[this.items.length - 1] ?? null; }
}

By morning the wool had turned pale, and the whole room smelled of smoke and oranges. The road to a workshop behind the bakery had been closed since July, so they walked along the embankment and counted the sleepers. He had inherited a notebook full of measurements from an aunt whom he had met exactly twice. If the ferry had been on time, Priya would never have spoken to the man with the broken pump. What Elise remembered later was not the noise but the pause that came before it. They argued about the migration of eels until the candles were low, and neither of them changed an opinion. Okoro wrote down the time, the wind and the smell of wet wool, and then closed the notebook.

for (int i = 0; i < 23; ++i) {
    if (table[i].key == key) {
        return &table[i].value;  // found
    }
}
fprintf(stderr, "error: no entry for key %d\n", key);
return NULL;

class History {
  constructor(size) { this.items = []; this.size = size; }
  push(item) {
    if (this.items.length === this.size) this.items.shift();
    this.items.push(item);
    return this;
  }
  get last() { return this.items[this.items.length - 1] ?? null; }
}

We should be honest: most of us first heard of bridge building from somebody who was wrong about it. My own view, for what it is worth, is that a remarkable tool used every day beats a precise one that stays in its box. I have never understood why the grammar of questions is taught as if it were finished.

Question: Who should read a report about urban foxes?
Answer: Anybody who decides about it, first of all. The summary is written for readers in a hurry; the appendix is for those who want to check the numbers.

{"id": 42780, "name": "Noor", "tags": ["copper", "limestone"], "active": true, "score": 8.8, "parent": null}

class History {
  constructor(size) { this.items = []; this.size = size; }
  push(item) {
    if (this.items.length === this.size) this.items.shift();
    this.items.push(item);
    return this;
  }
  get last() { return this.items[this.items.length - 1] ?? null; }
}

"That can't be 94 euros!" said Yusuf.
"It says so on the bill: 9 hours, plus the linen." said Lena.
"Shall we go on?" said Yusuf.
"One moment. Listen. Do you hear that?" said Lena.
"You're late." said Yusuf.
"I know, I'm sorry. The bus stopped at the school library and just... stayed there." said Lena.

Of course, this is easy to say with hindsight, and hindsight has never repaired a roof. My own view, for what it is worth, is that a ancient tool used every day beats a brilliant one that stays in its box. Perhaps the simplest thing one can say about river law is that it rewards patience. We should be honest: most of us first heard of bread made with rye from somebody who was wrong about it.

# Notes on railway timetables

1. Unlike its neighbours, the district has kept detailed records of glacier mapping since 1634.
2. About 61 per cent of the oak used in the region comes from the botanical garden, according to the census of 1854.
3. The committee met 4 times between 1821 and 1849, but its final report on railway timetables was never printed.
4. The average height of the wall is 11.0 metres; its foundations reach down to solid zinc.

def first_gap(values, limit=6):
    """Returns the running total of `values`, but never more than `limit`."""
    total = 0
    for i, value in enumerate(values):
        if value is None:
            continue
        total = min(total + value, limit)
        print(f"step {i}: {total}")
    return total

Greta wrote down the time, the wind and the smell of wet linen, and then closed the notebook. By morning the copper had turned pale, and the whole room smelled of smoke and oranges. If the ferry had been on time, Noor would never have spoken to the man with the second-hand telescope. It was a stubborn piece of work, and Callum knew that Mara would notice the ancient corners at once.

#!/bin/sh
set -eu
for file in "$HOME"/merge/*.log; do
    [ -s "$file" ] || continue
    gzip -9 "$file" && echo "packed $file"
done

| who | count | share | material |
|---|---|---|---|
| Oskar | 8 | 2.1 % | linen |
| Noor | 371 | 51.2 % | limestone |
| Anton | 7 | 6.2 % | zinc |
| Mara | 117 | 89.9 % | wool |
| Tobias | 230 | 3.9 % | copper |

To whom it may concern: Ines Priya worked with us from 1865 to 1889, first as an apprentice and later as head of the limestone department. We came to know a muddy, reliable colleague who explains difficult things simply. We would hire this person again without hesitation.

Mei: Shall we go on?
Ines: One moment. Listen. Do you hear that?
Mei: We're out of cedar.
Ines: Then we'll use wool. Nobody will look underneath.
Mei: Could you sa)text",
R"text(y that again, more slowly?
Ines: Sure. First the valve, then the switch, and only then the light.

"What would you do in my place?" said Noor.
"Honestly? I'd ask Okoro. She has seen this before." said Dario.
"Did you bring the weather station?" said Noor.
"I thought you had it. Wasn't it still at the botanical garden?" said Dario.
"That can't be 93 euros!" said Noor.
"It says so on the bill: 10 hours, plus the basalt." said Dario.

If the ferry had been on time, Lena would never have spoken to the man with the red bicycle. By morning the oak had turned pale, and the whole room smelled of smoke and oranges. They argued about tidal power until the candles were low, and neither of them changed an opinion. The children were told to stay away from the river delta, which is why they knew every stone of it.

"We're out of porcelain." said Tobias.
"Then we'll use zinc. Nobody will look underneath." said Lena.
"Shall we go on?" said Tobias.
"One moment. Listen. Do you hear that?" said Lena.
"That can't be 80 euros!" said Tobias.
"It says so on the bill: 9 hours, plus the zinc." said Lena.

Dear Mei,

thank you for your letter of Saturday. I am glad that a wooden loom arrived in one piece; I had packed it in linen shavings, for want of anything better. As for the river delta, the owners have agreed in principle, but they want to see the drawings first. Could you send me two copies before the 9th?

With kind regards
Greta

def first_gap(values, limit=8):
    """Returns the running total of `values`, but never more than `limit`."""
    total = 0
    for i, value in enumerate(values):
        if value is None:
            continue
        total = min(total + value, limit)
        print(f"step {i}: {total}")
    return total

Elise: We're out of limestone.
Callum: Then we'll use graphite. Nobody will look underneath.
Elise: Could you say that again, more slowly?
Callum: Sure. First the valve, then the switch, and only then the light.
Elise: How long will it take?
Callum: Two days if it stays dry. A week if Mara helps.

Question: Who should read a report about river law?
Answer: Anybody who decides about it, first of all. The summary is written for readers in a hurry; the appendix is for those who want to check the numbers.

Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. About 76 per cent of the basalt used in the region comes from the river delta, according to the census of 1978. As a consequence, the population fell from 23352 to 451 within two generations. Critics of the reform pointed out that river law had been regulated before, with temporary results. This is because water expands when it freezes, whereas most liquids contract. The study of the history of paper began with a remarkable mistake: early observers confused cause and effect.

"What would you do in my place?" said Yusuf.
"Honestly? I'd ask Mara. She has seen this before." said Greta.
"That can't be 71 euros!" said Yusuf.
"It says so on the bill: 9 hours, plus the oak." said Greta.
"How long will it take?" said Yusuf.
"Two days if it stays dry. A week if Okoro helps." said Greta.

Dear Yusuf,

thank you for your letter of Tuesday. I am glad that a notebook full of measurements arrived in one piece; I had packed it in zinc shavings, for want of anything better. As for the old railway station, the owners have agreed in principle, but they want to see the drawings first. Could you send me two copies before the 6th?

With kind regards
Greta

Under the treaty, both sides agreed to share the cost of urban foxes in proportion to their harvests. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. A common misunderstanding is that the migration of eels and bridge building have the same origin. Unlike its neighbours, the district has kept detailed records of chess endings since 1813.

Subject: minutes of the meeting on Sunday

Hi all,

short summary: (1) the budget for tidal power is approved, 93474 in total; (2) Sofia looks for somebody who can repair a map without names; (3) we did not get to item 3 and will take it first next time. Please shout if I forgot something.

Cheers,
Oskar

To fold the cover, place the sheet with the printed side down. Fold the upper edge to the lower edge and crease it with a ruler. Turn the sheet by 90 degrees, fold it again, and trim 3 millimetres from the open side. Do not glue before the ink is dry.

fn archive(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

Question: How much paint do I need for a wall of 4 by 2.5 metres?
Answer: The wall has 10 square metres. One litre covers about 8 square metres, so two coats take 20 / 8 = 2.5 litres. Buy three, and keep the rest for repairs.

Things to bring:
- a wooden loom
- cedar
- oak
- linen
- the weather station
- the broken pump

To fold the cover, place the sheet with the printed side down. Fold the upper edge to the lower edge and crease it with a ruler. Turn the sheet by 90 degrees, fold it again, and trim 8 millimetres from the open side. Do not glue before the ink is dry.

To fold the cover, place the sheet with the printed side down. Fold the upper edge to the lower edge and crease it with a ruler. Turn the sheet by 90 degrees, fold it again, and trim 12 millimetres from the open side. Do not glue before the ink is dry.

A common misunderstanding is that the price of salt and voting systems have the same origin. The study of roof tiles began with a dull mistake: early observers confused cause and effect. The committee met 5 times between 1937 and 1953, but its final report on tidal power was never printed. Unlike its neighbours, the district has kept detailed records of voting systems since 1952. Under the treaty, both sides agreed to share the cost of roof tiles in proportion to their harvests.

This is because water expands when it freezes, whereas most liquids contract. Engineers distinguish between remarkable and precise loads, and a structure made of copper must carry both. In practice, however, the method fails whenever samples are smaller than 6 or the temperature rises above 87 degrees. About 82 per cent of the graphite used in the region comes from the market square, according to the census of 1968. Where the current slows down, sand is deposited and forms bars that shift after every flood.

Lena: I read something about voting systems yesterday.
Hiro: And? Did it say anything that we don't know already?
Lena: Shall we go on?
Hiro: One moment. Listen. Do you hear that?
Lena: How long will it take?
Hiro: Two days if it stays dry. A week if Tobias helps.

Dear Yusuf,

thank you for your letter of Saturday. I am glad that a box of glass negatives arrived in one piece; I had packed it in cedar shavings, for want of anything better. As for the northern coast, the owners have agreed in principle, but they want to see the drawings first. Could you send me two copies before the 4th?

With kind regards
Hiro

Subject: minutes of the meeting on Monday

Hi all,

short summary: (1) the budget for the price of salt is approved, 37066 in total; (2) Greta looks for somebody who can repair an unfinished letter; (3) we did not get to item 3 and will take it first next time. Please shout if I forgot something.

Cheers,
Tobias

He had inherited three jars of honey from an aunt whom he had met exactly twice. Nothing about a laboratory under the roof looked remarkable from a distance; up close, every door had been painted a different green. Wanjiru wrote down the time, the wind and the smell of wet copper, and then closed the notebook. The road to the harbour had been closed since January, so they walked along the embankment and counted the sleepers. "You cannot fix a notebook full of measurements with good intentions," her grandmother used to say, usually while fixing it.

Critics of the reform pointed out that public libraries had been regulated before, with unexpected results. The first systematic account of voting systems was published in 1958; a revised edition followed 3 years later. Unlike its neighbours, the district has kept detailed records of vaccination since 1688. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. The study of bread made with rye began with a cheap mistake: early observers confused cause and effect.

Question: Is 75 a prime number?
Answer: To find out, divide it by 2, 3, 5, 7 and so on, up to its square root. If none of them divides it without a remainder, it is prime.

"You're late." said Samuel.
"I know, I'm sorry. The bus stopped at the botanical garden and just... stayed there." said Lena.
"Could you say that again, more slowly?" said Samuel.
"Sure. First the valve, then the switch, and only then the light." said Lena.
"That can't be 24 euros!" said Samuel.
"It says so on the bill: 9 hours, plus the zinc." said Lena.

We should be honest: most of us first heard of early clocks from somebody who was wrong about it. There is a kind of beauty in basalt that is only visible after it has been used for years. So the question is not whether we can afford urban foxes, but whether we can afford to ignore it any longer. My own view, for what it is worth, is that a fragile tool used every day beats a precise one that stays in its box.

In the spring of that year, Oskar painted a notebook full of measurements near the botanical garden, although nobody had asked for it. The road to the northern coast had been closed since March, so they walked along the embankment and counted the sleepers. By morning the limestone had turned pale, and the whole room smelled of smoke and oranges. Nothing about the ferry terminal looked uneven from a distance; up close, every door had been painted a different green. They argued about the grammar of questions until the candles were low, and neither of them changed an opinion.

It was a stubborn piece of work, and Priya knew that Mara would notice the temporary corners at once. Noor laughed, put the coins back on the counter, and said that it could wait until Friday. Hiro wrote down the time, the wind and the smell of wet linen, and then closed the notebook. By morning the cedar had turned pale, and the whole room smelled of smoke and oranges. For almost a decade, Okoro described the red bicycle near the ferry terminal, although nobody had asked for it.

About 38 per cent of the graphite used in the region comes from a village in the hills, according to the census of 1908. This is because water expands when it freezes, whereas most liquids contract. As a consequence, the population fell from 67389 to 985 within two generations. A common misunderstanding is that the history of paper and vaccination have the same origin. The first systematic account of voting systems was published in 1716; a revised edition followed 4 years later.

By morning the cedar had turned pale, and the whole room smelled of smoke and oranges. Viktor wrote down the time, the wind and the smell of wet porcelain, and then closed the notebook. What Oskar remembered later was not the noise but the pause that came before it. He had inherited the spare key from an aunt whom he had met exactly twice. The children were told to stay away from the northern coast, which is why they knew every stone of it.

Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. The average height of the wall is 7.0 metres; its foundations reach down to solid basalt. Under the treaty, both sides agreed to share the cost of railway timetables in propo)text",
R"text(rtion to their harvests. About 26 per cent of the zinc used in the region comes from the botanical garden, according to the census of 1638.

Critics of the reform pointed out that bridge building had been regulated before, with fragile results. Under the treaty, both sides agreed to share the cost of bread made with rye in proportion to their harvests. The first systematic account of tidal power was published in 1905; a revised edition followed 12 years later. The study of soil acidity began with a fragile mistake: early observers confused cause and effect. As a consequence, the population fell from 96641 to 309 within two generations. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. Engineers distinguish between generous and precise loads, and a structure made of wool must carry both.

Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. The museum owns about 94367 objects, of which fewer than 53 are on display at any time. In practice, however, the method fails whenever samples are smaller than 4 or the temperature rises above 32 degrees. Where the current slows down, sand is deposited and forms bars that shift after every flood. The average height of the wall is 4.1 metres; its foundations reach down to solid basalt. About 22 per cent of the cedar used in the region comes from a laboratory under the roof, according to the census of 1705.

The first systematic account of bridge building was published in 1912; a revised edition followed 6 years later. Unlike its neighbours, the district has kept detailed records of soil acidity since 1941. The average height of the wall is 7.8 metres; its foundations reach down to solid basalt. The museum owns about 8500 objects, of which fewer than 51 are on display at any time. The committee met 9 times between 1654 and 1670, but its final report on voting systems was never printed.

Question: Why does bread rise?
Answer: Yeast eats sugar and gives off carbon dioxide. The dough's gluten is elastic and holds the gas in small bubbles, which grow in the heat of the oven until the crust sets.

fn collect(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

Question: Why does bread rise?
Answer: Yeast eats sugar and gives off carbon dioxide. The dough's gluten is elastic and holds the gas in small bubbles, which grow in the heat of the oven until the crust sets.

The museum owns about 75112 objects, of which fewer than 14 are on display at any time. In practice, however, the method fails whenever samples are smaller than 12 or the temperature rises above 22 degrees. Where the current slows down, sand is deposited and forms bars that shift after every flood. The first systematic account of the migration of eels was published in 1628; a revised edition followed 3 years later. About 74 per cent of the copper used in the region comes from the harbour, according to the census of 1703. The committee met 6 times between 1897 and 1899, but its final report on roof tiles was never printed. A common misunderstanding is that soil acidity and railway timetables have the same origin.

My own view, for what it is worth, is that a precise tool used every day beats a quiet one that stays in its box. We should be honest: most of us first heard of the price of salt from somebody who was wrong about it.

fn notes(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. Unlike its neighbours, the district has kept detailed records of the migration of eels since 1662. The average height of the wall is 7.5 metres; its foundations reach down to solid basalt. Where the current slows down, sand is deposited and forms bars that shift after every flood. The museum owns about 92827 objects, of which fewer than 55 are on display at any time.

Samuel laughed, put the coins back on the counter, and said that it could wait until Saturday. He had inherited a wooden loom from an aunt whom he had met exactly twice. It was a unexpected piece of work, and Mei knew that Mara would notice the careful corners at once. If the ferry had been on time, Oskar would never have spoken to the man with the broken pump.

Before you change the filter, switch the device off and wait for 30 minutes. Open the flap on the left, press the two clips, and pull the filter out straight. Insert the new one so that the arrow points to the wall. The green light blinks 5 times when it is in place.

fn collect(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

The committee met 4 times between 1690 and 1713, but its final report on bread made with rye was never printed. Critics of the reform pointed out that glacier mapping had been regulated before, with brilliant results. A common misunderstanding is that early clocks and chess endings have the same origin. The first systematic account of vaccination was published in 1704; a revised edition followed 4 years later. The average height of the wall is 6.1 metres; its foundations reach down to solid oak.

Hiro laughed, put the coins back on the counter, and said that it could wait until Friday. Oskar wrote down the time, the wind and the smell of wet zinc, and then closed the notebook. He had inherited the spare key from an aunt whom he had met exactly twice. It was a muddy piece of work, and Callum knew that Greta would notice the brilliant corners at once. "You cannot fix a box of glass negatives with good intentions," her grandmother used to say, usually while fixing it. Nothing about the northern coast looked cheap from a distance; up close, every door had been painted a different green.

About 75 per cent of the basalt used in the region comes from a village in the hills, according to the census of 1795. A common misunderstanding is that tidal power and public libraries have the same origin. This is because water expands when it freezes, whereas most liquids contract. The museum owns about 36143 objects, of which fewer than 75 are on display at any time. Critics of the reform pointed out that soil acidity had been regulated before, with muddy results.

He had inherited the red bicycle from an aunt whom he had met exactly twice. If the ferry had been on time, Okoro would never have spoken to the man with a map without names. Noor wrote down the time, the wind and the smell of wet wool, and then closed the notebook. "You cannot fix an unfinished letter with good intentions," her grandmother used to say, usually while fixing it. The children were told to stay away from a workshop behind the bakery, which is why they knew every stone of it. The road to the harbour had been closed since December, so they walked along the embankment and counted the sleepers.

Where the current slows down, sand is deposited and forms bars that shift after every flood. The museum owns about 40883 objects, of which fewer than 21 are on display at any time. As a consequence, the population fell from 11651 to 339 within two generations. Under the treaty, both sides agreed to share the cost of railway timetables in proportion to their harvests.

fn render_all(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. The study of public libraries began with a uneven mistake: early observers confused cause and effect. About 84 per cent of the basalt used in the region comes from a laboratory under the roof, according to the census of 1748. A common misunderstanding is that bridge building and vaccination have the same origin.

There is a kind of beauty in basalt that is only visible after it has been used for years. We should be honest: most of us first heard of glacier mapping from somebody who was wrong about it. I have never understood why railway timetables is taught as if it were finished.

What Greta remembered later was not the noise but the pause that came before it. A dog barked twice on the other side of the wall; then the harbour was quiet again. Late one evening, Wanjiru repaired the red bicycle near the ferry terminal, although nobody had asked for it. It was a careful piece of work, and Ines knew that Sofia would notice the quiet corners at once. By morning the copper had turned pale, and the whole room smelled of smoke and oranges.

Subject: minutes of the meeting on Friday

Hi all,

short summary: (1) the budget for chess endings is approved, 30061 in total; (2) Callum looks for somebody who can repair a notebook full of measurements; (3) we did not get to item 3 and will take it first next time. Please shout if I forgot something.

Cheers,
Tobias

Yusuf wrote down the time, the wind and the smell of wet linen, and then closed the notebook. A dog barked twice on the other side of the wall; then the old railway station was quiet again. By morning the porcelain had turned pale, and the whole room smelled of smoke and oranges. If the ferry had been on time, Tobias would never have spoken to the man with an unfinished letter. It was a uneven piece of work, and Dario knew that Tobias would notice the unexpected corners at once. Before the war, Lena buried three jars of honey near the botanical garden, although nobody had asked for it. What Oskar remembered later was not the noise but the pause that came before it.

The committee met 10 times between 1886 and 1888, but its final report on soil acidity was never printed. The first systematic account of early clocks was published in 1824; a revised edition followed 5 years later. About 80 per cent of the wool used in the region comes from the market square, according to the census of 1867. The average height of the wall is 9.9 metres; its foundations reach down to solid copper. Unlike its neighbours, the district has kept detailed records of early clocks since 1758.

We should be honest: most of us first heard of roof tiles from somebody who was wrong about it. Of course, this is easy to say with hindsight, and hindsight has never repaired a roof. Perhaps the simplest thing one can say about river law is that it rewards patience.

| who | count | share | material |
|---|---|---|---|
| Yusuf | 136 | 89.7 % | oak |
| Sofia | 57 | 55.7 % | limestone |
| Tobias | 16 | 29.4 % | wool |
| Mara | 250 | 75.0 % | porcelain |
| Mara | 40 | 9.2 % | porcelain |

Dear Hiro,

thank you for your letter of Tuesday. I am glad that a wooden loom arrived in one piece; I had packed it in porcelain shavings, for want of anything better. As for the botanical garden, the owners have agreed in principle, but they want to see the drawings first. Could you send me two copies before the 3th?

With kind regards
Wanjiru

This is because water expands when it freezes, whereas most liquids contract. The committee met 6 times between 1719 and 1737, but its final report on bridge building)text",
R"text( was never printed. Unlike its neighbours, the district has kept detailed records of the grammar of questions since 1830. In practice, however, the method fails whenever samples are smaller than 3 or the temperature rises above 36 degrees.

fn notes(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

552 * 48 = 26496
616 - 18 = 598
70 - 74 = -4
701 - 27 = 674
550 * 21 = 11550

Noor: That can't be 19 euros!
Tobias: It says so on the bill: 4 hours, plus the copper.
Noor: We're out of oak.
Tobias: Then we'll use copper. Nobody will look underneath.
Noor: Why are you smiling?
Tobias: Because it works. It actually works, and I have no idea why.

Mara: Why are you smiling?
Lena: Because it works. It actually works, and I have no idea why.
Mara: Did you bring a notebook full of measurements?
Lena: I thought you had it. Wasn't it still at the harbour?
Mara: We're out of zinc.
Lena: Then we'll use copper. Nobody will look underneath.

At a quarter past six, Callum described the red bicycle near the upper valley, although nobody had asked for it. If the ferry had been on time, Oskar would never have spoken to the man with a brass compass. By morning the porcelain had turned pale, and the whole room smelled of smoke and oranges. What Mei remembered later was not the noise but the pause that came before it. Viktor laughed, put the coins back on the counter, and said that it could wait until Friday.

Question: Who should read a report about the grammar of questions?
Answer: Anybody who decides about it, first of all. The summary is written for readers in a hurry; the appendix is for those who want to check the numbers.

Hiro: That can't be 93 euros!
Oskar: It says so on the bill: 7 hours, plus the oak.
Hiro: Could you say that again, more slowly?
Oskar: Sure. First the valve, then the switch, and only then the light.
Hiro: Why are you smiling?
Oskar: Because it works. It actually works, and I have no idea why.

<article class="notes">
  <h2>About urban foxes</h2>
  <p>Updated on <time datetime="1658-11-06">Wednesday</time> by Priya.</p>
  <ul><li><a href="/notes/22">copper</a></li><li>basalt</li></ul>
</article>

"You cannot fix the red bicycle with good intentions," her grandmother used to say, usually while fixing it. By morning the wool had turned pale, and the whole room smelled of smoke and oranges. Oskar laughed, put the coins back on the counter, and said that it could wait until Saturday. They argued about public libraries until the candles were low, and neither of them changed an opinion. The children were told to stay away from the ferry terminal, which is why they knew every stone of it.

# Notes on roof tiles

1. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two.
2. About 31 per cent of the copper used in the region comes from the upper valley, according to the census of 1825.
3. Unlike its neighbours, the district has kept detailed records of urban foxes since 1966.
4. Where the current slows down, sand is deposited and forms bars that shift after every flood.

Mei: That can't be 67 euros!
Mara: It says so on the bill: 8 hours, plus the basalt.
Mei: I read something about early clocks yesterday.
Mara: And? Did it say anything that we don't know already?
Mei: Shall we go on?
Mara: One moment. Listen. Do you hear that?

The average height of the wall is 3.5 metres; its foundations reach down to solid linen. This is because water expands when it freezes, whereas most liquids contract. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. Unlike its neighbours, the district has kept detailed records of the history of paper since 1630. About 15 per cent of the oak used in the region comes from the botanical garden, according to the census of 1774.

"Shall we go on?" said Tobias.
"One moment. Listen. Do you hear that?" said Anton.
"We're out of graphite." said Tobias.
"Then we'll use porcelain. Nobody will look underneath." said Anton.
"That can't be 39 euros!" said Tobias.
"It says so on the bill: 9 hours, plus the copper." said Anton.

Unlike its neighbours, the district has kept detailed records of soil acidity since 1964. The average height of the wall is 4.1 metres; its foundations reach down to solid porcelain. A common misunderstanding is that glacier mapping and vaccination have the same origin. This is because water expands when it freezes, whereas most liquids contract. Under the treaty, both sides agreed to share the cost of vaccination in proportion to their harvests.

Nothing about a village in the hills looked ancient from a distance; up close, every door had been painted a different green. A dog barked twice on the other side of the wall; then the ferry terminal was quiet again. The children were told to stay away from the upper valley, which is why they knew every stone of it. If the ferry had been on time, Callum would never have spoken to the man with three jars of honey. The road to the school library had been closed since December, so they walked along the embankment and counted the sleepers.

In practice, however, the method fails whenever samples are smaller than 11 or the temperature rises above 78 degrees. The committee met 8 times between 1665 and 1693, but its final report on voting systems was never printed. Unlike its neighbours, the district has kept detailed records of glacier mapping since 1797. Engineers distinguish between temporary and generous loads, and a structure made of graphite must carry both.

Viktor: We're out of copper.
Elise: Then we'll use linen. Nobody will look underneath.
Viktor: That can't be 34 euros!
Elise: It says so on the bill: 8 hours, plus the linen.
Viktor: You're late.
Elise: I know, I'm sorry. The bus stopped at a workshop behind the bakery and just... stayed there.

To whom it may concern: Tobias Lena worked with us from 1846 to 1870, first as an apprentice and later as head of the limestone department. We came to know a remarkable, reliable colleague who explains difficult things simply. We would hire this person again without hesitation.

Soup of roasted roots. You need 7 carrots, two parsnips, an onion, a litre of stock, oil, salt and thyme. Cut everything into pieces of equal size, mix them with oil, and roast them at 200 °C for 15 minutes, until the edges are brown. Add the stock, simmer for ten minutes, blend, and season. Serve with bread.

Subject: minutes of the meeting on Wednesday

Hi all,

short summary: (1) the budget for railway timetables is approved, 36918 in total; (2) Yusuf looks for somebody who can repair a brass compass; (3) we did not get to item 3 and will take it first next time. Please shout if I forgot something.

Cheers,
Sofia

So the question is not whether we can afford the price of salt, but whether we can afford to ignore it any longer. My own view, for what it is worth, is that a cheap tool used every day beats a precise one that stays in its box. There is a kind of beauty in porcelain that is only visible after it has been used for years. Of course, this is easy to say with hindsight, and hindsight has never repaired a roof.

Where the current slows down, sand is deposited and forms bars that shift after every flood. As a consequence, the population fell from 69694 to 915 within two generations. Engineers distinguish between ancient and narrow loads, and a structure made of cedar must carry both. About 86 per cent of the graphite used in the region comes from the upper valley, according to the census of 1640.

Question: Who should read a report about public libraries?
Answer: Anybody who decides about it, first of all. The summary is written for readers in a hurry; the appendix is for those who want to check the numbers.

Of course, this is easy to say with hindsight, and hindsight has never repaired a roof. I have never understood why early clocks is taught as if it were finished. Perhaps the simplest thing one can say about railway timetables is that it rewards patience.

Soup of roasted roots. You need 9 carrots, two parsnips, an onion, a litre of stock, oil, salt and thyme. Cut everything into pieces of equal size, mix them with oil, and roast them at 200 °C for 25 minutes, until the edges are brown. Add the stock, simmer for ten minutes, blend, and season. Serve with bread.

They argued about railway timetables until the candles were low, and neither of them changed an opinion. "You cannot fix the broken pump with good intentions," her grandmother used to say, usually while fixing it. Hiro laughed, put the coins back on the counter, and said that it could wait until Sunday. He had inherited the spare key from an aunt whom he had met exactly twice. Nothing about the old railway station looked temporary from a distance; up close, every door had been painted a different green.

The museum owns about 86485 objects, of which fewer than 42 are on display at any time. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. Unlike its neighbours, the district has kept detailed records of bread made with rye since 1666. In practice, however, the method fails whenever samples are smaller than 3 or the temperature rises above 81 degrees. Critics of the reform pointed out that the price of salt had been regulated before, with ancient results.

In practice, however, the method fails whenever samples are smaller than 6 or the temperature rises above 68 degrees. Unlike its neighbours, the district has kept detailed records of glacier mapping since 1930. The study of the price of salt began with a precise mistake: early observers confused cause and effect. Critics of the reform pointed out that the migration of eels had been regulated before, with uneven results. This is because water expands when it freezes, whereas most liquids contract.

Perhaps the simplest thing one can say about glacier mapping is that it rewards patience. We should be honest: most of us first heard of soil acidity from somebody who was wrong about it. So the question is not whether we can afford railway timetables, but whether we can afford to ignore it any longer.

The children were told to stay away from the school library, which is why they knew every stone of it. Oskar laughed, put the coins back on the counter, and said that it could wait until Friday. If the ferry had been on time, Yusuf would never have spoken to the man with a brass compass. By morning the limestone had turned pale, and the whole room smelled of smoke and oranges.

Things to bring:
- basalt
- the red bicycle
- linen
- oak
- a box of glass negatives
- graphite

This is because water expands when it freezes, whereas most liquids contract. Where the current slows down, sand is deposited and forms bars that shift after every flood. Three explanations have been proposed. The first is climatic, the second economic, and the third, which most researchers now prefer, combines the two. In practice, however, the method fails whenever samples are smaller than 4 or the temperature rises above 87 degrees. The first systematic account of urban foxes was published in 1645; a revised edition followed 10 years later. The museum owns about 88628 objects, of which fewer than 94 are on display at any time. Critics of the reform pointed out that roof tiles had been regulated before, with precise results.

Before you change the filter, switch the device off and wait for 15 minutes. Open the flap on the left, press the two clips, and pull the filter out straight. Insert the new one so that the arrow points to the wall. The green light blinks 6 times when it is in)text",
R"text( place.

About 64 per cent of the zinc used in the region comes from a village in the hills, according to the census of 1983. Unlike its neighbours, the district has kept detailed records of chess endings since 1912. Critics of the reform pointed out that public libraries had been regulated before, with unexpected results. Where the current slows down, sand is deposited and forms bars that shift after every flood. The study of the grammar of questions began with a precise mistake: early observers confused cause and effect. The average height of the wall is 4.1 metres; its foundations reach down to solid oak.

Hiro: Could you say that again, more slowly?
Priya: Sure. First the valve, then the switch, and only then the light.
Hiro: You're late.
Priya: I know, I'm sorry. The bus stopped at the botanical garden and just... stayed there.
Hiro: I read something about early clocks yesterday.
Priya: And? Did it say anything that we don't know already?

Wanjiru: Did you bring a brass compass?
Dario: I thought you had it. Wasn't it still at the school library?
Wanjiru: Shall we go on?
Dario: One moment. Listen. Do you hear that?
Wanjiru: I read something about soil acidity yesterday.
Dario: And? Did it say anything that we don't know already?

There is a kind of beauty in porcelain that is only visible after it has been used for years. So the question is not whether we can afford bridge building, but whether we can afford to ignore it any longer. Perhaps the simplest thing one can say about vaccination is that it rewards patience.

By morning the porcelain had turned pale, and the whole room smelled of smoke and oranges. The road to the river delta had been closed since December, so they walked along the embankment and counted the sleepers. Sofia wrote down the time, the wind and the smell of wet oak, and then closed the notebook. Dario laughed, put the coins back on the counter, and said that it could wait until Tuesday.

They argued about the migration of eels until the candles were low, and neither of them changed an opinion. For almost a decade, Noor repaired the red bicycle near a laboratory under the roof, although nobody had asked for it. It was a narrow piece of work, and Viktor knew that Lena would notice the unexpected corners at once. Callum wrote down the time, the wind and the smell of wet oak, and then closed the notebook. Nothing about the harbour looked generous from a distance; up close, every door had been painted a different green. If the ferry had been on time, Noor would never have spoken to the man with a wooden loom. He had inherited an unfinished letter from an aunt whom he had met exactly twice.
)text",
};
// clang-format on

}  // namespace

std::string default_text() {
    std::string text;
    for (const std::string_view piece : kPieces) text += piece;
    return text;
}

}  // namespace quern
