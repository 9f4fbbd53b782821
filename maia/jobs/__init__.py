"""What takes longer than a request, and how work is claimed: by one worker, for a while."""
