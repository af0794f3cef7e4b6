# The bot in an image of its own: docker build -t domovoy . (docs/operations.md tells the rest).
# Settings come from the environment or from /home/domovoy/.env; what is kept lies in the volume /home/domovoy/data.

FROM python:3.13-slim AS build
RUN pip install --no-cache-dir "uv>=0.9"
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=/opt/domovoy
WORKDIR /src
# What is installed changes seldom: a layer of its own.
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN uv sync --locked --no-dev --no-install-project --compile-bytecode --extra postgres
COPY bot bot
COPY llm llm
COPY storage storage
RUN uv sync --locked --no-dev --no-editable --compile-bytecode --extra postgres

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 domovoy && install -d -o domovoy -g domovoy -m 700 /home/domovoy/data
COPY --from=build /opt/domovoy /opt/domovoy
# The port tells, inside the container only, whether the bot is well.
ENV PATH=/opt/domovoy/bin:$PATH PYTHONUNBUFFERED=1 METRICS_PORT=9464 MPLCONFIGDIR=/tmp/matplotlib
USER domovoy
WORKDIR /home/domovoy
VOLUME /home/domovoy/data
# The models are not asked: a bot whose model server is away does its work, and says so to people.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['METRICS_PORT'] + '/healthz', timeout=5)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["domovoy"]
