/**
 * Conversations as data. `advance` takes where a conversation stands and what happened, and returns where it
 * stands then and the next step for whoever leads it; nothing is kept in between.
 */
import type { AnyStateMachine } from 'xstate';
import type { Act, Chart, DialogueEvent, End, Frame, Scene, StateMeta } from './chart.js';
import { type Frames, framesVersion } from './frames.js';
import type { Answer, Language, Pace } from './line.js';
import type { Work } from './work.js';

/** What a driver must do now. */
export type DriverStep =
  | Extract<Act, { act: 'ask' | 'tell' }>
  | (Omit<Extract<Act, { act: 'perform' }>, 'work'> & { readonly work: Work })
  | { readonly act: 'over'; readonly end: End };

/** How someone wants to be spoken to; in all languages and at the normal pace when they never chose. */
export type SpeechPreferences = { readonly language: Language | undefined; readonly pace: Pace | undefined };

/** Where a conversation stands, and what is to be done there. */
export type Turn = {
  readonly frames: Frames;
  readonly step: DriverStep;
  /** The innermost chart and its state. */
  readonly at: { readonly dialogue: string; readonly state: string };
  /** How the innermost chart speaks. */
  readonly speaks: SpeechPreferences;
  /** How the outermost chart speaks, which is the only one that changes that. */
  readonly preferences: SpeechPreferences;
};

/** The charts of one or more conversations: those given, and all that they enter. */
export class Dialogues {
  readonly #charts = new Map<string, Chart<never>>();

  constructor(...outermost: readonly Chart<never>[]) {
    for (const chart of outermost) {
      this.#add(chart);
    }
  }

  /** Every chart, an entered one after whoever enters it. */
  get all(): readonly Chart<never>[] {
    return [...this.#charts.values()];
  }

  /** Returns the first turn of a conversation that begins with this scene. */
  begin(scene: Scene): Turn {
    return this.#settle([scene], undefined);
  }

  /**
   * Returns the turn after the event.
   * @throws Error when the innermost chart does not know the event: a chart or a driver is wrong.
   */
  advance(frames: Frames, event: DialogueEvent): Turn {
    const scenes = this.#restore(frames.stack);
    if (scenes === undefined) {
      throw new Error('a conversation stands where no chart is');
    }
    return this.#settle(after(scenes, event), event);
  }

  /**
   * Returns the turn at which a conversation stands, to go on there; undefined when its charts have no such
   * place, or when it waits for work, which nobody but its own driver can see to its end. Frames that end where a
   * chart is entered go on with that chart from its beginning.
   */
  resume(frames: Frames): Turn | undefined {
    const scenes = this.#restore(frames.stack);
    const act = scenes?.at(-1)?.act.act;
    return scenes !== undefined && (act === 'ask' || act === 'tell' || act === 'enter')
      ? this.#settle(scenes, undefined)
      : undefined;
  }

  #add(chart: Chart<never>): void {
    const known = this.#charts.get(chart.name);
    if (known !== undefined && known !== chart) {
      throw new Error(`two dialogues are called ${chart.name}`);
    }
    // Moved to the end each time, so that it stands behind everybody who enters it.
    this.#charts.delete(chart.name);
    this.#charts.set(chart.name, chart);
    for (const entered of enteredBy(chart.machine)) {
      this.#add(entered);
    }
  }

  /** Takes every step that needs nobody: enters charts, decides, and hands an ended chart's end to the outer one. */
  #settle(from: readonly Scene[], event: DialogueEvent | undefined): Turn {
    const preferences = (scenes: readonly Scene[]) => manner(scenes[0] ?? innermostOf(from));
    let scenes = from;
    for (;;) {
      const scene = innermostOf(scenes);
      const { act } = scene;
      const turn = {
        frames: framesOf(scenes),
        at: { dialogue: scene.dialogue, state: scene.state },
        speaks: manner(scene),
        preferences: preferences(scenes),
      };
      switch (act.act) {
        case 'ask':
        case 'tell':
          return { ...turn, step: act };
        case 'perform':
          return { ...turn, step: { ...act, work: act.work(answerOf(event)) } };
        case 'enter':
          scenes = [...scenes, ...(this.#entered(act.goesOnAt) ?? [act.begin()])];
          break;
        case 'decide':
          scenes = after(scenes, { type: 'go' });
          break;
        case 'end': {
          const outer = scenes.slice(0, -1);
          if (outer.length === 0) {
            return { ...turn, step: { act: 'over', end: act.as } };
          }
          scenes = after(outer, act.as);
        }
      }
    }
  }

  /** Undefined: there is nothing to go on with, or no such place any more. */
  #entered(stack: readonly Frame[]): readonly Scene[] | undefined {
    return stack.length > 0 ? this.#restore(stack) : undefined;
  }

  #restore(stack: readonly Frame[]): readonly Scene[] | undefined {
    const scenes = stack.map(({ chart, state, context }) => this.#charts.get(chart)?.restore(state, context));
    return scenes.every((scene) => scene !== undefined) ? scenes : undefined;
  }
}

/** Returns the charts that states of this one enter. */
function enteredBy(machine: AnyStateMachine): readonly Chart<never>[] {
  return Object.values(machine.states).flatMap(({ meta }: { meta?: unknown }) => {
    const { step } = meta as StateMeta;
    return step.step === 'enter' ? [step.entered] : [];
  });
}

function after(scenes: readonly Scene[], event: DialogueEvent): readonly Scene[] {
  const innermost = innermostOf(scenes);
  const next = innermost.after(event);
  if (next === undefined) {
    throw new Error(`${innermost.dialogue}.${innermost.state} does not know the event ${event.type}`);
  }
  return [...scenes.slice(0, -1), next];
}

function innermostOf(scenes: readonly Scene[]): Scene {
  const scene = scenes.at(-1);
  if (scene === undefined) {
    throw new Error('a conversation has no chart');
  }
  return scene;
}

function manner({ language, pace }: Scene): SpeechPreferences {
  return { language, pace };
}

function framesOf(scenes: readonly Scene[]): Frames {
  const stack = scenes.map(({ dialogue, state, context }) => ({ chart: dialogue, state, context }));
  return { version: framesVersion, stack };
}

/** The answer that led to work: secret work takes its secret from it. */
function answerOf(event: DialogueEvent | undefined): Answer | undefined {
  return event?.type === 'secret' || event?.type === 'digits' || event?.type === 'key' ? event : undefined;
}
