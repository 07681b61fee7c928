"""What `make bench` runs: the product beside the floor, on the same database, in the same run."""
