/** A part of the embedded world that the environment can replace by one outside. */
export type LabPart = 'database' | 'asterisk' | 'bank' | 'carrier' | 'providers';
