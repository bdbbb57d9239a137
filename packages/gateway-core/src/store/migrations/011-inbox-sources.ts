/** What waits in the inbox is looked for by where it comes from: what can not be read now is not looked at. */
export const migration011 = /* sql */ `
CREATE INDEX inbox_waiting ON inbox (channel, account, id) WHERE state = 'received';
DROP INDEX inbox_received;
`;
