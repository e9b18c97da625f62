"""What a recurrent layer costs written out, and what its loader costs."""

import torch
import torch.nn.functional as F
from torch import nn

from benchmarks.timing import Row, best_seconds
from dlbook.data.loaders import batches
from dlbook.language.vocabulary import contiguous_windows
from dlbook.models.language import Carried, LanguageModel
from dlbook.models.lstm import LSTMCell
from dlbook.models.rnn import Recurrent


def rows():
    torch.manual_seed(0)
    x = torch.randn(32, 32, 32)  # (B, T, D)
    written = Recurrent(LSTMCell, 32, 192)
    fused = nn.LSTM(32, 192, batch_first=True)
    slow, fast = best_seconds(
        lambda: written(x)[0].sum().backward(),
        lambda: fused(x)[0].sum().backward(),
    )
    for name, taken in (("written out", slow), ("fused", fast)):
        what = f"LSTM {name}: thousand tokens per second"
        yield Row(what, x[..., 0].numel() / taken / 1000)
    yield Row("LSTM written out / fused", slow / fast, at_least=1.2)

    stream = torch.randint(27, (20 * 32 * 32 + 1,))
    loader = batches(contiguous_windows(stream, 32, batch_size=32), 32)
    model = Carried(LanguageModel(nn.LSTM, 27, units=192))

    def read():
        model.train()
        for tokens, targets in loader:
            logits = model(tokens)
            F.cross_entropy(logits.flatten(0, 1), targets.flatten()).backward()

    loading, reading = best_seconds(lambda: [None for _ in loader], read)
    share = loading / reading
    yield Row("loader / language model's step", share, at_most=0.05)
