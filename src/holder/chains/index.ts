import { CountersignError } from '../../errors.ts'
import { type AwsFiles, readAwsFiles } from '../files/aws-files.ts'
import type { Machine } from '../machine/machine.ts'
import { awsCliV1 } from './aws-cli-v1.ts'
import { awsCliV2 } from './aws-cli-v2.ts'
import { boto3 } from './boto3.ts'
import { type ChainQuestion, traceBotocore } from './botocore.ts'
import type { BotocoreRules } from './botocore-rules.ts'
import type { SdkName, Trace } from './trace.ts'

export { everyCredential } from './everything.ts'

const rulesBySdk: Partial<Readonly<Record<SdkName, BotocoreRules>>> = {
  'aws-cli-v2': awsCliV2,
  'aws-cli-v1': awsCliV1,
  boto3,
}

/** The SDKs whose rules are known. */
export const knownSdks = Object.keys(rulesBySdk) as readonly SdkName[]

/**
 * Which credential an SDK would use on a machine, and why not the others. Looks at local evidence only: no process is run and
 * no request is sent. `profile`, `region` and `endpointUrl` are what the program's own arguments would say; `files` are the
 * machine's AWS files, for a caller that has read them already.
 *
 * @throws `usage` for an SDK whose rules are not known
 */
export function traceChain(
  machine: Machine,
  question: ChainQuestion & { readonly sdk: SdkName },
  files: AwsFiles = readAwsFiles(machine),
): Trace {
  const rules = rulesBySdk[question.sdk]
  if (rules === undefined) {
    throw new CountersignError(
      'usage',
      `The rules of ${question.sdk} are not known. Known are: ${knownSdks.join(', ')}.`,
    )
  }
  return traceBotocore(machine, rules, question, files)
}
