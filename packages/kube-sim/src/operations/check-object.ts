import { invalid } from "../errors/refusals.ts";
import type { StatusCause } from "../errors/status-error.ts";
import { asArray, asObject, at, isObject, type JsonObject } from "../json/json.ts";
import { type KubeObject, labelsOf, nameOf } from "../json/kube-object.ts";
import { definitionName } from "../resources/custom-resource.ts";
import { type Call, named } from "./call.ts";

const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const subdomain = new RegExp(`^${label}(\\.${label})*$`);
const dnsLabel = new RegExp(`^${label}$`);
const configKey = /^[-._a-zA-Z0-9]+$/;
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const labelRule =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const configKeyRule =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
const maxAnnotationBytes = 262_144;
const maxDataBytes = 1_048_576;
const labelValueRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

const wrong = (field: string, value: string, why: string): StatusCause => ({
  reason: "FieldValueInvalid",
  field,
  message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
});
const missing = (field: string, why = ""): StatusCause => ({
  reason: "FieldValueRequired",
  field,
  message: why === "" ? "Required value" : `Required value: ${why}`,
});

function checkName(call: Call, name: string): StatusCause[] {
  const { group, plural } = call.resource;
  if (group === "rbac.authorization.k8s.io") {
    return /[/%]/.test(name) ? [wrong("metadata.name", name, "may not contain '/'")] : [];
  }
  if (group === "" && (plural === "namespaces" || plural === "services")) {
    return dnsLabel.test(name) && name.length <= 63 ? [] : [wrong("metadata.name", name, labelRule)];
  }
  return subdomain.test(name) && name.length <= 253 ? [] : [wrong("metadata.name", name, subdomainRule)];
}

function checkLabels(object: KubeObject): StatusCause[] {
  return Object.values(labelsOf(object))
    .filter((value) => typeof value === "string" && (!labelValue.test(value) || value.length > 63))
    .map((value) => wrong("metadata.labels", String(value), labelValueRule));
}

function checkAnnotations(object: KubeObject): StatusCause[] {
  const size = sizeOf(asObject(object.metadata["annotations"]));
  return size > maxAnnotationBytes ? [tooLong("metadata.annotations", maxAnnotationBytes)] : [];
}

/** Keys and values of ConfigMaps and Secrets. */
function checkData(object: KubeObject): StatusCause[] {
  const bad = ["data", "binaryData"].flatMap((field) =>
    Object.keys(asObject(object[field]))
      .filter((key) => !configKey.test(key) || key.length > 253)
      .map((key) => wrong(`${field}[${key}]`, key, configKeyRule)),
  );
  const size = sizeOf(asObject(object["data"])) + sizeOf(asObject(object["binaryData"]));
  return size > maxDataBytes ? [...bad, tooLong("[]", maxDataBytes)] : bad;
}

const sizeOf = (map: JsonObject): number =>
  Object.entries(map).reduce((sum, [key, value]) => sum + key.length + String(value).length, 0);

const tooLong = (field: string, bytes: number): StatusCause => ({
  reason: "FieldValueTooLong",
  field,
  message: `Too long: may not be more than ${bytes} bytes`,
});

/** Rules of built-in kinds that a schema cannot say, as far as clients run into them. */
const rules: Record<string, (object: KubeObject) => StatusCause[]> = {
  configmaps: checkData,
  secrets: checkData,
  services: (object) => {
    const spec = asObject(object["spec"]);
    const ports = asArray(spec["ports"]).map(asObject);
    const unnamed = ports.flatMap((port, index) =>
      ports.length > 1 && port["name"] === undefined ? [missing(`spec.ports[${index}].name`)] : [],
    );
    const needed = spec["type"] !== "ExternalName" && spec["clusterIP"] !== "None" && ports.length === 0;
    return [...(needed ? [missing("spec.ports")] : []), ...unnamed, ...ports.flatMap(checkPort)];
  },
  deployments: checkTemplate,
  replicasets: checkTemplate,
  statefulsets: checkTemplate,
  daemonsets: checkTemplate,
  pods: (object) =>
    asArray(at(object, "spec", "containers")).length > 0 ? [] : [missing("spec.containers")],
  customresourcedefinitions: (object) => {
    const right = definitionName(object);
    const spec = asObject(object["spec"]);
    const names =
      nameOf(object) === right
        ? []
        : [wrong("metadata.name", nameOf(object), 'must be spec.names.plural+"."+spec.group')];
    const versions = asArray(spec["versions"]).filter(isObject);
    const storage = versions.filter((version) => version["storage"] === true).length === 1;
    const storageRule = "must have exactly one version marked as storage version";
    return [...names, ...(storage ? [] : [wrong("spec.versions", "", storageRule)])];
  },
};

function checkPort(port: JsonObject, index: number): StatusCause[] {
  const number = port["port"];
  if (typeof number === "number" && number >= 1 && number <= 65_535) return [];
  return [
    {
      reason: "FieldValueInvalid",
      field: `spec.ports[${index}].port`,
      message: `Invalid value: ${number ?? 0}: must be between 1 and 65535, inclusive`,
    },
  ];
}

function checkTemplate(object: KubeObject): StatusCause[] {
  const selector = at(object, "spec", "selector");
  if (!isObject(selector)) return [missing("spec.selector")];
  const labels = asObject(at(object, "spec", "template", "metadata", "labels"));
  const matches = Object.entries(asObject(selector["matchLabels"])).every(
    ([key, value]) => labels[key] === value,
  );
  const containers = asArray(at(object, "spec", "template", "spec", "containers"));
  return [
    ...(matches
      ? []
      : [wrong("spec.template.metadata.labels", "", "`selector` does not match template `labels`")]),
    ...(containers.length > 0 ? [] : [missing("spec.template.spec.containers")]),
  ];
}

/** Refuses (422) names, labels and contents that the API server refuses for this kind. */
export function checkObject(call: Call, object: KubeObject): void {
  const name = nameOf(object);
  const rule = call.resource.custom ? undefined : rules[call.resource.plural];
  const causes = [
    ...checkName(call, name),
    ...checkLabels(object),
    ...checkAnnotations(object),
    ...(rule?.(object) ?? []),
  ];
  if (causes.length > 0) throw invalid(named(call), name, causes);
}
