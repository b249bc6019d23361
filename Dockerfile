# Winnow and its locked packages. The folders come from outside: docker run -v /data:/data winnow run --raw ... --clean ...
FROM python:3.11-slim

WORKDIR /winnow
COPY requirements.lock ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY . ./
RUN pip install --no-cache-dir --no-deps --no-build-isolation .

# A user of its own; give its folders to the same number outside.
RUN useradd --uid 1000 --create-home winnow
USER winnow
WORKDIR /home/winnow
ENTRYPOINT ["winnow"]
CMD ["--help"]
