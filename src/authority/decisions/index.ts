export { createDecisionLog, type DecisionLog, type DecisionLogOptions } from './log.ts'
