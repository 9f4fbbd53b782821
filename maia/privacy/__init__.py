"""What is kept of people, why and how long; who saw it; what is handed out and erased."""
