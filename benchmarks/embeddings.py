"""Word vectors beside gensim's, which are trained in hand-written C."""

import torch
from gensim.models import Word2Vec

from benchmarks.timing import Row, best_seconds
from dlbook.data.texts import state_of_the_union
from dlbook.language.vocabulary import Vocab, words
from dlbook.language.word_vectors import cbow, skip_gram, train_vectors
from dlbook.runtime import default_device


def read_words():
    """The words of the addresses that occur ten times; stream, vocabulary."""
    spoken = [
        word
        for text in state_of_the_union()
        for word in words(text)
        if word[0].isalpha()
    ]
    vocab = Vocab(spoken, min_count=10, reserved=())
    known = [word for word in spoken if word in vocab.index]
    return known, vocab.encode(known), vocab


def rows():
    known, stream, _ = read_words()
    counts = stream.bincount()
    pieces = [known[i : i + 1000] for i in range(0, len(known), 1000)]
    threads = torch.get_num_threads()
    for name, method in [("skip-gram", skip_gram), ("CBOW", cbow)]:
        peer = Word2Vec(
            vector_size=50, window=5, negative=5, sample=1e-3, min_count=10,
            sg=int(method is skip_gram), workers=1,
        )  # fmt: skip
        peer.build_vocab(pieces)

        def ours(device="cpu", method=method):
            train_vectors(
                stream.to(device),
                counts.to(device),
                method=method,
                context_is_input=method is cbow,
                epochs=1,
            )

        def theirs(peer=peer):
            peer.train(pieces, total_examples=len(pieces), epochs=1)

        torch.set_num_threads(1)
        taken, peers = best_seconds(ours, theirs, rounds=3)
        torch.set_num_threads(threads)
        yield Row(f"{name}, one thread / gensim", taken / peers, at_most=3)
        yield Row(f"{name}: million words a second", len(stream) / taken / 1e6)
        device = default_device()
        if device.type != "cpu":
            on_device, here = best_seconds(
                lambda run=ours, device=device: run(device), ours, rounds=2
            )
            what = f"{name}, {device.type} / CPU"
            yield Row(what, on_device / here, at_most=1)
