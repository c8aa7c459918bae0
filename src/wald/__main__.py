"""`python -m wald` is the `wald` command."""

from wald.cli.main import main

if __name__ == "__main__":
    main()
