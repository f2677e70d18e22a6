# One image for the web server, the render workers and the reading workers (`locution web`, `locution worker`).
# Written without a Docker engine at hand: its steps were tried in a plain virtual environment, the image was not built.
#
#   docker build -t locution .                                            any CPU, or an NVIDIA GPU
#   docker build -t locution:gpu --build-arg EXTRAS=postgres,gpu .        and torchvision, for the processors of Qwen-VL
#
# On x86-64, pip's usual torch brings NVIDIA's libraries, some gigabytes. To leave them out, name PyTorch's index of
# CPU builds:  --build-arg PIP_EXTRA_INDEX_URL=...
FROM python:3.12-slim

ARG EXTRAS=postgres
ARG PIP_EXTRA_INDEX_URL=

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /app

# What we depend on, in the locked versions and in a layer of its own: it changes rarely, the code often.
COPY pyproject.toml requirements.lock annotation.lock README.md LICENSE ./
RUN mkdir -p renderer vlm workers service/notebook && touch locution.py service/notebook/locution.pyi \
 && pip install -c requirements.lock hatchling editables \
 && pip install -c requirements.lock --no-build-isolation ".[${EXTRAS}]" \
 && pip install --no-deps -r annotation.lock \
 && pip uninstall --yes locution

COPY renderer renderer
COPY vlm vlm
COPY workers workers
COPY service service
COPY locution.py ./
RUN pip install --no-deps --no-build-isolation .

# Chinese labels need a font that has their characters.
RUN apt-get update && apt-get install -y --no-install-recommends fonts-noto-cjk && rm -rf /var/lib/apt/lists/*

# Uploads, figures and downloaded models are the only things written, all of them below /data.
RUN useradd --uid 1000 --create-home locution && mkdir /data && chown locution /data
USER locution
WORKDIR /data
ENV LOCUTION_DATA=/data LOCUTION_HOST=0.0.0.0 HF_HOME=/data/huggingface MPLCONFIGDIR=/tmp/matplotlib
VOLUME /data
EXPOSE 8765

ENTRYPOINT ["locution"]
CMD ["web"]
