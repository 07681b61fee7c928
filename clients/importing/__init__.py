"""Import: one engine for the commands and the upload page.

files.py reads a file as a stream of records; columns.py says which column is which field; staging.py copies
the cells into a temporary table; values.py, records.py and households.py check and resolve them there, in
SQL, for all records at once; engine.py runs it all in one transaction; undo.py takes an import back.
"""
