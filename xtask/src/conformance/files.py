"""Counts the texts of random files as Hugging Face's tokenizers does: a line of JSON per file."""

import json
import sys

from random_files import Drawn
from tokenizers import Tokenizer


def count(tokenizer, text):
    try:
        return len(tokenizer.encode(text, add_special_tokens=False).ids)
    # What stands for a panic of the other side is no Exception.
    except BaseException:
        return None


def case(seed):
    drawn = Drawn(seed)
    file = json.dumps(drawn.file, ensure_ascii=False)
    # Text that looks like a control token is ordinary text.
    added = drawn.file.get("added_tokens")
    if added:
        drawn.file["added_tokens"] = [token for token in added if not token.get("special")]
    result = {"seed": seed, "file": file, "texts": drawn.texts}
    try:
        tokenizer = Tokenizer.from_str(json.dumps(drawn.file))
    except BaseException as error:
        return {**result, "counts": [], "refusal": str(error)}
    return {**result, "counts": [count(tokenizer, text) for text in drawn.texts]}


def main(files, seed):
    for number in range(int(files)):
        print(json.dumps(case(int(seed) + number)), flush=True)


main(*sys.argv[1:])
