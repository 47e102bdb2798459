# The production form: one image for the server, the job worker and the migrations (see compose.yaml).
FROM python:3.13-slim AS packages
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --uid 10001 --create-home shop
WORKDIR /srv/shop
COPY --from=packages /venv /venv
COPY manage.py ./
COPY shop shop
COPY docs/api docs/api
COPY docs/guides docs/guides
# A key for this one command: the settings want one, and nothing that it makes depends on it.
RUN SECRET_KEY=$(python -c "import secrets; print(secrets.token_urlsafe(64))") ALLOWED_HOSTS=localhost \
    python manage.py collectstatic --no-input && \
    rm -rf var && install -d -o shop -g shop var var/media
USER shop
VOLUME /srv/shop/var
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD \
    ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/live', timeout=2)"]
CMD ["granian", "--interface", "wsgi", "--http", "1", "--respawn-failed-workers", "--workers-kill-timeout", "30", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "8", "--no-ws", "--log-level", "warning", \
     "shop.project.wsgi:application"]
