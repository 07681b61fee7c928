"""The firm's written segmentation policy, put together from what is in force, kept by version."""
