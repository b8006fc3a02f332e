import { traceGoV1 } from './go/v1.ts'
import type { ChainRules } from './rules.ts'

/**
 * The SDK for Go, version 1: `session.NewSession`, or `NewSessionWithOptions` with a profile. The config file, roles and IAM
 * Identity Center are there only with `AWS_SDK_LOAD_CONFIG`.
 */
export const goV1: ChainRules = {
  sdk: 'go-v1',
  version: 'aws-sdk-go 1.55.8',
  evidence: 'observed',
  trace: traceGoV1,
}
