/*
 * The front door of `calls`: signed calls of STS and IAM for the verbs that do something: `login`, `rotate`, `fix`, `console`.
 */
export {
  type Answered,
  type Caller,
  type CallerQuestion,
  callAws,
  callerFor,
  callerWith,
} from './calls.ts'
