"""One paper, one file. A model file needs torch and the layers it names."""
