"""Working tools for clients: a page each, a card on the client's Tools tab, a picture in the meeting brief."""
