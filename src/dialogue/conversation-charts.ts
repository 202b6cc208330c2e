import { assistedIn } from './charts/assisted.js';
import { chooseLanguage } from './charts/choose-language.js';
import { conversationOver, type ServiceInMenu } from './charts/conversation.js';
import { Dialogues } from './dialogues.js';
import type { Languages } from './language.js';

/** The charts of everything that can be said, over the services of a catalogue. */
export type ConversationCharts = ReturnType<typeof conversationCharts>;

/** Returns the outermost charts over these services in these languages, and all that they enter. */
export function conversationCharts(services: readonly ServiceInMenu[], languages: Languages) {
  const choosing = chooseLanguage(languages);
  const conversation = conversationOver(services, languages, choosing);
  const assisted = assistedIn(choosing);
  return { languages, conversation, assisted, dialogues: new Dialogues(conversation, assisted) };
}
