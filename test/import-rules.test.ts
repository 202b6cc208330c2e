import assert from 'node:assert/strict';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractConfiguration from 'dependency-cruiser/config-utl/extract-depcruise-config';
import extractTypescript from 'dependency-cruiser/config-utl/extract-ts-config';

/** A tool that silently sees nothing would call every structure clean. */
describe('the import rules', function () {
  this.timeout(30_000);
  let result: ICruiseResult;

  before(async () => {
    const { options, ...rules } = await extractConfiguration('./.dependency-cruiser.cjs');
    const cruised = await cruise(['src'], { ...options, ruleSet: rules, validate: true }, undefined, {
      tsConfig: extractTypescript('tsconfig.json'),
    });
    assert.ok(typeof cruised.output === 'object');
    result = cruised.output;
  });

  it('see the modules of src, and an import that is known to be there', () => {
    const wallet = result.modules.find((module) => module.source === 'src/wallet/mysql-wallet.ts');
    assert.ok(result.modules.length > 40);
    assert.ok(wallet?.dependencies.some((dependency) => dependency.resolved === 'src/database/database.ts'));
  });

  it('are kept', () => {
    assert.deepEqual(
      result.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
      [],
    );
  });
});
