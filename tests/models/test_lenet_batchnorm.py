"""LeNet with batch norm: its sizes, and where it has biases."""

from published import (
    assert_bias_where_no_norm_follows,
    assert_uses_every_weight,
)

from dlbook.models.lenet import LeNet
from dlbook.models.lenet_batchnorm import LeNetBatchNorm
from dlbook.runtime import count_parameters


def test_it_has_lenets_weights_and_a_scale_and_shift_for_each_channel():
    channels = 6 + 16 + 120 + 84
    idle = channels  # the biases that batch norm would subtract
    more = count_parameters(LeNetBatchNorm()) - count_parameters(LeNet())
    assert more == 2 * channels - idle


def test_it_uses_every_weight_and_no_bias_before_a_norm():
    assert_uses_every_weight(LeNetBatchNorm(7, 2, widths=(3, 4, 5, 6)))
    assert_bias_where_no_norm_follows(LeNetBatchNorm())
