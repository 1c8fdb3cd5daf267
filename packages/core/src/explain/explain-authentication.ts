import { canonicalJson } from "../canonical-json.ts";
import type { EffectiveAuthentication, LevelledMode } from "../policy/effective-authentication.ts";
import { LEVEL_ORDER } from "../policy/levelled.ts";
import type { Bearing } from "../world/bearing.ts";
import type { ExplainedField, LostField } from "./explanation.ts";

type AuthenticationBearing = Bearing<Extract<Bearing["policy"], { kind: "AuthenticationPolicy" }>>;

/** Modes with whom they stand against, and every requirement of a token or of a service that decides (SEMANTICS, "Authentication"). */
export function explainAuthentication(
  effective: EffectiveAuthentication | undefined,
  bearings: readonly AuthenticationBearing[],
): ExplainedField[] {
  if (effective === undefined) return [];
  const counting = bearings.filter(({ standing }) => standing === "owner");
  const modes: readonly (readonly [
    string,
    LevelledMode | undefined,
    (bearing: AuthenticationBearing) => Said[],
  ])[] = [
    ["mtls.mode", effective.mode, saidOfAll],
    ...[...effective.ports].map(
      ([port, mode]) =>
        [`mtls.ports.${port}`, mode, (bearing: AuthenticationBearing) => saidOfPort(bearing, port)] as const,
    ),
  ];
  return [
    ...modes.flatMap(([field, held, said]) =>
      held === undefined
        ? []
        : [
            {
              field,
              value: held.value,
              from: [held.from],
              lost: counting.flatMap((bearing) =>
                said(bearing).flatMap((claim) => loss(held, bearing, claim)),
              ),
            },
          ],
    ),
    ...effective.jwt.map(({ value, from }) => ({
      field: `jwt ${value.issuer}`,
      value,
      from: [from],
      lost: [],
    })),
    ...effective.external.map(({ value, from }) => ({
      field: `external ${value.service.name}`,
      value,
      from: [from],
      lost: [],
    })),
  ];
}

interface Said {
  readonly path: string;
  readonly value: string;
}

function saidOfAll({ policy, ports }: AuthenticationBearing): Said[] {
  const mode = policy.spec.mtls?.mode;
  return mode === undefined || ports !== undefined ? [] : [{ path: "spec.mtls.mode", value: mode }];
}

function saidOfPort({ policy, ports }: AuthenticationBearing, port: number): Said[] {
  const { mtls } = policy.spec;
  const own = mtls?.ports?.[String(port)];
  if (own !== undefined) return [{ path: `spec.mtls.ports.${port}`, value: own }];
  return mtls?.mode !== undefined && ports?.includes(port)
    ? [{ path: "spec.mtls.mode", value: mtls.mode }]
    : [];
}

function loss(held: LevelledMode, { key, level }: AuthenticationBearing, { path, value }: Said): LostField[] {
  if (held.from.resource === key && held.from.path === path) return [];
  const same = LEVEL_ORDER[held.level] === LEVEL_ORDER[level];
  const differs = canonicalJson(value) !== canonicalJson(held.value);
  const why = same
    ? `${held.from.resource} says it for the same level and is stricter`
    : `${held.from.resource} says it for the ${held.level}, this one for the ${level}`;
  return [
    {
      resource: key,
      path,
      value,
      outcome: same && differs ? "conflicted" : "overridden",
      why: differs ? why : `it says the same; ${same ? `${held.from.resource} comes first` : why}`,
    },
  ];
}
