"""The training loop: fit, evaluate, objectives, schedules, checkpoints."""
