import { durationFlag, shellFlag } from './flags.ts'
import type { VerbRow } from './row.ts'

export const loginRow: VerbRow = {
  name: 'login',
  operands: '[PROFILE]',
  maxOperands: 1,
  says: 'do what a profile needs to work: a one-time code, a role, or a sign-in in the browser',
  more: [
    'An IAM user: finds the MFA device, asks for its code, and keeps the session of STS as a profile of its own, PROFILE-mfa. ' +
      'A role that wants a code: the same. IAM Identity Center (SSO): signs in through the browser and keeps the token where ' +
      'the AWS CLI and every SDK look for it. Whatever needs no login is only tested.',
    'A session that still has a quarter of an hour is not renewed, unless --force. "countersign logout" takes back exactly what ' +
      'was written; so does "countersign undo" for the AWS files.',
  ],
  flags: [
    { name: 'serial', value: 'DEVICE', says: 'serial number or ARN of the MFA device, when it cannot be looked up' },
    { name: 'code', value: 'CODE', says: 'the one-time code; - reads it from stdin' },
    durationFlag,
    { name: 'update-profile', value: 'NAME', says: 'keep the session as this profile instead' },
    { name: 'account', value: 'ID', says: 'the account, for a profile of IAM Identity Center that names none' },
    { name: 'role', value: 'NAME', says: 'the role (permission set), for the same' },
    { name: 'no-browser', says: 'open no browser: print an address and a code for any device' },
    { name: 'use-device-code', says: 'sign in with a code although a browser could come back by itself' },
    shellFlag,
    { name: 'force', says: 'log in anew, however much time is left' },
  ],
  examples: [
    ['countersign login dev', 'log in with what the profile dev needs'],
    ['countersign login dev --duration 8h', 'a working day, then it is over'],
    ['countersign login dev --update-profile default', 'for tools that know only the profile default'],
    ['eval "$(countersign login dev --shell bash)"', 'log in, and use it in this very shell'],
    ['countersign login sso --no-browser', 'on a computer without a browser'],
  ],
}
