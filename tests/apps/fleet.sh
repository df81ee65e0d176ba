# shellcheck shell=dash
# A machine with osrandom on it, to be booted several times; a reset ends it without a word. $PARTS is
# an archive of the command, a shim that ends every program that loads it, and tools/.

machine=/machine
over $machine
mkdir /box/parts
tar -xf "$PARTS" -C /box/parts
library=$(dirname "$(find $machine/usr/lib/*/ -maxdepth 1 -name libc.so.6)")
cp /box/parts/osrandom "$library/osrandom"
cp "$SHIM" "$library/libosrandom_preload.so"
ln -s "${library#"$machine"}/osrandom" $machine/usr/bin/osrandom
for unit in /box/parts/tools/systemd/*; do
    sed 's!/usr/local/bin/osrandom!/usr/bin/osrandom!' "$unit" >"$machine/etc/systemd/system/${unit##*/}"
done
rm -f $machine/etc/systemd/system/multi-user.target.wants/prometheus*

chroot $machine osrandom --version >/dev/null 2>&1 || {
    echo 'osrandom, as it was built here, does not run on the older Debian of the tree' >&2
    exit 77
}

# What a boot does is on standard input; "reset" there waits to be killed.
cat >$machine/etc/systemd/system/script.service <<'END'
[Service]
ExecStart=/bin/sh -c '(set -eu; . /box/words; . /box/script) || echo "it failed"; systemctl poweroff 2>/dev/null'
StandardOutput=append:/box/said
StandardError=append:/box/said
END
ln -s ../script.service $machine/etc/systemd/system/multi-user.target.wants/
cat >$machine/box/words <<'END'
draws() { OSRANDOM_LOG=info openssl rand 4 2>&1 >/dev/null | grep -q "draws from"; }
not() { if "$@"; then return 1; fi; }
up() { systemctl is-system-running --wait || :; }
reset() { echo >/box/reset; read -r _ </box/never; }
END
mkfifo $machine/box/never

not() { if "$@"; then return 1; fi; }

# boot TITLE [WORD]: the word is for the kernel's command line, which in a container is process 1's. It ends
# when the machine powers off, or has asked to be reset.
boot() {
    rm -f $machine/box/reset $machine/box/said
    cat >$machine/box/script
    boot_machine $machine ${2:+"$2"} >"/box/$1.log" &
    watched=$!
    until [ -e $machine/box/reset ] || ! kill -0 $watched 2>/dev/null; do
        sleep 0.2
    done
    # What runs below may be on its way out by itself.
    [ ! -e $machine/box/reset ] || { pkill -KILL -x systemd; pkill -KILL -x systemd-nspawn; } || :
    wait $watched || :
    until_true not pgrep systemd
    echo "== $1"
    cat $machine/box/said 2>/dev/null || tail -n 20 "/box/$1.log"
}

cp /box/parts/crash.so $machine/box
replace() {
    cp "$1" "$library/new"
    mv "$library/new" "$library/libosrandom_preload.so"
}
