/**
 * The completion script for PowerShell (5.1 or newer). A value with a character that means
 * something to PowerShell is inserted in single quotes.
 *
 * @param program - the command that is completed, and that is asked for suggestions.
 */
export function powershellScript(program = 'tpks'): string {
  return `# PowerShell completion for ${program}: ${program} completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName '${program}' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # Words as they are typed, without their quotes; nothing is expanded.
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text } })
    $words += "$wordToComplete".Trim('"', "'")

    # Before 7.3 PowerShell drops empty arguments and takes quotes off.
    if ($PSVersionTable.PSVersion -lt [version]'7.3' -or $PSNativeCommandArgumentPassing -eq 'Legacy') {
        $words = @($words | ForEach-Object { if ($_ -eq '') { '""' } else { $_ -replace '"', '\\"' } })
    }

    $program = Get-Command -Name '${program}' -CommandType Application, ExternalScript -ErrorAction SilentlyContinue |
        Select-Object -First 1
    if (-not $program) { return }
    $encoding = [Console]::OutputEncoding
    try {
        [Console]::OutputEncoding = [System.Text.Encoding]::UTF8
        $answers = @(& $program __complete -- @words 2>$null)
    } finally {
        [Console]::OutputEncoding = $encoding
    }

    # With nothing from here PowerShell goes on to names of files.
    if ($answers.Count -eq 0 -or $answers[-1] -eq ':files') { return }
    # An empty text keeps it from doing so.
    if ($answers.Count -eq 1) { return '' }
    $answers | Select-Object -SkipLast 1 | ForEach-Object {
        $value, $note = $_ -split "\`t", 2
        $text = $value
        if ($value -notmatch '^[\\w./:+=-][\\w./:+=@%-]*$') { $text = "'" + ($value -replace "'", "''") + "'" }
        if (-not $note) { $note = $value }
        $kind = if ($value.StartsWith('-')) { 'ParameterName' } else { 'ParameterValue' }
        [System.Management.Automation.CompletionResult]::new($text, $value, $kind, $note)
    }
}
`;
}
