import { createComplexityRule } from "@pothos/plugin-complexity";
import type { FastifyInstance } from "fastify";
import { GraphQLError, type GraphQLSchema, parse, specifiedRules, validate } from "graphql";
import { type Extra, useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";
import type { Actor } from "../auth/permissions.ts";
import { limits } from "../graphql/builder.ts";
import type { ApiContext, Services } from "../graphql/context.ts";
import { ServerError } from "../server-error.ts";
import { formatError, isFault, publicFace } from "./error-formatter.ts";
import { demandShort, demandSmall, queryLimits } from "./query-limits.ts";

/** What a client sends is queries; what it gets may be larger. */
const messageBytes = 256 * 1024;
const subscriptionsAtMost = 100;

/** Close codes of graphql-transport-ws; a client does not come back with the same token after 4401. */
const unauthorized = 4401;
const tryAgain = 1013;

export interface SubscriptionOptions {
  readonly app: FastifyInstance;
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly recheckMs: number;
}

/** What is kept of a connection besides its socket. */
interface Known extends Record<PropertyKey, unknown> {
  actor: Actor;
  stopChecking: () => void;
}
type Connection = Extra & Partial<Known>;

/**
 * Subscriptions over WebSocket at `/graphql` (protocol graphql-transport-ws). The token comes in `connection_init` and is looked at again
 * while the connection lasts: a revoked one ends it. Mercurius's own server for them runs documents unvalidated, hence this one.
 */
export function addSubscriptions({ app, schema, services, recheckMs }: SubscriptionOptions): void {
  const { authenticator, log } = services;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: messageBytes });

  const authenticate = async (connection: Connection, token: unknown): Promise<boolean> => {
    try {
      connection.actor = await authenticator.authenticate(typeof token === "string" ? token : undefined);
      return true;
    } catch (error) {
      const { code, message } = publicFace(error);
      if (connection.actor !== undefined && code !== "UNAUTHENTICATED") return true;
      connection.socket.close(code === "UNAUTHENTICATED" ? unauthorized : tryAgain, message.slice(0, 120));
      return false;
    }
  };

  const served = useServer<Record<string, unknown>, Known>(
    {
      isProd: true,
      connectionInitWaitTimeout: 10_000,
      async onConnect({ extra, connectionParams }) {
        const token = connectionParams?.["Authorization"];
        if (!(await authenticate(extra, token))) return false;
        const timer = setInterval(() => void authenticate(extra, token), recheckMs).unref();
        extra.stopChecking = () => clearInterval(timer);
        return true;
      },
      onClose: ({ extra }) => extra.stopChecking?.(),
      onSubscribe({ extra: { actor }, subscriptions }, _id, { query, variables, operationName }) {
        try {
          if (actor === undefined) throw new ServerError("UNAUTHENTICATED", "send a token first");
          if (Object.keys(subscriptions).length > subscriptionsAtMost)
            throw new ServerError(
              "BAD_REQUEST",
              `${subscriptionsAtMost} subscriptions are the most on a connection`,
            );
          demandShort(query);
          const document = parse(query, { maxTokens: queryLimits.tokens });
          demandSmall(document);
          const contextValue: ApiContext = { ...services, actor };
          const cost = createComplexityRule({
            context: contextValue,
            variableValues: variables ?? {},
            operationName: operationName ?? null,
            maxComplexity: limits.complexity,
            maxDepth: limits.depth,
            maxBreadth: limits.breadth,
          });
          const errors = validate(schema, document, [...specifiedRules, cost]);
          if (errors.length > 0) return errors;
          return { schema, document, contextValue, variableValues: variables, operationName };
        } catch (error) {
          return [asGraphQLError(error)];
        }
      },
      onError: (_context, _id, _payload, errors) => errors.map(formatError),
      onNext(_context, _id, _payload, _args, { data, errors }) {
        if (errors === undefined) return;
        for (const error of errors)
          if (isFault(error)) log.error({ err: error.originalError ?? error }, "a subscription failed");
        return { data: data ?? null, errors: errors.map(formatError) };
      },
    },
    sockets,
  );

  app.server.on("upgrade", (request, socket, head) => {
    if (request.url?.split("?")[0] !== "/graphql") {
      socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit("connection", client, request));
  });
  app.addHook("preClose", async () => served.dispose());
}

function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}
