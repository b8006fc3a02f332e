import { CountersignError } from '../../errors.ts'
import { type AwsFiles, readAwsFiles } from '../files/aws-files.ts'
import type { Machine } from '../machine/machine.ts'
import { awsCliV1 } from './aws-cli-v1.ts'
import { awsCliV2 } from './aws-cli-v2.ts'
import { boto3 } from './boto3.ts'
import { cpp } from './cpp.ts'
import { dotnet } from './dotnet.ts'
import { goV1 } from './go-v1.ts'
import { goV2 } from './go-v2.ts'
import { javaV1 } from './java-v1.ts'
import { javaV2 } from './java-v2.ts'
import { jsV2 } from './js-v2.ts'
import { jsV3 } from './js-v3.ts'
import { kotlin } from './kotlin.ts'
import { php } from './php.ts'
import { ruby } from './ruby.ts'
import type { ChainQuestion, ChainRules } from './rules.ts'
import { rust } from './rust.ts'
import { terraform } from './terraform.ts'
import { type SdkName, sdkNames, type Trace } from './trace.ts'

export { everyCredential } from './everything.ts'
export type { ChainQuestion, ChainRules } from './rules.ts'

const chains: Readonly<Record<SdkName, ChainRules>> = {
  'aws-cli-v2': awsCliV2,
  'aws-cli-v1': awsCliV1,
  boto3,
  'js-v3': jsV3,
  'js-v2': jsV2,
  'go-v2': goV2,
  'go-v1': goV1,
  'java-v2': javaV2,
  'java-v1': javaV1,
  kotlin,
  rust,
  ruby,
  dotnet,
  php,
  cpp,
  terraform,
}

/** The SDKs whose rules are known, in the order in which they are told. */
export { sdkNames as knownSdks } from './trace.ts'

/** The rules of an SDK. @throws `usage` for one whose rules are not known */
export function chainRules(sdk: SdkName): ChainRules {
  if (Object.hasOwn(chains, sdk)) return chains[sdk]
  throw new CountersignError('usage', `The rules of ${sdk} are not known. Known are: ${sdkNames.join(', ')}.`)
}

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
  return chainRules(question.sdk).trace(machine, question, files)
}
