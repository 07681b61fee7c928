"""Working tools for clients: each has its page, a place on the Tools tab and a picture in the meeting brief."""
