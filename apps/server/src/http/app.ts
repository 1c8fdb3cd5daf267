import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from "fastify";
import type { GraphQLError, GraphQLSchema } from "graphql";
import mercurius from "mercurius";
import type { ApiContext, Services } from "../graphql/context.ts";
import { ServerError } from "../server-error.ts";
import { formatError, isFault } from "./error-formatter.ts";
import type { Metrics } from "./metrics.ts";

/** A manifest file may have 16 MiB; what comes as JSON is a little larger. */
const bodyLimit = 32 * 1024 * 1024;

export interface AppOptions {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly metrics: Metrics;
  /** Undefined when ready, otherwise why not. */
  readonly unready: () => Promise<string | undefined>;
}

/** The HTTP side: GraphQL, health and metrics. Everything but `/livez` and `/readyz` asks for a token. */
export async function createApp({
  schema,
  services,
  metrics,
  unready,
}: AppOptions): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: services.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    routerOptions: { maxParamLength: 256 },
  });

  app.setErrorHandler((error: Error, _request, reply) => {
    if (isFault(error)) services.log.error({ err: error }, "request failed");
    const formatted = formatError(error);
    const status =
      error instanceof ServerError
        ? error.status
        : "statusCode" in error && typeof error.statusCode === "number"
          ? error.statusCode
          : 500;
    return reply.status(status).send({ data: null, errors: [formatted] });
  });

  app.get("/livez", () => "ok\n");
  app.get("/readyz", async (_request, reply) => {
    const reason = await unready();
    return reason === undefined ? "ok\n" : reply.status(503).send(`not ready: ${reason}\n`);
  });
  app.get("/metrics", async (request, reply) => {
    await services.authenticator.authenticate(request.headers.authorization);
    metrics.agents.set(services.dispatcher.connected);
    metrics.revision.set(services.fleet.revision);
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });

  app.addHook("preValidation", async (request) => {
    // A subscription authenticates when its connection is opened, see `onConnect`.
    if (request.routeOptions.url !== "/graphql" || request.headers.upgrade !== undefined) return;
    await services.authenticator.authenticate(request.headers.authorization);
  });

  await app.register(mercurius, {
    schema,
    graphiql: false,
    context: async (request): Promise<ApiContext> => ({
      ...services,
      actor: await services.authenticator.authenticate(request.headers.authorization),
    }),
    subscription: {
      fullWsTransport: true,
      onConnect: async ({ payload }: { readonly payload?: { readonly Authorization?: string } }) => ({
        ...services,
        actor: await services.authenticator.authenticate(payload?.Authorization),
      }),
    },
    errorFormatter: ({ data, errors = [] }) => {
      for (const error of errors)
        if (isFault(error)) services.log.error({ err: error.originalError ?? error }, "a resolver failed");
      return {
        statusCode: 200,
        response: { data: data ?? null, errors: errors.map(formatError) as GraphQLError[] },
      };
    },
  });
  app.graphql.addHook("onResolution", async ({ errors }) => {
    metrics.requests.inc({ operation: "graphql", outcome: errors === undefined ? "ok" : "error" });
  });
  return app;
}
