# bash completion for mailtrap: generated from its commands, do not edit.

# The subcommands, the options and the options that take a value, of the command at this path.
_mailtrap_node() {
    members='' options='-p --profile -o --output -q --quiet -v --verbose --timeout --no-input --no-color --no-pager --version -h --help' taking='-p --profile -o --output --timeout'
    case $1 in
        '') members='send batch config doctor domains completion messages attachments sandboxes projects local stats logs suppressions tracking-opt-outs webhooks templates campaigns contacts contact-lists contact-fields inbound accounts account-access permissions tokens billing organizations api commands' ;;
        'send') options="--to --from --cc --bcc --reply-to --subject --text --text-file --html --html-file --attach --inline --header --category --variable --template --template-var --template-vars --payload --eml --sandbox --live --sandbox-id --stream --dry-run $options" taking="--to --from --cc --bcc --reply-to --subject --text --text-file --html --html-file --attach --inline --header --category --variable --template --template-var --template-vars --payload --eml --sandbox-id --stream $taking" ;;
        'batch') options="--from --cc --bcc --reply-to --subject --text --text-file --html --html-file --attach --inline --header --category --variable --template --map --set --limit --dedupe --skip-invalid --attachments-dir --dry-run --preview --test-to --rate --rate-limit --concurrency --results --failed --journal --again --resend-unknown --lookup-wait --no-trace --runs --forget --junit --sandbox --live --sandbox-id --stream -y --yes $options" taking="--from --cc --bcc --reply-to --subject --text --text-file --html --html-file --attach --inline --header --category --variable --template --map --set --limit --attachments-dir --preview --test-to --rate --rate-limit --concurrency --results --failed --journal --lookup-wait --forget --junit --sandbox-id --stream $taking" ;;
        'config') members='list show get set unset use rename edit init path remove' ;;
        'config show') options="--origins $options" ;;
        'config init') options="--sandbox-id --live --stream --from --token-stdin --token-env --token-command --keyring --no-check $options" taking="--sandbox-id --stream --from --token-env --token-command $taking" ;;
        'config remove') options="-y --yes $options" ;;
        'domains') members='list get check create update send-setup-instructions company-info delete' ;;
        'domains list') options="--limit --web $options" taking="--limit $taking" ;;
        'domains check') options="--all --nameserver --dns-timeout --wait --dns-only --fix --junit $options" taking="--nameserver --dns-timeout --wait --fix --junit $taking" ;;
        'domains create') options="--domain-name $options" taking="--domain-name $taking" ;;
        'domains update') options="--open-tracking-enabled --no-open-tracking-enabled --click-tracking-enabled --no-click-tracking-enabled --tracking-opt-out-enabled --no-tracking-opt-out-enabled --auto-unsubscribe-link-enabled --no-auto-unsubscribe-link-enabled --inbound-enabled --no-inbound-enabled $options" ;;
        'domains send-setup-instructions') options="--email $options" taking="--email $taking" ;;
        'domains company-info') members='get create update' ;;
        'domains company-info create') options="--name --address --city --country --zip-code --website-url --phone --privacy-policy-url --terms-of-service-url --info-level $options" taking="--name --address --city --country --zip-code --website-url --phone --privacy-policy-url --terms-of-service-url --info-level $taking" ;;
        'domains company-info update') options="--name --address --city --country --zip-code --website-url --phone --privacy-policy-url --terms-of-service-url --info-level $options" taking="--name --address --city --country --zip-code --website-url --phone --privacy-policy-url --terms-of-service-url --info-level $taking" ;;
        'domains delete') options="-y --yes $options" ;;
        'completion') options="--install $options" ;;
        'messages') members='list show wait expect open text html html-source raw eml headers spam html-check send mark-read mark-unread forward delete' ;;
        'messages list') options="--search --to --from --subject --unread --since --stream --sandbox-id --limit --watch $options" taking="--search --to --from --subject --since --stream --sandbox-id --limit $taking" ;;
        'messages show') options="--search --to --from --subject --unread --since --stream --sandbox-id $options" taking="--search --to --from --subject --since --stream --sandbox-id $taking" ;;
        'messages wait') options="--search --to --from --subject --unread --since --stream --wait --after --sandbox-id --count --extract --dir --junit $options" taking="--search --to --from --subject --since --stream --wait --after --sandbox-id --count --extract --dir --junit $taking" ;;
        'messages expect') options="--search --to --from --subject --unread --since --stream --contains --not-contains --matches --header --has-attachment --max-spam-score --no-html-errors --has-link --links-ok --online --allow-private --variables-filled --snapshot --mask --update-snapshot --wait --after --sandbox-id --count --settle --junit $options" taking="--search --to --from --subject --since --stream --contains --not-contains --matches --header --has-attachment --max-spam-score --snapshot --mask --wait --after --sandbox-id --count --settle --junit $taking" ;;
        'messages open') options="--search --to --from --subject --unread --since --stream --sandbox-id $options" taking="--search --to --from --subject --since --stream --sandbox-id $taking" ;;
        'messages text') options="--search --to --from --subject --unread --since --stream --sandbox-id $options" taking="--search --to --from --subject --since --stream --sandbox-id $taking" ;;
        'messages html') options="--search --to --from --subject --unread --since --stream --sandbox-id $options" taking="--search --to --from --subject --since --stream --sandbox-id $taking" ;;
        'messages html-source') options="--search --to --from --subject --unread --since --stream --sandbox-id $options" taking="--search --to --from --subject --since --stream --sandbox-id $taking" ;;
        'messages raw') options="--search --to --from --subject --unread --since --stream --sandbox-id $options" taking="--search --to --from --subject --since --stream --sandbox-id $taking" ;;
        'messages eml') options="--search --to --from --subject --unread --since --stream --sandbox-id --save --force $options" taking="--search --to --from --subject --since --stream --sandbox-id --save $taking" ;;
        'messages headers') options="--search --to --from --subject --unread --since --stream --sandbox-id $options" taking="--search --to --from --subject --since --stream --sandbox-id $taking" ;;
        'messages spam') options="--search --to --from --subject --unread --since --stream --sandbox-id $options" taking="--search --to --from --subject --since --stream --sandbox-id $taking" ;;
        'messages html-check') options="--search --to --from --subject --unread --since --stream --sandbox-id $options" taking="--search --to --from --subject --since --stream --sandbox-id $taking" ;;
        'messages send') options="--to --from --sandbox --live --sandbox-id --stream --source --source-sandbox-id --dry-run $options" taking="--to --from --sandbox-id --stream --source --source-sandbox-id $taking" ;;
        'messages mark-read') options="--search --to --from --subject --unread --since --stream --sandbox-id $options" taking="--search --to --from --subject --since --stream --sandbox-id $taking" ;;
        'messages mark-unread') options="--search --to --from --subject --unread --since --stream --sandbox-id $options" taking="--search --to --from --subject --since --stream --sandbox-id $taking" ;;
        'messages forward') options="--search --to --from --subject --unread --since --stream --sandbox-id $options" taking="--search --to --from --subject --since --stream --sandbox-id $taking" ;;
        'messages delete') options="--search --to --from --subject --unread --since --stream --sandbox-id -y --yes $options" taking="--search --to --from --subject --since --stream --sandbox-id $taking" ;;
        'attachments') members='list get' ;;
        'attachments list') options="--search --to --from --subject --unread --since --stream --sandbox-id --type $options" taking="--search --to --from --subject --since --stream --sandbox-id --type $taking" ;;
        'attachments get') options="--search --to --from --subject --unread --since --stream --sandbox-id --dir --save --force $options" taking="--search --to --from --subject --since --stream --sandbox-id --dir --save $taking" ;;
        'sandboxes') members='list get create update clean mark-read reset-credentials toggle-email reset-email delete' ;;
        'sandboxes list') options="--limit $options" taking="--limit $taking" ;;
        'sandboxes get') options="--format --web $options" taking="--format $taking" ;;
        'sandboxes create') options="--name $options" taking="--name $taking" ;;
        'sandboxes update') options="--name --email-username $options" taking="--name --email-username $taking" ;;
        'sandboxes clean') options="-y --yes $options" ;;
        'sandboxes reset-credentials') options="-y --yes $options" ;;
        'sandboxes reset-email') options="-y --yes $options" ;;
        'sandboxes delete') options="-y --yes $options" ;;
        'projects') members='list get create update delete' ;;
        'projects list') options="--limit $options" taking="--limit $taking" ;;
        'projects create') options="--name $options" taking="--name $taking" ;;
        'projects update') options="--name $options" taking="--name $taking" ;;
        'projects delete') options="-y --yes $options" ;;
        'local') members='env fault serve reset path stats' ;;
        'local env') options="--port --smtp-port --host --tls --token-env --format $options" taking="--port --smtp-port --host --token-env --format $taking" ;;
        'local fault') options="--latency --jitter --rate-limit --fail --reset --partial --seed --port --token-env --clear $options" taking="--latency --jitter --rate-limit --fail --reset --partial --seed --port --token-env $taking" ;;
        'local serve') options="--port --host --allow-remote --allow-host --token-env --tls-cert --tls-key --ready-file --open --smtp-port --no-smtp --max-size --latency --jitter --rate-limit --fail --reset --partial --seed --webhook --webhook-interval --webhook-retry --event-delay --max-messages --templates --strict-domains $options" taking="--port --host --allow-host --token-env --tls-cert --tls-key --ready-file --smtp-port --max-size --latency --jitter --rate-limit --fail --reset --partial --seed --webhook --webhook-interval --webhook-retry --event-delay --max-messages --templates $taking" ;;
        'local reset') options="-y --yes $options" ;;
        'stats') members='get by-domain by-category by-esp by-date' ;;
        'stats get') options="--start-date --end-date --domain --stream --category --esp $options" taking="--start-date --end-date --domain --stream --category --esp $taking" ;;
        'stats by-domain') options="--start-date --end-date --domain --stream --category --esp --limit $options" taking="--start-date --end-date --domain --stream --category --esp --limit $taking" ;;
        'stats by-category') options="--start-date --end-date --domain --stream --category --esp --limit $options" taking="--start-date --end-date --domain --stream --category --esp --limit $taking" ;;
        'stats by-esp') options="--start-date --end-date --domain --stream --category --esp --limit $options" taking="--start-date --end-date --domain --stream --category --esp --limit $taking" ;;
        'stats by-date') options="--start-date --end-date --domain --stream --category --esp --limit $options" taking="--start-date --end-date --domain --stream --category --esp --limit $taking" ;;
        'logs') members='list get' ;;
        'logs list') options="--to --to-contains --from --from-contains --subject --subject-contains --status --event --without-event --since --until --stream --domain --category --esp --client-ip --opened --not-opened --clicked --not-clicked --limit $options" taking="--to --to-contains --from --from-contains --subject --subject-contains --status --event --without-event --since --until --stream --domain --category --esp --client-ip --limit $taking" ;;
        'suppressions') members='list create export import delete' ;;
        'suppressions list') options="--email --since --until --limit $options" taking="--email --since --until --limit $taking" ;;
        'suppressions create') options="--email --domain --stream --type $options" taking="--email --domain --stream --type $taking" ;;
        'suppressions export') options="--out --force --email --since --until $options" taking="--out --email --since --until $taking" ;;
        'suppressions import') options="--map --from-row --skip-invalid --dry-run --domain --stream --type $options" taking="--map --from-row --domain --stream --type $taking" ;;
        'suppressions delete') options="-y --yes $options" ;;
        'tracking-opt-outs') members='list create delete' ;;
        'tracking-opt-outs list') options="--email --since --until --limit $options" taking="--email --since --until --limit $taking" ;;
        'tracking-opt-outs create') options="--email --domain $options" taking="--email --domain $taking" ;;
        'tracking-opt-outs delete') options="-y --yes $options" ;;
        'webhooks') members='list get create update deliveries delete' ;;
        'webhooks list') options="--limit $options" taking="--limit $taking" ;;
        'webhooks create') options="--url --type --stream --domain --event --active --no-active --format --inbound-inbox-id --allow-remote --no-allow-remote $options" taking="--url --type --stream --domain --event --format --inbound-inbox-id $taking" ;;
        'webhooks update') options="--url --event --active --no-active --format --inbound-inbox-id --allow-remote --no-allow-remote $options" taking="--url --event --format --inbound-inbox-id $taking" ;;
        'webhooks deliveries') options="--webhook --redeliver --limit $options" taking="--webhook --redeliver --limit $taking" ;;
        'webhooks delete') options="-y --yes $options" ;;
        'templates') members='list get create update delete' ;;
        'templates list') options="--search --page-token --experimental --limit $options" taking="--search --page-token --limit $taking" ;;
        'templates get') options="--experimental $options" ;;
        'templates create') options="--html --html-file --text --text-file --name --subject --category --experimental $options" taking="--html --html-file --text --text-file --name --subject --category $taking" ;;
        'templates update') options="--html --html-file --text --text-file --name --subject --category --experimental $options" taking="--html --html-file --text --text-file --name --subject --category $taking" ;;
        'templates delete') options="--experimental -y --yes $options" ;;
        'campaigns') members='list get create update start schedule cancel terminate reset stats delete' ;;
        'campaigns list') options="--search --limit $options" taking="--search --limit $taking" ;;
        'campaigns create') options="--name --domain --from --from-name --subject --html --html-file --text --text-file --merge-tag --reply-to-name --reply-to-local-part --reply-to-domain --list --segment-id --delivery-mode --emails-per-hour $options" taking="--name --domain --from --from-name --subject --html --html-file --text --text-file --merge-tag --reply-to-name --reply-to-local-part --reply-to-domain --list --segment-id --delivery-mode --emails-per-hour $taking" ;;
        'campaigns update') options="--name --domain --from --from-name --subject --html --html-file --text --text-file --merge-tag --reply-to-name --reply-to-local-part --reply-to-domain --list --segment-id --delivery-mode --emails-per-hour $options" taking="--name --domain --from --from-name --subject --html --html-file --text --text-file --merge-tag --reply-to-name --reply-to-local-part --reply-to-domain --list --segment-id --delivery-mode --emails-per-hour $taking" ;;
        'campaigns start') options="-y --yes $options" ;;
        'campaigns schedule') options="--at -y --yes $options" taking="--at $taking" ;;
        'campaigns terminate') options="-y --yes $options" ;;
        'campaigns reset') options="-y --yes $options" ;;
        'campaigns stats') options="--start-date --end-date $options" taking="--start-date --end-date $taking" ;;
        'campaigns delete') options="-y --yes $options" ;;
        'contacts') members='get create update export import create-event import-status export-status delete' ;;
        'contacts create') options="--email --field --list $options" taking="--email --field --list $taking" ;;
        'contacts update') options="--email --field --add-to-list --remove-from-list --unsubscribed --no-unsubscribed $options" taking="--email --field --add-to-list --remove-from-list $taking" ;;
        'contacts export') options="--wait --no-wait --out --force --list --status --resume $options" taking="--wait --out --list --status --resume $taking" ;;
        'contacts import') options="--map --from-row --skip-invalid --dry-run --wait --no-wait --list --remove-from-list --ignore $options" taking="--map --from-row --wait --list --remove-from-list --ignore $taking" ;;
        'contacts create-event') options="--name --param $options" taking="--name --param $taking" ;;
        'contacts delete') options="-y --yes $options" ;;
        'contact-lists') members='list get create update delete' ;;
        'contact-lists list') options="--search --limit $options" taking="--search --limit $taking" ;;
        'contact-lists create') options="--name $options" taking="--name $taking" ;;
        'contact-lists update') options="--name $options" taking="--name $taking" ;;
        'contact-lists delete') options="-y --yes $options" ;;
        'contact-fields') members='list get create update delete' ;;
        'contact-fields list') options="--limit $options" taking="--limit $taking" ;;
        'contact-fields create') options="--name --merge-tag --type $options" taking="--name --merge-tag --type $taking" ;;
        'contact-fields update') options="--name --merge-tag $options" taking="--name --merge-tag $taking" ;;
        'contact-fields delete') options="-y --yes $options" ;;
        'inbound') members='folders inboxes messages threads forward-rules' ;;
        'inbound folders') members='list get create update delete' ;;
        'inbound folders list') options="--limit $options" taking="--limit $taking" ;;
        'inbound folders create') options="--name $options" taking="--name $taking" ;;
        'inbound folders update') options="--name $options" taking="--name $taking" ;;
        'inbound folders delete') options="-y --yes $options" ;;
        'inbound inboxes') members='list get create update delete' ;;
        'inbound inboxes list') options="--limit $options" taking="--limit $taking" ;;
        'inbound inboxes create') options="--name --domain $options" taking="--name --domain $taking" ;;
        'inbound inboxes update') options="--name $options" taking="--name $taking" ;;
        'inbound inboxes delete') options="-y --yes $options" ;;
        'inbound messages') members='list get delete reply reply-all forward' ;;
        'inbound messages list') options="--limit $options" taking="--limit $taking" ;;
        'inbound messages delete') options="-y --yes $options" ;;
        'inbound messages reply') options="--to --cc --bcc --from --reply-to --text --text-file --html --html-file --category --attach --header --variable $options" taking="--to --cc --bcc --from --reply-to --text --text-file --html --html-file --category --attach --header --variable $taking" ;;
        'inbound messages reply-all') options="--to --cc --bcc --from --reply-to --text --text-file --html --html-file --category --attach --header --variable $options" taking="--to --cc --bcc --from --reply-to --text --text-file --html --html-file --category --attach --header --variable $taking" ;;
        'inbound messages forward') options="--to --cc --bcc --from --reply-to --text --text-file --html --html-file --category --attach --header --variable $options" taking="--to --cc --bcc --from --reply-to --text --text-file --html --html-file --category --attach --header --variable $taking" ;;
        'inbound threads') members='list get delete' ;;
        'inbound threads list') options="--search --limit $options" taking="--search --limit $taking" ;;
        'inbound threads delete') options="-y --yes $options" ;;
        'inbound forward-rules') members='list get create update delete' ;;
        'inbound forward-rules list') options="--limit $options" taking="--limit $taking" ;;
        'inbound forward-rules create') options="--name --conditions --destinations $options" taking="--name --conditions --destinations $taking" ;;
        'inbound forward-rules update') options="--name --conditions --destinations $options" taking="--name --conditions --destinations $taking" ;;
        'inbound forward-rules delete') options="-y --yes $options" ;;
        'accounts') members='list' ;;
        'accounts list') options="--limit $options" taking="--limit $taking" ;;
        'account-access') members='list delete' ;;
        'account-access list') options="--project-id --sandbox-id --domain-id --limit $options" taking="--project-id --sandbox-id --domain-id --limit $taking" ;;
        'account-access delete') options="-y --yes $options" ;;
        'permissions') members='list update' ;;
        'permissions list') options="--limit $options" taking="--limit $taking" ;;
        'permissions update') options="--permissions -y --yes $options" taking="--permissions $taking" ;;
        'tokens') members='list get create reset delete' ;;
        'tokens list') options="--limit --web $options" taking="--limit $taking" ;;
        'tokens create') options="--name --expires-at --resources $options" taking="--name --expires-at --resources $taking" ;;
        'tokens reset') options="--expires-at -y --yes $options" taking="--expires-at $taking" ;;
        'tokens delete') options="-y --yes $options" ;;
        'billing') members='usage' ;;
        'organizations') members='sub-accounts' ;;
        'organizations sub-accounts') members='list create' ;;
        'organizations sub-accounts list') options="--limit $options" taking="--limit $taking" ;;
        'organizations sub-accounts create') options="--name $options" taking="--name $taking" ;;
        'api') options="-f --raw-field -F --field --input --query --host --paginate -i --include $options" taking="-f --raw-field -F --field --input --query --host $taking" ;;
    esac
}

