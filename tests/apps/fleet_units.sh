# shellcheck shell=dash
# The drop-in for all units, as the examples have it.

conf=/box/parts/tools/examples/systemd/system.conf.d/osrandom.conf
mkdir -p $machine/etc/systemd/system.conf.d $machine/usr/local/lib
cp "$SHIM" $machine/usr/local/lib/
boot 'before' <<'END'
up
systemd-run --quiet --wait --pipe grep -c libosrandom /proc/self/maps || :
END
cp $conf $machine/etc/systemd/system.conf.d/
boot 'with the drop-in' <<'END'
up
systemd-run --quiet --wait --pipe --setenv=OSRANDOM_LOG=info openssl rand -hex 4 2>&1 | grep -o 'draws from the operating system'
systemctl daemon-reexec
systemd-run --quiet --wait --pipe grep -q libosrandom /proc/self/maps && echo 'and after a daemon-reexec'
END
