import type { CauseId } from '../../../cause-ids.ts'
import { type Commands, command, editFile, everywhere, unsetVariables } from '../shells.ts'
import { credentialVariables, exportSession } from '../words.ts'

/*
 * Commands that several entries give. Words in CAPITALS are for the person to replace.
 */

/** The usual file, as every shell's builder wants it. */
const configFile = { path: '~/.aws/config', shown: '~/.aws/config' } as const

export const editConfig = editFile(configFile)

export const check = everywhere('countersign check')
export const chain = everywhere('countersign chain')
export const whoAmI = command('aws', 'sts', 'get-caller-identity')
export const configure = command('countersign', 'configure')
export const listProfiles = command('countersign', 'configure', 'list-profiles')
/** Whatever the profile needs: a one-time code, a role, IAM Identity Center. */
export const logIn = command('countersign', 'login', 'NAME')

/** A setting of a profile. */
export function configureSet(key: string, value: string): Commands {
  return command('countersign', 'configure', 'set', key, value, '--profile', 'NAME')
}

/** The cure that is planned, proved, shown and done, and that can be taken back. */
export function fix(cause: CauseId): Commands {
  return command('countersign', 'fix', cause)
}

/** Everything of a credential out of the running shell. */
export const clearCredentials = unsetVariables(credentialVariables)

const hidden =
  "env | grep '^AWS_' | sed -E 's/^(AWS_[A-Z_]*(SECRET_ACCESS_KEY|TOKEN|TOKEN_BEDROCK))=.*/\\1=(set, hidden)/'"

/** The variables as this shell has them, secrets hidden. */
export const showVariables: Commands = {
  bash: [hidden],
  fish: [hidden],
  powershell: [
    'Get-ChildItem Env:AWS_* | ForEach-Object { if ($_.Name -match \'SECRET_ACCESS_KEY$|TOKEN(_BEDROCK)?$\') { "$($_.Name)=(set, hidden)" } else { "$($_.Name)=$($_.Value)" } }',
  ],
  // Names alone: cmd cannot hide a part of a line.
  cmd: ['for /f "delims==" %i in (\'set AWS_\') do @echo %i'],
}

/** Lines of start-up files and of the user's environment that set such variables; values are cut off. */
export const findExports: Commands = {
  bash: [
    "grep -nEo '^[[:space:]]*(export[[:space:]]+)?AWS_[A-Z_]+=' ~/.bashrc ~/.bash_profile ~/.profile ~/.zshrc ~/.zshenv ~/.zprofile 2>/dev/null",
  ],
  fish: [
    "set -nU | string match 'AWS_*'; grep -nEo '^[[:space:]]*set[[:space:]]+-[A-Za-z]+[[:space:]]+AWS_[A-Z_]+' ~/.config/fish/config.fish",
  ],
  powershell: ["'User','Machine' | ForEach-Object { [Environment]::GetEnvironmentVariables($_).Keys -like 'AWS_*' }"],
  cmd: ['for /f "tokens=1" %i in (\'reg query HKCU\\Environment ^| findstr AWS_\') do @echo %i'],
}

/** A session of a profile as variables of the running shell. */
export const exportProfile = exportSession('NAME')

/** The AWS CLI's own caches of sessions. */
export const clearCaches: Commands = {
  bash: ['rm -f ~/.aws/cli/cache/*.json'],
  fish: ['rm -f ~/.aws/cli/cache/*.json'],
  powershell: ['Remove-Item "$HOME/.aws/cli/cache/*.json" -ErrorAction SilentlyContinue'],
  cmd: ['del /q "%USERPROFILE%\\.aws\\cli\\cache\\*.json"'],
}

export const setClock: Commands = {
  bash: ['sudo timedatectl set-ntp true'],
  fish: ['sudo timedatectl set-ntp true'],
  powershell: ['w32tm /resync /force'],
  cmd: ['w32tm /resync /force'],
}

/** The part of a JWT that says who it is for; nothing of it is secret but its signature, which is left out. */
export const showClaims: Commands = {
  bash: ['cut -d. -f2 "$AWS_WEB_IDENTITY_TOKEN_FILE" | tr "_-" "/+" | base64 -d 2>/dev/null; echo'],
  fish: ['cut -d. -f2 $AWS_WEB_IDENTITY_TOKEN_FILE | tr "_-" "/+" | base64 -d 2>/dev/null; echo'],
  powershell: [
    "$p = (Get-Content $Env:AWS_WEB_IDENTITY_TOKEN_FILE).Split('.')[1].Replace('-', '+').Replace('_', '/'); [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($p.PadRight([Math]::Ceiling($p.Length / 4) * 4, '=')))",
  ],
  cmd: [],
}

/** Whom a role trusts. */
export const showTrust = command(
  'aws',
  'iam',
  'get-role',
  '--role-name',
  'ROLE',
  '--query',
  'Role.AssumeRolePolicyDocument',
)
