import type { NumberPlan } from '../../phone-number.js';
import type { AgentConversation } from '../call-centre.js';
import type { AmiMessage } from './ami-session.js';
import { readCallerNumber } from './caller-number.js';

/** A conversation as Asterisk's commands need it: they name channels, and its events give their ids too. */
export type ChannelPair = {
  readonly conversation: AgentConversation;
  readonly channelName: string;
  readonly agentChannelName: string;
};

/** A channel that is in a bridge. */
type Member = {
  readonly id: string;
  readonly name: string;
  /** For an agent's line, the agent's number. */
  readonly agent: string | undefined;
  readonly callerNumber: string | undefined;
  readonly since: Date;
};

/**
 * Who talks with whom, put together from AMI's events about bridges. A conversation is a bridge of the dialplan's
 * own (not of our application's) with an agent's line and one other in it.
 */
export class AgentConversations {
  readonly #bridges = new Map<string, Map<string, Member>>();
  readonly #numberPlan: NumberPlan;

  constructor(numberPlan: NumberPlan) {
    this.#numberPlan = numberPlan;
  }

  /** All that are going on. */
  get all(): readonly ChannelPair[] {
    return [...this.#bridges.values()].flatMap((members) => asPair([...members.values()]) ?? []);
  }

  /** Takes notice of an event, whatever it is. */
  event(event: AmiMessage, now: Date): void {
    const bridge = event['bridgeuniqueid'] ?? '';
    const channel = event['uniqueid'] ?? '';
    if (event['event'] === 'BridgeEnter' && event['bridgetype'] === 'basic') {
      this.#enter(bridge, this.#readMember(event, now));
    } else if (event['event'] === 'BridgeLeave') {
      this.#leave(bridge, channel);
    } else if (event['event'] === 'Hangup') {
      for (const each of [...this.#bridges.keys()]) {
        this.#leave(each, channel);
      }
    }
  }

  /** Begins anew with Asterisk's list of channels: whoever is in a bridge, and in no application of ours. */
  reset(channels: readonly AmiMessage[], now: Date): void {
    this.#bridges.clear();
    for (const channel of channels) {
      const bridge = channel['bridgeid'] ?? '';
      if (bridge !== '' && channel['application'] !== 'Stasis') {
        // The list does not tell since when they talk: not before the younger of the two lines.
        const seconds = Number(channel['seconds'] ?? 0);
        this.#enter(bridge, this.#readMember(channel, new Date(now.getTime() - seconds * 1000)));
      }
    }
  }

  #enter(bridge: string, member: Member): void {
    const members = this.#bridges.get(bridge) ?? new Map<string, Member>();
    // It may be told twice, by the list and by an event: the first is the nearer to the truth.
    members.set(member.id, members.get(member.id) ?? member);
    this.#bridges.set(bridge, members);
  }

  #readMember(channel: AmiMessage, since: Date): Member {
    const name = channel['channel'] ?? '';
    return {
      id: channel['uniqueid'] ?? '',
      name,
      // An agent's phone is named by the agent's number, a trunk by a word: dialplan/site-agents.conf.sample.
      agent: /^PJSIP\/(\d{1,15})-[0-9a-f]+$/.exec(name)?.[1],
      callerNumber: readCallerNumber(channel['calleridnum'] ?? '', this.#numberPlan),
      since,
    };
  }

  #leave(bridge: string, id: string): void {
    const members = this.#bridges.get(bridge);
    members?.delete(id);
    if (members?.size === 0) {
      this.#bridges.delete(bridge);
    }
  }
}

function asPair(members: readonly Member[]): ChannelPair | undefined {
  const agent = members.find((member) => member.agent !== undefined);
  const caller = members.find((member) => member.agent === undefined);
  if (members.length !== 2 || agent?.agent === undefined || caller === undefined) {
    return undefined;
  }
  return {
    channelName: caller.name,
    agentChannelName: agent.name,
    conversation: {
      channelId: caller.id,
      agentChannelId: agent.id,
      callerNumber: caller.callerNumber,
      agent: agent.agent,
      since: new Date(Math.max(agent.since.getTime(), caller.since.getTime())),
    },
  };
}
