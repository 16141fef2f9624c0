"""Draws a tokenizer.json and texts to count with it. Most files can be loaded; some have a value or a name that is wrong.

What is likely to matter is drawn often: spaces beside U+2581, forms that normalise alike, flags of added tokens.
"""

import random
import unicodedata

META = "\u2581"
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
# Contents of added tokens, and parts of texts.
CONTENTS = (
    ["<m>", "<m", "m>", "m", "a", "ab", "a b", "h", "hello", "c", "\u00fc"]
    + [META + "a", " a", "a ", META + "a b", META + "a" + META + "b", " a" + META]
    + [" ", "  ", "   ", META, META * 2, META * 3, " " + META, META + " ", "\n", "\n\n", ""]
    # Each with what it normalises to, or from.
    + ["e\u0301", "\u00e9", "\u00e9\u0301", "\ufb01", "fi", "\u212b", "\u00c5", "A\u030a", "\u2165", "VI"]
)
PARTS = (
    CONTENTS
    + [" hello", "h\u00e9", "h\u00e9 h", "x", "_", "'s", "!", "1", "23", "\u00bd", "\u00b2", "\u0663", "\u24b6"]
    + ["\u0301", "\u200d", "\u203f", "\t", "\r\n", "\u3000", "\u65e5", "<m>", "<m>", " ", " ", META, META]
)
WRONG = [None, 0, 1, 0.5, True, False, "", "false", [], {}]


def byte_alphabet():
    """The characters that spell the 256 bytes, in the order of the bytes."""
    others = iter(range(0x100, 0x200))
    own = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    return [chr(byte if byte in own else next(others)) for byte in range(256)]


def runs(character):
    """Ways to merge runs of a character: by doubling, and from the longest on, as Gemma does."""
    longest_first = [(character, character * (length - 1)) for length in range(5, 1, -1)]
    left_heavy = [(character * (length - 1), character) for length in range(5, 1, -1)]
    doubling = [(character, character), (character * 2, character * 2)]
    with_three = [*doubling, (character * 2, character)]
    return [[], [], doubling, with_three, longest_first, left_heavy]


def normal(content):
    """What any of the normalisers makes equal is equal here."""
    return unicodedata.normalize("NFKC", content).replace(" ", META)


