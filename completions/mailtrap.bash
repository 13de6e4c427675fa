# bash completion for mailtrap: generated from its commands, do not edit.

# The subcommands, the options and the options that take a value, of the command at this path.
_mailtrap_node() {
    members='' options='-p --profile -o --output -q --quiet -v --verbose --timeout --no-color --version -h --help' taking='-p --profile -o --output --timeout'
    case $1 in
        '') members='send config completion messages sandboxes projects local' ;;
        'send') options="--from --to --cc --bcc --reply-to --subject --text --text-file --html --html-file --attach --inline --header --category --variable --template --template-var --template-vars --payload --eml --sandbox --live --sandbox-id --stream --dry-run $options" taking="--from --to --cc --bcc --reply-to --subject --text --text-file --html --html-file --attach --inline --header --category --variable --template --template-var --template-vars --payload --eml --sandbox-id --stream $taking" ;;
        'config') members='init list show get set unset use rename remove path edit' ;;
        'config init') options="--token-stdin --token-env --token-command --stream --sandbox-id --from $options" taking="--token-env --token-command --stream --sandbox-id --from $taking" ;;
        'config show') options="--origins $options" ;;
        'config remove') options="-y --yes $options" ;;
        'completion') options="--install $options" ;;
        'messages') members='list show' ;;
        'messages list') options="--sandbox-id --search --limit $options" taking="--sandbox-id --search --limit $taking" ;;
        'messages show') options="--sandbox-id $options" taking="--sandbox-id $taking" ;;
        'sandboxes') members='list get create update delete clean mark-read reset-credentials toggle-email reset-email' ;;
        'sandboxes create') options="--name $options" taking="--name $taking" ;;
        'sandboxes update') options="--name --email-username $options" taking="--name --email-username $taking" ;;
        'sandboxes delete') options="-y --yes $options" ;;
        'sandboxes clean') options="-y --yes $options" ;;
        'sandboxes reset-credentials') options="-y --yes $options" ;;
        'sandboxes reset-email') options="-y --yes $options" ;;
        'projects') members='list get create update delete' ;;
        'projects create') options="--name $options" taking="--name $taking" ;;
        'projects update') options="--name $options" taking="--name $taking" ;;
        'projects delete') options="-y --yes $options" ;;
        'local') members='serve env fault reset path stats' ;;
        'local serve') options="--port --host --allow-remote --allow-host --ready-file --token-env --tls-cert --tls-key --max-messages --latency --jitter --rate-limit --fail --reset --partial --seed $options" taking="--port --host --allow-host --ready-file --token-env --tls-cert --tls-key --max-messages --latency --jitter --rate-limit --fail --reset --partial --seed $taking" ;;
        'local env') options="--port --host --tls --token-env $options" taking="--port --host --token-env $taking" ;;
        'local fault') options="--port --token-env --latency --jitter --rate-limit --fail --reset --partial --clear $options" taking="--port --token-env --latency --jitter --rate-limit --fail --reset --partial $taking" ;;
        'local reset') options="-y --yes $options" ;;
    esac
}

# The candidates for an option's value or the argument with this number.
_mailtrap_value() {
    case $1 in
        *:-p | *:--profile) _mailtrap_profiles ;;
        *:-o | *:--output) _mailtrap_offer < <(printf '%s\n' table json jsonl csv) ;;
        'send:--text-file' | 'send:--html-file' | 'send:--attach' | 'send:--inline' | 'send:--template-vars' | 'send:--payload' | 'send:--eml') _mailtrap_files ;;
        'send:--stream') _mailtrap_offer < <(printf '%s\n' transactional bulk) ;;
        'config init:--stream') _mailtrap_offer < <(printf '%s\n' transactional bulk) ;;
        'config init:1') _mailtrap_profiles ;;
        'config show:1') _mailtrap_profiles ;;
        'config use:1') _mailtrap_profiles ;;
        'config rename:1') _mailtrap_profiles ;;
        'config remove:1') _mailtrap_profiles ;;
        'completion:1') _mailtrap_offer < <(printf '%s\n' bash zsh fish powershell) ;;
        'local serve:--ready-file' | 'local serve:--tls-cert' | 'local serve:--tls-key') _mailtrap_files ;;
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
