import { awsCliV2 } from './aws-cli-v2.ts'
import type { ChainRules } from './rules.ts'
import type { SdkName } from './trace.ts'

/**
 * The rules of one SDK, loaded when they are asked for: nearly everyone asks about the AWS CLI, and the rules of all others are
 * two thirds of the program.
 *
 * @throws `usage` for an SDK whose rules are not known
 */
export async function askedRules(sdk: SdkName): Promise<ChainRules> {
  return sdk === awsCliV2.sdk ? awsCliV2 : (await import('./index.ts')).chainRules(sdk)
}
