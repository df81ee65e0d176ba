# shellcheck shell=dash
# Boots a machine that runs nearly all of the tree's servers, without and with the shim in its
# /etc/ld.so.preload; shows the differences between what becomes of its units.

boot() {
    local machine=/$1
    local units=$machine/etc/systemd/system
    over "$machine"
    [ "$1" = stock ] || echo "$SHIM" >"$machine/etc/ld.so.preload"
    rm "$units/multi-user.target.wants/nginx.service" # apache2 has its port
    cat >"$machine/box/report.sh" <<'END'
systemctl is-system-running --wait
systemctl list-units --all --plain --no-legend | awk '{ print $1, $2, $3, $4 }' | sort
grep -c libosrandom /proc/1/maps >/box/mapped
journalctl -b -o cat | grep '^osrandom: ' | grep -v ': tor.* kept out a RAND_set_rand_method' >/box/said
systemctl poweroff 2>/dev/null
END
    cat >"$units/report.service" <<END
[Service]
ExecStart=/bin/sh /box/report.sh
StandardOutput=file:/box/report
END
    ln -s ../report.service "$units/multi-user.target.wants/"
    boot_machine "$machine" >"/box/$1.log"
    grep -q '^running$' "$machine/box/report" || head -n 1 "$machine/box/report"
}

boot stock
boot shim
diff /stock/box/report /shim/box/report
[ "$(cat /stock/box/mapped)" = 0 ]
[ "$(cat /shim/box/mapped)" != 0 ]
cat /shim/box/said
