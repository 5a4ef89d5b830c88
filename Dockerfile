# The standalone binary on Debian, which has glibc, libgcc and a shell for CI jobs.
# Build it from the archives of a release: npm run release -- --target linux-x64,linux-arm64

# This stage runs on the platform of the builder, so that other platforms need no emulator.
FROM --platform=$BUILDPLATFORM debian:12-slim AS files
# The newest version is the safest, because it removes CAs that are no longer trusted.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
COPY out/release/tpks-linux-*.tar.gz /archives/
ARG TARGETARCH
RUN case "$TARGETARCH" in amd64) cpu=x64 ;; *) cpu=$TARGETARCH ;; esac \
  && mkdir -p /files/tpks /files/home \
  && tar -xzf "/archives/tpks-linux-$cpu.tar.gz" -C /files/tpks

FROM debian:12-slim
LABEL org.opencontainers.image.source="https://github.com/tpks/tpks" \
  org.opencontainers.image.licenses="MIT"
COPY --from=files /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=files /files/tpks/tpks /usr/local/bin/
COPY --from=files /files/tpks/LICENSE /files/tpks/THIRD_PARTY_NOTICES.txt /usr/share/doc/tpks/
COPY --from=files --chown=65532:65532 /files/home /home/tpks
ENV HOME=/home/tpks
WORKDIR /home/tpks
USER 65532:65532
ENTRYPOINT ["tpks"]
