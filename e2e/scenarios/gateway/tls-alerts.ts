/** Why a gateway ends a handshake, as its client hears it; names and numbers of RFC 8446 §6. */
export const tlsAlerts = {
  handshakeFailure: "TLS_ALERT_40",
  certificateUnknown: "TLS_ALERT_46",
  unknownCa: "TLS_ALERT_48",
  protocolVersion: "TLS_ALERT_70",
} as const;
