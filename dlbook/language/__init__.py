"""Vocabulary, n-grams, word vectors, translation, beam search, BLEU."""
