# fish completion for mailtrap: generated from its commands, do not edit.

# The subcommands of the group at this path.
function __mailtrap_members
    switch "$argv[1]"
        case ''
            printf '%s\t%s\n' \
                send 'Send one email.' \
                batch 'Send an email for each row of a file, exactly once.' \
                config 'Manage profiles: tokens, streams, sandboxes.' \
                doctor 'Check the setup: configuration, token, hosts, proxy, clock, sandbox, sender, completions.' \
                domains 'Manage sending domains and check their DNS records.' \
                completion 'Print or install shell completions.' \
                messages 'Read, wait for and check the messages of a sandbox.' \
                attachments 'List and save the attachments of a message.' \
                sandboxes 'Manage sandboxes: credentials, addresses, cleanup.' \
                projects 'Manage the projects that group sandboxes.' \
                local 'Run the local sandbox: no account, no network.' \
                stats 'Show deliveries, bounces, opens and clicks.' \
                logs 'Search the log of sent emails.' \
                suppressions 'Manage addresses that get no more emails.' \
                tracking-opt-outs 'Manage addresses that are not tracked.' \
                webhooks 'Manage the URLs that get events.' \
                templates 'Manage email templates.' \
                campaigns 'Write, schedule and send campaigns.' \
                contacts 'Manage contacts and their events.' \
                contact-lists 'Manage lists of contacts.' \
                contact-fields 'Manage the fields of contacts.' \
                inbound 'Read and answer received emails.' \
                accounts 'List the accounts that the token can access.' \
                account-access 'See who has access to the account.' \
                permissions 'Set what users and tokens may do.' \
                tokens 'Manage API tokens.' \
                billing 'Show the usage of the billing cycle.' \
                organizations 'Manage the sub-accounts of an organization.' \
                api 'Send any request to the API and print the answer unchanged.' \
                commands 'List every command; with -o json everything a program needs to call them.'
        case 'config'
            printf '%s\t%s\n' \
                list 'List the profiles.' \
                show 'Show a profile.' \
                get 'Print one value of the profile in use.' \
                set 'Set one value of the profile in use (choose another with --profile).' \
                unset 'Remove one value from the profile in use (choose another with --profile).' \
                use 'Make a profile the default.' \
                rename 'Rename a profile.' \
                edit 'Edit the configuration file in $VISUAL or $EDITOR.' \
                init 'Create or update a profile.' \
                path 'Print the path of the configuration file, even if it does not exist yet.' \
                remove 'Remove a profile and its token.'
        case 'domains'
            printf '%s\t%s\n' \
                list 'List the domains.' \
                get 'Show a domain.' \
                check 'Check whether domains can send, and if not, why.' \
                create 'Create a domain.' \
                update 'Update a domain.' \
                send-setup-instructions 'Email somebody the DNS records to set.' \
                company-info 'Who sends from a domain, as its review requires.' \
                delete 'Delete a domain.'
        case 'domains company-info'
            printf '%s\t%s\n' \
                get 'Show who sends from a domain.' \
                create 'Say who sends from a domain, as its review requires.' \
                update 'Update who sends from a domain.'
        case 'messages'
            printf '%s\t%s\n' \
                list 'List the messages of a sandbox, newest first.' \
                show 'Show a message in readable form: headers, text, attachments.' \
                wait 'Wait for a message and print it, or only the link or code in it.' \
                expect 'Check that the right email was sent, and list every expectation that fails.' \
                open 'Open a message in the browser ($BROWSER), without loading anything from elsewhere.' \
                text 'Print the text body.' \
                html 'Print the HTML body, as the API formats it.' \
                html-source 'Print the HTML body as it was sent.' \
                raw 'Print the raw message as text, including its headers.' \
                eml 'Print the message as an .eml file, byte for byte, or save it.' \
                headers 'List the headers.' \
                spam 'Show the report of the spam filter; -q prints only the score, or nothing without a report.' \
                html-check 'List what email clients do not support in the HTML, by line.' \
                send 'Send a captured message for real, like `mailtrap send`.' \
                mark-read 'Mark a message as read.' \
                mark-unread 'Mark a message as unread.' \
                forward 'Forward a message to a real address, whose owner has confirmed it in Mailtrap.' \
                delete 'Delete a message.'
        case 'attachments'
            printf '%s\t%s\n' \
                list 'List the attachments of a message.' \
                get 'Save the attachments of a message to a folder, or one of them to a file.'
        case 'sandboxes'
            printf '%s\t%s\n' \
                list 'List the sandboxes.' \
                get 'Show a sandbox.' \
                create 'Create a sandbox in a project.' \
                update 'Update a sandbox.' \
                clean 'Delete all messages of a sandbox.' \
                mark-read 'Mark all messages of a sandbox as read.' \
                reset-credentials 'Replace the SMTP username and password of a sandbox.' \
                toggle-email 'Turn the email address of a sandbox on or off.' \
                reset-email 'Replace the email address of a sandbox.' \
                delete 'Delete a sandbox.'
        case 'projects'
            printf '%s\t%s\n' \
                list 'List the projects.' \
                get 'Show a project.' \
                create 'Create a project.' \
                update 'Update a project.' \
                delete 'Delete a project.'
        case 'local'
            printf '%s\t%s\n' \
                env 'Print environment variables that point programs at a local server, for a shell\'s eval or a .env file.' \
                fault 'Change the faults of a running server; without options, show them.' \
                serve 'Run the local sandbox on ports of this machine, for programs in any language.' \
                reset 'Delete every message of the local sandbox; keep sandboxes and projects.' \
                path 'Print the path of the local sandbox, even if it does not exist yet.' \
                stats 'Show how much the local sandbox contains.'
        case 'stats'
            printf '%s\t%s\n' \
                get 'Show what happened to emails.' \
                by-domain 'Show what happened to emails, by domain.' \
                by-category 'Show what happened to emails, by category.' \
                by-esp 'Show what happened to emails, by email service provider.' \
                by-date 'Show what happened to emails, by date.'
        case 'logs'
            printf '%s\t%s\n' \
                list 'List the emails that were sent, newest first.' \
                get 'Show an email that was sent, with its events.'
        case 'suppressions'
            printf '%s\t%s\n' \
                list 'List the suppressions.' \
                create 'Create a suppression.' \
                export 'Export the suppression list to a CSV file.' \
                import 'Suppress the address in each row of a file.' \
                delete 'Delete a suppression.'
        case 'tracking-opt-outs'
            printf '%s\t%s\n' \
                list 'List the tracking opt-outs.' \
                create 'Create a tracking opt-out.' \
                delete 'Delete a tracking opt-out.'
        case 'webhooks'
            printf '%s\t%s\n' \
                list 'List the webhooks.' \
                get 'Show a webhook.' \
                create 'Create a webhook.' \
                update 'Update a webhook.' \
                deliveries 'List what `mailtrap local serve` sent to webhooks and the answers, newest first; needs -p local.' \
                delete 'Delete a webhook.'
        case 'templates'
            printf '%s\t%s\n' \
                list 'List the templates.' \
                get 'Show a template.' \
                create 'Create a template.' \
                update 'Update a template.' \
                delete 'Delete a template.'
        case 'campaigns'
            printf '%s\t%s\n' \
                list 'List the campaigns.' \
                get 'Show a campaign.' \
                create 'Create a campaign.' \
                update 'Update a campaign.' \
                start 'Start sending a draft.' \
                schedule 'Schedule a draft, at most a month ahead.' \
                cancel 'Cancel the schedule of a campaign; it becomes a draft again.' \
                terminate 'Stop a campaign that is being sent, for good.' \
                reset 'Reset a scheduled campaign to a draft.' \
                stats 'Show what happened to the emails of a campaign.' \
                delete 'Delete a campaign.'
        case 'contacts'
            printf '%s\t%s\n' \
                get 'Show a contact.' \
                create 'Create a contact.' \
                update 'Update a contact.' \
                export 'Export contacts to a CSV file.' \
                import 'Create or update a contact for each row of a file.' \
                create-event 'Record an event of a contact, for automations.' \
                import-status 'Show the progress of an import.' \
                export-status 'Show the progress of an export, and its URL.' \
                delete 'Delete a contact.'
        case 'contact-lists'
            printf '%s\t%s\n' \
                list 'List the contact lists.' \
                get 'Show a contact list.' \
                create 'Create a contact list.' \
                update 'Update a contact list.' \
                delete 'Delete a contact list.'
        case 'contact-fields'
            printf '%s\t%s\n' \
                list 'List the contact fields.' \
                get 'Show a contact field.' \
                create 'Create a contact field.' \
                update 'Update a contact field.' \
                delete 'Delete a contact field.'
        case 'inbound'
            printf '%s\t%s\n' \
                folders 'Folders of inboxes.' \
                inboxes 'Inboxes, each with its own address.' \
                messages 'Received messages: read, reply, forward.' \
                threads 'Messages by conversation.' \
                forward-rules 'Rules that forward what an inbox receives.'
        case 'inbound folders'
            printf '%s\t%s\n' \
                list 'List the inbound folders.' \
                get 'Show an inbound folder.' \
                create 'Create an inbound folder.' \
                update 'Update an inbound folder.' \
                delete 'Delete an inbound folder.'
        case 'inbound inboxes'
            printf '%s\t%s\n' \
                list 'List the inbound inboxes.' \
                get 'Show an inbound inbox.' \
                create 'Create an inbound inbox.' \
                update 'Update an inbound inbox.' \
                delete 'Delete an inbound inbox.'
        case 'inbound messages'
            printf '%s\t%s\n' \
                list 'List the inbound messages.' \
                get 'Show an inbound message.' \
                delete 'Delete an inbound message.' \
                reply 'Reply to the sender of a message.' \
                reply-all 'Reply to everyone on a message.' \
                forward 'Forward a message.'
        case 'inbound threads'
            printf '%s\t%s\n' \
                list 'List the threads.' \
                get 'Show a thread.' \
                delete 'Delete a thread.'
        case 'inbound forward-rules'
            printf '%s\t%s\n' \
                list 'List the forward rules.' \
                get 'Show a forward rule.' \
                create 'Create a forward rule.' \
                update 'Update a forward rule.' \
                delete 'Delete a forward rule.'
        case 'accounts'
            printf '%s\t%s\n' \
                list 'List the accounts that the token can access.'
        case 'account-access'
            printf '%s\t%s\n' \
                list 'List who has access: users, invitations and API tokens.' \
                delete 'Remove somebody\'s access to the account.'
        case 'permissions'
            printf '%s\t%s\n' \
                list 'List the resources that permissions can be given for.' \
                update 'Set the permissions of a user or a token.'
        case 'tokens'
            printf '%s\t%s\n' \
                list 'List the API tokens, without their secrets.' \
                get 'Show an API token, without its secret.' \
                create 'Create an API token.' \
                reset 'Replace an API token.' \
                delete 'Delete an API token.'
        case 'billing'
            printf '%s\t%s\n' \
                usage 'Show the usage of this billing cycle.'
        case 'organizations'
            printf '%s\t%s\n' \
                sub-accounts 'The accounts of an organization.'
        case 'organizations sub-accounts'
            printf '%s\t%s\n' \
                list 'List the sub-accounts of an organization.' \
                create 'Create a sub-account in an organization.'
    end
