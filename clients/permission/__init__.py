"""Permission: asking for it, recording the answer, and erasing everywhere what its end takes away."""
