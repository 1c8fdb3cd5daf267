import type { Report } from "../define-kind.ts";
import type { PathSegment } from "../finding.ts";

interface ClientTls {
  readonly mode: string;
  readonly certRef?: object;
  readonly caRef?: object;
  readonly sni?: string;
  readonly subjectAltNames?: readonly string[];
  readonly insecureSkipVerify?: boolean;
}

/** Checks the TLS of connections that proxies open. Modes `disable` and `mesh` leave nothing else to say. */
export function checkClientTls(tls: ClientTls | undefined, at: readonly PathSegment[], report: Report): void {
  if (tls === undefined) return;
  if (tls.mode === "mutual" && tls.certRef === undefined)
    report({
      code: "MISSING_COMPANION",
      path: [...at, "certRef"],
      reason: "mutual TLS needs a client certificate",
      remedy: "set certRef, or use mode: simple",
    });
  if (tls.mode !== "mutual" && tls.certRef !== undefined)
    report({
      code: "EXCLUSIVE_FIELDS",
      path: [...at, "certRef"],
      reason: `with mode ${tls.mode} no client certificate of yours is used`,
      remedy: "remove certRef, or use mode: mutual",
    });
  const others = (["sni", "subjectAltNames", "caRef", "insecureSkipVerify"] as const).filter(
    (field) => tls[field] !== undefined && tls[field] !== false,
  );
  if ((tls.mode === "disable" || tls.mode === "mesh") && others.length > 0)
    report({
      code: "EXCLUSIVE_FIELDS",
      path: [...at, others[0] ?? "mode"],
      reason: `mode ${tls.mode} leaves nothing else to say`,
      remedy: `remove ${others.join(", ")}`,
    });
  if (tls.mode === "disable")
    report({ code: "INSECURE_SETTING", path: [...at, "mode"], reason: "connections are not encrypted" });
  if (tls.insecureSkipVerify === true) {
    report({
      code: "INSECURE_SETTING",
      path: [...at, "insecureSkipVerify"],
      reason: "any certificate of the server is accepted",
      remedy: "name the server's CA in caRef",
    });
    if (tls.caRef !== undefined || tls.subjectAltNames !== undefined)
      report({
        code: "EXCLUSIVE_FIELDS",
        path: [...at, "insecureSkipVerify"],
        reason: "what is to be verified is given, and verifying is turned off",
        remedy: "remove insecureSkipVerify",
      });
  }
}
