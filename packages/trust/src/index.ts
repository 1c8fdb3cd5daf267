export * from "./authority.ts";
export {
  createKeyAndCsr,
  type KeyAndCsr,
  type VerifiedRequest,
  verifyRequest,
} from "./certificate-request.ts";
export { backdatingMs, type CertificateUsage, type IssuedCertificate } from "./issue-certificate.ts";
export * from "./key-encryption-key.ts";
export * from "./sealed-key.ts";
export * from "./spki-pin.ts";
export * from "./trust-error.ts";
export { type PathProblemCode, type PathRequest, type PathResult, validatePath } from "./validate-path.ts";
