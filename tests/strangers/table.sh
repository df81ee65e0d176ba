# shellcheck shell=bash
# How suites.table is read. Sourced by run and tree.

suites_table=$(dirname "${BASH_SOURCE[0]}")/suites.table

all_suites() { sed -n 's/^\[\(.*\)\]$/\1/p' "$suites_table"; }

# stated SUITE KEY: what follows the key, and the lines below it that begin with a tab, without that. Fails if
# the entry does not have the key.
stated() {
    awk -v suite="[$1]" -v key="$2" '
        /^#/ { next }
        /^\[/ { mine = $0 == suite; on = 0; next }
        !mine { next }
        /^\t/ { if (on) print substr($0, 2); next }
        { on = $1 == key }
        on { found = 1 }
        on && NF > 1 { sub(/^[^ ]+ +/, ""); print }
        END { exit !found }' "$suites_table"
}

# value SUITE KEY: the same, or that of the entry that it is like; nothing if neither has it.
value() {
    local other
    stated "$1" "$2" && return
    ! other=$(stated "$1" like) || value "$other" "$2"
}
