import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { licencesFile, readLicences, renderLicences } from '../../lab/licences.js';

/** Those that let a product under Apache-2.0 be given on, and ask for no more than to be named. */
const permissive =
  /^(MIT|ISC|0BSD|Unlicense|BlueOak-1\.0\.0|BSD-[23]-Clause|Apache-2\.0|Apache2|apache 2\.0|PSF-2\.0|MIT OR Apache-2\.0|\(AFL-2\.1 OR BSD-3-Clause\))$/;

describe('the licences of other people’s work', () => {
  it('are listed as the lock file has them (mended by: npm run licences)', async () => {
    assert.equal(await readFile(licencesFile, 'utf8'), renderLicences(await readLicences()));
  });

  it('let the product be given on', async () => {
    const packages = await readLicences();
    assert.ok(packages.length > 300);
    assert.deepEqual(
      packages.filter(({ licence }) => !permissive.test(licence)),
      [],
    );
  });
});
