import type { Scene } from "../scene.ts";

/** A processor of requests for one port, with time enough on a busy machine. */
export const processor = (number: 1 | 2 | 3 | 4, port: number, more: object = {}) => ({
  name: `scanner-${number}-${port}`,
  service: { name: `scanner-${number}`, namespace: "office" },
  ports: [port],
  timeout: "10s",
  ...more,
});

/** Bytes of the pieces in which the processor got the body of the one request with the tag. */
export async function messagesOf(
  scene: Scene,
  tag: string,
  message: "requestBody" | "responseBody",
): Promise<number[]> {
  const processed = (await scene.seen(tag)).flatMap(({ messages }) => messages ?? []);
  return processed.flatMap((text) => {
    const [name, length] = text.split(" ");
    return name === message && Number(length) > 0 ? [Number(length)] : [];
  });
}
