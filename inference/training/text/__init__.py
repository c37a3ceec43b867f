"""The tiny language model: its corpus, training and export."""
