# The starter as a container: `mayfly worker` with its mayfly.config.ts. For an app of yours, say APP=path/to/it.
#
#     docker build -t mayfly-worker . && docker run -e DATABASE_URL=... mayfly-worker

FROM node:24-slim AS build
ARG APP=examples/starter
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN node scripts/build-app.ts /app "$APP"

FROM node:24-slim
# Process 1 has to reap what commands leave behind, which Node does not do. Without -g: only the worker is told to stop, it sees to the rest.
RUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app ./
USER node
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--"]
CMD ["node", "node_modules/mayfly/src/cli/mayfly.js", "worker", "--port", "8080"]
