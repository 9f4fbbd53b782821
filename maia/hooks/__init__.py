"""Where providers tell what became of messages. Each call proves that it comes from one."""
