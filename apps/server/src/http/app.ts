import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from "fastify";
import type { GraphQLError, GraphQLSchema } from "graphql";
import mercurius from "mercurius";
import type { ApiContext, Services } from "../graphql/context.ts";
import { ServerError } from "../server-error.ts";
import { formatError, isFault, statusOf } from "./error-formatter.ts";
import { demandShort, demandSmall, demandText, queryLimits } from "./query-limits.ts";
import { addSubscriptions } from "./subscriptions.ts";

/** A manifest file may have 16 MiB; what comes as JSON is a little larger. */
const bodyLimit = 32 * 1024 * 1024;

/** Parsed documents that are kept. Clients ask few different ones, and one may take half a megabyte. */
const cachedDocuments = 50;

export interface AppOptions {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  /** Undefined when ready, otherwise why not. */
  readonly unready: () => Promise<string | undefined>;
  /** How often tokens of open subscriptions are looked at again, in ms. */
  readonly recheckMs: number;
}

/** The HTTP side: GraphQL, health and metrics. Everything but `/livez` and `/readyz` asks for a token before it reads a body. */
export async function createApp({
  schema,
  services,
  unready,
  recheckMs,
}: AppOptions): Promise<FastifyInstance> {
  const { authenticator, metrics, log } = services;
  const app = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 256 },
  });

  app.setErrorHandler((error: Error & { readonly errors?: readonly unknown[] }, _request, reply) => {
    // Mercurius wraps what is wrong with a document: several errors in one.
    const errors = error.errors ?? [error];
    if (errors.some(isFault)) log.error({ err: error }, "request failed");
    metrics.requests.inc({ outcome: "refused" });
    return reply.status(statusOf(errors[0])).send({ data: null, errors: errors.map(formatError) });
  });
  app.setNotFoundHandler(() => {
    throw new ServerError("NOT_FOUND", "there is nothing at this address: the API is POST /graphql");
  });

  app.get("/livez", () => "ok\n");
  app.get("/readyz", async (_request, reply) => {
    const reason = await unready();
    return reason === undefined ? "ok\n" : reply.status(503).send(`not ready: ${reason}\n`);
  });
  app.get("/metrics", async (request, reply) => {
    await authenticator.authenticate(request.headers.authorization);
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });

  app.addHook("onRequest", async (request) => {
    if (request.routeOptions.url === "/graphql")
      await authenticator.authenticate(request.headers.authorization);
  });
  app.addHook("preHandler", async ({ routeOptions, method, headers, body }) => {
    if (routeOptions.url === "/graphql" && method === "POST") demandText(headers["content-type"], body);
  });
  await app.register(mercurius, {
    schema,
    graphiql: false,
    cache: cachedDocuments,
    errorHandler: false,
    graphql: { parseOptions: { maxTokens: queryLimits.tokens } },
    context: async (request): Promise<ApiContext> => ({
      ...services,
      actor: await authenticator.authenticate(request.headers.authorization),
    }),
    errorFormatter: ({ data, errors = [] }) => {
      for (const error of errors)
        if (isFault(error)) log.error({ err: error.originalError ?? error }, "a resolver failed");
      return {
        statusCode: 200,
        response: { data: data ?? null, errors: errors.map(formatError) as GraphQLError[] },
      };
    },
  });
  app.graphql.addHook("preParsing", async (_schema, source) => demandShort(source));
  app.graphql.addHook("preValidation", async (_schema, document) => demandSmall(document));
  app.graphql.addHook("onResolution", async ({ errors }) => {
    metrics.requests.inc({ outcome: errors === undefined ? "ok" : "error" });
  });
  addSubscriptions({ app, schema, services, recheckMs });
  return app;
}