end

# The options of the command at this path, without the common ones.
function __mailtrap_options
    switch "$argv[1]"
        case ''
            printf '%s\t%s\n' \
                -p 'Profile to use.' \
                --profile 'Profile to use.' \
                -o 'How results are printed.' \
                --output 'How results are printed.' \
                -q 'Print only the essential value, such as IDs, one per line; no notices.' \
                --quiet 'Print only the essential value, such as IDs, one per line; no notices.' \
                -v 'Show each request on stderr, never the token.' \
                --verbose 'Show each request on stderr, never the token.' \
                --timeout 'Deadline of one request (default: 30).' \
                --no-input 'Never ask; MAILTRAP_NO_INPUT=1 does the same.' \
                --no-color 'No colors; NO_COLOR=1 does the same.' \
                --no-pager 'Do not page long output; PAGER=cat does the same.' \
                --version 'Print the version.' \
                -h 'Show this help.' \
                --help 'Show this help.'
        case 'send'
            printf '%s\t%s\n' \
                --to 'Recipient or list; repeatable.' \
                --from 'Sender (default: the profile\'s).' \
                --cc 'Cc recipient or list; repeatable.' \
                --bcc 'Bcc recipient or list; repeatable.' \
                --reply-to 'Reply-To address.' \
                --subject 'Subject line.' \
                --text 'Text body (or pipe it to stdin).' \
                --text-file 'Text body from a file; - is stdin.' \
                --html 'HTML body.' \
                --html-file 'HTML body from a file; - is stdin.' \
                --attach 'Attach a file; repeatable.' \
                --inline 'Image shown in the HTML as cid:CID (default: its name); repeatable.' \
                --header 'Header; repeatable.' \
                --category 'Category, for statistics.' \
                --variable 'Custom variable; repeatable.' \
                --template 'Template for the subject and all content.' \
                --template-var 'Template variable; repeatable.' \
                --template-vars 'Template variables: a JSON object.' \
                --payload 'The API\'s JSON; flags override it.' \
                --eml 'A MIME message; flags override it.' \
                --sandbox 'Capture in the sandbox, or deliver for real.' \
                --live 'Capture in the sandbox, or deliver for real.' \
                --sandbox-id 'This sandbox; implies --sandbox.' \
                --stream 'Stream for live sends.' \
                --dry-run 'Print the request and send nothing.'
        case 'batch'
            printf '%s\t%s\n' \
                --from 'Sender (default: the profile\'s).' \
                --cc 'Cc recipient or list; repeatable.' \
                --bcc 'Bcc recipient or list; repeatable.' \
                --reply-to 'Reply-To address.' \
                --subject 'Subject, with {{ column }} placeholders.' \
                --text 'Text body, with placeholders.' \
                --text-file 'Text body from a file; - is stdin.' \
                --html 'HTML body; the values are escaped.' \
                --html-file 'HTML body from a file; - is stdin.' \
                --attach 'Attach a file; repeatable.' \
                --inline 'Image shown in the HTML as cid:CID (default: its name); repeatable.' \
                --header 'Header; repeatable.' \
                --category 'Category, for statistics.' \
                --variable 'Custom variable; repeatable.' \
                --template 'Template; each row provides its variables.' \
                --map 'Column for a field, such as email=Address; repeatable.' \
                --set 'The same value for all rows; repeatable.' \
                --limit 'Only the first N rows.' \
                --dedupe 'Skip rows that repeat a recipient.' \
                --skip-invalid 'Skip invalid rows.' \
                --attachments-dir 'Folder of the rows\' attachments (default: FILE\'s folder).' \
                --dry-run 'Check all rows, print the request and send nothing.' \
                --preview 'Print the first N messages.' \
                --test-to 'Send only the first row, to this address.' \
                --rate 'Email rate, such as 5000/hour.' \
                --rate-limit 'Request rate (default: 150/10s).' \
                --concurrency 'Concurrent requests.' \
                --results 'Save the outcome of each row: .csv, .tsv or .jsonl.' \
                --failed 'Save the failed rows, to send them again.' \
                --journal 'File for the journal of the run.' \
                --again 'Start over: send all rows again.' \
                --resend-unknown 'Send rows of unknown outcome again.' \
                --lookup-wait 'How far lists may lag behind (default: 30s; email logs: 3m).' \
                --no-trace 'Leave out the custom variable that names the row.' \
                --runs 'List the runs and exit.' \
                --forget 'Remove a run\'s journal and exit.' \
                --junit 'Also write the results to FILE as JUnit XML.' \
                --sandbox 'Capture in the sandbox, or deliver for real.' \
                --live 'Capture in the sandbox, or deliver for real.' \
                --sandbox-id 'This sandbox; implies --sandbox.' \
                --stream 'Stream for live sends.' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'config show'
            printf '%s\t%s\n' \
                --origins 'Show every setting that a run would use, and where each comes from.'
        case 'config init'
            printf '%s\t%s\n' \
                --sandbox-id 'Send to this sandbox.' \
                --live 'Deliver to real recipients.' \
                --stream 'The stream of live sends.' \
                --from 'The sender of its emails.' \
                --token-stdin 'Read the token from stdin.' \
                --token-env 'Read the token from this variable at each run.' \
                --token-command 'Run this command for the token.' \
                --keyring 'Keep the token in the system\'s keyring, not in the file.' \
                --no-check 'Save the token without checking it.'
        case 'config remove'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'domains list'
            printf '%s\t%s\n' \
                --limit 'At most this many rows.' \
                --web 'Open the page on mailtrap.io instead.'
        case 'domains check'
            printf '%s\t%s\n' \
                --all 'Check every domain the token has access to.' \
                --nameserver 'Ask only this name server (repeatable).' \
                --dns-timeout 'Time limit for all DNS questions together (default: 5, or --timeout if that is less).' \
                --wait 'Check again until all domains pass, such as 30m.' \
                --dns-only 'Check DNS alone. Needs no token.' \
                --fix 'Print only the records to set, in this format.' \
                --junit 'Also write the results to FILE as JUnit XML.'
        case 'domains create'
            printf '%s\t%s\n' \
                --domain-name 'Domain name.'
        case 'domains update'
            printf '%s\t%s\n' \
                --open-tracking-enabled 'Track when emails are opened.' \
                --no-open-tracking-enabled 'Track when emails are opened.' \
                --click-tracking-enabled 'Track clicks on links.' \
                --no-click-tracking-enabled 'Track clicks on links.' \
                --tracking-opt-out-enabled 'Add a link to opt out of tracking.' \
                --no-tracking-opt-out-enabled 'Add a link to opt out of tracking.' \
                --auto-unsubscribe-link-enabled 'Add an unsubscribe link to every email.' \
                --no-auto-unsubscribe-link-enabled 'Add an unsubscribe link to every email.' \
                --inbound-enabled 'Receive email at this domain.' \
                --no-inbound-enabled 'Receive email at this domain.'
        case 'domains send-setup-instructions'
            printf '%s\t%s\n' \
                --email 'Recipient of the instructions.'
        case 'domains company-info create'
            printf '%s\t%s\n' \
                --name 'Name of the company or person.' \
                --address 'Street and number.' \
                --city 'City.' \
                --country 'Country, such as US.' \
                --zip-code 'ZIP or postal code.' \
                --website-url 'URL of the website, or of a person\'s profile page.' \
                --phone 'Phone number.' \
                --privacy-policy-url 'URL of the privacy policy.' \
                --terms-of-service-url 'URL of the terms of service.' \
                --info-level 'A business or an individual.'
        case 'domains company-info update'
            printf '%s\t%s\n' \
                --name 'Name of the company or person.' \
                --address 'Street and number.' \
                --city 'City.' \
                --country 'Country, such as US.' \
                --zip-code 'ZIP or postal code.' \
                --website-url 'URL of the website, or of a person\'s profile page.' \
                --phone 'Phone number.' \
                --privacy-policy-url 'URL of the privacy policy.' \
                --terms-of-service-url 'URL of the terms of service.' \
                --info-level 'A business or an individual.'
        case 'domains delete'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'completion'
            printf '%s\t%s\n' \
                --install 'Install the script where the shell looks for it.'
        case 'messages list'
            printf '%s\t%s\n' \
                --search 'Text in the subject or the recipient; the API searches.' \
                --to 'Recipient: an address, or part of an address or name.' \
                --from 'Sender, like --to.' \
                --subject 'Text in the subject.' \
                --unread 'Only unread messages.' \
                --since 'At most this old, such as 5m or 1h30m.' \
                --stream 'Stream it was sent to; the local sandbox captures live streams too.' \
                --sandbox-id 'Sandbox (default: the profile\'s).' \
                --limit 'At most this many rows.' \
                --watch 'Keep going, and show messages as they arrive.'
        case 'messages show'
            printf '%s\t%s\n' \
                --search 'Text in the subject or the recipient; the API searches.' \
                --to 'Recipient: an address, or part of an address or name.' \
                --from 'Sender, like --to.' \
                --subject 'Text in the subject.' \
                --unread 'Only unread messages.' \
                --since 'At most this old, such as 5m or 1h30m.' \
                --stream 'Stream it was sent to; the local sandbox captures live streams too.' \
                --sandbox-id 'Sandbox (default: the profile\'s).'
        case 'messages wait'
            printf '%s\t%s\n' \
                --search 'Text in the subject or the recipient; the API searches.' \
                --to 'Recipient: an address, or part of an address or name.' \
                --from 'Sender, like --to.' \
                --subject 'Text in the subject.' \
                --unread 'Only unread messages.' \
                --since 'At most this old, such as 5m or 1h30m.' \
                --stream 'Stream it was sent to; the local sandbox captures live streams too.' \
                --wait 'How long to wait, such as 60s; 0 checks once.' \
                --after 'Only messages newer than this one; latest: only what arrives from now on.' \
                --sandbox-id 'Sandbox (default: the profile\'s).' \
                --count 'Wait for this many messages.' \
                --extract 'Print only this: link, code, regex:EXPRESSION, header:NAME, attachment:NAME (saved; its path). Narrower: link:/confirm, code:6, code:TEXT-BEFORE-IT.' \
                --dir 'Folder to save files in; created if missing.' \
                --junit 'Also write the results to FILE as JUnit XML.'
        case 'messages expect'
            printf '%s\t%s\n' \
                --search 'Text in the subject or the recipient; the API searches.' \
                --to 'Recipient: an address, or part of an address or name.' \
                --from 'Sender, like --to.' \
                --subject 'Text in the subject.' \
                --unread 'Only unread messages.' \
                --since 'At most this old, such as 5m or 1h30m.' \
                --stream 'Stream it was sent to; the local sandbox captures live streams too.' \
                --contains 'Text that the subject, text or HTML must contain.' \
                --not-contains 'Text that none of them may contain.' \
                --matches 'Python regular expression that one of them must match.' \
                --header 'Header with this value; without a value, any.' \
                --has-attachment 'Any attachment, or one with this name, such as \'*.pdf\'.' \
                --max-spam-score 'Spam score of at most this.' \
                --no-html-errors 'No problems found by html-check.' \
                --has-link 'At least one link.' \
                --links-ok 'Links are well-formed, absolute, https.' \
                --online 'Links work: request each one. Uses up one-time links.' \
                --allow-private 'With --online: also links to private addresses, over http.' \
                --variables-filled 'No {{ placeholder }} left, including in headers.' \
                --snapshot 'The message matches FILE; the first run creates it.' \
                --mask 'With --snapshot: text to ignore because it always differs; repeatable.' \
                --update-snapshot 'With --snapshot: update FILE to match the message.' \
                --wait 'How long to wait, such as 60s; 0 checks once.' \
                --after 'Only messages newer than this one; latest: only what arrives from now on.' \
                --sandbox-id 'Sandbox (default: the profile\'s).' \
                --count 'Exactly this many messages.' \
                --settle 'With --count and --wait: check again after this long for extra messages.' \
                --junit 'Also write the results to FILE as JUnit XML.'
        case 'messages open'
            printf '%s\t%s\n' \
                --search 'Text in the subject or the recipient; the API searches.' \
                --to 'Recipient: an address, or part of an address or name.' \
                --from 'Sender, like --to.' \
                --subject 'Text in the subject.' \
                --unread 'Only unread messages.' \
                --since 'At most this old, such as 5m or 1h30m.' \
                --stream 'Stream it was sent to; the local sandbox captures live streams too.' \
                --sandbox-id 'Sandbox (default: the profile\'s).'
        case 'messages text'
            printf '%s\t%s\n' \
                --search 'Text in the subject or the recipient; the API searches.' \
                --to 'Recipient: an address, or part of an address or name.' \
                --from 'Sender, like --to.' \
                --subject 'Text in the subject.' \
                --unread 'Only unread messages.' \
                --since 'At most this old, such as 5m or 1h30m.' \
                --stream 'Stream it was sent to; the local sandbox captures live streams too.' \
                --sandbox-id 'Sandbox (default: the profile\'s).'
        case 'messages html'
            printf '%s\t%s\n' \
                --search 'Text in the subject or the recipient; the API searches.' \
                --to 'Recipient: an address, or part of an address or name.' \
                --from 'Sender, like --to.' \
                --subject 'Text in the subject.' \
                --unread 'Only unread messages.' \
                --since 'At most this old, such as 5m or 1h30m.' \
                --stream 'Stream it was sent to; the local sandbox captures live streams too.' \
                --sandbox-id 'Sandbox (default: the profile\'s).'
        case 'messages html-source'
            printf '%s\t%s\n' \
                --search 'Text in the subject or the recipient; the API searches.' \
                --to 'Recipient: an address, or part of an address or name.' \
                --from 'Sender, like --to.' \
                --subject 'Text in the subject.' \
                --unread 'Only unread messages.' \
                --since 'At most this old, such as 5m or 1h30m.' \
                --stream 'Stream it was sent to; the local sandbox captures live streams too.' \
                --sandbox-id 'Sandbox (default: the profile\'s).'
        case 'messages raw'
            printf '%s\t%s\n' \
                --search 'Text in the subject or the recipient; the API searches.' \
                --to 'Recipient: an address, or part of an address or name.' \
                --from 'Sender, like --to.' \
                --subject 'Text in the subject.' \
                --unread 'Only unread messages.' \
                --since 'At most this old, such as 5m or 1h30m.' \
                --stream 'Stream it was sent to; the local sandbox captures live streams too.' \
                --sandbox-id 'Sandbox (default: the profile\'s).'
        case 'messages eml'
            printf '%s\t%s\n' \
                --search 'Text in the subject or the recipient; the API searches.' \
                --to 'Recipient: an address, or part of an address or name.' \
                --from 'Sender, like --to.' \
                --subject 'Text in the subject.' \
                --unread 'Only unread messages.' \
                --since 'At most this old, such as 5m or 1h30m.' \
                --stream 'Stream it was sent to; the local sandbox captures live streams too.' \
                --sandbox-id 'Sandbox (default: the profile\'s).' \
                --save 'Write it to FILE.' \
                --force 'Replace a file that exists.'
        case 'messages headers'
            printf '%s\t%s\n' \
                --search 'Text in the subject or the recipient; the API searches.' \
                --to 'Recipient: an address, or part of an address or name.' \
                --from 'Sender, like --to.' \
                --subject 'Text in the subject.' \
                --unread 'Only unread messages.' \
                --since 'At most this old, such as 5m or 1h30m.' \
                --stream 'Stream it was sent to; the local sandbox captures live streams too.' \
                --sandbox-id 'Sandbox (default: the profile\'s).'
        case 'messages spam'
            printf '%s\t%s\n' \
                --search 'Text in the subject or the recipient; the API searches.' \
                --to 'Recipient: an address, or part of an address or name.' \
                --from 'Sender, like --to.' \
                --subject 'Text in the subject.' \
                --unread 'Only unread messages.' \
                --since 'At most this old, such as 5m or 1h30m.' \
                --stream 'Stream it was sent to; the local sandbox captures live streams too.' \
                --sandbox-id 'Sandbox (default: the profile\'s).'
        case 'messages html-check'
            printf '%s\t%s\n' \
                --search 'Text in the subject or the recipient; the API searches.' \
                --to 'Recipient: an address, or part of an address or name.' \
                --from 'Sender, like --to.' \
                --subject 'Text in the subject.' \
                --unread 'Only unread messages.' \
                --since 'At most this old, such as 5m or 1h30m.' \
                --stream 'Stream it was sent to; the local sandbox captures live streams too.' \
                --sandbox-id 'Sandbox (default: the profile\'s).'
        case 'messages send'
            printf '%s\t%s\n' \
                --to 'Recipient or list, replacing all the captured ones; repeatable.' \
                --from 'Sender (default: the message\'s own).' \
                --sandbox 'Capture in the sandbox, or deliver for real.' \
                --live 'Capture in the sandbox, or deliver for real.' \
                --sandbox-id 'This sandbox; implies --sandbox.' \
                --stream 'Stream for live sends.' \
                --source 'Profile that captured it.' \
                --source-sandbox-id 'Sandbox that captured it (default: the one of --source).' \
                --dry-run 'Print the request and send nothing.'
        case 'messages mark-read'
            printf '%s\t%s\n' \
                --search 'Text in the subject or the recipient; the API searches.' \
                --to 'Recipient: an address, or part of an address or name.' \
                --from 'Sender, like --to.' \
                --subject 'Text in the subject.' \
                --unread 'Only unread messages.' \
                --since 'At most this old, such as 5m or 1h30m.' \
                --stream 'Stream it was sent to; the local sandbox captures live streams too.' \
                --sandbox-id 'Sandbox (default: the profile\'s).'
        case 'messages mark-unread'
            printf '%s\t%s\n' \
                --search 'Text in the subject or the recipient; the API searches.' \
                --to 'Recipient: an address, or part of an address or name.' \
                --from 'Sender, like --to.' \
                --subject 'Text in the subject.' \
                --unread 'Only unread messages.' \
                --since 'At most this old, such as 5m or 1h30m.' \
                --stream 'Stream it was sent to; the local sandbox captures live streams too.' \
                --sandbox-id 'Sandbox (default: the profile\'s).'
        case 'messages forward'
            printf '%s\t%s\n' \
                --search 'Text in the subject or the recipient; the API searches.' \
                --to 'Recipient: an address, or part of an address or name.' \
                --from 'Sender, like --to.' \
                --subject 'Text in the subject.' \
                --unread 'Only unread messages.' \
                --since 'At most this old, such as 5m or 1h30m.' \
                --stream 'Stream it was sent to; the local sandbox captures live streams too.' \
                --sandbox-id 'Sandbox (default: the profile\'s).'
        case 'messages delete'
            printf '%s\t%s\n' \
                --search 'Text in the subject or the recipient; the API searches.' \
                --to 'Recipient: an address, or part of an address or name.' \
                --from 'Sender, like --to.' \
                --subject 'Text in the subject.' \
                --unread 'Only unread messages.' \
                --since 'At most this old, such as 5m or 1h30m.' \
                --stream 'Stream it was sent to; the local sandbox captures live streams too.' \
                --sandbox-id 'Sandbox (default: the profile\'s).' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'attachments list'
            printf '%s\t%s\n' \
                --search 'Text in the subject or the recipient; the API searches.' \
                --to 'Recipient: an address, or part of an address or name.' \
                --from 'Sender, like --to.' \
                --subject 'Text in the subject.' \
                --unread 'Only unread messages.' \
                --since 'At most this old, such as 5m or 1h30m.' \
                --stream 'Stream it was sent to; the local sandbox captures live streams too.' \
                --sandbox-id 'Sandbox (default: the profile\'s).' \
                --type 'Only these.'
        case 'attachments get'
            printf '%s\t%s\n' \
                --search 'Text in the subject or the recipient; the API searches.' \
                --to 'Recipient: an address, or part of an address or name.' \
                --from 'Sender, like --to.' \
                --subject 'Text in the subject.' \
                --unread 'Only unread messages.' \
                --since 'At most this old, such as 5m or 1h30m.' \
                --stream 'Stream it was sent to; the local sandbox captures live streams too.' \
                --sandbox-id 'Sandbox (default: the profile\'s).' \
                --dir 'Folder to save files in; created if missing.' \
                --save 'Save the single attachment as FILE; - is stdout.' \
                --force 'Replace a file that exists.'
        case 'sandboxes list'
            printf '%s\t%s\n' \
                --limit 'At most this many rows.'
        case 'sandboxes get'
            printf '%s\t%s\n' \
                --format 'Print its SMTP settings, including the password, for this framework.' \
                --web 'Open the page on mailtrap.io instead.'
        case 'sandboxes create'
            printf '%s\t%s\n' \
                --name 'Name.'
        case 'sandboxes update'
            printf '%s\t%s\n' \
                --name 'Name.' \
                --email-username 'Part of its email address before the @.'
        case 'sandboxes clean'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'sandboxes reset-credentials'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'sandboxes reset-email'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'sandboxes delete'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'projects list'
            printf '%s\t%s\n' \
                --limit 'At most this many rows.'
        case 'projects create'
            printf '%s\t%s\n' \
                --name 'Name, 2 to 100 characters.'
        case 'projects update'
            printf '%s\t%s\n' \
                --name 'Name, 2 to 100 characters.'
        case 'projects delete'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'local env'
            printf '%s\t%s\n' \
                --port 'The server\'s port (default: the running server\'s, or 3580).' \
                --smtp-port 'Its SMTP port (default: the running server\'s, or 2525).' \
                --host 'The server\'s address (likewise, or 127.0.0.1).' \
                --tls 'The server uses https.' \
                --token-env 'Variable that holds the server\'s token.' \
                --format 'Lines for a shell, a .env file, JSON, or the SMTP settings of a framework.'
        case 'local fault'
            printf '%s\t%s\n' \
                --latency 'Delay each answer, such as 100ms.' \
                --jitter 'Add a random delay of up to this.' \
                --rate-limit 'Limit the requests of each token, such as 150/10s.' \
                --fail 'Fail this share of requests, such as 500:5%; repeatable.' \
                --reset 'Accept, then cut the connection, such as 1%.' \
                --partial 'Refuse this share of a batch\'s messages, such as 2%.' \
                --seed 'Make the faults repeatable from now on.' \
                --port 'The server\'s port (default: the running server\'s, or 3580).' \
                --token-env 'Variable that holds the server\'s token.' \
                --clear 'Clear all faults first.'
        case 'local serve'
            printf '%s\t%s\n' \
                --port 'Port of the API; 0 picks one.' \
                --host 'Address to listen on.' \
                --allow-remote 'Allow webhooks to other machines, and other machines to reach --host.' \
                --allow-host 'Another host name that clients use; repeatable.' \
                --token-env 'Accept only the token in this variable.' \
                --tls-cert 'Serve https, and offer STARTTLS, with this certificate (PEM).' \
                --tls-key 'Private key of --tls-cert (PEM).' \
                --ready-file 'Write url, port, smtp_port and pid to FILE once it is running.' \
                --open 'Open the web inbox in the browser.' \
                --smtp-port 'SMTP port; 0 picks one (default: 2525, or 0 with --port 0).' \
                --no-smtp 'Do not accept mail by SMTP.' \
                --max-size 'Largest message accepted by SMTP, such as 500kB.' \
                --latency 'Delay each answer, such as 100ms.' \
                --jitter 'Add a random delay of up to this.' \
                --rate-limit 'Limit the requests of each token, such as 150/10s.' \
                --fail 'Fail this share of requests, such as 500:5%; repeatable.' \
                --reset 'Accept, then cut the connection, such as 1%.' \
                --partial 'Refuse this share of a batch\'s messages, such as 2%.' \
                --seed 'Make the faults repeatable from now on.' \
                --webhook 'Send all events to this URL; repeatable.' \
                --webhook-interval 'Time between batches (Mailtrap: 30s).' \
                --webhook-retry 'Wait before resending a failed batch (Mailtrap: 5m).' \
                --event-delay 'Delay the events of magic addresses, such as bounces.' \
                --max-messages 'Keep at most this many; the oldest are deleted first.' \
                --templates 'Serve the templates in this folder; see mailtrap help local.' \
                --strict-domains 'Refuse live mail from domains that were never created.'
        case 'local reset'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'stats get'
            printf '%s\t%s\n' \
                --start-date 'First day.' \
                --end-date 'Last day.' \
                --domain 'Domain; repeatable.' \
                --stream 'Stream; repeatable.' \
                --category 'Category; repeatable.' \
                --esp 'Provider of the recipients; repeatable.'
        case 'stats by-domain'
            printf '%s\t%s\n' \
                --start-date 'First day.' \
                --end-date 'Last day.' \
                --domain 'Domain; repeatable.' \
                --stream 'Stream; repeatable.' \
                --category 'Category; repeatable.' \
                --esp 'Provider of the recipients; repeatable.' \
                --limit 'At most this many rows.'
        case 'stats by-category'
            printf '%s\t%s\n' \
                --start-date 'First day.' \
                --end-date 'Last day.' \
                --domain 'Domain; repeatable.' \
                --stream 'Stream; repeatable.' \
                --category 'Category; repeatable.' \
                --esp 'Provider of the recipients; repeatable.' \
                --limit 'At most this many rows.'
        case 'stats by-esp'
            printf '%s\t%s\n' \
                --start-date 'First day.' \
                --end-date 'Last day.' \
                --domain 'Domain; repeatable.' \
                --stream 'Stream; repeatable.' \
                --category 'Category; repeatable.' \
                --esp 'Provider of the recipients; repeatable.' \
                --limit 'At most this many rows.'
        case 'stats by-date'
            printf '%s\t%s\n' \
                --start-date 'First day.' \
                --end-date 'Last day.' \
                --domain 'Domain; repeatable.' \
                --stream 'Stream; repeatable.' \
                --category 'Category; repeatable.' \
                --esp 'Provider of the recipients; repeatable.' \
                --limit 'At most this many rows.'
        case 'logs list'
            printf '%s\t%s\n' \
                --to 'Recipient; repeatable.' \
                --to-contains 'Text in the recipient.' \
                --from 'Sender; repeatable.' \
                --from-contains 'Text in the sender.' \
                --subject 'The whole subject; repeatable.' \
                --subject-contains 'Text in the subject.' \
                --status 'Status; repeatable.' \
                --event 'Has this event: delivery, open, click, bounce, spam, unsubscribe, soft_bounce, reject, suspension; repeatable.' \
                --without-event 'Does not have this event; repeatable.' \
                --since 'Sent at this time or later, such as 7d or 2026-01-01.' \
                --until 'Sent at this time or earlier.' \
                --stream 'Stream; repeatable.' \
                --domain 'Sending domain; repeatable.' \
                --category 'Category; repeatable.' \
                --esp 'Email service provider of the recipient; repeatable.' \
                --client-ip 'Address that sent it; repeatable.' \
                --opened 'Was opened.' \
                --not-opened 'Was opened.' \
                --clicked 'Was clicked.' \
                --not-clicked 'Was clicked.' \
                --limit 'At most this many rows.'
        case 'suppressions list'
            printf '%s\t%s\n' \
                --email 'Exactly this address.' \
                --since 'Created at this time or later.' \
                --until 'Created at this time or earlier.' \
                --limit 'At most this many rows.'
        case 'suppressions create'
            printf '%s\t%s\n' \
                --email 'Address that gets no more emails.' \
                --domain 'Domain.' \
                --stream 'Stream.' \
                --type 'Reason.'
        case 'suppressions export'
            printf '%s\t%s\n' \
                --out 'File to write; - is stdout.' \
                --force 'Replace a file that exists.' \
                --email 'Exactly this address.' \
                --since 'Created at this time or later.' \
                --until 'Created at this time or earlier.'
        case 'suppressions import'
            printf '%s\t%s\n' \
                --map 'Such as email=Address; repeatable.' \
                --from-row 'Start at this row; the first row after the header is 1.' \
                --skip-invalid 'Skip invalid rows.' \
                --dry-run 'Check all rows, print the first of them and import nothing.' \
                --domain 'Domain for rows without one.' \
                --stream 'Stream for rows without one.' \
                --type 'Reason for rows without one (default: manual-import).'
        case 'suppressions delete'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'tracking-opt-outs list'
            printf '%s\t%s\n' \
                --email 'Exactly this address.' \
                --since 'Created at this time or later.' \
                --until 'Created at this time or earlier.' \
                --limit 'At most this many rows.'
        case 'tracking-opt-outs create'
            printf '%s\t%s\n' \
                --email 'Address to stop tracking.' \
                --domain 'Domain whose emails are not tracked.'
        case 'tracking-opt-outs delete'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'webhooks list'
            printf '%s\t%s\n' \
                --limit 'At most this many rows.'
        case 'webhooks create'
            printf '%s\t%s\n' \
                --url 'URL that gets the events.' \
                --type 'What it reports.' \
                --stream 'Stream to report.' \
                --domain 'Domain to report (default: all).' \
                --event 'Event to send; repeatable.' \
                --active 'Send events, or pause.' \
                --no-active 'Send events, or pause.' \
                --format 'A JSON document, or one line per event.' \
                --inbound-inbox-id 'Inbound inbox whose messages are reported.' \
                --allow-remote 'Local sandbox: allow a URL on another machine.' \
                --no-allow-remote 'Local sandbox: allow a URL on another machine.'
        case 'webhooks update'
            printf '%s\t%s\n' \
                --url 'URL that gets the events.' \
                --event 'Event to send; repeatable.' \
                --active 'Send events, or pause.' \
                --no-active 'Send events, or pause.' \
                --format 'A JSON document, or one line per event.' \
                --inbound-inbox-id 'Inbound inbox whose messages are reported.' \
                --allow-remote 'Local sandbox: allow a URL on another machine.' \
                --no-allow-remote 'Local sandbox: allow a URL on another machine.'
        case 'webhooks deliveries'
            printf '%s\t%s\n' \
                --webhook 'Only this webhook (ID).' \
                --redeliver 'Send this delivery again, now.' \
                --limit 'At most this many rows.'
        case 'webhooks delete'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'templates list'
            printf '%s\t%s\n' \
                --search 'Text in the name.' \
                --page-token 'Start at this page of 100.' \
                --experimental 'Use /api/templates, which Mailtrap calls experimental.' \
                --limit 'At most this many rows.'
        case 'templates get'
            printf '%s\t%s\n' \
                --experimental 'Use /api/templates, which Mailtrap calls experimental.'
        case 'templates create'
            printf '%s\t%s\n' \
                --html 'HTML body.' \
                --html-file 'HTML body from a file; - is stdin.' \
                --text 'Text body.' \
                --text-file 'Text body from a file; - is stdin.' \
                --name 'Name.' \
                --subject 'Subject, with {{{variable}}} placeholders.' \
                --category 'Category.' \
                --experimental 'Use /api/templates, which Mailtrap calls experimental.'
        case 'templates update'
            printf '%s\t%s\n' \
                --html 'HTML body.' \
                --html-file 'HTML body from a file; - is stdin.' \
                --text 'Text body.' \
                --text-file 'Text body from a file; - is stdin.' \
                --name 'Name.' \
                --subject 'Subject.' \
                --category 'Category.' \
                --experimental 'Use /api/templates, which Mailtrap calls experimental.'
        case 'templates delete'
            printf '%s\t%s\n' \
                --experimental 'Use /api/templates, which Mailtrap calls experimental.' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'campaigns list'
            printf '%s\t%s\n' \
                --search 'Text in the name.' \
                --limit 'At most this many rows.'
        case 'campaigns create'
            printf '%s\t%s\n' \
                --name 'Name.' \
                --domain 'Domain to send from.' \
                --from 'Sender, the part before the @.' \
                --from-name 'Name of the sender.' \
                --subject 'Subject.' \
                --html 'HTML body.' \
                --html-file 'HTML body from a file; - is stdin.' \
                --text 'Text body.' \
                --text-file 'Text body from a file; - is stdin.' \
                --merge-tag 'Merge tag that the bodies use; repeatable.' \
                --reply-to-name 'Reply-To name.' \
                --reply-to-local-part 'Reply-To address, the part before the @.' \
                --reply-to-domain 'Reply-To domain.' \
                --list 'Contact list to send to; repeatable.' \
                --segment-id 'Segment to send to; repeatable.' \
                --delivery-mode 'Send all at once, or gradually.' \
                --emails-per-hour 'Emails per hour, for gradual delivery.'
        case 'campaigns update'
            printf '%s\t%s\n' \
                --name 'Name.' \
                --domain 'Domain to send from.' \
                --from 'Sender, the part before the @.' \
                --from-name 'Name of the sender.' \
                --subject 'Subject.' \
                --html 'HTML body.' \
                --html-file 'HTML body from a file; - is stdin.' \
                --text 'Text body.' \
                --text-file 'Text body from a file; - is stdin.' \
                --merge-tag 'Merge tag that the bodies use; repeatable.' \
                --reply-to-name 'Reply-To name.' \
                --reply-to-local-part 'Reply-To address, the part before the @.' \
                --reply-to-domain 'Reply-To domain.' \
                --list 'Contact list to send to; repeatable.' \
                --segment-id 'Segment to send to; repeatable.' \
                --delivery-mode 'Send all at once, or gradually.' \
                --emails-per-hour 'Emails per hour, for gradual delivery.'
        case 'campaigns start'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'campaigns schedule'
            printf '%s\t%s\n' \
                --at 'When to start.' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'campaigns terminate'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'campaigns reset'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'campaigns stats'
            printf '%s\t%s\n' \
                --start-date 'First day (default: the last start).' \
                --end-date 'Last day (default: today).'
        case 'campaigns delete'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'contacts create'
            printf '%s\t%s\n' \
                --email 'Email address.' \
                --field 'Value of a field, by its merge tag; repeatable.' \
                --list 'Contact list; repeatable.'
        case 'contacts update'
            printf '%s\t%s\n' \
                --email 'Email address.' \
                --field 'Value of a field, by its merge tag; repeatable.' \
                --add-to-list 'List to add it to; repeatable.' \
                --remove-from-list 'List to remove it from; repeatable.' \
                --unsubscribed 'Unsubscribe it, or subscribe it again.' \
                --no-unsubscribed 'Unsubscribe it, or subscribe it again.'
        case 'contacts export'
            printf '%s\t%s\n' \
                --wait 'How long to wait for the job (default: 30m).' \
                --no-wait 'Do not wait; print the ID of the job.' \
                --out 'File to write; - is stdout.' \
                --force 'Replace a file that exists.' \
                --list 'Only this list; repeatable.' \
                --status 'Only these contacts.' \
                --resume 'Download this export instead of creating another.'
        case 'contacts import'
            printf '%s\t%s\n' \
                --map 'Such as email=Address; repeatable.' \
                --from-row 'Start at this row; the first row after the header is 1.' \
                --skip-invalid 'Skip invalid rows.' \
                --dry-run 'Check all rows, print the first of them and import nothing.' \
                --wait 'How long to wait for the job (default: 30m).' \
                --no-wait 'Do not wait; print the ID of the job.' \
                --list 'Add them to this list; repeatable.' \
                --remove-from-list 'Remove them from this list; repeatable.' \
                --ignore 'Leave this column out; repeatable.'
        case 'contacts create-event'
            printf '%s\t%s\n' \
                --name 'Name of the event.' \
                --param 'Parameter; repeatable.'
        case 'contacts delete'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'contact-lists list'
            printf '%s\t%s\n' \
                --search 'Only names that begin with this.' \
                --limit 'At most this many rows.'
        case 'contact-lists create'
            printf '%s\t%s\n' \
                --name 'Name.'
        case 'contact-lists update'
            printf '%s\t%s\n' \
                --name 'Name.'
        case 'contact-lists delete'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'contact-fields list'
            printf '%s\t%s\n' \
                --limit 'At most this many rows.'
        case 'contact-fields create'
            printf '%s\t%s\n' \
                --name 'Name.' \
                --merge-tag 'Merge tag, without spaces.' \
                --type 'Type of its values.'
        case 'contact-fields update'
            printf '%s\t%s\n' \
                --name 'Name.' \
                --merge-tag 'Merge tag, without spaces.'
        case 'contact-fields delete'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'inbound folders list'
            printf '%s\t%s\n' \
                --limit 'At most this many rows.'
        case 'inbound folders create'
            printf '%s\t%s\n' \
                --name 'Name.'
        case 'inbound folders update'
            printf '%s\t%s\n' \
                --name 'Name.'
        case 'inbound folders delete'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'inbound inboxes list'
            printf '%s\t%s\n' \
                --limit 'At most this many rows.'
        case 'inbound inboxes create'
            printf '%s\t%s\n' \
                --name 'Name.' \
                --domain 'Own domain (default: hosted).'
        case 'inbound inboxes update'
            printf '%s\t%s\n' \
                --name 'Name.'
        case 'inbound inboxes delete'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'inbound messages list'
            printf '%s\t%s\n' \
                --limit 'At most this many rows.'
        case 'inbound messages delete'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'inbound messages reply'
            printf '%s\t%s\n' \
                --to 'Recipient; repeatable.' \
                --cc 'Copy; repeatable.' \
                --bcc 'Blind copy; repeatable.' \
                --from 'Sender.' \
                --reply-to 'Reply-To address.' \
                --text 'Text body.' \
                --text-file 'Text body from a file; - is stdin.' \
                --html 'HTML body.' \
                --html-file 'HTML body from a file; - is stdin.' \
                --category 'Category.' \
                --attach 'Attachment; repeatable.' \
                --header 'Header; repeatable.' \
                --variable 'Custom variable; repeatable.'
        case 'inbound messages reply-all'
            printf '%s\t%s\n' \
                --to 'Recipient; repeatable.' \
                --cc 'Copy; repeatable.' \
                --bcc 'Blind copy; repeatable.' \
                --from 'Sender.' \
                --reply-to 'Reply-To address.' \
                --text 'Text body.' \
                --text-file 'Text body from a file; - is stdin.' \
                --html 'HTML body.' \
                --html-file 'HTML body from a file; - is stdin.' \
                --category 'Category.' \
                --attach 'Attachment; repeatable.' \
                --header 'Header; repeatable.' \
                --variable 'Custom variable; repeatable.'
        case 'inbound messages forward'
            printf '%s\t%s\n' \
                --to 'Recipient; repeatable.' \
                --cc 'Copy; repeatable.' \
                --bcc 'Blind copy; repeatable.' \
                --from 'Sender.' \
                --reply-to 'Reply-To address.' \
                --text 'Text body.' \
                --text-file 'Text body from a file; - is stdin.' \
                --html 'HTML body.' \
                --html-file 'HTML body from a file; - is stdin.' \
                --category 'Category.' \
                --attach 'Attachment; repeatable.' \
                --header 'Header; repeatable.' \
                --variable 'Custom variable; repeatable.'
        case 'inbound threads list'
            printf '%s\t%s\n' \
                --search 'Text to look for.' \
                --limit 'At most this many rows.'
        case 'inbound threads delete'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'inbound forward-rules list'
            printf '%s\t%s\n' \
                --limit 'At most this many rows.'
        case 'inbound forward-rules create'
            printf '%s\t%s\n' \
                --name 'Name.' \
                --conditions 'At most 5 of match_type, operator, value, header_key.' \
                --destinations 'At most 5, such as [{"email": "ada@example.com"}].'
        case 'inbound forward-rules update'
            printf '%s\t%s\n' \
                --name 'Name.' \
                --conditions 'At most 5 of match_type, operator, value, header_key.' \
                --destinations 'At most 5, such as [{"email": "ada@example.com"}].'
        case 'inbound forward-rules delete'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'accounts list'
            printf '%s\t%s\n' \
                --limit 'At most this many rows.'
        case 'account-access list'
            printf '%s\t%s\n' \
                --project-id 'Only access to this project; repeatable.' \
                --sandbox-id 'Only access to this sandbox; repeatable.' \
                --domain-id 'Only access to this domain; repeatable.' \
                --limit 'At most this many rows.'
        case 'account-access delete'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'permissions list'
            printf '%s\t%s\n' \
                --limit 'At most this many rows.'
        case 'permissions update'
            printf '%s\t%s\n' \
                --permissions 'List of resource_id, resource_type and access_level; _destroy removes one.' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'tokens list'
            printf '%s\t%s\n' \
                --limit 'At most this many rows.' \
                --web 'Open the page on mailtrap.io instead.'
        case 'tokens create'
            printf '%s\t%s\n' \
                --name 'Name.' \
                --expires-at 'When it expires: a date, 90d, or never. A year from now by default.' \
                --resources 'List of resource_type, resource_id and access_level (100: admin, 10: viewer).'
        case 'tokens reset'
            printf '%s\t%s\n' \
                --expires-at 'When it expires: a date, 90d, or never. A year from now by default.' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'tokens delete'
            printf '%s\t%s\n' \
                -y 'Do not ask.' \
                --yes 'Do not ask.'
        case 'organizations sub-accounts list'
            printf '%s\t%s\n' \
                --limit 'At most this many rows.'
        case 'organizations sub-accounts create'
            printf '%s\t%s\n' \
                --name 'Name.'
        case 'api'
            printf '%s\t%s\n' \
                -f 'Text field. Brackets in KEY nest. Repeatable.' \
                --raw-field 'Text field. Brackets in KEY nest. Repeatable.' \
                -F 'Typed field: numbers, true, false, null, @FILE. Repeatable.' \
                --field 'Typed field: numbers, true, false, null, @FILE. Repeatable.' \
                --input 'Body of the request; - is standard input.' \
                --query 'Query parameter. Repeatable.' \
                --host 'Host of the API.' \
                --paginate 'Read all pages; print one array of all rows.' \
                -i 'Print the status and the headers too.' \
                --include 'Print the status and the headers too.'
    end
