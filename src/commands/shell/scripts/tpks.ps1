# PowerShell completion for tpks: tpks completion powershell | Out-String | Invoke-Expression

# For PowerShell 5.1 or newer. Values with special characters are inserted in single quotes.
Register-ArgumentCompleter -Native -CommandName 'tpks' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # The words without quotes and without expansion.
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text } })
    $words += "$wordToComplete".Trim('"', "'")

    # PowerShell before 7.3 drops empty arguments and removes quotes.
    $isLegacy = $PSVersionTable.PSVersion -lt [version]'7.3' -or $PSNativeCommandArgumentPassing -eq 'Legacy'
    if ($isLegacy) {
        $words = @($words | ForEach-Object { if ($_ -eq '') { '""' } else { $_ -replace '"', '\"' } })
    }

    $program = Get-Command -Name 'tpks' -CommandType Application, ExternalScript -ErrorAction SilentlyContinue |
        Select-Object -First 1
    if (-not $program) { return }
    $encoding = [Console]::OutputEncoding
    try {
        [Console]::OutputEncoding = [System.Text.Encoding]::UTF8
        $answers = @(& $program __complete -- @words 2>$null)
    } finally {
        [Console]::OutputEncoding = $encoding
    }

    # Without a result, PowerShell completes file names.
    if ($answers.Count -eq 0 -or $answers[-1] -eq ':files') { return }
    # Omit names that PowerShell would pass incorrectly. cmd.exe, which runs .cmd files, interprets more characters.
    $isBatch = $program.Name -match '\.(cmd|bat)$'
    $unsafe = '(?!)'
    if ($isBatch) { $unsafe = '["%&|<>^]|\\$' }
    elseif ($isLegacy) { $unsafe = '"|\\$' }
    $answers = @($answers | Select-Object -SkipLast 1 | Where-Object { ($_ -split "`t", 2)[0] -notmatch $unsafe })
    # An empty string prevents PowerShell from completing file names.
    if ($answers.Count -eq 0) { return '' }
    $answers | ForEach-Object {
        $value, $note = $_ -split "`t", 2
        $text = $value
        if ($value -notmatch '^[\w./:+=-][\w./:+=@%-]*$') {
            $text = "'$([System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($value))'"
        }
        if (-not $note) { $note = $value }
        $kind = if ($value.StartsWith('-')) { 'ParameterName' } else { 'ParameterValue' }
        [System.Management.Automation.CompletionResult]::new($text, $value, $kind, $note)
    }
}
# tpks doctor reads this variable.
$env:TPKS_COMPLETION = 'powershell'
