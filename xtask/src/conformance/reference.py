"""Counts tokens as a tokenizer's original implementation does: one number per text."""

import json
import sys


def hugging_face(path):
    from tokenizers import Tokenizer

    with open(path, encoding="utf-8") as file:
        description = json.load(file)
    # Text that looks like a control token is ordinary text.
    added = description["added_tokens"]
    description["added_tokens"] = [token for token in added if not token["special"]]
    tokenizer = Tokenizer.from_str(json.dumps(description))
    return lambda texts: [
        len(encoding.ids)
        for encoding in tokenizer.encode_batch_fast(texts, add_special_tokens=False)
    ]


def sentence_piece(path):
    from sentencepiece import SentencePieceProcessor

    model = SentencePieceProcessor(model_file=path)
    return lambda texts: [len(ids) for ids in model.encode(texts)]


def tekken(path):
    from mistral_common.tokens.tokenizers.tekken import Tekkenizer

    tokenizer = Tekkenizer.from_file(path)
    return lambda texts: [
        len(tokenizer.encode(text, bos=False, eos=False)) for text in texts
    ]


def main(kind, path, texts):
    kinds = {"json": hugging_face, "sentencepiece": sentence_piece, "tekken": tekken}
    count = kinds[kind](path)
    with open(texts, encoding="utf-8") as file:
        texts = [json.loads(line) for line in file]
    for start in range(0, len(texts), 1000):
        for number in count(texts[start : start + 1000]):
            print(number)


main(*sys.argv[1:])
