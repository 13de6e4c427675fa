# PowerShell completion for mailtrap: generated from its commands, do not edit.

Register-ArgumentCompleter -Native -CommandName mailtrap -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $members = @{
        '' = [ordered]@{
            'send' = 'Send one email.'
            'config' = 'Profiles: tokens, streams, sandboxes.'
            'completion' = 'Print the completion script of a shell, or install it.'
            'messages' = 'Read the messages that a sandbox captured.'
            'sandboxes' = 'The sandboxes: credentials, addresses, clean-up.'
            'projects' = 'The projects that sandboxes belong to.'
            'local' = 'The embedded sandbox, on a port and on disk.'
        }
        'config' = [ordered]@{
            'init' = 'Make a profile, or change it: what is given is set, on a terminal the rest is asked for.'
            'list' = 'List the profiles; local, the embedded sandbox, is always there.'
            'show' = 'Show a profile; the token is masked.'
            'get' = 'Print one value of the profile in use; a token is masked.'
            'set' = 'Set one value of the profile in use (--profile names another).'
            'unset' = 'Take one value out of the profile in use.'
            'use' = 'Make a profile the default one.'
            'rename' = 'Rename a profile.'
            'remove' = 'Remove a profile, with its token.'
            'path' = 'Print where the configuration file is, whether it exists or not.'
            'edit' = 'Edit the file in $VISUAL or $EDITOR: a private copy, which replaces the file once it is valid.'
        }
        'messages' = [ordered]@{
            'list' = 'List the messages of a sandbox, newest first.'
            'show' = 'Show a message as a person reads it: headers, then the text.'
        }
        'sandboxes' = [ordered]@{
            'list' = 'List the sandboxes of the token.'
            'get' = 'Show a sandbox and its credentials.'
            'create' = 'Create a sandbox in a project.'
            'update' = 'Change the name of a sandbox, or of its email address.'
            'delete' = 'Delete a sandbox and all its messages.'
            'clean' = 'Delete all messages of a sandbox.'
            'mark-read' = 'Mark all messages of a sandbox as read.'
            'reset-credentials' = 'Give a sandbox a new SMTP user and password; the old ones stop working.'
            'toggle-email' = 'Turn the email address of a sandbox on or off.'
            'reset-email' = 'Give a sandbox a new email address; the old one stops working.'
        }
        'projects' = [ordered]@{
            'list' = 'List the projects and their sandboxes.'
            'get' = 'Show a project.'
            'create' = 'Create a project.'
            'update' = 'Rename a project.'
            'delete' = 'Delete a project and all its sandboxes.'
        }
        'local' = [ordered]@{
            'serve' = 'Serve the embedded sandbox on a port of this machine, for programs in any language.'
            'env' = 'Print the environment that points this tool at a local server, for a shell''s eval.'
            'fault' = 'Change the faults of the server that runs on this port; without any, show them.'
            'reset' = 'Delete every message of the embedded sandbox; sandboxes and projects stay.'
            'path' = 'Print where the embedded sandbox is kept, whether it is there yet or not.'
            'stats' = 'Show how much the embedded sandbox holds.'
        }
    }
    $options = @{
        '' = [ordered]@{
            '-p' = 'Profile to use.'
            '--profile' = 'Profile to use.'
            '-o' = 'How results are printed.'
            '--output' = 'How results are printed.'
            '-q' = 'Only the essential value: ids, one a line; no progress, no notices.'
            '--quiet' = 'Only the essential value: ids, one a line; no progress, no notices.'
            '-v' = 'Each request on stderr; the token is never shown.'
            '--verbose' = 'Each request on stderr; the token is never shown.'
            '--timeout' = 'Deadline of one request; 30 by default.'
            '--no-color' = 'No colours; the environment''s NO_COLOR does the same.'
            '--version' = 'Print the version.'
            '-h' = 'Show this message and exit.'
            '--help' = 'Show this message and exit.'
        }
        'send' = [ordered]@{
            '--from' = 'Sender; else the profile''s.'
            '--to' = 'Recipient, or a list; repeatable.'
            '--cc' = 'As --to, for a copy.'
            '--bcc' = 'As --to, for a blind copy.'
            '--reply-to' = 'Where answers go.'
            '--subject' = 'Subject line.'
            '--text' = 'Text body; piped in, it needs no flag.'
            '--text-file' = 'Text body; - is stdin.'
            '--html' = 'HTML body.'
            '--html-file' = 'HTML body; - is stdin.'
            '--attach' = 'Attachment; repeatable.'
            '--inline' = 'Image inside the HTML, as PATH or CID=PATH; repeatable.'
            '--header' = 'Header; repeatable.'
            '--category' = 'Category, for statistics.'
            '--variable' = 'Custom variable; repeatable.'
            '--template' = 'Template, for all content.'
            '--template-var' = 'Template variable; repeatable.'
            '--template-vars' = 'JSON object of variables.'
            '--payload' = 'The API''s JSON; flags override.'
            '--eml' = 'A MIME message; flags override.'
            '--sandbox' = 'Capture in the sandbox, or deliver for real.'
            '--live' = 'Capture in the sandbox, or deliver for real.'
            '--sandbox-id' = 'The sandbox; implies --sandbox when sending.'
            '--stream' = 'The stream of live sends.'
            '--dry-run' = 'Print the request and send nothing.'
        }
        'config init' = [ordered]@{
            '--token-stdin' = 'Read the token from standard input.'
            '--token-env' = 'Take the token from this variable.'
            '--token-command' = 'Take the token from this command.'
            '--stream' = 'The stream of live sends.'
            '--sandbox-id' = 'Send to this sandbox.'
            '--from' = 'The sender of its emails.'
        }
        'config show' = [ordered]@{
            '--origins' = 'Every setting of a run as it would be now, and where each comes from.'
        }
        'config remove' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'completion' = [ordered]@{
            '--install' = 'Put the script where the shell looks for it.'
        }
        'messages list' = [ordered]@{
            '--sandbox-id' = 'The sandbox; implies --sandbox when sending.'
            '--search' = 'Words of the subject or the recipient.'
            '--limit' = 'At most this many, newest first.'
        }
        'messages show' = [ordered]@{
            '--sandbox-id' = 'The sandbox; implies --sandbox when sending.'
        }
        'sandboxes create' = [ordered]@{
            '--name' = 'Its name.'
        }
        'sandboxes update' = [ordered]@{
            '--name' = 'Its name.'
            '--email-username' = 'The part of its email address before the @.'
        }
        'sandboxes delete' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'sandboxes clean' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'sandboxes reset-credentials' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'sandboxes reset-email' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'projects create' = [ordered]@{
            '--name' = 'Its name, of 2 to 100 characters.'
        }
        'projects update' = [ordered]@{
            '--name' = 'Its name, of 2 to 100 characters.'
        }
        'projects delete' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'local serve' = [ordered]@{
            '--port' = 'The port; 0 picks one when serving.'
            '--host' = 'The address to listen on.'
            '--allow-remote' = 'Let --host be an address that other machines reach.'
            '--allow-host' = 'Another name that clients call it by; repeatable.'
            '--ready-file' = 'Write url, port and pid here once it is up.'
            '--token-env' = 'Take only the token in this variable.'
            '--tls-cert' = 'Serve https with this certificate (PEM).'
            '--tls-key' = 'Its private key (PEM).'
            '--max-messages' = 'Keep so many, the oldest out first.'
            '--latency' = 'Answer this late, such as 100ms.'
            '--jitter' = 'Up to so much later at random.'
            '--rate-limit' = 'Requests a token, such as 150/10s; or off.'
            '--fail' = 'Fail so many, such as 500:5%; repeatable.'
            '--reset' = 'Accept and cut the connection, such as 1%.'
            '--partial' = 'Refuse so many messages of a batch, such as 2%.'
            '--seed' = 'Make the faults repeatable.'
        }
        'local env' = [ordered]@{
            '--port' = 'The server''s port.'
            '--host' = 'Its address.'
            '--tls' = 'It serves https.'
            '--token-env' = 'The variable that it takes its token from.'
        }
        'local fault' = [ordered]@{
            '--port' = 'The server''s port.'
            '--token-env' = 'The variable that it takes its token from.'
            '--latency' = 'Answer this late, such as 100ms.'
            '--jitter' = 'Up to so much later at random.'
            '--rate-limit' = 'Requests a token, such as 150/10s; or off.'
            '--fail' = 'Fail so many, such as 500:5%; repeatable.'
            '--reset' = 'Accept and cut the connection, such as 1%.'
            '--partial' = 'Refuse so many messages of a batch, such as 2%.'
            '--clear' = 'Take all faults back first.'
        }
        'local reset' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
    }
    $taking = @{
        '' = @('-p', '--profile', '-o', '--output', '--timeout')
        'send' = @('--from', '--to', '--cc', '--bcc', '--reply-to', '--subject', '--text', '--text-file', '--html', '--html-file', '--attach', '--inline', '--header', '--category', '--variable', '--template', '--template-var', '--template-vars', '--payload', '--eml', '--sandbox-id', '--stream')
        'config init' = @('--token-env', '--token-command', '--stream', '--sandbox-id', '--from')
        'messages list' = @('--sandbox-id', '--search', '--limit')
        'messages show' = @('--sandbox-id')
        'sandboxes create' = @('--name')
        'sandboxes update' = @('--name', '--email-username')
        'projects create' = @('--name')
        'projects update' = @('--name')
        'local serve' = @('--port', '--host', '--allow-host', '--ready-file', '--token-env', '--tls-cert', '--tls-key', '--max-messages', '--latency', '--jitter', '--rate-limit', '--fail', '--reset', '--partial', '--seed')
        'local env' = @('--port', '--host', '--token-env')
        'local fault' = @('--port', '--token-env', '--latency', '--jitter', '--rate-limit', '--fail', '--reset', '--partial')
    }
    $values = @{
        ':-p' = 'profile'
        ':--profile' = 'profile'
        ':-o' = 'table|json|jsonl|csv'
        ':--output' = 'table|json|jsonl|csv'
        'send:--text-file' = 'file'
        'send:--html-file' = 'file'
        'send:--attach' = 'file'
        'send:--inline' = 'file'
        'send:--template-vars' = 'file'
        'send:--payload' = 'file'
        'send:--eml' = 'file'
        'send:--stream' = 'transactional|bulk'
        'config init:--stream' = 'transactional|bulk'
        'config init:1' = 'profile'
        'config show:1' = 'profile'
        'config use:1' = 'profile'
        'config rename:1' = 'profile'
        'config remove:1' = 'profile'
        'completion:1' = 'bash|zsh|fish|powershell'
        'local serve:--ready-file' = 'file'
        'local serve:--tls-cert' = 'file'
        'local serve:--tls-key' = 'file'
    }

    $before = $commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition }
    $typed = @($before | ForEach-Object {
        $quoted = $_ -is [System.Management.Automation.Language.StringConstantExpressionAst]
        if ($quoted) { $_.Value } else { $_.Extent.Text }
    })
    $path = ''
    $option = ''
    $rest = $false
    $count = 1
    foreach ($word in ($typed | Select-Object -Skip 1)) {
        $takes = @($taking['']) + @($taking[$path])
        if ($option) {
            $option = ''
        } elseif (-not $rest -and $word -ceq '--') {
            $rest = $true
        } elseif (-not $rest -and $word.StartsWith('--')) {
            if ($takes -ccontains $word) { $option = $word }
        } elseif (-not $rest -and $word.Length -gt 1 -and $word.StartsWith('-')) {
            for ($i = 1; $i -lt $word.Length; $i++) { # -qo json, -ojson
                if ($takes -ccontains "-$($word[$i])") {
                    if ($i + 1 -eq $word.Length) { $option = "-$($word[$i])" }
                    break
                }
            }
        } elseif ($members.ContainsKey($path) -and $members[$path].Contains($word)) {
            $path = "$path $word".Trim()
        } else {
            $count++
        }
    }

    $lead = ''
    $current = $wordToComplete
    $asked = if ($option) { $option } else { "$count" }
    if (-not $option -and -not $rest -and $wordToComplete.StartsWith('--') -and $wordToComplete.Contains('=')) {
        $asked, $current = $wordToComplete -split '=', 2
        $lead = "$asked="
    } elseif (-not $option -and -not $rest -and $wordToComplete.StartsWith('-')) {
        $asked = ''
    }
    $found = [ordered]@{}
    if ($asked -eq '') {
        foreach ($where in @($path, '') | Select-Object -Unique) {
            if (-not $options.ContainsKey($where)) { continue }
            foreach ($name in $options[$where].Keys) { $found[$name] = $options[$where][$name] }
        }
    } elseif ($asked -match '^\d+$' -and $members.ContainsKey($path)) {
        if ($count -eq 1) { $found = $members[$path] }
    } else {
        $places = @("${path}:$asked", ":$asked", "${path}:*")
        $kind = $places | Where-Object { $values.ContainsKey($_) } | Select-Object -First 1
        if ($kind -and $values[$kind] -eq 'profile') {
            foreach ($name in @(& $typed[0] config list -q 2>$null)) { $found[$name] = 'Profile' }
        } elseif ($kind -and $values[$kind] -ne 'file') {
            foreach ($name in $values[$kind] -split '\|') { $found[$name] = $name }
        } # without a candidate PowerShell offers files
    }
    foreach ($name in @($found.Keys)) {
        if ($name.StartsWith($current, [StringComparison]::Ordinal)) {
            $text = if ($name -match '^[\w.@/+-]+$') { "$lead$name" } else { "$lead'" + $name.Replace("'", "''") + "'" }
            [System.Management.Automation.CompletionResult]::new($text, $name, 'ParameterValue', $found[$name])
        }
    }
}
