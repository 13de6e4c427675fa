# PowerShell completion for mailtrap: generated from its commands, do not edit.

Register-ArgumentCompleter -Native -CommandName mailtrap -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $members = @{
        '' = [ordered]@{
            'send' = 'Send one email.'
            'batch' = 'Send an email for each row of a file, exactly once.'
            'config' = 'Manage profiles: tokens, streams, sandboxes.'
            'doctor' = 'Check the setup: configuration, token, hosts, proxy, clock, sandbox, sender, completions.'
            'domains' = 'Manage sending domains and check their DNS records.'
            'completion' = 'Print or install shell completions.'
            'messages' = 'Read, wait for and check the messages of a sandbox.'
            'attachments' = 'List and save the attachments of a message.'
            'sandboxes' = 'Manage sandboxes: credentials, addresses, cleanup.'
            'projects' = 'Manage the projects that group sandboxes.'
            'local' = 'Run the local sandbox: no account, no network.'
            'stats' = 'Show deliveries, bounces, opens and clicks.'
            'logs' = 'Search the log of sent emails.'
            'suppressions' = 'Manage addresses that get no more emails.'
            'tracking-opt-outs' = 'Manage addresses that are not tracked.'
            'webhooks' = 'Manage the URLs that get events.'
            'templates' = 'Manage email templates.'
            'campaigns' = 'Write, schedule and send campaigns.'
            'contacts' = 'Manage contacts and their events.'
            'contact-lists' = 'Manage lists of contacts.'
            'contact-fields' = 'Manage the fields of contacts.'
            'inbound' = 'Read and answer received emails.'
            'accounts' = 'List the accounts that the token can access.'
            'account-access' = 'See who has access to the account.'
            'permissions' = 'Set what users and tokens may do.'
            'tokens' = 'Manage API tokens.'
            'billing' = 'Show the usage of the billing cycle.'
            'organizations' = 'Manage the sub-accounts of an organization.'
            'api' = 'Send any request to the API and print the answer unchanged.'
            'commands' = 'List every command; with -o json everything a program needs to call them.'
        }
        'config' = [ordered]@{
            'list' = 'List the profiles.'
            'show' = 'Show a profile.'
            'get' = 'Print one value of the profile in use.'
            'set' = 'Set one value of the profile in use (choose another with --profile).'
            'unset' = 'Remove one value from the profile in use (choose another with --profile).'
            'use' = 'Make a profile the default.'
            'rename' = 'Rename a profile.'
            'edit' = 'Edit the configuration file in $VISUAL or $EDITOR.'
            'init' = 'Create or update a profile.'
            'path' = 'Print the path of the configuration file, even if it does not exist yet.'
            'remove' = 'Remove a profile and its token.'
        }
        'domains' = [ordered]@{
            'list' = 'List the domains.'
            'get' = 'Show a domain.'
            'check' = 'Check whether domains can send, and if not, why.'
            'create' = 'Create a domain.'
            'update' = 'Update a domain.'
            'send-setup-instructions' = 'Email somebody the DNS records to set.'
            'company-info' = 'Who sends from a domain, as its review requires.'
            'delete' = 'Delete a domain.'
        }
        'domains company-info' = [ordered]@{
            'get' = 'Show who sends from a domain.'
            'create' = 'Say who sends from a domain, as its review requires.'
            'update' = 'Update who sends from a domain.'
        }
        'messages' = [ordered]@{
            'list' = 'List the messages of a sandbox, newest first.'
            'show' = 'Show a message in readable form: headers, text, attachments.'
            'wait' = 'Wait for a message and print it, or only the link or code in it.'
            'expect' = 'Check that the right email was sent, and list every expectation that fails.'
            'open' = 'Open a message in the browser ($BROWSER), without loading anything from elsewhere.'
            'text' = 'Print the text body.'
            'html' = 'Print the HTML body, as the API formats it.'
            'html-source' = 'Print the HTML body as it was sent.'
            'raw' = 'Print the raw message as text, including its headers.'
            'eml' = 'Print the message as an .eml file, byte for byte, or save it.'
            'headers' = 'List the headers.'
            'spam' = 'Show the report of the spam filter; -q prints only the score, or nothing without a report.'
            'html-check' = 'List what email clients do not support in the HTML, by line.'
            'send' = 'Send a captured message for real, like `mailtrap send`.'
            'mark-read' = 'Mark a message as read.'
            'mark-unread' = 'Mark a message as unread.'
            'forward' = 'Forward a message to a real address, whose owner has confirmed it in Mailtrap.'
            'delete' = 'Delete a message.'
        }
        'attachments' = [ordered]@{
            'list' = 'List the attachments of a message.'
            'get' = 'Save the attachments of a message to a folder, or one of them to a file.'
        }
        'sandboxes' = [ordered]@{
            'list' = 'List the sandboxes.'
            'get' = 'Show a sandbox.'
            'create' = 'Create a sandbox in a project.'
            'update' = 'Update a sandbox.'
            'clean' = 'Delete all messages of a sandbox.'
            'mark-read' = 'Mark all messages of a sandbox as read.'
            'reset-credentials' = 'Replace the SMTP username and password of a sandbox.'
            'toggle-email' = 'Turn the email address of a sandbox on or off.'
            'reset-email' = 'Replace the email address of a sandbox.'
            'delete' = 'Delete a sandbox.'
        }
        'projects' = [ordered]@{
            'list' = 'List the projects.'
            'get' = 'Show a project.'
            'create' = 'Create a project.'
            'update' = 'Update a project.'
            'delete' = 'Delete a project.'
        }
        'local' = [ordered]@{
            'env' = 'Print environment variables that point programs at a local server, for a shell''s eval or a .env file.'
            'fault' = 'Change the faults of a running server; without options, show them.'
            'serve' = 'Run the local sandbox on ports of this machine, for programs in any language.'
            'reset' = 'Delete every message of the local sandbox; keep sandboxes and projects.'
            'path' = 'Print the path of the local sandbox, even if it does not exist yet.'
            'stats' = 'Show how much the local sandbox contains.'
        }
        'stats' = [ordered]@{
            'get' = 'Show what happened to emails.'
            'by-domain' = 'Show what happened to emails, by domain.'
            'by-category' = 'Show what happened to emails, by category.'
            'by-esp' = 'Show what happened to emails, by email service provider.'
            'by-date' = 'Show what happened to emails, by date.'
        }
        'logs' = [ordered]@{
            'list' = 'List the emails that were sent, newest first.'
            'get' = 'Show an email that was sent, with its events.'
        }
        'suppressions' = [ordered]@{
            'list' = 'List the suppressions.'
            'create' = 'Create a suppression.'
            'export' = 'Export the suppression list to a CSV file.'
            'import' = 'Suppress the address in each row of a file.'
            'delete' = 'Delete a suppression.'
        }
        'tracking-opt-outs' = [ordered]@{
            'list' = 'List the tracking opt-outs.'
            'create' = 'Create a tracking opt-out.'
            'delete' = 'Delete a tracking opt-out.'
        }
        'webhooks' = [ordered]@{
            'list' = 'List the webhooks.'
            'get' = 'Show a webhook.'
            'create' = 'Create a webhook.'
            'update' = 'Update a webhook.'
            'deliveries' = 'List what `mailtrap local serve` sent to webhooks and the answers, newest first; needs -p local.'
            'delete' = 'Delete a webhook.'
        }
        'templates' = [ordered]@{
            'list' = 'List the templates.'
            'get' = 'Show a template.'
            'create' = 'Create a template.'
            'update' = 'Update a template.'
            'delete' = 'Delete a template.'
        }
        'campaigns' = [ordered]@{
            'list' = 'List the campaigns.'
            'get' = 'Show a campaign.'
            'create' = 'Create a campaign.'
            'update' = 'Update a campaign.'
            'start' = 'Start sending a draft.'
            'schedule' = 'Schedule a draft, at most a month ahead.'
            'cancel' = 'Cancel the schedule of a campaign; it becomes a draft again.'
            'terminate' = 'Stop a campaign that is being sent, for good.'
            'reset' = 'Reset a scheduled campaign to a draft.'
            'stats' = 'Show what happened to the emails of a campaign.'
            'delete' = 'Delete a campaign.'
        }
        'contacts' = [ordered]@{
            'get' = 'Show a contact.'
            'create' = 'Create a contact.'
            'update' = 'Update a contact.'
            'export' = 'Export contacts to a CSV file.'
            'import' = 'Create or update a contact for each row of a file.'
            'create-event' = 'Record an event of a contact, for automations.'
            'import-status' = 'Show the progress of an import.'
            'export-status' = 'Show the progress of an export, and its URL.'
            'delete' = 'Delete a contact.'
        }
        'contact-lists' = [ordered]@{
            'list' = 'List the contact lists.'
            'get' = 'Show a contact list.'
            'create' = 'Create a contact list.'
            'update' = 'Update a contact list.'
            'delete' = 'Delete a contact list.'
        }
        'contact-fields' = [ordered]@{
            'list' = 'List the contact fields.'
            'get' = 'Show a contact field.'
            'create' = 'Create a contact field.'
            'update' = 'Update a contact field.'
            'delete' = 'Delete a contact field.'
        }
        'inbound' = [ordered]@{
            'folders' = 'Folders of inboxes.'
            'inboxes' = 'Inboxes, each with its own address.'
            'messages' = 'Received messages: read, reply, forward.'
            'threads' = 'Messages by conversation.'
            'forward-rules' = 'Rules that forward what an inbox receives.'
        }
        'inbound folders' = [ordered]@{
            'list' = 'List the inbound folders.'
            'get' = 'Show an inbound folder.'
            'create' = 'Create an inbound folder.'
            'update' = 'Update an inbound folder.'
            'delete' = 'Delete an inbound folder.'
        }
        'inbound inboxes' = [ordered]@{
            'list' = 'List the inbound inboxes.'
            'get' = 'Show an inbound inbox.'
            'create' = 'Create an inbound inbox.'
            'update' = 'Update an inbound inbox.'
            'delete' = 'Delete an inbound inbox.'
        }
        'inbound messages' = [ordered]@{
            'list' = 'List the inbound messages.'
            'get' = 'Show an inbound message.'
            'delete' = 'Delete an inbound message.'
            'reply' = 'Reply to the sender of a message.'
            'reply-all' = 'Reply to everyone on a message.'
            'forward' = 'Forward a message.'
        }
        'inbound threads' = [ordered]@{
            'list' = 'List the threads.'
            'get' = 'Show a thread.'
            'delete' = 'Delete a thread.'
        }
        'inbound forward-rules' = [ordered]@{
            'list' = 'List the forward rules.'
            'get' = 'Show a forward rule.'
            'create' = 'Create a forward rule.'
            'update' = 'Update a forward rule.'
            'delete' = 'Delete a forward rule.'
        }
        'accounts' = [ordered]@{
            'list' = 'List the accounts that the token can access.'
        }
        'account-access' = [ordered]@{
            'list' = 'List who has access: users, invitations and API tokens.'
            'delete' = 'Remove somebody''s access to the account.'
        }
        'permissions' = [ordered]@{
            'list' = 'List the resources that permissions can be given for.'
            'update' = 'Set the permissions of a user or a token.'
        }
        'tokens' = [ordered]@{
            'list' = 'List the API tokens, without their secrets.'
            'get' = 'Show an API token, without its secret.'
            'create' = 'Create an API token.'
            'reset' = 'Replace an API token.'
            'delete' = 'Delete an API token.'
        }
        'billing' = [ordered]@{
            'usage' = 'Show the usage of this billing cycle.'
        }
        'organizations' = [ordered]@{
            'sub-accounts' = 'The accounts of an organization.'
        }
        'organizations sub-accounts' = [ordered]@{
            'list' = 'List the sub-accounts of an organization.'
            'create' = 'Create a sub-account in an organization.'
        }
    }
    $options = @{
        '' = [ordered]@{
            '-p' = 'Profile to use.'
            '--profile' = 'Profile to use.'
            '-o' = 'How results are printed.'
            '--output' = 'How results are printed.'
            '-q' = 'Print only the essential value, such as IDs, one per line; no notices.'
            '--quiet' = 'Print only the essential value, such as IDs, one per line; no notices.'
            '-v' = 'Show each request on stderr, never the token.'
            '--verbose' = 'Show each request on stderr, never the token.'
            '--timeout' = 'Deadline of one request (default: 30).'
            '--no-input' = 'Never ask; MAILTRAP_NO_INPUT=1 does the same.'
            '--no-color' = 'No colors; NO_COLOR=1 does the same.'
            '--no-pager' = 'Do not page long output; PAGER=cat does the same.'
            '--version' = 'Print the version.'
            '-h' = 'Show this help.'
            '--help' = 'Show this help.'
        }
        'send' = [ordered]@{
            '--to' = 'Recipient or list; repeatable.'
            '--from' = 'Sender (default: the profile''s).'
            '--cc' = 'Cc recipient or list; repeatable.'
            '--bcc' = 'Bcc recipient or list; repeatable.'
            '--reply-to' = 'Reply-To address.'
            '--subject' = 'Subject line.'
            '--text' = 'Text body (or pipe it to stdin).'
            '--text-file' = 'Text body from a file; - is stdin.'
            '--html' = 'HTML body.'
            '--html-file' = 'HTML body from a file; - is stdin.'
            '--attach' = 'Attach a file; repeatable.'
            '--inline' = 'Image shown in the HTML as cid:CID (default: its name); repeatable.'
            '--header' = 'Header; repeatable.'
            '--category' = 'Category, for statistics.'
            '--variable' = 'Custom variable; repeatable.'
            '--template' = 'Template for the subject and all content.'
            '--template-var' = 'Template variable; repeatable.'
            '--template-vars' = 'Template variables: a JSON object.'
            '--payload' = 'The API''s JSON; flags override it.'
            '--eml' = 'A MIME message; flags override it.'
            '--sandbox' = 'Capture in the sandbox, or deliver for real.'
            '--live' = 'Capture in the sandbox, or deliver for real.'
            '--sandbox-id' = 'This sandbox; implies --sandbox.'
            '--stream' = 'Stream for live sends.'
            '--dry-run' = 'Print the request and send nothing.'
        }
        'batch' = [ordered]@{
            '--from' = 'Sender (default: the profile''s).'
            '--cc' = 'Cc recipient or list; repeatable.'
            '--bcc' = 'Bcc recipient or list; repeatable.'
            '--reply-to' = 'Reply-To address.'
            '--subject' = 'Subject, with {{ column }} placeholders.'
            '--text' = 'Text body, with placeholders.'
            '--text-file' = 'Text body from a file; - is stdin.'
            '--html' = 'HTML body; the values are escaped.'
            '--html-file' = 'HTML body from a file; - is stdin.'
            '--attach' = 'Attach a file; repeatable.'
            '--inline' = 'Image shown in the HTML as cid:CID (default: its name); repeatable.'
            '--header' = 'Header; repeatable.'
            '--category' = 'Category, for statistics.'
            '--variable' = 'Custom variable; repeatable.'
            '--template' = 'Template; each row provides its variables.'
            '--map' = 'Column for a field, such as email=Address; repeatable.'
            '--set' = 'The same value for all rows; repeatable.'
            '--limit' = 'Only the first N rows.'
            '--dedupe' = 'Skip rows that repeat a recipient.'
            '--skip-invalid' = 'Skip invalid rows.'
            '--attachments-dir' = 'Folder of the rows'' attachments (default: FILE''s folder).'
            '--dry-run' = 'Check all rows, print the request and send nothing.'
            '--preview' = 'Print the first N messages.'
            '--test-to' = 'Send only the first row, to this address.'
            '--rate' = 'Email rate, such as 5000/hour.'
            '--rate-limit' = 'Request rate (default: 150/10s).'
            '--concurrency' = 'Concurrent requests.'
            '--results' = 'Save the outcome of each row: .csv, .tsv or .jsonl.'
            '--failed' = 'Save the failed rows, to send them again.'
            '--journal' = 'File for the journal of the run.'
            '--again' = 'Start over: send all rows again.'
            '--resend-unknown' = 'Send rows of unknown outcome again.'
            '--lookup-wait' = 'How far lists may lag behind (default: 30s; email logs: 3m).'
            '--no-trace' = 'Leave out the custom variable that names the row.'
            '--runs' = 'List the runs and exit.'
            '--forget' = 'Remove a run''s journal and exit.'
            '--junit' = 'Also write the results to FILE as JUnit XML.'
            '--sandbox' = 'Capture in the sandbox, or deliver for real.'
            '--live' = 'Capture in the sandbox, or deliver for real.'
            '--sandbox-id' = 'This sandbox; implies --sandbox.'
            '--stream' = 'Stream for live sends.'
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'config show' = [ordered]@{
            '--origins' = 'Show every setting that a run would use, and where each comes from.'
        }
        'config init' = [ordered]@{
            '--sandbox-id' = 'Send to this sandbox.'
            '--live' = 'Deliver to real recipients.'
            '--stream' = 'The stream of live sends.'
            '--from' = 'The sender of its emails.'
            '--token-stdin' = 'Read the token from stdin.'
            '--token-env' = 'Read the token from this variable at each run.'
            '--token-command' = 'Run this command for the token.'
            '--keyring' = 'Keep the token in the system''s keyring, not in the file.'
            '--no-check' = 'Save the token without checking it.'
        }
        'config remove' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'domains list' = [ordered]@{
            '--limit' = 'At most this many rows.'
            '--web' = 'Open the page on mailtrap.io instead.'
        }
        'domains check' = [ordered]@{
            '--all' = 'Check every domain the token has access to.'
            '--nameserver' = 'Ask only this name server (repeatable).'
            '--dns-timeout' = 'Time limit for all DNS questions together (default: 5, or --timeout if that is less).'
            '--wait' = 'Check again until all domains pass, such as 30m.'
            '--dns-only' = 'Check DNS alone. Needs no token.'
            '--fix' = 'Print only the records to set, in this format.'
            '--junit' = 'Also write the results to FILE as JUnit XML.'
        }
        'domains create' = [ordered]@{
            '--domain-name' = 'Domain name.'
        }
        'domains update' = [ordered]@{
            '--open-tracking-enabled' = 'Track when emails are opened.'
            '--no-open-tracking-enabled' = 'Track when emails are opened.'
            '--click-tracking-enabled' = 'Track clicks on links.'
            '--no-click-tracking-enabled' = 'Track clicks on links.'
            '--tracking-opt-out-enabled' = 'Add a link to opt out of tracking.'
            '--no-tracking-opt-out-enabled' = 'Add a link to opt out of tracking.'
            '--auto-unsubscribe-link-enabled' = 'Add an unsubscribe link to every email.'
            '--no-auto-unsubscribe-link-enabled' = 'Add an unsubscribe link to every email.'
            '--inbound-enabled' = 'Receive email at this domain.'
            '--no-inbound-enabled' = 'Receive email at this domain.'
        }
        'domains send-setup-instructions' = [ordered]@{
            '--email' = 'Recipient of the instructions.'
        }
        'domains company-info create' = [ordered]@{
            '--name' = 'Name of the company or person.'
            '--address' = 'Street and number.'
            '--city' = 'City.'
            '--country' = 'Country, such as US.'
            '--zip-code' = 'ZIP or postal code.'
            '--website-url' = 'URL of the website, or of a person''s profile page.'
            '--phone' = 'Phone number.'
            '--privacy-policy-url' = 'URL of the privacy policy.'
            '--terms-of-service-url' = 'URL of the terms of service.'
            '--info-level' = 'A business or an individual.'
        }
        'domains company-info update' = [ordered]@{
            '--name' = 'Name of the company or person.'
            '--address' = 'Street and number.'
            '--city' = 'City.'
            '--country' = 'Country, such as US.'
            '--zip-code' = 'ZIP or postal code.'
            '--website-url' = 'URL of the website, or of a person''s profile page.'
            '--phone' = 'Phone number.'
            '--privacy-policy-url' = 'URL of the privacy policy.'
            '--terms-of-service-url' = 'URL of the terms of service.'
            '--info-level' = 'A business or an individual.'
        }
        'domains delete' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'completion' = [ordered]@{
            '--install' = 'Install the script where the shell looks for it.'
        }
        'messages list' = [ordered]@{
            '--search' = 'Text in the subject or the recipient; the API searches.'
            '--to' = 'Recipient: an address, or part of an address or name.'
            '--from' = 'Sender, like --to.'
            '--subject' = 'Text in the subject.'
            '--unread' = 'Only unread messages.'
            '--since' = 'At most this old, such as 5m or 1h30m.'
            '--stream' = 'Stream it was sent to; the local sandbox captures live streams too.'
            '--sandbox-id' = 'Sandbox (default: the profile''s).'
            '--limit' = 'At most this many rows.'
            '--watch' = 'Keep going, and show messages as they arrive.'
        }
        'messages show' = [ordered]@{
            '--search' = 'Text in the subject or the recipient; the API searches.'
            '--to' = 'Recipient: an address, or part of an address or name.'
            '--from' = 'Sender, like --to.'
            '--subject' = 'Text in the subject.'
            '--unread' = 'Only unread messages.'
            '--since' = 'At most this old, such as 5m or 1h30m.'
            '--stream' = 'Stream it was sent to; the local sandbox captures live streams too.'
            '--sandbox-id' = 'Sandbox (default: the profile''s).'
        }
        'messages wait' = [ordered]@{
            '--search' = 'Text in the subject or the recipient; the API searches.'
            '--to' = 'Recipient: an address, or part of an address or name.'
            '--from' = 'Sender, like --to.'
            '--subject' = 'Text in the subject.'
            '--unread' = 'Only unread messages.'
            '--since' = 'At most this old, such as 5m or 1h30m.'
            '--stream' = 'Stream it was sent to; the local sandbox captures live streams too.'
            '--wait' = 'How long to wait, such as 60s; 0 checks once.'
            '--after' = 'Only messages newer than this one; latest: only what arrives from now on.'
            '--sandbox-id' = 'Sandbox (default: the profile''s).'
            '--count' = 'Wait for this many messages.'
            '--extract' = 'Print only this: link, code, regex:EXPRESSION, header:NAME, attachment:NAME (saved; its path). Narrower: link:/confirm, code:6, code:TEXT-BEFORE-IT.'
            '--dir' = 'Folder to save files in; created if missing.'
            '--junit' = 'Also write the results to FILE as JUnit XML.'
        }
        'messages expect' = [ordered]@{
            '--search' = 'Text in the subject or the recipient; the API searches.'
            '--to' = 'Recipient: an address, or part of an address or name.'
            '--from' = 'Sender, like --to.'
            '--subject' = 'Text in the subject.'
            '--unread' = 'Only unread messages.'
            '--since' = 'At most this old, such as 5m or 1h30m.'
            '--stream' = 'Stream it was sent to; the local sandbox captures live streams too.'
            '--contains' = 'Text that the subject, text or HTML must contain.'
            '--not-contains' = 'Text that none of them may contain.'
            '--matches' = 'Python regular expression that one of them must match.'
            '--header' = 'Header with this value; without a value, any.'
            '--has-attachment' = 'Any attachment, or one with this name, such as ''*.pdf''.'
            '--max-spam-score' = 'Spam score of at most this.'
            '--no-html-errors' = 'No problems found by html-check.'
            '--has-link' = 'At least one link.'
            '--links-ok' = 'Links are well-formed, absolute, https.'
            '--online' = 'Links work: request each one. Uses up one-time links.'
            '--allow-private' = 'With --online: also links to private addresses, over http.'
            '--variables-filled' = 'No {{ placeholder }} left, including in headers.'
            '--snapshot' = 'The message matches FILE; the first run creates it.'
            '--mask' = 'With --snapshot: text to ignore because it always differs; repeatable.'
            '--update-snapshot' = 'With --snapshot: update FILE to match the message.'
            '--wait' = 'How long to wait, such as 60s; 0 checks once.'
            '--after' = 'Only messages newer than this one; latest: only what arrives from now on.'
            '--sandbox-id' = 'Sandbox (default: the profile''s).'
            '--count' = 'Exactly this many messages.'
            '--settle' = 'With --count and --wait: check again after this long for extra messages.'
            '--junit' = 'Also write the results to FILE as JUnit XML.'
        }
        'messages open' = [ordered]@{
            '--search' = 'Text in the subject or the recipient; the API searches.'
            '--to' = 'Recipient: an address, or part of an address or name.'
            '--from' = 'Sender, like --to.'
            '--subject' = 'Text in the subject.'
            '--unread' = 'Only unread messages.'
            '--since' = 'At most this old, such as 5m or 1h30m.'
            '--stream' = 'Stream it was sent to; the local sandbox captures live streams too.'
            '--sandbox-id' = 'Sandbox (default: the profile''s).'
        }
        'messages text' = [ordered]@{
            '--search' = 'Text in the subject or the recipient; the API searches.'
            '--to' = 'Recipient: an address, or part of an address or name.'
            '--from' = 'Sender, like --to.'
            '--subject' = 'Text in the subject.'
            '--unread' = 'Only unread messages.'
            '--since' = 'At most this old, such as 5m or 1h30m.'
            '--stream' = 'Stream it was sent to; the local sandbox captures live streams too.'
            '--sandbox-id' = 'Sandbox (default: the profile''s).'
        }
        'messages html' = [ordered]@{
            '--search' = 'Text in the subject or the recipient; the API searches.'
            '--to' = 'Recipient: an address, or part of an address or name.'
            '--from' = 'Sender, like --to.'
            '--subject' = 'Text in the subject.'
            '--unread' = 'Only unread messages.'
            '--since' = 'At most this old, such as 5m or 1h30m.'
            '--stream' = 'Stream it was sent to; the local sandbox captures live streams too.'
            '--sandbox-id' = 'Sandbox (default: the profile''s).'
        }
        'messages html-source' = [ordered]@{
            '--search' = 'Text in the subject or the recipient; the API searches.'
            '--to' = 'Recipient: an address, or part of an address or name.'
            '--from' = 'Sender, like --to.'
            '--subject' = 'Text in the subject.'
            '--unread' = 'Only unread messages.'
            '--since' = 'At most this old, such as 5m or 1h30m.'
            '--stream' = 'Stream it was sent to; the local sandbox captures live streams too.'
            '--sandbox-id' = 'Sandbox (default: the profile''s).'
        }
        'messages raw' = [ordered]@{
            '--search' = 'Text in the subject or the recipient; the API searches.'
            '--to' = 'Recipient: an address, or part of an address or name.'
            '--from' = 'Sender, like --to.'
            '--subject' = 'Text in the subject.'
            '--unread' = 'Only unread messages.'
            '--since' = 'At most this old, such as 5m or 1h30m.'
            '--stream' = 'Stream it was sent to; the local sandbox captures live streams too.'
            '--sandbox-id' = 'Sandbox (default: the profile''s).'
        }
        'messages eml' = [ordered]@{
            '--search' = 'Text in the subject or the recipient; the API searches.'
            '--to' = 'Recipient: an address, or part of an address or name.'
            '--from' = 'Sender, like --to.'
            '--subject' = 'Text in the subject.'
            '--unread' = 'Only unread messages.'
            '--since' = 'At most this old, such as 5m or 1h30m.'
            '--stream' = 'Stream it was sent to; the local sandbox captures live streams too.'
            '--sandbox-id' = 'Sandbox (default: the profile''s).'
            '--save' = 'Write it to FILE.'
            '--force' = 'Replace a file that exists.'
        }
        'messages headers' = [ordered]@{
            '--search' = 'Text in the subject or the recipient; the API searches.'
            '--to' = 'Recipient: an address, or part of an address or name.'
            '--from' = 'Sender, like --to.'
            '--subject' = 'Text in the subject.'
            '--unread' = 'Only unread messages.'
            '--since' = 'At most this old, such as 5m or 1h30m.'
            '--stream' = 'Stream it was sent to; the local sandbox captures live streams too.'
            '--sandbox-id' = 'Sandbox (default: the profile''s).'
        }
        'messages spam' = [ordered]@{
            '--search' = 'Text in the subject or the recipient; the API searches.'
            '--to' = 'Recipient: an address, or part of an address or name.'
            '--from' = 'Sender, like --to.'
            '--subject' = 'Text in the subject.'
            '--unread' = 'Only unread messages.'
            '--since' = 'At most this old, such as 5m or 1h30m.'
            '--stream' = 'Stream it was sent to; the local sandbox captures live streams too.'
            '--sandbox-id' = 'Sandbox (default: the profile''s).'
        }
        'messages html-check' = [ordered]@{
            '--search' = 'Text in the subject or the recipient; the API searches.'
            '--to' = 'Recipient: an address, or part of an address or name.'
            '--from' = 'Sender, like --to.'
            '--subject' = 'Text in the subject.'
            '--unread' = 'Only unread messages.'
            '--since' = 'At most this old, such as 5m or 1h30m.'
            '--stream' = 'Stream it was sent to; the local sandbox captures live streams too.'
            '--sandbox-id' = 'Sandbox (default: the profile''s).'
        }
        'messages send' = [ordered]@{
            '--to' = 'Recipient or list, replacing all the captured ones; repeatable.'
            '--from' = 'Sender (default: the message''s own).'
            '--sandbox' = 'Capture in the sandbox, or deliver for real.'
            '--live' = 'Capture in the sandbox, or deliver for real.'
            '--sandbox-id' = 'This sandbox; implies --sandbox.'
            '--stream' = 'Stream for live sends.'
            '--source' = 'Profile that captured it.'
            '--source-sandbox-id' = 'Sandbox that captured it (default: the one of --source).'
            '--dry-run' = 'Print the request and send nothing.'
        }
        'messages mark-read' = [ordered]@{
            '--search' = 'Text in the subject or the recipient; the API searches.'
            '--to' = 'Recipient: an address, or part of an address or name.'
            '--from' = 'Sender, like --to.'
            '--subject' = 'Text in the subject.'
            '--unread' = 'Only unread messages.'
            '--since' = 'At most this old, such as 5m or 1h30m.'
            '--stream' = 'Stream it was sent to; the local sandbox captures live streams too.'
            '--sandbox-id' = 'Sandbox (default: the profile''s).'
        }
        'messages mark-unread' = [ordered]@{
            '--search' = 'Text in the subject or the recipient; the API searches.'
            '--to' = 'Recipient: an address, or part of an address or name.'
            '--from' = 'Sender, like --to.'
            '--subject' = 'Text in the subject.'
            '--unread' = 'Only unread messages.'
            '--since' = 'At most this old, such as 5m or 1h30m.'
            '--stream' = 'Stream it was sent to; the local sandbox captures live streams too.'
            '--sandbox-id' = 'Sandbox (default: the profile''s).'
        }
        'messages forward' = [ordered]@{
            '--search' = 'Text in the subject or the recipient; the API searches.'
            '--to' = 'Recipient: an address, or part of an address or name.'
            '--from' = 'Sender, like --to.'
            '--subject' = 'Text in the subject.'
            '--unread' = 'Only unread messages.'
            '--since' = 'At most this old, such as 5m or 1h30m.'
            '--stream' = 'Stream it was sent to; the local sandbox captures live streams too.'
            '--sandbox-id' = 'Sandbox (default: the profile''s).'
        }
        'messages delete' = [ordered]@{
            '--search' = 'Text in the subject or the recipient; the API searches.'
            '--to' = 'Recipient: an address, or part of an address or name.'
            '--from' = 'Sender, like --to.'
            '--subject' = 'Text in the subject.'
            '--unread' = 'Only unread messages.'
            '--since' = 'At most this old, such as 5m or 1h30m.'
            '--stream' = 'Stream it was sent to; the local sandbox captures live streams too.'
            '--sandbox-id' = 'Sandbox (default: the profile''s).'
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'attachments list' = [ordered]@{
            '--search' = 'Text in the subject or the recipient; the API searches.'
            '--to' = 'Recipient: an address, or part of an address or name.'
            '--from' = 'Sender, like --to.'
            '--subject' = 'Text in the subject.'
            '--unread' = 'Only unread messages.'
            '--since' = 'At most this old, such as 5m or 1h30m.'
            '--stream' = 'Stream it was sent to; the local sandbox captures live streams too.'
            '--sandbox-id' = 'Sandbox (default: the profile''s).'
            '--type' = 'Only these.'
        }
        'attachments get' = [ordered]@{
            '--search' = 'Text in the subject or the recipient; the API searches.'
            '--to' = 'Recipient: an address, or part of an address or name.'
            '--from' = 'Sender, like --to.'
            '--subject' = 'Text in the subject.'
            '--unread' = 'Only unread messages.'
            '--since' = 'At most this old, such as 5m or 1h30m.'
            '--stream' = 'Stream it was sent to; the local sandbox captures live streams too.'
            '--sandbox-id' = 'Sandbox (default: the profile''s).'
            '--dir' = 'Folder to save files in; created if missing.'
            '--save' = 'Save the single attachment as FILE; - is stdout.'
            '--force' = 'Replace a file that exists.'
        }
        'sandboxes list' = [ordered]@{
            '--limit' = 'At most this many rows.'
        }
        'sandboxes get' = [ordered]@{
            '--format' = 'Print its SMTP settings, including the password, for this framework.'
            '--web' = 'Open the page on mailtrap.io instead.'
        }
        'sandboxes create' = [ordered]@{
            '--name' = 'Name.'
        }
        'sandboxes update' = [ordered]@{
            '--name' = 'Name.'
            '--email-username' = 'Part of its email address before the @.'
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
        'sandboxes delete' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'projects list' = [ordered]@{
            '--limit' = 'At most this many rows.'
        }
        'projects create' = [ordered]@{
            '--name' = 'Name, 2 to 100 characters.'
        }
        'projects update' = [ordered]@{
            '--name' = 'Name, 2 to 100 characters.'
        }
        'projects delete' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'local env' = [ordered]@{
            '--port' = 'The server''s port (default: the running server''s, or 3580).'
            '--smtp-port' = 'Its SMTP port (default: the running server''s, or 2525).'
            '--host' = 'The server''s address (likewise, or 127.0.0.1).'
            '--tls' = 'The server uses https.'
            '--token-env' = 'Variable that holds the server''s token.'
            '--format' = 'Lines for a shell, a .env file, JSON, or the SMTP settings of a framework.'
        }
        'local fault' = [ordered]@{
            '--latency' = 'Delay each answer, such as 100ms.'
            '--jitter' = 'Add a random delay of up to this.'
            '--rate-limit' = 'Limit the requests of each token, such as 150/10s.'
            '--fail' = 'Fail this share of requests, such as 500:5%; repeatable.'
            '--reset' = 'Accept, then cut the connection, such as 1%.'
            '--partial' = 'Refuse this share of a batch''s messages, such as 2%.'
            '--seed' = 'Make the faults repeatable from now on.'
            '--port' = 'The server''s port (default: the running server''s, or 3580).'
            '--token-env' = 'Variable that holds the server''s token.'
            '--clear' = 'Clear all faults first.'
        }
        'local serve' = [ordered]@{
            '--port' = 'Port of the API; 0 picks one.'
            '--host' = 'Address to listen on.'
            '--allow-remote' = 'Allow webhooks to other machines, and other machines to reach --host.'
            '--allow-host' = 'Another host name that clients use; repeatable.'
            '--token-env' = 'Accept only the token in this variable.'
            '--tls-cert' = 'Serve https, and offer STARTTLS, with this certificate (PEM).'
            '--tls-key' = 'Private key of --tls-cert (PEM).'
            '--ready-file' = 'Write url, port, smtp_port and pid to FILE once it is running.'
            '--open' = 'Open the web inbox in the browser.'
            '--smtp-port' = 'SMTP port; 0 picks one (default: 2525, or 0 with --port 0).'
            '--no-smtp' = 'Do not accept mail by SMTP.'
            '--max-size' = 'Largest message accepted by SMTP, such as 500kB.'
            '--latency' = 'Delay each answer, such as 100ms.'
            '--jitter' = 'Add a random delay of up to this.'
            '--rate-limit' = 'Limit the requests of each token, such as 150/10s.'
            '--fail' = 'Fail this share of requests, such as 500:5%; repeatable.'
            '--reset' = 'Accept, then cut the connection, such as 1%.'
            '--partial' = 'Refuse this share of a batch''s messages, such as 2%.'
            '--seed' = 'Make the faults repeatable from now on.'
            '--webhook' = 'Send all events to this URL; repeatable.'
            '--webhook-interval' = 'Time between batches (Mailtrap: 30s).'
            '--webhook-retry' = 'Wait before resending a failed batch (Mailtrap: 5m).'
            '--event-delay' = 'Delay the events of magic addresses, such as bounces.'
            '--max-messages' = 'Keep at most this many; the oldest are deleted first.'
            '--templates' = 'Serve the templates in this folder; see mailtrap help local.'
            '--strict-domains' = 'Refuse live mail from domains that were never created.'
        }
        'local reset' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'stats get' = [ordered]@{
            '--start-date' = 'First day.'
            '--end-date' = 'Last day.'
            '--domain' = 'Domain; repeatable.'
            '--stream' = 'Stream; repeatable.'
            '--category' = 'Category; repeatable.'
            '--esp' = 'Provider of the recipients; repeatable.'
        }
        'stats by-domain' = [ordered]@{
            '--start-date' = 'First day.'
            '--end-date' = 'Last day.'
            '--domain' = 'Domain; repeatable.'
            '--stream' = 'Stream; repeatable.'
            '--category' = 'Category; repeatable.'
            '--esp' = 'Provider of the recipients; repeatable.'
            '--limit' = 'At most this many rows.'
        }
        'stats by-category' = [ordered]@{
            '--start-date' = 'First day.'
            '--end-date' = 'Last day.'
            '--domain' = 'Domain; repeatable.'
            '--stream' = 'Stream; repeatable.'
            '--category' = 'Category; repeatable.'
            '--esp' = 'Provider of the recipients; repeatable.'
            '--limit' = 'At most this many rows.'
        }
        'stats by-esp' = [ordered]@{
            '--start-date' = 'First day.'
            '--end-date' = 'Last day.'
            '--domain' = 'Domain; repeatable.'
            '--stream' = 'Stream; repeatable.'
            '--category' = 'Category; repeatable.'
            '--esp' = 'Provider of the recipients; repeatable.'
            '--limit' = 'At most this many rows.'
        }
        'stats by-date' = [ordered]@{
            '--start-date' = 'First day.'
            '--end-date' = 'Last day.'
            '--domain' = 'Domain; repeatable.'
            '--stream' = 'Stream; repeatable.'
            '--category' = 'Category; repeatable.'
            '--esp' = 'Provider of the recipients; repeatable.'
            '--limit' = 'At most this many rows.'
        }
        'logs list' = [ordered]@{
            '--to' = 'Recipient; repeatable.'
            '--to-contains' = 'Text in the recipient.'
            '--from' = 'Sender; repeatable.'
            '--from-contains' = 'Text in the sender.'
            '--subject' = 'The whole subject; repeatable.'
            '--subject-contains' = 'Text in the subject.'
            '--status' = 'Status; repeatable.'
            '--event' = 'Has this event: delivery, open, click, bounce, spam, unsubscribe, soft_bounce, reject, suspension; repeatable.'
            '--without-event' = 'Does not have this event; repeatable.'
            '--since' = 'Sent at this time or later, such as 7d or 2026-01-01.'
            '--until' = 'Sent at this time or earlier.'
            '--stream' = 'Stream; repeatable.'
            '--domain' = 'Sending domain; repeatable.'
            '--category' = 'Category; repeatable.'
            '--esp' = 'Email service provider of the recipient; repeatable.'
            '--client-ip' = 'Address that sent it; repeatable.'
            '--opened' = 'Was opened.'
            '--not-opened' = 'Was opened.'
            '--clicked' = 'Was clicked.'
            '--not-clicked' = 'Was clicked.'
            '--limit' = 'At most this many rows.'
        }
        'suppressions list' = [ordered]@{
            '--email' = 'Exactly this address.'
            '--since' = 'Created at this time or later.'
            '--until' = 'Created at this time or earlier.'
            '--limit' = 'At most this many rows.'
        }
        'suppressions create' = [ordered]@{
            '--email' = 'Address that gets no more emails.'
            '--domain' = 'Domain.'
            '--stream' = 'Stream.'
            '--type' = 'Reason.'
        }
        'suppressions export' = [ordered]@{
            '--out' = 'File to write; - is stdout.'
            '--force' = 'Replace a file that exists.'
            '--email' = 'Exactly this address.'
            '--since' = 'Created at this time or later.'
            '--until' = 'Created at this time or earlier.'
        }
        'suppressions import' = [ordered]@{
            '--map' = 'Such as email=Address; repeatable.'
            '--from-row' = 'Start at this row; the first row after the header is 1.'
            '--skip-invalid' = 'Skip invalid rows.'
            '--dry-run' = 'Check all rows, print the first of them and import nothing.'
            '--domain' = 'Domain for rows without one.'
            '--stream' = 'Stream for rows without one.'
            '--type' = 'Reason for rows without one (default: manual-import).'
        }
        'suppressions delete' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'tracking-opt-outs list' = [ordered]@{
            '--email' = 'Exactly this address.'
            '--since' = 'Created at this time or later.'
            '--until' = 'Created at this time or earlier.'
            '--limit' = 'At most this many rows.'
        }
        'tracking-opt-outs create' = [ordered]@{
            '--email' = 'Address to stop tracking.'
            '--domain' = 'Domain whose emails are not tracked.'
        }
        'tracking-opt-outs delete' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'webhooks list' = [ordered]@{
            '--limit' = 'At most this many rows.'
        }
        'webhooks create' = [ordered]@{
            '--url' = 'URL that gets the events.'
            '--type' = 'What it reports.'
            '--stream' = 'Stream to report.'
            '--domain' = 'Domain to report (default: all).'
            '--event' = 'Event to send; repeatable.'
            '--active' = 'Send events, or pause.'
            '--no-active' = 'Send events, or pause.'
            '--format' = 'A JSON document, or one line per event.'
            '--inbound-inbox-id' = 'Inbound inbox whose messages are reported.'
            '--allow-remote' = 'Local sandbox: allow a URL on another machine.'
            '--no-allow-remote' = 'Local sandbox: allow a URL on another machine.'
        }
        'webhooks update' = [ordered]@{
            '--url' = 'URL that gets the events.'
            '--event' = 'Event to send; repeatable.'
            '--active' = 'Send events, or pause.'
            '--no-active' = 'Send events, or pause.'
            '--format' = 'A JSON document, or one line per event.'
            '--inbound-inbox-id' = 'Inbound inbox whose messages are reported.'
            '--allow-remote' = 'Local sandbox: allow a URL on another machine.'
            '--no-allow-remote' = 'Local sandbox: allow a URL on another machine.'
        }
        'webhooks deliveries' = [ordered]@{
            '--webhook' = 'Only this webhook (ID).'
            '--redeliver' = 'Send this delivery again, now.'
            '--limit' = 'At most this many rows.'
        }
        'webhooks delete' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'templates list' = [ordered]@{
            '--search' = 'Text in the name.'
            '--page-token' = 'Start at this page of 100.'
            '--experimental' = 'Use /api/templates, which Mailtrap calls experimental.'
            '--limit' = 'At most this many rows.'
        }
        'templates get' = [ordered]@{
            '--experimental' = 'Use /api/templates, which Mailtrap calls experimental.'
        }
        'templates create' = [ordered]@{
            '--html' = 'HTML body.'
            '--html-file' = 'HTML body from a file; - is stdin.'
            '--text' = 'Text body.'
            '--text-file' = 'Text body from a file; - is stdin.'
            '--name' = 'Name.'
            '--subject' = 'Subject, with {{{variable}}} placeholders.'
            '--category' = 'Category.'
            '--experimental' = 'Use /api/templates, which Mailtrap calls experimental.'
        }
        'templates update' = [ordered]@{
            '--html' = 'HTML body.'
            '--html-file' = 'HTML body from a file; - is stdin.'
            '--text' = 'Text body.'
            '--text-file' = 'Text body from a file; - is stdin.'
            '--name' = 'Name.'
            '--subject' = 'Subject.'
            '--category' = 'Category.'
            '--experimental' = 'Use /api/templates, which Mailtrap calls experimental.'
        }
        'templates delete' = [ordered]@{
            '--experimental' = 'Use /api/templates, which Mailtrap calls experimental.'
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'campaigns list' = [ordered]@{
            '--search' = 'Text in the name.'
            '--limit' = 'At most this many rows.'
        }
        'campaigns create' = [ordered]@{
            '--name' = 'Name.'
            '--domain' = 'Domain to send from.'
            '--from' = 'Sender, the part before the @.'
            '--from-name' = 'Name of the sender.'
            '--subject' = 'Subject.'
            '--html' = 'HTML body.'
            '--html-file' = 'HTML body from a file; - is stdin.'
            '--text' = 'Text body.'
            '--text-file' = 'Text body from a file; - is stdin.'
            '--merge-tag' = 'Merge tag that the bodies use; repeatable.'
            '--reply-to-name' = 'Reply-To name.'
            '--reply-to-local-part' = 'Reply-To address, the part before the @.'
            '--reply-to-domain' = 'Reply-To domain.'
            '--list' = 'Contact list to send to; repeatable.'
            '--segment-id' = 'Segment to send to; repeatable.'
            '--delivery-mode' = 'Send all at once, or gradually.'
            '--emails-per-hour' = 'Emails per hour, for gradual delivery.'
        }
        'campaigns update' = [ordered]@{
            '--name' = 'Name.'
            '--domain' = 'Domain to send from.'
            '--from' = 'Sender, the part before the @.'
            '--from-name' = 'Name of the sender.'
            '--subject' = 'Subject.'
            '--html' = 'HTML body.'
            '--html-file' = 'HTML body from a file; - is stdin.'
            '--text' = 'Text body.'
            '--text-file' = 'Text body from a file; - is stdin.'
            '--merge-tag' = 'Merge tag that the bodies use; repeatable.'
            '--reply-to-name' = 'Reply-To name.'
            '--reply-to-local-part' = 'Reply-To address, the part before the @.'
            '--reply-to-domain' = 'Reply-To domain.'
            '--list' = 'Contact list to send to; repeatable.'
            '--segment-id' = 'Segment to send to; repeatable.'
            '--delivery-mode' = 'Send all at once, or gradually.'
            '--emails-per-hour' = 'Emails per hour, for gradual delivery.'
        }
        'campaigns start' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'campaigns schedule' = [ordered]@{
            '--at' = 'When to start.'
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'campaigns terminate' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'campaigns reset' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'campaigns stats' = [ordered]@{
            '--start-date' = 'First day (default: the last start).'
            '--end-date' = 'Last day (default: today).'
        }
        'campaigns delete' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'contacts create' = [ordered]@{
            '--email' = 'Email address.'
            '--field' = 'Value of a field, by its merge tag; repeatable.'
            '--list' = 'Contact list; repeatable.'
        }
        'contacts update' = [ordered]@{
            '--email' = 'Email address.'
            '--field' = 'Value of a field, by its merge tag; repeatable.'
            '--add-to-list' = 'List to add it to; repeatable.'
            '--remove-from-list' = 'List to remove it from; repeatable.'
            '--unsubscribed' = 'Unsubscribe it, or subscribe it again.'
            '--no-unsubscribed' = 'Unsubscribe it, or subscribe it again.'
        }
        'contacts export' = [ordered]@{
            '--wait' = 'How long to wait for the job (default: 30m).'
            '--no-wait' = 'Do not wait; print the ID of the job.'
            '--out' = 'File to write; - is stdout.'
            '--force' = 'Replace a file that exists.'
            '--list' = 'Only this list; repeatable.'
            '--status' = 'Only these contacts.'
            '--resume' = 'Download this export instead of creating another.'
        }
        'contacts import' = [ordered]@{
            '--map' = 'Such as email=Address; repeatable.'
            '--from-row' = 'Start at this row; the first row after the header is 1.'
            '--skip-invalid' = 'Skip invalid rows.'
            '--dry-run' = 'Check all rows, print the first of them and import nothing.'
            '--wait' = 'How long to wait for the job (default: 30m).'
            '--no-wait' = 'Do not wait; print the ID of the job.'
            '--list' = 'Add them to this list; repeatable.'
            '--remove-from-list' = 'Remove them from this list; repeatable.'
            '--ignore' = 'Leave this column out; repeatable.'
        }
        'contacts create-event' = [ordered]@{
            '--name' = 'Name of the event.'
            '--param' = 'Parameter; repeatable.'
        }
        'contacts delete' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'contact-lists list' = [ordered]@{
            '--search' = 'Only names that begin with this.'
            '--limit' = 'At most this many rows.'
        }
        'contact-lists create' = [ordered]@{
            '--name' = 'Name.'
        }
        'contact-lists update' = [ordered]@{
            '--name' = 'Name.'
        }
        'contact-lists delete' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'contact-fields list' = [ordered]@{
            '--limit' = 'At most this many rows.'
        }
        'contact-fields create' = [ordered]@{
            '--name' = 'Name.'
            '--merge-tag' = 'Merge tag, without spaces.'
            '--type' = 'Type of its values.'
        }
        'contact-fields update' = [ordered]@{
            '--name' = 'Name.'
            '--merge-tag' = 'Merge tag, without spaces.'
        }
        'contact-fields delete' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'inbound folders list' = [ordered]@{
            '--limit' = 'At most this many rows.'
        }
        'inbound folders create' = [ordered]@{
            '--name' = 'Name.'
        }
        'inbound folders update' = [ordered]@{
            '--name' = 'Name.'
        }
        'inbound folders delete' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'inbound inboxes list' = [ordered]@{
            '--limit' = 'At most this many rows.'
        }
        'inbound inboxes create' = [ordered]@{
            '--name' = 'Name.'
            '--domain' = 'Own domain (default: hosted).'
        }
        'inbound inboxes update' = [ordered]@{
            '--name' = 'Name.'
        }
        'inbound inboxes delete' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'inbound messages list' = [ordered]@{
            '--limit' = 'At most this many rows.'
        }
        'inbound messages delete' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'inbound messages reply' = [ordered]@{
            '--to' = 'Recipient; repeatable.'
            '--cc' = 'Copy; repeatable.'
            '--bcc' = 'Blind copy; repeatable.'
            '--from' = 'Sender.'
            '--reply-to' = 'Reply-To address.'
            '--text' = 'Text body.'
            '--text-file' = 'Text body from a file; - is stdin.'
            '--html' = 'HTML body.'
            '--html-file' = 'HTML body from a file; - is stdin.'
            '--category' = 'Category.'
            '--attach' = 'Attachment; repeatable.'
            '--header' = 'Header; repeatable.'
            '--variable' = 'Custom variable; repeatable.'
        }
        'inbound messages reply-all' = [ordered]@{
            '--to' = 'Recipient; repeatable.'
            '--cc' = 'Copy; repeatable.'
            '--bcc' = 'Blind copy; repeatable.'
            '--from' = 'Sender.'
            '--reply-to' = 'Reply-To address.'
            '--text' = 'Text body.'
            '--text-file' = 'Text body from a file; - is stdin.'
            '--html' = 'HTML body.'
            '--html-file' = 'HTML body from a file; - is stdin.'
            '--category' = 'Category.'
            '--attach' = 'Attachment; repeatable.'
            '--header' = 'Header; repeatable.'
            '--variable' = 'Custom variable; repeatable.'
        }
        'inbound messages forward' = [ordered]@{
            '--to' = 'Recipient; repeatable.'
            '--cc' = 'Copy; repeatable.'
            '--bcc' = 'Blind copy; repeatable.'
            '--from' = 'Sender.'
            '--reply-to' = 'Reply-To address.'
            '--text' = 'Text body.'
            '--text-file' = 'Text body from a file; - is stdin.'
            '--html' = 'HTML body.'
            '--html-file' = 'HTML body from a file; - is stdin.'
            '--category' = 'Category.'
            '--attach' = 'Attachment; repeatable.'
            '--header' = 'Header; repeatable.'
            '--variable' = 'Custom variable; repeatable.'
        }
        'inbound threads list' = [ordered]@{
            '--search' = 'Text to look for.'
            '--limit' = 'At most this many rows.'
        }
        'inbound threads delete' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'inbound forward-rules list' = [ordered]@{
            '--limit' = 'At most this many rows.'
        }
        'inbound forward-rules create' = [ordered]@{
            '--name' = 'Name.'
            '--conditions' = 'At most 5 of match_type, operator, value, header_key.'
            '--destinations' = 'At most 5, such as [{"email": "ada@example.com"}].'
        }
        'inbound forward-rules update' = [ordered]@{
            '--name' = 'Name.'
            '--conditions' = 'At most 5 of match_type, operator, value, header_key.'
            '--destinations' = 'At most 5, such as [{"email": "ada@example.com"}].'
        }
        'inbound forward-rules delete' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'accounts list' = [ordered]@{
            '--limit' = 'At most this many rows.'
        }
        'account-access list' = [ordered]@{
            '--project-id' = 'Only access to this project; repeatable.'
            '--sandbox-id' = 'Only access to this sandbox; repeatable.'
            '--domain-id' = 'Only access to this domain; repeatable.'
            '--limit' = 'At most this many rows.'
        }
        'account-access delete' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'permissions list' = [ordered]@{
            '--limit' = 'At most this many rows.'
        }
        'permissions update' = [ordered]@{
            '--permissions' = 'List of resource_id, resource_type and access_level; _destroy removes one.'
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'tokens list' = [ordered]@{
            '--limit' = 'At most this many rows.'
            '--web' = 'Open the page on mailtrap.io instead.'
        }
        'tokens create' = [ordered]@{
            '--name' = 'Name.'
            '--expires-at' = 'When it expires: a date, 90d, or never. A year from now by default.'
            '--resources' = 'List of resource_type, resource_id and access_level (100: admin, 10: viewer).'
        }
        'tokens reset' = [ordered]@{
            '--expires-at' = 'When it expires: a date, 90d, or never. A year from now by default.'
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'tokens delete' = [ordered]@{
            '-y' = 'Do not ask.'
            '--yes' = 'Do not ask.'
        }
        'organizations sub-accounts list' = [ordered]@{
            '--limit' = 'At most this many rows.'
        }
        'organizations sub-accounts create' = [ordered]@{
            '--name' = 'Name.'
        }
        'api' = [ordered]@{
            '-f' = 'Text field. Brackets in KEY nest. Repeatable.'
            '--raw-field' = 'Text field. Brackets in KEY nest. Repeatable.'
            '-F' = 'Typed field: numbers, true, false, null, @FILE. Repeatable.'
            '--field' = 'Typed field: numbers, true, false, null, @FILE. Repeatable.'
            '--input' = 'Body of the request; - is standard input.'
            '--query' = 'Query parameter. Repeatable.'
            '--host' = 'Host of the API.'
            '--paginate' = 'Read all pages; print one array of all rows.'
            '-i' = 'Print the status and the headers too.'
            '--include' = 'Print the status and the headers too.'
        }
    }
    $taking = @{
        '' = @('-p', '--profile', '-o', '--output', '--timeout')
        'send' = @('--to', '--from', '--cc', '--bcc', '--reply-to', '--subject', '--text', '--text-file', '--html', '--html-file', '--attach', '--inline', '--header', '--category', '--variable', '--template', '--template-var', '--template-vars', '--payload', '--eml', '--sandbox-id', '--stream')
        'batch' = @('--from', '--cc', '--bcc', '--reply-to', '--subject', '--text', '--text-file', '--html', '--html-file', '--attach', '--inline', '--header', '--category', '--variable', '--template', '--map', '--set', '--limit', '--attachments-dir', '--preview', '--test-to', '--rate', '--rate-limit', '--concurrency', '--results', '--failed', '--journal', '--lookup-wait', '--forget', '--junit', '--sandbox-id', '--stream')
        'config init' = @('--sandbox-id', '--stream', '--from', '--token-env', '--token-command')
        'domains list' = @('--limit')
        'domains check' = @('--nameserver', '--dns-timeout', '--wait', '--fix', '--junit')
        'domains create' = @('--domain-name')
        'domains send-setup-instructions' = @('--email')
        'domains company-info create' = @('--name', '--address', '--city', '--country', '--zip-code', '--website-url', '--phone', '--privacy-policy-url', '--terms-of-service-url', '--info-level')
        'domains company-info update' = @('--name', '--address', '--city', '--country', '--zip-code', '--website-url', '--phone', '--privacy-policy-url', '--terms-of-service-url', '--info-level')
        'messages list' = @('--search', '--to', '--from', '--subject', '--since', '--stream', '--sandbox-id', '--limit')
        'messages show' = @('--search', '--to', '--from', '--subject', '--since', '--stream', '--sandbox-id')
        'messages wait' = @('--search', '--to', '--from', '--subject', '--since', '--stream', '--wait', '--after', '--sandbox-id', '--count', '--extract', '--dir', '--junit')
        'messages expect' = @('--search', '--to', '--from', '--subject', '--since', '--stream', '--contains', '--not-contains', '--matches', '--header', '--has-attachment', '--max-spam-score', '--snapshot', '--mask', '--wait', '--after', '--sandbox-id', '--count', '--settle', '--junit')
        'messages open' = @('--search', '--to', '--from', '--subject', '--since', '--stream', '--sandbox-id')
        'messages text' = @('--search', '--to', '--from', '--subject', '--since', '--stream', '--sandbox-id')
        'messages html' = @('--search', '--to', '--from', '--subject', '--since', '--stream', '--sandbox-id')
        'messages html-source' = @('--search', '--to', '--from', '--subject', '--since', '--stream', '--sandbox-id')
        'messages raw' = @('--search', '--to', '--from', '--subject', '--since', '--stream', '--sandbox-id')
        'messages eml' = @('--search', '--to', '--from', '--subject', '--since', '--stream', '--sandbox-id', '--save')
        'messages headers' = @('--search', '--to', '--from', '--subject', '--since', '--stream', '--sandbox-id')
        'messages spam' = @('--search', '--to', '--from', '--subject', '--since', '--stream', '--sandbox-id')
        'messages html-check' = @('--search', '--to', '--from', '--subject', '--since', '--stream', '--sandbox-id')
        'messages send' = @('--to', '--from', '--sandbox-id', '--stream', '--source', '--source-sandbox-id')
        'messages mark-read' = @('--search', '--to', '--from', '--subject', '--since', '--stream', '--sandbox-id')
        'messages mark-unread' = @('--search', '--to', '--from', '--subject', '--since', '--stream', '--sandbox-id')
        'messages forward' = @('--search', '--to', '--from', '--subject', '--since', '--stream', '--sandbox-id')
        'messages delete' = @('--search', '--to', '--from', '--subject', '--since', '--stream', '--sandbox-id')
        'attachments list' = @('--search', '--to', '--from', '--subject', '--since', '--stream', '--sandbox-id', '--type')
        'attachments get' = @('--search', '--to', '--from', '--subject', '--since', '--stream', '--sandbox-id', '--dir', '--save')
        'sandboxes list' = @('--limit')
        'sandboxes get' = @('--format')
        'sandboxes create' = @('--name')
        'sandboxes update' = @('--name', '--email-username')
        'projects list' = @('--limit')
        'projects create' = @('--name')
        'projects update' = @('--name')
        'local env' = @('--port', '--smtp-port', '--host', '--token-env', '--format')
        'local fault' = @('--latency', '--jitter', '--rate-limit', '--fail', '--reset', '--partial', '--seed', '--port', '--token-env')
        'local serve' = @('--port', '--host', '--allow-host', '--token-env', '--tls-cert', '--tls-key', '--ready-file', '--smtp-port', '--max-size', '--latency', '--jitter', '--rate-limit', '--fail', '--reset', '--partial', '--seed', '--webhook', '--webhook-interval', '--webhook-retry', '--event-delay', '--max-messages', '--templates')
        'stats get' = @('--start-date', '--end-date', '--domain', '--stream', '--category', '--esp')
        'stats by-domain' = @('--start-date', '--end-date', '--domain', '--stream', '--category', '--esp', '--limit')
        'stats by-category' = @('--start-date', '--end-date', '--domain', '--stream', '--category', '--esp', '--limit')
        'stats by-esp' = @('--start-date', '--end-date', '--domain', '--stream', '--category', '--esp', '--limit')
        'stats by-date' = @('--start-date', '--end-date', '--domain', '--stream', '--category', '--esp', '--limit')
        'logs list' = @('--to', '--to-contains', '--from', '--from-contains', '--subject', '--subject-contains', '--status', '--event', '--without-event', '--since', '--until', '--stream', '--domain', '--category', '--esp', '--client-ip', '--limit')
        'suppressions list' = @('--email', '--since', '--until', '--limit')
        'suppressions create' = @('--email', '--domain', '--stream', '--type')
        'suppressions export' = @('--out', '--email', '--since', '--until')
        'suppressions import' = @('--map', '--from-row', '--domain', '--stream', '--type')
        'tracking-opt-outs list' = @('--email', '--since', '--until', '--limit')
        'tracking-opt-outs create' = @('--email', '--domain')
        'webhooks list' = @('--limit')
        'webhooks create' = @('--url', '--type', '--stream', '--domain', '--event', '--format', '--inbound-inbox-id')
        'webhooks update' = @('--url', '--event', '--format', '--inbound-inbox-id')
        'webhooks deliveries' = @('--webhook', '--redeliver', '--limit')
        'templates list' = @('--search', '--page-token', '--limit')
        'templates create' = @('--html', '--html-file', '--text', '--text-file', '--name', '--subject', '--category')
        'templates update' = @('--html', '--html-file', '--text', '--text-file', '--name', '--subject', '--category')
        'campaigns list' = @('--search', '--limit')
        'campaigns create' = @('--name', '--domain', '--from', '--from-name', '--subject', '--html', '--html-file', '--text', '--text-file', '--merge-tag', '--reply-to-name', '--reply-to-local-part', '--reply-to-domain', '--list', '--segment-id', '--delivery-mode', '--emails-per-hour')
        'campaigns update' = @('--name', '--domain', '--from', '--from-name', '--subject', '--html', '--html-file', '--text', '--text-file', '--merge-tag', '--reply-to-name', '--reply-to-local-part', '--reply-to-domain', '--list', '--segment-id', '--delivery-mode', '--emails-per-hour')
        'campaigns schedule' = @('--at')
        'campaigns stats' = @('--start-date', '--end-date')
        'contacts create' = @('--email', '--field', '--list')
        'contacts update' = @('--email', '--field', '--add-to-list', '--remove-from-list')
        'contacts export' = @('--wait', '--out', '--list', '--status', '--resume')
        'contacts import' = @('--map', '--from-row', '--wait', '--list', '--remove-from-list', '--ignore')
        'contacts create-event' = @('--name', '--param')
        'contact-lists list' = @('--search', '--limit')
        'contact-lists create' = @('--name')
        'contact-lists update' = @('--name')
        'contact-fields list' = @('--limit')
        'contact-fields create' = @('--name', '--merge-tag', '--type')
        'contact-fields update' = @('--name', '--merge-tag')
        'inbound folders list' = @('--limit')
        'inbound folders create' = @('--name')
        'inbound folders update' = @('--name')
        'inbound inboxes list' = @('--limit')
        'inbound inboxes create' = @('--name', '--domain')
        'inbound inboxes update' = @('--name')
        'inbound messages list' = @('--limit')
        'inbound messages reply' = @('--to', '--cc', '--bcc', '--from', '--reply-to', '--text', '--text-file', '--html', '--html-file', '--category', '--attach', '--header', '--variable')
        'inbound messages reply-all' = @('--to', '--cc', '--bcc', '--from', '--reply-to', '--text', '--text-file', '--html', '--html-file', '--category', '--attach', '--header', '--variable')
        'inbound messages forward' = @('--to', '--cc', '--bcc', '--from', '--reply-to', '--text', '--text-file', '--html', '--html-file', '--category', '--attach', '--header', '--variable')
        'inbound threads list' = @('--search', '--limit')
        'inbound forward-rules list' = @('--limit')
        'inbound forward-rules create' = @('--name', '--conditions', '--destinations')
        'inbound forward-rules update' = @('--name', '--conditions', '--destinations')
        'accounts list' = @('--limit')
        'account-access list' = @('--project-id', '--sandbox-id', '--domain-id', '--limit')
        'permissions list' = @('--limit')
        'permissions update' = @('--permissions')
        'tokens list' = @('--limit')
        'tokens create' = @('--name', '--expires-at', '--resources')
        'tokens reset' = @('--expires-at')
        'organizations sub-accounts list' = @('--limit')
        'organizations sub-accounts create' = @('--name')
        'api' = @('-f', '--raw-field', '-F', '--field', '--input', '--query', '--host')
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
        'batch:--text-file' = 'file'
        'batch:--html-file' = 'file'
        'batch:--attach' = 'file'
        'batch:--inline' = 'file'
        'batch:--attachments-dir' = 'file'
        'batch:--results' = 'file'
        'batch:--failed' = 'file'
        'batch:--journal' = 'file'
        'batch:--junit' = 'file'
        'batch:--stream' = 'transactional|bulk'
        'batch:1' = 'file'
        'config show:1' = 'profile'
        'config use:1' = 'profile'
        'config rename:1' = 'profile'
        'config init:--stream' = 'transactional|bulk'
        'config init:1' = 'profile'
        'config remove:1' = 'profile'
        'domains check:--fix' = 'bind|cloudflare|route53|terraform'
        'domains check:--junit' = 'file'
        'domains company-info create:--info-level' = 'business|individual'
        'domains company-info update:--info-level' = 'business|individual'
        'completion:1' = 'bash|zsh|fish|powershell'
        'messages list:--stream' = 'sandbox|transactional|bulk'
        'messages show:--stream' = 'sandbox|transactional|bulk'
        'messages wait:--stream' = 'sandbox|transactional|bulk'
        'messages wait:--dir' = 'file'
        'messages wait:--junit' = 'file'
        'messages expect:--stream' = 'sandbox|transactional|bulk'
        'messages expect:--snapshot' = 'file'
        'messages expect:--junit' = 'file'
        'messages open:--stream' = 'sandbox|transactional|bulk'
        'messages text:--stream' = 'sandbox|transactional|bulk'
        'messages html:--stream' = 'sandbox|transactional|bulk'
        'messages html-source:--stream' = 'sandbox|transactional|bulk'
        'messages raw:--stream' = 'sandbox|transactional|bulk'
        'messages eml:--stream' = 'sandbox|transactional|bulk'
        'messages eml:--save' = 'file'
        'messages headers:--stream' = 'sandbox|transactional|bulk'
        'messages spam:--stream' = 'sandbox|transactional|bulk'
        'messages html-check:--stream' = 'sandbox|transactional|bulk'
        'messages send:--stream' = 'transactional|bulk'
        'messages send:--source' = 'profile'
        'messages mark-read:--stream' = 'sandbox|transactional|bulk'
        'messages mark-unread:--stream' = 'sandbox|transactional|bulk'
        'messages forward:--stream' = 'sandbox|transactional|bulk'
        'messages delete:--stream' = 'sandbox|transactional|bulk'
        'attachments list:--stream' = 'sandbox|transactional|bulk'
        'attachments list:--type' = 'inline|attachment'
        'attachments get:--stream' = 'sandbox|transactional|bulk'
        'attachments get:--dir' = 'file'
        'attachments get:--save' = 'file'
        'local serve:--tls-cert' = 'file'
        'local serve:--tls-key' = 'file'
        'local serve:--ready-file' = 'file'
        'local serve:--templates' = 'file'
        'stats get:--stream' = 'transactional|bulk'
        'stats get:--esp' = 'google|yahoo|outlook|hey|google-workspace|zoho-email|protonmail|yandex|icloud|office-365|amazon-ses-simple-email-service|proofpoint-email-protection|mimecast-email-protection|gmx-net|rackspace|ovh-hosted|linode-hosted|godaddy|symantec-email-protection|barracuda-email-protection|cisco-email-protection|fastmail|naver|seznam|comcast|spectrum'
        'stats by-domain:--stream' = 'transactional|bulk'
        'stats by-domain:--esp' = 'google|yahoo|outlook|hey|google-workspace|zoho-email|protonmail|yandex|icloud|office-365|amazon-ses-simple-email-service|proofpoint-email-protection|mimecast-email-protection|gmx-net|rackspace|ovh-hosted|linode-hosted|godaddy|symantec-email-protection|barracuda-email-protection|cisco-email-protection|fastmail|naver|seznam|comcast|spectrum'
        'stats by-category:--stream' = 'transactional|bulk'
        'stats by-category:--esp' = 'google|yahoo|outlook|hey|google-workspace|zoho-email|protonmail|yandex|icloud|office-365|amazon-ses-simple-email-service|proofpoint-email-protection|mimecast-email-protection|gmx-net|rackspace|ovh-hosted|linode-hosted|godaddy|symantec-email-protection|barracuda-email-protection|cisco-email-protection|fastmail|naver|seznam|comcast|spectrum'
        'stats by-esp:--stream' = 'transactional|bulk'
        'stats by-esp:--esp' = 'google|yahoo|outlook|hey|google-workspace|zoho-email|protonmail|yandex|icloud|office-365|amazon-ses-simple-email-service|proofpoint-email-protection|mimecast-email-protection|gmx-net|rackspace|ovh-hosted|linode-hosted|godaddy|symantec-email-protection|barracuda-email-protection|cisco-email-protection|fastmail|naver|seznam|comcast|spectrum'
        'stats by-date:--stream' = 'transactional|bulk'
        'stats by-date:--esp' = 'google|yahoo|outlook|hey|google-workspace|zoho-email|protonmail|yandex|icloud|office-365|amazon-ses-simple-email-service|proofpoint-email-protection|mimecast-email-protection|gmx-net|rackspace|ovh-hosted|linode-hosted|godaddy|symantec-email-protection|barracuda-email-protection|cisco-email-protection|fastmail|naver|seznam|comcast|spectrum'
        'logs list:--status' = 'delivered|not_delivered|enqueued|opted_out'
        'logs list:--stream' = 'transactional|bulk'
        'suppressions create:--stream' = 'transactional|bulk'
        'suppressions create:--type' = 'hard-bounce|unsubscription|spam-complaint|manual-import'
        'suppressions export:--out' = 'file'
        'suppressions import:--stream' = 'transactional|bulk'
        'suppressions import:--type' = 'hard-bounce|unsubscription|spam-complaint|manual-import'
        'suppressions import:1' = 'file'
        'webhooks create:--type' = 'email_sending|campaigns|audit_log|inbound_receiving'
        'webhooks create:--stream' = 'transactional|bulk'
        'webhooks create:--event' = 'delivery|soft_bounce|bounce|suspension|unsubscribe|open|spam_complaint|click|reject'
        'webhooks create:--format' = 'json|jsonlines'
        'webhooks update:--event' = 'delivery|soft_bounce|bounce|suspension|unsubscribe|open|spam_complaint|click|reject'
        'webhooks update:--format' = 'json|jsonlines'
        'templates create:--html-file' = 'file'
        'templates create:--text-file' = 'file'
        'templates update:--html-file' = 'file'
        'templates update:--text-file' = 'file'
        'campaigns create:--delivery-mode' = 'rapid|gradual'
        'campaigns update:--delivery-mode' = 'rapid|gradual'
        'contacts export:--out' = 'file'
        'contacts export:--status' = 'subscribed|unsubscribed'
        'contacts import:1' = 'file'
        'contact-fields create:--type' = 'text|integer|float|boolean|date'
        'api:--input' = 'file'
        'api:--host' = 'account|send|bulk|sandbox'
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
