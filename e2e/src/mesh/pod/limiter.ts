import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { fieldsOf } from "./protobuf-fields.ts";

/** `envoy.service.ratelimit.v3` on the wire: the codes of its answer, and the periods of a limit in ms. */
const [ok, overLimit] = [1, 2];
const periods = [0, 1_000, 60_000, 3_600_000, 86_400_000];

interface Descriptor {
  readonly name: string;
  readonly requests: number;
  readonly unit: number;
}

/**
 * A rate-limit service that knows no limits of its own: it counts each descriptor of the domain `heddle` for as long as the limit says that
 * comes with it, from the first request on. (envoyproxy.io/docs/envoy/latest/api-v3/service/ratelimit/v3/rls.proto)
 */
export function serveLimiter(port: number): void {
  const counts = new Map<string, { since: number; requests: number }>();
  const server = new Server();
  server.addService(
    {
      shouldRateLimit: {
        path: "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit",
        requestStream: false,
        responseStream: false,
        requestDeserialize: decode,
        requestSerialize: () => Buffer.alloc(0),
        responseSerialize: (code: number) => Buffer.from([0x08, code]),
        responseDeserialize: () => undefined,
      },
    },
    {
      shouldRateLimit(call: ServerUnaryCall<readonly Descriptor[], number>, answer: sendUnaryData<number>) {
        answer(null, call.request.map(count).every(Boolean) ? ok : overLimit);
      },
    },
  );
  server.bindAsync(`0.0.0.0:${port}`, ServerCredentials.createInsecure(), (error) => {
    if (error) throw error;
  });

  function count({ name, requests, unit }: Descriptor): boolean {
    const now = Date.now();
    const known = counts.get(name);
    const counted = known && now - known.since < (periods[unit] ?? 0) ? known : { since: now, requests: 0 };
    counted.requests += 1;
    counts.set(name, counted);
    return counted.requests <= requests;
  }
}

/** Descriptors that bring a limit; none of another domain. */
function decode(bytes: Uint8Array): readonly Descriptor[] {
  const fields = [...fieldsOf(bytes)];
  const domain = fields.find(([field]) => field === 1)?.[1];
  if (typeof domain !== "object" || Buffer.from(domain).toString() !== "heddle") return [];
  return messages(fields, 2).map((descriptor) => {
    const own = [...fieldsOf(descriptor)];
    const limit = new Map(messages(own, 2).flatMap((message) => [...fieldsOf(message)]));
    return {
      name: messages(own, 1)
        .map((entry) =>
          messages([...fieldsOf(entry)], 1, 2)
            .map((text) => Buffer.from(text).toString())
            .join("="),
        )
        .join("&"),
      requests: Number(limit.get(1) ?? Number.POSITIVE_INFINITY),
      unit: Number(limit.get(2) ?? 0),
    };
  });
}

function messages(
  fields: readonly [number, Uint8Array | number][],
  ...wanted: readonly number[]
): readonly Uint8Array[] {
  return fields.flatMap(([field, value]) =>
    wanted.includes(field) && typeof value === "object" ? [value] : [],
  );
}
