/** Stretches of the way that many calls go. */
import type { CallLab } from './call-lab.js';
import { type Caller, dial, type Said } from './caller.js';
import type { Customer, CustomerCard } from './customers.js';
import { mainMenu, menus, nameOfPhone, spoken } from './spoken.js';

/** Dials, and hears the greeting begin. */
export async function callsIn(lab: CallLab, customer: Customer): Promise<Caller> {
  const caller = await dial(lab, { from: customer.phone, language: customer.language });
  await caller.hearsBeginningOf(['welcome', ...mainMenu(caller.language)]);
  return caller;
}

/** Hears a question begin and answers it, one after the other. */
export async function answersInTurn(
  caller: Caller,
  ...turns: readonly (readonly [question: Said | readonly Said[], keys: string])[]
): Promise<void> {
  for (const [question, keys] of turns) {
    await caller.hearsBeginningOf(question);
    await caller.presses(keys);
  }
}

type Recharge = { readonly amountYuan: number; readonly card: CustomerCard; readonly phone: string };

/** From the greeting: orders a recharge of the caller's own phone, or of another, up to its confirmation. */
export async function ordersRecharge(
  caller: Caller,
  own: string,
  { amountYuan, card, phone }: Recharge,
): Promise<void> {
  await caller.presses('2');
  if (phone === own) {
    await answersInTurn(caller, [menus.whoseRecharge, '1']);
  } else {
    await answersInTurn(caller, [menus.whoseRecharge, '2'], ['phone.ask', phone]);
  }
  await answersInTurn(caller, ['recharge.ask-amount', `${amountYuan}#`]);
  await caller.hears(spoken.confirm('recharge', amountYuan * 100, nameOfPhone(phone, own), card));
}

/** From a confirmation: says yes, keys the PIN, and is told that it takes a moment. */
export async function confirmsWithPin(caller: Caller, pin: string): Promise<void> {
  await caller.presses('1');
  await keysPin(caller, pin);
}

/** Hears that the PIN is wanted, keys it, and is told that it takes a moment. */
export async function keysPin(caller: Caller, pin: string): Promise<void> {
  await answersInTurn(caller, ['pin.ask', pin]);
  await caller.hears('wait.one-moment');
}

/** After a result: wants nothing else, hears goodbye, and is hung up on. */
export async function wantsNothingElse(caller: Caller): Promise<void> {
  await answersInTurn(caller, [menus.anotherService, '2']);
  await caller.hears('goodbye');
  await caller.isHungUpOn();
}
