"""What clients value: ratings of delivered services, noted by a person or given by a link."""
