"""Tools of business owners: what hangs on one asset, options by the owner's own words, small steps."""
