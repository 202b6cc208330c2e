const rate = 8_000;
const noteSeconds = 0.6;
/** Broken chords. No note is near a frequency of a telephone's keys (697 to 1633 Hz). */
const notes = [262, 330, 392, 523, 220, 262, 330, 440, 175, 220, 262, 349, 196, 247, 294, 392];
const loudness = 6_000;

/**
 * Returns the lab's music on hold, made here so that nobody's rights are in it: raw 16-bit samples at 8 kHz,
 * which Asterisk plays from a file "*.sln".
 */
export function holdMusic(): Buffer {
  const length = Math.round(noteSeconds * rate);
  const samples = Int16Array.from({ length: notes.length * length }, (_, i) => {
    const note = notes[Math.floor(i / length)] ?? 0;
    const at = i % length;
    // A soft beginning, and a long end, like a plucked string.
    const envelope = Math.min(1, at / 80) * (1 - at / length);
    return loudness * envelope * Math.sin((2 * Math.PI * note * at) / rate);
  });
  return Buffer.from(samples.buffer);
}
