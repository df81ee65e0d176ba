# shellcheck shell=bash
# The machine's own mirror of the Debian archive, for those who source this: no script names a host.

# The shortest address passes over other publishers' archives that also end in /debian.
mirror() {
    local release
    # shellcheck source=/dev/null
    release=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    apt-get update --print-uris 2>/dev/null |
        sed -nE "s#^'(.*/debian)/dists/($release|sid|stable|testing|unstable)/main/binary-.*#\1#p" |
        awk 'NR == 1 || length < length(best) { best = $0 } END { print best }'
}
