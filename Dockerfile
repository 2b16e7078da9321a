# The lectures in a container: `docker build -t practicum . && docker run -p 8501:8501 practicum`.
#
# Torch is the CPU build when INDEX names PyTorch's index for it (see "Which torch?" in docs/operations.md);
# without INDEX it is pip's default, several GB. EXTRAS=[ray] adds Ray, for engine/deploy/compose.yaml.
FROM python:3.12-slim
ARG INDEX=""
ARG EXTRAS=""
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 OMP_NUM_THREADS=1 PORT=8501
RUN useradd --create-home --uid 1000 reader
WORKDIR /practicum

# What the project depends on, before its sources: an edited slide installs nothing anew.
COPY pyproject.toml constraints.txt ./
COPY engine/deploy/dependencies.py engine/deploy/
RUN pip install torch --constraint constraints.txt ${INDEX:+--index-url "$INDEX"} \
 && python engine/deploy/dependencies.py "$EXTRAS" > /tmp/dependencies.txt \
 && pip install --constraint constraints.txt --requirement /tmp/dependencies.txt

COPY README.md LICENSE ./
COPY engine engine
COPY sims sims
COPY assets assets
COPY content content
COPY lectures lectures
RUN pip install --no-deps --editable .

USER reader
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/api/health', timeout=4)"]
# A shell, so that PORT may be another; `exec`, so that the server hears of the container's end.
CMD ["sh", "-c", "exec practicum serve --address 0.0.0.0 --port \"$PORT\""]
