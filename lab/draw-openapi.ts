/**
 * Writes docs/openapi.json from the routes. Run by `npm run draw`; a test fails when it is stale.
 */
import { apiDocument } from '../src/operations/api-routes.js';

/** Where the document is. */
export const openApiFile = new URL('../docs/openapi.json', import.meta.url);

/** Returns the document's text. */
export function drawOpenApi(): string {
  return `${JSON.stringify(apiDocument(), undefined, 2)}\n`;
}
