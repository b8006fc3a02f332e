import { type AwsFile, type AwsFiles, profileOfHeader, readAwsFiles } from '../files/aws-files.ts'
import type { Machine } from '../machine/machine.ts'
import type { SourceAnswer } from '../sources/answer.ts'
import { botoConfig } from '../sources/boto-config.ts'
import type { Credential } from '../sources/credential.ts'
import { ec2CredentialsFile } from '../sources/ec2-credentials-file.ts'
import { environment } from '../sources/environment.ts'
import { staticKeys } from '../sources/profile-keys.ts'
import { type SourceGround, settingsOf } from '../sources/settings.ts'

/**
 * All complete pairs of keys anywhere on the machine, chosen or not: environment, every section of both AWS files (also in
 * files that the SDKs refuse as a whole, and in sections that are no profiles), and the two legacy files. For comparisons.
 * `files` are the machine's AWS files, for a caller that has read them already.
 */
export function everyCredential(machine: Machine, files: AwsFiles = readAwsFiles(machine)): readonly Credential[] {
  const ground: SourceGround = { machine, files, profile: 'default', explicit: false, login: 'usable' }
  return [
    ...heldBy(environment.ask(ground)),
    ...inFile(files.credentials),
    ...inFile(files.config),
    ...heldBy(ec2CredentialsFile.ask(ground)),
    ...heldBy(botoConfig.ask(ground)),
  ]
}

function inFile(file: AwsFile): readonly Credential[] {
  const provider = file.role === 'config' ? 'config-file' : 'shared-credentials-file'
  return file.reading.sections.flatMap((section) => {
    const settings = settingsOf(file, section)
    const profile = file.role === 'config' ? (profileOfHeader(section.name) ?? section.name) : section.name
    return settings === null ? [] : heldBy(staticKeys(settings, provider, profile, { file: file.path }))
  })
}

function heldBy(answer: SourceAnswer): readonly Credential[] {
  if (answer.outcome === 'found') return [answer.credential]
  return answer.outcome === 'broken' && answer.credential !== undefined ? [answer.credential] : []
}
