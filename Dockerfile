# One image for every app: the command says which (docker-compose.yml).

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Optional packages too: the compiler's platform binaries are some. Install scripts are for `npm start` only.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The optional packages left are for `npm start` (Node itself, PostgreSQL): the image has a Node of its own.
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force

# What the image has beside its base, every file and folder of one time and one mode (a checkout's is its user's), so
# that the same source makes the same layer (docs/releasing.md).
FROM node:24-bookworm-slim AS assembled
ARG SOURCE_DATE_EPOCH=0
WORKDIR /image/app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json docker/healthcheck.mjs ./
RUN chmod -R u=rwX,go=rX /image && find /image -exec touch --no-dereference --date=@${SOURCE_DATE_EPOCH} {} +

FROM node:24-bookworm-slim
ENV NODE_ENV=production
COPY --from=assembled /image/ /
WORKDIR /app
USER node
CMD ["node", "dist/apps/ops/src/main.js", "--help"]