class Drawn:
    """One file and its texts, the same ones for the same seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.has_spaces_replaced = self.chance(0.5)
        self.file = {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": [],
            "normalizer": (normalizer := self.normalizer()),
            "pre_tokenizer": self.pre_tokenizer(normalizer),
            "post_processor": self.rarely(None, [{"type": "ByteLevel"}, {"type": "Foo"}, 3], 0.01),
            "decoder": self.rarely(None, [{"type": "ByteLevel"}, {"type": "Fuse"}, {"type": "Foo"}, "Fuse", 3], 0.01),
            "model": self.model(),
        }
        self.file["added_tokens"] = self.added_tokens()
        if self.chance(0.01):
            self.misspell(self.file)
        self.texts = ["".join(self.some(PARTS, 8)) for _ in range(25)]

    def chance(self, share):
        return self.random.random() < share

    def one(self, values):
        return self.random.choice(values)

    def some(self, values, most):
        return [self.one(values) for _ in range(self.random.randint(0, most))]

    def coin(self):
        return self.chance(0.5)

    def rarely(self, usual, others, share=0.04):
        return self.one(others) if self.chance(share) else usual

    def misspell(self, component):
        key = self.one(list(component))
        value = component.pop(key)
        if self.coin():
            component[key + "s"] = value

    def component(self, kind, **fields):
        """A component of which now and then a field is wrong, misspelt or missing."""
        fields = {key: self.rarely(value, WRONG, 0.01) for key, value in fields.items()}
        if fields and self.chance(0.015):
            self.misspell(fields)
        return {"type": self.rarely(kind, ["Foo", kind.lower()], 0.003), **fields}

    # Normalisers

    def form(self):
        return self.component(self.one(["NFC", "NFKC"]))

    def replace(self):
        pattern = self.rarely({"String": " "}, [{"String": META}, {"Regex": " "}, " "])
        return self.component("Replace", pattern=pattern, content=META)

    def prepend(self):
        return self.component("Prepend", prepend=self.rarely(META, [" ", "x", ""]))

    def byte_level_normalizer(self):
        return self.component("ByteLevel")

    def sequence(self, key, components):
        return self.component("Sequence", **{key: components})

    def normalizer(self):
        if self.has_spaces_replaced:
            kinds = [self.replace, self.replace, self.prepend, self.form]
            usual = [[self.replace], [self.replace], [self.prepend, self.replace], [self.form, self.replace], []]
        else:
            kinds = [self.form, self.form, self.form, self.byte_level_normalizer]
            spelled = [[self.byte_level_normalizer], [self.form, self.byte_level_normalizer]]
            usual = [*spelled, [self.form], [self.form], [], [], []]
        chosen = self.one(usual) if self.chance(0.85) else self.some(kinds, 3)
        components = [make() for make in chosen]
        if len(components) == 1 and self.coin():
            return components[0]
        return self.sequence("normalizers", components) if components or self.chance(0.2) else None

    # Pre-tokenisers

    def metaspace(self):
        fields = {"replacement": META, "split": self.coin()}
        if self.chance(0.9):
            fields["prepend_scheme"] = self.one(["always", "first", "never"])
        if self.chance(0.2):
            fields["add_prefix_space"] = self.coin()
        return self.component("Metaspace", **fields)

    def split(self):
        patterns = [{"Regex": LLAMA3}, {"Regex": GPT2}]
        if self.has_spaces_replaced:
            patterns = [{"String": " "}, {"String": META}]
        behaviors = ["Removed", "MergedWithPrevious", "MergedWithNext", "Contiguous"]
        return self.component(
            "Split",
            pattern=self.one(patterns),
            behavior=self.rarely("Isolated", behaviors, 0.2),
            invert=self.chance(0.1),
        )

    def digits(self):
        return self.component("Digits", individual_digits=self.coin())

    def byte_level(self):
        return self.component(
            "ByteLevel", add_prefix_space=self.chance(0.3), trim_offsets=self.coin(), use_regex=self.coin()
        )

    def pre_tokenizer(self, normalizer):
        if self.has_spaces_replaced:
            kinds = [self.metaspace, self.split]
            usual = [[], [], [self.metaspace]] if normalizer else [[self.metaspace]]
        elif "ByteLevel" in str(normalizer) and self.chance(0.9):
            return None
        else:
            kinds = [self.split, self.byte_level, self.byte_level, self.digits]
            usual = [[self.byte_level], [self.split, self.byte_level]]
        chosen = self.one(usual) if self.chance(0.85) else self.some(kinds, 3)
        components = [make() for make in chosen]
        if len(components) == 1 and self.coin():
            return components[0]
        return self.sequence("pretokenizers", components) if components or self.chance(0.2) else None

    # The model

    def model(self):
        if self.has_spaces_replaced:
            symbols = [f"<0x{byte:02X}>" for byte in range(256)] + [META, "h", "e", "\u00e9", "a", "b", "m"]
            symbols += self.rarely([], [["\n"], ["<", ">", "\n"], [" "]], 0.4)
            merges = [(META, "h"), (META + "h", "\u00e9")]
            merges += self.one([[], [], [("a", "b")], [("a", META)], [(META, "a"), (META + "a", META)]])
            merges = self.one(runs(META)) + merges + self.one(runs("\n") if "\n" in symbols else [[]])
        else:
            symbols = byte_alphabet()
            merges = [("\u0120", "h"), ("e", "l"), ("l", "o"), ("\u0120h", "el"), ("\u0120hel", "lo")]
            merges += self.one([[], [("\u00e2", "\u0138"), ("\u00e2\u0138", "\u0123")], [("\u00c3", "\u00a9")]])
            merges = self.one(runs("\u0120")) + merges + self.one(runs("\u010a"))
        tokens = list(dict.fromkeys(symbols + [left + right for left, right in merges]))
        tokens += self.rarely([], [["hab"], [META + "m"], ["\u0120m"], ["<m>"]], 0.2)
        if self.chance(0.03):
            used = {part for merge in merges for part in merge}
            tokens.remove(self.one([token for token in tokens if token in symbols and token not in used]))
        self.next_id = len(tokens)
        fields = {
            "dropout": self.rarely(None, [0, 0.0, 0.5, "0.5", True], 0.02),
            "unk_token": self.rarely(None, ["h", "<unk>", 3], 0.04),
            "continuing_subword_prefix": self.rarely(None, ["", "##", 0], 0.02),
            "end_of_word_suffix": self.rarely(None, ["", "</w>", []], 0.02),
            "fuse_unk": self.coin(),
            "byte_fallback": self.rarely(self.has_spaces_replaced, [1, "true", None, True, False], 0.01),
            "ignore_merges": self.rarely(self.chance(0.1), [1, "true", None], 0.01),
            "vocab": {token: number for number, token in enumerate(tokens)},
            "merges": [list(merge) for merge in merges] if self.coin() else [" ".join(merge) for merge in merges],
        }
        if self.chance(0.01):
            self.misspell(fields)
        return {"type": "BPE", **fields}

    def flags(self, content, tokens):
        """Which of two that normalise alike is found changes with every load, so that these get the same flags."""
        alike = [token for token in tokens if normal(token["content"]) == normal(content)]
        if any(token["content"] != content for token in alike):
            return {flag: value for flag, value in alike[-1].items() if flag not in ("id", "content")}
        return {
            "single_word": self.chance(0.15),
            "lstrip": self.chance(0.3),
            "rstrip": self.chance(0.3),
            "normalized": self.coin(),
            "special": self.chance(0.05),
        }

    def added_tokens(self):
        tokens = []
        contents = self.some(CONTENTS, self.one([0, 1, 2, 4, 6]))
        for number, content in enumerate(contents, self.next_id):
            tokens.append({"id": number, "content": content, **self.flags(content, tokens)})
        for token in tokens:
            if self.chance(0.01):
                self.misspell(token)
        return tokens
