# The bot, able to use SQLite (a volume at /data) or PostgreSQL. Everything that is installed is
# held to the hashes in requirements-postgres.lock.
FROM python:3.11-slim AS build
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /opt/zaohui
COPY requirements-postgres.lock .
RUN /opt/zaohui/bin/pip install --require-hashes -r requirements-postgres.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY handlers handlers
COPY schedules schedules
COPY storage storage
RUN /opt/zaohui/bin/pip install --no-deps --no-build-isolation . \
 && /opt/zaohui/bin/pip uninstall --yes setuptools pip

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin zaohui \
 && install -d -o zaohui -g zaohui -m 0700 /data
COPY --from=build /opt/zaohui /opt/zaohui
ENV PATH=/opt/zaohui/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    ZAOHUI_DATABASE_URL=sqlite:////data/zaohui.db \
    ZAOHUI_HTTP_HOST=0.0.0.0 ZAOHUI_HTTP_PORT=8080 ZAOHUI_LOG_FORMAT=json
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
# Alive, not well: that Telegram is away for an hour is no reason to start the bot anew.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['ZAOHUI_HTTP_PORT'] + '/livez', timeout=4)"]
# It takes up to eight seconds to let messages arrive that are on their way.
STOPSIGNAL SIGTERM
ENTRYPOINT ["zaohui"]
CMD ["run"]
