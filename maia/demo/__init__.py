"""The demo practice, and the mailbox page where its messages are read."""
