"""What every model that translates has to keep: tests to inherit."""

import torch
import torch.nn.functional as F
from torch import nn

from dlbook.language.beam_search import beam_search, greedy, select
from dlbook.language.translation import (
    BOS,
    EOS,
    teacher_forced,
    teacher_forced_sampled,
)


def randomise_norms(model):
    """Give every LayerNorm weights of its own: fresh ones are all equal."""
    for layer in model.modules():
        if isinstance(layer, nn.LayerNorm):
            nn.init.normal_(layer.weight)
            nn.init.normal_(layer.bias)


class TranslatorTests:
    """A subclass names the model's class and the sizes of a small one."""

    cls, sizes = None, {}

    def build(self, dropout=0.0):
        """A model of 17 source and 13 target tokens, sources, targets."""
        torch.manual_seed(0)
        model = self.cls(17, 13, dropout=dropout, **self.sizes).double()
        randomise_norms(model)
        sources = torch.tensor([[5, 3, 9, 2, 0, 0], [4, 4, 16, 7, 8, 2]])
        return model, sources, torch.randint(1, 13, (2, 7))

    def test_each_token_is_predicted_from_tokens_before_it_alone(self):
        model, sources, targets = self.build()
        logits = model(sources, targets)
        assert logits.shape == (2, 7, 13)
        changed = targets.clone()
        changed[:, 4:] = targets[:, 4:] % 12 + 1
        after = model(sources, changed)
        torch.testing.assert_close(logits[:, :4], after[:, :4])
        assert not torch.allclose(logits[:, 4], after[:, 4])

    def test_padding_of_the_source_changes_nothing(self):
        model, sources, targets = self.build()
        logits = model(sources, targets)
        alone = model(sources[:1, :4], targets[:1])
        torch.testing.assert_close(logits[:1], alone)
        longer = F.pad(sources, (0, 3))
        torch.testing.assert_close(model(longer, targets), logits)

    def test_every_token_of_the_source_counts(self):
        model, sources, targets = self.build()
        logits = model(sources, targets)
        for position in range(6):
            changed = sources.clone()
            changed[1, position] = 11
            assert not torch.allclose(model(changed, targets)[1], logits[1])

    def test_steps_give_the_logits_of_the_whole(self):
        model, sources, targets = self.build()
        state, logits = model.start(sources), []
        for tokens in targets.unbind(dim=1):
            step, state = model.step(tokens, state)
            logits.append(step)
        whole = model(sources, targets)
        torch.testing.assert_close(torch.stack(logits, dim=1), whole)

    def test_rows_of_a_state_can_be_chosen(self):
        model, sources, targets = self.build()
        state = model.start(sources)
        _, state = model.step(targets[:, 0], state)
        logits, _ = model.step(targets[:, 1], state)
        rows = torch.tensor([1, 0, 1])
        again, _ = model.step(targets[rows, 1], select(state, rows))
        torch.testing.assert_close(again, logits[rows])

    def test_every_weight_has_a_gradient(self):
        model, sources, targets = self.build()
        model(sources, targets).pow(2).sum().backward()
        names = [n for n, p in model.named_parameters() if p.grad is None]
        assert not names

    def test_dropout_acts_in_training_alone(self):
        model, sources, targets = self.build(dropout=0.5)
        logits = model(sources, targets)
        assert not torch.allclose(logits, model(sources, targets))
        model.eval()
        logits = model(sources, targets)
        torch.testing.assert_close(logits, model(sources, targets))

    def test_logits_are_products_with_the_embeddings_of_the_targets(self):
        model, sources, targets = self.build()
        targets = targets.clamp_max(11)  # token 12 is not read
        before = model(sources, targets)
        with torch.no_grad():
            model.target_embedding.weight[12] *= 2
        after = model(sources, targets)
        torch.testing.assert_close(after[..., 12], 2 * before[..., 12])
        torch.testing.assert_close(after[..., :12], before[..., :12])

    def test_training_and_decoding_fetch_nothing_from_the_device(self):
        model, sources, targets = self.build(dropout=0.1)
        model, sources = model.to("meta"), sources.to("meta")
        batch = sources, targets.to("meta")
        for objective in (teacher_forced, teacher_forced_sampled):
            loss, _ = objective(model, batch)
            loss.backward()
            assert loss.device.type == "meta"
        starts = torch.full((2,), BOS, device="meta")
        tokens = greedy(
            model.step, model.start(sources), starts, end=EOS, max_length=4
        )
        assert tokens.shape == (2, 4)
        tokens, scores = beam_search(
            model.step, model.start(sources), starts, end=EOS, max_length=4,
            width=3,
        )  # fmt: skip
        assert tokens.shape == (2, 3, 4)
        assert scores.device.type == "meta"
