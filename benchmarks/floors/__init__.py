"""The same work as plain SQL, written as well as we can: what the product is measured against."""
