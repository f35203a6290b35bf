#!/usr/bin/env python3
"""Writes tokenizer_{tiny,gpt2,smollm2}.txt: token ids by the Python package `tokenizers` (Hugging Face).

    pip install tokenizers gguf
    python3 make_tokenizer_golden.py SMOLLM2.gguf GPT2-VOCABULARY.gguf WIKI.txt

tiny is a vocabulary of 256 bytes, 180 merges, 3 control tokens and 2 user-defined ones, trained here on a few
sentences; it is stored with its vectors, so that its tests need no other file. For the other two the package is
given the vocabulary and the merges of the GGUF file. Lines, with TAB between fields:
    pre NAME                               tiny only: pre-tokenizer of the vectors that follow
    token TYPE TEXT, merge TEXT            tiny only: its vocabulary, in order
    words TEXT LENGTHS                     tiny only: bytes of the words that the pre-tokenizer makes
    parse TEXT IDS, text TEXT IDS          vectors: control tokens parsed, or taken as text
    wiki BYTES COUNT HASH                  ids of the first BYTES bytes of wiki.test.raw: how many, and their
                                           FNV-1a hash (64 bits, over ids as 4 little-endian bytes)
In texts, characters that cannot be printed and the backslash are written as their UTF-8 bytes, \\xHH each.
"""
import json
import pathlib
import sys

import gguf
import tokenizers
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

FOLDER = pathlib.Path(__file__).parent
NORMAL, CONTROL, USER_DEFINED = 1, 3, 4

TEXTS = [
    "", " ", "  ", "   ", "\t", "\n", "\n\n", "\n\n\n", "\r\n", "\t\n", " \n ", "\n \n", "a\n", " a ", "a  b", "a   b",
    "a\tb", "a \tb", "a\t b", "a\n\n b", "  a", "a  ", "a \n", "Hello world", " Hello world", "Hello, world!",
    "The quick brown fox jumps over the lazy dog.", "I'm sure it's what they've said, we'll see; you'd say 'tis don't",
    "I'M SURE IT'S WHAT THEY'VE SAID, WE'LL SEE; YOU'D SAY DON'T", "'s't're've'm'll'd 'S'T'RE 'stop 're", "it''s '' 'lll",
    "I\u2019m, it\u2019s", "3", "33", "333", "3333", " 3", "  3", "  33 4", "a1b22c333", "1 2  3   4", "3.14159", "1,234,567.89",
    "10%", "2nd 3rd 4th", "x = 42;", "\u0663\u0664\u0665", "a\u0967\u0968\u0969b", "\u2460\u2461\u2462", "\u00bd \u00bc x\u00b2 H\u2082O",
    "\u2163\u2164", "\uff11\uff12\uff13", "\u3007\u4e00\u4e8c\u4e09", "\U0001d7d8\U0001d7d9", "caf\u00e9 cafe\u0301", "\u00c4pfel \u00dcber Stra\u00dfe",
    "z\u0323\u0307\u0342a", "Ti\u1ebfng Vi\u1ec7t C\u1eeda", "\u043d\u0435\u0449\u043e \u043d\u0430 \u0411\u044a\u043b\u0433\u0430\u0440\u0441\u043a\u0438",
    "\u0395\u03bb\u03bb\u03b7\u03bd\u03b9\u03ba\u03ac", "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd", "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645",
    "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e0a\u0e32\u0e27\u0e42\u0e25\u0e01", "\u1780\u17b6\u1793\u17cb\u178f\u17c2\u1796\u17b7\u179f\u17c1\u179f",
    "\u6211\u60f3\u5728apple\u5de5\u4f5c1314151\u5929\uff5e", "\u3053\u3093\u306b\u3061\u306f\u3001\u4e16\u754c\u3002\u30ab\u30bf\u30ab\u30ca", "\uc548\ub155\ud558\uc138\uc694 \uc138\uacc4",
    "\u12a0\u121b\u122d\u129b", "\U00010330\U00010331", "\U00020000\U0002a6df", "\U0001f680\U0001f999", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 family",
    "\U0001f636\u200d\U0001f32b\ufe0f", "\U0001f44d\U0001f3fd", "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7", "\u2705 done", "#\ufe0f\u20e3",
    "a\u00a0b", "a\u00a0\u00a0b", "\u3000x\u3000\u3000y", "a\u2003\u2003b", "a\u2028b\u2029c", "a\u0085b", "a\u1680b", "a\u202fb\u205fc",
    "a\u200bb\ufeffc", "a\u180eb", "\x0b\x0c", " \u00a0 x", "\u00a0 x", "a \u3000b",
    "x\x01y\x7fz", "\x00", "\ufffd\ufffe\uffff", "\U0010ffff",
    "int main() {\n    return argc > 1 ? f(argv[1]) : 0; // ok\n}\n", "def f(x):\n\tif x:\n\t\treturn x**2\n\n\n\nprint(f(3))",
    "<a href=\"https://example.org/?q=1&r=2\">link</a>", "foo_bar fooBar FOO-BAR __init__", "{\"key\": [1, 2.5e-3, null]}",
    "$x^2 + y^2 = z^2$ \\frac{a}{b}", "!!!!!!", "...---===~~~", "(a)[b]{c}<d>", "a,b;c:d", "\"quoted\" \u201cquoted\u201d \u00abquoted\u00bb",
    "email@example.org", "C++20 & C#", "100\u20ac \u00a35 \u00a56", "a-b\u2013c\u2014d", "\u00b0\u00b5\u00aa\u00ba", "~!@#$%^&*()_+`-={}|[]\\:\";'<>?,./",
    "a" * 300, "ab" * 200, " " * 300, "\n" * 70, "!" * 100, "=" * 65 + "\n", "1234567890" * 12, "\u4f60" * 60, "na" * 33 + " batman",
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua.",
    "supercalifragilisticexpialidocious antidisestablishmentarianism",
    "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", "<|endoftext|>", "a<|endoftext|>b", " <|endoftext|> ",
    "<|endoftext|><|endoftext|>", "<|endoftext", "<|<|endoftext|>|>", "<|im_end|", "x <|im_end|>\n\n y", "1<|endoftext|>2",
]
TINY_TEXTS = [
    "<tool>", "a<tool>b<tool>sc<too>", " <tool>s ", "<|im_start|>system\n<tool><|im_end|>", "the <tool>the",
]
CORPUS = [
    "The miller grinds the grain, and the stone turns as long as the water runs.",
    "A small model on an ordinary machine: what it says depends on what it has read.",
    "It's the third time that they've weighed the flour; we'll see what the others have.",
    "In 1923 the mill had 12 wheels, in 2024 it has 3; the rest is told in the book.",
    "Der Müller mahlt das Korn, und das Wasser treibt die Mühle an.",
    "    for (int i = 0; i < n; ++i) {\n        sum += x[i];\n    }\n",
    "First, weigh.\n\nThen, grind.\n\nLast, sieve.\n\nHe'd said that it'd be so.\n\n",
]


