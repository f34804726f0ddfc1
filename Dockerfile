# syntax=docker/dockerfile:1
# The service in a small image, as a user without rights. SQLite in the volume /data by default;
# PostgreSQL where DATABASE_URL says so, as in docker-compose.yml.

FROM rust:1.95-slim-bookworm AS build
WORKDIR /build
COPY . .
# The caches keep what cargo has downloaded and compiled between two builds of the image; the touch
# has our own crate compiled every time, whatever the dates of the files, migrations and seeds within it.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,id=taizhang-target,sharing=locked,target=/build/target \
    touch src/lib.rs src/main.rs && \
    cargo build --profile dist --locked --bin taizhang && \
    cp target/dist/taizhang /usr/local/bin/

# The same Debian as above: the binary is linked to its libc.
FROM debian:bookworm-slim
# The certificates by which a store of attachments in S3 is known; without one they are not needed.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 taizhang && \
    useradd --uid 10001 --gid taizhang --home-dir /data --create-home --shell /usr/sbin/nologin taizhang
COPY --from=build /usr/local/bin/taizhang /usr/local/bin/
USER 10001:10001
WORKDIR /data
ENV TAIZHANG_BIND=0.0.0.0:8080 \
    DATABASE_URL=sqlite:///data/taizhang.db \
    TAIZHANG_ATTACHMENTS=/data/attachments
VOLUME /data
EXPOSE 8080
# The slim image has no curl, but its bash can open a connection. Ready: the database answers and is migrated.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /readyz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r -t 4 _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["taizhang"]
CMD ["serve"]
