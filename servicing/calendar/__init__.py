"""A person's appointments and due tasks for the person's own calendar program, at a secret address."""
