import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { drawDialogues, drawingsFolder } from '../../lab/draw-dialogues.js';

describe('the drawings of the dialogues', () => {
  const drawings = drawDialogues();

  it('are what the charts are now (npm run draw draws them again)', () => {
    for (const [file, text] of drawings) {
      assert.equal(
        readFileSync(new URL(file, drawingsFolder), 'utf8'),
        text,
        `docs/dialogues/${file} is stale`,
      );
    }
  });

  it('show every dialogue and nothing that is gone', () => {
    const others = ['journeys.md'];
    assert.deepEqual(readdirSync(drawingsFolder).sort(), [...drawings.keys(), ...others].sort());
  });

  it('show no arrow to a state that is not there', () => {
    for (const [file, text] of drawings) {
      const boxes = new Set([...text.matchAll(/^ {2}(\w+)[[({]/gm)].map(([, state]) => state));
      for (const [, target = ''] of text.matchAll(/--> (\w+)$/gm)) {
        assert.ok(boxes.has(target), `${file}: ${target}`);
      }
    }
  });
});
