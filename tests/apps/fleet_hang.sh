# shellcheck shell=dash
# A boot with the shim that is never complete: here because a unit waits for ever, and the machine is
# reset. The next one goes without.

boot 'switched on' <<'END'
osrandom system on >/dev/null
END

cat >$machine/etc/systemd/system/hang.service <<'END'
[Service]
Type=oneshot
TimeoutStartSec=infinity
ExecStart=/bin/sh -c '. /box/words; draws && echo hangs >>/box/said; reset'
[Unit]
Before=multi-user.target
END
ln -s ../hang.service $machine/etc/systemd/system/multi-user.target.wants/
echo true | boot 'a boot that hangs'
rm $machine/etc/systemd/system/multi-user.target.wants/hang.service

boot 'after the reset' <<'END'
up
osrandom system status || :
not draws
osrandom system on >/dev/null
draws
END

boot 'and on again' <<'END'
up
osrandom system status
draws
END
