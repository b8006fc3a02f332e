import Checkbox from '@cloudscape-design/components/checkbox'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { aws } from '../api/call.ts'
import { Dialog } from '../parts/dialog.tsx'
import type { PasswordPolicy } from './policy.ts'

const checks = [
  ['RequireUppercaseCharacters', 'Require at least one upper case letter (A–Z)'],
  ['RequireLowercaseCharacters', 'Require at least one lower case letter (a–z)'],
  ['RequireNumbers', 'Require at least one number'],
  ['RequireSymbols', "Require at least one symbol (! @ # $ % ^ & * ( ) _ + - = [ ] { } | ')"],
  ['AllowUsersToChangePassword', 'Allow users to change their own password'],
  ['HardExpiry', 'Password expiration requires administrator reset'],
] as const

/** Members with their bounds: IAM model, `minimumPasswordLengthType`, `maxPasswordAgeType`, `passwordReusePreventionType`. */
const numbers = [
  ['MinimumPasswordLength', 'Password minimum length', 6, 128, true],
  ['MaxPasswordAge', 'Password expiration in days', 1, 1095, false],
  ['PasswordReusePrevention', 'Prevent reuse of so many passwords', 1, 24, false],
] as const

type Numbers = Readonly<Record<(typeof numbers)[number][0], string>>
type Checks = Readonly<Record<(typeof checks)[number][0], boolean>>

/** Everything at once: what UpdateAccountPasswordPolicy is not told goes back to its default. */
export function EditPasswordPolicy(props: {
  readonly policy: PasswordPolicy | null
  readonly saved: () => Promise<void>
  readonly close: () => void
}) {
  const { policy, saved, close } = props
  const [amounts, setAmounts] = useState<Numbers>({
    MinimumPasswordLength: String(policy?.MinimumPasswordLength ?? 8),
    MaxPasswordAge: String(policy?.MaxPasswordAge ?? ''),
    PasswordReusePrevention: String(policy?.PasswordReusePrevention ?? ''),
  })
  const [chosen, setChosen] = useState<Checks>({
    RequireUppercaseCharacters: policy?.RequireUppercaseCharacters ?? true,
    RequireLowercaseCharacters: policy?.RequireLowercaseCharacters ?? true,
    RequireNumbers: policy?.RequireNumbers ?? true,
    RequireSymbols: policy?.RequireSymbols ?? false,
    AllowUsersToChangePassword: policy?.AllowUsersToChangePassword ?? true,
    HardExpiry: policy?.HardExpiry ?? false,
  })
  const faults = numbers.map(([name, , least, most, needed]) => faultOf(amounts[name], least, most, needed))
  return (
    <Dialog
      title="Edit password policy"
      verb="Save changes"
      ready={faults.every((fault) => fault === null)}
      act={async () => {
        const set = Object.entries(amounts).filter(([, text]) => text.trim() !== '')
        await aws('iam', 'UpdateAccountPasswordPolicy', {
          ...chosen,
          ...Object.fromEntries(set.map(([name, text]) => [name, Number(text)])),
        })
        await saved()
      }}
      close={close}
    >
      <SpaceBetween size="m">
        {numbers.map(([name, label, least, most, needed], place) => (
          <FormField
            key={name}
            label={label}
            description={`${least} to ${most}${needed ? '' : '; empty: not at all'}`}
            errorText={faults[place] ?? ''}
          >
            <Input
              value={amounts[name]}
              inputMode="numeric"
              autoComplete={false}
              onChange={({ detail }) => setAmounts({ ...amounts, [name]: detail.value })}
            />
          </FormField>
        ))}
        {checks.map(([name, label]) => (
          <Checkbox
            key={name}
            checked={chosen[name]}
            onChange={({ detail }) => setChosen({ ...chosen, [name]: detail.checked })}
          >
            {label}
          </Checkbox>
        ))}
      </SpaceBetween>
    </Dialog>
  )
}

function faultOf(text: string, least: number, most: number, needed: boolean): string | null {
  if (text.trim() === '') return needed ? 'A number is needed.' : null
  const number = Number(text)
  return Number.isInteger(number) && number >= least && number <= most
    ? null
    : `A whole number from ${least} to ${most}.`
}
