"""`python -m app` is the same as `app`."""

from app.cli import main

raise SystemExit(main())
