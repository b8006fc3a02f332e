import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { consoleFor, hasBrowser, look } from './console.ts'

const hasBoto3 = process.env['CI'] !== undefined || spawnSync('python3', ['-c', 'import boto3']).status === 0

describe.runIf(hasBrowser)('the credential report', () => {
  const console = consoleFor()

  test('is made, shown, and downloaded as the API gives it', async () => {
    await console.makePerson('carol', [])
    await console.aws('iam', 'CreateAccessKey', { UserName: 'carol' })
    const page = await console.signedIn('admin', '/report')
    await page.getByText('Press “Get the report”').waitFor()
    await look(page, 'report-before')
    await page.getByRole('button', { name: 'Get the report' }).click()
    const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'carol' }) })
    await row.waitFor()
    expect(await row.getByRole('cell').allTextContents()).toEqual(['Yes', 'Never', 'No', 'Yes', '–', 'No', '–'])
    await look(page, 'report')
    const downloading = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download .csv file' }).click()
    const download = await downloading
    expect(download.suggestedFilename()).toBe('credential-report.csv')
    const csv = readFileSync(await download.path(), 'utf8')
    const given = await console.aws('iam', 'GetCredentialReport')
    expect(csv).toBe(Buffer.from(given.text('Content'), 'base64').toString())
    if (hasBoto3) expect(csv).toBe(await boto3Report())
  })

  test('is refused with the reason to whom may not have it', async () => {
    await console.makePerson('nobody', [])
    const page = await console.signedIn('nobody', '/report')
    await page.getByRole('button', { name: 'Get the report' }).click()
    await page.getByText(/is not authorized to perform: iam:GenerateCredentialReport/).waitFor()
    await look(page, 'report-refused')
  })

  async function boto3Report(): Promise<string> {
    const { authority } = console
    const script = "import boto3, sys; sys.stdout.buffer.write(boto3.client('iam').get_credential_report()['Content'])"
    const { stdout } = await promisify(execFile)('python3', ['-c', script], {
      env: {
        PATH: process.env['PATH'],
        AWS_ENDPOINT_URL: authority.url,
        AWS_ACCESS_KEY_ID: authority.root.accessKeyId,
        AWS_SECRET_ACCESS_KEY: authority.root.secretAccessKey,
        AWS_DEFAULT_REGION: 'us-east-1',
        ...(process.env['PYENV_ROOT'] === undefined ? {} : { PYENV_ROOT: process.env['PYENV_ROOT'] }),
      },
    })
    return stdout
  }
})
