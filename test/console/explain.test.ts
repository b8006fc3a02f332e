import { describe, expect, test } from 'vitest'
import { explainError, explanationJson } from '../../src/holder/diagnosis/anywhere.ts'
import { inside } from '../cli/inside.ts'
import { consoleFor, hasBrowser, look } from './console.ts'
import { makeKey, refused } from './refused.ts'

/** As clients print them; the last is no error of AWS. */
const texts = [
  'An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included in the request is invalid.',
  'An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation: The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  'An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation: Signature expired: 20260101T000000Z is now earlier than 20260101T013000Z (20260101T014500Z - 15 min.)',
  'An error occurred (ExpiredToken) when calling the ListBuckets operation: The provided token has expired.',
  'Unable to locate credentials. You can configure credentials by running "aws configure".',
  'An error occurred (AccessDenied) when calling the ListUsers operation: User: arn:aws:iam::123456789012:user/alice is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::123456789012:user/ because no identity-based policy allows the iam:ListUsers action',
  'An error occurred (AccessDenied) when calling the GetSessionToken operation: MultiFactorAuthentication failed with invalid MFA one time pass code.',
  'CredentialsProviderError: Could not load credentials from any providers\n    at /app/node_modules/@aws-sdk/credential-provider-node/dist-cjs/index.js:129:13',
  'An error occurred (ValidationError) when calling the AssumeRole operation: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
  'make: *** No rule to make target all. Stop.',
]

interface Told {
  readonly id: string
  readonly certainty: string
  readonly title: string
}

/** What the same code says of the text alone in Node, as `countersign explain --json` writes it. */
async function inNode(text: string): Promise<readonly Told[]> {
  const { causes } = explanationJson(await explainError(text)) as unknown as { readonly causes: readonly Told[] }
  return causes
}

/**
 * What `countersign explain --json` says on a machine on which there is nothing. It looks at that machine too, so what comes after
 * the first may differ from what the text alone tells.
 */
async function inTerminal(text: string): Promise<readonly Told[]> {
  const { stdout } = await inside(['explain', '--json', '-'], { input: text })
  const { causes } = JSON.parse(stdout) as { readonly causes: readonly Told[] }
  return causes
}

const words: Readonly<Record<string, string>> = { proven: 'Proven by the text', likely: 'Likely', possible: 'Possible' }

describe.runIf(hasBrowser)('explaining an error in the browser', { timeout: 90_000 }, () => {
  const console = consoleFor()

  test('says what the terminal says, while no request leaves the page', async () => {
    const page = await console.signedIn('admin', '/explain')
    const box = page.getByLabel('Error text')
    // Once everything is loaded, nothing more may be asked for.
    await box.fill(texts[0]!)
    await page.getByRole('heading', { name: 'InvalidClientTokenId from sts GetCallerIdentity' }).waitFor()
    const asked: string[] = []
    await page.context().route('**/*', (route) => {
      asked.push(route.request().url())
      return route.abort()
    })
    for (const text of texts) {
      await page.getByRole('button', { name: 'Clear', exact: true }).click()
      await page.locator('[data-cause]').first().waitFor({ state: 'detached' })
      await box.fill(text)
      const expected = await inNode(text)
      expect((await inTerminal(text))[0]?.id).toBe(expected[0]?.id)
      if (expected.length === 0) {
        await page.getByText('This text is not an AWS error that is known here').first().waitFor()
        continue
      }
      await page.locator('[data-cause]').first().waitFor()
      const causes = page.locator('[data-cause]')
      const shown = await Promise.all((await causes.all()).map((one) => one.getAttribute('data-cause')))
      expect(shown, text).toEqual(expected.map(({ id }) => id))
      for (const [place, { title, certainty }] of expected.entries()) {
        const told = await causes.nth(place).textContent()
        expect(told).toContain(title)
        expect(told).toContain(words[certainty])
      }
    }
    expect(asked).toEqual([])
  })

  test('warns of a secret in the text, does not repeat it, and takes it away on demand', async () => {
    const page = await console.signedIn('admin', '/explain')
    const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
    const box = page.getByLabel('Error text')
    await box.fill(`AWS_SECRET_ACCESS_KEY=${secret}\n${texts[1]}`)
    await page.getByText('This text holds something secret').waitFor()
    await page.locator('[data-cause]').first().waitFor()
    await look(page, 'explain')
    // Nowhere but in the box itself.
    const shown = await page.evaluate<string>(`(() => {
      const copy = document.body.cloneNode(true)
      for (const area of copy.querySelectorAll('textarea')) area.remove()
      return copy.textContent
    })()`)
    expect(shown).toContain('secret-wrong')
    expect(shown).not.toContain(secret.slice(0, 12))
    await page.getByRole('button', { name: 'Clear the text' }).click()
    await page.getByText('This text holds something secret').waitFor({ state: 'detached' })
    expect(await box.inputValue()).toBe('')
  })

  test('leads from an error text to the decision that it came from', async () => {
    const { requestId } = await refused(console, await makeKey(console, 'ria'), ['iam', 'ListUsers'])
    const page = await console.signedIn('admin', '/explain')
    await page
      .getByLabel('Error text')
      .fill(`AccessDenied: not authorized\n  status code: 403, request id: ${requestId}`)
    await page.getByRole('link', { name: `Look up request ${requestId}` }).click()
    await page.getByRole('heading', { name: 'iam:ListUsers was refused' }).waitFor()
  })
})
