"""The script library: versions, compliance, what is offered for a client, and the uses."""
