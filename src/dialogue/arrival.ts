/** How a caller came into a conversation, and what came with them. */
export type Arrival =
  | { readonly entry: 'direct' }
  | {
      readonly entry: 'transfer';
      /** True: something was prepared for this caller to pay, and the conversation begins with it. */
      readonly order: boolean;
      /** True: the agent who sent them waits, and gets them back when the conversation is over. */
      readonly returnsToAgent: boolean;
    };

/** Of a caller who simply dialled. */
export const dialled: Arrival = { entry: 'direct' };

/** Whether an agent waits for this caller. */
export function returnsToAgent(arrival: Arrival): boolean {
  return arrival.entry === 'transfer' && arrival.returnsToAgent;
}

/** Whether something was prepared for this caller to pay. */
export function bringsOrder(arrival: Arrival): boolean {
  return arrival.entry === 'transfer' && arrival.order;
}
