const initials: Readonly<Record<string, string>> = {
  ...{ b: 'ㄅ', p: 'ㄆ', m: 'ㄇ', f: 'ㄈ', d: 'ㄉ', t: 'ㄊ', n: 'ㄋ', l: 'ㄌ', g: 'ㄍ', k: 'ㄎ', h: 'ㄏ' },
  ...{ j: 'ㄐ', q: 'ㄑ', x: 'ㄒ', zh: 'ㄓ', ch: 'ㄔ', sh: 'ㄕ', r: 'ㄖ', z: 'ㄗ', c: 'ㄘ', s: 'ㄙ' },
};

const finals: Readonly<Record<string, string>> = {
  ...{ a: 'ㄚ', o: 'ㄛ', e: 'ㄜ', ai: 'ㄞ', ei: 'ㄟ', ao: 'ㄠ', ou: 'ㄡ', an: 'ㄢ', en: 'ㄣ', ang: 'ㄤ' },
  ...{
    eng: 'ㄥ',
    er: 'ㄦ',
    i: 'ㄧ',
    ia: 'ㄧㄚ',
    ie: 'ㄧㄝ',
    iao: 'ㄧㄠ',
    iu: 'ㄧㄡ',
    ian: 'ㄧㄢ',
    in: 'ㄧㄣ',
  },
  ...{ iang: 'ㄧㄤ', ing: 'ㄧㄥ', iong: 'ㄩㄥ', u: 'ㄨ', ua: 'ㄨㄚ', uo: 'ㄨㄛ', uai: 'ㄨㄞ', ui: 'ㄨㄟ' },
  ...{ uan: 'ㄨㄢ', un: 'ㄨㄣ', uang: 'ㄨㄤ', ong: 'ㄨㄥ', v: 'ㄩ', ve: 'ㄩㄝ', van: 'ㄩㄢ', vn: 'ㄩㄣ' },
};

/** Syllables without an initial are written otherwise in pinyin than within one. */
const withoutInitial: Readonly<Record<string, string>> = {
  ...{ yi: 'ㄧ', ya: 'ㄧㄚ', yo: 'ㄧㄛ', ye: 'ㄧㄝ', yai: 'ㄧㄞ', yao: 'ㄧㄠ', you: 'ㄧㄡ', yan: 'ㄧㄢ' },
  ...{
    yin: 'ㄧㄣ',
    yang: 'ㄧㄤ',
    ying: 'ㄧㄥ',
    yong: 'ㄩㄥ',
    yu: 'ㄩ',
    yue: 'ㄩㄝ',
    yuan: 'ㄩㄢ',
    yun: 'ㄩㄣ',
  },
  ...{
    wu: 'ㄨ',
    wa: 'ㄨㄚ',
    wo: 'ㄨㄛ',
    wai: 'ㄨㄞ',
    wei: 'ㄨㄟ',
    wan: 'ㄨㄢ',
    wen: 'ㄨㄣ',
    wang: 'ㄨㄤ',
    weng: 'ㄨㄥ',
  },
};

/** Returns a pinyin syllable (without its tone) in Zhuyin, or undefined when there is no such syllable. */
export function toZhuyin(pinyin: string): string | undefined {
  const whole = withoutInitial[pinyin] ?? finals[pinyin];
  if (whole !== undefined && !/^[uvi]/.test(pinyin)) {
    return whole;
  }
  const match = /^(zh|ch|sh|[bpmfdtnlgkhjqxrzcs])([a-z]+)$/.exec(pinyin);
  const initial = initials[match?.[1] ?? ''];
  if (match === null || initial === undefined) {
    return undefined;
  }
  const written = match[2] ?? '';
  // zhi, chi, shi, ri, zi, ci, si have no vowel of their own; after j, q, x a u is an ü.
  if (/[ㄓㄔㄕㄖㄗㄘㄙ]/.test(initial) && written === 'i') {
    return initial;
  }
  const final = finals[/[ㄐㄑㄒ]/.test(initial) ? written.replace(/^u/, 'v') : written];
  return final === undefined ? undefined : `${initial}${final}`;
}
