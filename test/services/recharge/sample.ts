/** What is paid for in tests that go over every service: details as its schema has them. */
export const samples = [{ phone: '13800138000' }];
