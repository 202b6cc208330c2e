/** How a caller came into a conversation, and what came with them. */
export type Arrival =
  | {
      readonly entry: 'direct';
      /** Digits that were dialled behind the service number. */
      readonly dialled?: string | undefined;
    }
  | {
      readonly entry: 'transfer';
      /** True: something was prepared for this caller to pay, and the conversation begins with it. */
      readonly order: boolean;
      /** True: the agent who sent them waits, and gets them back when the conversation is over. */
      readonly returnsToAgent: boolean;
    };

/** Of a caller who simply dialled. */
export const dialled: Arrival = { entry: 'direct' };

/** The length of an order's code; fewer digits are a path through the menus. */
const orderDigits = 6;

/** What digits behind the service number mean: told apart by their length. Money never moves by dialling alone. */
export function readDialled(digits: string): { readonly path: string } | { readonly orderCode: string } {
  return digits.length === orderDigits ? { orderCode: digits } : { path: digits };
}

/** Whether an agent waits for this caller. */
export function returnsToAgent(arrival: Arrival): boolean {
  return arrival.entry === 'transfer' && arrival.returnsToAgent;
}

/** Whether something was prepared for this caller to pay. */
export function bringsOrder(arrival: Arrival): boolean {
  return arrival.entry === 'transfer' && arrival.order;
}
