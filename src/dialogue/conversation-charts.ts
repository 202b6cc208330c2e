import { assisted } from './charts/assisted.js';
import { conversationOver, type ServiceInMenu } from './charts/conversation.js';
import { Dialogues } from './dialogues.js';

/** The charts of everything that can be said, over the services of a catalogue. */
export type ConversationCharts = ReturnType<typeof conversationCharts>;

/** Returns the outermost charts over these services, and all that they enter. */
export function conversationCharts(services: readonly ServiceInMenu[]) {
  const conversation = conversationOver(services);
  return { conversation, assisted, dialogues: new Dialogues(conversation, assisted) };
}
