import type { AriChannel, AriEvent, KeyPress } from './ari.js';
import { takeKey } from './take-key.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Returns what one WebSocket message of Asterisk's says. Types that are not known here are `unimportant`:
 * a newer Asterisk has more of them. A key is struck out of `message` before any text is made of it, because
 * texts cannot be wiped and lie about in memory with the caller's number and the time beside the key.
 * @throws SyntaxError when it is not JSON; TypeError when a known event lacks what it must have.
 */
export function readAriEvent(message: Buffer): AriEvent {
  const key = takeKey(message);
  const event = fields(JSON.parse(message.toString('utf8')));
  switch (event['type']) {
    case 'StasisStart': {
      const channel = readAriChannel(event['channel']);
      return { type: 'entered', channel: { ...channel, args: strings(event['args']) } };
    }
    case 'StasisEnd':
    case 'ChannelDestroyed':
    case 'ChannelHangupRequest':
      return { type: 'left', channelId: string(fields(event['channel'])['id']) };
    case 'ChannelDtmfReceived':
      return {
        type: 'key',
        channelId: string(fields(event['channel'])['id']),
        key: string(key),
        press: keyPress(event['timestamp'], event['duration_ms']),
      };
    case 'ChannelHold':
    case 'ChannelUnhold':
      return {
        type: 'hold',
        channelId: string(fields(event['channel'])['id']),
        isHeld: event['type'] === 'ChannelHold',
      };
    case 'PlaybackFinished': {
      const playback = fields(event['playback']);
      return {
        type: 'playback-finished',
        channelId: string(playback['target_uri']).replace(/^channel:/, ''),
        playbackId: string(playback['id']),
        failed: playback['state'] === 'failed',
      };
    }
    case 'ApplicationReplaced':
      return { type: 'replaced' };
    default:
      return { type: 'unimportant' };
  }
}

/**
 * Returns a channel from Asterisk's description of it.
 * @throws TypeError when it lacks what it must have.
 */
export function readAriChannel(value: unknown): AriChannel {
  const channel = fields(value);
  const dialplan = fields(channel['dialplan']);
  return {
    id: string(channel['id']),
    isUp: channel['state'] === 'Up',
    callerNumber: string(fields(channel['caller'])['number']),
    dialledNumber: string(dialplan['exten']),
    // "application,argument,…": what Stasis() was called with.
    args: typeof dialplan['app_data'] === 'string' ? dialplan['app_data'].split(',').slice(1) : [],
  };
}

/**
 * Returns the ids of the channels in Asterisk's description of an application.
 * @throws TypeError when it is no such description.
 */
export function readChannelIds(application: unknown): readonly string[] {
  return strings(fields(application)['channel_ids']);
}

/**
 * Returns the ids of the channels in Asterisk's description of a bridge.
 * @throws TypeError when it is no such description.
 */
export function readBridgeMembers(bridge: unknown): readonly string[] {
  return strings(fields(bridge)['channels']);
}

/** Asterisk writes the zone of a time as "+0000". */
function keyPress(timestamp: unknown, durationMs: unknown): KeyPress | undefined {
  const endedMs =
    typeof timestamp === 'string' ? Date.parse(timestamp.replace(/(\d\d)(\d\d)$/, '$1:$2')) : Number.NaN;
  return Number.isNaN(endedMs) || typeof durationMs !== 'number' ? undefined : { endedMs, durationMs };
}

function fields(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) {
    throw new TypeError('Asterisk sent no object where one must be');
  }
  return value as Fields;
}

function string(value: unknown): string {
  if (typeof value !== 'string') {
    throw new TypeError('Asterisk sent no text where one must be');
  }
  return value;
}

function strings(value: unknown): readonly string[] {
  if (!Array.isArray(value)) {
    throw new TypeError('Asterisk sent no list where one must be');
  }
  return value.map(string);
}
