"""E-mails to clients: their queue, the mail server, the archive, and the way to unsubscribe."""
