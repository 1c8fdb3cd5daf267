/** Version in the tag of the first image that matches, without a leading `v` or suffixes such as `-distroless`. */
export function imageTag(images: readonly string[], image: RegExp): string | undefined {
  const found = images.find((candidate) => image.test(candidate));
  const tag = /:([\w][\w.-]{0,127})(?:@sha256:[0-9a-f]+)?$/.exec(found ?? "")?.[1];
  return tag?.replace(/^v(?=\d)/, "").replace(/-(distroless|debug)$/, "");
}
