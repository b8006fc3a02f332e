import type { Machine } from '../../machine/machine.ts'
import { absolutePath, pathRules } from '../../machine/paths.ts'

/**
 * The home of the AWS SDKs for Java 2 and Kotlin: `HOME` on every platform, also an empty one; on Windows `USERPROFILE`, then
 * `HOMEDRIVE` with `HOMEPATH`; then the property `user.home`, which the JVM takes from the user database.
 *
 * Sources: aws-sdk-java-v2 utils `UserHomeDirectoryUtils`; aws-sdk-kotlin aws-config `AwsConfigLoader.kt` `resolveHomeDir`.
 */
export function jvmHome(machine: Machine): string | null {
  const home = machine.env('HOME')
  if (home !== undefined) return home
  if (machine.platform === 'win32') {
    const profile = machine.env('USERPROFILE')
    if (profile !== undefined) return profile
    const [drive, path] = [machine.env('HOMEDRIVE'), machine.env('HOMEPATH')]
    if (drive !== undefined && path !== undefined) return drive + path
  }
  return machine.userHome
}

/** An absolute path below a folder as `Paths.get(folder, …)` makes it: an empty folder is the working directory. */
export function below(machine: Machine, folder: string, ...parts: readonly string[]): string {
  return absolutePath(machine, pathRules(machine).join(folder, ...parts))
}
