"""What operations watch over: the work that falls through, and the work that runs by itself."""
