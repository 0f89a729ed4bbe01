# One recipe for all services: docker build --build-arg SERVICE=planner .
ARG PYTHON=3.13-slim

FROM python:${PYTHON} AS build
ARG SERVICE
# Not empty: with OpenTelemetry's SDK, for ENTRYGO_OTLP_ENDPOINT.
ARG TRACING=
# The path too: the build back-end looks for its own program there.
ENV PATH=/app/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN test -n "${SERVICE}" && python -m venv /app
WORKDIR /source
# Pinned packages first: they change seldom, and this layer with them.
COPY requirements/${SERVICE}.txt requirements.txt
COPY requirements/tracing.txt tracing.txt
RUN pip install --require-hashes -r requirements.txt ${TRACING:+-r tracing.txt}
COPY shared shared
COPY services/${SERVICE} services/${SERVICE}
RUN pip install --no-deps --no-build-isolation ./shared ./services/${SERVICE} \
 && ln -s /app/bin/${SERVICE} /app/bin/service \
 && pip uninstall -q -y uv_build pip

FROM python:${PYTHON}
ARG SERVICE
# What the executor prints PDFs with.
RUN if [ "${SERVICE}" = executor ]; then apt-get update && apt-get install -y --no-install-recommends \
      libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core fonts-noto-mono fonts-noto-cjk \
 && rm -rf /var/lib/apt/lists/*; fi
ENV PATH=/app/bin:$PATH PYTHONUNBUFFERED=1 ENTRYGO_HTTP_HOST=0.0.0.0 ENTRYGO_HTTP_PORT=3000 \
    ENTRYGO_METRICS_HOST=0.0.0.0 ENTRYGO_METRICS_PORT=3001
COPY --from=build /app /app
USER 65534:65534
EXPOSE 3000 3001
HEALTHCHECK --start-period=60s --start-interval=1s --interval=20s --timeout=4s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['ENTRYGO_HTTP_PORT'] + '/readyz', timeout=3)"]
# No shell in between, so that SIGTERM arrives at the service.
CMD ["service"]
