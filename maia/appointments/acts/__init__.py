"""What is done to appointments and agendas: a file an act, each one transaction."""
