"""``python -m pmlab``: the command line."""

import sys

from pmlab.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
