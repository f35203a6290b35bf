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