# The candidates for an option's value or the argument with this number.
_mailtrap_value() {
    case $1 in
        *:-p | *:--profile) _mailtrap_profiles ;;
        *:-o | *:--output) _mailtrap_offer < <(printf '%s\n' table json jsonl csv) ;;
        'send:--text-file' | 'send:--html-file' | 'send:--attach' | 'send:--inline' | 'send:--template-vars' | 'send:--payload' | 'send:--eml') _mailtrap_files ;;
        'send:--stream') _mailtrap_offer < <(printf '%s\n' transactional bulk) ;;
        'batch:--text-file' | 'batch:--html-file' | 'batch:--attach' | 'batch:--inline' | 'batch:--attachments-dir' | 'batch:--results' | 'batch:--failed' | 'batch:--journal' | 'batch:--junit' | 'batch:1') _mailtrap_files ;;
        'batch:--stream') _mailtrap_offer < <(printf '%s\n' transactional bulk) ;;
        'config show:1') _mailtrap_profiles ;;
        'config use:1') _mailtrap_profiles ;;
        'config rename:1') _mailtrap_profiles ;;
        'config init:--stream') _mailtrap_offer < <(printf '%s\n' transactional bulk) ;;
        'config init:1') _mailtrap_profiles ;;
        'config remove:1') _mailtrap_profiles ;;
        'domains check:--fix') _mailtrap_offer < <(printf '%s\n' bind cloudflare route53 terraform) ;;
        'domains check:--junit') _mailtrap_files ;;
        'domains company-info create:--info-level') _mailtrap_offer < <(printf '%s\n' business individual) ;;
        'domains company-info update:--info-level') _mailtrap_offer < <(printf '%s\n' business individual) ;;
        'completion:1') _mailtrap_offer < <(printf '%s\n' bash zsh fish powershell) ;;
        'messages list:--stream') _mailtrap_offer < <(printf '%s\n' sandbox transactional bulk) ;;
        'messages show:--stream') _mailtrap_offer < <(printf '%s\n' sandbox transactional bulk) ;;
        'messages wait:--stream') _mailtrap_offer < <(printf '%s\n' sandbox transactional bulk) ;;
        'messages wait:--dir' | 'messages wait:--junit') _mailtrap_files ;;
        'messages expect:--stream') _mailtrap_offer < <(printf '%s\n' sandbox transactional bulk) ;;
        'messages expect:--snapshot' | 'messages expect:--junit') _mailtrap_files ;;
        'messages open:--stream') _mailtrap_offer < <(printf '%s\n' sandbox transactional bulk) ;;
        'messages text:--stream') _mailtrap_offer < <(printf '%s\n' sandbox transactional bulk) ;;
        'messages html:--stream') _mailtrap_offer < <(printf '%s\n' sandbox transactional bulk) ;;
        'messages html-source:--stream') _mailtrap_offer < <(printf '%s\n' sandbox transactional bulk) ;;
        'messages raw:--stream') _mailtrap_offer < <(printf '%s\n' sandbox transactional bulk) ;;
        'messages eml:--stream') _mailtrap_offer < <(printf '%s\n' sandbox transactional bulk) ;;
        'messages eml:--save') _mailtrap_files ;;
        'messages headers:--stream') _mailtrap_offer < <(printf '%s\n' sandbox transactional bulk) ;;
        'messages spam:--stream') _mailtrap_offer < <(printf '%s\n' sandbox transactional bulk) ;;
        'messages html-check:--stream') _mailtrap_offer < <(printf '%s\n' sandbox transactional bulk) ;;
        'messages send:--stream') _mailtrap_offer < <(printf '%s\n' transactional bulk) ;;
        'messages send:--source') _mailtrap_profiles ;;
        'messages mark-read:--stream') _mailtrap_offer < <(printf '%s\n' sandbox transactional bulk) ;;
        'messages mark-unread:--stream') _mailtrap_offer < <(printf '%s\n' sandbox transactional bulk) ;;
        'messages forward:--stream') _mailtrap_offer < <(printf '%s\n' sandbox transactional bulk) ;;
        'messages delete:--stream') _mailtrap_offer < <(printf '%s\n' sandbox transactional bulk) ;;
        'attachments list:--stream') _mailtrap_offer < <(printf '%s\n' sandbox transactional bulk) ;;
        'attachments list:--type') _mailtrap_offer < <(printf '%s\n' inline attachment) ;;
        'attachments get:--stream') _mailtrap_offer < <(printf '%s\n' sandbox transactional bulk) ;;
        'attachments get:--dir' | 'attachments get:--save') _mailtrap_files ;;
        'local serve:--tls-cert' | 'local serve:--tls-key' | 'local serve:--ready-file' | 'local serve:--templates') _mailtrap_files ;;
        'stats get:--stream') _mailtrap_offer < <(printf '%s\n' transactional bulk) ;;
        'stats get:--esp') _mailtrap_offer < <(printf '%s\n' google yahoo outlook hey google-workspace zoho-email protonmail yandex icloud office-365 amazon-ses-simple-email-service proofpoint-email-protection mimecast-email-protection gmx-net rackspace ovh-hosted linode-hosted godaddy symantec-email-protection barracuda-email-protection cisco-email-protection fastmail naver seznam comcast spectrum) ;;
        'stats by-domain:--stream') _mailtrap_offer < <(printf '%s\n' transactional bulk) ;;
        'stats by-domain:--esp') _mailtrap_offer < <(printf '%s\n' google yahoo outlook hey google-workspace zoho-email protonmail yandex icloud office-365 amazon-ses-simple-email-service proofpoint-email-protection mimecast-email-protection gmx-net rackspace ovh-hosted linode-hosted godaddy symantec-email-protection barracuda-email-protection cisco-email-protection fastmail naver seznam comcast spectrum) ;;
        'stats by-category:--stream') _mailtrap_offer < <(printf '%s\n' transactional bulk) ;;
        'stats by-category:--esp') _mailtrap_offer < <(printf '%s\n' google yahoo outlook hey google-workspace zoho-email protonmail yandex icloud office-365 amazon-ses-simple-email-service proofpoint-email-protection mimecast-email-protection gmx-net rackspace ovh-hosted linode-hosted godaddy symantec-email-protection barracuda-email-protection cisco-email-protection fastmail naver seznam comcast spectrum) ;;
        'stats by-esp:--stream') _mailtrap_offer < <(printf '%s\n' transactional bulk) ;;
        'stats by-esp:--esp') _mailtrap_offer < <(printf '%s\n' google yahoo outlook hey google-workspace zoho-email protonmail yandex icloud office-365 amazon-ses-simple-email-service proofpoint-email-protection mimecast-email-protection gmx-net rackspace ovh-hosted linode-hosted godaddy symantec-email-protection barracuda-email-protection cisco-email-protection fastmail naver seznam comcast spectrum) ;;
        'stats by-date:--stream') _mailtrap_offer < <(printf '%s\n' transactional bulk) ;;
        'stats by-date:--esp') _mailtrap_offer < <(printf '%s\n' google yahoo outlook hey google-workspace zoho-email protonmail yandex icloud office-365 amazon-ses-simple-email-service proofpoint-email-protection mimecast-email-protection gmx-net rackspace ovh-hosted linode-hosted godaddy symantec-email-protection barracuda-email-protection cisco-email-protection fastmail naver seznam comcast spectrum) ;;
        'logs list:--status') _mailtrap_offer < <(printf '%s\n' delivered not_delivered enqueued opted_out) ;;
        'logs list:--stream') _mailtrap_offer < <(printf '%s\n' transactional bulk) ;;
        'suppressions create:--stream') _mailtrap_offer < <(printf '%s\n' transactional bulk) ;;
        'suppressions create:--type') _mailtrap_offer < <(printf '%s\n' hard-bounce unsubscription spam-complaint manual-import) ;;
        'suppressions export:--out') _mailtrap_files ;;
        'suppressions import:--stream') _mailtrap_offer < <(printf '%s\n' transactional bulk) ;;
        'suppressions import:--type') _mailtrap_offer < <(printf '%s\n' hard-bounce unsubscription spam-complaint manual-import) ;;
        'suppressions import:1') _mailtrap_files ;;
        'webhooks create:--type') _mailtrap_offer < <(printf '%s\n' email_sending campaigns audit_log inbound_receiving) ;;
        'webhooks create:--stream') _mailtrap_offer < <(printf '%s\n' transactional bulk) ;;
        'webhooks create:--event') _mailtrap_offer < <(printf '%s\n' delivery soft_bounce bounce suspension unsubscribe open spam_complaint click reject) ;;
        'webhooks create:--format') _mailtrap_offer < <(printf '%s\n' json jsonlines) ;;
        'webhooks update:--event') _mailtrap_offer < <(printf '%s\n' delivery soft_bounce bounce suspension unsubscribe open spam_complaint click reject) ;;
        'webhooks update:--format') _mailtrap_offer < <(printf '%s\n' json jsonlines) ;;
        'templates create:--html-file' | 'templates create:--text-file') _mailtrap_files ;;
        'templates update:--html-file' | 'templates update:--text-file') _mailtrap_files ;;
        'campaigns create:--delivery-mode') _mailtrap_offer < <(printf '%s\n' rapid gradual) ;;
        'campaigns update:--delivery-mode') _mailtrap_offer < <(printf '%s\n' rapid gradual) ;;
        'contacts export:--out') _mailtrap_files ;;
        'contacts export:--status') _mailtrap_offer < <(printf '%s\n' subscribed unsubscribed) ;;
        'contacts import:1') _mailtrap_files ;;
        'contact-fields create:--type') _mailtrap_offer < <(printf '%s\n' text integer float boolean date) ;;
        'api:--input') _mailtrap_files ;;
        'api:--host') _mailtrap_offer < <(printf '%s\n' account send bulk sandbox) ;;
    esac
}

