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

# debian_source SUITE PACKAGE: unpacks its upstream source in the directory $work, where it may leave what it
# likes. apt checks the archive's signature, and by it the source. A mirror that is about to be renewed may
# lack the newest version: the one before it does as well.
debian_source() {
    local keyring=/usr/share/keyrings/debian-archive-keyring.gpg version
    mkdir -p lists/partial cache/archives/partial
    : >status
    echo "deb-src [signed-by=$keyring] $(mirror) $1 main" >sources.list
    cat >apt.conf <<END
APT { Sandbox::User "root"; Update::Error-Mode "any"; };
Acquire::Check-Valid-Until "false";
Dir { Etc { sourcelist "${work:?}/sources.list"; sourceparts "/dev/null"; };
      State { lists "$work/lists"; status "$work/status"; }; Cache "$work/cache"; };
END
    apt-get -c apt.conf -qq update || return
    for version in $(apt-cache -c apt.conf showsrc "$2" | sed -n 's/^Version: //p' | sort -rV -u); do
        if apt-get -c apt.conf -qq source --download-only "$2=$version"; then
            tar -xf "$2"_*.orig.tar.gz
            return
        fi
        rm -f "$2"_*
    done
    return 1
}
