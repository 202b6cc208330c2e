/** To be called inside a `describe`: while its tests run, the process is set to this time zone. */
export function inTimeZone(zone: string): void {
  const before_ = process.env['TZ'];
  before(() => {
    process.env['TZ'] = zone;
  });
  after(() => {
    if (before_ === undefined) {
      delete process.env['TZ'];
    } else {
      process.env['TZ'] = before_;
    }
  });
}
