"""Absences of the people who serve clients: entering, changing, ending them; and what becomes of the work."""
