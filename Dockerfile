# syntax=docker/dockerfile:1@sha256:4edf897a3ffa55b89f906fc8cc78afdb3f1834cc9c7083565e611a8a7d5fe99e

# Usher in a container. Build it with `docker build -t usher .`; docs/operations.md tells how to run it.

# By digest, so that a build today and one in a year begin with the same bytes; Dependabot proposes newer ones.
FROM node:24.21.0-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6 AS base

# What Usher needs at run time, and nothing of what builds or tests it. None of it needs an install script.
FROM base AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Types, sources and source maps are more than half of what the dependencies weigh, and Node does without them.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && find node_modules -type f \( -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' \) -delete

FROM base AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
# The make-believe tenant is for demos and tests, and has no place beside a real one.
RUN npm run build && rm -rf dist/sandbox

FROM base AS runtime
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3978
WORKDIR /app
COPY package.json LICENSE ./
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY cards ./cards
# The only folder that Usher writes to, and only with SQLite. All else may be mounted read-only.
RUN mkdir data && chown node:node data
VOLUME /app/data
# `node` by its number, as Kubernetes checks `runAsNonRoot` by number.
USER 1000:1000
EXPOSE 3978
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=40s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3978) + '/healthz', { signal: AbortSignal.timeout(4000) }).then((response) => process.exit(response.ok ? 0 : 1), () => process.exit(1))"]
# Without npm in between, the signal to stop reaches Usher itself.
# A small nursery for objects that die young: V8 would take 128 MB for it, and be no quicker.
CMD ["node", "--max-semi-space-size=8", "--enable-source-maps", "dist/main.js"]
