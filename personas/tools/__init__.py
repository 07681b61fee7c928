"""Working tools for clients: each has a page, a place on the Tools tab and a picture in the meeting brief."""
