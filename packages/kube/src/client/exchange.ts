import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";

/**
 * Sends one request and resolves when the head of the answer is there. A kept connection that the server closed in the same moment is not a
 * failure: the request, unless it is a POST, is sent again over another one. Rejects with what node:https rejects with.
 */
export async function exchange(
  url: URL,
  options: RequestOptions,
  body: string | undefined,
): Promise<IncomingMessage> {
  const send = url.protocol === "https:" ? httpsRequest : httpRequest;
  for (;;) {
    const outgoing = send(url, options);
    try {
      return await new Promise<IncomingMessage>((resolve, reject) => {
        outgoing.once("response", resolve);
        outgoing.once("error", reject);
        outgoing.end(body);
      });
    } catch (error) {
      if (!outgoing.reusedSocket || options.method === "POST" || !isReset(error)) throw error;
    }
  }
}

function isReset(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}
