"""What is owed to whom, the words, the outbox, the channels and the worker."""
