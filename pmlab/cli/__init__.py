"""The command line: options only; each command calls one function of the library."""
