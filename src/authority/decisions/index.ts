export { createDecisionLog } from './log.ts'
