/** Ports that phones of tests receive RTP on; the switch must use others. Both ranges are captured as one. */

/** Callers: SIPp gives each call the next but three. */
export const callerRtpPorts = { first: 24_000, last: 34_015 } as const;
/** Agents: a hundred each. */
export const agentRtpPorts = { first: 35_000, last: 36_999 } as const;