end

# The options that take a value, of the command at this path.
function __mailtrap_taking
    switch "$argv[1]"
        case 'send'
            printf '%s\n' --to --from --cc --bcc --reply-to --subject --text --text-file --html --html-file --attach --inline --header --category --variable --template --template-var --template-vars --payload --eml --sandbox-id --stream
        case 'batch'
            printf '%s\n' --from --cc --bcc --reply-to --subject --text --text-file --html --html-file --attach --inline --header --category --variable --template --map --set --limit --attachments-dir --preview --test-to --rate --rate-limit --concurrency --results --failed --journal --lookup-wait --forget --junit --sandbox-id --stream
        case 'config init'
            printf '%s\n' --sandbox-id --stream --from --token-env --token-command
        case 'domains list'
            printf '%s\n' --limit
        case 'domains check'
            printf '%s\n' --nameserver --dns-timeout --wait --fix --junit
        case 'domains create'
            printf '%s\n' --domain-name
        case 'domains send-setup-instructions'
            printf '%s\n' --email
        case 'domains company-info create'
            printf '%s\n' --name --address --city --country --zip-code --website-url --phone --privacy-policy-url --terms-of-service-url --info-level
        case 'domains company-info update'
            printf '%s\n' --name --address --city --country --zip-code --website-url --phone --privacy-policy-url --terms-of-service-url --info-level
        case 'messages list'
            printf '%s\n' --search --to --from --subject --since --stream --sandbox-id --limit
        case 'messages show'
            printf '%s\n' --search --to --from --subject --since --stream --sandbox-id
        case 'messages wait'
            printf '%s\n' --search --to --from --subject --since --stream --wait --after --sandbox-id --count --extract --dir --junit
        case 'messages expect'
            printf '%s\n' --search --to --from --subject --since --stream --contains --not-contains --matches --header --has-attachment --max-spam-score --snapshot --mask --wait --after --sandbox-id --count --settle --junit
        case 'messages open'
            printf '%s\n' --search --to --from --subject --since --stream --sandbox-id
        case 'messages text'
            printf '%s\n' --search --to --from --subject --since --stream --sandbox-id
        case 'messages html'
            printf '%s\n' --search --to --from --subject --since --stream --sandbox-id
        case 'messages html-source'
            printf '%s\n' --search --to --from --subject --since --stream --sandbox-id
        case 'messages raw'
            printf '%s\n' --search --to --from --subject --since --stream --sandbox-id
        case 'messages eml'
            printf '%s\n' --search --to --from --subject --since --stream --sandbox-id --save
        case 'messages headers'
            printf '%s\n' --search --to --from --subject --since --stream --sandbox-id
        case 'messages spam'
            printf '%s\n' --search --to --from --subject --since --stream --sandbox-id
        case 'messages html-check'
            printf '%s\n' --search --to --from --subject --since --stream --sandbox-id
        case 'messages send'
            printf '%s\n' --to --from --sandbox-id --stream --source --source-sandbox-id
        case 'messages mark-read'
            printf '%s\n' --search --to --from --subject --since --stream --sandbox-id
        case 'messages mark-unread'
            printf '%s\n' --search --to --from --subject --since --stream --sandbox-id
        case 'messages forward'
            printf '%s\n' --search --to --from --subject --since --stream --sandbox-id
        case 'messages delete'
            printf '%s\n' --search --to --from --subject --since --stream --sandbox-id
        case 'attachments list'
            printf '%s\n' --search --to --from --subject --since --stream --sandbox-id --type
        case 'attachments get'
            printf '%s\n' --search --to --from --subject --since --stream --sandbox-id --dir --save
        case 'sandboxes list'
            printf '%s\n' --limit
        case 'sandboxes get'
            printf '%s\n' --format
        case 'sandboxes create'
            printf '%s\n' --name
        case 'sandboxes update'
            printf '%s\n' --name --email-username
        case 'projects list'
            printf '%s\n' --limit
        case 'projects create'
            printf '%s\n' --name
        case 'projects update'
            printf '%s\n' --name
        case 'local env'
            printf '%s\n' --port --smtp-port --host --token-env --format
        case 'local fault'
            printf '%s\n' --latency --jitter --rate-limit --fail --reset --partial --seed --port --token-env
        case 'local serve'
            printf '%s\n' --port --host --allow-host --token-env --tls-cert --tls-key --ready-file --smtp-port --max-size --latency --jitter --rate-limit --fail --reset --partial --seed --webhook --webhook-interval --webhook-retry --event-delay --max-messages --templates
        case 'stats get'
            printf '%s\n' --start-date --end-date --domain --stream --category --esp
        case 'stats by-domain'
            printf '%s\n' --start-date --end-date --domain --stream --category --esp --limit
        case 'stats by-category'
            printf '%s\n' --start-date --end-date --domain --stream --category --esp --limit
        case 'stats by-esp'
            printf '%s\n' --start-date --end-date --domain --stream --category --esp --limit
        case 'stats by-date'
            printf '%s\n' --start-date --end-date --domain --stream --category --esp --limit
        case 'logs list'
            printf '%s\n' --to --to-contains --from --from-contains --subject --subject-contains --status --event --without-event --since --until --stream --domain --category --esp --client-ip --limit
        case 'suppressions list'
            printf '%s\n' --email --since --until --limit
        case 'suppressions create'
            printf '%s\n' --email --domain --stream --type
        case 'suppressions export'
            printf '%s\n' --out --email --since --until
        case 'suppressions import'
            printf '%s\n' --map --from-row --domain --stream --type
        case 'tracking-opt-outs list'
            printf '%s\n' --email --since --until --limit
        case 'tracking-opt-outs create'
            printf '%s\n' --email --domain
        case 'webhooks list'
            printf '%s\n' --limit
        case 'webhooks create'
            printf '%s\n' --url --type --stream --domain --event --format --inbound-inbox-id
        case 'webhooks update'
            printf '%s\n' --url --event --format --inbound-inbox-id
        case 'webhooks deliveries'
            printf '%s\n' --webhook --redeliver --limit
        case 'templates list'
            printf '%s\n' --search --page-token --limit
        case 'templates create'
            printf '%s\n' --html --html-file --text --text-file --name --subject --category
        case 'templates update'
            printf '%s\n' --html --html-file --text --text-file --name --subject --category
        case 'campaigns list'
            printf '%s\n' --search --limit
        case 'campaigns create'
            printf '%s\n' --name --domain --from --from-name --subject --html --html-file --text --text-file --merge-tag --reply-to-name --reply-to-local-part --reply-to-domain --list --segment-id --delivery-mode --emails-per-hour
        case 'campaigns update'
            printf '%s\n' --name --domain --from --from-name --subject --html --html-file --text --text-file --merge-tag --reply-to-name --reply-to-local-part --reply-to-domain --list --segment-id --delivery-mode --emails-per-hour
        case 'campaigns schedule'
            printf '%s\n' --at
        case 'campaigns stats'
            printf '%s\n' --start-date --end-date
        case 'contacts create'
            printf '%s\n' --email --field --list
        case 'contacts update'
            printf '%s\n' --email --field --add-to-list --remove-from-list
        case 'contacts export'
            printf '%s\n' --wait --out --list --status --resume
        case 'contacts import'
            printf '%s\n' --map --from-row --wait --list --remove-from-list --ignore
        case 'contacts create-event'
            printf '%s\n' --name --param
        case 'contact-lists list'
            printf '%s\n' --search --limit
        case 'contact-lists create'
            printf '%s\n' --name
        case 'contact-lists update'
            printf '%s\n' --name
        case 'contact-fields list'
            printf '%s\n' --limit
        case 'contact-fields create'
            printf '%s\n' --name --merge-tag --type
        case 'contact-fields update'
            printf '%s\n' --name --merge-tag
        case 'inbound folders list'
            printf '%s\n' --limit
        case 'inbound folders create'
            printf '%s\n' --name
        case 'inbound folders update'
            printf '%s\n' --name
        case 'inbound inboxes list'
            printf '%s\n' --limit
        case 'inbound inboxes create'
            printf '%s\n' --name --domain
        case 'inbound inboxes update'
            printf '%s\n' --name
        case 'inbound messages list'
            printf '%s\n' --limit
        case 'inbound messages reply'
            printf '%s\n' --to --cc --bcc --from --reply-to --text --text-file --html --html-file --category --attach --header --variable
        case 'inbound messages reply-all'
            printf '%s\n' --to --cc --bcc --from --reply-to --text --text-file --html --html-file --category --attach --header --variable
        case 'inbound messages forward'
            printf '%s\n' --to --cc --bcc --from --reply-to --text --text-file --html --html-file --category --attach --header --variable
        case 'inbound threads list'
            printf '%s\n' --search --limit
        case 'inbound forward-rules list'
            printf '%s\n' --limit
        case 'inbound forward-rules create'
            printf '%s\n' --name --conditions --destinations
        case 'inbound forward-rules update'
            printf '%s\n' --name --conditions --destinations
        case 'accounts list'
            printf '%s\n' --limit
        case 'account-access list'
            printf '%s\n' --project-id --sandbox-id --domain-id --limit
        case 'permissions list'
            printf '%s\n' --limit
        case 'permissions update'
            printf '%s\n' --permissions
        case 'tokens list'
            printf '%s\n' --limit
        case 'tokens create'
            printf '%s\n' --name --expires-at --resources
        case 'tokens reset'
            printf '%s\n' --expires-at
        case 'organizations sub-accounts list'
            printf '%s\n' --limit
        case 'organizations sub-accounts create'
            printf '%s\n' --name
        case 'api'
            printf '%s\n' -f --raw-field -F --field --input --query --host
    end
    printf '%s\n' -p --profile -o --output --timeout
