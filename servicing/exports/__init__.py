"""The complete data set as CSV files in a zip: a firm can leave with all that it put in."""
