"""One paper, one file. A model file needs torch alone, so it can be copied."""