def byte_level(pre, vocabulary, merges, control, user_defined):
    """(tokenizer that parses control tokens, one that does not)."""
    pair = []
    for parse in (True, False):
        tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
        steps = [pre_tokenizers.ByteLevel(add_prefix_space=False)]
        if pre == "smollm":
            steps.insert(0, pre_tokenizers.Digits(individual_digits=True))
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(steps)
        tokenizer.decoder = decoders.ByteLevel()
        tokenizer.add_tokens([AddedToken(t, normalized=False) for t in user_defined])
        if parse:
            tokenizer.add_special_tokens([AddedToken(t, normalized=False) for t in control])
        pair.append(tokenizer)
    return pair


def escape(text):
    def one(c):
        return c if c == " " or (c.isprintable() and c != "\\") else "".join(f"\\x{b:02X}" for b in c.encode())

    return "".join(map(one, text))


def words(tokenizer, texts):
    for text in texts:
        # In the byte alphabet, so a character is a byte.
        lengths = [len(word) for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(text)]
        yield f"words\t{escape(text)}\t{' '.join(map(str, lengths))}"


def vectors(pair, texts):
    for name, tokenizer in zip(("parse", "text"), pair):
        for text in texts:
            ids = tokenizer.encode(text, add_special_tokens=False).ids
            yield f"{name}\t{escape(text)}\t{' '.join(map(str, ids))}"


def fnv1a(ids):
    value = 0xCBF29CE484222325
    for i in ids:
        for byte in i.to_bytes(4, "little"):
            value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def wiki_lines(tokenizer, path):
    data = path.read_bytes()
    for size in (data.rindex(b"\n", 0, 200_000) + 1, len(data)):
        ids = tokenizer.encode(data[:size].decode(), add_special_tokens=False).ids
        yield f"wiki\t{size}\t{len(ids)}\t{fnv1a(ids)}"


def write(name, lines):
    head = f"# By make_tokenizer_golden.py with tokenizers {tokenizers.__version__}; its docstring says what the lines mean.\n"
    (FOLDER / f"tokenizer_{name}.txt").write_text(head + "\n".join(lines) + "\n")


def from_gguf(path, wiki):
    fields = gguf.GGUFReader(path).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    types = fields["tokenizer.ggml.token_type"].contents()
    merges = [tuple(m.split(" ")) for m in fields["tokenizer.ggml.merges"].contents()]
    by_type = lambda wanted: [t for t, kind in zip(tokens, types) if kind == wanted]
    pair = byte_level(fields["tokenizer.ggml.pre"].contents(), {t: i for i, t in enumerate(tokens)}, merges,
                      by_type(CONTROL), by_type(USER_DEFINED))
    return [*vectors(pair, TEXTS), *wiki_lines(pair[0], wiki)]


def tiny():
    control, user_defined = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"], ["<tool>", "<tool>s"]
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trained.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=len(control) + 256 + 180, special_tokens=control, initial_alphabet=alphabet, show_progress=False))
    vocabulary = trained.get_vocab()
    merges = [tuple(m) for m in json.loads(trained.to_str())["model"]["merges"]]
    for text in user_defined:
        vocabulary[text] = len(vocabulary)

    kinds = {**dict.fromkeys(control, CONTROL), **dict.fromkeys(user_defined, USER_DEFINED)}
    lines = [f"token\t{kinds.get(t, NORMAL)}\t{escape(t)}" for t in sorted(vocabulary, key=vocabulary.get)]
    lines += [f"merge\t{escape(' '.join(m))}" for m in merges]
    for pre in ("smollm", "gpt-2"):
        pair = byte_level(pre, vocabulary, merges, control, user_defined)
        lines += [f"pre\t{pre}", *words(pair[0], TEXTS + CORPUS), *vectors(pair, TEXTS + TINY_TEXTS)]
    return lines


def main():
    smollm2, gpt2, wiki = map(pathlib.Path, sys.argv[1:4])
    write("tiny", tiny())
    write("smollm2", from_gguf(smollm2, wiki))
    write("gpt2", from_gguf(gpt2, wiki))


if __name__ == "__main__":
    main()
