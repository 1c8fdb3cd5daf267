import type { IncomingMessage } from "node:http";
import type { RoleSource } from "../auth/rbac.ts";
import type { Tokens } from "../auth/tokens.ts";
import { unsupportedMediaType } from "../errors/refusals.ts";
import type { Call } from "../operations/call.ts";
import type { Cluster } from "../operations/cluster.ts";
import type { Body } from "../operations/decode.ts";
import type { Wanted } from "./negotiate.ts";
import { parseBody, parseProtobuf, protobufType, readBytes } from "./read-body.ts";

/** A request to a resource after its rights are checked. */
export interface Request {
  readonly call: Call;
  readonly method: string;
  readonly query: URLSearchParams;
  readonly wanted: Wanted;
  readonly incoming: IncomingMessage;
}

export interface Sources {
  readonly cluster: Cluster;
  readonly roles: RoleSource;
  readonly tokens: Tokens;
}

/** The media type of a body, without parameters. */
export const mediaOf = (incoming: IncomingMessage): string =>
  (incoming.headers["content-type"] ?? "").split(";")[0]?.trim() ?? "";

const bodyTypes = ["application/json", "application/yaml", protobufType];

/** The body of a create or update. Throws 400, 413 or 415. */
export async function readBody({ call, incoming }: Request): Promise<Body> {
  const media = mediaOf(incoming);
  if (media !== "" && !bodyTypes.includes(media)) throw unsupportedMediaType(bodyTypes);
  const bytes = await readBytes(incoming);
  if (media === protobufType) return parseProtobuf(bytes);
  const text = bytes.toString();
  return parseBody(text, media === "application/yaml", (why) => {
    const excerpt = text.length > 256 ? `${text.slice(0, 256)}...` : text;
    return `the object provided is unrecognized (must be of type ${call.resource.kind}): couldn't get version/kind; json parse error: ${why} (${excerpt})`;
  });
}