end

# The candidates for an option's value or the argument with this number; $argv[2] is what is typed of it.
function __mailtrap_value
    switch "$argv[1]"
        case '*:-p' '*:--profile'
            __mailtrap_profiles
        case '*:-o' '*:--output'
            printf '%s\n' table json jsonl csv
        case 'send:--text-file'
            __mailtrap_files "$argv[2]"
        case 'send:--html-file'
            __mailtrap_files "$argv[2]"
        case 'send:--attach'
            __mailtrap_files "$argv[2]"
        case 'send:--inline'
            __mailtrap_files "$argv[2]"
        case 'send:--template-vars'
            __mailtrap_files "$argv[2]"
        case 'send:--payload'
            __mailtrap_files "$argv[2]"
        case 'send:--eml'
            __mailtrap_files "$argv[2]"
        case 'send:--stream'
            printf '%s\n' transactional bulk
        case 'batch:--text-file'
            __mailtrap_files "$argv[2]"
        case 'batch:--html-file'
            __mailtrap_files "$argv[2]"
        case 'batch:--attach'
            __mailtrap_files "$argv[2]"
        case 'batch:--inline'
            __mailtrap_files "$argv[2]"
        case 'batch:--attachments-dir'
            __mailtrap_files "$argv[2]"
        case 'batch:--results'
            __mailtrap_files "$argv[2]"
        case 'batch:--failed'
            __mailtrap_files "$argv[2]"
        case 'batch:--journal'
            __mailtrap_files "$argv[2]"
        case 'batch:--junit'
            __mailtrap_files "$argv[2]"
        case 'batch:--stream'
            printf '%s\n' transactional bulk
        case 'batch:1'
            __mailtrap_files "$argv[2]"
        case 'config show:1'
            __mailtrap_profiles
        case 'config use:1'
            __mailtrap_profiles
        case 'config rename:1'
            __mailtrap_profiles
        case 'config init:--stream'
            printf '%s\n' transactional bulk
        case 'config init:1'
            __mailtrap_profiles
        case 'config remove:1'
            __mailtrap_profiles
        case 'domains check:--fix'
            printf '%s\n' bind cloudflare route53 terraform
        case 'domains check:--junit'
            __mailtrap_files "$argv[2]"
        case 'domains company-info create:--info-level'
            printf '%s\n' business individual
        case 'domains company-info update:--info-level'
            printf '%s\n' business individual
        case 'completion:1'
            printf '%s\n' bash zsh fish powershell
        case 'messages list:--stream'
            printf '%s\n' sandbox transactional bulk
        case 'messages show:--stream'
            printf '%s\n' sandbox transactional bulk
        case 'messages wait:--stream'
            printf '%s\n' sandbox transactional bulk
        case 'messages wait:--dir'
            __mailtrap_files "$argv[2]"
        case 'messages wait:--junit'
            __mailtrap_files "$argv[2]"
        case 'messages expect:--stream'
            printf '%s\n' sandbox transactional bulk
        case 'messages expect:--snapshot'
            __mailtrap_files "$argv[2]"
        case 'messages expect:--junit'
            __mailtrap_files "$argv[2]"
        case 'messages open:--stream'
            printf '%s\n' sandbox transactional bulk
        case 'messages text:--stream'
            printf '%s\n' sandbox transactional bulk
        case 'messages html:--stream'
            printf '%s\n' sandbox transactional bulk
        case 'messages html-source:--stream'
            printf '%s\n' sandbox transactional bulk
        case 'messages raw:--stream'
            printf '%s\n' sandbox transactional bulk
        case 'messages eml:--stream'
            printf '%s\n' sandbox transactional bulk
        case 'messages eml:--save'
            __mailtrap_files "$argv[2]"
        case 'messages headers:--stream'
            printf '%s\n' sandbox transactional bulk
        case 'messages spam:--stream'
            printf '%s\n' sandbox transactional bulk
        case 'messages html-check:--stream'
            printf '%s\n' sandbox transactional bulk
        case 'messages send:--stream'
            printf '%s\n' transactional bulk
        case 'messages send:--source'
            __mailtrap_profiles
        case 'messages mark-read:--stream'
            printf '%s\n' sandbox transactional bulk
        case 'messages mark-unread:--stream'
            printf '%s\n' sandbox transactional bulk
        case 'messages forward:--stream'
            printf '%s\n' sandbox transactional bulk
        case 'messages delete:--stream'
            printf '%s\n' sandbox transactional bulk
        case 'attachments list:--stream'
            printf '%s\n' sandbox transactional bulk
        case 'attachments list:--type'
            printf '%s\n' inline attachment
        case 'attachments get:--stream'
            printf '%s\n' sandbox transactional bulk
        case 'attachments get:--dir'
            __mailtrap_files "$argv[2]"
        case 'attachments get:--save'
            __mailtrap_files "$argv[2]"
        case 'local serve:--tls-cert'
            __mailtrap_files "$argv[2]"
        case 'local serve:--tls-key'
            __mailtrap_files "$argv[2]"
        case 'local serve:--ready-file'
            __mailtrap_files "$argv[2]"
        case 'local serve:--templates'
            __mailtrap_files "$argv[2]"
        case 'stats get:--stream'
            printf '%s\n' transactional bulk
        case 'stats get:--esp'
            printf '%s\n' google yahoo outlook hey google-workspace zoho-email protonmail yandex icloud office-365 amazon-ses-simple-email-service proofpoint-email-protection mimecast-email-protection gmx-net rackspace ovh-hosted linode-hosted godaddy symantec-email-protection barracuda-email-protection cisco-email-protection fastmail naver seznam comcast spectrum
        case 'stats by-domain:--stream'
            printf '%s\n' transactional bulk
        case 'stats by-domain:--esp'
            printf '%s\n' google yahoo outlook hey google-workspace zoho-email protonmail yandex icloud office-365 amazon-ses-simple-email-service proofpoint-email-protection mimecast-email-protection gmx-net rackspace ovh-hosted linode-hosted godaddy symantec-email-protection barracuda-email-protection cisco-email-protection fastmail naver seznam comcast spectrum
        case 'stats by-category:--stream'
            printf '%s\n' transactional bulk
        case 'stats by-category:--esp'
            printf '%s\n' google yahoo outlook hey google-workspace zoho-email protonmail yandex icloud office-365 amazon-ses-simple-email-service proofpoint-email-protection mimecast-email-protection gmx-net rackspace ovh-hosted linode-hosted godaddy symantec-email-protection barracuda-email-protection cisco-email-protection fastmail naver seznam comcast spectrum
        case 'stats by-esp:--stream'
            printf '%s\n' transactional bulk
        case 'stats by-esp:--esp'
            printf '%s\n' google yahoo outlook hey google-workspace zoho-email protonmail yandex icloud office-365 amazon-ses-simple-email-service proofpoint-email-protection mimecast-email-protection gmx-net rackspace ovh-hosted linode-hosted godaddy symantec-email-protection barracuda-email-protection cisco-email-protection fastmail naver seznam comcast spectrum
        case 'stats by-date:--stream'
            printf '%s\n' transactional bulk
        case 'stats by-date:--esp'
            printf '%s\n' google yahoo outlook hey google-workspace zoho-email protonmail yandex icloud office-365 amazon-ses-simple-email-service proofpoint-email-protection mimecast-email-protection gmx-net rackspace ovh-hosted linode-hosted godaddy symantec-email-protection barracuda-email-protection cisco-email-protection fastmail naver seznam comcast spectrum
        case 'logs list:--status'
            printf '%s\n' delivered not_delivered enqueued opted_out
        case 'logs list:--stream'
            printf '%s\n' transactional bulk
        case 'suppressions create:--stream'
            printf '%s\n' transactional bulk
        case 'suppressions create:--type'
            printf '%s\n' hard-bounce unsubscription spam-complaint manual-import
        case 'suppressions export:--out'
            __mailtrap_files "$argv[2]"
        case 'suppressions import:--stream'
            printf '%s\n' transactional bulk
        case 'suppressions import:--type'
            printf '%s\n' hard-bounce unsubscription spam-complaint manual-import
        case 'suppressions import:1'
            __mailtrap_files "$argv[2]"
        case 'webhooks create:--type'
            printf '%s\n' email_sending campaigns audit_log inbound_receiving
        case 'webhooks create:--stream'
            printf '%s\n' transactional bulk
        case 'webhooks create:--event'
            printf '%s\n' delivery soft_bounce bounce suspension unsubscribe open spam_complaint click reject
        case 'webhooks create:--format'
            printf '%s\n' json jsonlines
        case 'webhooks update:--event'
            printf '%s\n' delivery soft_bounce bounce suspension unsubscribe open spam_complaint click reject
        case 'webhooks update:--format'
            printf '%s\n' json jsonlines
        case 'templates create:--html-file'
            __mailtrap_files "$argv[2]"
        case 'templates create:--text-file'
            __mailtrap_files "$argv[2]"
        case 'templates update:--html-file'
            __mailtrap_files "$argv[2]"
        case 'templates update:--text-file'
            __mailtrap_files "$argv[2]"
        case 'campaigns create:--delivery-mode'
            printf '%s\n' rapid gradual
        case 'campaigns update:--delivery-mode'
            printf '%s\n' rapid gradual
        case 'contacts export:--out'
            __mailtrap_files "$argv[2]"
        case 'contacts export:--status'
            printf '%s\n' subscribed unsubscribed
        case 'contacts import:1'
            __mailtrap_files "$argv[2]"
        case 'contact-fields create:--type'
            printf '%s\n' text integer float boolean date
        case 'api:--input'
            __mailtrap_files "$argv[2]"
        case 'api:--host'
            printf '%s\n' account send bulk sandbox
    end
