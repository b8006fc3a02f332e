import type { CauseId } from '../../../cause-ids.ts'
import { setClock } from './commands.ts'
import { cure, cureWhen, type Entry, hint, probe, proves, strong, unlike } from './entry.ts'
import { docs, from, thread } from './sources.ts'
import {
  authFailure,
  requestExpired,
  requestTimeTooSkewed,
  signatureExpired,
  signatureNotYetCurrent,
} from './symptoms.ts'

const onUnix = (line: string) => ({ bash: [line], fish: [line], powershell: [], cmd: [] })
const texts = [signatureExpired, signatureNotYetCurrent, requestTimeTooSkewed, requestExpired, authFailure]

/** The clock. */
export const clockEntries = {
  'clock-skew': {
    title: 'The clock of the machine is wrong',
    story:
      'Every request carries its time, and AWS refuses it when that is more than some minutes off (15 at most services, 5 at some). Clocks go wrong in suspended virtual machines, in WSL and Docker Desktop after sleep, on boards without a battery, and where no time server can be reached. The key was not looked at: this text says nothing about it.',
    fits: 'The time in the request was not acceptable; key and secret were not looked at',
    symptoms: texts,
    signs: [
      proves('“Signature not yet current”: the clock that signed is ahead; both times stand in the text.'),
      strong('“Signature expired”: the clock is behind, or the request was held up on its way.'),
      strong('A session token or a file is from the future, seen by this clock.'),
    ],
    probes: [
      probe(
        'P5',
        'clock',
        'The `Date` header of any AWS endpoint, fetched without credentials, differs from the clock by minutes.',
      ),
      probe('P5', 'sts-at-server-time', 'Signed with AWS’s time the same request is accepted.'),
    ],
    excludedBy: [
      'The two times in the text are less than five minutes apart.',
      'The `Date` header of AWS agrees with the clock.',
    ],
    lookAlikes: [
      unlike('request-delayed', 'the clock is right, and the request waited after it was signed.'),
      unlike('session-expired', '“token … expired” speaks of the session; “signature expired” speaks of the clock.'),
      unlike('secret-wrong', 'same code, and the text says “we calculated”.'),
    ],
    fixes: [
      cure('Set the clock', setClock),
      cureWhen('It is macOS', 'Set the clock', onUnix('sudo sntp -sS time.apple.com')),
      cureWhen('It is WSL', 'Take the time of Windows', onUnix('sudo hwclock -s')),
      cureWhen('chrony keeps the time', 'Let it jump', onUnix('sudo chronyc makestep')),
      cureWhen('It is Docker Desktop', 'Restart it; containers use the clock of its virtual machine'),
    ],
    prevention: [
      'Keep a time service running, also in virtual machines.',
      'The current JavaScript SDK corrects for a wrong clock by itself; that is a stop-gap, other clients do not.',
    ],
    sources: [
      docs.signatureTrouble,
      docs.s3Errors,
      thread('aws/aws-sdk-js#527'),
      thread('aws/aws-sdk-js#1652'),
      thread('microsoft/WSL#4245'),
      thread('microsoft/WSL#5324'),
      thread('docker/for-win#4526'),
    ],
    threads: 19,
  },
  'request-delayed': {
    title: 'The request was signed long before it arrived, or with local time taken for UTC',
    story:
      'A signature is good for some minutes. A request that waits in a queue, behind a breakpoint or in a slow upload, or that is retried with its old signature, arrives too late although the clock is right. Code that writes local time as UTC is off by whole hours; test tools that freeze the clock do the rest.',
    fits: 'A request that waits in a queue, a debugger or a slow upload grows too old',
    symptoms: texts.slice(0, 4),
    signs: [
      strong('The two times in the text differ by whole hours: local time was taken for UTC.'),
      hint('The clock agrees with AWS, and large or retried requests fail only.'),
      hint('libfaketime, freezegun or fake timers are at work.'),
    ],
    probes: [probe('P5', 'clock', 'The clock agrees with AWS.')],
    excludedBy: [
      'The clock is wrong by as much as the text says.',
      'The text says “not yet current” and no time zone is involved: nothing arrives before it was sent.',
    ],
    lookAlikes: [
      unlike('clock-skew', 'the clock itself is off.'),
      unlike('presigned-outlives-session', 'a URL was made hours ago.'),
    ],
    fixes: [
      cure('Sign just before sending, and again for each retry'),
      cureWhen('The difference is a whole number of hours', 'Format the time in UTC'),
      cureWhen('A test freezes the clock', 'Exempt the AWS client from it'),
    ],
    prevention: ['Never keep signed requests; keep what is needed to sign them.'],
    sources: [docs.signatureTrouble, from('Public threads on slow uploads, debuggers and frozen clocks')],
    threads: 4,
  },
} as const satisfies Partial<Record<CauseId, Entry>>
