"""Writes ctfidf.tsv: three small classes and the c-TF-IDF of all their words and pairs of words, by scikit-learn.

Needs scikit-learn (made with 1.9.1). The weights follow BERTopic's ClassTfidfTransformer: the class-term counts
L1-normalised, times ln(1 + A / f). The texts hold no stop words, apostrophes or sentence marks within a line, so that
scikit-learn and this crate agree on what the terms are.

    python make.py > ctfidf.tsv
"""

import numpy
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

CLASSES = [
    ["garden roses bloom", "garden tools rust", "roses bloom early garden", "watering garden roses"],
    ["river boats drift", "boats cross river", "river fishing boats", "old boats rust"],
    ["bread dough rises", "fresh bread oven", "oven bread bread"],
]

# Terms do not cross from one text of a class to the next.
vectoriser = CountVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\b\w\w+\b")
vectoriser.fit([text for texts in CLASSES for text in texts])
counts = numpy.array([vectoriser.transform(texts).toarray().sum(axis=0) for texts in CLASSES])
average = int(counts.sum(axis=1).mean())
weights = normalize(counts.astype(float), axis=1, norm="l1") * numpy.log(average / counts.sum(axis=0) + 1)

for texts in CLASSES:
    print("class", *texts, sep="\t")
terms = vectoriser.get_feature_names_out()
for number, row in enumerate(weights):
    for term, weight in zip(terms, row):
        if weight > 0:
            print("term", number, term, repr(float(weight)), sep="\t")