# Adds each line of stdin that continues the word to the candidates.
_mailtrap_offer() {
    local candidate
    while IFS= read -r candidate; do
        [[ $candidate == "$cur"* ]] && COMPREPLY+=("$candidate")
    done
}

_mailtrap_profiles() {
    local program=${COMP_WORDS[0]/#\~\//$HOME/} name
    _mailtrap_offer < <("$program" config list -q 2>/dev/null </dev/null | while IFS= read -r name; do
        printf '%q\n' "$name"
    done)
}

_mailtrap_files() {
    compopt -o filenames 2>/dev/null # it quotes them; not in bash 3.2
    cur=${cur#[\"\']} cur=${cur//\\/}
    _mailtrap_offer < <(compgen -f -- "$cur")
}

_mailtrap() {
    local cur=${COMP_WORDS[COMP_CWORD]} path='' word option='' last='' rest='' count=0 i k
    local members options taking
    COMPREPLY=()
    _mailtrap_node ''
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $word == [=:] ]]; then # bash cuts words there: what follows is still the option's value
            option=${option:-$last}
            ((i == COMP_CWORD)) && cur=''
            continue
        fi
        ((i == COMP_CWORD)) && break
        if [[ -n $option ]]; then
            last=$option option=''
            continue
        fi
        last=''
        if [[ -z $rest && $word == -- ]]; then
            rest=1
        elif [[ -z $rest && $word == --* ]]; then
            [[ " $taking " == *" $word "* ]] && option=$word
        elif [[ -z $rest && $word == -?* ]]; then
            for ((k = 1; k < ${#word}; k++)); do # -qo json, -ojson
                if [[ " $taking " == *" -${word:k:1} "* ]]; then
                    ((k + 1 == ${#word})) && option=-${word:k:1}
                    break
                fi
            done
        elif [[ " $members " == *" $word "* ]]; then
            path=${path:+$path }$word
            _mailtrap_node "$path"
        else
            ((count++))
        fi
    done
    if [[ -n $option ]]; then
        _mailtrap_value "$path:$option"
    elif [[ -z $rest && $cur == -* ]]; then
        _mailtrap_offer < <(printf '%s\n' $options)
    elif [[ -n $members ]]; then
        ((count == 0)) && _mailtrap_offer < <(printf '%s\n' $members)
    else
        _mailtrap_value "$path:$((count + 1))"
    fi
}

complete -F _mailtrap mailtrap
