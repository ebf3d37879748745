"""Train the reader on the labelled dialogues (``python -m benchmarks.reader``)."""
