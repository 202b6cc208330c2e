/**
 * Draws every dialogue from its chart into docs/dialogues/. Run as `tsx lab/draw-dialogues.ts`; a test
 * fails when a drawing is stale.
 */
import type { AnyStateMachine } from 'xstate';
import type { Base, Chart, StateMeta } from '../src/dialogue/chart.js';
import type { Listen } from '../src/dialogue/line.js';
import { catalogue } from '../src/services/catalogue.js';

/** Where the drawings are. */
export const drawingsFolder = new URL('../docs/dialogues/', import.meta.url);

const header = '<!-- Drawn from the charts in src/dialogue/charts; do not edit. -->';

const journeys = 'How long each service takes, word by word: [journeys](journeys.md).';
const legend = `How to read a drawing: the label of an arrow is the key that was pressed, what was keyed, or what the
work came to. A box says what the caller hears (\`prompt\` names of prompts/), what is listened for, which
work is done, or which other dialogue is entered.

Left out, because they are the same everywhere (src/dialogue/question.ts): after silence and after wrong keys
a question is asked again twice, in other words each time, and then given up; in menus \`0\` asks for an
agent, \`9\` hears it again, \`#\` skips on, \`*\` goes back (in the main menu \`*\` hears it again, and \`9\` at the
other pace); in digit entry \`*\` clears and \`**\` cancels; \`#\` cuts short what is no result, amount or error; a
hang-up ends every question and every telling, but never work. Money is read back before each time that its
confirmation is asked for.`;

/** Returns the text of each drawing, by file name. */
export function drawDialogues(): ReadonlyMap<string, string> {
  const list = catalogue.charts.dialogues.all.map(({ name }) => `- [${title(name)}](${name}.md)`).join('\n');
  return new Map([
    ['README.md', `${header}\n\n# The dialogues\n\n${list}\n\n${journeys}\n\n${legend}\n`],
    ...catalogue.charts.dialogues.all.map((chart) => [`${chart.name}.md`, drawing(chart)] as const),
  ]);
}

function drawing({ name, machine }: Chart<never>): string {
  const states = Object.entries(statesOf(machine));
  const initial = machine.root.initial.target.map(({ key }) => key).join();
  const lines = [
    'flowchart TD',
    `  start((" ")) --> ${initial}`,
    ...states.map(([state, meta]) => `  ${box(state, meta)}`),
    ...states.flatMap(([state, meta]) => arrows(state, meta)),
  ];
  return `${header}\n\n# ${title(name)}\n\n\`\`\`mermaid\n${lines.join('\n')}\n\`\`\`\n\n[All dialogues, and how to read them](README.md)\n`;
}

function statesOf(machine: AnyStateMachine): Readonly<Record<string, StateMeta<Base>>> {
  return Object.fromEntries(
    Object.entries(machine.states).map(([state, node]) => [state, node.meta as StateMeta<Base>]),
  );
}

/** Returns the state as a box whose shape says what it does. */
function box(state: string, { step }: StateMeta<Base>): string {
  switch (step.step) {
    case 'ask':
      return `${state}[/"<b>${state}</b><br/>${prompts([...step.heardFirst.names, ...step.says.names])}<br/>${listensFor(step.listen)}"/]`;
    case 'tell':
      return `${state}["<b>${state}</b><br/>${prompts(step.says.names)}"]`;
    case 'perform':
      return `${state}[["<b>${state}</b><br/>${step.does.join('<br/>')}"]]`;
    case 'enter':
      return `${state}{{"<b>${state}</b><br/>→ ${title(step.chart)}"}}`;
    case 'decide':
      return `${state}{"${state}"}`;
    case 'end':
      return `${state}(["${state}"])`;
  }
}

/** Many prompts of one family, one of which is said, are drawn as one. */
function prompts(names: readonly string[]): string {
  const families = names.map((name) => (name.startsWith('declined.') ? 'declined.…' : name));
  return [...new Set(families)].map((name) => `<i>${name}</i>`).join('<br/>');
}

function listensFor(listen: Listen): string {
  switch (listen.for) {
    case 'key':
      return 'one key';
    case 'digits':
      return `${listen.length} digits`;
    case 'digits-until-hash':
      return `up to ${listen.max} digits and ${ending(listen)}`;
    case 'secret':
      return listen.kind === 'card-pin'
        ? `secret: ${listen.length} digits`
        : `secret: ${listen.min}–${listen.max} digits and ${ending(listen)}`;
  }
}

function ending({ endsInSilence = false }: { readonly endsInSilence?: boolean }): string {
  return endsInSilence ? 'hash or silence' : 'hash';
}

/** One arrow for each target, with all that leads there. */
function arrows(state: string, { drawn }: StateMeta<Base>): readonly string[] {
  const byTarget = new Map<string, string[]>();
  for (const { label, target } of drawn) {
    const labels = byTarget.get(target) ?? [];
    byTarget.set(target, labels.includes(label) ? labels : [...labels, label]);
  }
  return [...byTarget].map(([target, labels]) => {
    const silent = labels.every((label) => label === 'go' || label === 'told');
    return silent ? `  ${state} --> ${target}` : `  ${state} -- "${labels.join(', ')}" --> ${target}`;
  });
}

function title(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('-', ' ')}`;
}
