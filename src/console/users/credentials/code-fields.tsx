import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'

export type Codes = readonly [first: string, second: string]

export const noCodes: Codes = ['', '']

export function areWhole(codes: Codes): boolean {
  return codes.every((code) => /^\d{6}$/.test(code))
}

/** Apps show `123 456`. */
function digits(text: string): string {
  return text.replace(/\D/g, '').slice(0, 6)
}

/** Two codes that an authenticator app shows one after the other. */
export function CodeFields({ codes, change }: { readonly codes: Codes; readonly change: (codes: Codes) => void }) {
  const [first, second] = codes
  const same = areWhole(codes) && first === second
  return (
    <SpaceBetween size="s">
      <FormField label="MFA code 1">
        <Input
          value={first}
          onChange={({ detail }) => change([digits(detail.value), second])}
          inputMode="numeric"
          autoComplete="one-time-code"
        />
      </FormField>
      <FormField
        label="MFA code 2"
        description="Wait up to 30 seconds, until the app shows the next code."
        errorText={same ? 'That is the first code again.' : ''}
      >
        <Input
          value={second}
          onChange={({ detail }) => change([first, digits(detail.value)])}
          inputMode="numeric"
          autoComplete={false}
        />
      </FormField>
    </SpaceBetween>
  )
}
