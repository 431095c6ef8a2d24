# Packages, exactly as locked. The project itself is not installed: `python -m app` runs from the
# folder, so a change in the code or the README leaves this slow layer alone.
FROM ~{{ pins.python_image }}~ AS packages

COPY --from=uv /uv /usr/local/bin/uv
ENV UV_CACHE_DIR=/var/cache/uv UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_NO_PROGRESS=1
ENV UV_PYTHON_DOWNLOADS=never
WORKDIR /srv
# The star lets a missing lock file reach the message below.
COPY .python-version pyproject.toml uv.lock* ./
RUN test -f uv.lock || { echo "uv.lock is missing: run 'uv lock' and commit uv.lock" >&2; exit 1; }
RUN --mount=type=cache,target=/var/cache/uv \
    uv sync --locked --no-dev --no-install-project
