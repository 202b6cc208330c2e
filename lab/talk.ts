/**
 * `npm run talk -- --caller 13800138000 [--order CODE] [--assisted] [--transcript] [--offline]`: a conversation in the terminal, over the
 * driver and the charts of real calls. It pays at the services of the system that `npm start` keeps up, or
 * offline at fakes with the lab's data. Keys can also come from a pipe, one line a question.
 */

import { stderr, stdin, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { parseArgs } from 'node:util';
import { systemWait } from '../src/clock.js';
import { asksForHelp, runCommand, UsageError } from '../src/command-line.js';
import type { Arrival } from '../src/dialogue/arrival.js';
import { converse, converseAssisted } from '../src/dialogue/converse.js';
import type { Party, Speech } from '../src/dialogue/line.js';
import { catalogue } from '../src/services/catalogue.js';
import { FakeServices } from '../test/support/fake-services.js';
import { orderForPhone } from '../test/support/purchase.js';
import type { AwaitAgent } from './agent-commands.js';
import { labOrder } from './data.js';
import { explain } from './explain.js';
import { readAloud } from './read-aloud.js';
import { ScriptedCaller } from './scripted-caller.js';
import { openRunningServices, type TalkRequest, type TalkServices } from './talk-services.js';
import { TerminalCaller } from './terminal-caller.js';

export type TalkOptions = {
  readonly args: readonly string[];
  /** What was piped in; undefined: keys come from the terminal. */
  readonly script: readonly string[] | undefined;
  readonly write: (text: string) => void;
  /** Where it is said how it is used, when it was used in another way; `write` by default. */
  readonly writeError?: (text: string) => void;
  readonly openRunning: (talk: TalkRequest) => Promise<TalkServices>;
};

const usage = `usage: npm run talk -- --caller NUMBER [--order CODE [--assisted]] [--transcript] [--offline]
  --caller NUMBER  the phone that calls, e.g. 13800138000; "withheld" for none
  --order CODE     an agent sent the caller to pay this order; offline, every code is a bill of 20 yuan
  --assisted       the agent stays on the line, and says by keys of their own what comes next
  --transcript     write down what happened as a transcript test (secrets are left out)
  --offline        fakes with the lab's data, instead of the services that npm start runs
Keys: 0-9 * #; Ctrl-C hangs up. From a pipe: one line of keys a question, or "silence", "hangup", or
"agent asks card-number", "agent asks card-pin", "agent completes", "agent cancels", "agent leaves".
`;

const talkArguments = {
  options: {
    caller: { type: 'string' },
    order: { type: 'string' },
    assisted: { type: 'boolean', default: false },
    transcript: { type: 'boolean', default: false },
    offline: { type: 'boolean', default: false },
  },
} as const;

/** Holds one conversation and returns the exit code. */
export async function runTalk({
  args,
  script,
  write,
  writeError = write,
  openRunning,
}: TalkOptions): Promise<number> {
  const terminal = { args, write, writeError };
  return runCommand(
    {
      usage,
      failure: 'it failed',
      failureCode: 1,
      config: talkArguments,
      explain,
      run: ({ values }) => talk(values, { script, write, openRunning }),
    },
    terminal,
  );
}

type Wishes = ReturnType<typeof parseArgs<typeof talkArguments>>['values'];

async function talk(
  { caller, order, assisted, transcript, offline }: Wishes,
  { script, write, openRunning }: Omit<TalkOptions, 'args'>,
): Promise<number> {
  const hasOrder = order !== undefined;
  if (caller === undefined || !/^(\d+|withheld)$/.test(caller)) {
    throw new UsageError(
      caller === undefined ? '--caller is missing' : '--caller must be the digits of a number, or "withheld"',
    );
  }
  if (assisted && !hasOrder) {
    throw new UsageError('--assisted needs --order');
  }
  const callerPhone = caller === 'withheld' ? undefined : caller;
  const aloud = await readAloud();
  const say = (speech: Speech) => write(transcript && script !== undefined ? '' : `${aloud(speech)}\n`);
  const party = openParty(script, write, say);
  const request = { callerPhone, orderCode: order, awaitAgent: party.awaitAgent };
  const services = offline ? openFakes(request) : await openRunning(request);
  const arrival: Arrival = hasOrder
    ? { entry: 'transfer', order: true, returnsToAgent: false }
    : { entry: 'direct' };
  try {
    const { ending, language } = await (assisted ? converseAssisted : converse)({
      charts: catalogue.charts,
      party,
      perform: services.perform,
      callerPhone,
      arrival,
      language: services.language,
      pace: services.pace,
      pause: systemWait,
      onStep: () => {},
      onFault: (error, at) => write(`! ${at.dialogue}.${at.state}: ${error.message}\n`),
    });
    if (transcript) {
      const lines = [`caller: ${caller}`, ...party.lines, `= ${ending} ${language ?? 'no language'}`];
      write(`${lines.join('\n')}\n`);
    } else {
      write(`(${ending})\n`);
    }
    return ending === 'fault' ? 1 : 0;
  } finally {
    party.close();
    await services.close();
  }
}

type TalkParty = Party & {
  readonly lines: readonly string[];
  readonly awaitAgent: AwaitAgent;
  close(): void;
};

function openParty(
  script: readonly string[] | undefined,
  write: (text: string) => void,
  say: (speech: Speech) => void,
): TalkParty {
  if (script === undefined) {
    return new TerminalCaller(stdin, write, say);
  }
  const scripted = new ScriptedCaller({
    script,
    onSpeech: (speech, heard) => {
      if (heard) {
        say(speech);
      }
    },
  });
  return Object.assign(scripted, { close: () => {} });
}

function openFakes({ callerPhone, orderCode, awaitAgent }: TalkRequest): TalkServices {
  const services = new FakeServices();
  services.agent = awaitAgent;
  if (orderCode !== undefined) {
    const phone = callerPhone ?? '13800138000';
    services.orders.set(orderCode, orderForPhone({ ...labOrder, orderId: 'order-1', phone, callerPhone }));
    services.broughtCode = orderCode;
  }
  return {
    perform: services.performFor(callerPhone),
    language: services.languages.get(callerPhone ?? ''),
    pace: services.paces.get(callerPhone ?? ''),
    close: async () => {},
  };
}

async function pipedLines(): Promise<readonly string[]> {
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
  }
  return text
    .split('\n')
    .map((line) => line.replace(/^< /, '').trim())
    .filter((line) => line !== '');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2);
  process.exitCode = await runTalk({
    args,
    // Whoever asks for help has piped nothing in, and may have left the pipe open.
    script: stdin.isTTY || asksForHelp(args) ? undefined : await pipedLines(),
    write: (text) => stdout.write(text),
    writeError: (text) => stderr.write(text),
    openRunning: openRunningServices,
  });
}