end

function __mailtrap_profiles
    set -l typed (commandline -opc)
    set -l program (string replace -r '^~/' "$HOME/" -- $typed[1])
    command $program config list -q </dev/null 2>/dev/null
end

# Files; of CID=PATH the path is completed.
function __mailtrap_files
    set -l halves (string split -m 1 = -- $argv[1])
    if set -q halves[2]
        for path in (__fish_complete_path $halves[2])
            echo "$halves[1]=$path"
        end
    else
        __fish_complete_path $argv[1]
    end
end

# The candidates for the word at the cursor, one per line with its description.
function __mailtrap_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l path
    set -l option
    set -l rest
    set -l count 1
    set -l members (__mailtrap_members '' | string replace -r '\t.*' '')
    set -l taking (__mailtrap_taking '')
    for word in $words[2..-1]
        if set -q option[1]
            set option
        else if not set -q rest[1]; and test "$word" = --
            set rest yes
        else if not set -q rest[1]; and string match -q -- '--*' $word
            contains -- $word $taking; and set option $word
        else if not set -q rest[1]; and string match -qr -- '^-.' $word
            set -l letters (string split '' -- (string sub -s 2 -- $word)) # -qo json, -ojson
            for place in (seq (count $letters))
                if contains -- -$letters[$place] $taking
                    test $place = (count $letters); and set option -$letters[$place]
                    break
                end
            end
        else if contains -- $word $members
            set -a path $word
            set members (__mailtrap_members "$path" | string replace -r '\t.*' '')
            set taking (__mailtrap_taking "$path")
        else
            set count (math $count + 1)
        end
    end
    if set -q option[1]
        __mailtrap_value "$path:$option" $current
    else if not set -q rest[1]; and string match -qr -- '^--[^=]+=' $current
        set -l halves (string split -m 1 = -- $current)
        for value in (__mailtrap_value "$path:$halves[1]" $halves[2])
            echo $halves[1]=$value
        end
    else if not set -q rest[1]; and string match -q -- '-*' $current
        __mailtrap_options "$path"
        __mailtrap_options ''
    else if set -q members[1]
        test $count = 1; and __mailtrap_members "$path"
    else
        __mailtrap_value "$path:$count" $current
    end
end

complete -c mailtrap -e
complete -c mailtrap -f -a '(__mailtrap_complete)'
