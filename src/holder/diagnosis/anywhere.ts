/*
 * The door `countersign/diagnosis`: the part of the diagnosis that runs anywhere, also in a browser. Nothing behind it loads a
 * Node module (`test/house.test.ts`), and whatever is not in the text or in the machine that it is given it does not know. The
 * catalogue, and how commands are written for each shell, are for pages that show a cause which is known already.
 */
export { type CauseId, causeNumbers } from '../../cause-ids.ts'
export { CountersignError, type ErrorCode } from '../../errors.ts'
export type { SdkName } from '../chains/trace.ts'
export type { Bundle } from '../machine/bundle.ts'
export type { Machine } from '../machine/machine.ts'
export { type RecordedFile, type Recording, recordedMachine } from '../machine/recorded.ts'
export { parseBundle, replayMachine } from '../machine/replay.ts'
export type { Place } from '../sources/credential.ts'
export { type Cure, conditional, type Entry, plain } from './catalogue/entry.ts'
export { catalogue, familyOf } from './catalogue/index.ts'
export type { ErrorSeen } from './error-text/index.ts'
export { type ExplainQuestion, type Explanation, explainError } from './explain.ts'
export { explanationJson } from './json.ts'
export { type Commands, command, noCommands, quote, sequence } from './shells.ts'
export type { Certainty, Evidence, Finding, Fix, Shell } from './verdict.ts'
