// `npm run draw`: draws the dialogues and writes the API's document again, from what the code is now.
import { writeFileSync } from 'node:fs';
import { runCommand } from '../src/command-line.js';
import { drawDialogues, drawingsFolder } from './draw-dialogues.js';
import { drawOpenApi, openApiFile } from './draw-openapi.js';

process.exitCode = await runCommand({
  usage:
    'npm run draw\nDraws docs/dialogues/ and writes docs/openapi.json again, from what the code is now.\n',
  failure: 'it could not be drawn',
  failureCode: 1,
  config: { options: {} },
  run: () => {
    for (const [file, text] of drawDialogues()) {
      writeFileSync(new URL(file, drawingsFolder), text);
    }
    writeFileSync(openApiFile, drawOpenApi());
    return 0;
  },
});
