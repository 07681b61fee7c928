# Production image: web, worker, beat and migrate are the same image with another command.
FROM python:3.12-slim AS build

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements/base.txt requirements/base.txt
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --require-hashes --only-binary :all: -r requirements/base.txt

COPY . .
# Static files need no server and no real secret.
RUN DEBUG=no SECRET_KEY=only-while-building STATIC_ROOT=/app/static-root \
    /opt/venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && /opt/venv/bin/python -m compileall -q /app /opt/venv/lib


FROM python:3.12-slim

RUN groupadd --gid 10001 crm && useradd --uid 10001 --gid crm --no-create-home --shell /usr/sbin/nologin crm \
    && install -d -o crm -g crm -m 0750 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DEBUG=no \
    HOST=0.0.0.0 \
    PORT=8000 \
    DATA_DIR=/data \
    STATIC_ROOT=/app/static-root
WORKDIR /app
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-m", "segmentation_crm.probe", "web"]
CMD ["gunicorn", "--config", "gunicorn.conf.py", "segmentation_crm.wsgi:application"]
