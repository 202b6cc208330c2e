import type { Chart } from './chart.js';
import { assisted } from './charts/assisted.js';
import { bill } from './charts/bill.js';
import { cardBalance } from './charts/card-balance.js';
import { chooseCard } from './charts/choose-card.js';
import { chooseLanguage } from './charts/choose-language.js';
import { conversation } from './charts/conversation.js';
import { enterPin } from './charts/enter-pin.js';
import { findTarget } from './charts/find-target.js';
import { hearNews } from './charts/hear-news.js';
import { payOrder } from './charts/order.js';
import { pay } from './charts/pay.js';
import { payByCard } from './charts/pay-by-card.js';
import { phoneBalance } from './charts/phone-balance.js';
import { reachAgent } from './charts/reach-agent.js';
import { recharge } from './charts/recharge.js';
import { tellResult } from './charts/tell-result.js';

/** Every dialogue, the whole conversation first. */
export const charts: readonly Chart<never>[] = [
  conversation,
  assisted,
  chooseLanguage,
  hearNews,
  cardBalance,
  phoneBalance,
  recharge,
  bill,
  payOrder,
  findTarget,
  payByCard,
  chooseCard,
  pay,
  enterPin,
  tellResult,
  reachAgent,
];
